// SPDX-License-Identifier: Apache-2.0
#include "settings/settings.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "data/json.h"
#include "data/yaml.h"
#include "settings/value.h"

enum { SETTINGS_FILE_MOST = 1 << 20, SETTINGS_GUESS = 3 };

#ifndef SETTINGS_SHARE
#error "the build says where the installed connectors are"
#endif

static struct str settings_getenv(const struct settings_input *in, const char *name) {
  size_t n = strlen(name);
  for (char *const *e = in->environment; e && *e; e++)
    if (strncmp(*e, name, n) == 0 && (*e)[n] == '=') return str_of(*e + n + 1);
  return STR_NONE;
}

static void settings_put(struct settings *s, enum settings_id id, struct str text,
                         enum settings_source source) {
  s->values[id] = (struct settings_value){arena_dup(s->arena, text), source, 0};
}

// What systemd says by itself: StateDirectory= and LoadCredential=.
static void settings_from_systemd(struct settings *s, const struct settings_input *in) {
  struct str state = settings_getenv(in, "STATE_DIRECTORY");
  struct str first;
  if (state.n && str_cut(&state, ':', &first)) settings_put(s, SETTINGS_ID_data_dir, first, SETTINGS_SYSTEMD);
  struct str credentials = settings_getenv(in, "CREDENTIALS_DIRECTORY");
  if (!credentials.n) return;
  struct str key = arena_printf(s->arena, "%.*s/postern.key", STR_ARG(credentials));
  if (access(key.p, F_OK) == 0) settings_put(s, SETTINGS_ID_key_file, key, SETTINGS_SYSTEMD);
}

static bool settings_unknown(struct str key, const char *field, struct err *err) {
  struct str nearest = settings_nearest(key, SETTINGS_GUESS);
  err_at(err, ERR_INVALID, field, "there is no setting '%.*s'", STR_ARG(key));
  if (nearest.n)
    err_hint(err, "did you mean '%.*s'?", STR_ARG(nearest));
  else
    err_hint(err, "`postern config --explain` lists them all");
  return false;
}

// A YAML value as the text that the environment or a flag would have had.
static bool settings_yaml_text(struct arena *a, yyjson_val *v, struct str *out) {
  if (yyjson_is_str(v)) {
    *out = json_text(v);
  } else if (yyjson_is_bool(v)) {
    *out = yyjson_get_bool(v) ? STR("true") : STR("false");
  } else if (yyjson_is_uint(v)) {
    *out = arena_printf(a, "%llu", (unsigned long long)yyjson_get_uint(v));
  } else if (yyjson_is_arr(v)) {
    struct buf b = BUF_MAX(SETTINGS_FILE_MOST);
    size_t i, n;
    yyjson_val *item;
    bool ok = true;
    yyjson_arr_foreach (v, i, n, item) {
      ok = ok && yyjson_is_str(item) && str_find(json_text(item), ',') < 0;
      if (i) buf_add_char(&b, ',');
      if (ok) buf_add(&b, json_text(item));
    }
    *out = arena_dup(a, buf_str(&b));
    buf_free(&b);
    return ok;
  } else {
    return false;
  }
  return true;
}

static bool settings_file_entry(struct settings *s, const char *path, const struct yaml_doc *y,
                                yyjson_val *key, struct err *err) {
  yyjson_val *value = yyjson_obj_iter_get_val(key);
  unsigned line = yaml_line(y, key) ? yaml_line(y, key) : yaml_line(y, value);
  char field[sizeof err->field];
  snprintf(field, sizeof field, "%.80s:%u", path, line);
  struct str text = STR_NONE, name = json_text(key);
  enum settings_id id = settings_find(name);
  if (id == SETTINGS_COUNT) return settings_unknown(name, field, err);
  const struct setting *t = &settings_table[id];
  if (t->flags & SETTING_ENVIRONMENT) {
    err_at(err, ERR_INVALID, field, "%s is not read from a file", t->key);
    err_hint(err, "give it in the environment, or use key_file");
    return false;
  }
  if (!settings_yaml_text(s->arena, value, &text) || (yyjson_is_arr(value) && t->kind != SETTINGS_KIND_LIST))
    return err_at(err, ERR_INVALID, field, "%s: must be %s", t->key, settings_form_of(t->kind));
  settings_put(s, id, text, SETTINGS_FILE);
  s->values[id].line = line;
  return true;
}

static bool settings_from_yaml(struct settings *s, const char *path, struct str text, struct err *err) {
  struct yaml_doc *y = NULL;
  if (!str_trim(text).n) return true;
  if (!yaml_read(text, &y, err)) {
    char at[sizeof err->field]; // line:column so far
    snprintf(at, sizeof at, "%.40s", err->field);
    snprintf(err->field, sizeof err->field, "%.50s:%.40s", path, at);
    return false;
  }
  yyjson_val *root = yaml_root(y), *key;
  bool ok = true;
  if (yyjson_is_obj(root)) {
    yyjson_obj_iter iter = yyjson_obj_iter_with(root);
    while (ok && (key = yyjson_obj_iter_next(&iter))) ok = settings_file_entry(s, path, y, key, err);
  } else if (root && !yyjson_is_null(root)) { // a file of comments only is fine
    ok = err_at(err, ERR_INVALID, path, "a settings file is a mapping of keys to values");
  }
  yaml_close(y);
  return ok;
}

static bool settings_from_file(struct settings *s, const struct settings_input *in, struct err *err) {
  static const char *const usual[] = {"postern.yaml", "/etc/postern/postern.yaml"};
  struct str named = in->file ? str_of(in->file) : settings_getenv(in, "POSTERN_CONFIG");
  for (size_t i = 0; !named.n && i < sizeof usual / sizeof *usual; i++)
    if (access(usual[i], F_OK) == 0) named = str_of(usual[i]);
  if (!named.n) return true;
  s->file = arena_dup(s->arena, named);
  struct buf text = BUF_MAX(SETTINGS_FILE_MOST);
  bool ok = file_read(s->file.p, &text, err) && settings_from_yaml(s, s->file.p, buf_str(&text), err);
  buf_free(&text);
  return ok;
}

// POSTERN_MAX_BODY_BYTES → max_body_bytes. Other names of that prefix belong to the command line and to
// orchestrators (Kubernetes makes POSTERN_PORT of a service "postern"), so only what looks like a slip of the
// pen is refused.
static bool settings_from_environment(struct settings *s, const struct settings_input *in, struct err *err) {
  enum { SLIP = 2, SHORT = 6 };
  for (char *const *e = in->environment; e && *e; e++) {
    struct str rest = str_of(*e), name;
    if (!str_starts(rest, "POSTERN_") || !str_cut(&rest, '=', &name)) continue;
    struct str tail = str_from(name, sizeof "POSTERN_" - 1);
    char *key = arena_z(s->arena, tail);
    for (char *p = key; *p; p++)
      if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 'a' - 'A');
    enum settings_id id = settings_find(str_of(key));
    if (id != SETTINGS_COUNT) {
      settings_put(s, id, rest, SETTINGS_ENVIRONMENT);
      continue;
    }
    struct str nearest = tail.n >= SHORT ? settings_nearest(str_of(key), SLIP) : STR_NONE;
    if (nearest.n && !str_is(name, "POSTERN_CONFIG"))
      return settings_unknown(str_of(key), arena_z(s->arena, name), err);
  }
  return true;
}

static bool settings_from_flags(struct settings *s, const struct settings_input *in, struct err *err) {
  for (size_t i = 0; i < in->flag_count; i++) {
    enum settings_id id = settings_find(in->flags[i].key);
    if (id == SETTINGS_COUNT) return settings_unknown(in->flags[i].key, "command line", err);
    if (settings_table[id].flags & SETTING_ENVIRONMENT)
      return err_at(err, ERR_INVALID, "command line", "%s is read from the environment only",
                    settings_table[id].key);
    settings_put(s, id, in->flags[i].value, SETTINGS_FLAG);
  }
  return true;
}

static bool settings_has_connectors(const char *folder) {
  char path[PATH_MAX + 16];
  struct stat st;
  snprintf(path, sizeof path, "%s/connectors", folder);
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// The working directory; the checkout that the program was built in, CHECKOUT/BUILD/src/postern; what was installed.
static struct str settings_share(const struct settings *s) {
  char path[PATH_MAX];
  if (settings_has_connectors(".")) return STR(".");
  ssize_t n = readlink("/proc/self/exe", path, sizeof path);
  struct str own = str_make(path, n > 0 && (size_t)n < sizeof path ? (size_t)n : 0);
  if (!str_ends(own, "/src/postern")) return STR(SETTINGS_SHARE);
  own.n -= sizeof "/src/postern" - 1;
  while (own.n && own.p[own.n - 1] != '/') own.n--;
  const char *checkout = arena_z(s->arena, str_make(own.p, own.n ? own.n - 1 : 0));
  return settings_has_connectors(checkout) ? str_of(checkout) : STR(SETTINGS_SHARE);
}

// Fills {data_dir} and {share} in a default.
static struct str settings_fill(const struct settings *s, const char *initial) {
  const char *open = strchr(initial, '{'), *close = open ? strchr(open, '}') : NULL;
  if (!close) return str_of(initial);
  struct str name = {open + 1, (size_t)(close - open) - 1};
  struct str value = str_is(name, "data_dir") ? s->values[SETTINGS_ID_data_dir].text : settings_share(s);
  return arena_printf(s->arena, "%.*s%.*s%s", (int)(open - initial), initial, STR_ARG(value), close + 1);
}

static void settings_field(const struct settings *s, enum settings_id id, char *field, size_t n) {
  const struct settings_value *v = &s->values[id];
  const char *key = settings_table[id].key;
  switch (v->source) {
  case SETTINGS_FILE:
    snprintf(field, n, "%.*s:%u", STR_MOST(s->file, 80), v->line);
    break;
  case SETTINGS_ENVIRONMENT: {
    int at = snprintf(field, n, "POSTERN_%s", key);
    for (int i = 0; i < at && i < (int)n; i++)
      if (field[i] >= 'a' && field[i] <= 'z') field[i] = (char)(field[i] - 'a' + 'A');
    break;
  }
  case SETTINGS_FLAG:
    snprintf(field, n, "command line");
    break;
  default:
    snprintf(field, n, "%s", key);
  }
}

// "8080" is a port of this machine alone, and "localhost" its own address.
static struct str settings_whole_listen(const struct settings *s) {
  struct str text = s->listen, host, port = text;
  uint64_t number;
  if (str_to_u64(text, &number)) return arena_printf(s->arena, "127.0.0.1:%.*s", STR_ARG(text));
  if (!str_cut(&port, ':', &host) || !port.n || !str_is_nocase(host, "localhost")) return text;
  return arena_printf(s->arena, "127.0.0.1:%.*s", STR_ARG(port));
}

static bool settings_set_all(struct settings *s, struct err *err) {
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    if (s->values[id].source == SETTINGS_DEFAULT)
      s->values[id].text = settings_fill(s, settings_table[id].initial);
    if (settings_set(s, id, s->values[id].text, err)) continue;
    char field[sizeof err->field];
    settings_field(s, id, field, sizeof field);
    snprintf(err->field, sizeof err->field, "%s", field);
    return false;
  }
  s->listen = settings_whole_listen(s);
  if ((s->tls_cert.n > 0) != (s->tls_key.n > 0))
    return err_at(err, ERR_INVALID, s->tls_cert.n ? "tls_key" : "tls_cert",
                  "tls_cert and tls_key go together");
  return true;
}

static bool settings_gather(struct settings *s, const struct settings_input *in, struct err *err) {
  settings_from_systemd(s, in);
  return settings_from_file(s, in, err) && settings_from_environment(s, in, err) &&
         settings_from_flags(s, in, err);
}

bool settings_load(const struct settings_input *in, struct settings **out, struct err *err) {
  struct settings *s = MEM_NEW(struct settings);
  s->arena = arena_new();
  if (!settings_gather(s, in, err) || !settings_set_all(s, err)) {
    settings_free(s);
    return false;
  }
  *out = s;
  return true;
}

bool settings_reload(const struct settings_input *in, const struct settings *now, struct buf *kept,
                     struct settings **out, struct err *err) {
  struct settings *next = NULL;
  if (!settings_load(in, &next, err)) return false;
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    const struct settings_value *old = &now->values[id];
    if ((settings_table[id].flags & SETTING_RELOAD) || str_eq(next->values[id].text, old->text)) continue;
    buf_printf(kept, "%s%s", kept->n ? ", " : "", settings_table[id].key);
    settings_put(next, id, old->text, old->source);
    next->values[id].line = old->line;
    if (settings_set(next, id, next->values[id].text, err)) continue;
    settings_free(next); // cannot be: it was good before
    return false;
  }
  *out = next;
  return true;
}

void settings_free(struct settings *s) {
  if (!s) return;
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    struct str text = s->values[id].text;
    bool ours = s->values[id].source != SETTINGS_DEFAULT; // defaults are literals
    if ((settings_table[id].flags & (SETTING_SECRET | SETTING_PASSWORD)) && ours && text.n)
      explicit_bzero((void *)(uintptr_t)text.p, text.n);
  }
  arena_free(s->arena);
  mem_free(s);
}
