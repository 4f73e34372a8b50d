// SPDX-License-Identifier: Apache-2.0
// The table of commands: what the compiler cannot see of it.
#include "cli/command.h"

#include "../support/check.h"

#include "cli/help.h"
#include "cli/manual.h"

static bool has_group(struct str name) {
  for (const struct command_group *g = command_groups; g->name; g++)
    if (str_is(name, g->name)) return true;
  return false;
}

static void each_row_is_whole(void **state) {
  (void)state;
  for (size_t i = 0; command_at(i); i++) {
    const struct command *k = command_at(i);
    bool optional = false;
    assert_true(k->summary && *k->summary);
    assert_true(k->run || str_is(str_of(k->path), "serve"));
    assert_true(k->traits & COMMAND_HIDDEN || has_group(command_group_of(k)));
    for (size_t j = 0; j < COMMAND_ARGUMENTS_MOST && k->arguments[j].name; j++) {
      assert_true(k->arguments[j].help && *k->arguments[j].help);
      assert_true(!optional || k->arguments[j].optional); // none that must come behind one that may
      optional = k->arguments[j].optional || k->arguments[j].many;
    }
  }
}

// A flag that stands twice would hide the other; and every one is found by its name.
static void flags_are_unique(void **state) {
  (void)state;
  const struct args_flag *f;
  for (size_t i = 0; command_at(i); i++)
    for (size_t at = 0; (f = command_next_flag(command_at(i), &at));) {
      assert_true(f->help && *f->help);
      assert_ptr_equal(command_find_flag(command_at(i), str_of(f->name)), f);
    }
}

static void finds_by_words(void **state) {
  (void)state;
  size_t taken = 0;
  const struct command *k = command_find(3, (char *[]){"account", "show", "acme"}, &taken);
  assert_string_equal(k->path, "account show");
  assert_int_equal(taken, 2);
  k = command_find(2, (char *[]){"tools", "acme"}, &taken);
  assert_string_equal(k->path, "tools");
  assert_int_equal(taken, 1);
  assert_null(command_find(1, (char *[]){"account"}, &taken));
  assert_null(command_find(0, NULL, &taken));
}

static void names_the_nearest(void **state) {
  (void)state;
  assert_true(str_is(command_nearest(1, (char *[]){"acount"}), "account"));
  assert_true(str_is(command_nearest(2, (char *[]){"account", "lst"}), "account list"));
  assert_true(str_is(command_nearest(2, (char *[]){"mcp", "rotat"}), "mcp rotate"));
  assert_int_equal(command_nearest(1, (char *[]){"frobnicate"}).n, 0);
  assert_int_equal(command_nearest(0, NULL).n, 0);
}

// The pages name every command, and never a hidden one.
static void manual_names_every_command(void **state) {
  (void)state;
  struct buf page = BUF_MAX(1 << 20), man = BUF_MAX(1 << 20);
  manual_write_commands(&page);
  manual_write_man(&man);
  for (size_t i = 0; command_at(i); i++) {
    char head[100];
    snprintf(head, sizeof head, "### postern %s\n", command_at(i)->path);
    assert_int_equal(str_contains(buf_str(&page), str_of(head)), !(command_at(i)->traits & COMMAND_HIDDEN));
    snprintf(head, sizeof head, ".SS postern %s", command_at(i)->path);
    assert_int_equal(str_contains(buf_str(&man), str_of(head)), !(command_at(i)->traits & COMMAND_HIDDEN));
  }
  assert_false(page.full || man.full);
  buf_free(&page);
  buf_free(&man);
}

static void every_exit_code_is_explained(void **state) {
  (void)state;
  for (int code = ERR_OK; code <= ERR_INTERNAL; code++) {
    bool found = false;
    for (const char *const *line = help_exit_codes; *line; line++)
      found = found || atoi(*line) == err_exit_code((enum err_code)code);
    if (!found) fail_msg("no word on exit code %d", err_exit_code((enum err_code)code));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_row_is_whole),
      cmocka_unit_test(flags_are_unique),
      cmocka_unit_test(finds_by_words),
      cmocka_unit_test(names_the_nearest),
      cmocka_unit_test(manual_names_every_command),
      cmocka_unit_test(every_exit_code_is_explained),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
