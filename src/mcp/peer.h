// SPDX-License-Identifier: Apache-2.0
// peer: a remote MCP server as we know it: its address, who lends the credential, which eras it speaks
// (found out once, remembered with a date, checked again), and its pool of legacy sessions. Protocol only, no
// policy. Reference-counted; any thread and any loop. A session belongs to one peer and one principal, so
// credentials, accounts and people never share one. Example:
//   struct mcp_peer *p = mcp_peer_new(&(struct mcp_peer_options){.url = url, .auth = auth, …});
//   if (!mcp_peer_hello(p, &who, arena, &hello, err)) …         // capabilities, instructions
//   … mcp_call_open(p, &request, &call, err) …                  // mcp/client.h
//   mcp_peer_unref(p);
#ifndef POSTERN_MCP_PEER_H
#define POSTERN_MCP_PEER_H

#include <yyjson.h>

#include "crypto/redact.h"
#include "data/json.h"
#include "fetch/client.h"
#include "fetch/ratelimit.h"

// What a URL was found to speak (bits). A dual-era server is spoken to in the era of the request's origin.
enum mcp_speaks {
  MCP_SPEAKS_UNKNOWN = 0,
  MCP_SPEAKS_MODERN = 1,     // 2026-07-28
  MCP_SPEAKS_STREAMABLE = 2, // initialize over Streamable HTTP
  MCP_SPEAKS_SSE = 4,        // 2024-11-05 HTTP+SSE
};

struct mcp_verdict {
  unsigned speaks;
  int64_t at; // ms; older than MCP_VERDICT_MS it is found out anew before the next call
};
enum { MCP_VERDICT_MS = 24 * 3600 * 1000 };

// A vendor's refusal: 401, or 403; or by words alone that mean the token (mcp/refusal), with any status.
struct mcp_challenge {
  int status;
  bool by_words;
  struct str www_authenticate; // empty: it sent none
  struct str said;             // status and the vendor's own words, for people
};

// Who lends the credential. It lives in a layer above, hence a function pointer. `refused` NULL: the headers
// as they are now (refreshing first where that is due). Else the vendor refused what `out` holds: make new
// ones, or fail with ERR_UNAUTHENTICATED and what a person has to do; where the vendor's words alone say so,
// with anything else, and the vendor's own answer stands. Called again at most MCP_REFUSALS_MOST times a request.
struct mcp_auth {
  bool (*headers)(void *arg, const struct mcp_challenge *refused, struct arena *a, struct http_headers *out,
                  struct err *err) SUSPENDS;
  void (*ref)(void *arg), (*unref)(void *arg); // NULL: arg outlives the peer
  void *arg;
  // What the vendor may know and must not say to anybody, as of now; counted, for the asker. NULL: nothing.
  struct redact *(*hides)(void *arg);
};
enum { MCP_REFUSALS_MOST = 4 };

struct mcp_peer_options {
  struct str url;       // copied
  struct str holder;    // the account's id: whose its fibers and bytes are; copied. Empty: the URL's origin
  struct mcp_auth auth; // headers NULL: an open server
  const struct http_guard *guard;
  const struct fetch_limits *limits;      // of ordinary answers; streams have the same but total_ms
  struct json_limits json;                // of each message
  size_t message_bytes;                   // of one message
  size_t sessions_most;                   // legacy sessions at a time
  uint64_t session_idle_ms;               // after so long without a call a session is closed
  struct mcp_verdict verdict;             // as remembered; zero: find out
  struct str client_name, client_version; // what we call ourselves; copied
};

struct mcp_peer;
struct mcp_peer *mcp_peer_new(const struct mcp_peer_options *o);
struct mcp_peer *mcp_peer_ref(struct mcp_peer *p);
void mcp_peer_unref(struct mcp_peer *p); // the last one forgets the sessions without telling the vendor
// No more calls: those under way fail with ERR_MISSING at once, whatever they wait for; feeds stop; sessions
// are closed at the vendor (DELETE) in the background.
void mcp_peer_close(struct mcp_peer *p);
struct mcp_verdict mcp_peer_verdict(struct mcp_peer *p);

// Finds out what it speaks (mcp.md section 2: modern, initialize, HTTP+SSE), also where a verdict is there.
// UNAUTHENTICATED/DENIED: the vendor wants authorization. UPSTREAM and TIMEOUT are never a verdict.
MUST_USE bool mcp_peer_probe(struct mcp_peer *p, struct err *err) SUSPENDS;

enum mcp_era { MCP_MODERN, MCP_LEGACY };

// On whose behalf. Sessions are shared within one (principal, capabilities), never beyond.
struct mcp_who {
  struct str principal;    // opaque; who the downstream is
  struct str capabilities; // JSON object text: what the downstream declared, filtered by us; empty: {}
  enum mcp_era prefer;     // the downstream's era
};

struct mcp_hello { // what server/discover or initialize said; lives in `doc`
  yyjson_doc *doc; // the caller frees
  yyjson_val *capabilities, *server_info;
  struct str instructions;
  enum mcp_era era;
  struct str version; // negotiated
};
MUST_USE bool mcp_peer_hello(struct mcp_peer *p, const struct mcp_who *who, struct mcp_hello *out,
                             struct err *err) SUSPENDS;

// Closes idle sessions of this peer; from housekeeping, on a fiber.
void mcp_peer_tidy(struct mcp_peer *p) SUSPENDS;
// Ends the session of one principal (its client said DELETE, or expired).
void mcp_peer_leave(struct mcp_peer *p, struct str principal) SUSPENDS;
size_t mcp_peer_sessions(struct mcp_peer *p);

#endif
