// SPDX-License-Identifier: Apache-2.0
// Any server of the test's own: records what arrives, answers as one function says; a body that is a function writes to the
// response by itself, and ends it when it likes. Example:
//   const vendor = await startRecorder((request) => ({ body: { ok: true } }));
//   vendor.requests.at(-1).headers["x-api-key"]
import { once } from "node:events";
import http from "node:http";

export async function startRecorder(answer = () => ({ body: { ok: true } })) {
  const requests = [];
  const server = http.createServer(async (req, res) => {
    const parts = [];
    try {
      for await (const part of req) parts.push(part);
    } catch {
      return; // whoever asked went away
    }
    const seen = { method: req.method, target: req.url, headers: req.headers, raw: req.rawHeaders, body: Buffer.concat(parts).toString() };
    requests.push(seen);
    const { status = 200, headers = {}, body = {} } = await answer(seen);
    if (typeof body === "function") return body(res.writeHead(status, headers));
    const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    res.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    requests,
    port: server.address().port,
    url: `http://127.0.0.1:${server.address().port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
