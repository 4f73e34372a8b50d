// SPDX-License-Identifier: Apache-2.0
// Assets, and what they use.
import { cloudinary } from "../vendors.mjs";
import { tell, DAY, now, first, quarter, within, day, sum, round, percent, median, grouped, leaders } from "./tell.mjs";

const media = await cloudinary();
const assets = [];
for (let cursor; ; ) {
  const page = await media("search-assets", { request: { max_results: 500, with_field: ["tags", "context", "metadata"], ...(cursor ? { next_cursor: cursor } : {}) } });
  assets.push(...page.resources);
  if (!(cursor = page.next_cursor)) break;
}
const uploaded = (a) => Date.parse(a.uploaded_at);
const kind = (k) => assets.filter((a) => a.resource_type === k);
const images = kind("image");
const videos = kind("video").sort((a, b) => b.bytes - a.bytes);
const largest = [...assets].sort((a, b) => b.bytes - a.bytes);
const noAlt = (a) => !a.context?.custom?.alt;
const untagged = (a) => a.tags.length === 0;
const stored = sum(assets, (a) => a.bytes);
tell("assets_total", assets.length);
tell("assets_bytes", stored);
tell("images_total", images.length);
tell("videos_total", videos.length);
tell("files_total", kind("raw").length);
tell("largest_asset", largest[0].public_id);
tell("largest_asset_bytes", largest[0].bytes);
tell("largest_asset_percent", percent(largest[0].bytes, stored));
tell("largest_assets_10", largest.slice(0, 10).map((a) => a.public_id));
tell("largest_assets_5", largest.slice(0, 5).map((a) => a.public_id));
tell("largest_videos_5", videos.slice(0, 5).map((a) => a.public_id));
tell("largest_video_percent", percent(videos[0].bytes, stored));
tell("largest_video_seconds", videos[0].duration);
tell("no_alt", images.filter(noAlt).length);
tell("no_alt_percent", percent(images.filter(noAlt).length, images.length));
const folders = grouped(assets, (a) => a.asset_folder);
const perFolder = grouped(images, (a) => a.asset_folder).map(([name, list]) => ({ name, share: percent(list.filter(noAlt).length, list.length), mean: sum(list, (a) => a.bytes) / list.length }));
const worst = [...perFolder].sort((a, b) => b.share - a.share);
tell("no_alt_worst_folder", worst[0].name);
tell("no_alt_worst_percent", worst[0].share);
tell("no_alt_percent.brand", perFolder.find((f) => f.name === "brand").share);
const heavy = [...perFolder].sort((a, b) => b.mean - a.mean);
tell("image_mean_top_folder", heavy[0].name);
tell("image_mean_top_bytes", round(heavy[0].mean));
for (const w of ["14d", "14d@start", "30d", "30d@start", "month"]) {
  const list = within(images, w, uploaded).filter(untagged);
  tell(`untagged_images_${w}`, list.length);
  tell(`untagged_images_ids_${w}`, list.map((a) => a.public_id));
}
for (const w of ["60d", "60d@start"]) tell(`untagged_videos_${w}`, within(videos, w, uploaded).filter(untagged).length);
tell("longest_videos_5", [...videos].sort((a, b) => b.duration - a.duration).slice(0, 5).map((a) => a.public_id));
tell("longest_video_seconds", Math.max(...videos.map((a) => a.duration)));
tell("images_in_product", images.filter((a) => a.asset_folder === "product").length);
const sizes = folders.map(([name, list]) => ({ name, most: Math.max(...list.map((a) => a.bytes)), all: sum(list, (a) => a.bytes) }));
const byMost = [...sizes].sort((a, b) => b.most - a.most);
const byAll = [...sizes].sort((a, b) => b.all - a.all);
tell("folder_largest_asset", byMost[0].name);
tell("folder_most_bytes", byAll[0].name);
tell("folder_most_bytes_bytes", byAll[0].all);
tell("folder_least_bytes", byAll.at(-1).name);
const taggings = grouped(assets.flatMap((a) => a.tags), (t) => t);
tell("tag_top_names", leaders(taggings));
tell("tag_top_count", taggings[0][1].length);
tell("tags_top3", taggings.slice(0, 3).map(([t]) => t));
tell("tag_rarest", taggings.at(-1)[0]);
tell("drafts_approved", assets.filter((a) => a.tags.includes("draft") && a.tags.includes("approved")).length);
for (const [owner, list] of grouped(assets, (a) => a.metadata.owner)) tell(`owner_assets.${owner}`, list.length);
tell("owner_top", grouped(assets, (a) => a.metadata.owner)[0][0]);
tell("image_median_bytes", median(images.map((a) => a.bytes)));
tell("images_wide", images.filter((a) => a.width > 4000).length);
const weeks = grouped(assets, (a) => day(uploaded(a) - ((new Date(uploaded(a)).getUTCDay() + 6) % 7) * DAY));
tell("peak_upload_week", weeks[0][1].length);
tell("uploads_30d", within(assets, "30d", uploaded).length);

const usage = [];
for (let ago = 0; ago <= 14; ago++) usage.push({ date: day(now - ago * DAY), ...(await media("get-usage-details", { date: day(now - ago * DAY) })) });
const total = await media("get-usage-details");
tell("storage_bytes", total.storage.usage);
tell("storage_percent", total.storage.used_percent);
tell("storage_limit", total.storage.limit);
tell("bandwidth_30d", total.bandwidth.usage);
tell("bandwidth_percent", total.bandwidth.used_percent);
tell("bandwidth_today", usage[0].bandwidth.usage);
tell("bandwidth_yesterday", usage[1].bandwidth.usage);
tell("bandwidth_ratio", round(usage[0].bandwidth.usage / usage[1].bandwidth.usage, 1));
const busiest = [...usage.slice(0, 14)].sort((a, b) => b.bandwidth.usage - a.bandwidth.usage)[0];
tell("bandwidth_peak_14d", busiest.bandwidth.usage);
tell("bandwidth_peak_date", busiest.date);
const storageAt = async (ms) => (await media("get-usage-details", { date: day(ms) })).storage.usage;
tell("storage_last_month_end", await storageAt(first(0) - DAY));
tell("storage_month_end_before", await storageAt(first(1) - DAY));
// The last quarter: at its beginning, its end, the mean of its months' ends; and three months ago.
const ends = [0, 1, 2, 3].map((months) => quarter(months) - DAY);
const levels = await Promise.all(ends.map(storageAt));
tell("storage_last_quarter_begin", levels[0]);
tell("storage_last_quarter_end", levels[3]);
tell("storage_last_quarter_mean", round(sum(levels.slice(1)) / 3));
tell("storage_last_quarter_growth_percent", percent(levels[3] - levels[0], levels[0]));
tell("storage_90d_ago", await storageAt(now - 90 * DAY));
