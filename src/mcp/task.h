// SPDX-License-Identifier: Apache-2.0
// task: a fiber in the background that any thread may stop. Private to mcp/. It runs on the loop that started
// it, and counts as its peer's account's (io/share). Whoever starts it holds a reference, and the fiber holds
// another. Example:
//   struct task *t = task_start(peer, "mcp feed", run, feed, err);
//   … task_stop(t); task_unref(t);
#ifndef POSTERN_MCP_TASK_H
#define POSTERN_MCP_TASK_H

#include "base/err.h"

struct mcp_peer;
struct task;

// NULL with *err: outside a loop, or the loop or the account has as many fibers as it may have (`run` was not
// called). The peer is asked for its account only.
struct task *task_start(const struct mcp_peer *p, const char *name, void (*run)(void *arg), void *arg,
                        struct err *err);
void task_stop(struct task *t); // cancels the fiber, soon; any thread; nothing where it has ended
void task_unref(struct task *t);

// Runs and forgets. False: as above.
bool task_spawn(const struct mcp_peer *p, const char *name, void (*run)(void *arg), void *arg);

#endif
