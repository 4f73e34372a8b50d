// SPDX-License-Identifier: Apache-2.0
#include "call/limited.h"

#include "access/principal.h"
#include "base/clock.h"
#include "call/judge.h"
#include "call/run_parts.h"

#define LIMITED_PERSON "usr_"

static int64_t limited_most(const struct user_limit *hers, int64_t setting) {
  return hers->said ? hers->most : setting;
}

// What a person may call over all servers: as an administrator said of her, else as the settings say of all.
static bool limited_person(const struct run_call *call, struct limit_rule *out) {
  static const struct user_limit none = {0};
  const struct access_user *user = catalog_user_by_id(call->catalog, call->by.actor);
  const struct user_limit *calls = user ? &user->calls : &none, *writes = user ? &user->writes : &none;
  *out = (struct limit_rule){call->by.actor,
                             calls->said || writes->said ? "This person may make, over all servers,"
                                                         : "A person may make, over all servers,",
                             limited_most(calls, call->env->person_calls),
                             limited_most(writes, call->env->person_writes)};
  return out->calls || out->writes;
}

static size_t limited_rules(const struct run_call *call, struct arena *a,
                            struct limit_rule out[LIMIT_RULES_MOST]) {
  size_t n = 0;
  struct str person = call->by.actor;
  if (call->server) {
    const struct policy_limits *l = &call->server->server.filter.limits;
    struct str id = call->server->server.id;
    if (l->calls || l->writes) out[n++] = (struct limit_rule){id, "This server allows", l->calls, l->writes};
    // A person is one, however often she signed in; whoever else comes is known by URL and API token.
    struct str each = str_starts(person, LIMITED_PERSON)
                          ? arena_printf(a, "each %.*s/%.*s", STR_ARG(id), STR_ARG(person))
                          : arena_printf(a, "each %.*s", STR_ARG(principal_holder_of(call->principal)));
    if (l->each_calls || l->each_writes)
      out[n++] =
          (struct limit_rule){each, "This server allows each who uses it", l->each_calls, l->each_writes};
  }
  if (str_starts(person, LIMITED_PERSON) && !call->spares && limited_person(call, &out[n])) n++;
  return n;
}

static struct ratelimit limited_rate(const struct limit_taken *t, bool refused) {
  return (struct ratelimit){.has_limit = true,
                            .has_remaining = true,
                            .has_reset = true,
                            .has_retry_after = refused,
                            .limit = t->limit,
                            .remaining = t->left,
                            .reset_s = t->reset_s,
                            .retry_after_s = t->reset_s};
}

static struct str limited_words(const struct limit_env *env, const struct limit_taken *t, struct arena *a) {
  char until[CLOCK_TEXT];
  const char *what = t->by_day ? "write" : "call";
  clock_rfc3339(t->ends_at, until);
  struct str day = t->by_day ? arena_printf(a, "; the day ends at %s, by the time of %.*s", until,
                                            STR_ARG(zone_name(env->zone)))
                             : STR_NONE;
  return arena_printf(
      a,
      "%s %lld %s%s a %s, and no more for now%.*s. This is a limit of Postern, not of the vendor. "
      "Nothing was sent. Wait %lld seconds before the next %s.",
      t->rule->whose, (long long)t->limit, what, t->limit == 1 ? "" : "s", t->by_day ? "day" : "minute",
      STR_ARG(day), (long long)t->reset_s, what);
}

static void limited_refuse(const struct limit_env *env, const struct limit_taken *t, struct arena *a,
                           struct call_answer *n) {
  n->detail = t->by_day ? STR("limit: writes a day") : STR("limit: calls a minute");
  judge_refusal(n, RUN_RATE_LIMITED, limited_words(env, t, a));
  n->has_rate = true;
  n->rate = limited_rate(t, true);
}

static bool limited_take(const struct run_call *call, bool writes, struct arena *a, struct limit_taken *taken,
                         struct err *err) {
  struct limit_rule *rules = ARENA_ARRAY(a, LIMIT_RULES_MOST, struct limit_rule);
  struct limit_ask ask = {rules, limited_rules(call, a, rules), writes};
  return !ask.count || limit_take(&call->env->limit, &ask, taken, err);
}

bool limited_pass(const struct run_call *call, struct arena *a, struct call_answer *n,
                  struct limit_taken *taken) {
  struct err err;
  *taken = (struct limit_taken){0};
  if (call->resume || call->again) return true;
  if (limited_take(call, !n->tool->read_only, a, taken, &err)) return true;
  if (err.code == ERR_LIMIT) {
    limited_refuse(&call->env->limit, taken, a, n);
  } else {
    n->detail = arena_printf(a, "%s: %.*s", err_name(err.code), RUN_DETAIL_MOST, err.text);
    judge_refusal(
        n, err.code == ERR_CANCELED ? RUN_CANCELED : RUN_FAILED,
        STR("This call cannot be counted, and its number is limited. Nothing was sent; try again."));
  }
  return false;
}

bool limited_read(const struct run_call *call, struct arena *a, struct err *err) {
  struct limit_taken taken = {0};
  if (limited_take(call, false, a, &taken, err)) return true;
  if (err->code == ERR_LIMIT)
    err_set(err, ERR_LIMIT, "%.*s", STR_ARG(limited_words(&call->env->limit, &taken, a)));
  return false;
}

void limited_end(const struct run_call *call, const struct limit_taken *taken, struct call_answer *n) {
  if (!taken->rule) return;
  if (n->outcome == RUN_INVALID || n->outcome == RUN_DENIED) limit_give(&call->env->limit, taken);
  if (n->has_rate && n->rate.has_remaining && n->rate.remaining <= taken->left) return;
  if (n->outcome == RUN_RATE_LIMITED) return; // the vendor's own
  n->has_rate = true;
  n->rate = limited_rate(taken, false);
}
