// SPDX-License-Identifier: Apache-2.0
// Rows of the table: asking, and answer programs.
#include "cli/flags.h"
#include "cli/run.h"

#define API (COMMAND_API | COMMAND_JSON)
#define ANSWER                                                                                               \
  { "ANSWER", "its id: ans_…" }
#define PICTURE_FLAGS                                                                                        \
  {"no-chart", NULL, "tables alone"}, {                                                                      \
    "no-color", NULL, "draw without colour, as NO_COLOR in the environment does"                             \
  }

const struct command commands_ask[] = {
    {.path = "ask",
     .summary = "Ask a question in plain language about what the accounts hold",
     .details = "The question becomes a program of calls that read; the answer comes with its rows, and "
                "--json with every call "
                "that proves it. What is missing is asked back, and what cannot be known is said. Nothing is "
                "ever changed.",
     .example = "postern ask \"how many active zones do we have?\"\n"
                "postern ask \"which zone served the most traffic this week?\"\n"
                "postern ask --follow ans_… \"and last week?\"\n"
                "postern ask --follow ans_… --choose 2 --remember",
     .arguments = {{"QUESTION", "in words", .optional = true, .many = true}},
     .flags =
         {{"follow", "ID",
           "go on from this answer: change its question, or make a choice of it; alone: where it paused"},
          {"choose", "N", "the number of a choice that was asked back"},
          {"remember", NULL, "keep the choice as an alias of the word that was asked about"},
          {"server", "SERVER", "see what this server shows; without it, all accounts"},
          {"program", NULL, "print the program that would answer, and call nothing"},
          {"pin", "DASHBOARD", "pin the answer's program to this dashboard"},
          {"engine", "ENGINE",
           "who writes the program: planner, or a language model by name; without it, the default"},
          PICTURE_FLAGS},
     .traits = API,
     .run = cli_ask_question},
    {.path = "answer list",
     .summary = "List the answers that are kept, the newest first",
     .details = "One's own, and those that others share.",
     .flags = {{"mine", NULL, "one's own alone"},
               {"shared", NULL, "those of others alone"},
               {"conversation", "ID", "the answers of this one's conversation, the oldest first"},
               {"limit", "N", "so many at most; without it 100"}},
     .traits = API,
     .run = cli_answer_list},
    {.path = "answer show",
     .summary = "Show a kept answer, as it was told",
     .example = "postern answer show ans_…\npostern answer show ans_… --program >denials.json",
     .arguments = {ANSWER},
     .flags = {{"program", NULL, "its program alone, as JSON"}, PICTURE_FLAGS},
     .traits = API,
     .run = cli_answer_show},
    {.path = "answer rerun",
     .summary = "Run an answer's program once more, for a new answer of the rows of now",
     .details = "Times are resolved anew: \"last week\" is the week before today's. The answer that is there "
                "stays as it is.",
     .arguments = {ANSWER},
     .flags = {{"fresh", NULL, "ask vendors anew, whatever was read a moment before"}, PICTURE_FLAGS},
     .traits = API,
     .run = cli_answer_rerun},
    {.path = "answer share",
     .summary = "Show an answer to all that manage this Postern and to viewers, at its link",
     .arguments = {ANSWER},
     .flags = {{"private", NULL, "take it back: yours alone"}},
     .traits = API,
     .run = cli_answer_share},
    {.path = "answer publish",
     .summary = "Publish an answer's program as a tool of a server",
     .details =
         "The time range, and whatever else the program takes as parameters, are the tool's arguments, with "
         "what was asked as defaults.",
     .example = "postern answer publish ans_… --server marketing --as weekly_denials",
     .arguments = {ANSWER},
     .flags = {{"server", "SERVER", "id or name of the server"},
               {"as", "NAME", "the tool's name: letters, digits, '_' and '-'"},
               {"description", "TEXT", "what it answers, for those who choose tools"}},
     .traits = API,
     .run = cli_answer_publish},
    {.path = "answer delete",
     .summary = "Delete a kept answer",
     .arguments = {ANSWER},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_answer_delete},
    {.path = "alias set",
     .summary = "Let a word stand for a thing in questions, in place of what it stood for",
     .details =
         "The installation's, for all who ask. The thing's name is taken as it is: an alias stands for no "
         "other alias and is no instruction. Answers say it: [production = example.com].",
     .example = "postern alias set production example.com\n"
                "postern alias set 'main shop' storefront --account guard",
     .arguments = {{"NAME", "what people say: one to six words"}, {"THING", "the thing's own name"}},
     .flags = {{"account", "ACCOUNT", "whose thing it is: where that is not seen, the alias does not count"}},
     .traits = API,
     .run = cli_alias_set},
    {.path = "alias list",
     .summary = "List what people call things in questions",
     .traits = API,
     .run = cli_alias_list},
    {.path = "alias unset",
     .summary = "Take an alias away",
     .arguments = {{"NAME", "its name"}},
     .traits = API,
     .run = cli_alias_unset},

    {.path = "engine set",
     .summary = "Set a language model that may write the programs of questions, or change one",
     .details =
         "The model is asked to call a tool before anything is kept. The key is asked for at the terminal, "
         "where "
         "none is given, and never shown again; another address needs it again. What is sent to a model, and "
         "how to set up each kind, is in docs/models.md.",
     .example = "postern engine set claude --kind anthropic --model claude-sonnet-5-5 --default\n"
                "postern engine set gpt --kind openai --model gpt-6-luna --key @key.txt\n"
                "postern engine set local --kind chat --model qwen3 --base-url http://127.0.0.1:11434/v1",
     .arguments = {{"ENGINE", "a name for it: of a-z, 0-9, '.', '_' and '-'"}},
     .flags = {{"kind", "anthropic|openai|chat",
                "Anthropic Messages, OpenAI Responses, or Chat Completions, which most others speak"},
               {"model", "MODEL", "the provider's name of the model"},
               {"base-url", "URL", "of the API with its version; chat needs one"},
               {"key", "@FILE", "the API key, from a file or, as @-, standard input"},
               {"key-env", "VARIABLE", "take the key from this variable of the environment"},
               {"ask-key", NULL, "ask for the key at the terminal, also where none is needed"},
               {"no-key", NULL, "send no key, and forget the one there"},
               {"key-header", "NAME",
                "header that the key goes in, such as api-key; without it the kind's own"},
               {"dialect", "vendor|compatible",
                "vendor: the server takes all that the format's own vendor takes; without it by the address"},
               {"effort", "WORD", "how much the model thinks: low, medium, high, or the provider's word"},
               {"tokens", "N", "that one question may cost; without it 200000"},
               {"output-tokens", "N", "of one reply, thinking among them; without it 8192"},
               {"seconds", "N", "that one question may take; without it 90"},
               {"default", NULL, "it answers where none is named"},
               {"untested", NULL, "keep it without asking the model anything"}},
     .traits = API,
     .run = cli_engine_set},
    {.path = "engine test",
     .summary = "Ask a language model now to call a tool",
     .arguments = {{"ENGINE", "its name or id"}},
     .traits = API,
     .run = cli_engine_test},
    {.path = "engine list",
     .summary = "List the engines, and which of them answers where none is named",
     .traits = API,
     .run = cli_engine_list},
    {.path = "engine default",
     .summary = "Let an engine answer where none is named",
     .arguments = {{"NAME", "its name or id, or planner"}},
     .traits = API,
     .run = cli_engine_default},
    {.path = "engine unset",
     .summary = "Remove an engine and its key",
     .arguments = {{"ENGINE", "its name or id"}},
     .traits = API,
     .run = cli_engine_unset},

    {.path = "run",
     .summary = "Run an answer program: a few read-only calls, and queries over what they gave",
     .details =
         "Nothing is written anywhere: only tools that read can be called. Each result is a table; notes on "
         "what was cut or failed go to standard error.",
     .example = "postern run denials.json --param since=now-24h\n"
                "postern run denials.json --explain\n"
                "postern run joined.json --table signups=signups.csv --csv",
     .arguments = {{"FILE", "the program as JSON, or - for standard input", .optional = true}},
     .flags = {RUN_FLAGS, {"explain", NULL, "check it and say what it would call; call nothing"}},
     .traits = API,
     .run = cli_program_run},

    {.path = "program save",
     .summary = "Keep an answer program under a name",
     .details = "It is checked first. It is kept by the ids of accounts and the operations of tools, so it "
                "means the "
                "same after accounts were renamed. With --replace, tools that it is published as follow.",
     .example = "postern program save denials.json --name denials\n"
                "postern program show denials --program | postern program save - --name denials --replace",
     .arguments = {{"FILE", "the program as JSON, or - for standard input"}},
     .flags = {{"name", "NAME", "a name, unique among kept programs"},
               {"replace", NULL, "in place of what the program of this name says"},
               {"server", "SERVER",
                "it is written with the names that this server shows; without it, the vendors'"},
               {"private", NULL, "seen by this API token alone, while it lives"},
               {"shared", NULL, "seen by all that manage, as a new one is anyhow"}},
     .traits = API,
     .run = cli_stored_save},
    {.path = "program list",
     .summary = "List the programs that are kept, with what became of them",
     .flags = {{"server", "SERVER", "those published on this server, as what"}},
     .traits = API,
     .run = cli_stored_list},
    {.path = "program show",
     .summary = "Show a kept program, written with the names of today",
     .arguments = {PROGRAM},
     .flags = {{"program", NULL, "the program alone, as JSON"}},
     .traits = API,
     .run = cli_stored_show},
    {.path = "program run",
     .summary = "Run a kept program",
     .example = "postern program run denials --param since=now-24h",
     .arguments = {PROGRAM},
     .flags = {RUN_FLAGS},
     .traits = API,
     .run = cli_stored_run},
    {.path = "program check",
     .summary = "Say what a run of a kept program would call, or at which step it is broken",
     .arguments = {PROGRAM},
     .flags = {{"server", "SERVER", "see what this server shows; without it, all accounts"}},
     .traits = API,
     .run = cli_stored_check},
    {.path = "program delete",
     .summary = "Delete a kept program, and the tools that it is published as",
     .arguments = {PROGRAM},
     .flags = {YES_FLAG},
     .traits = API,
     .run = cli_stored_delete},
    {.path = "program publish",
     .summary = "Publish a program as a tool of a server: its parameters are the arguments",
     .details =
         "The tool reads only, reaches what the server shows and no more, and is not listed while it is "
         "broken. A file is kept under the tool's name. A tool that a vendor adds later under the same name "
         "is "
         "not shown on that server.",
     .example = "postern program publish denials.json --server audit --as weekly_denials\n"
                "postern program publish denials --server audit --as weekly_denials --description 'What the "
                "firewall "
                "refused, by rule'",
     .arguments = {{"FILE|PROGRAM", "a file, or the name or id of a kept program"}},
     .flags = {{"server", "SERVER", "its name or id"},
               {"as", "TOOL", "the tool's name: letters, digits, '_' and '-'"},
               {"description", "TEXT", "what it answers, for those who choose tools; without it, its title"}},
     .traits = API,
     .run = cli_stored_publish},
    {.path = "program unpublish",
     .summary = "Take a published program off a server; the program stays",
     .arguments = {{"TOOL", "the tool's name"}},
     .flags = {{"server", "SERVER", "its name or id"}},
     .traits = API,
     .run = cli_stored_unpublish},
    {0}};
