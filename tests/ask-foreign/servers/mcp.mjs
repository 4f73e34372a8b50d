// SPDX-License-Identifier: Apache-2.0
// An MCP server on the official SDK over a table of tools: [name, {description, inputSchema, outputSchema, annotations}, run].
// Calls of tools that do not only read count as writes: GET /_writes tells them and begins anew. Example:
//   const at = await serveMcp({ name: "upkeep", key: KEY, port, tools: [["list_sites", { annotations: reads }, () => text([])]] });
import { createServer } from "node:http";
import { createRequire } from "node:module";

const packages = createRequire(new URL("../../e2e/package.json", import.meta.url));
const { McpServer } = packages("@modelcontextprotocol/sdk/server/mcp.js");
const { StreamableHTTPServerTransport } = packages("@modelcontextprotocol/sdk/server/streamableHttp.js");
export const { z } = packages("zod");

/** What a tool gives: JSON as text, that and the same as structured content, or an error. */
export const text = (value) => ({ content: [{ type: "text", text: JSON.stringify(value) }] });
export const both = (value) => ({ ...text(value), structuredContent: value });
export const wrong = (message) => ({ isError: true, content: [{ type: "text", text: message }] });

export async function serveMcp({ name, version = "1.0.0", key, port = 0, tools }) {
  const writing = new Set(tools.filter(([, t]) => !t.annotations.readOnlyHint).map(([tool]) => tool));
  let writes = [];
  const http = createServer(async (req, res) => {
    if (req.url === "/_writes") {
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(writes));
      writes = [];
      return;
    }
    if (req.headers.authorization !== `Bearer ${key}`) return void res.writeHead(401, { "www-authenticate": "Bearer" }).end();
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined;
    if (body?.method === "tools/call" && writing.has(body.params?.name)) writes.push(body.params.name);
    const server = new McpServer({ name, version });
    for (const [tool, { inputSchema = {}, ...more }, run] of tools) server.registerTool(tool, { inputSchema, ...more }, run);
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
    res.on("close", () => void server.close());
    await server.connect(transport);
    await transport.handleRequest(req, res, body);
  });
  await new Promise((done) => http.listen(port, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${http.address().port}`, close: () => (http.closeAllConnections(), http.close()) };
}
