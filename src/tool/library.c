// SPDX-License-Identifier: Apache-2.0
#include "tool/library.h"

#include <pthread.h>

#include "account/sealed.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/json.h"
#include "data/yaml.h"
#include "store/changelog.h"

// Part of the digest under which a toolset is kept: a compiler that would make another toolset of the
// same document has another version here, and everything is compiled again at its first start.
#define LIBRARY_COMPILER "3"

// Held from a look at the store until the set has what was seen, so that an older look never comes after a newer one. Nothing
// else puts imports into the set. Process-wide, as is what follows.
static pthread_mutex_t library_follows = PTHREAD_MUTEX_INITIALIZER;

// The stamps of the imported rows that the set has, by name: no two writings of a row have the same.
static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map library_notes; // struct library_note *

struct library_note {
  char *name, *stamp;
};

static void library_note(struct str name, struct str stamp) {
  pthread_mutex_lock(&library_lock);
  struct library_note *n = map_get(&library_notes, name);
  if (!n) {
    n = MEM_NEW(struct library_note);
    n->name = mem_copy(name.p, name.n);
    map_put(&library_notes, str_of(n->name), n);
  }
  mem_free(n->stamp);
  n->stamp = mem_copy(stamp.p ? stamp.p : "", stamp.n);
  pthread_mutex_unlock(&library_lock);
}

static bool library_is_noted(struct str name, struct str stamp) {
  pthread_mutex_lock(&library_lock);
  const struct library_note *n = map_get(&library_notes, name);
  bool is = n && str_is(stamp, n->stamp);
  pthread_mutex_unlock(&library_lock);
  return is;
}

struct library_job { // one toolset to be compiled and kept
  const struct library_env *env;
  const struct connector *connector;
  struct str definition, document; // of an import; empty for a shipped connector
  struct str digest;
  struct arena *arena;
  struct openapi_result result;
};

static struct str library_digest(struct arena *a, const struct library_env *env, const struct connector *c) {
  struct str d = arena_printf(a, "%.*s/%s/%zu", STR_ARG(c->digest), LIBRARY_COMPILER, env->tool_bytes);
  for (size_t i = 0; i < env->origin_count; i++) d = ARENA_JOIN(a, d, STR(" "), env->origins[i]);
  return d;
}

// Names given before, so that they stay: "METHOD path" → name.
static bool library_names(const struct library_job *job, struct map *names, struct err *err) {
  struct store_rows rows;
  if (!store_query(job->env->store, "SELECT operation, name FROM tool_name WHERE connector = $1",
                   (struct store_value[]){STORE_TEXT(job->connector->name)}, 1, job->arena, &rows, err))
    return false;
  for (size_t i = 0; i < rows.count; i++)
    map_put(names, store_cell(&rows, i, 0)->text, arena_z(job->arena, store_cell(&rows, i, 1)->text));
  return true;
}

static bool library_compile(struct library_job *job, struct err *err) {
  struct map names = {0};
  struct openapi_options options = {
      .connector = job->connector->name,
      .tool_bytes = job->env->tool_bytes,
      .base_url = job->connector->base_url,
      .origins = job->env->origins,
      .origin_count = job->env->origin_count,
      .word = job->connector->word,
      .names = &names,
  };
  bool ok = library_names(job, &names, err) &&
            (job->document.n ? openapi_compile_text(job->document, &options, job->arena, &job->result, err)
                             : openapi_compile_file(arena_z(job->arena, job->connector->openapi), &options,
                                                    job->arena, &job->result, err));
  map_free(&names);
  return ok;
}

static bool library_keep_names(struct store *s, const struct library_job *job, struct err *err) {
  struct toolset *set;
  if (!toolset_read(job->result.toolset, &set, err)) return false;
  bool ok = true;
  for (size_t i = 0; ok && i < set->count; i++)
    ok =
        store_run(s,
                  "INSERT INTO tool_name (connector, operation, name) VALUES ($1, $2, $3) "
                  "ON CONFLICT (connector, operation) DO NOTHING",
                  (struct store_value[]){STORE_TEXT(job->connector->name),
                                         STORE_TEXT(set->tools[i].operation), STORE_TEXT(set->tools[i].name)},
                  3, NULL, err);
  toolset_unref(set);
  return ok;
}

static struct sealed_at library_import_place(struct str name, struct str definition, struct str document) {
  return (struct sealed_at){STAMPED_CONNECTOR, name, {definition, document}};
}

static struct sealed_at library_toolset_place(const struct library_job *job, struct str body) {
  return (struct sealed_at){STAMPED_TOOLSET, job->connector->name, {job->digest, body}};
}

static bool library_keep_import(struct store *s, const struct library_job *job, struct err *err) {
  struct sealed_at at = library_import_place(job->connector->name, job->definition, job->document);
  struct str stamp;
  if (!sealed_stamp(s, &at, job->arena, &stamp, err)) return false;
  return store_run(s,
                   "INSERT INTO connector (name, definition, document, stamp) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, document = "
                   "excluded.document, stamp = excluded.stamp",
                   (struct store_value[]){STORE_TEXT(job->connector->name), STORE_TEXT(job->definition),
                                          STORE_TEXT(job->document), STORE_TEXT(stamp)},
                   4, NULL, err);
}

// Runs inside one transaction: a toolset never stands without its names.
static bool library_keep(struct store *s, void *arg, struct err *err) {
  struct library_job *job = arg;
  if (job->definition.n && (!library_keep_import(s, job, err) ||
                            !changelog_note(s, CHANGELOG_CONNECTOR, job->connector->name, err)))
    return false;
  if (job->connector->kind == CONNECTOR_MCP) return true; // its accounts tell what tools there are
  struct sealed_at at = library_toolset_place(job, job->result.toolset);
  struct str stamp;
  return sealed_stamp(s, &at, job->arena, &stamp, err) &&
         store_run(s,
                   "INSERT INTO toolset (connector, digest, body, stamp) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (connector) DO UPDATE SET digest = excluded.digest, body = excluded.body, "
                   "stamp = excluded.stamp",
                   (struct store_value[]){STORE_TEXT(job->connector->name), STORE_TEXT(job->digest),
                                          STORE_TEXT(job->result.toolset), STORE_TEXT(stamp)},
                   4, NULL, err) &&
         library_keep_names(s, job, err);
}

// The stored toolset where its digest is the wanted one, and we stored it; *out stays NULL where it is not.
static bool library_find(const struct library_job *job, struct toolset **out, struct err *err) {
  struct store_rows rows;
  if (!store_query(job->env->store, "SELECT body, stamp FROM toolset WHERE connector = $1 AND digest = $2",
                   (struct store_value[]){STORE_TEXT(job->connector->name), STORE_TEXT(job->digest)}, 2,
                   job->arena, &rows, err))
    return false;
  if (rows.count == 0) return true;
  struct sealed_at at = library_toolset_place(job, store_cell(&rows, 0, 0)->text);
  struct err why;
  if (sealed_is_ours(job->env->store, &at, store_cell(&rows, 0, 1)->text, &why))
    return toolset_read(store_cell(&rows, 0, 0)->text, out, err);
  log_warn("the tools of connector %.*s are compiled again: %s", STR_ARG(job->connector->name), why.text);
  return true;
}

static bool library_document(struct library_job *job, struct err *err) {
  if (job->connector->openapi.n) return true;
  struct store_rows rows;
  if (!store_query(job->env->store, "SELECT document, definition, stamp FROM connector WHERE name = $1",
                   (struct store_value[]){STORE_TEXT(job->connector->name)}, 1, job->arena, &rows, err))
    return false;
  if (rows.count == 0)
    return err_set(err, ERR_MISSING, "connector %.*s has no OpenAPI document", STR_ARG(job->connector->name));
  job->document = store_cell(&rows, 0, 0)->text;
  struct sealed_at at =
      library_import_place(job->connector->name, store_cell(&rows, 0, 1)->text, job->document);
  return sealed_is_ours(job->env->store, &at, store_cell(&rows, 0, 2)->text, err) ||
         err_wrap(err, "the row of connector %.*s", STR_ARG(job->connector->name));
}

bool library_toolset(const struct library_env *env, const struct connector *c, struct toolset **out,
                     struct err *err) {
  struct library_job job = {.env = env, .connector = c, .arena = arena_new()};
  struct toolset *set = NULL;
  job.digest = library_digest(job.arena, env, c);
  bool ok = library_find(&job, &set, err);
  if (ok && !set)
    ok = library_document(&job, err) && library_compile(&job, err) &&
         store_transact(env->store, library_keep, &job, err) && toolset_read(job.result.toolset, &set, err);
  arena_free(job.arena);
  if (ok) *out = set;
  return ok;
}

// The connector's name in a definition, before the set has judged it.
static bool library_name(struct str definition, struct arena *a, struct str *name, struct err *err) {
  struct yaml_doc *doc;
  if (!yaml_read(definition, &doc, err)) return false;
  *name = arena_dup(a, json_str(yaml_root(doc), "name"));
  yaml_close(doc);
  return name->n ? true : err_at(err, ERR_INVALID, "name", "a connector needs a name");
}

static bool library_is_empty(const struct openapi_result *r, struct err *err) {
  size_t i = 0; // the first that was skipped says why
  while (i < r->note_count && r->notes[i].kind != OPENAPI_SKIPPED) i++;
  if (i == r->note_count)
    return err_at(err, ERR_UNPROCESSABLE, "document", "the document has no operation that becomes a tool");
  return err_at(err, ERR_UNPROCESSABLE, "document",
                "no operation of the document could be compiled; %zu skipped, the first, %.*s: %.*s",
                r->skipped, STR_ARG(r->notes[i].operation), STR_ARG(r->notes[i].reason));
}

// The tools of an API stand in its document, those of an MCP server with each account.
static bool library_make(struct library_job *job, struct err *err) {
  bool rest = job->connector->kind == CONNECTOR_REST;
  if (rest != (job->document.n > 0))
    return err_at(err, ERR_INVALID, "document",
                  rest ? "an OpenAPI document is missing; only kind mcp goes without"
                       : "a connector of kind mcp takes none: its MCP server says what tools it has");
  if (!rest) return true;
  if (!library_compile(job, err)) return false;
  return job->result.tools > 0 || library_is_empty(&job->result, err);
}

// Whatever is noted of it: a store without a key stamps nothing, so that no stamp tells its writings apart.
static bool library_follow_anew(const struct library_env *env, struct str name, struct err *err) {
  library_note(name, STR("-")); // as no row has it
  return library_follow(env, err);
}

bool library_add(const struct library_env *env, const struct library_import *in, struct arena *a,
                 struct openapi_result *report, struct err *err) {
  struct str name;
  if (!library_name(in->definition, a, &name, err)) return false;
  const struct connector *known = connector_find(env->connectors, name);
  if (known && !known->imported)
    return err_at(err, ERR_CONFLICT, "name", "connector %.*s is shipped with Postern; choose another name",
                  STR_ARG(name));

  // Judged and compiled apart first: a bad import leaves no trace.
  struct connector_set *trial;
  if (!connector_set_load(NULL, &trial, err)) return false;
  struct library_job job = {.env = env, .definition = in->definition, .document = in->document, .arena = a};
  bool ok = connector_set_add(trial, in->definition, err);
  if (ok) {
    job.connector = connector_find(trial, name);
    job.digest = library_digest(a, env, job.connector);
    ok = !known || known->kind == job.connector->kind ||
         err_at(err, ERR_CONFLICT, "kind", "connector %.*s is of the other kind; remove it first",
                STR_ARG(name));
  }
  ok = ok && library_make(&job, err) && (!in->judge || in->judge(job.connector, job.result.toolset, err)) &&
       (in->trial ||
        (store_transact(env->store, library_keep, &job, err) && library_follow_anew(env, name, err)));
  connector_set_free(trial);
  if (ok) *report = job.result;
  return ok;
}

struct library_removal {
  const struct library_env *env;
  struct str name;
  struct arena *arena;
};

static bool library_forget(struct store *s, void *arg, struct err *err) {
  struct library_removal *job = arg;
  struct store_value name[] = {STORE_TEXT(job->name)};
  struct store_rows users;
  if (!store_query(s, "SELECT name FROM account WHERE connector = $1 ORDER BY name", name, 1, job->arena,
                   &users, err))
    return false;
  if (users.count) {
    err_at(err, ERR_CONFLICT, "name", "%zu account(s) use connector %.*s, the first is \"%.*s\"", users.count,
           STR_ARG(job->name), STR_ARG(store_cell(&users, 0, 0)->text));
    err_hint(err, "delete these accounts first");
    return false;
  }
  return store_run(s, "DELETE FROM tool_name WHERE connector = $1", name, 1, NULL, err) &&
         store_run(s, "DELETE FROM toolset WHERE connector = $1", name, 1, NULL, err) &&
         store_run(s, "DELETE FROM connector WHERE name = $1", name, 1, NULL, err) &&
         changelog_note(s, CHANGELOG_CONNECTOR, job->name, err);
}

bool library_remove(const struct library_env *env, struct str name, struct err *err) {
  const struct connector *c = connector_find(env->connectors, name);
  if (!c) return err_at(err, ERR_MISSING, "name", "there is no connector '%.*s'", STR_ARG(name));
  if (!c->imported)
    return err_at(err, ERR_CONFLICT, "name", "connector %.*s is shipped with Postern and stays",
                  STR_ARG(name));
  struct library_removal job = {env, name, arena_new()};
  bool ok = store_transact(env->store, library_forget, &job, err) && library_follow(env, err);
  arena_free(job.arena);
  return ok;
}

// ---- imports of another program

// One that somebody else wrote, that cannot be read any more, or whose name ships by now, takes its own accounts along and
// no others.
static bool library_take_import(const struct library_env *env, struct str name, struct str stamp,
                                struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_query(env->store, "SELECT definition, document, stamp FROM connector WHERE name = $1",
                   &STORE_TEXT(name), 1, a, &rows, err))
    return false;
  if (!rows.count) return true; // removed a moment ago
  struct str definition = store_cell(&rows, 0, 0)->text;
  struct sealed_at at = library_import_place(name, definition, store_cell(&rows, 0, 1)->text);
  struct err why;
  if (!sealed_is_ours(env->store, &at, store_cell(&rows, 0, 2)->text, &why) ||
      !connector_set_add(env->connectors, definition, &why))
    log_warn("the imported connector %.*s is left out: %s", STR_ARG(name), why.text);
  library_note(name, stamp);
  return true;
}

static bool library_is_there(const struct store_rows *rows, struct str name) {
  for (size_t i = 0; i < rows->count; i++)
    if (str_eq(store_cell(rows, i, 0)->text, name)) return true;
  return false;
}

static bool library_has_taken(struct str name) {
  pthread_mutex_lock(&library_lock);
  bool has = map_get(&library_notes, name) != NULL;
  pthread_mutex_unlock(&library_lock);
  return has;
}

static void library_drop_gone(const struct library_env *env, const struct store_rows *rows) {
  const struct connector *c;
  struct err ignored;
  for (size_t at = 0; (c = connector_next(env->connectors, &at));) {
    if (!c->imported || !library_has_taken(c->name) || library_is_there(rows, c->name)) continue;
    if (connector_set_remove(env->connectors, c->name, &ignored)) at--; // those behind it move up
  }
}

bool library_follow(const struct library_env *env, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  pthread_mutex_lock(&library_follows);
  bool ok =
      store_query(env->store, "SELECT name, stamp FROM connector ORDER BY name", NULL, 0, a, &rows, err);
  for (size_t i = 0; ok && i < rows.count; i++) {
    struct str name = store_cell(&rows, i, 0)->text, stamp = store_cell(&rows, i, 1)->text;
    const struct connector *c = connector_find(env->connectors, name);
    if (!(c && c->imported) || !library_is_noted(name, stamp))
      ok = library_take_import(env, name, stamp, a, err);
  }
  if (ok) library_drop_gone(env, &rows);
  pthread_mutex_unlock(&library_follows);
  arena_free(a);
  return ok;
}
