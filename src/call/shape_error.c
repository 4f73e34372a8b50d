// SPDX-License-Identifier: Apache-2.0
#include "call/shape_parts.h"

#include "base/codec.h"
#include "call/graphql.h"
#include "data/json.h"
#include "data/uri.h"

enum {
  ERROR_ITEMS_MOST = 10,
  ERROR_MESSAGE_MOST =
      600, // bytes of one message, of what else its object holds, and of a body without a known form
  ERROR_BODY_MOST = 2048,
  ERROR_BEGIN_MOST = 200,
  ERROR_TEXT_MOST = 32 * 1024,
};

// ---- what the vendor said

struct error_report {
  struct shaping *s;
  struct buf text;
  int64_t codes[ERROR_ITEMS_MOST];
  size_t code_count, messages;
};

static struct str error_value_text(struct error_report *r, yyjson_val *v) {
  if (!v || yyjson_is_null(v)) return STR("");
  if (yyjson_is_str(v)) return json_text(v);
  return json_to_text(r->s->arena, v);
}

// Other members of an error (a pointer to the source, a chain of causes), but for those already said.
static void error_add_rest(struct error_report *r, yyjson_val *item, yyjson_val *code, yyjson_val *message) {
  struct buf rest = BUF_MAX(ERROR_MESSAGE_MOST);
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (item, i, n, key, v) {
    if (v == code || v == message || yyjson_is_null(v)) continue;
    struct str text = error_value_text(r, v);
    if (text.n == 0 || rest.n + text.n + yyjson_get_len(key) + 4 > rest.max) continue;
    if (rest.n) buf_add_z(&rest, "; ");
    buf_add(&rest, json_text(key));
    buf_add_z(&rest, ": ");
    buf_add(&rest, text);
  }
  if (rest.n) buf_printf(&r->text, " (%.*s)", STR_ARG(buf_str(&rest)));
  buf_free(&rest);
}

static void error_add_item(struct error_report *r, yyjson_val *item) {
  const struct connector_envelope *e = &r->s->n->account->connector->envelope;
  yyjson_val *code = e->code.n ? json_at(item, e->code) : NULL;
  yyjson_val *message =
      yyjson_is_obj(item) ? json_at(item, e->message.n ? e->message : STR("/message")) : item;
  struct str code_text = str_cut_utf8(error_value_text(r, code), 64);
  struct str message_text = str_cut_utf8(error_value_text(r, message), ERROR_MESSAGE_MOST);
  if (r->messages++ >= ERROR_ITEMS_MOST) return;
  int64_t number;
  if (str_to_i64(code_text, &number)) r->codes[r->code_count++] = number;
  buf_add_z(&r->text, "\n- ");
  if (code_text.n) buf_printf(&r->text, "%.*s: ", STR_ARG(code_text));
  buf_add(&r->text, message_text);
  if (yyjson_is_obj(item)) error_add_rest(r, item, code, message);
}

static void error_add_items(struct error_report *r, yyjson_val *list) {
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (list, i, n, item) error_add_item(r, item);
  if (r->messages > ERROR_ITEMS_MOST)
    buf_printf(&r->text, "\n- and %zu more", r->messages - ERROR_ITEMS_MOST);
}

// A body of no form we know: its beginning, where it is text at all.
static void error_add_body(struct error_report *r, yyjson_val *root) {
  struct str body = str_trim(call_answer_body(r->s->n));
  if (root) body = json_to_text(r->s->arena, root);
  if (body.n == 0) return;
  if (!codec_is_utf8(body)) {
    buf_printf(&r->text, "\nIts body is %zu bytes of binary data.", body.n);
    return;
  }
  struct str shown = str_cut_utf8(body, root ? ERROR_BODY_MOST : ERROR_MESSAGE_MOST);
  buf_printf(&r->text, "\nIt said: %.*s", STR_ARG(shown));
  if (shown.n < body.n) buf_printf(&r->text, "… (%zu bytes in all)", body.n);
}

static void error_add_said(struct error_report *r) {
  yyjson_val *root = r->s->n->value;
  struct str at = r->s->n->account->connector->envelope.errors;
  yyjson_val *errors = at.n ? json_at(root, at) : NULL;
  if (!errors && graphql_is_named_in(r->s->n->tool->path)) errors = yyjson_obj_get(root, "errors");
  if (yyjson_is_arr(errors) && yyjson_arr_size(errors))
    error_add_items(r, errors);
  else
    error_add_body(r, root);
}

// ---- what to do

static bool error_has_code(const struct error_report *r, int64_t code) {
  for (size_t i = 0; i < r->code_count; i++)
    if (r->codes[i] == code) return true;
  return false;
}

static const struct {
  int status, last;
  const char *todo;
} error_todos[] = {
    {200, 299, "Correct the arguments as the message says, then call again."},
    {400, 400, "Compare the arguments with the tool's input schema."},
    {401, 401, "The credential is missing, wrong or expired. Whoever runs this server must renew it."},
    {402, 402, "The vendor wants payment or a larger plan for this."},
    {403, 403,
     "The credential lacks a permission for this. Whoever runs this server must add it at the vendor."},
    {404, 404, "Check the ids with the tool that lists them."},
    {405, 405, "The vendor does not offer this operation here."},
    {409, 409, "It conflicts with something that exists. Read the present state first."},
    {410, 410, "The vendor has removed this. Look for another tool."},
    {412, 412, "It has changed meanwhile. Read the present state first."},
    {413, 413, "Send less at once."},
    {422, 422, "The vendor does not accept a value. Compare the arguments with the tool's input schema."},
    {500, 599, "A fault on the vendor's side. Try once more later."},
};

static struct str error_todo(const struct error_report *r) {
  const struct connector *c = r->s->n->account->connector;
  int status = r->s->n->status;
  for (size_t i = 0; i < c->hint_count; i++)
    if ((c->hints[i].status == 0 || c->hints[i].status == status) &&
        (c->hints[i].code == -1 || error_has_code(r, c->hints[i].code)))
      return c->hints[i].text;
  for (size_t i = 0; i < sizeof error_todos / sizeof *error_todos; i++)
    if (status >= error_todos[i].status && status <= error_todos[i].last) return str_of(error_todos[i].todo);
  return STR_NONE;
}

static void error_finish(struct error_report *r) {
  struct str todo = error_todo(r);
  bool may_have_acted = r->s->n->status >= 500 && !r->s->n->tool->read_only;
  if (todo.n) buf_printf(&r->text, "\nWhat to do: %.*s", STR_ARG(todo));
  if (may_have_acted)
    buf_add_z(&r->text, "\nThis call changes something: read the present state before trying again.");
  shape_add_text(r->s, buf_str(&r->text));
  buf_free(&r->text);
}

static struct error_report error_begin(struct shaping *s) {
  return (struct error_report){.s = s, .text = BUF_MAX(ERROR_TEXT_MOST)};
}

void shape_add_refused(struct shaping *s) {
  struct error_report r = error_begin(s);
  int status = s->n->status;
  struct str vendor = shape_vendor(s), permission = s->n->tool->permission;
  if (status >= 400)
    buf_printf(&r.text, "%.*s answered %d %s.", STR_ARG(vendor), status, http_status_text(status));
  else
    buf_printf(&r.text, "%.*s reports a failure (with HTTP status %d).", STR_ARG(vendor), status);
  error_add_said(&r);
  if (permission.n && (status == 403 || status == 401))
    buf_printf(&r.text, "\nThis tool needs the permission '%.*s'.", STR_ARG(permission));
  error_finish(&r);
}

void shape_add_limited(struct shaping *s) {
  struct error_report r = error_begin(s);
  const struct ratelimit *rate = &s->n->rate;
  int64_t wait = s->n->has_rate ? ratelimit_wait(rate) : -1;
  buf_printf(&r.text, "%.*s answered %d: too many requests.", STR_ARG(shape_vendor(s)), s->n->status);
  if (s->n->has_rate && rate->has_limit)
    buf_printf(&r.text, " The limit is %lld requests.", (long long)rate->limit);
  if (wait >= 0)
    buf_printf(&r.text, " Wait %lld seconds before the next call.", (long long)wait);
  else
    buf_add_z(&r.text, " The vendor does not say how long to wait.");
  buf_add_z(&r.text, " Nothing was retried.");
  error_add_said(&r);
  error_finish(&r);
}

void shape_add_redirected(struct shaping *s) {
  int status = s->n->status;
  struct uri to; // the host alone: paths and queries of redirects carry tickets
  struct err ignored;
  struct str location = http_header_get(&s->n->response.headers, "location");
  struct str host = uri_parse_http(location, &to, &ignored) ? to.host
                    : location.n                            ? STR("another place at the same host")
                                                            : STR("nowhere");
  shape_add_text(
      s, arena_printf(s->arena,
                      "%.*s answered %d %s and points to %.*s. Redirects are not followed, so that "
                      "credentials stay where they belong.\nWhat to do: check the ids; if they are right, "
                      "whoever runs this server must correct the account's base URL.",
                      STR_ARG(shape_vendor(s)), status, http_status_text(status),
                      STR_ARG(str_cut_utf8(host, 253))));
}

void shape_add_broken(struct shaping *s) {
  struct str body = call_answer_body(s->n), begin = str_cut_utf8(str_trim(body), ERROR_BEGIN_MOST);
  // Who says that it went well has done it, whatever became of the words.
  const char *todo = s->n->tool->read_only
                         ? "Try once more later."
                         : "This call changes something, and may have been done: read the present "
                           "state before trying again.";
  shape_add_text(s, arena_printf(s->arena,
                                 "%.*s answered %d, but %.*s. It is %zu bytes long and begins: %.*s\n"
                                 "What to do: a fault on the vendor's side or on the way. %s",
                                 STR_ARG(shape_vendor(s)), s->n->status, STR_ARG(s->n->words), body.n,
                                 STR_ARG(begin), todo));
}
