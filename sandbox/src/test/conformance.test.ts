// SPDX-License-Identifier: Apache-2.0
// The conformance server in each era, as its clients find it. The suite itself runs in tests/e2e.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const main = fileURLToPath(new URL("../conformance/main.js", import.meta.url));

async function start(era: string, ...more: string[]): Promise<{ child: ChildProcess; url: URL; state: string }> {
  const child = spawn(process.execPath, [main, "--era", era, ...more], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const said = JSON.parse(line) as { url: string; state: string };
  return { child, url: new URL(said.url), state: said.state };
}

const ROWS = [
  { era: "dual", mode: "auto", version: "2026-07-28", asks: true },
  { era: "modern", mode: "auto", version: "2026-07-28", asks: true },
  { era: "dual", mode: "legacy", version: "2025-11-25", asks: true },
  { era: "sessions", mode: "legacy", version: "2025-06-18", asks: true },
  { era: "stateless", mode: "legacy", version: "2025-11-25", asks: false },
  { era: "sse", mode: "legacy", version: "2024-11-05", asks: true },
] as const;

for (const { era, mode, version, asks } of ROWS)
  test(`${era} to a client of mode ${mode}: ${version}`, async () => {
    const limit = version.startsWith("2026") ? [] : ["--version", version];
    const { child, url, state } = await start(era, ...limit);
    const client = new Client({ name: "test", version: "1" }, { capabilities: { elicitation: {} }, versionNegotiation: { mode } });
    try {
      client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { username: "ada", email: "ada@example.com" } }));
      await client.connect(era === "sse" ? new SSEClientTransport(url) : new StreamableHTTPClientTransport(url));
      assert.equal(client.getNegotiatedProtocolVersion(), version);
      assert.ok((await client.listTools()).tools.length > 30);
      const { content, isError } = await client.callTool({ name: "test_elicitation", arguments: { message: "Who?" } });
      assert.equal(isError ?? false, !asks);
      if (asks) assert.match(JSON.stringify(content), /ada@example\.com/);
      assert.ok(((await (await fetch(state)).json()) as { requests: number }).requests > 2);
      assert.equal((await fetch(url, { headers: { origin: "http://evil.example" } })).status, 403);
    } finally {
      await client.close();
      child.kill("SIGTERM");
      assert.equal((await once(child, "exit"))[0], 0);
    }
  });

test("wrong flags are exit status 2", () => {
  for (const flags of [["--era", "none"], ["--port", "x"], ["--response", "xml"], ["--colour"]]) assert.equal(spawnSync(process.execPath, [main, ...flags]).status, 2, flags.join(" "));
});
