// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include "cli/columns.h"
#include "cli/run.h"
#include "cli/terminal.h"
#include "cli/view.h"

enum { HELP_MOST = 256 * 1024 };

// base/err.h gives each error its exit code.
const char *const help_exit_codes[] = {"0  done",
                                       "1  a fault of Postern's",
                                       "2  the input is wrong",
                                       "3  not allowed, or no valid token",
                                       "4  no such thing",
                                       "5  in conflict with how things are",
                                       "6  a limit is reached",
                                       "7  too slow",
                                       "8  canceled",
                                       "9  the vendor or the server failed",
                                       NULL};

void help_usage(const struct command *k, struct buf *out) {
  buf_printf(out, "postern %s", k->path);
  for (size_t i = 0; i < COMMAND_ARGUMENTS_MOST && k->arguments[i].name; i++) {
    const struct command_argument *a = &k->arguments[i];
    buf_printf(out, a->optional ? " [%s]%s" : " %s%s", a->name, a->many ? "…" : "");
  }
  buf_add_z(out, " [flags]");
}

static void help_rows(struct buf *out, const char *title, struct columns *t) {
  if (t->count) {
    buf_printf(out, "\n%s:\n", title);
    columns_print(t, 0, out);
  }
  columns_close(t);
}

static void help_arguments(struct cli *c, const struct command *k, struct buf *out) {
  struct columns t;
  columns_open(&t, c->arena, 2);
  for (size_t i = 0; i < COMMAND_ARGUMENTS_MOST && k->arguments[i].name; i++) {
    columns_cell(&t, arena_printf(c->arena, "  %s", k->arguments[i].name));
    columns_cell(&t, str_of(k->arguments[i].help));
  }
  help_rows(out, "Arguments", &t);
}

static void help_flags(struct cli *c, const struct command *k, struct buf *out) {
  const struct args_flag *f;
  struct columns t;
  columns_open(&t, c->arena, 2);
  for (size_t at = 0; (f = command_next_flag(k, &at));) {
    columns_cell(
        &t, arena_printf(c->arena, "  --%s%s%s", f->name, f->value ? " " : "", f->value ? f->value : ""));
    columns_cell(&t, f->many ? arena_printf(c->arena, "%s; may come again", f->help) : str_of(f->help));
  }
  help_rows(out, "Flags", &t);
}

void help_command(struct cli *c, const struct command *k) {
  struct buf out = BUF_MAX(HELP_MOST);
  buf_add_z(&out, "Usage: ");
  help_usage(k, &out);
  buf_printf(&out, "\n\n%s.\n", k->summary);
  if (k->details) buf_printf(&out, "%s\n", k->details);
  help_arguments(c, k, &out);
  help_flags(c, k, &out);
  if (k->example) {
    buf_add_z(&out, "\nExamples:\n");
    for (struct str rest = str_of(k->example), line; str_cut(&rest, '\n', &line);)
      buf_printf(&out, "  %.*s\n", STR_ARG(line));
  }
  view_text(c, buf_str(&out));
  buf_free(&out);
}

bool help_has_group(struct str group) {
  for (const struct command_group *g = command_groups; g->name; g++)
    if (str_is(group, g->name)) return true;
  return false;
}

static void help_all(struct cli *c, struct columns *t, struct buf *out) {
  buf_printf(out,
             "Postern %s: a gate between AI clients (MCP) and SaaS accounts.\n\nUsage: postern COMMAND "
             "[arguments] [flags]\n",
             c->program->version);
  for (const struct command_group *g = command_groups; g->name; g++) {
    columns_cell(t, arena_printf(c->arena, "  %s", g->name));
    columns_cell(t, str_of(g->summary));
  }
  help_rows(out, "Commands", t);
  buf_add_z(out, "\n'postern help COMMAND' says more. All but serve, compile, config, backup, restore, key "
                 "create, store copy and token recover speak to "
                 "a running server, at\n"
                 "POSTERN_URL or http://127.0.0.1:8080, with the API token in POSTERN_TOKEN or "
                 "~/.config/postern/token.\n"
                 "\nExit codes:\n");
  for (const char *const *line = help_exit_codes; *line; line++) buf_printf(out, "  %s\n", *line);
}

void help_group(struct cli *c, struct str group) {
  struct buf out = BUF_MAX(HELP_MOST);
  struct columns t;
  columns_open(&t, c->arena, 2);
  if (!group.n) {
    help_all(c, &t, &out);
  } else {
    const struct command *k;
    for (size_t i = 0; (k = command_at(i)); i++) {
      if (!str_eq(command_group_of(k), group) || k->traits & COMMAND_HIDDEN) continue;
      struct buf usage = BUF_MAX(1024);
      help_usage(k, &usage);
      columns_cell(&t, arena_printf(c->arena, "  %.*s", STR_ARG(buf_str(&usage))));
      columns_cell(&t, str_of(k->summary));
      buf_free(&usage);
    }
    buf_printf(&out, "Usage: postern %.*s COMMAND\n", STR_ARG(group));
    help_rows(&out, "Commands", &t);
    buf_printf(&out, "\n'postern help %.*s COMMAND' says more.\n", STR_ARG(group));
  }
  view_text(c, buf_str(&out));
  buf_free(&out);
}

bool cli_help_run(struct cli *c, struct err *err) {
  size_t taken = 0, count = c->args.word_count;
  char *words[COMMAND_ARGUMENTS_MOST] = {0};
  for (size_t i = 0; i < count && i < COMMAND_ARGUMENTS_MOST; i++)
    words[i] = arena_z(c->arena, c->args.words[i]);
  if (count > COMMAND_ARGUMENTS_MOST) count = COMMAND_ARGUMENTS_MOST;
  const struct command *k = command_find(count, words, &taken);
  if (k && taken == count) {
    help_command(c, k);
  } else if (!count || (count == 1 && help_has_group(str_of(words[0])))) {
    help_group(c, count ? str_of(words[0]) : STR_NONE);
  } else {
    struct str near = command_nearest(count, words);
    err_set(err, ERR_INVALID, "there is no such command");
    if (near.n) err_hint(err, "did you mean 'postern help %.*s'?", STR_ARG(near));
    return false;
  }
  return true;
}
