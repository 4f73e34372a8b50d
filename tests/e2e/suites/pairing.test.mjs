// SPDX-License-Identifier: Apache-2.0
// Each pairing of eras: official clients in every mode they have, through Postern, to upstreams of every kind
// of HTTP that MCP has had. The same is expected of all of them (lib/behaviours.mjs), but for what an upstream
// without any connection cannot do. POSTERN_E2E_DIRECT=1 leaves Postern out where client and upstream
// understand each other anyway: what fails then is not ours.
import { after, before, describe, test } from "node:test";
import { BEHAVIOURS } from "../lib/behaviours.mjs";
import { ABILITIES, CLIENTS, SSE_CLIENTS } from "../lib/clients.mjs";
import { serve, startConformance, startWorld } from "../lib/upstream.mjs";

const DIRECT = process.env.POSTERN_E2E_DIRECT === "1";
const LEGACY = ["SDK v1", "SDK v2, legacy"], MODERN = ["SDK v2, auto", "SDK v2, pinned"], PAIR = ["SDK v1, SSE", "SDK v2, SSE"];
const { PLAIN, LIVE, RESUMED } = BEHAVIOURS;
const EVERYTHING = { ...PLAIN, ...LIVE, ...RESUMED };

// `understood` names the clients that need no Postern.
const UPSTREAMS = {
  "modern and legacy": { args: ["dual"], understood: [...LEGACY, ...MODERN] },
  "modern only": { args: ["modern"], understood: MODERN },
  "modern only, answering by streams": { args: ["modern", ["--response", "sse"]], understood: MODERN, clients: ["SDK v1", "SDK v2, pinned"] },
  "legacy, with sessions": { args: ["sessions"], understood: LEGACY },
  "legacy of 2025-06-18, with sessions": { args: ["sessions", ["--version", "2025-06-18"]], understood: LEGACY, clients: ["SDK v1", "SDK v2, pinned"] },
  "legacy, without sessions": { args: ["stateless"], understood: LEGACY, behaviours: { ...PLAIN, ...RESUMED } },
  "HTTP+SSE of 2024-11-05": { args: ["sse", ["--version", "2024-11-05"]], understood: PAIR },
};

let world;
before(async () => {
  if (!DIRECT) world = await startWorld();
});
after(() => world?.close());

// Upstreams side by side; on one of them one client after the other, since they change what it lists.
describe("pairings", { concurrency: 4 }, () => {
  for (const [upstreamName, { args, understood, clients: names, behaviours = EVERYTHING }] of Object.entries(UPSTREAMS))
    describe(upstreamName, { concurrency: 1 }, () => {
      let upstream, served;
      before(async () => {
        upstream = await startConformance(...args);
        served = DIRECT ? upstream : await serve(world, upstream.url);
      });
      after(() => upstream?.close());

      const all = Object.entries({ ...CLIENTS, ...SSE_CLIENTS }).filter(([name]) => (!names || names.includes(name)) && (!DIRECT || understood.includes(name)));
      for (const [name, { era, connect: open }] of all)
        describe(name, { concurrency: 1 }, () => {
          // The pair of 2024-11-05 has an address of its own.
          const url = () => (era === "sse" ? served.url.replace("/mcp/", "/sse/") : served.url);
          const connect = (more) => open(url(), more);
          let client;
          before(async () => {
            client = await connect({ abilities: ABILITIES });
          });
          after(() => client?.close());
          for (const [what, behave] of Object.entries(behaviours)) test(what, () => behave({ client, connect, era, upstream }));
        });
    });
});
