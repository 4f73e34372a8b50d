// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

const struct args_flag command_common_flags[] = {{"help", NULL, "show how the command is used"}, {0}};
const struct args_flag command_json_flags[] = {{"json", NULL, "print JSON"}, {0}};
const struct args_flag command_api_flags[] = {
    {"url", "URL",
     "address of the server; or POSTERN_URL; without it the one in ~/.config/postern/url, else "
     "http://127.0.0.1:8080"},
    {"token-file", "FILE",
     "file of the API token, readable by you alone; without it ~/.config/postern/token"},
    {"token", "TOKEN", "the API token itself, which the process list shows; POSTERN_TOKEN is better"},
    {"ca", "FILE", "PEM file of authorities to trust for the server; or POSTERN_CA"},
    {0}};

const struct command_group command_groups[] = {
    {"up", "Connect a vendor and get a URL, in one step"},
    {"serve", "Run the server"},
    {"status", "How the running server does"},
    {"connector", "Vendors that accounts can be made for"},
    {"account", "Accounts at vendors"},
    {"tools", "What an account offers"},
    {"call", "Call a tool of an account"},
    {"ask", "Ask a question in plain language"},
    {"answer", "Answers that are kept"},
    {"alias", "What people call things in questions"},
    {"engine", "Who writes the programs of questions"},
    {"run", "Run an answer program"},
    {"program", "Answer programs that are kept, and published as tools"},
    {"dashboard", "Pages of results that are run again"},
    {"tile", "Results pinned to a dashboard"},
    {"watch", "Conditions on tiles that tell webhooks"},
    {"share", "Links that show a dashboard or a tile"},
    {"mcp", "Scoped MCP servers over an account"},
    {"token", "API tokens"},
    {"store", "The database: from one kind to another"},
    {"user", "People who use the console"},
    {"provider", "Identity providers that people of the company sign in by"},
    {"client", "AI clients that people sign in to servers from"},
    {"approval", "Calls that wait for a second person"},
    {"open", "A link that signs in to the console"},
    {"audit", "Who did what and when"},
    {"key", "The key that credentials are sealed with"},
    {"backup", "An installation as a folder"},
    {"restore", "A backup put back"},
    {"config", "Settings: their values and where those come from"},
    {"compile", "Compile an OpenAPI document to tools, without a server"},
    {"completion", "Completion for a shell"},
    {"version", "The version of this program"},
    {"help", "How a command is used"},
    {0}};

static const struct args_flag *command_trait_flag(const struct command *k, size_t at) {
  const struct {
    const struct args_flag *flags;
    bool has;
  } sets[] = {{command_api_flags, k->traits & COMMAND_API},
              {command_json_flags, k->traits & COMMAND_JSON},
              {command_common_flags, true}};
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
    for (const struct args_flag *f = sets[i].flags; sets[i].has && f->name; f++)
      if (at-- == 0) return f;
  return NULL;
}

const struct args_flag *command_next_flag(const struct command *k, size_t *at) {
  size_t own = 0, i = (*at)++;
  while (own < COMMAND_FLAGS_MOST && k->flags[own].name) own++;
  return i < own ? &k->flags[i] : command_trait_flag(k, i - own);
}

const struct args_flag *command_find_flag(const struct command *k, struct str name) {
  const struct args_flag *f;
  for (size_t at = 0; (f = command_next_flag(k, &at));)
    if (str_is(name, f->name)) return f;
  return NULL;
}

struct str command_group_of(const struct command *k) {
  struct str rest = str_of(k->path), first = STR_NONE;
  str_cut(&rest, ' ', &first);
  return first;
}

// How many words a path has where these words spell it; 0: they do not.
static size_t command_spelled(const struct command *k, size_t count, char *const *words) {
  size_t n = 0;
  for (struct str rest = str_of(k->path), word; str_cut(&rest, ' ', &word); n++)
    if (n >= count || !str_eq(word, str_of(words[n]))) return 0;
  return n;
}

const struct command *command_at(size_t i) {
  static const struct command *const chapters[] = {commands_connect, commands_ask, commands_board,
                                                   commands_serve};
  for (size_t c = 0; c < sizeof chapters / sizeof *chapters; c++)
    for (const struct command *k = chapters[c]; k->path; k++)
      if (i-- == 0) return k;
  return NULL;
}

const struct command *command_find(size_t count, char *const *words, size_t *taken) {
  const struct command *k;
  for (size_t i = 0; (k = command_at(i)); i++)
    if ((*taken = command_spelled(k, count, words))) return k;
  return NULL;
}

struct str command_nearest(size_t count, char *const *words) {
  struct str near = STR_NONE;
  unsigned best = 4;
  const struct command *k;
  for (size_t i = 0; (k = command_at(i)); i++) {
    struct str rest = str_of(k->path), first, second = STR_NONE;
    if (k->traits & COMMAND_HIDDEN || !count || !str_cut(&rest, ' ', &first)) continue;
    bool known = str_eq(first, str_of(words[0]));
    if (known && count > 1) str_cut(&rest, ' ', &second);
    struct str candidate = known && count > 1 ? second : first;
    unsigned d = str_distance(candidate, str_of(words[known && count > 1]));
    if (d < best && candidate.n) best = d, near = known && count > 1 ? str_of(k->path) : first;
  }
  return near;
}
