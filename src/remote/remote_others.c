// SPDX-License-Identifier: Apache-2.0
// Resources and prompts are passed on as they come and have no rows; but what of them no client would take is left out
// (mcp/mend), and whoever misses it should find out why where tools that are left out are told of.
#include "base/log.h"
#include "data/json.h"
#include "mcp/client.h"
#include "remote/remote_parts.h"

enum {
  OTHERS_TOLD_MOST = 100, // of an account
  OTHERS_JSON_MOST = 128 * 1024,
  OTHERS_NAME_MOST = 256,
  OTHERS_WHY_MOST = 300,
};

static const struct {
  const char *method, *member, *capability, *kind;
} others_lists[] = {{"resources/list", "resources", "resources", "resource"},
                    {"resources/templates/list", "resourceTemplates", "resources", "resource_template"},
                    {"prompts/list", "prompts", "prompts", "prompt"}};

struct others {
  struct arena *arena;
  const char *kind;
  struct buf json;
  struct remote_others *out;
};

static bool others_take(void *arg, yyjson_val *item, struct err *err) {
  (void)arg, (void)item, (void)err;
  return true;
}

static void others_left_out(void *arg, struct str name, const char *why) {
  struct others *o = arg;
  struct str shown = str_cut_utf8(name, OTHERS_NAME_MOST), says = str_cut_utf8(str_of(why), OTHERS_WHY_MOST);
  if (!o->out->count++)
    o->out->first =
        arena_printf(o->arena, "the %s \"%.*s\": %.*s", o->kind, STR_MOST(shown, 64), STR_MOST(says, 150));
  if (o->out->count > OTHERS_TOLD_MOST) return;
  size_t before = o->json.n;
  buf_printf(&o->json, "%s{\"kind\":\"%s\",\"name\":", before > 1 ? "," : "", o->kind);
  json_add_string(&o->json, shown);
  buf_add_z(&o->json, ",\"why\":");
  json_add_string(&o->json, says);
  buf_add_char(&o->json, '}');
  if (o->json.full || o->json.n + 1 >= OTHERS_JSON_MOST) o->json.n = before, o->json.full = false;
}

void remote_others_fetch(struct mcp_peer *p, yyjson_val *has, struct arena *a, struct remote_others *out) {
  struct others o = {.arena = a, .json = BUF_MAX(OTHERS_JSON_MOST), .out = out};
  *out = (struct remote_others){0};
  buf_add_char(&o.json, '[');
  for (size_t i = 0; i < sizeof others_lists / sizeof *others_lists; i++) {
    if (!yyjson_is_obj(yyjson_obj_get(has, others_lists[i].capability))) continue;
    struct err partial = {0}, why;
    struct mcp_list list = {.who = {STR(REMOTE_PRINCIPAL), STR(REMOTE_CAPABILITIES), MCP_MODERN},
                            .method = others_lists[i].method,
                            .member = others_lists[i].member,
                            .items_most = REMOTE_TOOLS_MOST,
                            .bytes_most = REMOTE_DEFINITIONS_MOST,
                            .left_out = others_left_out,
                            .partial = &partial};
    o.kind = others_lists[i].kind;
    if (!mcp_list_all(p, &list, others_take, &o, &why)) log_debug("%s: %s", list.method, why.text);
  }
  buf_add_char(&o.json, ']');
  out->json = arena_dup(a, buf_str(&o.json));
  buf_free(&o.json);
}

// ---- what the last sync found

static size_t others_read(struct arena *a, struct str account_id, struct str text, struct remote_other *out) {
  yyjson_doc *doc;
  struct err damaged;
  size_t i, n, count = 0;
  yyjson_val *v;
  if (!json_read(text, &JSON_LIMITS, &doc, &damaged)) return 0;
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, v)
    if (count < OTHERS_TOLD_MOST)
      out[count++] =
          (struct remote_other){account_id, arena_dup(a, json_str(v, "kind")),
                                arena_dup(a, json_str(v, "name")), arena_dup(a, json_str(v, "why"))};
  yyjson_doc_free(doc);
  return count;
}

bool remote_others_list(struct store *s, struct str account_id, struct arena *a, struct remote_other **out,
                        size_t *count, struct err *err) {
  struct store_rows rows;
  const char *sql =
      account_id.n
          ? "SELECT account_id, left_out FROM remote_server WHERE account_id = $1 AND left_out <> '[]'"
          : "SELECT account_id, left_out FROM remote_server WHERE left_out <> '[]' ORDER BY account_id";
  if (!store_query(s, sql, &STORE_TEXT(account_id), account_id.n > 0, a, &rows, err)) return false;
  struct remote_other *all = ARENA_ARRAY(a, rows.count * OTHERS_TOLD_MOST + 1, struct remote_other);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++)
    n += others_read(a, store_cell(&rows, i, 0)->text, store_cell(&rows, i, 1)->text, all + n);
  *out = all;
  *count = n;
  return true;
}
