// SPDX-License-Identifier: Apache-2.0
#include "remote/trust.h"

#include "data/json.h"
#include "remote/trust_name.h"
#include "remote/trust_words.h"
#include "tool/policy.h"

enum { TRUST_TAGS_MOST = 4 };

// A hint that may not have been given at all.
enum trust_hint { TRUST_UNSAID, TRUST_FALSE, TRUST_TRUE };

struct trust_hints {
  enum trust_hint read_only, destructive, idempotent, open_world;
};

static enum trust_hint trust_hint(yyjson_val *annotations, const char *name) {
  yyjson_val *v = yyjson_obj_get(annotations, name);
  return !yyjson_is_bool(v) ? TRUST_UNSAID : yyjson_is_true(v) ? TRUST_TRUE : TRUST_FALSE;
}

static struct trust_hints trust_hints(yyjson_val *definition) {
  yyjson_val *a = yyjson_obj_get(definition, "annotations");
  return (struct trust_hints){trust_hint(a, "readOnlyHint"), trust_hint(a, "destructiveHint"),
                              trust_hint(a, "idempotentHint"), trust_hint(a, "openWorldHint")};
}

// The first argument that takes a program of any kind; such a tool does what it is told to, whatever its
// name.
static struct str trust_program(yyjson_val *definition) {
  yyjson_val *properties = yyjson_obj_get(yyjson_obj_get(definition, "inputSchema"), "properties"), *key;
  yyjson_obj_iter it = yyjson_obj_iter_with(properties);
  while ((key = yyjson_obj_iter_next(&it)))
    if (trust_is_program(json_text(key))) return json_text(key);
  return STR_NONE;
}

static void trust_set(struct trust *t, enum tool_trust trust, bool read_only, struct str why) {
  t->trust = trust;
  t->read_only = read_only;
  t->why = why;
}

// ---- each kind of evidence; false: it says nothing

static bool trust_by_word(const struct connector *c, struct str name, const struct trust_hints *h,
                          struct arena *a, struct trust *t) {
  static const enum tool_trust trusts[] = {
      [CONNECTOR_ALLOW] = TOOL_ALLOW, [CONNECTOR_REVIEW] = TOOL_REVIEW, [CONNECTOR_DENY] = TOOL_DENY};
  const struct connector_word *w = c ? connector_word_find(c, name) : NULL;
  if (!w) return false;
  bool allow = w->trust == CONNECTOR_ALLOW;
  struct str why = arena_printf(a, "the connector %.*s says so%s%.*s", STR_ARG(c->name), w->why.n ? ": " : "",
                                STR_ARG(w->why));
  // What was known to read when the connector was written, and now says itself that it destroys.
  if (allow && h->destructive == TRUST_TRUE && h->read_only != TRUST_TRUE)
    trust_set(t, TOOL_REVIEW, false, STR("the connector says that it reads, the vendor that it destroys"));
  else
    trust_set(t, trusts[w->trust], allow, why);
  for (size_t i = 0; w->class.n && i < TOOL_CLASSES; i++)
    if (str_is(w->class, tool_class_names[i])) t->class = (enum tool_class)i;
  t->tags = w->tags;
  t->tag_count = w->tag_count;
  return true;
}

static bool trust_by_secret(const struct trust_name *n, const struct trust_hints *h, struct arena *a,
                            struct trust *t) {
  bool reads = n->says == TRUST_NAME_READS || h->read_only == TRUST_TRUE;
  if (!n->secret.n || !reads) return false;
  trust_set(t, TOOL_DENY, false,
            arena_printf(a, "by its name it hands out secrets (\"%.*s\")", STR_ARG(n->secret)));
  return true;
}

static bool trust_by_declared_write(const struct trust_name *n, const struct trust_hints *h, struct arena *a,
                                    struct trust *t) {
  const char *said = h->read_only == TRUST_FALSE    ? "readOnlyHint false"
                     : h->destructive == TRUST_TRUE ? "destructiveHint true"
                                                    : NULL;
  if (!said) return false;
  if (h->read_only == TRUST_TRUE)
    trust_set(t, TOOL_REVIEW, false, STR("it is declared read-only and destructive at once"));
  else if (n->says == TRUST_NAME_READS)
    trust_set(t, TOOL_REVIEW, false,
              arena_printf(a, "it is declared to change things (%s), its name says \"%.*s\"", said,
                           STR_ARG(n->verb)));
  else
    trust_set(t, TOOL_DENY, false, arena_printf(a, "it is declared to change things (%s)", said));
  return true;
}

static bool trust_by_declared_read(const struct trust_name *n, const struct trust_hints *h, struct arena *a,
                                   struct trust *t) {
  if (h->read_only != TRUST_TRUE) return false;
  if (n->says == TRUST_NAME_WRITES)
    trust_set(t, TOOL_REVIEW, true,
              arena_printf(a, "it is declared read-only, its name says \"%.*s\"", STR_ARG(n->verb)));
  else
    trust_set(t, TOOL_ALLOW, true, STR("it is declared read-only"));
  return true;
}

static void trust_by_name(const struct trust_name *n, const struct trust_hints *h, struct str program,
                          struct arena *a, struct trust *t) {
  if (n->says == TRUST_NAME_WRITES)
    trust_set(t, TOOL_DENY, false, arena_printf(a, "its name says \"%.*s\"", STR_ARG(n->verb)));
  else if (n->says == TRUST_NAME_UNCLEAR)
    trust_set(t, TOOL_REVIEW, false, STR("nothing is declared, and its name does not say what it does"));
  else if (h->destructive != TRUST_UNSAID || h->idempotent == TRUST_TRUE)
    trust_set(t, TOOL_REVIEW, false,
              arena_printf(a, "its name says \"%.*s\", but its hints are of a tool that changes things",
                           STR_ARG(n->verb)));
  else if (program.n)
    trust_set(t, TOOL_REVIEW, false,
              arena_printf(a, "its name says \"%.*s\", but it runs what \"%.*s\" tells it", STR_ARG(n->verb),
                           STR_ARG(program)));
  else
    trust_set(t, TOOL_ALLOW, true,
              arena_printf(a, "nothing is declared, and its name says \"%.*s\"", STR_ARG(n->verb)));
}

// ---- what follows from it

static void trust_tag(const struct trust_name *n, struct arena *a, struct trust *t) {
  if (t->tag_count) return;
  t->tags = ARENA_ARRAY(a, TRUST_TAGS_MOST, struct str);
  for (size_t i = 0; i < n->count && t->tag_count < TRUST_TAGS_MOST; i++) {
    struct str word = n->words[i];
    bool seen = word.n < 2 || trust_is_filler(word) || trust_is_joint(word) || str_eq(word, n->verb);
    for (size_t k = 0; k < t->tag_count && !seen; k++) seen = str_eq(t->tags[k], word);
    if (!seen) t->tags[t->tag_count++] = arena_dup(a, word);
  }
}

// The class decides; the vendor's word may only make it sound worse, or say how open its world is.
static void trust_hint_out(const struct trust_hints *h, struct trust *t) {
  struct policy_hints p = policy_hints(&(struct tool){.class = t->class, .read_only = t->read_only});
  t->destructive = !t->read_only && (p.destructive || h->destructive == TRUST_TRUE);
  t->idempotent = t->read_only || (p.idempotent && h->idempotent != TRUST_FALSE);
  t->open_world = h->open_world != TRUST_FALSE;
}

struct trust trust_of(const struct connector *c, yyjson_val *definition, struct arena *a) {
  struct str name = json_str(definition, "name");
  struct trust_hints h = trust_hints(definition);
  struct trust_name n;
  struct trust t = {0};
  trust_name_read(name, &n);
  t.class = n.says == TRUST_NAME_UNCLEAR && h.read_only == TRUST_TRUE ? TOOL_GET : n.class;
  if (!trust_by_word(c, name, &h, a, &t) && !trust_by_secret(&n, &h, a, &t) &&
      !trust_by_declared_write(&n, &h, a, &t) && !trust_by_declared_read(&n, &h, a, &t))
    trust_by_name(&n, &h, trust_program(definition), a, &t);
  // A class of reading is for what reads, one of writing for what does not; in doubt neither.
  bool reading = t.class == TOOL_LIST || t.class == TOOL_GET;
  if (reading != t.read_only && t.trust != TOOL_DENY) t.class = TOOL_CUSTOM;
  trust_tag(&n, a, &t);
  trust_hint_out(&h, &t);
  return t;
}
