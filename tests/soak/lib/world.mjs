// SPDX-License-Identifier: Apache-2.0
// Everything that runs in a soak: Postern, the vendors, hostile and not, and what exists at the moment of accounts,
// servers and tokens. It starts Postern again after it ended, so that one finding does not hide the others.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser, PLACES, startVendors, VENDORS } from "../../e2e/lib/oauth.mjs";
import { Postern } from "../../e2e/lib/postern.mjs";
import { startConformance } from "../../e2e/lib/upstream.mjs";
import { startHostileMcp } from "../vendors/mcp.mjs";
import { startHostileOauth } from "../vendors/oauth.mjs";
import { startHostileRest } from "../vendors/rest.mjs";

// Small, so that every limit is met in a soak, and a whole life of everything fits into a round.
export const SETTINGS = {
  loops: 2,
  pool_threads: 4,
  log_level: "warn",
  header_timeout: "3s",
  body_timeout: "4s",
  write_timeout: "4s",
  idle_timeout: "10s",
  call_timeout: "15s",
  heartbeat: "2s",
  drain_timeout: "3s",
  max_connections_per_address: 300,
  max_fibers: 512,
  max_body_bytes: "1MiB",
  result_bytes: "64KiB",
  list_page: 5,
  upstream_first_byte_timeout: "3s",
  upstream_stall_timeout: "2s",
  upstream_timeout: "8s",
  upstream_body_bytes: "2MiB",
  upstream_sessions: 50,
  upstream_session_idle: "10s",
  remote_refresh: "15s",
};
const RESTARTS_MOST = 8;
const MOOD_MOST = Number(process.env.SOAK_MOOD_MOST ?? 1);
const STOP_MS = 60_000; // drain_timeout is 3 s

export class World {
  constructor(tally, random) {
    Object.assign(this, { tally, random, accounts: [], servers: [], tokens: [], imports: [], restarts: 0, notes: new Map(), serial: 0 });
  }
  async start() {
    const hostile = (name, begin) => begin(this.random.fork(name));
    [this.vendors, this.dual, this.pair, this.mcp, this.rest, this.oauth] = await Promise.all([
      startVendors(),
      startConformance("dual"),
      startConformance("sse", ["--version", "2024-11-05"]),
      hostile("vendor-mcp", startHostileMcp),
      hostile("vendor-rest", startHostileRest),
      hostile("vendor-oauth", startHostileOauth),
    ]);
    this.postern = await new Postern(SETTINGS).start();
    this.postern.settings.listen = new URL(this.postern.url).host; // the same again after a restart
    this.watch();
  }
  // 0: all vendors mean well; 1: hardly any answer does.
  set mood(value) {
    for (const vendor of [this.mcp, this.rest, this.oauth]) vendor.mood = Math.min(value, MOOD_MOST);
    if (value === 0) this.mcp.calm();
  }
  async calm() {
    this.mood = 0;
    await Promise.all([this.vendors.calm(), this.faultRest("DELETE")]);
  }
  faultRest(method, fault) {
    return fetch(`${this.vendors.at.rest.control}/fault`, { method, body: fault && JSON.stringify(fault), signal: AbortSignal.timeout(30_000) });
  }
  note(what) {
    this.notes.set(what, (this.notes.get(what) ?? 0) + 1);
  }
  get pid() {
    return this.postern.program.child.pid;
  }

  // ---- the life of the process

  watch() {
    const { program } = this.postern;
    this.running = Promise.resolve();
    void program.exited.then(({ code, signal }) => {
      if (this.expected === program) return;
      this.tally.finding("Postern ended by itself", { operation: `exit ${code ?? signal}`, text: this.lastWords(), key: this.where() });
      this.running = this.again();
    });
  }
  async again() {
    if (++this.restarts > RESTARTS_MOST) {
      this.given_up = true;
      return;
    }
    await this.postern.start();
    this.watch();
  }
  // The end of the log, from a sanitizer's first line where there is one.
  lastWords() {
    const { output } = this.postern.program;
    return output.match(/.*(Sanitizer|runtime error):[^]*/)?.[0] ?? output.slice(-3000);
  }
  // The functions of the program on top of a report's stack: what tells crashes apart.
  where() {
    return [...this.lastWords().matchAll(/#\d+ 0x[0-9a-f]+ in (\w+) [^\n]*\/src\//g)].slice(0, 3).map(([, name]) => name).join(" < ") || "no stack";
  }
  // SIGTERM, and what must come of it: an end within the ceiling, code 0, no report.
  async stop(operation) {
    const { program } = this.postern;
    this.expected = program;
    const late = setTimeout(() => {
      this.tally.finding("no end after SIGTERM", { operation, text: `alive ${STOP_MS / 1000} s after SIGTERM; its end:\n${program.output.slice(-1500)}` });
      program.child.kill("SIGKILL");
    }, STOP_MS);
    const started = Date.now();
    const { code, signal } = await program.stop("SIGTERM");
    clearTimeout(late);
    if (signal === null && code !== 0) this.tally.finding("an end that is not clean", { operation, text: `exit ${code}\n${this.lastWords()}`, key: this.where() });
    else if (/Sanitizer|runtime error/.test(program.output)) this.tally.finding("a sanitizer's report", { operation, text: this.lastWords(), key: this.where() });
    return { code, signal, ms: Date.now() - started };
  }
  async startAgain() {
    await this.postern.start();
    this.watch();
  }
  // New values for settings that are read again, or nonsense, and SIGHUP.
  reload(changes) {
    writeFileSync(join(this.postern.folder, "postern.yaml"), JSON.stringify({ ...this.postern.settings, ...changes }));
    this.postern.program.child.kill("SIGHUP");
  }
  async close() {
    await Promise.allSettled([this.vendors, this.dual, this.pair, this.mcp, this.rest, this.oauth].map((part) => part?.close()));
    if (this.postern) await this.postern.close().catch(() => undefined); // what it found was told by stop()
  }

  // ---- what the management API is asked, outside of any worker

  api(...args) {
    return this.postern.api(...args);
  }
  name(kind) {
    return `${kind}-${++this.serial}`;
  }
  forget(list, id) {
    const at = this[list].findIndex((one) => one.id === id);
    if (at >= 0) this[list].splice(at, 1);
  }
  // Deletes whatever is there, whoever made it.
  async deleteAll() {
    const ids = async (path) => {
      const found = [];
      for (let next = `${path}?limit=1000`; next; ) {
        const { body } = await this.api("GET", next);
        found.push(...(body?.items ?? []));
        next = body?.next;
      }
      return found;
    };
    for (const path of ["/mcp-server", "/integrated-account"]) for (const { id } of await ids(path)) await this.api("DELETE", `${path}/${id}`);
    for (const { id, role } of await ids("/api-token")) if (role === "client") await this.api("DELETE", `/api-token/${id}`);
    for (const { name, imported } of await ids("/connector")) if (imported) await this.api("DELETE", `/connector/${name}`);
    for (const list of ["accounts", "servers", "tokens", "imports"]) this[list].length = 0;
  }
}

export { Browser, PLACES, VENDORS };
