// SPDX-License-Identifier: Apache-2.0
// An MCP server of 2025-11-25 and 2024-11-05 that does as it likes: tools that never answer, a GET stream of any kind.
// It counts what is open at it. Example:
//   const vendor = await startStubborn();                // { url, sse, seen, streams, get, close() }
//   vendor.get = (req, res) => res.writeHead(500).end(); // what a GET of the session's stream gets from now on
import { once } from "node:events";
import { createServer } from "node:http";

const TOOLS = ["fine", "ask", "silent", "slow", "half"].map((name) => ({ name, description: name, inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }));
const EVENTS = { "content-type": "text/event-stream" };
const event = (message) => `data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;
const question = (id) => ({ id, method: "elicitation/create", params: { message: "Who?", requestedSchema: { type: "object", properties: { name: { type: "string" } } } } });

export async function startStubborn() {
  let sessions = 0;
  const vendor = {
    seen: [], // names of the tools that were called
    streams: new Map(), // open GET streams by session
    most: 0, // of them at a time, of one session
    get: (req, res) => res.writeHead(200, EVENTS).flushHeaders(),
    question: (id) => event(question(id)), // as an event, for a stream of the test's own
  };
  const count = (session, by) => {
    vendor.streams.set(session, (vendor.streams.get(session) ?? 0) + by);
    vendor.most = Math.max(vendor.most, vendor.streams.get(session));
  };
  const results = {
    initialize: () => ({ protocolVersion: "2025-11-25", capabilities: { tools: { listChanged: true } }, serverInfo: { name: "stubborn", version: "1" } }),
    "tools/list": () => ({ tools: TOOLS }),
    "tools/call": ({ name }) => (name === "fine" ? { content: [{ type: "text", text: "fine" }] } : undefined),
  };
  // Says on `say` what there is to say to a request, perhaps nothing.
  const answer = ({ id, method, params }, say) => {
    if (method === "tools/call") vendor.seen.push(params.name);
    if (!results[method]) return say({ id, error: { code: -32601, message: "unknown" } });
    const result = results[method](params);
    if (result) say({ id, result });
    else if (params.name === "ask") say(question("q"));
  };
  const post = (message, res) => {
    if (message.method === "server/discover") return res.writeHead(404, { "content-type": "application/json" }).end(event({ id: message.id, error: { code: -32601, message: "unknown" } }).slice(6));
    if (message.id === undefined || !message.method) return res.writeHead(202).end();
    const tool = message.method === "tools/call" && message.params.name;
    if (tool === "half" || tool === "slow") {
      vendor.seen.push(tool);
      res.writeHead(200, { "content-type": "application/json" }).write('{"jsonrpc":"2.0","id":');
      const drip = tool === "slow" && setInterval(() => res.write(" "), 100);
      return res.on("close", () => clearInterval(drip));
    }
    if (tool === "silent") return vendor.seen.push(tool);
    if (tool === "ask") return res.writeHead(200, EVENTS), answer(message, (m) => res.write(event(m)));
    const headers = message.method === "initialize" ? { "mcp-session-id": `s${++sessions}` } : {};
    answer(message, (m) => res.writeHead(200, { "content-type": "application/json", ...headers }).end(event(m).slice(6)));
  };
  const pairs = new Map();
  const pair = (res) => {
    const id = `p${++sessions}`;
    pairs.set(id, res);
    res.writeHead(200, EVENTS).write(`event: endpoint\ndata: /message?session=${id}\n\n`);
  };
  const server = createServer(async (req, res) => {
    const url = new URL(req.url, "http://vendor.invalid"), session = req.headers["mcp-session-id"] ?? "";
    let body = "";
    for await (const chunk of req) body += chunk;
    if (req.method === "DELETE") return res.writeHead(200).end();
    if (req.method === "GET" && url.pathname === "/sse") return pair(res);
    if (req.method === "GET") {
      count(session, 1);
      res.on("close", () => count(session, -1));
      return vendor.get(req, res);
    }
    const message = JSON.parse(body);
    if (url.pathname === "/sse") return res.writeHead(405).end();
    if (url.pathname !== "/message") return post(message, res);
    res.writeHead(202).end();
    if (message.id !== undefined && message.method) answer(message, (m) => pairs.get(url.searchParams.get("session")).write(event(m)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return Object.assign(vendor, {
    url: `${origin}/mcp`,
    sse: `${origin}/sse`,
    open: () => [...vendor.streams.values()].reduce((sum, n) => sum + n, 0),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close").catch(() => undefined);
    },
  });
}
