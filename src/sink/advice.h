// SPDX-License-Identifier: Apache-2.0
// advice: what to do where a sink takes no rows: the hint of its error. Pure.
#ifndef POSTERN_SINK_ADVICE_H
#define POSTERN_SINK_ADVICE_H

#include "base/err.h"

// `status`: what a collector answered; 0: nothing. A hint that says it already stays.
void sink_advise(struct err *err, int status);

#endif
