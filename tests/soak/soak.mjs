// SPDX-License-Identifier: Apache-2.0
// The soak: rounds of random operations by many workers, each followed by rest, in which everything is deleted and the
// program's figures must come back to where they were after the first; then stops in the middle of work. Findings go to
// standard output as they come, and again at the end; the exit status is 1 where there are any. See README.md.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { administrator, api } from "./actors/administrator.mjs";
import { attacker } from "./actors/attacker.mjs";
import { authorizer } from "./actors/authorizer.mjs";
import { fate } from "./actors/fate.mjs";
import { legacy } from "./actors/legacy.mjs";
import { modern } from "./actors/modern.mjs";
import { official } from "./actors/official.mjs";
import { pair } from "./actors/pair.mjs";
import { watcher } from "./actors/watcher.mjs";
import { COUNTED, readFigures, risen, trend } from "./lib/figures.mjs";
import { furnish } from "./lib/furnish.mjs";
import { Random } from "./lib/random.mjs";
import { secretIn } from "./lib/secrets.mjs";
import { printTable, Tally } from "./lib/tally.mjs";
import { Gate, Worker } from "./lib/worker.mjs";
import { World } from "./lib/world.mjs";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 60);
const SEED = process.env.SOAK_SEED ?? String(Date.now() % 1_000_000);
const STOPS = Number(process.env.SOAK_STOPS ?? 3);
const CREW = [[administrator, 3], [authorizer, 1], [modern, 4], [legacy, 4], [pair, 2], [official, 2], [attacker, 3], [fate, 1], [watcher, 1]];
const ROUND_MINUTES = 5;
const ROUNDS_LEAST = 4; // the first warms up; flat needs some after it
const SAMPLE_MS = 2000;
const QUIET_MS = Number(process.env.SOAK_QUIET_SECONDS ?? 150) * 1000; // beyond every time that Postern may keep a thing with nobody left to want it
const DELETE_MS = 120_000;
const BUSY_MS = 30_000;
const STOP_AFTER_MS = 10_000;
const OVER_MS = (MINUTES + 30) * 60_000; // whatever happens, it ends

const POOLED = ["descriptors", "fd sockets", "fd files", "fd pipes", "fd others", "threads"];

const say = (line) => console.log(line);
const within = (ms, work) => {
  const end = new AbortController();
  return Promise.race([work, pause(ms, undefined, { signal: end.signal }).then(() => Promise.reject(new Error(`not within ${ms / 1000} s`)))]).finally(() => end.abort());
};

class Soak {
  constructor() {
    this.tally = new Tally(SEED, say);
    this.world = new World(this.tally, new Random(SEED));
    this.gate = new Gate();
    this.samples = []; // [seconds, resident KiB] in the middle of work, of this process
    this.rests = []; // { seconds, …figures } at rest
    this.started = Date.now();
  }
  seconds() {
    return (Date.now() - this.started) / 1000;
  }
  finding(kind, text, operation = "rest") {
    this.tally.finding(kind, { worker: "soak", operation, text, key: `${operation} ${text.split("\n")[0].slice(0, 80)}` });
  }

  async run() {
    await this.world.start();
    this.director = new Worker(this.world, { name: "director", operations: {} }, 0);
    this.director.operation = "furnish";
    for (const [actor, count] of CREW) for (let i = 1; i <= count; i++) this.gate.add(new Worker(this.world, actor, i));
    const rounds = Math.max(ROUNDS_LEAST, Math.round(MINUTES / ROUND_MINUTES));
    this.cold = await readFigures(this.world.postern);
    for (let i = 1; i <= rounds && !this.world.given_up; i++) {
      await this.round((MINUTES * 60_000) / rounds);
      await this.rest(i, rounds);
    }
    if (!this.world.given_up) await this.stops();
    await this.gate.end();
    this.searchFiles();
    await this.world.close();
  }

  // ---- work

  async round(ms) {
    const { world } = this;
    await within(DELETE_MS, furnish(this.director, api)).catch((error) => this.finding("the world could not be furnished", String(error), "furnish"));
    const until = Date.now() + ms;
    this.gate.open();
    while (Date.now() < until && !world.given_up) {
      await pause(SAMPLE_MS);
      await this.sample();
    }
    await this.shutting();
  }
  // Everybody rests; who does not for long is named, since an operation ends at the latest by its ceiling.
  async shutting() {
    const slow = setInterval(() => say(`still at work: ${this.gate.busy().join(", ")}`), BUSY_MS);
    await this.gate.shutting();
    clearInterval(slow);
  }
  async sample() {
    const { world } = this;
    if (this.process !== world.pid) Object.assign(this, { process: world.pid, samples: [], rests: [] }); // a new one: nothing to compare with
    const figures = await within(30_000, readFigures(world.postern)).catch(() => undefined); // dead, or busy: others tell
    if (figures) this.samples.push([this.seconds(), figures["resident KiB"]]);
    this.busiest = figures && Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.max(value, this.busiest?.[name] ?? 0)]));
  }

  // ---- rest

  async rest(round, rounds) {
    const { world } = this;
    const phases = [this.seconds()];
    await world.running;
    await world.calm().catch((error) => this.finding("the harness threw", String(error), "calm"));
    await within(DELETE_MS, world.deleteAll()).catch((error) => this.finding("not everything could be deleted", String(error)));
    if (this.process !== world.pid) await this.sample();
    phases.push(this.seconds());
    // What is open is held against the start; of what is kept once it was needed, the first rest says how much.
    const before = { ...this.cold, ...Object.fromEntries(POOLED.map((name) => [name, this.rests[0]?.[name] ?? Infinity])) };
    const now = await this.quiet(before);
    if (!now) return;
    const left = risen(before, now);
    if (left.length) this.finding("something does not come back", `${left.map(({ name }) => name).join(", ")}\n${left.map(({ name, before: was, now: is }) => `${name}: ${was} before, ${is} now`).join("\n")}\n${QUIET_MS / 1000} s after the last client went and everything was deleted. What waits:\n${await this.waiting()}`);
    this.rests.push({ seconds: this.seconds(), ...now });
    const [deleted, quiet] = [phases[1] - phases[0], this.seconds() - phases[1]].map((s) => s.toFixed(1));
    say(`round ${round} of ${rounds}, ${Math.round(this.seconds())} s: all deleted in ${deleted} s, quiet after ${quiet} s; ${this.tally.done} operations, ${this.tally.findings.size} kinds of findings; at rest ${now.descriptors} descriptors, ${now.fibers} fibers, ${now.streams} streams, ${now["upstream sessions"]} sessions, ${Math.round(now["resident KiB"] / 1024)} MiB`);
  }
  async quiet(before) {
    const until = Date.now() + QUIET_MS;
    let now;
    do {
      await pause(500);
      now = (await within(30_000, readFigures(this.world.postern)).catch(() => undefined)) ?? now;
    } while (Date.now() < until && (!now || risen(before, now).length > 0));
    if (!now) this.finding("no figures", "neither /metrics nor /proc could be read at rest");
    return now;
  }
  // What the program says that it waits for.
  async waiting() {
    const { body } = await within(30_000, this.world.api("GET", "/status")).catch(() => ({}));
    const kinds = new Map(); // "name: reason" to ages
    for (const { name, reason, age_ms } of (body?.loops ?? []).flatMap((loop) => loop.fibers)) kinds.set(`${name}: ${reason}`, [...(kinds.get(`${name}: ${reason}`) ?? []), Math.round(age_ms / 1000)]);
    return [...kinds].map(([what, ages]) => `${ages.length} × ${what}, at most ${Math.max(...ages)} s`).join("\n");
  }

  // ---- the end

  async stops() {
    const { world } = this;
    this.judgeMemory();
    const quiet = await world.stop("stop at rest");
    say(`stop at rest: exit ${quiet.code ?? quiet.signal} after ${quiet.ms} ms`);
    this.searchLog();
    for (let i = 1; i <= STOPS; i++) {
      world.ending = false;
      await world.startAgain();
      await within(DELETE_MS, furnish(this.director, api)).catch((error) => this.finding("the world could not be furnished", String(error), "furnish"));
      this.gate.open();
      await pause(STOP_AFTER_MS);
      world.ending = true;
      world.running = new Promise((done) => (this.stopped = done));
      const busy = await world.stop("stop in the middle of work");
      say(`stop ${i} in the middle of work: exit ${busy.code ?? busy.signal} after ${busy.ms} ms`);
      this.searchLog();
      this.gate.shut = true;
      this.stopped();
      await this.shutting();
      for (const list of ["accounts", "servers", "tokens", "imports"]) world[list].length = 0;
    }
  }
  judgeMemory() {
    const rests = this.rests.map((r) => [r.seconds, r["resident KiB"]]);
    this.memory = { "at rest": trend(rests), "at work": trend(this.samples) };
    for (const [when, { rise, percent, flat }] of Object.entries(this.memory)) if (!flat) this.finding(`memory ${when} grows`, `${Math.round(rise / 1024)} MiB, ${percent.toFixed(1)} % over the second half`);
  }
  searchLog() {
    const held = secretIn(this.world.postern.program.output);
    if (held) this.finding("a secret in the log", held, "log");
  }
  searchFiles() {
    const folder = join(this.world.postern.folder, "data");
    for (const file of readdirSync(folder)) {
      const held = secretIn(readFileSync(join(folder, file), "latin1"));
      if (held) this.finding("a secret in a file", `${file}: ${held}`, "files");
    }
  }

  print() {
    say("\n== operations");
    this.tally.printOperations();
    say("\n== figures at rest, after the first round and after the last");
    const [first, last] = [this.rests[0], this.rests.at(-1)];
    if (first) printTable(say, ["figure", "first", "last", "most at work"], [...Object.keys(COUNTED), "fiber stacks", "resident KiB", "audit rows lost"].map((name) => [name, String(first[name]), String(last[name]), String(this.busiest?.[name] ?? "")]));
    for (const [when, { slope, rise, percent }] of Object.entries(this.memory ?? {})) say(`memory ${when}, second half: ${slope.toFixed(1)} KiB a second, ${Math.round(rise)} KiB in all, ${percent.toFixed(1)} %`);
    say(`slowest look at health: ${this.world.slowest} ms; other 5xx: ${[...this.world.notes].map(([what, n]) => `${what} ${n}`).join(", ") || "none"}`);
    for (const [vendor, { counts }] of [["MCP", this.world.mcp], ["REST", this.world.rest]]) say(`the hostile ${vendor} vendor: ${Object.entries(counts).map(([way, n]) => `${way} ${n}`).join(", ")}`);
    say("\n== findings");
    this.tally.printFindings();
    say(`\nseed ${SEED}, ${MINUTES} minutes, ${this.tally.done} operations, ${this.world.restarts} restarts after a crash, ${this.tally.findings.size} kinds of findings`);
  }
}
const soak = new Soak();
for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, (error) => soak.finding("the harness threw", error?.stack ?? String(error), event));
setTimeout(() => {
  soak.finding("the soak did not end", `by itself, ${OVER_MS / 60_000} minutes after its start`, "soak");
  soak.print();
  soak.world.postern?.program.child.kill("SIGKILL");
  process.exit(1);
}, OVER_MS).unref();

say(`soak: ${MINUTES} minutes, SOAK_SEED=${SEED}`);
await soak.run();
soak.print();
process.exit(soak.tally.failed ? 1 : 0);
