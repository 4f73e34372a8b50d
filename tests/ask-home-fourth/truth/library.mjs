// SPDX-License-Identifier: Apache-2.0
// What lies in the media library.
import { grouped, round, sum, tell } from "../../ask/truth/spans.mjs";
import { cloudinary } from "../../ask/vendors.mjs";

const media = await cloudinary();
const assets = [];
for (let cursor; ; ) {
  const page = await media("search-assets", { request: { max_results: 500, with_field: ["tags", "context", "metadata"], ...(cursor ? { next_cursor: cursor } : {}) } });
  assets.push(...page.resources);
  if (!(cursor = page.next_cursor)) break;
}
const images = assets.filter((a) => a.resource_type === "image");
const videos = assets.filter((a) => a.resource_type === "video");
const ids = (list) => list.map((a) => a.public_id);
const newest = (list, n) => ids([...list].sort((a, b) => (a.uploaded_at < b.uploaded_at ? 1 : -1)).slice(0, n));
const has = (tag) => (a) => a.tags.includes(tag);

tell("legacy_unapproved", assets.filter((a) => has("legacy")(a) && !has("approved")(a)).length);
tell("draft_images", images.filter(has("draft")).length);
for (const [format, list] of grouped(assets, (a) => a.format)) tell(`format.${format}`, list.length);
tell("brand_untagged", ids(images.filter((a) => a.asset_folder === "brand" && a.tags.length === 0)));
tell("brand_untagged_count", images.filter((a) => a.asset_folder === "brand" && a.tags.length === 0).length);
const owned = grouped(assets, (a) => a.metadata.owner).map(([owner, list]) => [owner, sum(list, (a) => a.bytes)]);
for (const owner of ["marketing", "press"]) tell(`about_bytes_of.${owner}`, owned.find(([name]) => name === owner)[1]);
tell("blog_newest", newest(assets.filter((a) => a.asset_folder === "blog"), 3));
tell("no_alt_newest", newest(images.filter((a) => !a.context?.custom?.alt), 5));
const seconds = sum(videos, (a) => a.duration);
tell("video_seconds", seconds);
tell("about_video_minutes", round(seconds / 60, 1));
tell("about_video_hours", round(seconds / 3600, 2));
tell("bandwidth_used_percent", (await media("get-usage-details")).bandwidth.used_percent);
