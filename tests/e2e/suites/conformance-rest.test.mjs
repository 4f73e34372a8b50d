// SPDX-License-Identifier: Apache-2.0
// The official conformance suite against a server over a REST account, as each revision requires it. The
// suite asks for tools of certain names: a REST vendor of the test offers them, and Postern serves them like
// any other. What a tools server cannot meet stands, with its reason, in tests/conformance/rest-REVISION.yml.
import { after, before, test } from "node:test";
import { conformance } from "../lib/conformance.mjs";
import { start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";

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

// What must pass for real, whatever the baseline says.
const MUST = {
  "2025-11-25": ["server-initialize", "ping", "tools-list", "tools-call-simple-text", "tools-call-image", "tools-call-audio", "tools-call-error", "dns-rebinding-protection"],
  "2026-07-28": ["tools-list", "tools-call-simple-text", "tools-call-image", "tools-call-audio", "tools-call-error", "server-sse-multiple-streams", "dns-rebinding-protection", "http-header-validation"],
};

for (const [revision, scenarios] of Object.entries(MUST))
  test(`${revision}: nothing fails but what the baseline names`, async () => {
    await conformance(["server", "--url", server.url], revision, `rest-${revision}`, scenarios);
  });
