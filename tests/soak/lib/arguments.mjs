// SPDX-License-Identifier: Apache-2.0
// Arguments for tools: good ones for some, and everything else that a model might send. Pure, given chance.
const GOOD = { list_all_cloudflare_zones: { name: "example.com" }, get_thing: { id: "1" }, test_echo: { message: "hello" }, test_x_mcp_header: { region: "us-west1" }, test_sampling: { prompt: "x" }, test_elicitation: { message: "Who?" }, search_words: { q: "word" } };
const nested = (depth) => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

export function argumentsFor(random, name) {
  const way = random.weighted({ good: 12, wrong: 3, deep: 1, huge: 1, none: 1 });
  if (way === "good") return GOOD[name] ?? {};
  if (way === "wrong") return random.pick([{ id: [] }, { page: "seven" }, { name: 7 }, { kinds: "one" }, { nonsense: true }, { q: `${"a".repeat(2000)}!` }, { text: "a".repeat(40) + "!" }, { name: "\u0000\ud800\u202e" }, { parts: [nested(5)] }]);
  if (way === "deep") return { deep: nested(random.between(30, 300)) };
  if (way === "huge") return { name: "x".repeat(random.between(10_000, 700_000)), note: random.word() };
  return undefined;
}

const WAITING = { test_wait: { seconds: 20 } };
export const waitingArguments = (name) => WAITING[name] ?? {};
