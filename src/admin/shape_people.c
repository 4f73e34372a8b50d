// SPDX-License-Identifier: Apache-2.0
// People, links that let them in, and their sessions.
#include "admin/shape_row.h"

// clang-format off

SHAPE(admin_signin_link_new, "SignInLinkNew", "Whom a sign-in link is to let in",
  {"user", ADMIN_TEXT, .most = NAME_MOST, .says = "name or id of a user; without it the oldest administrator, who is made where there is none"});
SHAPE(admin_signin_link, "SignInLink", "A link that lets one person in, once",
  {"url", ADMIN_TEXT, REQ, .says = "the link, which is shown this once"},
  {"user", ADMIN_TEXT, REQ, .says = "whom it lets in"},
  {"expires_at", ADMIN_TIME, REQ, .says = "RFC 3339"});

INNER(session_shape, "Session", "What a browser holds after a person signed in",
  {"id", ADMIN_TEXT, REQ, .says = "ses_…"},
  {"user_id", ADMIN_TEXT, REQ, .says = "usr_…"},
  {"user", ADMIN_TEXT, NIL, .says = "the user's name"},
  {"current", ADMIN_BOOL, REQ, .says = "the one that asks"},
  {"address", ADMIN_TEXT, NIL, .says = "of the browser that signed in"},
  {"agent", ADMIN_TEXT, NIL, .says = "what that browser calls itself"},
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"last_used_at", ADMIN_TIME, REQ, .says = "to the minute"},
  {"expires_at", ADMIN_TIME, REQ, .says = "it ends then at the latest"});
SHAPE(admin_session_list, "SessionList", "A page of sessions",
  {"items", ADMIN_OBJECTS, REQ, .shape = &session_shape, .says = "oldest first"}, NEXT);
