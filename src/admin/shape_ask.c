// SPDX-License-Identifier: Apache-2.0
// Of asking: questions, aliases, programs and what they give.
#include "admin/shape_row.h"
#include "ask/answer.h"

// clang-format off

// ---- requests

SHAPE(admin_program_body, "ProgramRun", "A program to run, or the handle of one to go on with",
  {"program", ADMIN_OBJECT, .says = "as GET /program-schema describes it"},
  {"parameters", ADMIN_OBJECT, .says = "values over the program's defaults"},
  {"server", ADMIN_TEXT, .most = 128, .says = "id or name of the server whose view it has; left out: all accounts"},
  {"tables", ADMIN_OBJECT, .says = "rows of one's own by name: an array of objects, or a text of CSV or JSON"},
  {"fresh", ADMIN_BOOL, .says = "ask vendors anew, whatever was read a moment before (setting program_cache)"},
  {"charts", ADMIN_BOOL, .says = "a chart of each result, whether the program wishes for one or not"},
  {"continue", ADMIN_TEXT, .most = 64, .says = "the handle of a paused outcome, instead of a program"});
SHAPE(admin_question, "Question", "A question in plain language",
  {"question", ADMIN_TEXT, .most = ASK_QUESTION_MOST, .says = "the question; left out where a choice is made, or a paused answer goes on"},
  {"follow", ADMIN_TEXT, .most = 64, .says = "the id of an answer that this one goes on from"},
  {"choose", ADMIN_INT, .least = 1, .most = 100, .says = "the number of a choice of that answer"},
  {"remember", ADMIN_BOOL, .says = "keep the choice as an alias of the word that was asked about"},
  {"server", ADMIN_TEXT, .most = NAME_MOST, .says = "see what this server shows; without it, all accounts"},
  {"engine", ADMIN_TEXT, .most = NAME_MOST, .says = "who writes the program: planner, or a language model by name; left out: the default"},
  {"plan_only", ADMIN_BOOL, .says = "the program alone, without running it"});
#define ENGINE_BODY(nil)                                                                                                 \
  {"base_url", ADMIN_TEXT, nil, .most = 2048, .says = "of the API with its version, such as http://127.0.0.1:11434/v1; chat needs one. A query goes behind each path"}, \
  {"key", ADMIN_TEXT, nil, .most = 8192, .says = "the API key; never shown again. Empty: none"},                          \
  {"key_header", ADMIN_TEXT, nil, .most = 64, .says = "that the key goes in, such as api-key; without it the kind's own"}, \
  {"dialect", ADMIN_WORD, nil, .allowed = "vendor|compatible", .says = "vendor: the server takes all members of the format, as its own vendor does; without it by the address"}, \
  {"effort", ADMIN_TEXT, nil, .most = 16, .says = "of models that think: low, medium, high, or what the provider knows; without it the model's"}, \
  {"tokens", ADMIN_INT, nil, .least = 1000, .most = 100000000, .says = "that one question may cost; without it 200000"},  \
  {"output_tokens", ADMIN_INT, nil, .least = 256, .most = 1000000, .says = "of one reply, thinking among them; without it 8192"}, \
  {"seconds", ADMIN_INT, nil, .least = 1, .most = 3600, .says = "that one question may take; without it 90"},             \
  {"default", ADMIN_BOOL, .says = "it answers where none is named"},                                                \
  {"untested", ADMIN_BOOL, .says = "keep it without asking the model anything"}
#define ENGINE_NAME .most = 64, .says = "of the characters a-z, 0-9, '.', '_' and '-'; unique, and not planner"
#define ENGINE_MODEL .most = 200, .says = "the provider's name of it"
#define ENGINE_KIND .allowed = "anthropic|openai|chat", .says = "the wire format: Anthropic Messages, OpenAI Responses, or Chat Completions, which most others speak"
SHAPE(admin_engine_new, "EngineNew", "A language model to set",
  {"name", ADMIN_TEXT, REQ, ENGINE_NAME},
  {"kind", ADMIN_WORD, REQ, ENGINE_KIND},
  {"model", ADMIN_TEXT, REQ, ENGINE_MODEL},
  ENGINE_BODY(0));
SHAPE(admin_engine_patch, "EnginePatch", "What is to change; what is left out stays",
  {"name", ADMIN_TEXT, ENGINE_NAME},
  {"kind", ADMIN_WORD, ENGINE_KIND},
  {"model", ADMIN_TEXT, ENGINE_MODEL},
  ENGINE_BODY(ADMIN_NULLABLE));
#define ALIAS_VALUE .most = 100, .says = "the thing's name: a zone, a site, an address, an id"
#define ALIAS_ACCOUNT .most = 128, .says = "id or name of the account whose thing it is: where that is not seen, the alias does not count"
SHAPE(admin_alias_new, "AliasNew", "What people call a thing",
  {"name", ADMIN_TEXT, REQ, .most = 100, .says = "one to six words; case does not count"},
  {"value", ADMIN_TEXT, REQ, ALIAS_VALUE},
  {"account", ADMIN_TEXT, ALIAS_ACCOUNT});
SHAPE(admin_alias_patch, "AliasPatch", "What is to change; what is left out stays",
  {"name", ADMIN_TEXT, .most = 100, .says = "another name"},
  {"value", ADMIN_TEXT, ALIAS_VALUE},
  {"account", ADMIN_TEXT, ADMIN_NULLABLE, ALIAS_ACCOUNT "; null: any"});
SHAPE(admin_program_check_body, "ProgramCheck", "A program to check; nothing is called",
  {"program", ADMIN_OBJECT, REQ, .says = "as GET /program-schema describes it"},
  {"parameters", ADMIN_OBJECT, .says = "values over the program's defaults"},
  {"server", ADMIN_TEXT, .most = 128, .says = "id or name of the server whose view it has; left out: all accounts"},
  {"tables", ADMIN_OBJECT, .says = "rows of one's own by name"});
#define VIEW {"server", ADMIN_TEXT, .most = 128, .says = "id or name of the server whose view it has; left out: all accounts"}
#define PROGRAM_BODY                                                                                                \
  {"server", ADMIN_TEXT, .most = 128, .says = "id or name of the server whose names of tools the program is written in; left out: the vendors'"}, \
  {"visibility", ADMIN_WORD, .allowed = "private|shared", .says = "private: seen by the API token that saved it, while that lives; shared, as without it: by all that manage"}
SHAPE(admin_stored_new, "StoredProgramNew", "A program to keep",
  {"name", ADMIN_TEXT, REQ, .most = NAME_MOST, .says = "a name for people, unique among kept programs"},
  {"program", ADMIN_OBJECT, REQ, .says = "as GET /program-schema describes it, without tables"},
  PROGRAM_BODY);
SHAPE(admin_stored_patch, "StoredProgramPatch", "What is to change; what is left out stays",
  {"name", ADMIN_TEXT, .most = NAME_MOST, .says = "a new name"},
  {"program", ADMIN_OBJECT, .says = "in place of the one that is kept"},
  {"version", ADMIN_INT, .least = 1, .says = "of the program that was read; a conflict where it is another by now"},
  PROGRAM_BODY);
SHAPE(admin_stored_run, "StoredProgramRun", "How a kept program is run",
  {"parameters", ADMIN_OBJECT, .says = "values over the program's defaults"},
  VIEW,
  {"tables", ADMIN_OBJECT, .says = "rows of one's own by name: an array of objects, or a text of CSV or JSON"},
  {"fresh", ADMIN_BOOL, .says = "ask vendors anew, whatever was read a moment before (setting program_cache)"},
  {"continue", ADMIN_TEXT, .most = 64, .says = "the handle of a paused outcome"});
SHAPE(admin_stored_check, "StoredProgramCheck", "How a kept program would be run",
  {"parameters", ADMIN_OBJECT, .says = "values over the program's defaults"},
  VIEW);
SHAPE(admin_publish_new, "PublicationNew", "A program to publish",
  {"program", ADMIN_EITHER, REQ, .says = "id or name of a kept one, or a program, which is then kept under the tool's name"},
  PUBLISH_AS);

// ---- answers

SHAPE(admin_program_verdict, "ProgramVerdict", "Whether a program is sound, and what it would cost",
  {"sound", ADMIN_BOOL, REQ, .says = "it can be run"},
  {"faults", ADMIN_OBJECTS, REQ, .shape = &admin_program_fault, .says = "all that is wrong"},
  {"calls_least", ADMIN_INT, .says = "calls without those for each row"},
  {"calls_known", ADMIN_BOOL, .says = "no step has a for_each, so that these are all"},
  {"steps", ADMIN_OBJECTS, .says = "id, calls (account, tool), after (ids of steps)"});
SHAPE(admin_answered, "Answer", "An answer with its evidence; see the manual's page on asking",
  {"id", ADMIN_TEXT, REQ, .says = "for a question that follows; GET /answers/{id} has the answer again"},
  {"link", ADMIN_TEXT, .says = "the address of its page, which never changes"},
  {"outcome", ADMIN_WORD, REQ, .allowed = "answer|clarify|unanswerable|refuse", .says = "what it is"},
  {"engine", ADMIN_OBJECT, REQ, .says = ANSWER_ENGINE},
  {"text", ADMIN_TEXT, REQ, .says = "in words"},
  {"numbers", ADMIN_OBJECTS, REQ, .says = ANSWER_NUMBERS},
  {"table", ADMIN_OBJECT, .says = "columns and rows of the main result"},
  {"chart", ADMIN_OBJECT, .says = "kind, and the spec of what is drawn"},
  {"results", ADMIN_OBJECTS, REQ, .says = "all results: title and table"},
  {"calls", ADMIN_OBJECTS, REQ, .says = ANSWER_CALLS},
  {"program", ADMIN_OBJECT, .says = "the program that gave it; POST /program runs it again"},
  {"understood", ADMIN_OBJECTS, REQ, .says = "what was understood, and what was taken for granted"},
  {"choices", ADMIN_OBJECTS, REQ, .says = "of a question back: number and label"},
  {"paused", ADMIN_BOOL, .says = "not all has been read yet: ask with follow alone, and it goes on"},
  {"wait_seconds", ADMIN_INT, .says = "what a vendor's rate limit asks to wait then; 0: nothing"},
  {"warnings", ADMIN_TEXTS, REQ, .says = "what was cut, failed or missing"});

INNER(engine_trial_info, "EngineTrial", "What a trial took",
  {"elapsed_ms", ADMIN_INT, REQ, .says = "from the request to the end of the reply"},
  {"input_tokens", ADMIN_INT, .says = "as the provider counts them"},
  {"output_tokens", ADMIN_INT, .says = "as the provider counts them"});
SHAPE(admin_engine_shape, "Engine", "Who writes the programs of questions; of the planner most is null",
  {"id", ADMIN_TEXT, REQ, .says = "eng_…, or planner"},
  {"name", ADMIN_TEXT, REQ, .says = "by which questions name it"},
  {"kind", ADMIN_WORD, REQ, .allowed = "planner|anthropic|openai|chat", .says = "built in, or the wire format"},
  {"model", ADMIN_TEXT, NIL, .says = "the provider's name of it"},
  {"base_url", ADMIN_TEXT, NIL, .says = "of the API"},
  {"has_key", ADMIN_BOOL, REQ, .says = "a key is kept for it"},
  {"key_header", ADMIN_TEXT, NIL, .says = "that the key goes in"},
  {"dialect", ADMIN_TEXT, NIL, .says = "vendor or compatible; null: by the address"},
  {"effort", ADMIN_TEXT, NIL, .says = "null: the model's"},
  {"tokens", ADMIN_INT, NIL, .says = "that one question may cost"},
  {"output_tokens", ADMIN_INT, NIL, .says = "of one reply"},
  {"seconds", ADMIN_INT, NIL, .says = "that one question may take"},
  {"default", ADMIN_BOOL, REQ, .says = "it answers where none is named"},
  {"status", ADMIN_WORD, REQ, .allowed = "ok|untested|failing", .says = "as of the last trial"},
  {"status_text", ADMIN_TEXT, NIL, .says = "why it fails"},
  {"created_at", ADMIN_TIME, NIL, .says = "RFC 3339"},
  {"updated_at", ADMIN_TIME, NIL, .says = "RFC 3339"},
  {"tested_at", ADMIN_TIME, NIL, .says = "RFC 3339; null: never"},
  {"trial", ADMIN_OBJECT, NIL, .shape = &engine_trial_info, .says = "where this request tried it"});
SHAPE(admin_engine_list, "EngineList", "All engines",
  {"sees", ADMIN_WORD, REQ, .allowed = "schema|sample|rows", .says = "what language models see of what was read: the setting ask_llm_sees"},
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_engine_shape, .says = "the planner, then by name"});

SHAPE(admin_alias_shape, "Alias", "What people call a thing",
  {"id", ADMIN_TEXT, REQ, .says = "als_…"},
  {"name", ADMIN_TEXT, REQ, .says = "as it was given"},
  {"value", ADMIN_TEXT, REQ, .says = "what it stands for"},
  {"account_id", ADMIN_TEXT, NIL, .says = "whose thing it is; null: any"},
  {"account", ADMIN_TEXT, NIL, .says = "its name"},
  {"made_by", ADMIN_TEXT, REQ, .says = "id of the API token that wrote it last"},
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"});
SHAPE(admin_alias_list, "AliasList", "A page of aliases",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_alias_shape, .says = "by name"}, NEXT);

#define VERDICT                                                                                          \
  {"state", ADMIN_WORD, REQ, .allowed = "ok|held|gone|changed", .says = "held: a tool waits for a review; gone: an account or tool is no more, or not shown; changed: a tool is another than when it was saved"}, \
  {"step", ADMIN_TEXT, NIL, .says = "where it is broken"},                                               \
  {"why", ADMIN_TEXT, NIL, .says = "why it is broken"}
SHAPE(admin_published, "PublishedProgram", "A program as a tool of a server",
  {"name", ADMIN_TEXT, REQ, .says = "of the tool"},
  {"server_id", ADMIN_TEXT, REQ, .says = "srv_…"},
  {"server", ADMIN_TEXT, NIL, .says = "its name; null: it cannot be used at present"},
  {"program_id", ADMIN_TEXT, REQ, .says = "prg_…"},
  {"program", ADMIN_TEXT, REQ, .says = "its name"},
  {"description", ADMIN_TEXT, NIL, .says = "null: the program's title"},
  VERDICT,
  {"hides", ADMIN_BOOL, REQ, .says = "a vendor has a tool of this name on the server by now, which is not shown"},
  {"published_by", ADMIN_TEXT, REQ, .says = "id of an API token"},
  {"published_at", ADMIN_TIME, REQ, .says = "RFC 3339"});
SHAPE(admin_published_list, "PublishedProgramList", "The published programs of a server",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_published, .says = "by name"});
#define STORED_BODY                                                                                      \
  {"id", ADMIN_TEXT, REQ, .says = "prg_…"},                                                              \
  {"name", ADMIN_TEXT, REQ, .says = "for people"},                                                       \
  {"title", ADMIN_TEXT, NIL, .says = "of the program"},                                                  \
  VERDICT,                                                                                               \
  {"owner", ADMIN_TEXT, REQ, .says = "id of the API token that saved it"},                               \
  {"owner_name", ADMIN_TEXT, NIL, .says = "its name; null: it is no more"},                              \
  {"visibility", ADMIN_WORD, REQ, .allowed = "private|shared", .says = "who sees it"},                   \
  {"published", ADMIN_OBJECTS, REQ, .shape = &admin_published, .says = "as a tool, of which servers"},   \
  {"version", ADMIN_INT, REQ, .says = "counts changes"},                                                 \
  {"created_at", ADMIN_TIME, REQ, .says = "RFC 3339"},                                                   \
  {"updated_at", ADMIN_TIME, REQ, .says = "RFC 3339"}
INNER(admin_stored, "StoredProgram", "A kept program", STORED_BODY);
SHAPE(admin_stored_whole, "StoredProgramWhole", "A kept program with what it says",
  STORED_BODY,
  {"program", ADMIN_OBJECT, REQ, .says = "with the names of today; what is gone goes by the name that it had"});
SHAPE(admin_stored_list, "StoredProgramList", "A page of kept programs",
  {"items", ADMIN_OBJECTS, REQ, .shape = &admin_stored, .says = "oldest first"}, NEXT);
SHAPE(admin_outcome, "ProgramOutcome", "What a program gave; see the manual's page on programs",
  {"status", ADMIN_WORD, REQ, .allowed = "complete|partial|paused|failed", .says = "paused: go on with the handle after wait_seconds"},
  {"title", ADMIN_TEXT, .says = "of the program"},
  {"now", ADMIN_TIME, REQ, .says = "the one moment of the run"},
  {"zone", ADMIN_TEXT, REQ, .says = "of buckets and dates"},
  {"handle", ADMIN_TEXT, .says = "under which it is kept for ten minutes"},
  {"wait_seconds", ADMIN_INT, .says = "what a vendor's rate limit asks for"},
  {"results", ADMIN_OBJECTS, REQ, .says = "name, columns (name, type), rows, cut, time, chart; or error"},
  {"steps", ADMIN_OBJECTS, REQ, .says = "id, state, calls, failed, rows, cut, total, why"},
  {"calls", ADMIN_OBJECTS, REQ, .says = "account, tool, arguments, page, rows, bytes, ms, cached, age_ms, why"},
  {"warnings", ADMIN_TEXTS, REQ, .says = "what was cut, failed or taken for granted"});
