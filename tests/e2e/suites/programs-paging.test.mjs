// SPDX-License-Identifier: Apache-2.0
// Lists are read to their end, whichever way a vendor pages; and whatever a vendor does wrong, a program ends, and says
// where rows may be missing.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { startWithVendors } from "../lib/oauth.mjs";
import { start } from "../lib/postern.mjs";
import { startVendor } from "../lib/vendor.mjs";

const program = (steps, query) => ({ version: 1, steps, results: { all: { query } } });
const COUNT = "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM t";
const run = async (world, step, query = COUNT) => {
  const outcome = await world.must(200, "POST", "/program", { program: program([{ id: "t", ...step }], query) });
  return { outcome, row: outcome.results[0].rows[0], calls: outcome.calls.map((c) => c.arguments), said: outcome.warnings.join("\n") };
};
const whole = ({ outcome }) => assert.equal(outcome.status, "complete", JSON.stringify(outcome.warnings));
const partial = ({ outcome }) => assert.equal(outcome.status, "partial", JSON.stringify(outcome));

describe("as the shipped connectors say", () => {
  let rest, hosted;
  before(async () => {
    rest = await start();
    await rest.account("cfut_sandbox_one_account", { name: "acme" });
    hosted = await startWithVendors();
    for (const [vendor, more] of [["cloudinary", { name: "media" }], ["arcjet", { name: "guard" }], ["cloudflare", { name: "workers" }]]) await hosted.connect(vendor, more);
  });
  after(async () => {
    await rest?.close();
    await hosted?.close();
  });
  const zone = async () => (await run(rest, { account: "acme", tool: "list_all_cloudflare_zones", arguments: { name: "example.com" } }, "SELECT id FROM t")).row[0];

  test("Cloudflare, page and per_page: the largest page where the program names none, else its own", async () => {
    const step = { account: "acme", tool: "list_all_cloudflare_zones" };
    const large = await run(rest, step), small = await run(rest, { ...step, arguments: { per_page: 7 } });
    whole(large), whole(small);
    assert.deepEqual(large.calls, [{ per_page: 50 }]);
    assert.deepEqual(large.row, small.row);
    assert.deepEqual(small.calls.map((a) => a.page ?? 1), [1, 2, 3, 4]);
  });

  test("Cloudflare, the audit log, which says no totals", async () => {
    const step = { account: "acme", tool: "list_all_cloudflare_audit_logs", arguments: { per_page: 40, since: "2000-01-01T00:00:00Z" } };
    const got = await run(rest, step);
    whole(got);
    assert.ok(got.calls.length > 1, JSON.stringify(got.calls));
    assert.equal(got.row[0], got.row[1]);
    assert.equal(got.outcome.calls.reduce((sum, c) => sum + c.rows, 0), got.row[0]);
  });

  for (const [name, tool, size, fixed] of [
    ["rule sets, cursors.after", "list_all_cloudflare_rule_sets", { per_page: 2 }, async () => ({ zone_id: await zone() })],
    ["audit log 2, cursor and limit", "list_all_cloudflare_audit_logs_v2", { limit: 30 }, async () => ({ since: new Date(Date.now() - 20 * 864e5).toISOString(), before: new Date().toISOString() })],
  ])
    test(`Cloudflare, ${name}`, async () => {
      const args = await fixed();
      const one = await run(rest, { account: "acme", tool, arguments: args }), many = await run(rest, { account: "acme", tool, arguments: { ...args, ...size } });
      whole(one), whole(many);
      assert.equal(one.calls.length, 1);
      assert.ok(many.calls.length > 1 && many.calls.slice(1).every((a) => a.cursor), JSON.stringify(many.calls));
      assert.deepEqual(many.row, one.row);
    });

  for (const [name, tool, args] of [
    ["next_cursor", "list-images", { max_results: 7 }],
    ["next_cursor within another argument", "search-assets", { request: { expression: "resource_type:image", max_results: 7 } }],
  ])
    test(`Cloudinary, ${name}`, async () => {
      const step = { account: "media", tool, rows: "/resources" }, ids = "SELECT count(*) AS n, count(DISTINCT public_id) AS ids FROM t";
      const many = await run(hosted, { ...step, arguments: args }, ids);
      const one = await run(hosted, { ...step, arguments: tool === "list-images" ? {} : { request: { expression: "resource_type:image" } } }, ids);
      whole(one), whole(many);
      assert.deepEqual(many.row, one.row);
      assert.equal(many.calls.length, Math.ceil(many.row[0] / 7));
      assert.equal(one.calls.length, Math.ceil(one.row[0] / 500), "the largest pages that the vendor gives");
    });

  test("Cloudinary, names alone are rows, and none is none", async () => {
    const step = { account: "media", tool: "list-tags" };
    const one = await run(hosted, step, "SELECT count(*), count(DISTINCT value) FROM t"), many = await run(hosted, { ...step, arguments: { max_results: 2 } }, "SELECT count(*), count(DISTINCT value) FROM t");
    whole(one), whole(many);
    assert.ok(one.row[0] > 2 && one.calls.length === 1 && many.calls.length > 1, JSON.stringify(many.calls));
    assert.deepEqual(many.row, one.row);
    const none = await run(hosted, { ...step, arguments: { prefix: "no such tag" } }, "SELECT count(*) FROM t");
    assert.deepEqual(none.row, [0]);
  });

  test("Cloudinary, a search without pages says that it may be cut", async () => {
    const got = await run(hosted, { account: "media", tool: "visual-search-assets", arguments: { text: "a person", max_results: 3 } }, "SELECT count(*) FROM t");
    assert.deepEqual(got.row, [3]);
    partial(got);
  });

  test("Arcjet, cursors", async () => {
    const sites = await run(hosted, { account: "guard", tool: "list-sites", arguments: { team_id: (await run(hosted, { account: "guard", tool: "list-teams" }, "SELECT id FROM t")).row[0] } }, "SELECT id FROM t LIMIT 1");
    const step = (limit) => ({ account: "guard", tool: "list-requests", arguments: { site_id: sites.row[0], conclusion: "DENY", ...limit } });
    const got = await run(hosted, step({}));
    assert.ok(got.calls.length > 1 && got.calls.every((a) => a.limit === 100), JSON.stringify(got.calls));
    whole(got);
    assert.equal(got.row[0], got.row[1]);
    assert.equal(got.outcome.calls.reduce((sum, c) => sum + c.rows, 0), got.row[0]);
  });

  test("Cloudflare's bindings: a page within an argument, and after the last row", async () => {
    const kv = await run(hosted, { account: "workers", tool: "kv_namespaces_list", arguments: { params: { per_page: 1 } } });
    whole(kv);
    assert.ok(kv.row[0] > 1 && kv.row[0] === kv.row[1], JSON.stringify(kv.row));
    assert.equal(kv.calls.at(-1).params.page, kv.calls.length);
    const r2 = await run(hosted, { account: "workers", tool: "r2_buckets_list", arguments: { per_page: 1 } }, "SELECT count(*) AS n, count(DISTINCT name) AS names FROM t");
    whole(r2);
    assert.ok(r2.row[0] > 1 && r2.row[0] === r2.row[1], JSON.stringify(r2.row));
    assert.ok(r2.calls.at(-1).start_after, JSON.stringify(r2.calls));
  });
});

// A vendor of 23 rows, ten on a page, in ways of its own.
const ROWS = Array.from({ length: 23 }, (_, i) => ({ id: i + 1 }));
const query = (name, type = "integer") => ({ name, in: "query", schema: { type } });
const asked = (req) => new URL(req.path, "http://v").searchParams;
const slice = (from, size = 10) => ROWS.slice(from, from + size);
const page = (req) => Number(asked(req).get("page") ?? 1);
const listing = (path, parameters, answer) => ({ path: `/${path}`, parameters: parameters.map((p) => (typeof p === "string" ? query(p) : p)), answer, word: { class: "list" } });
const cursor = query("cursor", "string");

describe("as an answer says, and against what it may say", () => {
  let world, vendor, elsewhere;
  const stolen = [];
  before(async () => {
    elsewhere = createServer((req, res) => {
      stolen.push(req.url, req.headers);
      res.end("[]");
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const evil = `http://127.0.0.1:${elsewhere.address().port}`;
    const link = (url, rel = "next") => ({ link: `<${url}>; rel="${rel}"` });
    vendor = await startVendor({
      by_link: listing("links", ["page"], (req) => ({ body: slice((page(req) - 1) * 10), headers: page(req) < 3 ? link(`${vendor.url}/links?only=1,2&page=${page(req) + 1}`) : link("/links?page=1", "first") })),
      by_link_cursor: listing("link-cursors", [cursor], (req) => {
        const from = Number(asked(req).get("cursor") ?? 0);
        return { body: slice(from), headers: from + 10 < 23 ? link(`/link-cursors?cursor=${from + 10}`) : {} };
      }),
      by_offset: listing("offsets", ["offset", "limit"], (req) => ({ body: { items: slice(Number(asked(req).get("offset") ?? 0), Number(asked(req).get("limit") ?? 10)), total: 23 } })),
      by_offset_alone: listing("bare-offsets", ["offset"], (req) => ({ body: slice(Number(asked(req).get("offset") ?? 0)) })),
      evil_link: listing("evil", ["page"], (req) => ({ body: slice((page(req) - 1) * 10), headers: page(req) < 3 ? link(`${evil}/steal?page=${page(req) + 1}`) : {} })),
      evil_link_alone: listing("evil-path", [cursor], () => ({ body: slice(0), headers: link(`${evil}/steal/2`) })),
      evil_cursor: listing("evil-cursor", [cursor], (req) => ({ body: { items: slice(0), next: asked(req).get("cursor") ? null : `${evil}/steal?cursor=c2` } })),
      endless: listing("endless", [cursor], (req) => ({ body: { items: slice(0, 1), next_cursor: `c${Number((asked(req).get("cursor") ?? "c0").slice(1)) + 1}` } })),
      endless_empty: listing("endless-empty", [cursor], (req) => ({ body: { items: [], next_cursor: `c${Number((asked(req).get("cursor") ?? "c0").slice(1)) + 1}` } })),
      circle: listing("circle", [cursor], (req) => ({ body: { items: slice(0, 2), next_cursor: { a: "b", b: "c", c: "a" }[asked(req).get("cursor") ?? "c"] } })),
      same_cursor: listing("same", [cursor], () => ({ body: { items: slice(0, 2), next_cursor: "again" } })),
      deaf: listing("deaf", ["page"], () => ({ body: slice(0) })),
      shrinks: listing("shrinks", ["page", "per_page"], (req) => ({ body: { items: slice([0, 10, 13][page(req) - 1] ?? 99, [10, 3, 10][page(req) - 1]), total_count: 23 } })),
      lies_high: listing("lies-high", ["page"], (req) => ({ body: { items: slice((page(req) - 1) * 10), total_count: 1000 } })),
      lies_low: listing("lies-low", [cursor], (req) => ({ body: { items: slice(Number(asked(req).get("cursor") ?? 0)), total_count: 10, next_cursor: Number(asked(req).get("cursor") ?? 0) + 10 < 23 ? String(Number(asked(req).get("cursor") ?? 0) + 10) : null } })),
      promises: listing("promises", [], () => ({ body: { items: slice(0), has_more: true } })),
      spread: listing("spread", ["page", { ...query("per_page"), schema: { type: "integer", default: 10 } }], (req) => ({ body: { groups: slice((page(req) - 1) * 10).map((row) => ({ members: row.id % 7 ? [] : [{ id: row.id }] })) } })),
      huge_cursor: listing("huge", [cursor], () => ({ body: { items: slice(0, 1), next_cursor: "c".repeat(9000) } })),
    });
    world = await start({ settings: { program_pages: 12 } });
    await vendor.connect(world, { name: "own" });
  });
  after(async () => {
    await world?.close();
    await vendor?.close();
    elsewhere?.closeAllConnections();
    elsewhere?.close();
  });
  const read = (tool, more = {}) => run(world, { account: "own", tool, ...more });

  for (const tool of ["by_link", "by_link_cursor", "by_offset", "by_offset_alone", "evil_link", "shrinks", "lies_low"])
    test(`${tool}: all rows, each once`, async () => {
      const got = await read(tool);
      assert.deepEqual(got.row, [23, 23], JSON.stringify(got.calls));
      whole(got);
    });

  test("offset and limit: as large as the program asks for", async () => {
    const got = await read("by_offset", { arguments: { limit: 4 } });
    assert.deepEqual(got.row, [23, 23]);
    assert.deepEqual(got.calls.map((a) => a.offset ?? 0), [0, 4, 8, 12, 16, 20]);
  });

  test("rows spread from within the rows of a page: the page counts, not what is in it", async () => {
    const got = await read("spread", { rows: "/groups/*/members" });
    assert.deepEqual(got.row, [3, 3], JSON.stringify(got.calls));
    whole(got);
  });

  test("a next link to another origin is never followed", async () => {
    partial(await read("evil_link_alone"));
    whole(await read("evil_cursor"));
    assert.deepEqual(stolen, []);
  });

  for (const [tool, rows, most, says] of [
    ["endless", 12, 12, /may|first|cut/],
    ["endless_empty", 0, 12, /may|first|cut/],
    ["circle", 8, 4, /may|first|cut/],
    ["same_cursor", 4, 2, /may|first|cut/],
    ["deaf", 20, 2, /may|first|cut/],
    ["lies_high", 23, 4, /23 of 1,?000/],
    ["promises", 10, 1, /may|first|cut/],
    ["huge_cursor", 1, 1, /may|first|cut/],
  ])
    test(`${tool}: it ends, and says that rows may be missing`, async () => {
      const got = await read(tool);
      partial(got);
      assert.ok(got.calls.length <= most, `${got.calls.length} calls`);
      assert.equal(got.row[0], rows);
      assert.match(got.said, says);
    });
});
