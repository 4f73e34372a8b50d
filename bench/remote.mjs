// SPDX-License-Identifier: Apache-2.0
// Remote MCP servers through Postern: what it adds to a call, how many calls it carries beside the npm
// programs that do the same, and what a session at a vendor costs.
import { readFileSync, readdirSync } from "node:fs";
import { Postern } from "../tests/e2e/lib/postern.mjs";
import { QUESTIONS, echoCall, open } from "./client.mjs";
import { startEcho } from "./echo.mjs";
import { startMcpProxy, startSupergateway } from "./gateways.mjs";
import { load, median } from "./load.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SECONDS = Number(process.env.SECONDS ?? 1);
const CALLS = Number(process.env.CALLS ?? 3000); // of each kind, for the latency
const CLIENTS = 32;
const SESSIONS = 2000;

// The echo server, and Postern with an account and a server for each of its paths.
async function startBoth(settings = {}) {
  const echo = await startEcho();
  const postern = await new Postern({ log_level: "warn", ...settings }).start();
  const urls = {};
  for (const path of ["legacy", "events", "modern"]) {
    const account = await postern.must(201, "POST", "/integrated-account", { url: `${echo.url}/${path}`, name: `echo-${path}`, way: "open", credential: {} });
    const server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: path, config: { methods: ["read"] } });
    urls[path] = server.url;
  }
  const metric = async (name) => Number((await postern.api("GET", "/metrics")).text.match(new RegExp(`^${name} (\\d+)`, "m"))?.[1]);
  const close = async () => {
    await postern.close();
    await echo.close();
  };
  return { echo, postern, urls, metric, close };
}

// ---- what a call takes longer

const PAIRS = [
  ["legacy", "legacy", "legacy"],
  ["legacy by event stream", "legacy", "events"],
  ["modern", "modern", "modern"],
  ["legacy client to modern", "legacy", "modern"],
  ["modern client to legacy", "modern", "legacy"],
];
const NATIVE = { legacy: "legacy", events: "legacy", modern: "modern" };
const AIM_MS = 0.15;
const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

// Calls of all kinds in turn, one in flight: what disturbs the machine disturbs them alike.
async function sample(clients, rounds) {
  const times = clients.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, client] of clients.entries()) {
      const start = performance.now();
      await client.echo();
      times[i].push(performance.now() - start);
    }
  return times;
}

export async function latency({ print }) {
  const { echo, urls, close } = await startBoth();
  const paths = Object.keys(NATIVE);
  const clients = [...(await Promise.all(paths.map((path) => open(`${echo.url}/${path}`, NATIVE[path])))), ...(await Promise.all(PAIRS.map(([, era, path]) => open(urls[path], era))))];
  await sample(clients, CALLS / 5); // compiled, connected, warm
  const times = await sample(clients, CALLS);
  paths.forEach((path, i) => print(`direct to ${path}, ms, mean (median)`, `${mean(times[i]).toFixed(3)} (${median(times[i]).toFixed(3)})`));
  PAIRS.forEach(([name, , path], i) => {
    const through = times[paths.length + i], direct = times[paths.indexOf(path)];
    const added = mean(through) - mean(direct);
    print(`postern adds, ${name}`, `${added.toFixed(3)} (${(median(through) - median(direct)).toFixed(3)})`, `<= ${AIM_MS}`, added <= AIM_MS);
  });
  for (const client of clients) client.close();
  await close();
}

// ---- how many calls

async function openAll(url, era, count, options) {
  const clients = [];
  while (clients.length < count) clients.push(...(await Promise.all(Array.from({ length: Math.min(count - clients.length, 50) }, () => open(url, era, options)))));
  return clients;
}

// wrk with 32 connections and, in the legacy era, 32 sessions; every client is answered once before.
async function prepare(url, era) {
  const clients = await openAll(url, era, CLIENTS);
  for (const client of clients) await client.echo();
  const calls = clients.map(({ session }) => echoCall(era, "echo", 0, session));
  for (const client of clients) client.close();
  return () => load(url, { seconds: SECONDS, calls });
}

// Seconds of CPU that a process has had, without its children.
function cpu(pid) {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

async function measureAll(targets) {
  const seen = Object.fromEntries(Object.keys(targets).map((name) => [name, { rates: [], requests: 0, cpu: 0 }]));
  for (let i = 0; i < ROUNDS; i++)
    for (const [name, { measure, pid }] of Object.entries(targets)) {
      const before = cpu(pid);
      const run = await measure();
      seen[name].rates.push(run.rate);
      seen[name].requests += run.requests;
      seen[name].cpu += cpu(pid) - before;
    }
  return seen;
}

export async function proxies({ print }) {
  const { echo, postern, urls, metric, close } = await startBoth();
  const gateways = { "mcp-proxy": await startMcpProxy(), supergateway: await startSupergateway() };
  const kinds = [
    { era: "legacy", names: ["mcp-proxy", "supergateway"] },
    { era: "modern", names: ["mcp-proxy"] }, // supergateway starts a process a request
  ];
  const answered = () => metric('postern_tool_calls_total\\{outcome="ok"\\}');
  for (const { era, names } of kinds) {
    const target = async (program, url) => ({ pid: program.child.pid, measure: await prepare(url, era) });
    const targets = { "the echo server itself": await target(echo.program, `${echo.url}/${era}`), postern: await target(postern.program, urls[era]) };
    for (const name of names) targets[name] = await target(gateways[name].program, gateways[name].url);
    const before = await answered();
    const seen = await measureAll(targets);
    const ok = (await answered()) - before;
    if (!(ok >= seen.postern.requests)) throw new Error(`${seen.postern.requests} calls were answered with 200 but only ${ok} count as ok`);
    for (const [name, { rates, cpu, requests }] of Object.entries(seen)) {
      print(`${era}: ${name}, calls/s`, Math.round(median(rates)));
      print(`${era}: ${name}, us of CPU a call`, ((cpu / requests) * 1e6).toFixed(0));
    }
    for (const name of names) {
      const ratio = median(seen.postern.rates.map((rate, i) => rate / seen[name].rates[i]));
      print(`${era}: postern / ${name}`, ratio.toFixed(1), ">= 10", ratio >= 10);
    }
  }
  for (const gateway of Object.values(gateways)) await gateway.close();
  await close();
}

// ---- what a session costs

// KiB of a process and its children (proportional set size: what several share counts once).
function resident(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean));
  const own = Number(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(/\nPss:\s+(\d+)/)[1]);
  return children.reduce((sum, child) => sum + resident(child), own);
}

// The downstream connections are closed before memory is read: the sessions are what is left.
async function sessionsCost(pid, url, count, options) {
  const first = await openAll(url, "legacy", 20, options); // what the first ones cost is not the sessions'
  for (const client of first) await client.echo();
  for (const client of first) client.close();
  await settle();
  const before = resident(pid);
  const clients = await openAll(url, "legacy", count, options);
  for (const client of clients) await client.echo();
  for (const client of clients) client.close();
  await settle();
  return { each: (resident(pid) - before) / count, ids: new Set(clients.map((c) => c.session)).size };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 500));

export async function sessions({ print }) {
  const limits = { upstream_sessions: SESSIONS + 100, max_fibers: 2 * SESSIONS, max_connections: 3 * SESSIONS, max_connections_per_address: 3 * SESSIONS };
  const costs = {};
  for (const [kind, path, options] of [["", "legacy", {}], [", each with a GET stream", "legacy", { capabilities: QUESTIONS }]]) {
    const { echo, postern, urls, metric, close } = await startBoth(limits);
    const already = (await echo.state()).sessions;
    const { each } = await sessionsCost(postern.program.child.pid, urls[path], SESSIONS, options);
    const { sessions: open, most, streams } = await echo.state();
    print(`sessions at the vendor${kind}`, open - already - 20, SESSIONS, open - already - 20 === SESSIONS);
    print("  of them shared by two clients", most > 1 ? "some" : "none", "none", most === 1);
    if (kind) print("  GET streams open", streams);
    print("  as the metric has it", await metric("postern_upstream_sessions"));
    print("  resident KiB each, postern", (costs[kind] = each).toFixed(1), kind ? "<= 64" : "<= 16", each <= (kind ? 64 : 16));
    await close();
  }
  for (const [name, start, count] of [["mcp-proxy", startMcpProxy, SESSIONS], ["supergateway", startSupergateway, 20]]) {
    const gateway = await start();
    const { each } = await sessionsCost(gateway.program.child.pid, gateway.url, count);
    print(`resident KiB each of ${count}, ${name}`, each.toFixed(1));
    print(`${name} / postern`, (each / costs[""]).toFixed(1));
    await gateway.close();
  }
}
