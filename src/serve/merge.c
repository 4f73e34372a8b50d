// SPDX-License-Identifier: Apache-2.0
#include "serve/merge.h"

#include "base/codec.h"
#include "base/log.h"
#include "serve/errand.h"
#include "serve/frame.h"
#include "serve/offer.h"
#include "serve/rewrite.h"

#define MERGE_VERSION "2" // of cursors; tools/list has those that begin with 1

struct str merge_cursor(struct arena *a, struct str alias, bool begun, struct str own) {
  return codec_base64_url(a, ARENA_JOIN(a, STR(MERGE_VERSION), alias, begun ? STR("\n+") : STR("\n-"), own));
}

bool merge_read_cursor(struct arena *a, struct str cursor, struct str *alias, bool *begun, struct str *own) {
  struct str text;
  if (cursor.n > MERGE_CURSOR_MOST || !codec_unbase64_url(a, cursor, &text) ||
      !str_starts(text, MERGE_VERSION) || !codec_is_utf8(text))
    return false;
  ptrdiff_t end = str_find(text, '\n');
  if (end < 1 || (size_t)end + 1 >= text.n) return false;
  char sign = text.p[end + 1];
  *alias = str_make(text.p + 1, (size_t)end - 1);
  *begun = sign == '+';
  *own = str_from(text, (size_t)end + 2);
  return *begun || (sign == '-' && own->n == 0);
}

// Where the walk stands.
struct merge_at {
  size_t member;
  bool begun; // `own` is the vendor's cursor
  struct str own;
};

static bool merge_start(struct serve_request *r, yyjson_val *params, struct merge_at *at, struct err *err) {
  yyjson_val *cursor = yyjson_obj_get(params, "cursor");
  struct str alias;
  *at = (struct merge_at){0};
  if (!cursor || (yyjson_is_str(cursor) && yyjson_get_len(cursor) == 0)) return true;
  bool ours =
      yyjson_is_str(cursor) && merge_read_cursor(r->arena, json_text(cursor), &alias, &at->begun, &at->own);
  for (size_t i = 0; ours && i < r->server->member_count; i++) {
    if (!str_eq(r->server->members[i].alias, alias)) continue;
    at->member = i;
    return true;
  }
  return err_at(err, ERR_INVALID, "/params/cursor",
                "Invalid cursor: use nextCursor of the page before as it came");
}

static bool merge_offers(const struct serve_request *r, const struct merge_kind *kind, size_t member) {
  return member < r->server->member_count && (offer_of_member(r, &r->server->members[member]) & kind->offer);
}

static void merge_to_next(const struct serve_request *r, const struct merge_kind *kind, struct merge_at *at) {
  *at = (struct merge_at){.member = at->member + 1};
  while (at->member < r->server->member_count && !merge_offers(r, kind, at->member)) at->member++;
}

static bool merge_page(struct serve_request *r, const struct merge_kind *kind, const struct merge_at *at,
                       struct errand_result *out, struct err *err) {
  struct errand_want want = {.method = kind->method,
                             .key = at->begun ? "cursor" : NULL,
                             .value = at->own,
                             .total_ms = r->server->member_count > 1 ? MERGE_MEMBER_MS : 0};
  return errand_ask(r, &r->server->members[at->member], &want, out, err);
}

// What is ours is listed by us alone.
static bool merge_takes(const struct merge_kind *kind, yyjson_mut_val *item) {
  yyjson_mut_val *uri = yyjson_mut_obj_get(item, "uri");
  bool claims = rewrite_is_reserved(str_make(yyjson_mut_get_str(uri), yyjson_mut_get_len(uri)));
  return !claims && (!kind->is_sound || kind->is_sound(item));
}

// Moves the items of a page to the end of `items`; returns the vendor's nextCursor, empty where it was the
// last.
static bool merge_take(struct serve_request *r, const struct merge_kind *kind, size_t member,
                       struct errand_result *page, yyjson_mut_doc *doc, yyjson_mut_val *items,
                       struct str *next) {
  yyjson_mut_val *item, *cursor = yyjson_mut_obj_get(page->value, "nextCursor");
  yyjson_mut_val *list = yyjson_mut_obj_get(page->value, kind->member);
  size_t i, n;
  rewrite_result(page->doc, page->value, r->server->members[member].alias);
  if (yyjson_mut_is_arr(list))
    yyjson_mut_arr_foreach (list, i, n, item)
      if (merge_takes(kind, item)) yyjson_mut_arr_append(items, yyjson_mut_val_mut_copy(doc, item));
  if (!yyjson_mut_is_str(cursor)) return false;
  *next = arena_dup(r->arena, str_make(yyjson_mut_get_str(cursor), yyjson_mut_get_len(cursor)));
  return true;
}

static bool merge_walk(struct serve_request *r, const struct merge_kind *kind, struct merge_at *at,
                       yyjson_mut_doc *doc, yyjson_mut_val *items, struct err *err) {
  while (at->member < r->server->member_count) {
    struct errand_result page = {0};
    struct str next = STR_NONE;
    if (!merge_page(r, kind, at, &page, err)) {
      bool alone = r->server->member_count == 1 && !yyjson_mut_arr_size(items);
      if (err->code == ERR_CANCELED || alone) return false;
      log_warn("%s: %.*s is left out: %s", kind->method,
               STR_ARG(r->server->members[at->member].account->account->name), err->text);
      merge_to_next(r, kind, at);
      continue;
    }
    bool more = merge_take(r, kind, at->member, &page, doc, items, &next);
    errand_free(&page);
    more = more && !(at->begun && str_eq(next, at->own)); // one that repeats would never end
    if (more)
      *at = (struct merge_at){at->member, true, next};
    else
      merge_to_next(r, kind, at);
    // A vendor's page is ours; short ones of several members come together.
    if (more || yyjson_mut_arr_size(items) >= r->env->list_page) return true;
  }
  return true;
}

bool merge_list(struct serve_request *r, yyjson_val *params, const struct merge_kind *kind, struct buf *out,
                struct err *err) {
  struct merge_at at;
  if (!merge_start(r, params, &at, err)) return false;
  bool first = at.member == 0 && !at.begun;
  if (!merge_offers(r, kind, at.member)) merge_to_next(r, kind, &at);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *result = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, result);
  yyjson_mut_val *items = yyjson_mut_obj_add_arr(doc, result, kind->member);
  if (kind->begin && first) kind->begin(r, doc, items);
  bool ok = merge_walk(r, kind, &at, doc, items, err);
  if (ok && at.member < r->server->member_count) {
    struct str cursor = merge_cursor(r->arena, r->server->members[at.member].alias, at.begun, at.own);
    yyjson_mut_obj_add_strncpy(doc, result, "nextCursor", cursor.p, cursor.n);
  }
  ok = ok && frame_add(r, doc, result, true, out, err);
  yyjson_mut_doc_free(doc);
  return ok;
}
