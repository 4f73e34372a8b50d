// SPDX-License-Identifier: Apache-2.0
// log: one line an event on standard error, as text or JSON. Only the edge logs (main, the HTTP
// server's request line, background jobs); libraries return errors. Never a secret, never a URL
// with a token in it. Any thread; a line is one write(2). Example:
//   log_event(LOG_INFO, request_id, "account %.*s verified", STR_ARG(name));
#ifndef POSTERN_BASE_LOG_H
#define POSTERN_BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_configure(enum log_level least, bool json); // may be called again (SIGHUP)
bool log_level_from(struct str name, enum log_level *out);
bool log_wants(enum log_level level);
// `request` may be STR_NONE.
void log_event(enum log_level level, struct str request, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_debug(...) log_event(LOG_DEBUG, STR_NONE, __VA_ARGS__)
#define log_info(...) log_event(LOG_INFO, STR_NONE, __VA_ARGS__)
#define log_warn(...) log_event(LOG_WARN, STR_NONE, __VA_ARGS__)
#define log_error(...) log_event(LOG_ERROR, STR_NONE, __VA_ARGS__)

#endif
