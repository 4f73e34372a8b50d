// SPDX-License-Identifier: Apache-2.0
// admin: the management API: connectors, accounts, scoped servers, API tokens, the audit log, health
// and metrics, as JSON over HTTP. One table of routes (routes.c) drives dispatch, /openapi.json and the
// reference in the manual. Every change is in the catalog, and so in force, when its answer leaves.
// The environment is made by wiring.c and lives as long as the program. Example, in its handler:
//   if (str_starts(path, ENDPOINT_PREFIX)) endpoint_handle(&serve, x); else admin_handle(&admin, x);
#ifndef POSTERN_ADMIN_ADMIN_H
#define POSTERN_ADMIN_ADMIN_H

#include "access/origin.h"
#include "alert/post.h"
#include "audit/audit.h"
#include "authority/site.h"
#include "board/refresh.h"
#include "call/run.h"
#include "data/json.h"
#include "engine/engine.h"
#include "http/server.h"
#include "program/run.h"
#include "shelf/shelf.h"
#include "sink/sink.h"
#include "store/probe.h"

struct admin_env {
  const struct catalog_env *catalog;
  const struct run_env *run;
  const struct program_env *program;
  const struct engine_env *engines;
  struct shelf_env shelf;
  const struct board_env *board;
  const struct alert_post *post;
  bool programs_default; // new servers show the tool for programs, where they do not say
  struct str key_file;   // empty: the key came from elsewhere, and cannot be rotated here
  struct str version, store_kind;
  struct str metrics_token; // opens /metrics; empty: loopback clients may read it
  // public_url: "https://postern.example", no slash at the end; empty: from the Host header
  const struct origin_rule *origins;
  struct json_limits json; // of request bodies
  uint64_t call_ms;        // of a request, from its head to its answer
  int64_t started_ms;
  int64_t audit_keep_ms, answers_keep_ms, events_keep_ms; // admin_purge removes older rows; 0: keeps all
  int64_t session_idle_ms, session_age_ms;                // of people who signed in to the console
  int64_t groups_age_ms;                 // how long the word of a company's provider on a person holds
  const struct authority_env *authority; // people sign in from AI clients
  int64_t approval_lives_ms;             // of a word that was given
  bool approval_by_token;                // may API tokens give it?
  struct loop *const *loops;
  size_t loop_count;
  // False, with the reason, while the program starts or drains. NULL: always ready.
  bool (*ready)(void *arg, struct err *err);
  void *ready_arg;
  struct store_probe *probe; // does the store take writes?
  struct sinks *sinks;       // where audit rows are handed on to; NULL: nowhere
};

// Is the path one of the table's? Others below /ui/ are the console's files (web/web).
bool admin_takes(const struct http_request *in);
// Of those that it takes: does the console show it, too, to people? The page of an answer, but where an API token comes along
// as Bearer, or ?plain=1 asks for the page that runs no script.
bool admin_leaves_to_console(const struct http_request *in);
// Is it for whoever was given a link, no matter who manages? Such a request counts as a client's.
bool admin_is_for_strangers(struct str path);
// Answers any request whose path is not an MCP endpoint's.
void admin_handle(const struct admin_env *env, struct http_exchange *x) SUSPENDS;

// Where no live admin token exists, makes one and puts its text there, to be shown once; an empty text
// where there was one already. Blocking.
MUST_USE bool admin_first_token(struct store *s, char text[TOKEN_TEXT], struct err *err);
// Makes a link that lets the first administrator into the console, who is made where there is none; audited. Blocking,
// before the loops run; the catalog does not follow.
MUST_USE bool admin_start_link(struct store *s, struct audit *audit, char text[TOKEN_TEXT], struct err *err);
// Makes an admin token on the machine itself, audited. Blocking, with a store that has its ring; where another
// program holds that store, its admin_heed_recovery takes the token up.
MUST_USE bool admin_recover_token(struct store *s, struct str name, char text[TOKEN_TEXT], struct err *err);
MUST_USE bool admin_heed_recovery(const struct admin_env *env, struct err *err);
// Has the time that deletions go by (base/steady) go on from where the last run noted it. Blocking, at start.
MUST_USE bool admin_begin_time(struct store *s, struct err *err);
// Removes expired servers and tokens and old audit rows, by that time; the catalog follows. Blocking: by
// whoever keeps house, a few times a minute.
MUST_USE bool admin_purge(const struct admin_env *env, struct err *err);

void admin_write_openapi(struct str version, struct buf *out); // OpenAPI 3.1, JSON
void admin_write_reference(struct buf *out);                   // the same for people, Markdown

#endif
