// SPDX-License-Identifier: Apache-2.0
// value: one row of the settings table, and how its text becomes a value. For settings/, and for
// the command line, which checks and completes flags by the same rows.
#ifndef POSTERN_SETTINGS_VALUE_H
#define POSTERN_SETTINGS_VALUE_H

#include "settings/settings.h"

enum settings_kind {
#define X(id, type, form) SETTINGS_KIND_##id,
  SETTINGS_KINDS(X)
#undef X
};

// ENVIRONMENT: from there only; PASSWORD: a URL that may hold one, which is not shown.
enum { SETTING_RELOAD = 1, SETTING_SECRET = 2, SETTING_ENVIRONMENT = 4, SETTING_PASSWORD = 8 };
enum { SETTINGS_ITEMS_MOST = 256 }; // of one list

struct setting {
  const char *key;
  enum settings_kind kind;
  const char *initial, *allowed;
  unsigned flags;
  const char *help;
  size_t offset; // of the member in struct settings
};

extern const struct setting settings_table[SETTINGS_COUNT];

// SETTINGS_COUNT: there is none.
enum settings_id settings_find(struct str key);
const char *settings_form_of(enum settings_kind kind);
// Checks `text` and puts it into the member of `s`. The error names the key, not where it came from.
MUST_USE bool settings_set(struct settings *s, enum settings_id id, struct str text, struct err *err);

#endif
