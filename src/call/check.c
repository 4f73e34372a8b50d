// SPDX-License-Identifier: Apache-2.0
#include "call/check.h"

#include "base/map.h"
#include "call/fenced.h"
#include "catalog/context.h"
#include "catalog/shown.h"
#include "data/json.h"
#include "data/schema.h"

enum {
  CHECK_TEXT_MOST = 32 * 1024,
  CHECK_CHOICES_MOST = 20,
  CHECK_TITLE_MOST = 80,
  CHECK_SHAPE_MOST = 1024,
  CHECK_SHAPE_KEYS = 512
};

struct check {
  const struct run_call *call;
  const struct tool *tool;
  const struct catalog_account *account;
  struct buf text;
};

static yyjson_val *check_property(const struct tool *t, struct str name) {
  return yyjson_obj_getn(yyjson_obj_get(t->input, "properties"), name.p, name.n);
}

static bool check_is_absent(yyjson_mut_val *arguments, struct str name) {
  yyjson_mut_val *v = yyjson_mut_obj_getn(arguments, name.p, name.n);
  return !v || yyjson_mut_is_null(v);
}

// ---- what this server calls the tool that gives an argument; nothing where it does not show it

static void check_add_source(struct check *c, struct str argument) {
  char text[SHOWN_NAME_MOST + 1];
  yyjson_val *v = yyjson_obj_getn(c->tool->sources, argument.p, argument.n);
  struct str source = v ? shown_sibling(c->call->tool, json_text(v), text) : STR_NONE;
  if (source.n) buf_printf(&c->text, " Get it from %.*s.", STR_ARG(source));
}

// ---- context

void check_fill(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val *arguments) {
  size_t i, n;
  yyjson_val *key, *v;
  fenced_fill(call, doc, arguments);
  yyjson_obj_foreach (yyjson_doc_get_root(call->tool->account->account->context), i, n, key, v) {
    struct str name = json_text(key);
    if (!fenced_allows_default(call, name)) continue;
    if (yyjson_is_null(v) || !check_property(call->tool->tool, name) || !check_is_absent(arguments, name))
      continue;
    yyjson_mut_obj_remove_keyn(arguments, name.p, name.n);
    yyjson_mut_obj_add(arguments, yyjson_mut_strn(doc, name.p, name.n), yyjson_val_mut_copy(doc, v));
  }
}

static void check_add_choices(struct check *c, struct str name, yyjson_val *choices) {
  size_t i, n;
  yyjson_val *v;
  buf_add_z(&c->text, " Choose one of these and call again with it:");
  yyjson_arr_foreach (choices, i, n, v) {
    struct str id = json_str(v, "id"), title = json_str(v, "title");
    if (i == CHECK_CHOICES_MOST) {
      buf_printf(&c->text, "\n- and %zu more", n - i);
      break;
    }
    buf_printf(&c->text, "\n- %.*s", STR_ARG(id));
    if (title.n) buf_printf(&c->text, " (%.*s)", STR_MOST(title, CHECK_TITLE_MOST));
  }
  struct str account = c->account->account->id;
  buf_printf(&c->text,
             "\nTo settle it for good, whoever runs this server sets the default: PATCH "
             "/integrated-account/%.*s with "
             "{\"context\":{\"%.*s\":\"…\"}}.",
             STR_ARG(account), STR_ARG(name));
}

// A needed argument that the account could hold and neither side gave. At most one is asked for at a time.
static bool check_context(struct check *c, yyjson_mut_val *arguments) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(c->tool->input, "required"), i, n, v) {
    struct str name = json_text(v);
    const struct connector_context *context = context_find(c->account, name);
    if (!context || !check_is_absent(arguments, name)) continue;
    // Within a fence the other choices are not told.
    yyjson_val *choices = fenced_is(c->call) ? NULL : context_choices(c->account, name);
    struct str label = context->label.n ? context->label : name;
    buf_printf(&c->text, "%.*s context missing: %.*s is needed, and this account has no default for it.",
               STR_ARG(label), STR_ARG(name));
    if (choices)
      check_add_choices(c, name, choices);
    else
      check_add_source(c, name);
    return false;
  }
  return true;
}

// ---- a body's members beside the parameters and a body as one argument: either is understood for the other

static struct map check_known(const struct tool *t) {
  struct map known = {0};
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (yyjson_obj_get(t->input, "properties"), i, n, key, v)
    map_put(&known, json_text(key), v);
  return known;
}

static struct str check_key(yyjson_mut_val *key) {
  return str_make(yyjson_mut_get_str(key), yyjson_mut_get_len(key));
}

// The tool takes one argument for its body, and its members were given in its place.
static void check_gather_body(const struct tool *t, yyjson_mut_doc *doc, yyjson_mut_val *arguments) {
  struct map known = check_known(t);
  yyjson_mut_val *body = yyjson_mut_obj(doc), *key;
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(arguments);
  while ((key = yyjson_mut_obj_iter_next(&it))) {
    yyjson_mut_val *v = yyjson_mut_obj_iter_get_val(key);
    if (map_get(&known, check_key(key))) continue;
    yyjson_mut_obj_iter_remove(&it);
    yyjson_mut_obj_add(body, key, v);
  }
  if (yyjson_mut_obj_size(body))
    yyjson_mut_obj_add(arguments, yyjson_mut_strn(doc, t->body_whole.p, t->body_whole.n), body);
  map_free(&known);
}

// The tool takes the members of its body, and these were given as one `body`.
static void check_spread_body(const struct tool *t, yyjson_mut_doc *doc, yyjson_mut_val *arguments) {
  yyjson_mut_val *body = yyjson_mut_obj_get(arguments, "body"), *key, *v;
  struct map taken = check_known(t), args = {0};
  size_t i, n;
  bool fits = yyjson_mut_is_obj(body) && !map_get(&taken, STR("body"));
  yyjson_mut_obj_foreach (arguments, i, n, key, v) map_put(&taken, check_key(key), arguments);
  for (i = 0; i < t->body_arg_count; i++) {
    map_put(&args, t->body_args[i].property, &t->body_args[i]);
    fits = fits && map_get(&taken, t->body_args[i].arg) != arguments;
  }
  yyjson_mut_obj_foreach (body, i, n, key, v) // a parameter of that name would be taken for it
    fits = fits && (map_get(&args, check_key(key)) || !map_get(&taken, check_key(key)));
  if (fits) yyjson_mut_obj_remove_key(arguments, "body");
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(body);
  while (fits && (key = yyjson_mut_obj_iter_next(&it))) {
    const struct tool_body_arg *a = map_get(&args, check_key(key));
    v = yyjson_mut_obj_iter_get_val(key);
    yyjson_mut_obj_iter_remove(&it);
    yyjson_mut_obj_add(arguments, a ? yyjson_mut_strn(doc, a->arg.p, a->arg.n) : key, v);
  }
  map_free(&taken);
  map_free(&args);
}

static void check_settle_body(const struct tool *t, yyjson_mut_doc *doc, yyjson_mut_val *arguments) {
  bool object = t->body == TOOL_BODY_JSON || t->body == TOOL_BODY_FORM || t->body == TOOL_BODY_MULTIPART;
  if (!object || !yyjson_mut_is_obj(arguments)) return;
  if (!t->body_whole.n) {
    if (yyjson_mut_obj_get(arguments, "body")) check_spread_body(t, doc, arguments);
  } else if (!yyjson_mut_obj_getn(arguments, t->body_whole.p, t->body_whole.n)) {
    check_gather_body(t, doc, arguments);
  }
}

// ---- violations

static bool check_schema(struct check *c, yyjson_mut_doc *doc, yyjson_mut_val **arguments, struct arena *a) {
  struct schema_report *report = ARENA_NEW(a, struct schema_report); // some KiB: not for a fiber's stack
  report->arena = a;
  if (schema_check(c->tool->input, doc, arguments, report)) return true;
  size_t listed = report->count < SCHEMA_VIOLATIONS_MOST ? report->count : SCHEMA_VIOLATIONS_MOST;
  buf_printf(&c->text, "The arguments do not fit %.*s; nothing was sent.", STR_ARG(c->call->tool->name));
  for (size_t i = 0; i < listed; i++) {
    const struct schema_violation *v = &report->items[i];
    struct str at = v->pointer.n ? v->pointer : STR("(the whole)");
    buf_printf(&c->text, "\n- %.*s: expected %.*s, found %.*s.", STR_ARG(at), STR_ARG(v->expected),
               STR_ARG(v->found));
    check_add_source(c, v->property);
  }
  if (report->count > listed) buf_printf(&c->text, "\n- and %zu more", report->count - listed);
  buf_add_z(&c->text, "\nCorrect these and call again.");
  return false;
}

bool check_arguments(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val **arguments,
                     struct arena *a, struct str *text) {
  struct check c = {.call = call,
                    .tool = call->tool->tool,
                    .account = call->tool->account,
                    .text = BUF_MAX(CHECK_TEXT_MOST)};
  check_fill(call, doc, *arguments);
  check_settle_body(call->tool->tool, doc, *arguments);
  bool asks = fenced_asks(call, *arguments, a, text);
  bool ok = !asks && check_context(&c, *arguments) && check_schema(&c, doc, arguments, a);
  if (!ok && !asks) *text = arena_dup(a, buf_str(&c.text));
  buf_free(&c.text);
  return ok;
}

// ---- the audit's view

static void check_add_kind(struct buf *out, yyjson_val *v) {
  switch (yyjson_get_type(v)) {
  case YYJSON_TYPE_STR:
    buf_printf(out, "\"string(%zu)\"", yyjson_get_len(v));
    return;
  case YYJSON_TYPE_ARR:
    buf_printf(out, "\"array(%zu)\"", yyjson_get_len(v));
    return;
  case YYJSON_TYPE_OBJ:
    buf_printf(out, "\"object(%zu)\"", yyjson_get_len(v));
    return;
  case YYJSON_TYPE_BOOL:
    buf_add_z(out, "\"boolean\"");
    return;
  case YYJSON_TYPE_NULL:
    buf_add_z(out, "\"null\"");
    return;
  default: {
    struct str digits = json_raw_number(v);
    bool real = yyjson_is_real(v) || str_find(digits, '.') >= 0 || str_find(digits, 'e') >= 0 ||
                str_find(digits, 'E') >= 0;
    buf_add_z(out, real ? "\"number\"" : "\"integer\"");
  }
  }
}

struct str check_shape(const struct tool *t, yyjson_val *arguments, struct arena *a) {
  struct buf out = BUF_MAX(CHECK_SHAPE_MOST + 256);
  size_t i, n, unknown = 0;
  yyjson_val *key, *v;
  buf_add_char(&out, '{');
  yyjson_obj_foreach (arguments, i, n, key, v) {
    // Looked up among all that the tool takes: only as many as can be told.
    if (i >= CHECK_SHAPE_KEYS || out.n + yyjson_get_len(key) > CHECK_SHAPE_MOST ||
        !check_property(t, json_text(key))) {
      unknown++;
      continue;
    }
    if (out.n > 1) buf_add_char(&out, ',');
    json_add_string(&out, json_text(key));
    buf_add_char(&out, ':');
    check_add_kind(&out, v);
  }
  if (unknown) buf_printf(&out, "%s\"…\":%zu", out.n > 1 ? "," : "", unknown);
  buf_add_char(&out, '}');
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}
