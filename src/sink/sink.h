// SPDX-License-Identifier: Apache-2.0
// sink: rows of the audit handed on, at least once and in the order of writing, to syslog and to collectors of OpenTelemetry.
// Each sink is a thread that follows the audit in the store, which is its queue: what a collector does not take waits
// there, and is tried again, later each time. A collector says by its answer that it has a batch; syslog has no answers, so
// what went out is sent again where its connection ends within a second. A row that is there twice has one id. Owner:
// wiring.c. Example:
//   struct sinks *sinks; sinks_new(&options, &sinks, err);       // reads and judges the settings
//   sinks_start(sinks);
//   size_t n = sinks_look(sinks, looks, SINKS_MOST);              // how each does; any thread
//   sinks_free(sinks);                                            // before the store; within a second or so
#ifndef POSTERN_SINK_SINK_H
#define POSTERN_SINK_SINK_H

#include "http/guard.h"
#include "store/store.h"

enum { SINKS_MOST = 8, SINK_NAME_MOST = 256 };

struct sink_options { // copied, but for the store and `allow`, which live longer
  struct store *store;
  const struct str *urls;
  size_t count;
  const struct str *allow; // private addresses at which sinks may be reached
  size_t allow_count;
  const char *header_file; // NULL: none; else a line "Name: value" for collectors, which nobody else may read
  struct str version;
  // Does this program hand on now? Of several on one store one does. NULL: it does.
  bool (*mine)(void *arg);
  void *mine_arg;
};

struct sinks;
struct sink_look {
  char name[SINK_NAME_MOST]; // its URL
  bool idle;                 // another program hands on
  int64_t sent, failures;    // rows and tries, since the start
  int64_t lost;              // rows in all that it never got
  int64_t lag_ms;            // age of the oldest row that it has to be given; 0: it has all
  int64_t failing_ms;        // for so long; 0: the last try went well
  struct err why;            // of the last failure
};

MUST_USE bool sinks_new(const struct sink_options *options, struct sinks **out, struct err *err);
MUST_USE bool sinks_start(struct sinks *s, struct err *err);
size_t sinks_look(struct sinks *s, struct sink_look *out, size_t most); // NULL: none
void sinks_free(struct sinks *s);                                       // NULL is fine

#endif
