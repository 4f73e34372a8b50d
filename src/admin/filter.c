// SPDX-License-Identifier: Apache-2.0
#include "admin/filter.h"

#include <stdlib.h>

#include "admin/own.h"
#include "data/json.h"

static struct str filter_text(yyjson_mut_doc *doc, struct arena *a) {
  size_t n = 0;
  char *text = yyjson_mut_write(doc, 0, &n);
  struct str out = arena_dup(a, str_make(text ? text : "{}", text ? n : 2));
  free(text);
  return out;
}

bool filter_settle(const struct hold_about *about, yyjson_val *config, struct str *patch, struct err *err) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = config ? yyjson_val_mut_copy(doc, config) : yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  bool ok = hold_settle(about, yyjson_obj_get(config, "fence"), doc, err) &&
            admin_own_settle(about, yyjson_obj_get(config, "own_accounts"), doc, err);
  if (ok) *patch = filter_text(doc, about->call->arena);
  yyjson_mut_doc_free(doc);
  return ok;
}

static bool filter_has(const struct server *s, struct str account) {
  for (size_t i = 0; i < s->member_count; i++)
    if (str_eq(s->members[i].account_id, account)) return true;
  return false;
}

// What is held, and what is each person's own, goes with the account, and with nothing else.
static struct policy_filter filter_kept(const struct policy_filter *was, const struct server *now,
                                        struct arena *a) {
  struct policy_filter kept = *was;
  struct str *owns = ARENA_ARRAY(a, was->own_count + 1, struct str);
  kept.owns = owns;
  kept.own_count = 0;
  kept.fences = (struct fences){ARENA_ARRAY(a, was->fences.count + 1, struct fence), 0};
  for (size_t i = 0; i < was->own_count; i++)
    if (filter_has(now, was->owns[i])) owns[kept.own_count++] = was->owns[i];
  for (size_t i = 0; i < was->fences.count; i++)
    if (filter_has(now, was->fences.items[i].account))
      kept.fences.items[kept.fences.count++] = was->fences.items[i];
  return kept;
}

// An account whose last key was taken away is not held any more.
static yyjson_doc *filter_merge(yyjson_val *was, yyjson_val *patch) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_merge_patch(doc, was, patch), *fence = yyjson_mut_obj_get(root, "fence");
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(fence);
  for (yyjson_mut_val *key; (key = yyjson_mut_obj_iter_next(&it));) {
    yyjson_mut_val *keys = yyjson_mut_obj_iter_get_val(key);
    if (yyjson_mut_is_obj(keys) && !yyjson_mut_obj_size(keys)) yyjson_mut_obj_iter_remove(&it);
  }
  yyjson_doc *merged = yyjson_mut_doc_imut_copy(doc, NULL);
  yyjson_mut_doc_free(doc);
  return merged;
}

bool filter_apply(const struct policy_filter *was, const struct server *now, struct str patch,
                  struct arena *a, struct policy_filter *out, struct err *err) {
  struct policy_filter kept = was ? filter_kept(was, now, a) : (struct policy_filter){0};
  if (!patch.n) return *out = kept, true;
  yyjson_doc *base, *changes;
  if (!json_read(was ? policy_filter_write(&kept, a) : STR("{}"), &JSON_LIMITS, &base, err)) return false;
  bool ok = json_read(patch, &JSON_LIMITS, &changes, err);
  if (ok) {
    yyjson_doc *merged = filter_merge(yyjson_doc_get_root(base), yyjson_doc_get_root(changes));
    ok = policy_filter_read(yyjson_doc_get_root(merged), NULL, a, out, err);
    yyjson_doc_free(merged);
    yyjson_doc_free(changes);
  }
  yyjson_doc_free(base);
  return ok;
}
