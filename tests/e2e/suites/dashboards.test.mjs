// SPDX-License-Identifier: Apache-2.0
// What connectors offer to look at first (dashboard.yaml): each tile is a sound program, and of vendors that the sandbox
// has, it gives rows and a chart.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { BINARY, Program, ROOT } from "../lib/postern.mjs";

const { connect } = await import(pathToFileURL(join(ROOT, "sandbox/dist/consent.js")));
const { accountId } = await import(pathToFileURL(join(ROOT, "sandbox/dist/tokens.js")));
// What tests/ask does not connect.
const MORE = ["cloudflare-graphql", "cloudflare-dns-analytics", "cloudflare-observability", "cloudflare-radar"];
const CONNECTORS = join(ROOT, "connectors");
const dashboards = readdirSync(CONNECTORS)
  .filter((name) => existsSync(join(CONNECTORS, name, "dashboard.yaml")))
  .map((name) => [name, parse(readFileSync(join(CONNECTORS, name, "dashboard.yaml"), "utf8"))]);
// Of these the sandbox has the vendor, so their tiles have something to show.
const SHOWN = ["arcjet", "cloudflare", "cloudflare-auditlogs", "cloudflare-bindings", "cloudinary-assets", ...MORE];
let folder, started, state;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-dashboards-"));
  started = new Program(process.execPath, [join(ROOT, "tests/ask/start.mjs"), BINARY, "--port", "0", "--out", join(folder, "state.json")], { cwd: ROOT });
  await started.waitFor(/^\{.*\}$/m);
  state = JSON.parse(readFileSync(join(folder, "state.json"), "utf8"));
  for (const connector of MORE) {
    const url = `${state.vendors.cloudflare.origin}/${connector.replace("cloudflare-", "")}/mcp`;
    const { body: flow } = await post("/integrated-account/authorize", { connector, name: connector, url });
    await connect(flow.url, { account: accountId("web") });
    const done = await fetch(`${state.postern}/integrated-account/authorize/${flow.id}`, { headers: { authorization: `Bearer ${state.token}` } });
    state.accounts[connector] = (await done.json()).account_id;
  }
});
after(async () => {
  await started?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function post(path, body) {
  const answer = await fetch(state.postern + path, { method: "POST", headers: { authorization: `Bearer ${state.token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}
const filled = ({ program }, account) => ({ ...program, steps: program.steps.map((step) => ({ ...step, account })) });

test("all that ship are told apart by connector, and those of the sandbox are among them", () => {
  const names = dashboards.map(([name]) => name);
  for (const name of SHOWN) assert.ok(names.includes(name), name);
  for (const [name, { title, tiles }] of dashboards) {
    assert.ok(title.length > 0 && tiles.length >= 4, `${name}: four tiles at least`);
    assert.equal(new Set(tiles.map((tile) => tile.title)).size, tiles.length, `${name}: titles are told apart`);
  }
});

for (const [name, { tiles }] of dashboards.filter(([name]) => SHOWN.includes(name)))
  for (const tile of tiles)
    test(`${name}: ${tile.title}`, async () => {
      const account = state.accounts[name];
      const { status, body } = await post("/program", { program: filled(tile, account) });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.status, "complete", JSON.stringify({ ...body, results: undefined }));
      const result = body.results.find((r) => r.name === (tile.result ?? Object.keys(tile.program.results)[0]));
      assert.ok(result.rows.length > 0, JSON.stringify(result));
      const wish = tile.program.results[result.name].chart;
      if (wish) assert.ok(result.chart, "a chart as wished for");
      assert.deepEqual(body.warnings ?? [], [], "nothing to mind");
    });
