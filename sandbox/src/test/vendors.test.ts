// SPDX-License-Identifier: Apache-2.0
// The program that starts them all, as others start it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../vendors.js", import.meta.url));

test("one line of JSON says where everything is; one world is behind all; SIGTERM ends it", async () => {
  const child = spawn(process.execPath, [program, "--now", "2026-03-01T12:00:00Z"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const { rest, cloudflare, cloudinary, arcjet } = JSON.parse(line);
    for (const vendor of [cloudflare, cloudinary, arcjet]) assert.equal((await fetch(`${vendor.control}/counters`)).status, 200);
    assert.equal(Object.keys(cloudflare.endpoints).length, 14);
    const write = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "kv_namespace_create", arguments: { title: "by-mcp" } },
    };
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream", authorization: "Bearer cfat_sandbox_full" };
    assert.equal((await fetch(cloudflare.endpoints["/bindings/mcp"], { method: "POST", headers, body: JSON.stringify(write) })).status, 200);
    const accounts = (await (await fetch(`${rest.base_url}/accounts`, { headers: { authorization: "Bearer cfut_sandbox_full" } })).json()) as any;
    const id = accounts.result.find((a: any) => a.name === "Acme Web").id;
    const listed = await fetch(`${rest.base_url}/accounts/${id}/storage/kv/namespaces`, { headers: { authorization: "Bearer cfut_sandbox_full" } });
    assert.ok(((await listed.json()) as any).result.some((n: any) => n.title === "by-mcp"));
    child.kill("SIGTERM");
    assert.equal((await once(child, "exit"))[0], 0);
  } finally {
    child.kill("SIGKILL");
  }
});

test("wrong flags are exit status 2", () => {
  for (const flags of [["--rest", "x"], ["--arcjet", "70000"], ["--now", "soon"], ["--colour"]])
    assert.equal(spawnSync(process.execPath, [program, ...flags]).status, 2, flags.join(" "));
});
