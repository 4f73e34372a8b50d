// SPDX-License-Identifier: Apache-2.0
#include "serve/finder.h"

#include "base/map.h"
#include "catalog/find.h"
#include "catalog/listing.h"
#include "serve/programs.h"
#include "serve/published.h"
#include "serve/tools.h"

enum {
  FINDER_ABOUT_MOST = 100,
  FINDER_TAGS_MOST = 40,
  FINDER_NEEDS_MOST = 16,
  FINDER_DEFINITIONS_MOST = 1 << 20,
  FINDER_FRAME = 420
};

static const char *const finder_effects[] = {
    [CATALOG_READS] = "read", [CATALOG_WRITES] = "write", [CATALOG_DESTROYS] = "destroy"};

static bool finder_has(const struct serve_request *r, struct str name) {
  return r->discovery != POLICY_FULL && (str_is(name, FINDER_SEARCH) || str_is(name, FINDER_DESCRIBE));
}

#define FINDER_HINTS                                                                                         \
  "\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,"                \
  "\"openWorldHint\":false}"

static void finder_list(const struct serve_request *r, struct buf *out) {
  if (!finder_has(r, STR(FINDER_SEARCH))) return;
  own_next(out);
  buf_add_z(
      out,
      "{\"name\":\"" FINDER_SEARCH "\",\"title\":\"Search tools\",\"description\":\"Find tools of this "
      "server by what they are about. Gives names, what each does and what it needs, best first.\","
      "\"inputSchema\":{\"type\":\"object\",\"properties\":{"
      "\"query\":{\"type\":\"string\",\"description\":\"Words, such as: firewall rules of a zone\"},"
      "\"tag\":{\"type\":\"string\"},\"account\":{\"type\":\"string\",\"description\":\"Of this account "
      "alone\"},\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":50}}}," FINDER_HINTS
      ",\"_meta\":{\"anthropic/alwaysLoad\":true}},"
      "{\"name\":\"" FINDER_DESCRIBE "\",\"title\":\"Describe tools\",\"description\":\"The whole "
      "definitions of tools, with their input schemas.\",\"inputSchema\":{\"type\":\"object\","
      "\"required\":[\"tools\"],\"properties\":{\"tools\":{\"type\":\"array\",\"minItems\":1,"
      "\"maxItems\":8,\"items\":{\"type\":\"string\"},\"description\":\"Their names\"}}}," FINDER_HINTS "}");
}

// ---- search

// The first sentence.
static struct str finder_about(const struct tool *t) {
  struct str text = t->description.n ? t->description : t->title;
  ptrdiff_t stop = str_find_text(text, STR(". ")), line = str_find(text, '\n');
  if (line >= 0 && (stop < 0 || line < stop)) stop = line;
  if (stop >= 0) text.n = (size_t)stop;
  return str_trim_end(str_cut_utf8(text, FINDER_ABOUT_MOST), '.');
}

// What has to be given for it, as its schema on this server has it.
struct finder_needs {
  struct str names[FINDER_NEEDS_MOST];
  size_t count;
};

static void finder_add_structured(const struct find_hit *hit, const struct finder_needs *needs,
                                  struct buf *out) {
  own_next(out);
  buf_add_z(out, "{\"name\":");
  json_add_string(out, hit->tool->name);
  buf_printf(out, ",\"effect\":\"%s\",\"about\":", finder_effects[find_reach(hit->tool->tool)]);
  json_add_string(out, finder_about(hit->tool->tool));
  for (size_t i = 0; i < needs->count; i++) {
    buf_add_z(out, i ? "," : ",\"needs\":[");
    json_add_string(out, needs->names[i]);
  }
  buf_add_z(out, needs->count ? "]}" : "}");
}

static void finder_add_line(const struct find_hit *hit, const struct finder_needs *needs, struct buf *out) {
  struct str about = finder_about(hit->tool->tool);
  buf_printf(out, "%.*s (%s", STR_ARG(hit->tool->name), finder_effects[find_reach(hit->tool->tool)]);
  for (size_t i = 0; i < needs->count; i++)
    buf_printf(out, "%s%.*s", i ? ", " : "; needs ", STR_ARG(needs->names[i]));
  buf_printf(out, "): %.*s\n", STR_ARG(about));
}

// The tags of what is shown, for who found nothing.
static void finder_add_tags(const struct catalog_server *s, struct buf *out) {
  struct map seen = {0};
  for (size_t i = 0; i < s->tool_count && seen.count < FINDER_TAGS_MOST; i++)
    for (size_t k = 0; k < s->tools[i].tool->tag_count && seen.count < FINDER_TAGS_MOST; k++) {
      struct str tag = s->tools[i].tool->tags[k];
      if (map_get(&seen, tag)) continue;
      buf_printf(out, "%s%.*s", seen.count ? ", " : " Tags here: ", STR_ARG(tag));
      map_put(&seen, tag, &s->tools[i]);
    }
  if (seen.count) buf_add_char(out, '.');
  map_free(&seen);
}

struct finder_wish {
  struct find_wanted wanted;
  size_t limit, bytes; // bytes: of both forms together; 0: as many as it takes
};

static bool finder_read(yyjson_val *arguments, struct finder_wish *w, struct err *err) {
  yyjson_val *limit = yyjson_obj_get(arguments, "limit");
  int64_t most = FINDER_HITS;
  *w = (struct finder_wish){.wanted = {.query = json_str(arguments, "query"),
                                       .tag = json_str(arguments, "tag"),
                                       .account = json_str(arguments, "account")},
                            .bytes = limit ? 0 : FINDER_ANSWER_MOST};
  if (w->wanted.query.n > FINDER_QUERY_MOST)
    return err_at(err, ERR_INVALID, "query", "query: at most %d bytes", FINDER_QUERY_MOST);
  if (limit && (!str_to_i64(json_raw_number(limit), &most) || most < 1 || most > FINDER_HITS_MOST))
    return err_at(err, ERR_INVALID, "limit", "limit: a number from 1 to %d", FINDER_HITS_MOST);
  w->limit = (size_t)most;
  return true;
}

static bool finder_fits(const struct finder_wish *w, const struct buf *text, const struct buf *structured) {
  return !w->bytes || text->n + structured->n + FINDER_FRAME <= w->bytes;
}

// How many of the hits are told; those that come in are whole in both forms.
static size_t finder_tell(struct arena *a, const struct finder_wish *w, const struct find_hit *hits,
                          size_t count, struct buf *text, struct buf *structured) {
  size_t told = 0;
  buf_add_z(structured, "{\"tools\":[");
  for (; told < count && told < w->limit; told++) {
    struct finder_needs needs;
    size_t lines = text->n, items = structured->n;
    needs.count = listing_needs(hits[told].tool, a, needs.names, FINDER_NEEDS_MOST);
    finder_add_line(&hits[told], &needs, text);
    finder_add_structured(&hits[told], &needs, structured);
    if (told && !finder_fits(w, text, structured)) {
      text->n = lines;
      structured->n = items;
      break;
    }
  }
  buf_printf(structured, "],\"more\":%s}", told < count ? "true" : "false");
  if (told < count) buf_add_z(text, "There are more: narrow the words, or give tag, account or limit.\n");
  return told;
}

// Without those whose names are ours.
static size_t finder_shown(const struct serve_request *r, struct find_hit *hits, size_t count) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (tools_shown(r, hits[i].tool->name)) hits[n++] = hits[i];
  return n;
}

static bool finder_search(struct serve_request *r, yyjson_val *arguments, struct buf *out, struct err *err) {
  struct finder_wish w;
  struct find_hit hits[FINDER_HITS_MOST + 1];
  if (!finder_read(arguments, &w, err)) return false;
  size_t count = finder_shown(r, hits, find_tools(r->server, &w.wanted, hits, w.limit + 1));
  struct buf text = BUF_MAX(FINDER_DEFINITIONS_MOST), structured = BUF_MAX(FINDER_DEFINITIONS_MOST);
  size_t told = finder_tell(r->arena, &w, hits, count, &text, &structured);
  if (!told) {
    buf_add_z(&text, "Nothing is found by these words; try others, or fewer.");
    finder_add_tags(r->server, &text);
  }
  own_record(r, STR(FINDER_SEARCH), true, arena_printf(r->arena, "%zu found", told));
  own_say(r, buf_str(&text), &structured, false, out);
  buf_free(&text);
  buf_free(&structured);
  return true;
}

// ---- describe

struct finder_described {
  struct buf tools, unknown;
};

static void finder_describe_one(const struct serve_request *r, struct str name, struct finder_described *d) {
  const struct catalog_tool *tool = tools_shown(r, name);
  if (!tool && (programs_describe(r, name, &d->tools) || published_describe(r, name, &d->tools))) return;
  struct buf *out = tool ? &d->tools : &d->unknown;
  if (out->n) buf_add_char(out, ',');
  if (tool)
    tools_add_definition(r, tool, out);
  else
    json_add_string(out, name);
}

static bool finder_describe(struct serve_request *r, yyjson_val *arguments, struct buf *out,
                            struct err *err) {
  size_t i, n;
  yyjson_val *v, *names = yyjson_obj_get(arguments, "tools");
  if (!yyjson_is_arr(names) || !yyjson_arr_size(names) || yyjson_arr_size(names) > FINDER_NAMES_MOST)
    return err_at(err, ERR_INVALID, "tools", "tools: an array of 1 to %d names", FINDER_NAMES_MOST);
  struct finder_described d = {BUF_MAX(FINDER_DEFINITIONS_MOST), BUF_MAX(FINDER_DEFINITIONS_MOST)};
  struct buf text = BUF_MAX(3 * FINDER_DEFINITIONS_MOST);
  yyjson_arr_foreach (names, i, n, v) finder_describe_one(r, str_cut_utf8(json_text(v), 128), &d);
  bool none = d.tools.n == 0, whole = !d.tools.full;
  buf_add_z(&text, "{\"tools\":[");
  if (whole) buf_add(&text, buf_str(&d.tools));
  buf_add_char(&text, ']');
  if (d.unknown.n) buf_printf(&text, ",\"unknown\":[%.*s]", STR_ARG(buf_str(&d.unknown)));
  buf_add_char(&text, '}');
  own_record(r, STR(FINDER_DESCRIBE), !none, arena_printf(r->arena, "%zu asked for", n));
  if (whole)
    own_say(r, buf_str(&text), &text, none, out);
  else
    own_say(r, STR("These definitions are too long together: ask for fewer."), NULL, true, out);
  buf_free(&text);
  buf_free(&d.tools);
  buf_free(&d.unknown);
  return true;
}

static bool finder_call(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  yyjson_val *arguments = yyjson_obj_get(params, "arguments");
  bool search = str_is(json_str(params, "name"), FINDER_SEARCH);
  struct err why;
  bool ok = search ? finder_search(r, arguments, out, &why) : finder_describe(r, arguments, out, &why);
  if (!ok) own_say(r, str_of(why.text), NULL, true, out);
  (void)err;
  return true;
}

const struct own_tools finder_tools = {finder_has, finder_list, finder_call};
