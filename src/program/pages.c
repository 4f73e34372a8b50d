// SPDX-License-Identifier: Apache-2.0
#include "program/pages.h"

#include "base/codec.h"
#include "data/json.h"

enum { PAGES_CURSOR_MOST = 8192, PAGES_DEPTH = 2 };

static const char *const pages_cursors[] = {
    "cursor",        "next_cursor",        "page_token",  "pageToken",  "next_page_token",
    "nextPageToken", "next_token",         "nextToken",   "after",      "starting_after",
    "start_cursor",  "continuation_token", "page_cursor", "pageCursor", NULL};
static const char *const pages_pages[] = {"page", "pages_number", "pageNumber", "p", NULL};
static const char *const pages_offsets[] = {"offset", "skip", "start_index", "startIndex", "start", NULL};
static const char *const pages_sizes[] = {"per_page",    "limit",      "page_size", "pageSize",
                                          "max_results", "maxResults", "first",     "perPage",
                                          "size",        "count",      NULL};
// Where answers say what comes next, the surest first.
static const char *const pages_nexts[] = {
    "next_cursor",        "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken",
    "end_cursor",         "endCursor",  "after",           "cursor",        "next",       "next_page",
    "continuation_token", NULL};
static const char *const pages_totals[] = {"total_count", "totalCount", "total", "total_results",
                                           "total_items", "totalItems", NULL};
static const char *const pages_counts[] = {"total_pages", "totalPages", "pages", "page_count", NULL};
static const char *const pages_mores[] = {"has_more", "hasMore", "has_next_page", "hasNextPage", "has_next",
                                          "more",     NULL};

// ---- rules

static struct str pages_pick(yyjson_val *properties, const char *const *names) {
  for (size_t i = 0; names[i]; i++)
    if (yyjson_obj_get(properties, names[i])) return str_of(names[i]);
  return STR("");
}

static int64_t pages_number(yyjson_val *v, int64_t otherwise) {
  int64_t n;
  if (yyjson_is_raw(v)) return str_to_i64(json_raw_number(v), &n) ? n : otherwise;
  if (yyjson_is_int(v)) return yyjson_get_sint(v);
  return yyjson_is_str(v) && str_to_i64(json_text(v), &n) ? n : otherwise;
}

static struct str pages_word(yyjson_val *word, const char *key, struct str otherwise) {
  struct str said = json_str(word, key);
  return said.p ? said : otherwise;
}

void pages_rule(const struct tool *t, yyjson_val *word, struct pages_rule *out) {
  yyjson_val *properties = yyjson_obj_get(t->input, "properties");
  struct pages_rule r = {.first = 1};
  r.cursor = json_str(t->paging, "cursor");
  r.page = json_str(t->paging, "page");
  r.offset = json_str(t->paging, "offset");
  r.size = json_str(t->paging, "size");
  if (!r.size.n) r.size = json_str(t->paging, "limit");
  if (!t->paging) {
    r.cursor = pages_pick(properties, pages_cursors);
    r.page = pages_pick(properties, pages_pages);
    r.offset = pages_pick(properties, pages_offsets);
  }
  if (!r.size.n) r.size = pages_pick(properties, pages_sizes);
  r.cursor = pages_word(word, "cursor", r.cursor);
  r.page = pages_word(word, "page", r.page);
  r.offset = pages_word(word, "offset", r.offset);
  r.size = pages_word(word, "size", r.size);
  r.next = pages_word(word, "next", STR(""));
  yyjson_val *size = r.size.n ? yyjson_obj_getn(properties, r.size.p, r.size.n) : NULL;
  yyjson_val *page = r.page.n ? yyjson_obj_getn(properties, r.page.p, r.page.n) : NULL;
  r.size_default =
      pages_number(yyjson_obj_get(word, "default"), pages_number(yyjson_obj_get(size, "default"), 0));
  r.first = pages_number(yyjson_obj_get(word, "first"),
                         pages_number(yyjson_obj_get(page, "minimum"), 1) == 0 ? 0 : 1);
  *out = r;
}

// ---- what an answer says of itself

static yyjson_val *pages_say_at(yyjson_val *object, const char *const *names, int depth,
                                bool (*fits)(yyjson_val *)) {
  static const char *const within[] = {
      "result_info",       "meta",    "pagination", "paging", "page_info", "pageInfo",
      "response_metadata", "cursors", "links",      "result", "data",      "_meta"};
  if (!yyjson_is_obj(object)) return NULL;
  for (size_t i = 0; names[i]; i++) {
    yyjson_val *v = yyjson_obj_get(object, names[i]);
    if (v && fits(v)) return v;
  }
  for (size_t i = 0; depth && i < sizeof within / sizeof *within; i++) {
    yyjson_val *v = pages_say_at(yyjson_obj_get(object, within[i]), names, depth - 1, fits);
    if (v) return v;
  }
  return NULL;
}

static bool pages_is_count(yyjson_val *v) {
  return pages_number(v, -1) >= 0 && !yyjson_is_str(v);
}

static bool pages_is_cursor(yyjson_val *v) {
  return (yyjson_is_str(v) && yyjson_get_len(v) > 0 && yyjson_get_len(v) <= PAGES_CURSOR_MOST) ||
         pages_is_count(v);
}

static bool pages_is_flag(yyjson_val *v) {
  return yyjson_is_bool(v);
}

// A parameter of a URL's query, decoded.
static struct str pages_from_url(struct str url, struct str name, struct arena *a) {
  struct str rest = url, pair, path;
  if (!str_cut(&rest, '?', &path)) return STR("");
  while (str_cut(&rest, '&', &pair)) {
    struct str value = pair, key;
    str_cut(&value, '=', &key);
    if (str_eq(key, name) && value.n) {
      struct str decoded;
      return codec_unpercent(a, value, &decoded) ? decoded : STR("");
    }
  }
  return STR("");
}

static struct str pages_link(const struct http_headers *headers, struct arena *a) {
  for (size_t i = 0; headers && i < headers->count; i++) {
    if (!str_is_nocase(headers->items[i].name, "link")) continue;
    for (struct str rest = headers->items[i].value, link; str_cut(&rest, ',', &link);) {
      struct str s = str_trim(link), url;
      if (!s.n || s.p[0] != '<' || !str_cut(&s, '>', &url)) continue;
      if (str_contains(s, STR("rel=\"next\"")) || str_contains(s, STR("rel=next")))
        return arena_dup(a, str_from(url, 1));
    }
  }
  return STR("");
}

// ---- the next

static int64_t pages_argument(const struct pages_look *l, struct str name, int64_t otherwise) {
  yyjson_mut_val *v = name.n ? yyjson_mut_obj_getn(l->arguments, name.p, name.n) : NULL;
  int64_t n;
  if (yyjson_mut_is_raw(v))
    return str_to_i64(str_make(yyjson_mut_get_raw(v), yyjson_mut_get_len(v)), &n) ? n : otherwise;
  if (yyjson_mut_is_int(v)) return yyjson_mut_get_sint(v);
  return yyjson_mut_is_str(v) && str_to_i64(str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)), &n)
             ? n
             : otherwise;
}

static bool pages_by_cursor(const struct pages_look *l, struct str link, struct arena *a,
                            struct pages_next *out) {
  yyjson_val *said = l->rule->next.n ? json_at(l->answer, l->rule->next)
                                     : pages_say_at(l->answer, pages_nexts, PAGES_DEPTH, pages_is_cursor);
  struct str text = yyjson_is_str(said) ? json_text(said) : STR("");
  if (said && pages_is_count(said)) text = arena_printf(a, "%lld", (long long)pages_number(said, 0));
  if (str_starts(text, "http://") || str_starts(text, "https://") || str_starts(text, "/"))
    text = pages_from_url(text, l->rule->cursor, a);
  if (!text.n && link.n) text = pages_from_url(link, l->rule->cursor, a);
  if (!text.n) return false;
  yyjson_mut_val *sent = yyjson_mut_obj_getn(l->arguments, l->rule->cursor.p, l->rule->cursor.n);
  if (yyjson_mut_is_str(sent) && str_eq(str_make(yyjson_mut_get_str(sent), yyjson_mut_get_len(sent)), text)) {
    out->maybe_cut = true; // it would come round again
    return false;
  }
  out->argument = l->rule->cursor;
  out->text = arena_dup(a, text);
  return true;
}

void pages_next(const struct pages_look *l, struct arena *a, struct pages_next *out) {
  const struct pages_rule *r = l->rule;
  struct pages_next next = {
      .total = pages_number(pages_say_at(l->answer, pages_totals, PAGES_DEPTH, pages_is_count), -1)};
  yyjson_val *more = pages_say_at(l->answer, pages_mores, PAGES_DEPTH, pages_is_flag);
  int64_t pages = pages_number(pages_say_at(l->answer, pages_counts, PAGES_DEPTH, pages_is_count), -1);
  int64_t size = pages_argument(
      l, r->size,
      pages_number(pages_say_at(l->answer, pages_sizes, PAGES_DEPTH, pages_is_count), r->size_default));
  struct str link = pages_link(l->headers, a);
  uint64_t seen = l->before + l->rows;
  bool full = size > 0 ? (int64_t)l->rows >= size : l->rows > 0;
  bool ended =
      (more && yyjson_is_false(more)) || (next.total >= 0 && seen >= (uint64_t)next.total) || l->rows == 0;
  bool promised =
      (more && yyjson_is_true(more)) || link.n || (next.total >= 0 && seen < (uint64_t)next.total);
  if (r->cursor.n && !(more && yyjson_is_false(more)) && pages_by_cursor(l, link, a, &next)) {
    next.goes_on = true;
  } else if (r->page.n && !ended) {
    int64_t page = pages_argument(l, r->page, r->first);
    struct str linked = link.n ? pages_from_url(link, r->page, a) : STR("");
    bool last = pages >= 0 && page - r->first + 1 >= pages;
    next.goes_on = linked.n || (!last && (promised || full || pages >= 0));
    next.argument = r->page;
    next.number = page + 1;
    if (linked.n && !str_to_i64(linked, &next.number)) next.text = linked;
  } else if (r->offset.n && !ended) {
    next.goes_on = promised || full;
    next.argument = r->offset;
    next.number = pages_argument(l, r->offset, 0) + (int64_t)l->rows;
  } else if (!r->cursor.n && !r->page.n && !r->offset.n) {
    next.maybe_cut = promised || (size > 0 && l->rows > 0 && (int64_t)l->rows >= size && next.total < 0);
  } else if (!ended && promised && !next.goes_on) {
    next.maybe_cut = true; // a cursor is promised and none is given
  }
  *out = next;
}
