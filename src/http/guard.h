// SPDX-License-Identifier: Apache-2.0
// guard: which addresses outbound calls may reach. Checked on the address itself, at connect time, so
// neither a name that resolves to a private address, nor decimal or IPv6-mapped spellings, nor a
// rebinding between check and use gets past. Pure but for parsing; immutable once made. Example:
//   struct http_guard *g; http_guard_new(allow, count, &g, err);
//   if (!http_guard_allows(g, (struct sockaddr *)&a)) …
#ifndef POSTERN_HTTP_GUARD_H
#define POSTERN_HTTP_GUARD_H

#include "base/err.h"
#include "base/str.h"

enum { HTTP_ADDRESS_MOST = 46 }; // an address as text, with its NUL

struct sockaddr;
struct http_guard;

// `allow`: CIDRs ("10.1.0.0/16", "::1/128") that the operator opens among the refused ones: private,
// loopback, link-local, metadata, multicast, unspecified, reserved, unassigned, and IPv4 ones inside IPv6
// forms (mapped, translated, 6to4, NAT64, Teredo, ISATAP).
MUST_USE bool http_guard_new(const struct str *allow, size_t count, struct http_guard **out, struct err *err);
void http_guard_free(struct http_guard *g);
bool http_guard_allows(const struct http_guard *g, const struct sockaddr *address); // NULL: nothing is opened
// The same of a host that somebody else resolves, a proxy: an address in any spelling, and names that mean one
// ("localhost"), are judged as that address, which `judged` then holds. Other names pass: what they lead to is
// not known here. False with an empty `judged`: neither a name nor an address, or one that can be read as
// several.
bool http_guard_allows_host(const struct http_guard *g, struct str host, char judged[HTTP_ADDRESS_MOST]);
// Equal for guards that open the same: what one of them has connected to, the other may use.
uint64_t http_guard_class(const struct http_guard *g);

// IPv4 as IPv6-mapped. A bare address is a range of one; bits behind the prefix are refused.
struct http_cidr {
  unsigned char bytes[16];
  unsigned prefix;
};
MUST_USE bool http_cidr_parse(struct str text, struct http_cidr *out, struct err *err);
bool http_cidr_contains(const struct http_cidr *c, const struct sockaddr *address);
// Host of a URL, an IPv6 address with or without its brackets. False: it is no address in its plain form.
struct sockaddr_storage;
bool http_host_address(struct str host, struct sockaddr_storage *out);
bool http_host_is_numeric(struct str host); // ends as an IPv4 address does: no name, in whatever spelling

#endif
