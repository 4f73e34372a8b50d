// SPDX-License-Identifier: Apache-2.0
#include "ask/toolbox.h"

#include <ctype.h>

#include "data/json.h"

// clang-format off
const struct llm_tool toolbox_tools[TOOLBOX_TOOLS] = {
  [TOOLBOX_SEARCH] = {STR("search_tools"), STR("Find vendors' tools that read, by words. Gives names, accounts, what each does and needs; best first."),
    STR("{\"type\":\"object\",\"properties\":{\"words\":{\"type\":\"string\",\"description\":\"Such as: firewall rules of a zone\"},"
        "\"account\":{\"type\":\"string\",\"description\":\"Of this account alone\"}},\"required\":[\"words\"]}")},
  [TOOLBOX_DESCRIBE] = {STR("describe_tools"), STR("The arguments of up to 5 tools, and what is known of the rows they give."),
    STR("{\"type\":\"object\",\"properties\":{\"tools\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"Their names\"},"
        "\"account\":{\"type\":\"string\"}},\"required\":[\"tools\"]}")},
  [TOOLBOX_RUN] = {STR("run_program"), STR("Check an answer program and run it. Gives all faults at once, or a number for the run, its results' columns, and what you may see of the rows."),
    STR("{\"type\":\"object\",\"properties\":{\"program\":{\"type\":\"object\",\"properties\":{\"version\":{\"type\":\"integer\"},\"title\":{\"type\":\"string\"},"
        "\"parameters\":{\"type\":\"object\"},\"steps\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
        "\"results\":{\"type\":\"object\",\"description\":\"By name: {\\\"query\\\": \\\"SELECT …\\\", \\\"title\\\"?, \\\"columns\\\"?, \\\"chart\\\"?, \\\"time\\\"?}\"}},"
        "\"required\":[\"version\",\"steps\",\"results\"]}},\"required\":[\"program\"]}")},
  [TOOLBOX_PRESENT] = {STR("present"), STR("End: show the person results of a run, or say why there is no answer. Call it once, last."),
    STR("{\"type\":\"object\",\"properties\":{"
        "\"outcome\":{\"type\":\"string\",\"enum\":[\"answer\",\"clarify\",\"unanswerable\",\"refuse\"]},"
        "\"run\":{\"type\":\"string\",\"description\":\"For an answer: the number of a run that gave rows, or draft\"},"
        "\"results\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"Names of its results to show, the main one first; left out: all\"},"
        "\"chart\":{\"type\":\"object\",\"description\":\"Of the main result, if not as suits: {\\\"mark\\\": \\\"bar|line|table|…\\\", \\\"x\\\", \\\"y\\\", \\\"color\\\"} by its columns\"},"
        "\"text\":{\"type\":\"string\",\"description\":\"One or two sentences. For an answer each number must stand in the results shown; otherwise the question back, or what is missing\"}},"
        "\"required\":[\"outcome\"]}")},
};
// clang-format on

int toolbox_named(struct str name) {
  for (int i = 0; i < TOOLBOX_TOOLS; i++)
    if (str_eq(toolbox_tools[i].name, name)) return i;
  return -1;
}

// Could a mark begin here, once what stands between is not seen? "<>" and "a < b" are SQL.
static bool toolbox_is_mark(struct str text, size_t at) {
  size_t next = at + 1;
  if (text.p[at] != '<') return false;
  while (next < text.n && text.p[next] == '<') next++;
  if (next < text.n && (isalpha((unsigned char)text.p[next]) || text.p[next] == '!')) return true;
  while (next < text.n && ((unsigned char)text.p[next] <= ' ' || text.p[next] == '<')) next++;
  return next == text.n || text.p[next] == '/' || (unsigned char)text.p[next] >= 127;
}

void toolbox_add_vendors(struct buf *out, struct str text, size_t most) {
  struct str cut = str_cut_utf8(text, most);
  for (size_t i = 0; i < cut.n; i++) {
    unsigned char c = (unsigned char)cut.p[i];
    if (!toolbox_is_mark(cut, i)) buf_add_char(out, c < 32 ? ' ' : (char)c);
  }
  if (cut.n < text.n) buf_add_z(out, "…");
}

// ---- the accounts of a view

struct toolbox_account {
  const struct catalog_account *account;
  struct str name;       // as the view calls it
  const uint64_t *shown; // which of its toolset's tools; NULL: all
};
struct toolbox {
  struct toolbox_account *accounts;
  size_t count;
};

static struct str toolbox_member_name(const struct catalog_member *m) {
  return m->alias.n ? m->alias : m->account->account->name;
}

static void toolbox_show(struct toolbox *b, const struct catalog_account *account, const struct tool *t) {
  const struct tool *own = map_get(&account->tools->by_name, t->name);
  for (size_t i = 0; i < b->count && own; i++)
    if (b->accounts[i].account == account)
      index_show((uint64_t *)b->accounts[i].shown, (size_t)(own - account->tools->tools));
}

static struct toolbox toolbox_open(const struct program_view *v, struct arena *a) {
  const struct catalog_server *s = v->server;
  size_t n = s ? s->member_count : v->catalog->account_count;
  struct toolbox b = {ARENA_ARRAY(a, n + 1, struct toolbox_account), 0};
  for (size_t i = 0; i < n; i++) {
    const struct catalog_account *account = s ? s->members[i].account : v->catalog->accounts[i];
    struct str name = s ? toolbox_member_name(&s->members[i]) : account->account->name;
    const uint64_t *shown = s ? ARENA_ARRAY(a, INDEX_BITS(account->tools->count) + 1, uint64_t) : NULL;
    b.accounts[b.count++] = (struct toolbox_account){account, name, shown};
  }
  for (size_t i = 0; s && i < s->tool_count; i++) {
    const struct catalog_tool *t = &s->tools[i];
    toolbox_show(&b, t->account, t->tool);
    for (size_t c = 0; c < t->choice_count; c++) toolbox_show(&b, t->choices[c].account, t->choices[c].tool);
  }
  return b;
}

static bool toolbox_shows(const struct toolbox_account *of, const struct tool *t) {
  size_t at = (size_t)(t - of->account->tools->tools);
  return t->read_only && t->served && (!of->shown || (of->shown[at / 64] >> (at % 64) & 1));
}

static bool toolbox_is_meant(const struct toolbox_account *of, struct str account) {
  return !account.n || str_eq_nocase(of->name, account) || str_eq(of->account->account->id, account) ||
         str_eq_nocase(of->account->account->name, account);
}

void toolbox_add_accounts(const struct program_view *v, size_t most, struct buf *out) {
  struct arena *a = arena_new();
  struct toolbox b = toolbox_open(v, a);
  size_t from = out->n;
  for (size_t i = 0; i < b.count; i++) {
    if (out->n - from > most) {
      buf_printf(out, ", and %zu more", b.count - i);
      break;
    }
    buf_printf(out, "%s%.*s (", i ? ", " : "", STR_ARG(b.accounts[i].name));
    toolbox_add_vendors(out, b.accounts[i].account->connector->label, 60);
    buf_add_char(out, ')');
  }
  if (!b.count) buf_add_z(out, "none");
  arena_free(a);
}

// ---- search

struct toolbox_hit {
  const struct toolset *tools;
  const struct tool *tool;
};

// Each toolset once, with what any of the accounts shows of it.
static size_t toolbox_parts(const struct toolbox *b, struct str account, struct arena *a,
                            struct index_part *parts, const struct toolset **sets) {
  size_t n = 0;
  for (size_t i = 0; i < b->count; i++) {
    const struct toolset *set = b->accounts[i].account->tools;
    size_t at = 0;
    if (!toolbox_is_meant(&b->accounts[i], account) || !set->index) continue;
    while (at < n && sets[at] != set) at++;
    if (at == n) {
      sets[n] = set;
      parts[n++] = (struct index_part){set->index, ARENA_ARRAY(a, INDEX_BITS(set->count) + 1, uint64_t)};
    }
    for (size_t k = 0; k < set->count; k++)
      if (toolbox_shows(&b->accounts[i], &set->tools[k])) index_show((uint64_t *)parts[at].shown, k);
  }
  return n;
}

static void toolbox_add_needs(const struct tool *t, struct buf *out) {
  size_t i, n, count = 0;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(t->input, "required"), i, n, v) {
    struct str name = json_text(v), from = json_text(yyjson_obj_getn(t->sources, name.p, name.n));
    if (count++ == 12) break;
    buf_add_z(out, count == 1 ? " Needs " : ", ");
    toolbox_add_vendors(out, name, 64);
    if (from.n) {
      buf_add_z(out, " from ");
      toolbox_add_vendors(out, from, 100);
    }
  }
  if (count) buf_add_char(out, '.');
}

static void toolbox_add_hit(const struct toolbox *b, const struct toolset *set, const struct tool *t,
                            struct buf *out) {
  size_t n = 0;
  toolbox_add_vendors(out, t->name, 200);
  buf_add_z(out, " (");
  for (size_t i = 0; i < b->count && n < 8; i++)
    if (b->accounts[i].account->tools == set && toolbox_shows(&b->accounts[i], t))
      buf_printf(out, "%s%.*s", n++ ? ", " : "", STR_ARG(b->accounts[i].name));
  buf_add_z(out, "): ");
  struct str about = t->description.n ? t->description : t->title;
  ptrdiff_t stop = str_find_text(about, STR(". "));
  if (stop >= 0) about.n = (size_t)stop;
  toolbox_add_vendors(out, str_trim(about), 160);
  buf_add_z(out, ".");
  toolbox_add_needs(t, out);
  buf_add_char(out, '\n');
}

bool toolbox_search(const struct program_view *v, yyjson_val *arguments, struct arena *a, struct buf *out) {
  struct toolbox b = toolbox_open(v, a);
  struct str words = json_str(arguments, "words"), account = json_str(arguments, "account");
  if (!words.n) words = json_str(arguments, "query");
  if (!str_trim(words).n) {
    buf_add_z(out, "Give words: {\"words\": \"firewall rules of a zone\"}.");
    return false;
  }
  struct index_part *parts = ARENA_ARRAY(a, b.count + 1, struct index_part);
  const struct toolset **sets = ARENA_ARRAY(a, b.count + 1, const struct toolset *);
  struct index_hit hits[TOOLBOX_HITS_MOST];
  size_t n = toolbox_parts(&b, account, a, parts, sets), from = out->n;
  size_t count = index_search(parts, n, str_cut_utf8(words, 1000), hits, TOOLBOX_HITS_MOST);
  buf_add_z(out, "<data>\n");
  for (size_t i = 0; i < count && out->n - from < TOOLBOX_SEARCH_BYTES; i++)
    toolbox_add_hit(&b, sets[hits[i].part], &sets[hits[i].part]->tools[hits[i].document], out);
  buf_add_z(out, "</data>");
  if (!count) buf_add_z(out, "\nNothing is found by these words; try others, or fewer.");
  if (!n) {
    buf_add_z(out, "\nThe accounts are: ");
    toolbox_add_accounts(v, 1000, out);
  }
  return true;
}

// ---- schemas, short

enum { TOOLBOX_DEPTH_MOST = 4, TOOLBOX_MEMBERS_MOST = 40, TOOLBOX_ENUM_MOST = 24 };

static void toolbox_string(struct buf *out, struct str text, size_t most) {
  struct buf clean = BUF_MAX(4 * most + 8);
  toolbox_add_vendors(&clean, text, most);
  json_add_string(out, buf_str(&clean));
  buf_free(&clean);
}

static void toolbox_schema(yyjson_val *schema, int depth, struct buf *out);

static void toolbox_members(yyjson_val *properties, int depth, struct buf *out) {
  size_t i, n, count = 0;
  yyjson_val *key, *v;
  buf_add_z(out, ",\"properties\":{");
  yyjson_obj_foreach (properties, i, n, key, v) {
    if (count == TOOLBOX_MEMBERS_MOST) break;
    if (count++) buf_add_char(out, ',');
    toolbox_string(out, json_text(key), 100);
    buf_add_char(out, ':');
    toolbox_schema(v, depth + 1, out);
  }
  buf_add_char(out, '}');
}

static void toolbox_list(yyjson_val *list, const char *name, struct buf *out) {
  size_t i, n, count = 0;
  yyjson_val *v;
  if (!yyjson_arr_size(list) || yyjson_arr_size(list) > TOOLBOX_ENUM_MOST) return;
  buf_printf(out, ",\"%s\":[", name);
  yyjson_arr_foreach (list, i, n, v) {
    if (!yyjson_is_str(v)) continue;
    if (count++) buf_add_char(out, ',');
    toolbox_string(out, json_text(v), 100);
  }
  buf_add_char(out, ']');
}

// Of a schema only what says how a value is written.
static void toolbox_schema(yyjson_val *schema, int depth, struct buf *out) {
  yyjson_val *type = yyjson_obj_get(schema, "type"), *items = yyjson_obj_get(schema, "items");
  struct str about = json_str(schema, "description"), format = json_str(schema, "format");
  if (yyjson_is_arr(type)) type = yyjson_arr_get_first(type);
  buf_add_z(out, "{\"type\":");
  toolbox_string(out, yyjson_is_str(type) ? json_text(type) : STR("any"), 20);
  toolbox_list(yyjson_obj_get(schema, "enum"), "enum", out);
  if (format.n) {
    buf_add_z(out, ",\"format\":");
    toolbox_string(out, format, 40);
  }
  if (about.n && depth) {
    buf_add_z(out, ",\"description\":");
    toolbox_string(out, about, 140);
  }
  if (depth < TOOLBOX_DEPTH_MOST && yyjson_obj_size(yyjson_obj_get(schema, "properties")))
    toolbox_members(yyjson_obj_get(schema, "properties"), depth, out);
  toolbox_list(yyjson_obj_get(schema, "required"), "required", out);
  if (depth < TOOLBOX_DEPTH_MOST && yyjson_is_obj(items)) {
    buf_add_z(out, ",\"items\":");
    toolbox_schema(items, depth + 1, out);
  }
  buf_add_char(out, '}');
}

// ---- what the connector's words say of its rows

static bool toolbox_thing_calls(yyjson_val *thing, struct str tool) {
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(thing, "steps"), i, n, step)
    if (str_eq(json_str(step, "tool"), tool)) return true;
  return false;
}

static void toolbox_add_things(yyjson_val *ask, struct str tool, struct buf *out) {
  size_t i, n, c, m;
  yyjson_val *key, *thing, *name, *column;
  yyjson_obj_foreach (yyjson_obj_get(ask, "things"), i, n, key, thing) {
    if (!toolbox_thing_calls(thing, tool)) continue;
    buf_add_z(out, "Known of its rows (SQL over a step of the id ");
    toolbox_add_vendors(out, json_str(yyjson_arr_get_last(yyjson_obj_get(thing, "steps")), "id"), 64);
    buf_add_z(out, "): ");
    yyjson_obj_foreach (yyjson_obj_get(thing, "columns"), c, m, name, column) {
      if (c) buf_add_z(out, "; ");
      toolbox_add_vendors(out, json_text(name), 60);
      buf_add_z(out, " = ");
      toolbox_add_vendors(out, json_str(column, "sql"), 300);
    }
    buf_add_char(out, '\n');
    return;
  }
}

static bool toolbox_describe_one(const struct toolbox *b, struct str name, struct str account,
                                 struct buf *out) {
  struct buf schema = BUF_MAX(TOOLBOX_TOOL_BYTES * 16);
  for (size_t i = 0; i < b->count; i++) {
    const struct toolbox_account *of = &b->accounts[i];
    const struct tool *t = map_get(&of->account->tools->by_name, name);
    if (!t || !toolbox_is_meant(of, account) || !toolbox_shows(of, t)) continue;
    toolbox_add_hit(b, of->account->tools, t, out);
    toolbox_schema(t->input, 0, &schema);
    buf_add_z(out, "Arguments: ");
    buf_add(out, schema.n <= TOOLBOX_TOOL_BYTES ? buf_str(&schema)
                                                : str_cut_utf8(buf_str(&schema), TOOLBOX_TOOL_BYTES));
    buf_add_z(out, schema.n <= TOOLBOX_TOOL_BYTES ? "\n" : "… (cut)\n");
    toolbox_add_things(of->account->connector->ask, name, out);
    buf_free(&schema);
    return true;
  }
  return false;
}

bool toolbox_describe(const struct program_view *v, yyjson_val *arguments, struct arena *a, struct buf *out) {
  struct toolbox b = toolbox_open(v, a);
  yyjson_val *names = yyjson_obj_get(arguments, "tools"), *name;
  size_t i, n, from = out->n, found = 0;
  if (!yyjson_arr_size(names)) {
    buf_add_z(out, "Give names: {\"tools\": [\"list_zones\"]}.");
    return false;
  }
  struct buf unknown = BUF_MAX(2000);
  buf_add_z(out, "<data>\n");
  yyjson_arr_foreach (names, i, n, name) {
    if (i == TOOLBOX_DESCRIBED_MOST || out->n - from > TOOLBOX_DESCRIBE_BYTES) break;
    struct str text = str_cut_utf8(json_text(name), 200);
    if (toolbox_describe_one(&b, text, json_str(arguments, "account"), out))
      found++;
    else
      buf_printf(&unknown, "%s%.*s", unknown.n ? ", " : "", STR_ARG(text));
  }
  buf_add_z(out, "</data>");
  if (i < n) buf_printf(out, "\nThe first %zu of %zu.", i, n);
  if (unknown.n)
    buf_printf(out, "\nNo tool that reads is called %.*s; search_tools finds names.",
               STR_ARG(buf_str(&unknown)));
  buf_free(&unknown);
  return found > 0;
}
