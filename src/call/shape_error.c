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

// ---- has it failed, though the status says otherwise?

static bool error_is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Could a member of this name anywhere have a value that starts so? A quick look that spares good answers
// the parse; the parse then says for certain. `key` is an unescaped name.
static bool error_may_have(struct str body, struct str key, const char *value) {
  for (struct str rest = body; rest.n > key.n + 2;) {
    const char *at = memmem(rest.p, rest.n, key.p, key.n);
    if (!at) return false;
    rest = str_from(rest, (size_t)(at - rest.p) + key.n);
    struct str v = rest;
    if (at == body.p || at[-1] != '"' || v.n == 0 || v.p[0] != '"') continue;
    v = str_from(v, 1);
    while (v.n && (error_is_space(v.p[0]) || v.p[0] == ':')) v = str_from(v, 1);
    if (str_starts(v, value)) return true;
  }
  return false;
}

static struct str error_last_token(struct str pointer) {
  size_t i = pointer.n;
  while (i && pointer.p[i - 1] != '/') i--;
  return str_from(pointer, i);
}

static bool error_is_graphql(const struct tool *t) {
  return graphql_is_named_in(t->path);
}

// GraphQL answers 200 with `errors` and no data (GraphQL over HTTP §6.4); with some data it is a partial
// success.
static bool error_graphql_failed(yyjson_val *root) {
  yyjson_val *errors = yyjson_obj_get(root, "errors"), *data = yyjson_obj_get(root, "data");
  return yyjson_is_arr(errors) && yyjson_arr_size(errors) && (!data || yyjson_is_null(data));
}

bool shape_envelope_failed(const struct shape_input *in) {
  struct str ok = in->connector->envelope.ok, body = shape_body(in);
  bool escaped = str_find(ok, '~') >= 0; // RFC 6901 §3: not the name as it stands in the text
  bool envelope = ok.n && (escaped || error_may_have(body, error_last_token(ok), "false"));
  bool graphql = error_is_graphql(in->tool) && error_may_have(body, STR("errors"), "[");
  if (!envelope && !graphql) return false;
  yyjson_doc *doc = shape_parse(body, in->response->body.payer);
  yyjson_val *root = yyjson_doc_get_root(doc);
  bool failed = (envelope && yyjson_is_false(json_at(root, ok))) || (graphql && error_graphql_failed(root));
  yyjson_doc_free(doc);
  return failed;
}

// GitHub says 403 for a used-up quota, Cloudinary 420.
bool shape_is_limited(const struct shape_input *in, const struct run_result *out) {
  int status = in->response->status;
  const struct ratelimit *r = &out->rate;
  bool used_up =
      out->has_rate && r->has_remaining && r->remaining == 0 && (r->has_reset || r->has_retry_after);
  return status == 429 || status == 420 || (status == 403 && used_up);
}

// ---- what the vendor said

struct error_report {
  const struct shape_input *in;
  struct arena *arena;
  struct buf text;
  int64_t codes[ERROR_ITEMS_MOST];
  size_t code_count, messages;
};

static struct str error_value_text(struct error_report *r, yyjson_val *v) {
  if (!v || yyjson_is_null(v)) return STR("");
  if (yyjson_is_str(v)) return json_text(v);
  return json_to_text(r->arena, v);
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
  const struct connector_envelope *e = &r->in->connector->envelope;
  yyjson_val *code = e->code.n ? json_at(item, e->code) : NULL;
  yyjson_val *message =
      yyjson_is_obj(item) ? json_at(item, e->message.n ? e->message : STR("/message")) : item;
  struct str code_text = shape_short(error_value_text(r, code), 64);
  struct str message_text = shape_short(error_value_text(r, message), ERROR_MESSAGE_MOST);
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
  struct str body = str_trim(shape_body(r->in));
  if (root) body = json_to_text(r->arena, root);
  if (body.n == 0) return;
  if (!codec_is_utf8(body)) {
    buf_printf(&r->text, "\nIts body is %zu bytes of binary data.", body.n);
    return;
  }
  struct str shown = shape_short(body, root ? ERROR_BODY_MOST : ERROR_MESSAGE_MOST);
  buf_printf(&r->text, "\nIt said: %.*s", STR_ARG(shown));
  if (shown.n < body.n) buf_printf(&r->text, "… (%zu bytes in all)", body.n);
}

static void error_add_said(struct error_report *r) {
  yyjson_doc *doc = shape_parse(shape_body(r->in), r->in->response->body.payer);
  yyjson_val *root = yyjson_doc_get_root(doc);
  struct str at = r->in->connector->envelope.errors;
  yyjson_val *errors = at.n ? json_at(root, at) : NULL;
  if (!errors && error_is_graphql(r->in->tool)) errors = yyjson_obj_get(root, "errors");
  if (yyjson_is_arr(errors) && yyjson_arr_size(errors))
    error_add_items(r, errors);
  else
    error_add_body(r, root);
  yyjson_doc_free(doc);
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
  const struct connector *c = r->in->connector;
  int status = r->in->response->status;
  for (size_t i = 0; i < c->hint_count; i++)
    if ((c->hints[i].status == 0 || c->hints[i].status == status) &&
        (c->hints[i].code == -1 || error_has_code(r, c->hints[i].code)))
      return c->hints[i].text;
  for (size_t i = 0; i < sizeof error_todos / sizeof *error_todos; i++)
    if (status >= error_todos[i].status && status <= error_todos[i].last) return str_of(error_todos[i].todo);
  return STR_NONE;
}

static void error_finish(struct error_report *r, struct run_result *out) {
  struct str todo = error_todo(r);
  bool may_have_acted = r->in->response->status >= 500 && !r->in->tool->read_only;
  if (todo.n) buf_printf(&r->text, "\nWhat to do: %.*s", STR_ARG(todo));
  if (may_have_acted)
    buf_add_z(&r->text, "\nThis call changes something: read the present state before trying again.");
  out->is_error = true;
  shape_add_text(out, buf_str(&r->text));
  buf_free(&r->text);
}

static struct error_report error_begin(const struct shape_input *in, struct arena *a) {
  return (struct error_report){.in = in, .arena = a, .text = BUF_MAX(ERROR_TEXT_MOST)};
}

void shape_add_refused(const struct shape_input *in, struct arena *a, struct run_result *out) {
  struct error_report r = error_begin(in, a);
  int status = in->response->status;
  struct str vendor = shape_vendor(in), permission = in->tool->permission;
  if (status >= 400)
    buf_printf(&r.text, "%.*s answered %d %s.", STR_ARG(vendor), status, http_status_text(status));
  else
    buf_printf(&r.text, "%.*s reports a failure (with HTTP status %d).", STR_ARG(vendor), status);
  error_add_said(&r);
  if (permission.n && (status == 403 || status == 401))
    buf_printf(&r.text, "\nThis tool needs the permission '%.*s'.", STR_ARG(permission));
  out->outcome = RUN_UPSTREAM_ERROR;
  error_finish(&r, out);
}

void shape_add_limited(const struct shape_input *in, struct arena *a, struct run_result *out) {
  struct error_report r = error_begin(in, a);
  const struct ratelimit *rate = &out->rate;
  int64_t wait = out->has_rate ? ratelimit_wait(rate) : -1;
  buf_printf(&r.text, "%.*s answered %d: too many requests.", STR_ARG(shape_vendor(in)),
             in->response->status);
  if (out->has_rate && rate->has_limit)
    buf_printf(&r.text, " The limit is %lld requests.", (long long)rate->limit);
  if (wait >= 0)
    buf_printf(&r.text, " Wait %lld seconds before the next call.", (long long)wait);
  else
    buf_add_z(&r.text, " The vendor does not say how long to wait.");
  buf_add_z(&r.text, " Nothing was retried.");
  error_add_said(&r);
  out->outcome = RUN_RATE_LIMITED;
  error_finish(&r, out);
}

void shape_add_redirected(const struct shape_input *in, struct arena *a, struct run_result *out) {
  int status = in->response->status;
  struct str vendor = shape_vendor(in);
  if (status == 304) {
    shape_add_text(out, STR("not modified (304): what you have is current"));
    return;
  }
  struct uri to; // the host alone: paths and queries of redirects carry tickets
  struct err ignored;
  struct str location = http_header_get(&in->response->headers, "location");
  struct str host = uri_parse_http(location, &to, &ignored) ? to.host
                    : location.n                            ? STR("another place at the same host")
                                                            : STR("nowhere");
  out->outcome = RUN_UPSTREAM_ERROR;
  out->is_error = true;
  shape_add_text(
      out, arena_printf(a,
                        "%.*s answered %d %s and points to %.*s. Redirects are not followed, so that "
                        "credentials stay where they belong.\nWhat to do: check the ids; if they are right, "
                        "whoever runs this server must correct the account's base URL.",
                        STR_ARG(vendor), status, http_status_text(status), STR_ARG(shape_short(host, 253))));
}

static void error_add_wrong_form(const struct shape_input *in, struct str what, struct arena *a,
                                 struct run_result *out) {
  struct str body = shape_body(in), begin = shape_short(str_trim(body), ERROR_BEGIN_MOST);
  // Who says that it went well has done it, whatever became of the words.
  const char *todo = in->tool->read_only
                         ? "Try once more later."
                         : "This call changes something, and may have been done: read the present "
                           "state before trying again.";
  out->outcome = RUN_UPSTREAM_ERROR;
  out->is_error = true;
  shape_add_text(out, arena_printf(a,
                                   "%.*s answered %d, but %.*s. It is %zu bytes long and begins: %.*s\n"
                                   "What to do: a fault on the vendor's side or on the way. %s",
                                   STR_ARG(shape_vendor(in)), in->response->status, STR_ARG(what), body.n,
                                   STR_ARG(begin), todo));
}

void shape_add_bad_json(const struct shape_input *in, const struct err *why, struct arena *a,
                        struct run_result *out) {
  error_add_wrong_form(in, arena_printf(a, "the JSON it promised cannot be read: %s", why->text), a, out);
}

void shape_add_web_page(const struct shape_input *in, struct arena *a, struct run_result *out) {
  error_add_wrong_form(in, STR("with a web page (text/html) where its API speaks JSON"), a, out);
}
