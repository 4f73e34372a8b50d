// SPDX-License-Identifier: Apache-2.0
// template: a path as vendors write it, taken apart. Beside OpenAPI's own {name} there are the forms of
// RFC 6570 ({+name}, {/name}, {?a,b}, …) and those of servers' routers ({name:[0-9]+}, {name=projects/*}, {*name},
// {name+}, {name?}): all of them name parameters. Pure; the parts lie in the arena. Example:
//   /v1/{+topic}:publish{?alt}   the texts "/v1/", ":publish", "", and between them topic, alt
#ifndef POSTERN_OPENAPI_TEMPLATE_H
#define POSTERN_OPENAPI_TEMPLATE_H

#include "base/arena.h"
#include "base/err.h"

enum { TEMPLATE_PARTS_MOST = 64 };

struct template_part {
  struct str before;    // the text between the part before and this one
  struct str name, raw; // without its form, and with it
  bool query;           // a query parameter: {?name}, {&name}
  bool whole;           // keeps its slashes
  bool explode;         // {name*}
  const char *style;    // as the toolset says it; NULL: what the parameter says
};

struct template {
  struct template_part parts[TEMPLATE_PARTS_MOST];
  size_t count;
  struct str rest;     // behind the last part
  struct str fragment; // from '#' on: tells operations apart, and is never sent
};

MUST_USE bool template_read(struct str path, struct arena *a, struct template *out, struct err *err);

#endif
