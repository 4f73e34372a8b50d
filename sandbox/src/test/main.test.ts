// SPDX-License-Identifier: Apache-2.0
// The program as others start it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TOKENS } from "../tokens.js";

const main = fileURLToPath(new URL("../main.js", import.meta.url));

test("the first line names the address, flags hold, SIGTERM ends it", async () => {
  const child = spawn(process.execPath, [main, "--port", "0", "--quota", "1", "--window", "5", "--now", "2026-03-01T12:00:00Z"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const origin = /^sandbox listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
    assert.ok(origin, line);
    const ask = () => fetch(`${origin}/client/v4/zones?name=example.com`, { headers: { authorization: "Bearer cfut_sandbox_full" } });
    const first = await ask();
    assert.ok((await first.json()).result[0].modified_on < "2026-03-01");
    const second = await ask();
    assert.deepEqual([second.status, second.headers.get("retry-after")], [429, "5"]);
    child.kill("SIGTERM");
    assert.deepEqual((await once(child, "exit"))[0], 0);
  } finally {
    child.kill("SIGKILL");
  }
});

test("--tokens prints the table; wrong flags are exit status 2", () => {
  const printed = spawnSync(process.execPath, [main, "--tokens"], { encoding: "utf8" }).stdout;
  for (const token of TOKENS) assert.ok(printed.includes(token.secret), token.name);
  for (const flags of [[], ["--port", "x"], ["--port", "70000"], ["--port", "0", "--now", "soon"], ["--colour"]]) {
    assert.equal(spawnSync(process.execPath, [main, ...flags]).status, 2, flags.join(" "));
  }
});
