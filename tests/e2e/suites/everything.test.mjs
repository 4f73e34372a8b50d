// SPDX-License-Identifier: Apache-2.0
// server-everything, the official reference of a legacy server, behind Postern by Streamable HTTP and by
// HTTP+SSE: both SDKs, the Inspector and mcp-remote call it in every era that they speak; the last two call
// our conformance server too.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { call, progressSince, words } from "../lib/behaviours.mjs";
import { ABILITIES, CLIENTS, inspector, SSE_CLIENTS, throughRemote, withHome } from "../lib/clients.mjs";
import { serve, startConformance, startEverything, startWorld } from "../lib/upstream.mjs";

const UPSTREAMS = {
  "server-everything, Streamable HTTP": { start: () => startEverything("streamableHttp"), tool: "echo" },
  "server-everything, HTTP+SSE": { start: () => startEverything("sse"), tool: "echo" },
  "fixtures, modern only": { start: () => startConformance("modern"), tool: "test_echo" },
  "fixtures, sessions": { start: () => startConformance("sessions"), tool: "test_echo" },
  "fixtures, HTTP+SSE": { start: () => startConformance("sse"), tool: "test_echo" },
};
const sse = (url) => url.replace("/mcp/", "/sse/");

let world;
const served = {};
before(async () => {
  world = await startWorld();
  for (const [name, { start, tool }] of Object.entries(UPSTREAMS)) {
    const upstream = await start();
    served[name] = { upstream, tool, ...(await serve(world, upstream.url)) };
  }
});
after(async () => {
  for (const { upstream } of Object.values(served)) await upstream.close();
  await world?.close();
});

describe("the SDKs call server-everything", { concurrency: 2 }, () => {
  for (const name of Object.keys(UPSTREAMS).filter((n) => n.startsWith("server-everything")))
    for (const [clientName, { era, connect }] of Object.entries({ ...CLIENTS, ...SSE_CLIENTS }))
      test(`${clientName}, ${name}`, async (t) => {
        const client = await connect(era === "sse" ? sse(served[name].url) : served[name].url, { abilities: ABILITIES });
        t.after(() => client.close());
        const names = (await client.listTools()).tools.map((tool) => tool.name);
        for (const wanted of ["echo", "get-sum", "get-tiny-image", "get-structured-content", "trigger-long-running-operation"]) assert.ok(names.includes(wanted), `${wanted} among ${names}`);

        assert.match(words(await call(client, "get-sum", { a: 2, b: 40 })), /42/);
        assert.ok((await call(client, "get-tiny-image")).content.some((c) => c.type === "image"));
        const weather = await call(client, "get-structured-content", { location: "Chicago" });
        assert.equal(typeof weather.structuredContent.temperature, "number");
        assert.deepEqual(JSON.parse(words(weather)), weather.structuredContent);

        // By the wire: an SDK hands on no step that it reads together with the result.
        const before = client.heard.length;
        await call(client, "trigger-long-running-operation", { duration: 0.4, steps: 4 }, { onprogress: () => {} });
        assert.deepEqual(progressSince(client, before), [[1, 4], [2, 4], [3, 4], [4, 4]]);

        const wrong = await call(client, "get-sum", { a: "two" }).catch((e) => ({ isError: true, content: [{ text: e.message }] }));
        assert.equal(wrong.isError, true);

        // Tools that this server shows to those alone whom it may ask.
        assert.match(words(await call(client, "trigger-sampling-request", { prompt: "The capital of France?" })), /Paris/);
        assert.match(words(await call(client, "trigger-elicitation-request")), /Alice/);
        assert.ok(words(await call(client, "get-roots-list")).includes("file:///test/root"));

        const { prompts } = await client.listPrompts();
        assert.ok(prompts.some((p) => p.name === "args-prompt"), JSON.stringify(prompts));
        assert.match((await client.getPrompt({ name: "args-prompt", arguments: { city: "Aachen" } })).messages[0].content.text, /Aachen/);
        const { resources } = await client.listResources();
        assert.ok((await client.readResource({ uri: resources[0].uri })).contents[0].text.length > 0);
        const { resourceTemplates } = await client.listResourceTemplates();
        assert.ok(resourceTemplates.length > 0);
      });
});

describe("the Inspector", { concurrency: 3 }, () => {
  const WAYS = { modern: ["--transport", "http", "--protocol-era", "modern"], legacy: ["--transport", "http", "--protocol-era", "legacy"], sse: ["--transport", "sse"] };
  for (const name of Object.keys(UPSTREAMS))
    for (const [way, flags] of Object.entries(WAYS))
      test(`${way}, ${name}`, async () => {
        const { url, tool } = served[name];
        const r = await inspector([way === "sse" ? sse(url) : url, ...flags, "--method", "tools/call", "--tool-name", tool, "--tool-arg", "message=hello"]);
        assert.equal(r.code, 0, r.err + r.out);
        assert.match(r.json().content[0].text, /Echo: hello/);
      });
  test("every schema of every tool pleases it", async () => {
    for (const name of ["server-everything, Streamable HTTP", "fixtures, modern only"]) {
      const r = await inspector([served[name].url, "--transport", "http", "--method", "tools/list", "--strict"]);
      assert.equal(r.code, 0, r.err);
      assert.equal(r.json().tools.length, served[name].tool_count);
    }
  });
});

describe("mcp-remote", { concurrency: 3 }, () => {
  const rows = Object.keys(UPSTREAMS).map((name) => [name, "http-first", (url) => url]);
  rows.push(["server-everything, Streamable HTTP", "sse-only", sse], ["fixtures, modern only", "sse-only", sse]);
  for (const [name, way, address] of rows)
    test(`${way}, ${name}`, () =>
      withHome(async (home) => {
        const { url, tool, tool_count } = served[name];
        const client = await throughRemote([address(url), "--allow-http", "--transport", way], home);
        try {
          assert.equal((await client.listTools()).tools.length, tool_count);
          assert.match(words(await client.callTool({ name: tool, arguments: { message: "hello" } })), /Echo: hello/);
        } finally {
          await client.close();
        }
      }));
});
