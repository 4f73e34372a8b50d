// SPDX-License-Identifier: Apache-2.0
#include "table/forms.h"

#include "base/mem.h"

enum { FORM_TRIES_MOST = 12, FORM_COLUMNS_MOST = 1000 };

static const char *const form_kinds[] = {"json", "json in text", "json lines", "csv",
                                         "tsv",  "markdown",     "words"};

const char *table_form_kind_name(enum table_form_kind kind) {
  return form_kinds[kind];
}

// ---- lines

static struct str form_line_trim(struct str line) {
  return line.n && line.p[line.n - 1] == '\r' ? str_make(line.p, line.n - 1) : line;
}

static bool form_is_blank(struct str line) {
  return str_trim(line).n == 0;
}

// ---- JSON

static bool form_json_whole(struct str text, const struct json_limits *limits, struct table_form *out,
                            struct err *err) {
  struct json_limits raw = *limits;
  raw.raw_numbers = true;
  if (!json_read(text, &raw, &out->doc, err)) return false;
  out->kind = TABLE_FORM_JSON;
  return true;
}

// The JSON value that begins at `at`, by yyjson, which stops behind it.
static yyjson_doc *form_json_at(struct str text, size_t at, size_t *length) {
  struct str rest = str_from(text, at);
  yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)rest.p, rest.n,
                                     YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_STOP_WHEN_DONE, NULL, NULL);
  if (doc) *length = yyjson_doc_get_read_size(doc);
  return doc;
}

// The largest object or array within words. A place where none begins costs a look at the rest, so only some are tried:
// those at the start of a line first, since servers put what they have to say there.
static bool form_json_within(struct str text, struct table_form *out) {
  size_t best = 1; // "[]" and "{}" say nothing when words are around
  int tries = 0;
  for (int pass = 0; pass < 2 && !out->doc; pass++) {
    for (size_t i = 0; i < text.n && tries < FORM_TRIES_MOST * (pass + 1); i++) {
      bool opens = text.p[i] == '{' || text.p[i] == '[';
      bool begins_line =
          i == 0 || text.p[i - 1] == '\n' || (i > 1 && text.p[i - 1] == ' ' && text.p[i - 2] == '\n');
      if (!opens || (pass == 0 && !begins_line)) continue;
      size_t length = 0;
      yyjson_doc *doc = form_json_at(text, i, &length);
      tries++;
      if (!doc) continue;
      bool larger = length > best && yyjson_get_len(yyjson_doc_get_root(doc)) > 0;
      if (larger) {
        yyjson_doc_free(out->doc);
        out->doc = doc;
        best = length;
      } else {
        yyjson_doc_free(doc);
      }
      i += length ? length - 1 : 0;
    }
  }
  out->kind = TABLE_FORM_JSON_IN_TEXT;
  return out->doc != NULL;
}

// One object a line, at least two, nothing else but blank lines.
static bool form_json_lines(struct str text, struct table_form *out) {
  size_t lines = 0;
  for (struct str rest = text, line; str_cut(&rest, '\n', &line);) {
    line = str_trim(line);
    if (line.n && (line.p[0] != '{' || line.p[line.n - 1] != '}')) return false;
    lines += line.n > 0;
  }
  if (lines < 2) return false;
  struct buf array = BUF_MAX(text.n + lines + 16);
  buf_add_char(&array, '[');
  for (struct str rest = text, line; str_cut(&rest, '\n', &line);) {
    if (form_is_blank(line)) continue;
    if (array.n > 1) buf_add_char(&array, ',');
    buf_add(&array, str_trim(line));
  }
  buf_add_char(&array, ']');
  out->doc = yyjson_read(array.p, array.n, YYJSON_READ_NUMBER_AS_RAW);
  out->kind = TABLE_FORM_JSON_LINES;
  buf_free(&array);
  return out->doc != NULL;
}

// ---- tables in text, made into an array of objects

struct form_table {
  yyjson_mut_doc *doc;
  yyjson_mut_val *rows;
  struct str *names;
  size_t columns;
};

static void form_table_begin(struct form_table *t) {
  t->doc = yyjson_mut_doc_new(NULL);
  t->rows = yyjson_mut_arr(t->doc);
  yyjson_mut_doc_set_root(t->doc, t->rows);
}

static void form_table_row(struct form_table *t, const struct str *cells, size_t n) {
  yyjson_mut_val *row = yyjson_mut_obj(t->doc);
  for (size_t i = 0; i < t->columns; i++)
    yyjson_mut_obj_add(row, yyjson_mut_strncpy(t->doc, t->names[i].p, t->names[i].n),
                       i < n ? yyjson_mut_strncpy(t->doc, cells[i].p, cells[i].n) : yyjson_mut_null(t->doc));
  yyjson_mut_arr_append(t->rows, row);
}

static bool form_table_end(struct form_table *t, enum table_form_kind kind, struct table_form *out) {
  bool any = yyjson_mut_arr_size(t->rows) > 0;
  if (any) {
    out->doc = yyjson_mut_doc_imut_copy(t->doc, NULL);
    out->kind = kind;
    out->untyped = true;
  }
  yyjson_mut_doc_free(t->doc);
  return any && out->doc;
}

// ---- Markdown (GitHub's tables): | a | b | over | --- | --- |

static size_t form_markdown_cells(struct str line, struct arena *a, struct str *cells) {
  size_t n = 0;
  line = str_trim(line);
  if (line.n && line.p[0] == '|') line = str_from(line, 1);
  if (line.n && line.p[line.n - 1] == '|' && (line.n < 2 || line.p[line.n - 2] != '\\')) line.n--;
  struct buf cell = BUF_MAX(line.n + 1);
  for (size_t i = 0; i <= line.n && n < FORM_COLUMNS_MOST; i++) {
    if (i < line.n && line.p[i] == '\\' && i + 1 < line.n && line.p[i + 1] == '|') {
      buf_add_char(&cell, '|');
      i++;
    } else if (i < line.n && line.p[i] != '|') {
      buf_add_char(&cell, line.p[i]);
    } else {
      cells[n++] = arena_dup(a, str_trim(buf_str(&cell)));
      buf_clear(&cell);
    }
  }
  buf_free(&cell);
  return n;
}

static bool form_markdown_rule(struct str line) {
  bool dash = false;
  line = str_trim(line);
  for (size_t i = 0; i < line.n; i++) {
    if (!strchr("|-: ", line.p[i]) || !line.p[i]) return false;
    dash = dash || line.p[i] == '-';
  }
  return dash && str_find(line, '|') >= 0;
}

static bool form_markdown(struct str text, struct arena *a, struct table_form *out) {
  struct str before = STR_NONE;
  struct form_table t = {.names = NULL};
  struct str *cells = ARENA_ARRAY(a, FORM_COLUMNS_MOST, struct str);
  bool inside = false;
  for (struct str rest = text, line; str_cut(&rest, '\n', &line); before = line) {
    line = form_line_trim(line);
    bool row = str_find(line, '|') >= 0;
    if (!inside && row && form_markdown_rule(line) && before.n && str_find(before, '|') >= 0) {
      t.names = ARENA_ARRAY(a, FORM_COLUMNS_MOST, struct str);
      t.columns = form_markdown_cells(form_line_trim(before), a, t.names);
      form_table_begin(&t);
      inside = true;
    } else if (inside && row) {
      form_table_row(&t, cells, form_markdown_cells(line, a, cells));
    } else if (inside) {
      break; // the first table is taken
    }
  }
  return inside && form_table_end(&t, TABLE_FORM_MARKDOWN, out);
}

// ---- CSV (RFC 4180) and TSV

// One record from the front of *rest. False: a quote that never closes.
static bool form_record(struct str *rest, char separator, struct arena *a, struct str *cells, size_t *count) {
  struct buf cell = BUF_MAX(rest->n + 1);
  size_t i = 0, n = 0;
  bool closed = true, ended = false;
  while (!ended && closed) {
    bool quoted = separator == ',' && i < rest->n && rest->p[i] == '"';
    buf_clear(&cell);
    for (i += quoted; i < rest->n; i++) {
      char c = rest->p[i];
      if (quoted && c == '"' && i + 1 < rest->n && rest->p[i + 1] == '"')
        i++;
      else if (quoted ? c == '"' : c == separator || c == '\n')
        break;
      buf_add_char(&cell, c);
    }
    closed = !quoted || i < rest->n;
    i += quoted && closed;
    if (i < rest->n && rest->p[i] == '\r') i++;
    ended = i >= rest->n || rest->p[i] == '\n';
    i++;
    struct str value = buf_str(&cell);
    if (n < FORM_COLUMNS_MOST) cells[n++] = arena_dup(a, quoted ? value : str_trim(value));
  }
  *rest = str_from(*rest, i < rest->n ? i : rest->n);
  *count = n;
  buf_free(&cell);
  return closed;
}

// Does a first line look like names of columns, rather than a sentence with commas in it?
static bool form_is_header(const struct str *cells, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (cells[i].n == 0 || cells[i].n > 64) return false;
    size_t blanks = 0;
    for (size_t k = 0; k < cells[i].n; k++) blanks += cells[i].p[k] == ' ';
    if (blanks > 3 || strchr(".!?:", cells[i].p[cells[i].n - 1])) return false;
  }
  return n >= 2;
}

// `sure`: the answer says that it is such a table, so rows may be ragged and one column is enough.
static bool form_separated(struct str text, char separator, bool sure, struct arena *a,
                           struct table_form *out) {
  struct form_table t = {.names = ARENA_ARRAY(a, FORM_COLUMNS_MOST, struct str)};
  struct str *cells = ARENA_ARRAY(a, FORM_COLUMNS_MOST, struct str);
  size_t n;
  while (text.n && strchr("\r\n", text.p[0])) text = str_from(text, 1);
  if (!text.n || !form_record(&text, separator, a, t.names, &t.columns)) return false;
  if (!sure && !form_is_header(t.names, t.columns)) return false;
  form_table_begin(&t);
  bool even = true;
  while (text.n && even) {
    if (text.p[0] == '\n' || text.p[0] == '\r') {
      text = str_from(text, 1);
      if (!sure && yyjson_mut_arr_size(t.rows)) break; // a blank line ends a table that stands between words
      continue;
    }
    even = form_record(&text, separator, a, cells, &n) && (sure || n == t.columns);
    if (even) form_table_row(&t, cells, n);
  }
  if (!even) {
    yyjson_mut_doc_free(t.doc);
    return false;
  }
  return form_table_end(&t, separator == '\t' ? TABLE_FORM_TSV : TABLE_FORM_CSV, out) || sure;
}

// From each start of a paragraph, a bounded number of them.
static bool form_separated_within(struct str text, char separator, struct arena *a, struct table_form *out) {
  int tries = 0;
  bool begins = true;
  for (size_t i = 0; i < text.n && tries < FORM_TRIES_MOST; i++) {
    if (begins && text.p[i] != '\n' && text.p[i] != '\r') {
      size_t end = i;
      while (end < text.n && text.p[end] != '\n') end++;
      if (memchr(text.p + i, separator, end - i)) {
        tries++;
        if (form_separated(str_from(text, i), separator, false, a, out)) return true;
      }
      begins = false;
    }
    if (text.p[i] == '\n')
      begins = i + 1 < text.n &&
               (separator == '\t' || strchr("\r\n", text.p[i + 1]) || (i && text.p[i - 1] == '\n') ||
                (i > 1 && text.p[i - 1] == '\r' && text.p[i - 2] == '\n'));
  }
  return false;
}

// ----

static bool form_media_is(struct str media, const char *const *words) {
  for (size_t i = 0; words[i]; i++)
    if (str_contains(media, str_of(words[i]))) return true;
  return false;
}

bool table_form_read(struct str text, struct str media, const struct json_limits *limits,
                     struct table_form *out, struct err *err) {
  static const char *const csv[] = {"/csv", NULL}, *const tsv[] = {"tab-separated", NULL};
  struct table_form form = {.kind = TABLE_FORM_WORDS};
  struct err unsaid = {.code = ERR_OK};
  if (str_starts(text, "\xef\xbb\xbf")) text = str_from(text, 3);
  struct str trimmed = str_trim(text);
  bool braced = trimmed.n && (trimmed.p[0] == '{' || trimmed.p[0] == '[');
  struct arena *a = arena_new();
  bool ok = true;
  if (form_media_is(media, csv) || form_media_is(media, tsv)) {
    ok = form_separated(text, form_media_is(media, tsv) ? '\t' : ',', true, a, &form) ||
         err_set(err, ERR_INVALID, "the text is no table of comma-separated values: a quote never closes");
  } else if (braced && form_json_whole(trimmed, limits, &form, &unsaid)) {
    ok = true;
  } else if (unsaid.code == ERR_LIMIT) {
    *err = unsaid;
    ok = false;
  } else if (!form_json_lines(trimmed, &form) && !form_markdown(text, a, &form) &&
             !form_separated_within(text, '\t', a, &form) && !form_json_within(text, &form) &&
             !form_separated_within(text, ',', a, &form)) {
    form = (struct table_form){.kind = TABLE_FORM_WORDS};
  }
  arena_free(a);
  if (ok) *out = form;
  return ok;
}
