// SPDX-License-Identifier: Apache-2.0
// Keeping watch without a model: an answer is pinned and run again, and a condition on it tells a webhook when somebody
// pauses a firewall rule.

import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { expect, say, step, type Json } from "./stage.js";

const QUESTION = "list the firewall rules of production";

interface Told {
  text: string;
  headers: Json;
}

/** A small receiver on this machine: prints nothing, keeps what came. */
async function receiver() {
  const told: Told[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const bytes of request) text += bytes;
    told.push({ text, headers: request.headers });
    response.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as { port: number };
  const next = async () => {
    const until = Date.now() + 30_000;
    while (told.length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told.length === 1, "one message at the webhook");
    return told[0]!;
  };
  return { url: `http://127.0.0.1:${address.port}/alerts`, next, close: () => server.close() };
}

/** Somebody with a credential of the account pauses the first rule that works, past Postern. */
async function pauseOne(baseUrl: string): Promise<Json> {
  const vendor = async (method: string, path: string, body?: Json) => {
    const answer = await fetch(baseUrl + path, {
      method,
      headers: { authorization: "Bearer cfut_sandbox_one_account", "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const json = (await answer.json()) as Json;
    expect(json["success"], `${method} ${path} to be taken, not: ${JSON.stringify(json["errors"])}`);
    return json["result"];
  };
  const zone = (await vendor("GET", "/zones?name=example.com"))[0];
  const rule = (await vendor("GET", `/zones/${zone.id}/firewall/rules`)).find((r: Json) => !r["paused"]);
  await vendor("PATCH", `/zones/${zone.id}/firewall/rules/${rule.id}`, { paused: true });
  return rule;
}

export async function byWatching(binary: string, url: string, token: string, baseUrl: string): Promise<void> {
  step("Keep watch: pin which firewall rules production has, and be told when one is paused, changed or removed");
  const environment = { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: token, COLUMNS: "100" };
  const postern = async (args: string[], silent = false) => {
    const { stdout } = await promisify(execFile)(binary, args, { env: environment });
    if (!silent) say(`   $ postern ${args.map((a) => (/[^\w./:-]/.test(a) ? JSON.stringify(a) : a)).join(" ")}`);
    return stdout;
  };
  const hook = await receiver();
  try {
    await postern(["alias", "set", "production", "example.com"]);
    await postern(["dashboard", "create", "edge"]);
    await postern(["ask", QUESTION, "--pin", "edge"]);
    const board = JSON.parse(await postern(["dashboard", "show", "edge", "--json"], true)) as Json;
    const tile = board["tiles"][0] as Json;
    const added = await postern(["watch", "add", tile["id"], "changed or removed row", "--key", "description", "--webhook", hook.url]);
    const secret = added.match(/whs_\S+/)?.[0];
    expect(secret, "a secret that signs");
    const rows = JSON.parse(await postern(["tile", "refresh", tile["id"], "--json"]))["data"]["row_count"];
    say(`   → ${rows} rules; nothing is told: this run is what others are compared with`);
    const rule = await pauseOne(baseUrl);
    say(`   somebody pauses "${rule["description"]}", past Postern`);
    await postern(["tile", "refresh", tile["id"]]);
    const { text, headers } = await hook.next();
    const signed = createHmac("sha256", secret).update(`${headers["postern-timestamp"]}.${text}`).digest("hex");
    expect(headers["postern-signature"] === `v1=${signed}`, "a signature that holds");
    const event = JSON.parse(text) as Json;
    const change = event["rows"][0] as Json;
    expect(event["row_count"] === 1 && change["change"] === "changed", `one changed row, not: ${text}`);
    say(`   the webhook is told, signed: ${event["event"]}: ${event["condition"]} in "${event["tile"]["title"]}"`);
    event["columns"].forEach((name: string, i: number) => {
      if (JSON.stringify(change["before"][i]) !== JSON.stringify(change["cells"][i])) say(`   → ${rule["description"]}: ${name} ${JSON.stringify(change["before"][i])} → ${JSON.stringify(change["cells"][i])}`);
    });
  } finally {
    hook.close();
  }
}
