// SPDX-License-Identifier: Apache-2.0
// postern watch: conditions on tiles that tell webhooks.
#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/json.h"

static bool watch_send(struct cli *c, const char *method, struct str path, yyjson_mut_doc *body,
                       yyjson_val **out, struct err *err) {
  struct api_ask ask = {.method = method, .path = path, .body = body};
  return api_send(c, &ask, out, err);
}

static struct str watch_path(struct cli *c, const char *format) {
  return api_path(c, format, args_word(&c->args, 0));
}

// ---- what it is to be

static bool watch_put_for(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str span = args_text(&c->args, "for");
  int64_t ms = 0;
  if (!args_has(&c->args, "for")) return true;
  if (!str_is(span, "0") && !args_duration(span, &ms))
    return err_at(err, ERR_INVALID, "--for", "'%.*s' is no span such as 10m, nor 0", STR_MOST(span, 20));
  yyjson_mut_obj_add_int(body, yyjson_mut_doc_get_root(body), "for_seconds", ms / 1000);
  return true;
}

// An address may be a secret, as Slack's are: it can stand in a file, or come by standard input.
static bool watch_put_webhook(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str given = args_text(&c->args, "webhook");
  struct buf text = BUF_MAX(TERMINAL_LINE_MOST);
  bool file = str_starts(given, "@"), read = file || str_is(given, "-");
  if (read && !terminal_read(file ? str_from(given, 1) : given, TERMINAL_LINE_MOST, &text, err))
    return err_wrap(err, "--webhook");
  cli_body_put(body, NULL, "webhook", read ? arena_dup(c->arena, str_trim(buf_str(&text))) : given);
  buf_free(&text);
  return true;
}

static bool watch_put(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  struct str key, quiet = args_text(&c->args, "quiet");
  cli_body_put(body, NULL, "zone", args_text(&c->args, "zone"));
  if (args_has(&c->args, "quiet"))
    yyjson_mut_obj_add_strncpy(body, root, "quiet", quiet.p ? quiet.p : "", quiet.n);
  cli_body_put(body, NULL, "quiet_then", args_text(&c->args, "quiet-then"));
  if (args_has(&c->args, "slack")) cli_body_put(body, NULL, "form", STR("slack"));
  yyjson_mut_val *keys = args_has(&c->args, "key") ? yyjson_mut_obj_add_arr(body, root, "key") : NULL;
  for (size_t at = 0; args_next(&c->args, "key", &at, &key);)
    yyjson_mut_arr_add_strncpy(body, keys, key.p, key.n);
  return watch_put_for(c, body, err) && watch_put_webhook(c, body, err);
}

// ---- shown

static void watch_secret(struct cli *c, yyjson_val *watch) {
  view_say(c, "Its messages are signed with this secret, which is shown this once:");
  view_text(c, arena_printf(c->arena, "%.*s\n", STR_ARG(json_str(watch, "secret"))));
}

bool cli_watch_add(struct cli *c, struct err *err) {
  yyjson_val *watch;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "tile", args_word(&c->args, 0));
  cli_body_put(body, NULL, "condition", args_word(&c->args, 1));
  bool given = args_text(&c->args, "webhook").n > 0 ||
               err_at(err, ERR_INVALID, "--webhook", "is missing: the address that is told");
  bool ok = given && watch_put(c, body, err) && watch_send(c, "POST", STR("/watches"), body, &watch, err);
  yyjson_mut_doc_free(body);
  if (!ok) return false;
  if (c->json) return view_json(c, watch), true;
  view_say(c, "Watching '%.*s' for: %.*s. This is %.*s.", STR_ARG(json_str(watch, "tile")),
           STR_ARG(json_str(watch, "condition")), STR_ARG(json_str(watch, "id")));
  watch_secret(c, watch);
  if (!json_int(watch, "tile_every_seconds", 0))
    view_note(
        c, arena_printf(c->arena,
                        "note: the tile is not run by itself, so nothing is noticed in between; have it run "
                        "with: postern tile set %.*s --every 5m\n",
                        STR_ARG(json_str(watch, "tile_id"))));
  return true;
}

bool cli_watch_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"STATE", "state"},
                                               {"CONDITION", "condition"},
                                               {"TILE", "tile"},
                                               {"DASHBOARD", "dashboard"},
                                               {"TELLS", "receiver"},
                                               {"SINCE", "since"},
                                               {"WHY", "why"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/watches"), 0, &items, err)) return false;
  view_list(c, items, columns, "Nothing is watched.");
  return true;
}

bool cli_watch_show(struct cli *c, struct err *err) {
  yyjson_val *watch;
  if (!api_get(c, watch_path(c, "/watches/{}"), &watch, err)) return false;
  if (c->json)
    view_json(c, watch);
  else
    view_object(c, watch);
  return true;
}

static bool watch_one_event(struct cli *c, struct str event, struct err *err) {
  static const struct view_column columns[] = {{"TRY", "number"},    {"AT", "at"},   {"MS", "ms"},
                                               {"STATUS", "status"}, {"WHY", "why"}, {0}};
  yyjson_val *e;
  struct str path = watch_path(c, "/watches/{}/events/");
  if (!api_get(c, ARENA_JOIN(c->arena, path, api_path(c, "{}", event)), &e, err)) return false;
  if (c->json) return view_json(c, e), true;
  view_json(c, yyjson_obj_get(e, "message"));
  view_list(c, yyjson_obj_get(e, "attempts"), columns, "It was not tried yet.");
  return true;
}

bool cli_watch_events(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"AT", "at"},
                                               {"EVENT", "event"},
                                               {"DELIVERY", "delivery"},
                                               {"TRIES", "tries"},
                                               {"WHY", "why"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *list;
  struct str event = args_word(&c->args, 1);
  if (event.n) return watch_one_event(c, event, err);
  if (!api_get(c, watch_path(c, "/watches/{}/events"), &list, err)) return false;
  view_list(c, yyjson_obj_get(list, "items"), columns, "It has told nothing yet.");
  return true;
}

bool cli_watch_test(struct cli *c, struct err *err) {
  yyjson_val *e;
  if (!watch_send(c, "POST", watch_path(c, "/watches/{}/test"), NULL, &e, err)) return false;
  yyjson_val *last = yyjson_arr_get_last(yyjson_obj_get(e, "attempts"));
  if (c->json) return view_json(c, e), true;
  if (str_is(json_str(e, "delivery"), "delivered")) {
    view_say(c, "Told: it answered %lld in %lld ms. The event is %.*s.",
             (long long)json_int(last, "status", 0), (long long)json_int(last, "ms", 0),
             STR_ARG(json_str(e, "id")));
    return true;
  }
  err_set(err, ERR_UPSTREAM, "it was not taken: %.*s", STR_MOST(json_str(e, "why"), 300));
  err_hint(err, "the event %.*s would be tried again, were it no test", STR_ARG(json_str(e, "id")));
  return false;
}

// ---- changed

static bool watch_patch(struct cli *c, yyjson_mut_doc *body, const char *says, struct err *err) {
  yyjson_val *watch;
  if (!watch_send(c, "PATCH", watch_path(c, "/watches/{}"), body, &watch, err)) return false;
  if (c->json)
    view_json(c, watch);
  else
    view_say(c, "%s %.*s: %.*s.", says, STR_ARG(json_str(watch, "id")),
             STR_ARG(json_str(watch, "condition")));
  return true;
}

bool cli_watch_set(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "condition", args_text(&c->args, "condition"));
  bool ok = watch_put(c, body, err) && watch_patch(c, body, "Changed", err);
  yyjson_mut_doc_free(body);
  return ok;
}

static bool watch_pause(struct cli *c, bool paused, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  yyjson_mut_obj_add_bool(body, yyjson_mut_doc_get_root(body), "paused", paused);
  bool ok = watch_patch(c, body, paused ? "Paused" : "Resumed", err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_watch_pause(struct cli *c, struct err *err) {
  return watch_pause(c, true, err);
}

bool cli_watch_resume(struct cli *c, struct err *err) {
  return watch_pause(c, false, err);
}

bool cli_watch_secret(struct cli *c, struct err *err) {
  yyjson_val *watch;
  if (!watch_send(c, "POST", watch_path(c, "/watches/{}/secret"), NULL, &watch, err)) return false;
  if (c->json)
    view_json(c, watch);
  else
    watch_secret(c, watch);
  return true;
}

bool cli_watch_delete(struct cli *c, struct err *err) {
  yyjson_val *watch, *none;
  if (!api_get(c, watch_path(c, "/watches/{}"), &watch, err)) return false;
  if (!cli_ask_first(c, err, "Delete %.*s (%.*s) with its events?", STR_ARG(json_str(watch, "id")),
                     STR_ARG(json_str(watch, "condition"))))
    return false;
  if (!watch_send(c, "DELETE", watch_path(c, "/watches/{}"), NULL, &none, err)) return false;
  view_say(c, "Deleted %.*s.", STR_ARG(json_str(watch, "id")));
  return true;
}
