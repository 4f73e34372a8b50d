// SPDX-License-Identifier: Apache-2.0
#include "mcp/message.h"

#include "base/mem.h"
#include "mcp/jsonrpc.h"
#include "mcp/mend.h"
#include "mcp/peer_private.h"

void mcp_event_free(struct mcp_event *e) {
  yyjson_doc_free(e->doc);
  *e = (struct mcp_event){0};
}

void message_free(struct message *m) {
  if (!m) return;
  mcp_event_free(&m->e);
  mem_free(m);
}

void message_free_all(struct message *list) {
  while (list) {
    struct message *next = list->next;
    message_free(list);
    list = next;
  }
}

void message_take(struct message *m, struct mcp_event *out) {
  *out = m->e;
  mem_free(m);
}

// ---- reading

static bool message_bad(struct err *err, struct err *why) {
  if (why->reason == WHY_MEMORY) return *err = *why, false; // nothing is wrong with the message
  enum err_code code = why->code == ERR_LIMIT ? ERR_LIMIT : ERR_UPSTREAM;
  return err_set(err, code, "the MCP server sent a broken message: %s", why->text);
}

// Error objects come in more forms than the standard has; ours has a whole code and a text.
static bool message_error_is_sound(yyjson_val *error) {
  int64_t code;
  yyjson_val *value = yyjson_obj_get(error, "code");
  return yyjson_is_obj(error) && (yyjson_is_int(value) || str_to_i64(json_raw_number(value), &code)) &&
         yyjson_is_str(yyjson_obj_get(error, "message"));
}

// Fills all but the document. An error without a usable id is let through: a server that could make no sense
// of a request answers it so, in many cases with "id": null.
static bool message_classify(yyjson_val *root, struct mcp_event *e, struct err *err) {
  struct jsonrpc_message m;
  struct err why;
  yyjson_val *error = yyjson_obj_get(root, "error"), *result = yyjson_obj_get(root, "result");
  if (error && !yyjson_obj_get(root, "method") && str_is(json_str(root, "jsonrpc"), "2.0")) {
    if (!message_error_is_sound(error))
      return err_set(err, ERR_UPSTREAM, "the MCP server sent an error without code and message");
    yyjson_val *id = yyjson_obj_get(root, "id");
    *e = (struct mcp_event){.kind = MCP_ERROR, .id = yyjson_is_null(id) ? NULL : id, .value = error};
    return true;
  }
  if (!jsonrpc_read(root, &m, &why)) return message_bad(err, &why);
  *e = (struct mcp_event){.method = m.method, .id = m.id, .params = m.params, .value = result};
  if (m.kind == JSONRPC_RESPONSE && !yyjson_is_obj(result))
    return err_set(err, ERR_UPSTREAM, "the MCP server sent a result that is not an object");
  e->kind = m.kind == JSONRPC_RESPONSE  ? MCP_RESULT
            : m.kind == JSONRPC_REQUEST ? MCP_REQUEST
                                        : MCP_NOTIFICATION;
  return true;
}

// ---- what servers write otherwise than the standard says

// What a log message tells may be null.
static bool message_is_none(yyjson_val *key, yyjson_val *v) {
  return yyjson_is_null(v) && !yyjson_equals_str(key, "data");
}

static yyjson_mut_val *message_params(yyjson_mut_doc *doc, yyjson_val *params) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_mut_val *out = yyjson_mut_obj(doc);
  if (!yyjson_is_obj(params)) return yyjson_val_mut_copy(doc, params);
  yyjson_obj_foreach (params, i, n, key, v)
    if (!message_is_none(key, v))
      yyjson_mut_obj_add(out, yyjson_val_mut_copy(doc, key), yyjson_val_mut_copy(doc, v));
  return out;
}

static bool message_is_plain(yyjson_val *root) {
  size_t i, n;
  yyjson_val *key, *v, *error = yyjson_obj_get(root, "error"), *params = yyjson_obj_get(root, "params");
  if (!yyjson_is_obj(root)) return true;
  yyjson_obj_foreach (root, i, n, key, v)
    if (yyjson_is_null(v)) return false;
  yyjson_obj_foreach (params, i, n, key, v)
    if (message_is_none(key, v)) return false;
  return (!error || message_error_is_sound(error)) && !yyjson_is_arr(params);
}

// An error in whatever form keeps its words.
static yyjson_mut_val *message_error(yyjson_mut_doc *doc, yyjson_val *error) {
  yyjson_mut_val *out = yyjson_mut_obj(doc);
  yyjson_val *code = yyjson_obj_get(error, "code"), *data = yyjson_obj_get(error, "data");
  struct str words = yyjson_is_str(error) ? json_text(error) : json_str(error, "message");
  struct buf whole = BUF_MAX(MESSAGE_NEWS_MOST);
  int64_t number = json_int(error, "code", JSONRPC_INTERNAL_ERROR);
  if (yyjson_is_str(code) && !str_to_i64(json_text(code), &number)) number = JSONRPC_INTERNAL_ERROR;
  if (!words.n) json_write(&whole, error);
  if (!words.n) words = whole.full ? STR("an error without words") : buf_str(&whole);
  yyjson_mut_obj_add_sint(doc, out, "code", number);
  yyjson_mut_obj_add_strncpy(doc, out, "message", words.p, words.n);
  if (data && !yyjson_is_null(data)) yyjson_mut_obj_add_val(doc, out, "data", yyjson_val_mut_copy(doc, data));
  buf_free(&whole);
  return out;
}

// Null means absent, but for the id of an error; [] are no params.
static bool message_tidy(yyjson_doc **doc, struct payer *payer, struct err *err) {
  yyjson_val *root = yyjson_doc_get_root(*doc), *key, *v;
  size_t i, n;
  if (message_is_plain(root)) return true;
  yyjson_mut_doc *made = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *out = yyjson_mut_obj(made);
  yyjson_doc *tidied;
  yyjson_obj_foreach (root, i, n, key, v) {
    bool error = yyjson_equals_str(key, "error"), params = yyjson_equals_str(key, "params");
    if (yyjson_is_null(v) || (params && yyjson_is_arr(v) && !yyjson_arr_size(v))) continue;
    yyjson_mut_obj_add(out, yyjson_val_mut_copy(made, key),
                       params                                ? message_params(made, v)
                       : error && !message_error_is_sound(v) ? message_error(made, v)
                                                             : yyjson_val_mut_copy(made, v));
  }
  yyjson_mut_doc_set_root(made, out);
  bool ok = json_copy_paid(made, payer, &tidied, err);
  yyjson_mut_doc_free(made);
  if (!ok) return false;
  yyjson_doc_free(*doc);
  *doc = tidied;
  return true;
}

static bool message_make(yyjson_doc *doc, struct payer *payer, struct message **out, struct err *err) {
  struct mcp_event e;
  if (!message_tidy(&doc, payer, err)) {
    yyjson_doc_free(doc);
    return false;
  }
  if (!message_classify(yyjson_doc_get_root(doc), &e, err)) {
    yyjson_doc_free(doc);
    return false;
  }
  *out = MEM_NEW(struct message);
  (*out)->e = e;
  (*out)->e.doc = doc;
  (*out)->payer = payer;
  return true;
}

static bool message_doc_of(yyjson_val *value, struct payer *payer, yyjson_doc **out, struct err *err) {
  yyjson_mut_doc *made = yyjson_mut_doc_new(NULL);
  yyjson_mut_doc_set_root(made, yyjson_val_mut_copy(made, value));
  bool ok = json_copy_paid(made, payer, out, err);
  yyjson_mut_doc_free(made);
  return ok;
}

// What stands for a response that cannot be read, so that its request gets an answer; false: it answers nothing.
static bool message_stand_in(yyjson_val *item, const struct err *why, struct payer *payer,
                             struct message **out, struct err *err) {
  yyjson_val *id = yyjson_obj_get(item, "id");
  if (!id || yyjson_is_null(id) || yyjson_obj_get(item, "method")) return false;
  yyjson_mut_doc *made = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(made), *error;
  yyjson_doc *doc;
  yyjson_mut_doc_set_root(made, root);
  yyjson_mut_obj_add_str(made, root, "jsonrpc", "2.0");
  yyjson_mut_obj_add_val(made, root, "id", yyjson_val_mut_copy(made, id));
  error = yyjson_mut_obj_add_obj(made, root, "error");
  yyjson_mut_obj_add_int(made, error, "code", JSONRPC_INTERNAL_ERROR);
  yyjson_mut_obj_add_str(made, error, "message", why->text);
  bool ok = json_copy_paid(made, payer, &doc, err);
  yyjson_mut_doc_free(made);
  return ok && message_make(doc, payer, out, err);
}

// JSON-RPC 2.0 §6: each member stands for itself. Of one that cannot be read only what it answers is told; where
// nothing else is in the batch, it is the whole message.
static bool message_read_batch(yyjson_val *batch, struct payer *payer, struct message **list,
                               struct err *err) {
  if (yyjson_arr_size(batch) == 0 || yyjson_arr_size(batch) > MESSAGE_BATCH_MOST)
    return err_set(err, ERR_UPSTREAM, "the MCP server sent a batch of %zu messages; 1 to %d are taken",
                   yyjson_arr_size(batch), MESSAGE_BATCH_MOST);
  struct message *all = NULL, **last = &all;
  struct err first = {0};
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (batch, i, n, item) {
    yyjson_doc *doc;
    struct err why;
    if (message_doc_of(item, payer, &doc, &why) && message_make(doc, payer, last, &why)) {
      last = &(*last)->next;
      continue;
    }
    if (!first.text[0]) first = why;
    if (why.reason == WHY_MEMORY) {
      message_free_all(all);
      return *err = why, false;
    }
    if (message_stand_in(item, &why, payer, last, &first)) last = &(*last)->next;
  }
  *list = all;
  if (!all) *err = first;
  return all != NULL;
}

static bool message_read_hidden(struct str text, const struct message_rules *rules, yyjson_doc **doc,
                                struct err *err) {
  struct redact *hide = rules->from ? peer_hides(rules->from) : NULL;
  struct arena *a = redact_is_in(hide, text) ? arena_new() : NULL;
  bool ok = json_read_paid(a ? redact_text(hide, text, a) : text, rules->json, rules->payer, doc, err);
  if (!ok) redact_err(hide, err);
  arena_free(a);
  redact_unref(hide);
  return ok;
}

bool message_read(struct str text, const struct message_rules *rules, struct message **list,
                  struct err *err) {
  struct err why;
  yyjson_doc *doc;
  if (text.n > rules->bytes_most)
    return err_set(err, ERR_LIMIT, "a message of the MCP server passes %zu bytes", rules->bytes_most);
  if (!message_read_hidden(text, rules, &doc, &why)) return message_bad(err, &why);
  if (!yyjson_is_arr(yyjson_doc_get_root(doc))) return message_make(doc, rules->payer, list, err);
  bool ok = message_read_batch(yyjson_doc_get_root(doc), rules->payer, list, err);
  yyjson_doc_free(doc);
  return ok;
}

struct message *message_copy(const struct message *m) {
  struct message *copy = NULL;
  struct err unused;
  yyjson_doc *doc;
  bool ok = message_doc_of(yyjson_doc_get_root(m->e.doc), m->payer, &doc, &unused) &&
            message_make(doc, m->payer, &copy, &unused);
  return ok ? copy : NULL; // what was sound stays so: only the memory can be used up
}

struct message *message_news(const char *method, struct str uri) {
  struct message_rules rules = {.json = &JSON_LIMITS, .bytes_most = SIZE_MAX};
  struct buf text = BUF_MAX(MESSAGE_NEWS_MOST);
  struct message *m = NULL;
  struct err unused;
  buf_printf(&text, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\"", method);
  if (uri.n) buf_add(&text, STR(",\"params\":{\"uri\":"));
  if (uri.n) json_add_string(&text, uri);
  buf_add_z(&text, uri.n ? "}}" : "}");
  bool ok = !text.full && message_read(buf_str(&text), &rules, &m, &unused);
  buf_free(&text);
  return ok ? m : NULL; // only a URI beyond all measure is none
}

// ---- judging

// Some give it back as a text, or as a number with a fraction.
bool message_id_is(yyjson_val *id, uint64_t number) {
  uint64_t raw;
  struct str text = yyjson_is_str(id) ? json_text(id) : json_raw_number(id);
  if (yyjson_is_uint(id)) return yyjson_get_uint(id) == number;
  if (yyjson_is_real(id)) return yyjson_get_real(id) == (double)number;
  if (yyjson_is_raw(id) && str_ends(text, ".0")) text.n -= 2;
  return str_to_u64(text, &raw) && raw == number;
}

bool message_check_result(yyjson_val *result, enum mcp_era era, struct err *err) {
  yyjson_val *type = yyjson_obj_get(result, "resultType");
  struct str text = json_text(type);
  if (!type || str_is(text, "complete")) return true;
  if (era == MCP_MODERN && str_is(text, "task")) return true;
  if (era != MCP_MODERN || !str_is(text, "input_required"))
    return err_set(err, ERR_UPSTREAM, "the MCP server sent a result of the unknown type \"%.*s\"",
                   STR_MOST(text, 40));
  if (!yyjson_is_obj(yyjson_obj_get(result, "inputRequests")) &&
      !yyjson_is_str(yyjson_obj_get(result, "requestState")))
    return err_set(err, ERR_UPSTREAM, "the MCP server asks for input without saying which");
  return true;
}

// The document is made anew, with what is read of it: the id and the result.
static bool message_replace(struct message *m, yyjson_mut_doc *made, yyjson_mut_val *result,
                            struct err *err) {
  yyjson_mut_val *root = yyjson_mut_obj(made);
  yyjson_doc *doc;
  if (m->e.id) yyjson_mut_obj_add_val(made, root, "id", yyjson_val_mut_copy(made, m->e.id));
  yyjson_mut_obj_add_val(made, root, "result", result);
  yyjson_mut_doc_set_root(made, root);
  if (!json_copy_paid(made, m->payer, &doc, err)) return false;
  yyjson_doc_free(m->e.doc);
  m->e.doc = doc;
  m->e.id = yyjson_obj_get(yyjson_doc_get_root(doc), "id");
  m->e.value = yyjson_obj_get(yyjson_doc_get_root(doc), "result");
  return true;
}

bool message_mend(struct message *m, struct str method, enum mcp_era era, struct message_mended *out,
                  struct err *err) {
  if (mend_fits_result(method, era == MCP_LEGACY, m->e.value)) return true;
  yyjson_mut_doc *made = yyjson_mut_doc_new(NULL);
  struct mend mend = {.doc = made, .err = err, .drop = out->drop, .arg = out->arg};
  yyjson_mut_val *result = mend_result(&mend, method, era == MCP_LEGACY, m->e.value);
  bool ok = result && message_replace(m, made, result, err);
  yyjson_mut_doc_free(made);
  out->dropped = mend.dropped;
  out->why = mend.why;
  return ok;
}

// ---- queues

void message_queue_add(struct message_queue *q, struct message *list) {
  if (!q->first) q->last = &q->first;
  *q->last = list;
  while (*q->last) q->last = &(*q->last)->next;
}

void message_queue_return(struct message_queue *q, struct message *m) {
  m->next = q->first;
  if (!q->first) q->last = &m->next;
  q->first = m;
}

struct message *message_queue_take(struct message_queue *q) {
  struct message *m = q->first;
  if (m) q->first = m->next;
  if (m) m->next = NULL;
  return m;
}
