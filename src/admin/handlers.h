// SPDX-License-Identifier: Apache-2.0
// handlers: what answers the routes, in the order of their table. Private to admin/; route.h includes it.
#ifndef POSTERN_ADMIN_HANDLERS_H
#define POSTERN_ADMIN_HANDLERS_H

#include "base/err.h"

struct admin_call;

// Writes the answer to call->out, whose status is the route's. False: the error is the answer.
typedef bool admin_handler(struct admin_call *call, struct err *err);

admin_handler admin_get_health, admin_get_readiness, admin_get_metrics, admin_get_openapi, admin_get_status,
    admin_get_identity;
admin_handler admin_list_connectors, admin_get_connector, admin_add_connector, admin_check_connector,
    admin_delete_connector;
admin_handler admin_list_accounts, admin_create_account, admin_get_account, admin_change_account,
    admin_verify_account, admin_delete_account, admin_examine_account;
admin_handler admin_start_authorize, admin_get_authorize, admin_finish_authorize, admin_get_client_document,
    admin_show_connect, admin_open_connect, admin_take_callback;
admin_handler admin_list_own, admin_connect_own, admin_verify_own, admin_disconnect_own, admin_list_owns,
    admin_delete_own;
admin_handler admin_list_tools, admin_get_tool, admin_call_tool;
admin_handler admin_list_answers, admin_get_answer, admin_change_answer, admin_delete_answer,
    admin_list_conversation, admin_rerun_answer, admin_publish_answer, admin_show_answer, admin_open_answer;
admin_handler admin_ask, admin_list_aliases, admin_create_alias, admin_change_alias, admin_delete_alias;
admin_handler admin_list_engines, admin_create_engine, admin_get_engine, admin_change_engine,
    admin_delete_engine, admin_test_engine;
admin_handler admin_run_program, admin_check_program, admin_get_program_schema;
admin_handler admin_list_stored, admin_save_stored, admin_get_stored, admin_change_stored,
    admin_delete_stored, admin_list_published, admin_publish_program, admin_unpublish_program;
admin_handler admin_list_dashboards, admin_create_dashboard, admin_get_dashboard, admin_get_dashboard_state,
    admin_change_dashboard, admin_delete_dashboard, admin_refresh_dashboard, admin_start_dashboard;
admin_handler admin_pin_tile, admin_get_tile, admin_change_tile, admin_delete_tile, admin_refresh_tile,
    admin_get_tile_csv, admin_get_tile_history;
admin_handler admin_list_watches, admin_create_watch, admin_get_watch, admin_change_watch, admin_delete_watch,
    admin_rotate_watch, admin_test_watch, admin_list_watch_events, admin_get_watch_event;
admin_handler admin_create_share, admin_list_shares, admin_delete_share, admin_show_share,
    admin_get_shared_tile, admin_get_shared_csv;
admin_handler admin_get_authority, admin_get_resource, admin_register_client, admin_show_consent,
    admin_take_consent, admin_give_tokens, admin_revoke_token;
admin_handler admin_list_clients, admin_delete_client, admin_list_client_signins, admin_end_client_signin;
admin_handler admin_list_reviews, admin_approve_tool, admin_deny_tool, admin_approve_tools, admin_deny_tools,
    admin_refresh_account;
admin_handler admin_create_server, admin_create_server_over, admin_check_server, admin_list_account_servers,
    admin_list_servers, admin_get_server, admin_change_server, admin_delete_server, admin_rotate_server;
admin_handler admin_list_urls, admin_create_url, admin_delete_url;
admin_handler admin_create_token, admin_list_tokens, admin_delete_token;
admin_handler admin_make_signin_link, admin_show_enter, admin_take_enter, admin_list_sessions,
    admin_end_session, admin_sign_out, admin_sign_in, admin_list_users, admin_create_user, admin_change_user,
    admin_delete_user, admin_invite_user, admin_reset_user, admin_change_password;
admin_handler admin_list_providers, admin_create_provider, admin_get_provider, admin_change_provider,
    admin_delete_provider, admin_list_ways, admin_begin_enter, admin_take_enter_answer, admin_leave;
admin_handler admin_list_approvals, admin_get_approval, admin_approve_call, admin_refuse_call;
admin_handler admin_list_grants, admin_put_grant, admin_delete_grant;
admin_handler admin_list_audit, admin_rotate_key;

#endif
