// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/plain.h"

enum { LOG_LINE_MAX = 4096 };

static atomic_int log_least = LOG_INFO;
static atomic_bool log_json;

static const char *const log_names[] = {"debug", "info", "warn", "error"};

void log_configure(enum log_level least, bool json) {
  log_least = (int)least;
  log_json = json;
}

bool log_level_from(struct str name, enum log_level *out) {
  for (unsigned i = 0; i < sizeof log_names / sizeof *log_names; i++) {
    if (!str_is(name, log_names[i])) continue;
    *out = (enum log_level)i;
    return true;
  }
  return false;
}

bool log_wants(enum log_level level) {
  return (int)level >= log_least;
}

// Nothing reaches the terminal or the log file that a terminal acts on or a reader does not see (base/plain);
// quotes never end the JSON string.
static void log_add_escaped(struct buf *line, struct str s, bool quotes) {
  uint32_t c;
  for (size_t n; s.n; s = str_from(s, n)) {
    n = plain_next(s, &c);
    if (!plain_is_safe(c))
      plain_add_escape(line, c);
    else if (quotes && (c == '"' || c == '\\'))
      buf_printf(line, "\\%c", (char)c);
    else
      buf_add(line, str_make(s.p, n));
  }
}

void log_event(enum log_level level, struct str request, const char *format, ...) {
  if (!log_wants(level)) return;
  char text[2048], time[CLOCK_TEXT];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (n < 0) return;
  struct str message = {text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
  clock_rfc3339(clock_now_ms(), time);
  struct buf line = BUF_MAX(6 * LOG_LINE_MAX);
  if (log_json) {
    buf_printf(&line, "{\"time\":\"%s\",\"level\":\"%s\",", time, log_names[level]);
    if (request.n) {
      buf_add_z(&line, "\"request\":\"");
      log_add_escaped(&line, request, true);
      buf_add_z(&line, "\",");
    }
    buf_add_z(&line, "\"message\":\"");
    log_add_escaped(&line, message, true);
    buf_add_z(&line, "\"}\n");
  } else {
    buf_printf(&line, "%s %-5s ", time, log_names[level]);
    log_add_escaped(&line, message, false);
    if (request.n) {
      buf_add_z(&line, " [");
      log_add_escaped(&line, request, false);
      buf_add_char(&line, ']');
    }
    buf_add_char(&line, '\n');
  }
  if (write(STDERR_FILENO, line.p, line.n) < 0) {
    // Nobody left to tell.
  }
  buf_free(&line);
}
