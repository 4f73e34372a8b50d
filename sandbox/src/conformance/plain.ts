// SPDX-License-Identifier: Apache-2.0
// Tools that answer by themselves: every kind of content, progress, log messages, a stream that breaks
// off, schemas to be kept as they are.

import type { McpServer, ServerContext } from "@modelcontextprotocol/server";
import { content, image, pause, schema, strings, text, WAV } from "./samples.js";
import type { State } from "./state.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const embedded = (uri: string, mimeType: string, words: string) => ({ type: "resource" as const, resource: { uri, mimeType, text: words } });

// Every keyword here must reach the client.
const CONTACT = {
  $schema: DIALECT,
  type: "object",
  $defs: { address: { $anchor: "addressDef", type: "object", properties: { street: { type: "string" }, city: { type: "string" } } } },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

async function logThrice(ctx: ServerContext) {
  await ctx.mcpReq.log("info", "Tool execution started", "conformance");
  await pause(50);
  await ctx.mcpReq.log("info", "Tool processing data", "conformance");
  await pause(50);
  await ctx.mcpReq.log("info", "Tool execution completed", "conformance");
  return text("Three messages were logged.");
}

async function progress(ctx: ServerContext) {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  for (const done of [0, 50, 100]) {
    if (done) await pause(50);
    if (progressToken !== undefined)
      await ctx.mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: done, total: 100, message: `${done} of 100` } });
  }
  await pause(20); // SDK clients lose progress that comes in one piece with the result
  return text(progressToken === undefined ? "Done; nobody asked about the progress." : "Done, with progress.");
}

// Waits until told otherwise: to see that a caller's leaving reaches this far.
function wait(state: State, seconds: number, signal: AbortSignal) {
  state.counts.waiting++;
  return new Promise<ReturnType<typeof text>>((done) => {
    const timer = setTimeout(() => done(text(`Waited ${seconds} s.`)), seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      state.counts.aborted++;
      done(text("Left alone."));
    });
  }).finally(() => state.counts.waiting--);
}

export function addPlainTools(server: McpServer, state: State): void {
  const answers = {
    test_simple_text: ["One block of text", text("This is a simple text response for testing.")],
    test_image_content: ["One image", content(image)],
    test_audio_content: ["One sound", content({ type: "audio", data: WAV, mimeType: "audio/wav" })],
    test_embedded_resource: ["One embedded resource", content(embedded("test://embedded-resource", "text/plain", "This is an embedded resource content."))],
    test_multiple_content_types: [
      "Text, an image and a resource",
      content({ type: "text", text: "Multiple content types test:" }, image, embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}')),
    ],
    test_error_handling: ["Fails, and says so", { ...text("This tool intentionally returns an error for testing"), isError: true }],
  } as const;
  for (const [name, [description, answer]] of Object.entries(answers)) server.registerTool(name, { description }, () => answer);

  server.registerTool("test_tool_with_logging", { description: "Logs three messages while it works" }, logThrice);
  server.registerTool("test_logging_tool", { description: "Logs while it works, to those who asked for it" }, logThrice);
  server.registerTool("test_tool_with_progress", { description: "Reports progress three times, to those who asked for it" }, progress);
  server.registerTool("test_reconnection", { description: "Closes the stream of its own call and answers on the next" }, async (ctx) => {
    ctx.http?.closeSSE?.();
    await pause(100);
    return text("Reconnection test completed successfully.");
  });
  const seconds = schema<{ seconds: number }>({ type: "object", properties: { seconds: { type: "number", maximum: 60 } }, required: ["seconds"] });
  server.registerTool("test_wait", { description: "Answers late, and notices when its caller leaves", inputSchema: seconds }, (args, ctx) => wait(state, args.seconds, ctx.mcpReq.signal));
  server.registerTool("test_structured_content", { description: "Text and the same as a structure", outputSchema: schema({ type: "object", properties: { sum: { type: "number" } }, required: ["sum"] }) }, () => ({
    ...text('{"sum":3}'),
    structuredContent: { sum: 3 },
  }));
  // Any JSON in the modern era, objects only before: there the SDK wraps it, and the schema likewise.
  server.registerTool("test_structured_array", { description: "A structure that is no object", outputSchema: schema<number[]>({ type: "array", items: { type: "number" } }) }, () => ({
    ...text("[1,2]"),
    structuredContent: [1, 2],
  }));
  // Things the protocol lets anybody add: they must pass every hop.
  server.registerTool(
    "test_meta",
    { title: "Extra things", description: "Says which extra things came with its call, and adds some", annotations: { readOnlyHint: true, openWorldHint: false }, _meta: { "example.com/tool": [1, "two"] } },
    (ctx) => ({
      content: [{ type: "text", text: JSON.stringify(ctx.mcpReq._meta ?? {}), annotations: { audience: ["user"], priority: 0.5 }, _meta: { "example.com/block": true } }],
      _meta: { "example.com/answer": { of: 42 } },
    }),
  );
  server.registerTool("test_echo", { description: "Says what it was told", inputSchema: strings("message") }, ({ message }) => text(`Echo: ${message}`));
  server.registerTool("json_schema_2020_12_tool", { description: "Tool with JSON Schema 2020-12 features", inputSchema: schema(CONTACT) }, (args) => text(JSON.stringify(args)));
  const region = { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" }, note: { type: "string" } }, required: ["region"] };
  server.registerTool("test_x_mcp_header", { description: "Has an argument that travels as a header too", inputSchema: schema<{ region: string }>(region) }, (args) => text(`Region: ${args.region}`));
}
