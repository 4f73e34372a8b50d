// SPDX-License-Identifier: Apache-2.0
// wrk as a library: requests a second and latency of one URL; any error answer is a failure.
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const CONNECTIONS = 32;
const THREADS = 2;
const quote = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;

export async function load(url, { seconds = 5, method = "GET", headers = {}, body } = {}) {
  const script = join(mkdtempSync(join(tmpdir(), "postern-bench-wrk-")), "request.lua");
  writeFileSync(
    script,
    [
      `wrk.method = ${quote(method)}`,
      ...Object.entries(headers).map(([name, value]) => `wrk.headers[${quote(name)}] = ${quote(value)}`),
      ...(body ? [`wrk.body = ${quote(body)}`] : []),
    ].join("\n"),
  );
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
