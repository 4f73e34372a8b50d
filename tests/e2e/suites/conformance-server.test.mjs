// SPDX-License-Identifier: Apache-2.0
// The official conformance suite in server mode, through Postern: behind it stands our conformance server
// (sandbox/src/conformance), which passes everything scored when asked directly. First an upstream that speaks
// the era of the suite, then one that speaks only another, so that Postern translates every message.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { conformance } from "../lib/conformance.mjs";
import { serve, startConformance, startWorld } from "../lib/upstream.mjs";

let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.close());

// Unscored, but ours: what Postern itself does, rather than what it passes on. (server-sse-polling checks nothing
// here: Postern answers with JSON what has no events before its result; lib/behaviours.mjs has that tool resumed.)
const UNSCORED = {
  "2025-11-25": ["server-session-lifecycle", "json-schema-2020-12"],
  "2026-07-28": ["http-header-validation", "http-custom-header-server-validation", "json-schema-2020-12"],
};
const ROWS = [
  { revision: "2025-11-25", era: "dual" },
  { revision: "2026-07-28", era: "dual" },
  { revision: "2025-11-25", era: "modern" },
  { revision: "2026-07-28", era: "sessions" },
  { revision: "2025-11-25", era: "sse" },
  { revision: "2026-07-28", era: "sse" },
];

for (const { revision, era } of ROWS)
  describe(`${revision} over ${era}`, () => {
    let upstream;
    before(async () => {
      upstream = await startConformance(era);
    });
    after(() => upstream?.close());

    test("nothing fails but what the baseline names", async () => {
      const baseline = era === "dual" ? `server-${revision}` : `server-${revision}-over-${era}`;
      await conformance(async () => ["server", "--url", (await serve(world, upstream.url)).url], revision, baseline, UNSCORED[revision]);
      assert.ok((await upstream.state()).requests > 10, "and the answers came from upstream");
    });
  });
