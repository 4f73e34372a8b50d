// SPDX-License-Identifier: Apache-2.0
// query_parts: what the files behind ask/query.h share. Private to ask/.
#ifndef POSTERN_ASK_QUERY_PARTS_H
#define POSTERN_ASK_QUERY_PARTS_H

#include "ask/query.h"

enum { QUERY_SQL_MOST = 15000 };

struct querying {
  const struct reading_part *p;
  const struct model_thing *t;
  struct query *q;
  struct arena *arena;
  int only; // the group of this query, of several; -1: all
};

struct str query_done(struct buf *b, struct arena *a);
void query_use(struct querying *s, int column);
void query_name(struct buf *out, struct str name);
void query_filters(struct querying *s, bool nouns, bool rest, struct buf *out);
bool query_is_sliced(const struct model_thing *t);
void query_time(struct querying *s, const struct span *span, const char *suffix, struct buf *out);
struct str query_where(struct querying *s, bool rest, bool time);
void query_add_where(struct buf *out, struct str where);
bool query_ranks(const struct reading_part *p);
int query_measure(const struct querying *s);
struct str query_fold(struct querying *s, const char *prefix);
struct str query_group_name(const struct querying *s, int group);
struct str query_group_sql(struct querying *s, int group);
void query_pick_groups(struct querying *s, bool needed);
int query_group_at(const struct querying *s, size_t i);
struct str query_source(struct querying *s);
void query_group_list(struct querying *s, struct buf *out);
void query_group_by(const struct querying *s, struct buf *out);
void query_wish_bars(struct query *q);
void query_value(struct querying *s);
bool query_counts_values(const struct querying *s);
void query_distinct(struct querying *s);
void query_groups(struct querying *s);
void query_series(struct querying *s);
void query_share(struct querying *s);
void query_stats(struct querying *s);
void query_periods(struct querying *s);
void query_heat(struct querying *s);
void query_times(struct querying *s);
void query_idle(struct querying *s);
bool query_is_per_bucket(const struct querying *s); // "average requests per day"
void query_bucket_stats(struct querying *s);
void query_diff(struct querying *s);
void query_rows(struct querying *s);
void query_none(struct querying *s);

#endif
