// SPDX-License-Identifier: Apache-2.0
// The catalog of connectors: searched and shown through the API, and as the manual's page from the folder.
#include "base/map.h"
#include "cli/api.h"
#include "cli/columns.h"
#include "cli/manual.h"
#include "cli/names.h"
#include "cli/run.h"
#include "cli/source.h"
#include "cli/view.h"
#include "connector/connector.h"
#include "data/json.h"

enum { VENDORS_QUERY_MOST = 1024, VENDORS_SHOW_MOST = 1 << 20, VENDORS_CATEGORIES_MOST = 64 };

// ---- postern connector list

// Nothing was found: what was meant, perhaps.
static bool vendors_say_none(struct cli *c, struct str path, struct err *err) {
  yyjson_val *answer;
  if (!api_get(c, path, &answer, err)) return false;
  struct str suggestion = json_str(answer, "suggestion");
  if (suggestion.n)
    view_say(c, "No connector. Did you mean '%.*s'?", STR_ARG(suggestion));
  else
    view_say(c, "No connector. Any other MCP server connects as mcp, with its URL.");
  return true;
}

bool cli_connector_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"}, {"CATEGORY", "category"}, {"KIND", "kind"},
                                               {"AUTH", "auth"}, {"ABOUT", "blurb"},       {0}};
  struct buf query = BUF_MAX(VENDORS_QUERY_MOST);
  yyjson_val *items;
  for (size_t i = 0; i < c->args.word_count; i++)
    buf_printf(&query, "%s%.*s", i ? " " : "", STR_ARG(c->args.words[i]));
  struct str path = api_query(c, STR("/connector"), "q", buf_str(&query));
  buf_free(&query);
  if (!api_list(c, path, 0, &items, err)) return false;
  if (!yyjson_arr_size(items) && !c->json) return vendors_say_none(c, path, err);
  view_list(c, items, columns, "No connector.");
  return true;
}

// ---- postern connector show

static void show_facts(struct cli *c, struct buf *out, yyjson_val *connector) {
  static const char *const facts[][2] = {
      {"name", "name"},        {"kind", "kind"},        {"category", "category"},
      {"address", "base_url"}, {"manual", "docs"},      {"tags", "tags"},
      {"prefix", "alias"},     {"tools", "tool_count"}, {"imported", "imported"}};
  struct columns t;
  columns_open(&t, c->arena, 2);
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    yyjson_val *v = yyjson_obj_get(connector, facts[i][1]);
    struct str text = view_cell(c->arena, v);
    if (str_is(text, "-") || str_is(text, "no") || str_is(text, "0")) continue;
    columns_cell(&t, str_of(facts[i][0]));
    columns_cell(&t, text);
  }
  yyjson_val *context;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(connector, "context"), i, n, context) {
    columns_cell(&t, i ? STR_NONE : STR("defaults"));
    columns_cell(&t, json_str(context, "name"));
  }
  columns_print(&t, 0, out);
  columns_close(&t);
}

// What to type in order to connect by this way.
static struct str show_command(struct cli *c, struct str name, yyjson_val *way, bool first) {
  bool any = str_is(name, CONNECTOR_ANY_MCP);
  if (str_is(json_str(way, "auth"), "oauth"))
    return arena_printf(c->arena, "postern account connect %.*s", STR_ARG(any ? STR("URL") : name));
  return arena_printf(c->arena, "postern account add %.*s%s%s%.*s", STR_ARG(any ? STR("URL") : name),
                      any ? " --name NAME" : "", first ? "" : " --way ",
                      STR_ARG(first ? STR_NONE : json_str(way, "id")));
}

static struct str show_asked(struct cli *c, yyjson_val *way) {
  struct str asked = STR_NONE, at = json_str(way, "register_at");
  yyjson_val *field;
  size_t i, n;
  if (at.n) return arena_printf(c->arena, "application made at %.*s", STR_ARG(at));
  yyjson_arr_foreach (yyjson_obj_get(way, "fields"), i, n, field) {
    struct str label = json_str(field, "label"), name = json_str(field, "name");
    asked = arena_printf(c->arena, "%.*s%s%.*s (%.*s)", STR_ARG(asked), i ? ", " : "", STR_ARG(name),
                         STR_ARG(label));
  }
  struct str url = json_str(way, "token_url"), scope = json_str(way, "scope");
  if (url.n) asked = arena_printf(c->arena, "%.*s, for %.*s", STR_ARG(asked), STR_ARG(url));
  if (url.n && scope.n) asked = arena_printf(c->arena, "%.*s, scope %.*s", STR_ARG(asked), STR_ARG(scope));
  return asked;
}

static void show_ways(struct cli *c, struct buf *out, yyjson_val *connector) {
  yyjson_val *way;
  size_t i, n;
  struct columns t;
  columns_open(&t, c->arena, 4);
  yyjson_arr_foreach (yyjson_obj_get(connector, "ways"), i, n, way) {
    columns_cell(&t, arena_printf(c->arena, "  %.*s", STR_ARG(json_str(way, "id"))));
    columns_cell(&t, json_str(way, "label"));
    columns_cell(&t, show_command(c, json_str(connector, "name"), way, i == 0));
    columns_cell(&t, show_asked(c, way));
  }
  buf_add_z(out, "\nWays to connect, and what is asked for\n");
  columns_print(&t, 0, out);
  columns_close(&t);
}

static void show_words(struct buf *out, yyjson_val *connector) {
  static const char *const trusts[][2] = {
      {"allow", "Served"}, {"review", "Waiting for a review"}, {"deny", "Not served"}};
  yyjson_val *words = yyjson_obj_get(connector, "words"), *word;
  size_t i, n;
  for (size_t k = 0; k < sizeof trusts / sizeof *trusts; k++) {
    const char *between = ": ";
    yyjson_arr_foreach (words, i, n, word) {
      if (!str_is(json_str(word, "trust"), trusts[k][0])) continue;
      if (*between == ':') buf_printf(out, "\n%s", trusts[k][1]);
      buf_printf(out, "%s%.*s", between, STR_ARG(json_str(word, "tools")));
      between = ", ";
    }
    if (*between == ',') buf_add_char(out, '\n');
  }
}

static void show_rest(struct buf *out, yyjson_val *connector) {
  yyjson_val *questions = yyjson_obj_get(connector, "questions"), *item;
  yyjson_val *troubles = yyjson_obj_get(connector, "troubles");
  size_t i, n;
  if (yyjson_arr_size(questions)) buf_add_z(out, "\nQuestions, for example\n");
  yyjson_arr_foreach (questions, i, n, item) buf_printf(out, "  %.*s\n", STR_ARG(json_text(item)));
  if (yyjson_arr_size(troubles)) buf_add_z(out, "\nWhen something is wrong\n");
  yyjson_arr_foreach (troubles, i, n, item)
    buf_printf(out, "  %.*s\n    %.*s\n", STR_ARG(json_str(item, "symptom")),
               STR_ARG(json_str(item, "remedy")));
}

bool cli_connector_show(struct cli *c, struct err *err) {
  yyjson_val *connector;
  if (!names_connector(c, args_word(&c->args, 0), &connector, err)) return false;
  if (c->json) {
    view_json(c, connector);
    return true;
  }
  struct buf out = BUF_MAX(VENDORS_SHOW_MOST);
  struct str blurb = json_str(connector, "blurb"), reads = json_str(connector, "reads");
  buf_printf(&out, "%.*s\n", STR_ARG(json_str(connector, "label")));
  if (blurb.n) buf_printf(&out, "%.*s\n", STR_ARG(blurb));
  if (reads.n) buf_printf(&out, "Reads: %.*s\n", STR_ARG(reads));
  buf_add_char(&out, '\n');
  show_facts(c, &out, connector);
  show_ways(c, &out, connector);
  show_words(&out, connector);
  show_rest(&out, connector);
  view_text(c, buf_str(&out));
  buf_free(&out);
  return true;
}

// ---- docs/catalog.md

static const char *const vendors_auths[] = {"key", "sign-in", "open"};

static void vendors_row(struct buf *out, const struct connector *c) {
  bool seen[sizeof vendors_auths / sizeof *vendors_auths] = {false};
  buf_printf(out, "| `%.*s` | [%.*s](%.*s) | %.*s | ", STR_ARG(c->name), STR_ARG(c->label), STR_ARG(c->docs),
             STR_ARG(c->blurb));
  const char *between = "";
  for (size_t i = 0; i < c->way_count; i++) {
    if (seen[c->ways[i].auth]) continue;
    seen[c->ways[i].auth] = true;
    buf_printf(out, "%s%s%s", between, vendors_auths[c->ways[i].auth],
               c->ways[i].oauth.register_at.n ? " with an application of your own" : "");
    between = ", ";
  }
  if (c->base_url.n)
    buf_printf(out, " | %s `%.*s` |\n", c->kind == CONNECTOR_REST ? "REST" : "MCP", STR_ARG(c->base_url));
  else
    buf_add_z(out, " | MCP, by its URL |\n");
}

static void vendors_group(struct buf *out, const struct connector_set *set, struct str category) {
  size_t at = 0;
  buf_printf(out, "\n## %.*s\n\n| name | vendor | about | connects by | address |\n|---|---|---|---|---|\n",
             STR_ARG(category));
  for (const struct connector *c; (c = connector_next(set, &at));)
    if (str_eq(c->category, category)) vendors_row(out, c);
}

// Categories by name; those beyond the room are left out.
static size_t vendors_categories(const struct connector_set *set, struct str *out, size_t most) {
  size_t at = 0, count = 0;
  for (const struct connector *c; (c = connector_next(set, &at));) {
    size_t i = 0;
    while (i < count && str_compare(out[i], c->category) < 0) i++;
    if ((i < count && str_eq(out[i], c->category)) || count == most) continue;
    memmove(&out[i + 1], &out[i], (count++ - i) * sizeof *out);
    out[i] = c->category;
  }
  return count;
}

bool manual_write_catalog(struct cli *c, struct buf *out, struct err *err) {
  struct str folder, categories[VENDORS_CATEGORIES_MOST];
  struct connector_set *set;
  if (!source_folder(c, &folder, err) || !connector_set_load(arena_z(c->arena, folder), &set, err))
    return false;
  buf_add_z(out,
            "# The catalog\n\n"
            "<!-- Made by `postern docs catalog` from connectors/. Do not edit; see CONTRIBUTING.md. -->\n\n"
            "Vendors that accounts can be made for without writing anything. `postern connector list WORDS` "
            "searches here and\n"
            "among those imported, and `postern connector show NAME` shows one with its ways to connect, its "
            "tools' judgement,\n"
            "questions to ask and what to do when something is wrong. By sign-in: `postern account connect "
            "NAME`. By key, or open:\n"
            "`postern account add NAME`. The format is in [connectors](connectors.md).\n");
  size_t count = vendors_categories(set, categories, VENDORS_CATEGORIES_MOST);
  for (size_t i = 0; i < count; i++) vendors_group(out, set, categories[i]);
  connector_set_free(set);
  return true;
}
