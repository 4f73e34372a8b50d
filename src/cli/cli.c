// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/plain.h"
#include "cli/api.h"
#include "cli/help.h"
#include "cli/out.h"
#include "crypto/secret.h"

extern char **environ;

yyjson_val *cli_keep(struct cli *c, yyjson_doc *doc) {
  struct cli_doc *kept = ARENA_NEW(c->arena, struct cli_doc);
  *kept = (struct cli_doc){doc, c->docs};
  c->docs = kept;
  return yyjson_doc_get_root(doc);
}

static void cli_free_docs(struct cli *c) {
  for (; c->docs; c->docs = c->docs->next) yyjson_doc_free(c->docs->doc);
}

void cli_forget(struct cli *c) {
  cli_free_docs(c);
  arena_reset(c->arena);
}

// Each part in one line, whoever's words are in it.
void cli_print_error(const struct err *err) {
  struct buf text = BUF_MAX(4 * sizeof *err);
  buf_add_z(&text, "postern: ");
  plain_mark_line(&text, str_of(err->field));
  if (err->field[0]) buf_add_z(&text, ": ");
  plain_mark_line(&text, str_of(err->text));
  buf_add_z(&text, err->hint[0] ? "\n  " : "");
  plain_mark_line(&text, str_of(err->hint));
  buf_add_char(&text, '\n');
  out_note(buf_str(&text));
  buf_free(&text);
}

void cli_print(const char *format, ...) {
  char *text = NULL;
  struct err err;
  va_list list;
  va_start(list, format);
  int n = vasprintf(&text, format, list);
  va_end(list);
  if (n < 0) return;
  out_text(str_make(text, (size_t)n));
  (void)!out_flush(&err); // nobody reads it
  secret_wipe(text, (size_t)n);
  free(text);
}

static bool cli_unknown(int argc, char **argv, struct err *err) {
  struct buf words = BUF_MAX(256);
  for (int i = 0; i < argc && i < 2 && argv[i][0] != '-'; i++)
    buf_printf(&words, "%s%s", i ? " " : "", argv[i]);
  struct str near = command_nearest((size_t)argc, argv);
  err_set(err, ERR_INVALID, "there is no command '%.*s'", STR_ARG(buf_str(&words)));
  if (near.n)
    err_hint(err, "did you mean 'postern %.*s'?", STR_ARG(near));
  else
    err_hint(err, "'postern help' lists the commands; a vendor is connected with 'postern up VENDOR'");
  buf_free(&words);
  return false;
}

static bool cli_parse(struct cli *c, struct err *err) {
  if (c->command->traits & COMMAND_RAW) return true;
  c->settings.environment = environ;
  if (c->command->traits & COMMAND_SETTINGS &&
      !settings_take_flags(&c->argc, c->argv, c->arena, &c->settings, err))
    return false;
  return args_parse(c->command, c->argc, c->argv, &c->args, err);
}

static bool cli_run(struct cli *c, struct err *err) {
  if (!cli_parse(c, err)) return false;
  c->json = args_has(&c->args, "json");
  if (args_has(&c->args, "help")) {
    help_command(c, c->command);
    return true;
  }
  return c->command->run(c, err);
}

static int cli_run_command(struct cli *c) {
  struct err err = {0};
  bool ok = cli_run(c, &err);
  // What was printed stands before the error, also where both go to one place.
  struct err late;
  if (!out_flush(&late) && ok) ok = false, err = late;
  if (!ok) cli_print_error(&err);
  return ok ? 0 : err_exit_code(err.code);
}

static bool cli_asks_help(int argc, char **argv) {
  for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
  return false;
}

// A word that begins commands, alone or with --help: those commands.
static bool cli_is_group(int argc, char **argv) {
  if (argc == 0) return true;
  return help_has_group(str_of(argv[0])) && (argc == 1 || cli_asks_help(argc, argv));
}

int cli_main(int argc, char **argv, const struct cli_program *program) {
  char help[] = "help", version[] = "version"; // as other programs spell them
  struct err err = {0};
  size_t taken = 0;
  argc -= argc > 0;
  argv++;
  if (argc && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)) argv[0] = help;
  if (argc && strcmp(argv[0], "--version") == 0) argv[0] = version;
  struct cli c = {.program = program, .arena = arena_new()};
  c.command = command_find((size_t)argc, argv, &taken);
  c.argc = argc - (int)taken;
  c.argv = argv + taken;
  int code;
  if (c.command && !c.command->run && !cli_asks_help(c.argc, c.argv)) {
    arena_free(c.arena);
    return program->serve(argc, argv);
  }
  signal(SIGPIPE, SIG_IGN);
  if (c.command) {
    code = cli_run_command(&c);
  } else if (cli_is_group(argc, argv)) {
    help_group(&c, argc ? str_of(argv[0]) : STR_NONE);
    code = argc > 1 && out_flush(&err) ? 0 : err_exit_code(ERR_INVALID);
  } else {
    cli_unknown(argc, argv, &err);
    cli_print_error(&err);
    code = err_exit_code(err.code);
  }
  api_close(&c);
  cli_free_docs(&c);
  arena_free(c.arena);
  return code;
}
