// SPDX-License-Identifier: Apache-2.0
#include "ask/veil.h"

#include <ctype.h>
#include <stdlib.h>

#include "data/json.h"

enum { VEIL_TEXT_MOST = 64 * 1024, VEIL_DEPTH_MOST = 40 };

// ---- names

static bool veil_is_taken(const struct veil *v, struct str param) {
  static const char *const ours[] = {"since", "until", "zone", "batch"};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
    if (str_is_nocase(param, ours[i])) return true;
  for (size_t i = 0; i < v->count; i++)
    if (str_eq_nocase(v->names[i].param, param)) return true;
  return false;
}

static struct str veil_param(const struct veil *v, struct str word) {
  char text[VEIL_PARAM_MOST + 1];
  size_t n = 0;
  for (size_t i = 0; i < word.n && n < VEIL_PARAM_MOST; i++) {
    char c = word.p[i];
    if (isalnum((unsigned char)c) && (n || isalpha((unsigned char)c)))
      text[n++] = (char)tolower((unsigned char)c);
    else if (n && text[n - 1] != '_')
      text[n++] = '_';
  }
  while (n && text[n - 1] == '_') n--;
  struct str made = arena_dup(v->arena, n ? str_make(text, n) : STR("name"));
  if (!veil_is_taken(v, made)) return made;
  return arena_printf(v->arena, "%.*s_%zu", STR_ARG(made), v->count + 1);
}

// A domain has as many labels, an address of mail stays one.
static struct str veil_stand_in(const struct veil *v, struct str value) {
  struct buf out = BUF_MAX(1000);
  bool plain = str_find(value, ' ') < 0 && str_find(value, '/') < 0;
  buf_printf(&out, "xveil%zux", v->count + 1);
  if (plain && str_find(value, '@') > 0)
    buf_add_z(&out, "@veiled.invalid");
  else
    for (size_t i = 0; plain && i < value.n && out.n < 200; i++)
      if (value.p[i] == '.') buf_add_z(&out, ".invalid");
  struct str made = arena_dup(v->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

const struct veil_name *veil_add(struct veil *v, struct str word, struct str value) {
  for (size_t i = 0; i < v->count; i++)
    if (str_eq_nocase(v->names[i].value, value)) return &v->names[i];
  if (v->count == VEIL_NAMES_MOST) return NULL;
  struct veil_name *n = &v->names[v->count];
  *n = (struct veil_name){.word = arena_dup(v->arena, word),
                          .value = arena_dup(v->arena, value),
                          .stand_in = veil_stand_in(v, value),
                          .param = veil_param(v, word)};
  v->count++;
  return n;
}

const struct veil_name *veil_add_plain(struct veil *v, struct str word, struct str value) {
  size_t before = v->count;
  const struct veil_name *n = veil_add(v, word, value);
  if (v->count > before) v->names[before].stand_in = v->names[before].value;
  return n;
}

// ---- texts

static bool veil_is_at(struct str text, size_t at, struct str part) {
  return part.n && at + part.n <= text.n && str_eq_nocase(str_make(text.p + at, part.n), part);
}

static const struct veil_name *veil_stand_in_at(const struct veil *v, struct str text, size_t at) {
  for (size_t i = 0; i < v->count; i++)
    if (veil_is_at(text, at, v->names[i].stand_in)) return &v->names[i];
  return NULL;
}

static bool veil_has_stand_in(const struct veil *v, struct str text) {
  for (size_t i = 0; i < text.n; i++)
    if (veil_stand_in_at(v, text, i)) return true;
  return false;
}

static struct str veil_done(const struct veil *v, struct buf *out) {
  struct str made = arena_dup(v->arena, buf_str(out));
  buf_free(out);
  return made;
}

// What stands between the quotes of SQL, with parameters joined in: 'a' || :b || 'c'.
static void veil_add_literal(const struct veil *v, struct str inside, struct buf *out) {
  size_t from = 0, pieces = 0;
  bool several = !veil_stand_in_at(v, inside, 0) || veil_stand_in_at(v, inside, 0)->stand_in.n < inside.n;
  if (several) buf_add_char(out, '(');
  for (size_t i = 0; i <= inside.n;) {
    const struct veil_name *n = veil_stand_in_at(v, inside, i);
    if (!n && i < inside.n) {
      i++;
      continue;
    }
    if (i > from) buf_printf(out, "%s'%.*s'", pieces++ ? " || " : "", (int)(i - from), inside.p + from);
    if (!n) break;
    buf_printf(out, "%s:%.*s", pieces++ ? " || " : "", STR_ARG(n->param));
    from = i += n->stand_in.n;
  }
  if (several) buf_add_char(out, ')');
}

static struct str veil_sql(const struct veil *v, struct str sql) {
  struct buf out = BUF_MAX(VEIL_TEXT_MOST);
  for (size_t i = 0; i < sql.n;) {
    if (sql.p[i] != '\'') {
      buf_add_char(&out, sql.p[i++]);
      continue;
    }
    size_t end = i + 1; // a doubled quote ends one literal and begins the next, which comes to the same
    while (end < sql.n && sql.p[end] != '\'') end++;
    struct str inside = str_make(sql.p + i + 1, end - i - 1);
    if (veil_has_stand_in(v, inside))
      veil_add_literal(v, inside, &out);
    else
      buf_printf(&out, "'%.*s'", STR_ARG(inside));
    i = end + 1;
  }
  return veil_done(v, &out);
}

static struct str veil_title(const struct veil *v, struct str text) {
  struct buf out = BUF_MAX(VEIL_TEXT_MOST);
  for (size_t i = 0; i < text.n;) {
    const struct veil_name *n = veil_stand_in_at(v, text, i);
    if (n)
      buf_add(&out, n->param);
    else
      buf_add_char(&out, text.p[i]);
    i += n ? n->stand_in.n : 1;
  }
  return veil_done(v, &out);
}

struct str veil_hide(const struct veil *v, struct str text) {
  struct buf out = BUF_MAX(VEIL_TEXT_MOST);
  for (size_t i = 0; i < text.n;) {
    const struct veil_name *n = NULL;
    for (size_t k = 0; k < v->count && !n; k++)
      if (veil_is_at(text, i, v->names[k].value) || veil_is_at(text, i, v->names[k].stand_in))
        n = &v->names[k];
    if (!n) {
      buf_add_char(&out, text.p[i++]);
      continue;
    }
    buf_printf(&out, ":%.*s", STR_ARG(n->param));
    i += veil_is_at(text, i, n->value) ? n->value.n : n->stand_in.n;
  }
  return veil_done(v, &out);
}

// ---- what may leave of a text

static bool veil_is_word_char(char c) {
  return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 128;
}

static bool veil_is_known(struct str known, struct str word) {
  for (size_t i = 0; i + word.n <= known.n; i++)
    if (veil_is_at(known, i, word) && (!i || !veil_is_word_char(known.p[i - 1])) &&
        (i + word.n == known.n || !veil_is_word_char(known.p[i + word.n])))
      return true;
  return false;
}

static bool veil_is_plain(struct str word) {
  for (size_t i = 0; i < word.n; i++)
    if (!isalpha((unsigned char)word.p[i]) && word.p[i] != '_') return false;
  return true;
}

// The end of a word: letters, digits, and marks between them.
static size_t veil_word(struct str s) {
  size_t n = 0;
  if (s.n && !veil_is_word_char(s.p[0])) return 0;
  while (n < s.n && (veil_is_word_char(s.p[n]) || strchr(".@:/+-", s.p[n]))) n++;
  while (n && strchr(".@:/+-", s.p[n - 1])) n--;
  return n;
}

struct str veil_scrub(const struct veil *v, struct str text, struct str known) {
  struct str hidden = veil_hide(v, text);
  struct buf out = BUF_MAX(VEIL_TEXT_MOST);
  for (size_t i = 0; i < hidden.n;) {
    char c = hidden.p[i];
    ptrdiff_t quoted = c == '\'' || c == '"' ? str_find(str_from(hidden, i + 1), c) : -1;
    struct str word = quoted >= 0 ? str_make(hidden.p + i + 1, (size_t)quoted) : str_from(hidden, i);
    if (quoted < 0) word.n = veil_word(word);
    if (quoted >= 0) {
      buf_printf(&out, "%c%.*s%c", c, STR_ARG(veil_is_known(known, word) ? word : STR("…")), c);
      i += word.n + 2;
    } else if (!word.n) {
      buf_add_char(&out, c);
      i++;
    } else {
      buf_add(&out, veil_is_plain(word) || veil_is_known(known, word) ? word : STR("…"));
      i += word.n;
    }
  }
  return veil_done(v, &out);
}

bool veil_tells_column(struct str name) {
  size_t digits = 0;
  if (!name.n || name.n > 64) return false;
  for (size_t i = 0; i < name.n; i++) {
    digits = isdigit((unsigned char)name.p[i]) ? digits + 1 : 0;
    if (digits > 2 || (!isalnum((unsigned char)name.p[i]) && name.p[i] != '_' && name.p[i] != ' '))
      return false;
  }
  return true;
}

// ---- programs

static yyjson_mut_val *veil_text_value(yyjson_mut_doc *doc, struct str text) {
  return yyjson_mut_strncpy(doc, text.p, text.n);
}

// A string of an argument: the parameter itself, or SQL that joins it in.
static yyjson_mut_val *veil_argument(const struct veil *v, yyjson_mut_doc *doc, struct str text) {
  const struct veil_name *n = veil_stand_in_at(v, text, 0);
  yyjson_mut_val *ref = yyjson_mut_obj(doc);
  if (n && n->stand_in.n == text.n) {
    yyjson_mut_obj_add_val(doc, ref, "$param", veil_text_value(doc, n->param));
    return ref;
  }
  struct buf sql = BUF_MAX(VEIL_TEXT_MOST), quoted = BUF_MAX(VEIL_TEXT_MOST);
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '\'') buf_add_char(&quoted, '\'');
    buf_add_char(&quoted, text.p[i]);
  }
  buf_add_z(&sql, "SELECT ");
  veil_add_literal(v, buf_str(&quoted), &sql);
  yyjson_mut_obj_add_val(doc, ref, "$sql", veil_text_value(doc, buf_str(&sql)));
  buf_free(&sql);
  buf_free(&quoted);
  return ref;
}

static bool veil_is_sql(struct str key) {
  static const char *const keys[] = {"query", "for_each", "$sql", "$rows"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (str_is(key, keys[i])) return true;
  return false;
}

static yyjson_mut_val *veil_value(const struct veil *v, yyjson_mut_doc *doc, struct str key, bool arguments,
                                  yyjson_mut_val *value, int depth) {
  yyjson_mut_obj_iter members;
  yyjson_mut_val *k, *made;
  if (depth > VEIL_DEPTH_MOST) return value;
  if (yyjson_mut_is_str(value)) {
    struct str text = str_make(yyjson_mut_get_str(value), yyjson_mut_get_len(value));
    if (!veil_has_stand_in(v, text)) return value;
    if (veil_is_sql(key)) return veil_text_value(doc, veil_sql(v, text));
    return arguments ? veil_argument(v, doc, text) : veil_text_value(doc, veil_title(v, text));
  }
  if (yyjson_mut_is_arr(value)) {
    yyjson_mut_val *list = yyjson_mut_arr(doc), *item;
    size_t i, n;
    yyjson_mut_arr_foreach (value, i, n, item)
      yyjson_mut_arr_append(
          list, yyjson_mut_val_mut_copy(doc, veil_value(v, doc, key, arguments, item, depth + 1)));
    return list;
  }
  if (!yyjson_mut_is_obj(value)) return value;
  yyjson_mut_val *object = yyjson_mut_obj(doc);
  yyjson_mut_obj_iter_init(value, &members);
  while ((k = yyjson_mut_obj_iter_next(&members))) {
    struct str name = str_make(yyjson_mut_get_str(k), yyjson_mut_get_len(k));
    made = veil_value(v, doc, name, arguments || str_is(name, "arguments"), yyjson_mut_obj_iter_get_val(k),
                      depth + 1);
    yyjson_mut_obj_add(object, veil_text_value(doc, name), yyjson_mut_val_mut_copy(doc, made));
  }
  return object;
}

static yyjson_mut_val *veil_parameters(yyjson_mut_doc *program) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(program),
                 *parameters = yyjson_mut_obj_get(root, "parameters");
  if (yyjson_mut_is_obj(parameters)) return parameters;
  parameters = yyjson_mut_obj(program);
  yyjson_mut_obj_put(root, yyjson_mut_str(program, "parameters"), parameters);
  return parameters;
}

static void veil_declare(const struct veil *v, yyjson_mut_doc *program, bool values) {
  for (size_t i = 0; i < v->count; i++) {
    const struct veil_name *n = &v->names[i];
    yyjson_mut_val *declared = yyjson_mut_obj(program);
    yyjson_mut_obj_add_str(program, declared, "type", "text");
    if (values) yyjson_mut_obj_add_val(program, declared, "default", veil_text_value(program, n->value));
    yyjson_mut_obj_put(veil_parameters(program), veil_text_value(program, n->param), declared);
  }
}

bool veil_draw(const struct veil *v, yyjson_mut_doc *program) {
  yyjson_mut_val *drawn = veil_value(v, program, STR(""), false, yyjson_mut_doc_get_root(program), 0);
  size_t n = 0;
  yyjson_mut_doc_set_root(program, drawn);
  veil_declare(v, program, false);
  char *text = yyjson_mut_write(program, 0, &n);
  struct str written = str_make(text ? text : "", n);
  bool clean = n && !veil_has_stand_in(v, written);
  for (size_t k = 0; k < v->count && clean; k++) clean = !veil_is_known(written, v->names[k].value);
  free(text);
  return clean;
}

void veil_lift(const struct veil *v, yyjson_mut_doc *program) {
  if (v->count && yyjson_mut_is_obj(yyjson_mut_doc_get_root(program))) veil_declare(v, program, true);
}
