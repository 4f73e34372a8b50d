// SPDX-License-Identifier: Apache-2.0
// reading: a question as it is understood: parts, each about one thing, with what is asked of it, which rows are meant,
// over which time, by what it is grouped; or an order to change something; or words that nothing knows. Pure. Example:
//   struct reading r; reading_make(&(struct reading_input){…}, arena, &r);
#ifndef POSTERN_ASK_READING_H
#define POSTERN_ASK_READING_H

#include "ask/alias.h"
#include "ask/near.h"
#include "language/span.h"
#include "model/model.h"
#include "model/recipe.h"

enum {
  READING_PARTS_MOST = 6,
  READING_FILTERS_MOST = 10,
  READING_GROUPS_MOST = 4,
  READING_NAMES_MOST = 6,
  READING_ACCOUNTS_MOST = 4,
  READING_UNKNOWN_MOST = 24,
  READING_PASSED_MOST = 4,
};

enum reading_op { READING_IS, READING_LACKS, READING_COMPARES, READING_LIKE };
struct reading_filter {
  enum reading_op op;
  int value;        // of the thing; -1: none
  int column;       // -1: none
  struct str text;  // compared with; of READING_COMPARES a number or an instant
  struct str said;  // what it is compared with, in words; empty: the text
  const char *sign; // of READING_COMPARES
  bool negated;
  int either;          // holds or another one of the same number does; 0: holds in any case
  bool within, begins; // of READING_LIKE: the text is a part of what the column has, its beginning
  bool noun;           // says what kind of rows is meant
  bool with;           // holds together with the one before it, of the same column: a name of two words
  size_t at;           // word
};

struct reading_part {
  const struct model_thing *thing;
  unsigned intents; // bits 1 << enum ask_intent
  struct reading_filter filters[READING_FILTERS_MOST];
  int groups[READING_GROUPS_MOST]; // columns; -2: each row of the thing it is within
  int asked[READING_GROUPS_MOST];  // columns that were named, and not to group by
  int measure;
  int sort;          // the column that rows are shown in the order of; -1: none
  bool sort_up;      // from the least on
  int time;          // the column of a time that the question names; -1: none
  bool sums;         // "how many seats": the number that is named is added up
  double percentile; // 0: none said
  int64_t top;       // 0: none said
  char bucket;       // letter of a unit; 0: none
  struct span span, prior;
  bool has_span, has_prior, span_is_assumed;
  bool span_is_before;    // "the week before": of what, the question before says
  bool span_elsewhere;    // the time is that of what is counted, which its SQL says
  bool span_is_denied;    // rows whose time is not within it, or that have none
  const char *least_sign; // "zones with more than 15 records": how many each has; NULL: it does not matter
  double least, idle_number;
  int least_of;  // how many different ones of this column, -2: of what the rows are within; -1: how many rows
  bool alike;    // asked for what several rows have, and which these are
  bool who;      // asks for people
  bool foresees; // asks for what is to come
  char idle;     // "days without changes": letter of the unit in which nothing was; 0: not asked
  const char *idle_sign; // or so many: "days with fewer than 5 changes"; NULL: nothing
  bool amount;           // asks how much: of rows alone that is nothing
  bool every;            // whether it is so of all: those of which it is not are asked for
  bool lists, counts;    // besides how many they are, which they are; besides what they come to, how many
  bool which_within;     // which of what the rows are within: those that have any
  bool none_within; // of what the rows are within, those that have none of them: "zones without MX records"
  struct str names[READING_NAMES_MOST]; // rows of the thing, or of what it is within, by label
  struct str ids[READING_NAMES_MOST];   // or by id
  const struct model_thing *named;      // whose rows the names and ids are
  size_t filter_count, group_count, asked_count, name_count, id_count;
  int lack;             // of thing's `lacks`; -1: none
  bool unfiltered_flag; // both sides of a flag were asked for: `flag` is its column
  int flag;
  int expects;               // the value that the one row is asked to have; -1: none
  bool expects_not, whether; // whether: wants a yes or a no
  bool told_apart;           // by what is asked for with "which": "which kind costs the most"
  bool grouped;              // "per", "by": the groups are asked for by word
  const char *form;          // table, line, bar; NULL: as suits
  struct str unknown[READING_UNKNOWN_MOST];
  bool unknown_matters[READING_UNKNOWN_MOST]; // something is measured against it
  const struct model_thing
      *unknown_of[READING_UNKNOWN_MOST]; // it stands before the name of this: "production zone"
  size_t unknown_count;
  struct str passed[READING_PASSED_MOST]; // that nothing knows, and that narrow nothing
  size_t passed_count;
  struct str elsewhere;         // a connected source that the question names, and that is not the thing's
  struct str among;             // SQL that holds too: a value is one of another part's; empty: any
  struct str ambiguous, denied; // a word that names several of them; that denies what nothing is known of
  int score;
};

enum reading_end {
  READING_SOUND,
  READING_ORDER,
  READING_NOTHING,
  READING_VAGUE,
  READING_LOST, // changes what is not there
  READING_NO_SPAN,
  READING_IS_DATA
};

struct reading_input {
  struct str question;
  const struct model *model;
  const struct table_clock *clock;
  const struct model_row *names; // known of data
  size_t name_count;
  const struct alias *aliases;
  size_t alias_count;
  bool looked;                  // names of rows were looked up: a word that is none is no name
  const struct near_word *near; // words that nothing knows
  size_t near_count;
};

struct reading {
  enum reading_end end;
  struct str text; // the question; places of words are in it
  struct ask_words words;
  const struct language *language;
  struct reading_part parts[READING_PARTS_MOST];
  size_t part_count;
  const struct recipe_use *recipe; // what answers it in place of parts; NULL: parts do
  bool looked, joined;             // joined: two parts are, by these columns; -2: by what they are within
  int join[2];
  bool lacks, restricts; // for what is in the first alone; for rows of the first whose value is in the second
  struct str corrected[8][2]; // slips of the pen: typed, taken for
  size_t corrected_count;
  struct alias_use aliases[ALIAS_USES_MOST];
  size_t alias_count;
  struct near_use near[NEAR_MOST];
  size_t near_count;
  struct str accounts[READING_ACCOUNTS_MOST]; // of several of one vendor, those that are named
  size_t account_count;                       // 0: all
  struct str order;                           // the words that ask for a change
  bool refers, again;                         // speaks of what was before
};

// `before`: what a question before it was read as, which this one may only change; NULL: none.
MUST_USE bool reading_make(const struct reading_input *in, const struct reading *before, struct arena *a,
                           struct reading *out, struct err *err);
// The questions of a conversation, each as it changes those before; in->question is not looked at.
MUST_USE bool reading_follow(const struct reading_input *in, const struct str *questions, size_t count,
                             struct arena *a, struct reading *out, struct err *err);

#endif
