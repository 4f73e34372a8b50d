// SPDX-License-Identifier: Apache-2.0
#include "call/doctor.h"

#include "account/grant.h"
#include "base/clock.h"
#include "call/trouble.h"
#include "catalog/context.h"
#include "data/json.h"
#include "fetch/local.h"
#include "fetch/transfer.h"

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

// A failure, under the name of the trouble that it is a sign of, where it is one.
static void doctor_find_err(struct doctor_visit *w, const char *id, const struct err *why,
                            struct str otherwise) {
  struct str hint = arena_dup(w->arena, str_of(why->hint));
  struct trouble trouble = {.check = id, .remedy = otherwise};
  (void)trouble_find(&(struct trouble_seen){.account = w->v, .failed = why}, w->arena, &trouble);
  doctor_find(w, trouble.check, DOCTOR_FAIL, arena_dup(w->arena, str_of(why->text)),
              hint.n ? hint : trouble.remedy);
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
                         "then tokens and links look expired, or not yet valid"));
}

// Without a credential: any answer, also a refusal, shows that the way is open.
static bool doctor_address(struct doctor_visit *w, struct err *err) {
  struct str url = w->v->account->base_url;
  if (fetch_is_local(url)) {
    w->reached = true;
    doctor_find(w, "address", DOCTOR_OK, STR("this program answers there itself"), STR_NONE);
    return true;
  }
  struct fetch_call call = {.method = "GET",
                            .url = url,
                            .limits = w->d->account->limits,
                            .guard = w->d->account->guard,
                            .holder = w->v->account->id,
                            .hide = account_hides(w->v->account)};
  struct transfer *t; // only its head counts: the address may answer with a stream that never ends
  struct err why;
  uint64_t begun = clock_mono_us();
  bool answered = transfer_open(&call, &t, &why);
  redact_unref(call.hide);
  if (!answered) {
    if (why.code == ERR_CANCELED) return *err = why, false;
    doctor_find_err(
        w, "address", &why,
        STR("check the address ('postern account show'), name resolution and the firewall on the way"));
    return true;
  }
  w->reached = true;
  doctor_find(w, "address", DOCTOR_OK,
              arena_printf(w->arena, "%.*s answers (%d, in %llu ms)", STR_ARG(url), transfer_status(t),
                           (unsigned long long)((clock_mono_us() - begun) / 1000)),
              STR_NONE);
  if (str_starts(url, "https:"))
    doctor_find(w, "certificate", DOCTOR_OK, STR("the certificate is trusted"), STR_NONE);
  doctor_clock(w, transfer_headers(t));
  transfer_close(t);
  return true;
}

// ---- the credential

static struct str doctor_again(struct doctor_visit *w) {
  struct str name = w->v->account->name;
  return w->v->account->grant && !grant_is_client(w->v->account->grant)
             ? arena_printf(w->arena, "authorize it again: 'postern account connect %.*s --again'",
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
    doctor_find(w, "credential", DOCTOR_OK,
                w->v->account->grant
                    ? STR("the token endpoint gives an access token for it, and the vendor takes it")
                    : STR("the vendor takes it"),
                STR_NONE);
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
    doctor_find(w, "credential", DOCTOR_FAIL,
                arena_printf(w->arena, "a person has to authorize it again: %.*s",
                             STR_ARG(grant_why(grant, w->arena))),
                arena_printf(w->arena, "open %.*s, or: 'postern account connect %.*s --again'", STR_ARG(link),
                             STR_ARG(w->v->account->name)));
    return true;
  }
  int64_t expires = grant && !grant_is_client(grant) ? grant_expires_at(grant) : 0;
  if (expires && expires < clock_now_ms() - DOCTOR_SOON_MS)
    doctor_find(w, "refresh", DOCTOR_WARN, STR("the access token ran out and was not refreshed"),
                doctor_again(w));
  if (!w->reached) {
    doctor_find(w, "credential", DOCTOR_SKIPPED, STR("the vendor cannot be asked"), STR_NONE);
    return true;
  }
  // There is nothing to ask with: its way is gone, or what is stored does not open.
  if (w->v->account->kind == CONNECTOR_MCP && !w->v->account->peer) {
    doctor_find(w, "credential", DOCTOR_FAIL, w->v->account->status_text, doctor_again(w));
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
  // What the last sync had to leave out, or could not read.
  struct str note = w->v->account->status_text;
  if (str_starts(note, ACCOUNT_NOTE))
    doctor_find(
        w, "tools", DOCTOR_WARN, str_from(note, sizeof ACCOUNT_NOTE - 1),
        arena_printf(w->arena,
                     "the vendor has to mend it; what is left out, and why: 'postern tools review %.*s'",
                     STR_ARG(name)));
}

// ---- what is known to go wrong at this vendor

enum { DOCTOR_TAKEN_MOST = 16 };

struct doctor_taken { // what probes have learnt, for those after them
  struct str names[DOCTOR_TAKEN_MOST], values[DOCTOR_TAKEN_MOST];
  size_t count;
};

static struct str doctor_value(const struct doctor_visit *w, const struct doctor_taken *taken,
                               struct str name) {
  struct str own = json_text(context_default(w->v, name));
  if (own.n) return own;
  for (size_t i = 0; i < taken->count; i++)
    if (str_eq(taken->names[i], name)) return taken->values[i];
  return STR_NONE;
}

// The probe's arguments with "{name}" filled in. False: a value is not known.
static bool doctor_arguments(const struct doctor_visit *w, const struct doctor_taken *taken,
                             yyjson_val *given, yyjson_mut_doc *doc) {
  size_t i, n;
  yyjson_val *key, *value;
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_obj_foreach (given, i, n, key, value) {
    struct str text = json_text(value), name = json_text(key), known;
    yyjson_mut_val *copy;
    if (str_starts(text, "{") && str_ends(text, "}")) {
      known = doctor_value(w, taken, str_make(text.p + 1, text.n - 2));
      if (!known.n) return false;
      copy = yyjson_mut_strncpy(doc, known.p, known.n);
    } else {
      copy = yyjson_val_mut_copy(doc, value);
    }
    yyjson_mut_obj_add(root, yyjson_mut_strncpy(doc, name.p, name.n), copy);
  }
  return true;
}

// An answer's JSON: an API's, or of a result what is structured, or in its first text.
static yyjson_val *doctor_json(const struct call_answer *answer, yyjson_doc **doc) {
  if (answer->form != ANSWER_RESULT) return answer->form == ANSWER_JSON ? answer->value : NULL;
  yyjson_val *structured = yyjson_obj_get(answer->value, "structuredContent");
  struct str text = json_str(yyjson_arr_get_first(yyjson_obj_get(answer->value, "content")), "text");
  struct err ignored;
  if (structured) return structured;
  return json_read(text, &JSON_LIMITS, doc, &ignored) ? yyjson_doc_get_root(*doc) : NULL;
}

static void doctor_take(const struct doctor_visit *w, struct doctor_taken *taken, yyjson_val *take,
                        const struct call_answer *answer) {
  size_t i, n;
  yyjson_val *key, *pointer;
  yyjson_doc *doc = NULL;
  yyjson_val *root = take ? doctor_json(answer, &doc) : NULL;
  yyjson_obj_foreach (take, i, n, key, pointer) {
    struct str value = json_text(json_at(root, json_text(pointer)));
    if (!value.n || taken->count == DOCTOR_TAKEN_MOST) continue;
    taken->names[taken->count] = json_text(key);
    taken->values[taken->count++] = arena_dup(w->arena, value);
  }
  yyjson_doc_free(doc);
}

// What the call brought, told as a finding.
static void doctor_judge(struct doctor_visit *w, const struct connector_probe *p,
                         const struct call_answer *answer) {
  const struct trouble *trouble = &answer->trouble;
  const char *id = p->check.n ? arena_z(w->arena, p->check) : "probe";
  if (trouble->check) {
    const struct connector_trouble *row = connector_own_trouble(w->v->connector, str_of(trouble->check));
    doctor_find(w, trouble->check, DOCTOR_FAIL,
                row ? row->symptom : arena_printf(w->arena, "%.*s shows it", STR_ARG(p->tool)),
                trouble->remedy);
  } else if (run_outcome_is_error(answer->outcome)) {
    doctor_find(w, id, DOCTOR_WARN, arena_printf(w->arena, "%.*s failed", STR_ARG(p->tool)),
                arena_printf(w->arena, "call it to see why: 'postern call %.*s %.*s'",
                             STR_ARG(w->v->account->name), STR_ARG(p->tool)));
  } else if (p->check.n) {
    doctor_find(w, id, DOCTOR_OK, arena_printf(w->arena, "%.*s shows no sign of it", STR_ARG(p->tool)),
                STR_NONE);
  }
}

static bool doctor_call(struct doctor_visit *w, const struct connector_probe *p, struct doctor_taken *taken,
                        const struct tool *tool, yyjson_val *arguments, struct err *err) {
  struct catalog_tool shown = {.tool = tool, .account = w->v, .name = tool->name};
  struct run_call call = {.env = w->d->run,
                          .catalog = w->d->catalog,
                          .tool = &shown,
                          .arguments = arguments,
                          .whole = true,
                          .by = w->d->by,
                          .principal = STR("doctor"),
                          .era = MCP_MODERN};
  struct call_answer answer;
  if (!call_run(&call, w->arena, &answer, err)) return false;
  struct trouble_seen seen = {.account = w->v, .arguments = arguments, .response = &answer};
  if (tool->kind == TOOL_REST && answer.status) (void)trouble_find(&seen, w->arena, &answer.trouble);
  doctor_judge(w, p, &answer);
  doctor_take(w, taken, p->take, &answer);
  call_answer_free(&answer);
  return true;
}

static bool doctor_probe(struct doctor_visit *w, const struct connector_probe *p, struct doctor_taken *taken,
                         struct err *err) {
  const struct tool *tool = map_get(&w->v->tools->by_name, p->tool);
  const char *id = p->check.n ? arena_z(w->arena, p->check) : "probe";
  bool usable = tool && tool->served && tool->read_only;
  yyjson_mut_doc *given = yyjson_mut_doc_new(NULL);
  bool ok = true;
  if (usable && doctor_arguments(w, taken, p->arguments, given)) {
    yyjson_doc *arguments = yyjson_mut_doc_imut_copy(given, NULL);
    ok = doctor_call(w, p, taken, tool, yyjson_doc_get_root(arguments), err);
    yyjson_doc_free(arguments);
  } else if (p->check.n) {
    doctor_find(
        w, id, DOCTOR_SKIPPED,
        arena_printf(w->arena, usable ? "nothing to ask %.*s about" : "%.*s is not served", STR_ARG(p->tool)),
        STR_NONE);
  }
  yyjson_mut_doc_free(given);
  return ok;
}

static bool doctor_probes(struct doctor_visit *w, struct err *err) {
  struct doctor_taken taken = {.count = 0};
  const struct connector *c = w->v->connector;
  for (size_t i = 0; i < c->probe_count && w->reached; i++)
    if (!doctor_probe(w, &c->probes[i], &taken, err)) return false;
  return true;
}

bool doctor_examine(const struct doctor *d, const struct catalog_account *v, struct arena *a,
                    struct doctor_report *out, struct err *err) {
  struct doctor_report report = {.healthy = true};
  struct doctor_visit w = {.d = d, .v = v, .arena = a, .out = &report};
  if (!doctor_address(&w, err) || !doctor_credential(&w, err)) return false;
  doctor_context(&w);
  doctor_tools(&w);
  if (!doctor_probes(&w, err)) return false;
  *out = report;
  return true;
}
