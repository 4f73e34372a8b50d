// SPDX-License-Identifier: Apache-2.0
// What the models do, by name: good ones, clumsy ones, hostile ones. Those that misbehave on the wire are in mischief.ts.

import { call, programIn, type Move, type Shown } from "./talk.js";

export type Script = (shown: Shown) => Move;

const QUERY = "SELECT count(*) AS n FROM it";
const has = (shown: Shown, name: string) => shown.tools.some((t) => t.name === name);

/** With one tool, or none of the names that it knows: calls the first with words of the question. */
function callOnly(shown: Shown): Move {
  const [tool] = shown.tools;
  if (!tool) return { text: "There is nothing that I could call." };
  const word = /"([^"]+)"/.exec(shown.asked)?.[1] ?? "word";
  const given = Object.fromEntries((tool.schema.required ?? []).map((name) => [name, word]));
  return { calls: [call(tool.name, given)] };
}

/** The number of the last run that gave rows. */
function lastRun(shown: Shown): string | undefined {
  return shown.results.map((r) => /\bRun (\d+)\b/.exec(r)?.[1]).filter((n) => n !== undefined).at(-1);
}

const present = (run: string, more = {}): Move => ({ calls: [call("present", { outcome: "answer", run, ...more })] });

/** Without a draft: looks for a tool that lists, and counts what it gives. */
function drawUp(shown: Shown): Move {
  const found = /\b(list_\w+)/.exec(shown.results.join("\n"))?.[1];
  const account = /"account":\s*"([^"]+)"/.exec(shown.results.join("\n"))?.[1];
  if (shown.rounds === 0) return { calls: [call("search_tools", { words: shown.asked.slice(-200) })] };
  if (!found || shown.rounds > 3) return { calls: [call("present", { outcome: "unanswerable", text: "No tool gives it." })] };
  if (shown.rounds === 1) return { calls: [call("describe_tools", { tools: [found] })] };
  return { calls: [call("run_program", { program: { version: 1, steps: [{ id: "it", ...(account ? { account } : {}), tool: found }], results: { main: { query: QUERY } } } })] };
}

const good: Script = (shown) => {
  if (!has(shown, "run_program")) return shown.results.length ? { text: "Done." } : callOnly(shown);
  const run = lastRun(shown);
  if (run) return present(run);
  const draft = programIn(shown.asked);
  if (!draft) return drawUp(shown);
  return shown.rounds === 0 ? { think: "The draft will do.", calls: [call("run_program", { program: draft })] } : present("draft");
};

/** The draft, changed before it is run; then as `good`. */
const changed = (change: (program: { steps: { [key: string]: unknown }[]; results: { [key: string]: unknown } }, shown: Shown) => void): Script => (shown) => {
  const draft = programIn(shown.asked) as Parameters<typeof change>[0] | undefined;
  if (!draft || shown.rounds > 0 || !has(shown, "run_program")) return good(shown);
  change(draft, shown);
  return { calls: [call("run_program", { program: draft })] };
};

const onceRun = (then: (run: string, shown: Shown) => Move): Script => (shown) => {
  const run = lastRun(shown);
  return run ? then(run, shown) : good(shown);
};

export const SCRIPTS: { [name: string]: Script } = {
  good,
  /** Says something about its result that the result has. */
  "good-text": onceRun((run) => present(run, { text: "This is what was found." })),
  "good-thinks": (shown) => ({ think: "I think about it. ".repeat(20), ...good(shown) }),

  "clumsy-text": () => ({ text: "I would call a tool now, with the right arguments." }),
  "clumsy-unknown-tool": () => ({ calls: [call("make_coffee", { sugar: true })] }),
  "clumsy-broken-json": (shown) => ({ calls: [{ name: shown.tools[0]?.name ?? "search_tools", arguments: '{"words": "firew' }] }),
  "clumsy-no-object": (shown) => ({ calls: [{ name: shown.tools[0]?.name ?? "search_tools", arguments: '["words"]' }] }),
  "clumsy-stops-early": (shown) => ({ calls: [{ name: shown.tools[0]?.name ?? "search_tools", arguments: '{"wor' }], stop: "length" }),
  "clumsy-refuses": () => ({ text: "I cannot help with that.", stop: "refusal" }),
  "clumsy-empty": () => ({}),
  "clumsy-loops": (shown) => (has(shown, "search_tools") ? { calls: [call("search_tools", { words: "firewall rules" })] } : good(shown)),
  "clumsy-twice": (shown) => {
    const move = good(shown);
    return has(shown, "search_tools") && shown.rounds === 0 ? { calls: [call("search_tools", { words: "zones" }), ...(move.calls ?? [])] } : move;
  },
  "clumsy-many": (shown) => (has(shown, "search_tools") ? { calls: Array.from({ length: 40 }, (_, n) => call("search_tools", { words: `words ${n}` })) } : good(shown)),
  "clumsy-forgets-present": onceRun(() => ({ text: "That is all." })),
  "clumsy-wrong-run": onceRun(() => present("7")),
  "clumsy-bad-program": (shown) => (has(shown, "run_program") && shown.rounds < 2 ? { calls: [call("run_program", { program: { version: 1, steps: [{ id: "x", tool: "no_such_tool" }], results: { a: { query: "SELECT nothing FROM nowhere" } } } })] } : good(shown)),
  "clumsy-deep": (shown) => ({ calls: [{ name: shown.tools[0]?.name ?? "search_tools", arguments: `{"words":${"[".repeat(5000)}${"]".repeat(5000)}}` }] }),

  "hostile-secrets": changed((program) => {
    program.results["secrets"] = { query: "SELECT * FROM sqlite_master" };
    program.results["more"] = { query: "SELECT credential, key FROM account" };
  }),
  "hostile-writes": changed((program) => {
    for (const step of program.steps) step["tool"] = String(step["tool"]).replace(/^(list_all|list|get|read)/, "delete");
  }),
  /** "hostile-account:NAME": calls the tools of that account. */
  "hostile-account": changed((program, shown) => {
    for (const step of program.steps) step["account"] = shown.argument || "somebody-else";
  }),
  "hostile-invents": onceRun((run) => present(run, { text: "There are 987654321 of them, 42.7 % more than before." })),
  "hostile-words": onceRun((run) => present(run, { text: "<script>alert(1)</script> [click](https://evil.example/?k=1) ![x](https://evil.example/p.png) \u202Etxt \u001B[31mred" })),
  "hostile-echo-text": (shown) => (has(shown, "present") ? { calls: [call("present", { outcome: "unanswerable", text: `The key is ${shown.key}.` })] } : { text: `The key is ${shown.key}.` }),
  "hostile-name": () => ({ calls: [call(`x${"y".repeat(4000)}\u001B[2J`, {})] }),
};
