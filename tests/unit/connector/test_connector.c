// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include <pthread.h>

#include "connector/connector.h"

#define TINY(name)                                                                                           \
  "name: " name "\nlabel: X\nkind: mcp\nbase_url: https://x.example\nauth: [{id: open, open: true}]\n"
#define TINY_REST(name)                                                                                      \
  "name: " name "\nlabel: X\nkind: rest\nbase_url: https://x.example\n"                                      \
  "auth: [{id: key, fields: [{name: k}], send: [{in: bearer, value: \"{k}\"}]}]\n"

static char folder[64];

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  temp_remove(folder);
  return 0;
}

static void put(const char *connector, const char *file, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, connector);
  mkdir(path, 0700);
  snprintf(path, sizeof path, "%s/%s/%s", folder, connector, file);
  temp_write(path, text);
}

static struct connector_set *load(const char *at) {
  struct connector_set *set = NULL;
  struct err err = {0};
  if (!connector_set_load(at, &set, &err)) fail_msg("%s: %s (%s)", err.field, err.text, err.hint);
  return set;
}

static void ours_are_sound(void **state) {
  (void)state;
  struct connector_set *set = load(CONNECTORS);
  const struct connector *c = connector_find(set, STR("cloudflare"));
  assert_non_null(c);
  assert_false(c->imported);
  assert_true(str_ends(c->openapi, "/cloudflare/openapi.yaml"));
  assert_int_equal(access(c->openapi.p, R_OK), 0);
  assert_true(c->way_count >= 2 && c->verify_count >= 1 && c->hint_count >= 1);
  assert_true(str_is(c->contexts[0].name, "account_id"));
  size_t at = 0, count = 0;
  struct str last = STR_NONE;
  for (const struct connector *next; (next = connector_next(set, &at)); count++) {
    assert_true(str_compare(last, next->name) < 0);
    last = next->name;
  }
  assert_true(count >= 1);
  connector_set_free(set);
}

static void a_folder_is_read_and_a_slip_named(void **state) {
  (void)state;
  put("b", "connector.yaml", TINY("b"));
  put("a", "connector.yaml", TINY_REST("a") "openapi: ./doc.yaml\n");
  put("a", "doc.yaml", "openapi: 3.1.0\n");
  put("nothing", "README", "no connector\n");
  char file[128], link[128];
  snprintf(file, sizeof file, "%s/nothing/README", folder);
  snprintf(link, sizeof link, "%s/link", folder);
  assert_int_equal(symlink(file, link), 0); // neither is a link to a file
  struct connector_set *set = load(folder);
  size_t at = 0;
  assert_true(str_is(connector_next(set, &at)->name, "a"));
  assert_true(str_is(connector_next(set, &at)->name, "b"));
  assert_null(connector_next(set, &at));
  struct str before = connector_find(set, STR("a"))->digest;
  put("a", "doc.yaml", "openapi: 3.1.1\n");
  struct connector_set *after = load(folder);
  assert_false(str_eq(before, connector_find(after, STR("a"))->digest));
  assert_true(str_eq(connector_find(set, STR("b"))->digest, connector_find(after, STR("b"))->digest));
  connector_set_free(after);
  connector_set_free(set);

  static const struct {
    const char *text, *field, *says;
  } bad[] = {
      {TINY("c") "docz: x\n", "c/connector.yaml:6", "'docz'"},
      {TINY_REST("c") "openapi: ../../etc/passwd\n", "", "outside"},
      {TINY("b"), "name", "already"},
      {TINY("c") "  x: [\n", "c/connector.yaml:", ""},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err err = {0};
    put("c", "connector.yaml", bad[i].text);
    assert_false(connector_set_load(folder, &set, &err));
    if (strncmp(err.field, bad[i].field, strlen(bad[i].field)) || !strstr(err.text, bad[i].says))
      fail_msg("%zu: %s: %s", i, err.field, err.text);
  }
  struct err err = {0};
  assert_false(connector_set_load("/nonexistent", &set, &err));
  assert_string_equal(err.field, "connectors_dir");
}

static void an_import_replaces_imports_only(void **state) {
  (void)state;
  put("b", "connector.yaml", TINY("b"));
  struct connector_set *set = load(folder);
  struct err err = {0};
  assert_false(connector_set_add(set, STR(TINY("b")), &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_true(connector_set_add(set, STR(TINY("i")), &err));
  const struct connector *first = connector_find(set, STR("i"));
  assert_true(connector_set_add(
      set,
      STR("{\"name\":\"i\",\"label\":\"Y\",\"kind\":\"mcp\",\"base_url\":\"https://y.example\","
          "\"auth\":[{\"id\":\"open\",\"open\":true}]}"),
      &err));
  const struct connector *second = connector_find(set, STR("i"));
  assert_ptr_not_equal(first, second);
  assert_true(str_is(first->label, "X") && str_is(second->label, "Y"));
  assert_false(connector_set_add(set, STR(TINY_REST("j") "openapi: x.yaml\n"), &err));
  assert_string_equal(err.field, "openapi");
  connector_set_free(set);
}

enum { IMPORTS = 60 };

static void *look(void *arg) {
  struct connector_set *set = arg;
  char name[16];
  for (int round = 0; round < 200; round++)
    for (int i = 0; i < IMPORTS; i += 7) {
      snprintf(name, sizeof name, "i%d", i);
      const struct connector *c = connector_find(set, str_of(name));
      if (c && !str_is(c->name, name)) return set;
    }
  return NULL;
}

static void imports_join_while_others_look(void **state) {
  (void)state;
  struct connector_set *set = load(NULL);
  pthread_t threads[2];
  for (size_t i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, look, set), 0);
  for (int i = 0; i < 2 * IMPORTS; i++) { // each once, then again
    char text[160];
    struct err err;
    snprintf(text, sizeof text,
             "name: i%d\nlabel: X\nkind: mcp\nbase_url: https://x.example\nauth: [{id: open, open: true}]\n",
             i % IMPORTS);
    assert_true(connector_set_add(set, str_of(text), &err));
  }
  for (size_t i = 0; i < 2; i++) {
    void *bad;
    pthread_join(threads[i], &bad);
    assert_null(bad);
  }
  connector_set_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ours_are_sound),
      cmocka_unit_test_setup_teardown(a_folder_is_read_and_a_slip_named, setup, teardown),
      cmocka_unit_test(imports_join_while_others_look),
      cmocka_unit_test_setup_teardown(an_import_replaces_imports_only, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
