// SPDX-License-Identifier: Apache-2.0
// document: AI clients that are known by the address of a document of their own (client ID metadata documents, as MCP
// 2025-11-25 and 2026-07-28 have them). What it says is the client's word. Fetched past the address guard, without
// redirects, small and quick, and only for a person who has signed in; the last good copy is kept as the client's row.
// Example:
//   if (authority_document_is_id(id) && !authority_document_fetch(guard, id, arena, &client, &err)) …
#ifndef POSTERN_AUTHORITY_DOCUMENT_H
#define POSTERN_AUTHORITY_DOCUMENT_H

#include "authority/client.h"
#include "http/guard.h"

enum {
  DOCUMENT_ID_MOST = 512,
  DOCUMENT_BYTES = 64 * 1024,
  DOCUMENT_MS = 5000,
  DOCUMENT_FRESH_MS = 3600 * 1000
};

// An https URL with a path, and nothing that could be read in two ways.
bool authority_document_is_id(struct str id);
// What a document at this address says. Pure, but for the clock. ERR_UNPROCESSABLE: it is none, or another's.
MUST_USE bool authority_document_read(struct str text, struct str id, struct arena *a,
                                      struct authority_client *out, struct err *err);
// ERR_UNPROCESSABLE: what is there is no such document, or another's; else as fetch_url says.
MUST_USE bool authority_document_fetch(const struct http_guard *guard, struct str id, struct arena *a,
                                       struct authority_client *out, struct err *err) SUSPENDS;

#endif
