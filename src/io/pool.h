// SPDX-License-Identifier: Apache-2.0
// pool: threads for work that blocks (SQLite, file reads, compiling a document). A fiber waits for
// its job. The queue has a maximum; beyond it pool_run fails with ERR_UNAVAILABLE. Example:
//   if (!pool_run(job, &args, err)) return false;   // the fiber slept, the loop did not
// Called outside a fiber (tests, the command line) the job runs at once on the caller's thread.
#ifndef POSTERN_IO_POOL_H
#define POSTERN_IO_POOL_H

#include "base/err.h"

enum { POOL_JOBS_MOST = 1024 };

// `job` runs on a pool thread and may fill *err and return false. A job that has begun is always
// waited for, so it may borrow the caller's stack; ERR_CANCELED only means that it never began.
MUST_USE bool pool_run(bool (*job)(void *arg, struct err *err), void *arg, struct err *err) SUSPENDS;

#endif
