// SPDX-License-Identifier: Apache-2.0
// consent_words: what the page says on which a person lets an AI client in, or does not, in each language. A table; {0} is
// a value. Private to admin/. Example:
//   struct str title = admin_consent_say(TONGUE_GERMAN, CONSENT_TITLE, STR_NONE, arena);
#ifndef POSTERN_ADMIN_CONSENT_WORDS_H
#define POSTERN_ADMIN_CONSENT_WORDS_H

#include "admin/tongue.h"

enum consent_word {
  CONSENT_TITLE,
  CONSENT_WHO,
  CONSENT_NAME,
  CONSENT_DOCUMENT,
  CONSENT_SENT_TO,
  CONSENT_SERVER,
  CONSENT_TOOLS,
  CONSENT_TOOL_COUNTS, // {0} that read, {1} that write, {2} others
  CONSENT_ACCOUNTS,
  CONSENT_HELD_TO,
  CONSENT_CARE_HERE,
  CONSENT_CARE_THERE,
  CONSENT_YES,
  CONSENT_NO,
  CONSENT_SAID_YES,
  CONSENT_SAID_NO,
  CONSENT_GO_ON,
  CONSENT_BACK,
  CONSENT_NOT_IN,
  CONSENT_ENDED,
  CONSENT_AGAIN,
  CONSENT_NOT_ITS_ANSWER,
  CONSENT_OFF,
  CONSENT_OFF_WHY,
  CONSENT_NOT_READ,
  CONSENT_NOT_READ_WHY, // as whoever tried to says it
  CONSENT_UNKNOWN,
  CONSENT_UNKNOWN_WHY,
  CONSENT_ELSEWHERE,
  CONSENT_ELSEWHERE_WHY,
  CONSENT_CODE_ONLY,
  CONSENT_PKCE,
  CONSENT_NO_SUCH_RESOURCE,
  CONSENT_NO_RESOURCE,
  CONSENT_MAY_NOT,
  CONSENT_WORDS
};

struct str admin_consent_say(enum tongue t, enum consent_word word, struct str value, struct arena *a);
struct str admin_consent_say_counts(enum tongue t, const size_t counts[3], struct arena *a);

#endif
