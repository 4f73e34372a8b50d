// SPDX-License-Identifier: Apache-2.0
// HTTP in and out: one request through record, fault, credential, limit, route, permission and handler.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { control } from "./control.js";
import { json, noRoute, refuse, Refusal, type Answer } from "./envelope.js";
import { Faults, type Fault } from "./faults.js";
import { DEFAULT_PLAN, Limits, type Plan } from "./limits.js";
import { Recorder, type Seen } from "./record.js";
import { Router, type Match } from "./router.js";
import { ROUTES } from "./routes.js";
import { tell } from "./story/index.js";
import { authenticate, mayDo, seesAccount, type Token } from "./tokens.js";
import type { World } from "./world.js";

const BASE = "/client/v4";
const MOST_BODY = 32 * 1024 * 1024;

export interface Options {
  host: string;
  port: number;
  plan?: Partial<Plan>;
  /** Fixes "now" of the story. */
  now?: number;
}

export class Sandbox {
  readonly record = new Recorder();
  readonly faults = new Faults();
  limits: Limits;
  world: World;
  private readonly router = new Router(ROUTES);
  private readonly server: Server;
  private elsewhere: Server | undefined;

  constructor(readonly options: Options) {
    this.limits = new Limits({ ...DEFAULT_PLAN, ...options.plan });
    this.world = tell(options.now ?? Date.now());
    this.server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 }, (req, res) => void this.take("main", req, res));
  }

  /** Everything as at the start. */
  reset(): void {
    this.limits = new Limits({ ...DEFAULT_PLAN, ...this.options.plan });
    this.world = tell(this.options.now ?? Date.now());
    this.faults.clear();
    this.record.clear();
  }

  async listen(): Promise<string> {
    return origin(await opened(this.server, this.options.port, this.options.host));
  }

  /** A second origin, opened when first needed, that only records what reaches it. */
  async elsewhereOrigin(): Promise<string> {
    if (!this.elsewhere) {
      this.elsewhere = createServer((req, res) => void this.take("elsewhere", req, res));
      await opened(this.elsewhere, 0, this.options.host);
    }
    return origin(this.elsewhere);
  }

  async close(): Promise<void> {
    for (const server of [this.server, this.elsewhere]) {
      if (!server?.listening) continue;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  private async take(listener: Seen["listener"], req: IncomingMessage, res: ServerResponse): Promise<void> {
    const raw = req.url ?? "/";
    const internal = listener === "main" && raw.startsWith("/_sandbox/");
    const body = await read(req);
    if (internal) {
      send(res, await control(this, req.method ?? "GET", raw, body ?? Buffer.alloc(0)), {});
      return;
    }
    const entry = this.record.open(listener, req.method ?? "GET", raw, req.rawHeaders);
    const started = Date.now();
    res.on("close", () => {
      entry.status = res.headersSent ? res.statusCode : undefined;
      entry.ms = Date.now() - started;
      if (entry.outcome === "open") entry.outcome = res.writableFinished ? "sent" : "client_closed";
    });
    if (body === null) {
      send(res, refuse(413, 10013, "Request body too large").answer(), { connection: "close" });
      return;
    }
    Recorder.body(entry, body, String(req.headers["content-type"] ?? ""));
    if (listener === "elsewhere") {
      send(res, json(200, { elsewhere: true }), {});
      return;
    }
    await this.reply(entry, req, res, body);
  }

  private async reply(entry: Seen, req: IncomingMessage, res: ServerResponse, body: Buffer): Promise<void> {
    const url = new URL(raw(req), "http://sandbox.invalid");
    const path = url.pathname.startsWith(`${BASE}/`) ? url.pathname.slice(BASE.length) : null;
    let token: Token | undefined;
    let result: Answer;
    let headers: { [name: string]: string | string[] } = {};
    try {
      if (path === null) throw noRoute(url.pathname);
      token = authenticate(req.headers, path);
      entry.token = token.name;
      const standing = this.limits.charge(token.name);
      headers = this.limits.headers(token.name, standing);
      if (standing.limited) throw this.limits.refusal(token.name);
      result = this.run(req, path, url.searchParams, body, token);
    } catch (error) {
      if (error instanceof Refusal) result = error.answer();
      else {
        process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
        result = refuse(500, 1000, "Internal error of the sandbox").answer();
      }
    }
    if (result.unmetered) headers = {};
    const fault: Fault | undefined = this.faults.take(entry.method, url.pathname, token?.name);
    if (!fault) {
      send(res, result, headers);
      return;
    }
    entry.fault = fault.kind;
    await this.faults.play(fault, { sandbox: this, entry, req, res, result, headers });
  }

  private run(req: IncomingMessage, path: string, query: URLSearchParams, body: Buffer, token: Token): Answer {
    const head = req.method === "HEAD";
    const method = head ? "GET" : (req.method ?? "GET");
    const found = this.router.find(method, path);
    if (found === "path") throw noRoute(path);
    if (found === "method") throw refuse(405, 7001, `Method ${method} not available for that URI.`);
    this.permit(found, method, path, token);
    return found.route.run({ method, path, params: found.params, query, headers: req.headers, body, token, world: this.world });
  }

  /** Is the object there, does the token see it, may the token do this? */
  private permit({ route, params }: Match, method: string, path: string, token: Token): void {
    const { account_id: account, zone_id: zoneId } = params;
    const gateway = refuse(403, 10000, "Authentication error");
    const product = refuse(403, 9109, "Unauthorized to access requested resource");
    const refusal = path.startsWith("/accounts") ? gateway : product;

    if (route.area && !mayDo(token, route.area, method !== "GET" && !route.reads)) throw refusal;
    if (route.path.startsWith("/user") && route.area && token.kind === "account") throw product;
    for (const id of [account, zoneId]) if (id !== undefined && !/^[0-9a-f]{32}$/.test(id)) throw noRoute(path, 400);
    if (account !== undefined) {
      if (!this.world.rows("/accounts").some((a) => a["id"] === account)) throw noRoute(path);
      if (!seesAccount(token, account)) throw gateway;
    }
    if (zoneId !== undefined) {
      const zone = this.world.rows("/zones").find((z) => z["id"] === zoneId);
      if (!zone) throw noRoute(path);
      if (!seesAccount(token, zone["account"].id)) throw product;
    }
  }
}

function raw(req: IncomingMessage): string {
  return req.url ?? "/";
}

function opened(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => done(server));
  });
}

function origin(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

/** The whole body, or null when it is over the limit. */
async function read(req: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of req) {
      size += (chunk as Buffer).length;
      // Too much is read to its end all the same, so that the refusal arrives.
      if (size > MOST_BODY) chunks.length = 0;
      else chunks.push(chunk as Buffer);
    }
  } catch {
    return Buffer.alloc(0); // the client went away; there is nobody to answer
  }
  return size > MOST_BODY ? null : Buffer.concat(chunks);
}

let rays = 0;

export function head(result: Answer, extra: { [name: string]: string | string[] }): { [name: string]: string | string[] } {
  const ray = (0x5a9db0c0ffee0000n + BigInt(++rays)).toString(16);
  return { "content-type": result.type, "cf-ray": `${ray}-SBX`, server: "cloudflare", vary: "Accept-Encoding", ...result.headers, ...extra };
}

export function send(res: ServerResponse, result: Answer, extra: { [name: string]: string | string[] }): void {
  res.writeHead(result.status, { ...head(result, extra), "content-length": result.body.length });
  res.end(result.body);
}
