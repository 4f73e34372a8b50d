// SPDX-License-Identifier: Apache-2.0
// What lies in the media library, and what it used.
import { DAY, day, grouped, leaders, median, now, one, round, sum, tell } from "../../ask/truth/spans.mjs";
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
const inside = (list, folder) => list.filter((a) => a.asset_folder === folder);
tell("images_in.brand", inside(images, "brand").length);
const bags = inside(images, "products/bags").map((a) => a.bytes);
tell("bags_mean_bytes", round(sum(bags) / bags.length));
tell("bags_median_bytes", round(median(bags)));
tell("images_tall", orNone(images.filter((a) => a.height > a.width).map((a) => a.public_id)));
tell("homepage_seasonal_images", images.filter((a) => ["homepage", "seasonal"].every((t) => a.tags.includes(t))).length);
// Of a folder's tags all assets may fairly be counted, or the images alone.
for (const [name, list] of [["images", images], ["assets", assets]]) {
  const tags = grouped(inside(list, "brand").flatMap((a) => a.tags), (t) => t);
  tell(`brand_tag_${name}`, one(leaders(tags)));
  tell(`brand_tag_count_${name}`, tags[0][1].length);
}
tell("tags_total", (await media("list-tags", {})).tags.length);
for (const ago of [1, 2]) tell(`bandwidth_${ago}d`, (await media("get-usage-details", { date: day(now - ago * DAY) })).bandwidth.usage);
const { plan, bandwidth } = await media("get-usage-details");
tell("media_plan", plan);
tell("bandwidth_percent", bandwidth.used_percent);
