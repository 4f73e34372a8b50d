// SPDX-License-Identifier: Apache-2.0
#include "program/pages.h"

#include "base/codec.h"
#include "data/json.h"

enum { PAGES_CURSOR_MOST = 8192, PAGES_DEPTH = 2 };
#define PAGES_LAST "/-/" // within a pointer: the last of an array

static const char *const pages_cursors[] = {
    "cursor",        "next_cursor",        "page_token",  "pageToken",  "next_page_token",
    "nextPageToken", "next_token",         "nextToken",   "after",      "starting_after",
    "start_cursor",  "continuation_token", "page_cursor", "pageCursor", NULL};
static const char *const pages_pages[] = {"page", "pages_number", "pageNumber", "p", NULL};
static const char *const pages_offsets[] = {"offset", "skip", "start_index", "startIndex", "start", NULL};
static const char *const pages_sizes[] = {"per_page",    "limit",      "page_size", "pageSize",
                                          "max_results", "maxResults", "first",     "perPage",
                                          "size",        "count",      NULL};
// In an answer only what can be nothing else.
static const char *const pages_said_sizes[] = {"per_page", "page_size",   "pageSize",   "perPage",
                                               "limit",    "max_results", "maxResults", NULL};
// Where answers say what comes next, the surest first.
static const char *const pages_nexts[] = {
    "next_cursor",        "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken",
    "end_cursor",         "endCursor",  "after",           "cursor",        "next",       "next_page",
    "continuation_token", NULL};
// Of these, what may be an object that says it within: `paging.next.after`, `_links.next.href`.
static const char *const pages_next_objects[] = {"next", "next_page", "nextPage", NULL};
static const char *const pages_next_members[] = {"after", "cursor", "token", "page_token", "pageToken",
                                                 "start", "href",   "url",   "link",       NULL};
static const char *const pages_totals[] = {"total_count", "totalCount", "total", "total_results",
                                           "total_items", "totalItems", NULL};
static const char *const pages_counts[] = {"total_pages", "totalPages", "pages", "page_count", NULL};
static const char *const pages_mores[] = {"has_more", "hasMore", "has_next_page", "hasNextPage", "has_next",
                                          "more",     NULL};

// ---- arguments, which may stand within another

static yyjson_mut_val *pages_argument(yyjson_mut_val *arguments, struct str name) {
  if (!name.n) return NULL;
  return name.p[0] == '/' ? yyjson_mut_ptr_getn(arguments, name.p, name.n)
                          : yyjson_mut_obj_getn(arguments, name.p, name.n);
}

static void pages_put(yyjson_mut_val *arguments, struct str name, yyjson_mut_val *value,
                      yyjson_mut_doc *doc) {
  if (name.p[0] == '/')
    yyjson_mut_ptr_setn(arguments, name.p, name.n, value, doc);
  else
    yyjson_mut_obj_put(arguments, yyjson_mut_strncpy(doc, name.p, name.n), value);
}

// What the tool's schema says of an argument; NULL: it takes none of this name.
static yyjson_val *pages_property(yyjson_val *schema, struct str name) {
  yyjson_val *at = schema;
  struct str rest = name, part;
  if (!name.n) return NULL;
  if (name.p[0] != '/') return yyjson_obj_getn(yyjson_obj_get(schema, "properties"), name.p, name.n);
  for (rest = str_from(rest, 1); at && str_cut(&rest, '/', &part);)
    at = yyjson_obj_getn(yyjson_obj_get(at, "properties"), part.p, part.n);
  return at;
}

static int64_t pages_number(yyjson_val *v, int64_t otherwise) {
  int64_t n;
  if (yyjson_is_raw(v)) return str_to_i64(json_raw_number(v), &n) ? n : otherwise;
  if (yyjson_is_int(v)) return yyjson_get_sint(v);
  return yyjson_is_str(v) && str_to_i64(json_text(v), &n) ? n : otherwise;
}

// ---- rules

static struct str pages_pick(yyjson_val *properties, const char *const *names) {
  for (size_t i = 0; names[i]; i++)
    if (yyjson_obj_get(properties, names[i])) return str_of(names[i]);
  return STR("");
}

static struct str pages_taken(const struct tool *t, struct str name) {
  return pages_property(t->input, name) ? name : STR("");
}

// Where the connector says nothing.
static void pages_guess(const struct tool *t, struct pages_rule *r) {
  yyjson_val *properties = yyjson_obj_get(t->input, "properties");
  r->cursor = json_str(t->paging, "cursor");
  r->page = json_str(t->paging, "page");
  r->offset = json_str(t->paging, "offset");
  r->size = json_str(t->paging, "size");
  if (!r->size.n) r->size = json_str(t->paging, "limit");
  if (!t->paging) {
    r->cursor = pages_pick(properties, pages_cursors);
    r->page = pages_pick(properties, pages_pages);
    r->offset = pages_pick(properties, pages_offsets);
  }
  if (!r->size.n) r->size = pages_pick(properties, pages_sizes);
}

void pages_rule(const struct tool *t, const struct connector_paging *word, struct pages_rule *out) {
  struct pages_rule r = {.first = -1};
  if (word) {
    r = (struct pages_rule){.cursor = pages_taken(t, word->cursor),
                            .page = pages_taken(t, word->page),
                            .offset = pages_taken(t, word->offset),
                            .size = pages_taken(t, word->size),
                            .next = word->next,
                            .more = word->more,
                            .total = word->total,
                            .initial = word->initial,
                            .most = word->most,
                            .first = word->first};
  } else {
    pages_guess(t, &r);
  }
  yyjson_val *size = pages_property(t->input, r.size), *page = pages_property(t->input, r.page);
  int64_t largest = pages_number(yyjson_obj_get(size, "maximum"), r.most);
  if (!r.initial) r.initial = pages_number(yyjson_obj_get(size, "default"), 0);
  if (!r.size.n) r.most = 0;
  if (r.most > largest) r.most = largest;
  if (r.first < 0) r.first = pages_number(yyjson_obj_get(page, "minimum"), 1) == 0 ? 0 : 1;
  *out = r;
}

void pages_begin(const struct pages_rule *rule, yyjson_mut_val *arguments, yyjson_mut_doc *doc) {
  if (rule->most > 0 && !pages_argument(arguments, rule->size))
    pages_put(arguments, rule->size, yyjson_mut_sint(doc, rule->most), doc);
}

// ---- what an answer says of itself

static yyjson_val *pages_say_here(yyjson_val *object, const char *const *names, bool (*fits)(yyjson_val *)) {
  for (size_t i = 0; names[i]; i++) {
    yyjson_val *v = yyjson_obj_get(object, names[i]);
    if (v && fits(v)) return v;
  }
  return NULL;
}

static bool pages_is_flat(yyjson_val *object) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (object, i, n, key, v) {
    if (yyjson_is_ctn(v)) return false;
  }
  return true;
}

// An object of plain values beside a list may tell of the list's pages, whatever it is called.
static yyjson_val *pages_say_beside(yyjson_val *object, const char *const *names,
                                    bool (*fits)(yyjson_val *)) {
  size_t i, n;
  bool lists = false;
  yyjson_val *key, *v, *said = NULL;
  yyjson_obj_foreach (object, i, n, key, v) {
    lists = lists || yyjson_is_arr(v);
    if (!said && yyjson_is_obj(v) && pages_is_flat(v)) said = pages_say_here(v, names, fits);
  }
  return lists ? said : NULL;
}

// Where an answer may tell of its pages.
static const char *const pages_within[] = {
    "result_info", "meta",  "pagination", "paging", "page_info", "pageInfo", "response_metadata",
    "cursors",     "links", "_links",     "result", "data",      "_meta",    NULL};

static yyjson_val *pages_say_at(yyjson_val *object, const char *const *names, int depth,
                                bool (*fits)(yyjson_val *)) {
  if (!yyjson_is_obj(object)) return NULL;
  yyjson_val *v = pages_say_here(object, names, fits);
  for (size_t i = 0; !v && depth && pages_within[i]; i++)
    v = pages_say_at(yyjson_obj_get(object, pages_within[i]), names, depth - 1, fits);
  return v || !depth ? v : pages_say_beside(object, names, fits);
}

static bool pages_is_count(yyjson_val *v) {
  return pages_number(v, -1) >= 0 && !yyjson_is_str(v);
}

static bool pages_is_cursor(yyjson_val *v) {
  return (yyjson_is_str(v) && yyjson_get_len(v) > 0) || pages_is_count(v);
}

static bool pages_is_anything(yyjson_val *v) {
  return v != NULL;
}

// Nothing stands there.
static bool pages_is_end(yyjson_val *v) {
  return yyjson_is_null(v) || yyjson_is_false(v) || (yyjson_is_str(v) && yyjson_get_len(v) == 0) ||
         (yyjson_is_obj(v) && yyjson_obj_size(v) == 0);
}

static bool pages_is_object(yyjson_val *v) {
  return yyjson_is_obj(v);
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

// Is `next` among the relations of a link? `rest`: its parameters (RFC 8288, 3).
static bool pages_is_next(struct str rest) {
  struct str parameter;
  while (str_cut(&rest, ';', &parameter)) {
    struct str value = parameter, name, word;
    str_cut(&value, '=', &name);
    if (!str_is_nocase(str_trim(name), "rel")) continue;
    value = str_trim(value);
    if (value.n >= 2 && value.p[0] == '"') value = str_make(value.p + 1, value.n - 2);
    while (str_cut(&value, ' ', &word))
      if (str_is_nocase(word, "next")) return true;
    return false; // only the first counts
  }
  return false;
}

// Up to the next comma outside of <…> and "…": both may have commas of their own.
static struct str pages_cut_link(struct str *rest) {
  size_t n = 0;
  for (char until = 0; n < rest->n && (until || rest->p[n] != ','); n++) {
    char c = rest->p[n];
    if (until)
      until = c == until ? 0 : until;
    else if (c == '<' || c == '"')
      until = c == '<' ? '>' : '"';
  }
  struct str link = str_make(rest->p, n);
  *rest = str_from(*rest, n < rest->n ? n + 1 : n);
  return str_trim(link);
}

static struct str pages_link(const struct http_headers *headers) {
  for (size_t i = 0; headers && i < headers->count; i++) {
    if (!str_is_nocase(headers->items[i].name, "link")) continue;
    for (struct str rest = headers->items[i].value; rest.n;) {
      struct str link = pages_cut_link(&rest), url;
      if (link.n && link.p[0] == '<' && str_cut(&link, '>', &url) && pages_is_next(link))
        return str_from(url, 1);
    }
  }
  return STR("");
}

// What `next` points at in an answer, where `-` is the last of an array: there RFC 6901 has nothing.
static yyjson_val *pages_said_next(yyjson_val *answer, struct str pointer) {
  ptrdiff_t last = str_find_text(pointer, STR(PAGES_LAST));
  if (last < 0) return json_at(answer, pointer);
  yyjson_val *rows = json_at(answer, str_make(pointer.p, (size_t)last));
  return json_at(yyjson_arr_get_last(rows), str_from(pointer, (size_t)last + 2));
}

// ---- the next

struct pages_said { // what an answer says of itself
  bool more, denied, over, full;
  int64_t pages; // -1: nothing
  struct str link;
};

static int64_t pages_sent(const struct pages_look *l, struct str name, int64_t otherwise) {
  yyjson_mut_val *v = pages_argument(l->arguments, name);
  int64_t n;
  if (yyjson_mut_is_raw(v))
    return str_to_i64(str_make(yyjson_mut_get_raw(v), yyjson_mut_get_len(v)), &n) ? n : otherwise;
  if (yyjson_mut_is_int(v)) return yyjson_mut_get_sint(v);
  return yyjson_mut_is_str(v) && str_to_i64(str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v)), &n)
             ? n
             : otherwise;
}

// Rows of a whole page: as sent, where the vendor does not say that it gives fewer at a time; 0: not known.
static int64_t pages_size(const struct pages_look *l) {
  int64_t sent = pages_sent(l, l->rule->size, l->rule->initial);
  int64_t said = pages_number(pages_say_at(l->answer, pages_said_sizes, PAGES_DEPTH, pages_is_count), 0);
  return said > 0 && (sent <= 0 || said < sent) ? said : sent;
}

static struct pages_said pages_read(const struct pages_look *l, int64_t *total) {
  const struct pages_rule *r = l->rule;
  struct pages_said s = {.link = pages_link(l->headers)};
  yyjson_val *more = r->more.n ? json_at(l->answer, r->more)
                               : pages_say_at(l->answer, pages_mores, PAGES_DEPTH, pages_is_flag);
  yyjson_val *rows = r->total.n ? json_at(l->answer, r->total)
                                : pages_say_at(l->answer, pages_totals, PAGES_DEPTH, pages_is_count);
  uint64_t seen = l->before + l->rows;
  int64_t size = pages_size(l);
  *total = pages_number(rows, -1);
  if (*total >= 0 && (uint64_t)*total < seen) *total = -1; // there were more already
  s.pages = pages_number(pages_say_at(l->answer, pages_counts, PAGES_DEPTH, pages_is_count), -1);
  s.full = size > 0 ? (int64_t)l->rows >= size : l->rows > 0;
  s.more = yyjson_is_true(more) || s.link.n || (*total >= 0 && seen < (uint64_t)*total);
  s.denied = yyjson_is_false(more);
  s.over = s.denied || (!s.more && *total >= 0);
  return s;
}

static bool pages_by_cursor(const struct pages_look *l, struct str link, struct arena *a,
                            struct pages_next *out) {
  const struct pages_rule *r = l->rule;
  yyjson_val *said = r->next.n ? pages_said_next(l->answer, r->next)
                               : pages_say_at(l->answer, pages_nexts, PAGES_DEPTH, pages_is_cursor);
  if (!said && !r->next.n)
    said = pages_say_here(pages_say_at(l->answer, pages_next_objects, PAGES_DEPTH, pages_is_object),
                          pages_next_members, pages_is_cursor);
  struct str text = yyjson_is_str(said) ? json_text(said) : STR("");
  if (said && pages_is_count(said)) text = arena_printf(a, "%lld", (long long)pages_number(said, 0));
  if (str_starts(text, "http://") || str_starts(text, "https://") || str_starts(text, "/"))
    text = pages_from_url(text, r->cursor, a);
  if (!text.n && link.n) text = pages_from_url(link, r->cursor, a);
  if (!text.n) return false;
  yyjson_mut_val *sent = pages_argument(l->arguments, r->cursor);
  bool same =
      yyjson_mut_is_str(sent) && str_eq(str_make(yyjson_mut_get_str(sent), yyjson_mut_get_len(sent)), text);
  out->maybe_cut = same || text.n > PAGES_CURSOR_MOST; // it would come round again
  if (out->maybe_cut) return false;
  out->argument = r->cursor;
  out->text = arena_dup(a, text);
  return true;
}

// No cursor came. That is the end where one would stand here: it is null, or pages before had one. Where something stands
// there that could not be followed, it is none.
static bool pages_tells_of_cursors(const struct pages_look *l) {
  if (l->rule->next.n) return true;
  yyjson_val *there = pages_say_at(l->answer, pages_nexts, PAGES_DEPTH, pages_is_anything);
  if (there) return pages_is_end(there);
  if (l->before) return true;
  for (size_t i = 0; pages_within[i]; i++) // "paging": null
    if (yyjson_is_null(yyjson_obj_get(l->answer, pages_within[i]))) return true;
  return false;
}

void pages_next(const struct pages_look *l, struct arena *a, struct pages_next *out) {
  const struct pages_rule *r = l->rule;
  struct pages_next next = {.total = -1};
  struct pages_said said = pages_read(l, &next.total);
  bool of_rows = str_contains(r->next, STR(PAGES_LAST)); // a cursor is made of any row: it says nothing
  if (r->cursor.n && !said.denied && (!of_rows || said.full || said.more) &&
      pages_by_cursor(l, said.link, a, &next)) {
    next.goes_on = true;
  } else if (r->page.n && !said.over && l->rows) {
    int64_t page = pages_sent(l, r->page, r->first);
    struct str linked = said.link.n ? pages_from_url(said.link, r->page, a) : STR("");
    bool last = said.pages >= 0 && page - r->first + 1 >= said.pages && !said.more;
    next.goes_on = linked.n || (!last && (said.more || said.full || said.pages >= 0));
    next.argument = r->page;
    next.number = page + 1;
    if (linked.n && !str_to_i64(linked, &next.number)) next.text = linked;
  } else if (r->offset.n && !said.over && l->rows) {
    next.goes_on = said.more || said.full;
    next.argument = r->offset;
    next.number = pages_sent(l, r->offset, 0) + (int64_t)l->rows;
  }
  bool has_way = r->page.n || r->offset.n || (r->cursor.n && pages_tells_of_cursors(l));
  if (!next.goes_on && !said.over)
    next.maybe_cut = next.maybe_cut || said.more || (!has_way && pages_size(l) > 0 && l->rows && said.full);
  *out = next;
}

void pages_turn(const struct pages_next *next, yyjson_mut_val *arguments, yyjson_mut_doc *doc) {
  pages_put(arguments, next->argument,
            next->text.n ? yyjson_mut_strncpy(doc, next->text.p, next->text.n)
                         : yyjson_mut_sint(doc, next->number),
            doc);
}
