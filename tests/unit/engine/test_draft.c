// SPDX-License-Identifier: Apache-2.0
// An engine as it is given: each field checked, and where a key may go.
#include "../support/check.h"

#include "crypto/secret.h"
#include "engine/draft.h"

static struct err err;

static int setup(void **state) {
  *state = arena_new();
  return 0;
}

static int teardown(void **state) {
  arena_free(*state);
  return 0;
}

static bool fill(void **state, const struct engine *before, const char *json, struct engine_draft *out) {
  yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
  if (!doc) fail_msg("no JSON: %s", json);
  err = (struct err){0};
  bool ok = engine_draft_fill(before, yyjson_doc_get_root(doc), *state, out, &err);
  if (ok) { // texts borrow from the document
    out->row.name = arena_dup(*state, out->row.name);
    out->row.kind = arena_dup(*state, out->row.kind);
    out->row.model = arena_dup(*state, out->row.model);
    out->row.base_url = arena_dup(*state, out->row.base_url);
    out->row.key_header = arena_dup(*state, out->row.key_header);
    out->row.dialect = arena_dup(*state, out->row.dialect);
    out->key = arena_dup(*state, out->key);
  }
  yyjson_doc_free(doc);
  return ok;
}

static void the_usual(void **state) {
  static const struct {
    const char *json, *url, *header;
  } cases[] = {
      {"{\"name\":\"a\",\"kind\":\"anthropic\",\"model\":\"m\",\"key\":\"k\"}",
       "https://api.anthropic.com/v1", "x-api-key"},
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"k\"}", "https://api.openai.com/v1",
       "authorization"},
      {"{\"name\":\"a\",\"kind\":\"chat\",\"model\":\"m\",\"base_url\":\"http://127.0.0.1:11434/v1/\"}",
       "http://127.0.0.1:11434/v1", "authorization"},
      {"{\"name\":\"a\",\"kind\":\"chat\",\"model\":\"m\",\"key_header\":\"api-key\",\"key\":\"k\","
       "\"base_url\":\"https://r.example.com/openai/deployments/d?api-version=2024-10-21\"}",
       "https://r.example.com/openai/deployments/d?api-version=2024-10-21", "api-key"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct engine_draft d;
    if (!fill(state, NULL, cases[i].json, &d)) fail_msg("%s: %s %s", cases[i].json, err.field, err.text);
    check_text(d.row.base_url, cases[i].url);
    check_text(d.row.key_header, cases[i].header);
    assert_true(d.row.tokens > 0 && d.row.output > 0 && d.row.seconds > 0);
  }
}

static void what_is_refused(void **state) {
#define ALL "\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"k\""
  static const struct {
    const char *json, *field;
  } cases[] = {
      {"{}", "name"},
      {"{\"name\":\"planner\"}", "name"},
      {"{\"name\":\"Big\"}", "name"},
      {"{\"name\":\"a/b\"}", "name"},
      {"{\"name\":\"-a\"}", "name"},
      {"{\"name\":\"eng_x\"}", "name"},
      {"{\"name\":\"a\"}", "kind"},
      {"{\"name\":\"a\",\"kind\":\"planner\"}", "kind"},
      {"{\"name\":\"a\",\"kind\":\"chat\"}", "model"},
      {"{\"name\":\"a\",\"kind\":\"chat\",\"model\":\"m\\u0007\"}", "model"},
      {"{\"name\":\"a\",\"kind\":\"chat\",\"model\":\"m\"}", "base_url"},
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\"}", "key"},
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"\"}", "key"},
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"a b\"}", "key"},
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"a\\r\\nX: y\"}", "key"},
      {"{" ALL ",\"base_url\":\"ftp://x/\"}", "base_url"},
      {"{" ALL ",\"base_url\":\"https://u:p@x/v1\"}", "base_url"},
      {"{" ALL ",\"base_url\":\"https://x/v1#f\"}", "base_url"},
      {"{" ALL ",\"base_url\":\"https://x/v1/responses\"}", "base_url"},
      {"{" ALL ",\"base_url\":\"https://x/v1/responses/?a=b\"}", "base_url"},
      {"{" ALL ",\"key_header\":\"a b\"}", "key_header"},
      {"{" ALL ",\"key_header\":\"Host\"}", "key_header"},
      {"{" ALL ",\"effort\":\"HIGH!\"}", "effort"},
      {"{" ALL ",\"dialect\":\"other\"}", "dialect"},
      {"{" ALL ",\"tokens\":0}", "tokens"},
      {"{" ALL ",\"output_tokens\":1}", "output_tokens"},
      {"{" ALL ",\"seconds\":100000}", "seconds"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct engine_draft d;
    bool ok = fill(state, NULL, cases[i].json, &d);
    if (ok || err.code != ERR_INVALID || strcmp(err.field, cases[i].field) != 0)
      fail_msg("%s: expected a fault at %s, got %s %s", cases[i].json, cases[i].field, err.field, err.text);
  }
}

// Of an engine with a key: what takes it along, what needs it again.
static void where_a_key_goes(void **state) {
  static const struct {
    const char *json;
    bool ok, keeps;
    const char *key;
  } cases[] = {
      {"{\"model\":\"other\"}", true, true, ""},
      {"{\"base_url\":\"https://a.example.com/v1\"}", true, true, ""},
      {"{\"base_url\":\"https://a.example.com/v1/\"}", true, true, ""},
      {"{\"base_url\":\"https://a.example.com/v2\"}", false, false, ""},
      {"{\"base_url\":\"https://b.example.com/v1\"}", false, false, ""},
      {"{\"base_url\":\"http://a.example.com/v1\"}", false, false, ""},
      {"{\"key_header\":\"x-other\"}", false, false, ""},
      {"{\"kind\":\"anthropic\"}", false, false, ""},
      {"{\"kind\":\"anthropic\",\"key\":\"n\"}", true, false, "n"},
      {"{\"base_url\":\"https://b.example.com/v1\",\"key\":\"n\"}", true, false, "n"},
      {"{\"base_url\":\"https://b.example.com/v1\",\"key\":\"\"}", true, false, ""},
      {"{\"key\":\"n\"}", true, false, "n"},
      {"{\"key\":\"\"}", true, false, ""},
      {"{\"key\":null}", true, false, ""},
  };
  struct engine_draft first;
  struct engine before;
  assert_true(fill(state, NULL,
                   "{\"name\":\"a\",\"kind\":\"chat\",\"model\":\"m\",\"key\":\"old\",\"base_url\":\"https://"
                   "a.example.com/v1\"}",
                   &first));
  assert_true(engine_make(&first.row, secret_new(first.key), &before, &err));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct engine_draft d;
    bool ok = fill(state, &before, cases[i].json, &d);
    if (ok != cases[i].ok || (!ok && strcmp(err.field, "key") != 0))
      fail_msg("%s: %s %s", cases[i].json, err.field, err.text);
    if (!ok) continue;
    assert_int_equal(d.keeps_key, cases[i].keeps);
    check_text(d.key, cases[i].key);
    check_text(d.row.id, first.row.id.p);
  }
  engine_drop(&before);
}

static void whose_format_it_is(void **state) {
  static const struct {
    const char *json;
    bool own;
  } cases[] = {
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"k\"}", true},
      {"{\"name\":\"a\",\"kind\":\"chat\",\"model\":\"m\",\"base_url\":\"https://api.openai.com/v1\"}", true},
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"k\",\"base_url\":\"https://"
       "api.openai.com.evil.example/v1\"}",
       false},
      {"{\"name\":\"a\",\"kind\":\"openai\",\"model\":\"m\",\"key\":\"k\",\"base_url\":\"https://"
       "r.example.com/"
       "openai/v1\",\"dialect\":\"vendor\"}",
       true},
      {"{\"name\":\"a\",\"kind\":\"anthropic\",\"model\":\"m\",\"key\":\"k\",\"dialect\":\"compatible\"}",
       false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct engine_draft d;
    struct engine e;
    assert_true(fill(state, NULL, cases[i].json, &d));
    assert_true(engine_make(&d.row, NULL, &e, &err));
    if (e.llm.vendors_own != cases[i].own) fail_msg("%s", cases[i].json);
    engine_drop(&e);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_usual, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(where_a_key_goes, setup, teardown),
      cmocka_unit_test_setup_teardown(whose_format_it_is, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
