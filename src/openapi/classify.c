// SPDX-License-Identifier: Apache-2.0
#include "openapi/classify.h"

#include "base/verbs.h"
#include "data/json.h"
#include "openapi/text.h"
#include "openapi/words.h"

// What is said, as bits: there may be more than one verb.
enum says {
  SAYS_READ = 1,
  SAYS_CREATE = 2,
  SAYS_UPDATE = 4,
  SAYS_ACT = 8,   // changes in a way of its own: cancel, archive, assign
  SAYS_DO = 16,   // starts, runs or takes away
  SAYS_LIST = 32, // beside SAYS_READ
  SAYS_WRITE = SAYS_CREATE | SAYS_UPDATE | SAYS_ACT | SAYS_DO,
};

static bool is_one_of(struct str word, const char *const *list) {
  while (*list && !str_is(word, *list)) list++;
  return *list != NULL;
}

// Of the verbs that change, those that say no more than that.
static const char *const UPDATES[] = {"adjust", "change", "configure", "edit",    "modify",
                                      "patch",  "put",    "rename",    "replace", "save",
                                      "set",    "update", "upsert",    "write",   NULL};
static const char *const CREATES[] = {"add", "create", "insert", "new", "register", "upload", NULL};
static const char *const BEFORE[] = {"async",      "asynchronously", "batch", "beta", "bulk",
                                     "deprecated", "experimental",   "force", "hard", "mass",
                                     "multi",      "soft",           NULL};
static const char *const DETERMINERS[] = {
    "a",   "all",     "an",       "any",  "each", "every", "existing", "its",  "multiple", "new",
    "one", "several", "specific", "that", "the",  "these", "this",     "your", NULL};
static const char *const JOINTS[] = {"and", "or", "then", NULL};
static const char *const METHODS[] = {"get", "post", "put", "patch", "delete", NULL};
static const char *const SEARCHES[] = {"count", "find", "lookup", "search", NULL};
static const char *const SINGLETONS[] = {"configs",  "details", "options", "preferences", "properties",
                                         "settings", "status",  NULL}; // one thing with a plural's name

static unsigned says_of(const struct verb *v) {
  if (!v) return 0;
  if (v->does == VERB_READS || v->does == VERB_READS_LOOSELY)
    return SAYS_READ | (v->class == VERB_LIST ? SAYS_LIST : 0);
  if (v->class == VERB_CREATE) return SAYS_CREATE;
  if (v->class == VERB_UPDATE) return is_one_of(str_of(v->word), UPDATES) ? SAYS_UPDATE : SAYS_ACT;
  return SAYS_DO;
}

static bool writes(const struct verb *v) {
  return v && (v->does == VERB_WRITES || v->does == VERB_WRITES_FIRST);
}

// "revokes", "pushes" and "modifies" as well as "revoke", "push" and "modify".
static const struct verb *verb_of(struct arena *a, struct str word) {
  const struct verb *v = verb_find(word);
  if (!v && str_ends(word, "ies") && word.n > 3)
    v = verb_find(arena_printf(a, "%.*sy", (int)word.n - 3, word.p));
  if (!v && str_ends(word, "es")) v = verb_find(str_make(word.p, word.n - 2));
  if (!v && str_ends(word, "s")) v = verb_find(str_make(word.p, word.n - 1));
  return v;
}

// Verbs behind "and", "or" and "then" count as the first does: "get and delete", "create or update".
static unsigned says_joined(const struct words *w, size_t from, struct arena *a) {
  unsigned says = 0;
  for (size_t i = from; i + 1 < w->count; i++) {
    const struct verb *v = is_one_of(w->items[i], JOINTS) ? verb_of(a, w->items[i + 1]) : NULL;
    if (writes(v)) says |= says_of(v);
  }
  return says;
}

// A sentence that begins with its verb, or comes to it with "to": "Allows one to revoke". `strict`: what may be a
// noun as well is a verb only before an article.
static unsigned sentence_says(struct str text, bool strict, bool to, struct arena *a) {
  enum { TO_WITHIN = 8, SENTENCE_MOST = 300 };
  struct words w = {0};
  struct str plain = text_brief(a, text, SENTENCE_MOST);
  ptrdiff_t stop = str_find(plain, '.');
  words_add(&w, a, stop < 0 ? plain : str_make(plain.p, (size_t)stop)); // its first sentence
  size_t at = 0;
  while (at < w.count && !verb_of(a, w.items[at]) &&
         (is_one_of(w.items[at], BEFORE) || str_ends(w.items[at], "ly")))
    at++;
  const struct verb *v = at < w.count ? verb_of(a, w.items[at]) : NULL;
  bool last = at + 1 >= w.count, alone = last && at < w.count && !verb_find(w.items[at]); // "Grants"
  bool noun = v && strict &&
              (alone || (v->does == VERB_WRITES_FIRST && (last || !is_one_of(w.items[at + 1], DETERMINERS))));
  unsigned list =
      str_contains(plain, STR("list of ")) || str_contains(plain, STR("collection of ")) ? SAYS_LIST : 0;
  if (v && !noun) return says_of(v) | says_joined(&w, at, a) | (says_of(v) & SAYS_READ ? list : 0);
  if (at < w.count && str_is(w.items[at], "returns")) return SAYS_READ | list | says_joined(&w, at, a);
  for (size_t i = at; to && i + 1 < w.count && i < at + TO_WITHIN; i++) {
    v = str_is(w.items[i], "to") ? verb_find(w.items[i + 1]) : NULL;
    if (v) return says_of(v) | says_joined(&w, i, a);
  }
  return 0;
}

// Where the words of the last part of an id begin: "users_setPresence", "orgs/revoke-tokens".
static size_t last_part(struct str id, struct arena *a) {
  size_t end = 0;
  struct words before = {0};
  for (size_t i = 0; i < id.n; i++)
    if (strchr("/._:", id.p[i])) end = i;
  words_add(&before, a, str_make(id.p, end));
  return before.count;
}

static bool has_word(const struct words *w, struct str word) {
  for (size_t i = 0; i < w->count; i++)
    if (str_eq(w->items[i], word)) return true;
  return false;
}

// The first verb of an operationId, wherever it stands. One that repeats the method says nothing, and one that
// is a word of the path says what the path does: "PostSetupIntents" at /setup_intents.
static unsigned id_says(const struct operation *op, struct arena *a, bool *leads) {
  struct str id = json_str(op->at.value, "operationId");
  struct words w = {0}, path = {0};
  *leads = false;
  if (!id.n) return 0;
  words_add(&w, a, id);
  words_add(&path, a, op->path);
  size_t last = last_part(id, a);
  for (size_t i = 0; i < w.count; i++) {
    const struct verb *v = verb_find(w.items[i]);
    bool method = i == 0 && is_one_of(w.items[i], METHODS) && str_eq_nocase(w.items[i], op->method);
    bool first = i == 0 || (i == last && i + 1 < w.count);
    if (!v || (method && !str_is(op->method, "GET")) || (v->does == VERB_WRITES_FIRST && !first)) continue;
    if (writes(v) && has_word(&path, w.items[i])) continue;
    *leads = i == 0;
    return says_of(v) | says_joined(&w, i, a);
  }
  return 0;
}

// The last segment's first and last word: "auth.revoke", "_refresh", "clear-cache". What holds things is a noun:
// /setup_intents/{id}.
static unsigned path_says(const struct classify_facts *f, struct arena *a) {
  struct words w = {0};
  unsigned says = 0;
  words_add(&w, a, f->last);
  if (w.count > 1 && (f->by_id || f->children)) return 0;
  size_t step = w.count > 1 ? w.count - 1 : 1;
  for (size_t i = 0; i < w.count; i += step) {
    const struct verb *v = verb_find(w.items[i]);
    if (v && v->does == VERB_WRITES) says |= says_of(v);
  }
  return says;
}

struct evidence {
  unsigned summary, id, path;
  bool id_leads; // the id begins with its verb
};

static struct evidence gather(const struct operation *op, const struct classify_facts *f, struct arena *a) {
  struct evidence e = {.path = path_says(f, a)};
  bool get = str_is(op->method, "GET") || str_is(op->method, "QUERY");
  e.summary = op->summary.n ? sentence_says(op->summary, get, true, a)
                            : sentence_says(op->description, true, false, a);
  e.id = id_says(op, a, &e.id_leads);
  return e;
}

static enum operation_class class_of_get(const struct classify_facts *f, const struct evidence *e) {
  bool lists = e->summary & SAYS_LIST;
  if (e->summary & SAYS_WRITE) return CLASS_CUSTOM;
  if (e->id & SAYS_WRITE && (!e->summary || e->id_leads)) return CLASS_CUSTOM;
  if (e->path & SAYS_WRITE && !e->summary && !e->id) return CLASS_CUSTOM;
  if (f->by_id) return lists && f->paged ? CLASS_LIST : CLASS_GET;
  return f->children || f->paged || lists || f->plural ? CLASS_LIST : CLASS_GET;
}

static enum operation_class class_of_silent_post(const struct classify_facts *f) {
  if (f->by_id || f->verb) return CLASS_CUSTOM;
  bool collection = f->children || (f->plural && f->get && !is_one_of(f->last, SINGLETONS));
  return collection ? CLASS_CREATE : CLASS_CUSTOM;
}

// A new one in the place of an old one: "Uploads a logo. Replaces the one that is there."
static bool replaces(const struct operation *op, struct arena *a) {
  static const char *const words[] = {"overwrite", "overwrites", "overwritten", "replaced", "replaces", NULL};
  struct words w = {0};
  words_add(&w, a, text_brief(a, op->description, 300));
  for (size_t i = 0; i < w.count; i++)
    if (is_one_of(w.items[i], words)) return true;
  return false;
}

// Says the summary that it creates, in so many words?
static bool creates_plainly(const struct operation *op, struct arena *a) {
  struct words w = {0};
  words_add(&w, a, str_make(op->summary.p, op->summary.n < 100 ? op->summary.n : 100));
  const struct verb *v = w.count ? verb_of(a, w.items[0]) : NULL;
  return v && is_one_of(str_of(v->word), CREATES);
}

static enum operation_class class_of_post(const struct operation *op, const struct classify_facts *f,
                                          const struct evidence *e, struct arena *a) {
  unsigned says = e->summary | e->id | e->path;
  if (!(e->summary | e->id)) return e->path ? CLASS_CUSTOM : class_of_silent_post(f);
  if (says & (SAYS_ACT | SAYS_DO | SAYS_READ)) return CLASS_CUSTOM;
  if (says & SAYS_UPDATE || replaces(op, a)) return CLASS_UPDATE;
  bool other = f->verb && !(e->path & SAYS_CREATE) && !creates_plainly(op, a); // "send" at "/test"
  return other ? CLASS_CUSTOM : CLASS_CREATE;
}

static bool only_searches(const struct operation *op, const struct classify_facts *f,
                          const struct evidence *e, struct arena *a) {
  struct words last = {0}, w = {0};
  words_add(&last, a, f->last);
  if (f->by_id || last.count != 1 || !is_one_of(last.items[0], SEARCHES)) return false;
  if (!(e->summary & SAYS_READ) || (e->summary | e->id | e->path) & SAYS_WRITE) return false;
  if (sentence_says(op->description, true, false, a) & SAYS_WRITE) return false;
  words_add(&w, a, op->summary);
  for (size_t i = 0; i < w.count; i++) {
    const struct verb *v = verb_find(w.items[i]);
    if (v && v->does == VERB_WRITES) return false;
  }
  return op->summary.n > 0 && w.count < WORDS_MOST;
}

enum operation_class classify(const struct operation *op, const struct classify_facts *f, struct arena *a,
                              bool *reads) {
  struct evidence e = gather(op, f, a);
  *reads = false;
  if (str_is(op->method, "GET") || str_is(op->method, "QUERY")) return class_of_get(f, &e);
  if (str_is(op->method, "HEAD")) return CLASS_GET;
  if (str_is(op->method, "PATCH")) return CLASS_UPDATE;
  if (str_is(op->method, "DELETE")) return CLASS_DELETE;
  if (str_is(op->method, "PUT"))
    return (e.summary | e.id) & SAYS_DO || (f->verb && !f->get) ? CLASS_CUSTOM : CLASS_UPDATE;
  if (!str_is(op->method, "POST")) return CLASS_CUSTOM;
  enum operation_class class = class_of_post(op, f, &e, a);
  *reads = class == CLASS_CUSTOM && only_searches(op, f, &e, a);
  return class;
}
