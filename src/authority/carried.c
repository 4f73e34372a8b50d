// SPDX-License-Identifier: Apache-2.0
#include "authority/carried.h"

#include "base/clock.h"

enum { CARRIED_REDIRECTS = 2 };

// As they were published in autumn 2026.
static const struct {
  const char *id, *name, *redirects[CARRIED_REDIRECTS];
} carried[] = {
    {"https://claude.ai/oauth/claude-code-client-metadata",
     "Claude Code",
     {"http://localhost/callback", "http://127.0.0.1/callback"}},
    {"https://claude.ai/oauth/mcp-oauth-client-metadata",
     "Claude",
     {"https://claude.ai/api/mcp/auth_callback"}},
    {"https://chatgpt.com/oauth/codex/client.json",
     "Codex",
     {"http://127.0.0.1/callback", "http://localhost/callback"}},
    {"https://chatgpt.com/oauth/client.json",
     "ChatGPT",
     {"https://chatgpt.com/connector_platform_oauth_redirect"}},
    {"https://vscode.dev/oauth/client-metadata.json",
     "Visual Studio Code",
     {"http://127.0.0.1:33418/", "https://vscode.dev/redirect"}},
};
enum { CARRIED = sizeof carried / sizeof *carried };

bool carried_client(struct str id, struct arena *a, struct authority_client *out) {
  for (size_t i = 0; i < CARRIED; i++) {
    if (!str_is(id, carried[i].id)) continue;
    struct str *redirects = ARENA_ARRAY(a, CARRIED_REDIRECTS, struct str);
    size_t count = 0;
    while (count < CARRIED_REDIRECTS && carried[i].redirects[count]) {
      redirects[count] = str_of(carried[i].redirects[count]);
      count++;
    }
    *out = (struct authority_client){.id = id,
                                     .name = str_of(carried[i].name),
                                     .redirects = redirects,
                                     .redirect_count = count,
                                     .kind = CLIENT_DOCUMENT,
                                     .address = STR(""),
                                     .created_at = clock_now_ms()};
    return true;
  }
  return false;
}
