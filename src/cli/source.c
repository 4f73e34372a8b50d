// SPDX-License-Identifier: Apache-2.0
#include "cli/source.h"

#include "cli/terminal.h"
#include "data/uri.h"
#include "fetch/client.h"
#include "settings/settings.h"

enum { SOURCE_CONNECT_MS = 10000, SOURCE_TOTAL_MS = 120000, SOURCE_DEFINITION_MOST = 4 * 1024 * 1024 };

bool source_is_url(struct str from) {
  return str_starts(from, "https://") || str_starts(from, "http://");
}

static bool source_fetch(struct cli *c, struct str url, struct buf *text, struct err *err) {
  static const struct fetch_limits limits = {.connect_ms = SOURCE_CONNECT_MS,
                                             .total_ms = SOURCE_TOTAL_MS,
                                             .body_bytes = TERMINAL_FILE_MOST,
                                             .header_bytes = 65536};
  struct http_header agent = {STR("User-Agent"), arena_printf(c->arena, "postern/%s", c->program->version)};
  struct fetch_result result = {0};
  struct http_guard *guard;
  if (!str_starts(url, "https://"))
    return err_set(err, ERR_INVALID,
                   "only https:// addresses are fetched; what comes in clear may be anyone's");
  if (!http_guard_new(NULL, 0, &guard, err)) return false;
  struct fetch_call call = {
      .method = "GET", .url = url, .headers = {&agent, 1}, .limits = &limits, .guard = guard};
  bool ok = fetch_url(&call, c->arena, &result, err);
  http_guard_free(guard);
  if (!ok) return false;
  if (result.status == 200) {
    *text = result.body;
    return true;
  }
  buf_free(&result.body);
  err_set(err, ERR_UPSTREAM, "the address answered %d, not 200", result.status);
  if (result.status >= 300 && result.status < 400)
    err_hint(err, "redirects are not followed; give the address that it leads to");
  return false;
}

bool source_read(struct cli *c, struct str from, struct buf *text, struct err *err) {
  return source_is_url(from) ? source_fetch(c, from, text, err)
                             : terminal_read(from, TERMINAL_FILE_MOST, text, err);
}

bool source_folder(struct cli *c, struct str *out, struct err *err) {
  struct settings *s;
  *out = args_text(&c->args, "connectors");
  if (out->n) return true;
  if (!settings_load(&c->settings, &s, err)) return false;
  *out = arena_dup(c->arena, s->connectors_dir);
  settings_free(s);
  return true;
}

bool source_connector(struct cli *c, struct str name, struct yaml_doc **out, struct err *err) {
  struct str folder;
  struct buf text;
  if (!name.n || str_find(name, '/') >= 0 || str_find(name, '.') >= 0)
    return err_set(err, ERR_INVALID, "'%.*s' is no connector's name", STR_ARG(name));
  if (!source_folder(c, &folder, err)) return false;
  struct str path = arena_printf(c->arena, "%.*s/%.*s/connector.yaml", STR_ARG(folder), STR_ARG(name));
  if (!terminal_read(path, SOURCE_DEFINITION_MOST, &text, err)) {
    if (err->code == ERR_MISSING) err_hint(err, "--connectors names the folder of the shipped connectors");
    return false;
  }
  bool ok = yaml_read(buf_str(&text), out, err);
  buf_free(&text);
  return ok;
}
