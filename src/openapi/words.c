// SPDX-License-Identifier: Apache-2.0
#include "openapi/words.h"

#include <ctype.h>

#include "base/buf.h"

void words_add(struct words *w, struct arena *a, struct str name) {
  char word[WORD_BYTES_MOST + 1];
  size_t n = 0;
  for (size_t i = 0; i <= name.n; i++) {
    unsigned char c = i < name.n ? (unsigned char)name.p[i] : 0;
    bool lower_before =
        i > 0 && (islower((unsigned char)name.p[i - 1]) || isdigit((unsigned char)name.p[i - 1]));
    bool lower_after = i + 1 < name.n && islower((unsigned char)name.p[i + 1]);
    bool capital_run_ends = i > 0 && isupper((unsigned char)name.p[i - 1]) && lower_after;
    bool ends = !isalnum(c) || (isupper(c) && (lower_before || capital_run_ends));
    if (ends && n) {
      if (w->count < WORDS_MOST) w->items[w->count++] = arena_dup(a, str_make(word, n));
      n = 0;
    }
    if (isalnum(c) && n < WORD_BYTES_MOST) word[n++] = (char)tolower(c);
  }
}

static const char *const IRREGULAR[][2] = {
    {"person", "people"},    {"child", "children"},     {"datum", "data"},
    {"medium", "media"},     {"index", "indexes"},      {"status", "statuses"},
    {"alias", "aliases"},    {"bus", "buses"},          {"virus", "viruses"},
    {"campus", "campuses"},  {"bonus", "bonuses"},      {"lens", "lenses"},
    {"axis", "axes"},        {"analysis", "analyses"},  {"as", "ases"},
    {"as112", "as112"},      {"cache", "caches"},       {"database", "databases"},
    {"release", "releases"}, {"response", "responses"}, {"use", "uses"},
    {"case", "cases"},       {"purchase", "purchases"}, {"license", "licenses"},
    {"lease", "leases"},     {"phase", "phases"},       {"house", "houses"},
    {"base", "bases"},       {"invoice", "invoices"},   {"size", "sizes"},
    {"movie", "movies"},     {"cookie", "cookies"},     {"tie", "ties"},
    {"key", "keys"},         {"expense", "expenses"},   {"course", "courses"},
};

// One form for one and many.
static const char *const SAME[] = {
    "access",  "analytics",   "dns",  "dnssec",  "https",     "tls",     "ssl",      "kubernetes",
    "news",    "series",      "sms",  "aws",     "cors",      "species", "metadata", "billing",
    "traffic", "information", "info", "history", "usage",     "health",  "content",  "graphql",
    "css",     "js",          "os",   "ios",     "gps",       "rss",     "saas",     "paas",
    "vps",     "sys",         "dos",  "ddos",    "urls_test", "radius",  "tus",      "statistics",
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool is_same(struct str word) {
  for (size_t i = 0; i < COUNT(SAME); i++)
    if (str_is(word, SAME[i])) return true;
  return false;
}

bool words_is_plural(struct str word) {
  for (size_t i = 0; i < COUNT(IRREGULAR); i++) {
    if (str_is(word, IRREGULAR[i][1])) return true;
    if (str_is(word, IRREGULAR[i][0])) return false;
  }
  return word.n > 2 && word.p[word.n - 1] == 's' && !str_ends(word, "ss") && !str_ends(word, "us") &&
         !str_ends(word, "is") && !is_same(word);
}

struct str words_singular(struct arena *a, struct str word) {
  for (size_t i = 0; i < COUNT(IRREGULAR); i++)
    if (str_is(word, IRREGULAR[i][1])) return str_of(IRREGULAR[i][0]);
  if (!words_is_plural(word)) return word;
  if (str_ends(word, "ies") && word.n > 4) return arena_printf(a, "%.*sy", (int)word.n - 3, word.p);
  bool es = str_ends(word, "sses") || str_ends(word, "xes") || str_ends(word, "ches") ||
            str_ends(word, "shes") || str_ends(word, "zzes");
  return str_make(word.p, word.n - (es ? 2 : 1));
}

struct str words_plural(struct arena *a, struct str word) {
  for (size_t i = 0; i < COUNT(IRREGULAR); i++)
    if (str_is(word, IRREGULAR[i][0])) return str_of(IRREGULAR[i][1]);
  if (!word.n || words_is_plural(word) || is_same(word)) return word;
  char last = word.p[word.n - 1], before = word.n > 1 ? word.p[word.n - 2] : 'a';
  if (last == 'y' && !strchr("aeiou", before)) return arena_printf(a, "%.*sies", (int)word.n - 1, word.p);
  bool es = last == 's' || last == 'x' || str_ends(word, "ch") || str_ends(word, "sh");
  return arena_printf(a, "%.*s%s", STR_ARG(word), es ? "es" : "s");
}

bool words_is_verb(struct str word) {
  static const char *const verbs[] = {
      "accept",    "activate",   "add",       "approve",   "archive",    "assign",    "attach",
      "authorize", "block",      "bulk",      "cancel",    "create",     "check",     "clear",
      "clone",     "close",      "commit",    "complete",  "confirm",    "connect",   "convert",
      "copy",      "deactivate", "decline",   "delete",    "deploy",     "detach",    "detect",
      "disable",   "disconnect", "dismiss",   "download",  "enable",     "end",       "execute",
      "export",    "extend",     "fetch",     "finalize",  "find",       "flush",     "force",
      "generate",  "import",     "ingest",    "list",      "update",     "insert",    "invite",
      "invoke",    "join",       "kill",      "launch",    "leave",      "link",      "lock",
      "login",     "logout",     "lookup",    "mark",      "merge",      "migrate",   "move",
      "mute",      "notify",     "open",      "pause",     "ping",       "preview",   "process",
      "promote",   "provision",  "publish",   "purge",     "put",        "query",     "read",
      "rebuild",   "recover",    "refresh",   "refund",    "regenerate", "register",  "reject",
      "release",   "remove",     "rename",    "render",    "renew",      "reopen",    "replace",
      "reply",     "request",    "reset",     "resend",    "resolve",    "restart",   "restore",
      "resume",    "retry",      "reveal",    "revert",    "review",     "revoke",    "roll",
      "rollback",  "rotate",     "run",       "save",      "scan",       "search",    "send",
      "set",       "share",      "sign",      "skip",      "snooze",     "start",     "stop",
      "submit",    "subscribe",  "suspend",   "swap",      "switch",     "sync",      "terminate",
      "test",      "touch",      "transfer",  "translate", "trigger",    "unarchive", "unassign",
      "unblock",   "undo",       "unlink",    "unlock",    "unmute",     "unpublish", "unsubscribe",
      "upgrade",   "upload",     "upsert",    "validate",  "verify",     "vote",      "batch",
      "bypass",    "analyze",    "summarize", "classify",  "copilot",    "evaluate",  "direct",
  };
  for (size_t i = 0; i < COUNT(verbs); i++)
    if (str_is(word, verbs[i])) return true;
  return false;
}

static const char *const SHORT[][2] = {
    {"configuration", "config"}, {"configurations", "configs"},
    {"authentication", "auth"},  {"authenticated", "auth"},
    {"authorization", "authz"},  {"application", "app"},
    {"applications", "apps"},    {"certificate", "cert"},
    {"certificates", "certs"},   {"organization", "org"},
    {"organizations", "orgs"},   {"environment", "env"},
    {"environments", "envs"},    {"management", "mgmt"},
    {"information", "info"},     {"identifier", "id"},
    {"destination", "dest"},     {"destinations", "dests"},
    {"notification", "notif"},   {"notifications", "notifs"},
    {"subscription", "sub"},     {"subscriptions", "subs"},
    {"integration", "integ"},    {"integrations", "integs"},
    {"association", "assoc"},    {"associations", "assocs"},
    {"deployment", "deploy"},    {"deployments", "deploys"},
    {"permission", "perm"},      {"permissions", "perms"},
    {"repository", "repo"},      {"repositories", "repos"},
    {"administrator", "admin"},  {"validation", "valid"},
    {"operation", "op"},         {"operations", "ops"},
    {"namespace", "ns"},         {"namespaces", "nses"},
    {"database", "db"},          {"databases", "dbs"},
    {"parameter", "param"},      {"parameters", "params"},
    {"reference", "ref"},        {"references", "refs"},
    {"template", "tmpl"},        {"templates", "tmpls"},
    {"transaction", "txn"},      {"transactions", "txns"},
    {"timeseries", "series"},    {"verification", "verif"},
    {"synchronization", "sync"}, {"version", "ver"},
    {"versions", "vers"},        {"attribute", "attr"},
    {"attributes", "attrs"},     {"location", "loc"},
    {"locations", "locs"},       {"network", "net"},
    {"networks", "nets"},        {"address", "addr"},
    {"addresses", "addrs"},      {"message", "msg"},
    {"messages", "msgs"},        {"document", "doc"},
    {"documents", "docs"},       {"category", "cat"},
    {"categories", "cats"},      {"maximum", "max"},
};

static size_t joined_length(const struct words *w) {
  size_t n = w->count ? w->count - 1 : 0;
  for (size_t i = 0; i < w->count; i++) n += w->items[i].n;
  return n;
}

void words_remove(struct words *w, size_t at) {
  memmove(&w->items[at], &w->items[at + 1], (w->count - at - 1) * sizeof *w->items);
  w->count--;
}

static bool has_digit(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (isdigit((unsigned char)s.p[i])) return true;
  return false;
}

// The word that says least: the one nearest to the middle, but not "layer3", which tells it from "layer7".
static size_t least_word(const struct words *w) {
  size_t middle = w->count / 2 - 1;
  for (size_t off = 0; off < w->count; off++) {
    if (middle >= off + 1 && !has_digit(w->items[middle - off])) return middle - off;
    if (middle + off + 2 < w->count && !has_digit(w->items[middle + off])) return middle + off;
  }
  return middle;
}

void words_fit(struct words *w, size_t room) {
  for (size_t i = 0; i < w->count && joined_length(w) > room; i++)
    for (size_t k = 0; k < COUNT(SHORT); k++)
      if (str_is(w->items[i], SHORT[k][0])) w->items[i] = str_of(SHORT[k][1]);
  // The first word says the product, the last ones the thing; what stands between is said least. Half a word says
  // nothing.
  while (joined_length(w) > room && w->count > 4) words_remove(w, least_word(w));
  while (joined_length(w) > room && w->count > 1) words_remove(w, w->count / 2);
  if (joined_length(w) > room) w->items[0].n = room; // one word that is too long by itself
}

struct str words_join(const struct words *w, struct arena *a) {
  struct buf b = BUF_MAX(WORDS_MOST * (WORD_BYTES_MOST + 1));
  for (size_t i = 0; i < w->count; i++) {
    if (i) buf_add_char(&b, '_');
    buf_add(&b, w->items[i]);
  }
  struct str out = arena_dup(a, buf_str(&b));
  buf_free(&b);
  return out;
}
