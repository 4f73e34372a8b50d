// SPDX-License-Identifier: Apache-2.0
#include "sink/syslog.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/plain.h"
#include "sink/fields.h"

enum {
  SYSLOG_FACILITY = 13, // log audit (RFC 5424 §6.2.1)
  SYSLOG_HOST_MOST = 255,
  SYSLOG_PROCESS_MOST = 128,
  SYSLOG_ID_MOST = 32,
  SYSLOG_VALUE_MOST = 256, // of one value, escaped
  SYSLOG_WIDE_MOST = 1024,
  SYSLOG_ESCAPED_MOST = 16, // of one character: \\u, two halves
};

// PRINTUSASCII (RFC 5424 §6): anything else is '_', nothing at all is '-'.
static void syslog_word(struct buf *out, struct str text, size_t most) {
  size_t n = text.n < most ? text.n : most;
  for (size_t i = 0; i < n; i++) buf_add_char(out, text.p[i] > ' ' && text.p[i] < 0x7f ? text.p[i] : '_');
  if (!n) buf_add_char(out, '-');
}

// RFC 5424 §6.3.3: '"', '\' and ']' behind a '\'. A value of ours has the '\' of \uXXXX escaped, too. Without `quoted` it
// is the message's text.
static void syslog_text(struct buf *out, struct str text, size_t most, bool quoted) {
  size_t end = out->n + most;
  for (size_t at = 0, n; at < text.n; at += n) {
    uint32_t c;
    n = plain_next(str_from(text, at), &c);
    if (out->n + SYSLOG_ESCAPED_MOST > end) {
      buf_add_z(out, "…");
      return;
    }
    if (c == PLAIN_BROKEN)
      buf_add_z(out, "\xef\xbf\xbd"); // U+FFFD
    else if (!plain_is_safe(c)) {
      if (quoted) buf_add_char(out, '\\');
      plain_add_escape(out, c);
    } else {
      if (quoted && (c == '"' || c == '\\' || c == ']')) buf_add_char(out, '\\');
      buf_add(out, str_make(text.p + at, n));
    }
  }
}

static void syslog_time(struct buf *out, int64_t ms) {
  time_t seconds = (time_t)(ms / 1000);
  struct tm tm;
  if (ms < 0 || !gmtime_r(&seconds, &tm) || tm.tm_year > 8099) {
    buf_add_char(out, '-');
    return;
  }
  buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
             tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
}

static void syslog_data(struct buf *out, const struct audit_entry *e) {
  struct sink_text texts[SINK_TEXTS];
  struct sink_number numbers[SINK_NUMBERS];
  sink_texts(e, texts);
  sink_numbers(e, numbers);
  buf_add_z(out, "[postern@32473");
  for (size_t i = 0; i < SINK_TEXTS; i++) {
    if (!texts[i].value.n) continue;
    buf_printf(out, " %s=\"", texts[i].syslog);
    syslog_text(out, texts[i].value, texts[i].wide ? SYSLOG_WIDE_MOST : SYSLOG_VALUE_MOST, true);
    buf_add_char(out, '"');
  }
  for (size_t i = 0; i < SINK_NUMBERS; i++)
    if (numbers[i].value) buf_printf(out, " %s=\"%lld\"", numbers[i].syslog, (long long)numbers[i].value);
  buf_add_char(out, ']');
}

void syslog_add(struct buf *out, const struct syslog_from *from, const struct audit_entry *e,
                struct arena *a) {
  static const int severities[] = {[SINK_INFO] = 6, [SINK_NOTICE] = 5, [SINK_WARNING] = 4, [SINK_ERROR] = 3};
  struct buf frame = BUF_MAX(SYSLOG_MOST);
  buf_printf(&frame, "<%d>1 ", SYSLOG_FACILITY * 8 + severities[sink_severity(e)]);
  syslog_time(&frame, e->row.at);
  buf_add_char(&frame, ' ');
  syslog_word(&frame, from->host, SYSLOG_HOST_MOST);
  buf_add_z(&frame, " postern ");
  syslog_word(&frame, from->process, SYSLOG_PROCESS_MOST);
  buf_add_char(&frame, ' ');
  syslog_word(&frame, e->row.action, SYSLOG_ID_MOST);
  buf_add_char(&frame, ' ');
  syslog_data(&frame, e);
  buf_add_z(&frame, " \xef\xbb\xbf"); // what follows is UTF-8
  syslog_text(&frame, sink_message(e, a), SYSLOG_VALUE_MOST, false);
  buf_printf(out, "%zu ", frame.n);
  buf_add(out, buf_str(&frame));
  buf_free(&frame);
}
