// SPDX-License-Identifier: Apache-2.0
#include "openapi/describe.h"

#include <ctype.h>

#include "data/json.h"
#include "openapi/text.h"
#include "openapi/words.h"

enum { SENTENCE_MOST = 300, TITLE_MOST = 120 };

// What the document's own name for it says: "rollbackSiteDeploy" → "Rollback site deploy"; empty where it says
// nothing, being one word or a number.
static struct str words_of_id(const struct operation *op, struct arena *a) {
  struct words w = {0};
  struct buf b = BUF_MAX(SENTENCE_MOST);
  size_t letters = 0;
  words_add(&w, a, json_str(op->at.value, "operationId"));
  for (size_t i = 0; i < w.count; i++) {
    letters += isalpha((unsigned char)w.items[i].p[0]) != 0;
    buf_printf(&b, "%s%.*s", i ? " " : "", STR_ARG(w.items[i]));
  }
  struct str out = letters >= 2 && !b.full ? arena_dup(a, buf_str(&b)) : STR_NONE;
  buf_free(&b);
  if (!out.n) return STR_NONE;
  char *text = arena_z(a, out);
  text[0] = (char)toupper((unsigned char)text[0]);
  return str_make(text, out.n);
}

struct str describe_title(const struct operation *op, struct arena *a) {
  struct str id = op->summary.n ? STR_NONE : words_of_id(op, a);
  return text_brief(a, op->summary.n ? op->summary : id.n ? id : op->name, TITLE_MOST);
}

// What it does: the summary, then as much of the description as says more.
static void add_purpose(const struct description *d, struct buf *out, struct arena *a) {
  struct str summary = text_brief(a, d->op->summary, SENTENCE_MOST);
  struct str longer = text_brief(a, d->op->description, DESCRIPTION_OWN_MOST);
  bool repeats = summary.n && longer.n >= summary.n && str_eq_nocase(str_make(longer.p, summary.n), summary);
  if (!repeats) text_add_sentence(out, summary);
  text_add_sentence(out, longer);
  if (!out->n) text_add_sentence(out, words_of_id(d->op, a));
  if (!out->n) text_add_sentence(out, arena_printf(a, "Calls %.*s", STR_ARG(d->op->key)));
}

static void add_returns(const struct description *d, struct buf *out, struct arena *a) {
  yyjson_val *said = operation_word(d->op, "returns");
  if (said) {
    text_add_sentence(out, arena_printf(a, "Returns %.*s", STR_ARG(text_brief(a, json_text(said), 200))));
    return;
  }
  static const char *const by_class[] = {"Returns a list",           "Returns one object",
                                         "Returns what was created", "Returns it as changed",
                                         "Returns a confirmation",   ""};
  text_add_sentence(out, str_of(by_class[d->op->class]));
}

// "/zones/{zone_id}/…" works within one zone.
static void add_scope(const struct description *d, struct buf *out, struct arena *a) {
  struct str rest = d->op->path, first, second, third;
  str_cut(&rest, '/', &first); // before the leading slash
  if (!str_cut(&rest, '/', &first) || !str_cut(&rest, '/', &second) || !str_cut(&rest, '/', &third)) return;
  if (!second.n || second.p[0] != '{' || first.p[0] == '{') return;
  struct words w = {0};
  words_add(&w, a, first);
  if (!w.count || !words_is_plural(w.items[w.count - 1])) return;
  text_add_sentence(out,
                    arena_printf(a, "Scope: one %.*s", STR_ARG(words_singular(a, w.items[w.count - 1]))));
}

struct pager { // the arguments that page
  struct str page, size, cursor, offset, limit;
};

static void find_pager(const struct operation *op, struct pager *out) {
  static const struct {
    const char *name;
    size_t at;
  } NAMES[] = {
#define AT(member) offsetof(struct pager, member)
      {"page", AT(page)},
      {"page_number", AT(page)},
      {"pagenumber", AT(page)},
      {"per_page", AT(size)},
      {"perpage", AT(size)},
      {"page_size", AT(size)},
      {"pagesize", AT(size)},
      {"cursor", AT(cursor)},
      {"next_cursor", AT(cursor)},
      {"page_token", AT(cursor)},
      {"pagetoken", AT(cursor)},
      {"starting_after", AT(cursor)},
      {"continuation_token", AT(cursor)},
      {"next_token", AT(cursor)},
      {"nexttoken", AT(cursor)},
      {"offset", AT(offset)},
      {"skip", AT(offset)},
      {"limit", AT(limit)},
      {"max_results", AT(limit)},
      {"maxresults", AT(limit)},
#undef AT
  };
  *out = (struct pager){0};
  for (size_t i = 0; i < op->param_count; i++) {
    if (op->params[i].in != IN_QUERY) continue;
    for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++)
      if (str_is_nocase(op->params[i].name, NAMES[k].name))
        *(struct str *)((char *)out + NAMES[k].at) = op->params[i].arg;
  }
}

static void add_paging(const struct description *d, struct buf *out, struct arena *a) {
  struct pager p;
  find_pager(d->op, &p);
  struct str size = p.size.n ? p.size : p.limit;
  struct str how = p.cursor.n ? p.cursor : p.page.n ? p.page : p.offset;
  if (!how.n) return;
  if (size.n)
    text_add_sentence(out, arena_printf(a, "Pages by %.*s and %.*s", STR_ARG(how), STR_ARG(size)));
  else
    text_add_sentence(out, arena_printf(a, "Pages by %.*s", STR_ARG(how)));
}

struct str describe_tool(const struct description *d, struct arena *a) {
  struct buf own = BUF_MAX(DESCRIPTION_MOST * 4), rest = BUF_MAX(DESCRIPTION_MOST * 4);
  if (d->op->deprecated) text_add_sentence(&own, STR("Deprecated by the vendor; may stop working."));
  add_purpose(d, &own, a);
  add_returns(d, &rest, a);
  add_scope(d, &rest, a);
  add_paging(d, &rest, a);
  if (d->needs.n)
    text_add_sentence(&rest,
                      arena_printf(a, "The body may be left out; where any of it is given, it needs %.*s",
                                   STR_ARG(d->needs)));
  if (d->folded)
    text_add_sentence(&rest, STR("Some deep parts of the input are left open here; see the vendor's "
                                 "documentation for their fields."));
  struct str tail = text_brief(a, buf_str(&rest), DESCRIPTION_MOST / 2);
  struct str head = text_brief(a, buf_str(&own), DESCRIPTION_MOST - tail.n - 1);
  struct str out = arena_printf(a, "%.*s %.*s", STR_ARG(head), STR_ARG(tail));
  buf_free(&own);
  buf_free(&rest);
  return str_trim(out);
}

struct str describe_permission(const struct operation *op, struct arena *a) {
  // Where vendors write it. `list`: the member that holds the names; empty: the value itself.
  static const struct {
    const char *key, *list;
  } KEYS[] = {{"x-cfPermissionsRequired", "enum"},
              {"x-api-token-group", ""},
              {"x-required-permissions", ""},
              {"x-permissions", ""}};
  yyjson_val *said = operation_word(op, "permission");
  if (said) return text_brief(a, json_text(said), 200);
  struct buf b = BUF_MAX(400);
  for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS && !b.n; k++) {
    yyjson_val *v = yyjson_obj_get(op->at.value, KEYS[k].key), *item;
    if (*KEYS[k].list) v = yyjson_obj_get(v, KEYS[k].list);
    if (yyjson_is_str(v)) buf_add(&b, json_text(v));
    size_t i, n;
    yyjson_arr_foreach (v, i, n, item) {
      if (yyjson_is_str(item)) buf_printf(&b, "%s%s", b.n ? ", " : "", yyjson_get_str(item));
    }
  }
  struct str out = text_brief(a, buf_str(&b), 200);
  buf_free(&b);
  return out;
}

void describe_paging(const struct operation *op, yyjson_mut_doc *doc, yyjson_mut_val *tool) {
  struct pager p;
  find_pager(op, &p);
  yyjson_mut_val *paging = yyjson_mut_obj(doc);
  struct str size = p.size.n ? p.size : p.limit;
  const char *how = p.cursor.n ? "cursor" : p.page.n ? "page" : p.offset.n ? "offset" : NULL;
  struct str by = p.cursor.n ? p.cursor : p.page.n ? p.page : p.offset;
  if (!how) return;
  yyjson_mut_obj_add_strn(doc, paging, how, by.p, by.n);
  if (size.n)
    yyjson_mut_obj_add_strn(doc, paging, p.offset.n && *how == 'o' ? "limit" : "size", size.p, size.n);
  yyjson_mut_obj_add_val(doc, tool, "paging", paging);
}
