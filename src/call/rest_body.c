// SPDX-License-Identifier: Apache-2.0
#include "call/rest_body.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/map.h"
#include "crypto/token.h"
#include "data/json.h"

enum { REST_DEEP_MOST = 8, REST_NAME_MOST = 16 * 1024 };
enum { REST_BOUNDARY_RANDOM = 16, REST_BOUNDARY_TRIES = 8, REST_BOUNDARY = 8 + 2 * REST_BOUNDARY_RANDOM + 1 };

struct rest_parts;

struct rest_writer {
  const struct tool *tool;
  yyjson_mut_val *arguments;
  struct arena *arena;
  struct buf *out;
  struct str *type;
  struct err *err;
  struct rest_parts *parts; // multipart: where they go; NULL: a form
};

yyjson_mut_val *rest_argument(yyjson_mut_val *arguments, struct str name) {
  return yyjson_mut_obj_getn(arguments, name.p, name.n);
}

static struct str rest_text(yyjson_mut_val *v) {
  return str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v));
}

static struct str rest_json_text(yyjson_mut_val *v, struct arena *a) {
  size_t n = 0;
  char *text = yyjson_mut_val_write(v, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &n);
  struct str copy = text ? arena_dup(a, str_make(text, n)) : STR("null");
  free(text);
  return copy;
}

struct str rest_value_text(yyjson_mut_val *v, struct arena *a) {
  if (!v || yyjson_mut_is_null(v)) return STR("");
  if (yyjson_mut_is_str(v)) return rest_text(v);
  if (yyjson_mut_is_raw(v)) return str_make(yyjson_mut_get_raw(v), yyjson_mut_get_len(v));
  if (yyjson_mut_is_bool(v)) return yyjson_mut_get_bool(v) ? STR("true") : STR("false");
  return rest_json_text(v, a);
}

static bool rest_refuse(struct rest_writer *w, struct str arg, const char *why) {
  char pointer[96];
  snprintf(pointer, sizeof pointer, "/%.*s", STR_ARG(arg));
  return err_at(w->err, ERR_INVALID, pointer, "%s", why);
}

// ---- JSON: written straight from the values, so that raw numbers keep their digits

static void rest_add_json(struct buf *out, yyjson_mut_val *v) {
  if (yyjson_mut_is_str(v)) {
    json_add_string(out, rest_text(v));
    return;
  }
  size_t n = 0;
  char *text = yyjson_mut_val_write(v, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &n);
  buf_add(out, text ? str_make(text, n) : STR("null"));
  free(text);
}

// ---- the members of an object body, whether they are arguments or members of the one argument

typedef bool (*rest_member)(struct rest_writer *w, struct str arg, struct str property, yyjson_mut_val *v);

// The arguments that no parameter and no known property has: an open body takes them under their own names.
static bool rest_each_other(struct rest_writer *w, rest_member each) {
  const struct tool *t = w->tool;
  struct map known = {0};
  size_t i, n;
  yyjson_mut_val *key, *v;
  bool ok = true;
  for (i = 0; i < t->param_count; i++) map_put(&known, t->params[i].arg, &t->params[i]);
  for (i = 0; i < t->body_arg_count; i++) map_put(&known, t->body_args[i].arg, &t->body_args[i]);
  yyjson_mut_obj_foreach (w->arguments, i, n, key, v)
    ok = ok && (map_get(&known, rest_text(key)) || each(w, rest_text(key), rest_text(key), v));
  map_free(&known);
  return ok;
}

static bool rest_each_member(struct rest_writer *w, rest_member each) {
  const struct tool *t = w->tool;
  size_t i, n;
  yyjson_mut_val *key, *v;
  if (t->body_whole.n) {
    yyjson_mut_val *whole = rest_argument(w->arguments, t->body_whole);
    if (!yyjson_mut_is_obj(whole))
      return rest_refuse(w, t->body_whole, "must be an object: it becomes a form");
    yyjson_mut_obj_foreach (whole, i, n, key, v)
      if (!each(w, t->body_whole, rest_text(key), v)) return false;
    return true;
  }
  for (i = 0; i < t->body_arg_count; i++) {
    v = rest_argument(w->arguments, t->body_args[i].arg);
    if (v && !each(w, t->body_args[i].arg, t->body_args[i].property, v)) return false;
  }
  return !t->body_open || rest_each_other(w, each);
}

static bool rest_json_member(struct rest_writer *w, struct str arg, struct str property, yyjson_mut_val *v) {
  (void)arg;
  if (w->out->n > 1) buf_add_char(w->out, ',');
  json_add_string(w->out, property);
  buf_add_char(w->out, ':');
  rest_add_json(w->out, v);
  return true;
}

static bool rest_write_json(struct rest_writer *w) {
  if (w->tool->body_whole.n) {
    rest_add_json(w->out, rest_argument(w->arguments, w->tool->body_whole));
    return true;
  }
  buf_add_char(w->out, '{');
  if (!rest_each_member(w, rest_json_member)) return false;
  buf_add_char(w->out, '}');
  return true;
}

// ---- how a property goes into a form or a part (OpenAPI 3.1 §4.8.15)

struct rest_encoding {
  bool styled, explode, reserved; // styled: the document says style, explode or allowReserved
  enum tool_style style;
  struct str type; // its own media type; empty: the usual one
};

static struct rest_encoding rest_encoding_of(const struct rest_writer *w, struct str property) {
  yyjson_val *said = yyjson_obj_getn(w->tool->body_encoding, property.p, property.n);
  struct str style = json_str(said, "style"), type = json_str(said, "type");
  struct rest_encoding e = {.styled = style.n > 0,
                            .explode = json_bool(said, "explode", false),
                            .reserved = json_bool(said, "reserved", false)};
  e.style = str_is(style, "deepObject")       ? TOOL_DEEP
            : str_is(style, "spaceDelimited") ? TOOL_SPACE
            : str_is(style, "pipeDelimited")  ? TOOL_PIPE
                                              : TOOL_FORM;
  if (codec_is_field_value(type)) e.type = type;
  return e;
}

static bool rest_is_json_type(struct str type) {
  return str_starts(type, "application/json") || str_contains(type, STR("+json"));
}

static void rest_add_part(struct rest_writer *w, struct str name, struct str value);

// A text within a name or a value: as it is in a part, percent-encoded in a form. With allowReserved what
// RFC 3986 reserves stays, but for what would end the value there.
static void rest_add_piece(struct rest_writer *w, struct buf *out, struct str s, bool reserved) {
  if (w->parts) {
    buf_add(out, s);
    return;
  }
  for (size_t i = 0; i < s.n; i++) {
    if (reserved && s.p[i] && strchr(":/?#[]@!$'()*,;=", s.p[i]))
      buf_add_char(out, s.p[i]);
    else
      codec_percent(out, str_make(s.p + i, 1));
  }
}

static void rest_add_pair(struct rest_writer *w, struct str name, struct str value) {
  if (w->parts) {
    rest_add_part(w, arena_dup(w->arena, name), arena_dup(w->arena, value));
    return;
  }
  if (w->out->n) buf_add_char(w->out, '&');
  buf_add(w->out, name);
  buf_add_char(w->out, '=');
  buf_add(w->out, value);
}

static void rest_add_value(struct rest_writer *w, struct str name, yyjson_mut_val *v, bool reserved) {
  struct buf value = BUF_MAX(w->out->max);
  rest_add_piece(w, &value, rest_value_text(v, w->arena), reserved);
  if (value.full) w->out->full = true;
  rest_add_pair(w, name, buf_str(&value));
  buf_free(&value);
}

// name[a][0]=v: OpenAPI defines one level of objects; servers read more, and lists, in the same way.
static void rest_add_deep(struct rest_writer *w, struct str name, yyjson_mut_val *v, bool reserved,
                          unsigned depth) {
  size_t i, n;
  yyjson_mut_val *key, *item;
  if (!yyjson_mut_is_ctn(v) || depth == REST_DEEP_MOST) {
    rest_add_value(w, name, v, reserved);
    return;
  }
  bool list = yyjson_mut_is_arr(v);
  struct buf inner = BUF_MAX(REST_NAME_MOST);
  buf_add(&inner, name);
  rest_add_piece(w, &inner, STR("["), false);
  size_t stem = inner.n;
#define DEEPER(text)                                                                                         \
  inner.n = stem, rest_add_piece(w, &inner, text, false), rest_add_piece(w, &inner, STR("]"), false),        \
  w->out->full |= inner.full, rest_add_deep(w, buf_str(&inner), item, reserved, depth + 1)
  if (list) {
    yyjson_mut_arr_foreach (v, i, n, item) DEEPER(arena_printf(w->arena, "%zu", i));
  } else {
    yyjson_mut_obj_foreach (v, i, n, key, item)
      if (!yyjson_mut_is_null(item)) DEEPER(rest_text(key));
  }
#undef DEEPER
  buf_free(&inner);
}

// Items, or names and values, in one value.
static void rest_add_joined(struct rest_writer *w, struct str name, yyjson_mut_val *v,
                            const struct rest_encoding *e) {
  static const char *const joints[][2] = {// in a form, in a part
                                          [TOOL_FORM] = {",", ","},
                                          [TOOL_SPACE] = {"%20", " "},
                                          [TOOL_PIPE] = {"%7C", "|"},
                                          [TOOL_DEEP] = {",", ","}};
  const char *joint = joints[e->style][w->parts != NULL];
  struct buf value = BUF_MAX(w->out->max);
  size_t i, n;
  yyjson_mut_val *key, *item;
  if (yyjson_mut_is_arr(v)) {
    yyjson_mut_arr_foreach (v, i, n, item) {
      if (i) buf_add_z(&value, joint);
      rest_add_piece(w, &value, rest_value_text(item, w->arena), e->reserved);
    }
  } else {
    yyjson_mut_obj_foreach (v, i, n, key, item) {
      if (i) buf_add_z(&value, joint);
      rest_add_piece(w, &value, rest_text(key), e->reserved);
      buf_add_z(&value, joint);
      rest_add_piece(w, &value, rest_value_text(item, w->arena), e->reserved);
    }
  }
  if (value.full) w->out->full = true;
  rest_add_pair(w, name, buf_str(&value));
  buf_free(&value);
}

static struct str rest_name(struct rest_writer *w, struct str name) {
  struct buf b = BUF_MAX(w->out->max);
  rest_add_piece(w, &b, name, false);
  if (b.full) w->out->full = true;
  struct str out = arena_dup(w->arena, buf_str(&b));
  buf_free(&b);
  return out;
}

static void rest_add_styled(struct rest_writer *w, struct str property, yyjson_mut_val *v,
                            const struct rest_encoding *e) {
  struct str name = rest_name(w, property);
  size_t i, n;
  yyjson_mut_val *key, *item;
  if (!yyjson_mut_is_ctn(v)) {
    rest_add_value(w, name, v, e->reserved);
  } else if (e->style == TOOL_DEEP) {
    rest_add_deep(w, name, v, e->reserved, 0);
  } else if (!yyjson_mut_get_len(v)) {
    return; // RFC 6570 §2.3: an empty list is undefined
  } else if (!e->explode) {
    rest_add_joined(w, name, v, e);
  } else if (yyjson_mut_is_arr(v)) {
    yyjson_mut_arr_foreach (v, i, n, item) rest_add_value(w, name, item, e->reserved);
  } else { // the members stand for themselves
    yyjson_mut_obj_foreach (v, i, n, key, item)
      rest_add_value(w, rest_name(w, rest_text(key)), item, e->reserved);
  }
}

// ---- application/x-www-form-urlencoded: arrays repeat the name, objects go as JSON, unless the encoding
// says otherwise

static bool rest_form_member(struct rest_writer *w, struct str arg, struct str property, yyjson_mut_val *v) {
  static const struct rest_encoding usual = {.explode = true};
  struct rest_encoding e = rest_encoding_of(w, property);
  (void)arg;
  if (yyjson_mut_is_null(v)) return true;
  if (e.styled || (yyjson_mut_is_arr(v) && !rest_is_json_type(e.type)))
    rest_add_styled(w, property, v, e.styled ? &e : &usual);
  else
    rest_add_value(w, rest_name(w, property), v, false);
  return true;
}

static bool rest_write_form(struct rest_writer *w) {
  return rest_each_member(w, rest_form_member);
}

// ---- bytes: a string, or {"data": base64} or {"text": "…"} with optional "filename" and "content_type"

struct rest_file {
  struct str bytes, filename, type;
};

static const char *const rest_file_keys[] = {"data", "text", "filename", "content_type"};

// An object of these keys alone, with exactly one of data and text.
static bool rest_is_file(yyjson_mut_val *v) {
  size_t i, n;
  yyjson_mut_val *key, *item;
  if (!yyjson_mut_is_obj(v)) return false;
  yyjson_mut_obj_foreach (v, i, n, key, item) {
    size_t k = 0;
    while (k < 4 && !yyjson_mut_equals_str(key, rest_file_keys[k])) k++;
    if (k == 4 || !yyjson_mut_is_str(item)) return false;
  }
  return !yyjson_mut_obj_get(v, "data") != !yyjson_mut_obj_get(v, "text");
}

// What the tool's schema says of a property, or of the items of one.
static yyjson_val *rest_schema(const struct tool *t, struct str arg, struct str property) {
  yyjson_val *schema = yyjson_obj_getn(yyjson_obj_get(t->input, "properties"), arg.p, arg.n);
  if (t->body_whole.n && property.n)
    schema = yyjson_obj_getn(yyjson_obj_get(schema, "properties"), property.p, property.n);
  yyjson_val *items = yyjson_obj_get(schema, "items");
  return items ? items : schema;
}

// Bytes, which a JSON string can only hold as base64?
static bool rest_is_base64(yyjson_val *schema) {
  struct str format = json_str(schema, "format");
  return str_is(json_str(schema, "contentEncoding"), "base64") || str_is(format, "byte") ||
         str_is(format, "binary");
}

static bool rest_is_upload(yyjson_val *schema) {
  return json_str(schema, "contentMediaType").n || rest_is_base64(schema);
}

// Of a part that does not say so itself.
static struct str rest_upload_type(yyjson_val *schema, struct str declared) {
  struct str type = json_str(schema, "contentMediaType");
  if (declared.n) return declared;
  return type.n && codec_is_field_value(type) ? type : STR("application/octet-stream");
}

static bool rest_read_file(struct rest_writer *w, struct str arg, yyjson_mut_val *v, struct rest_file *out) {
  yyjson_mut_val *data = yyjson_mut_obj_get(v, "data");
  struct rest_file f = {rest_text(yyjson_mut_obj_get(v, "text")),
                        rest_text(yyjson_mut_obj_get(v, "filename")),
                        rest_text(yyjson_mut_obj_get(v, "content_type"))};
  if (data && !codec_unbase64(w->arena, rest_text(data), &f.bytes))
    return rest_refuse(w, arg,
                       "\"data\" must be base64 (RFC 4648 with padding); plain text goes under \"text\"");
  if (!codec_is_field_value(f.type)) return rest_refuse(w, arg, "\"content_type\" holds control characters");
  *out = f;
  return true;
}

// "data:image/png;base64,iVBO…" (RFC 2397): the way to put bytes where the schema only has a string.
static bool rest_is_data_url(struct str s, struct str *type, struct str *base64) {
  ptrdiff_t comma = str_starts(s, "data:") ? str_find(s, ',') : -1;
  struct str head = comma < 0 ? STR_NONE : str_make(s.p + 5, (size_t)comma - 5);
  if (!str_ends(head, ";base64")) return false;
  *type = str_make(head.p, head.n - strlen(";base64"));
  *base64 = str_from(s, (size_t)comma + 1);
  return true;
}

// A string in place of a file: base64 where the schema or a data URL says so, else the text itself.
static bool rest_read_string(struct rest_writer *w, struct str arg, yyjson_val *schema, struct str s,
                             struct rest_file *out) {
  struct rest_file f = {.bytes = s};
  bool url = rest_is_data_url(s, &f.type, &f.bytes);
  if ((url || rest_is_base64(schema)) && !codec_unbase64(w->arena, f.bytes, &f.bytes))
    return rest_refuse(w, arg, "must be the bytes in base64 (RFC 4648, with padding)");
  if (!codec_is_field_value(f.type)) return rest_refuse(w, arg, "has a media type with control characters");
  *out = f;
  return true;
}

static bool rest_write_binary(struct rest_writer *w) {
  struct str arg = w->tool->body_whole;
  yyjson_mut_val *v = rest_argument(w->arguments, arg);
  struct rest_file f = {0};
  bool ok = rest_is_file(v) ? rest_read_file(w, arg, v, &f)
                            : rest_read_string(w, arg, rest_schema(w->tool, arg, STR_NONE),
                                               rest_value_text(v, w->arena), &f);
  if (!ok) return false;
  if (f.type.n) *w->type = f.type;
  buf_add(w->out, f.bytes);
  return true;
}

static bool rest_write_text(struct rest_writer *w) {
  buf_add(w->out, rest_value_text(rest_argument(w->arguments, w->tool->body_whole), w->arena));
  return true;
}

// ---- multipart/form-data (RFC 7578)

struct rest_part {
  struct str name, filename, type, bytes;
};

struct rest_parts {
  struct rest_part *items;
  size_t count, cap;
};

static void rest_push_part(struct rest_writer *w, struct rest_part part) {
  struct rest_parts *parts = w->parts;
  if (parts->count == parts->cap) {
    size_t cap = parts->cap ? 2 * parts->cap : 8;
    struct rest_part *items = ARENA_ARRAY(w->arena, cap, struct rest_part);
    if (parts->count) memcpy(items, parts->items, parts->count * sizeof *items);
    parts->items = items, parts->cap = cap;
  }
  parts->items[parts->count++] = part;
}

static void rest_add_part(struct rest_writer *w, struct str name, struct str value) {
  rest_push_part(w, (struct rest_part){.name = name, .bytes = value});
}

static bool rest_add_file(struct rest_writer *w, struct str arg, struct str property, yyjson_mut_val *v,
                          struct str declared) {
  yyjson_val *schema = rest_schema(w->tool, arg, property);
  struct rest_file f = {0};
  bool object = rest_is_file(v);
  if (object ? !rest_read_file(w, arg, v, &f) : !rest_read_string(w, arg, schema, rest_text(v), &f))
    return false;
  if (!f.filename.n) f.filename = property;
  if (!f.type.n) f.type = rest_upload_type(schema, declared);
  rest_push_part(w, (struct rest_part){property, f.filename, f.type, f.bytes});
  return true;
}

// One part: of an array each item is one (OpenAPI 3.1 §4.8.14.4).
static bool rest_add_item(struct rest_writer *w, struct str arg, struct str property, yyjson_mut_val *v,
                          struct str declared) {
  bool string = yyjson_mut_is_str(v);
  if (rest_is_file(v) || (string && rest_is_upload(rest_schema(w->tool, arg, property))))
    return rest_add_file(w, arg, property, v, declared);
  bool json = yyjson_mut_is_ctn(v) && !declared.n; // RFC 7578 §4.4
  struct str type = json ? STR("application/json") : declared;
  rest_push_part(w, (struct rest_part){property, STR_NONE, type, rest_value_text(v, w->arena)});
  return true;
}

static bool rest_multipart_member(struct rest_writer *w, struct str arg, struct str property,
                                  yyjson_mut_val *v) {
  struct rest_encoding e = rest_encoding_of(w, property);
  size_t i, n;
  yyjson_mut_val *item;
  if (yyjson_mut_is_null(v)) return true;
  if (e.styled) {
    rest_add_styled(w, property, v, &e);
  } else if (yyjson_mut_is_arr(v)) {
    yyjson_mut_arr_foreach (v, i, n, item)
      if (!rest_add_item(w, arg, property, item, e.type)) return false;
  } else {
    return rest_add_item(w, arg, property, v, e.type);
  }
  return true;
}

// Quotes and line ends as browsers write them, so that a name cannot end its header.
static void rest_add_quoted(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c == '"' || c < 0x20 || c == 0x7f)
      buf_printf(out, "%%%02X", c);
    else
      buf_add_char(out, (char)c);
  }
}

static bool rest_choose_boundary(const struct rest_parts *parts, char out[REST_BOUNDARY]) {
  for (int i = 0; i < REST_BOUNDARY_TRIES; i++) {
    unsigned char random[REST_BOUNDARY_RANDOM];
    token_random(random, sizeof random);
    memcpy(out, "postern-", 8);
    codec_hex(random, sizeof random, out + 8);
    bool clash = false;
    for (size_t p = 0; p < parts->count && !clash; p++)
      clash = str_contains(parts->items[p].bytes, str_of(out));
    if (!clash) return true;
  }
  return false;
}

static bool rest_write_multipart(struct rest_writer *w) {
  struct rest_parts parts = {0};
  char boundary[REST_BOUNDARY];
  w->parts = &parts;
  if (!rest_each_member(w, rest_multipart_member)) return false;
  if (!rest_choose_boundary(&parts, boundary))
    return err_set(w->err, ERR_INTERNAL, "no boundary fits the parts");
  for (size_t i = 0; i < parts.count; i++) {
    const struct rest_part *p = &parts.items[i];
    buf_printf(w->out, "--%s\r\nContent-Disposition: form-data; name=\"", boundary);
    rest_add_quoted(w->out, p->name);
    if (p->filename.n) buf_add_z(w->out, "\"; filename=\""), rest_add_quoted(w->out, p->filename);
    buf_add_z(w->out, "\"\r\n");
    if (p->type.n) buf_printf(w->out, "Content-Type: %.*s\r\n", STR_ARG(p->type));
    buf_add_z(w->out, "\r\n");
    buf_add(w->out, p->bytes);
    buf_add_z(w->out, "\r\n");
  }
  buf_printf(w->out, "--%s--\r\n", boundary);
  *w->type = arena_printf(w->arena, "multipart/form-data; boundary=%s", boundary);
  return true;
}

// ---- the whole

static const struct {
  const char *type; // where the document names none that can be sent
  bool (*write)(struct rest_writer *w);
} rest_bodies[] = {
    [TOOL_BODY_JSON] = {"application/json", rest_write_json},
    [TOOL_BODY_FORM] = {"application/x-www-form-urlencoded", rest_write_form},
    [TOOL_BODY_MULTIPART] = {"multipart/form-data", rest_write_multipart},
    [TOOL_BODY_TEXT] = {"text/plain; charset=utf-8", rest_write_text},
    [TOOL_BODY_BINARY] = {"application/octet-stream", rest_write_binary},
};

static size_t rest_given_params(const struct tool *t, yyjson_mut_val *arguments) {
  size_t count = 0;
  for (size_t i = 0; i < t->param_count; i++) count += rest_argument(arguments, t->params[i].arg) != NULL;
  return count;
}

static bool rest_has_body(const struct tool *t, yyjson_mut_val *arguments) {
  if (t->body == TOOL_BODY_NONE) return false;
  if (t->body_whole.n) return rest_argument(arguments, t->body_whole) != NULL;
  for (size_t i = 0; i < t->body_arg_count; i++)
    if (rest_argument(arguments, t->body_args[i].arg)) return true;
  if (t->body_open && yyjson_mut_obj_size(arguments) > rest_given_params(t, arguments)) return true;
  return t->body_required && t->body != TOOL_BODY_TEXT && t->body != TOOL_BODY_BINARY; // "{}", an empty form
}

bool rest_body_build(const struct tool *t, yyjson_mut_val *arguments, struct arena *a, struct rest_body *out,
                     struct err *err) {
  struct rest_writer w = {
      .tool = t, .arguments = arguments, .arena = a, .out = &out->bytes, .type = &out->type, .err = err};
  if (!rest_has_body(t, arguments)) {
    if (t->body_required && t->body_whole.n)
      return rest_refuse(&w, t->body_whole, "is needed: it is the body");
    return true;
  }
  bool sendable =
      t->body_type.n && !str_contains(t->body_type, STR("*")) && codec_is_field_value(t->body_type);
  out->type = sendable ? t->body_type : str_of(rest_bodies[t->body].type);
  if (!rest_bodies[t->body].write(&w)) return false;
  if (out->bytes.full) return err_set(err, ERR_INVALID, "the body would pass %zu bytes", out->bytes.max);
  out->present = true;
  return true;
}
