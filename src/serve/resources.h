// SPDX-License-Identifier: Apache-2.0
// resources: lists, templates and reading of the members' resources; in legacy sessions also subscriptions
// (2026-07-28 has them in subscriptions/listen). Each appends the whole result object. On the
// request's fiber.
#ifndef POSTERN_SERVE_RESOURCES_H
#define POSTERN_SERVE_RESOURCES_H

#include "serve/serve.h"

MUST_USE bool resources_list(struct serve_request *r, yyjson_val *params, struct buf *out,
                             struct err *err) SUSPENDS;
MUST_USE bool resources_templates(struct serve_request *r, yyjson_val *params, struct buf *out,
                                  struct err *err) SUSPENDS;
MUST_USE bool resources_read(struct serve_request *r, yyjson_val *params, struct buf *out,
                             struct err *err) SUSPENDS;
MUST_USE bool resources_subscribe(struct serve_request *r, yyjson_val *params, struct buf *out,
                                  struct err *err) SUSPENDS;
MUST_USE bool resources_unsubscribe(struct serve_request *r, yyjson_val *params, struct buf *out,
                                    struct err *err) SUSPENDS;

#endif
