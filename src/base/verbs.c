// SPDX-License-Identifier: Apache-2.0
#include "base/verbs.h"

#include <stdlib.h>
#include <string.h>

#define READ(word, class)                                                                                    \
  { word, VERB_READS, class }
#define LOOSE(word, class)                                                                                   \
  { word, VERB_READS_LOOSELY, class }
#define MAKE(word)                                                                                           \
  { word, VERB_WRITES, VERB_CREATE }
#define EDIT(word)                                                                                           \
  { word, VERB_WRITES, VERB_UPDATE }
#define DROP(word)                                                                                           \
  { word, VERB_WRITES, VERB_DELETE }
#define DO(word)                                                                                             \
  { word, VERB_WRITES, VERB_CUSTOM }
#define FIRST(word, class)                                                                                   \
  { word, VERB_WRITES_FIRST, class }

// clang-format off
const struct verb verbs[] = {
  EDIT("abort"), EDIT("accept"), EDIT("ack"), EDIT("acknowledge"), EDIT("activate"), MAKE("add"), EDIT("adjust"),
  EDIT("allocate"), EDIT("append"), EDIT("apply"), EDIT("approve"), FIRST("archive", VERB_UPDATE), EDIT("assign"),
  EDIT("associate"), EDIT("attach"), EDIT("authorize"), EDIT("ban"), FIRST("block", VERB_UPDATE),
  FIRST("book", VERB_CREATE), LOOSE("browse", VERB_LIST), FIRST("build", VERB_CUSTOM), DO("buy"),
  FIRST("call", VERB_CUSTOM), EDIT("cancel"), FIRST("capture", VERB_UPDATE), FIRST("change", VERB_UPDATE),
  FIRST("charge", VERB_CREATE), LOOSE("check", VERB_GET), FIRST("checkout", VERB_CREATE), DROP("clear"),
  MAKE("clone"), EDIT("close"), FIRST("comment", VERB_CREATE), FIRST("commit", VERB_UPDATE),
  LOOSE("compare", VERB_GET), FIRST("complete", VERB_UPDATE), EDIT("configure"), EDIT("confirm"), EDIT("connect"),
  FIRST("copy", VERB_CREATE), EDIT("cordon"), LOOSE("count", VERB_GET), MAKE("create"), EDIT("deactivate"),
  EDIT("decline"), EDIT("decrement"), DROP("delete"), EDIT("demote"), EDIT("deny"), DO("deploy"),
  DROP("deprovision"), DROP("deregister"), READ("describe", VERB_GET), DROP("destroy"), EDIT("detach"),
  EDIT("disable"), EDIT("disassociate"), EDIT("disconnect"), EDIT("dismiss"), DO("dispatch"), EDIT("downgrade"),
  DO("drain"), DROP("drop"), MAKE("duplicate"), EDIT("edit"), EDIT("enable"), DROP("erase"), DO("eval"),
  DO("evaluate"), DROP("evict"), DO("exec"), DO("execute"), EDIT("expire"), READ("explain", VERB_GET),
  DROP("expunge"), EDIT("extend"), READ("fetch", VERB_GET), FIRST("file", VERB_CREATE), LOOSE("find", VERB_LIST),
  FIRST("flag", VERB_UPDATE), DROP("flush"), EDIT("follow"), FIRST("fork", VERB_CREATE),
  FIRST("forward", VERB_CREATE), MAKE("generate"), READ("get", VERB_GET), EDIT("grant"), EDIT("hide"),
  DO("impersonate"), FIRST("import", VERB_CREATE), EDIT("increment"), MAKE("ingest"), EDIT("init"),
  EDIT("initialize"), DO("initiate"), MAKE("insert"), READ("inspect", VERB_GET), DO("install"), DROP("invalidate"),
  MAKE("invite"), DO("invoke"), FIRST("issue", VERB_CREATE), EDIT("join"), DROP("kill"), FIRST("label", VERB_UPDATE),
  DO("launch"), EDIT("leave"), FIRST("link", VERB_UPDATE), LOOSE("list", VERB_LIST), FIRST("lock", VERB_UPDATE),
  FIRST("log", VERB_CREATE), DO("login"), DO("logout"), READ("lookup", VERB_GET), EDIT("manage"), EDIT("mark"),
  EDIT("merge"), EDIT("migrate"), EDIT("modify"), EDIT("move"), EDIT("mute"), FIRST("new", VERB_CREATE),
  FIRST("note", VERB_CREATE), FIRST("open", VERB_CREATE), FIRST("order", VERB_CREATE), FIRST("patch", VERB_UPDATE),
  EDIT("pause"), DO("pay"), FIRST("pin", VERB_UPDATE), FIRST("post", VERB_CREATE), EDIT("prepend"), EDIT("promote"),
  MAKE("provision"), EDIT("publish"), DO("purchase"), DROP("purge"), DO("push"), EDIT("put"),
  FIRST("rate", VERB_CREATE), EDIT("react"), EDIT("reactivate"), LOOSE("read", VERB_GET), EDIT("reassign"),
  EDIT("rebase"), DO("reboot"), DO("rebuild"), DO("recalculate"), FIRST("record", VERB_CREATE), EDIT("redact"),
  DO("redeploy"), DO("refresh"), FIRST("refund", VERB_CREATE), EDIT("regenerate"), MAKE("register"), DO("reindex"),
  EDIT("reject"), FIRST("release", VERB_CREATE), DO("reload"), DROP("remove"), EDIT("rename"), EDIT("renew"),
  EDIT("reopen"), EDIT("replace"), DO("replay"), MAKE("reply"), DO("reprocess"), FIRST("request", VERB_CREATE),
  DO("requeue"), DO("rerun"), EDIT("reschedule"), MAKE("resend"), EDIT("reset"), EDIT("resize"), DO("restart"),
  EDIT("restore"), EDIT("resume"), DO("resync"), READ("retrieve", VERB_GET), DO("retry"), EDIT("revert"),
  EDIT("revoke"), EDIT("rollback"), EDIT("rotate"), FIRST("run", VERB_CUSTOM), EDIT("save"),
  FIRST("scale", VERB_UPDATE), FIRST("schedule", VERB_CREATE), EDIT("seal"), LOOSE("search", VERB_LIST), DO("sell"),
  MAKE("send"), FIRST("set", VERB_UPDATE), EDIT("setup"), FIRST("share", VERB_UPDATE), READ("show", VERB_GET),
  FIRST("sign", VERB_UPDATE), EDIT("snooze"), DO("spawn"), EDIT("squash"), FIRST("star", VERB_UPDATE), DO("start"),
  DO("stop"), FIRST("store", VERB_CREATE), MAKE("submit"), EDIT("subscribe"), EDIT("suspend"), EDIT("swap"),
  EDIT("switch"), DO("sync"), FIRST("tag", VERB_UPDATE), DROP("terminate"), EDIT("toggle"),
  FIRST("transfer", VERB_UPDATE), EDIT("transform"), FIRST("transition", VERB_UPDATE), DROP("trash"), DO("trigger"),
  EDIT("unarchive"), EDIT("unassign"), EDIT("unban"), EDIT("unblock"), EDIT("undelete"), EDIT("unfollow"),
  EDIT("unhide"), DO("uninstall"), EDIT("unlink"), EDIT("unlock"), EDIT("unmark"), EDIT("unmute"), EDIT("unpin"),
  EDIT("unpublish"), DROP("unregister"), EDIT("unseal"), EDIT("unset"), EDIT("unshare"), EDIT("unstar"),
  EDIT("unsubscribe"), EDIT("unsuspend"), EDIT("untag"), EDIT("update"), EDIT("upgrade"), MAKE("upload"),
  EDIT("upsert"), FIRST("use", VERB_CUSTOM), LOOSE("view", VERB_GET), FIRST("void", VERB_UPDATE), EDIT("vote"),
  READ("whoami", VERB_GET), DROP("wipe"), EDIT("withdraw"), EDIT("write"),
};
// clang-format on
const size_t verb_count = sizeof verbs / sizeof *verbs;

static int verb_order(const void *word, const void *verb) {
  return str_compare(*(const struct str *)word, str_of(((const struct verb *)verb)->word));
}

const struct verb *verb_find(struct str word) {
  return bsearch(&word, verbs, verb_count, sizeof *verbs, verb_order);
}

const struct verb *verb_begins(struct str word) {
  enum { LEAST = 5 }; // shorter ones begin other words: "add" address, "put" putative
  for (size_t i = 0; i < verb_count; i++)
    if (verbs[i].does == VERB_WRITES && strlen(verbs[i].word) >= LEAST && str_starts(word, verbs[i].word))
      return &verbs[i];
  return NULL;
}
