// SPDX-License-Identifier: Apache-2.0
// Rows of the table: running the program, connectors, accounts and their tools.
#include "cli/flags.h"
#include "cli/run.h"

#define API (COMMAND_API | COMMAND_JSON)

const struct command commands_connect[] = {
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
    {0}};
