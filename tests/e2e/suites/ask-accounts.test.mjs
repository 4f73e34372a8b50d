// SPDX-License-Identifier: Apache-2.0
// Two accounts of one vendor: a question that names one is answered by it alone, and says so.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { start } from "../lib/postern.mjs";

let world;
before(async () => {
  world = await start();
  for (const name of ["acme", "Globex EU", "globex"])
    await world.must(201, "POST", "/integrated-account", { connector: "cloudflare", name, credential: { token: "cfut_sandbox_one_account" }, base_url: world.sandbox.api });
});
after(() => world?.close());

const ask = (question, more = {}) => world.must(200, "POST", "/ask", { question, ...more });
const asked = (a) => [...new Set(a.calls.map((c) => c.account))].sort();
const one = async (question) => (await ask(question)).table.rows[0][0];

describe("an account that a question names", () => {
  for (const [question, accounts] of Object.entries({
    "how many active zones does globex have?": ["globex"],
    "how many active zones does Globex EU have?": ["Globex EU"],
    'list the zones of "Globex EU"': ["Globex EU"],
    "list globex's zones": ["globex"],
    "list the zones of acme and globex": ["acme", "globex"],
    "how many DNS records does the globex account have per zone?": ["globex"],
    "who changed firewall rules in globex this week?": ["globex"],
    "top 5 countries by requests on example.com of acme in the last 3 days": ["acme"],
  }))
    test(question, async () => {
      const a = await ask(question);
      assert.equal(a.outcome, "answer", a.text);
      assert.deepEqual(asked(a), accounts);
      for (const name of accounts) assert.match(a.text, new RegExp(`Only the accounts? .*"${name}"`));
      assert.deepEqual(a.understood.filter((c) => c.what === "account").map((c) => c.said).sort(), accounts);
    });

  test("without a name all are asked, and each counts", async () => {
    const a = await ask("how many active zones do we have?");
    assert.deepEqual(asked(a), ["Globex EU", "acme", "globex"]);
    assert.equal(a.table.rows[0][0], 3 * (await one("how many active zones does acme have?")));
  });

  test("a question that follows keeps it, or names another", async () => {
    const first = await ask("how many active zones does globex have?");
    const narrower = await ask("only the paused ones", { follow: first.id });
    assert.deepEqual(asked(narrower), ["globex"], narrower.text);
    const other = await ask("and acme?", { follow: first.id });
    assert.deepEqual([other.outcome, asked(other)], ["answer", ["acme"]], other.text);
    assert.deepEqual(other.table.rows, first.table.rows);
  });

  test("one that is denied is asked back, and a program says which it asks", async () => {
    const denied = await ask("zones not in globex");
    assert.notEqual(denied.outcome, "answer", denied.text);
    const a = await ask("how many active zones does globex have?");
    assert.deepEqual(a.program.steps.map((s) => s.account), [["globex"]]);
  });
});
