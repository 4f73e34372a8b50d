// SPDX-License-Identifier: Apache-2.0
#include "tool/doctor.h"

#include "account/grant.h"
#include "base/clock.h"
#include "http/transfer.h"
#include "tool/context.h"

enum { DOCTOR_SOON_MS = 10 * 60 * 1000 };

const char *doctor_status_name(enum doctor_status s) {
  static const char *const names[] = {"ok", "warn", "fail", "skipped"};
  return names[s];
}

// One examination on its way.
struct doctor_visit {
  const struct doctor *d;
  const struct catalog_account *v;
  struct arena *arena;
  struct doctor_report *out;
  bool reached; // the address answers
};

static void doctor_find(struct doctor_visit *w, const char *id, enum doctor_status status, struct str text,
                        struct str remedy) {
  if (w->out->count == DOCTOR_CHECKS_MOST) return;
  w->out->checks[w->out->count++] = (struct doctor_check){id, status, text, remedy};
  w->out->healthy &= status != DOCTOR_FAIL;
}

static void doctor_find_err(struct doctor_visit *w, const char *id, const struct err *why,
                            struct str otherwise) {
  struct str hint = arena_dup(w->arena, str_of(why->hint));
  doctor_find(w, id, DOCTOR_FAIL, arena_dup(w->arena, str_of(why->text)), hint.n ? hint : otherwise);
}

// ---- the way there

// A vendor's clock is known from its answers (RFC 9110 §6.6.1). Ours decides when tokens and links expire.
static void doctor_clock(struct doctor_visit *w, const struct http_headers *headers) {
  int64_t theirs, skew;
  if (!clock_parse_http_date(str_trim(http_header_get(headers, "date")), &theirs)) {
    doctor_find(w, "clock_skew", DOCTOR_SKIPPED, STR("the vendor does not say what time it is"), STR_NONE);
    return;
  }
  skew = clock_now_ms() - theirs;
  bool fine = skew < DOCTOR_SKEW_MS && skew > -DOCTOR_SKEW_MS;
  struct str text =
      arena_printf(w->arena, "this machine's clock is %lld s %s the vendor's",
                   (long long)((skew < 0 ? -skew : skew) / 1000), skew < 0 ? "behind" : "ahead of");
  doctor_find(w, "clock_skew", fine ? DOCTOR_OK : DOCTOR_FAIL, text,
              fine ? STR_NONE
                   : STR("set this machine's clock (for instance with systemd-timesyncd or chrony); until "
                         "then tokens and "
                         "links look expired, or not yet valid"));
}

static void doctor_unreached(struct doctor_visit *w, const struct err *why) {
  const char *id = why->code == ERR_DENIED                               ? "guard_blocked"
                   : str_contains(str_of(why->text), STR("certificate")) ? "certificate"
                                                                         : "address";
  doctor_find_err(
      w, id, why,
      STR("check the address ('postern account show'), name resolution and the firewall on the way to it"));
}

// Without a credential: any answer, also a refusal, shows that the way is open.
static bool doctor_address(struct doctor_visit *w, struct err *err) {
  struct str url = w->v->account->base_url;
  struct http_call call = {
      .method = "GET", .url = url, .limits = w->d->account->limits, .guard = w->d->account->guard};
  struct http_transfer *t; // only its head counts: the address may answer with a stream that never ends
  struct err why;
  uint64_t begun = clock_mono_us();
  if (!http_transfer_open(&call, &t, &why)) {
    if (why.code == ERR_CANCELED) return *err = why, false;
    doctor_unreached(w, &why);
    return true;
  }
  w->reached = true;
  doctor_find(w, "address", DOCTOR_OK,
              arena_printf(w->arena, "%.*s answers (%d, in %llu ms)", STR_ARG(url), http_transfer_status(t),
                           (unsigned long long)((clock_mono_us() - begun) / 1000)),
              STR_NONE);
  if (str_starts(url, "https:"))
    doctor_find(w, "certificate", DOCTOR_OK, STR("the certificate is trusted"), STR_NONE);
  doctor_clock(w, http_transfer_headers(t));
  http_transfer_close(t);
  return true;
}

// ---- the credential

static struct str doctor_again(struct doctor_visit *w) {
  struct str name = w->v->account->name;
  return w->v->account->grant
             ? arena_printf(w->arena, "authorise it again: 'postern account connect %.*s --again'",
                            STR_ARG(name))
             : arena_printf(w->arena, "give it again: 'postern account recredential %.*s'", STR_ARG(name));
}

static bool doctor_hello(struct doctor_visit *w, struct err *err) {
  struct mcp_who who = {.principal = STR("doctor"), .prefer = MCP_MODERN};
  struct mcp_hello hello;
  struct err why;
  if (mcp_peer_hello(w->v->account->peer, &who, &hello, &why)) {
    doctor_find(w, "credential", DOCTOR_OK,
                arena_printf(w->arena, "the server takes it and speaks MCP %.*s", STR_ARG(hello.version)),
                STR_NONE);
    yyjson_doc_free(hello.doc);
    return true;
  }
  if (why.code == ERR_CANCELED) return *err = why, false;
  doctor_find_err(w, why.code == ERR_UNAUTHENTICATED || why.code == ERR_DENIED ? "credential" : "server",
                  &why, doctor_again(w));
  return true;
}

static bool doctor_verify(struct doctor_visit *w, struct err *err) {
  struct account *verified;
  struct err why;
  if (account_verify(w->d->account, w->v->connector, w->v->account->id, &verified, &why)) {
    doctor_find(w, "credential", DOCTOR_OK, STR("the vendor takes it"), STR_NONE);
    account_free(verified);
    return true;
  }
  if (why.code == ERR_CANCELED) return *err = why, false;
  doctor_find_err(w, "credential", &why, doctor_again(w));
  return true;
}

static bool doctor_credential(struct doctor_visit *w, struct err *err) {
  struct grant *grant = w->v->account->grant;
  struct str link;
  if (grant && grant_needs_authorising(grant, w->arena, &link)) {
    doctor_find(w, "credential", DOCTOR_FAIL, STR("a person has to authorise it again"),
                arena_printf(w->arena, "open %.*s, or: 'postern account connect %.*s --again'", STR_ARG(link),
                             STR_ARG(w->v->account->name)));
    return true;
  }
  int64_t expires = grant ? grant_expires_at(grant) : 0;
  if (expires && expires < clock_now_ms() - DOCTOR_SOON_MS)
    doctor_find(w, "refresh", DOCTOR_WARN, STR("the access token ran out and was not refreshed"),
                doctor_again(w));
  if (!w->reached) {
    doctor_find(w, "credential", DOCTOR_SKIPPED, STR("the vendor cannot be asked"), STR_NONE);
    return true;
  }
  return w->v->account->kind == CONNECTOR_MCP ? doctor_hello(w, err) : doctor_verify(w, err);
}

// ---- what it offers

static void doctor_context(struct doctor_visit *w) {
  const struct connector *c = w->v->connector;
  for (size_t i = 0; i < c->context_count; i++) {
    struct str name = c->contexts[i].name;
    bool seen = false;
    for (size_t k = 0; k < i; k++) seen |= str_eq(c->contexts[k].name, name);
    if (seen) continue;
    yyjson_val *value = context_default(w->v, name), *choices = context_choices(w->v, name);
    if (value) {
      doctor_find(w, "context_missing", DOCTOR_OK,
                  arena_printf(w->arena, "%.*s has a default", STR_ARG(name)), STR_NONE);
      continue;
    }
    doctor_find(w, "context_missing", yyjson_arr_size(choices) == 1 ? DOCTOR_OK : DOCTOR_WARN,
                arena_printf(w->arena, "%.*s has no default%s", STR_ARG(name),
                             yyjson_arr_size(choices) > 1 ? ", and there are several to choose from" : ""),
                arena_printf(w->arena,
                             "set it, or let each call say it: 'postern account context %.*s %.*s=…'",
                             STR_ARG(w->v->account->name), STR_ARG(name)));
  }
}

static void doctor_tools(struct doctor_visit *w) {
  const struct toolset *set = w->v->tools;
  size_t served = 0, review = 0;
  for (size_t i = 0; i < set->count; i++) {
    served += set->tools[i].served;
    review += !set->tools[i].served && set->tools[i].trust == TOOL_REVIEW;
  }
  struct str text =
      arena_printf(w->arena, "%zu tools: %zu can be served, %zu wait for review, %zu are held back",
                   set->count, served, review, set->count - served - review);
  enum doctor_status status = served == 0 ? DOCTOR_FAIL : review ? DOCTOR_WARN : DOCTOR_OK;
  struct str name = w->v->account->name;
  doctor_find(
      w, "tools", status, text,
      set->count == 0
          ? arena_printf(w->arena, "read them from the server: 'postern account refresh %.*s'", STR_ARG(name))
      : review ? arena_printf(w->arena, "look at them: 'postern tools review %.*s'", STR_ARG(name))
               : STR_NONE);
}

bool doctor_examine(const struct doctor *d, const struct catalog_account *v, struct arena *a,
                    struct doctor_report *out, struct err *err) {
  struct doctor_report report = {.healthy = true};
  struct doctor_visit w = {.d = d, .v = v, .arena = a, .out = &report};
  if (!doctor_address(&w, err) || !doctor_credential(&w, err)) return false;
  doctor_context(&w);
  doctor_tools(&w);
  *out = report;
  return true;
}
