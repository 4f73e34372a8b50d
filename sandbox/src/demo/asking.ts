// SPDX-License-Identifier: Apache-2.0
// Questions in plain language, on the command line and without a model: who did it, who was stopped, and what is usual.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, say, step } from "./stage.js";

const QUESTIONS = ["who made the most changes in the last 24 hours?", "how many requests were denied per site in the last 24 hours?", "which five zones had the most traffic in the last 7 days?"];

export async function byAsking(binary: string, url: string, token: string): Promise<void> {
  step("The same and more, asked in plain language: a question becomes a program, here on this machine, without a model");
  const environment = { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: token, COLUMNS: "100" };
  for (const question of QUESTIONS) {
    const ask = async (...more: string[]) => (await promisify(execFile)(binary, ["ask", question, ...more], { env: environment })).stdout;
    const { outcome, text, calls } = JSON.parse(await ask("--json")) as { outcome: string; text: string; calls: unknown[] };
    expect(outcome === "answer" && calls.length > 0, `an answer to "${question}", not ${outcome}: ${text}`);
    say(`\n   $ postern ask "${question}"`);
    for (const line of (await ask()).trimEnd().split("\n")) say(`   ${line}`.trimEnd());
  }
}
