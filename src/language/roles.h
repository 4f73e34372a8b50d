// SPDX-License-Identifier: Apache-2.0
// roles: what words of a language do in a question, and what a question can ask for.
#ifndef POSTERN_LANGUAGE_ROLES_H
#define POSTERN_LANGUAGE_ROLES_H

enum language_role {
  LANGUAGE_FILLER,
  LANGUAGE_INTENT, // number: enum ask_intent
  LANGUAGE_NOT,
  LANGUAGE_MISSING,
  LANGUAGE_PER,
  LANGUAGE_REFERS,
  LANGUAGE_WHY,
  LANGUAGE_CUT,
  LANGUAGE_RELATES,
  LANGUAGE_AGAIN,
  LANGUAGE_JOINT,
  LANGUAGE_FORM,
  LANGUAGE_ORDER,
  LANGUAGE_POLITE,
  LANGUAGE_HANDS,   // verbs that hand something on, where they have one row for their object
  LANGUAGE_ONWARDS, // to whom or where
  LANGUAGE_OF,      // before the whole that a part is taken of
  LANGUAGE_DIVIDES, // verbs that tell rows apart, where by what follows
  LANGUAGE_NOBODY,  // nobody is said to have done it
  LANGUAGE_OUGHT,   // says that something is due
  LANGUAGE_WISH,    // says that something is wished
  LANGUAGE_LATE,    // verbs of change as they stand at the end
  LANGUAGE_LOOKS,
  LANGUAGE_READS,
  LANGUAGE_REPLIES,
  LANGUAGE_NOTHING,
  LANGUAGE_STATE,
  LANGUAGE_DETERMINER,
  LANGUAGE_WHETHER,
  LANGUAGE_OR,
  LANGUAGE_AND,
  LANGUAGE_BUT,
  LANGUAGE_MORE, // behind a number: so many further ones
  LANGUAGE_ID,
  LANGUAGE_WHO,
  LANGUAGE_JOINS,
  LANGUAGE_NARROWS,
  LANGUAGE_BEGINS,   // how a value begins
  LANGUAGE_RELATIVE, // before a clause that says which of them is meant
  LANGUAGE_HAVING,
  LANGUAGE_PREPOSITION,
  LANGUAGE_HELPER,
  LANGUAGE_BEARS,
  LANGUAGE_GIVES,
  LANGUAGE_TELLS,
  LANGUAGE_DESTINED,
  LANGUAGE_CHANGES,
  LANGUAGE_INTERROGATIVE,
  LANGUAGE_PRESENT,
  LANGUAGE_STANDING,
  LANGUAGE_STANDS_OFF, // those of them by which it is not so
  LANGUAGE_TIMES,      // behind a number: how often
  LANGUAGE_FORESEES,
  LANGUAGE_SORTS,
  LANGUAGE_ASCENDS,
  LANGUAGE_SHARED, // several have the same
  LANGUAGE_OFTEN,  // number: how often
  LANGUAGE_HOW_OFTEN,
  LANGUAGE_FRESH,    // of rows that came to be
  LANGUAGE_INVOKES,  // before the name of a tool
  LANGUAGE_FRACTION, // number: how many percent
  LANGUAGE_PEOPLE,
  LANGUAGE_AMOUNT,
  LANGUAGE_EVERY,
  LANGUAGE_RIVAL,
  LANGUAGE_SOLE,
  LANGUAGE_SIZE,
  LANGUAGE_LEVEL,
  LANGUAGE_NEXT,
  LANGUAGE_PRONOUN,
  LANGUAGE_EQUALS,
  LANGUAGE_ABILITY,
  LANGUAGE_BYTES,
  LANGUAGE_SAMENESS,
  LANGUAGE_HOW,
  LANGUAGE_ET_CETERA,
  LANGUAGE_OURS,
  LANGUAGE_OFFERS,
  LANGUAGE_AVAILS,
  LANGUAGE_CURRENCY,
  LANGUAGE_CARRIER,
  LANGUAGE_AWAITS,    // waits for a deed
  LANGUAGE_SOMEBODY,  // who it waits for, between the two
  LANGUAGE_YET,       // small words between what denies and a deed
  LANGUAGE_STILL_HAS, // has not given back
  LANGUAGE_SHOULD,    // before a deed that should have come
  LANGUAGE_OVERDUE,
  LANGUAGE_SHORT,    // less than there should be
  LANGUAGE_BEYOND,   // before a bound: more than it
  LANGUAGE_OVERDONE, // the same in one
  LANGUAGE_FULL,
  LANGUAGE_ROOMY, // not full
  LANGUAGE_FROM,  // before what begins a time, and what ends it
  LANGUAGE_UNTIL,
  LANGUAGE_LASTING, // how long something takes
  LANGUAGE_TENURE,  // how long somebody is there
  LANGUAGE_SERVE,   // the same by a verb
  LANGUAGE_HERE,
  LANGUAGE_SUM,        // asks for a sum, and not how many in all
  LANGUAGE_CHARGES,    // deeds that money is asked for
  LANGUAGE_NUMBER,     // number: the value
  LANGUAGE_SCALE,      // number: the factor
  LANGUAGE_WEIGHT,     // number: the grams
  LANGUAGE_COMPARISON, // means: the operator, a C string
  LANGUAGE_BOUND,      // the same, behind its number
  LANGUAGE_UNIT,       // number: the letter; as is that of
  LANGUAGE_BUCKET,
  LANGUAGE_MONTH,
  LANGUAGE_WEEKDAY,
  LANGUAGE_HALF, // of a day; number: the hours it adds
  LANGUAGE_ROLES
};

enum ask_intent {
  ASK_LIST,
  ASK_COUNT,
  ASK_TOTAL,
  ASK_SHARE,
  ASK_TOP,
  ASK_BOTTOM,
  ASK_TREND,
  ASK_HEAT,
  ASK_WEEKDAY,
  ASK_CLOCK, // by the hour of the day
  ASK_MEAN,
  ASK_MEDIAN,
  ASK_PERCENTILE,
  ASK_COMPARE,
  ASK_LACKS,
  ASK_GROWTH,
  ASK_FALL,
  ASK_OLDEST,
  ASK_NEWEST,
  ASK_SOONEST,
  ASK_CHECK,
  ASK_DISTINCT,
  ASK_INTENTS
};

#endif
