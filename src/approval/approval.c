// SPDX-License-Identifier: Apache-2.0
#include "approval/approval.h"

#include "data/json.h"

static const char *const approval_states[APPROVAL_STATES] = {
    "waiting", "approved", "refused", "withdrawn", "expired", "running", "done", "stopped", "cut"};

const char *approval_state_name(enum approval_state s) {
  return approval_states[s];
}

bool approval_state_named(struct str name, enum approval_state *out) {
  for (size_t i = 0; i < APPROVAL_STATES; i++)
    if (str_is(name, approval_states[i])) return *out = (enum approval_state)i, true;
  return false;
}

bool approval_has_expired(const struct approval *a, int64_t now) {
  return a->state == APPROVAL_EXPIRED || (approval_is_open(a) && a->expires_at <= now);
}

const char *approval_bars(const struct approval *a, struct str by) {
  if (!by.n) return "nobody is known to give it";
  return str_eq(a->asked_by, by)
             ? "whoever asked for a call, or made the server whose URL it came by, cannot approve it"
             : NULL;
}

const char *approval_names_change(const struct approval_marks *then, const struct approval_marks *now) {
  if (!str_eq(then->server, now->server)) return "the server";
  if (!str_eq(then->account, now->account)) return "the account";
  return str_eq(then->tool, now->tool) ? NULL : "the tool";
}

struct str approval_digest(struct str tool, struct str arguments, struct arena *a) {
  char hex[TOKEN_HASH_HEX];
  token_hash_hex(arena_printf(a, "%.*s\n%.*s", STR_ARG(tool), STR_ARG(arguments)), hex);
  return arena_dup(a, str_of(hex));
}

// ---- the document: texts by name, and two that are JSON themselves

static const struct {
  const char *key;
  size_t at;
} approval_texts[] = {
    {"asker_name", offsetof(struct approval, asker_name)},
    {"client", offsetof(struct approval, client)},
    {"address", offsetof(struct approval, address)},
    {"url", offsetof(struct approval, url)},
    {"server_name", offsetof(struct approval, server_name)},
    {"account_name", offsetof(struct approval, account_name)},
    {"title", offsetof(struct approval, title)},
    {"about", offsetof(struct approval, about)},
    {"class", offsetof(struct approval, class)},
    {"method", offsetof(struct approval, method)},
    {"path", offsetof(struct approval, path)},
    {"mark_server", offsetof(struct approval, marks.server)},
    {"mark_account", offsetof(struct approval, marks.account)},
    {"mark_tool", offsetof(struct approval, marks.tool)},
    {"decided_name", offsetof(struct approval, decided_name)},
    {"reason", offsetof(struct approval, reason)},
    {"arguments", offsetof(struct approval, arguments)},
    {"fence", offsetof(struct approval, fence)},
};
enum { APPROVAL_TEXTS = sizeof approval_texts / sizeof *approval_texts };

struct str approval_write(const struct approval *row, struct arena *a) {
  struct buf out = BUF_MAX(4 * APPROVAL_DOCUMENT_MOST);
  for (size_t i = 0; i < APPROVAL_TEXTS; i++) {
    buf_add_z(&out, i ? "," : "{");
    json_add_string(&out, str_of(approval_texts[i].key));
    buf_add_char(&out, ':');
    json_add_string(&out, *(const struct str *)((const char *)row + approval_texts[i].at));
  }
  buf_add_char(&out, '}');
  struct str text = out.full ? STR_NONE : arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

bool approval_read(struct str document, struct arena *a, struct approval *out, struct err *err) {
  yyjson_doc *doc;
  if (!json_read(document, &JSON_LIMITS, &doc, err)) return false;
  for (size_t i = 0; i < APPROVAL_TEXTS; i++)
    *(struct str *)((char *)out + approval_texts[i].at) =
        arena_dup(a, json_str(yyjson_doc_get_root(doc), approval_texts[i].key));
  yyjson_doc_free(doc);
  return true;
}
