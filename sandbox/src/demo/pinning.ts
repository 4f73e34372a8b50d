// SPDX-License-Identifier: Apache-2.0
// What was asked is pinned: a dashboard that is run again without a model, and a link that shows it to who has no account.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, many, say, step, type Api } from "./stage.js";

const QUESTION = "how many requests were denied per site in the last 24 hours?";

export async function byPinning(api: Api, binary: string, url: string, token: string): Promise<void> {
  step("The answer, pinned: run again by hand or every five minutes, without a model and without a question");
  const environment = { ...process.env, POSTERN_URL: url, POSTERN_TOKEN: token, COLUMNS: "100" };
  const postern = async (...args: string[]) => {
    say(`\n   $ postern ${args.map((word) => (/[^\w.:-]/.test(word) ? `"${word}"` : word)).join(" ")}`);
    return (await promisify(execFile)(binary, args, { env: environment })).stdout.trimEnd();
  };
  const show = (text: string) => text.split("\n").forEach((line) => say(`   ${line}`.trimEnd()));
  show(await postern("dashboard", "create", "watch"));
  await postern("ask", QUESTION, "--pin", "watch");
  show(await postern("dashboard", "refresh", "watch"));
  const { tiles } = await api("GET", "/dashboard/watch");
  expect(tiles.length === 1 && tiles[0].state === "ok" && tiles[0].data.rows.length > 0, `a tile with rows, not ${JSON.stringify(tiles)}`);
  await api("PATCH", `/tile/${tiles[0].id}`, { every_seconds: 300 });

  step("A link shows it, without an account, and nothing else");
  const link = (await postern("share", "create", "watch", "--expires-in", "7d")).trim();
  const page = await fetch(link);
  const html = await page.text();
  expect(page.ok && html.includes(QUESTION) && !html.includes("<script"), "a page without a script");
  say(`   the page has ${many(html.split("<tr>").length - 2, "row")}; ${page.headers.get("content-security-policy")!.replace(/'nonce-[^']*'/, "'nonce-…'")}`);
  const { items } = await api("GET", "/share");
  show(await postern("share", "revoke", items[0].id, "--yes"));
  expect((await fetch(link)).status === 404, "a revoked link that shows nothing");
}
