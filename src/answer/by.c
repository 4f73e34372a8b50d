// SPDX-License-Identifier: Apache-2.0
#include "answer/by.h"

bool answer_by_find(const struct answer_request *r, struct answer_by *out, struct err *err) {
  static const enum ask_sees sees[] = {[ENGINE_SEES_SCHEMA] = ASK_SEES_SCHEMA,
                                       [ENGINE_SEES_SAMPLE] = ASK_SEES_SAMPLE,
                                       [ENGINE_SEES_ROWS] = ASK_SEES_ROWS};
  *out = (struct answer_by){0};
  if (!r->engines) return true;
  if (!engine_find(r->engines, r->engine, &out->held, err)) return false;
  const struct engine *e = out->held;
  if (!e) return true;
  uint64_t ms = (uint64_t)e->limits.seconds * 1000;
  out->engine = (struct ask_engine){.name = e->name,
                                    .model = e->model,
                                    .effort = e->effort,
                                    .llm = &e->llm,
                                    .fetch = &e->fetch,
                                    .guard = r->ask.program.env->run->guard,
                                    .hide = e->hide,
                                    .sees = sees[r->engines->sees],
                                    .tokens = e->limits.tokens,
                                    .output = e->limits.output,
                                    .ms = r->engine_ms && r->engine_ms < ms ? r->engine_ms : ms};
  return true;
}

void answer_by_release(struct answer_by *by) {
  engine_release(by->held);
}
