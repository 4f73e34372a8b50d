// SPDX-License-Identifier: Apache-2.0
#include "admin/shape_row.h"

// clang-format off

// ---- what several have

// What is within an object has two forms: as it is made, and as it is changed, where null takes a member away.
#define LIMIT_MOST 1000000
#define LIMITS_OF(nil)                                                                                              \
  {"calls_per_minute", ADMIN_INT, nil, .least = 1, .most = LIMIT_MOST, .says = "calls that are sent, in any sixty seconds"}, \
  {"writes_per_day", ADMIN_INT, nil, .least = 1, .most = LIMIT_MOST, .says = "calls of tools that do more than read, in a day of the setting zone"}
#define EACH_SAYS "What each who uses a server may call through it: by a URL, with an API token, as a person"
INNER(limits_each, "LimitsOfEach", EACH_SAYS, LIMITS_OF(0));
INNER(limits_each_patch, "LimitsOfEachPatch", EACH_SAYS, LIMITS_OF(ADMIN_NULLABLE));
#define LIMITS_SAYS "What may be called through a server, by all together; what is left out is not limited"
#define EACH(nil, of) {"each", ADMIN_OBJECT, nil, .shape = &of, .says = "the same for each who uses it"}
INNER(limits, "Limits", LIMITS_SAYS, LIMITS_OF(0), EACH(0, limits_each));
INNER(limits_patch, "LimitsPatch", LIMITS_SAYS, LIMITS_OF(ADMIN_NULLABLE), EACH(ADMIN_NULLABLE, limits_each_patch));

#define FILTER_SAYS "Which tools of the account a server shows. methods, tags and tools combine with AND, the members of each with OR"
#define FILTER_OF(nil, limits_shape) \
  {"methods", ADMIN_TEXTS, nil, .says = "read, write, custom, list, get, create, update, delete; read is what is read-only by evidence"}, \
  {"tags", ADMIN_TEXTS, nil, .says = "tags of the account's tools"}, \
  {"tools", ADMIN_TEXTS, nil, .says = "globs over tool names: * and ?"}, \
  {"require_api_token_auth", ADMIN_BOOL, nil, .says = "ask for a valid API token as Bearer beside the URL"}, \
  {"paused", ADMIN_BOOL, nil, .says = "its URLs are dead until it is false again"}, \
  {"programs", ADMIN_BOOL, nil, .says = "show postern_run_program, which runs answer programs over the tools that read"}, \
  {"ask", ADMIN_BOOL, nil, .says = "show postern_ask, which answers questions in plain language over the tools that read"}, \
  {"discovery", ADMIN_WORD, nil, .allowed = "full|search|featured", .says = "what is listed: all tools; a few of ours that search, describe and call; or these and the tools that the connector features. Without it all, unless a URL says ?discovery="}, \
  {"record_arguments", ADMIN_BOOL, nil, .says = "keep the values of calls' arguments in the audit, sealed; without it their shape alone"}, \
  {"prompts", ADMIN_BOOL, nil, .says = "show the prompts of MCP servers; without it, where neither tags nor tools are named"}, \
  {"resources", ADMIN_BOOL, nil, .says = "show their resources; likewise"}, \
  {"approval", ADMIN_WORD, nil, .allowed = "none|destroy|write", .says = "which calls wait for a second person's word: those that delete or do what no class covers, or all that do more than read"}, \
  {"limits", ADMIN_OBJECT, nil, .shape = &limits_shape, .says = "calls a minute and writes a day"}, \
  {"own_accounts", ADMIN_TEXTS, nil, .says = "accounts, by alias, name or id, in whose place each person's own is called; for people who sign in."}, \
  {"fence", ADMIN_OBJECT, nil, .says = "what its tools are held to: by account (alias, name or id) and key, the values, by id or name: {\"acme\": {\"zone_id\": [\"example.com\"]}}."}
INNER(filter, "Filter", FILTER_SAYS, FILTER_OF(0, limits));
INNER(filter_patch, "FilterPatch", FILTER_SAYS ". What is left out stays, null takes away; so within limits and fence", FILTER_OF(ADMIN_NULLABLE, limits_patch));

#define ACCOUNT_WAY {"way", ADMIN_TEXT, .most = NAME_MOST, .says = "one of the connector's ways to authenticate; without it the first"}
#define CREDENTIAL "the fields of the way to authenticate, by name; never shown again"
#define CONTEXT "defaults for arguments, such as account_id"
#define ADMISSION_SAYS "Who may sign in to a server from an AI client; any of these suffices"
#define ADMISSION_OF(nil) \
  {"roles", ADMIN_TEXTS, nil, .says = "roles: admin, editor, viewer"}, \
  {"groups", ADMIN_TEXTS, nil, .says = "groups of people"}, \
  {"people", ADMIN_TEXTS, nil, .says = "names or ids of users"}
INNER(admission, "Admission", ADMISSION_SAYS, ADMISSION_OF(0));
INNER(admission_patch, "AdmissionPatch", ADMISSION_SAYS ". What is left out stays, null takes away", ADMISSION_OF(ADMIN_NULLABLE));
#define SIGN_IN(nil, who) \
  {"slug", ADMIN_TEXT, ADMIN_NULLABLE, .most = NAME_MOST, .says = "people sign in at /mcp/<slug>: lower-case letters, digits and single '-'; null: nobody does"}, \
  {"reuse_slug", ADMIN_BOOL, .says = "the slug may be one that a server had which has gone"}, \
  {"sign_in", ADMIN_OBJECT, nil, .shape = &who, .says = "who may sign in there; without it nobody"}
INNER(member, "ServerMember", "An account of a server under an alias",
  {"account", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "id or name"},
  {"alias", ADMIN_TEXT, .most = NAME_MOST, .says = "before the names of its tools; without it one is made of the account's name"});
#define EXPIRES {"expires_at", ADMIN_TIME, ADMIN_NULLABLE, .says = "RFC 3339, in the future; null: never"}

// ---- requests

SHAPE(admin_connector_new, "ConnectorNew", "A connector to import",
  {"definition", ADMIN_EITHER, REQ, .says = "connector.yaml as an object or as YAML text, without \"openapi\"; with a document, base_url and auth may be left to it: then follow and token_url are origin"},
  {"document", ADMIN_EITHER, .says = "an OpenAPI document (2.0, 3.0, 3.1, 3.2) as an object or as JSON or YAML text; of kind mcp none"},
  {"follow", ADMIN_WORD, .allowed = "any|origin", .says = "of the accounts at the connector's former address, which go along to its new one: all, as without it, or those whose scheme, host and port stay or are among upstream_origins"},
  {"token_url", ADMIN_WORD, .allowed = "any|origin", .says = "of ways by client credentials: where their token_url may be, as without it anywhere, or on the API's scheme, host and port or among upstream_origins; those that are not are left out"});

SHAPE(admin_account_new, "AccountNew", "An account to connect; a connector, or the url of any MCP server",
  {"connector", ADMIN_TEXT, .most = NAME_MOST, .says = "name of a connector"},
  {"url", ADMIN_TEXT, .most = 2048, .says = "address of an MCP server that no connector is for"},
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "a name for people, unique among accounts"},
  {"credential", ADMIN_OBJECT, .says = CREDENTIAL},
  {"context", ADMIN_OBJECT, .says = CONTEXT},
  {"base_url", ADMIN_TEXT, .most = 2048, .says = "address of the vendor's API, where it is not the connector's"},
  ACCOUNT_WAY);

SHAPE(admin_authorize_new, "AuthorizeNew", "An account that a person authorizes at the vendor; one of connector, url, account",
  {"connector", ADMIN_TEXT, .most = NAME_MOST, .says = "name of a connector"},
  {"url", ADMIN_TEXT, .most = 2048, .says = "address of any MCP server"},
  {"account", ADMIN_TEXT, .most = NAME_MOST, .says = "id or name of one that is there, to authorize it again"},
  {"name", ADMIN_TEXT, .most = NAME_MOST, .says = "a name for people, unique among accounts; without it the connector's"},
  {"scope", ADMIN_TEXT, .most = 4096, .says = "what to ask for beyond the connector's word, separated by spaces"},
  {"client_id", ADMIN_TEXT, .most = 2048, .says = "of an application that was made at the vendor by hand"},
  {"client_secret", ADMIN_TEXT, .most = 16384, .says = "its secret, where it has one"},
  {"client_key", ADMIN_TEXT, .most = 16384, .says = "its private key instead, PEM, where it proves itself by private_key_jwt"});

SHAPE(admin_authorize_answer, "AuthorizeAnswer", "Where the browser ended",
  {"url", ADMIN_TEXT, REQ, .most = 16384, .says = "the whole address that the vendor sent the browser to"});

SHAPE(admin_account_patch, "AccountPatch", "What is to change; what is left out stays",
  {"name", ADMIN_TEXT, .most = NAME_MOST, .says = "a new name"},
  {"credential", ADMIN_OBJECT, .says = CREDENTIAL "; it is one value, and replaced whole"},
  {"context", ADMIN_OBJECT, ADMIN_NULLABLE, .says = CONTEXT "; null takes one away, or all"},
  {"base_url", ADMIN_TEXT, .most = 2048, .says = "another address of the vendor's API; takes the credential again"},
  ACCOUNT_WAY);

SHAPE(admin_call_body, "ToolCall", "A call of a tool",
  {"arguments", ADMIN_OBJECT, .says = "as the tool's inputSchema asks"});

SHAPE(admin_server_new, "ServerNew", "A scoped MCP server to make",
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "a name for people"},
  {"config", ADMIN_OBJECT, .shape = &filter, .says = "which tools it shows; without it, all"},
  SIGN_IN(0, admission),
  EXPIRES);

SHAPE(admin_server_over, "ServerOverNew", "A scoped MCP server over one account or several",
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "a name for people"},
  {"accounts", ADMIN_EITHERS, REQ, .shape = &member, .says = "ids or names; or {account, alias}, where the alias goes before the names of its tools"},
  {"share", ADMIN_BOOL, .says = "accounts of one connector share one set of tools, with an argument that names the account"},
  {"config", ADMIN_OBJECT, .shape = &filter, .says = "which tools it shows; without it, all"},
  SIGN_IN(0, admission),
  EXPIRES);

SHAPE(admin_server_draft, "ServerDraft", "A scoped MCP server that may be made, or changed",
  {"server", ADMIN_TEXT, .most = NAME_MOST, .says = "name or id of the server that is to be changed: what an editor's would show is held to her grants, and accounts that are not granted to her are left out"},
  {"accounts", ADMIN_EITHERS, REQ, .shape = &member, .says = "as when it is made"},
  {"share", ADMIN_BOOL, .says = "likewise"},
  {"config", ADMIN_OBJECT, .shape = &filter, .says = "likewise"});

SHAPE(admin_tool_names, "ToolNames", "Which tools; one of the two",
  {"names", ADMIN_TEXTS, .says = "their names"},
  {"all", ADMIN_BOOL, .says = "true: all that wait for a review"},
  {"reason", ADMIN_TEXT, .most = 500, .says = "why, for the audit"});

SHAPE(admin_server_patch, "ServerPatch", "What is to change; what is left out stays",
  {"name", ADMIN_TEXT, .most = NAME_MOST, .says = "a new name"},
  {"accounts", ADMIN_EITHERS, .shape = &member, .says = "replaces the accounts, at least one; as when it was made. One that stays keeps its alias"},
  {"share", ADMIN_BOOL, .says = "accounts of one connector share one set of tools, or no longer do"},
  {"config", ADMIN_OBJECT, .shape = &filter_patch, .says = "what changes of the filter; what it leaves out stays, null takes away"},
  SIGN_IN(ADMIN_NULLABLE, admission_patch),
  EXPIRES);

SHAPE(admin_url_new, "UrlNew", "A further URL of a server",
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "what or whom it is for, unique among the server's"});

SHAPE(admin_token_new, "TokenNew", "An API token to make",
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "a name for people"},
  {"role", ADMIN_WORD, REQ, .allowed = "admin|editor|viewer|client", .says = "admin: may manage; editor: asks and makes things of its own over accounts that are granted to it; viewer: reads dashboards and answers that are shared; client: may use servers that ask for a token"},
  EXPIRES);

// ---- queries


SHAPE(admin_query_page, "PageQuery", "", LIMIT, AFTER);

SHAPE(admin_query_connectors, "ConnectorQuery", "",
  LIMIT, AFTER,
  {"q", ADMIN_TEXT, .most = TEXT_MOST, .says = "words in name, label, category, tags, blurb or what it reads; all must match"});

SHAPE(admin_query_tools, "ToolQuery", "",
  LIMIT, AFTER,
  {"methods", ADMIN_TEXTS, .most = TEXT_MOST, .says = "as in a server's filter"},
  {"tags", ADMIN_TEXTS, .most = TEXT_MOST, .says = "as in a server's filter"},
  {"q", ADMIN_TEXT, .most = TEXT_MOST, .says = "text in name, title or description"});

SHAPE(admin_query_review, "ReviewQuery", "",
  LIMIT, {"after", ADMIN_TEXT, .most = TEXT_MOST, .says = "the last entry of the page before; see next"},
  {"account", ADMIN_TEXT, .most = NAME_MOST, .says = "id or name of one account"});

SHAPE(admin_query_audit, "AuditQuery", "",
  {"limit", ADMIN_INT, .least = 1, .most = PAGE_MOST, .says = "entries on a page; without it 100"},
  {"order", ADMIN_WORD, .allowed = "newest|oldest", .says = "which come first; without it the newest"},
  {"before", ADMIN_TEXT, .most = ID_MOST, .says = "newest first: older than this entry; see next"},
  {"after", ADMIN_TEXT, .most = ID_MOST, .says = "oldest first: newer than this entry; see next"},
  {"since", ADMIN_TIME, .says = "not before this time"},
  {"until", ADMIN_TIME, .says = "before this time"},
  {"actor", ADMIN_TEXT, .most = TEXT_MOST, .says = "id of a user or an API token, or its name as actor_name has it; client:NAME of an MCP client"},
  {"actor_name", ADMIN_TEXT, .most = NAME_MOST, .says = "of a user or an API token, by the name it had then"},
  {"client", ADMIN_TEXT, .most = TEXT_MOST, .says = "what an MCP client calls itself"},
  {"client_id", ADMIN_TEXT, .most = 2048, .says = "of people who signed in from this AI client: cli_…, or the https URL of its document"},
  {"sign_in", ADMIN_TEXT, .most = ID_MOST, .says = "by one sign-in from an AI client, sgn_…"},
  {"address", ADMIN_TEXT, .most = TEXT_MOST, .says = "a client's IP address"},
  {"action", ADMIN_TEXT, .most = TEXT_MOST, .says = "such as tools/call, account.create or access.refuse"},
  {"server_id", ADMIN_TEXT, .most = ID_MOST, .says = "of one server"},
  {"server", ADMIN_TEXT, .most = NAME_MOST, .says = "of servers that had this name then"},
  {"url", ADMIN_TEXT, .most = NAME_MOST, .says = "name of a server's URL, by which it came"},
  {"account_id", ADMIN_TEXT, .most = ID_MOST, .says = "of one account"},
  {"account", ADMIN_TEXT, .most = NAME_MOST, .says = "of accounts that had this name then"},
  {"tool", ADMIN_TEXT, .most = TEXT_MOST, .says = "of one tool"},
  {"outcome", ADMIN_TEXT, .most = TEXT_MOST, .says = "such as ok, denied, upstream_error"},
  {"values", ADMIN_INT, .least = 1, .most = 1, .says = "1: with the values of arguments, where they are recorded"});

// ---- answers

INNER(error_body, "ErrorBody", "What went wrong, and what to do",
  {"code", ADMIN_TEXT, REQ, .says = "invalid, unauthenticated, denied, missing, conflict, unprocessable, limit, timeout, upstream, unavailable, internal"},
  {"message", ADMIN_TEXT, REQ, .says = "what is wrong"},
  {"reason", ADMIN_TEXT, .says = "a word for why, where the code is too wide: guard_blocked, registration_refused, name_taken, …"},
  {"field", ADMIN_TEXT, .says = "where, if anywhere"},
  {"hint", ADMIN_TEXT, .says = "what to do, if anything"},
  {"request_id", ADMIN_TEXT, REQ, .says = "as it stands in the log"});
SHAPE(admin_program_fault, "ProgramFault", "What is wrong with a program, and where",
  {"pointer", ADMIN_TEXT, REQ, .says = "JSON pointer into the program; empty: the whole"},
  {"text", ADMIN_TEXT, REQ, .says = "what was found"},
  {"hint", ADMIN_TEXT, .says = "what is allowed, or the nearest known word"});
SHAPE(admin_error, "Error", "The answer of every request that fails",
  {"error", ADMIN_OBJECT, REQ, .shape = &error_body, .says = "the error"},
  {"faults", ADMIN_OBJECTS, .shape = &admin_program_fault, .says = "of a program: all that is wrong with it"});

SHAPE(admin_health, "Health", "All is well", {"status", ADMIN_TEXT, REQ, .says = "ok"});
SHAPE(admin_readiness, "Readiness", "Requests are served",
  {"status", ADMIN_TEXT, REQ, .says = "ok"},
  {"store_age_ms", ADMIN_INT, REQ, .says = "since the store last took a row; it is tried every few seconds"});

INNER(fiber_info, "Fiber", "A request or job that waits",
  {"name", ADMIN_TEXT, REQ, .says = "what it is"},
  {"reason", ADMIN_TEXT, REQ, .says = "what it waits for"},
  {"age_ms", ADMIN_INT, REQ, .says = "since when"});
INNER(loop_info, "Loop", "One event loop",
  {"index", ADMIN_INT, REQ, .says = "from 0"},
  {"fibers_most", ADMIN_INT, REQ, .says = "requests it takes at once"},
  {"fibers", ADMIN_OBJECTS, REQ, .shape = &fiber_info, .says = "those that wait, at most 100"});
INNER(counts, "Counts", "Sizes of the catalog",
  {"accounts", ADMIN_INT, REQ, .says = "accounts"},
  {"servers", ADMIN_INT, REQ, .says = "scoped MCP servers"},
  {"tools", ADMIN_INT, REQ, .says = "tools of all accounts"},
  {"api_tokens", ADMIN_INT, REQ, .says = "API tokens"});
INNER(queues, "Queues", "What is open or waiting",
  {"connections", ADMIN_INT, REQ, .says = "open client connections"},
  {"streams", ADMIN_INT, REQ, .says = "open event streams"},
  {"pool_jobs", ADMIN_INT, REQ, .says = "blocking jobs queued or running"},
  {"audit_rows", ADMIN_INT, REQ, .says = "audit rows to be written"},
  {"audit_spooled", ADMIN_INT, REQ, .says = "audit rows that wait in a file because the store takes none"},
  {"audit_dropped", ADMIN_INT, REQ, .says = "audit rows lost since the start"});
INNER(node_info, "Node", "A program on the same database",
  {"id", ADMIN_TEXT, REQ, .says = "another one with each start"},
  {"host", ADMIN_TEXT, REQ, .says = "the machine it runs on"},
  {"version", ADMIN_TEXT, REQ, .says = "of Postern"},
  {"url", ADMIN_TEXT, REQ, .says = "where the other nodes reach it; empty: they cannot"},
  {"started_at", ADMIN_TIME, REQ, .says = "by its own clock"},
  {"lag", ADMIN_INT, REQ, .says = "changes that it has not taken up yet"},
  {"running", ADMIN_INT, REQ, .says = "requests and other work in progress"},
  {"cpu", ADMIN_INT, REQ, .says = "percent of one core, within the last two seconds"});
INNER(sink_info, "AuditSink", "Where audit rows are handed on to",
  {"sink", ADMIN_TEXT, REQ, .says = "its address"},
  {"state", ADMIN_WORD, REQ, .allowed = "ok|failing|idle", .says = "idle: another program hands on"},
  {"lag_ms", ADMIN_INT, REQ, .says = "age of the oldest row that it has to be given; 0: it has all"},
  {"sent", ADMIN_INT, REQ, .says = "rows since the start of the program"},
  {"failures", ADMIN_INT, REQ, .says = "tries that failed since the start of the program"},
  {"lost", ADMIN_INT, REQ, .says = "rows that it never got: they went by their age first, or it refuses them"},
  {"failing_ms", ADMIN_INT, REQ, .says = "for so long; 0: the last try went well"},
  {"why", ADMIN_TEXT, NIL, .says = "while it fails"},
  {"remedy", ADMIN_TEXT, NIL, .says = "what to do then"});
SHAPE(admin_status, "Status", "How the program does",
  {"version", ADMIN_TEXT, REQ, .says = "of Postern"},
  {"started_at", ADMIN_TIME, REQ, .says = "start of the program"},
  {"uptime_s", ADMIN_INT, REQ, .says = "seconds since"},
  {"process", ADMIN_INT, REQ, .says = "its number on its machine"},
  {"node", ADMIN_TEXT, REQ, .says = "id of the node that answers"},
  {"store", ADMIN_TEXT, REQ, .says = "kind of the store"},
  {"key", ADMIN_TEXT, REQ, .says = "id of the key that credentials are sealed with"},
  {"key_file", ADMIN_TEXT, NIL, .says = "where that is, on its machine; null: it came from elsewhere"},
  {"public_url", ADMIN_TEXT, REQ, .says = "that URLs are made with"},
  {"nodes", ADMIN_OBJECTS, REQ, .shape = &node_info, .says = "programs that live on the same database, this one among them"},
  {"catalog", ADMIN_OBJECT, REQ, .shape = &counts, .says = "sizes of the catalog"},
  {"queues", ADMIN_OBJECT, REQ, .shape = &queues, .says = "what is open or waiting"},
  {"audit_sinks", ADMIN_OBJECTS, REQ, .shape = &sink_info, .says = "where audit rows are handed on to"},
  {"loops", ADMIN_OBJECTS, REQ, .shape = &loop_info, .says = "event loops"});

INNER(field_info, "CredentialField", "One thing that a way to authenticate asks for",
  {"name", ADMIN_TEXT, REQ, .says = "key in credential"},
  {"label", ADMIN_TEXT, REQ, .says = "for people"},
  {"secret", ADMIN_BOOL, REQ, .says = "not to be shown while typed"});
SHAPE(admin_way, "Way", "One way to authenticate",
  {"id", ADMIN_TEXT, REQ, .says = "for way"},
  {"label", ADMIN_TEXT, REQ, .says = "for people"},
  {"auth", ADMIN_WORD, REQ, .allowed = "fields|oauth|open|client_credentials", .says = "fields: give a credential; client_credentials: likewise, and it is shown to token_url alone, for access tokens; oauth: authorize in a browser; open: nothing"},
  {"fields", ADMIN_OBJECTS, REQ, .shape = &field_info, .says = "what it asks for"},
  {"scope", ADMIN_TEXT, NIL, .says = "of oauth and client_credentials: what is asked for; null: what the vendor says"},
  {"token_url", ADMIN_TEXT, NIL, .says = "of client_credentials: where the client id and secret go"},
  {"method", ADMIN_TEXT, NIL, .says = "of client_credentials: client_secret_basic, client_secret_post or private_key_jwt; null: whichever the vendor takes"},
  {"audience", ADMIN_TEXT, NIL, .says = "of client_credentials: what is sent as audience"},
  {"resource", ADMIN_TEXT, NIL, .says = "of client_credentials: what is sent as resource (RFC 8707)"},
  {"register_at", ADMIN_TEXT, NIL, .says = "of oauth: where to make an application by hand, because the vendor registers none by itself"},
  {"refreshes", ADMIN_BOOL, REQ, .says = "false: a person has to authorize again when the token has ended"});
INNER(context_info, "ContextField", "A default that an account may hold",
  {"name", ADMIN_TEXT, REQ, .says = "key in context"},
  {"label", ADMIN_TEXT, REQ, .says = "for people"},
  {"discovered", ADMIN_BOOL, REQ, .says = "filled by itself where the credential sees exactly one"});
INNER(word_info, "ToolWord", "The connector's own word on tools of the vendor's MCP server; the first that matches counts",
  {"tools", ADMIN_TEXT, REQ, .says = "glob over tool names"},
  {"trust", ADMIN_WORD, REQ, .allowed = "allow|review|deny", .says = "served, waits for a review, or not served"},
  {"class", ADMIN_TEXT, NIL, .says = "list, get, create, update, delete or custom; null: by the name"},
  {"tags", ADMIN_TEXTS, REQ, .says = "for filters"},
  {"why", ADMIN_TEXT, NIL, .says = "in words"});
INNER(trouble_info, "Trouble", "What may be wrong, and what to do",
  {"check", ADMIN_TEXT, NIL, .says = "the doctor's check that finds it; null: none"},
  {"symptom", ADMIN_TEXT, REQ, .says = "what is seen"},
  {"remedy", ADMIN_TEXT, REQ, .says = "what to do"});
#define CONNECTOR_HEAD                                                                     \
  {"name", ADMIN_TEXT, REQ, .says = "unique; stands in the names of its tools"},           \
  {"label", ADMIN_TEXT, REQ, .says = "for people"},                                        \
  {"kind", ADMIN_WORD, REQ, .allowed = "rest|mcp", .says = "how the vendor is called"},    \
  {"category", ADMIN_TEXT, NIL, .says = "for grouping"},                                   \
  {"blurb", ADMIN_TEXT, NIL, .says = "one line for people"},                               \
  {"docs", ADMIN_TEXT, NIL, .says = "the vendor's manual"},                                \
  {"tags", ADMIN_TEXTS, REQ, .says = "what it is about"},                                  \
  {"auth", ADMIN_TEXTS, REQ, .says = "how accounts connect: fields, oauth, open; the first is the default"}, \
  {"imported", ADMIN_BOOL, REQ, .says = "added here, rather than shipped with Postern"}
INNER(connector_head, "ConnectorHead", "A vendor that accounts can be made for", CONNECTOR_HEAD);
SHAPE(admin_connector, "Connector", "A vendor that accounts can be made for",
  CONNECTOR_HEAD,
  {"base_url", ADMIN_TEXT, NIL, .says = "address of its API or MCP server; null: the account names it"},
  {"alias", ADMIN_TEXT, REQ, .says = "prefix of its tools on a server over several accounts"},
  {"reads", ADMIN_TEXT, NIL, .says = "what it reads, in a sentence"},
  {"tool_count", ADMIN_INT, REQ, .says = "tools it gives; 0 for kind mcp, where only an account shows them"},
  {"ways", ADMIN_OBJECTS, REQ, .shape = &admin_way, .says = "ways to authenticate; the first is the default"},
  {"context", ADMIN_OBJECTS, REQ, .shape = &context_info, .says = "defaults that an account may hold"},
  {"words", ADMIN_OBJECTS, REQ, .shape = &word_info, .says = "of kind mcp: its word on single tools"},
  {"troubles", ADMIN_OBJECTS, REQ, .shape = &trouble_info, .says = "its own first, then what holds for all of kind mcp"},
  {"questions", ADMIN_TEXTS, REQ, .says = "examples of what can be asked"},
  {"dashboard", ADMIN_TEXT, NIL, .says = "what it offers to look at first, by its title; null: nothing"});
SHAPE(admin_connector_list, "ConnectorList", "A page of connectors",
  {"items", ADMIN_OBJECTS, REQ, .shape = &connector_head, .says = "with q the best first, else by name"},
  {"suggestion", ADMIN_TEXT, NIL, .says = "nothing was found: what q may mean"}, NEXT);
INNER(note_info, "CompileNote", "A remark of the compiler",
  {"kind", ADMIN_WORD, REQ, .allowed = "skipped|warning", .says = "skipped: the operation is no tool"},
  {"operation", ADMIN_TEXT, NIL, .says = "such as GET /zones; null: the whole document"},
  {"line", ADMIN_INT, NIL, .says = "of the document"},
  {"reason", ADMIN_TEXT, REQ, .says = "in words"});
SHAPE(admin_connector_report, "CompileReport", "What became of an import",
  {"name", ADMIN_TEXT, REQ, .says = "of the connector"},
  {"kind", ADMIN_WORD, REQ, .allowed = "rest|mcp", .says = "of kind mcp what follows is 0: its MCP server says what tools it has"},
  {"operations", ADMIN_INT, REQ, .says = "found in the document"},
  {"tools", ADMIN_INT, REQ, .says = "made of them"},
  {"skipped", ADMIN_INT, REQ, .says = "not made into tools"},
  {"folded", ADMIN_INT, REQ, .says = "tools whose schema was too large and lost its deepest parts"},
  {"renamed", ADMIN_INT, REQ, .says = "tools whose name had to make way"},
  {"notes", ADMIN_OBJECTS, REQ, .shape = &note_info, .says = "at most 500, skipped operations first"},
  {"notes_left_out", ADMIN_INT, REQ, .says = "how many more there were"},
  {"accounts_moved", ADMIN_INT, REQ, .says = "accounts without an address of their own that went along to another one"},
  {"token_urls_left", ADMIN_TEXTS, REQ, .says = "token endpoints on other hosts, whose ways were left out by token_url: origin"},
  {"accounts_kept", ADMIN_INT, REQ, .says = "those that stay at the former address; PATCH with base_url and the credential moves one"},
  {"definition", ADMIN_OBJECT, REQ, .says = "the connector, with what the document said of its address and of how to authenticate"},
  {"remarks", ADMIN_TEXTS, REQ, .says = "what of that was read otherwise than it was written, in sentences"});

SHAPE(admin_authorize_flow, "AuthorizeFlow", "A person's way to the vendor and back",
  {"id", ADMIN_TEXT, REQ, .says = "to ask how it goes"},
  {"status", ADMIN_WORD, REQ, .allowed = "waiting|opened|done|failed|expired", .says = "how it goes"},
  {"url", ADMIN_TEXT, NIL, .says = "what the person opens, within a day; in the first answer only"},
  {"direct_url", ADMIN_TEXT, NIL, .says = "the vendor's own page, for a browser that cannot reach Postern; finish by its last address"},
  {"name", ADMIN_TEXT, REQ, .says = "of the account"},
  {"connector", ADMIN_TEXT, REQ, .says = "name of the connector"},
  {"account_id", ADMIN_TEXT, NIL, .says = "once done, or where one is authorized again"},
  {"code", ADMIN_TEXT, NIL, .says = "of a failure: denied, registration_refused, wrong_account, vendor_down, …"},
  {"text", ADMIN_TEXT, NIL, .says = "the failure in words"},
  {"remedy", ADMIN_TEXT, NIL, .says = "what to do about it"},
  {"created_at", ADMIN_TIME, REQ, .says = "when"},
  {"expires_at", ADMIN_TIME, REQ, .says = "when the link ends"});

INNER(check_info, "Check", "One thing that was looked at",
  {"id", ADMIN_TEXT, REQ, .says = "address, certificate, clock, credential, context, tools, …"},
  {"status", ADMIN_WORD, REQ, .allowed = "ok|warn|fail|skipped", .says = "what came out"},
  {"text", ADMIN_TEXT, REQ, .says = "in words"},
  {"remedy", ADMIN_TEXT, NIL, .says = "what to do about it"});
SHAPE(admin_examination, "Examination", "What is right and wrong with an account",
  {"account_id", ADMIN_TEXT, REQ, .says = "of the account"},
  {"healthy", ADMIN_BOOL, REQ, .says = "no check failed"},
  {"checks", ADMIN_OBJECTS, REQ, .shape = &check_info, .says = "in the order in which they were made"});

SHAPE(admin_account, "Account", "A connection to one vendor; its credential is never shown",
  {"id", ADMIN_TEXT, REQ, .says = "acc_…"},
  {"name", ADMIN_TEXT, REQ, .says = "unique"},
  {"connector", ADMIN_TEXT, REQ, .says = "name of the connector"},
  {"way", ADMIN_TEXT, REQ, .says = "way to authenticate"},
  {"base_url", ADMIN_TEXT, NIL, .says = "address of the vendor's API"},
  {"status", ADMIN_WORD, REQ, .allowed = "ok|unverified|failing|needs_authorising", .says = "what the vendor last said of the credential; needs_authorising: a person has to authorize the account again"},
  {"status_text", ADMIN_TEXT, NIL, .says = "the vendor's word on the last failure"},
  {"context", ADMIN_OBJECT, REQ, .says = CONTEXT},
  {"choices", ADMIN_OBJECT, REQ, .says = "what the credential sees, by argument name: arrays of {id, title}"},
  {"tool_count", ADMIN_INT, NIL, .says = "tools it gives"},
  {"tools_served", ADMIN_INT, NIL, .says = "of these, how many servers may show"},
  {"calls_24h", ADMIN_INT, REQ, .says = "calls of its tools within 24 hours, counted by the hour"},
  {"errors_24h", ADMIN_INT, REQ, .says = "of these, how many failed"},
  {"last_call_at", ADMIN_TIME, NIL, .says = "the last of them; null: none within 24 hours"},
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"verified_at", ADMIN_TIME, NIL, .says = "when the vendor last took the credential"});
SHAPE(admin_account_list, "AccountList", "A page of accounts",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_account, .says = "oldest first"}, NEXT);

#define TOOL_HEAD                                                                                            \
  {"name", ADMIN_TEXT, REQ, .says = "unique within the account"},                                            \
  {"title", ADMIN_TEXT, NIL, .says = "for people"},                                                          \
  {"class", ADMIN_WORD, REQ, .allowed = "list|get|create|update|delete|custom", .says = "what it does"},     \
  {"read_only", ADMIN_BOOL, REQ, .says = "passes a filter by the method read"},                              \
  {"tags", ADMIN_TEXTS, REQ, .says = "for filters"},                                                         \
  {"permission", ADMIN_TEXT, NIL, .says = "what the vendor asks of the credential"},                         \
  {"deprecated", ADMIN_BOOL, REQ, .says = "by the vendor"},                                                  \
  {"trust", ADMIN_WORD, REQ, .allowed = "allow|review|deny", .says = "by evidence"},                         \
  {"why", ADMIN_TEXT, NIL, .says = "the evidence, in words; of tools of MCP servers"},                       \
  {"served", ADMIN_BOOL, REQ, .says = "may servers show it? Not in review, denied, or changed since"},       \
  {"description", ADMIN_TEXT, NIL, .says = "in a list: its first line"}
INNER(tool_head, "ToolHead", "A tool of an account", TOOL_HEAD);
SHAPE(admin_tool, "Tool", "A tool of an account, whole",
  TOOL_HEAD,
  {"operation", ADMIN_TEXT, REQ, .says = "the vendor's, such as GET /zones"},
  {"annotations", ADMIN_OBJECT, REQ, .says = "MCP's four hints"},
  {"sources", ADMIN_OBJECT, REQ, .says = "argument → the tool that gives it"},
  {"paging", ADMIN_OBJECT, NIL, .says = "how to get the next page"},
  {"diff", ADMIN_TEXT, NIL, .says = "what changed since it was settled, in lines with - and +"},
  {"was", ADMIN_TEXT, NIL, .says = "the name that it came back from"},
  {"decision", ADMIN_WORD, NIL, .allowed = "approved|denied", .says = "of an administrator"},
  {"decided_by", ADMIN_TEXT, NIL, .says = "id of an API token"},
  {"decided_at", ADMIN_TIME, NIL, .says = "when"},
  {"inputSchema", ADMIN_OBJECT, REQ, .says = "JSON Schema 2020-12 of the arguments"});
SHAPE(admin_tool_list, "ToolList", "A page of tools",
  {"items", ADMIN_OBJECTS, REQ, .shape = &tool_head, .says = "by name"},
  {"total", ADMIN_INT, REQ, .says = "that the filter lets through"}, NEXT);
INNER(review_item, "ReviewItem", "A tool that waits for an administrator, or what else of a server is left out",
  {"kind", ADMIN_WORD, REQ, .allowed = "tool|resource|resource_template|prompt", .says = "all but tools are left out for what they lack, as why says, and nothing is decided of them"},
  {"account_id", ADMIN_TEXT, REQ, .says = "whose"},
  {"account", ADMIN_TEXT, REQ, .says = "its name"},
  {"name", ADMIN_TEXT, REQ, .says = "of the tool, or of the resource or prompt"},
  {"trust", ADMIN_WORD, REQ, .allowed = "allow|review|deny", .says = "by evidence"},
  {"why", ADMIN_TEXT, REQ, .says = "the evidence, in words"},
  {"was", ADMIN_TEXT, NIL, .says = "the name that it came back from"},
  {"diff", ADMIN_TEXT, NIL, .says = "what changed since it was settled, in lines with - and +"},
  {"definition", ADMIN_OBJECT, NIL, .says = "of a tool: as the vendor defines it now"});
SHAPE(admin_review_list, "ReviewList", "A page of tools that wait",
  {"items", ADMIN_OBJECTS, REQ, .shape = &review_item, .says = "by account and name"}, NEXT);
SHAPE(admin_decision, "Decision", "What a decision did",
  {"changed", ADMIN_INT, REQ, .says = "tools it was made for"});
SHAPE(admin_refresh, "Refresh", "What reading an account's tools anew came to",
  {"tools", ADMIN_INT, REQ, .says = "it has"},
  {"served", ADMIN_INT, REQ, .says = "servers may show"},
  {"review", ADMIN_INT, REQ, .says = "wait for a review"},
  {"denied", ADMIN_INT, REQ, .says = "are held back"},
  {"dropped", ADMIN_INT, REQ, .says = "cannot be used as the vendor defines them; the review says why"},
  {"changed", ADMIN_BOOL, REQ, .says = "since it was read before"});
INNER(rate_info, "RateLimit", "What the vendor said about its rate limit",
  {"limit", ADMIN_INT, NIL, .says = "requests in the window"},
  {"remaining", ADMIN_INT, NIL, .says = "requests left"},
  {"reset_s", ADMIN_INT, NIL, .says = "seconds to the next window"},
  {"retry_after_s", ADMIN_INT, NIL, .says = "seconds to wait"});
SHAPE(admin_call_result, "ToolResult", "What came of a call; a vendor's refusal is a result too, with is_error",
  {"outcome", ADMIN_WORD, REQ, .allowed = "ok|invalid|denied|upstream_error|rate_limited|failed|canceled|input_required|needs_authorising", .says = "as in the audit log"},
  {"is_error", ADMIN_BOOL, REQ, .says = "as MCP's isError"},
  {"content", ADMIN_OBJECTS, REQ, .says = "MCP content blocks"},
  {"result", ADMIN_OBJECT, NIL, .says = "the whole result of a vendor's MCP server"},
  {"link", ADMIN_TEXT, NIL, .says = "where a person has to authorize the account first"},
  {"rate_limit", ADMIN_OBJECT, NIL, .shape = &rate_info, .says = "where the vendor gave any"});

INNER(server_member, "ServerAccount", "An account of a server",
  {"id", ADMIN_TEXT, REQ, .says = "acc_…"},
  {"name", ADMIN_TEXT, NIL, .says = "null: it cannot be used at present"},
  {"alias", ADMIN_TEXT, REQ, .says = "goes before the names of its tools; empty on a server made over one account"});
INNER(server_fence_value, "ServerFenceValue", "A value that a server is held to",
  {"id", ADMIN_TEXT, REQ, .says = "what calls hold"},
  {"name", ADMIN_TEXT, NIL, .says = "what the vendor called it when the fence was set; null: not known"});
INNER(server_fence, "ServerFence", "What the tools of one account are held to",
  {"account", ADMIN_TEXT, REQ, .says = "its alias, or its name"},
  {"key", ADMIN_TEXT, REQ, .says = "as the connector calls it: zone_id"},
  {"values", ADMIN_OBJECTS, REQ, .shape = &server_fence_value, .says = "at least one"});
#define SERVER_BODY                                                                            \
  {"id", ADMIN_TEXT, REQ, .says = "srv_…"},                                                    \
  {"name", ADMIN_TEXT, REQ, .says = "for people"},                                             \
  {"account_id", ADMIN_TEXT, NIL, .says = "of the (first) account whose tools it shows; null: of those there were, none is granted to you now"}, \
  {"accounts", ADMIN_OBJECTS, REQ, .shape = &server_member, .says = "all of them; an editor is told of those that are granted to her"}, \
  {"share", ADMIN_BOOL, REQ, .says = "accounts of one connector share their tools"},           \
  {"config", ADMIN_OBJECT, REQ, .shape = &filter, .says = "which tools it shows"},             \
  {"fence", ADMIN_OBJECTS, REQ, .shape = &server_fence, .says = "its fence, with names; empty: none"}, \
  {"owner", ADMIN_TEXT, NIL, .says = "id of the editor that made it, to whose grants it is held; null: administrators made it"}, \
  {"owner_name", ADMIN_TEXT, NIL, .says = "null: the owner is no more, or there is none"},     \
  {"held", ADMIN_TEXT, NIL, .says = "what its owner's grants keep it from, in words; null: nothing"}, \
  {"slug", ADMIN_TEXT, NIL, .says = "of the address at which people sign in; null: nobody does"}, \
  {"sign_in_url", ADMIN_TEXT, NIL, .says = "that address, for an AI client; it is no secret"}, \
  {"sign_in", ADMIN_OBJECT, REQ, .shape = &admission, .says = "who may sign in there, people by name"}, \
  {"tool_count", ADMIN_INT, REQ, .says = "tools it shows now"},                                \
  {"expires_at", ADMIN_TIME, NIL, .says = "null: never"},                                      \
  {"last_used_at", ADMIN_TIME, NIL, .says = "of the last call that the audit has; null: none"}, \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                         \
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
SHAPE(admin_server, "Server", "A scoped MCP server; its URL is not shown again", SERVER_BODY);
SHAPE(admin_onward, "Onward", "Where the browser goes on to",
  {"url", ADMIN_TEXT, REQ, .says = "at the vendor"});
SHAPE(admin_server_url, "ServerWithUrl", "A scoped MCP server with its URL, which is shown this once",
  SERVER_BODY,
  {"url", ADMIN_TEXT, REQ, .says = "for an MCP client; whoever has it may use the server"});
SHAPE(admin_server_list, "ServerList", "A page of servers",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_server, .says = "oldest first"}, NEXT);

INNER(preview_tool, "ServerPreviewTool", "A tool that a server would show",
  {"name", ADMIN_TEXT, REQ, .says = "as clients would see it"},
  {"title", ADMIN_TEXT, NIL, .says = "for people"},
  {"class", ADMIN_WORD, REQ, .allowed = "list|get|create|update|delete|custom", .says = "what it does"},
  {"read_only", ADMIN_BOOL, REQ, .says = "passes a filter by the method read"},
  {"account_id", ADMIN_TEXT, REQ, .says = "of the (first) account that it is of"});
INNER(preview_tag, "ServerPreviewTag", "A tag of tools that may be served",
  {"name", ADMIN_TEXT, REQ, .says = "for a filter"},
  {"tools", ADMIN_INT, REQ, .says = "that have it, whatever the filter"});
SHAPE(admin_server_preview, "ServerPreview", "What a server would show",
  {"tools", ADMIN_OBJECTS, REQ, .shape = &preview_tool, .says = "by name"},
  {"tool_count", ADMIN_INT, REQ, .says = "how many"},
  {"read_count", ADMIN_INT, REQ, .says = "of them those that only read"},
  {"bytes", ADMIN_INT, REQ, .says = "of their definitions, where all are listed"},
  {"tags", ADMIN_OBJECTS, REQ, .shape = &preview_tag, .says = "to choose from, by name"});

#define URL_BODY                                                                              \
  {"name", ADMIN_TEXT, REQ, .says = "first: the one that was made with the server"},           \
  {"last_used_at", ADMIN_TIME, NIL, .says = "of the last request that came by it; null: none"}, \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
INNER(server_url, "Url", "A URL of a server, without its token", URL_BODY);
SHAPE(admin_url_secret, "UrlWithText", "A URL of a server with its text, which is shown this once",
  URL_BODY,
  {"url", ADMIN_TEXT, REQ, .says = "for an MCP client; whoever has it may use the server"});
SHAPE(admin_url_list, "UrlList", "The URLs of a server",
  {"items", ADMIN_OBJECTS, REQ, .shape = &server_url, .says = "the first, then by name"});

#define TOKEN_BODY                                                              \
  {"id", ADMIN_TEXT, REQ, .says = "tok_…"},                                     \
  {"name", ADMIN_TEXT, REQ, .says = "for people"},                              \
  {"role", ADMIN_WORD, REQ, .allowed = "admin|editor|viewer|client", .says = "what it may"},  \
  {"expires_at", ADMIN_TIME, NIL, .says = "null: never"},                       \
  {"last_used_at", ADMIN_TIME, NIL, .says = "of the last request that had it; null: none"}, \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
SHAPE(admin_token, "Token", "An API token; its text is not shown again", TOKEN_BODY);
SHAPE(admin_token_secret, "TokenWithText", "An API token with its text, which is shown this once",
  TOKEN_BODY,
  {"token", ADMIN_TEXT, REQ, .says = "for Authorization: Bearer"});
SHAPE(admin_token_list, "TokenList", "A page of API tokens",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_token, .says = "oldest first"}, NEXT);
SHAPE(admin_identity, "Identity", "Who asks: an API token, or a person who signed in to the console, whose session expires_at and last_used_at are of",
  {"kind", ADMIN_WORD, REQ, .allowed = "token|user", .says = "which of them"},
  TOKEN_BODY,
  {"has_password", ADMIN_BOOL, REQ, .says = "of a person: signs in by one as well"},
  {"grants", ADMIN_OBJECTS, REQ, .shape = &admin_own_grant, .says = "of an editor: the accounts there are; of others none, as they need none"},
  {"may", ADMIN_TEXTS, REQ, .says = "the routes that your role may call, by operationId"});

INNER(audit_entry, "AuditEntry", "One thing that was done",
  {"id", ADMIN_TEXT, REQ, .says = "aud_…; sorts by time"},
  {"at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"actor", ADMIN_TEXT, NIL, .says = "id of an API token, client:NAME of an MCP client, or local:uid N of who made a token on the machine"},
  {"actor_name", ADMIN_TEXT, NIL, .says = "the API token's or the person's name then"},
  {"client", ADMIN_TEXT, NIL, .says = "what the MCP client calls itself, which proves nothing"},
  {"client_id", ADMIN_TEXT, NIL, .says = "of a person who signed in from an AI client: the client, as it registered"},
  {"sign_in", ADMIN_TEXT, NIL, .says = "likewise: by which sign-in, sgn_…"},
  {"address", ADMIN_TEXT, NIL, .says = "the client's IP address, behind trusted proxies the one that they name"},
  {"action", ADMIN_TEXT, REQ, .says = "tools/call, account.create, access.refuse, …"},
  {"server_id", ADMIN_TEXT, NIL, .says = "through which server"},
  {"server_name", ADMIN_TEXT, NIL, .says = "its name then"},
  {"url", ADMIN_TEXT, NIL, .says = "name of the server's URL that it came by"},
  {"account_id", ADMIN_TEXT, NIL, .says = "on which account"},
  {"account_name", ADMIN_TEXT, NIL, .says = "its name then"},
  {"tool", ADMIN_TEXT, NIL, .says = "which tool"},
  {"arguments", ADMIN_OBJECT, NIL, .says = "shape of the arguments"},
  {"values", ADMIN_OBJECT, NIL, .says = "the arguments; null unless values=1 asks for them and the server has them recorded"},
  {"outcome", ADMIN_TEXT, REQ, .says = "ok, or what went wrong"},
  {"status", ADMIN_INT, NIL, .says = "HTTP status, of the vendor for a tool call"},
  {"elapsed_us", ADMIN_INT, REQ, .says = "microseconds it took; of several alike, from the first to the last"},
  {"count", ADMIN_INT, REQ, .says = "of refused requests and opened links, so many alike; else 1"},
  {"request_id", ADMIN_TEXT, NIL, .says = "as it stands in the log"},
  {"detail", ADMIN_TEXT, NIL, .says = "more, in words"});
SHAPE(admin_audit_list, "AuditList", "A page of the audit log",
  {"items", ADMIN_OBJECTS, REQ, .shape = &audit_entry, .says = "newest first"}, NEXT);

SHAPE(admin_key_report, "KeyReport", "What a rotation did",
  {"key", ADMIN_TEXT, REQ, .says = "id of the new key"},
  {"resealed", ADMIN_INT, REQ, .says = "credentials sealed with it"});
