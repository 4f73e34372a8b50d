// SPDX-License-Identifier: Apache-2.0
// One actor at work: picks an operation by its weight, does it, counts what came of it, pauses. Workers rest while the gate
// is shut, with nothing open. An actor is { name, pause_ms: [least, most], operations: { name: [weight, act] } }, and
// act(worker) answers the outcome in a word.
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const OPERATION_MS = 150_000; // several requests, each with its own ceiling

export class Worker {
  constructor(world, actor, number) {
    Object.assign(this, { world, actor, name: `${actor.name}-${number}`, step: 0, operation: "-", held: [], ids: { last: 0 } });
    this.random = world.random.fork(this.name);
    this.weights = Object.fromEntries(Object.entries(actor.operations).map(([name, [weight]]) => [name, weight]));
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 2 });
    this.signal = new AbortController().signal;
  }
  nextId() {
    return this.random.chance(0.5) ? ++this.ids.last : `${this.name}-${++this.ids.last}`;
  }
  // The same worker for something that ends by another signal than its operation.
  apart(signal) {
    return Object.assign(Object.create(this), { signal });
  }
  finding(kind, text, key) {
    this.world.tally.finding(kind, { worker: this.name, step: this.step, operation: this.operation, text, key: key ?? `${this.actor.name} ${this.operation}` });
  }
  // What stays open beyond its operation, at most `most` of it, until the gate shuts: { close() }.
  hold(thing, most = 4) {
    this.held.push(thing);
    if (this.held.length > most) this.held.shift().close();
  }
  release() {
    for (const thing of this.held.splice(0)) thing.close();
  }

  async one() {
    this.step++;
    this.operation = this.random.weighted(this.weights);
    const stop = new AbortController();
    this.signal = stop.signal;
    const { restarts } = this.world;
    const ceiling = new AbortController();
    const late = pause(OPERATION_MS, "late", { signal: ceiling.signal }).catch(() => undefined);
    let outcome;
    try {
      outcome = await Promise.race([this.actor.operations[this.operation][1](this), late]);
      if (outcome === "late") {
        this.finding("an operation without an end", `after ${OPERATION_MS / 1000} s`);
        stop.abort();
      }
    } catch (error) {
      // While Postern starts again, or ends, everything may fail; otherwise it is a mistake here, and hides others.
      const excused = restarts !== this.world.restarts || this.world.ending || this.world.given_up;
      outcome = excused ? "down" : "threw";
      if (!excused) this.finding("the harness threw", error.stack ?? String(error), `${this.actor.name} ${this.operation} ${error.message?.slice(0, 60)}`);
    }
    ceiling.abort();
    this.world.tally.count(this.actor.name, this.operation, outcome ?? "done");
  }

  async work(gate) {
    const [least, most] = this.actor.pause_ms;
    while (!gate.over && !this.world.given_up) {
      if (gate.shut) {
        this.release();
        await gate.resting(this);
        continue;
      }
      await this.world.running; // not while it starts again
      await this.one();
      await pause(this.random.between(least, most));
    }
    this.release();
    this.agent.destroy();
  }
}

// Opens and shuts for all workers together. shutting() resolves when every worker rests.
export class Gate {
  constructor() {
    Object.assign(this, { shut: true, over: false, workers: new Set(), at_rest: new Set(), waiting: [] });
  }
  add(worker) {
    this.workers.add(worker);
    worker.work(this).finally(() => {
      this.workers.delete(worker);
      this.told();
    });
  }
  open() {
    this.shut = false;
    this.at_rest.clear();
    this.opened?.();
  }
  async shutting() {
    this.shut = true;
    while (this.at_rest.size < this.workers.size) await new Promise((done) => this.waiting.push(done));
  }
  busy() {
    return [...this.workers].filter((w) => !this.at_rest.has(w)).map((w) => `${w.name} ${w.operation}`);
  }
  async resting(worker) {
    this.opening ??= new Promise((done) => (this.opened = () => ((this.opening = undefined), done())));
    const opening = this.opening;
    worker.agent.destroy();
    this.at_rest.add(worker);
    this.told();
    await opening;
  }
  told() {
    for (const done of this.waiting.splice(0)) done();
  }
  async end() {
    this.over = true;
    this.shut = false;
    this.opened?.();
    while (this.workers.size) await new Promise((done) => this.waiting.push(done));
  }
}
