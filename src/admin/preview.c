// SPDX-License-Identifier: Apache-2.0
#include "admin/preview.h"

#include <stdlib.h>

#include "admin/put.h"
#include "catalog/listing.h"
#include "catalog/shown.h"
#include "catalog/sight.h"

struct preview_tag {
  struct str name;
  size_t tools;
};

static int preview_by_name(const void *a, const void *b) {
  return str_compare(((const struct preview_tag *)a)->name, ((const struct preview_tag *)b)->name);
}

static size_t preview_count_tags(const struct server *s, const struct catalog_member *members) {
  size_t n = 0;
  for (size_t i = 0; i < s->member_count; i++)
    for (size_t k = 0; members[i].account->tools && k < members[i].account->tools->count; k++)
      n += members[i].account->tools->tools[k].tag_count;
  return n;
}

// The tags of all tools that may be served, whatever the filter lets through.
static void preview_put_tags(struct admin_call *call, const struct server *s,
                             const struct catalog_member *members) {
  struct preview_tag *tags = ARENA_ARRAY(call->arena, preview_count_tags(s, members) + 1, struct preview_tag);
  struct map by_name = {0};
  size_t count = 0;
  for (size_t i = 0; i < s->member_count; i++) {
    const struct toolset *set = members[i].account->tools;
    for (size_t k = 0; set && k < set->count; k++)
      for (size_t j = 0; set->tools[k].served && sight_shows(members[i].access, &set->tools[k]) &&
                         j < set->tools[k].tag_count;
           j++) {
        struct str name = set->tools[k].tags[j];
        struct preview_tag *tag = map_get(&by_name, name);
        if (!tag) map_put(&by_name, name, tag = &tags[count++]), tag->name = name;
        tag->tools++;
      }
  }
  map_free(&by_name);
  qsort(tags, count, sizeof *tags, preview_by_name);
  put_open(&call->out, "tags", '[');
  for (size_t i = 0; i < count; i++) {
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "name", tags[i].name);
    put_int(&call->out, "tools", (int64_t)tags[i].tools);
    put_close(&call->out, '}');
  }
  put_close(&call->out, ']');
}

static void preview_put_tool(struct buf *out, const struct catalog_tool *t) {
  put_open(out, NULL, '{');
  put_text(out, "name", t->name);
  put_text_or_null(out, "title", t->tool->title);
  put_text(out, "class", str_of(tool_class_names[t->tool->class]));
  put_bool(out, "read_only", t->tool->read_only);
  put_text(out, "account_id", t->account->account->id);
  put_close(out, '}');
}

void preview_put(struct admin_call *call, const struct server *s, struct catalog_member *members) {
  struct catalog_server v = {
      .arena = call->arena, .server = *s, .members = members, .member_count = s->member_count};
  struct buf *out = &call->out, listed = BUF_MAX(ADMIN_REPLY_MOST);
  size_t reads = 0;
  shown_fill(&v);
  put_open(out, NULL, '{');
  put_open(out, "tools", '[');
  for (size_t i = 0; i < v.tool_count; i++) {
    reads += v.tools[i].tool->read_only;
    listing_write(&v.tools[i], &listed);
    preview_put_tool(out, &v.tools[i]);
  }
  put_close(out, ']');
  put_int(out, "tool_count", (int64_t)v.tool_count);
  put_int(out, "read_count", (int64_t)reads);
  put_int(out, "bytes", (int64_t)listed.n);
  preview_put_tags(call, s, members);
  put_close(out, '}');
  buf_free(&listed);
  map_free(&v.by_name);
}
