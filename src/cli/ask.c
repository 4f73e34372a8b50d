// SPDX-License-Identifier: Apache-2.0
#include "cli/ask.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/terminal.h"

bool cli_ask_is_possible(void) {
  return isatty(STDIN_FILENO) && terminal_is_there();
}

static bool ask_terminal(const char *question, struct err *err) {
  struct buf line;
  if (!terminal_ask(question, false, &line, err)) return false;
  struct str answer = str_trim(buf_str(&line));
  bool yes = str_is_nocase(answer, "y") || str_is_nocase(answer, "yes");
  buf_free(&line);
  return yes || err_set(err, ERR_CANCELED, "nothing was done");
}

bool cli_ask_first(struct cli *c, struct err *err, const char *question, ...) {
  char *text = NULL;
  va_list list;
  if (args_has(&c->args, "yes")) return true;
  va_start(list, question);
  int n = vasprintf(&text, question, list);
  va_end(list);
  if (n < 0) return err_set(err, ERR_INTERNAL, "out of memory");
  bool ok = cli_ask_is_possible()
                ? ask_terminal(arena_printf(c->arena, "%s [y/N]", text).p, err)
                : err_set(err, ERR_INVALID, "nobody sits here who could be asked: %s", text);
  if (!ok && err->code == ERR_INVALID) err_hint(err, "--yes goes on without asking");
  free(text);
  return ok;
}
