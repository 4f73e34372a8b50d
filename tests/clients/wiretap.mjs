// SPDX-License-Identifier: Apache-2.0
// Stands between an AI client and Postern, passes everything as it is, and keeps what the client sends: the capabilities
// that it declares are seen nowhere else.
import { createServer, request } from "node:http";

export async function startWiretap(target) {
  const messages = [];
  const to = new URL(target);
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (body.length) messages.push(...[JSON.parse(body)].flat());
    const passed = request({ host: to.hostname, port: to.port, path: req.url, method: req.method, headers: { ...req.headers, host: to.host } }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    });
    passed.on("error", () => res.destroy());
    res.on("close", () => passed.destroy());
    passed.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const declared = () => {
    const hello = messages.find((m) => m.method === "initialize")?.params;
    const meta = messages.find((m) => m.params?._meta?.["io.modelcontextprotocol/clientCapabilities"])?.params._meta;
    return hello
      ? { client: hello.clientInfo, version: hello.protocolVersion, capabilities: hello.capabilities }
      : { client: meta?.["io.modelcontextprotocol/clientInfo"], version: meta?.["io.modelcontextprotocol/protocolVersion"], capabilities: meta?.["io.modelcontextprotocol/clientCapabilities"] };
  };
  return {
    url: `http://127.0.0.1:${server.address().port}${to.pathname}${to.search}`,
    messages,
    declared,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
