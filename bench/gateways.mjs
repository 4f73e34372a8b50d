// SPDX-License-Identifier: Apache-2.0
// The npm programs that expose an MCP server over Streamable HTTP, each as its manual starts it, with the
// echo server as its child.
import { join } from "node:path";
import { ROOT, Program } from "../tests/e2e/lib/postern.mjs";
import { open } from "./client.mjs";
import { STDIO } from "./echo.mjs";
import { freePort } from "./upstream.mjs";

const MODULES = join(ROOT, "bench/node_modules");
const LOOPBACK = join(ROOT, "tests/e2e/lib/loopback.cjs"); // they would bind all interfaces

async function start(args) {
  const port = await freePort();
  const program = new Program(process.execPath, ["-r", LOOPBACK, ...args(String(port))]);
  const url = `http://127.0.0.1:${port}/mcp`;
  for (let i = 0; i < 200; i++) {
    const client = await open(url, "legacy").catch(() => undefined);
    client?.close();
    if (client) return { url, program, close: () => program.stop() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the gateway did not start:\n${program.output}`);
}

// One child for all sessions.
export const startMcpProxy = () => start((port) => [join(MODULES, "mcp-proxy/dist/bin/mcp-proxy.mjs"), "--port", port, "--", ...STDIO]);

// One child a session. Without --stateful it would start one a request.
export const startSupergateway = () =>
  start((port) => [join(MODULES, "supergateway/dist/index.js"), "--stdio", STDIO.join(" "), "--outputTransport", "streamableHttp", "--stateful", "--logLevel", "none", "--port", port]);
