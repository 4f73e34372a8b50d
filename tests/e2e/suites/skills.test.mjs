// SPDX-License-Identifier: Apache-2.0
// Skills of vendors (io.modelcontextprotocol/skills): listed beside ours, fetched and read where they belong, under
// addresses in which none takes another's place; those of a vendor that fails, lies or is held to a fence are left out.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { run } from "../lib/conformance.mjs";
import { modern, rpc } from "../lib/postern.mjs";
import { skill, startSkills } from "../lib/skills-vendor.mjs";
import { approveAll, connectUrl, startWorld } from "../lib/upstream.mjs";
import { eventually } from "../lib/wait.mjs";

const EXTENSION = "io.modelcontextprotocol/skills", OURS = "skill://postern/answer-programs/SKILL.md";
const CONFIG = { methods: ["read", "custom", "write"] };
const PDF = skill("pdf", { "forms.md": "# Forms\n", "ref/a.md": "a" }), TABLES = skill("tables", {}, "skill://acme/office/tables");
const OTHER = skill("other", {}, "files://office/skills/other"), DYNAMIC = skill("dynamic");
DYNAMIC.entry.resources = "dynamic";
const changed = (base, change) => ({ ...base, entry: { ...base.entry, ...change } });
const aside = (uri) => skill("bad").entry.resources.concat({ uri, digest: `sha256:${"0".repeat(64)}`, size: 1 });
const UNSOUND = {
  "in our place": changed(skill("answer-programs", {}, "skill://postern/answer-programs"), {}),
  "another of our place": skill("more", {}, "skill://postern/more"),
  "a file of ours": changed(skill("bad"), { resources: aside(OURS) }),
  "a file elsewhere": changed(skill("bad"), { resources: aside("skill://badly/SKILL.md") }),
  "no address": changed(skill("bad"), { uri: 7 }),
  "not its file": changed(skill("bad"), { uri: "skill://bad/README.md" }),
  "no frontmatter": changed(skill("bad"), { frontmatter: null }),
  "no name": changed(skill("bad"), { frontmatter: { description: "x" } }),
  "no description": changed(skill("bad"), { frontmatter: { name: "bad" } }),
  "files without the first": changed(skill("bad"), { resources: skill("bad", { "a.md": "a" }).entry.resources.slice(1) }),
  "no files": changed(skill("bad"), { resources: [] }),
  "files of another kind": changed(skill("bad"), { resources: "all" }),
  "a file without a digest": changed(skill("bad"), { resources: [{ uri: "skill://bad/SKILL.md", size: 1 }] }),
  "a file without a size": changed(skill("bad"), { resources: [{ uri: "skill://bad/SKILL.md", digest: `sha256:${"0".repeat(64)}` }] }),
  "too many files": skill("bad", Object.fromEntries(Array.from({ length: 512 }, (_, i) => [`${i}.md`, "x"]))),
};

// Behind an alias no address is ours.
const CF = ["pdf", "dynamic", "postern/answer-programs", "postern/more"].map((path) => `skill://cf+/${path}/SKILL.md`);

let world, gh, cf, alone, both;
const closers = [];
const sha256 = (text) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const asked = async (server, method, params = {}) => (await modern(server.url, method, params)).body;
const entries = async (server) => {
  const all = [];
  for (let cursor; ; ) {
    const { result, error } = await asked(server, "skills/list", cursor ? { cursor } : {});
    if (error) throw new Error(JSON.stringify(error));
    assert.deepEqual([result.resultType, typeof result.ttlMs, result.cacheScope], ["complete", "number", "private"]);
    all.push(...result.skills);
    if (!result.nextCursor) return all;
    cursor = result.nextCursor;
  }
};
const uris = async (server) => (await entries(server)).map((s) => s.uri);
const stands = async (t, options, name) => {
  const vendor = await startSkills(options);
  t.after(() => vendor.close());
  const account = await approveAll(world, await connectUrl(world, vendor.url, name ? { name } : {}));
  return Object.assign(vendor, { account });
};
let serial = 0;
const over = (accounts, config = CONFIG) => world.must(201, "POST", "/mcp-server", { name: `skills-${++serial}`, accounts, config });

before(async () => {
  world = await startWorld();
  const owner = { after: (close) => closers.push(close) };
  gh = await stands(owner, { skills: [PDF, TABLES, OTHER] });
  cf = await stands(owner, { skills: [PDF, DYNAMIC, ...Object.values(UNSOUND)] });
  alone = await world.server(gh.account, CONFIG);
  both = await over([{ account: gh.account.id, alias: "gh" }, { account: cf.account.id, alias: "cf" }], { ...CONFIG, programs: true });
});
after(async () => {
  await world?.close();
  for (const close of closers) await close();
});

describe("over one account", () => {
  test("as the vendor has them, page by page", async () => {
    const { capabilities } = (await asked(alone, "server/discover")).result;
    assert.deepEqual(capabilities.extensions, { [EXTENSION]: {} });
    assert.ok(capabilities.resources);
    assert.deepEqual(await entries(alone), [PDF, TABLES, OTHER].map((s) => s.entry));
    for (const s of [PDF, TABLES, OTHER]) {
      assert.deepEqual((await asked(alone, "skills/get", { uri: s.entry.uri })).result.skill, s.entry);
      for (const [uri, text] of Object.entries(s.texts)) assert.equal((await asked(alone, "resources/read", { uri })).result.contents[0].text, text);
    }
  });

  test("what is unknown, and what is ours, is nobody's", async () => {
    for (const uri of ["skill://nobody/SKILL.md", OURS, "skill://postern/more/SKILL.md", "", undefined]) assert.equal((await asked(alone, "skills/get", { uri })).error?.code, -32602, uri);
    const liar = await world.server(cf.account, CONFIG);
    for (const method of ["skills/get", "resources/read"]) assert.equal((await asked(liar, method, { uri: OURS })).error?.code, -32602);
  });

  test("only in the era that has the extension", async () => {
    assert.equal((await rpc(alone.url, { jsonrpc: "2.0", id: 1, method: "skills/list" })).body.error.code, -32601);
    const { result } = (await rpc(alone.url, { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } } })).body;
    assert.equal(result.capabilities.extensions, undefined);
  });
});

describe("over several", () => {
  test("ours first, then each under its account's alias; what they list is what is read", async () => {
    const all = await entries(both);
    assert.deepEqual(all.map((s) => s.uri), [OURS, "skill://gh+/pdf/SKILL.md", "skill://gh+/acme/office/tables/SKILL.md", "gh+files://office/skills/other/SKILL.md", ...CF]);
    for (const s of all) {
      assert.deepEqual((await asked(both, "skills/get", { uri: s.uri })).result.skill, s);
      assert.equal(s.uri.split("/").at(-2), s.frontmatter.name);
      for (const file of s.resources === "dynamic" ? [] : s.resources) {
        const [{ text, uri }] = (await asked(both, "resources/read", { uri: file.uri })).result.contents;
        assert.deepEqual([uri, sha256(text), Buffer.byteLength(text)], [file.uri, file.digest, file.size]);
      }
    }
  });

  test("each goes to its own vendor alone, by the vendor's address, and the audit has it", async () => {
    for (const v of [gh, cf]) v.asked.length = 0;
    const uri = "skill://cf+/pdf/SKILL.md";
    assert.equal((await asked(both, "skills/get", { uri })).result.skill.uri, uri);
    assert.deepEqual(gh.asked.filter((a) => a.method === "skills/get"), []);
    assert.deepEqual(cf.asked.filter((a) => a.method === "skills/get").map((a) => a.params.uri), ["skill://pdf/SKILL.md"]);
    await eventually("the audit has what was fetched", async () => (await world.must(200, "GET", `/audit?server_id=${both.id}&action=skills/get&limit=20`)).items.some((i) => i.tool === uri && i.outcome === "ok"));
    for (const near of ["skill://pdf/SKILL.md", "skill://gh/pdf/SKILL.md", "skill://gh+pdf/SKILL.md", "skill://x+/pdf/SKILL.md", "skill://cf+/tables/SKILL.md"]) assert.equal((await asked(both, "skills/get", { uri: near })).error?.code, -32602, near);
  });

  test("a vendor that fails leaves only its own out", async () => {
    gh.fails = true;
    try {
      assert.deepEqual(await uris(both), [OURS, ...CF]);
      assert.ok((await asked(both, "skills/get", { uri: "skill://gh+/pdf/SKILL.md" })).error);
      assert.ok((await asked(both, "skills/get", { uri: "skill://cf+/pdf/SKILL.md" })).result);
      const one = await world.server(gh.account, { ...CONFIG, programs: true });
      assert.deepEqual(await uris(one), [OURS], "ours are there beside it");
      await assert.rejects(uris(alone), /disk is full/, "with nothing else, its error is the answer");
    } finally {
      gh.fails = false;
    }
  });

  test("the official suite finds no fault with either", async () => {
    for (const server of [alone, both])
      for (const scenario of ["sep-2640-skills-enumeration", "sep-2640-skills-manifest"]) {
        const { output } = await run(["server", "--url", server.url, "--spec-version", "2026-07-28", "--scenario", scenario, "--force"]);
        assert.match(output, /Passed: [1-9]/, output);
        assert.match(output, /Passed: \d+\/\d+, 0 failed/, output);
      }
  });
});

describe("what is not shown", () => {
  test("an entry that hosts would refuse, or that leads out of its folder", async (t) => {
    const vendor = await stands(t, {});
    const server = await world.server(vendor.account, CONFIG);
    for (const [why, s] of Object.entries(UNSOUND)) {
      vendor.skills = [s, PDF];
      assert.deepEqual(await uris(server), [PDF.entry.uri], why);
    }
    vendor.skills = [skill("bad", Object.fromEntries(Array.from({ length: 511 }, (_, i) => [`${i}.md`, "x"])))];
    assert.deepEqual(await uris(server), ["skill://bad/SKILL.md"], "as many files as there may be");
  });

  test("another entry than the one that was asked for", async (t) => {
    const vendor = await stands(t, { skills: [PDF] });
    const server = await world.server(vendor.account, CONFIG);
    for (const get of [{ skill: TABLES.entry }, { skill: UNSOUND["in our place"].entry }, { skill: null }, {}, { skill: [PDF.entry] }]) {
      vendor.get = get;
      const body = await asked(server, "skills/get", { uri: PDF.entry.uri });
      assert.ok(body.error, JSON.stringify(body));
    }
  });

  test("where the server shows no resources, a vendor has none, or speaks an older era", async (t) => {
    const none = async (server) => {
      assert.equal((await asked(server, "server/discover")).result.capabilities.extensions?.[EXTENSION], undefined);
      for (const method of ["skills/list", "skills/get"]) assert.equal((await asked(server, method, { uri: PDF.entry.uri })).error?.code, -32601);
    };
    await none(await world.server(gh.account, { ...CONFIG, resources: false }));
    await none(await world.server((await stands(t, { skills: [PDF], capabilities: { resources: undefined } })).account, CONFIG));
    await none(await world.server((await stands(t, { era: "legacy", skills: [PDF] })).account, CONFIG));
  });

  test("of an account that is held to a fence, unless its connector says that they are beside it", async (t) => {
    const vendor = await stands(t, { skills: [PDF] });
    for (const [name, serves] of [["skills-held", undefined], ["skills-open", ["resources"]]]) {
      const fences = [{ key: "zone_id", names: ["zone"], outside: ["look"], ...(serves ? { serves } : {}) }];
      await world.must(201, "POST", "/connector", { definition: { name, label: name, kind: "mcp", base_url: vendor.url, auth: [{ id: "open", open: true }], context: [{ name: "zone_id" }], words: [{ tools: ["*"], trust: "allow", class: "get" }], fences } });
      const account = await world.must(201, "POST", "/integrated-account", { connector: name, name, credential: {} });
      const server = await world.server(account, { ...CONFIG, fence: { [name]: { zone_id: ["a"] } } });
      if (serves) assert.deepEqual(await uris(server), [PDF.entry.uri]);
      else assert.equal((await asked(server, "skills/list")).error?.code, -32601);
    }
  });
});
