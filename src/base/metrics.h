// SPDX-License-Identifier: Apache-2.0
// metrics: counters, gauges and histograms, one table, printed for Prometheus. Any thread; a
// count is one relaxed atomic add. The table below is the list that the manual prints. Example:
//   metrics_add(METRIC_TOOL_CALLS_OK, 1);
//   metrics_observe_us(METRIC_UPSTREAM_SECONDS, elapsed_us);
#ifndef POSTERN_BASE_METRICS_H
#define POSTERN_BASE_METRICS_H

#include "base/buf.h"

// id, kind (counter, gauge, histogram), name, labels, help
#define METRICS(X)                                                                                           \
  X(HTTP_REQUESTS_2XX, counter, "postern_http_requests_total", "status=\"2xx\"", "HTTP requests answered")   \
  X(HTTP_REQUESTS_3XX, counter, "postern_http_requests_total", "status=\"3xx\"", "HTTP requests answered")   \
  X(HTTP_REQUESTS_4XX, counter, "postern_http_requests_total", "status=\"4xx\"", "HTTP requests answered")   \
  X(HTTP_REQUESTS_5XX, counter, "postern_http_requests_total", "status=\"5xx\"", "HTTP requests answered")   \
  X(HTTP_REFUSED, counter, "postern_http_refused_total", "",                                                 \
    "Connections refused or closed by a limit or a parse error")                                             \
  X(HTTP_ACCEPT_FAILED, counter, "postern_http_accept_failures_total", "",                                   \
    "Times that no connection could be accepted, for lack of descriptors or memory")                         \
  X(HTTP_CONNECTIONS, gauge, "postern_http_connections", "", "Open downstream connections")                  \
  X(HTTP_STREAMS, gauge, "postern_http_streams", "", "Open event streams")                                   \
  X(HTTP_SECONDS, histogram, "postern_http_request_seconds", "", "Time to answer a request")                 \
  X(TOOL_CALLS_OK, counter, "postern_tool_calls_total", "outcome=\"ok\"", "Tool calls by outcome")           \
  X(TOOL_CALLS_INVALID, counter, "postern_tool_calls_total", "outcome=\"invalid\"", "Tool calls by outcome") \
  X(TOOL_CALLS_DENIED, counter, "postern_tool_calls_total", "outcome=\"denied\"", "Tool calls by outcome")   \
  X(TOOL_CALLS_UPSTREAM, counter, "postern_tool_calls_total", "outcome=\"upstream_error\"",                  \
    "Tool calls by outcome")                                                                                 \
  X(TOOL_CALLS_LIMITED, counter, "postern_tool_calls_total", "outcome=\"rate_limited\"",                     \
    "Tool calls by outcome")                                                                                 \
  X(TOOL_CALLS_FAILED, counter, "postern_tool_calls_total", "outcome=\"failed\"", "Tool calls by outcome")   \
  X(TOOL_CALLS_CANCELED, counter, "postern_tool_calls_total", "outcome=\"canceled\"",                        \
    "Tool calls by outcome")                                                                                 \
  X(UPSTREAM_SECONDS, histogram, "postern_upstream_seconds", "", "Time of one upstream request")             \
  X(UPSTREAM_CONNECTIONS, counter, "postern_upstream_connections_total", "", "Upstream connections opened")  \
  X(UPSTREAM_BLOCKED, counter, "postern_upstream_blocked_total", "",                                         \
    "Upstream connections refused by the address guard")                                                     \
  X(MCP_SESSIONS, gauge, "postern_upstream_sessions", "", "Legacy sessions with remote MCP servers")         \
  X(MCP_SESSIONS_OPENED, counter, "postern_upstream_sessions_opened_total", "",                              \
    "Legacy sessions initialized with remote MCP servers")                                                   \
  X(MCP_SESSIONS_REMADE, counter, "postern_upstream_sessions_remade_total", "",                              \
    "Legacy sessions made anew because the server had forgotten them or they had been closed")               \
  X(MCP_SESSIONS_IDLED, counter, "postern_upstream_sessions_idle_total", "",                                 \
    "Legacy sessions closed because nobody used them for a while")                                           \
  X(MCP_SESSIONS_EVICTED, counter, "postern_upstream_sessions_evicted_total", "",                            \
    "Legacy sessions closed because others needed their place")                                              \
  X(MCP_FEEDS, gauge, "postern_upstream_feeds", "", "Streams of news from remote MCP servers")               \
  X(FIBERS, gauge, "postern_fibers", "", "Fibers in use")                                                    \
  X(FIBERS_POOLED, gauge, "postern_fiber_stacks", "", "Fiber stacks held, in use or not")                    \
  X(FIBERS_REFUSED_ADDRESS, counter, "postern_fibers_refused_total", "share=\"address\"",                    \
    "Work refused because a client address, a principal or an account has its share of fibers in use")       \
  X(FIBERS_REFUSED_PRINCIPAL, counter, "postern_fibers_refused_total", "share=\"principal\"",                \
    "Work refused because a client address, a principal or an account has its share of fibers in use")       \
  X(FIBERS_REFUSED_ACCOUNT, counter, "postern_fibers_refused_total", "share=\"account\"",                    \
    "Work refused because a client address, a principal or an account has its share of fibers in use")       \
  X(UPSTREAM_HELD, gauge, "postern_upstream_held_bytes", "", "Bytes held for vendors' answers")              \
  X(UPSTREAM_STARVED, counter, "postern_memory_refused_total", "for=\"upstream\"",                           \
    "Times that upstream_memory or downstream_memory had no more to give")                                   \
  X(CLIENTS_STARVED, counter, "postern_memory_refused_total", "for=\"clients\"",                             \
    "Times that upstream_memory or downstream_memory had no more to give")                                   \
  X(CLIENTS_HELD, gauge, "postern_clients_held_bytes", "",                                                   \
    "Bytes held for clients: bodies of requests, and replies on their way")                                  \
  X(CACHE_HITS, counter, "postern_program_cache_hits_total", "",                                             \
    "Calls of programs that were answered by what had been read a moment before")                            \
  X(TILES, gauge, "postern_tiles", "", "Tiles on dashboards")                                                \
  X(TILES_QUEUED, gauge, "postern_tiles_queued", "", "Tiles that are to be run, or are running")             \
  X(TILES_OK, counter, "postern_tile_runs_total", "outcome=\"ok\"", "Runs of tiles by outcome")              \
  X(TILES_FAILED, counter, "postern_tile_runs_total", "outcome=\"failed\"", "Runs of tiles by outcome")      \
  X(TILES_WAITING, counter, "postern_tile_runs_total", "outcome=\"waiting\"", "Runs of tiles by outcome")    \
  X(WATCH_BEGAN, counter, "postern_watch_events_total", "event=\"began\"",                                   \
    "What conditions on tiles told of")                                                                      \
  X(WATCH_ENDED, counter, "postern_watch_events_total", "event=\"ended\"",                                   \
    "What conditions on tiles told of")                                                                      \
  X(WATCH_HAPPENED, counter, "postern_watch_events_total", "event=\"happened\"",                             \
    "What conditions on tiles told of")                                                                      \
  X(WEBHOOKS_OK, counter, "postern_webhooks_total", "outcome=\"ok\"", "Tries to tell webhooks by outcome")   \
  X(WEBHOOKS_FAILED, counter, "postern_webhooks_total", "outcome=\"failed\"",                                \
    "Tries to tell webhooks by outcome")                                                                     \
  X(WEBHOOKS_GIVEN_UP, counter, "postern_webhooks_given_up_total", "",                                       \
    "Events that no webhook took in all the time for it")                                                    \
  X(WEBHOOKS_WAITING, gauge, "postern_webhooks_waiting", "", "Events that are still to be told")             \
  X(FORWARD_ANSWERED, counter, "postern_forwarded_total", "outcome=\"answered\"",                            \
    "Requests passed on to the node that has what they speak of; away: answered here; broken: it ended "     \
    "first")                                                                                                 \
  X(FORWARD_AWAY, counter, "postern_forwarded_total", "outcome=\"away\"",                                    \
    "Requests passed on to the node that has what they speak of; away: answered here; broken: it ended "     \
    "first")                                                                                                 \
  X(FORWARD_BROKEN, counter, "postern_forwarded_total", "outcome=\"broken\"",                                \
    "Requests passed on to the node that has what they speak of; away: answered here; broken: it ended "     \
    "first")                                                                                                 \
  X(WITHHELD, gauge, "postern_withheld", "",                                                                 \
    "What other nodes have changed, this one cannot look at, and it therefore holds back")                   \
  X(POOL_QUEUED, gauge, "postern_pool_jobs", "", "Blocking jobs queued or running")                          \
  X(STORE_READY, gauge, "postern_store_ready", "", "1: the store took a row at the last try; 0: it did not") \
  X(AUDIT_WRITTEN, counter, "postern_audit_rows_total", "", "Audit rows written")                            \
  X(AUDIT_DROPPED, counter, "postern_audit_dropped_total", "",                                               \
    "Audit rows lost to a full queue or a failing store")                                                    \
  X(AUDIT_QUEUED, gauge, "postern_audit_queued", "", "Audit rows waiting to be written")                     \
  X(AUDIT_SPOOLED, gauge, "postern_audit_spooled", "",                                                       \
    "Audit rows that wait in a file because the store takes none")                                           \
  X(AUDIT_BARE, counter, "postern_audit_unjournaled_total", "",                                              \
    "Audit rows that waited in memory alone, since the journal was full or could not be written")            \
  X(AUDIT_SINK_SENT, counter, "postern_audit_sink_rows_total", "", "Audit rows that sinks were given")       \
  X(AUDIT_SINK_FAILED, counter, "postern_audit_sink_failures_total", "", "Tries of sinks that failed")       \
  X(AUDIT_SINK_LOST, counter, "postern_audit_sink_lost_total", "",                                           \
    "Audit rows that a sink did not get: they went by their age first, or its collector refuses them")       \
  X(AUDIT_SINK_LAG, gauge, "postern_audit_sink_lag_seconds", "",                                             \
    "Age of the oldest audit row that a sink still has to be given")                                         \
  X(HOUSE_ROUNDS, counter, "postern_housekeeping_rounds_total", "",                                          \
    "Rounds of what is done by itself: expired and old rows removed, tokens renewed")                        \
  X(CATALOG_TOOLS, gauge, "postern_catalog_tools", "", "Tools in the catalog")                               \
  X(CATALOG_SERVERS, gauge, "postern_catalog_servers", "", "Scoped servers in the catalog")                  \
  X(CATALOG_ACCOUNTS, gauge, "postern_catalog_accounts", "", "Accounts in the catalog")

enum metric {
#define X(id, kind, name, labels, help) METRIC_##id,
  METRICS(X)
#undef X
      METRIC_COUNT
};

void metrics_add(enum metric m, int64_t n); // counters and gauges
void metrics_set(enum metric m, int64_t v); // gauges
int64_t metrics_get(enum metric m);
void metrics_observe_us(enum metric m, uint64_t us); // histograms
// Prometheus text format 0.0.4, with the process's memory, descriptors, CPU time and start time.
void metrics_print(struct buf *out);

#endif
