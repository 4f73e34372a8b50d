// SPDX-License-Identifier: Apache-2.0
// An installation as a folder, and back. Both work on files, with the settings of the server and its rights.
#include "cli/out.h"
#include "cli/run.h"
#include "cli/view.h"
#include "settings/settings.h"

static void backup_print(struct cli *c, const char *what, const char *folder, const struct backup_report *r) {
  if (c->json) {
    out_json(arena_printf(c->arena, "{\"schema\":%zu,\"bytes\":%llu,\"made_at\":\"%.*s\",\"key\":%s}\n",
                          r->schema, (unsigned long long)r->bytes, STR_ARG(r->made_at),
                          r->key ? "true" : "false"));
    return;
  }
  out_text(arena_printf(c->arena, "%s %s: schema %zu, %llu bytes, of %.*s\n", what, folder, r->schema,
                        (unsigned long long)r->bytes, STR_ARG(r->made_at)));
}

bool cli_backup_make(struct cli *c, struct err *err) {
  struct settings *s;
  struct backup_report r;
  const char *folder = arena_z(c->arena, args_word(&c->args, 0));
  bool with_key = args_has(&c->args, "with-key");
  if (!settings_load(&c->settings, &s, err)) return false;
  bool ok = c->program->backup(s, folder, with_key, c->arena, &r, err);
  settings_free(s);
  if (!ok) return false;
  backup_print(c, "backed up into", folder, &r);
  view_note(
      c,
      with_key
          ? STR("The key is in it: whoever has this folder can use every account. Keep it as you keep the "
                "key.")
          : STR("The key is not in it: keep a copy of the key file apart, or nobody opens the credentials."));
  return true;
}

bool cli_backup_restore(struct cli *c, struct err *err) {
  struct settings *s;
  struct backup_report r;
  const char *folder = arena_z(c->arena, args_word(&c->args, 0));
  if (!settings_load(&c->settings, &s, err)) return false;
  bool ok = c->program->restore(s, folder, c->arena, &r, err);
  settings_free(s);
  if (!ok) return false;
  backup_print(c, "restored from", folder, &r);
  if (r.replaced.n)
    view_note(c, arena_printf(c->arena, "What was there before is kept in %.*s.", STR_ARG(r.replaced)));
  if (!r.key) view_note(c, STR("The backup has no key: the key file must be the one of its day."));
  return true;
}
