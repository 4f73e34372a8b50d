// SPDX-License-Identifier: Apache-2.0
// demo: a vendor inside the program, for whoever looks at Postern without an account anywhere: a small company's web sites,
// their traffic by the hour, requests that were blocked, who changed what, and its members. connectors/demo describes it.
// All of it is made from the hour that it is about, so that the same question has the same answer, and there is always a
// last week; on the day before yesterday somebody tried to get into the shop. Nothing can be changed. Pure, but for the
// clock. Example, at start:
//   fetch_local(DEMO_ORIGIN, demo_answer);
#ifndef POSTERN_DEMO_DEMO_H
#define POSTERN_DEMO_DEMO_H

#include "base/buf.h"

#define DEMO_ORIGIN "https://demo.invalid"

// fetch_local_handler, at the time that it is.
int demo_answer(const char *method, struct str target, struct buf *body);
// At another time, for tests.
int demo_answer_at(const char *method, struct str target, int64_t now_ms, struct buf *body);

#endif
