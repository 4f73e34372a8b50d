// SPDX-License-Identifier: Apache-2.0
// postern key, config, status, version.
#include "cli/run.h"

#include "cli/api.h"
#include "cli/out.h"
#include "cli/view.h"
#include "crypto/seal.h"
#include "data/json.h"
#include "settings/settings.h"

enum { SYSTEM_PAGE_MOST = 1024 * 1024 };

bool cli_key_rotate(struct cli *c, struct err *err) {
  yyjson_val *report;
  if (!api_send(c, &(struct api_ask){"POST", STR("/key/rotate"), NULL}, &report, err)) return false;
  view_object(c, report);
  view_say(
      c, "\nBack up the key file again, and keep the copies of before with the backups of before: a key that "
         "seals nothing any more has left the file. Argument values that the audit records are sealed "
         "anew in the next minutes; their key leaves after them.");
  return true;
}

bool cli_key_create(struct cli *c, struct err *err) {
  const char *path = arena_z(c->arena, args_word(&c->args, 0));
  if (!seal_ring_create(path, err)) return false;
  view_say(c, "Made %s, readable by you alone. Keep a copy apart from the database's.", path);
  return true;
}

static void config_print(struct cli *c, const struct settings *s, enum settings_form form) {
  struct buf text = BUF_MAX(SYSTEM_PAGE_MOST);
  settings_explain(s, form, &text);
  view_text(c, buf_str(&text));
  buf_free(&text);
}

static void config_print_changed(struct cli *c, const struct settings *s) {
  static const struct view_column columns[] = {
      {"SETTING", "key"}, {"VALUE", "value"}, {"FROM", "source"}, {0}};
  struct buf text = BUF_MAX(SYSTEM_PAGE_MOST);
  yyjson_mut_doc *changed = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *rows = yyjson_mut_arr(changed);
  struct err ignored;
  yyjson_doc *all;
  yyjson_val *item;
  size_t i, n;
  yyjson_mut_doc_set_root(changed, rows);
  settings_explain(s, SETTINGS_AS_JSON, &text);
  yyjson_val *settings = json_read(buf_str(&text), &JSON_LIMITS, &all, &ignored) ? cli_keep(c, all) : NULL;
  yyjson_arr_foreach (settings, i, n, item)
    if (!str_is(json_str(item, "source"), "default"))
      yyjson_mut_arr_append(rows, yyjson_val_mut_copy(changed, item));
  view_list(c, cli_keep(c, yyjson_mut_doc_imut_copy(changed, NULL)), columns,
            "Every setting has its default; --explain lists them.");
  yyjson_mut_doc_free(changed);
  buf_free(&text);
}

bool cli_config_run(struct cli *c, struct err *err) {
  struct settings *s;
  if (!settings_load(&c->settings, &s, err)) return false;
  if (args_has(&c->args, "markdown"))
    config_print(c, s, SETTINGS_AS_MARKDOWN);
  else if (c->json || args_has(&c->args, "explain"))
    config_print(c, s, c->json ? SETTINGS_AS_JSON : SETTINGS_AS_TEXT);
  else
    config_print_changed(c, s);
  settings_free(s);
  return true;
}

bool cli_status_run(struct cli *c, struct err *err) {
  yyjson_val *status;
  if (!api_get(c, STR("/status"), &status, err)) return false;
  view_object(c, status);
  return true;
}

bool cli_version_run(struct cli *c, struct err *err) {
  (void)err;
  if (c->json)
    out_json(arena_printf(c->arena, "{\"version\":\"%s\"}\n", c->program->version));
  else
    out_text(arena_printf(c->arena, "postern %s\n", c->program->version));
  return true;
}
