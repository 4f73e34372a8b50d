// SPDX-License-Identifier: Apache-2.0
// The commands that go with vendors' own MCP servers, as a person or a script would run them: a connector of the
// operator's own, its tools read, reviewed and settled, and servers over several accounts.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { toolNames, works } from "../lib/oauth.mjs";
import { BINARY, Postern } from "../lib/postern.mjs";

const tool = (name, more = {}) => ({ name, description: `Does ${name}.`, inputSchema: { type: "object" }, ...more });
const definition = (url) => `name: from-the-file
label: The wiki
kind: mcp
category: knowledge
base_url: ${url}
tags: [wiki]
auth:
  - {id: open, label: Open, open: true}
words:
  - {tools: [list_pages], trust: allow, class: list, tags: [pages]}
  - {tools: [read_diary], trust: deny, why: it is private}
troubles:
  - {symptom: No page is found., remedy: Ask the librarian.}
questions: [Which pages are there?]
`;
let postern, vendor, folder;

before(async () => {
  vendor = await startAuthVendor({ tools: [tool("list_pages"), tool("read_diary"), tool("ponder_pages"), tool("synergize_pages")] });
  vendor.open = true;
  postern = await new Postern().start();
  folder = mkdtempSync(join(tmpdir(), "postern-cli-remote-"));
  writeFileSync(join(folder, "connector.yaml"), definition(vendor.url));
});
after(async () => {
  await postern?.close();
  await vendor?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function run(args, input = "") {
  const env = { PATH: process.env.PATH, HOME: folder, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token };
  const child = spawn(BINARY, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (b) => (texts.out += b));
  child.stderr.on("data", (b) => (texts.err += b));
  child.stdin.on("error", () => {}); // it need not read
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, ...texts };
}
async function ok(...args) {
  const r = await run(args);
  assert.equal(r.code, 0, `postern ${args.join(" ")}: ${r.out}${r.err}`);
  return r.out + r.err;
}
const json = async (...args) => JSON.parse((await run([...args, "--json"])).out);
async function fails(code, pattern, ...args) {
  const r = await run(args);
  assert.equal(r.code, code, `postern ${args.join(" ")}: ${r.out}${r.err}`);
  assert.match(r.err, pattern);
}

describe("a connector of the operator's own", () => {
  test("import, show, list", async () => {
    assert.match(await ok("connector", "import", "wiki", "--file", "connector.yaml"), /^Imported wiki: a vendor's MCP server\./);
    const made = await json("connector", "show", "wiki");
    assert.deepEqual([made.name, made.label, made.kind, made.imported, made.base_url], ["wiki", "The wiki", "mcp", true, vendor.url]);
    assert.deepEqual(made.words.map((w) => [w.tools, w.trust]), [["list_pages", "allow"], ["read_diary", "deny"]]);
    assert.equal(made.troubles[0].remedy, "Ask the librarian.");
    assert.deepEqual(made.questions, ["Which pages are there?"]);
    assert.ok((await json("connector", "list", "wiki")).some((c) => c.name === "wiki"));
    const r = await run(["connector", "import", "wiki", "--file", "-", "--label", "Our wiki"], definition(vendor.url)); // in its place
    assert.equal(r.code, 0, r.err);
    assert.equal((await json("connector", "show", "wiki")).label, "Our wiki");
  });

  test("what is wrong with one is said, and nothing is kept", async () => {
    await fails(2, /--openapi is missing.*--file/s, "connector", "import", "other");
    await fails(2, /take one/, "connector", "import", "other", "--file", "connector.yaml", "--like", "arcjet");
    await fails(4, /nowhere\.yaml/, "connector", "import", "other", "--file", "nowhere.yaml");
    writeFileSync(join(folder, "bad.yaml"), definition(vendor.url).replace("label:", "labell:"));
    await fails(2, /labell/, "connector", "import", "other", "--file", "bad.yaml");
    writeFileSync(join(folder, "rest.yaml"), "name: x\nlabel: X\nkind: rest\nbase_url: https://x.example\nauth:\n  - {id: token, fields: [{name: token}], send: [{in: bearer, value: '{token}'}]}\n");
    await fails(2, /document is missing/, "connector", "import", "other", "--file", "rest.yaml");
    await fails(5, /shipped/, "connector", "import", "arcjet", "--file", "connector.yaml");
    await fails(4, /no connector 'other'/, "connector", "show", "other");
  });

  test("is there after a restart, and accounts can be made with it", async () => {
    await postern.stop();
    await postern.start();
    assert.equal((await json("connector", "show", "wiki")).imported, true);
    const made = await json("account", "add", "wiki", "--name", "library");
    assert.equal(made.connector, "wiki");
    const tools = Object.fromEntries((await json("tools", "library")).map((t) => [t.name, t.served]));
    assert.deepEqual(tools, { list_pages: true, read_diary: false, ponder_pages: false, synergize_pages: false });
    await fails(5, /library/, "connector", "remove", "wiki", "--yes");
  });
});

describe("tools", () => {
  test("review tells why, approve and deny settle", async () => {
    const text = await ok("tools", "review", "library");
    for (const words of [/^library {2}ponder_pages$/m, /^ {4}says: Does ponder_pages\.$/m, /^ {4}why: {2}\S/m, /'postern tools approve ACCOUNT TOOL'/]) assert.match(text, words);
    assert.ok(!text.includes("read_diary") && !text.includes("list_pages"), text);
    assert.match(await ok("tools", "approve", "library", "ponder_pages"), /: 1\.$/m);
    assert.match(await ok("tools", "deny", "library", "synergize_pages"), /: 1\.$/m);
    assert.match(await ok("tools", "review", "library"), /^No tool waits\./);
    const served = (await json("tools", "library")).filter((t) => t.served).map((t) => t.name);
    assert.deepEqual(served.sort(), ["list_pages", "ponder_pages"]);
    await fails(2, /name the tools, or give --all/, "tools", "approve", "library");
    await fails(4, /no_such_tool/, "tools", "deny", "library", "no_such_tool");
  });

  test("refresh reads them anew; what changed waits with its difference, and --all settles it", async () => {
    vendor.tools = [...vendor.tools.filter((t) => t.name !== "ponder_pages"), tool("ponder_pages", { description: "Does something else." }), tool("muse_pages")];
    const counts = await json("account", "refresh", "library");
    assert.deepEqual([counts.tools, counts.review, counts.changed], [5, 2, true]);
    assert.match(await ok("account", "refresh", "library"), /5/);
    const text = await ok("tools", "review", "library");
    assert.match(text, /changed since it was settled:/);
    assert.match(text, /something else/);
    assert.equal((await json("tools", "deny", "library", "--all")).changed, 2);
    assert.match(await ok("tools", "review"), /^No tool waits\./);
    await fails(4, /no account/, "account", "refresh", "nobody");
  });
});

describe("the connector's word, changed", () => {
  const served = async () => (await json("tools", "library")).filter((t) => t.served).map((t) => t.name);
  const say = async (from, to) => {
    writeFileSync(join(folder, "changed.yaml"), definition(vendor.url).replace(from, to));
    await ok("connector", "import", "wiki", "--file", "changed.yaml");
  };
  test("what it denies is off at once; what it newly allows is on with the next refresh", async () => {
    assert.deepEqual(await served(), ["list_pages"]);
    await say("trust: allow", "trust: deny");
    assert.deepEqual(await served(), []);
    await say("read_diary], trust: deny", "read_diary], trust: allow");
    await ok("account", "refresh", "library");
    assert.deepEqual((await served()).sort(), ["list_pages", "read_diary"]);
    await say("nothing", "");
    assert.deepEqual(await served(), ["list_pages"]);
  });
});

describe("servers over several accounts", () => {
  before(() => ok("account", "add", "wiki", "--name", "archive"));

  test("create by aliases, update to others, share", async () => {
    const server = await json("mcp", "create", "--name", "all", "--account", "lib=library", "--account", "archive");
    assert.deepEqual(server.accounts.map((a) => a.alias), ["lib", "archive"]);
    assert.match(await ok("mcp", "list"), /^all +library, archive +2 +all +URL +never +- /m);
    assert.deepEqual(await toolNames(server), ["archive_list_pages", "lib_list_pages"]);
    const changed = await json("mcp", "update", "all", "--account", "library", "--account", "old=archive");
    assert.deepEqual(changed.accounts.map((a) => a.alias), ["lib", "old"]);
    assert.deepEqual(await toolNames(server), ["lib_list_pages", "old_list_pages"]);
    assert.equal((await json("mcp", "update", "all", "--share")).share, true);
    assert.deepEqual(await toolNames(server), ["list_pages"]);
    await works(server, "list_pages", { account: "old" });
    assert.equal((await json("mcp", "update", "all", "--account", "archive")).accounts.length, 1);
    assert.deepEqual(await toolNames(server), ["list_pages"], "the name stays, though one is left");
    assert.equal((await json("mcp", "update", "all", "--no-share")).share, false);
    assert.deepEqual(await toolNames(server), ["old_list_pages"]);
    await fails(2, /same connector/, "mcp", "update", "all", "--share");
    await fails(4, /nobody/, "mcp", "update", "all", "--account", "nobody");
  });

  test("create --share asks which account", async () => {
    const server = await json("mcp", "create", "--name", "shared", "--account", "library", "--account", "archive", "--share");
    assert.deepEqual(await toolNames(server), ["list_pages"]);
    await works(server, "list_pages", { account: "library" });
    await fails(2, /--share goes with --account/, "mcp", "create", "library", "--share");
    await fails(2, /--name of its own/, "mcp", "create", "--account", "library", "--account", "archive");
  });

  test("with its accounts, the connector goes", async () => {
    for (const name of ["library", "archive"]) await ok("account", "remove", name, "--yes");
    assert.match(await ok("connector", "remove", "wiki", "--yes"), /^Removed the connector wiki\./);
    await fails(4, /no connector 'wiki'/, "connector", "show", "wiki");
  });
});
