// SPDX-License-Identifier: Apache-2.0
// The sandbox's three MCP vendors beside a Postern, and a person with a browser who consents. Example:
//   const world = await startWithVendors();
//   const { account, page } = await world.connect("cloudinary");       // the real flow, callback page and all
//   const server = await world.server(account);
//   (await call(server, "list-tags")).isError;
//   (await world.vendors.counters("cloudinary")).refreshes;
import assert from "node:assert/strict";
import { join } from "node:path";
import { Browser, readForm } from "../../../sandbox/dist/consent.js";
import { accountId } from "../../../sandbox/dist/tokens.js";
import { database } from "./database.mjs";
import { modern, Postern, Program, ROOT } from "./postern.mjs";
import { eventually } from "./wait.mjs";

export { accountId, Browser, readForm };
export const VENDORS = ["cloudflare", "cloudinary", "arcjet"];

// Where each is by default, what the person ticks, and a reading tool that needs nothing.
export const PLACES = {
  cloudflare: { connector: "cloudflare-bindings", path: "/bindings/mcp", answer: { account: accountId("web") }, tool: "workers_list" },
  cloudinary: { connector: "cloudinary-assets", path: "/mcp", answer: { cloud: "acme-web" }, tool: "list-tags" },
  arcjet: { connector: "arcjet", path: "/mcp", answer: {}, tool: "list-teams" },
};

export async function startVendors(args = []) {
  const program = new Program(process.execPath, [join(ROOT, "sandbox/dist/vendors.js"), ...args]);
  const at = JSON.parse((await program.waitFor(/^\{.*\}$/m))[0]);
  const control = async (vendor, method, path, body) => {
    const r = await fetch(`${at[vendor].control}/${path}`, { method, body: body && JSON.stringify(body) });
    const json = await r.json();
    if (!r.ok) throw new Error(`${vendor}: ${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const usual = Object.fromEntries(await Promise.all(VENDORS.map(async (v) => [v, await control(v, "GET", "settings")])));
  return {
    at,
    program,
    control,
    url: (vendor, path = PLACES[vendor].path) => at[vendor].origin + path,
    set: (vendor, settings) => control(vendor, "POST", "settings", settings),
    fault: (vendor, kind, match = {}, more = {}) => control(vendor, "POST", "fault", { kind, match, ...more }),
    counters: (vendor) => control(vendor, "GET", "counters"),
    expire: (vendor, what = "access") => control(vendor, "POST", "expire", { what }),
    requests: (vendor, last = 1000) => control(vendor, "GET", `requests?last=${last}`),
    tools: (vendor, changes, server) => control(vendor, "POST", "tools", { server, changes }),
    // As at the start, except for grants and sessions, which accounts may still use.
    calm: () =>
      Promise.all(
        VENDORS.map(async (v) => {
          await control(v, "DELETE", "fault");
          await control(v, "POST", "settings", usual[v]);
          await control(v, "DELETE", "requests");
          await control(v, "DELETE", "counters");
        }),
      ),
    close: () => program.stop(),
  };
}

function withRows(postern, work) {
  const db = database(postern);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

let serial = 0;

// `postern`: one that runs already, and stays.
export async function startWithVendors({ settings, vendors, postern: running } = {}) {
  const own = !vendors;
  vendors ??= await startVendors();
  const postern = running ?? (await new Postern(settings).start().catch(async (error) => {
    if (own) await vendors.close();
    throw error;
  }));
  const world = {
    vendors,
    postern,
    api: postern.api.bind(postern),
    must: postern.must.bind(postern),
    // POST /integrated-account/authorize, as far as the link.
    begin(vendor, { path, ...more } = {}) {
      const { connector } = PLACES[vendor];
      return world.must(201, "POST", "/integrated-account/authorize", { connector, url: vendors.url(vendor, path), name: `${vendor}-${++serial}`, ...more });
    },
    flow: (id) => world.must(200, "GET", `/integrated-account/authorize/${id}`),
    account: (id) => world.must(200, "GET", `/integrated-account/${encodeURIComponent(id)}`),
    // The whole way. What came of it is in `flow`, what the person saw last in `page`.
    async connect(vendor, { answer = PLACES[vendor].answer, browser = new Browser(), ...more } = {}) {
      const begun = await world.begin(vendor, more);
      const page = await browser.connect(begun.url, answer);
      const flow = await world.flow(begun.id);
      assert.equal(flow.status, "done", `${JSON.stringify(flow)} ${page.status} ${page.body}`);
      return { begun, page, flow, account: await world.account(flow.account_id) };
    },
    server: (account, config = {}, more = {}) => world.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: `server-${++serial}`, config, ...more }),
    // An administrator's word on tools: "approve" or "deny"; of all that wait where none is named.
    decide: (account, word, ...names) => world.must(200, "POST", `/integrated-account/${account.id}/tools/${word}`, names.length ? { names } : { all: true }),
    waiting: async (account) => (await world.must(200, "GET", `/tool/review?account=${account.id}&limit=1000`)).items,
    // Rows by hand, for what would take a day to come about; and looked at.
    edit: (sql, ...values) => withRows(postern, (db) => db.prepare(sql).run(...values).changes),
    rows: (sql, ...values) => withRows(postern, (db) => db.prepare(sql).all(...values)),
    // So that the next flow registers anew.
    forgetClients: () => world.edit("UPDATE oauth_client SET expires_at = 1"),
    close: async () => {
      if (!running) await postern.close();
      if (own) await vendors.close();
    },
  };
  return world;
}

// One modern call by hand; its result, or the JSON-RPC error thrown.
export async function call(server, name, args = {}, { meta, headers } = {}) {
  const r = await modern(server.url ?? server, "tools/call", { name, arguments: args }, { meta, headers });
  if (r.body?.result) return r.body.result;
  throw Object.assign(new Error(`${name}: ${r.status} ${r.text}`), { status: r.status, code: r.body?.error?.code });
}

export async function works(server, name, args) {
  const result = await call(server, name, args);
  assert.ok(!result.isError, `${name} answers ${JSON.stringify(result.content)}`);
  return result;
}

export async function toolNames(server) {
  const r = await modern(server.url ?? server, "tools/list");
  assert.equal(r.status, 200, r.text);
  return r.body.result.tools.map((t) => t.name);
}

export const said = (result) => result.content.map((c) => c.text ?? "").join("\n");
export const linkIn = (text) => text.match(/https?:\/\/[^\s"'<>)]*\/connect\/[^\s"'<>),.;]+/)?.[0];

// A status of the account that comes about beside the request at hand.
export const becomes = (world, account, status) =>
  eventually(`${account.name} is ${status}`, async () => {
    const now = await world.account(account.id);
    return now.status === status && now;
  });

// Seconds of the process's life are not measured; kilobytes that it holds are.
export async function residentKiB(pid) {
  const { readFile } = await import("node:fs/promises");
  return Number((await readFile(`/proc/${pid}/status`, "utf8")).match(/VmRSS:\s+(\d+) kB/)[1]);
}
