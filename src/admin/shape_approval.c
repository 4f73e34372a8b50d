// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a second person's word.
#include "admin/shape_row.h"

// clang-format off

SHAPE(admin_approve_body, "ApprovalWord", "A word on a call that waits",
  {"reason", ADMIN_TEXT, .most = 500, .says = "why; who asked is told, and it stands in the audit"});
SHAPE(admin_query_approvals, "ApprovalQuery", "",
  {"state", ADMIN_WORD, .allowed = "waiting", .says = "those alone that wait for a word"},
  {"limit", ADMIN_INT, .least = 1, .most = PAGE_MOST, .says = "entries on a page; without it 100"},
  {"before", ADMIN_TEXT, .most = ID_MOST, .says = "the last entry of the page before; see next"});
SHAPE(admin_approval, "Approval", "A call that waits, or waited, for a second person's word",
  {"id", ADMIN_TEXT, REQ, .says = "apr_…"},
  {"state", ADMIN_WORD, REQ, .allowed = "waiting|approved|refused|withdrawn|expired|running|done|stopped|cut", .says = "approved: its asker may make the call, once; stopped: what would be done had become another thing; cut: Postern ended, or its client went, in mid-call, and only the vendor knows"},
  {"server_id", ADMIN_TEXT, REQ, .says = "srv_…"},
  {"server", ADMIN_TEXT, REQ, .says = "its name"},
  {"account_id", ADMIN_TEXT, REQ, .says = "acc_…"},
  {"account", ADMIN_TEXT, REQ, .says = "its name"},
  {"tool", ADMIN_TEXT, REQ, .says = "as the server shows it"},
  {"title", ADMIN_TEXT, NIL, .says = "the vendor's title of the tool"},
  {"about", ADMIN_TEXT, NIL, .says = "the vendor's description, cut"},
  {"class", ADMIN_TEXT, REQ, .says = "create, update, delete, custom, …"},
  {"method", ADMIN_TEXT, NIL, .says = "of an API: POST, DELETE, …"},
  {"path", ADMIN_TEXT, NIL, .says = "of an API: with its parameters in braces"},
  {"arguments", ADMIN_OBJECT, REQ, .says = "exactly what is sent, with all defaults"},
  {"arguments_text", ADMIN_TEXT, REQ, .says = "the same as text, to the letter: large numbers and names that come twice stay what they are"},
  {"fence", ADMIN_OBJECT, REQ, .says = "what the account is held to on this server; {}: nothing"},
  {"asker", ADMIN_TEXT, NIL, .says = "who asked, as far as that is known"},
  {"client", ADMIN_TEXT, NIL, .says = "what the MCP client calls itself"},
  {"address", ADMIN_TEXT, NIL, .says = "its IP address"},
  {"url", ADMIN_TEXT, REQ, .says = "name of the server's URL that it came by"},
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"expires_at", ADMIN_TIME, REQ, .says = "until when it may be approved; of one that was, until when it may be made"},
  {"decided_by", ADMIN_TEXT, NIL, .says = "id of who approved or refused it"},
  {"decided_name", ADMIN_TEXT, NIL, .says = "the name"},
  {"decided_at", ADMIN_TIME, NIL, .says = "RFC 3339"},
  {"reason", ADMIN_TEXT, NIL, .says = "that was given"},
  {"ran_at", ADMIN_TIME, NIL, .says = "when the call was made"},
  {"outcome", ADMIN_TEXT, NIL, .says = "of the call, as in the audit; or what had changed"},
  {"may_approve", ADMIN_BOOL, REQ, .says = "it waits, and who asks may approve it"},
  {"why_not", ADMIN_TEXT, NIL, .says = "why it may not be approved by who asks"});
SHAPE(admin_approval_list, "ApprovalList", "A page of approvals; those that who asks may not see are left out, so it may have fewer",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_approval, .says = "newest first"}, NEXT);
