// SPDX-License-Identifier: Apache-2.0
// A company's identity providers.
#include "admin/shape_row.h"
#include "oidc/oidc.h"

// clang-format off

INNER(provider_rule_shape, "ProviderRule", "Who is let in, and as what: one of group, domain and everyone",
  {"group", ADMIN_TEXT, .most = 200, .says = "who is in this group, as the provider names it; case counts"},
  {"domain", ADMIN_TEXT, .most = 200, .says = "whose verified address ends with @ and this, or whose hosted domain (hd) it is"},
  {"everyone", ADMIN_BOOL, .says = "true: everybody whom the provider lets sign in"},
  {"role", ADMIN_WORD, REQ, .allowed = "admin|editor|viewer", .says = "what she becomes; of several rules the highest counts"});
#define PROVIDER_NAME .most = 32, .says = "of the characters a-z, 0-9 and '-'; unique; in the address /signin/<name>"
#define PROVIDER_ISSUER .most = 2048, .says = "https://login.example.com/tenant, as the provider's metadata names it"
#define PROVIDER_CLIENT .most = 2048, .says = "of the application that was made there for Postern"
#define PROVIDER_BODY(nil)                                                                                                \
  {"label", ADMIN_TEXT, nil, .most = 64, .says = "on the button; without it the name"},                                   \
  {"client_secret", ADMIN_TEXT, nil, .most = 2048, .says = "of the application; left out or empty: it is a public client, which PKCE alone protects. Another issuer or client_id needs it again"}, \
  {"scope", ADMIN_TEXT, nil, .most = 2048, .says = "what is asked for; without it openid email profile"},                 \
  {"groups_claim", ADMIN_TEXT, nil, .most = 200, .says = "where the groups are, as groups or realm_access.roles: a text, an array, or an object whose members are named by them. Empty: none"}, \
  {"group_prefix", ADMIN_TEXT, nil, .most = 64, .says = "put before each of its groups, so that two providers do not mean the same one"}, \
  {"rules", ADMIN_OBJECTS, nil, .shape = &provider_rule_shape, .says = "who is let in, at most 100; without any nobody is"}, \
  {"links_email", ADMIN_BOOL, .says = "an address that the provider calls verified is the local person's whose name it is"}, \
  {"untested", ADMIN_BOOL, .says = "keep it without asking the provider anything"}
SHAPE(admin_provider_new, "ProviderNew", "An identity provider to set",
  {"name", ADMIN_TEXT, REQ, PROVIDER_NAME},
  {"issuer", ADMIN_TEXT, REQ, PROVIDER_ISSUER},
  {"client_id", ADMIN_TEXT, REQ, PROVIDER_CLIENT},
  PROVIDER_BODY(0));
SHAPE(admin_provider_patch, "ProviderPatch", "What is to change; what is left out stays",
  {"name", ADMIN_TEXT, PROVIDER_NAME},
  {"issuer", ADMIN_TEXT, PROVIDER_ISSUER},
  {"client_id", ADMIN_TEXT, PROVIDER_CLIENT},
  PROVIDER_BODY(ADMIN_NULLABLE));
SHAPE(admin_provider_shape, "Provider", "An identity provider by which people of the company sign in",
  {"id", ADMIN_TEXT, REQ, .says = "idp_…"},
  {"name", ADMIN_TEXT, REQ, .says = "in the address /signin/<name>"},
  {"label", ADMIN_TEXT, REQ, .says = "on the button"},
  {"issuer", ADMIN_TEXT, REQ, .says = "as its metadata names it"},
  {"client_id", ADMIN_TEXT, REQ, .says = "of the application there"},
  {"has_secret", ADMIN_BOOL, REQ, .says = "a secret is kept for it"},
  {"scope", ADMIN_TEXT, REQ, .says = "what is asked for"},
  {"groups_claim", ADMIN_TEXT, NIL, .says = "where the groups are"},
  {"group_prefix", ADMIN_TEXT, NIL, .says = "put before each of its groups"},
  {"rules", ADMIN_OBJECTS, REQ, .shape = &provider_rule_shape, .says = "who is let in"},
  {"links_email", ADMIN_BOOL, REQ, .says = "a verified address may be a local person's"},
  {"redirect_uri", ADMIN_TEXT, REQ, .says = "what the application has to be given there"},
  {"sign_in_url", ADMIN_TEXT, REQ, .says = "where a sign-in by it begins"},
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"});
SHAPE(admin_provider_list, "ProviderList", "All identity providers",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_provider_shape, .says = "by name"});

INNER(sign_in_way, "SignInWay", "A provider that people may sign in by",
  {"name", ADMIN_TEXT, REQ, .says = "in /signin/<name>"},
  {"label", ADMIN_TEXT, REQ, .says = "what the button says"});
SHAPE(admin_sign_in_ways, "SignInWays", "Ways to sign in, beside name and password",
  {"items", ADMIN_OBJECTS, REQ, .shape = &sign_in_way, .says = "by name"});
SHAPE(admin_query_next, "SignInNext", "Where a sign-in comes back to",
  {"next", ADMIN_TEXT, .most = OIDC_NEXT_MOST, .says = "a path of this address, as /ui/; without it the console"});
SHAPE(admin_left, "SignedOut", "A session that has ended",
  {"url", ADMIN_TEXT, REQ, .says = "where to go: the provider's page for it, which comes back here, or the sign-in"});
