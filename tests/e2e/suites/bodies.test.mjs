// Bodies of the management API, of every route of its table (/openapi.json): no member that nobody knows is taken, however
// deep it stands; a change changes what it names and nothing else, and null takes away where it may (RFC 7396).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { database, TABLES } from "../lib/database.mjs";
import { keys } from "../lib/keyfile.mjs";
import { inBrowser } from "../lib/persons.mjs";
import { start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";
import { eventually } from "../lib/wait.mjs";

let world, vendor, api;
before(async () => {
  world = await start();
  vendor = await startVendor({ get_thing: { path: "/thing" } });
  api = await world.must(200, "GET", "/openapi.json");
  await everything();
});
after(async () => {
  await world?.close();
  await vendor?.close();
});

// ---- schemas

const resolved = (schema) => {
  if (schema.$ref) return resolved(api.components.schemas[schema.$ref.split("/").at(-1)]);
  const object = schema.anyOf?.find((s) => s.$ref);
  return object ? resolved(object) : schema;
};
const types = (schema) => [schema.type, ...(schema.anyOf ?? []).map((s) => (s.$ref ? "object" : s.type))].flat().filter(Boolean);
const takesNull = (schema) => types(schema).includes("null");
const bodies = () =>
  Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, o]) => {
      const schema = o.requestBody?.content?.["application/json"]?.schema;
      return schema ? [{ method: method.toUpperCase(), path, schema }] : [];
    }),
  );
const FUTURE = "2099-01-01T00:00:00Z";
function sample(schema) {
  const s = resolved(schema);
  if (s.enum) return s.enum[0];
  if (s.properties) return filled(s);
  const type = types(schema).find((t) => t !== "null") ?? "object";
  return { string: s.format === "date-time" ? FUTURE : "x", integer: s.minimum ?? 1, boolean: true, array: [], object: {} }[type];
}
const filled = (s) => Object.fromEntries((s.required ?? []).map((k) => [k, sample(s.properties[k])]));
// Every object that a body of this schema can hold: where it stands, its schema, and a body that holds `inside` there.
function* objects(schema, where = "", around = (inside) => inside) {
  const s = resolved(schema);
  yield { where, schema: s, around };
  for (const [key, member] of Object.entries(s.properties ?? {})) {
    const at = where ? `${where}.${key}` : key, here = (value) => around({ ...filled(s), [key]: value });
    const items = member.items && (member.items.anyOf?.find((i) => i.$ref) ?? (member.items.$ref ? member.items : undefined));
    if (items) yield* objects(items, `${at}[0]`, (inside) => here([inside]));
    else if (types(member).includes("object") || member.$ref) yield* objects(member, at, here);
  }
}
const target = (path, at = {}) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(at[name] ?? "nothing-has-this-id"));

// ---- members that nobody knows

// Objects whose members have names of the asker's, or of somebody else's form: who judges those, and what is wrong where.
const judged = {
  credential: { surprise: "x" },
  context: { surprise: "x" },
  arguments: { surprise: 1 },
  program: { version: 1, steps: [], results: { a: { query: "SELECT 1", surprise: 1 } } },
  parameters: { surprise: 1 },
  definition: { name: "surprising", label: "S", kind: "rest", base_url: "https://api.example.com", auth: [{ id: "open" }], surprise: 1 },
  fence: { surprise: { zone_id: ["x"] } },
};
const free = {
  document: "an OpenAPI document, which may hold what nobody has heard of",
  tables: "tables of the asker's, under names of her own",
};

describe("a member that nobody knows", () => {
  test("is refused by every route at every depth, with where it stands and what is near", async () => {
    let depths = 0;
    for (const { method, path, schema } of bodies())
      for (const { where, schema: s, around } of objects(schema)) {
        if (!s.properties) continue;
        const near = Object.keys(s.properties)[0], wrong = near ? `${near}q` : "surprise";
        const r = await world.api(method, target(path), around({ ...filled(s), [wrong]: 1 }));
        const said = `${method} ${path} at "${where}": ${r.text}`;
        assert.equal(r.status, 400, said);
        assert.equal(r.body.error.field, where ? `${where}.${wrong}` : wrong, said);
        assert.match(r.body.error.message, new RegExp(`"${wrong}" is not known here; allowed: `), said);
        if (near) assert.match(r.body.error.hint, /^did you mean "/, said);
        if (where) depths++;
      }
    assert.ok(depths >= 20, `${depths} within another`);
  });

  test("of objects with names of their own, by those who judge them", async () => {
    for (const { method, path, schema } of bodies())
      for (const { where, schema: s, around } of objects(schema)) {
        const name = where.split(".").at(-1);
        if (s.properties || free[name]) continue;
        assert.ok(judged[name], `${method} ${path}: who judges the members of ${where}?`);
        const r = await (path === "/own-account" ? ada : world).api(method, target(path, made), { ...around(judged[name]), ...fitting(path, name) });
        assert.ok(([400, 422].includes(r.status) || r.body?.outcome === "invalid" || r.body?.sound === false) && r.text.includes("surprise"), `${method} ${path} at "${where}": ${r.status} ${r.text}`);
      }
  });
});

// ---- one of everything that can be changed

const PROGRAM = { version: 1, parameters: { p: { type: "string", default: "p" } }, steps: [], results: { one: { query: "SELECT 'a' AS k, 1 AS n" }, two: { query: "SELECT 'b' AS k, 2 AS n", chart: { mark: "bar", x: "k", y: "n", color: "k" } } } };
// What else a body needs, so that it is this member that is refused.
function fitting(path, member) {
  if (path === "/integrated-account") return { connector: "cloudflare", name: "surprising", base_url: world.sandbox.api, ...(member === "context" ? { credential: { token: "cfut_sandbox_one_account" } } : {}) };
  if (path === "/own-account") return { account: made.other };
  if (member === "parameters" && path !== "/tile/{tile}" && !path.includes("stored-program")) return { program: PROGRAM };
  return member === "fence" && path === "/mcp-server" ? { accounts: [made.id] } : member === "fence" && path === "/mcp-server/check" ? { accounts: [made.id] } : {};
}

let made, ada;
async function everything() {
  const account = await world.account(), other = await world.account(), must = world.must;
  const server = await must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "changed", config: { methods: ["read"] } });
  const answer = await must(200, "POST", "/ask", { question: "list all zones" });
  const board = await must(201, "POST", "/dashboard", { name: "changed" }), tile = await must(201, "POST", `/dashboard/${board.id}/tile`, { program: PROGRAM, result: "two" });
  const program = await must(201, "POST", "/stored-program", { name: "changed", program: PROGRAM });
  const watch = await must(201, "POST", "/watches", { tile: tile.id, condition: "any row", webhook: `${vendor.url}/told` });
  const alias = await must(201, "POST", "/alias", { name: "moniker", value: "example.com" });
  const engine = await must(201, "POST", "/engines", { name: "changed", kind: "chat", model: "m", base_url: `${vendor.url}/v1`, untested: true });
  const provider = await must(201, "POST", "/provider", { name: "changed", issuer: vendor.url, client_id: "c", untested: true });
  const user = await must(201, "POST", "/user", { name: "changed", role: "viewer" });
  const items = (await must(200, "GET", `/integrated-account/${account.id}/tools?limit=1000`)).items;
  const list = async (path) => (await (await fetch(world.sandbox.api + path, { headers: { authorization: "Bearer cfut_sandbox_one_account" } })).json()).result.map((v) => v.id);
  await must(201, "POST", `/integrated-account/${other.id}/mcp`, { name: "hers", config: { own_accounts: [other.id] }, slug: "hers", sign_in: { roles: ["viewer"] } });
  ada = await inBrowser(world, "ada");
  made = {
    ...{ id: account.id, other: other.id, server_id: server.id, answer: answer.id, dashboard: board.id, tile: tile.id, program: program.id, watch: watch.id, alias: alias.id, engine: engine.id, provider: provider.id, user: user.id, account: account.id },
    ...{ way: account.way, tool: items[0].name, tags: [...new Set(items.flatMap((t) => t.tags))].sort(), zones: await list("/zones"), accounts: await list("/accounts") },
  };
}

// ---- changes

// Of each route: how a thing looks, two values of every member (`a` is there before, `b` is what it becomes), what else a
// change of a member brings about, and members that are no state, but a word on the request. `never`: null takes nothing away.
let slugs = 0; // an address is one server's for good
const SERVER = {
  look: "/mcp-server/{server_id}",
  follows: ["tool_count", "sign_in_url"],
  with: { slug: { reuse_slug: true } },
  words: { reuse_slug: true },
  moves: { "config.fence": ["fence"], accounts: ["account_id"], share: ["accounts"] },
  members: {
    name: ["a", "b"],
    accounts: () => [[made.id, made.other], [made.other, made.id]],
    share: [false, true],
    "config.methods": [["read"], ["list"]],
    "config.tags": () => [made.tags, made.tags.slice(0, -1)],
    "config.tools": [["*"], ["*", "list_*"]],
    "config.require_api_token_auth": [false, true],
    "config.paused": [false, true],
    "config.programs": [false, true],
    "config.ask": [false, true],
    "config.discovery": ["search", "full"],
    "config.record_arguments": [false, true],
    "config.prompts": [false, true],
    "config.resources": [false, true],
    "config.approval": ["write", "destroy"],
    "config.limits.calls_per_minute": [100, 200],
    "config.limits.writes_per_day": [10, 20],
    "config.limits.each.calls_per_minute": [10, 20],
    "config.limits.each.writes_per_day": [1, 2],
    "config.own_accounts": () => [[made.id], [made.other]],
    "config.fence": () => [{ [made.id]: { zone_id: [made.zones[0], made.zones[1]] } }, { [made.id]: { zone_id: [made.zones[0]] } }],
    slug: () => [`a-${++slugs}`, `b-${slugs}`],
    "sign_in.roles": [["viewer"], ["editor"]],
    "sign_in.groups": [["a"], ["b"]],
    "sign_in.people": () => [[], ["changed"]],
    expires_at: ["2098-01-01T00:00:00Z", FUTURE],
  },
};
const CHANGES = {
  "/integrated-account/{id}": {
    look: "/integrated-account/{id}",
    follows: ["updated_at", "verified_at", "status", "status_text", "choices", "tool_count"],
    with: { base_url: { credential: { token: "cfut_sandbox_one_account" } }, credential: {}, way: {} },
    unseen: ["credential"],
    members: {
      name: ["a", "b"],
      credential: [{ token: "cfut_sandbox_one_account" }, { token: "cfut_sandbox_one_account" }],
      context: () => [{ account_id: made.accounts[0] }, { account_id: "0123456789abcdef0123456789abcdef" }],
      base_url: () => [world.sandbox.api, world.sandbox.api.replace("127.0.0.1", "localhost")],
      way: () => [made.way, made.way],
    },
  },
  "/integrated-account/{id}/mcp/{server_id}": { ...SERVER, single: true },
  "/mcp-server/{server_id}": SERVER,
  "/answers/{answer}": { look: "/answers/{answer}", members: { visibility: ["private", "shared"] } },
  "/alias/{alias}": { look: "/alias", members: { name: ["akka", "bekka"], value: ["example.com", "example.org"], account: () => [made.id, made.other] }, moves: { account: ["account_id", "account"] } },
  "/engines/{engine}": {
    look: "/engines/{engine}",
    words: { untested: true },
    always: { untested: true },
    unseen: ["key"],
    follows: ["status", "tested_at", "trial"],
    // The stored key goes to no other address and in no other header.
    with: { base_url: { key: "k" }, key_header: { key: "k" }, kind: { key: "k", base_url: "https://api.example.com/v1" } },
    moves: { kind: ["base_url", "key_header"], key: ["has_key"] },
    members: { name: ["a", "b"], kind: ["chat", "openai"], model: ["a", "b"], base_url: () => [`${vendor.url}/v1`, `${vendor.url}/v2`], key: ["k", "l"], key_header: ["api-key", "x-key"], dialect: ["vendor", "compatible"], effort: ["low", "high"], tokens: [1000, 2000], output_tokens: [256, 512], seconds: [1, 2], default: [true, false] },
    taken: { base_url: 400 }, // which address would it be?
  },
  "/stored-program/{program}": { look: "/stored-program/{program}", words: { version: undefined, server: () => "changed" }, moves: { program: ["title"] }, members: { name: ["a", "b"], program: [PROGRAM, { ...PROGRAM, title: "b" }], visibility: ["shared", "private"] } },
  "/dashboard/{dashboard}": { look: "/dashboard/{dashboard}", follows: ["tiles", "as_of"], words: { version: undefined }, members: { name: ["a", "b"], visibility: ["shared", "private"], since: ["now-7d", "now-1d"], until: ["now", "today"] } },
  "/tile/{tile}": {
    look: "/tile/{tile}",
    words: { version: undefined, stored: () => made.program, answer: () => made.answer, server: () => made.server_id },
    // What it gave goes with what gave it.
    follows: ["refreshing", "outcome", "step", "trend", "outcome_status", "data", "chart", "state", "why", "as_of", "ran_at", "began_at", "at_work", "next_at", "next_run_at", "now", "zone", "calls", "rows", "warnings", "tried_at"],
    moves: { "chart.mark": ["program"], "chart.x": ["program"], "chart.y": ["program"], "chart.color": ["program"] },
    members: { program: [PROGRAM, { ...PROGRAM, title: "b" }], result: ["one", "two"], "chart.mark": ["bar", "line"], "chart.x": ["k", "n"], "chart.y": ["n", "k"], "chart.color": ["k", "n"], title: ["a", "b"], parameters: [{ p: "a" }, { p: "b" }], size: ["half", "full"], place: [0, 0], every_seconds: [60, 120] },
  },
  "/watches/{watch}": {
    look: "/watches/{watch}",
    words: { version: undefined },
    unseen: ["webhook"],
    moves: { key: ["condition"], quiet: ["zone"], webhook: ["receiver"], paused: ["state"] },
    follows: ["since", "judged_at", "why", "open_event"],
    members: { condition: ["changed row", "removed row"], webhook: () => [`${vendor.url}/a`, `${vendor.url}/b`], form: ["json", "slack"], for_seconds: [0, 0], key: [["k"], ["n"]], quiet: ["22:00-07:00", "21:00-06:00"], zone: ["Europe/Berlin", "Europe/Paris"], quiet_then: ["after", "drop"], paused: [true, false] },
  },
  "/provider/{provider}": {
    look: "/provider/{provider}",
    words: { untested: true },
    always: { untested: true },
    unseen: ["client_secret"],
    moves: { client_secret: ["has_secret"], name: ["sign_in_url"] },
    with: { issuer: { client_secret: "s" }, client_id: { client_secret: "s" } },
    members: { name: ["a", "b"], issuer: () => [vendor.url, `${vendor.url}/b`], client_id: ["a", "b"], label: ["A", "B"], client_secret: ["s", "t"], scope: ["openid email", "openid profile"], groups_claim: ["a", "b"], group_prefix: ["a", "b"], rules: [[{ everyone: true, role: "viewer" }], [{ group: "a", role: "editor" }]], links_email: [true, false] },
  },
  "/user/{user}": { look: "/user", members: { role: ["editor", "viewer"], groups: [["a"], ["b"]], "limits.calls_per_minute": [5, 6], "limits.writes_per_day": [7, 0] } },
};
const VOLATILE = ["version", "updated_at", "last_used_at"];

const nested = (path, value) => path.split(".").reduceRight((inside, key) => ({ [key]: inside }), value);
const merged = (a, b) => (b === null || typeof b !== "object" || Array.isArray(b) ? b : Object.fromEntries([...new Set([...Object.keys(a ?? {}), ...Object.keys(b)])].map((k) => [k, k in b ? merged(a?.[k], b[k]) : a[k]])));
function* leaves(schema, where = "", nullable = false) {
  for (const [key, member] of Object.entries(resolved(schema).properties)) {
    const at = where ? `${where}.${key}` : key;
    if (resolved(member).properties) yield* leaves(member, at);
    else yield { at, takesNull: takesNull(member) || nullable };
  }
}
// Every place where two things differ, as far down as both have members.
function differences(x, y, where = "") {
  const objects = [x, y].every((v) => v !== null && typeof v === "object" && !Array.isArray(v));
  if (!objects) return JSON.stringify(x) === JSON.stringify(y) ? [] : [where];
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].flatMap((k) => differences(x[k], y[k], where ? `${where}.${k}` : k));
}
const within = (place, leaf) => place === leaf || place.startsWith(`${leaf}.`) || leaf.startsWith(`${place}.`);

// Columns that have something of this key.
function holding(key) {
  const rows = [], db = database(world.postern, { readOnly: true });
  for (const { name } of db.prepare(TABLES).all())
    for (const row of db.prepare(`SELECT * FROM "${name}"`).all())
      for (const [column, value] of Object.entries(row)) if (typeof value === "string" && value.includes(`.${key}.`)) rows.push(`${name}.${column}`);
  db.close();
  return rows;
}

describe("a change", () => {
  const patches = () => bodies().filter((b) => b.method === "PATCH");

  test("is known of every route that takes one, member by member", async () => {
    assert.deepEqual(patches().map((p) => p.path).sort(), Object.keys(CHANGES).sort());
    for (const { path, schema } of patches())
      assert.deepEqual([...leaves(schema)].map((l) => l.at).sort(), [...Object.keys(CHANGES[path].members), ...Object.keys(CHANGES[path].words ?? {})].sort(), path);
  });

  for (const [path, of] of Object.entries(CHANGES))
    test(`${path}: what it leaves out stays, what it names changes, null takes away or is refused`, async () => {
      const at = { ...made };
      if (of.single) at.server_id = (await world.must(201, "POST", `/integrated-account/${made.id}/mcp`, { name: "single" })).id;
      const look = async () => {
        const state = await world.must(200, "GET", target(of.look, at));
        return Object.fromEntries(Object.entries(state.items ? state.items.find((i) => i.id === at[/\w+(?=\}$)/.exec(path)]) : state).filter(([k]) => ![...VOLATILE, ...(of.follows ?? [])].includes(k)));
      };
      const change = (body) => world.api("PATCH", target(path, at), { ...body, ...of.always });
      const single = (member) => of.single && ["accounts", "share", "config.own_accounts"].includes(member);
      const values = Object.fromEntries(Object.entries(of.members).map(([k, v]) => [k, typeof v === "function" ? v() : v]));
      const whole = Object.entries(values).filter(([k]) => !single(k)).reduce((body, [k, [a]]) => merged(body, nested(k, a)), of.with?.slug ?? {});
      const schema = patches().find((p) => p.path === path).schema;
      for (const { at: member, takesNull: may } of leaves(schema)) {
        if (single(member)) continue;
        if (of.words && member in of.words) {
          assert.equal(may, false, `${member} is no state: there is nothing to take away`);
          continue;
        }
        const said = (r) => `${path} ${member}: ${r.status} ${r.text}`;
        let r = await change(whole);
        assert.equal(r.status, 200, said(r));
        const before = await look();
        const mine = [member, ...(of.moves?.[member] ?? [])], more = of.with?.[member] ?? {};
        const only = (x, y, what) => assert.deepEqual(differences(x, y).filter((d) => !mine.some((m) => within(d, m)) && !Object.keys(more).some((m) => within(d, m))), [], `${path} ${member} ${what}`);
        r = await change({ ...more, ...nested(member, values[member][1]) });
        assert.equal(r.status, 200, said(r));
        const then = await look();
        only(before, then, "changed others");
        const [a, b] = values[member].map((v) => JSON.stringify(v));
        if (a !== b && !of.unseen?.includes(member)) assert.notDeepEqual(then, before, `${path} ${member} changed nothing`);
        r = await change({ ...more, ...nested(member, null) });
        if (!may) {
          assert.equal(r.status, 400, said(r));
          assert.equal(r.body.error.field, member, said(r));
          assert.match(r.body.error.message, /, not null$/, said(r));
          assert.deepEqual(await look(), then, said(r));
          continue;
        }
        assert.equal(r.status, of.taken?.[member] ?? 200, said(r));
        const gone = await look();
        only(then, gone, "took others away");
        if (r.status === 200) assert.notDeepEqual(gone, then, `${path} ${member}: null took nothing away`);
      }
    });

  test("leaves nothing that a change of keys does not know", async () => {
    for (const [path, of] of Object.entries(CHANGES))
      if (!of.single && of !== SERVER) await world.must(200, "PATCH", target(path, made), { ...Object.entries(of.members).reduce((body, [k, v]) => merged(body, nested(k, (typeof v === "function" ? v() : v)[0])), {}), ...of.always });
    const old = keys(world.postern)[0].split(" ")[0];
    await world.must(200, "POST", "/key/rotate");
    await eventually("everything is sealed and stamped with the new one", () => !holding(old).length); // answers piece by piece
  });

  test("of an account's defaults takes a text, a number, true and false, one at a time", async () => {
    const account = await world.account(), context = async (said, status = 200) => (await world.must(status, "PATCH", `/integrated-account/${account.id}`, { context: said })).context;
    for (const value of ["x", 5, 1.5, true, false]) assert.deepEqual(await context({ account_id: value }), { account_id: value });
    for (const value of [{}, [], "", "x".repeat(300)]) await context({ account_id: value }, 400);
    assert.deepEqual(await context({ account_id: null }), {});
  });

  test("that says nothing changes nothing", async () => {
    const at = made;
    for (const [path, of] of Object.entries(CHANGES)) {
      if (path === "/answers/{answer}" || of.single) continue;
      const before = await world.must(200, "GET", target(of.look, at));
      await world.must(200, "PATCH", target(path, at), { ...of.always });
      const places = differences(before, await world.must(200, "GET", target(of.look, at))).map((d) => d.split(".")[0]);
      assert.deepEqual(places.filter((p) => ![...VOLATILE, ...(of.follows ?? []), "items"].includes(p)), [], path);
    }
  });
});
