// SPDX-License-Identifier: Apache-2.0
// Load for the npm gateway, which answers tools/call on its session's GET stream and not on the POST:
// as many calls in flight as wrk has connections, each answer seen sends the next call. The generator
// is Node on the other core; the gateway, on its one thread, is what it waits for.
import { Agent, request } from "node:http";

const IN_FLIGHT = 32;

export function sessionLoad(url, { seconds, headers, call, expected }) {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  return new Promise((resolve, reject) => {
    let id = 1000, answered = 0, rest = "", start;
    const post = () => {
      const body = call(++id);
      const r = request(url, { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } }, (answer) => {
        if (answer.statusCode !== 202) reject(new Error(`the npm gateway answered ${answer.statusCode}`));
        answer.resume();
      });
      r.once("error", reject);
      r.end(body);
    };
    const stream = request(url, { method: "GET", headers: { ...headers, accept: "text/event-stream" } }, (events) => {
      events.setEncoding("utf8");
      events.on("data", (text) => {
        rest += text;
        for (let end; (end = rest.indexOf("\n\n")) >= 0; rest = rest.slice(end + 2)) {
          const event = rest.slice(0, end);
          if (!event.includes('"result"')) continue;
          if (!event.includes(expected)) reject(new Error(`the npm gateway answered ${event.slice(0, 300)}`));
          answered++;
          const elapsed = (performance.now() - start) / 1000;
          if (elapsed < seconds) {
            post();
            continue;
          }
          stream.destroy();
          agent.destroy();
          resolve({ rate: answered / elapsed });
        }
      });
    });
    stream.once("error", (error) => error.code !== "ECONNRESET" && reject(error));
    stream.end();
    // The gateway sends the stream's head with its first event, so there is nothing to wait for but the way there.
    stream.once("finish", () =>
      setTimeout(() => {
        start = performance.now();
        for (let i = 0; i < IN_FLIGHT; i++) post();
      }, 200),
    );
  });
}
