// SPDX-License-Identifier: Apache-2.0
// What questions-home.jsonl wants beside the truths of tests/ask.
import { cloudinary, rest, rows, signups } from "../../ask/vendors.mjs";
import { A, perZone, zoneOf } from "../../ask/truth/zones.mjs";
import { DAY, grouped, leaders, midnight, one, percent, sum, tell, within } from "../../ask/truth/spans.mjs";
import { mean } from "./figures.mjs";

const records = [...perZone.values()].flatMap((p) => p.dns);
tell("dns_top_type_count", grouped(records, (r) => r.type)[0][1].length);
const main = perZone.get("example.com").dns;
tell("mx.example.com", main.filter((r) => r.type === "MX").map((r) => r.content));
const pages = await rest(`/zones/${zoneOf("example.com").id}/pagerules`);
tell("page_rules_disabled.example.com", pages.result.filter((r) => r.status === "disabled").map((r) => r.targets[0].constraint.value));
const tokens = await rows(`${A}/tokens`);
tell("tokens_unlimited", tokens.filter((t) => !t.expires_on).map((t) => t.name));
const tunnels = await rows(`${A}/cfd_tunnel`);
tell("tunnel_names", tunnels.map((t) => t.name));
const buckets = (await rest(`${A}/r2/buckets`)).result.buckets;
tell("buckets_infrequent", one(buckets.filter((b) => b.storage_class === "InfrequentAccess").map((b) => b.name)));
const roles = await rows(`${A}/members`);
tell("members_super", roles.filter((m) => m.roles.some((r) => r.name.startsWith("Super Administrator"))).map((m) => m.user.email));

const media = await cloudinary();
const assets = [];
for (let cursor; ; ) {
  const page = await media("search-assets", { request: { max_results: 500, ...(cursor ? { next_cursor: cursor } : {}) } });
  assets.push(...page.resources);
  if (!(cursor = page.next_cursor)) break;
}
const kind = (name) => assets.filter((a) => a.resource_type === name);
tell("images_bytes", sum(kind("image"), (a) => a.bytes));
tell("videos_bytes", sum(kind("video"), (a) => a.bytes));
tell("about_video_seconds_mean", mean(kind("video"), (a) => a.duration));
const formats = grouped(kind("image"), (a) => a.format);
tell("image_format_top", one(leaders(formats)));
tell("image_format_top_count", formats[0][1].length);
tell("asset_latest", [...assets].sort((a, b) => (a.uploaded_at < b.uploaded_at ? 1 : -1))[0].public_id);

const joined = [];
for (let cursor = ""; cursor !== null; ) {
  const page = await signups(`/signups?limit=200&from=${new Date(midnight - 40 * DAY).toISOString()}${cursor && `&cursor=${cursor}`}`);
  joined.push(...page.data);
  cursor = page.next_cursor ?? null;
}
const at = (s) => Date.parse(s.created_at);
for (const w of ["yesterday", "7d", "7d@days", "prev7d", "prev7d@days", "week", "lastweek"]) tell(`joined_${w}`, within(joined, w, at).length);
tell("joined_confirmed_yesterday", within(joined, "yesterday", at).filter((s) => s.confirmed).length);
for (const w of ["30d", "30d@days"]) {
  const list = within(joined, w, at);
  for (const plan of ["free", "team", "business"]) tell(`joined_plan_${w}.${plan}`, list.filter((s) => s.plan === plan).length);
  tell(`joined_confirmed_percent_${w}`, percent(list.filter((s) => s.confirmed).length, list.length));
  const from = grouped(list.filter((s) => s.country === "DE"), (s) => s.source);
  tell(`joined_top_source_${w}.DE`, one(leaders(from)));
  tell(`joined_top_source_count_${w}.DE`, from[0][1].length);
}
