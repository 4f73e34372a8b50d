// SPDX-License-Identifier: Apache-2.0
#include "remote/trust_words.h"

#include <stdlib.h>

#define READ(word, class)                                                                                    \
  { word, TRUST_READS, class }
#define LOOSE(word, class)                                                                                   \
  { word, TRUST_READS_LOOSELY, class }
#define MAKE(word)                                                                                           \
  { word, TRUST_WRITES, TOOL_CREATE }
#define EDIT(word)                                                                                           \
  { word, TRUST_WRITES, TOOL_UPDATE }
#define DROP(word)                                                                                           \
  { word, TRUST_WRITES, TOOL_DELETE }
#define DO(word)                                                                                             \
  { word, TRUST_WRITES, TOOL_CUSTOM }
#define FIRST(word, class)                                                                                   \
  { word, TRUST_WRITES_FIRST, class }

// clang-format off
const struct trust_verb trust_verbs[] = {
  EDIT("abort"), EDIT("accept"), EDIT("ack"), EDIT("acknowledge"), EDIT("activate"), MAKE("add"), EDIT("adjust"),
  EDIT("allocate"), EDIT("append"), EDIT("apply"), EDIT("approve"), FIRST("archive", TOOL_UPDATE), EDIT("assign"),
  EDIT("attach"), EDIT("ban"), FIRST("block", TOOL_UPDATE), FIRST("book", TOOL_CREATE), LOOSE("browse", TOOL_LIST),
  FIRST("build", TOOL_CUSTOM), DO("buy"), FIRST("call", TOOL_CUSTOM), EDIT("cancel"), FIRST("capture", TOOL_UPDATE),
  FIRST("change", TOOL_UPDATE), FIRST("charge", TOOL_CREATE), LOOSE("check", TOOL_GET), FIRST("checkout", TOOL_CREATE),
  DROP("clear"), MAKE("clone"), EDIT("close"), FIRST("comment", TOOL_CREATE), FIRST("commit", TOOL_UPDATE),
  LOOSE("compare", TOOL_GET), FIRST("complete", TOOL_UPDATE), EDIT("configure"), EDIT("confirm"), EDIT("connect"),
  FIRST("copy", TOOL_CREATE), LOOSE("count", TOOL_GET), MAKE("create"), EDIT("deactivate"), EDIT("decline"),
  EDIT("decrement"), DROP("delete"), EDIT("demote"), EDIT("deny"), DO("deploy"), READ("describe", TOOL_GET),
  DROP("destroy"), EDIT("detach"), EDIT("disable"), EDIT("disconnect"), EDIT("dismiss"), EDIT("downgrade"), DROP("drop"),
  MAKE("duplicate"), EDIT("edit"), EDIT("enable"), DROP("erase"), DO("eval"), DO("evaluate"), DO("exec"), DO("execute"),
  EDIT("expire"), READ("explain", TOOL_GET), EDIT("extend"), READ("fetch", TOOL_GET), FIRST("file", TOOL_CREATE),
  LOOSE("find", TOOL_LIST), FIRST("flag", TOOL_UPDATE), DROP("flush"), EDIT("follow"), FIRST("fork", TOOL_CREATE),
  FIRST("forward", TOOL_CREATE), MAKE("generate"), READ("get", TOOL_GET), EDIT("grant"), EDIT("hide"),
  FIRST("import", TOOL_CREATE), EDIT("increment"), MAKE("ingest"), EDIT("init"), EDIT("initialize"), MAKE("insert"),
  READ("inspect", TOOL_GET), DO("install"), MAKE("invite"), DO("invoke"), FIRST("issue", TOOL_CREATE), EDIT("join"),
  DROP("kill"), FIRST("label", TOOL_UPDATE), DO("launch"), EDIT("leave"), FIRST("link", TOOL_UPDATE),
  LOOSE("list", TOOL_LIST), FIRST("lock", TOOL_UPDATE), FIRST("log", TOOL_CREATE), READ("lookup", TOOL_GET),
  EDIT("manage"), EDIT("mark"), EDIT("merge"), EDIT("migrate"), EDIT("modify"), EDIT("move"), EDIT("mute"),
  FIRST("new", TOOL_CREATE), FIRST("note", TOOL_CREATE), FIRST("open", TOOL_CREATE), FIRST("order", TOOL_CREATE),
  FIRST("patch", TOOL_UPDATE), EDIT("pause"), DO("pay"), FIRST("pin", TOOL_UPDATE), FIRST("post", TOOL_CREATE),
  EDIT("prepend"), EDIT("promote"), MAKE("provision"), EDIT("publish"), DO("purchase"), DROP("purge"), DO("push"),
  EDIT("put"), FIRST("rate", TOOL_CREATE), EDIT("react"), LOOSE("read", TOOL_GET), EDIT("rebase"), DO("reboot"),
  FIRST("record", TOOL_CREATE), EDIT("redact"), DO("redeploy"), FIRST("refund", TOOL_CREATE), EDIT("regenerate"),
  MAKE("register"), EDIT("reject"), FIRST("release", TOOL_CREATE), DROP("remove"), EDIT("rename"), EDIT("reopen"),
  EDIT("replace"), MAKE("reply"), FIRST("request", TOOL_CREATE), DO("requeue"), DO("rerun"), EDIT("reschedule"),
  EDIT("reset"), EDIT("resize"), DO("restart"), EDIT("restore"), EDIT("resume"), READ("retrieve", TOOL_GET),
  DO("retry"), EDIT("revert"), EDIT("revoke"), EDIT("rollback"), EDIT("rotate"), FIRST("run", TOOL_CUSTOM),
  EDIT("save"), FIRST("scale", TOOL_UPDATE), FIRST("schedule", TOOL_CREATE), LOOSE("search", TOOL_LIST), DO("sell"),
  MAKE("send"), FIRST("set", TOOL_UPDATE), EDIT("setup"), FIRST("share", TOOL_UPDATE), READ("show", TOOL_GET),
  FIRST("sign", TOOL_UPDATE), EDIT("snooze"), DO("spawn"), EDIT("squash"), FIRST("star", TOOL_UPDATE), DO("start"),
  DO("stop"), FIRST("store", TOOL_CREATE), MAKE("submit"), EDIT("subscribe"), EDIT("swap"), EDIT("switch"), DO("sync"),
  FIRST("tag", TOOL_UPDATE), DROP("terminate"), EDIT("toggle"), FIRST("transfer", TOOL_UPDATE), EDIT("transform"),
  FIRST("transition", TOOL_UPDATE), DROP("trash"), DO("trigger"), EDIT("unarchive"), EDIT("unassign"), EDIT("unblock"),
  EDIT("unfollow"), EDIT("unhide"), DO("uninstall"), EDIT("unlink"), EDIT("unlock"), EDIT("unmark"), EDIT("unpin"),
  EDIT("unpublish"), DROP("unregister"), EDIT("unset"), EDIT("unshare"), EDIT("unstar"), EDIT("unsubscribe"),
  EDIT("untag"), EDIT("update"), EDIT("upgrade"), MAKE("upload"), EDIT("upsert"), FIRST("use", TOOL_CUSTOM),
  LOOSE("view", TOOL_GET), FIRST("void", TOOL_UPDATE), EDIT("vote"), READ("whoami", TOOL_GET), DROP("wipe"),
  EDIT("write"),
};
const size_t trust_verb_count = sizeof trust_verbs / sizeof *trust_verbs;

static const char *const joints[] = {"and", "or", "then", NULL};
static const char *const fillers[] = {"a", "all", "an", "at", "by", "for", "from", "id", "ids", "in", "me", "my", "of", "on",
                                      "the", "to", "using", "with", NULL};
static const char *const tails[] = {"activity", "count", "details", "history", "info", "information", "log", "logs", "metadata",
                                    "overview", "results", "schema", "stats", "status", "summary", "templates", "types", NULL};
static const char *const secrets[] = {"apikey", "apikeys", "credential", "credentials", "key", "keys", "passphrase",
                                      "passphrases", "passwd", "password", "passwords", "secret", "secrets", "token", "tokens",
                                      NULL};
static const char *const open_before[] = {"attribute", "design", "dimension", "field", "foreign", "idempotency", "index",
                                          "locale", "metadata", "observability", "partition", "primary", "property", "public",
                                          "shortcut", "sort", "translation", NULL};
static const char *const about[] = {"alert", "alerts", "balance", "balances", "count", "counts", "expiry", "holders", "limit",
                                    "limits", "metrics", "names", "permissions", "policies", "policy", "price", "prices",
                                    "scanning", "schema", "scopes", "statistics", "stats", "status", "types", "usage", NULL};
static const char *const programs[] = {"cmd", "code", "command", "commands", "javascript", "mutation", "python", "script",
                                       "shell", "sql", "statement", "statements", NULL};
// clang-format on

static bool trust_in(const char *const *list, struct str word) {
  while (*list && !str_is(word, *list)) list++;
  return *list != NULL;
}

static int trust_verb_order(const void *word, const void *verb) {
  return str_compare(*(const struct str *)word, str_of(((const struct trust_verb *)verb)->word));
}

const struct trust_verb *trust_verb_find(struct str word) {
  return bsearch(&word, trust_verbs, trust_verb_count, sizeof *trust_verbs, trust_verb_order);
}

const struct trust_verb *trust_verb_begins(struct str word) {
  enum { LEAST = 5 }; // shorter ones begin other words: "add" address, "put" putative
  for (size_t i = 0; i < trust_verb_count; i++)
    if (trust_verbs[i].does == TRUST_WRITES && strlen(trust_verbs[i].word) >= LEAST &&
        str_starts(word, trust_verbs[i].word))
      return &trust_verbs[i];
  return NULL;
}

bool trust_is_joint(struct str word) {
  return trust_in(joints, word);
}
bool trust_is_filler(struct str word) {
  return trust_in(fillers, word);
}
bool trust_is_tail(struct str word) {
  return trust_in(tails, word);
}
bool trust_is_secret(struct str word) {
  return trust_in(secrets, word);
}
bool trust_is_open_before(struct str word) {
  return trust_in(open_before, word);
}
bool trust_is_about(struct str word) {
  return trust_in(about, word);
}
bool trust_is_program(struct str argument) {
  return trust_in(programs, argument);
}
