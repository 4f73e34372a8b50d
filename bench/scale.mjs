// SPDX-License-Identifier: Apache-2.0
// Many servers: 1,000 accounts, 100,000 servers over them. Accounts and a hundred servers are made through the API; the
// other servers are written into the database, stamped by a start without its mark, as rows of an older version are.
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Postern, modern } from "../tests/e2e/lib/postern.mjs";
import { median } from "./load.mjs";
import { cpu } from "./program.mjs";
import { TOKEN, startUpstream } from "./upstream.mjs";

const ACCOUNTS = Number(process.env.SCALE_ACCOUNTS ?? 1000);
const SERVERS = Number(process.env.SCALE_SERVERS ?? 100_000);
const FEW = 100, ROUNDS = 60, CONNECTIONS = 8;
const CONFIGS = [{ methods: ["read"] }, { methods: ["list"] }, {}, { methods: ["read"], tools: ["list*"] }];

const resident = (postern) => Number(readFileSync(`/proc/${postern.program.child.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024;
// ms of CPU of its threads, which all go on: what counts where the machine is busy.
const used = (postern) => {
  const tasks = `/proc/${postern.program.child.pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6, 0);
};
const at = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const config = (i) => CONFIGS[Math.floor(i / ACCOUNTS) % CONFIGS.length];

async function timed(work) {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}

// Copies of one row that the API made, each with an id, a name, an account and a token of its own.
function seed(postern, like, accounts, count) {
  const db = new DatabaseSync(join(postern.settings.data_dir, "postern.db"));
  const columns = (table) => db.prepare(`SELECT name FROM pragma_table_info(?)`).all(table).map((c) => c.name);
  const insert = (table) => {
    const names = columns(table);
    const statement = db.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`);
    return (row) => statement.run(...names.map((name) => row[name]));
  };
  const server = db.prepare("SELECT * FROM server WHERE id = ?").get(like), member = db.prepare("SELECT * FROM server_account WHERE server_id = ?").get(like);
  const addServer = insert("server"), addMember = insert("server_account"), tokens = [];
  db.exec("BEGIN");
  for (let i = 0; i < count; i++) {
    const token = `pst_${randomBytes(32).toString("base64url")}`;
    const id = `srv_${i.toString(36).padStart(8, "0")}${randomBytes(6).toString("hex")}`;
    addServer({ ...server, id, name: `server ${i}`, config: JSON.stringify(config(i)), token_hash: createHash("sha256").update(token).digest("hex"), stamp: "" });
    addMember({ ...member, server_id: id, account_id: accounts[i % accounts.length].id, stamp: "" });
    tokens.push(token);
  }
  db.exec("COMMIT");
  db.close();
  rmSync(join(postern.settings.data_dir, "postern.bound"));
  return tokens;
}

// The first start over rows without stamps takes its time.
async function startSlowly(postern) {
  await postern.start().catch(async () => {
    [, postern.url] = await postern.program.waitFor(/answers on (\S+)/, 30 * 60_000);
  });
}

async function create(postern, accounts, count) {
  const times = [], servers = [];
  let before = 0;
  for (let i = 0; i < count; i++) {
    if (i === count / 2) before = used(postern); // the first ones warm up
    const { ms, value } = await timed(() => postern.must(201, "POST", `/integrated-account/${accounts[i % accounts.length].id}/mcp`, { name: `made ${i}`, config: config(i) }));
    times.push(ms);
    servers.push(value);
  }
  return { times: times.slice(count / 2), servers, cpu: (used(postern) - before) / (count / 2) };
}

// A raw request on a kept connection of its own: connections are spread over all loops.
function ping(agent, url) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream", "content-length": body.length };
    const r = request(url, { method: "POST", agent, headers }, (answer) => answer.resume().on("end", () => resolve(answer.statusCode)));
    r.once("error", reject).end(body);
  });
}

// Until no connection gets through any more, since the moment before DELETE was sent.
async function revoke(postern, server) {
  const agents = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  let last = 0;
  const watch = async (agent) => {
    for (;;) {
      const sent = performance.now();
      if ((await ping(agent, server.url)) === 404) return;
      last = Math.max(last, sent);
    }
  };
  const all = agents.map(watch);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const start = performance.now();
  await postern.must(204, "DELETE", `/mcp-server/${server.id}`);
  await Promise.all(all);
  for (const agent of agents) agent.destroy();
  return Math.max(0, last - start);
}

async function housekept(postern) {
  const rounds = async () => Number((await postern.api("GET", "/metrics")).text.match(/^postern_housekeeping_rounds_total (\d+)/m)[1]);
  for (const before = await rounds(); (await rounds()) === before; ) await new Promise((resolve) => setTimeout(resolve, 500));
}

export async function scale({ print }) {
  const upstream = await startUpstream();
  const postern = await new Postern({ log_level: "warn" }).start();
  const accounts = [];
  for (let i = 0; i < ACCOUNTS; i++)
    accounts.push(await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: `account ${i}`, credential: { token: TOKEN }, base_url: upstream.url }));
  const few = await create(postern, accounts, FEW);
  print(`create a server beside ${FEW}, ms (median)`, median(few.times).toFixed(1));
  await postern.stop();
  const tokens = seed(postern, few.servers[0].id, accounts, SERVERS - FEW);
  const stamping = await timed(() => startSlowly(postern));
  print(`first start, which stamps ${SERVERS} servers, s`, (stamping.ms / 1000).toFixed(1));
  await postern.stop();
  const url = (token) => few.servers[0].url.replace(/^https?:\/\/[^/]+/, postern.url).replace(/pst_[\w-]+/, token);

  const started = await timed(async () => {
    await postern.start();
    const { body, text } = await modern(url(tokens[0]), "tools/list");
    if (!body?.result) throw new Error(text);
  });
  print(`start to first tools/list, ${ACCOUNTS} accounts, ${SERVERS} servers, s`, (started.ms / 1000).toFixed(2), "<= 3", started.ms <= 3000);
  print("the same, s of CPU", cpu(postern).toFixed(2));
  print("resident MiB", resident(postern).toFixed(0), "<= 250", resident(postern) <= 250);

  const many = await create(postern, accounts, ROUNDS);
  print(`create a server beside ${SERVERS}, ms (median)`, median(many.times).toFixed(1), "<= 5", median(many.times) <= 5);
  print("the same, p95", at(many.times, 0.95).toFixed(1));
  print(`the same, ms of CPU; beside ${FEW}`, `${many.cpu.toFixed(2)}; ${few.cpu.toFixed(2)}`);
  const grown = median(many.times) / median(few.times);
  print(`the same, times that beside ${FEW}`, grown.toFixed(2), "<= 1.3", grown <= 1.3);

  const cold = [], warm = [], spent = new Map([[cold, 0], [warm, 0]]);
  for (let i = 0; i < ROUNDS; i++) {
    const path = url(tokens[Math.floor(((i + 1) * tokens.length) / (ROUNDS + 2))]);
    for (const times of [cold, warm]) {
      const before = used(postern);
      times.push((await timed(async () => {
        const { body, text } = await modern(path, "tools/list");
        if (!body?.result?.tools?.length) throw new Error(text);
      })).ms);
      spent.set(times, spent.get(times) + used(postern) - before);
    }
  }
  print("first tools/list of a cold server, ms (median)", median(cold).toFixed(1), "<= 10", median(cold) <= 10);
  print("the same, p95; its second, median", `${at(cold, 0.95).toFixed(1)}; ${median(warm).toFixed(1)}`);
  print("the same, ms of CPU; its second", [cold, warm].map((times) => (spent.get(times) / ROUNDS).toFixed(2)).join("; "));
  for (let i = 0; i < Math.min(tokens.length, 20_000); i++)
    if ((await ping(undefined, url(tokens[i]))) >= 500) throw new Error("an error answer");
  await housekept(postern); // it lets go what is over
  print("resident MiB after 20,000 servers were used", resident(postern).toFixed(0), "<= 250", resident(postern) <= 250);

  const revoked = [];
  for (const server of many.servers.slice(0, 20)) revoked.push(await revoke(postern, server));
  print(`revoked on ${CONNECTIONS} connections, ms (the longest of 20)`, Math.max(...revoked).toFixed(0), "<= 100", Math.max(...revoked) <= 100);
  await postern.close();
  await upstream.close();
}
