// SPDX-License-Identifier: Apache-2.0
// postern engine: who writes the programs of questions. A key comes from a file, standard input, the environment or the
// terminal, and never stands on the command line.
#include <stdlib.h>

#include "cli/api.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "crypto/secret.h"
#include "data/json.h"

static const struct {
  const char *flag, *member;
  bool number;
} engine_flags[] = {{"kind", "kind", false},         {"model", "model", false},
                    {"base-url", "base_url", false}, {"key-header", "key_header", false},
                    {"dialect", "dialect", false},   {"effort", "effort", false},
                    {"tokens", "tokens", true},      {"output-tokens", "output_tokens", true},
                    {"seconds", "seconds", true}};

static bool engine_put_flags(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  static const char *const marks[] = {"default", "untested"};
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  for (size_t i = 0; i < sizeof engine_flags / sizeof *engine_flags; i++) {
    struct str text = args_text(&c->args, engine_flags[i].flag);
    int64_t number;
    if (!engine_flags[i].number)
      cli_body_put(body, NULL, engine_flags[i].member, text);
    else if (text.n && !str_to_i64(text, &number))
      return err_set(err, ERR_INVALID, "--%s takes a whole number", engine_flags[i].flag);
    else if (text.n)
      yyjson_mut_obj_add_int(body, root, engine_flags[i].member, number);
  }
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (args_has(&c->args, marks[i])) yyjson_mut_obj_add_bool(body, root, marks[i], true);
  return true;
}

static bool engine_ask_key(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct buf line;
  struct str name = args_word(&c->args, 0);
  struct str question = arena_printf(c->arena, "API key for %.*s", STR_ARG(name));
  if (!terminal_is_there()) {
    err_at(err, ERR_INVALID, "key", "is missing, and nobody can be asked for it here");
    err_hint(err, "give --key @FILE, --key @- and pipe it in, or --key-env VARIABLE");
    return false;
  }
  if (!terminal_ask(question.p, true, &line, err)) return false;
  cli_body_put(body, NULL, "key", str_trim(buf_str(&line)));
  if (line.p) secret_wipe(line.p, line.n);
  buf_free(&line);
  return true;
}

static bool engine_put_key(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str variable = args_text(&c->args, "key-env");
  if (args_has(&c->args, "key") + args_has(&c->args, "key-env") + args_has(&c->args, "ask-key") +
          args_has(&c->args, "no-key") >
      1)
    return err_set(err, ERR_INVALID, "--key, --key-env, --ask-key and --no-key exclude each other");
  if (args_has(&c->args, "no-key")) yyjson_mut_obj_add_str(body, yyjson_mut_doc_get_root(body), "key", "");
  if (args_has(&c->args, "ask-key")) return engine_ask_key(c, body, err);
  if (!variable.n) return cli_body_put_file(body, "key", &c->args, "key", err);
  struct str value = str_trim(str_of(getenv(arena_z(c->arena, variable))));
  if (!value.n) return err_set(err, ERR_INVALID, "the environment has no variable %.*s", STR_ARG(variable));
  cli_body_put(body, NULL, "key", value);
  return true;
}

// Changes the one of that name, or makes it.
static bool engine_send(struct cli *c, yyjson_mut_doc *body, yyjson_val **engine, struct err *err) {
  struct str name = args_word(&c->args, 0);
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  struct api_ask change = {"PATCH", api_path(c, "/engines/{}", name), body},
                 create = {"POST", STR("/engines"), body};
  if (api_send(c, &change, engine, err)) return true;
  if (err->code != ERR_MISSING || !str_is(str_of(err->field), "engine")) return false;
  cli_body_put(body, NULL, "name", name);
  bool ok = api_send(c, &create, engine, err);
  yyjson_mut_obj_remove_key(root, "name");
  return ok;
}

// The server knows whether it needs a key: a person at the terminal is asked only then.
static bool engine_send_asking(struct cli *c, yyjson_mut_doc *body, yyjson_val **engine, struct err *err) {
  if (engine_send(c, body, engine, err)) return true;
  bool lacks = err->code == ERR_INVALID && str_is(str_of(err->field), "key") &&
               !yyjson_mut_obj_get(yyjson_mut_doc_get_root(body), "key");
  return lacks && terminal_is_there() && engine_ask_key(c, body, err) && engine_send(c, body, engine, err);
}

static void engine_tell(struct cli *c, yyjson_val *engine) {
  yyjson_val *trial = yyjson_obj_get(engine, "trial");
  struct str name = json_str(engine, "name"), model = json_str(engine, "model");
  int64_t in = json_int(trial, "input_tokens", -1), out = json_int(trial, "output_tokens", -1);
  struct str tokens = in >= 0 && out >= 0 ? arena_printf(c->arena, ", %lld tokens in, %lld out",
                                                         (long long)in, (long long)out)
                                          : STR("");
  if (c->json) {
    view_json(c, engine);
    return;
  }
  if (trial && !yyjson_is_null(trial))
    view_say(c, "%.*s: %.*s calls tools (%lld ms%.*s).", STR_ARG(name), STR_ARG(model),
             (long long)json_int(trial, "elapsed_ms", 0), STR_ARG(tokens));
  else if (str_is(json_str(engine, "status"), "untested"))
    view_say(c, "%.*s: %.*s is kept, and was not tried.", STR_ARG(name), STR_ARG(model));
  else
    view_say(c, "%.*s is kept.", STR_ARG(name));
  if (json_bool(engine, "default", false)) view_say(c, "It answers where no engine is named.");
}

bool cli_engine_set(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  yyjson_val *engine;
  bool ok = engine_put_flags(c, body, err) && engine_put_key(c, body, err) &&
            engine_send_asking(c, body, &engine, err);
  yyjson_mut_doc_free(body);
  if (ok) engine_tell(c, engine);
  return ok;
}

bool cli_engine_test(struct cli *c, struct err *err) {
  yyjson_val *engine;
  struct str path = api_path(c, "/engines/{}/test", args_word(&c->args, 0));
  if (!api_send(c, &(struct api_ask){"POST", path, NULL}, &engine, err)) return false;
  if (!c->json && str_is(json_str(engine, "kind"), "planner"))
    view_say(c, "The planner is built in: there is nothing to try.");
  else
    engine_tell(c, engine);
  return true;
}

bool cli_engine_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {
      {"NAME", "name"},     {"KIND", "kind"},       {"MODEL", "model"},      {"ADDRESS", "base_url"},
      {"STATUS", "status"}, {"DEFAULT", "default"}, {"TESTED", "tested_at"}, {0}};
  yyjson_val *list;
  if (!api_get(c, STR("/engines"), &list, err)) return false;
  if (c->json)
    view_json(c, list);
  else
    view_list(c, yyjson_obj_get(list, "items"), columns, "There is no engine.");
  view_say(c, "Language models see of what was read: %.*s (the setting ask_llm_sees).",
           STR_ARG(json_str(list, "sees")));
  return true;
}

bool cli_engine_default(struct cli *c, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  yyjson_val *engine;
  struct str path = api_path(c, "/engines/{}", args_word(&c->args, 0));
  yyjson_mut_obj_add_bool(body, yyjson_mut_doc_get_root(body), "default", true);
  bool ok = api_send(c, &(struct api_ask){"PATCH", path, body}, &engine, err);
  yyjson_mut_doc_free(body);
  if (ok && c->json) view_json(c, engine);
  if (ok) view_say(c, "%.*s answers where no engine is named.", STR_ARG(json_str(engine, "name")));
  return ok;
}

bool cli_engine_unset(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str name = args_word(&c->args, 0);
  if (!api_send(c, &(struct api_ask){"DELETE", api_path(c, "/engines/{}", name), NULL}, &none, err))
    return false;
  view_say(c, "%.*s and its key are removed.", STR_ARG(name));
  return true;
}
