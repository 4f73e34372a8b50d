// SPDX-License-Identifier: Apache-2.0
// People, links that let them in, and their sessions.
#include "access/user.h"
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

#define PERSON_LIMITS "What one person may call over all servers, in place of the settings person_calls_per_minute and person_writes_per_day"
#define PERSON_LIMITS_OF(flags)                                                                                     \
  {"calls_per_minute", ADMIN_INT, flags, .least = 0, .most = USER_LIMIT_MOST, .says = "calls that are sent, in any sixty seconds; 0: any number; null: as the setting says"}, \
  {"writes_per_day", ADMIN_INT, flags, .least = 0, .most = USER_LIMIT_MOST, .says = "calls of tools that do more than read, in a day of the setting zone; 0 and null likewise"}
INNER(person_limits, "LimitsOfPerson", PERSON_LIMITS, PERSON_LIMITS_OF(NIL));
INNER(person_limits_patch, "LimitsOfPersonPatch", PERSON_LIMITS ". What is left out stays", PERSON_LIMITS_OF(ADMIN_NULLABLE));
#define ROLES "admin|editor|viewer"
#define GROUPS(nil) {"groups", ADMIN_TEXTS, nil, .says = "groups, by which servers say who may sign in to them; in place of those before"}
#define ROLE {"role", ADMIN_WORD, REQ, .allowed = ROLES, .says = "admin: may do everything; editor: asks and makes things of her own over accounts that are granted to her; viewer: reads dashboards and answers that are shared"}
SHAPE(admin_user_new, "UserNew", "A person to invite",
  {"name", ADMIN_TEXT, REQ, .most = 64, .says = "to sign in with, unique; case does not count"},
  ROLE,
  GROUPS(0));
SHAPE(admin_user_patch, "UserPatch", "What is to change; what is left out stays",
  {"role", ADMIN_WORD, .allowed = ROLES, .says = "a new role"},
  GROUPS(ADMIN_NULLABLE),
  {"limits", ADMIN_OBJECT, ADMIN_NULLABLE, .shape = &person_limits_patch, .says = "what this person may call; what is left out stays, null: as the settings say"});
#define USER_BODY                                                                                                   \
  {"id", ADMIN_TEXT, REQ, .says = "usr_…"},                                                                         \
  {"name", ADMIN_TEXT, REQ, .says = "to sign in with"},                                                             \
  ROLE,                                                                                                             \
  {"groups", ADMIN_TEXTS, REQ, .says = "by which servers say who may sign in to them"},                             \
  {"limits", ADMIN_OBJECT, REQ, .shape = &person_limits, .says = "what this person may call over all servers"},     \
  {"has_password", ADMIN_BOOL, REQ, .says = "false: only a link lets this person in"},                              \
  {"provider_id", ADMIN_TEXT, NIL, .says = "idp_…, of the identity provider that knows this person"},                \
  {"issuer", ADMIN_TEXT, NIL, .says = "the provider's, which with the subject says who it is"},                      \
  {"subject", ADMIN_TEXT, NIL, .says = "the provider's id of this person"},                                          \
  {"email", ADMIN_TEXT, NIL, .says = "as the provider said it last"},                                                \
  {"email_verified", ADMIN_BOOL, REQ, .says = "the provider vouches for it"},                                        \
  {"by_provider", ADMIN_BOOL, REQ, .says = "made by the first sign-in there; role and groups are as its rules say, and there is no other way in"}, \
  {"confirmed_at", ADMIN_TIME, NIL, .says = "when the provider spoke of this person last"},                          \
  {"barred_at", ADMIN_TIME, NIL, .says = "no rule lets this person in since then"},                                  \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
SHAPE(admin_user_shape, "User", "A person who may use the console", USER_BODY);
SHAPE(admin_user_link, "UserWithLink", "A person, and a link by which to sign in once and choose a password",
  USER_BODY,
  {"url", ADMIN_TEXT, REQ, .says = "the link, which is shown this once"},
  {"link_expires_at", ADMIN_TIME, REQ, .says = "RFC 3339"});
SHAPE(admin_user_list, "UserList", "A page of people",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_user_shape, .says = "oldest first"}, NEXT);

INNER(client_shape, "Client", "An AI client that people may let in to servers",
  {"id", ADMIN_TEXT, REQ, .says = "cli_…, or the address of its own document"},
  {"name", ADMIN_TEXT, REQ, .says = "its own word, which nobody vouches for"},
  {"kind", ADMIN_WORD, REQ, .allowed = "registered|document", .says = "how it is known"},
  {"redirect_uris", ADMIN_TEXTS, REQ, .says = "where its codes may go"},
  {"address", ADMIN_TEXT, NIL, .says = "that it registered from"},
  {"created_at", ADMIN_TIME, REQ, .says = "when it registered; of a document, when it was read last"},
  {"last_used_at", ADMIN_TIME, NIL, .says = "null: nobody has let it in"});
SHAPE(admin_client_list, "ClientList", "A page of AI clients",
  {"items", ADMIN_OBJECTS, REQ, .shape = &client_shape, .says = "by id"}, NEXT);
INNER(client_signin_shape, "ClientSignIn", "That a person has let an AI client use a server on her behalf",
  {"id", ADMIN_TEXT, REQ, .says = "sgn_…"},
  {"user_id", ADMIN_TEXT, REQ, .says = "usr_…"},
  {"user", ADMIN_TEXT, NIL, .says = "the user's name"},
  {"client_id", ADMIN_TEXT, REQ, .says = "of the client"},
  {"client", ADMIN_TEXT, REQ, .says = "what the client calls itself"},
  {"server_id", ADMIN_TEXT, REQ, .says = "srv_…"},
  {"server", ADMIN_TEXT, NIL, .says = "the server's name"},
  {"sent_to", ADMIN_TEXT, REQ, .says = "host, or scheme, that the code was sent to"},
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"last_used_at", ADMIN_TIME, NIL, .says = "to the minute"},
  {"ends_at", ADMIN_TIME, REQ, .says = "it ends then at the latest"});
SHAPE(admin_client_signin_list, "ClientSignInList", "A page of such sign-ins",
  {"items", ADMIN_OBJECTS, REQ, .shape = &client_signin_shape, .says = "oldest first"}, NEXT);

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
