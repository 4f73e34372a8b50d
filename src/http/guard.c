// SPDX-License-Identifier: Apache-2.0
#include "http/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/map.h"
#include "base/mem.h"

enum { GUARD_ALLOW_MOST = 1000 };
_Static_assert(HTTP_ADDRESS_MOST == INET6_ADDRSTRLEN, "judged holds every address");
_Static_assert(sizeof(struct http_cidr) == 20, "http_guard_class hashes its bytes");

struct http_guard {
  struct http_cidr *allow;
  size_t count;
};

// Everything below is 16 bytes; an IPv4 address is its mapped form, ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
#define GUARD_V4(a, b, c, d, bits)                                                                           \
  { {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}, 96 + (bits) }

// Refused unless allowed: what the IANA special-purpose registries (RFC 6890) do not call globally reachable,
// and multicast.
static const struct http_cidr guard_refused[] = {
    GUARD_V4(0, 0, 0, 0, 8),       // "this network", RFC 791
    GUARD_V4(10, 0, 0, 0, 8),      // private, RFC 1918
    GUARD_V4(100, 64, 0, 0, 10),   // carrier NAT, RFC 6598
    GUARD_V4(127, 0, 0, 0, 8),     // loopback, RFC 1122
    GUARD_V4(169, 254, 0, 0, 16),  // link-local, RFC 3927; cloud metadata
    GUARD_V4(172, 16, 0, 0, 12),   // private
    GUARD_V4(192, 0, 0, 0, 24),    // protocol assignments, RFC 6890
    GUARD_V4(192, 0, 2, 0, 24),    // documentation, RFC 5737
    GUARD_V4(192, 88, 99, 0, 24),  // 6to4 relays, RFC 7526
    GUARD_V4(192, 168, 0, 0, 16),  // private
    GUARD_V4(198, 18, 0, 0, 15),   // benchmarking, RFC 2544
    GUARD_V4(198, 51, 100, 0, 24), // documentation
    GUARD_V4(203, 0, 113, 0, 24),  // documentation
    GUARD_V4(224, 0, 0, 0, 4),     // multicast, RFC 5771
    GUARD_V4(240, 0, 0, 0, 4),     // reserved, RFC 1112, and broadcast
    // IPv6 is assigned within 2000::/3 alone. Below it lie ::, ::1, 100::/64 (discard, RFC 6666),
    // 100:0:0:1::/64 (dummy, RFC 9780), and 64:ff9b:1::/48 (local NAT64, RFC 8215), where the IPv4 address
    // sits depends on the site's prefix length, so that whoever chooses the rest of the bits could show us
    // another one. Above it 5f00::/16 (segment routing, RFC 9602), fc00::/7 (unique local, RFC 4193),
    // fe80::/10 (link-local), fec0::/10 (site-local, RFC 3879) and ff00::/8 (multicast).
    {{0x00}, 3},
    {{0x40}, 2},
    {{0x80}, 1},
    {{0x20, 0x01, 0x00, 0x00}, 23}, // 2001::/23, protocol assignments, RFC 2928; 2001:2::/48, benchmarking
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, // 2001:db8::/32, documentation
    {{0x3f, 0xff}, 20},             // 3fff::/20, documentation, RFC 9637
};

// IPv6 forms that carry an IPv4 address, which is what gets judged in their place. Mapped ones need no row.
static const struct {
  struct http_cidr form;
  unsigned at;           // the IPv4 address's first byte
  unsigned char flipped; // each byte is stored XORed with it
} guard_carriers[] = {
    {{{0}, 96}, 12, 0},                         // ::a.b.c.d, deprecated, RFC 4291 §2.5.5.1
    {{{[8] = 0xff, [9] = 0xff}, 96}, 12, 0},    // ::ffff:0:a.b.c.d, translated, RFC 2765 §2.1
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12, 0},    // NAT64, RFC 6052
    {{{0x20, 0x02}, 16}, 2, 0},                 // 6to4, RFC 3056
    {{{0x20, 0x01, 0x00, 0x00}, 32}, 4, 0},     // Teredo, RFC 4380 §4: the server's address,
    {{{0x20, 0x01, 0x00, 0x00}, 32}, 12, 0xff}, // and the client's, inverted
};

#define GUARD_COUNT(table) (sizeof(table) / sizeof *(table))

static const struct http_cidr guard_mapped = GUARD_V4(0, 0, 0, 0, 0);

static bool guard_within(const struct http_cidr *c, const unsigned char address[16]) {
  // "::/0" is about IPv6: it opens no IPv4 address.
  if (c->prefix < 96 && memcmp(address, guard_mapped.bytes, 12) == 0) return false;
  unsigned whole = c->prefix / 8, rest = c->prefix % 8;
  if (memcmp(c->bytes, address, whole) != 0) return false;
  if (rest == 0) return true;
  return ((c->bytes[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

static void guard_map_v4(const void *v4, unsigned char out[16]) {
  memset(out, 0, 10);
  memset(out + 10, 0xff, 2);
  memcpy(out + 12, v4, 4);
}

// False for every family but IPv4 and IPv6.
static bool guard_bytes(const struct sockaddr *address, unsigned char out[16]) {
  switch (address->sa_family) {
  case AF_INET:
    guard_map_v4(&((const struct sockaddr_in *)(const void *)address)->sin_addr, out);
    return true;
  case AF_INET6:
    memcpy(out, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    return true;
  default:
    return false;
  }
}

static bool guard_find(const struct http_cidr *table, size_t count, const unsigned char address[16]) {
  for (size_t i = 0; i < count; i++)
    if (guard_within(&table[i], address)) return true;
  return false;
}

static bool guard_judge(const struct http_guard *g, const unsigned char address[16]) {
  if (g && guard_find(g->allow, g->count, address)) return true;
  return !guard_find(guard_refused, GUARD_COUNT(guard_refused), address);
}

static bool guard_judge_inner(const struct http_guard *g, const unsigned char *v4, unsigned char flipped) {
  unsigned char plain[4], inner[16];
  for (unsigned k = 0; k < 4; k++) plain[k] = v4[k] ^ flipped;
  guard_map_v4(plain, inner);
  return guard_judge(g, inner);
}

// RFC 5214 §6.1: under any prefix.
static bool guard_is_isatap(const unsigned char address[16]) {
  return (address[8] & 0xfd) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == 0xfe;
}

bool http_guard_allows(const struct http_guard *g, const struct sockaddr *address) {
  unsigned char bytes[16];
  bool carries = false;
  if (!guard_bytes(address, bytes)) return false;
  if (g && guard_find(g->allow, g->count, bytes)) return true; // this very form was opened
  for (size_t i = 0; i < GUARD_COUNT(guard_carriers); i++) {
    if (!guard_within(&guard_carriers[i].form, bytes)) continue;
    if (!guard_judge_inner(g, bytes + guard_carriers[i].at, guard_carriers[i].flipped)) return false;
    carries = true;
  }
  if (guard_is_isatap(bytes) && !guard_judge_inner(g, bytes + 12, 0)) return false;
  return carries || guard_judge(g, bytes);
}

// ---- hosts by name

// Names that mean an address wherever they are resolved (RFC 6761 §6.3; hosts(5); the clouds' metadata).
static const struct {
  const char *name, *address;
} guard_names[] = {
    {"localhost", "127.0.0.1"},
    {"localhost.localdomain", "127.0.0.1"},
    {"ip6-localhost", "::1"},
    {"ip6-loopback", "::1"},
    {"metadata", "169.254.169.254"},
    {"metadata.google.internal", "169.254.169.254"},
    {"instance-data", "169.254.169.254"},
    {"metadata.goog", "169.254.169.254"},
};

static struct str guard_named(struct str host) {
  for (size_t i = 0; i < GUARD_COUNT(guard_names); i++)
    if (str_is_nocase(host, guard_names[i].name)) return str_of(guard_names[i].address);
  struct str below = STR(".localhost");
  bool is_below = host.n > below.n && str_eq_nocase(str_from(host, host.n - below.n), below);
  return is_below ? STR("127.0.0.1") : host;
}

static bool guard_is_name(struct str host) {
  for (size_t i = 0; i < host.n; i++) {
    char c = host.p[i];
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                c == '_' || c == '.';
    if (!fine) return false;
  }
  return host.n > 0;
}

static bool guard_is_number(struct str label) {
  bool hex = label.n >= 2 && label.p[0] == '0' && (label.p[1] | 0x20) == 'x';
  for (size_t i = hex ? 2 : 0; i < label.n; i++) {
    char c = label.p[i], lower = (char)(c | 0x20);
    if (!(c >= '0' && c <= '9') && !(hex && lower >= 'a' && lower <= 'f')) return false;
  }
  return label.n > 0;
}

bool http_host_is_numeric(struct str host) {
  host = str_trim_end(host, '.');
  size_t at = host.n;
  while (at > 0 && host.p[at - 1] != '.') at--;
  return guard_is_number(str_from(host, at));
}

bool http_host_address(struct str host, struct sockaddr_storage *out) {
  char z[INET6_ADDRSTRLEN];
  bool brackets = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
  if (brackets) host = str_make(host.p + 1, host.n - 2);
  if (host.n >= sizeof z || (host.n && memchr(host.p, 0, host.n))) return false;
  if (host.n) memcpy(z, host.p, host.n);
  z[host.n] = 0;
  *out = (struct sockaddr_storage){0};
  struct sockaddr_in *v4 = (void *)out;
  struct sockaddr_in6 *v6 = (void *)out;
  if (!brackets && inet_pton(AF_INET, z, &v4->sin_addr) == 1)
    out->ss_family = AF_INET;
  else if (inet_pton(AF_INET6, z, &v6->sin6_addr) == 1)
    out->ss_family = AF_INET6;
  return out->ss_family != AF_UNSPEC;
}

bool http_guard_allows_host(const struct http_guard *g, struct str host, char judged[HTTP_ADDRESS_MOST]) {
  struct sockaddr_storage address;
  judged[0] = 0;
  struct str meant = guard_named(str_trim_end(host, '.'));
  if (!http_host_address(meant, &address)) return guard_is_name(meant) && !http_host_is_numeric(meant);
  const void *bytes = address.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&address)->sin_addr
                                                   : (void *)&((struct sockaddr_in6 *)&address)->sin6_addr;
  inet_ntop(address.ss_family, bytes, judged, HTTP_ADDRESS_MOST);
  return http_guard_allows(g, (const struct sockaddr *)&address);
}

bool http_guard_new(const struct str *allow, size_t count, struct http_guard **out, struct err *err) {
  if (count > GUARD_ALLOW_MOST)
    return err_set(err, ERR_INVALID, "more than %d address ranges to allow", GUARD_ALLOW_MOST);
  struct http_cidr *parsed = mem_array(count, sizeof *parsed);
  for (size_t i = 0; i < count; i++) {
    if (http_cidr_parse(allow[i], &parsed[i], err)) continue;
    mem_free(parsed);
    return false;
  }
  struct http_guard *g = MEM_NEW(struct http_guard);
  g->allow = parsed;
  g->count = count;
  *out = g;
  return true;
}

void http_guard_free(struct http_guard *g) {
  if (!g) return;
  mem_free(g->allow);
  mem_free(g);
}

uint64_t http_guard_class(const struct http_guard *g) {
  if (!g || !g->count) return 0;
  return map_hash(
      str_make((const char *)g->allow, g->count * sizeof *g->allow)); // no padding in a struct http_cidr
}

static bool cidr_refuse(struct str text, const char *what, struct err *err) {
  err_set(err, ERR_INVALID, "\"%.*s\" %s", STR_MOST(text, 64), what);
  err_hint(err, "write an address range such as 10.1.0.0/16 or fd00::/8");
  return false;
}

bool http_cidr_parse(struct str text, struct http_cidr *out, struct err *err) {
  struct str rest = text, address = STR_NONE;
  bool has_prefix = str_find(text, '/') >= 0;
  if (!str_cut(&rest, '/', &address)) return cidr_refuse(text, "is not an address range", err);
  char z[INET6_ADDRSTRLEN];
  if (address.n >= sizeof z || memchr(address.p, 0, address.n))
    return cidr_refuse(text, "is not an IP address", err);
  memcpy(z, address.p, address.n);
  z[address.n] = 0;

  struct http_cidr c = {.prefix = 128};
  unsigned char v4[4];
  unsigned mapped = 0; // bits in front of an IPv4 address
  if (inet_pton(AF_INET, z, v4) == 1) {
    guard_map_v4(v4, c.bytes);
    mapped = 96;
  } else if (inet_pton(AF_INET6, z, c.bytes) != 1) {
    return cidr_refuse(text, "is not an IP address", err);
  }
  uint64_t bits;
  if (has_prefix) {
    if (!str_to_u64(rest, &bits) || bits > 128 - mapped)
      return cidr_refuse(text, "has no valid prefix length", err);
    c.prefix = mapped + (unsigned)bits;
  }
  for (unsigned bit = c.prefix; bit < 128; bit++)
    if (c.bytes[bit / 8] & (0x80 >> bit % 8)) return cidr_refuse(text, "has bits set behind its prefix", err);
  *out = c;
  return true;
}

bool http_cidr_contains(const struct http_cidr *c, const struct sockaddr *address) {
  unsigned char bytes[16];
  return guard_bytes(address, bytes) && guard_within(c, bytes);
}
