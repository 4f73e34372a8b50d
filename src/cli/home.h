// SPDX-License-Identifier: Apache-2.0
// home: the user's own folder, ~/.config/postern or where XDG_CONFIG_HOME says: the admin token, and the address of the
// server that it is for. What others can read there is refused. Main thread. Private to cli/. Example:
//   struct buf token; if (!home_read(c, HOME_TOKEN, &token, err)) return false;   // empty: none is kept
#ifndef POSTERN_CLI_HOME_H
#define POSTERN_CLI_HOME_H

#include "cli/command.h"

#define HOME_TOKEN "token"
#define HOME_URL "url"

// Where a file of the folder is or would be. STR_NONE: there is no home.
struct str home_path(struct cli *c, const char *name);
// As people write it: ~/.config/postern/token.
struct str home_shown(struct cli *c, struct str path);
// Of a file that is there. ERR_DENIED: it is somebody else's, or others can read it.
MUST_USE bool home_is_private(struct cli *c, struct str path, struct err *err);
// Without blanks around it; empty where there is none. The caller wipes and frees.
MUST_USE bool home_read(struct cli *c, const char *name, struct buf *text, struct err *err);
// In place of what was there, whole or not at all; mode 0600 in a folder of mode 0700, which is made.
MUST_USE bool home_write(struct cli *c, const char *name, struct str text, struct err *err);
// The user's folder is there, and private: what is kept now can be written.
MUST_USE bool home_ready(struct cli *c, struct err *err);
// The folder and those above it, with the mode 0700 where they are made.
MUST_USE bool home_folder(struct cli *c, struct str path, struct err *err);
// Where programs keep data for this user: ~/.local/share/postern, or where XDG_DATA_HOME says. STR_NONE: no home.
struct str home_data(struct cli *c);

#endif
