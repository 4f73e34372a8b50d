// SPDX-License-Identifier: Apache-2.0
// shelf: the programs that are kept, what became of each, and which are tools of which servers: an immutable snapshot
// beside the catalog, that requests are answered from. It is made anew when a program is saved or published, and when the
// catalog is another; of the latter only programs are judged that call an account whose tools changed. Process-wide; any
// thread reads. Example:
//   struct shelf *s = shelf_acquire();
//   const struct shelf_tool *t = shelf_tool_find(s, server->server.id, name);     // NULL: none of that name
//   shelf_release(s);
#ifndef POSTERN_SHELF_SHELF_H
#define POSTERN_SHELF_SHELF_H

#include <stdatomic.h>

#include "catalog/catalog.h"
#include "shelf/judge.h"
#include "shelf/shelf_row.h"
#include "shelf/tool_row.h"

struct shelf_program { // shared by the snapshots in which it is the same
  atomic_uint refs;
  struct arena *arena;
  struct shelf_row row;
  yyjson_doc *doc; // of row.document, numbers raw
  struct str title;
};

struct shelf_tool;

struct shelf_entry {
  struct shelf_program *program;
  struct shelf_verdict verdict;
  const struct shelf_tool *published; // the last of them; NULL: nowhere
};

struct shelf_tool { // published
  struct shelf_tool_row row;
  const struct shelf_entry *entry;
  const struct shelf_tool *next; // of the same program
  struct shelf_verdict
      verdict;           // of the program, and of what the server shows; not SHELF_OK: it is not listed
  struct str definition; // as tools/list shows it
  bool hides;            // a vendor has a tool of this name on the server by now, which is not shown
};

struct shelf_server {
  const struct shelf_tool *tools; // by name
  size_t count;
  uint64_t version; // differs whenever what tools/list would show of it differs
};

struct shelf {
  atomic_uint refs;
  struct arena *arena;
  struct catalog *catalog;     // that it was judged by
  struct shelf_entry *entries; // by id
  struct shelf_tool *tools;    // by server and name
  size_t entry_count, tool_count;
  struct map by_id, by_name; // struct shelf_entry *
  struct map servers;        // struct shelf_server *, by id
};

struct shelf_env {
  struct store *store;
  const struct program_env *program;
};

// After a change of rows: reads what is new. Blocking.
MUST_USE bool shelf_rebuild(const struct shelf_env *env, struct err *err);
// After a change of the catalog, on the thread that made it. Blocking.
void shelf_follow(const struct shelf_env *env);
void shelf_on_change(void (*changed)(void *arg), void *arg); // called after each rebuild, on its thread
void shelf_close(void);

struct shelf *
shelf_acquire(void); // NULL before the first rebuild, which all of the below take for an empty one
struct shelf *shelf_ref(struct shelf *s);
void shelf_release(struct shelf *s);

const struct shelf_entry *shelf_find(const struct shelf *s, struct str id_or_name);
const struct shelf_server *shelf_on(const struct shelf *s,
                                    struct str server_id); // NULL: nothing is published there
const struct shelf_tool *shelf_tool_find(const struct shelf *s, struct str server_id, struct str name);

#endif
