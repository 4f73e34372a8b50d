// SPDX-License-Identifier: Apache-2.0
#include "serve/lore.h"

#include "catalog/find.h"
#include "data/json.h"
#include "serve/rewrite.h"

enum { LORE_THINGS_MOST = LORE_TEXT_MOST - 8 * 1024, LORE_NAMES_MOST = 400 };

struct lore {
  const struct catalog_server *server;
  const struct connector *connector;
  struct buf names, things; // of the things that are told; their sections
};

void lore_add_front(const struct skill *s, struct buf *out) {
  buf_printf(out, "---\nname: %.*s\ndescription: ", STR_ARG(s->name));
  json_add_string(out, s->about);
  buf_add_z(out, "\n---\n\n");
}

// "; also a, b", of a list of texts.
static void lore_add_words(struct buf *out, const char *before, yyjson_val *words) {
  size_t i, n, count = 0;
  yyjson_val *v;
  yyjson_arr_foreach (words, i, n, v)
    if (yyjson_is_str(v)) buf_printf(out, "%s%.*s", count++ ? ", " : before, STR_ARG(json_text(v)));
}

static void lore_add_column(struct buf *out, struct str name, yyjson_val *column) {
  size_t i, n;
  yyjson_val *key, *v;
  buf_printf(out, "- %.*s: `%.*s`", STR_ARG(name), STR_ARG(json_str(column, "sql")));
  lore_add_words(out, "; also ", yyjson_obj_get(column, "names"));
  lore_add_words(out, "; true is ", yyjson_obj_get(column, "yes"));
  lore_add_words(out, "; false is ", yyjson_obj_get(column, "no"));
  yyjson_obj_foreach (yyjson_obj_get(column, "values"), i, n, key, v) {
    buf_printf(out, "; '%.*s' is ", STR_ARG(json_text(key)));
    lore_add_words(out, "", v);
  }
  buf_add_char(out, '\n');
}

static const struct catalog_tool *lore_tool(const struct lore *l, yyjson_val *step) {
  return find_named(l->server, l->connector, json_str(step, "tool"));
}

// Does the server show all that it takes?
static bool lore_shows(const struct lore *l, yyjson_val *thing) {
  size_t i, n;
  yyjson_val *step, *steps = yyjson_obj_get(thing, "steps");
  yyjson_arr_foreach (steps, i, n, step)
    if (!lore_tool(l, step)) return false;
  return yyjson_arr_size(steps) > 0;
}

static void lore_add_steps(const struct lore *l, yyjson_val *thing, struct buf *out) {
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(thing, "steps"), i, n, step)
    buf_printf(out, "%s`%.*s` by %.*s", i ? ", " : "Steps: ", STR_ARG(json_str(step, "id")),
               STR_ARG(lore_tool(l, step)->name));
  buf_add_z(out, ".\n\n");
}

// What its steps are made for each row of, and what they take from it.
static void lore_add_within(const struct lore *l, yyjson_val *thing, struct buf *out) {
  struct str name = json_str(thing, "within");
  yyjson_val *outer = yyjson_obj_getn(yyjson_obj_get(l->connector->ask, "things"), name.p, name.n), *key, *v;
  size_t i, n;
  if (!name.n || !lore_shows(l, outer)) return;
  buf_printf(out, "; within %.*s, for_each of which gives", STR_ARG(name));
  yyjson_obj_foreach (yyjson_obj_get(outer, "gives"), i, n, key, v)
    buf_printf(out, "%s %.*s from `%.*s`", i ? "," : "", STR_ARG(json_text(key)), STR_ARG(json_text(v)));
}

static void lore_add_thing(struct lore *l, struct str name, yyjson_val *thing) {
  struct buf out = BUF_MAX(LORE_THINGS_MOST);
  size_t i, n;
  yyjson_val *key, *v;
  if (!lore_shows(l, thing)) return;
  buf_printf(&out, "## %.*s\n\n", STR_ARG(name));
  lore_add_words(&out, "Called ", yyjson_obj_get(thing, "names"));
  lore_add_within(l, thing, &out);
  buf_add_z(&out, ". ");
  lore_add_steps(l, thing, &out);
  yyjson_obj_foreach (yyjson_obj_get(thing, "columns"), i, n, key, v)
    lore_add_column(&out, json_text(key), v);
  yyjson_arr_foreach (yyjson_obj_get(thing, "conditions"), i, n, v)
    lore_add_column(&out, json_str(v, "said"), v);
  buf_add_char(&out, '\n');
  // One that does not fit is left out whole.
  if (!out.full && l->things.n + out.n <= LORE_THINGS_MOST) {
    buf_add(&l->things, buf_str(&out));
    if (l->names.n < LORE_NAMES_MOST)
      buf_printf(&l->names, "%s%.*s", l->names.n ? ", " : "", STR_MOST(name, 64));
  }
  buf_free(&out);
}

static struct str lore_text(const struct lore *l, const struct skill *s, struct arena *a) {
  struct buf out = BUF_MAX(LORE_TEXT_MOST);
  const struct connector *c = l->connector;
  lore_add_front(s, &out);
  buf_printf(&out, "# %.*s\n\n%.*s\n\n", STR_ARG(c->label), STR_MOST(c->reads, 2000));
  buf_add_z(&out,
            "For programs of postern_run_program. Below are the things to ask about: the steps that read "
            "each, with the tools of this server, and its columns as SQL over them. Call the steps as they "
            "are called here, and take arguments from the tools' schemas. Where there are several accounts, "
            "each has its own tools of this kind.\n\n");
  buf_add(&out, buf_str(&l->things));
  struct str text = out.full ? STR_NONE : arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

static bool lore_is_first(const struct catalog_server *s, const struct catalog_member *m) {
  const struct catalog_member *first = s->members;
  while (first->account->connector != m->account->connector) first++;
  return first == m;
}

bool lore_make(const struct catalog_server *s, const struct catalog_member *m, struct arena *a,
               struct skill *out) {
  struct lore l = {s, m->account->connector, BUF_MAX(2 * LORE_NAMES_MOST), BUF_MAX(LORE_THINGS_MOST)};
  size_t i, n;
  yyjson_val *key, *thing;
  if (!l.connector->ask || !lore_is_first(s, m)) return false;
  yyjson_obj_foreach (yyjson_obj_get(l.connector->ask, "things"), i, n, key, thing)
    lore_add_thing(&l, json_text(key), thing);
  *out = (struct skill){.name = l.connector->name};
  if (l.things.n) {
    out->uri = arena_printf(a, REWRITE_RESERVED_SKILLS "connectors/%.*s/SKILL.md", STR_ARG(out->name));
    out->about =
        arena_printf(a, "Which tools read what of %.*s, and what its columns and values are called: %.*s",
                     STR_MOST(l.connector->label, 100), STR_ARG(buf_str(&l.names)));
    out->text = lore_text(&l, out, a);
  }
  buf_free(&l.names);
  buf_free(&l.things);
  return out->text.n > 0;
}
