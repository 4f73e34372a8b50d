// SPDX-License-Identifier: Apache-2.0
// What lies in the media library, and what it served.
import { DAY, day, now, percent, sum, tell, within } from "../../ask/truth/spans.mjs";
import { cloudinary } from "../../ask/vendors.mjs";

const media = await cloudinary();
const assets = [];
for (let cursor; ; ) {
  const page = await media("search-assets", { request: { max_results: 500, with_field: ["tags", "context", "metadata"], ...(cursor ? { next_cursor: cursor } : {}) } });
  assets.push(...page.resources);
  if (!(cursor = page.next_cursor)) break;
}
const orNone = (list) => (list.length ? list : 0);
const videos = assets.filter((a) => a.resource_type === "video");
const long = videos.filter((a) => a.duration > 120);
tell("videos_long", long.length);
tell("videos_long_draft", long.filter((a) => a.tags.includes("draft")).length);
tell("video_bytes_percent", percent(sum(videos, (a) => a.bytes), sum(assets, (a) => a.bytes)));
tell("brand_wide", orNone(assets.filter((a) => a.resource_type === "image" && a.asset_folder === "brand" && a.width > 3000).map((a) => a.public_id)));
tell("uploads_lastmonth", within(assets, "lastmonth", (a) => Date.parse(a.uploaded_at)).length);
tell("tag.approved", assets.filter((a) => a.tags.includes("approved")).length);
const { folders } = await media("search-folders", {});
const filmed = new Set(videos.map((a) => a.asset_folder));
tell("folders_without_video", orNone(folders.map((f) => f.path).filter((path) => !filmed.has(path))));
const served = async (ago) => (await media("get-usage-details", { date: day(now - ago * DAY) })).bandwidth.usage;
tell("bandwidth_more", Math.abs((await served(1)) - (await served(2))));
