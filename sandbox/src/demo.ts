// SPDX-License-Identifier: Apache-2.0
// The demo: Postern in front of the sandbox's vendors, and official MCP clients that look into an incident through
// it. Prints each step; exits non-zero when one does not hold. Usage, from the repository's root:
//   node sandbox/dist/demo.js BINARY CONNECTORS     STAY=0 ends when done, else it stays until Ctrl-C.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byAsking } from "./demo/asking.js";
import { byConsent } from "./demo/hosted.js";
import { byPinning } from "./demo/pinning.js";
import { byToken } from "./demo/rest.js";
import { management, say, serve, stepsHeld } from "./demo/stage.js";
import { byWatching } from "./demo/watching.js";
import { Vendors } from "./vendor/index.js";

const [binary, connectors] = process.argv.slice(2);
if (!binary || !connectors) {
  process.stderr.write("usage: demo BINARY CONNECTORS\n");
  process.exit(2);
}

async function main() {
  const begun = Date.now();
  const vendors = new Vendors();
  const places = (await vendors.listen()) as Parameters<typeof byConsent>[1];
  const folder = mkdtempSync(join(tmpdir(), "postern-demo-"));
  const postern = serve(binary!, connectors!, folder);
  say("Postern demo: one incident, three vendors, scoped MCP servers. All of it runs on this machine:");
  try {
    const { url, token } = await postern.started;
    say(`   postern                    ${url}`);
    say(`   Cloudflare's REST API      ${places.rest.origin}`);
    for (const [name, title] of [["cloudflare", "Cloudflare's MCP servers"], ["cloudinary", "Cloudinary's MCP server"], ["arcjet", "Arcjet's MCP server"]] as const)
      say(`   ${title.padEnd(26)} ${places[name]!.origin}`);
    const api = management(url, token);
    const account = await byToken(api, places.rest.base_url);
    const server = await byConsent(api, places, account);
    await byAsking(binary!, url, token);
    await byPinning(api, binary!, url, token);
    await byWatching(binary!, url, token, places.rest.base_url);
    say(`\nAll ${stepsHeld()} steps held, in ${((Date.now() - begun) / 1000).toFixed(1)} s.`);
    if (process.env["STAY"] !== "0") {
      const link = (await api("POST", "/sign-in-link", {})) as { url: string };
      say(`\nIt stays up. Open the console, which this link signs you in to, once:\n\n    ${link.url}\n\nPoint any MCP client at\n\n    ${server}\n\nor manage it:  export POSTERN_URL=${url} POSTERN_TOKEN=${token}\nCtrl-C ends it.`);
      await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
    }
  } finally {
    await postern.stop();
    await vendors.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  },
);
