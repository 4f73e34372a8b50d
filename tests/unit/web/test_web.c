// SPDX-License-Identifier: Apache-2.0
// What of the console's files is handed out for which path, in which form, under which headers; over a real server.
#include "../support/check.h"

#include "../http/http_fixture.h"
#include "web/web.h"

static const struct web_file files[] = {
    {"assets/index-1a2b.js", "text/javascript; charset=utf-8", "0a", STR("whole script"), STR("packed")},
    {"icon.png", "image/png", "0b", STR("picture"), {0}},
    {"index.html", "text/html; charset=utf-8", "0c", STR("<!doctype html>the page"), STR("packed page")},
    {0},
};

static struct fixture *fixture;
static const struct web_file *shown = files;

static void handle(void *ctx, struct http_exchange *x) {
  (void)ctx;
  web_handle_from(shown, x);
}

static int setup(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  fixture = fixture_start(&o, handle);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  fixture_stop(fixture);
  return 0;
}

static char answer[8192];

static void get(const char *method, const char *path, const char *headers) {
  char request[1024];
  int n = snprintf(request, sizeof request,
                   "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s\r\n", method, path, headers);
  ask(fixture, str_make(request, (size_t)n), answer, sizeof answer);
}

static const struct {
  const char *method, *path, *headers;
  int status;
  const char *has, *lacks;
} rows[] = {
    {"GET", "/", "", 302, "Location: /ui/\r\n", NULL},
    {"GET", "/ui", "", 302, "Location: /ui/\r\n", NULL},
    {"GET", "/ui/", "", 200, "\r\n\r\n<!doctype html>the page", "Content-Encoding"},
    {"GET", "/ui/", "", 200, "Cache-Control: no-cache\r\n", "immutable"},
    {"GET", "/ui/servers/a.b", "", 200, "<!doctype html>the page", NULL},
    {"GET", "/ui/../etc/passwd", "", 200, "<!doctype html>the page", NULL},
    {"GET", "/ui/assets%2findex-1a2b.js", "", 200, "<!doctype html>the page", "script"},
    {"GET", "/ui/assets/index-1a2b.js", "", 200, "max-age=31536000, immutable", "Content-Encoding"},
    {"GET", "/ui/assets/index-1a2b.js", "", 200, "text/javascript; charset=utf-8", NULL},
    {"GET", "/ui/assets/index-gone.js", "", 404, "load the page again", "<!doctype"},
    {"GET", "/ui/assets/", "", 404, "no such file", NULL},
    {"GET", "/ui/assets/index-1a2b.js", "Accept-Encoding: br, gzip\r\n", 200, "Content-Encoding: gzip\r\n",
     "whole"},
    {"GET", "/ui/assets/index-1a2b.js", "Accept-Encoding: gzip;q=0\r\n", 200, "whole script",
     "Content-Encoding"},
    {"GET", "/ui/assets/index-1a2b.js", "Accept-Encoding: gzip\r\n", 200, "ETag: \"0a-gzip\"\r\n", NULL},
    {"GET", "/ui/icon.png", "Accept-Encoding: gzip\r\n", 200, "picture", "Content-Encoding"},
    {"GET", "/ui/icon.png", "If-None-Match: \"zz\", W/\"0b\"\r\n", 304, "ETag: \"0b\"\r\n", "picture"},
    {"GET", "/ui/icon.png", "If-None-Match: \"0c\"\r\n", 200, "picture", NULL},
    {"GET", "/ui/", "Accept-Encoding: gzip\r\nIf-None-Match: \"0c\"\r\n", 200, "packed page", NULL},
    {"HEAD", "/ui/icon.png", "", 200, "Content-Length: 7\r\n", "picture"},
    {"POST", "/ui/", "Content-Length: 0\r\n", 405, "Allow: GET, HEAD\r\n", NULL},
    {"DELETE", "/ui/icon.png", "", 405, "Allow: GET, HEAD\r\n", NULL},
};

static void paths_and_forms(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    get(rows[i].method, rows[i].path, rows[i].headers);
    if (status_of(answer) != rows[i].status || !strstr(answer, rows[i].has) ||
        (rows[i].lacks && strstr(answer, rows[i].lacks)))
      fail_msg("row %zu, %s %s: %s", i, rows[i].method, rows[i].path, answer);
  }
}

// No page elsewhere frames it, no script of others runs in it, no address of it is told to others.
static void headers(void **state) {
  (void)state;
  static const char *const wanted[] = {
      "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src "
      "'none'; "
      "form-action 'self'\r\n",
      "X-Frame-Options: DENY\r\n",
      "X-Content-Type-Options: nosniff\r\n",
      "Referrer-Policy: no-referrer\r\n",
      "Cross-Origin-Opener-Policy: same-origin-allow-popups\r\n",
      "Cross-Origin-Resource-Policy: same-origin\r\n",
      "Vary: Accept-Encoding\r\n",
  };
  get("GET", "/ui/anything", "");
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
    if (!strstr(answer, wanted[i])) fail_msg("%s is missing: %s", wanted[i], answer);
}

static void a_build_without_files_says_so(void **state) {
  (void)state;
  static const struct web_file none[] = {{0}};
  shown = none;
  get("GET", "/ui/", "");
  shown = files;
  if (status_of(answer) != 404 || !strstr(answer, "no console")) fail_msg("%s", answer);
}

static void what_it_takes(void **state) {
  (void)state;
  assert_true(web_takes(STR("/")) && web_takes(STR("/ui")) && web_takes(STR("/ui/x")));
  assert_false(web_takes(STR("/uix")) || web_takes(STR("/audit")) || web_takes(STR("")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(paths_and_forms),
      cmocka_unit_test(headers),
      cmocka_unit_test(a_build_without_files_says_so),
      cmocka_unit_test(what_it_takes),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
