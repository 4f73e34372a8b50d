// SPDX-License-Identifier: Apache-2.0
// A server as large as they come: Cloudflare's whole public document (1,533 operations; not part of the repository,
// POSTERN_CLOUDFLARE_JSON names it) with what the shipped connector says of it, and five more vendors. Example:
//   if (!existsSync(DOCUMENT)) return t.skip("the public document is not here");
//   const large = await startLarge();
//   const server = await large.server({ discovery: "search" });
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAuthVendor } from "./auth-vendor.mjs";
import { startWithVendors } from "./oauth.mjs";
import { BINARY, ROOT, startSandbox } from "./postern.mjs";

export const DOCUMENT = process.env.POSTERN_CLOUDFLARE_JSON ?? join(ROOT, "../shared/openapi/cloudflare.json");

const others = (noun) => ["list", "get", "search"].map((verb) => ({ name: `${verb}_${noun}`, description: `${verb} ${noun}s of the workspace.`, inputSchema: { type: "object", properties: { query: { type: "string" } } }, annotations: { readOnlyHint: true } }));

export async function startLarge() {
  const folder = mkdtempSync(join(tmpdir(), "postern-large-"));
  cpSync(join(ROOT, "connectors"), folder, { recursive: true });
  const yaml = join(folder, "cloudflare/connector.yaml");
  writeFileSync(yaml, readFileSync(yaml, "utf8").replace("openapi: openapi.yaml", "openapi: whole.json"));
  symlinkSync(DOCUMENT, join(folder, "cloudflare/whole.json"));
  const [world, sandbox, ...more] = await Promise.all([startWithVendors({ settings: { connectors_dir: folder } }), startSandbox(), ...["ticket", "invoice"].map((noun) => startAuthVendor({ tools: others(noun) }))]);
  const cf = await world.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "cf", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  const { account: arcjet } = await world.connect("arcjet", { name: "arcjet" });
  const { account: assets } = await world.connect("cloudinary", { name: "assets" });
  const { account: bindings } = await world.connect("cloudflare", { name: "bindings" });
  const accounts = [cf, arcjet, assets, bindings];
  for (const [i, vendor] of more.entries()) {
    vendor.open = true;
    accounts.push(await world.must(201, "POST", "/integrated-account", { url: vendor.url, name: ["desk", "books"][i], way: "open", credential: {} }));
  }
  let serial = 0;
  return {
    world,
    cf,
    server: (config) => world.must(201, "POST", "/mcp-server", { name: `large-${++serial}`, accounts: accounts.map((a) => a.id), config }),
    async close() {
      await world.close();
      await sandbox.close();
      for (const vendor of more) await vendor.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// What a tool of a document calls, whatever it is named: "GET /zones/{}/dns_records".
export function operations(document, ...more) {
  const run = spawnSync(BINARY, ["compile", document, "--connector", "cloudflare", "--json", ...more], { encoding: "utf8", maxBuffer: 1 << 28 });
  return new Map(JSON.parse(run.stdout).tools.map((t) => [t.name, t.operation.replace(/\{[^}]*\}/g, "{}")]));
}
