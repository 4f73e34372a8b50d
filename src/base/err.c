// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
  const char *name;
  int http, rpc, exit;
} err_table[] = {
#define X(id, name, http, rpc, exit) [ERR_##id] = {name, http, rpc, exit},
    ERR_CODES(X)
#undef X
};

bool err_fill(struct err *err, enum err_code code, enum err_reason reason, const char *field,
              const char *format, ...) {
  struct err made = {.code = code, .reason = reason}; // the arguments may come from *err itself
  va_list ap;
  va_start(ap, format);
  snprintf(made.field, sizeof made.field, "%s", field);
  vsnprintf(made.text, sizeof made.text, format, ap);
  va_end(ap);
  *err = made;
  return false;
}

void err_hint(struct err *err, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  vsnprintf(err->hint, sizeof err->hint, format, ap);
  va_end(ap);
}

bool err_wrap(struct err *err, const char *format, ...) {
  char text[sizeof err->text];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (n < 0 || (size_t)n >= sizeof text - 2) return false;
  snprintf(text + n, sizeof text - (size_t)n, ": %s", err->text);
  memcpy(err->text, text, sizeof text);
  return false;
}

static const char *const err_reasons[] = {
#define X(id, name) [WHY_##id] = name,
    ERR_REASONS(X)
#undef X
};

const char *err_reason_name(enum err_reason reason) {
  return err_reasons[reason];
}

enum err_reason err_reason_named(struct str name) {
  for (size_t i = 0; i < sizeof err_reasons / sizeof *err_reasons; i++)
    if (str_is(name, err_reasons[i])) return (enum err_reason)i;
  return WHY_NONE;
}
const char *err_name(enum err_code code) {
  return err_table[code].name;
}
int err_http_status(enum err_code code) {
  return err_table[code].http;
}
int err_rpc_code(enum err_code code) {
  return err_table[code].rpc;
}
int err_exit_code(enum err_code code) {
  return err_table[code].exit;
}
