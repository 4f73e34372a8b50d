// SPDX-License-Identifier: Apache-2.0
// Starts the sandbox and Postern, each on a free loopback port with a folder of its own, and stops
// them. The binary is $POSTERN_BIN or build/src/postern. Example:
//   const world = await start();            // { sandbox, postern, api, close }
//   const account = await world.account();  // a connected Cloudflare account
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setImmediate as passed } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { contractOf } from "./contract.mjs";
import { dropFor, ON_POSTGRES, storeFor } from "./database.mjs";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const BINARY = resolve(process.env.POSTERN_BIN ?? join(ROOT, "build/src/postern"));
const START_MS = 120_000;
const OUTPUT_MOST = 64 << 20;

// A child process whose output is kept; waitFor resolves with the match of a pattern in it.
export class Program {
  constructor(command, args, options = {}) {
    this.output = "";
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    this.exited = once(this.child, "close").then(([code, signal]) => ({ code, signal })); // when all that it said is here, too
    this.exited.then(() => (this.over = true), () => {});
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on("data", (bytes) => {
        this.output += bytes;
        if (this.output.length > OUTPUT_MOST) this.output = this.output.slice(-OUTPUT_MOST / 2); // some log every call
        this.child.emit("more");
      });
  }
  async waitFor(pattern, ms = START_MS) {
    const until = Date.now() + ms;
    for (;;) {
      const found = this.output.match(pattern);
      if (found) return found;
      if (this.over) throw new Error(`it ended with ${this.child.exitCode}:\n${this.output}`);
      if (Date.now() > until) throw new Error(`${pattern} did not come within ${ms} ms:\n${this.output}`);
      const heard = new AbortController();
      await Promise.race([once(this.child, "more", { signal: heard.signal }), this.exited, new Promise((r) => setTimeout(r, 100))]);
      heard.abort();
    }
  }
  async stop(signal = "SIGTERM") {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exited;
  }
}

export async function startSandbox(args = []) {
  const program = new Program(process.execPath, [join(ROOT, "sandbox/dist/main.js"), "--port", "0", ...args]);
  const [, url] = await program.waitFor(/sandbox listening on (\S+)/);
  const control = async (method, path, body) => {
    const r = await fetch(`${url}/_sandbox${path}`, { method, body: body && JSON.stringify(body) });
    return r.headers.get("content-type")?.includes("json") ? r.json() : r.text();
  };
  return { program, url, api: `${url}/client/v4`, control, close: () => program.stop() };
}

// Of the program under test, read from the first that answers without TLS.
let contract;
// A test that was busy for long has not seen that a connection which fetch keeps was closed meanwhile, and would ask on it:
// let the loop look once. (The first turn may end the one that is under way.)
const turn = async () => {
  await passed();
  await passed();
};
const readContract = async (url) => {
  const r = await fetch(`${url}/openapi.json`).catch(() => undefined);
  return r?.ok ? contractOf(await r.json()) : undefined;
};

export class Postern {
  constructor(settings = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "postern-e2e-"));
    this.settings = {
      listen: "127.0.0.1:0",
      data_dir: join(this.folder, "data"),
      connectors_dir: join(ROOT, "connectors"),
      upstream_allow: ["127.0.0.0/8", "::1/128"],
      log_level: "info",
      // Suites compare what is listed with what vendors have. By default there is one more: suites/programs has that.
      programs_default: false,
      ...settings,
    };
  }
  async start() {
    if (ON_POSTGRES) this.settings.store ??= storeFor(this.settings.data_dir);
    const file = join(this.folder, "postern.yaml");
    writeFileSync(file, JSON.stringify(this.settings)); // YAML takes JSON
    const [command, ...args] = [...(this.limit ?? []), this.binary ?? BINARY, "serve", "--config", file]; // limit: what runs it, "prlimit"
    this.program = new Program(command, args, { env: { ...process.env, ...this.env } });
    const [, url] = await this.program.waitFor(/answers on (\S+)/);
    this.url = url;
    const token = this.program.output.match(/\b(psk_\S+)/);
    if (token) this.token = token[1];
    contract ??= await readContract(url);
    return this;
  }
  // Answers { status, headers, body }; throws nothing for an error status, but for what /openapi.json does not
  // describe.
  async api(method, path, body, { token = this.token, headers = {} } = {}) {
    await turn();
    const r = await fetch(this.url + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await r.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    const answer = { status: r.status, headers: r.headers, body: json, text };
    contract?.check(method, path, answer);
    return answer;
  }
  // The same, but anything else than the wanted status is an error that shows what came.
  async must(status, method, path, body, options) {
    const r = await this.api(method, path, body, options);
    if (r.status !== status) throw new Error(`${method} ${path}: wanted ${status}, got ${r.status}: ${r.text}`);
    return r.body;
  }
  async stop(signal) {
    return this.program?.stop(signal);
  }
  async close() {
    await this.stop();
    const found = this.program?.output.match(/.*(Sanitizer|runtime error):[^]*/);
    if (found) throw new Error(`a sanitizer found something:\n${found[0].slice(0, 8000)}`);
    if (ON_POSTGRES && this.settings.data_dir.startsWith(this.folder)) dropFor(this.settings.data_dir);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function start({ settings, sandboxArgs } = {}) {
  const sandbox = await startSandbox(sandboxArgs);
  const postern = await new Postern(settings).start();
  let serial = 0;
  return {
    sandbox,
    postern,
    api: postern.api.bind(postern),
    must: postern.must.bind(postern),
    account: (token = "cfut_sandbox_one_account", more = {}) =>
      postern.must(201, "POST", "/integrated-account", {
        connector: "cloudflare",
        name: `acme-${++serial}`,
        credential: { token },
        base_url: sandbox.api,
        ...more,
      }),
    server: (account, config = { methods: ["read"] }, more = {}) =>
      postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: `server-${++serial}`, config, ...more }),
    close: async () => {
      await postern.close();
      await sandbox.close();
    },
  };
}

// JSON-RPC by hand, for what official clients would not send.
export async function rpc(url, message, headers = {}) {
  await turn();
  const r = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: typeof message === "string" ? message : JSON.stringify(message),
  });
  const text = await r.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: r.status, headers: r.headers, body, text };
}

export const MODERN = "2026-07-28";
// A modern request with everything it needs; `over` replaces members of params, `headers` of the headers.
export function modern(url, method, params = {}, { id = 1, headers = {}, meta = {} } = {}) {
  const name = params.name ?? params.uri;
  return rpc(
    url,
    {
      jsonrpc: "2.0",
      id,
      method,
      params: {
        ...params,
        _meta: {
          "io.modelcontextprotocol/protocolVersion": MODERN,
          "io.modelcontextprotocol/clientCapabilities": {},
          "io.modelcontextprotocol/clientInfo": { name: "e2e", version: "1" },
          ...meta,
        },
      },
    },
    { "mcp-protocol-version": MODERN, "mcp-method": method, ...(name ? { "mcp-name": name } : {}), ...headers },
  );
}
