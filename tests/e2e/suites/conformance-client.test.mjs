// SPDX-License-Identifier: Apache-2.0
// The official conformance suite in client mode: it plays the vendor's MCP server and authorization server,
// and tests/conformance/driver.c does with mcp/client and oauth/oauth what each scenario asks of a client.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { conformance, REVISIONS, run } from "../lib/conformance.mjs";
import { BINARY } from "../lib/postern.mjs";

const DRIVER = process.env.POSTERN_CONFORMANCE ?? join(dirname(BINARY), "../tests/conformance/postern-conformance");

// Unscored, but ours.
const UNSCORED = ["json-schema-2020-12-preservation", "auth/client-credentials-jwt", "auth/client-credentials-basic"];
const BACKCOMPAT = ["auth/2025-03-26-oauth-metadata-backcompat", "auth/2025-03-26-oauth-endpoint-fallback"];

test("the driver is there", () => assert.ok(existsSync(DRIVER), DRIVER));

for (const revision of REVISIONS)
  test(`${revision}: nothing fails but what the baseline names`, () => conformance(["client", "--command", DRIVER], revision, `client-${revision}`, UNSCORED));

test("authorization as 2025-03-26 had it", async () => {
  const { code, output, passed } = await run(["client", "--command", DRIVER, "--suite", "backcompat"]);
  assert.equal(code, 0, output);
  for (const scenario of BACKCOMPAT) assert.ok(passed(scenario), output);
});
