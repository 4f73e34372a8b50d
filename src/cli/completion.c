// SPDX-License-Identifier: Apache-2.0
// Completion: the shells' scripts only ask `postern complete WORD…`, which knows the table. A candidate
// a line, with its meaning behind a tab. No candidate: the shell offers files.
#include "cli/run.h"

#include "base/map.h"
#include "cli/api.h"
#include "cli/names.h"
#include "cli/out.h"
#include "data/json.h"
#include "settings/value.h"

static const char completion_bash[] =
    "# SPDX-License-Identifier: Apache-2.0\n# bash completion for postern\n"
    "_postern() {\n"
    "  local line\n"
    "  COMPREPLY=()\n"
    "  while IFS= read -r line; do\n"
    "    COMPREPLY+=(\"${line%%$'\\t'*}\")\n"
    "  done < <(postern complete \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "}\n"
    "complete -o default -F _postern postern\n";

static const char completion_zsh[] =
    "#compdef postern\n# SPDX-License-Identifier: Apache-2.0\n"
    "_postern() {\n"
    "  local -a found\n"
    "  local line\n"
    "  for line in \"${(@f)$(postern complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
    "    [[ -n $line ]] && found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
    "  done\n"
    "  if (( $#found )); then _describe postern found; else _files; fi\n"
    "}\n"
    "if [[ ${funcstack[1]} == _postern ]]; then _postern \"$@\"; else compdef _postern postern; fi\n";

static const char completion_fish[] = "# SPDX-License-Identifier: Apache-2.0\n# fish completion for postern\n"
                                      "function __postern_complete\n"
                                      "  set -l words (commandline -opc) (commandline -ct)\n"
                                      "  set -l found (postern complete $words[2..-1] 2>/dev/null)\n"
                                      "  if set -q found[1]\n"
                                      "    printf '%s\\n' $found\n"
                                      "  else\n"
                                      "    __fish_complete_path (commandline -ct)\n"
                                      "  end\n"
                                      "end\n"
                                      "complete -c postern -f -a '(__postern_complete)'\n";

bool cli_completion_run(struct cli *c, struct err *err) {
  static const struct {
    const char *shell, *script;
  } known[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};
  struct str shell = args_word(&c->args, 0);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (!str_is(shell, known[i].shell)) continue;
    out_text(str_of(known[i].script));
    return true;
  }
  return err_set(err, ERR_INVALID, "completion is there for bash, zsh and fish, not for '%.*s'",
                 STR_ARG(shell));
}

// ---- candidates

static void complete_offer(struct cli *c, struct str begun, struct str word, const char *help) {
  if (word.n < begun.n || memcmp(word.p, begun.p, begun.n) != 0) return;
  out_text(arena_printf(c->arena, "%.*s\t%s\n", STR_ARG(word), help));
}

static void complete_choices(struct cli *c, struct str begun, const char *choices, const char *help) {
  if (!strchr(choices, '|')) return;
  for (struct str rest = str_of(choices), word; str_cut(&rest, '|', &word);)
    complete_offer(c, begun, word, help);
}

// ---- what the server has, where one answers soon

enum { COMPLETE_KINDS_MOST = 2 };

// Only what needs no quotes in any shell, whoever gave the name.
static bool complete_is_plain(struct str word) {
  for (size_t i = 0; i < word.n; i++) {
    char ch = word.p[i];
    bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
    if (!letter && (!ch || !strchr("._-/@+", ch))) return false;
  }
  return word.n > 0 && word.p[0] != '-';
}

static void complete_offer_names(struct cli *c, yyjson_val *items, struct str begun, const char *help) {
  yyjson_val *item;
  size_t i, n;
  yyjson_arr_foreach (items, i, n, item)
    if (complete_is_plain(json_str(item, "name"))) complete_offer(c, begun, json_str(item, "name"), help);
}

static yyjson_val *complete_tools(struct cli *c, struct str account) {
  struct str path;
  struct err ignored;
  yyjson_val *tools = NULL;
  bool ok = account.n && names_account_path(c, account, "/tools", &path, &ignored) &&
            api_list(c, path, 0, &tools, &ignored);
  return ok ? tools : NULL;
}

// "read,cr": what stands before the last comma stays.
static struct str complete_list_head(struct str begun) {
  while (begun.n && begun.p[begun.n - 1] != ',') begun.n--;
  return begun;
}

static void complete_in_list(struct cli *c, struct str begun, struct str word, const char *help) {
  struct str head = complete_list_head(begun);
  complete_offer(c, begun, arena_printf(c->arena, "%.*s%.*s", STR_ARG(head), STR_ARG(word)), help);
}

static void complete_methods(struct cli *c, struct str begun, const char *help) {
  struct str all = STR("read|write|custom|list|get|create|update|delete"), word;
  while (str_cut(&all, '|', &word)) complete_in_list(c, begun, word, help);
}

static void complete_tags(struct cli *c, struct str account, struct str begun, const char *help) {
  yyjson_val *tools = complete_tools(c, account), *tool, *tag;
  struct map seen = {0};
  size_t i, n, k, m;
  yyjson_arr_foreach (tools, i, n, tool)
    yyjson_arr_foreach (yyjson_obj_get(tool, "tags"), k, m, tag) {
      struct str word = json_text(tag);
      if (!complete_is_plain(word) || map_get(&seen, word)) continue;
      map_put(&seen, word, tag);
      complete_in_list(c, begun, word, help);
    }
  map_free(&seen);
}

// By the word for an argument in the table, or by the name of a flag.
static void complete_known(struct cli *c, const char *what, struct str account, struct str begun,
                           const char *help) {
  static const struct {
    const char *what;
    enum names_kind kinds[COMPLETE_KINDS_MOST];
    size_t count;
  } known[] = {
      {"ACCOUNT", {NAMES_ACCOUNT}, 1},     {"SERVER", {NAMES_SERVER}, 1},
      {"CONNECTOR", {NAMES_CONNECTOR}, 1}, {"TOKEN", {NAMES_TOKEN}, 1},
      {"PROGRAM", {NAMES_PROGRAM}, 1},     {"WHAT", {NAMES_CONNECTOR, NAMES_ACCOUNT}, 2},
      {"--account", {NAMES_ACCOUNT}, 1},   {"--server", {NAMES_SERVER}, 1},
      {"--actor", {NAMES_TOKEN}, 1},       {"ENGINE", {NAMES_ENGINE}, 1},
      {"--engine", {NAMES_ENGINE}, 1},
  };
  struct err ignored;
  yyjson_val *items;
  c->brief = true;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    for (size_t k = 0; strcmp(known[i].what, what) == 0 && k < known[i].count; k++)
      if (names_list(c, known[i].kinds[k], &items, &ignored)) complete_offer_names(c, items, begun, help);
  if (strcmp(what, "TOOL") == 0) complete_offer_names(c, complete_tools(c, account), begun, help);
  if (strcmp(what, "--methods") == 0) complete_methods(c, begun, help);
  if (strcmp(what, "--tags") == 0) complete_tags(c, account, begun, help);
}

// ---- by the table

// The words that may come next where those before begin paths; a first word stands for its whole group.
static void complete_paths(struct cli *c, size_t count, char *const *words, struct str begun) {
  for (const struct command_group *g = command_groups; count == 0 && g->name; g++)
    complete_offer(c, begun, str_of(g->name), g->summary);
  const struct command *k;
  for (size_t i = 0; count == 1 && (k = command_at(i)); i++) {
    struct str rest = str_of(k->path), first;
    if (str_cut(&rest, ' ', &first) && rest.n && str_eq(first, str_of(words[0])))
      complete_offer(c, begun, rest, k->summary);
  }
}

static void complete_settings(struct cli *c, struct str begun) {
  complete_offer(c, begun, STR("--config"), "the settings file");
  for (size_t i = 0; i < SETTINGS_COUNT; i++) {
    struct str flag = arena_printf(c->arena, "--%s", settings_table[i].key);
    for (char *p = (char *)(uintptr_t)flag.p; *p; p++)
      if (*p == '_') *p = '-';
    if (!(settings_table[i].flags & SETTING_ENVIRONMENT))
      complete_offer(c, begun, flag, settings_table[i].help);
  }
}

static void complete_flags(struct cli *c, const struct command *k, struct str begun) {
  const struct args_flag *f;
  for (size_t at = 0; (f = command_next_flag(k, &at));)
    complete_offer(c, begun, arena_printf(c->arena, "--%s", f->name), f->help);
  if (k->traits & COMMAND_SETTINGS) complete_settings(c, begun);
}

// How many of the words behind the path are arguments rather than flags and their values; *first is the first.
static size_t complete_count_words(const struct command *k, size_t count, char *const *words,
                                   struct str *first) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    struct str word = str_of(words[i]);
    const struct args_flag *f = str_starts(word, "--") ? command_find_flag(k, str_from(word, 2)) : NULL;
    bool argument = !str_starts(word, "-");
    if (f && f->value) i++;
    if (argument && n++ == 0) *first = word;
  }
  return n;
}

// The argument of that number; one that may be many goes on.
static const struct command_argument *complete_argument(const struct command *k, size_t at) {
  for (size_t i = 0; i < COMMAND_ARGUMENTS_MOST && k->arguments[i].name; i++)
    if (i == at || (i < at && k->arguments[i].many)) return &k->arguments[i];
  return NULL;
}

static void complete_in_command(struct cli *c, const struct command *k, size_t count, char *const *words,
                                struct str begun) {
  struct str before = count ? str_of(words[count - 1]) : STR_NONE, first = STR_NONE;
  const struct args_flag *f = str_starts(before, "--") ? command_find_flag(k, str_from(before, 2)) : NULL;
  const struct command_argument *argument =
      complete_argument(k, complete_count_words(k, count, words, &first));
  if (f && f->value) {
    complete_choices(c, begun, f->value, f->help);
    complete_known(c, arena_printf(c->arena, "--%s", f->name).p, first, begun, f->help);
  } else if (str_starts(begun, "-")) {
    complete_flags(c, k, begun);
  } else if (argument) {
    complete_choices(c, begun, argument->name, argument->help);
    complete_known(c, argument->name, first, begun, argument->help);
  }
}

bool cli_complete_run(struct cli *c, struct err *err) {
  (void)err;
  size_t count = c->argc > 0 ? (size_t)c->argc - 1 : 0, taken = 0;
  struct str begun = c->argc > 0 ? str_of(c->argv[count]) : STR_NONE;
  const struct command *k = command_find(count, c->argv, &taken);
  if (k && strcmp(k->path, "help") == 0)
    complete_paths(c, count - 1, c->argv + 1, begun);
  else if (k)
    complete_in_command(c, k, count - taken, c->argv + taken, begun);
  else
    complete_paths(c, count, c->argv, begun);
  return true;
}
