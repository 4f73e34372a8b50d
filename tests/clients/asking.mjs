// SPDX-License-Identifier: Apache-2.0
// One question to one client, as a person types it: the program runs to its end. Example:
//   const { code, stdout, stderr } = await answerOf(host, home, env);
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const BIN = join(dirname(fileURLToPath(import.meta.url)), "node_modules/.bin");
const HANGS_MS = 240_000;

export async function answerOf(host, home, env) {
  const said = await new Promise((resolve) => {
    const child = execFile(join(BIN, host.bin), host.args(home, "What do you find?"), { cwd: home, env, timeout: HANGS_MS, maxBuffer: 64 << 20 }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, killed: error?.killed, stdout, stderr }));
    child.stdin.end();
  });
  assert.ok(!said.killed, `it hung: ${said.stdout}${said.stderr}`);
  return said;
}
