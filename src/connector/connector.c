// SPDX-License-Identifier: Apache-2.0
#include "connector/connector.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "connector/dashboard.h"
#include "connector/definition.h"
#include "crypto/token.h"
#include "data/uri.h"

struct connector_entry {
  struct connector connector;
  struct arena *arena;
  struct yaml_doc *yaml;         // the connector's texts point into it
  struct yaml_doc *ask;          // ask.yaml; NULL: none
  struct yaml_doc *dashboard;    // dashboard.yaml; NULL: none
  struct connector_entry *older; // imports that others have replaced; snapshots may still point to them
};

struct connector_set {
  pthread_rwlock_t lock;                            // an import may come while others look
  struct connector_entry *entries[CONNECTORS_MOST]; // by name
  size_t count;
  struct connector_entry *replaced;
};

static void connector_entry_free(struct connector_entry *e) {
  if (!e) return;
  yaml_close(e->yaml);
  yaml_close(e->ask);
  yaml_close(e->dashboard);
  arena_free(e->arena);
  mem_free(e);
}

// What the text comes from: a file's path, or a word for an import.
static bool connector_entry_read(struct str text, const char *shown, struct connector_entry **out,
                                 struct err *err) {
  struct connector_entry *e = MEM_NEW(struct connector_entry);
  e->arena = arena_new();
  bool ok = yaml_read(text, &e->yaml, err);
  if (!ok) {
    char at[sizeof err->field]; // line:column so far
    snprintf(at, sizeof at, "%.30s", err->field);
    snprintf(err->field, sizeof err->field, "%.60s%s%.30s", shown, *at ? ":" : "", at);
  } else {
    struct reader r = {.file = shown, .yaml = e->yaml, .arena = e->arena, .err = err};
    ok = definition_read(&r, &e->connector);
  }
  if (ok)
    *out = e;
  else
    connector_entry_free(e);
  return ok;
}

static size_t connector_place(const struct connector_set *set, struct str name) {
  size_t low = 0, high = set->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (str_compare(set->entries[middle]->connector.name, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool connector_join(struct connector_set *set, struct connector_entry *e, struct err *err) {
  struct str name = e->connector.name;
  size_t at = connector_place(set, name);
  struct connector_entry *there = at < set->count ? set->entries[at] : NULL;
  if (there && str_eq(there->connector.name, name)) {
    if (!there->connector.imported || !e->connector.imported) {
      err_at(err, ERR_CONFLICT, "name", "there is a connector '%.*s' already", STR_ARG(name));
      err_hint(err, "choose another name; this one ships with the program");
      return false;
    }
    there->older = set->replaced;
    set->replaced = there;
    set->entries[at] = e;
    return true;
  }
  if (set->count == CONNECTORS_MOST)
    return err_set(err, ERR_LIMIT, "more than %d connectors", CONNECTORS_MOST);
  memmove(&set->entries[at + 1], &set->entries[at], (set->count - at) * sizeof set->entries[0]);
  set->entries[at] = e;
  set->count++;
  return true;
}

// SHA-256 over the hashes of definition and document.
static void connector_digest(struct connector_entry *e, struct str definition, struct str document) {
  char both[2 * TOKEN_HASH_HEX], digest[TOKEN_HASH_HEX];
  token_hash_hex(definition, both);
  token_hash_hex(document, both + TOKEN_HASH_HEX - 1);
  token_hash_hex(str_of(both), digest);
  e->connector.digest = arena_dup(e->arena, str_of(digest));
}

static bool connector_document(struct connector_entry *e, const char *folder, struct str definition,
                               struct err *err) {
  struct connector *c = &e->connector;
  if (!c->openapi.n) {
    connector_digest(e, definition, STR_NONE);
    return true;
  }
  struct str joined;
  if (!uri_path_join(e->arena, STR("connector.yaml"), c->openapi, &joined))
    return err_set(err, ERR_INVALID, "'openapi' is '%.*s', outside the connector's folder",
                   STR_ARG(c->openapi));
  c->openapi = arena_printf(e->arena, "%s/%.*s", folder, STR_ARG(joined));
  struct buf document = BUF_MAX(CONNECTOR_DOCUMENT_MOST);
  bool ok = file_read(c->openapi.p, &document, err);
  if (ok) connector_digest(e, definition, buf_str(&document));
  buf_free(&document);
  return ok;
}

// A file beside connector.yaml, where there is one.
static bool connector_beside(const char *folder, const char *name, const char *file, struct yaml_doc **out,
                             struct err *err) {
  char path[4096 + 32];
  struct buf text = BUF_MAX(CONNECTOR_FILE_MOST);
  snprintf(path, sizeof path, "%s/%s", folder, file);
  bool ok = file_read(path, &text, err);
  bool none = !ok && err->code == ERR_MISSING;
  ok = ok && yaml_read(buf_str(&text), out, err);
  if (!ok && !none) {
    char at[sizeof err->field]; // line:column so far
    snprintf(at, sizeof at, "%.30s", err->field);
    snprintf(err->field, sizeof err->field, "%.40s/%s%s%.30s", name, file, *at ? ":" : "", at);
  }
  buf_free(&text);
  return ok || none;
}

// What can be asked, and what there is to look at first.
static bool connector_extras(struct connector_entry *e, const char *folder, const char *name,
                             struct err *err) {
  char shown[300];
  snprintf(shown, sizeof shown, "%.255s/dashboard.yaml", name);
  if (!connector_beside(folder, name, "ask.yaml", &e->ask, err) ||
      !connector_beside(folder, name, "dashboard.yaml", &e->dashboard, err))
    return false;
  if (e->ask) e->connector.ask = yaml_root(e->ask);
  struct reader r = {
      .file = arena_dup(e->arena, str_of(shown)).p, .yaml = e->dashboard, .arena = e->arena, .err = err};
  if (e->dashboard) dashboard_read(&r, yaml_root(e->dashboard), &e->connector);
  return !r.failed;
}

// One folder of the catalog. One without connector.yaml is no connector.
static bool connector_load(struct connector_set *set, const char *folder, const char *name, struct err *err) {
  char place[4096], path[4096 + 32], shown[300];
  if (snprintf(place, sizeof place, "%s/%s", folder, name) >= (int)sizeof place)
    return err_set(err, ERR_INVALID, "the path of %s is too long", name);
  snprintf(path, sizeof path, "%s/connector.yaml", place);
  snprintf(shown, sizeof shown, "%.255s/connector.yaml", name);
  struct buf text = BUF_MAX(CONNECTOR_FILE_MOST);
  struct connector_entry *e = NULL;
  bool ok = file_read(path, &text, err);
  bool none = !ok && err->code == ERR_MISSING;
  ok = ok && connector_entry_read(buf_str(&text), shown, &e, err);
  ok = ok && connector_document(e, place, buf_str(&text), err) && connector_extras(e, place, name, err) &&
       connector_join(set, e, err);
  if (!ok) connector_entry_free(e);
  buf_free(&text);
  return ok || none;
}

static bool connector_load_all(struct connector_set *set, const char *folder, struct err *err) {
  DIR *dir = opendir(folder);
  if (!dir) {
    err_at(err, ERR_MISSING, "connectors_dir", "cannot read the folder %s: %s", folder, strerror(errno));
    err_hint(err, "name the folder of the connectors with connectors_dir");
    return false;
  }
  bool ok = true;
  for (struct dirent *d; ok && (d = readdir(dir));)
    if (d->d_name[0] != '.' && (d->d_type == DT_DIR || d->d_type == DT_LNK || d->d_type == DT_UNKNOWN))
      ok = connector_load(set, folder, d->d_name, err);
  closedir(dir);
  return ok;
}

bool connector_set_load(const char *folder, struct connector_set **out, struct err *err) {
  struct connector_set *set = MEM_NEW(struct connector_set);
  pthread_rwlock_init(&set->lock, NULL);
  if (folder && !connector_load_all(set, folder, err)) {
    connector_set_free(set);
    return false;
  }
  *out = set;
  return true;
}

void connector_set_free(struct connector_set *set) {
  if (!set) return;
  for (size_t i = 0; i < set->count; i++) connector_entry_free(set->entries[i]);
  for (struct connector_entry *e = set->replaced, *older; e; e = older) {
    older = e->older;
    connector_entry_free(e);
  }
  pthread_rwlock_destroy(&set->lock);
  mem_free(set);
}

bool connector_set_add(struct connector_set *set, struct str yaml_or_json, struct err *err) {
  struct connector_entry *e = NULL;
  if (yaml_or_json.n > CONNECTOR_FILE_MOST)
    return err_set(err, ERR_LIMIT, "a connector has at most %d bytes", CONNECTOR_FILE_MOST);
  if (!connector_entry_read(yaml_or_json, "connector", &e, err)) return false;
  e->connector.imported = true;
  connector_digest(e, yaml_or_json, STR_NONE);
  bool ok =
      !e->connector.openapi.n || err_at(err, ERR_INVALID, "openapi",
                                        "an imported connector brings its document along, not a file's name");
  if (ok) {
    pthread_rwlock_wrlock(&set->lock);
    ok = connector_join(set, e, err);
    pthread_rwlock_unlock(&set->lock);
  }
  if (!ok) connector_entry_free(e);
  return ok;
}

static bool connector_leave(struct connector_set *set, struct str name, struct err *err) {
  size_t at = connector_place(set, name);
  struct connector_entry *e = at < set->count ? set->entries[at] : NULL;
  if (!e || !str_eq(e->connector.name, name))
    return err_at(err, ERR_MISSING, "name", "there is no connector '%.*s'", STR_ARG(name));
  if (!e->connector.imported)
    return err_at(err, ERR_CONFLICT, "name", "connector '%.*s' ships with the program and stays",
                  STR_ARG(name));
  set->count--;
  memmove(&set->entries[at], &set->entries[at + 1], (set->count - at) * sizeof set->entries[0]);
  e->older = set->replaced;
  set->replaced = e;
  return true;
}

bool connector_set_remove(struct connector_set *set, struct str name, struct err *err) {
  pthread_rwlock_wrlock(&set->lock);
  bool ok = connector_leave(set, name, err);
  pthread_rwlock_unlock(&set->lock);
  return ok;
}

// The lock is no part of what a reader promises not to change.
static pthread_rwlock_t *connector_lock(const struct connector_set *set) {
  return &((struct connector_set *)(uintptr_t)set)->lock;
}

const struct connector *connector_find(const struct connector_set *set, struct str name) {
  pthread_rwlock_rdlock(connector_lock(set));
  size_t at = connector_place(set, name);
  const struct connector *c = at < set->count ? &set->entries[at]->connector : NULL;
  pthread_rwlock_unlock(connector_lock(set));
  return c && str_eq(c->name, name) ? c : NULL;
}

const struct connector *connector_next(const struct connector_set *set, size_t *at) {
  pthread_rwlock_rdlock(connector_lock(set));
  const struct connector *c = *at < set->count ? &set->entries[(*at)++]->connector : NULL;
  pthread_rwlock_unlock(connector_lock(set));
  return c;
}

const struct connector *connector_named(const struct connector_set *set, struct str text) {
  const struct connector *c = connector_find(set, text);
  size_t at = 0;
  if (c) return c;
  while ((c = connector_next(set, &at)) && !str_eq(c->alias, text)) continue;
  return c;
}

const struct connector_way *connector_way_find(const struct connector *c, struct str id) {
  for (size_t i = 0; i < c->way_count; i++)
    if (!id.n || str_eq(c->ways[i].id, id)) return &c->ways[i];
  return NULL;
}

const struct connector_word *connector_word_find(const struct connector *c, struct str tool) {
  for (size_t i = 0; i < c->word_count; i++)
    if (str_glob(c->words[i].glob, tool)) return &c->words[i];
  return NULL;
}

bool connector_features(const struct connector *c, struct str tool) {
  for (size_t i = 0; c && i < c->featured_count; i++)
    if (str_glob(c->featured[i], tool)) return true;
  return false;
}

const struct connector_trouble *connector_own_trouble(const struct connector *c, struct str check) {
  for (size_t i = 0; c && check.n && i < c->trouble_count; i++)
    if (str_eq(c->troubles[i].id, check)) return &c->troubles[i];
  return NULL;
}

const struct connector_trouble *connector_trouble_find(const struct connector_set *set,
                                                       const struct connector *c, struct str check) {
  const struct connector_trouble *own = connector_own_trouble(c, check);
  return own ? own : connector_own_trouble(connector_find(set, STR(CONNECTOR_ANY_MCP)), check);
}
