// SPDX-License-Identifier: Apache-2.0
// Jobs run on libuv's threads (how many: UV_THREADPOOL_SIZE, set by main). The job's state lives on
// the waiting fiber's stack, so that fiber never leaves before the job's last callback.
#include "io/pool.h"

#include <stdatomic.h>
#include <uv.h>

#include "base/metrics.h"
#include "io/fiber.h"

struct pool_job {
  uv_work_t work;
  bool (*run)(void *arg, struct err *err);
  void *arg;
  struct err *err;
  struct fiber *waiter;
  bool ok, done, canceled;
};

static atomic_int pool_jobs; // of all loops

static void pool_on_thread(uv_work_t *work) {
  struct pool_job *job = work->data;
  job->ok = job->run(job->arg, job->err);
}

static void pool_on_done(uv_work_t *work, int status) {
  struct pool_job *job = work->data;
  job->canceled = status == UV_ECANCELED;
  job->done = true;
  fiber_wake(job->waiter);
}

static bool pool_wait(struct pool_job *job, struct err *err) {
  struct err why;
  while (!job->done) {
    if (fiber_park("a job of the pool", &why)) continue;
    uv_cancel((uv_req_t *)&job->work); // succeeds only where no thread has begun it
    while (!job->done) fiber_park_firmly("a job of the pool");
    if (job->canceled) *err = why;
  }
  return job->ok;
}

bool pool_run(bool (*run)(void *arg, struct err *err), void *arg, struct err *err) {
  struct fiber *self = fiber_self();
  if (!self) return run(arg, err);
  if (atomic_fetch_add(&pool_jobs, 1) >= POOL_JOBS_MOST) {
    atomic_fetch_sub(&pool_jobs, 1);
    return err_set(err, ERR_UNAVAILABLE, "%d jobs wait for the pool already; try again shortly",
                   POOL_JOBS_MOST);
  }
  metrics_add(METRIC_POOL_QUEUED, 1);
  struct pool_job job = {.run = run, .arg = arg, .err = err, .waiter = self};
  job.work.data = &job;
  uv_queue_work(loop_uv(fiber_loop(self)), &job.work, pool_on_thread, pool_on_done);
  bool ok = pool_wait(&job, err);
  metrics_add(METRIC_POOL_QUEUED, -1);
  atomic_fetch_sub(&pool_jobs, 1);
  return ok;
}
