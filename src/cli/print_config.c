// SPDX-License-Identifier: Apache-2.0
#include "cli/print_config.h"

#include "data/json.h"

enum { PRINT_CONFIG_TOOLS_MOST = 30, PRINT_CONFIG_URL_MOST = 4096 };

#define PLACE "<API token of the role client>"

// A name as all of the clients take it: letters, digits, '-' and '_'.
static void config_name(struct buf *out, struct str name) {
  size_t start = out->n;
  for (size_t i = 0; i < name.n; i++) {
    char c = name.p[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (plain)
      buf_add_char(out, c);
    else if (out->n > start && out->p[out->n - 1] != '-')
      buf_add_char(out, '-');
  }
  while (out->n > start && out->p[out->n - 1] == '-') out->n--;
  if (out->n == start) buf_add(out, STR("postern"));
}

static bool config_is_local(const struct print_config_server *s) {
  return str_starts(s->url, "http://127.0.0.1") || str_starts(s->url, "http://localhost");
}

// In single quotes for a POSIX shell.
static void config_shell(struct buf *out, struct str text) {
  buf_add_char(out, '\'');
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '\'')
      buf_add(out, STR("'\\''"));
    else
      buf_add_char(out, text.p[i]);
  }
  buf_add_char(out, '\'');
}

static bool config_is_https(const struct print_config_server *s) {
  return str_starts(s->url, "https://");
}

// --header takes any number of values, so it stands last.
static void config_claude_code(const struct print_config_server *s, struct buf *notes, struct buf *out) {
  buf_add(notes, STR("Run this in a shell; --scope user makes it known in all of your projects.\n"));
  if (s->needs_token)
    buf_add(notes, STR("POSTERN_CLIENT_TOKEN is to hold an API token: postern token create --role client "
                       "--name claude-code\n"));
  buf_add(out, STR("claude mcp add --transport http "));
  config_name(out, s->name);
  buf_add_char(out, ' ');
  config_shell(out, s->url);
  if (s->needs_token) buf_add(out, STR(" --header \"Authorization: Bearer $POSTERN_CLIENT_TOKEN\""));
  buf_add_char(out, '\n');
}

static void config_open(struct buf *out, const char *list, const struct print_config_server *s) {
  buf_printf(out, "{\n  \"%s\": {\n    \"", list);
  config_name(out, s->name);
  buf_add(out, STR("\": {\n"));
}

static void config_cursor(const struct print_config_server *s, struct buf *notes, struct buf *out) {
  buf_add(notes, STR("For ~/.cursor/mcp.json, or .cursor/mcp.json of a project.\n"));
  config_open(out, "mcpServers", s);
  buf_add(out, STR("      \"url\": "));
  json_add_string(out, s->url);
  if (s->needs_token) buf_add(out, STR(",\n      \"headers\": { \"Authorization\": \"Bearer " PLACE "\" }"));
  buf_add(out, STR("\n    }\n  }\n}\n"));
}

// VS Code asks for an input of the kind promptString once and keeps it out of the file.
static void config_vscode(const struct print_config_server *s, struct buf *notes, struct buf *out) {
  buf_add(notes,
          STR("For .vscode/mcp.json of a workspace, or the file of 'MCP: Open User Configuration'.\n"));
  if (s->needs_token)
    buf_add(notes, STR("VS Code asks for the API token when it first starts the server.\n"));
  config_open(out, "servers", s);
  buf_add(out, STR("      \"type\": \"http\",\n      \"url\": "));
  json_add_string(out, s->url);
  if (s->needs_token)
    buf_add(out, STR(",\n      \"headers\": { \"Authorization\": \"Bearer ${input:postern-token}\" }"));
  buf_add(out, STR("\n    }\n  }"));
  if (s->needs_token)
    buf_add(out, STR(",\n  \"inputs\": [\n    { \"type\": \"promptString\", \"id\": \"postern-token\", "
                     "\"description\": \"API token for Postern\", \"password\": true }\n  ]"));
  buf_add(out, STR("\n}\n"));
}

// Claude Desktop's file starts programs only, so mcp-remote stands between. No blank may stand in an
// argument: on Windows the client does not quote it; a header's value can come from the environment.
static void config_claude(const struct print_config_server *s, struct buf *notes, struct buf *out) {
  if (config_is_https(s) && !s->needs_token)
    buf_add(notes, STR("Simplest, where the internet reaches the URL: Settings → Connectors → Add custom "
                       "connector, and give\n"
                       "the URL below. Otherwise, through mcp-remote:\n"));
  buf_add(notes,
          STR("For claude_desktop_config.json (Settings → Developer → Edit Config), then restart Claude.\n"));
  config_open(out, "mcpServers", s);
  buf_add(out, STR("      \"command\": \"npx\",\n      \"args\": [\"-y\", \"mcp-remote\", "));
  json_add_string(out, s->url);
  if (!config_is_https(s) && !config_is_local(s)) buf_add(out, STR(", \"--allow-http\""));
  if (s->needs_token)
    buf_add(out, STR(", \"--header\", \"Authorization:${POSTERN_AUTHORIZATION}\"],\n"
                     "      \"env\": { \"POSTERN_AUTHORIZATION\": \"Bearer " PLACE "\" }"));
  else
    buf_add(out, STR("]"));
  buf_add(out, STR("\n    }\n  }\n}\n"));
}

static void config_chatgpt(const struct print_config_server *s, struct buf *notes, struct buf *out) {
  buf_add(out, STR("In ChatGPT on the web:\n"
                   "  1. Settings → Connectors → Advanced → Developer mode: on.\n"
                   "  2. Settings → Connectors → Create, and give\n       Name            "));
  buf_add(out, s->name);
  buf_add(out, STR("\n       MCP server URL  "));
  buf_add(out, s->url);
  buf_add_z(out, "\n       Authentication  ");
  buf_add_z(out, s->signs_in ? "OAuth" : "No authentication (the URL itself holds the secret)");
  buf_add(out, STR("\n"
                   "  3. In a conversation: + → Developer mode, and switch the connector on.\n"));
  if (!config_is_https(s))
    buf_add(notes,
            STR("ChatGPT calls from the internet and takes https:// only. Put Postern behind TLS and say\n"
                "public_url, then 'postern mcp config' gives the server an https URL.\n"));
  if (s->needs_token)
    buf_add(
        notes,
        STR("This server asks for an API token as well, and ChatGPT cannot send one. Make a server without\n"
            "--require-api-token for it, with an expiry.\n"));
}

bool print_config(struct str client, const struct print_config_server *s, struct buf *notes,
                  struct buf *paste) {
  static const struct {
    const char *client;
    void (*print)(const struct print_config_server *s, struct buf *notes, struct buf *paste);
    bool searches; // many tools by itself, and does best with all of them listed
  } known[] = {{"claude", config_claude, false},
               {"chatgpt", config_chatgpt, false},
               {"claude-code", config_claude_code, true},
               {"cursor", config_cursor, true},
               {"vscode", config_vscode, true}};
  size_t i = 0;
  while (i < sizeof known / sizeof *known && !str_is(client, known[i].client)) i++;
  if (i == sizeof known / sizeof *known) return false;
  struct print_config_server as = *s;
  struct buf url = BUF_MAX(PRINT_CONFIG_URL_MOST);
  if (!known[i].searches && s->tools > PRINT_CONFIG_TOOLS_MOST) {
    buf_printf(&url, "%.*s?discovery=search", STR_ARG(s->url));
    as.url = buf_str(&url);
    buf_printf(
        notes,
        "The URL asks for tools that search among the %zu, which are many for this client at once; without "
        "\"?discovery=search\" it lists them all.\n",
        s->tools);
  }
  known[i].print(&as, notes, paste);
  buf_free(&url);
  return true;
}
