// SPDX-License-Identifier: Apache-2.0
// table: every setting, once. It declares the members of struct settings, is what files, environment
// and flags are read by, and is printed as `postern config --explain` and docs/settings.md.
// name, kind, default, allowed (least..most, or choices), flags, help. In a default, {data_dir} is that
// setting, and {share} the working directory where it has a folder "connectors", else the checkout that the program was
// built in, else the installed share/postern.
#ifndef POSTERN_SETTINGS_TABLE_H
#define POSTERN_SETTINGS_TABLE_H

// clang-format off
#define SETTINGS(X) \
  X(listen, TEXT, "127.0.0.1:8080", "", 0, "Address and port to listen on; [::1]:8080 for IPv6, a port alone for 127.0.0.1") \
  X(public_url, URL, "", "", 0, "The address by which clients reach this program; the URLs of servers begin with it. Empty: that of listen") \
  X(node_listen, TEXT, "", "", 0, "Address and port on which other nodes on the same database reach this one (docs/nodes.md); empty: they cannot") \
  X(node_url, URL, "", "", 0, "The address by which other nodes reach node_listen, as http://HOST:PORT; empty: they cannot") \
  X(data_dir, TEXT, "postern-data", "", 0, "Folder of the database and the key file; under systemd its state directory") \
  X(store, TEXT, "sqlite:{data_dir}/postern.db", "", SETTING_PASSWORD, "The database, as sqlite:PATH, or as postgres://USER@HOST:PORT/DATABASE?sslmode=… (docs/postgres.md)") \
  X(store_away_most, DURATION, "0s", "0s..24h", SETTING_RELOAD, "On PostgreSQL: how long AI clients are answered from memory while the database cannot say what other nodes have changed, revoked URLs among it; 0s: without end") \
  X(key_file, TEXT, "{data_dir}/postern.key", "", 0, "File of the keys that credentials are sealed with; made at the first start, with mode 0600") \
  X(key, TEXT, "", "", SETTING_SECRET | SETTING_ENVIRONMENT, "The keys themselves, written as in a key file; then no key file is used") \
  X(connectors_dir, TEXT, "{share}/connectors", "", 0, "Folder of the connectors that ship with the program") \
  X(loops, COUNT, "0", "0..256", 0, "Event loops, each on a thread of its own; 0: one per core") \
  X(pool_threads, COUNT, "4", "1..64", 0, "Threads for work that blocks: database, compiling, password hashes") \
  X(log_level, TEXT, "info", "debug|info|warn|error", SETTING_RELOAD, "The least serious events that are logged") \
  X(log_format, TEXT, "text", "text|json", SETTING_RELOAD, "Form of log lines on standard error") \
  X(tls_cert, TEXT, "", "", SETTING_RELOAD, "PEM file of the certificate chain; with tls_key it serves HTTPS") \
  X(tls_key, TEXT, "", "", SETTING_RELOAD, "PEM file of the certificate's private key") \
  X(allow_plain, BOOL, "false", "", 0, \
    "Serve plain HTTP on other addresses than loopback; a proxy in front does TLS") \
  X(trusted_proxies, LIST, "", "", SETTING_RELOAD, "Addresses (CIDR) whose X-Forwarded-For and -Proto headers are believed") \
  X(hosts, LIST, "", "", SETTING_RELOAD, \
    "Names in the Host header that are served, beside loopback, listen and public_url") \
  X(allowed_origins, LIST, "", "", SETTING_RELOAD, "Origins of browser pages that may call, beside public_url's") \
  X(header_timeout, DURATION, "10s", "100ms..10m", 0, "How long a client may take to send the head of a request") \
  X(body_timeout, DURATION, "30s", "100ms..1h", 0, "How long a client may take to send the body of a request") \
  X(write_timeout, DURATION, "30s", "100ms..1h", 0, "How long a client may read nothing of a reply before it is cut off") \
  X(idle_timeout, DURATION, "75s", "1s..1h", 0, "How long a connection is kept open without a request") \
  X(call_timeout, DURATION, "2m", "1s..1h", SETTING_RELOAD, \
    "How long a request may take from its head to its answer; streams are exempt") \
  X(heartbeat, DURATION, "15s", "1s..10m", 0, "Time between the comments that keep an idle stream open") \
  X(drain_delay, DURATION, "0s", "0s..10m", 0, \
    "How long after SIGTERM all goes on, but for /readyz, which is 503: for a balancer that leaves out who is not ready") \
  X(drain_timeout, DURATION, "25s", "0s..1h", 0, "How long running requests may go on after SIGTERM") \
  X(max_header_bytes, BYTES, "16KiB", "1KiB..1MiB", 0, "Largest head of a request") \
  X(max_body_bytes, BYTES, "16MiB", "1KiB..256MiB", 0, "Largest body of a request; the document of an import goes in one") \
  X(downstream_memory, BYTES, "256MiB", "1MiB..64GiB", 0, \
    "Memory for bodies of requests and for replies that clients have not read yet, of all clients together. One address gets at most 4/5 of it") \
  X(max_connections, COUNT, "10000", "1..1000000", 0, "Client connections open at once") \
  X(max_connections_per_address, COUNT, "1000", "1..1000000", 0, \
    "Connections open at once from one client address; trusted proxies are exempt") \
  X(max_pipeline, COUNT, "16", "1..1024", 0, \
    "Requests that a connection may send before earlier ones are answered") \
  X(max_fibers, COUNT, "1024", "1..65536", 0, \
    "Requests and other work in progress on one loop; what comes on top is answered 503. Each client and account gets a share of it") \
  X(json_depth, COUNT, "64", "8..512", 0, "How deep the JSON of a request may be nested") \
  X(json_nodes, COUNT, "200000", "1000..10000000", 0, "How many values the JSON of a request may have") \
  X(tool_schema_bytes, BYTES, "24KiB", "1KiB..1MiB", 0, \
    "Largest input schema of one tool; the deeper parts of a larger one are folded when it is compiled") \
  X(result_bytes, BYTES, "256KiB", "1KiB..64MiB", SETTING_RELOAD, \
    "Largest result of one tool call; of a larger one whole rows are left out") \
  X(result_budget, COUNT, "8000", "0..1000000", SETTING_RELOAD, \
    "Characters of a result that postern_read gives whole; of a larger one a sketch and, with programs, a handle. 0: any") \
  X(destroy_asks, BOOL, "true", "", SETTING_RELOAD, \
    "Tell clients that postern_destroy is to ask a person at every call; some then refuse it where nobody can answer") \
  X(programs_default, BOOL, "true", "", SETTING_RELOAD, \
    "New servers show postern_run_program, where they do not say; --programs and --no-programs do") \
  X(program_calls, COUNT, "200", "1..100000", SETTING_RELOAD, "Calls that one answer program makes") \
  X(program_fan_out, COUNT, "100", "1..100000", SETTING_RELOAD, \
    "Calls that one for_each of a program makes for each account") \
  X(program_parallel, COUNT, "8", "1..256", SETTING_RELOAD, "Calls of one program side by side") \
  X(program_parallel_account, COUNT, "4", "1..256", SETTING_RELOAD, "Of these, to one account") \
  X(program_pages, COUNT, "100", "1..100000", SETTING_RELOAD, \
    "Pages that one call of a program reads, where the program does not say") \
  X(program_time, DURATION, "2m", "1s..1h", SETTING_RELOAD, "For one program to work, in all") \
  X(program_turn, DURATION, "45s", "1s..10m", SETTING_RELOAD, \
    "For one call of postern_run_program, postern_ask or a published program: what was read by then is told, and another call goes on") \
  X(program_wait, DURATION, "60s", "0s..1h", SETTING_RELOAD, \
    "That a program waits for a vendor's rate limit, where whoever asked waits too") \
  X(program_cache, DURATION, "30s", "0s..1h", SETTING_RELOAD, \
    "How old an answer may be that a program is given without asking the vendor again; 0s: it always asks") \
  X(program_cache_memory, BYTES, "32MiB", "0B..16GiB", SETTING_RELOAD, "Answers kept for that, of all programs together") \
  X(program_memory, BYTES, "192MiB", "1MiB..16GiB", SETTING_RELOAD, "Tables of one program, and its queries at work") \
  X(program_rows, COUNT, "200000", "1..100000000", SETTING_RELOAD, "Rows of one table of a program") \
  X(program_columns, COUNT, "250", "1..900", SETTING_RELOAD, "Columns of one table of a program") \
  X(program_result_rows, COUNT, "10000", "1..10000000", SETTING_RELOAD, "Rows of one result of a program") \
  X(program_query_time, DURATION, "5s", "10ms..10m", SETTING_RELOAD, "For one query of a program") \
  X(zone, TEXT, "UTC", "", SETTING_RELOAD, "Time zone (IANA) of days and buckets where a program names none") \
  X(approval_wait, DURATION, "45s", "0s..10m", SETTING_RELOAD, "For how long a call that needs a second person's approval keeps its client waiting before it is told to come back") \
  X(approval_lives, DURATION, "1h", "10s..7d", SETTING_RELOAD, "For how long such a call may be approved, and after that may be made") \
  X(approval_by_token, BOOL, "false", "", SETTING_RELOAD, "API tokens may approve calls too, not only people who signed in; whoever holds two tokens approves her own calls") \
  X(person_calls_per_minute, COUNT, "0", "0..1000000", SETTING_RELOAD, "Calls that one person may make over all servers in any sixty seconds; 0: any number") \
  X(person_writes_per_day, COUNT, "0", "0..1000000", SETTING_RELOAD, "Calls of tools that do more than read that one person may make over all servers in a day of zone; 0: any number") \
  X(week_start, TEXT, "monday", "monday|sunday|saturday", SETTING_RELOAD, "First day of the week") \
  X(ask_engine, TEXT, "", "", SETTING_RELOAD, "Engine that writes the programs of questions where none is named: planner, or a language model of 'postern engine list'. Empty: the default of that list") \
  X(ask_llm_sees, TEXT, "schema", "schema|sample|rows", SETTING_RELOAD, \
    "What a language model sees of what was read from vendors: names and types of columns; 20 rows as well; or all rows") \
  X(list_page, COUNT, "500", "1..5000", SETTING_RELOAD, "Tools on one page of tools/list") \
  X(upstream_connect_timeout, DURATION, "5s", "100ms..5m", SETTING_RELOAD, \
    "How long it may take to connect to a vendor, TLS included") \
  X(upstream_first_byte_timeout, DURATION, "30s", "100ms..1h", SETTING_RELOAD, \
    "How long a vendor may take until the first byte of its answer") \
  X(upstream_timeout, DURATION, "90s", "100ms..1h", SETTING_RELOAD, "How long a vendor's whole answer may take") \
  X(upstream_stall_timeout, DURATION, "15s", "100ms..1h", SETTING_RELOAD, "How long a vendor's answer may pause once it has begun") \
  X(upstream_body_bytes, BYTES, "32MiB", "1KiB..1GiB", SETTING_RELOAD, "Largest answer of a vendor, decompressed") \
  X(upstream_memory, BYTES, "256MiB", "1MiB..64GiB", 0, \
    "Memory for vendors' answers, of all accounts together. One account gets at most half of it, and less where others need it too") \
  X(upstream_allow, LIST, "", "", 0, \
    "Private addresses (CIDR) at which vendors may be reached; all other private ones are refused") \
  X(upstream_origins, LIST, "", "", 0, \
    "Where else than at its account an operation may be called with the credential, such as " \
    "https://upload.example.com, and client credentials shown to a token endpoint, if the document says so") \
  X(upstream_ca, TEXT, "", "", 0, \
    "PEM file of certificate authorities to trust for vendors, beside the system's") \
  X(upstream_proxy, URL, "", "", 0, \
    "Proxy by which vendors are reached, as http://proxy.example.com:3128, https:// too. Empty: directly; " \
    "what the environment says (https_proxy, no_proxy) does not count") \
  X(upstream_proxy_credentials, TEXT, "", "", 0, "File with the proxy's user:password in one line, mode 0600") \
  X(upstream_no_proxy, LIST, "", "", 0, \
    "Vendors reached without the proxy: api.example.com; .example.com for all names below it; 10.1.0.0/16 for " \
    "hosts that are addresses") \
  X(upstream_sessions, COUNT, "2000", "1..1000000", 0, \
    "Sessions that one account may hold at its vendor's MCP server, where that keeps sessions") \
  X(remote_refresh, DURATION, "10m", "1s..24h", 0, \
    "How often the tools of a vendor's MCP server are read again; a change that the vendor announces is read at once") \
  X(upstream_session_idle, DURATION, "10m", "1s..24h", 0, "How long such a session is kept without a call") \
  X(audit_retention, DURATION, "90d", "0s..3650d", SETTING_RELOAD, "Age at which audit rows are deleted; 0s keeps all") \
  X(audit_spool, TEXT, "{data_dir}/audit.spool", "", 0, "File in which audit rows wait while the database takes none; on another disk it helps where that of SQLite is full") \
  X(audit_spool_bytes, BYTES, "256MiB", "0B..64GiB", 0, "How large that file may become; 0B: there is none, and rows wait in memory") \
  X(audit_journal_bytes, BYTES, "16MiB", "0B..256MiB", 0, "How large the file audit.journal in data_dir is, which has audit rows that wait in memory, so that a kill loses none; 0B: there is none") \
  X(audit_sinks, LIST, "", "", 0, "Where audit rows are handed on to as they are written: syslog+tls://HOST:PORT, syslog://HOST:PORT, otlp+https://HOST/v1/logs, otlp+http://HOST/v1/logs (docs/audit.md)") \
  X(audit_sink_allow, LIST, "", "", 0, "Private addresses (CIDR) at which these may be reached; all other private ones are refused") \
  X(audit_sink_header, TEXT, "", "", 0, "File with a header for the HTTP ones of them, as Authorization: Bearer …, in one line, mode 0600") \
  X(answers_keep, DURATION, "90d", "0s..3650d", SETTING_RELOAD, "Age at which answers are deleted; 0s keeps all, as far as there is room") \
  X(webhook_events_keep, DURATION, "90d", "0s..3650d", SETTING_RELOAD, "Age at which events of conditions on tiles are deleted; 0s keeps them, up to 500 of each") \
  X(webhook_timeout, DURATION, "10s", "100ms..5m", SETTING_RELOAD, "How long a webhook may take to answer; upstream_allow says which addresses inside may be told") \
  X(webhook_retry, DURATION, "24h", "1s..30d", SETTING_RELOAD, "For how long an event is tried again where its webhook does not take it") \
  X(session_idle, DURATION, "12h", "1m..365d", SETTING_RELOAD, "How long a person stays signed in to the console without using it") \
  X(session_age, DURATION, "7d", "5m..365d", SETTING_RELOAD, "How long a person stays signed in to the console at most") \
  X(groups_age, DURATION, "7d", "5m..365d", SETTING_RELOAD, "How long the word of a company's identity provider on a person holds: that she is there, her groups, her role; after that she signs in anew") \
  X(sign_in_token, DURATION, "1h", "1m..24h", SETTING_RELOAD, "How long an access token lives that an AI client was given by a person's sign-in") \
  X(sign_in_idle, DURATION, "30d", "10m..365d", SETTING_RELOAD, "How long such a sign-in lasts without being renewed, which its client does by itself") \
  X(sign_in_age, DURATION, "90d", "10m..3650d", SETTING_RELOAD, "How long such a sign-in lasts at most") \
  X(sign_in_clients, COUNT, "1000", "1..100000", SETTING_RELOAD, "AI clients that may be registered at once") \
  X(sign_in_registrations, COUNT, "60", "1..100000", SETTING_RELOAD, "AI clients that may register from one address within a minute; the others are told to wait") \
  X(sign_in_clients_keep, DURATION, "90d", "1h..3650d", SETTING_RELOAD, "How long a registered AI client is kept that nobody lets in") \
  X(metrics_token, TEXT, "", "", SETTING_SECRET | SETTING_RELOAD, \
    "Bearer token for /metrics. Empty: loopback only, or an admin token")
// clang-format on

#endif
