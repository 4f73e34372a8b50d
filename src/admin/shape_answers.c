// SPDX-License-Identifier: Apache-2.0
// Of answers that are kept.
#include "admin/shape_row.h"

// clang-format off

SHAPE(admin_query_answers, "AnswerQuery", "",
  LIMIT, AFTER,
  {"of", ADMIN_WORD, .allowed = "mine|shared", .says = "one's own alone, or what others share; left out, both"});
SHAPE(admin_query_conversation, "ConversationQuery", "", LIMIT, AFTER);

SHAPE(admin_answer_patch, "AnswerPatch", "Who sees an answer",
  {"visibility", ADMIN_WORD, REQ, .allowed = "private|shared", .says = "private: who asked; shared: all that manage Postern, and viewers, too"});

SHAPE(admin_answer_rerun, "AnswerRerun", "How an answer's program is run once more",
  {"fresh", ADMIN_BOOL, .says = "ask vendors anew, whatever was read a moment before (setting program_cache)"});
SHAPE(admin_answer_publish, "AnswerPublish", "An answer to publish as a tool",
  {"server", ADMIN_TEXT, REQ, .most = 128, .says = "id or name of the server"},
  PUBLISH_AS);

#define KEPT_HEAD                                                                                                    \
  {"id", ADMIN_TEXT, REQ, .says = "ans_…"},                                                                      \
  {"link", ADMIN_TEXT, REQ, .says = "the address of its page, which never changes"},                             \
  {"question", ADMIN_TEXT, REQ, .says = "as it was asked; of a choice, the question before it"},                 \
  {"outcome", ADMIN_WORD, REQ, .allowed = "answer|clarify|unanswerable|refuse", .says = "what it is"},           \
  {"engine", ADMIN_OBJECT, REQ, .says = ANSWER_ENGINE},                                                          \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                           \
  {"owner", ADMIN_TEXT, REQ, .says = "id of the API token that asked"},                                          \
  {"owner_name", ADMIN_TEXT, NIL, .says = "its name, where it is still there"},                                  \
  {"mine", ADMIN_BOOL, REQ, .says = "it is the asker's own"},                                                    \
  {"visibility", ADMIN_WORD, REQ, .allowed = "private|shared", .says = "private: its owner's alone; shared: all that manage Postern, and viewers, see it"}, \
  {"server_id", ADMIN_TEXT, NIL, .says = "whose view it was asked in; null: all accounts"},                      \
  {"conversation", ADMIN_TEXT, REQ, .says = "id of the first answer of the conversation"},                       \
  {"follows", ADMIN_TEXT, NIL, .says = "id of the answer that the question followed"},                           \
  {"rerun_of", ADMIN_TEXT, NIL, .says = "id of the answer whose program was run again"},                         \
  {"account_deleted_at", ADMIN_TIME, NIL, .says = "when an account that it used was deleted, and what it said with it"}
INNER(admin_answer_item, "AnswerItem", "A kept answer, without what it said", KEPT_HEAD);
SHAPE(admin_answer_list, "AnswerList", "A page of kept answers",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_answer_item, .says = "the newest first; of a conversation the oldest"}, NEXT);
SHAPE(admin_kept_answer, "KeptAnswer", "A kept answer, as it was told",
  KEPT_HEAD,
  {"text", ADMIN_TEXT, NIL, .says = "in words"},
  {"numbers", ADMIN_OBJECTS, REQ, .says = ANSWER_NUMBERS},
  {"table", ADMIN_OBJECT, .says = "columns and rows of the main result"},
  {"chart", ADMIN_OBJECT, .says = "kind, and the spec of what is drawn"},
  {"results", ADMIN_OBJECTS, REQ, .says = "all results: title and table"},
  {"calls", ADMIN_OBJECTS, REQ, .says = ANSWER_CALLS},
  {"understood", ADMIN_OBJECTS, REQ, .says = "what was understood, and what was taken for granted"},
  {"choices", ADMIN_OBJECTS, REQ, .says = "of a question back: number and label"},
  {"warnings", ADMIN_TEXTS, REQ, .says = "what was cut, failed or missing"},
  {"program", ADMIN_OBJECT, .says = "written with the names of today"},
  {"paused", ADMIN_BOOL, .says = "not all had been read then"},
  {"state", ADMIN_WORD, .allowed = "ok|held|gone|changed", .says = "what became of the program, as of one that is kept under a name"},
  {"step", ADMIN_TEXT, ADMIN_NULLABLE, .says = "where it is broken; for who manages Postern"},
  {"why", ADMIN_TEXT, ADMIN_NULLABLE, .says = "why it is broken"});
// clang-format on
