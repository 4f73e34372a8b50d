// SPDX-License-Identifier: Apache-2.0
// What lies in the media library, and what it used.
import { DAY, day, grouped, now, percent, round, sum, tell } from "../../ask/truth/spans.mjs";
import { cloudinary } from "../../ask/vendors.mjs";
import { orNone } from "./spans.mjs";

const media = await cloudinary();
const assets = [];
for (let cursor; ; ) {
  const page = await media("search-assets", { request: { max_results: 500, with_field: ["tags", "context", "metadata"], ...(cursor ? { next_cursor: cursor } : {}) } });
  assets.push(...page.resources);
  if (!(cursor = page.next_cursor)) break;
}
const images = assets.filter((a) => a.resource_type === "image");
const bytes = (list) => sum(list, (a) => a.bytes);
const large = (least) => images.filter((a) => a.width > 3000 && a.bytes > least);
for (const [name, least] of [["mb", 3e6], ["mib", 3 * 1024 ** 2]]) {
  tell(`large_${name}`, large(least).length);
  tell(`large_ids_${name}`, large(least).map((a) => a.public_id));
}
const oldest = images.reduce((a, b) => (a.uploaded_at < b.uploaded_at ? a : b));
tell("image_oldest", oldest.public_id);
tell("image_oldest_day", oldest.uploaded_at.slice(0, 10));
tell("image_oldest_bytes", oldest.bytes);
tell("image_oldest_size", [oldest.width, oldest.height]);
// The 95th percentile by the ways in use: the nearest rank, and between two ranks.
const sizes = images.map((a) => a.bytes).sort((a, b) => a - b);
const between = (rank) => sizes[Math.floor(rank)] + (rank % 1) * (sizes[Math.ceil(rank)] - sizes[Math.floor(rank)]);
tell("image_p95_nearest", sizes[Math.ceil(0.95 * sizes.length) - 1]);
tell("about_image_p95", round(between(0.95 * (sizes.length - 1))));
tell("about_image_p95_wide", round(between(0.95 * (sizes.length + 1) - 1)));
for (const season of ["autumn", "summer"]) {
  const list = assets.filter((a) => a.asset_folder === `campaigns/${season}`);
  tell(`bytes_of.${season}`, bytes(list));
  tell(`assets_of.${season}`, list.length);
}
for (const [format, list] of grouped(images, (a) => a.format)) tell(`about_mean_bytes.${format}`, round(bytes(list) / list.length));
tell("assets_unowned", orNone(assets.filter((a) => !a.metadata?.owner).map((a) => a.public_id)));
tell("videos_percent", percent(assets.filter((a) => a.resource_type === "video").length, assets.length));
const { folders } = await media("search-folders", {});
tell("folder_paths", folders.map((f) => f.path));
for (const ago of [1, 5]) tell(`transformations_${ago}d`, (await media("get-usage-details", { date: day(now - ago * DAY) })).transformations.usage);
export const bandwidth = async (date) => (await media("get-usage-details", { date })).bandwidth.usage;
