// SPDX-License-Identifier: Apache-2.0
#include "cli/body.h"

#include "base/clock.h"
#include "cli/terminal.h"
#include "crypto/secret.h"
#include "data/json.h"

enum { CLI_BODY_VALUE_MOST = 64 * 1024 };

yyjson_mut_doc *cli_body_new(void) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_doc_set_root(doc, yyjson_mut_obj(doc));
  return doc;
}

static yyjson_mut_val *cli_body_in(yyjson_mut_doc *doc, yyjson_mut_val *in) {
  return in ? in : yyjson_mut_doc_get_root(doc);
}

static yyjson_mut_val *cli_body_text(yyjson_mut_doc *doc, struct str s) {
  return yyjson_mut_strncpy(doc, s.p ? s.p : "", s.n);
}

static void cli_body_set(yyjson_mut_doc *doc, yyjson_mut_val *in, struct str key, yyjson_mut_val *value) {
  yyjson_mut_obj_put(cli_body_in(doc, in), cli_body_text(doc, key), value);
}

void cli_body_put(yyjson_mut_doc *doc, yyjson_mut_val *in, const char *key, struct str text) {
  if (text.n) cli_body_set(doc, in, str_of(key), cli_body_text(doc, text));
}

void cli_body_put_json(yyjson_mut_doc *doc, yyjson_mut_val *in, const char *key, yyjson_val *value) {
  if (value) cli_body_set(doc, in, str_of(key), yyjson_val_mut_copy(doc, value));
}

yyjson_mut_val *cli_body_object(yyjson_mut_doc *doc, yyjson_mut_val *in, const char *key) {
  yyjson_mut_val *there = yyjson_mut_obj_get(cli_body_in(doc, in), key);
  if (there) return there;
  yyjson_mut_val *made = yyjson_mut_obj(doc);
  cli_body_set(doc, in, str_of(key), made);
  return made;
}

void cli_body_put_words(yyjson_mut_doc *doc, yyjson_mut_val *in, const char *key, const struct args *from,
                        const char *flag) {
  struct str value, word;
  if (!args_has(from, flag)) return;
  yyjson_mut_val *array = yyjson_mut_arr(doc);
  for (size_t at = 0; args_next(from, flag, &at, &value);)
    for (struct str rest = value; str_cut(&rest, ',', &word);)
      if (str_trim(word).n) yyjson_mut_arr_append(array, cli_body_text(doc, str_trim(word)));
  cli_body_set(doc, in, str_of(key), array);
}

bool cli_body_put_pairs(yyjson_mut_doc *doc, const char *key, const struct args *from, const char *flag,
                        struct err *err) {
  struct str pair, name, value;
  for (size_t at = 0; args_next(from, flag, &at, &pair);) {
    yyjson_mut_val *object = cli_body_object(doc, NULL, key);
    struct buf file = {0};
    if (!args_pair(pair, &name, &value))
      return err_set(err, ERR_INVALID, "--%s takes name=value", flag); // what stands there may be a secret
    if (value.n > 1 && value.p[0] == '@') {
      if (!terminal_read(str_from(value, 1), CLI_BODY_VALUE_MOST, &file, err)) return false;
      value = str_trim(buf_str(&file));
    }
    cli_body_set(doc, object, name, cli_body_text(doc, value));
    if (file.p) secret_wipe(file.p, file.n);
    buf_free(&file);
  }
  return true;
}

bool cli_body_put_file(yyjson_mut_doc *doc, const char *key, const struct args *from, const char *flag,
                       struct err *err) {
  struct str file = args_text(from, flag);
  struct buf text = {0};
  bool ok = !file.n ||
            (str_starts(file, "@") ? terminal_read(str_from(file, 1), CLI_BODY_VALUE_MOST, &text, err)
                                   : err_at(err, ERR_INVALID, flag,
                                            "is taken from a file, as @FILE, or from standard input, as @-"));
  cli_body_put(doc, NULL, key, str_trim(buf_str(&text)));
  if (text.p) secret_wipe(text.p, text.n);
  buf_free(&text);
  return ok;
}

bool cli_body_put_expiry(yyjson_mut_doc *doc, const struct args *from, struct err *err) {
  const char *flag = args_has(from, "expires-in") ? "expires-in" : "expires";
  char text[CLOCK_TEXT];
  int64_t ms;
  if (!args_has(from, flag)) return true;
  if (args_has(from, "expires") && args_has(from, "expires-in"))
    return err_set(err, ERR_INVALID, "--expires and --expires-in are two words for the same");
  if (str_is(args_text(from, flag), "never")) {
    cli_body_set(doc, NULL, STR("expires_at"), yyjson_mut_null(doc));
    return true;
  }
  if (!args_time(from, flag, 1, &ms, err)) return false;
  clock_rfc3339(ms, text);
  cli_body_put(doc, NULL, "expires_at", str_of(text));
  return true;
}
