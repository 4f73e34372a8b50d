// SPDX-License-Identifier: Apache-2.0
#include "vendor.h"

#include "account/probe.h"
#include "data/json.h"

static struct vendor v;
static const struct connector_way *way;
static struct secret *plain;
static struct redact *hide;
static struct vault_sends sends;

static int setup(void **state) {
  (void)state;
  vendor_open(&v, NULL);
  struct err err;
  way = connector_way_find(v.connector, STR("pair"));
  plain = secret_new(STR("user=u\npassword=hunter 2\n"));
  hide = vault_hides(way, plain, NULL);
  return vault_render(way, plain, v.arena, &sends, &err) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  vault_sends_free(&sends);
  secret_free(plain);
  redact_unref(hide);
  vendor_close(&v);
  return 0;
}

static struct probe probe(void) {
  return (struct probe){&v.env, v.connector, hide, &sends, v.connector->base_url, v.arena};
}

// What the next answers are, one each verify entry.
static struct {
  int status[2];
  const char *body[2];
  enum err_code code; // where the status is 0
} script;
static int at;

static int scripted(const char *path, const char **body, struct err *err) {
  (void)path;
  int i = at++;
  *body = script.body[i] ? script.body[i] : "";
  if (!script.status[i]) (void)err_set(err, script.code, "no answer");
  return script.status[i];
}

static void the_credential_goes_where_it_belongs(void **state) {
  (void)state;
  struct probe p = probe();
  bool verified = false;
  struct err err;
  vendor_answer = scripted;
  at = 0;
  script.status[0] = 404, script.status[1] = 200;
  script.body[0] = script.body[1] = "";
  assert_true(probe_verify(&p, &verified, &err));
  assert_true(verified);
  assert_string_equal(vendor_seen.url, "https://api.example.com/v1/me?x=1&k=x-hunter%202");
  assert_string_equal(vendor_seen.authorization, "Basic dTpodW50ZXIgMg==");
  assert_string_equal(vendor_seen.user, "<u>");
}

static void refusals_are_told_in_the_vendors_words(void **state) {
  (void)state;
  static const struct {
    int first, second;
    const char *body;
    enum err_code transport, code;
    const char *says, *hint;
    int asked;
  } cases[] = {
      {403, 403, "{\"success\":false,\"errors\":[{\"code\":1000,\"message\":\"Invalid token\"}]}", 0,
       ERR_UNPROCESSABLE, "Tiny refused the credential: HTTP 403, code 1000: Invalid token",
       "Make a new token.", 2},
      {403, 500, "{\"errors\":[{\"code\":\"x1\",\"message\":\"No\"}]}", 0, ERR_UNPROCESSABLE,
       "HTTP 403, code x1: No", "Ask for permission.", 2},
      {401, 401, "<html>", 0, ERR_UNPROCESSABLE, "HTTP 401", "check the credential", 2},
      {200, 200, "{\"success\":false,\"errors\":[]}", 0, ERR_UNPROCESSABLE, "HTTP 200",
       "check the credential", 2},
      {401, 401, "{\"message\":\"key hunter 2 is unknown\"}", 0, ERR_UNPROCESSABLE,
       "HTTP 401: key ******** is unknown", "check", 2},
      {400, 400, "{\"error\":{\"message\":\"bad\"}}", 0, ERR_UNPROCESSABLE, "HTTP 400: bad", "check", 2},
      {503, 503, "", 0, ERR_UPSTREAM, "could not check the credential: HTTP 503", "try again later", 2},
      {302, 401, "", 0, ERR_UPSTREAM, "HTTP 302", "try again later", 2},
      {429, 200, "", 0, ERR_UNAVAILABLE, "HTTP 429", "try again later", 1},
      {0, 200, "", ERR_TIMEOUT, ERR_TIMEOUT, "no answer", "", 1},
      {401, 0, "", ERR_CANCELED, ERR_CANCELED, "no answer", "", 2},
      {401, 0, "", ERR_TIMEOUT, ERR_UNPROCESSABLE, "HTTP 401", "check", 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct probe p = probe();
    struct err err = {0};
    bool verified = false;
    script.status[0] = cases[i].first, script.status[1] = cases[i].second;
    script.body[0] = script.body[1] = cases[i].body;
    script.code = cases[i].transport;
    vendor_answer = scripted;
    at = 0;
    assert_false(probe_verify(&p, &verified, &err));
    if (err.code != cases[i].code || !strstr(err.text, cases[i].says) || !strstr(err.hint, cases[i].hint))
      fail_msg("%zu: %s: %s (%s)", i, err_name(err.code), err.text, err.hint);
    assert_int_equal(at, cases[i].asked);
    assert_null(strstr(err.text, "hunter"));
  }
}

static void a_credential_of_no_use_is_refused(void **state) {
  (void)state;
  struct connector picky = *v.connector;
  struct connector_request verify[] = {{.method = STR("GET"),
                                        .path = STR("/verify"),
                                        .expect_at = STR("/result/status"),
                                        .expect = STR("active")}};
  picky.verify = verify;
  picky.verify_count = 1;
  static const struct {
    const char *body, *says;
  } cases[] = {
      {"{\"result\":{\"status\":\"active\"}}", NULL},
      {"{\"result\":{\"status\":\"expired\"}}", "/result/status is 'expired', not 'active'"},
      {"{\"result\":{\"status\":\"hunter 2\"}}", "is '********'"},
      {"{\"result\":{}}", "is 'not said'"},
      {"not JSON", "is 'not said'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct probe p = probe();
    struct err err = {0};
    bool verified = false;
    p.connector = &picky;
    script.status[0] = 200, script.body[0] = cases[i].body;
    vendor_answer = scripted;
    at = 0;
    assert_true(probe_verify(&p, &verified, &err) == !cases[i].says);
    assert_true(verified == !cases[i].says);
    if (cases[i].says && (err.code != ERR_UNPROCESSABLE || !strstr(err.text, cases[i].says)))
      fail_msg("%s", err.text);
  }
}

static const char *accounts;

static int list_accounts(const char *path, const char **body, struct err *err) {
  if (!accounts) {
    (void)err_set(err, ERR_TIMEOUT, "late");
    return 0;
  }
  assert_true(strncmp(path, "/accounts?k=", 12) == 0);
  *body = accounts;
  return 200;
}

static size_t choices(const char *answer, yyjson_mut_doc *doc, yyjson_mut_val **list) {
  struct probe p = probe();
  struct err err;
  yyjson_mut_val *found = yyjson_mut_obj(doc);
  accounts = answer;
  vendor_answer = list_accounts;
  assert_true(probe_choices(&p, doc, found, &err));
  *list = yyjson_mut_obj_get(found, "account_id");
  return yyjson_mut_arr_size(*list);
}

static void choices_are_listed_and_bounded(void **state) {
  (void)state;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *list;
  assert_int_equal(
      choices("{\"success\":true,\"result\":[{\"id\":\"a\",\"name\":\"A\"},{\"name\":\"x\"},{\"id\":7}]}",
              doc, &list),
      2);
  assert_string_equal(yyjson_mut_get_str(yyjson_mut_obj_get(yyjson_mut_arr_get(list, 0), "title")), "A");
  assert_string_equal(yyjson_mut_get_str(yyjson_mut_obj_get(yyjson_mut_arr_get(list, 1), "id")), "7");
  assert_int_equal(choices("{\"result\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"a\"}]}", doc, &list), 2);
  struct buf many = BUF_MAX(1 << 16);
  buf_add_z(&many, "{\"result\":[");
  for (int i = 0; i < 80; i++) buf_printf(&many, "%s{\"id\":\"%d\"}", i ? "," : "", i);
  buf_add_z(&many, "]}");
  buf_add_char(&many, 0);
  assert_int_equal(choices(many.p, doc, &list), PROBE_CHOICES_MOST);
  buf_free(&many);
  static const char *const none[] = {"{\"success\":false,\"result\":[{\"id\":\"a\"}]}", "{\"result\":{}}",
                                     "no json", NULL};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    choices(none[i], doc, &list);
    assert_null(list);
  }
  yyjson_mut_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_credential_goes_where_it_belongs, setup, teardown),
      cmocka_unit_test_setup_teardown(refusals_are_told_in_the_vendors_words, setup, teardown),
      cmocka_unit_test_setup_teardown(a_credential_of_no_use_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(choices_are_listed_and_bounded, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
