// SPDX-License-Identifier: Apache-2.0
#include "tool/policy.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "data/json.h"

enum {
  POLICY_LIMIT_MOST = 1000000,
  POLICY_ITEMS_MOST = 500,
  POLICY_GLOB_MOST = 256,
  POLICY_NEAR = 3,
  POLICY_TEXT_MOST = 8 << 20
};

#define BIT(class) (1u << (class))
static const unsigned policy_all = BIT(TOOL_CLASSES) - 1;
static const unsigned policy_write = BIT(TOOL_CREATE) | BIT(TOOL_UPDATE) | BIT(TOOL_DELETE);

// What may stand in "methods". "read" goes by evidence and not by class, so it sets no bit.
static const struct {
  const char *name;
  unsigned classes;
  bool read;
} policy_methods[] = {
    {"read", 0, true},
    {"write", BIT(TOOL_CREATE) | BIT(TOOL_UPDATE) | BIT(TOOL_DELETE), false},
    {"custom", BIT(TOOL_CUSTOM), false},
    {"list", BIT(TOOL_LIST), false},
    {"get", BIT(TOOL_GET), false},
    {"create", BIT(TOOL_CREATE), false},
    {"update", BIT(TOOL_UPDATE), false},
    {"delete", BIT(TOOL_DELETE), false},
};
enum { POLICY_METHODS = sizeof policy_methods / sizeof *policy_methods };

static const struct str policy_keys[] = {{"methods", 7},
                                         {"tags", 4},
                                         {"tools", 5},
                                         {"require_api_token_auth", 22},
                                         {"prompts", 7},
                                         {"resources", 9},
                                         {"record_arguments", 16},
                                         {"programs", 8},
                                         {"ask", 3},
                                         {"discovery", 9},
                                         {"paused", 6},
                                         {"limits", 6},
                                         {"approval", 8},
                                         {"own_accounts", 12},
                                         {"fence", 5}};
enum { POLICY_KEYS = sizeof policy_keys / sizeof *policy_keys };

// ---- errors that name the field, the value, what is allowed, and the nearest of it

static bool policy_unknown(struct err *err, const char *field, struct str value, const struct str *allowed,
                           size_t count) {
  char list[320];
  size_t n = 0, i = 0;
  for (; i < count && n + allowed[i].n + 24 < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%.*s", i ? ", " : "", STR_ARG(allowed[i]));
  if (i < count) snprintf(list + n, sizeof list - n, " and %zu more", count - i);
  if (!count) snprintf(list, sizeof list, "none");
  err_at(err, ERR_INVALID, field, "\"%.*s\" is not known here; allowed: %s", STR_MOST(value, 64), list);
  struct str near = STR_NONE;
  unsigned best = POLICY_NEAR + 1;
  for (i = 0; i < count; i++) {
    unsigned d = str_distance(value, allowed[i]);
    if (d < best) best = d, near = allowed[i];
  }
  if (near.n) err_hint(err, "did you mean \"%.*s\"?", STR_ARG(near));
  return false;
}

// The list under `key`: absent is none; empty, too long, or not all texts is an error.
static bool policy_list(yyjson_val *config, const char *key, struct arena *a, struct str **out, size_t *count,
                        struct err *err) {
  yyjson_val *list = yyjson_obj_get(config, key), *v;
  size_t i, n;
  char field[64];
  snprintf(field, sizeof field, "config.%s", key);
  if (!list) return true;
  if (!yyjson_is_arr(list)) return err_at(err, ERR_INVALID, field, "must be an array of strings");
  if (yyjson_arr_size(list) == 0)
    return err_at(err, ERR_INVALID, field,
                  "an empty array would let no tool through; leave it out for no filter");
  if (yyjson_arr_size(list) > POLICY_ITEMS_MOST)
    return err_at(err, ERR_INVALID, field, "at most %d members, not %zu", POLICY_ITEMS_MOST,
                  yyjson_arr_size(list));
  struct str *items = ARENA_ARRAY(a, yyjson_arr_size(list), struct str);
  yyjson_arr_foreach (list, i, n, v) {
    snprintf(field, sizeof field, "config.%s[%zu]", key, i);
    if (!yyjson_is_str(v)) return err_at(err, ERR_INVALID, field, "must be a string");
    if (yyjson_get_len(v) == 0) return err_at(err, ERR_INVALID, field, "must not be empty");
    if (yyjson_get_len(v) > POLICY_GLOB_MOST)
      return err_at(err, ERR_INVALID, field, "at most %d bytes", POLICY_GLOB_MOST);
    items[i] = arena_dup(a, json_text(v));
  }
  *out = items;
  *count = yyjson_arr_size(list);
  return true;
}

// Empty: of no account.
static bool policy_read_owns(yyjson_val *config, struct arena *a, struct policy_filter *f, struct err *err) {
  yyjson_val *list = yyjson_obj_get(config, "own_accounts");
  if (yyjson_is_arr(list) && yyjson_arr_size(list) == 0) return true;
  struct str *owns = NULL;
  if (!policy_list(config, "own_accounts", a, &owns, &f->own_count, err)) return false;
  f->owns = owns;
  return true;
}

static bool policy_read_methods(yyjson_val *config, struct arena *a, struct policy_filter *f,
                                struct err *err) {
  struct str *items = NULL, names[POLICY_METHODS];
  size_t count = 0;
  if (!policy_list(config, "methods", a, &items, &count, err)) return false;
  if (count == 0) {
    f->classes = policy_all;
    return true;
  }
  for (size_t m = 0; m < POLICY_METHODS; m++) names[m] = str_of(policy_methods[m].name);
  for (size_t i = 0; i < count; i++) {
    size_t m = 0;
    while (m < POLICY_METHODS && !str_eq(items[i], names[m])) m++;
    if (m == POLICY_METHODS) {
      char field[64];
      snprintf(field, sizeof field, "config.methods[%zu]", i);
      return policy_unknown(err, field, items[i], names, POLICY_METHODS);
    }
    f->classes |= policy_methods[m].classes;
    f->read_only |= policy_methods[m].read;
  }
  return true;
}

static int policy_order(const void *x, const void *y) {
  return str_compare(*(const struct str *)x, *(const struct str *)y);
}

static struct str *policy_known_tags(const struct toolset *const *sets, size_t set_count, struct arena *a,
                                     size_t *count) {
  struct map seen = {0};
  for (size_t s = 0; s < set_count; s++)
    for (size_t i = 0; i < sets[s]->count; i++)
      for (size_t j = 0; j < sets[s]->tools[i].tag_count; j++)
        map_put(&seen, sets[s]->tools[i].tags[j], &sets[s]->tools[i]);
  struct str *tags = ARENA_ARRAY(a, seen.count + 1, struct str);
  size_t n = 0, at = 0;
  for (struct map_slot *slot; (slot = map_next(&seen, &at));) tags[n++] = slot->key;
  map_free(&seen);
  if (n) qsort(tags, n, sizeof *tags, policy_order);
  *count = n;
  return tags;
}

bool policy_check_tags(const struct policy_filter *f, const struct toolset *const *sets, size_t set_count,
                       struct arena *a, struct err *err) {
  size_t known_count;
  if (!f->tag_count) return true;
  struct str *known = policy_known_tags(sets, set_count, a, &known_count);
  for (size_t i = 0; i < f->tag_count; i++) {
    if (known_count && bsearch(&f->tags[i], known, known_count, sizeof *known, policy_order)) continue;
    char field[64];
    snprintf(field, sizeof field, "config.tags[%zu]", i);
    return policy_unknown(err, field, f->tags[i], known, known_count);
  }
  return true;
}

static bool policy_read_tags(yyjson_val *config, const struct toolset *set, struct arena *a,
                             struct policy_filter *f, struct err *err) {
  return policy_list(config, "tags", a, &f->tags, &f->tag_count, err) &&
         (!set || policy_check_tags(f, &set, 1, a, err));
}

static bool policy_read_switch(yyjson_val *config, const char *key, enum policy_switch *out,
                               struct err *err) {
  yyjson_val *v = yyjson_obj_get(config, key);
  char field[64];
  snprintf(field, sizeof field, "config.%s", key);
  if (v && !yyjson_is_bool(v)) return err_at(err, ERR_INVALID, field, "must be true or false");
  *out = !v ? POLICY_UNSAID : yyjson_is_true(v) ? POLICY_ON : POLICY_OFF;
  return true;
}

static const struct str policy_discoveries[] = {{"full", 4}, {"search", 6}, {"featured", 8}};
enum { POLICY_DISCOVERIES = sizeof policy_discoveries / sizeof *policy_discoveries };

enum policy_discovery policy_discovery_named(struct str name) {
  for (size_t i = 0; i < POLICY_DISCOVERIES; i++)
    if (str_eq(name, policy_discoveries[i])) return (enum policy_discovery)(POLICY_FULL + i);
  return POLICY_DISCOVERY_UNSAID;
}

static bool policy_read_discovery(yyjson_val *config, enum policy_discovery *out, struct err *err) {
  yyjson_val *v = yyjson_obj_get(config, "discovery");
  if (v && !yyjson_is_str(v)) return err_at(err, ERR_INVALID, "config.discovery", "must be a string");
  *out = policy_discovery_named(json_text(v));
  return !v || *out ||
         policy_unknown(err, "config.discovery", json_text(v), policy_discoveries, POLICY_DISCOVERIES);
}

static const struct str policy_approvals[] = {{"none", 4}, {"destroy", 7}, {"write", 5}};
enum { POLICY_APPROVALS = sizeof policy_approvals / sizeof *policy_approvals };

static bool policy_read_approval(yyjson_val *config, enum policy_approval *out, struct err *err) {
  yyjson_val *v = yyjson_obj_get(config, "approval");
  if (v && !yyjson_is_str(v)) return err_at(err, ERR_INVALID, "config.approval", "must be a string");
  for (size_t i = 0; v && i < POLICY_APPROVALS; i++)
    if (str_eq(json_text(v), policy_approvals[i])) return *out = (enum policy_approval)i, true;
  return !v || policy_unknown(err, "config.approval", json_text(v), policy_approvals, POLICY_APPROVALS);
}

// ---- limits

static const struct {
  const char *key;
  size_t all, each; // where it stands
} policy_limit_keys[] = {
    {"calls_per_minute", offsetof(struct policy_limits, calls), offsetof(struct policy_limits, each_calls)},
    {"writes_per_day", offsetof(struct policy_limits, writes), offsetof(struct policy_limits, each_writes)},
};
enum { POLICY_LIMIT_KEYS = sizeof policy_limit_keys / sizeof *policy_limit_keys };

static int64_t *policy_limit_at(struct policy_limits *l, size_t key, bool each) {
  return (int64_t *)((char *)l + (each ? policy_limit_keys[key].each : policy_limit_keys[key].all));
}

static bool policy_read_limits(yyjson_val *v, bool each, struct policy_limits *out, struct err *err) {
  static const struct str known[] = {{"calls_per_minute", 16}, {"writes_per_day", 14}, {"each", 4}};
  const char *where = each ? "config.limits.each" : "config.limits";
  if (!v) return true;
  if (!yyjson_is_obj(v)) return err_at(err, ERR_INVALID, where, "must be an object");
  yyjson_obj_iter it = yyjson_obj_iter_with(v);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    struct str name = json_text(key);
    yyjson_val *value = yyjson_obj_iter_get_val(key);
    size_t i = 0;
    while (i < POLICY_LIMIT_KEYS && !str_is(name, policy_limit_keys[i].key)) i++;
    if (!each && str_is(name, "each")) {
      if (!policy_read_limits(value, true, out, err)) return false;
      continue;
    }
    if (i == POLICY_LIMIT_KEYS) return policy_unknown(err, where, name, known, each ? 2 : 3);
    int64_t n = json_int(v, policy_limit_keys[i].key, -1);
    if (n < 1 || n > POLICY_LIMIT_MOST) {
      char field[64];
      snprintf(field, sizeof field, "%s.%s", where, policy_limit_keys[i].key);
      return err_at(err, ERR_INVALID, field, "must be a whole number from 1 to %d; leave it out for no limit",
                    POLICY_LIMIT_MOST);
    }
    *policy_limit_at(out, i, each) = n;
  }
  return true;
}

static bool policy_write_limit_set(struct policy_limits *l, bool each, struct buf *out) {
  bool any = false;
  for (size_t i = 0; i < POLICY_LIMIT_KEYS; i++) {
    int64_t n = *policy_limit_at(l, i, each);
    if (!n) continue;
    buf_printf(out, "%s\"%s\":%lld", any ? "," : "", policy_limit_keys[i].key, (long long)n);
    any = true;
  }
  return any;
}

static void policy_write_limits(struct policy_limits l, struct buf *out) {
  bool each = l.each_calls || l.each_writes;
  if (!each && !l.calls && !l.writes) return;
  buf_add_z(out, ",\"limits\":{");
  bool any = policy_write_limit_set(&l, false, out);
  if (each) {
    buf_printf(out, "%s\"each\":{", any ? "," : "");
    policy_write_limit_set(&l, true, out);
    buf_add_char(out, '}');
  }
  buf_add_char(out, '}');
}

bool policy_filter_read(yyjson_val *config, const struct toolset *set, struct arena *a,
                        struct policy_filter *out, struct err *err) {
  struct policy_filter f = {0};
  if (config && !yyjson_is_obj(config)) return err_at(err, ERR_INVALID, "config", "must be an object");
  yyjson_obj_iter it = yyjson_obj_iter_with(config);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    size_t i = 0;
    while (i < POLICY_KEYS && !str_eq(json_text(key), policy_keys[i])) i++;
    if (i == POLICY_KEYS) return policy_unknown(err, "config", json_text(key), policy_keys, POLICY_KEYS);
  }
  enum policy_switch guarded, recorded, asks;
  if (!policy_read_switch(config, "require_api_token_auth", &guarded, err) ||
      !policy_read_switch(config, "ask", &asks, err) ||
      !policy_read_switch(config, "record_arguments", &recorded, err))
    return false;
  f.require_api_token = guarded == POLICY_ON;
  f.record_arguments = recorded == POLICY_ON;
  f.asks = asks == POLICY_ON;
  if (!policy_read_methods(config, a, &f, err) || !policy_read_tags(config, set, a, &f, err) ||
      !policy_list(config, "tools", a, &f.tools, &f.tool_count, err) ||
      !policy_read_switch(config, "programs", &f.programs, err) ||
      !policy_read_discovery(config, &f.discovery, err) ||
      !policy_read_switch(config, "prompts", &f.prompts, err) ||
      !policy_read_switch(config, "resources", &f.resources, err) ||
      !policy_read_switch(config, "paused", &f.paused, err) ||
      !policy_read_approval(config, &f.approval, err) ||
      !policy_read_limits(yyjson_obj_get(config, "limits"), false, &f.limits, err) ||
      !policy_read_owns(config, a, &f, err) ||
      !fence_read(yyjson_obj_get(config, "fence"), a, &f.fences, err))
    return false;
  *out = f;
  return true;
}

// ---- the decision

bool policy_is_own(const struct policy_filter *f, struct str account_id) {
  for (size_t i = 0; i < f->own_count; i++)
    if (str_eq(f->owns[i], account_id)) return true;
  return false;
}

bool policy_allows(const struct policy_filter *f, const struct tool *t) {
  bool method = (f->classes & BIT(t->class)) || (f->read_only && t->read_only);
  bool tag = f->tag_count == 0, name = f->tool_count == 0;
  for (size_t i = 0; i < f->tag_count && !tag; i++)
    for (size_t j = 0; j < t->tag_count && !tag; j++) tag = str_eq(f->tags[i], t->tags[j]);
  for (size_t i = 0; i < f->tool_count && !name; i++) name = str_glob(f->tools[i], t->name);
  return method && tag && name;
}

bool policy_waits(const struct policy_filter *f, const struct tool *t, bool destroys) {
  if (t->read_only || f->approval == POLICY_NO_APPROVAL) return false;
  return destroys || f->approval == POLICY_APPROVE_WRITE;
}

// ---- the filter as text

static void policy_write_list(struct buf *out, const char *key, const struct str *items, size_t count) {
  if (!count) return;
  buf_printf(out, "%s\"%s\":[", out->n > 1 ? "," : "", key);
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, items[i]);
  }
  buf_add_char(out, ']');
}

struct str policy_filter_write(const struct policy_filter *f, struct arena *a) {
  struct str methods[POLICY_METHODS];
  size_t count = 0;
  unsigned left = f->classes == policy_all ? 0 : f->classes; // all: no filter by method
  // "write" stands for its three where they are all there, and stands before them in the table.
  bool written = (left & policy_write) == policy_write;
  for (size_t m = 0; m < POLICY_METHODS; m++) {
    bool whole = policy_methods[m].classes == policy_write;
    bool in = policy_methods[m].read ? f->read_only && f->classes != policy_all
              : whole                ? written
                                     : (left & policy_methods[m].classes) &&
                            !(written && (policy_methods[m].classes & policy_write));
    if (in) methods[count++] = str_of(policy_methods[m].name);
  }
  struct buf out = BUF_MAX(POLICY_TEXT_MOST);
  buf_add_char(&out, '{');
  policy_write_list(&out, "methods", methods, count);
  policy_write_list(&out, "tags", f->tags, f->tag_count);
  policy_write_list(&out, "tools", f->tools, f->tool_count);
  buf_printf(&out, "%s\"require_api_token_auth\":%s", out.n > 1 ? "," : "",
             f->require_api_token ? "true" : "false");
  if (f->programs) buf_printf(&out, ",\"programs\":%s", f->programs == POLICY_ON ? "true" : "false");
  if (f->asks) buf_add_z(&out, ",\"ask\":true");
  if (f->discovery)
    buf_printf(&out, ",\"discovery\":\"%.*s\"", STR_ARG(policy_discoveries[f->discovery - POLICY_FULL]));
  if (f->record_arguments) buf_add_z(&out, ",\"record_arguments\":true");
  if (f->prompts) buf_printf(&out, ",\"prompts\":%s", f->prompts == POLICY_ON ? "true" : "false");
  if (f->resources) buf_printf(&out, ",\"resources\":%s", f->resources == POLICY_ON ? "true" : "false");
  if (f->paused == POLICY_ON) buf_add_z(&out, ",\"paused\":true");
  policy_write_limits(f->limits, &out);
  if (f->approval) buf_printf(&out, ",\"approval\":\"%.*s\"", STR_ARG(policy_approvals[f->approval]));
  policy_write_list(&out, "own_accounts", f->owns, f->own_count);
  if (f->fences.count) buf_add_z(&out, ",\"fence\":"), fence_write(&f->fences, &out);
  buf_add_char(&out, '}');
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

// ---- MCP's annotations: all four, always (absent ones default to the worst for clients)

static const struct policy_hints policy_reads = {true, false, true, true};
static const struct policy_hints policy_changes[TOOL_CLASSES] = {
    // read-only, destructive, idempotent, open world
    [TOOL_LIST] = {false, true, false, true}, // a list or get without evidence that it only reads
    [TOOL_GET] = {false, true, false, true},    [TOOL_CREATE] = {false, false, false, true},
    [TOOL_UPDATE] = {false, true, true, true},  [TOOL_DELETE] = {false, true, true, true},
    [TOOL_CUSTOM] = {false, true, false, true},
};

struct policy_hints policy_hints(const struct tool *t) {
  if (t->kind == TOOL_REMOTE)
    return (struct policy_hints){t->read_only, t->destructive, t->idempotent, t->open_world};
  return t->read_only ? policy_reads : policy_changes[t->class];
}
