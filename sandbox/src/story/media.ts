// SPDX-License-Identifier: Apache-2.0
// The company's media at Cloudinary: three clouds, their assets over some 90 days, and what they used each day of the
// last 15 months, as long as they are there; what they store grows.
// On the day of the incident the attackers also fetched what was behind it, so that bandwidth stands out.

import { fraction, hexId, integer, pick } from "../random.js";
import { DAY, stamp, type Row, type World } from "../world.js";
import { incident } from "./incident.js";

export interface Cloud {
  name: string;
  title: string;
  key: string;
  secret: string;
  /** Calls in an hour. */
  limit: number;
  plan: string;
  assets: number;
  /** Days ago that it was made. */
  made: number;
}

/** The last one is empty. */
export const CLOUDS: readonly Cloud[] = [
  { name: "acme-web", title: "Acme Web", key: "482917365021874", secret: "sandbox-secret-of-acme-web", limit: 2000, plan: "Plus", assets: 240, made: 912 },
  {
    name: "acme-retail",
    title: "Acme Retail",
    key: "730164928855213",
    secret: "sandbox-secret-of-acme-retail",
    limit: 2000,
    plan: "Advanced",
    assets: 130,
    made: 301,
  },
  {
    name: "acme-staging",
    title: "Acme Staging",
    key: "115528470093461",
    secret: "sandbox-secret-of-acme-staging",
    limit: 500,
    plan: "Free",
    assets: 0,
    made: 64,
  },
];

const FOLDERS = ["products/shoes", "products/bags", "blog", "campaigns/autumn", "campaigns/summer", "brand", "docs"];
const WORDS = ["hero", "detail", "studio", "banner", "team", "office", "packshot", "sunset", "guide", "launch", "walkthrough", "manual"];
const TAGS = ["product", "approved", "draft", "homepage", "campaign", "seasonal", "legacy"];
const KINDS: [resource_type: string, formats: string[], weight: number][] = [
  ["image", ["jpg", "png", "webp"], 82],
  ["video", ["mp4", "webm"], 12],
  ["raw", ["pdf", "zip"], 6],
];

function kindOf(label: string): (typeof KINDS)[number] {
  let at = fraction(`${label}/kind`) * 100;
  return KINDS.find(([, , weight]) => (at -= weight) < 0) ?? KINDS[0]!;
}

export function resources(world: World, cloud: string): Row[] {
  return world.rows(`/cloudinary/${cloud}/resources`);
}

/** An asset as the vendor's API shows it. */
export function asset(cloud: string, label: string, more: Row): Row {
  const { resource_type = "image", type = "upload", format, public_id, version } = more;
  const file = resource_type === "raw" ? public_id : `${public_id}.${format}`;
  const url = `res.cloudinary.com/${cloud}/${resource_type}/${type}/v${version}/${file}`;
  return { asset_id: hexId(`asset/${label}`), resource_type, type, ...more, url: `http://${url}`, secure_url: `https://${url}` };
}

function place(world: World, cloud: Cloud, n: number): Row {
  const label = `${cloud.name}/${n}`;
  const [resource_type, formats] = kindOf(label);
  const format = pick(`${label}/format`, formats);
  const folder = pick(`${label}/folder`, FOLDERS);
  const name = `${pick(`${label}/word`, WORDS)}-${hexId(label).slice(0, 6)}`;
  const created = world.epoch - fraction(`${label}/age`) * 90 * DAY;
  const wide = integer(`${label}/w`, 640, 4096);
  const sized = resource_type !== "raw";
  return asset(cloud.name, label, {
    public_id: `${folder}/${name}${resource_type === "raw" ? `.${format}` : ""}`,
    format,
    version: Math.floor(created / 1000),
    resource_type,
    created_at: stamp(created),
    uploaded_at: stamp(created),
    bytes: resource_type === "video" ? integer(label, 2e6, 9e7) : integer(label, 2e4, 4e6),
    ...(sized ? { width: wide, height: Math.round(wide * 0.66) } : {}),
    ...(resource_type === "video" ? { duration: integer(`${label}/s`, 4, 180) } : {}),
    folder,
    asset_folder: folder,
    display_name: name,
    tags: TAGS.filter((tag) => fraction(`${label}/${tag}`) < 0.22),
    context: fraction(`${label}/alt`) < 0.5 ? { custom: { alt: name.replaceAll("-", " ") } } : {},
    metadata: { owner: pick(`${label}/owner`, ["marketing", "product", "press"]) },
    access_mode: "public",
    backup: true,
  });
}

/** The vendor keeps 15 months. */
export const USAGE_DAYS = 456;

export interface Usage {
  bandwidth: number;
  transformations: number;
  requests: number;
}
const NOTHING: Usage = { bandwidth: 0, transformations: 0, requests: 0 };

/** What one day (UTC) used; `ago` in days. Nothing before the cloud was there. */
export function usageOf(world: World, cloud: Cloud, ago: number): Usage {
  if (ago > cloud.made) return NOTHING;
  const size = cloud.name === "acme-web" ? 1 : cloud.name === "acme-retail" ? 0.6 : 0.02;
  const noise = 0.8 + 0.4 * fraction(`usage/${cloud.name}/${ago}`);
  const struck = Math.floor(world.epoch / DAY) - Math.floor(incident(world).start / DAY);
  const attacked = cloud.name === "acme-web" && ago === struck ? 7.5 : 1;
  return {
    bandwidth: Math.round(38e9 * size * noise * attacked),
    transformations: Math.round(5200 * size * noise * (attacked > 1 ? 2.1 : 1)),
    requests: Math.round(410_000 * size * noise * attacked),
  };
}

/** What was there on a day, of what is there now: it only grows, some days by more. */
export function grownTo(cloud: Cloud, ago: number): number {
  if (ago > cloud.made) return 0;
  const days = Math.min(USAGE_DAYS, cloud.made);
  const gain = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => fraction(`grown/${cloud.name}/${from + i}`) ** 3 + 0.05).reduce((sum, n) => sum + n, 0);
  const older = cloud.made > USAGE_DAYS ? 0.35 : 0.02;
  return older + (1 - older) * (gain(ago, days) / gain(0, days));
}

export function tellMedia(world: World): void {
  for (const cloud of CLOUDS) {
    for (let n = 0; n < cloud.assets; n++) resources(world, cloud.name).push(place(world, cloud, n));
    resources(world, cloud.name).sort((a, b) => (a["created_at"] < b["created_at"] ? 1 : -1));
    const folders = world.rows(`/cloudinary/${cloud.name}/folders`);
    const paths = new Set(cloud.assets > 0 ? FOLDERS.flatMap((f) => [f, f.split("/")[0]!]) : []);
    for (const path of [...paths].sort())
      folders.push({ name: path.split("/").at(-1), path, external_id: hexId(`folder/${cloud.name}/${path}`).slice(0, 24) });
  }
}
