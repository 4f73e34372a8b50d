// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mcp/mend_parts.h"

static const char *const mend_kinds[] = {[MEND_TEXT] = "a string",
                                         [MEND_SAID] = "a string",
                                         [MEND_NUMBER] = "a number",
                                         [MEND_FLAG] = "true or false",
                                         [MEND_OBJECT] = "an object",
                                         [MEND_WORD] = "one of the words it may be",
                                         [MEND_BASE64] = "base64",
                                         [MEND_TIME] = "a time with its zone",
                                         [MEND_PART] = "a number from 0 to 1",
                                         [MEND_TEXTS] = "an array of strings",
                                         [MEND_WORDS] = "an array of the words it may have",
                                         [MEND_SHAPE] = "what it should be",
                                         [MEND_SHAPES] = "an array of what it should have"};

void mend_note(struct mend *m, const char *format, ...) {
  char text[sizeof((struct err *)0)->text];
  va_list args;
  if (!m->notes) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  buf_printf(m->notes, "%s%s", m->notes->n ? "; " : "", text);
}

void mend_add(struct mend *m, yyjson_mut_val *object, struct str key, yyjson_mut_val *v) {
  yyjson_mut_obj_add(object, yyjson_mut_strncpy(m->doc, key.p, key.n), v);
}

// ---- does it fit?

static bool mend_is_word(const char *const *words, yyjson_val *v) {
  while (*words && !str_is(json_text(v), *words)) words++;
  return yyjson_is_str(v) && *words;
}

// White space may stand anywhere, the padding only at the end, and may be missing.
static bool mend_is_base64(struct str s) {
  size_t digits = 0, padding = 0;
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c == ' ' || (c >= '\t' && c <= '\r' && c != '\v')) continue;
    if (c == '=')
      padding++;
    else if (padding || !(isalnum(c) || c == '+' || c == '/'))
      return false;
    else
      digits++;
  }
  return padding ? padding <= 2 && (digits + padding) % 4 == 0 : digits % 4 != 1;
}

static bool mend_is_time(struct str s) {
  static const char form[] = "dddd-dd-ddTdd:dd:dd";
  size_t n = sizeof form - 1;
  if (s.n < n + 1) return false;
  for (size_t i = 0; i < n; i++)
    if (form[i] == 'd' ? !isdigit((unsigned char)s.p[i]) : s.p[i] != form[i]) return false;
  int month = 10 * (s.p[5] - '0') + s.p[6] - '0', day = 10 * (s.p[8] - '0') + s.p[9] - '0';
  if (month < 1 || month > 12 || day < 1 || day > 28 || s.p[11] > '1' || s.p[14] > '5' || s.p[17] > '5')
    return false; // late days and hours are not worth a calendar: it only decorates
  struct str zone = str_from(s, n);
  if (zone.n > 1 && zone.p[0] == '.') {
    for (zone = str_from(zone, 1); zone.n && isdigit((unsigned char)zone.p[0]);) zone = str_from(zone, 1);
  }
  return str_is(zone, "Z") || (zone.n == 6 && (zone.p[0] == '+' || zone.p[0] == '-') && zone.p[3] == ':' &&
                               zone.p[1] <= '1' && zone.p[4] <= '5');
}

static bool mend_is_part(yyjson_val *v) {
  struct str raw = json_raw_number(v);
  if (yyjson_is_raw(v)) return str_is(raw, "0") || str_is(raw, "1") || str_starts(raw, "0.");
  return yyjson_is_num(v) && yyjson_get_num(v) >= 0 && yyjson_get_num(v) <= 1;
}

static bool mend_all_fit(const struct mend_member *of, yyjson_val *list) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (list, i, n, v)
    if (of->kind == MEND_TEXTS   ? !yyjson_is_str(v)
        : of->kind == MEND_WORDS ? !mend_is_word(of->words, v)
                                 : !mend_fits(of->of, v))
      return false;
  return yyjson_is_arr(list);
}

static bool mend_value_fits(const struct mend_member *of, yyjson_val *v) {
  switch (of->kind) {
  case MEND_TEXT:
  case MEND_SAID:
    return yyjson_is_str(v);
  case MEND_NUMBER:
    return yyjson_is_num(v) || yyjson_is_raw(v);
  case MEND_FLAG:
    return yyjson_is_bool(v);
  case MEND_OBJECT:
    return yyjson_is_obj(v);
  case MEND_WORD:
    return mend_is_word(of->words, v);
  case MEND_BASE64:
    return yyjson_is_str(v) && mend_is_base64(json_text(v));
  case MEND_TIME:
    return yyjson_is_str(v) && mend_is_time(json_text(v));
  case MEND_PART:
    return mend_is_part(v);
  case MEND_TEXTS:
  case MEND_WORDS:
  case MEND_SHAPES:
    return mend_all_fit(of, v);
  case MEND_SHAPE:
    return mend_fits(of->of, v);
  }
  return false;
}

static bool mend_has_one(const struct mend_shape *s, yyjson_val *v) {
  bool has = !s->one_of;
  for (const char *const *name = s->one_of; !has && *name; name++) {
    yyjson_val *member = yyjson_obj_get(v, *name);
    has = member && !yyjson_is_null(member);
  }
  return has;
}

bool mend_fits(const struct mend_shape *s, yyjson_val *v) {
  if (!yyjson_is_obj(v)) return false;
  for (size_t i = 0; i < s->count; i++) {
    yyjson_val *member = yyjson_obj_get(v, s->members[i].name);
    if (member ? !mend_value_fits(&s->members[i], member) : s->members[i].wrong == MEND_NEEDED) return false;
  }
  return mend_has_one(s, v);
}

// ---- made anew

yyjson_mut_val *mend_json(struct mend *m, yyjson_val *v) {
  struct buf text = BUF_MAX(SIZE_MAX / 2);
  json_write(&text, v);
  yyjson_mut_val *out = yyjson_mut_strncpy(m->doc, text.p, text.n);
  buf_free(&text);
  return out;
}

// The alphabet of RFC 4648 §5 means the same, and a data URL (RFC 2397) has it behind its head.
static yyjson_mut_val *mend_base64(struct mend *m, yyjson_val *v) {
  struct str s = json_text(v);
  ptrdiff_t comma = str_starts(s, "data:") ? str_find(s, ',') : -1;
  if (comma > 0 && str_ends(str_make(s.p, (size_t)comma), ";base64")) s = str_from(s, (size_t)comma + 1);
  yyjson_mut_val *out = yyjson_mut_strncpy(m->doc, s.p ? s.p : "", s.n);
  char *p = (char *)(uintptr_t)yyjson_mut_get_str(out);
  for (size_t i = 0; i < s.n; i++) p[i] = p[i] == '-' ? '+' : p[i] == '_' ? '/' : p[i];
  return mend_is_base64(str_make(p, s.n)) ? out : NULL;
}

// Of a list where it is spare, the elements that can be had.
static yyjson_mut_val *mend_list(struct mend *m, const struct mend_member *of, yyjson_val *v) {
  yyjson_mut_val *list = yyjson_mut_arr(m->doc);
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (v, i, n, item) {
    yyjson_mut_val *made = of->kind == MEND_SHAPES ? mend_make(m, of->of, item)
                           : (of->kind == MEND_WORDS ? mend_is_word(of->words, item) : yyjson_is_str(item))
                               ? yyjson_val_mut_copy(m->doc, item)
                               : NULL;
    if (made)
      yyjson_mut_arr_append(list, made);
    else if (of->wrong != MEND_SPARE)
      return NULL;
  }
  return yyjson_mut_arr_size(list) || !n ? list : NULL;
}

static yyjson_mut_val *mend_value(struct mend *m, const struct mend_member *of, yyjson_val *v) {
  if (mend_value_fits(of, v)) return yyjson_val_mut_copy(m->doc, v);
  bool lists = of->kind == MEND_TEXTS || of->kind == MEND_WORDS || of->kind == MEND_SHAPES;
  if (lists && yyjson_is_arr(v)) return mend_list(m, of, v);
  if (of->kind == MEND_SHAPE) return mend_make(m, of->of, v);
  if (of->kind == MEND_BASE64 && yyjson_is_str(v)) return mend_base64(m, v);
  if (of->kind == MEND_SAID) return mend_json(m, v);
  if (!lists) return NULL;
  struct mend_member one = {.kind = of->kind == MEND_SHAPES  ? MEND_SHAPE
                                    : of->kind == MEND_WORDS ? MEND_WORD
                                                             : MEND_TEXT,
                            .of = of->of,
                            .words = of->words};
  yyjson_mut_val *made = mend_value(m, &one, v), *list = yyjson_mut_arr(m->doc);
  if (made) yyjson_mut_arr_append(list, made);
  return made ? list : NULL;
}

static const struct mend_member *mend_member_of(const struct mend_shape *s, yyjson_val *key) {
  for (size_t i = 0; i < s->count; i++)
    if (yyjson_equals_str(key, s->members[i].name)) return &s->members[i];
  return NULL;
}

static bool mend_lacks(struct mend *m, const struct mend_shape *s, yyjson_val *v) {
  for (size_t i = 0; i < s->count; i++) {
    yyjson_val *member = yyjson_obj_get(v, s->members[i].name);
    if (s->members[i].wrong == MEND_NEEDED && (!member || yyjson_is_null(member)))
      return !err_set(m->err, ERR_INVALID, "%s has no \"%s\"", s->what, s->members[i].name);
  }
  if (mend_has_one(s, v)) return false;
  return !err_set(m->err, ERR_INVALID, "%s has neither \"%s\" nor \"%s\"", s->what, s->one_of[0],
                  s->one_of[1]);
}

yyjson_mut_val *mend_make(struct mend *m, const struct mend_shape *s, yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *item;
  yyjson_mut_val *out = yyjson_mut_obj(m->doc);
  if (!yyjson_is_obj(v)) return err_set(m->err, ERR_INVALID, "%s is an object", s->what), NULL;
  if (mend_lacks(m, s, v)) return NULL;
  yyjson_obj_foreach (v, i, n, key, item) {
    const struct mend_member *of = mend_member_of(s, key);
    bool empty = of && (yyjson_is_null(item) || (yyjson_is_arr(item) && !yyjson_arr_size(item)));
    if (empty && (yyjson_is_null(item) || of->kind == MEND_OBJECT || of->kind == MEND_SHAPE)) continue;
    struct err why = {0}, *err = m->err;
    m->err = &why;
    yyjson_mut_val *made = of ? mend_value(m, of, item) : yyjson_val_mut_copy(m->doc, item);
    m->err = err;
    if (made) {
      mend_add(m, out, json_text(key), made);
    } else if (of->wrong == MEND_SPARE) {
      mend_note(m, "its \"%s\" is left away, being not %s", of->name, mend_kinds[of->kind]);
    } else {
      err_set(m->err, ERR_INVALID, "%s has a \"%s\" that is not %s", s->what, of->name, mend_kinds[of->kind]);
      return NULL;
    }
  }
  return out;
}

// ---- shapes (MCP 2025-11-25, schema; what official clients check of it)

#define SHAPE(linkage, name, what, ...)                                                                      \
  static const struct mend_member name##_members[] = {__VA_ARGS__};                                          \
  linkage const struct mend_shape name = {what, name##_members,                                              \
                                          sizeof name##_members / sizeof *name##_members, NULL}

static const char *const mend_themes[] = {"light", "dark", NULL};
static const char *const mend_roles[] = {"user", "assistant", NULL};
static const char *const mend_tasks[] = {"required", "optional", "forbidden", NULL};

SHAPE(static, mend_icons, "an icon", {"src", MEND_TEXT, MEND_NEEDED, 0, 0},
      {"mimeType", MEND_TEXT, MEND_SPARE, 0, 0}, {"sizes", MEND_TEXTS, MEND_SPARE, 0, 0},
      {"theme", MEND_WORD, MEND_SPARE, 0, mend_themes});
SHAPE(static, mend_annotations, "an annotation", {"audience", MEND_WORDS, MEND_SPARE, 0, mend_roles},
      {"priority", MEND_PART, MEND_SPARE, 0, 0}, {"lastModified", MEND_TIME, MEND_SPARE, 0, 0});
// A hint says what a tool may do: one that nobody understands is no reason to guess.
SHAPE(static, mend_hints, "an annotation", {"title", MEND_TEXT, MEND_SPARE, 0, 0},
      {"readOnlyHint", MEND_FLAG, MEND_KEPT, 0, 0}, {"destructiveHint", MEND_FLAG, MEND_KEPT, 0, 0},
      {"idempotentHint", MEND_FLAG, MEND_KEPT, 0, 0}, {"openWorldHint", MEND_FLAG, MEND_KEPT, 0, 0});
SHAPE(static, mend_execution, "its execution", {"taskSupport", MEND_WORD, MEND_SPARE, 0, mend_tasks});
SHAPE(static, mend_arguments, "an argument", {"name", MEND_TEXT, MEND_NEEDED, 0, 0},
      {"title", MEND_TEXT, MEND_SPARE, 0, 0}, {"description", MEND_TEXT, MEND_SPARE, 0, 0},
      {"required", MEND_FLAG, MEND_SPARE, 0, 0});

#define MEND_DECORATION                                                                                      \
  {"icons", MEND_SHAPES, MEND_SPARE, &mend_icons, 0}, {                                                      \
    "_meta", MEND_OBJECT, MEND_SPARE, 0, 0                                                                   \
  }
#define MEND_PLACE                                                                                           \
  {"title", MEND_TEXT, MEND_SPARE, 0, 0}, {"description", MEND_TEXT, MEND_SPARE, 0, 0},                      \
      {"mimeType", MEND_TEXT, MEND_SPARE, 0, 0},                                                             \
      {"annotations", MEND_SHAPE, MEND_SPARE, &mend_annotations, 0}, MEND_DECORATION

SHAPE(, mend_tools, "it", {"title", MEND_TEXT, MEND_KEPT, 0, 0}, {"description", MEND_TEXT, MEND_KEPT, 0, 0},
      {"annotations", MEND_SHAPE, MEND_KEPT, &mend_hints, 0},
      {"execution", MEND_SHAPE, MEND_SPARE, &mend_execution, 0}, MEND_DECORATION);
SHAPE(, mend_resources, "a resource", {"name", MEND_TEXT, MEND_NEEDED, 0, 0},
      {"uri", MEND_TEXT, MEND_NEEDED, 0, 0}, {"size", MEND_NUMBER, MEND_SPARE, 0, 0}, MEND_PLACE);
SHAPE(, mend_links, "a link", {"type", MEND_TEXT, MEND_NEEDED, 0, 0}, {"name", MEND_TEXT, MEND_NEEDED, 0, 0},
      {"uri", MEND_TEXT, MEND_NEEDED, 0, 0}, {"size", MEND_NUMBER, MEND_SPARE, 0, 0}, MEND_PLACE);
SHAPE(, mend_templates, "a template", {"name", MEND_TEXT, MEND_NEEDED, 0, 0},
      {"uriTemplate", MEND_TEXT, MEND_NEEDED, 0, 0}, MEND_PLACE);
SHAPE(, mend_prompts, "a prompt", {"name", MEND_TEXT, MEND_NEEDED, 0, 0},
      {"title", MEND_TEXT, MEND_SPARE, 0, 0}, {"description", MEND_TEXT, MEND_SPARE, 0, 0},
      {"arguments", MEND_SHAPES, MEND_KEPT, &mend_arguments, 0}, MEND_DECORATION);
static const struct mend_member mend_contents_members[] = {{"uri", MEND_TEXT, MEND_NEEDED, 0, 0},
                                                           {"mimeType", MEND_TEXT, MEND_SPARE, 0, 0},
                                                           {"text", MEND_SAID, MEND_KEPT, 0, 0},
                                                           {"blob", MEND_BASE64, MEND_KEPT, 0, 0},
                                                           {"_meta", MEND_OBJECT, MEND_SPARE, 0, 0}};
static const char *const mend_contents_need[] = {"text", "blob", NULL};
const struct mend_shape mend_contents = {"a resource", mend_contents_members,
                                         sizeof mend_contents_members / sizeof *mend_contents_members,
                                         mend_contents_need};

SHAPE(, mend_completion, "a completion", {"values", MEND_TEXTS, MEND_NEEDED, 0, 0},
      {"total", MEND_NUMBER, MEND_SPARE, 0, 0}, {"hasMore", MEND_FLAG, MEND_SPARE, 0, 0});

#define MEND_AROUND                                                                                          \
  {"type", MEND_TEXT, MEND_NEEDED, 0, 0}, {"annotations", MEND_SHAPE, MEND_SPARE, &mend_annotations, 0}, {   \
    "_meta", MEND_OBJECT, MEND_SPARE, 0, 0                                                                   \
  }
SHAPE(static, mend_texts, "a text", MEND_AROUND, {"text", MEND_SAID, MEND_NEEDED, 0, 0});
SHAPE(static, mend_media, "a picture or sound", MEND_AROUND, {"data", MEND_BASE64, MEND_NEEDED, 0, 0},
      {"mimeType", MEND_TEXT, MEND_NEEDED, 0, 0});
SHAPE(static, mend_embedded, "a resource", MEND_AROUND,
      {"resource", MEND_SHAPE, MEND_NEEDED, &mend_contents, 0});

const struct mend_shape *mend_block_shape(struct str type) {
  static const struct {
    const char *type;
    const struct mend_shape *shape;
  } all[] = {{"text", &mend_texts},
             {"image", &mend_media},
             {"audio", &mend_media},
             {"resource", &mend_embedded},
             {"resource_link", &mend_links}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (str_is(type, all[i].type)) return all[i].shape;
  return NULL;
}
