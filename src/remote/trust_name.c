// SPDX-License-Identifier: Apache-2.0
#include "remote/trust_name.h"

#include <ctype.h>

#include "base/verbs.h"
#include "remote/trust_words.h"

// ---- words

static bool name_is_upper(struct str s, size_t i) {
  return i < s.n && isupper((unsigned char)s.p[i]);
}

static bool name_is_lower(struct str s, size_t i) {
  return i < s.n && (islower((unsigned char)s.p[i]) || isdigit((unsigned char)s.p[i]));
}

// Does a word begin at `i`: listZones, DNSRecords?
static bool name_turns(struct str s, size_t i) {
  return i > 0 && name_is_upper(s, i) && (name_is_lower(s, i - 1) || name_is_lower(s, i + 1));
}

static void name_split(struct str name, struct trust_name *out) {
  if (name.n > TRUST_NAME_MOST) name.n = TRUST_NAME_MOST;
  size_t start = 0;
  for (size_t i = 0; i <= name.n; i++) {
    bool part = i < name.n && isalnum((unsigned char)name.p[i]);
    if (i > start && (!part || name_turns(name, i)) && out->count < TRUST_NAME_WORDS)
      out->words[out->count++] = str_make(out->text + start, i - start);
    if (!part || name_turns(name, i)) start = part ? i : i + 1;
    if (part) out->text[i] = (char)tolower((unsigned char)name.p[i]);
  }
}

// ---- the verb

static void name_settle(struct trust_name *n, enum trust_name_says says, size_t at) {
  const struct verb *v = at < n->count ? verb_find(n->words[at]) : NULL;
  n->says = says;
  n->class = v && says != TRUST_NAME_UNCLEAR ? (enum tool_class)v->class : TOOL_CUSTOM;
  n->verb = v ? n->words[at] : STR_NONE;
}

// The first word from `at` on that writes wherever it stands; the count where there is none. Behind "and" and
// "or" any verb that can write counts.
static size_t name_find_write(const struct trust_name *n, size_t at, bool joined_only) {
  for (size_t i = at; i < n->count; i++) {
    const struct verb *v = verb_find(n->words[i]);
    bool joined = i > 0 && trust_is_joint(n->words[i - 1]);
    if (v && ((v->does == VERB_WRITES && !joined_only) ||
              (joined && (v->does == VERB_WRITES || v->does == VERB_WRITES_FIRST))))
      return i;
  }
  return n->count;
}

static void name_judge_reader(struct trust_name *n, const struct verb *v) {
  size_t joined = name_find_write(n, 1, true), any = name_find_write(n, 1, false);
  if (joined < n->count)
    name_settle(n, TRUST_NAME_WRITES, joined);
  else if (v->does == VERB_READS_LOOSELY && any < n->count)
    name_settle(n, TRUST_NAME_UNCLEAR, any);
  else
    name_settle(n, TRUST_NAME_READS, 0);
}

// A verb or a noun in front: comment_on_issue, but comment_count and issue_read.
static void name_judge_noun(struct trust_name *n) {
  size_t write = name_find_write(n, 1, false);
  struct str last = n->words[n->count - 1];
  const struct verb *end = verb_find(last);
  bool noun = n->count > 1 && (trust_is_tail(last) || (end && end->does <= VERB_READS_LOOSELY));
  if (write < n->count)
    name_settle(n, TRUST_NAME_WRITES, write);
  else
    name_settle(n, noun ? TRUST_NAME_UNCLEAR : TRUST_NAME_WRITES, 0);
}

// A noun or a vendor's name in front: asset-rename, slack_send_message, kv_namespaces_list.
static void name_judge_later(struct trust_name *n) {
  size_t write = name_find_write(n, 1, false);
  if (write < n->count) {
    name_settle(n, TRUST_NAME_WRITES, write);
    return;
  }
  for (size_t i = 1; i < n->count; i++) {
    const struct verb *v = verb_find(n->words[i]);
    if (!v) continue;
    name_settle(n, v->does <= VERB_READS_LOOSELY ? TRUST_NAME_READS : TRUST_NAME_UNCLEAR, i);
    return;
  }
  name_settle(n, TRUST_NAME_UNCLEAR, n->count);
}

static void name_judge(struct trust_name *n) {
  const struct verb *first = n->count ? verb_find(n->words[0]) : NULL;
  const struct verb *begins = n->count == 1 && !first ? verb_begins(n->words[0]) : NULL;
  if (begins) {
    n->says = TRUST_NAME_WRITES;
    n->class = (enum tool_class)begins->class;
    n->verb = str_of(begins->word);
  } else if (!first) {
    name_judge_later(n);
  } else if (first->does == VERB_WRITES) {
    name_settle(n, TRUST_NAME_WRITES, 0);
  } else if (first->does == VERB_WRITES_FIRST) {
    name_judge_noun(n);
  } else {
    name_judge_reader(n, first);
  }
}

// ---- secrets

// The last noun for one, unless what stands before or behind it says that it is none: public_key,
// token_usage.
static struct str name_secret(const struct trust_name *n) {
  for (size_t i = n->count; i-- > 0;) {
    if (i > 0 && str_is(n->words[i - 1], "connection") && str_is(n->words[i], "string")) return n->words[i];
    if (!trust_is_secret(n->words[i])) continue;
    bool open = i > 0 && trust_is_open_before(n->words[i - 1]);
    bool about = i + 1 < n->count && trust_is_about(n->words[i + 1]);
    if (!open && !about) return n->words[i];
  }
  return STR_NONE;
}

void trust_name_read(struct str name, struct trust_name *out) {
  memset(out, 0, sizeof *out);
  name_split(name, out);
  name_judge(out);
  out->secret = name_secret(out);
}
