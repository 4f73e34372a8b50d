// SPDX-License-Identifier: Apache-2.0
// wrk as a library: requests a second and latency of one URL; any error answer is a failure.
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const CONNECTIONS = 32;
const THREADS = 2;
const quote = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\r", "\\r").replaceAll("\n", "\\n")}'`;

const one = ({ method = "GET", headers = {}, body }) => [
  `wrk.method = ${quote(method)}`,
  ...Object.entries(headers).map(([name, value]) => `wrk.headers[${quote(name)}] = ${quote(value)}`),
  ...(body ? [`wrk.body = ${quote(body)}`] : []),
];

// In turn, each JSON-RPC message with an id of its own, since servers with sessions may have one call an id
// under way. Each thread writes some thousand requests beforehand and goes round: by then the first are long
// answered. Ids have nine digits, so that the length is always the same: the first three are the thread's.
const ID = 100_000_000;
const inTurn = (calls) => [
  "local heads, tails, all, n = {}, {}, {}, 0",
  ...calls.map(({ headers, message }, i) => {
    const [head, tail] = JSON.stringify({ ...message, id: ID }).split(String(ID));
    const length = { "content-length": head.length + 9 + Buffer.byteLength(tail) };
    const lines = Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
    return `heads[${i + 1}], tails[${i + 1}] = ${quote(`${lines.join("")}\r\n${head}`)}, ${quote(tail)}`;
  }),
  "local threads = 100",
  'function setup(thread) thread:set("first", threads * 1000000) threads = threads + 1 end',
  `function init()
  local start = "POST " .. wrk.path .. " HTTP/1.1\\r\\nHost: " .. wrk.host .. ":" .. wrk.port .. "\\r\\n"
  for i = 0, 4095 do all[i + 1] = start .. heads[i % #heads + 1] .. (first + i) .. tails[i % #heads + 1] end
end`,
  "function request() n = n % #all + 1 return all[n] end",
];

// One request over and over, or `calls` in turn: [{ headers, message }].
export async function load(url, { seconds = 5, calls, ...request } = {}) {
  const script = join(mkdtempSync(join(tmpdir(), "postern-bench-wrk-")), "request.lua");
  writeFileSync(script, (calls ? inTurn(calls) : one(request)).join("\n"));
  const args = ["-c", CONNECTIONS, "-t", THREADS, "-d", `${seconds}s`, "--timeout", "10s", "--latency", "-s", script, url];
  const { stdout } = await promisify(execFile)("wrk", args.map(String));
  const rate = Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)?.[1]);
  const requests = Number(stdout.match(/(\d+) requests in/)?.[1]);
  const p99 = stdout.match(/99%\s+(\S+)/)?.[1];
  const wrong = stdout.match(/Non-2xx.*|Socket errors.*/g);
  if (!rate || wrong) throw new Error(`${url}: ${wrong ?? "no rate"}\n${stdout}`);
  return { rate, requests, p99 };
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
