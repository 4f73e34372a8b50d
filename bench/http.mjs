// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server for upstreams of the bench, at a third of what node:http takes for a request, so that
// what stands before it is measured and not it. Only for well-behaved clients: bodies have a Content-Length,
// an answer is whole at once but for a stream, which stays open.
import { createServer } from "node:net";

const REASONS = { 200: "OK", 202: "Accepted", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed" };

function answer(socket, status, body, headers = {}) {
  let head = `HTTP/1.1 ${status} ${REASONS[status]}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

const stream = (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n");

const patterns = {};
const find = (head, name) => head.match((patterns[name] ??= new RegExp(`\r\n${name}: *([^\r]*)`, "i")))?.[1];

// One request from the start of `text` (latin1); its length, or 0 where it is not whole yet.
function take(socket, text, handler) {
  const end = text.indexOf("\r\n\r\n") + 4;
  if (end < 4) return 0;
  const head = text.slice(0, end);
  const length = Number(find(head, "content-length") ?? 0);
  if (text.length < end + length) return 0;
  const [method, path] = head.split(" ", 2);
  const body = Buffer.from(text.slice(end, end + length), "latin1").toString();
  handler({ method, path, header: find.bind(null, head), body, onClose: (then) => socket.once("close", then) }, { send: answer.bind(null, socket), stream: () => stream(socket) });
  return end + length;
}

// handler(request, response): request { method, path, header(name), body, onClose(then) }; response
// { send(status, body, headers), stream() }.
export function serve(handler) {
  const server = createServer({ noDelay: true }, (socket) => {
    let rest = "";
    socket.setEncoding("latin1").on("error", () => socket.destroy());
    socket.on("data", (text) => {
      rest += text;
      for (let n; (n = take(socket, rest, handler)); ) rest = rest.slice(n);
    });
  });
  return new Promise((resolve) => server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => resolve(`http://127.0.0.1:${server.address().port}`)));
}
