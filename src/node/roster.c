// SPDX-License-Identifier: Apache-2.0
#include "node/roster.h"

#include <stdio.h>

static void roster_text(char *out, size_t most, struct str text) {
  snprintf(out, most, "%.*s", STR_ARG(str_cut_utf8(text, most - 1)));
}

static struct roster_node roster_read(const struct node_row *row, int64_t last) {
  struct roster_node n = {.started_at = row->started_at,
                          .beat = row->beat,
                          .lag = last > row->seen ? last - row->seen : 0,
                          .running = row->running,
                          .cpu = row->cpu,
                          .ours = row->ours};
  roster_text(n.id, sizeof n.id, row->id);
  roster_text(n.host, sizeof n.host, row->host);
  roster_text(n.version, sizeof n.version, row->version);
  roster_text(n.url, sizeof n.url, row->url.n < sizeof n.url ? row->url : STR_NONE);
  return n;
}

static bool roster_is_silent(const struct roster_node *n, uint64_t now_us, uint64_t ms) {
  return n->looks >= ROSTER_DEAD_LOOKS && now_us - n->changed_us >= ms * 1000;
}

void roster_look(struct roster *r, const struct node_rows *rows, uint64_t now_us) {
  struct roster next = {0};
  for (size_t i = 0; i < rows->count && next.count < NODE_ROWS_MOST; i++) {
    struct roster_node n = roster_read(&rows->items[i], rows->last);
    const struct roster_node *was = roster_find(r, str_of(n.id));
    bool same = was && was->beat == n.beat;
    n.changed_us = same ? was->changed_us : now_us;
    n.looks = same ? was->looks + 1 : 0;
    n.live = !roster_is_silent(&n, now_us, ROSTER_DEAD_MS);
    next.items[next.count++] = n;
  }
  *r = next;
}

const struct roster_node *roster_find(const struct roster *r, struct str id) {
  for (size_t i = 0; i < r->count; i++)
    if (str_is(id, r->items[i].id)) return &r->items[i];
  return NULL;
}

bool roster_is_over(const struct roster_node *n, uint64_t now_us) {
  return roster_is_silent(n, now_us, ROSTER_GONE_MS);
}
