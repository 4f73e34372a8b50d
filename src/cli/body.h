// SPDX-License-Identifier: Apache-2.0
// body: the JSON objects that requests carry, out of flags. Private to cli/. Example:
//   yyjson_mut_doc *body = cli_body_new();  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
//   … yyjson_mut_doc_free(body);
#ifndef POSTERN_CLI_BODY_H
#define POSTERN_CLI_BODY_H

#include "cli/command.h"

yyjson_mut_doc *cli_body_new(void); // its root is an empty object
// A copy of the text; nothing where it is empty. `in` NULL: the root.
void cli_body_put(yyjson_mut_doc *doc, yyjson_mut_val *in, const char *key, struct str text);
void cli_body_put_json(yyjson_mut_doc *doc, yyjson_mut_val *in, const char *key, yyjson_val *value);
yyjson_mut_val *cli_body_object(yyjson_mut_doc *doc, yyjson_mut_val *in,
                                const char *key); // the one there, or a new one
// The values of a flag that may come again, each also split at commas, as an array; nothing where it is
// absent.
void cli_body_put_words(yyjson_mut_doc *doc, yyjson_mut_val *in, const char *key, const struct args *from,
                        const char *flag);
// The name=value pairs of a flag as an object; a value @FILE or @- is read from there.
MUST_USE bool cli_body_put_pairs(yyjson_mut_doc *doc, const char *key, const struct args *from,
                                 const char *flag, struct err *err);
// What the process list must not show: the flag's value is the file that the text stands in. Nothing where it is absent.
MUST_USE bool cli_body_put_file(yyjson_mut_doc *doc, const char *key, const struct args *from,
                                const char *flag, struct err *err);
// "expires_at" from --expires or --expires-in; "never" is null.
MUST_USE bool cli_body_put_expiry(yyjson_mut_doc *doc, const struct args *from, struct err *err);

#endif
