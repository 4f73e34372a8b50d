// SPDX-License-Identifier: Apache-2.0
// engine: who writes answer programs: language models as they are configured, beside the planner, which is built in and
// always there. The list is in memory, process-wide and immutable, and made anew after each change of a row; requests
// read it without the database. Any thread. Example:
//   struct engine *e;
//   if (!engine_find(env->engines, named, &e, err)) return false;     // no engine of that name
//   if (!e) …                                                         // the planner
//   struct fetch_limits limits = e->fetch;                            // total_ms: what is left of the question's time
//   struct llm_talk talk = {.model = e->model, .effort = e->effort, .output_most = e->limits.output,
//                           .vendors_own = e->llm.vendors_own, …};
//   struct llm_question q = {.engine = &e->llm, .talk = &talk, .limits = &limits, .guard = guard, .hide = e->hide};
//   …   engine_release(e);
#ifndef POSTERN_ENGINE_ENGINE_H
#define POSTERN_ENGINE_ENGINE_H

#include <stdatomic.h>

#include "crypto/secret.h"
#include "engine/kind.h"
#include "fetch/client.h"
#include "llm/client.h"
#include "store/store.h"

enum { ENGINES_MOST = 32, ENGINE_NAME_MOST = 64 };
#define ENGINE_PLANNER "planner" // the name that no other has

// How much of what was read from vendors is told to a language model: nothing of any row, some rows, or all.
enum engine_sees { ENGINE_SEES_SCHEMA, ENGINE_SEES_SAMPLE, ENGINE_SEES_ROWS };
#define ENGINE_SEES_WORDS "schema|sample|rows"
const char *engine_sees_name(enum engine_sees sees);
enum engine_sees engine_sees_named(struct str word); // of these words; anything else is schema

struct engine_env {     // what settings say
  struct str preferred; // who answers where nobody is named; empty: the one that is marked as default
  enum engine_sees sees;
};

struct engine_limits {
  int64_t tokens;  // of one question, in and out, all its rounds together
  int64_t output;  // tokens of one reply, thinking among them
  int64_t seconds; // of one question
};

struct engine_list;

struct engine { // immutable; lives as long as somebody holds it
  struct engine_list *list;
  struct str id, name, model, effort; // effort empty: the model's
  const struct engine_kind *kind;
  struct llm_engine llm; // whom to ask; its key is in `key`
  struct secret *key;    // NULL: none
  struct redact *hide;   // the key
  struct engine_limits limits;
  struct fetch_limits fetch; // of one request; total_ms is limits.seconds
  struct str dialect;        // "vendor", "compatible"; empty: by the address
  bool is_default;
  struct str status, status_text; // "ok", "untested", "failing", and why, as of the last trial
  int64_t created_at, updated_at, tested_at, version;
};

// `name` empty: env->preferred, else the default. True with NULL: the planner. ERR_MISSING names those there are. The
// caller releases it.
MUST_USE bool engine_find(const struct engine_env *env, struct str name, struct engine **out,
                          struct err *err);
void engine_release(struct engine *e); // NULL: nothing

// All, by name. What a row says that somebody else wrote, or whose key does not open, is left out with a log line.
struct engine_list {
  atomic_uint refs;
  struct arena *arena;
  struct engine *items;
  size_t count;
};
struct engine_list *engine_list_acquire(void); // never NULL after engine_load
void engine_list_release(struct engine_list *list);
const struct engine *engine_in(const struct engine_list *list, struct str id_or_name);
const struct engine *engine_default(const struct engine_list *list); // NULL: the planner

// One that is not in the list: a row, and its key, which is taken over. For a trial before it is kept. Its texts are the row's.
struct engine_row;
MUST_USE bool engine_make(const struct engine_row *row, struct secret *key, struct engine *out,
                          struct err *err);
void engine_drop(struct engine *e); // wipes the key

// The rows become the list. At the start, and after each change of a row. Blocking.
MUST_USE bool engine_load(struct store *s, struct err *err);
void engine_close(void);

#endif
