// SPDX-License-Identifier: Apache-2.0
#include "fetch/proxy.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/codec.h"
#include "crypto/secret_file.h"
#include "http/guard.h"

enum { PROXY_CREDENTIALS_MOST = 4096, PROXY_NAME_MOST = 253 };

// One item of upstream_no_proxy.
struct proxy_rule {
  struct str name; // empty: a range
  bool below;      // names that end with it
  struct http_cidr range;
};

static struct proxy_state {
  struct proxy proxy; // url NULL: there is none
  struct arena *arena;
  struct proxy_rule *rules;
  size_t rule_count;
} proxy_now; // set once at start, read from every loop

// ---- hosts that are reached directly

static bool proxy_refuse_rule(struct str item, struct err *err) {
  err_at(err, ERR_INVALID, "upstream_no_proxy", "\"%.*s\" is no host name, suffix or address range",
         STR_MOST(item, 64));
  err_hint(err, "write api.example.com, .example.com for all names below it, or 10.1.0.0/16 for addresses");
  return false;
}

static bool proxy_rule_parse(struct str item, struct proxy_rule *out, struct err *err) {
  char judged[HTTP_ADDRESS_MOST];
  struct err ignored;
  *out = (struct proxy_rule){0};
  if (str_find(item, '/') >= 0 || str_find(item, ':') >= 0 || http_host_is_numeric(item))
    return http_cidr_parse(item, &out->range, &ignored) || proxy_refuse_rule(item, err);
  out->below = str_starts(item, ".");
  out->name = str_trim_end(str_from(item, out->below), '.');
  bool is_name = out->name.n <= PROXY_NAME_MOST && !str_starts(out->name, ".") &&
                 (http_guard_allows_host(NULL, out->name, judged) || judged[0]);
  return is_name || proxy_refuse_rule(item, err);
}

static bool proxy_rule_fits(const struct proxy_rule *r, struct str host, const struct sockaddr *address) {
  if (address) return !r->name.n && http_cidr_contains(&r->range, address);
  if (!r->name.n) return false;
  if (!r->below) return str_eq_nocase(host, r->name);
  if (host.n < r->name.n + 2 || host.p[host.n - r->name.n - 1] != '.') return false;
  return str_eq_nocase(str_from(host, host.n - r->name.n), r->name);
}

bool proxy_is_used(void) {
  return proxy_now.proxy.url != NULL;
}

const struct proxy *proxy_of(struct str host) {
  struct sockaddr_storage address;
  if (!proxy_is_used()) return NULL;
  host = str_trim_end(host, '.');
  bool is_address = http_host_address(host, &address);
  for (size_t i = 0; i < proxy_now.rule_count; i++)
    if (proxy_rule_fits(&proxy_now.rules[i], host, is_address ? (struct sockaddr *)&address : NULL))
      return NULL;
  return &proxy_now.proxy;
}

// ---- the proxy itself

static bool proxy_refuse_url(const char *why, struct err *err) {
  err_at(err, ERR_INVALID, "upstream_proxy", "the proxy's URL %s", why);
  err_hint(err,
           "write http://proxy.example.com:3128; its user and password go into the file that the setting "
           "upstream_proxy_credentials names");
  return false;
}

static bool proxy_is_plain(CURLU *url) {
  char *path = NULL, *query = NULL, *fragment = NULL;
  curl_url_get(url, CURLUPART_PATH, &path, 0);
  curl_url_get(url, CURLUPART_QUERY, &query, 0);
  curl_url_get(url, CURLUPART_FRAGMENT, &fragment, 0);
  bool plain = (!path || strcmp(path, "/") == 0) && !query && !fragment;
  curl_free(path);
  curl_free(query);
  curl_free(fragment);
  return plain;
}

static bool proxy_read_url(struct proxy_state *s, CURLU *url, struct str text, struct err *err) {
  char *host = NULL, *port = NULL, *scheme = NULL;
  const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
  bool ok = curl_url_set(url, CURLUPART_URL, arena_z(s->arena, text), CURLU_DISALLOW_USER) == CURLUE_OK &&
            curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
            curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK;
  bool tls = ok && strcmp(scheme, "https") == 0;
  if (!ok || (!tls && strcmp(scheme, "http") != 0))
    ok = proxy_refuse_url("is no http or https URL, or holds user information", err);
  else if (!proxy_is_plain(url))
    ok = proxy_refuse_url("does not end with its port", err);
  else if (curl_url_get(url, CURLUPART_PORT, &port, 0) != CURLUE_OK)
    ok = proxy_refuse_url("names no port", err); // programs differ in what they take for it
  else if (tls && !(curl->features & CURL_VERSION_HTTPS_PROXY))
    ok = proxy_refuse_url("is an https one, which this machine's libcurl cannot speak to", err);
  else {
    s->proxy.url = arena_printf(s->arena, "%s://%s:%s", scheme, host, port).p;
    s->proxy.name = arena_printf(s->arena, "%.253s:%s", host, port).p;
  }
  curl_free(host);
  curl_free(port);
  curl_free(scheme);
  return ok;
}

static bool proxy_read_credentials(struct proxy_state *s, const char *path, struct err *err) {
  struct secret_file file = {path, "the proxy's credentials file", PROXY_CREDENTIALS_MOST};
  struct secret *text;
  if (!secret_file_read(&file, &text, err)) return false;
  struct str password = str_trim(secret_reveal(text)), user;
  bool ok = codec_is_field_value(password) && str_find(password, ':') > 0 && str_cut(&password, ':', &user);
  if (ok) {
    s->proxy.user = secret_new(user);
    s->proxy.password = secret_new(password);
  } else {
    err_set(err, ERR_INVALID, "%s %s does not hold one line \"user:password\"", file.what, path);
  }
  secret_free(text);
  return ok;
}

static bool proxy_fill(struct proxy_state *s, const struct proxy_choice *choice, struct err *err) {
  s->rules = ARENA_ARRAY(s->arena, choice->direct_count, struct proxy_rule);
  for (size_t i = 0; i < choice->direct_count; i++) {
    if (!proxy_rule_parse(choice->direct[i], &s->rules[i], err)) return false;
    s->rules[i].name = arena_dup(s->arena, s->rules[i].name);
  }
  s->rule_count = choice->direct_count;
  if (!choice->url.n) {
    return !choice->credentials || err_at(err, ERR_INVALID, "upstream_proxy_credentials",
                                          "there are credentials for a proxy, and upstream_proxy names none");
  }
  CURLU *url = curl_url();
  bool ok = proxy_read_url(s, url, choice->url, err) &&
            (!choice->credentials || proxy_read_credentials(s, choice->credentials, err));
  curl_url_cleanup(url);
  return ok;
}

bool proxy_use(const struct proxy_choice *choice, struct err *err) {
  assert(!proxy_now.arena);
  proxy_now.arena = arena_new();
  if (proxy_fill(&proxy_now, choice, err)) return true;
  proxy_drop();
  return false;
}

void proxy_drop(void) {
  secret_free(proxy_now.proxy.user);
  secret_free(proxy_now.proxy.password);
  if (proxy_now.arena) arena_free(proxy_now.arena);
  proxy_now = (struct proxy_state){0};
}
