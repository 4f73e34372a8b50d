// SPDX-License-Identifier: Apache-2.0
// mailbox: how other threads hand work to a loop: many writers, one reader, in the order posted.
// Owner: the loop (io/loop.c), which alone drains it. Posting costs one system call only when the
// box was empty. Others use loop_post. Example:
//   struct mailbox *m = mailbox_new(uv);  mailbox_post(m, fn, arg);  mailbox_close(m);
#ifndef POSTERN_IO_MAILBOX_H
#define POSTERN_IO_MAILBOX_H

#include <stddef.h>

struct mailbox;
struct uv_loop_s;

// A letter cannot be refused (its sender may hold nothing to fall back on), so senders are bounded
// themselves: none has more than a few under way. Passing this many ends the process as a bug of ours.
enum { MAILBOX_LETTERS_MOST = 1 << 20 };

struct mailbox *mailbox_new(struct uv_loop_s *uv);
void mailbox_post(struct mailbox *m, void (*fn)(void *arg), void *arg); // any thread
void mailbox_drain(struct mailbox *m);                                  // loop thread: runs what is there now
// Frees the box once the loop has turned; letters still in it are dropped.
void mailbox_close(struct mailbox *m);

#endif
