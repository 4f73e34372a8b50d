// SPDX-License-Identifier: Apache-2.0
// reach: the model of what a view shows: the things of each connector that has accounts there, with the words of its
// ask.yaml. Lives as long as the snapshot and the arena. Example:
//   struct model model; reach_model(&view, arena, &model, err)
#ifndef POSTERN_ASK_REACH_H
#define POSTERN_ASK_REACH_H

#include "ask/model.h"
#include "program/view.h"

MUST_USE bool reach_model(const struct program_view *v, struct arena *a, struct model *out, struct err *err);

#endif
