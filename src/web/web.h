// SPDX-License-Identifier: Apache-2.0
// web: hands out the console's files, which web/console is built to and which are part of the program. Anybody may have
// them: they hold no data. All that is under /ui/ and is no file is the console's own page, which reads its address
// itself. Any loop; nothing is copied but into the reply. Example, where a request's path is looked at:
//   if (web_takes(path) && !admin_takes(in)) web_handle(x);
#ifndef POSTERN_WEB_WEB_H
#define POSTERN_WEB_WEB_H

#include "http/server.h"

#define WEB_PAGES "/ui/"

struct web_file {   // made by scripts/embed-files
  const char *path; // "assets/index-B1f2.js", below /ui/
  const char *type;
  const char *etag;     // changes with the content; without quotes
  struct str all, gzip; // gzip empty: packing gains nothing
};

// An end with a file that has no path.
extern const struct web_file web_files[];

bool web_takes(struct str path);
bool web_has_console(void); // false: it was built without one
void web_handle(struct http_exchange *x);
// The same of other files, for tests.
void web_handle_from(const struct web_file *files, struct http_exchange *x);

#endif
