// SPDX-License-Identifier: Apache-2.0
#include "demo/demo_rows.h"

#include "base/clock.h"

#define DEMO_HOUR_MS ((int64_t)3600 * 1000)
#define DEMO_COUNT(a) (sizeof(a) / sizeof *(a))

static const struct demo_site {
  const char *name, *plan, *owner;
  unsigned weight; // requests of an hour, about, where it is at its busiest
  unsigned age_days;
  bool active;
} demo_sites[] = {
    {"shop.example", "business", "ada", 5200, 1460, true},
    {"www.example", "business", "ada", 2900, 1900, true},
    {"api.example", "pro", "grace", 1800, 820, true},
    {"blog.example", "free", "alan", 640, 1210, true},
    {"docs.example", "pro", "grace", 410, 400, true},
    {"old.example", "free", "alan", 0, 2300, false},
};

static const struct demo_country {
  const char *code;
  unsigned share; // of a hundred
} demo_countries[] = {{"DE", 34}, {"US", 27}, {"GB", 15}, {"FR", 13}, {"IN", 7}, {"RO", 4}};

static const struct demo_member {
  const char *name, *email, *role, *address;
  bool two_factor;
  unsigned seen_hours; // ago
} demo_members[] = {
    {"ada", "ada@company.example", "owner", "192.0.2.10", true, 1},
    {"grace", "grace@company.example", "admin", "192.0.2.24", true, 3},
    {"alan", "alan@company.example", "editor", "198.51.100.7", false, 26},
    {"edsger", "edsger@company.example", "viewer", "198.51.100.88", true, 170},
    {"barbara", "barbara@company.example", "viewer", "203.0.113.5", false, 900},
};

static const char *const demo_rules[] = {"login attempts", "sql injection", "bad bot", "blocked country"};
static const char *const demo_paths[] = {"/login", "/search", "/wp-admin", "/api/orders", "/checkout"};
static const struct demo_act {
  const char *action, *thing;
} demo_acts[] = {
    {"update", "firewall rule"}, {"create", "DNS record"}, {"update", "DNS record"}, {"delete", "DNS record"},
    {"update", "site"},          {"create", "API token"},  {"update", "member"},
};

// SplitMix64's finalizer: the same hour has the same number, and neighbours differ.
static uint64_t demo_mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
static uint64_t demo_number(int64_t hour, unsigned of, unsigned which) {
  return demo_mix((uint64_t)hour * 1000003u + of * 1009u + which * 31u + 0x9e3779b97f4a7c15u);
}

static void demo_begin(struct buf *out) {
  buf_add_z(out, out->n && out->p[out->n - 1] == '}' ? ",{" : "{");
}

static void demo_put_time(struct buf *out, const char *key, int64_t ms) {
  char text[CLOCK_TEXT];
  clock_rfc3339(ms, text);
  buf_printf(out, "\"%s\":\"%s\"", key, text);
}

// The hours that begin within the span: from the first to before `end`.
struct demo_hours {
  int64_t first, end;
};
static struct demo_hours demo_hours(const struct demo_span *s) {
  return (struct demo_hours){(s->since_ms + DEMO_HOUR_MS - 1) / DEMO_HOUR_MS,
                             (s->until_ms + DEMO_HOUR_MS - 1) / DEMO_HOUR_MS};
}

// The afternoon of the day before yesterday: three hours in which somebody tried passwords at the shop.
static bool demo_is_attack(const struct demo_span *s, int64_t hour) {
  int64_t day = s->now_ms / DEMO_HOUR_MS / 24 - 2;
  return hour / 24 == day && hour % 24 >= 13 && hour % 24 < 16;
}

static bool demo_wants(const struct demo_span *s, const char *site) {
  return !s->site.n || str_is(s->site, site);
}

void demo_put_sites(const struct demo_span *s, struct buf *out) {
  for (size_t i = 0; i < DEMO_COUNT(demo_sites); i++) {
    const struct demo_site *site = &demo_sites[i];
    if (!demo_wants(s, site->name)) continue;
    demo_begin(out);
    buf_printf(out, "\"name\":\"%s\",\"plan\":\"%s\",\"owner\":\"%s\",\"active\":%s,", site->name, site->plan,
               site->owner, site->active ? "true" : "false");
    demo_put_time(out, "created_at", s->now_ms - (int64_t)site->age_days * 24 * DEMO_HOUR_MS);
    buf_add_char(out, '}');
  }
}

// More by day than by night, in hundredths; the sum of a day is about 14 busy hours.
static const unsigned char demo_daily[24] = {22, 17, 14, 12, 13,  18, 30, 46, 64, 78, 86, 90,
                                             88, 91, 95, 97, 100, 98, 92, 86, 78, 64, 46, 32};

static uint64_t demo_requests(const struct demo_span *s, int64_t hour, unsigned site, unsigned country) {
  uint64_t base = (uint64_t)demo_sites[site].weight * demo_countries[country].share * demo_daily[hour % 24];
  uint64_t n = base * (80 + demo_number(hour, site, country) % 41) / 1000000; // a fifth more or less
  bool attacked = site == 0 && country == DEMO_COUNT(demo_countries) - 1 && demo_is_attack(s, hour);
  return attacked ? n + 4000 + demo_number(hour, site, country) % 900 : n;
}

void demo_put_traffic(const struct demo_span *s, struct buf *out) {
  struct demo_hours h = demo_hours(s);
  for (int64_t hour = h.first; hour < h.end; hour++)
    for (unsigned i = 0; i < DEMO_COUNT(demo_sites); i++)
      for (unsigned c = 0; c < DEMO_COUNT(demo_countries) && demo_wants(s, demo_sites[i].name); c++) {
        uint64_t requests = demo_requests(s, hour, i, c), n = demo_number(hour, i, c + 50);
        if (!requests) continue;
        demo_begin(out);
        demo_put_time(out, "hour", hour * DEMO_HOUR_MS);
        buf_printf(out,
                   ",\"site\":\"%s\",\"country\":\"%s\",\"requests\":%llu,\"errors\":%llu,\"bytes\":%llu}",
                   demo_sites[i].name, demo_countries[c].code, (unsigned long long)requests,
                   (unsigned long long)(requests * (n % 9) / 1000),
                   (unsigned long long)(requests * (18000 + n % 9000)));
      }
}

void demo_put_blocked(const struct demo_span *s, struct buf *out) {
  struct demo_hours h = demo_hours(s);
  for (int64_t hour = h.first; hour < h.end; hour++) {
    bool attack = demo_is_attack(s, hour);
    unsigned count =
        attack ? 120 + (unsigned)(demo_number(hour, 0, 1) % 40) : (unsigned)(demo_number(hour, 0, 1) % 4);
    for (unsigned i = 0; i < count; i++) {
      uint64_t n = demo_number(hour, i, 7);
      const char *site = attack ? demo_sites[0].name : demo_sites[n % 5].name;
      const char *country = attack ? "RO" : demo_countries[n / 5 % DEMO_COUNT(demo_countries)].code;
      int64_t at = hour * DEMO_HOUR_MS + (int64_t)(n / 7 % 3600) * 1000;
      if (at >= s->until_ms || !demo_wants(s, site)) continue;
      demo_begin(out);
      demo_put_time(out, "at", at);
      buf_printf(
          out,
          ",\"site\":\"%s\",\"country\":\"%s\",\"address\":\"203.0.113.%u\",\"path\":\"%s\",\"rule\":\"%s\"}",
          site, country, attack ? 66 + i % 3 : (unsigned)(n / 11 % 200),
          attack ? demo_paths[0] : demo_paths[n / 13 % DEMO_COUNT(demo_paths)],
          attack ? demo_rules[0] : demo_rules[n / 17 % DEMO_COUNT(demo_rules)]);
    }
  }
}

// In working hours, one or two an hour at times; somebody paused a rule right before the attack, and put it back after.
void demo_put_changes(const struct demo_span *s, struct buf *out) {
  struct demo_hours h = demo_hours(s);
  for (int64_t hour = h.first; hour < h.end; hour++) {
    uint64_t n = demo_number(hour, 3, 9);
    bool before = demo_is_attack(s, hour + 1) && !demo_is_attack(s, hour);
    bool after = demo_is_attack(s, hour - 1) && !demo_is_attack(s, hour), story = before || after;
    if (!story && (hour % 24 < 8 || hour % 24 > 17 || n % 5 > 1)) continue;
    const struct demo_member *who = &demo_members[before ? 2 : after ? 1 : n / 5 % 3];
    const struct demo_act *act = &demo_acts[story ? 0 : n / 23 % DEMO_COUNT(demo_acts)];
    int64_t at = hour * DEMO_HOUR_MS + (int64_t)(n / 29 % 3600) * 1000;
    if (at >= s->until_ms) continue;
    demo_begin(out);
    demo_put_time(out, "at", at);
    buf_printf(out,
               ",\"person\":\"%s\",\"action\":\"%s\",\"thing\":\"%s\",\"site\":\"%s\",\"address\":\"%s\","
               "\"note\":\"%s\"}",
               who->name, act->action, act->thing, story ? demo_sites[0].name : demo_sites[n / 31 % 5].name,
               who->address,
               before  ? "login limit paused"
               : after ? "login limit on again"
                       : "");
  }
}

void demo_put_members(const struct demo_span *s, struct buf *out) {
  for (size_t i = 0; i < DEMO_COUNT(demo_members); i++) {
    const struct demo_member *m = &demo_members[i];
    demo_begin(out);
    buf_printf(out, "\"name\":\"%s\",\"email\":\"%s\",\"role\":\"%s\",\"two_factor\":%s,", m->name, m->email,
               m->role, m->two_factor ? "true" : "false");
    demo_put_time(out, "last_seen_at", s->now_ms - (int64_t)m->seen_hours * DEMO_HOUR_MS);
    buf_add_char(out, '}');
  }
}
