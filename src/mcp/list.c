// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"
#include "mcp/client.h"
#include "mcp/jsonrpc.h"

enum { LIST_PAGES_MOST = 1000 };

struct list_walk {
  const struct mcp_list *list;
  bool (*take)(void *arg, yyjson_val *item, struct err *err);
  void *arg;
  struct arena *arena; // of the cursors
  struct map cursors;  // those seen: a server that repeats one would be asked for ever
  struct str cursor;
  bool has_cursor;
  size_t items, bytes;
  bool begun; // something was taken
  struct mcp_freshness freshness;
};

static bool list_take_items(struct list_walk *w, yyjson_val *result, bool first, struct err *err) {
  size_t i, n;
  yyjson_val *item, *items = yyjson_obj_get(result, w->list->member);
  if (!yyjson_is_arr(items))
    return err_set(err, ERR_UPSTREAM, "the MCP server's answer to %s has no list \"%s\"", w->list->method,
                   w->list->member);
  if (first && !yyjson_arr_size(items)) w->begun = true;
  yyjson_arr_foreach (items, i, n, item) {
    if (++w->items > w->list->items_most)
      return err_set(err, ERR_LIMIT, "the MCP server's %s has more than %zu entries", w->list->method,
                     w->list->items_most);
    if (!w->take(w->arg, item, err)) return false;
    w->begun = true;
  }
  return true;
}

// A cursor may be an empty string; the end is where there is none. One that repeats would never end.
static bool list_take_cursor(struct list_walk *w, yyjson_val *result, struct err *err) {
  yyjson_val *next = yyjson_obj_get(result, "nextCursor");
  w->has_cursor = yyjson_is_str(next);
  if (!w->has_cursor) return true;
  w->cursor = arena_dup(w->arena, json_text(next));
  if (map_get(&w->cursors, w->cursor))
    return err_set(err, ERR_UPSTREAM, "the MCP server's %s repeats a cursor", w->list->method);
  map_put(&w->cursors, w->cursor, w);
  return true;
}

static void list_take_freshness(struct list_walk *w, yyjson_val *result, bool first) {
  int64_t ttl = json_int(result, "ttlMs", 0);
  uint64_t ms = ttl > 0 ? (uint64_t)ttl : 0;
  bool is_public = str_is(json_str(result, "cacheScope"), "public");
  w->freshness.ttl_ms = first || ms < w->freshness.ttl_ms ? ms : w->freshness.ttl_ms;
  w->freshness.is_public = is_public && (first || w->freshness.is_public);
}

static bool list_ask(struct mcp_peer *p, const struct list_walk *w, struct mcp_event *out, struct err *err) {
  struct mcp_request r = {.who = w->list->who, .method = str_of(w->list->method)};
  r.doc = yyjson_mut_doc_new(NULL);
  r.left_out = w->list->left_out;
  r.left_out_arg = w->arg;
  if (w->has_cursor) {
    r.params = yyjson_mut_obj(r.doc);
    yyjson_mut_obj_add_strn(r.doc, r.params, "cursor", w->cursor.p, w->cursor.n);
  }
  bool ok = mcp_ask(p, &r, out, err);
  yyjson_mut_doc_free(r.doc);
  if (!ok || out->kind == MCP_RESULT) return ok;
  struct str message = json_str(out->value, "message");
  int64_t code = json_int(out->value, "code", 0);
  err_set(err, code == JSONRPC_METHOD_NOT_FOUND ? ERR_MISSING : ERR_UPSTREAM,
          "the MCP server refuses %s: %.*s (%lld)", w->list->method, STR_MOST(message, 240), (long long)code);
  mcp_event_free(out);
  return false;
}

static bool list_page(struct mcp_peer *p, struct list_walk *w, bool first, struct err *err) {
  struct mcp_event e;
  if (!list_ask(p, w, &e, err)) return false;
  w->bytes += yyjson_doc_get_read_size(e.doc);
  bool ok = w->bytes <= w->list->bytes_most || err_set(err, ERR_LIMIT, "the MCP server's %s passes %zu bytes",
                                                       w->list->method, w->list->bytes_most);
  if (ok) list_take_freshness(w, e.value, first);
  ok = ok && list_take_items(w, e.value, first, err) && list_take_cursor(w, e.value, err);
  mcp_event_free(&e);
  return ok;
}

// What was read is kept, and why there is no more is told.
static bool list_ends_badly(const struct list_walk *w, struct err *err) {
  if (!w->begun || !w->list->partial || err->code == ERR_CANCELED || err->code == ERR_UNAUTHENTICATED ||
      err->code == ERR_DENIED)
    return false;
  *w->list->partial = *err;
  return true;
}

bool mcp_list_all(struct mcp_peer *p, const struct mcp_list *list,
                  bool (*take)(void *arg, yyjson_val *item, struct err *err), void *arg, struct err *err) {
  struct list_walk w = {.list = list, .take = take, .arg = arg, .arena = arena_new()};
  bool ok = true;
  for (int pages = 0; ok && (pages == 0 || w.has_cursor); pages++) {
    if (pages == LIST_PAGES_MOST)
      ok = err_set(err, ERR_LIMIT, "the MCP server's %s has more than %d pages", list->method,
                   LIST_PAGES_MOST);
    else
      ok = list_page(p, &w, pages == 0, err);
  }
  ok = ok || list_ends_badly(&w, err);
  if (ok && list->freshness) *list->freshness = w.freshness;
  map_free(&w.cursors);
  arena_free(w.arena);
  return ok;
}
