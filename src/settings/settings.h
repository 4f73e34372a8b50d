// SPDX-License-Identifier: Apache-2.0
// settings: what the operator decides, from one table (settings/table.h). Later sources win: default,
// systemd's directories, file, environment (POSTERN_MAX_BODY_BYTES), flags (--max-body-bytes 8MiB).
// Immutable once loaded; owned by wiring.c; any thread may read. Example:
//   struct settings_input in = {.environment = environ};
//   if (!settings_take_flags(&argc, argv, arena, &in, &err)) return cli_fail(&err);
//   struct settings *s; if (!settings_load(&in, &s, &err)) return cli_fail(&err);
//   … s->max_body_bytes … s->header_timeout (ms) …
//   settings_free(s);
#ifndef POSTERN_SETTINGS_SETTINGS_H
#define POSTERN_SETTINGS_SETTINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "settings/table.h"

struct settings_list {
  struct str *items;
  size_t count;
};

// kind, C type of the member, how a value is written
#define SETTINGS_KINDS(X)                                                                                    \
  X(TEXT, struct str, "text")                                                                                \
  X(URL, struct str, "an http or https URL")                                                                 \
  X(COUNT, size_t, "a whole number")                                                                         \
  X(BYTES, size_t, "a size like 512, 24KiB or 4MiB")                                                         \
  X(DURATION, uint64_t, "a duration like 500ms, 30s, 5m, 1h or 90d") /* in milliseconds */                   \
  X(BOOL, bool, "true or false")                                                                             \
  X(LIST, struct settings_list, "a list, or text with commas")

#define X(id, type, form) typedef type settings_type_##id;
SETTINGS_KINDS(X)
#undef X

enum settings_id {
#define X(name, kind, initial, allowed, flags, help) SETTINGS_ID_##name,
  SETTINGS(X)
#undef X
      SETTINGS_COUNT
};

enum settings_source {
  SETTINGS_DEFAULT,
  SETTINGS_SYSTEMD,
  SETTINGS_FILE,
  SETTINGS_ENVIRONMENT,
  SETTINGS_FLAG
};

struct settings_value {
  struct str text; // as given, placeholders filled
  enum settings_source source;
  unsigned line; // in the file; 0: not from there
};

struct settings {
  struct arena *arena;
  struct str file; // the one that was read; empty: none
  struct settings_value values[SETTINGS_COUNT];
#define X(name, kind, initial, allowed, flags, help) settings_type_##kind name;
  SETTINGS(X)
#undef X
};

struct settings_flag {
  struct str key, value; // key with '_'
};

struct settings_input { // kept by the caller for reloads
  const char *file;     // --config; NULL: POSTERN_CONFIG, ./postern.yaml, /etc/postern/postern.yaml, or none
  char *const *environment;
  const struct settings_flag *flags;
  size_t flag_count;
};

// Takes `--config FILE`, `--key value` and `--key=value` of known keys out of argv; anything else stays.
MUST_USE bool settings_take_flags(int *argc, char **argv, struct arena *a, struct settings_input *in,
                                  struct err *err);
// ERR_INVALID: err->field is "file:line", the variable or the flag. Unknown keys are errors with the nearest
// known one.
MUST_USE bool settings_load(const struct settings_input *in, struct settings **out, struct err *err);
// Loads again (SIGHUP). What cannot change while running keeps its value, and its key goes to `kept`, by
// commas.
MUST_USE bool settings_reload(const struct settings_input *in, const struct settings *now, struct buf *kept,
                              struct settings **out, struct err *err);
void settings_free(struct settings *s); // wipes secrets

// The known key nearest to a slip of the pen, for "did you mean"; STR_NONE: none within `most` edits.
struct str settings_nearest(struct str key, unsigned most);

enum settings_form { SETTINGS_AS_TEXT, SETTINGS_AS_JSON, SETTINGS_AS_MARKDOWN };
// All settings with value, source, default and help. Markdown is the manual's page: no values, `s` may be
// NULL. Secrets are never printed.
void settings_explain(const struct settings *s, enum settings_form form, struct buf *out);

#endif
