// SPDX-License-Identifier: Apache-2.0
// proxy: the one by which vendors are reached. One for the process, named at start; without it, and for the
// hosts that are to be reached directly, requests go straight to the vendor. An https vendor is reached through
// a tunnel (CONNECT), for an http vendor the proxy gets the request itself. Example:
//   struct proxy_choice choice = {.url = url, .direct = items, .direct_count = n};
//   if (!proxy_use(&choice, err)) return false;
#ifndef POSTERN_FETCH_PROXY_H
#define POSTERN_FETCH_PROXY_H

#include "base/err.h"
#include "crypto/secret.h"

struct proxy_choice {
  struct str url;           // http://host:port or https://host:port; empty: no proxy
  const char *credentials;  // file of one line "user:password", read by its owner alone; NULL: none
  const struct str *direct; // "host.example.com", ".example.com" (what is below it), "10.1.0.0/16" (of
  size_t direct_count;      // hosts that are addresses)
};

// Once, before any fetch. Errors name the setting, and never hold the URL or the credentials.
MUST_USE bool proxy_use(const struct proxy_choice *choice, struct err *err);
void proxy_drop(void); // after the last fetch; wipes

struct proxy {
  const char *url;                // for libcurl
  const char *name;               // "host:port", for errors
  struct secret *user, *password; // NULL: none are given
};
bool proxy_is_used(void);
// By which the host of a URL is reached; NULL: directly.
const struct proxy *proxy_of(struct str host);

#endif
