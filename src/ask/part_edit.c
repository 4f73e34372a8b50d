// SPDX-License-Identifier: Apache-2.0
// A question that follows changes the part before.
#include "ask/part.h"

static void part_edit_filters(struct reading_part *before, const struct reading_part *edit) {
  for (size_t i = 0; i < edit->filter_count; i++) {
    size_t kept = 0;
    for (size_t k = 0; k < before->filter_count; k++)
      if (edit->filters[i].column < 0 || before->filters[k].column != edit->filters[i].column)
        before->filters[kept++] = before->filters[k];
    before->filter_count = kept;
    part_add_filter(before, edit->filters[i]);
    if (before->unfiltered_flag && before->flag == edit->filters[i].column) before->unfiltered_flag = false;
  }
  if (edit->unfiltered_flag) before->unfiltered_flag = true, before->flag = edit->flag;
}

static bool part_edit_tells_apart(const struct reading_part *before, const struct reading_part *edit) {
  for (size_t i = 0; i < edit->asked_count; i++) {
    const struct model_column *c = &edit->thing->columns[edit->asked[i]];
    if (c->time || part_is_measure(c)) return false;
  }
  return edit->asked_count && part_has(before, ASK_COUNT) && !before->group_count && !edit->group_count;
}

void part_edit(struct reading_part *before, const struct reading_part *edit) {
  part_edit_filters(before, edit);
  if (edit->has_span && !edit->span_is_assumed) {
    before->span = edit->span;
    before->has_span = true;
    before->span_is_assumed = before->has_prior = false;
  }
  if (edit->has_prior) before->prior = edit->prior, before->has_prior = true;
  if (edit->sort >= 0) before->sort = edit->sort, before->sort_up = edit->sort_up;
  if (edit->time >= 0) before->time = edit->time;
  if (edit->name_count) {
    memcpy(before->names, edit->names, sizeof before->names);
    before->name_count = edit->name_count;
    before->named = edit->named;
    before->id_count = 0;
  }
  if (edit->id_count) {
    memcpy(before->ids, edit->ids, sizeof before->ids);
    before->id_count = edit->id_count;
    before->named = edit->named;
    before->name_count = 0;
  }
  unsigned strong = edit->intents & ~(1u << ASK_LIST | 1u << ASK_CHECK);
  if (strong) before->intents = strong;
  if (edit->intents == 1u << ASK_LIST && part_takes_all(edit) && part_has(before, ASK_COUNT) &&
      !before->group_count)
    before->intents = edit->intents; // "how many are paused? Which ones?"
  if (edit->group_count) {
    memcpy(before->groups, edit->groups, sizeof before->groups);
    before->group_count = edit->group_count;
    before->grouped = true;
  }
  if (part_edit_tells_apart(before, edit)) { // "how many changes were there? By whom?"
    memcpy(before->groups, edit->asked, sizeof before->groups);
    before->group_count = edit->asked_count;
    before->grouped = true;
  } else if (edit->asked_count) {
    memcpy(before->asked, edit->asked, sizeof before->asked);
    before->asked_count = edit->asked_count;
  }
  if (edit->measure >= 0) before->measure = edit->measure;
  if (edit->top) before->top = edit->top;
  if (edit->bucket) before->bucket = edit->bucket;
  if (edit->form) before->form = edit->form;
}

struct reading_part part_whole(const struct model_thing *t) {
  return (struct reading_part){.thing = t,
                               .measure = -1,
                               .sort = -1,
                               .time = -1,
                               .lack = -1,
                               .flag = -1,
                               .expects = -1,
                               .least_of = -1};
}
