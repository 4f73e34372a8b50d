// SPDX-License-Identifier: Apache-2.0
// message: what is sent of an event: JSON of our own, made once and sent as it is at each try; and of that what Slack's
// incoming webhooks take: text, in which nothing of a vendor is markup, a mention or a link of its own making. Pure. Example:
//   struct str document = alert_message_write(&m, arena);
//   struct str body = w.slack ? alert_message_slack(document, arena) : document;
#ifndef POSTERN_ALERT_MESSAGE_H
#define POSTERN_ALERT_MESSAGE_H

#include "alert/judge.h"

enum {
  ALERT_MESSAGE_MOST = 64 * 1024,
  ALERT_SLACK_MOST = 3500 /* bytes of its text */,
  ALERT_SLACK_ROWS = 10
};

struct alert_message {
  struct str id, watch_id, tile_id, tile, dashboard_id, dashboard, condition;
  enum alert_event kind;
  struct str began;  // of an end: the event that it ends
  int64_t at, since; // since: of what lasts
  struct str proof;  // as a verdict has it; empty: none
};

struct str alert_message_write(const struct alert_message *m, struct arena *a);
struct str alert_message_slack(struct str document, struct arena *a);

#endif
