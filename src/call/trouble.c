// SPDX-License-Identifier: Apache-2.0
#include "call/trouble.h"

#include <ctype.h>

#include "call/result.h"
#include "catalog/context.h"
#include "data/json.h"

enum {
  TROUBLE_TEXT_MOST = 64 * 1024, // of a result; what is longer is no message of trouble
  TROUBLE_WORDS_MOST = 4 * 1024, // of a result that is no error, too: more are data and not about the call
  TROUBLE_FEW = 100,             // one denial in so many requests is few
};

// What the checks look at.
struct trouble_view {
  const struct trouble_seen *seen;
  bool failed;         // an error of any kind
  enum err_reason why; // ours, where no answer came
  struct str text;     // in lower case; empty where its words are data
  struct str said;     // as it came
  yyjson_val *json;    // of a result that is JSON in its first text, or structured, where a check reads it
};

static bool trouble_says(const struct trouble_view *v, const char *const *words) {
  for (; *words; words++)
    if (str_contains(v->text, str_of(*words))) return true;
  return false;
}

// ---- checks

static bool trouble_context(const struct trouble_view *v) {
  static const char *const words[] = {"account_id is required",   "organization_id is required",
                                      "workspace_id is required", "available_accounts",
                                      "select an account",        "choose an account",
                                      "select a workspace",       "no active account",
                                      "account id is required",   NULL};
  return trouble_says(v, words);
}

// What stands behind the first `label` of a text; nothing where it has none.
static struct str trouble_behind(struct str text, struct str label) {
  const char *at = text.n ? memmem(text.p, text.n, label.p, label.n) : NULL;
  return at ? str_from(text, (size_t)(at - text.p) + label.n) : STR_NONE;
}

// Addresses of assets have the cloud in them: res.cloudinary.com/<cloud>/…
static bool trouble_is_other_cloud(const struct trouble_view *v) {
  struct str named = json_text(context_default(v->seen->account, STR("cloud_name")));
  struct str rest = trouble_behind(v->said, STR("res.cloudinary.com/"));
  if (!named.n || !rest.n) return false;
  struct str cloud;
  return str_cut(&rest, '/', &cloud) && cloud.n && !str_eq_nocase(cloud, named);
}

static bool trouble_cloud(const struct trouble_view *v) {
  static const char *const words[] = {"cloud_name mismatch", "cloud name mismatch", "invalid cloud_name",
                                      "unknown cloud_name",  "for another cloud",   NULL};
  return (v->failed && trouble_says(v, words)) || trouble_is_other_cloud(v);
}

static bool trouble_is_empty(yyjson_val *json, const char *list) {
  yyjson_val *v = yyjson_obj_get(json, list);
  return yyjson_is_arr(v) && yyjson_arr_size(v) == 0;
}

static bool trouble_is_zero(yyjson_val *json, const char *member) {
  return yyjson_obj_get(json, member) && json_int(json, member, 1) == 0;
}

static bool trouble_filters_folder(yyjson_val *arguments) {
  static const char *const members[] = {"prefix", "folder", "asset_folder", "path"};
  yyjson_val *request = yyjson_obj_get(arguments, "request");
  for (size_t i = 0; i < sizeof members / sizeof *members; i++)
    if (json_str(arguments, members[i]).n || json_str(request, members[i]).n) return true;
  return str_contains(json_str(arguments, "expression"), STR("folder")) ||
         str_contains(json_str(request, "expression"), STR("folder"));
}

static bool trouble_folder(const struct trouble_view *v) {
  bool empty = trouble_is_empty(v->json, "resources") || trouble_is_zero(v->json, "total_count");
  return !v->failed && empty && trouble_filters_folder(v->seen->arguments);
}

// A report's line "<label> a, b", with something behind the label.
static bool trouble_names_some(struct str text, struct str label) {
  struct str rest = trouble_behind(text, label), line;
  if (!str_cut(&rest, '\n', &line)) return false;
  line = str_trim(line);
  return line.n && !str_is(line, "none") && !str_is(line, "-");
}

// A rule that only watches would have denied something.
static bool trouble_only_watches(yyjson_val *rules) {
  size_t i, n;
  yyjson_val *rule;
  yyjson_arr_foreach (rules, i, n, rule)
    if (json_int(rule, "would_deny", 0) > 0) return true;
  return false;
}

// Few denials, of all requests or of those that were asked for; or what makes them few.
static bool trouble_dry_run(const struct trouble_view *v) {
  int64_t all = json_int(v->json, "total_requests", 0), denied = json_int(v->json, "denied_requests", -1);
  bool asked = str_is_nocase(json_str(v->seen->arguments, "conclusion"), "DENY");
  if (v->failed) return false;
  return (all > 0 && denied >= 0 && denied * TROUBLE_FEW < all) ||
         (asked && trouble_is_zero(v->json, "total")) ||
         trouble_only_watches(yyjson_obj_get(v->json, "rules")) ||
         trouble_names_some(v->text, STR("rules in dry_run:")) ||
         trouble_names_some(v->text, STR("routes without a rule:"));
}

static bool trouble_site(const struct trouble_view *v) {
  static const char *const lists[] = {"requests", "decisions", "sites"};
  bool empty = trouble_is_zero(v->json, "total_requests");
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) empty |= trouble_is_empty(v->json, lists[i]);
  return !v->failed && empty;
}

static bool trouble_certificate(const struct trouble_view *v) {
  static const char *const words[] = {"certificate verify", "certificate has expired",
                                      "self-signed certificate", "self signed certificate", NULL};
  return v->why == WHY_CERTIFICATE || (v->failed && trouble_says(v, words));
}

static bool trouble_guard(const struct trouble_view *v) {
  return v->why == WHY_GUARDED;
}

static bool trouble_registration(const struct trouble_view *v) {
  return v->why == WHY_REGISTRATION_REFUSED;
}

static bool trouble_clock(const struct trouble_view *v) {
  static const char *const words[] = {"not yet valid", "used before issued", "issued in the future",
                                      "clock skew",    "not before (nbf)",   NULL};
  return v->failed && trouble_says(v, words);
}

static bool trouble_permission(const struct trouble_view *v) {
  static const char *const words[] = {"insufficient_scope",
                                      "insufficient scope",
                                      "permission",
                                      "not authori",
                                      "unauthorized",
                                      "forbidden",
                                      "access denied",
                                      "does not have access",
                                      "authentication error",
                                      "status 403",
                                      NULL};
  bool refused = v->seen->failed && v->seen->failed->code == ERR_DENIED; // the guard's no comes first
  bool forbidden = v->seen->response && v->seen->response->status == 403;
  return refused || forbidden || (v->failed && trouble_says(v, words));
}

// The first that fits counts, so what is told by one sign alone comes first. `otherwise`: where the connector
// has no row for it; NULL: then it is not looked for. `of_json`: it reads a result's JSON.
static const struct {
  const char *check;
  bool (*fits)(const struct trouble_view *v);
  const char *otherwise;
  bool of_json;
} troubles[] = {
    {"guard_blocked", trouble_guard,
     "Postern calls public addresses only. Whoever runs it can add the server's network to the setting "
     "upstream_allow."},
    {"certificate", trouble_certificate,
     "The server's certificate is expired, for another name, or of an authority that this machine does not "
     "know. Mend it there, or name the authority's file with the setting upstream_ca."},
    {"registration_refused", trouble_registration,
     "The vendor takes only applications that it knows. Make one in its console with Postern's redirect "
     "address, and give its client id when you connect."},
    {"clock_skew", trouble_clock,
     "The clock of the machine that runs Postern differs from the vendor's. Turn on time synchronisation "
     "there."},
    {"cloud_mismatch", trouble_cloud, NULL},
    {"context_missing", trouble_context,
     "The credential sees several accounts. Set the one to use with 'postern account context', or name it in "
     "the tool's own argument."},
    {"folder_empty", trouble_folder, NULL, true},
    {"dry_run", trouble_dry_run, NULL, true},
    {"site_empty", trouble_site, NULL, true},
    {"permission", trouble_permission,
     "The person or key behind the account may not do this. Authorize again as someone who may, or grant "
     "what is missing at the vendor."},
};

static bool trouble_is_looked_for(size_t i, const struct connector *c) {
  return troubles[i].otherwise || connector_own_trouble(c, str_of(troubles[i].check));
}

// ---- what there is to look at

static bool trouble_wants_json(const struct connector *c) {
  for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
    if (troubles[i].of_json && trouble_is_looked_for(i, c)) return true;
  return false;
}

static void trouble_read_result(struct trouble_view *v, struct buf *text, yyjson_doc **doc) {
  size_t i, n;
  yyjson_val *block, *result = v->seen->result;
  v->failed = json_bool(result, "isError", false);
  yyjson_arr_foreach (yyjson_obj_get(result, "content"), i, n, block) buf_add(text, json_str(block, "text"));
  if (!trouble_wants_json(v->seen->account->connector)) return;
  v->json = yyjson_obj_get(result, "structuredContent");
  // Words of our own may follow.
  struct str s = str_trim(json_str(yyjson_arr_get_first(yyjson_obj_get(result, "content")), "text"));
  if (v->json || text->full || !s.n || s.p[0] != '{') return;
  *doc = yyjson_read(s.p, s.n, 0);
  v->json = yyjson_doc_get_root(*doc);
}

static void trouble_read(struct trouble_view *v, struct buf *text, yyjson_doc **doc) {
  const struct trouble_seen *seen = v->seen;
  if (seen->result) {
    trouble_read_result(v, text, doc);
    return;
  }
  if (seen->response) {
    v->failed = run_outcome_is_error(seen->response->outcome);
    v->json = seen->response->value;
    buf_add(text, call_answer_body(seen->response));
    return;
  }
  v->failed = true;
  if (seen->failed) {
    v->why = seen->failed->reason;
    buf_add_z(text, seen->failed->text);
  } else {
    buf_add(text, json_str(seen->rpc_error, "message"));
    json_write(text, yyjson_obj_get(seen->rpc_error, "data"));
  }
}

static bool trouble_look(const struct trouble_view *v, struct trouble *out) {
  for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
    const struct connector *c = v->seen->account->connector;
    if (!trouble_is_looked_for(i, c) || !troubles[i].fits(v)) continue;
    const struct connector_trouble *row = connector_own_trouble(c, str_of(troubles[i].check));
    *out = (struct trouble){troubles[i].check, row ? row->remedy : str_of(troubles[i].otherwise)};
    return true;
  }
  return false;
}

static struct str trouble_lower(struct str s, struct arena *a) {
  char *lower = arena_z(a, s);
  for (size_t i = 0; i < s.n; i++) lower[i] = (char)tolower((unsigned char)lower[i]);
  return str_make(lower, s.n);
}

bool trouble_find(const struct trouble_seen *seen, struct arena *a, struct trouble *out) {
  struct trouble_view v = {.seen = seen};
  struct buf text = BUF_MAX(TROUBLE_TEXT_MOST);
  yyjson_doc *doc = NULL;
  trouble_read(&v, &text, &doc);
  v.said = buf_str(&text);
  if (v.failed || text.n <= TROUBLE_WORDS_MOST) v.text = trouble_lower(v.said, a);
  bool found = (!text.full || v.failed) && trouble_look(&v, out);
  yyjson_doc_free(doc);
  buf_free(&text);
  return found;
}
