// SPDX-License-Identifier: Apache-2.0
#include "mcp/mend_parts.h"

struct mend_list_of { // a member of a result that is a list
  const char *method, *list;
  const struct mend_shape *entries; // NULL: blocks of content
};
static const struct mend_list_of results[] = {
    {"tools/call", "content", NULL},
    {"prompts/get", "messages", NULL},
    {"resources/read", "contents", &mend_contents},
    {"tools/list", "tools", NULL},
    {"resources/list", "resources", &mend_resources},
    {"resources/templates/list", "resourceTemplates", &mend_templates},
    {"prompts/list", "prompts", &mend_prompts},
    {"completion/complete", "completion", &mend_completion}};

static const struct mend_list_of *result_of(struct str method) {
  for (size_t i = 0; i < sizeof results / sizeof *results; i++)
    if (str_is(method, results[i].method)) return &results[i];
  return NULL;
}

// ---- content

static bool block_fits(yyjson_val *v) {
  const struct mend_shape *s = mend_block_shape(json_str(v, "type"));
  return s && mend_fits(s, v);
}

static yyjson_mut_val *block_text(struct mend *m, yyjson_mut_val *text) {
  yyjson_mut_val *block = yyjson_mut_obj(m->doc);
  yyjson_mut_obj_add_str(m->doc, block, "type", "text");
  yyjson_mut_obj_add_val(m->doc, block, "text", text);
  return block;
}

// What no client would take is shown as the text that it is: nothing of it is lost.
static yyjson_mut_val *block_make(struct mend *m, yyjson_val *v) {
  struct err why, *err = m->err;
  if (yyjson_is_str(v)) return block_text(m, yyjson_val_mut_copy(m->doc, v));
  const struct mend_shape *s = mend_block_shape(json_str(v, "type"));
  m->err = &why;
  yyjson_mut_val *made = s ? mend_make(m, s, v) : NULL;
  m->err = err;
  yyjson_val *type = yyjson_obj_get(v, "type"), *text = yyjson_obj_get(v, "text");
  if (!made && yyjson_is_str(text) && (!type || yyjson_is_null(type)))
    made = block_text(m, yyjson_val_mut_copy(m->doc, text));
  return made ? made : block_text(m, mend_json(m, v));
}

// A lone block is the list of it.
static yyjson_mut_val *content_make(struct mend *m, yyjson_val *content) {
  size_t i, n;
  yyjson_val *v;
  yyjson_mut_val *list = yyjson_mut_arr(m->doc);
  if (!yyjson_is_arr(content)) yyjson_mut_arr_append(list, block_make(m, content));
  yyjson_arr_foreach (content, i, n, v)
    if (!yyjson_is_null(v)) yyjson_mut_arr_append(list, block_make(m, v));
  return list;
}

static bool content_fits(yyjson_val *content) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (content, i, n, v)
    if (!block_fits(v)) return false;
  return yyjson_is_arr(content);
}

// ---- messages of a prompt: a role and one block

static bool message_is_of_somebody(yyjson_val *v) {
  struct str role = json_str(v, "role");
  return str_is(role, "user") || str_is(role, "assistant");
}

static bool messages_fit(yyjson_val *list) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (list, i, n, v)
    if (!message_is_of_somebody(v) || !block_fits(yyjson_obj_get(v, "content"))) return false;
  return yyjson_is_arr(list);
}

static void message_add(struct mend *m, yyjson_val *v, yyjson_mut_val *block, yyjson_mut_val *list) {
  yyjson_mut_val *message = yyjson_val_mut_copy(m->doc, v);
  if (!yyjson_mut_is_obj(message)) message = yyjson_mut_obj(m->doc);
  if (!message_is_of_somebody(v))
    yyjson_mut_obj_put(message, yyjson_mut_str(m->doc, "role"), yyjson_mut_str(m->doc, "user"));
  yyjson_mut_obj_put(message, yyjson_mut_str(m->doc, "content"), block);
  yyjson_mut_arr_append(list, message);
}

// One with several blocks becomes as many messages.
static yyjson_mut_val *messages_make(struct mend *m, yyjson_val *messages) {
  size_t i, n;
  yyjson_val *v;
  yyjson_mut_val *list = yyjson_mut_arr(m->doc), *block;
  yyjson_arr_foreach (messages, i, n, v) {
    yyjson_val *content = yyjson_is_obj(v) ? yyjson_obj_get(v, "content") : v;
    yyjson_mut_val *blocks = content_make(m, content);
    while ((block = yyjson_mut_arr_remove_first(blocks))) message_add(m, v, block, list);
  }
  return list;
}

// ---- entries of lists

static bool entries_fit(const struct mend_shape *s, yyjson_val *list) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (list, i, n, v)
    if (!mend_fits(s, v)) return false;
  return yyjson_is_arr(list);
}

static void entry_drop(struct mend *m, yyjson_val *v, const struct err *why) {
  struct str name = json_str(v, "name");
  if (!name.n) name = json_str(v, "uri");
  if (m->drop) m->drop(m->arg, name.n ? name : json_str(v, "uriTemplate"), why->text);
  if (m->dropped++) return;
  err_set(&m->why, ERR_INVALID, "\"%.*s\": %.300s", (int)(name.n < 64 ? name.n : 64), name.p ? name.p : "",
          why->text);
}

static yyjson_mut_val *entries_make(struct mend *m, const struct mend_shape *s, yyjson_val *entries) {
  size_t i, n;
  yyjson_val *v;
  struct err why, *err = m->err;
  yyjson_mut_val *made, *list = yyjson_mut_arr(m->doc);
  m->err = &why;
  if (yyjson_is_obj(entries) && (made = mend_make(m, s, entries))) yyjson_mut_arr_append(list, made);
  yyjson_arr_foreach (entries, i, n, v) {
    if ((made = mend_make(m, s, v)))
      yyjson_mut_arr_append(list, made);
    else
      entry_drop(m, v, &why);
  }
  m->err = err;
  return list;
}

// ---- what a server says that it has

static bool said_is_plain(yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *item;
  yyjson_obj_foreach (v, i, n, key, item)
    if (yyjson_is_null(item) || !said_is_plain(item)) return false;
  return true;
}

static yyjson_mut_val *said_make(struct mend *m, yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *item;
  yyjson_mut_val *out = yyjson_mut_obj(m->doc);
  if (!yyjson_is_obj(v)) return yyjson_val_mut_copy(m->doc, v);
  yyjson_obj_foreach (v, i, n, key, item)
    if (!yyjson_is_null(item)) mend_add(m, out, json_text(key), said_make(m, item));
  return out;
}

static bool says_what_it_has(struct str method) {
  return str_is(method, "initialize") || str_is(method, "server/discover");
}

// ---- results

static bool result_is_whole(yyjson_val *result) {
  struct str type = json_str(result, "resultType");
  return !type.n || str_is(type, "complete");
}

static bool result_list_fits(const struct mend_list_of *r, yyjson_val *list) {
  if (str_is(str_of(r->method), "tools/call")) return !list || content_fits(list);
  if (str_is(str_of(r->method), "tools/list")) return yyjson_is_arr(list);
  if (r->entries == &mend_completion) return mend_fits(r->entries, list);
  if (!r->entries) return messages_fit(list);
  return entries_fit(r->entries, list);
}

bool mend_fits_result(struct str method, bool legacy, yyjson_val *result) {
  const struct mend_list_of *r = result_of(method);
  size_t i, n;
  yyjson_val *key, *v;
  if (says_what_it_has(method)) return said_is_plain(result);
  if (!r || !yyjson_is_obj(result) || !result_is_whole(result)) return true;
  yyjson_obj_foreach (result, i, n, key, v) {
    bool structured = yyjson_equals_str(key, "structuredContent");
    if (yyjson_is_null(v) && (!structured || legacy)) return false;
    if (yyjson_equals_str(key, "isError") && !yyjson_is_bool(v)) return false;
    if (yyjson_equals_str(key, "_meta") && !yyjson_is_obj(v)) return false;
    if (yyjson_equals_str(key, "nextCursor") && !yyjson_is_str(v)) return false;
    if (yyjson_equals_str(key, "description") && !yyjson_is_str(v)) return false;
  }
  return result_list_fits(r, yyjson_obj_get(result, r->list));
}

static bool result_is_true(yyjson_val *v) {
  struct str text = json_text(v), digits = json_raw_number(v);
  if (yyjson_is_str(v))
    return text.n && !str_is_nocase(text, "false") && !str_is_nocase(text, "no") && !str_is(text, "0");
  if (yyjson_is_raw(v)) return !str_is(digits, "0");
  return yyjson_is_num(v)   ? yyjson_get_num(v) != 0
         : yyjson_is_ctn(v) ? yyjson_get_len(v) > 0
                            : yyjson_is_true(v);
}

static yyjson_mut_val *result_list_make(struct mend *m, const struct mend_list_of *r, yyjson_val *list) {
  if (result_list_fits(r, list)) return yyjson_val_mut_copy(m->doc, list);
  if (str_is(str_of(r->method), "tools/call")) return content_make(m, list);
  if (r->entries == &mend_completion) return mend_make(m, r->entries, list);
  if (!yyjson_is_arr(list) && !(r->entries == &mend_contents && yyjson_is_obj(list))) {
    err_set(m->err, ERR_UPSTREAM, "the MCP server's answer to %s has no list \"%s\"", r->method, r->list);
    return NULL;
  }
  return r->entries ? entries_make(m, r->entries, list) : messages_make(m, list);
}

static yyjson_mut_val *result_member(struct mend *m, yyjson_val *key, yyjson_val *v) {
  if (yyjson_equals_str(key, "isError")) return yyjson_mut_bool(m->doc, result_is_true(v));
  if (yyjson_equals_str(key, "_meta") && !yyjson_is_obj(v)) return NULL;
  if (yyjson_equals_str(key, "description") && !yyjson_is_str(v)) return NULL;
  if (!yyjson_equals_str(key, "nextCursor") || yyjson_is_str(v)) return yyjson_val_mut_copy(m->doc, v);
  return yyjson_is_num(v) || yyjson_is_raw(v) ? mend_json(m, v) : NULL;
}

yyjson_mut_val *mend_result(struct mend *m, struct str method, bool legacy, yyjson_val *result) {
  const struct mend_list_of *r = result_of(method);
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_mut_val *made, *out = yyjson_mut_obj(m->doc);
  if (says_what_it_has(method)) return said_make(m, result);
  yyjson_obj_foreach (result, i, n, key, v) {
    bool structured = yyjson_equals_str(key, "structuredContent");
    if (yyjson_equals_str(key, r->list) || (yyjson_is_null(v) && (!structured || legacy))) continue;
    if ((made = result_member(m, key, v))) mend_add(m, out, json_text(key), made);
  }
  yyjson_val *list = yyjson_obj_get(result, r->list);
  bool absent = !list || yyjson_is_null(list);
  if (absent && str_is(method, "tools/call")) return out;
  // Null is what some languages write for an empty list; one that is not there at all is no answer.
  made = yyjson_is_null(list) && r->entries != &mend_completion ? yyjson_mut_arr(m->doc)
                                                                : result_list_make(m, r, list);
  if (!made) return NULL;
  mend_add(m, out, str_of(r->list), made);
  if (!m->dropped || r->entries != &mend_contents || yyjson_mut_arr_size(made)) return out;
  err_set(m->err, ERR_UPSTREAM, "the MCP server's answer cannot be passed on: %s", m->why.text);
  return NULL;
}
