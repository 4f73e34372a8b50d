// SPDX-License-Identifier: Apache-2.0
// backup: all that an installation is, as a folder of its own, taken while it runs; and put back. A backup is a folder with the
// database, what says that it is bound, the key where it is asked for, and a manifest with the digest of each. It is made
// under another name and gets its own when it is whole and on the disk. Main thread, no loops. Example:
//   struct backup_report r;
//   if (!backup_make(settings, "/backup/monday", false, arena, &r, err)) return false;
#ifndef POSTERN_BACKUP_H
#define POSTERN_BACKUP_H

#include "base/arena.h"
#include "cli/cli.h"
#include "settings/settings.h"

// `folder` is not there yet, or empty.
MUST_USE bool backup_make(const struct settings *s, const char *folder, bool with_key, struct arena *a,
                          struct backup_report *out, struct err *err);
// No program holds the store. What is there is kept beside the new in a folder that `out` names; a key that is there keeps its lines.
MUST_USE bool backup_restore(const struct settings *s, const char *folder, struct arena *a,
                             struct backup_report *out, struct err *err);

#endif
