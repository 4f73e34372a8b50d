// SPDX-License-Identifier: Apache-2.0
// run: what the commands of the table run, one file a noun. Private to cli/.
#ifndef POSTERN_CLI_RUN_H
#define POSTERN_CLI_RUN_H

#include "cli/command.h"

command_run account_list, account_show, account_add, account_rename, account_recredential, account_context,
    account_verify, account_remove;
command_run server_list, server_show, server_create, server_update, server_rotate, server_remove;
command_run tool_list, tool_call;
command_run connector_list, connector_show, connector_import, connector_remove;
command_run token_list, token_create, token_revoke;
command_run audit_list;
command_run key_create, key_rotate;
command_run compile_run, config_run, status_run;
command_run help_run, version_run, completion_run, complete_run, manual_run;

#endif
