// SPDX-License-Identifier: Apache-2.0
#include "data/json.h"
#include "settings/value.h"

static const char *const explain_sources[] = {"default", "systemd", "file", "environment", "flag"};

#define EXPLAIN_HIDDEN "***"

// `key=value` of a query: is it something else than a password, for certain?
static bool explain_is_open(struct str key) {
  for (size_t i = 0; i < key.n; i++)
    if ((key.p[i] < 'a' || key.p[i] > 'z') && key.p[i] != '_') return false; // written in some other way
  return str_is(key, "passfile") || !str_contains(key, STR("pass"));
}

static void explain_query(struct str query, struct buf *out) {
  struct str item, key;
  for (char before = '?'; query.n && str_cut(&query, '&', &item); before = '&') {
    struct str value = item;
    buf_add_char(out, before);
    bool open = str_cut(&value, '=', &key) && explain_is_open(key);
    buf_add(out, open ? item : key);
    if (!open) buf_add(out, STR("=" EXPLAIN_HIDDEN));
  }
}

// postgres://USER:***@HOST/DATABASE?password=***. What can be a password by any reading of the URL is hidden: all between
// the first colon and the last @.
static struct str explain_url(struct arena *a, struct str url) {
  ptrdiff_t slashes = str_find_text(url, STR("://"));
  if (slashes < 0) return url;
  size_t from = (size_t)slashes + 3, at = url.n;
  while (at > from && url.p[at - 1] != '@') at--;
  struct buf out = BUF_MAX(url.n * 4 + 16);
  struct str user = str_make(url.p + from, at - from), name, rest = str_from(url, at), front = STR_NONE;
  buf_add(&out, str_make(url.p, from));
  if (str_cut(&user, ':', &name)) buf_add(&out, name);
  if (user.n) buf_add(&out, STR(":" EXPLAIN_HIDDEN "@"));
  str_cut(&rest, '?', &front);
  buf_add(&out, front);
  explain_query(rest, &out);
  struct str shown = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return shown;
}

// What may be shown of a value: of a secret only whether there is one.
static struct str explain_shown(const struct settings *s, enum settings_id id) {
  struct str text = s->values[id].text;
  if (settings_table[id].flags & SETTING_PASSWORD) return explain_url(s->arena, text);
  if (settings_table[id].flags & SETTING_SECRET) return text.n ? STR("(set)") : STR("(not set)");
  return text;
}

static void explain_source(const struct settings *s, enum settings_id id, struct buf *out) {
  const struct settings_value *v = &s->values[id];
  if (v->source == SETTINGS_FILE)
    buf_printf(out, "%.*s:%u", STR_ARG(s->file), v->line);
  else
    buf_add_z(out, explain_sources[v->source]);
}

static void explain_text(const struct settings *s, struct buf *out) {
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    const struct setting *t = &settings_table[id];
    struct str shown = explain_shown(s, id);
    buf_printf(out, "%s: %.*s\n    %s.\n    from ", t->key, STR_ARG(shown), t->help);
    explain_source(s, id, out);
    buf_printf(out, "; default %s", *t->initial ? t->initial : "none");
    if (*t->allowed) buf_printf(out, "; %s", t->allowed);
    buf_add_z(out, t->flags & SETTING_RELOAD ? "; SIGHUP reloads it\n\n" : "\n\n");
  }
}

static void explain_member(struct buf *out, const char *key, struct str value) {
  buf_printf(out, ",\"%s\":", key);
  json_add_string(out, value);
}

static void explain_json(const struct settings *s, struct buf *out) {
  buf_add_char(out, '[');
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    const struct setting *t = &settings_table[id];
    buf_printf(out, "%s{\"key\":\"%s\"", id ? ",\n" : "", t->key);
    explain_member(out, "value", explain_shown(s, id));
    buf_add_z(out, ",\"source\":\"");
    buf_add_z(out, explain_sources[s->values[id].source]);
    buf_add_char(out, '"');
    if (s->values[id].source == SETTINGS_FILE) {
      explain_member(out, "file", s->file);
      buf_printf(out, ",\"line\":%u", s->values[id].line);
    }
    explain_member(out, "default", str_of(t->initial));
    explain_member(out, "form", str_of(settings_form_of(t->kind)));
    explain_member(out, "allowed", str_of(t->allowed));
    buf_printf(out, ",\"reload\":%s,\"secret\":%s", t->flags & SETTING_RELOAD ? "true" : "false",
               t->flags & SETTING_SECRET ? "true" : "false");
    explain_member(out, "help", str_of(t->help));
    buf_add_char(out, '}');
  }
  buf_add_z(out, "]\n");
}

static void explain_cell(struct buf *out, const char *z) {
  for (; *z; z++) {
    if (*z == '|') buf_add_char(out, '\\');
    buf_add_char(out, *z);
  }
}

static void explain_markdown(struct buf *out) {
  buf_add_z(
      out,
      "# Settings\n\n"
      "Made by `postern config --explain --markdown`; do not edit.\n\n"
      "Each can stand in the settings file (`key: value`), in the environment (`POSTERN_KEY`, in capitals) "
      "and\n"
      "on the command line (`--key value`, `-` for `_`); the later of these wins. The file is the one named "
      "by\n"
      "`--config` or `POSTERN_CONFIG`, else `postern.yaml` in the working directory, else\n"
      "`/etc/postern/postern.yaml`. Settings marked ↻ are read again on SIGHUP; the others need a restart.\n"
      "In a default, `{data_dir}` is that setting and `{share}` the working directory where it has a folder\n"
      "`connectors`, else the checkout that the program was built in, else the installed `share/postern`.\n\n"
      "| setting | default | allowed | meaning |\n|---|---|---|---|\n");
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    const struct setting *t = &settings_table[id];
    buf_printf(out, "| `%s`%s | ", t->key, t->flags & SETTING_RELOAD ? " ↻" : "");
    if (*t->initial) buf_printf(out, "`%s`", t->initial);
    buf_add_z(out, " | ");
    explain_cell(out, *t->allowed ? t->allowed : settings_form_of(t->kind));
    buf_add_z(out, " | ");
    explain_cell(out, t->help);
    buf_printf(out, "%s |\n", t->flags & SETTING_ENVIRONMENT ? ". Environment only" : "");
  }
}

void settings_explain(const struct settings *s, enum settings_form form, struct buf *out) {
  switch (form) {
  case SETTINGS_AS_TEXT:
    explain_text(s, out);
    break;
  case SETTINGS_AS_JSON:
    explain_json(s, out);
    break;
  case SETTINGS_AS_MARKDOWN:
    explain_markdown(out);
    break;
  }
}
