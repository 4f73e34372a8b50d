// SPDX-License-Identifier: Apache-2.0
// Somebody who manages without pause: accounts, servers, tokens, connectors, keys, reviews, settings, and mistakes.
import { approveNames } from "../lib/furnish.mjs";
import { ask } from "../lib/ask.mjs";
import { connectAccount, importConnector, makeServer, makeToken } from "../lib/furnish.mjs";

const ACCOUNTS_MOST = 12, SERVERS_MOST = 24, TOKENS_MOST = 16, IMPORTS_MOST = 6;
const METHODS = ["read", "write", "custom", "list", "get", "create", "update", "delete", "nonsense"];

export const api = (worker, method, path, body, { token = worker.world.postern.token, ...more } = {}) =>
  ask(worker, worker.world.postern.url + path, { method, body, headers: token ? { authorization: `Bearer ${token}` } : {}, ...more });

const one = (worker, list) => worker.random.pick(worker.world[list]);
// A path under something that exists, most of the time.
const under = (worker, list, base, rest = "") => `${base}/${one(worker, list)?.id ?? worker.random.word()}${rest}`;
const outcome = (r) => r.outcome;
const on = (list, base, method, rest, body) => async (worker) => outcome(await api(worker, method, under(worker, list, base, rest), body?.(worker)));
const account = (method, rest, body) => on("accounts", "/integrated-account", method, rest, body);
const server = (method, rest, body) => on("servers", "/mcp-server", method, rest, body);

function filter({ random, world }) {
  const tools = world.servers.flatMap((s) => s.tools ?? []);
  return {
    ...(random.chance(0.7) ? { methods: random.some(METHODS).slice(0, 3) } : {}),
    ...(random.chance(0.2) ? { tags: random.some(["soak", "dns", "zones", "things", "none"]) } : {}),
    ...(random.chance(0.2) ? { tools: [random.pick(["*", "list_*", "?", "**a**b", random.pick(tools) ?? "x"])] } : {}),
    ...(random.chance(0.2) ? { require_api_token_auth: random.chance(0.5) } : {}),
    ...(random.chance(0.2) ? { prompts: random.chance(0.5), resources: random.chance(0.5) } : {}),
  };
}
const soon = (random) => new Date(Date.now() + random.between(-1000, 20_000)).toISOString();

async function removeOne(worker, list, base) {
  const gone = one(worker, list);
  if (!gone) return "nothing there";
  worker.world.forget(list, gone.id);
  return outcome(await api(worker, "DELETE", `${base}/${gone.id}`));
}
const makeOrRemove = (list, most, base, make) => (worker) => (worker.world[list].length < most || worker.random.chance(0.1) ? make(worker) : removeOne(worker, list, base));

const PATHS = ["/healthz", "/readyz", "/metrics", "/openapi.json", "/status", "/whoami", "/connector", "/connector?q=dns%20analytics", "/connector?q=clodinary", "/integrated-account?limit=1", "/mcp-server?limit=1000", "/api-token", "/tool/review?limit=1000", "/oauth/client.json", "/audit?limit=1000"];
const NONSENSE = ["/nowhere", "/audit?limit=-1", "/audit?since=yesterday", "/connector/none", "/mcp-server?after=%00", "/integrated-account?limit=99999999999999999999", "/tool/review?account=none", "/connect/none", "/oauth/callback?code=x&state=y", "/connect/flow_0?t=x", "/%2e%2e/etc/passwd", `/${"a".repeat(5000)}`];
const BODIES = ["", "{", "[]", "7", "null", '{"name":7}', '{"name":"x","nonsense":1}', "[".repeat(1000), `{"name":"${"x".repeat(100_000)}"}`, '{"name":"a\\u0000b","role":"client"}', '{"name":"\\ud800"}', JSON.stringify({ name: "x".repeat(1_200_000) })];

export const administrator = {
  name: "administrator",
  pause_ms: [20, 400],
  operations: {
    "account.create": [8, makeOrRemove("accounts", ACCOUNTS_MOST, "/integrated-account", async (w) => outcome(await connectAccount(w, api)))],
    "account.delete": [1, (w) => removeOne(w, "accounts", "/integrated-account")],
    "account.change": [3, account("PATCH", "", ({ random, world }) => random.pick([{ name: world.name("renamed") }, { credential: { user: "u", key: "another" } }, { context: { account_id: random.word() } }, { base_url: `${world.rest.url}/elsewhere` }, { way: "none" }, {}]))],
    "account.verify": [2, account("POST", "/verify")],
    "account.refresh": [4, account("POST", "/refresh")],
    "account.doctor": [2, account("POST", "/doctor")],
    "account.read": [3, account("GET", "")],
    "account.tools": [3, async (w) => outcome(await api(w, "GET", under(w, "accounts", "/integrated-account", `/tools?limit=${w.random.between(1, 1000)}${w.random.pick(["", "&methods=read", "&q=list", "&tags=soak", "&methods=nonsense"])}`)))],
    "account.tool": [2, async (w) => outcome(await api(w, "GET", under(w, "accounts", "/integrated-account", `/tools/${w.random.pick(["list_things", "list_tags", "test_simple_text", "none"])}`)))],
    "account.call": [4, async (w) => outcome(await api(w, "POST", under(w, "accounts", "/integrated-account", `/tools/${w.random.pick(["list_things", "get_thing", "get_answer", "get_late", "list_all_cloudflare_zones", "test_simple_text", "none"])}/call`), { arguments: w.random.pick([{}, { id: "1" }, { id: 7 }]) }))],
    "review.list": [2, async (w) => outcome(await api(w, "GET", "/tool/review?limit=100"))],
    "review.approve": [3, async (w) => (one(w, "accounts") ? approveNames(w, api, one(w, "accounts")) : "nothing there")],
    "review.approve-all": [2, account("POST", "/tools/approve", () => ({ all: true }))],
    "review.deny": [1, account("POST", "/tools/deny", ({ random }) => random.pick([{ names: ["list_things"] }, { names: [] }, { all: true }, { names: ["none"] }]))],
    "server.create": [8, makeOrRemove("servers", SERVERS_MOST, "/mcp-server", async (w) => outcome(await makeServer(w, api, filter(w), w.random.chance(0.2) ? { expires_at: soon(w.random) } : {})))],
    "server.delete": [1, (w) => removeOne(w, "servers", "/mcp-server")],
    "server.change": [4, server("PATCH", "", (w) => w.random.pick([{ config: filter(w) }, { config: { methods: ["read"] } }, { name: "renamed" }, { expires_at: soon(w.random) }, { expires_at: null }, { accounts: w.world.accounts.slice(0, w.random.between(0, 3)).map((a) => a.id) }, { share: true }]))],
    "server.rotate": [1, async (w) => {
      const old = one(w, "servers");
      if (!old) return "nothing there";
      const r = await api(w, "POST", `/mcp-server/${old.id}/rotate`);
      if (r.status === 200) old.url = r.json.url;
      return outcome(r);
    }],
    "server.read": [2, server("GET", "")],
    "token.create": [3, makeOrRemove("tokens", TOKENS_MOST, "/api-token", async (w) => outcome(await makeToken(w, api, w.random.chance(0.3) ? { expires_at: soon(w.random) } : {})))],
    "connector.import": [2, (w) => (w.world.imports.length < IMPORTS_MOST ? importConnector(w, api).then(outcome) : removeConnector(w))],
    "connector.delete": [1, removeConnector],
    "key.rotate": [0.2, async (w) => outcome(await api(w, "POST", "/key/rotate"))],
    "audit.query": [2, async (w) => outcome(await api(w, "GET", `/audit?limit=${w.random.between(1, 1000)}&${w.random.pick(["outcome=denied", "action=tools/call", "action=account.create", `since=${encodeURIComponent(new Date(Date.now() - 60_000).toISOString())}`, "tool=list_things", `account_id=${one(w, "accounts")?.id}`, "actor=soak"])}`))],
    "read": [5, async (w) => outcome(await api(w, "GET", w.random.pick(PATHS)))],
    "read.nonsense": [2, async (w) => outcome(await api(w, "GET", w.random.pick(NONSENSE)))],
    "body.nonsense": [2, async (w) => outcome(await api(w, w.random.pick(["POST", "PATCH", "PUT"]), w.random.pick(["/api-token", "/mcp-server", "/integrated-account", "/connector", "/integrated-account/authorize", "/key/rotate"]), w.random.pick(BODIES)))],
    "token.wrong": [1, async (w) => outcome(await api(w, w.random.pick(["GET", "POST", "DELETE"]), w.random.pick(PATHS), undefined, { token: w.random.pick([null, "psk_wrong", "x".repeat(3000), one(w, "tokens")?.token ?? null]) }))],
    "leave": [1, async (w) => outcome(await api(w, "POST", under(w, "accounts", "/integrated-account", w.random.pick(["/refresh", "/doctor", "/verify"])), undefined, { leave_ms: w.random.between(1, 500) }))],
    "reload": [0.3, async ({ world, random }) => {
      world.reload(random.pick([{ log_level: "debug" }, { log_level: "warn" }, { list_page: random.between(1, 50) }, { call_timeout: "12s" }, { nonsense: 1 }, { call_timeout: "never" }, {}]));
      return "sent";
    }],
  },
};

async function removeConnector(worker) {
  const gone = one(worker, "imports");
  if (!gone) return "nothing there";
  const r = await api(worker, "DELETE", `/connector/${gone.id}`);
  if (r.status === 204 || r.status === 404) worker.world.forget("imports", gone.id);
  return r.outcome;
}
