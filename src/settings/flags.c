// SPDX-License-Identifier: Apache-2.0
#include "settings/value.h"

enum { FLAGS_MOST = 256 };

struct flags_walk {
  int argc, at, left; // left: what stays, so far
  char **argv;
};

// "--max-body-bytes=8MiB" → max_body_bytes and 8MiB. `value` is STR_NONE where no '=' stands.
static bool flags_split(struct arena *a, const char *arg, struct str *key, struct str *value) {
  struct str rest = str_of(arg), name;
  if (!str_starts(rest, "--") || rest.n < 3) return false;
  rest = str_from(rest, 2);
  if (!str_cut(&rest, '=', &name)) return false;
  char *z = arena_z(a, name);
  for (char *p = z; *p; p++)
    if (*p == '-') *p = '_';
  *key = str_of(z);
  *value = rest;
  return true;
}

static bool flags_need_value(struct flags_walk *w, struct str *value, struct err *err) {
  if (value->p) return true;
  if (w->at + 1 >= w->argc) return err_at(err, ERR_INVALID, w->argv[w->at], "a value is missing behind it");
  *value = str_of(w->argv[++w->at]);
  return true;
}

bool settings_take_flags(int *argc, char **argv, struct arena *a, struct settings_input *in,
                         struct err *err) {
  struct settings_flag *flags = ARENA_ARRAY(a, FLAGS_MOST, struct settings_flag);
  struct flags_walk w = {.argc = *argc, .argv = argv};
  const char *file = in->file;
  size_t count = 0;
  for (; w.at < w.argc; w.at++) {
    const char *arg = argv[w.at];
    if (strcmp(arg, "--") == 0) break; // what follows is not for us
    struct str key = STR_NONE, value = STR_NONE;
    bool flag = flags_split(a, arg, &key, &value), config = flag && str_is(key, "config");
    enum settings_id id = flag && !config ? settings_find(key) : SETTINGS_COUNT;
    if (!config && id == SETTINGS_COUNT) {
      argv[w.left++] = argv[w.at];
      continue;
    }
    if (!config && settings_table[id].kind == SETTINGS_KIND_BOOL && !value.p) value = STR("true");
    if (!flags_need_value(&w, &value, err)) return false;
    if (config)
      file = arena_z(a, value);
    else if (count == FLAGS_MOST)
      return err_at(err, ERR_INVALID, arg, "more than %d settings on the command line", FLAGS_MOST);
    else
      flags[count++] = (struct settings_flag){key, value};
  }
  for (; w.at < w.argc; w.at++) argv[w.left++] = argv[w.at];
  argv[w.left] = NULL;
  *argc = w.left;
  in->file = file;
  in->flags = flags;
  in->flag_count = count;
  return true;
}
