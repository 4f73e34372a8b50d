// SPDX-License-Identifier: Apache-2.0
#include "cli/manual.h"

#include "base/metrics.h"
#include "cli/help.h"
#include "cli/out.h"
#include "cli/run.h"
#include "settings/settings.h"

enum { MANUAL_MOST = 4 * 1024 * 1024 };

// ---- commands, Markdown

// A cell of a table: '|' parts columns.
static void manual_cell(struct buf *out, const char *z) {
  for (; *z; z++) {
    if (*z == '|') buf_add_char(out, '\\');
    buf_add_char(out, *z);
  }
}

static void manual_flag(struct buf *out, const struct args_flag *f) {
  buf_printf(out, "| `--%s%s", f->name, f->value ? " " : "");
  if (f->value) manual_cell(out, f->value);
  buf_printf(out, "` | ");
  manual_cell(out, f->help);
  buf_printf(out, "%s |\n", f->many ? "; may come again" : "");
}

static void manual_command(struct buf *out, const struct command *k) {
  buf_printf(out, "\n### postern %s\n\n    ", k->path);
  help_usage(k, out);
  buf_printf(out, "\n\n%s.", k->summary);
  if (k->details) buf_printf(out, " %s", k->details);
  buf_add_char(out, '\n');
  bool rows = k->arguments[0].name || k->flags[0].name;
  if (rows) buf_add_z(out, "\n| argument or flag | meaning |\n|---|---|\n");
  for (size_t i = 0; i < COMMAND_ARGUMENTS_MOST && k->arguments[i].name; i++) {
    buf_add_z(out, "| `");
    manual_cell(out, k->arguments[i].name);
    buf_add_z(out, "` | ");
    manual_cell(out, k->arguments[i].help);
    buf_add_z(out, " |\n");
  }
  for (size_t i = 0; i < COMMAND_FLAGS_MOST && k->flags[i].name; i++) manual_flag(out, &k->flags[i]);
  if (k->example) buf_printf(out, "\n```sh\n%s\n```\n", k->example);
}

void manual_write_commands(struct buf *out) {
  buf_add_z(
      out,
      "# The command line\n\n"
      "<!-- Made by `postern docs cli` from the table of commands. Do not edit; see CONTRIBUTING.md. -->\n\n"
      "Commands are clients of the [management API](api.md), but for `serve`, `compile`, `config`, `backup`, "
      "`restore`, "
      "`token recover` and `key create`.\n"
      "Flags may stand anywhere behind the command, as `--name value` or `--name=value`; `--` ends them.\n\n"
      "Every command has `--help`. Those that print anything have `--json`: the API's answer, for a list the "
      "array\n"
      "of all its entries. Those that speak to a server take:\n\n"
      "| flag | meaning |\n|---|---|\n");
  for (const struct args_flag *f = command_api_flags; f->name; f++) manual_flag(out, f);
  buf_add_z(out, "\nErrors go to standard error as `postern: what: why`, with what to do on the line below. "
                 "Exit codes:\n\n");
  for (const char *const *line = help_exit_codes; *line; line++)
    buf_printf(out, "- `%.1s` %s\n", *line, *line + 3);
  const struct command *k;
  for (const struct command_group *g = command_groups; g->name; g++) {
    buf_printf(out, "\n## %s: %s\n", g->name, g->summary);
    for (size_t i = 0; (k = command_at(i)); i++)
      if (str_is(command_group_of(k), g->name)) manual_command(out, k);
  }
}

// ---- metrics

static const struct {
  const char *kind, *name, *labels, *help;
} manual_metrics[] = {
#define X(id, kind, name, labels, help) {#kind, name, labels, help},
    METRICS(X)
#undef X
};

void manual_write_metrics(struct buf *out) {
  buf_add_z(out, "# Metrics\n\n"
                 "<!-- Made by `postern docs metrics` from the table of metrics. Do not edit; see "
                 "CONTRIBUTING.md. -->\n\n"
                 "`GET /metrics` answers in Prometheus's text format: with an admin token or the setting "
                 "`metrics_token`;\n"
                 "where that is not set, to clients on the same machine without. Times are in seconds.\n\n"
                 "| metric | kind | labels | meaning |\n|---|---|---|---|\n");
  size_t count = sizeof manual_metrics / sizeof *manual_metrics;
  for (size_t i = 0; i < count; i++) {
    const char *name = manual_metrics[i].name;
    if (i && strcmp(manual_metrics[i - 1].name, name) == 0) continue;
    buf_printf(out, "| `%s` | %s | ", name, manual_metrics[i].kind);
    const char *between = "";
    for (size_t j = i; j < count && strcmp(manual_metrics[j].name, name) == 0; j++, between = " ")
      if (*manual_metrics[j].labels) buf_printf(out, "%s`%s`", between, manual_metrics[j].labels);
    buf_printf(out, " | %s |\n", manual_metrics[i].help);
  }
  buf_add_z(
      out,
      "\nBeside these stand Prometheus's usual figures of the process: `process_resident_memory_bytes`,\n"
      "`process_open_fds`, `process_cpu_seconds_total`, `process_start_time_seconds`.\n");
}

// ---- the man page (man(7))

// Text of a line: '-' and '\' as they are typed, nothing taken for a request.
static void man_text(struct buf *out, const char *z) {
  for (const char *p = z; *p; p++) {
    bool start = p == z || p[-1] == '\n';
    if (start && (*p == '.' || *p == '\'')) buf_add_z(out, "\\&");
    if (*p == '\\')
      buf_add_z(out, "\\e");
    else if (*p == '-')
      buf_add_z(out, "\\-");
    else
      buf_add_char(out, *p);
  }
}

static void man_entry(struct buf *out, const char *head, const char *value, const char *text, bool many) {
  buf_add_z(out, ".TP\n.B ");
  man_text(out, head);
  if (value) {
    buf_add_z(out, " \\fI");
    man_text(out, value);
    buf_add_z(out, "\\fR");
  }
  buf_add_char(out, '\n');
  man_text(out, text);
  buf_add_z(out, many ? "; may come again\n" : "\n");
}

static void man_flag(struct buf *out, const struct args_flag *f) {
  char head[64];
  snprintf(head, sizeof head, "--%s", f->name);
  man_entry(out, head, f->value, f->help, f->many);
}

static void man_command(struct buf *out, const struct command *k) {
  struct buf usage = BUF_MAX(1024);
  help_usage(k, &usage);
  buf_add_char(&usage, 0);
  buf_add_z(out, ".SS ");
  man_text(out, usage.p);
  buf_add_char(out, '\n');
  buf_free(&usage);
  man_text(out, k->summary);
  buf_add_z(out, ".\n");
  if (k->details) man_text(out, k->details), buf_add_char(out, '\n');
  for (size_t i = 0; i < COMMAND_ARGUMENTS_MOST && k->arguments[i].name; i++)
    man_entry(out, k->arguments[i].name, NULL, k->arguments[i].help, false);
  for (size_t i = 0; i < COMMAND_FLAGS_MOST && k->flags[i].name; i++) man_flag(out, &k->flags[i]);
  if (k->example) {
    buf_add_z(out, ".PP\n.nf\n.RS\n");
    man_text(out, k->example);
    buf_add_z(out, "\n.RE\n.fi\n");
  }
}

void manual_write_man(struct buf *out) {
  buf_add_z(
      out,
      ".\\\" SPDX-License-Identifier: Apache-2.0\n"
      ".\\\" Made by `postern docs man` from the table of commands. Do not edit.\n"
      ".TH POSTERN 1 \"\" \"Postern\" \"User Commands\"\n"
      ".SH NAME\npostern \\- a gate between AI clients (MCP) and SaaS accounts\n"
      ".SH SYNOPSIS\n.B postern\n.I command\n.RI [ arguments ]\n.RI [ flags ]\n"
      ".SH DESCRIPTION\n"
      "Postern connects accounts at SaaS vendors and serves scoped MCP servers over them.\n"
      ".B postern serve\nruns the server; the other commands are clients of its management API, but for\n"
      ".BR compile ,\n.BR config ,\n.BR backup ,\n.BR restore ,\n.B \"key create\"\nand\n.BR \"token "
      "recover\" ,\nwhich need none.\n"
      "Flags may stand anywhere behind the command; \\-\\- ends them.\n"
      ".SH COMMANDS\n");
  const struct command *k;
  for (size_t i = 0; (k = command_at(i)); i++)
    if (!(k->traits & COMMAND_HIDDEN)) man_command(out, k);
  buf_add_z(out, ".SH COMMON FLAGS\n");
  for (const struct args_flag *f = command_common_flags; f->name; f++) man_flag(out, f);
  for (const struct args_flag *f = command_json_flags; f->name; f++) man_flag(out, f);
  buf_add_z(out, ".PP\nCommands that speak to a server:\n");
  for (const struct args_flag *f = command_api_flags; f->name; f++) man_flag(out, f);
  buf_add_z(out, ".SH EXIT STATUS\n");
  for (const char *const *line = help_exit_codes; *line; line++) {
    buf_printf(out, ".TP\n.B %.1s\n", *line);
    man_text(out, *line + 3);
    buf_add_char(out, '\n');
  }
  buf_add_z(
      out,
      ".SH ENVIRONMENT\n.TP\n.B POSTERN_URL\nAddress of the server.\n.TP\n.B POSTERN_TOKEN\nThe API token.\n"
      ".TP\n.B POSTERN_TOKEN_FILE\nFile of the API token.\n.TP\n.B POSTERN_CA\nPEM file of authorities to "
      "trust.\n"
      ".TP\n.B POSTERN_CONFIG\nThe settings file.\n.TP\n.BI POSTERN_ SETTING\nAny setting, its name in "
      "capitals.\n"
      ".SH FILES\n.TP\n.I ~/.config/postern/token\nThe API token, readable by its owner alone.\n"
      ".TP\n.I /etc/postern/postern.yaml\nThe settings file, where none is named and none is in the working "
      "directory.\n");
}

// ---- the hidden command

bool cli_manual_run(struct cli *c, struct err *err) {
  static const struct {
    const char *page;
    void (*write)(struct buf *out);
  } pages[] = {{"cli", manual_write_commands}, {"metrics", manual_write_metrics}, {"man", manual_write_man}};
  struct str page = args_word(&c->args, 0);
  struct buf out = BUF_MAX(MANUAL_MOST);
  for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
    if (str_is(page, pages[i].page)) pages[i].write(&out);
  if (str_is(page, "catalog") && !manual_write_catalog(c, &out, err)) return false;
  if (str_is(page, "api")) c->program->write_api(&out);
  if (str_is(page, "openapi")) c->program->write_openapi(str_of(c->program->version), &out);
  if (str_is(page, "program-schema")) buf_printf(&out, "%s\n", c->program->program_schema);
  if (str_is(page, "settings")) settings_explain(NULL, SETTINGS_AS_MARKDOWN, &out);
  bool known = out.n > 0;
  out_text(buf_str(&out));
  buf_free(&out);
  return known || err_set(err, ERR_INVALID, "there is no page '%.*s'", STR_ARG(page));
}
