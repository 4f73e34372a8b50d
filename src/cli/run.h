// SPDX-License-Identifier: Apache-2.0
// run: what the commands of the table run, one file a noun. Private to cli/.
#ifndef POSTERN_CLI_RUN_H
#define POSTERN_CLI_RUN_H

#include "cli/command.h"

command_run cli_up;
command_run cli_account_list, cli_account_show, cli_account_add, cli_account_rename, cli_account_update,
    cli_account_recredential, cli_account_context, cli_account_verify, cli_account_remove,
    cli_account_connect, cli_account_doctor;
command_run cli_server_list, cli_server_show, cli_server_create, cli_server_update, cli_server_rotate,
    cli_server_remove, cli_server_config, cli_url_list, cli_url_add, cli_url_revoke;
command_run cli_tool_list, cli_tool_call, cli_tool_review, cli_tool_approve, cli_tool_deny,
    cli_account_refresh;
command_run cli_answer_list, cli_answer_show, cli_answer_rerun, cli_answer_share, cli_answer_delete,
    cli_answer_publish;
command_run cli_ask_question, cli_alias_set, cli_alias_list, cli_alias_unset;
command_run cli_engine_set, cli_engine_test, cli_engine_list, cli_engine_unset, cli_engine_default;
command_run cli_program_run;
command_run cli_stored_save, cli_stored_list, cli_stored_show, cli_stored_run, cli_stored_delete,
    cli_stored_check, cli_stored_publish, cli_stored_unpublish;
command_run cli_dashboard_list, cli_dashboard_create, cli_dashboard_show, cli_dashboard_update,
    cli_dashboard_refresh, cli_dashboard_delete, cli_dashboard_start;
command_run cli_approval_list, cli_approval_show, cli_approval_approve, cli_approval_refuse;
command_run cli_watch_add, cli_watch_list, cli_watch_show, cli_watch_events, cli_watch_test, cli_watch_set,
    cli_watch_pause, cli_watch_resume, cli_watch_secret, cli_watch_delete;
command_run cli_share_create, cli_share_list, cli_share_revoke;
command_run cli_tile_pin, cli_tile_show, cli_tile_set, cli_tile_move, cli_tile_refresh, cli_tile_export,
    cli_tile_delete;
command_run cli_connector_list, cli_connector_show, cli_connector_import, cli_connector_remove;
command_run cli_token_list, cli_token_create, cli_token_revoke, cli_token_recover;
command_run cli_store_copy;
command_run cli_open_run;
command_run cli_client_list, cli_client_delete, cli_signin_list, cli_signin_end;
command_run cli_user_list, cli_user_add, cli_user_invite, cli_user_reset, cli_user_role, cli_user_groups,
    cli_user_limit, cli_user_delete, cli_user_grant, cli_user_revoke, cli_user_grants;
command_run cli_provider_set, cli_provider_list, cli_provider_show, cli_provider_unset;
command_run cli_audit_list, cli_audit_export;
command_run cli_backup_make, cli_backup_restore;
command_run cli_key_create, cli_key_rotate;
command_run cli_compile_run, cli_config_run, cli_status_run;
command_run cli_help_run, cli_version_run, cli_completion_run, cli_complete_run, cli_manual_run;

#endif
