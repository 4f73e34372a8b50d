// SPDX-License-Identifier: Apache-2.0
// People's own accounts.
#include "admin/shape_row.h"

// clang-format off

#define OWN_BODY                                                                                                    \
  {"id", ADMIN_TEXT, REQ, .says = "acc_…"},                                                                         \
  {"name", ADMIN_TEXT, REQ, .says = "as the audit calls it"},                                                       \
  {"status", ADMIN_WORD, REQ, .allowed = "ok|unverified|failing|needs_authorising", .says = "what the vendor last said of it; needs_authorising: its person has to connect it again"}, \
  {"status_text", ADMIN_TEXT, NIL, .says = "the vendor's word on the last failure"},                                \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                              \
  {"verified_at", ADMIN_TIME, NIL, .says = "null: never"}

INNER(own_shape, "OwnAccount", "An account of a person's own", OWN_BODY);
SHAPE(admin_own_slot, "OwnAccountSlot", "What a person may connect an account of her own for",
  {"account_id", ADMIN_TEXT, REQ, .says = "acc_…, of the account that it stands in for"},
  {"account", ADMIN_TEXT, REQ, .says = "its name"},
  {"connector", ADMIN_TEXT, REQ, .says = "name of the connector"},
  {"label", ADMIN_TEXT, REQ, .says = "the vendor, for people"},
  {"servers", ADMIN_TEXTS, REQ, .says = "servers that call with it, by name; the first 20"},
  {"ways", ADMIN_OBJECTS, REQ, .shape = &admin_way, .says = "how it is connected: by consent at the vendor, or with a credential"},
  {"own", ADMIN_OBJECT, NIL, .shape = &own_shape, .says = "hers; null: not connected"});
SHAPE(admin_own_list, "OwnAccountList", "A page of them",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_own_slot, .says = "by account"}, NEXT);
SHAPE(admin_own_new, "OwnAccountNew", "An account of one's own to connect",
  {"account", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "id of the account that it is to stand in for"},
  {"way", ADMIN_TEXT, .most = NAME_MOST, .says = "one of its ways; without it the first that fits"},
  {"credential", ADMIN_OBJECT, .says = "the fields of the way, by name; never shown again. Without it the vendor is asked for consent"});
SHAPE(admin_own_begun, "OwnAccountBegun", "How it goes on",
  {"url", ADMIN_TEXT, NIL, .says = "the vendor's page, for this browser alone; null: the credential was tried and kept"},
  {"connected", ADMIN_OBJECT, NIL, .shape = &own_shape, .says = "null: the vendor is asked first"});

INNER(owns_entry, "PersonsAccount", "That a person has an account of her own",
  OWN_BODY,
  {"person_id", ADMIN_TEXT, REQ, .says = "usr_…"},
  {"person", ADMIN_TEXT, NIL, .says = "her name"},
  {"account_id", ADMIN_TEXT, REQ, .says = "acc_…, of the account that it stands in for"},
  {"account", ADMIN_TEXT, REQ, .says = "its name"});
SHAPE(admin_owns_list, "PersonsAccountList", "A page of people's own accounts",
  {"items", ADMIN_OBJECTS, REQ, .shape = &owns_entry, .says = "oldest first"}, NEXT);
