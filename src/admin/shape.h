// SPDX-License-Identifier: Apache-2.0
// shape: what JSON objects and query strings of the management API look like, as tables. The same
// rows check requests (body.c), and print /openapi.json (openapi.c) and the manual (reference.c). Example, in
// shape.c:
//   SHAPE(admin_token_new, "TokenNew", "An API token to make",
//     {"name", ADMIN_TEXT, REQ, .most = 128, .says = "a name for people"}, …);
#ifndef POSTERN_ADMIN_SHAPE_H
#define POSTERN_ADMIN_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum admin_type {
  ADMIN_TEXT,
  ADMIN_WORD, // one of `allowed`
  ADMIN_TIME, // RFC 3339 text
  ADMIN_INT,
  ADMIN_BOOL,
  ADMIN_OBJECT,  // of `shape`, or any where that is NULL
  ADMIN_EITHER,  // text or object
  ADMIN_TEXTS,   // an array of texts; in a query: separated by commas
  ADMIN_OBJECTS, // an array of `shape`, or of any objects where that is NULL
  ADMIN_EITHERS, // an array of texts and objects
};

enum { ADMIN_REQUIRED = 1, ADMIN_NULLABLE = 2 };

struct admin_shape;

struct admin_member {
  const char *name;
  enum admin_type type;
  unsigned flags;
  int64_t least, most; // of an integer; `most` of a text: bytes. most 0: no limit of its own
  const char *allowed; // "admin|client"
  const struct admin_shape *shape;
  const char *says;
};

struct admin_shape {
  const char *name; // among OpenAPI's components
  const char *says;
  const struct admin_member *members;
  size_t count;
};

// Requests
extern const struct admin_shape admin_connector_new, admin_account_new, admin_authorize_new,
    admin_authorize_answer, admin_account_patch, admin_call_body, admin_server_new, admin_server_over,
    admin_server_draft, admin_server_patch, admin_url_new, admin_tool_names, admin_token_new,
    admin_program_body, admin_program_check_body, admin_question, admin_answer_patch, admin_answer_rerun,
    admin_answer_publish, admin_alias_new, admin_alias_patch, admin_stored_new, admin_stored_patch,
    admin_stored_run, admin_stored_check, admin_publish_new;
// Answers
extern const struct admin_shape admin_error, admin_health, admin_readiness, admin_status, admin_connector,
    admin_connector_list, admin_connector_report, admin_account, admin_account_list, admin_authorize_flow,
    admin_way, admin_own_list, admin_own_slot, admin_own_new, admin_own_begun, admin_owns_list, admin_onward,
    admin_examination, admin_tool, admin_tool_list, admin_review_list, admin_decision, admin_refresh,
    admin_call_result, admin_server, admin_server_list, admin_server_url, admin_server_preview,
    admin_url_list, admin_url_secret, admin_token, admin_token_list, admin_token_secret, admin_identity,
    admin_audit_list, admin_key_report, admin_program_fault, admin_outcome, admin_program_verdict,
    admin_answered, admin_kept_answer, admin_answer_list, admin_alias_shape, admin_alias_list,
    admin_stored_list, admin_stored_whole, admin_published, admin_published_list;
// Queries
extern const struct admin_shape admin_query_page, admin_query_answers, admin_query_conversation,
    admin_query_connectors, admin_query_tools, admin_query_review, admin_query_audit;
// Of people
extern const struct admin_shape admin_signin_link_new, admin_signin_link, admin_session_list,
    admin_sign_in_body, admin_user_new, admin_user_patch, admin_user_shape, admin_user_list, admin_user_link,
    admin_client_list, admin_client_signin_list, admin_password_patch, admin_grant_new, admin_grant,
    admin_grant_list, admin_own_grant;
// Of identity providers
extern const struct admin_shape admin_provider_new, admin_provider_patch, admin_provider_shape,
    admin_provider_list, admin_sign_in_ways, admin_query_next, admin_left;
// Of engines
extern const struct admin_shape admin_engine_new, admin_engine_patch, admin_engine_shape, admin_engine_list;
// Of dashboards
extern const struct admin_shape admin_dashboard_new, admin_dashboard_patch, admin_refresh_body,
    admin_tile_refresh, admin_starter_new, admin_started, admin_watch_new, admin_watch_patch,
    admin_query_watches, admin_query_watch_events, admin_watch, admin_watch_secret, admin_watch_list,
    admin_watch_event, admin_watch_events, admin_share_new, admin_share_list, admin_share_url,
    admin_shared_tile, admin_tile_new, admin_tile_patch, admin_dashboard_list, admin_dashboard_whole,
    admin_dashboard_state, admin_tile_whole, admin_history;

// Of calls that wait for a second person's word
extern const struct admin_shape admin_approve_body, admin_query_approvals, admin_approval,
    admin_approval_list;

#endif
