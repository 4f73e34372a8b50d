// SPDX-License-Identifier: Apache-2.0
#include "engine/kind.h"

// clang-format off
const struct engine_kind engine_kinds[ENGINE_KINDS] = {
    {"anthropic", "Anthropic Messages", &llm_messages,
     "https://api.anthropic.com/v1", "https://api.anthropic.com", "x-api-key", true},
    {"openai", "OpenAI Responses", &llm_responses,
     "https://api.openai.com/v1", "https://api.openai.com", "authorization", true},
    {"chat", "Chat Completions", &llm_chat,
     NULL, "https://api.openai.com", "authorization", false},
};
// clang-format on

const struct engine_kind *engine_kind_named(struct str name) {
  for (size_t i = 0; i < ENGINE_KINDS; i++)
    if (str_is(name, engine_kinds[i].name)) return &engine_kinds[i];
  return NULL;
}
