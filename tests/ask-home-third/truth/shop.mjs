// SPDX-License-Identifier: Apache-2.0
// Media and sign-ups.
import { DAY, grouped, leaders, midnight, round, sum, tell, within } from "../../ask/truth/spans.mjs";
import { cloudinary, signups } from "../../ask/vendors.mjs";

const media = await cloudinary();
const assets = [];
for (let cursor; ; ) {
  const page = await media("search-assets", { request: { max_results: 500, ...(cursor ? { next_cursor: cursor } : {}) } });
  assets.push(...page.resources);
  if (!(cursor = page.next_cursor)) break;
}
const bytes = (list) => sum(list, (a) => a.bytes);
tell("videos_long", assets.filter((a) => a.resource_type === "video" && a.duration > 120).length);
const folders = grouped(assets, (a) => a.asset_folder).sort((a, b) => bytes(b[1]) - bytes(a[1]));
tell("folder_heaviest", folders[0][0]);
for (const format of ["png", "jpg"]) {
  const some = assets.filter((a) => a.format === format);
  tell(`mean_bytes.${format}`, round(bytes(some) / some.length));
}

const joined = [];
for (let cursor = ""; cursor !== null; ) {
  const page = await signups(`/signups?limit=200&from=${new Date(midnight - 100 * DAY).toISOString()}${cursor && `&cursor=${cursor}`}`);
  joined.push(...page.data);
  cursor = page.next_cursor ?? null;
}
const at = (s) => Date.parse(s.created_at);
for (const w of ["30d", "30d@days"]) {
  tell(`land_least_${w}`, leaders(grouped(within(joined, w, at), (s) => s.country).reverse())[0]);
}
for (const w of ["90d", "90d@days"]) tell(`business_fr_${w}`, within(joined, w, at).filter((s) => s.country === "FR" && s.plan === "business").length);
tell("signups_lastweek", within(joined, "lastweek", at).length);
