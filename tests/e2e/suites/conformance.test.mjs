// SPDX-License-Identifier: Apache-2.0
// The official conformance suite against a server of ours, as each revision requires it. The suite asks
// for tools of certain names: a REST vendor of the test offers them, and Postern serves them like any
// other. What a tools server cannot meet stands, with its reason, in tests/conformance/REVISION.yml.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT, start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";

const SUITE = join(ROOT, "tests/e2e/node_modules/@modelcontextprotocol/conformance/dist/index.js");
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const WAV = Buffer.from("UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==", "base64");
const SERVED = { methods: ["read", "custom"], tools: ["test_*"] };
const WITH_SPARE = { methods: ["read", "custom"], tools: ["test_*", "spare_*"] };

let world, vendor, server, spare = false;
const text = (path, words) => ({ path, answer: { type: "text/plain", body: words } });
const FIXTURES = {
  test_simple_text: text("/simple", "This is a simple text response for testing."),
  test_streaming_elicitation: text("/streaming", "Nothing to ask."),
  test_logging_tool: text("/logging", "Nothing to log."),
  test_image_content: { path: "/image", answer: { type: "image/png", body: PNG } },
  test_audio_content: { path: "/audio", answer: { type: "audio/wav", body: WAV } },
  test_error_handling: { path: "/error", answer: { status: 500, body: { message: "This tool intentionally returns an error for testing" } } },
  // Changes what the server shows while the suite listens.
  test_trigger_tool_change: {
    path: "/change",
    answer: async () => {
      spare = !spare;
      await world.must(200, "PATCH", `/mcp-server/${server.id}`, { config: spare ? WITH_SPARE : SERVED });
      return { body: { changed: true } };
    },
  },
  spare_tool: text("/spare", "spare"),
};

before(async () => {
  world = await start();
  vendor = await startVendor(FIXTURES);
  server = await world.server(await vendor.connect(world, { name: "conformance" }), SERVED);
});
after(async () => {
  await vendor?.close();
  await world?.close();
});

async function run(revision) {
  const out = mkdtempSync(join(tmpdir(), "postern-conformance-"));
  try {
    const child = spawn(process.execPath, [SUITE, "server", "--url", server.url, "--requirements", revision, "--expected-failures", join(ROOT, `tests/conformance/${revision}.yml`), "-o", out]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += bytes));
    const code = await new Promise((done) => child.once("close", done));
    output = output.replace(/\x1b\[\d+m/g, "");
    return { code, output, summary: output.slice(output.indexOf("=== SUMMARY ===")) };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

// What must pass for real, whatever the baseline says.
const MUST = {
  "2025-11-25": ["server-initialize", "ping", "tools-list", "tools-call-simple-text", "tools-call-image", "tools-call-audio", "tools-call-error", "dns-rebinding-protection"],
  "2026-07-28": ["tools-list", "tools-call-simple-text", "tools-call-image", "tools-call-audio", "tools-call-error", "server-sse-multiple-streams", "dns-rebinding-protection", "http-header-validation"],
};

for (const [revision, scenarios] of Object.entries(MUST))
  test(`${revision}: nothing fails but what the baseline names`, async () => {
    const { code, output, summary } = await run(revision);
    console.log(`${revision}\n${summary}`);
    assert.equal(code, 0, output);
    for (const name of scenarios) assert.match(summary, new RegExp(`✓ ${name}: [1-9]\\d* passed, 0 failed`), name);
  });
