// SPDX-License-Identifier: Apache-2.0
#include "cli/print_config.h"
#include "cli/run.h"

#define CREDENTIAL_FLAGS                                                                                     \
  {"way", "ID", "which of the connector's ways to authenticate; without it the first"},                      \
      {"credential", "NAME=@FILE",                                                                           \
       "a field of the credential, from a file; NAME=VALUE shows it in the process list", true},             \
  {                                                                                                          \
    "credential-stdin", NULL,                                                                                \
        "read the credential from standard input: one value, or a JSON object of fields"                     \
  }
#define FILTER_FLAGS                                                                                         \
  {"methods", "LIST", "classes: read, write, custom, list, get, create, update, delete", true, true},        \
      {"tags", "LIST", "tags of tools", true, true},                                                         \
      {"tools", "GLOBS", "globs over tool names, such as 'list_*'", true, true},                             \
      {"record-arguments", NULL, "keep the values of arguments in the audit, sealed"},                       \
      {"discovery", "full|search|featured",                                                                  \
       "list all tools; or a few that search, describe and call; or these and what people start with"},      \
      {"programs", NULL, "show postern_run_program, which runs answer programs over the tools that read"}, { \
    "require-api-token", NULL, "ask for an API token as Bearer beside the URL"                               \
  }
#define EXPIRY_FLAGS                                                                                         \
  {"expires", "TIME", "RFC 3339 time, date, or never"}, {                                                    \
    "expires-in", "SPAN", "such as 90s, 12h or 30d"                                                          \
  }
#define CONFIG_FLAG                                                                                          \
  { "print-config", PRINT_CONFIG_CLIENTS, "print what to paste into this client instead of the answer" }
#define ACCOUNT                                                                                              \
  { "ACCOUNT", "its name or id" }
#define SERVER                                                                                               \
  { "SERVER", "its name or id" }
#define YES_FLAG                                                                                             \
  { "yes", NULL, "do not ask" }
#define LIKE_FLAGS                                                                                           \
  {"like", "NAME", "take over auth, errors, renames, tags and the like from a connector that ships"}, {      \
    "connectors", "DIR", "folder of the connectors that ship; without it the setting connectors_dir"         \
  }

const struct args_flag command_common_flags[] = {{"help", NULL, "show how the command is used"}, {0}};
const struct args_flag command_json_flags[] = {{"json", NULL, "print JSON"}, {0}};
const struct args_flag command_api_flags[] = {
    {"url", "URL",
     "address of the server; or POSTERN_URL; without it the one in ~/.config/postern/url, else "
     "http://127.0.0.1:8080"},
    {"token-file", "FILE",
     "file of the API token, readable by you alone; without it ~/.config/postern/token"},
    {"token", "TOKEN", "the API token itself, which the process list shows; POSTERN_TOKEN is better"},
    {"ca", "FILE", "PEM file of authorities to trust for the server; or POSTERN_CA"},
    {0}};

const struct command_group command_groups[] = {
    {"up", "Connect a vendor and get a URL, in one step"},
    {"serve", "Run the server"},
    {"status", "How the running server does"},
    {"connector", "Vendors that accounts can be made for"},
    {"account", "Accounts at vendors"},
    {"tools", "What an account offers"},
    {"call", "Call a tool of an account"},
    {"ask", "Ask a question in plain language"},
    {"run", "Run an answer program"},
    {"mcp", "Scoped MCP servers over an account"},
    {"token", "API tokens"},
    {"audit", "Who did what and when"},
    {"key", "The key that credentials are sealed with"},
    {"config", "Settings: their values and where those come from"},
    {"compile", "Compile an OpenAPI document to tools, without a server"},
    {"completion", "Completion for a shell"},
    {"version", "The version of this program"},
    {"help", "How a command is used"},
    {0}};

#define API (COMMAND_API | COMMAND_JSON)

const struct command commands[] = {
    {.path = "up",
     .summary = "Connect a vendor and get a read-only URL for an AI client, in one step",
     .details = "Finds or starts a server: the one that --url, POSTERN_URL or ~/.config/postern names, else "
                "one of your own in "
                "the background, with its data in ~/.local/share/postern, by settings given as flags, as for "
                "'serve'. Connects an "
                "account: asks for its key at the terminal, or shows the link to sign in and waits for the "
                "consent. Makes an MCP "
                "server over what only reads, for 30 days, and prints what to paste. Run again, it takes "
                "what is there.",
     .example = "postern up cloudflare --for claude-code\n"
                "postern up arcjet --for cursor\n"
                "postern up https://mcp.example.com/mcp\n"
                "postern up cloudflare --credential-stdin --for vscode <token.txt",
     .arguments = {{"WHAT",
                    "name or prefix of a connector, URL of any MCP server, or an account that is there"}},
     .flags = {{"for", PRINT_CONFIG_CLIENTS,
                "print what to paste into this client; without it the URL alone"},
               {"name", "NAME", "name of the account; without it that of the connector, or the URL's host"},
               CREDENTIAL_FLAGS,
               {"context", "NAME=VALUE", "a default for an argument, such as account_id", true},
               {"base-url", "URL", "address of the vendor, where it is not the connector's"},
               {"scope", "WORDS", "what to ask for beyond the connector's word, separated by spaces"},
               {"client-id", "ID", "of an application made at the vendor by hand"},
               {"client-secret", "@FILE", "its secret, from a file or, as @-, standard input"},
               {"client-key", "@FILE", "its private key instead, PEM, for private_key_jwt"},
               {"methods", "LIST", "classes of tools; without it read", true},
               EXPIRY_FLAGS,
               {"rotate", NULL, "give a server that is there a new URL; the old one dies"},
               {"no-wait", NULL, "print the link to sign in and end; run the same again after the consent"}},
     .traits = API | COMMAND_SETTINGS,
     .run = cli_up},
    {.path = "serve",
     .summary = "Run the server",
     .details = "Takes every setting as a flag, as --name value; 'postern config --explain' lists them. "
                "SIGTERM lets running "
                "requests finish, SIGHUP loads settings and certificates again. The first start "
                "prints an API token of the role admin, once.",
     .example = "postern serve --config /etc/postern/postern.yaml\npostern serve --listen 127.0.0.1:9000 "
                "--data-dir ./data",
     .traits = COMMAND_SETTINGS},
    {.path = "status",
     .summary = "Show version, sizes, queues and waiting requests of the running server",
     .traits = API,
     .run = cli_status_run},

    {.path = "connector list",
     .summary = "List the vendors that accounts can be made for, or search them",
     .details =
         "Words are looked for in name, label, category, tags and what it reads; all must match, and the "
         "best come first.",
     .example = "postern connector list dns analytics",
     .arguments = {{"WORDS", "what to look for", .optional = true, .many = true}},
     .traits = API,
     .run = cli_connector_list},
    {.path = "connector show",
     .summary = "Show a connector: ways to connect, what it serves, questions, remedies",
     .arguments = {{"CONNECTOR", "its name"}},
     .traits = API,
     .run = cli_connector_show},
    {.path = "connector import",
     .summary = "Add a vendor from its OpenAPI document, or its MCP server from a connector.yaml",
     .details = "Importing again replaces the connector and keeps the names of its tools. A name such as "
                "cloudflare-full means --like cloudflare where neither --like nor --auth is given.",
     .example = "postern connector import cloudflare-full --openapi cloudflare.json\n"
                "postern connector import petstore --openapi petstore.yaml\n"
                "postern connector import petstore --openapi petstore.yaml --auth header:X-Api-Key\n"
                "postern connector import shop --openapi https://shop.example/openapi.json --base-url "
                "https://shop.example/v1 --auth basic\n"
                "postern connector import wiki --file connector.yaml",
     .arguments = {{"NAME", "a name: lower-case letters, digits and '-'; stands in the names of its tools"}},
     .flags =
         {{"openapi", "FILE",
           "the document (OpenAPI 3.x or Swagger 2.0, JSON or YAML), - for standard input, or an https URL"},
          {"file", "FILE",
           "a connector.yaml; it may name the document, and one of kind mcp needs none. - for standard "
           "input, or an "
           "https URL"},
          {"base-url", "URL", "address of the API; without it the one that the document or definition gives"},
          {"auth", "KIND",
           "bearer, basic, header:NAME, query:NAME or client-credentials, of which several are sent "
           "together; or "
           "none. Without it what the document says",
           true},
          {"token-url", "URL",
           "of client credentials: the token endpoint, which client ids and secrets are sent to; without it "
           "the "
           "document's, where it is on the API's host or among upstream_origins"},
          {"scope", "WORDS",
           "of client credentials: what to ask for, none for nothing; without it the document's"},
          {"audience", "TEXT", "of client credentials: sent as audience, which some vendors want"},
          {"resource", "URL", "of client credentials: sent as resource (RFC 8707)"},
          {"client-auth", "METHOD",
           "of client credentials: client_secret_basic, client_secret_post or private_key_jwt; without it "
           "whichever of the first two the vendor takes"},
          {"token-type", "WORD",
           "of client credentials: what the vendor calls a token that is sent as Bearer"},
          {"root", "DIR",
           "folder that the document's references may not leave; without it the document's own"},
          {"label", "TEXT", "name for people"},
          LIKE_FLAGS},
     .traits = API,
     .run = cli_connector_import},
    {.path = "connector remove",
     .summary = "Remove an imported connector that no account uses",
     .arguments = {{"CONNECTOR", "its name"}},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_connector_remove},

    {.path = "account add",
     .summary = "Connect an account",
     .details = "The credential is tried at the vendor before it is kept. What the flags do not give of it "
                "is asked for at the terminal, without showing what is typed.",
     .example = "postern account add cloudflare --name acme\n"
                "postern account add cloudflare --name acme --credential-stdin <token.txt\n"
                "postern account add cloudflare --name acme --way key --credential email=@email.txt "
                "--credential key=@key.txt",
     .arguments = {{"CONNECTOR", "name of a connector"}},
     .flags = {{"name", "NAME", "name of the account; without it that of the connector"},
               CREDENTIAL_FLAGS,
               {"context", "NAME=VALUE", "a default for an argument, such as account_id", true},
               {"base-url", "URL", "address of the vendor's API, where it is not the connector's"}},
     .traits = API,
     .run = cli_account_add},
    {.path = "account connect",
     .summary = "Connect an account by authorizing it at the vendor in a browser",
     .details = "Prints a link that lives a day and waits. The browser may be on another machine: where it "
                "then ends at a "
                "page that it cannot load, paste that page's address. A vendor that registers no "
                "applications by itself "
                "takes --client-id of one that you made in its console, with the redirect address "
                "PUBLIC_URL/oauth/callback.",
     .example = "postern account connect cloudinary --name media\n"
                "postern account connect https://mcp.example.com/mcp --name example\n"
                "postern account connect media --again",
     .arguments = {{"WHAT",
                    "name or prefix of a connector, or the URL of any MCP server; with --again an account"}},
     .flags = {{"name", "NAME", "name of the account; without it that of the connector"},
               {"scope", "WORDS", "what to ask for beyond the connector's word, separated by spaces"},
               {"client-id", "ID", "of an application made at the vendor by hand"},
               {"client-secret", "@FILE", "its secret, from a file or, as @-, standard input"},
               {"client-key", "@FILE", "its private key instead, PEM, for private_key_jwt"},
               {"again", NULL, "authorize an account that is there already"},
               {"no-wait", NULL, "print the link and end"}},
     .traits = API,
     .run = cli_account_connect},
    {.path = "account doctor",
     .summary = "Look for what is wrong with an account, and say what to do",
     .details = "Checks address, certificate, clock, credential, context, tools, and what is known to go "
                "wrong at the vendor. Ends with a failure where a check failed.",
     .example = "postern account doctor media",
     .arguments = {ACCOUNT},
     .traits = API,
     .run = cli_account_doctor},
    {.path = "account list", .summary = "List the accounts", .traits = API, .run = cli_account_list},
    {.path = "account show",
     .summary = "Show an account, without its credential",
     .arguments = {ACCOUNT},
     .traits = API,
     .run = cli_account_show},
    {.path = "account rename",
     .summary = "Give an account another name",
     .arguments = {ACCOUNT, {"NAME", "the new name"}},
     .traits = API,
     .run = cli_account_rename},
    {.path = "account update",
     .summary = "Give an account another address",
     .details = "It takes the credential again, which is tried there first; where it is refused, all stays "
                "as it was.",
     .example =
         "postern account update acme --base-url https://eu.example.com/v1 --credential-stdin <token.txt",
     .arguments = {ACCOUNT},
     .flags = {{"base-url", "URL", "address of the vendor's API"}, CREDENTIAL_FLAGS},
     .traits = API,
     .run = cli_account_update},
    {.path = "account recredential",
     .summary = "Give an account another credential",
     .details = "It is tried at the vendor first; where it is refused, the old one stays.",
     .example = "postern account recredential acme --credential-stdin <token.txt",
     .arguments = {ACCOUNT},
     .flags = {CREDENTIAL_FLAGS},
     .traits = API,
     .run = cli_account_recredential},
    {.path = "account context",
     .summary = "Change the defaults that an account holds for arguments",
     .example = "postern account context acme account_id=0123456789abcdef0123456789abcdef",
     .arguments = {ACCOUNT, {"NAME=VALUE", "a default; NAME= takes it away", .many = true}},
     .traits = API,
     .run = cli_account_context},
    {.path = "account verify",
     .summary = "Try the credential of an account at the vendor now",
     .arguments = {ACCOUNT},
     .traits = API,
     .run = cli_account_verify},
    {.path = "account refresh",
     .summary = "Read the tools of an account's MCP server now",
     .arguments = {ACCOUNT},
     .traits = API,
     .run = cli_account_refresh},
    {.path = "account remove",
     .summary = "Remove an account: its credential is destroyed, its servers are closed",
     .arguments = {ACCOUNT},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_account_remove},

    {.path = "tools review",
     .summary =
         "Show the tools of MCP servers that wait for you: why, and what changed since they were settled",
     .details =
         "A tool is served when it only reads by evidence. What nobody can tell, what changed, and what came "
         "back under another name waits here and is not served meanwhile.",
     .example = "postern tools review\npostern tools review acme",
     .arguments = {{"ACCOUNT", "only of this one: its name or id", .optional = true}},
     .traits = API,
     .run = cli_tool_review},
    {.path = "tools approve",
     .summary = "Let tools of an MCP server be served as they are defined now",
     .details =
         "By its name also one that changes things: clients see that it does, and a server's filter by "
         "method still holds. --all approves what waits, never what is denied.",
     .example = "postern tools approve acme zone_details dns_report\npostern tools approve acme --all",
     .arguments = {ACCOUNT, {"TOOL", "its name", .optional = true, .many = true}},
     .flags = {{"all", NULL, "all that wait for a review"}},
     .traits = API,
     .run = cli_tool_approve},
    {.path = "tools deny",
     .summary = "Keep tools of an MCP server from being served, however they change",
     .example = "postern tools deny acme export_everything",
     .arguments = {ACCOUNT, {"TOOL", "its name", .optional = true, .many = true}},
     .flags = {{"all", NULL, "all that wait for a review"}},
     .traits = API,
     .run = cli_tool_deny},
    {.path = "tools",
     .summary = "List the tools of an account, or show one",
     .example = "postern tools acme --methods read --tags dns\npostern tools acme list_all_cloudflare_zones",
     .arguments = {ACCOUNT,
                   {"TOOL", "name of one, to see its arguments; with --json its schema", .optional = true}},
     .flags = {{"methods", "LIST",
                "only of these classes: read, write, custom, list, get, create, update, delete"},
               {"tags", "LIST", "only with one of these tags"},
               {"search", "TEXT", "only those that speak of it"}},
     .traits = API,
     .run = cli_tool_list},
    {.path = "call",
     .summary = "Call a tool of an account as an administrator",
     .details = "No server's filter applies; the call is audited. Texts become numbers where the tool's "
                "schema asks for them. A failed call exits with the code of its reason.",
     .example = "postern call acme list_all_cloudflare_zones name=example.com\n"
                "postern call acme update_a_cloudflare_dns_record_by_id --arguments @record.json",
     .arguments = {ACCOUNT,
                   {"TOOL", "its name"},
                   {"NAME=VALUE", "an argument as text, or as JSON with NAME:=JSON; again for an array",
                    .optional = true, .many = true}},
     .flags = {{"arguments", "JSON", "all arguments as an object: JSON, @FILE, or - for standard input"}},
     .traits = API,
     .run = cli_tool_call},

    {.path = "ask",
     .summary = "Ask a question in plain language about what the accounts hold",
     .details = "The question becomes a program of calls that read; the answer comes with its rows, and "
                "--json with every call "
                "that proves it. What is missing is asked back, and what cannot be known is said. Nothing is "
                "ever changed.",
     .example = "postern ask \"how many active zones do we have?\"\n"
                "postern ask \"which zone served the most traffic this week?\"\n"
                "postern ask --follow ans_… \"and last week?\"\n"
                "postern ask --follow ans_… --choose 2",
     .arguments = {{"QUESTION", "in words", .optional = true, .many = true}},
     .flags = {{"follow", "ID", "go on from this answer: change its question, or make a choice of it"},
               {"choose", "N", "the number of a choice that was asked back"},
               {"server", "SERVER", "see what this server shows; without it, all accounts"},
               {"program", NULL, "print the program that would answer, and call nothing"},
               {"engine", "ENGINE", "who plans: planner"},
               {"no-chart", NULL, "tables alone"},
               {"no-color", NULL, "draw without colour, as NO_COLOR in the environment does"}},
     .traits = API,
     .run = cli_ask_question},

    {.path = "run",
     .summary = "Run an answer program: a few read-only calls, and queries over what they gave",
     .details =
         "Nothing is written anywhere: only tools that read can be called. Each result is a table; notes on "
         "what was cut or failed go to standard error.",
     .example = "postern run denials.json --param since=now-24h\n"
                "postern run denials.json --explain\n"
                "postern run joined.json --table signups=signups.csv --csv",
     .arguments = {{"FILE", "the program as JSON, or - for standard input", .optional = true}},
     .flags = {{"param", "NAME=VALUE", "a parameter's value; again for more", .many = true},
               {"server", "SERVER", "see what this server shows; without it, all accounts"},
               {"table", "NAME=FILE", "rows of your own, CSV or JSON, as a table; again for more",
                .many = true},
               {"explain", NULL, "check it and say what it would call; call nothing"},
               {"csv", NULL, "the first result as CSV"},
               {"no-chart", NULL, "tables alone, also where a result wishes for a chart"},
               {"no-color", NULL, "draw without colour, as NO_COLOR in the environment does"},
               {"continue", "HANDLE", "go on with a run that a rate limit paused"}},
     .traits = API,
     .run = cli_program_run},

    {.path = "mcp create",
     .summary = "Make a scoped MCP server; its URL is shown this once",
     .details = "methods, tags and tools combine: a tool must pass each that is given. Whoever has the URL "
                "may use the server, so an "
                "expiry is wise, and --require-api-token where the client can send one. Without a filter it "
                "has all tools, also those that write and delete: that is said, and asked for at a terminal.",
     .example =
         "postern mcp create acme --name audit --methods read --expires-in 30d\n"
         "postern mcp create acme --name dns --tags dns --require-api-token --print-config claude-code\n"
         "postern mcp create --name all --account cf=acme --account media --methods read",
     .arguments = {{"ACCOUNT", "its name or id; or --account for several", .optional = true}},
     .flags = {{"name", "NAME", "a name for people; without it that of the account"},
               {"account", "[ALIAS=]ACCOUNT", "one of several; its alias goes before the names of its tools",
                true},
               {"share", NULL, "accounts of one connector share their tools, which then ask which account"},
               FILTER_FLAGS,
               EXPIRY_FLAGS,
               CONFIG_FLAG,
               YES_FLAG},
     .traits = API,
     .run = cli_server_create},
    {.path = "mcp list",
     .summary = "List the MCP servers, all or those of one account",
     .arguments = {{"ACCOUNT", "its name or id", .optional = true}},
     .traits = API,
     .run = cli_server_list},
    {.path = "mcp show",
     .summary = "Show an MCP server, without its URL",
     .arguments = {SERVER},
     .traits = API,
     .run = cli_server_show},
    {.path = "mcp update",
     .summary = "Change name, accounts, filter or expiry of an MCP server",
     .details =
         "What is not named stays. An empty list, as in --tags '', takes that part of the filter away. "
         "--account names all that it is over from now on; those that stay keep their aliases.",
     .example = "postern mcp update audit --tags dns,zones --expires-in 30d\n"
                "postern mcp update all --account acme --account media --account eu=media-eu",
     .arguments = {SERVER},
     .flags = {{"name", "NAME", "a new name"},
               {"account", "[ALIAS=]ACCOUNT",
                "one of those that it is over; in place of all that it was over", true},
               {"share", NULL, "accounts of one connector share their tools, which then ask which account"},
               {"no-share", NULL, "each account has its own tools again"},
               FILTER_FLAGS,
               {"no-api-token", NULL, "let the URL suffice"},
               {"no-record", NULL, "keep the shape of arguments alone"},
               {"no-programs", NULL, "without postern_run_program"},
               EXPIRY_FLAGS},
     .traits = API,
     .run = cli_server_update},
    {.path = "mcp rotate",
     .summary = "Give an MCP server another first URL; the old one is dead at once",
     .arguments = {SERVER},
     .flags = {CONFIG_FLAG, YES_FLAG},
     .traits = API,
     .run = cli_server_rotate},
    {.path = "mcp config",
     .summary = "Print what to paste into one more AI client, with a further URL of the server made for it",
     .details = "URLs are not kept, so they cannot be shown again: each client gets one of its own, which is "
                "listed with its last use and revoked alone.",
     .example = "postern mcp config audit --for claude-code\n"
                "postern mcp config audit --for cursor --name laptop",
     .arguments = {SERVER},
     .flags = {{"for", PRINT_CONFIG_CLIENTS, "the client"},
               {"name", "NAME", "a name for the URL; without it that of the client"}},
     .traits = API,
     .run = cli_server_config},
    {.path = "mcp url list",
     .summary = "List the URLs of an MCP server with their last use, without their tokens",
     .arguments = {SERVER},
     .traits = API,
     .run = cli_url_list},
    {.path = "mcp url add",
     .summary = "Make a further URL for an MCP server; it is shown this once",
     .example = "postern mcp url add audit laptop",
     .arguments = {SERVER, {"NAME", "what or whom it is for"}},
     .flags = {CONFIG_FLAG},
     .traits = API,
     .run = cli_url_add},
    {.path = "mcp url revoke",
     .summary = "Revoke one URL of an MCP server; whoever uses it is cut off, the others stay",
     .arguments = {SERVER, {"NAME", "of the URL; first is the one that was made with the server"}},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_url_revoke},
    {.path = "mcp remove",
     .summary = "Close an MCP server",
     .arguments = {SERVER},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_server_remove},

    {.path = "token create",
     .summary = "Make an API token; it is shown this once",
     .example = "postern token create --role client --name claude-code --expires-in 90d",
     .flags = {{"role", "admin|client",
                "admin may manage; client may use servers that ask for a token; without it client"},
               {"name", "NAME", "what or whom it is for"},
               EXPIRY_FLAGS},
     .traits = API,
     .run = cli_token_create},
    {.path = "token list",
     .summary = "List the API tokens, without their texts",
     .traits = API,
     .run = cli_token_list},
    {.path = "token revoke",
     .summary = "Revoke an API token; the last one of the role admin without an expiry stays",
     .arguments = {{"TOKEN", "its name or id"}},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_token_revoke},
    {.path = "token recover",
     .summary = "Make an admin token on the machine itself, where none is left; needs no server",
     .details =
         "Takes what 'serve' takes, settings file and flags, and the right to read the key file and to write "
         "the database; with the installed service, as root with --data-dir /var/lib/postern. A server may "
         "run "
         "meanwhile: it takes the token within 20 seconds. The audit has a row of it.",
     .example = "postern token recover\npostern token recover --config /etc/postern/postern.yaml --data-dir "
                "/var/lib/postern",
     .flags = {{"name", "NAME", "what or whom it is for; without it recovered"}},
     .traits = COMMAND_JSON | COMMAND_SETTINGS,
     .run = cli_token_recover},

    {.path = "audit",
     .summary = "Show who did what and when, newest first",
     .example = "postern audit --since 24h --outcome denied\npostern audit --follow --json",
     .flags = {{"since", "TIME", "not before this time, or this long ago, such as 24h"},
               {"until", "TIME", "before this time"},
               {"actor", "WHO", "name or id of an API token, client:NAME of an MCP client, or local:uid N"},
               {"client", "NAME", "what an MCP client calls itself"},
               {"address", "IP", "a client's address"},
               {"action", "WHAT", "such as tools/call, account.create or access.refuse"},
               {"tool", "NAME", "of one tool"},
               {"account", "ACCOUNT", "on one account: its name, or the id of one that has gone"},
               {"server", "SERVER", "through one server: its name, or the id of one that has gone"},
               {"by-url", "NAME", "by one of a server's URLs: its name"},
               {"outcome", "WORD", "such as ok, denied or upstream_error"},
               {"limit", "N", "this many at most; without it 50"},
               {"values", NULL, "with the values of arguments, where a server has them recorded"},
               {"follow", NULL, "go on, oldest first, until interrupted; with --json one entry a line"}},
     .traits = API,
     .run = cli_audit_list},

    {.path = "key create",
     .summary = "Make a key file, to be kept before the first start; needs no server",
     .arguments = {{"FILE", "a file that is not there yet; made with mode 0600"}},
     .run = cli_key_create},
    {.path = "key rotate",
     .summary = "Make a new key on the running server and seal every credential with it",
     .traits = API,
     .run = cli_key_rotate},

    {.path = "config",
     .summary = "Show the settings that are not the default, and where they come from; needs no server",
     .details =
         "Reads the settings file, the environment and flags as 'serve' would, and fails where it would.",
     .example = "postern config --config /etc/postern/postern.yaml\npostern config --explain",
     .flags = {{"explain", NULL, "every setting with value, source, default and meaning"},
               {"markdown", NULL, "the table of the manual"}},
     .traits = COMMAND_JSON | COMMAND_SETTINGS,
     .run = cli_config_run},

    {.path = "compile",
     .summary = "Compile an OpenAPI document to tools and report; needs no server",
     .details = "With --json the tools are printed, with --report --json the report.",
     .example = "postern compile openapi.yaml --connector shop --report\n"
                "postern compile https://shop.example/openapi.json --json",
     .arguments = {{"FILE",
                    "OpenAPI 3.x or Swagger 2.0, JSON or YAML; - for standard input, or an https URL"}},
     .flags = {{"connector", "NAME", "name that stands in the tools' names; without it the file's"},
               {"root", "DIR", "folder that relative references may not leave; without it the document's"},
               {"names", "FILE",
                "names given before, by operation; they are kept, and the file is brought up to date"},
               {"tool-bytes", "N", "ceiling of one tool's input schema; without it 24576"},
               LIKE_FLAGS,
               {"report", NULL, "all remarks, warnings too"},
               {"examples", NULL, "say which of the document's own request examples do not fit its schemas"}},
     .traits = COMMAND_JSON,
     .run = cli_compile_run},

    {.path = "completion",
     .summary = "Print completion for a shell",
     .example = "source <(postern completion bash)\npostern completion zsh >~/.zfunc/_postern\n"
                "postern completion fish >~/.config/fish/completions/postern.fish",
     .arguments = {{"bash|zsh|fish", "the shell"}},
     .run = cli_completion_run},
    {.path = "version", .summary = "Print the version", .traits = COMMAND_JSON, .run = cli_version_run},
    {.path = "help",
     .summary = "Show how a command is used",
     .arguments = {{"COMMAND", "its words", .optional = true, .many = true}},
     .run = cli_help_run},

    {.path = "complete",
     .summary = "Candidates for the last of the words",
     .traits = COMMAND_HIDDEN | COMMAND_RAW,
     .run = cli_complete_run},
    {.path = "docs",
     .summary = "Write a page of the reference",
     .arguments = {{"cli|settings|api|metrics|catalog|man|program-schema", "which"}},
     .traits = COMMAND_HIDDEN,
     .run = cli_manual_run},
};
const size_t command_count = sizeof commands / sizeof *commands;
