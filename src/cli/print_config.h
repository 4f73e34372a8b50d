// SPDX-License-Identifier: Apache-2.0
// print_config: what to paste into an AI client so that it uses a server, in that client's own form.
// What is to be pasted is apart from the
// notes that say where. Where the server asks for an API token beside the URL, a placeholder stands for it.
// Pure. Private to cli/. Example:
//   print_config(PRINT_CONFIG_CLAUDE_CODE, &(struct print_config_server){name, url, true}, &notes, &paste);
#ifndef POSTERN_CLI_PRINT_CONFIG_H
#define POSTERN_CLI_PRINT_CONFIG_H

#include "base/buf.h"

#define PRINT_CONFIG_CLIENTS "claude|chatgpt|claude-code|cursor|vscode"

struct print_config_server {
  struct str name, url;
  bool needs_token;
  bool signs_in; // `url` holds no secret: people sign in there
  size_t tools;  // that it lists, where the URL may ask for fewer; else 0
};

// False: no such client.
bool print_config(struct str client, const struct print_config_server *s, struct buf *notes,
                  struct buf *paste);

#endif
