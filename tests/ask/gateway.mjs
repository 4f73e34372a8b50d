// SPDX-License-Identifier: Apache-2.0
// A Postern of one's own to ask, with empty data: its commands, its API, a read-only server over all accounts, and the tools
// they list. Used by the start.mjs of each set of questions. Example:
//   const gateway = await startGateway("build/src/postern", 0), { id } = await gateway.api("POST", "/integrated-account", {…});
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the test finds in what a child has printed so far. */
export function line(child, test) {
  return new Promise((done, fail) => {
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
      const found = test(text);
      if (found) done(found);
    });
    child.once("exit", (code) => fail(new Error(`${child.spawnfile} ended with ${code}`)));
  });
}

/** tools/list of 2025-06-18, all pages. */
async function toolsOf(at) {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const say = async (method, params, more = {}) => {
    const answer = await fetch(at, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify({ jsonrpc: "2.0", ...(method.startsWith("notifications/") ? {} : { id: 1 }), method, params }) });
    const text = await answer.text();
    const body = text.startsWith("{") ? text : (/^data: (\{.*\})$/m.exec(text)?.[1] ?? "{}");
    return { answer, json: JSON.parse(body) };
  };
  const hello = await say("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "questions", version: "1" } });
  const session = hello.answer.headers.get("mcp-session-id");
  const more = { "mcp-protocol-version": "2025-06-18", ...(session ? { "mcp-session-id": session } : {}) };
  await say("notifications/initialized", {}, more);
  const tools = [];
  for (let cursor; ; ) {
    const { json } = await say("tools/list", cursor ? { cursor } : {}, more);
    if (json.error) throw new Error(JSON.stringify(json.error));
    tools.push(...json.result.tools);
    if (!(cursor = json.result.nextCursor)) return tools;
  }
}

export async function startGateway(binary, port) {
  const folder = mkdtempSync(join(tmpdir(), "postern-ask-"));
  const postern = spawn(
    binary,
    ["serve", "--listen", `127.0.0.1:${port}`, "--data-dir", folder, "--connectors-dir", "connectors", "--upstream-allow", "127.0.0.0/8", "--log-level", "warn"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const { url, token } = await line(postern, (text) => {
    const [, url] = /POSTERN_URL=(\S+)/.exec(text) ?? [];
    const [, token] = /POSTERN_TOKEN=(\S+)/.exec(text) ?? [];
    return url && token && { url, token };
  });

  /** A command of postern, with something on its standard input. */
  function run(args, input) {
    const child = spawn(binary, args, { env: { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: token }, stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (bytes) => (text += bytes));
    child.stdin.end(input);
    return new Promise((done, fail) => child.once("close", (code) => (code === 0 ? done(text) : fail(new Error(`postern ${args.join(" ")}: ${code}`)))));
  }

  async function api(method, path, body) {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
    return json;
  }

  /** An account of an API whose document is imported, as a user would. */
  async function importApi(connector, { name, document, key, where = [] }) {
    await run(["connector", "import", connector, "--openapi", "-"], document);
    return JSON.parse(await run(["account", "add", connector, "--name", name, "--credential-stdin", "--json", ...where], key)).id;
  }

  /** What each account lists and of that what is served read-only, as files CONNECTOR.json and CONNECTOR.hidden.json. */
  async function writeTools(into, accounts) {
    mkdirSync(into, { recursive: true });
    for (const [connector, id] of Object.entries(accounts)) {
      const { items } = await api("GET", `/integrated-account/${id}/tools?limit=1000`);
      const one = await api("POST", `/integrated-account/${id}/mcp`, { name: `list-${connector}`, config: { methods: ["read"] } });
      const listed = await toolsOf(one.url);
      const known = new Set(listed.map((t) => t.name));
      writeFileSync(join(into, `${connector}.json`), `${JSON.stringify(listed, null, 1)}\n`);
      const rest = items.filter((t) => !known.has(t.name)).map(({ name, class: kind, trust, why }) => ({ name, class: kind, trust, why }));
      writeFileSync(join(into, `${connector}.hidden.json`), `${JSON.stringify(rest, null, 1)}\n`);
    }
  }

  return {
    url,
    token,
    api,
    run,
    importApi,
    /** Makes the read-only server, and tells all that is to be known: prints it, saves it, and ends all when told to. */
    async ready({ accounts, more, out, tools, end }) {
      const server = await api("POST", "/mcp-server", { name: "questions", accounts: Object.values(accounts), config: { methods: ["read"] } });
      if (tools) await writeTools(tools, accounts);
      const state = { postern: url, token, accounts, server: server.url, ...more };
      if (out) writeFileSync(out, JSON.stringify(state, null, 1));
      process.stdout.write(`${JSON.stringify(state)}\n`);
      const stop = () => {
        postern.kill("SIGTERM");
        end();
        setTimeout(() => {
          rmSync(folder, { recursive: true, force: true });
          process.exit(0);
        }, 500);
      };
      process.once("SIGINT", stop);
      process.once("SIGTERM", stop);
    },
  };
}
