// SPDX-License-Identifier: Apache-2.0
#include "account/probe.h"

#include <stdio.h>

#include "base/codec.h"
#include "data/json.h"

enum { PROBE_URL_MOST = 32 * 1024, PROBE_MESSAGE_MOST = 300 };

struct probe_reply {
  int status;
  yyjson_doc *doc; // NULL: no JSON
};

// The URL may hold the credential, in the query; whoever made it wipes it.
static bool probe_url(const struct probe *p, struct str path, struct buf *url, struct err *err) {
  if (!buf_room(url, PROBE_URL_MOST - 1))
    return err_set(err, ERR_INTERNAL, "no room for a URL"); // all at once: it never moves
  buf_add(url, p->base_url);
  buf_add(url, path);
  char joint = str_find(path, '?') < 0 ? '?' : '&';
  for (size_t i = 0; i < p->sends->count; i++) {
    const struct account_send *s = &p->sends->items[i];
    if (s->in != CONNECTOR_QUERY) continue;
    buf_add_char(url, joint);
    codec_percent(url, s->name);
    buf_add_char(url, '=');
    codec_percent(url, secret_reveal(s->value));
    joint = '&';
  }
  return !url->full ||
         err_set(err, ERR_INVALID, "the credential makes a URL longer than %d bytes", PROBE_URL_MOST);
}

static bool probe_fetch(const struct probe *p, const struct connector_request *request,
                        struct probe_reply *out, struct err *err) {
  struct http_header headers[CONNECTOR_SENDS_MOST + 1] = {{STR("Accept"), STR("application/json")}};
  struct fetch_call call = {.method = arena_z(p->arena, request->method),
                            .headers = {headers, 1},
                            .limits = p->env->limits,
                            .guard = p->env->guard,
                            .hide = p->hide};
  for (size_t i = 0; i < p->sends->count; i++) {
    const struct account_send *s = &p->sends->items[i];
    if (s->in != CONNECTOR_QUERY)
      headers[call.headers.count++] = (struct http_header){s->name, secret_reveal(s->value)};
  }
  struct buf url = BUF_MAX(PROBE_URL_MOST);
  struct fetch_result result = {0};
  bool ok = probe_url(p, request->path, &url, err);
  call.url = buf_str(&url);
  ok = ok && fetch_url(&call, p->arena, &result, err);
  if (url.p) secret_wipe(url.p, url.cap);
  buf_free(&url);
  if (!ok) return false;
  struct probe_reply reply = {.status = result.status};
  struct err none; // an answer need not be JSON
  if (!json_read(buf_str(&result.body), &JSON_FORGIVING, &reply.doc, &none)) reply.doc = NULL;
  buf_free(&result.body);
  *out = reply;
  return true;
}

static yyjson_val *probe_at(yyjson_val *root, struct str pointer) {
  return pointer.n ? json_at(root, pointer) : NULL;
}

static bool probe_is_good(const struct probe *p, const struct probe_reply *reply) {
  yyjson_val *ok = probe_at(yyjson_doc_get_root(reply->doc), p->connector->envelope.ok);
  return reply->status >= 200 && reply->status < 300 && !yyjson_is_false(ok);
}

// Where a vendor without an envelope mostly puts it.
static struct str probe_message(const struct probe *p, yyjson_val *root, yyjson_val *first) {
  static const char *const usual[] = {"/error_description", "/error/message", "/message", "/detail", "/error",
                                      "/errors/0/message"};
  struct str message = STR_NONE;
  yyjson_val *v = probe_at(first, p->connector->envelope.message);
  if (yyjson_is_str(v)) message = json_text(v);
  for (size_t i = 0; !message.n && i < sizeof usual / sizeof *usual; i++)
    if (yyjson_is_str(v = json_at(root, str_of(usual[i])))) message = json_text(v);
  message = str_cut_utf8(message, PROBE_MESSAGE_MOST);
  return codec_is_field_value(message) ? message : STR_NONE;
}

static struct str probe_hint(const struct connector *c, int status, int64_t code) {
  for (size_t i = 0; i < c->hint_count; i++) {
    const struct connector_hint *h = &c->hints[i];
    if ((!h->status || h->status == status) && (h->code == -1 || h->code == code)) return h->text;
  }
  return STR_NONE;
}

static enum err_code probe_code(int status) {
  if (status == 429 || status == 420) return ERR_UNAVAILABLE;
  return status >= 500 || (status >= 300 && status < 400) ? ERR_UPSTREAM : ERR_UNPROCESSABLE;
}

// Some vendors answer 200 for a credential that is known but of no use: expired, switched off.
static bool probe_is_expected(const struct probe *p, const struct connector_request *request,
                              const struct probe_reply *reply, struct err *err) {
  if (!request->expect_at.n) return true;
  yyjson_val *v = json_at(yyjson_doc_get_root(reply->doc), request->expect_at);
  struct str found = yyjson_is_str(v) ? json_text(v) : STR("not said");
  if (str_eq(found, request->expect)) return true;
  bool tellable = found.n <= PROBE_TEXT_MOST && codec_is_field_value(found);
  err_at(err, ERR_UNPROCESSABLE, "credential",
         "%.*s knows the credential but does not accept it: %.*s is '%.*s', not '%.*s'",
         STR_ARG(p->connector->label), STR_ARG(request->expect_at),
         STR_ARG(tellable ? found : STR("another")), STR_ARG(request->expect));
  err_hint(err, "make a new credential at the vendor, or switch this one on again");
  return false;
}

static bool probe_refused(const struct probe *p, const struct probe_reply *reply, struct err *err) {
  yyjson_val *root = yyjson_doc_get_root(reply->doc);
  yyjson_val *errors = probe_at(root, p->connector->envelope.errors);
  yyjson_val *first = yyjson_is_arr(errors) ? yyjson_arr_get_first(errors) : root;
  yyjson_val *code = probe_at(first, p->connector->envelope.code);
  struct str message = probe_message(p, root, first);
  struct str number = yyjson_is_int(code)
                          ? arena_printf(p->arena, ", code %lld", (long long)yyjson_get_sint(code))
                      : yyjson_is_str(code) ? arena_printf(p->arena, ", code %.60s", yyjson_get_str(code))
                                            : STR("");
  enum err_code kind = probe_code(reply->status);
  err_at(err, kind, kind == ERR_UNPROCESSABLE ? "credential" : "", "%.*s %s: HTTP %d%.*s%s%.*s",
         STR_ARG(p->connector->label),
         kind == ERR_UNPROCESSABLE ? "refused the credential" : "could not check the credential",
         reply->status, STR_ARG(number), message.n ? ": " : "", STR_ARG(message));
  struct str hint = probe_hint(p->connector, reply->status, yyjson_is_int(code) ? yyjson_get_sint(code) : -2);
  if (hint.n)
    err_hint(err, "%.*s", STR_ARG(hint));
  else
    err_hint(err, "%s",
             kind == ERR_UNPROCESSABLE ? "check the credential and what it may do at the vendor"
                                       : "try again later");
  return false;
}

bool probe_verify(const struct probe *p, bool *verified, struct err *err) {
  bool told = false;
  for (size_t i = 0; i < p->connector->verify_count; i++) {
    struct probe_reply reply = {0};
    struct err why = {0};
    bool answered = probe_fetch(p, &p->connector->verify[i], &reply, &why);
    bool good =
        answered && (probe_is_good(p, &reply) ? probe_is_expected(p, &p->connector->verify[i], &reply, &why)
                                              : probe_refused(p, &reply, &why));
    yyjson_doc_free(reply.doc);
    if (good) {
      *verified = true;
      return true;
    }
    if (!told || why.code == ERR_CANCELED) *err = why;
    told = true;
    if (!answered || why.code == ERR_UNAVAILABLE) return false; // away or busy: asking on would not help
  }
  if (told) return false;
  *verified = false;
  return true;
}

// An id as text, whatever JSON type the vendor gives it.
static struct str probe_text(const struct probe *p, yyjson_val *row, struct str pointer) {
  yyjson_val *v = probe_at(row, pointer);
  struct str text = STR_NONE;
  if (yyjson_is_str(v)) text = json_text(v);
  if (yyjson_is_int(v)) text = arena_printf(p->arena, "%lld", (long long)yyjson_get_sint(v));
  return text.n <= PROBE_TEXT_MOST ? text : STR_NONE;
}

static bool probe_has(yyjson_mut_val *list, struct str id) {
  size_t i, n;
  yyjson_mut_val *choice;
  yyjson_mut_arr_foreach (list, i, n, choice)
    if (yyjson_mut_equals_strn(yyjson_mut_obj_get(choice, "id"), id.p, id.n)) return true;
  return false;
}

static void probe_add_rows(const struct probe *p, const struct connector_context *c, yyjson_val *rows,
                           yyjson_mut_doc *doc, yyjson_mut_val *list) {
  size_t i, n;
  yyjson_val *row;
  yyjson_arr_foreach (rows, i, n, row) {
    if (yyjson_mut_arr_size(list) == PROBE_CHOICES_MOST) return;
    struct str id = probe_text(p, row, c->id), title = probe_text(p, row, c->title);
    if (!id.n || probe_has(list, id)) continue; // a list of other things names the same one many times
    yyjson_mut_val *choice = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_strncpy(doc, choice, "id", id.p, id.n);
    if (title.n) yyjson_mut_obj_add_strncpy(doc, choice, "title", title.p, title.n);
  }
}

bool probe_choices(const struct probe *p, yyjson_mut_doc *doc, yyjson_mut_val *choices, struct err *err) {
  for (size_t i = 0; i < p->connector->context_count; i++) {
    const struct connector_context *c = &p->connector->contexts[i];
    // A name may stand there several times, with other ways to ask: the first that gives rows counts.
    if (!c->list.path.n || yyjson_mut_arr_size(yyjson_mut_obj_getn(choices, c->name.p, c->name.n))) continue;
    struct probe_reply reply = {0};
    struct err why = {0};
    if (!probe_fetch(p, &c->list, &reply, &why)) {
      if (why.code != ERR_CANCELED) continue;
      *err = why;
      return false;
    }
    yyjson_val *root = yyjson_doc_get_root(reply.doc);
    yyjson_val *rows = c->rows.n ? json_at(root, c->rows) : root;
    if (probe_is_good(p, &reply) && yyjson_is_arr(rows)) {
      yyjson_mut_val *list = yyjson_mut_arr(doc);
      probe_add_rows(p, c, rows, doc, list);
      yyjson_mut_obj_put(choices, yyjson_mut_strncpy(doc, c->name.p, c->name.n), list);
    }
    yyjson_doc_free(reply.doc);
  }
  return true;
}
