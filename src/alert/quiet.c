// SPDX-License-Identifier: Apache-2.0
#include "alert/quiet.h"

enum { QUIET_DAY = 24 * 60, QUIET_MINUTE_MS = 60 * 1000 };

static bool quiet_clock(struct str text, int *out) {
  uint64_t hour, minute;
  struct str rest = text, first;
  if (text.n != 5 || text.p[2] != ':') return false;
  if (!str_cut(&rest, ':', &first) || !str_to_u64(first, &hour) || !str_to_u64(rest, &minute)) return false;
  *out = (int)(hour * 60 + minute);
  return hour < 24 && minute < 60;
}

bool alert_quiet_read(struct str hours, struct str zone, struct alert_quiet *out, struct err *err) {
  struct alert_quiet q = {0};
  struct str rest = hours, first;
  *out = q;
  if (!hours.n) return true;
  if (str_find(hours, '-') < 0 || !str_cut(&rest, '-', &first) || !quiet_clock(str_trim(first), &q.from) ||
      !quiet_clock(str_trim(rest), &q.to) || q.from == q.to)
    return err_at(err, ERR_INVALID, "quiet", "'%.*s' is no span of a day such as 22:00-07:00",
                  STR_MOST(hours, 32));
  if (!zone_find(zone.n ? zone : STR("UTC"), &q.zone, err))
    return err_at(err, ERR_INVALID, "zone", "%s", err->text);
  *out = q;
  return true;
}

int64_t alert_quiet_end(const struct alert_quiet *q, int64_t now_ms) {
  if (!q->zone) return 0;
  int64_t local = zone_local(q->zone, now_ms),
          day = zone_local(q->zone, now_ms) / ((int64_t)QUIET_DAY * QUIET_MINUTE_MS);
  int minute = (int)(local / QUIET_MINUTE_MS % QUIET_DAY);
  bool over_midnight = q->from > q->to;
  bool quiet = over_midnight ? minute >= q->from || minute < q->to : minute >= q->from && minute < q->to;
  if (!quiet) return 0;
  int64_t last = day * QUIET_DAY + q->to + (over_midnight && minute >= q->from ? QUIET_DAY : 0);
  int64_t end = zone_instant(q->zone, last * QUIET_MINUTE_MS);
  return end > now_ms ? end : now_ms + QUIET_MINUTE_MS; // an hour that comes twice
}
