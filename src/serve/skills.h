// SPDX-License-Identifier: Apache-2.0
// skills: what is too long for a server's instructions, by the extension io.modelcontextprotocol/skills (SEP-2640) of
// 2026-07-28: skills/list, skills/get, and the files by resources/read. Ours are there on servers that
// run answer programs: one teaches them, and one for each connector says what can be asked of it (serve/lore); those of vendors that declare the extension stand behind it. On the request's fiber.
#ifndef POSTERN_SERVE_SKILLS_H
#define POSTERN_SERVE_SKILLS_H

#include "serve/serve.h"

#define SKILLS_EXTENSION "io.modelcontextprotocol/skills"

bool skills_are_there(const struct serve_request *r); // ours

MUST_USE bool skills_list(struct serve_request *r, yyjson_val *params, struct buf *out,
                          struct err *err) SUSPENDS;
MUST_USE bool skills_get(struct serve_request *r, yyjson_val *params, struct buf *out,
                         struct err *err) SUSPENDS;
// The whole result of resources/read. False: it is none of ours.
bool skills_read(const struct serve_request *r, struct str uri, struct buf *out);

#endif
