// SPDX-License-Identifier: Apache-2.0
// A credential that sees one vendor account needs no account_id, whichever way it may ask for it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { modern, start } from "../lib/postern.mjs";

let world;
before(async () => (world = await start()));
after(() => world?.close());

const call = (server, name, args = {}) => modern(server.url, "tools/call", { name, arguments: args });

for (const token of ["cfut_sandbox_one_account", "cfat_sandbox_read_all"])
  test(`${token}: the one account fills itself in`, async () => {
    const account = await world.account(token);
    assert.match(account.context.account_id, /^[0-9a-f]{32}$/);
    const server = await world.server(account);
    const { body } = await call(server, "list_all_cloudflare_members");
    assert.equal(body.result.isError, false, body.result.content[0].text);
    assert.ok(JSON.parse(body.result.content[0].text).result.length > 0);
  });

test("with several accounts a tool that needs one says which there are", async () => {
  const account = await world.account("cfut_sandbox_two_accounts");
  assert.equal(account.context.account_id, undefined);
  const server = await world.server(account);
  const { body } = await call(server, "list_all_cloudflare_members");
  const text = body.result.content[0].text;
  assert.equal(body.result.isError, true);
  assert.match(text, /Account context missing/);
  const [id] = text.match(/[0-9a-f]{32}/) ?? [];
  assert.ok(id, `an id to choose in: ${text}`);
  const chosen = await call(server, "list_all_cloudflare_members", { account_id: id });
  assert.equal(chosen.body.result.isError, false, chosen.body.result.content[0].text);
});
