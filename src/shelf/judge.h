// SPDX-License-Identifier: Apache-2.0
// judge: whether a kept program still fits what accounts and servers have now. By the keys of its steps, which is cheap;
// compiled and checked whole only where a tool that it calls takes other arguments than before. Blocking. Example:
//   struct shelf_verdict v = shelf_judge(env, root, &look);   // v.state SHELF_HELD, v.step "rules", v.why "… is not served"
#ifndef POSTERN_SHELF_JUDGE_H
#define POSTERN_SHELF_JUDGE_H

#include "program/examine.h"
#include "shelf/stable.h"

struct shelf_verdict {
  enum shelf_state state;
  struct str step, why; // of the first that does not fit; empty where all do. For who manages: it names tools
};

// `root`: the stable form. Texts are in the look's arena.
struct shelf_verdict shelf_judge(const struct program_env *env, yyjson_val *root, struct stable_look *look);
// Of a program that is SHELF_OK: does this server show all that it calls?
struct shelf_verdict shelf_judge_on(const struct catalog_server *server, yyjson_val *root,
                                    struct stable_look *look);

#endif
