// SPDX-License-Identifier: Apache-2.0
#include "demo/demo.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "demo/demo_rows.h"

enum { DEMO_DAYS = 30 }; // kept, and given where no time is asked for: the last seven
#define DEMO_DAY_MS ((int64_t)86400 * 1000)

static const struct demo_resource {
  const char *path;
  void (*put)(const struct demo_span *s, struct buf *out);
} demo_resources[] = {
    {"/v1/sites", demo_put_sites},
    {"/v1/traffic-hours", demo_put_traffic},
    {"/v1/blocked-requests", demo_put_blocked},
    {"/v1/changes", demo_put_changes},
    {"/v1/members", demo_put_members},
};

static int demo_fail(struct buf *body, int status, const char *message) {
  buf_printf(body, "{\"message\":\"%s\"}", message);
  return status;
}

// "since=2026-11-23T00%3A00%3A00Z&site=shop.example": what is not known is passed over. False: a time that is none.
static bool demo_read_query(struct str query, struct arena *a, struct demo_span *s) {
  for (struct str rest = query, pair; str_cut(&rest, '&', &pair);) {
    struct str value = pair, name = STR_NONE;
    if (!str_cut(&value, '=', &name) || !codec_unpercent(a, value, &value)) continue;
    if (str_is(name, "site")) s->site = value;
    int64_t *at = str_is(name, "since") ? &s->since_ms : str_is(name, "until") ? &s->until_ms : NULL;
    if (at && !clock_parse_rfc3339(value, at)) return false;
  }
  return true;
}

int demo_answer_at(const char *method, struct str target, int64_t now_ms, struct buf *body) {
  struct str query = target, path = STR_NONE;
  struct demo_span s = {now_ms, now_ms - 7 * DEMO_DAY_MS, now_ms, STR_NONE};
  const struct demo_resource *found = NULL;
  str_cut(&query, '?', &path);
  for (size_t i = 0; i < sizeof demo_resources / sizeof *demo_resources; i++)
    if (str_is(path, demo_resources[i].path)) found = &demo_resources[i];
  if (!found) return demo_fail(body, 404, "the demo data have no such resource");
  if (strcmp(method, "GET") != 0) return demo_fail(body, 405, "the demo data cannot be changed");
  struct arena *a = arena_new();
  bool read = demo_read_query(query, a, &s);
  if (s.since_ms < now_ms - DEMO_DAYS * DEMO_DAY_MS) s.since_ms = now_ms - DEMO_DAYS * DEMO_DAY_MS;
  if (s.until_ms > now_ms) s.until_ms = now_ms;
  if (read) {
    buf_add_z(body, "{\"data\":[");
    found->put(&s, body);
    buf_add_z(body, "]}");
  }
  arena_free(a);
  return read ? 200 : demo_fail(body, 400, "since and until are RFC 3339 times");
}

int demo_answer(const char *method, struct str target, struct buf *body) {
  return demo_answer_at(method, target, clock_now_ms(), body);
}
