// SPDX-License-Identifier: Apache-2.0
// Load for the npm gateway, which answers tools/call on its session's GET stream and not on the POST. As
// many clients as wrk has connections, each with a session, a stream and one call in flight; each answer
// seen sends the next call. The generator is Node on the other core; the gateway, on its one thread, is
// what it waits for.
import { Agent, request } from "node:http";

const CLIENTS = 32;
const STREAM_OPENS_MS = 300; // the gateway sends a stream's head with its first event: nothing to wait for

function send(url, options, body, onAnswer) {
  const r = request(url, options, onAnswer);
  r.end(body);
  return r;
}

// One client: resolves when the time is up, having counted its answers into `tally`.
function client(url, headers, { until, call, expected, tally }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return new Promise((resolve, reject) => {
    let rest = "";
    const post = () => {
      const body = call(++tally.id);
      const options = { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } };
      send(url, options, body, (answer) => {
        if (answer.statusCode !== 202) reject(new Error(`the npm gateway answered ${answer.statusCode}`));
        answer.resume();
      }).once("error", reject);
    };
    const stream = send(url, { method: "GET", headers: { ...headers, accept: "text/event-stream" } }, undefined, (events) => {
      events.setEncoding("utf8");
      events.on("data", (text) => {
        rest += text;
        for (let end; (end = rest.indexOf("\n\n")) >= 0; rest = rest.slice(end + 2)) {
          const event = rest.slice(0, end);
          if (!event.includes('"result"')) continue;
          if (!event.includes(expected)) reject(new Error(`the npm gateway answered ${event.slice(0, 300)}`));
          tally.answered++;
          if (performance.now() < until()) {
            post();
            continue;
          }
          stream.destroy();
          agent.destroy();
          resolve();
        }
      });
    });
    stream.once("error", (error) => error.code !== "ECONNRESET" && reject(error));
    setTimeout(post, STREAM_OPENS_MS);
  });
}

// `open` makes a session and gives its headers.
export async function sessionLoad(url, { seconds, open, call, expected }) {
  const sessions = await Promise.all(Array.from({ length: CLIENTS }, open));
  const tally = { id: Math.floor(Math.random() * 1e9) * 1000, answered: 0 };
  const start = performance.now() + STREAM_OPENS_MS;
  const until = () => start + seconds * 1000;
  await Promise.all(sessions.map((headers) => client(url, headers, { until, call, expected, tally })));
  return { rate: tally.answered / ((performance.now() - start) / 1000) };
}
