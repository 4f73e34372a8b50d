// SPDX-License-Identifier: Apache-2.0
#include "library_fixture.h"

#include "crypto/seal.h"

static void an_import_is_compiled_and_kept(void **state) {
  (void)state;
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS));
  struct toolset *set = library_get("acme");
  assert_int_equal(set->count, 2);
  assert_non_null(map_get(&set->by_name, STR("list_all_acme_things")));
  toolset_unref(set);
  assert_int_equal(library_rows("toolset"), 1);
  assert_int_equal(library_rows("tool_name"), 2);
}

// What stands in the store under the same digest is taken as it is; under another one it is made anew.
static void a_toolset_is_compiled_once(void **state) {
  (void)state;
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS));
  fresh_store_sql("UPDATE toolset SET body = replace(body, 'list_all_acme_things', 'from_the_store')");
  struct toolset *set = library_get("acme");
  assert_non_null(map_get(&set->by_name, STR("from_the_store")));
  toolset_unref(set);
  library.tool_bytes /= 2; // another ceiling, another toolset
  set = library_get("acme");
  assert_null(map_get(&set->by_name, STR("from_the_store")));
  assert_non_null(map_get(&set->by_name, STR("list_all_acme_things")));
  toolset_unref(set);
}

// Alone, the zones' rules are `rules`. The accounts' rules that come later take a longer name, even when
// they are all that is left.
static void a_later_version_renames_nothing(void **state) {
  (void)state;
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_ZONE_RULES));
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_ACCOUNT_RULES LIBRARY_ZONE_RULES));
  struct toolset *set = library_get("acme");
  const struct tool *zone = map_get(&set->by_name, STR("list_all_acme_rules")),
                    *account = map_get(&set->by_name, STR("list_all_acme_account_rules"));
  assert_non_null(zone);
  assert_non_null(account);
  check_text(zone->path, "/zones/{z}/rules");
  check_text(account->path, "/accounts/{a}/rules");
  toolset_unref(set);
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_ACCOUNT_RULES));
  set = library_get("acme");
  assert_int_equal(set->count, 1);
  check_text(set->tools[0].name, "list_all_acme_account_rules");
  toolset_unref(set);
}

static void a_bad_import_leaves_no_trace(void **state) {
  (void)state;
  static const struct {
    const char *name, *document;
    enum err_code code;
  } rows[] = {
      {"acme", "hello", ERR_INVALID},
      {"acme", LIBRARY_DOCUMENT("  /a/{x:\n    get: {}\n"),
       ERR_UNPROCESSABLE}, // its only operation is skipped
      {"Not A Name", LIBRARY_DOCUMENT(LIBRARY_THINGS), ERR_INVALID},
      {"\"\"", LIBRARY_DOCUMENT(LIBRARY_THINGS), ERR_INVALID},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err = {0};
    assert_false(library_try(rows[i].name, rows[i].document, &err));
    if (err.code != rows[i].code) fail_msg("%zu: %s: %s", i, err_name(err.code), err.text);
    assert_null(connector_find(library.connectors, STR("acme")));
    assert_int_equal(library_rows("connector") + library_rows("toolset") + library_rows("tool_name"), 0);
  }
}

// A vendor's MCP server: nothing to compile, and no document.
static void an_mcp_server_is_a_definition_alone(void **state) {
  (void)state;
  struct err err = {0};
  struct openapi_result report;
  struct library_import in = {
      STR("name: wiki\nlabel: Wiki\nkind: mcp\nbase_url: https://wiki.example/mcp\n"
          "auth:\n  - {id: open, open: true}\nwords:\n  - {tools: [get-secret], trust: deny}\n"),
      STR("")};
  assert_true(library_add(&library, &in, arena, &report, &err));
  assert_true(library_add(&library, &in, arena, &report, &err)); // again, in its place
  assert_int_equal(library_rows("connector"), 1);
  assert_int_equal(library_rows("toolset") + library_rows("tool_name"), 0);
  connector_set_free(library.connectors); // as after a restart
  assert_true(connector_set_load(NULL, &library.connectors, &err));
  assert_true(library_follow(&library, &err));
  const struct connector *c = connector_find(library.connectors, STR("wiki"));
  assert_non_null(c);
  assert_true(c->imported && c->kind == CONNECTOR_MCP);
  assert_int_equal(connector_word_find(c, STR("get-secret"))->trust, CONNECTOR_DENY);

  in.document = STR(LIBRARY_DOCUMENT(LIBRARY_THINGS));
  assert_false(library_add(&library, &in, arena, &report, &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_string_equal(err.field, "document");
  assert_false(library_try("wiki", LIBRARY_DOCUMENT(LIBRARY_THINGS), &err)); // of kind rest
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_false(library_try("acme", "", &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_string_equal(err.field, "document");
  assert_true(library_remove(&library, STR("wiki"), &err));
  assert_int_equal(library_rows("connector"), 0);
}

static void imports_come_back_at_start(void **state) {
  (void)state;
  struct err err;
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS));
  connector_set_free(library.connectors); // as after a restart
  assert_true(connector_set_load(NULL, &library.connectors, &err));
  assert_true(library_follow(&library, &err));
  struct toolset *set = library_get("acme");
  assert_int_equal(set->count, 2);
  toolset_unref(set);
}

// As another program at the same store has it.
static void imports_of_another_program_are_followed(void **state) {
  (void)state;
  struct err err;
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS));
  const struct connector *was = connector_find(library.connectors, STR("acme"));
  assert_true(library_follow(&library, &err));
  assert_ptr_equal(connector_find(library.connectors, STR("acme")), was); // it is as it was
  fresh_store_sql("UPDATE connector SET stamp = 'another'");
  assert_true(library_follow(&library, &err));
  assert_ptr_not_equal(connector_find(library.connectors, STR("acme")), was);
  fresh_store_sql("DELETE FROM connector");
  assert_true(library_follow(&library, &err));
  assert_null(connector_find(library.connectors, STR("acme")));
}

// Who follows the changelog comes just behind a commit, on another thread: what he then makes accounts of is what was stored,
// and not the one of before.
static struct str beside; // what he saw; without one nobody follows

bool __real_store_transact(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err),
                           void *arg, struct err *err);
bool __wrap_store_transact(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err),
                           void *arg, struct err *err);
bool __wrap_store_transact(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err),
                           void *arg, struct err *err) {
  bool ok = __real_store_transact(s, body, arg, err);
  if (!ok || !beside.n) return ok;
  assert_true(library_follow(&library, err));
  const struct connector *c = connector_find(library.connectors, STR("wiki"));
  beside = c ? c->label : STR("none");
  return ok;
}

static void who_follows_an_import_at_once_has_it(void **state) {
  (void)state;
  struct err err = {0};
  struct openapi_result report;
  struct seal_ring *ring; // so that each has a stamp of its own
  assert_true(seal_ring_from_text(
      STR("k1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"), &ring, &err));
  store_set_ring(store, ring);
  static const char *const labels[] = {"Wiki", "Wiki of another kind", "Wiki again"};
  for (size_t i = 0; i < 3; i++) {
    struct library_import in = {
        arena_printf(arena,
                     "name: wiki\nlabel: %s\nkind: mcp\nbase_url: https://wiki.example/mcp\n"
                     "auth:\n  - {id: open, open: true}\n",
                     labels[i]),
        STR("")};
    beside = STR("nobody");
    if (!library_add(&library, &in, arena, &report, &err)) fail_msg("%s", err.text);
    if (!str_is(beside, labels[i])) fail_msg("%s: %.*s", labels[i], STR_ARG(beside));
    assert_true(str_is(connector_find(library.connectors, STR("wiki"))->label, labels[i]));
  }
  if (!library_remove(&library, STR("wiki"), &err)) fail_msg("%s", err.text);
  assert_true(str_is(beside, "none"));
  beside = STR_NONE;
  store_set_ring(store, NULL);
  seal_ring_free(ring);
}

// One that cannot be read any more takes nobody else's along.
static void a_damaged_import_is_left_out(void **state) {
  (void)state;
  struct err err;
  library_import("mend", LIBRARY_DOCUMENT(LIBRARY_THINGS));
  fresh_store_sql("INSERT INTO connector (name, definition, document) VALUES ('aaa', 'name: [', ''), "
                  "('bbb', '', ''), ('zzz', 'kind: what', '')");
  connector_set_free(library.connectors); // as after a restart
  assert_true(connector_set_load(NULL, &library.connectors, &err));
  assert_true(library_follow(&library, &err));
  assert_null(connector_find(library.connectors, STR("aaa")));
  struct toolset *set = library_get("mend");
  assert_int_equal(set->count, 2);
  toolset_unref(set);
}

static void removal_takes_names_too_but_not_from_under_an_account(void **state) {
  (void)state;
  struct err err = {0};
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS));
  fresh_store_account("acc_1", "main", "acme");
  assert_false(library_remove(&library, STR("acme"), &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_non_null(strstr(err.text, "main"));
  assert_int_equal(library_rows("tool_name"), 2);
  fresh_store_sql("DELETE FROM account");
  assert_true(library_remove(&library, STR("acme"), &err));
  assert_int_equal(library_rows("connector") + library_rows("toolset") + library_rows("tool_name"), 0);
  assert_null(connector_find(library.connectors, STR("acme")));
  assert_false(library_remove(&library, STR("acme"), &err));
  assert_int_equal(err.code, ERR_MISSING);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, library_open, library_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_import_is_compiled_and_kept),
      TEST(a_toolset_is_compiled_once),
      TEST(a_later_version_renames_nothing),
      TEST(a_bad_import_leaves_no_trace),
      TEST(an_mcp_server_is_a_definition_alone),
      TEST(imports_come_back_at_start),
      TEST(imports_of_another_program_are_followed),
      TEST(who_follows_an_import_at_once_has_it),
      TEST(a_damaged_import_is_left_out),
      TEST(removal_takes_names_too_but_not_from_under_an_account),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
