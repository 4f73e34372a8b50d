// SPDX-License-Identifier: Apache-2.0
// Accounts, servers, tokens and connectors as random as their makers: for administrators at work, and for the first of a
// round, so that clients find something. `api(worker, method, path, body)` answers as ask() does; what was made is in the
// world's lists afterwards.
import { secret } from "./secrets.mjs";
import { definition as mcpConnector } from "../vendors/mcp.mjs";
import { definition as restConnector, DOCUMENT, SENT } from "../vendors/rest.mjs";

const open = (world, url) => ({ url, way: "open", credential: {}, name: world.name("open") });
const keyed = ({ world, random }, kind) => {
  const connector = random.pick(world.imports.filter((i) => i.kind === kind));
  return connector && { connector: connector.id, name: world.name(kind), credential: { user: "somebody", key: secret(random) } };
};

// What accounts may be connected, each a body for POST /integrated-account, or undefined for want of a connector.
const TOKENS = ["cfut_sandbox_full", "cfut_sandbox_one_account", "cfut_sandbox_two_accounts", "cfut_sandbox_zone_read"];
const cloudflare = (world, token) => ({ connector: "cloudflare", name: world.name("cloudflare"), credential: { token }, base_url: world.vendors.at.rest.base_url });
export const KINDS = {
  cloudflare: ({ world, random }) => cloudflare(world, random.pick(TOKENS)),
  cloudinary: ({ world }) => ({ connector: "cloudinary-assets", way: "url", name: world.name("cloudinary"), base_url: world.vendors.url("cloudinary"), credential: { url: "cloudinary://482917365021874:sandbox-secret-of-acme-web@acme-web" } }),
  rest: (w) => keyed(w, "rest"),
  mcp: (w) => keyed(w, "mcp"),
  modern: ({ world }) => open(world, `${world.mcp.url}/modern/mcp`),
  sessions: ({ world }) => open(world, `${world.mcp.url}/sessions/mcp`),
  sse: ({ world }) => open(world, `${world.mcp.url}/pair/sse`),
  dual: ({ world }) => open(world, world.dual.url),
  pair: ({ world }) => open(world, world.pair.url),
  nonsense: ({ world, random }) => random.pick([{ name: "x" }, cloudflare(world, "cfut_sandbox_expired"), open(world, `${world.mcp.url}/none`), open(world, "http://169.254.169.254/mcp"), open(world, "http://127.0.0.1:1/mcp"), open(world, "file:///etc/passwd"), { connector: "none", name: world.name("none"), credential: {} }]),
};
const WEIGHTS = { cloudflare: 2, cloudinary: 1, rest: 4, mcp: 4, modern: 4, sessions: 4, sse: 3, dual: 2, pair: 1, nonsense: 1 };

export async function connectAccount(worker, api, kind = worker.random.weighted(WEIGHTS)) {
  const body = KINDS[kind](worker) ?? KINDS.modern(worker);
  const r = await api(worker, "POST", "/integrated-account", body);
  if (r.status === 201) worker.world.accounts.push({ id: r.json.id, kind });
  return r;
}

export async function importConnector(worker, api, kind = worker.random.pick(["rest", "mcp"])) {
  const { world, random } = worker;
  const name = `soak-${++world.serial}`;
  const way = random.pick(Object.keys(SENT));
  const body = kind === "rest" ? { definition: restConnector(name, world.rest.url, way), document: DOCUMENT } : { definition: mcpConnector(name, world.mcp.url + random.pick(world.mcp.paths), SENT[random.pick(["bearer", "header"])]) };
  const r = await api(worker, "POST", "/connector", body);
  if (r.status === 201) world.imports.push({ id: name, kind });
  return r;
}

export async function makeToken(worker, api, more = {}) {
  const r = await api(worker, "POST", "/api-token", { name: worker.world.name("token"), role: "client", ...more });
  if (r.status === 201) worker.world.tokens.push({ id: r.json.id, token: r.json.token });
  return r;
}

export async function makeServer(worker, api, config, more = {}, accounts) {
  const { world, random } = worker;
  accounts ??= random.chance(0.7) ? [random.pick(world.accounts)] : world.accounts.filter(() => random.chance(0.3));
  const r = await api(worker, "POST", "/mcp-server", { name: world.name("server"), accounts: accounts.filter(Boolean).map((a) => a.id), config, ...(random.chance(0.2) ? { share: random.chance(0.5) } : {}), ...more });
  if (r.status === 201) world.servers.push({ id: r.json.id, url: r.json.url, token: config.require_api_token_auth ? random.pick(world.tokens)?.token : undefined, tools: [] });
  return r;
}

// An administrator's word on tools by name: `all` never approves what is denied.
export async function approveNames(worker, api, account) {
  const r = await api(worker, "GET", `/integrated-account/${account.id}/tools?limit=1000`);
  const names = (r.json?.items ?? []).map((tool) => tool.name);
  if (r.status !== 200 || names.length === 0 || r.json.items.some((tool) => tool.served === undefined)) return `list ${r.outcome}`;
  return (await api(worker, "POST", `/integrated-account/${account.id}/tools/approve`, { names })).outcome;
}

// What a round begins with, from vendors who mean well for as long.
export async function furnish(worker, api) {
  const { world } = worker;
  await world.calm();
  for (const kind of ["rest", "mcp"]) await importConnector(worker, api, kind);
  for (let i = 0; i < 3; i++) await makeToken(worker, api);
  for (const kind of ["cloudflare", "cloudinary", "rest", "mcp", "modern", "sessions", "sse", "dual", "pair"]) {
    const r = await connectAccount(worker, api, kind);
    if (r.status !== 201) {
      worker.finding("a vendor that means well was not connected", `${kind}: ${r.outcome} ${r.text.slice(0, 600)}`, kind);
      continue;
    }
    const account = world.accounts.at(-1);
    if (!["cloudflare", "rest"].includes(kind)) await approveNames(worker, api, account);
    for (const config of [{}, { methods: ["read"] }]) await makeServer(worker, api, config, {}, [account]);
  }
  await makeServer(worker, api, { require_api_token_auth: true }, {}, world.accounts.slice(0, 3));
}
