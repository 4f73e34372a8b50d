// SPDX-License-Identifier: Apache-2.0
// Cloudinary's reading tools.

import { uuid } from "../../random.js";
import { stamp, type Row } from "../../world.js";
import type { Json } from "../kit.js";
import type { Tool } from "../toolset.js";
import { fields, matches, missing, page, picture, through, Upstream, usage, type Run } from "./upstream.js";

export const S = (description: string, more: Json = {}) => ({ type: "string", description, ...more });
export const I = (description: string, more: Json = {}) => ({ type: "integer", description, ...more });
export const B = (description: string) => ({ type: "boolean", description });
export const LIST = (description: string) => ({ type: "array", items: { type: "string" }, description });
export const TYPE = S("The kind of asset", { enum: ["image", "video", "raw"], default: "image" });

export function make(
  name: string,
  title: string,
  description: string,
  properties: Json,
  required: string[],
  hints: Json,
  run: Run,
  meta?: Json,
): Tool {
  return {
    name,
    title,
    description,
    inputSchema: { type: "object", properties, ...(required.length > 0 ? { required } : {}) },
    annotations: { title, ...hints },
    ...(meta ? { _meta: meta } : {}),
    ...(hints["readOnlyHint"] ? {} : { writes: true }),
    run: through(run),
  };
}

const READ = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
export const VIEWER = "ui://cloudinary/asset-grid.html";
const UI = { ui: { resourceUri: VIEWER, visibility: ["model", "app"] }, "ui/resourceUri": VIEWER };

const LISTING: Json = {
  type: S("The delivery type", { enum: ["upload", "private", "authenticated", "fetch"] }),
  prefix: S("Only assets whose public ID starts with this"),
  public_ids: LIST("Only these public IDs"),
  tags: B("Whether to include tags"),
  next_cursor: S("Where to go on, from the answer before"),
  max_results: I("How many", { minimum: 1, maximum: 500, default: 10 }),
  direction: S("By created_at", { enum: ["asc", "desc", "1", "-1"] }),
  start_at: S("Only assets created since this moment (RFC 3339)", { format: "date-time" }),
  fields: S("Comma-separated names of the fields to return"),
};

function listing(type: string): Run {
  return ({ rows }, args) => {
    const since = args["start_at"] === undefined ? -Infinity : Date.parse(args["start_at"]);
    const kept = rows.filter(
      (row) =>
        row["resource_type"] === type &&
        (args["type"] === undefined || row["type"] === args["type"]) &&
        (args["prefix"] === undefined || String(row["public_id"]).startsWith(args["prefix"])) &&
        (args["public_ids"] === undefined || args["public_ids"].includes(row["public_id"])) &&
        Date.parse(row["created_at"]) >= since,
    );
    if (args["direction"] === "asc" || args["direction"] === "1") kept.reverse();
    const { rows: some, next } = page(kept, args);
    const shown = some.map(({ tags, context: _context, metadata: _metadata, ...row }): Row => ({ ...row, ...(args["tags"] ? { tags } : {}) }));
    return { resources: shown.map((row) => fields(row, args["fields"])), ...(next ? { next_cursor: next } : {}), total_count: kept.length };
  };
}

/** Given only to who asks for them. */
const EXTRA = ["tags", "context", "metadata"];

const search: Run = ({ rows, world }, { request = {} }) => {
  const { expression = "", sort_by = [], aggregate = [], max_results, next_cursor, fields: wanted } = request;
  const more = [request.with_field ?? []].flat() as string[];
  const unknown = more.find((name) => !EXTRA.includes(name));
  if (unknown !== undefined) throw new Upstream(400, `Invalid value for with_field: ${unknown}; it takes ${EXTRA.join(", ")}`);
  const shown = (row: Row) => Object.fromEntries(Object.entries(row).filter(([name]) => !EXTRA.includes(name) || more.includes(name)));
  const names = wanted === undefined ? undefined : [wanted, more].flat().join(",");
  let kept = rows.filter((row) => matches(row, expression, world.epoch));
  for (const rule of [...sort_by].reverse()) {
    const [name, direction] = Object.entries(rule)[0] as [string, string];
    kept = [...kept].sort((a, b) => (a[name] < b[name] ? -1 : a[name] > b[name] ? 1 : 0) * (direction === "desc" ? -1 : 1));
  }
  const aggregations = Object.fromEntries(
    (aggregate as string[]).map((name) => {
      const counts: Record<string, number> = {};
      for (const row of kept) for (const value of [row[name]].flat()) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
      return [name, counts];
    }),
  );
  const { rows: some, next } = page(kept, { max_results: max_results ?? 50, next_cursor });
  return {
    total_count: kept.length,
    time: 12 + (kept.length % 30),
    resources: some.map((row) => fields(shown(row), names)),
    ...(next ? { next_cursor: next } : {}),
    ...(aggregate.length > 0 ? { aggregations } : {}),
  };
};

/** No eyes here: words against names and tags, and likeness by what assets share. */
const visual: Run = ({ rows }, args) => {
  const words = String(args["text"] ?? "")
    .toLowerCase()
    .split(/\W+/)
    .filter(Boolean);
  const like = rows.find((r) => r["asset_id"] === args["image_asset_id"]);
  if (words.length === 0 && !like && args["image_url"] === undefined) throw new Upstream(400, "One of text, image_url, image_asset_id is required");
  const images = rows.filter((r) => r["resource_type"] === "image" && r !== like);
  const points = (row: Row) =>
    words.filter((w) => `${row["public_id"]} ${row["tags"].join(" ")}`.toLowerCase().includes(w)).length +
    (like && like["asset_folder"] === row["asset_folder"] ? 1 : 0);
  const best = images.filter((row) => points(row) > 0).sort((a, b) => points(b) - points(a));
  return { total_count: best.length, resources: best.slice(0, args["max_results"] ?? 10) };
};

const details: Run = ({ rows }, args) => {
  const found = rows.find((row) => row["asset_id"] === args["asset_id"]);
  if (!found) throw missing(args["asset_id"]);
  return {
    ...found,
    ...(args["colors"]
      ? {
          colors: [
            [`#${String(found["asset_id"]).slice(0, 6).toUpperCase()}`, 61.2],
            ["#FFFFFF", 38.8],
          ],
        }
      : {}),
    ...(args["media_metadata"] ? { media_metadata: { ColorSpace: "sRGB", Software: "Studio" } } : {}),
    derived: [
      { transformation: "c_scale,w_640", format: found["format"], bytes: Math.round(found["bytes"] / 7), id: uuid(`derived/${found["asset_id"]}`) },
    ],
    ...(args["related"] ? { related_assets: found["related"] ?? [] } : {}),
  };
};

const tags: Run = ({ rows }, args) => {
  const all = rows.filter((r) => r["resource_type"] === (args["resource_type"] ?? "image")).flatMap((r) => r["tags"] as string[]);
  const kept = [...new Set(all)].filter((tag) => tag.startsWith(args["prefix"] ?? "")).sort();
  const { rows: some, next } = page(
    kept.map((tag): Row => ({ tag })),
    args,
  );
  return { tags: some.map((r) => r["tag"]), ...(next ? { next_cursor: next } : {}) };
};

const folders: Run = ({ folders: all }, args) => {
  const wanted = String(args["expression"] ?? "")
    .replace(/^(name|path)[:=]/, "")
    .replaceAll('"', "")
    .replace(/\*$/, "");
  const kept = all.filter((f) => String(f["path"]).includes(wanted));
  const { rows: some, next } = page(kept, args);
  return {
    total_count: kept.length,
    folders: some.map((f) => ({ ...f, created_at: stamp(Date.UTC(2024, 0, 1)) })),
    ...(next ? { next_cursor: next } : {}),
  };
};

const backup: Run = ({ rows }, args) => {
  const found = rows.find((row) => row["asset_id"] === args["asset_id"]);
  if (!found) throw missing(args["asset_id"]);
  if (found["resource_type"] === "image") return { type: "image", data: picture(found), mimeType: "image/png" };
  return {
    asset_id: found["asset_id"],
    version_id: args["version_id"] ?? uuid(`backup/${found["asset_id"]}`),
    url: found["secure_url"],
    bytes: found["bytes"],
  };
};

const task: Run = ({ world, cloud }, args) => {
  const found = world.rows(`/cloudinary/${cloud.name}/tasks`).find((t) => t["task_id"] === args["task_id"]);
  if (!found) throw missing(`task ${args["task_id"]}`);
  return found;
};

const REFERENCE = `# Transformation reference

| parameter | means | example |
|---|---|---|
| c_ | how to crop | c_fill, c_scale, c_thumb |
| w_, h_ | width, height | w_640, h_0.5 |
| g_ | what to keep in view | g_auto, g_face |
| f_ | format | f_auto, f_webp |
| q_ | quality | q_auto, q_80 |
| e_ | effect | e_sepia, e_background_removal |
`;

const HOW: Json = { max_results: LISTING["max_results"], next_cursor: LISTING["next_cursor"] };

export const readers: Tool[] = [
  make("list-images", "List images", "Lists the images of the product environment.", LISTING, [], READ, listing("image"), UI),
  make("list-videos", "List videos", "Lists the videos of the product environment.", LISTING, [], READ, listing("video"), UI),
  make("list-files", "List raw files", "Lists the raw files of the product environment.", LISTING, [], READ, listing("raw"), UI),
  make(
    "search-assets",
    "Search assets",
    "Searches assets by an expression, such as: resource_type:image AND tags=approved AND bytes>1mb AND created_at>7d",
    {
      request: {
        type: "object",
        properties: {
          expression: S("What to search for"),
          sort_by: { type: "array", items: { type: "object", additionalProperties: { type: "string", enum: ["asc", "desc"] } } },
          aggregate: LIST("Fields to count by, such as format or resource_type"),
          with_field: LIST("More to return: tags, context, metadata"),
          fields: LIST("What to return, and nothing else"),
          max_results: I("How many", { minimum: 1, maximum: 500 }),
          next_cursor: S("Where to go on"),
        },
      },
    },
    ["request"],
    READ,
    search,
    UI,
  ),
  make(
    "visual-search-assets",
    "Search assets by likeness",
    "Finds images that look like a text, a picture, or another asset.",
    { text: S("What should be seen"), image_url: S("A picture's address"), image_asset_id: S("An asset"), max_results: LISTING["max_results"] },
    [],
    READ,
    visual,
    UI,
  ),
  make(
    "get-asset-details",
    "Get asset details",
    "Returns the details of one asset.",
    { asset_id: S("The asset"), colors: B("Colours too"), media_metadata: B("Media metadata too"), related: B("Related assets too") },
    ["asset_id"],
    READ,
    details,
  ),
  make(
    "list-tags",
    "List tags",
    "Lists the tags in use.",
    { resource_type: TYPE, prefix: S("Only tags that start with this"), ...HOW },
    [],
    READ,
    tags,
  ),
  make("search-folders", "Search folders", "Searches asset folders.", { expression: S("Such as name:campaigns*"), ...HOW }, [], READ, folders),
  make(
    "get-usage-details",
    "Get usage",
    "Returns what the product environment used, of the last 30 days, or of one day.",
    { date: S("A day of the last fifteen months", { format: "date" }) },
    [],
    READ,
    (at, args) => usage(at, args["date"]),
  ),
  make(
    "download-asset-backup",
    "Download a backup",
    "Downloads a backed-up version of an asset.",
    { asset_id: S("The asset"), version_id: S("The version") },
    ["asset_id"],
    READ,
    backup,
  ),
  make("get-generation-task", "Get generation task", "Returns the state of a generation task.", { task_id: S("The task") }, ["task_id"], READ, task),
  make(
    "get-tx-reference",
    "Get transformation reference",
    "Returns the rules of transformations.",
    {},
    [],
    { ...READ, openWorldHint: false },
    () => REFERENCE,
  ),
];
