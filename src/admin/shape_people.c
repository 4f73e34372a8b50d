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

SHAPE(admin_sign_in_body, "SignIn", "A name and a password",
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "of a user; case does not count"},
  {"password", ADMIN_TEXT, REQ, .most = 1024, .says = "the user's"});

#define ROLE {"role", ADMIN_WORD, REQ, .allowed = "admin|editor|viewer", .says = "admin: may do everything; editor: asks and makes things of her own over accounts that are granted to her; viewer: reads dashboards and answers that are shared"}
SHAPE(admin_user_new, "UserNew", "A person to invite",
  {"name", ADMIN_TEXT, REQ, .most = 64, .says = "to sign in with, unique; case does not count"},
  ROLE);
SHAPE(admin_user_patch, "UserPatch", "What is to change", ROLE);
#define USER_BODY                                                                                                   \
  {"id", ADMIN_TEXT, REQ, .says = "usr_…"},                                                                         \
  {"name", ADMIN_TEXT, REQ, .says = "to sign in with"},                                                             \
  ROLE,                                                                                                             \
  {"has_password", ADMIN_BOOL, REQ, .says = "false: only a link lets this person in"},                              \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
SHAPE(admin_user_shape, "User", "A person who may use the console", USER_BODY);
SHAPE(admin_user_link, "UserWithLink", "A person, and a link by which to sign in once and choose a password",
  USER_BODY,
  {"url", ADMIN_TEXT, REQ, .says = "the link, which is shown this once"},
  {"link_expires_at", ADMIN_TIME, REQ, .says = "RFC 3339"});
SHAPE(admin_user_list, "UserList", "A page of people",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_user_shape, .says = "oldest first"}, NEXT);

SHAPE(admin_password_patch, "PasswordPatch", "Another password for who has signed in",
  {"current", ADMIN_TEXT, REQ, .most = 1024, .says = "the password of now"},
  {"password", ADMIN_TEXT, REQ, .most = 1024, .says = "the new one: 12 bytes or more"});

#define ACCESS {"access", ADMIN_WORD, REQ, .allowed = "read|write", .says = "read: what reads, which is also all that asking needs; write: everything the account serves"}
SHAPE(admin_grant_new, "GrantNew", "How far the account may be used", ACCESS);
SHAPE(admin_grant, "Grant", "An account that an editor may use. It counts while the holder has the role editor",
  {"account_id", ADMIN_TEXT, REQ, .says = "acc_…"},
  {"account", ADMIN_TEXT, NIL, .says = "its name; null: it cannot be used at present"},
  ACCESS,
  {"granted_by", ADMIN_TEXT, REQ, .says = "id of who gave it"},
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"});
SHAPE(admin_grant_list, "GrantList", "A page of grants",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_grant, .says = "by account"}, NEXT);
SHAPE(admin_own_grant, "OwnGrant", "An account that is granted to who asks",
  {"account_id", ADMIN_TEXT, REQ, .says = "acc_…"},
  {"account", ADMIN_TEXT, REQ, .says = "its name"},
  ACCESS);
