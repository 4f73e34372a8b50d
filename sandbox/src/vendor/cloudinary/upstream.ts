// SPDX-License-Identifier: Apache-2.0
// What Cloudinary's MCP server stands on: its Admin and Search API for one cloud, as bodies with rate headers.

import { deflateSync, crc32 } from "node:zlib";
import { CLOUDS, grownTo, resources, USAGE_DAYS, usageOf, type Cloud } from "../../story/media.js";
import { DAY, HOUR, type Row, type World } from "../../world.js";
import type { Json } from "../kit.js";
import type { Result, ToolCall } from "../toolset.js";

/** An answer of the API that is not a success: its status and its body's message. */
export class Upstream extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const missing = (what: string) => new Upstream(404, `Resource not found - ${what}`);

export interface Shelf {
  cloud: Cloud;
  world: World;
  rows: Row[];
  folders: Row[];
}

/** The cloud of the credential, when the credential is good and names no other cloud. */
export function shelf({ who, world }: ToolCall): Shelf {
  const { cloud: name, bad } = who.choice as { cloud?: string; bad?: string };
  if (bad) throw new Upstream(401, bad);
  const cloud = CLOUDS.find((c) => c.name === name);
  if (!cloud) throw new Upstream(401, "Invalid credentials");
  const named = who.headers("cloudinary-cloud-name");
  if (named !== undefined && named !== cloud.name) throw new Upstream(401, `cloud_name mismatch: the credential is for another cloud than ${named}`);
  return { cloud, world, rows: resources(world, cloud.name), folders: world.rows(`/cloudinary/${cloud.name}/folders`) };
}

/** Counts a call in its hour; the headers say what is left. */
function rate(world: World, cloud: Cloud | undefined): Record<string, string> {
  if (!cloud) return {};
  const hour = Math.floor(Date.now() / HOUR);
  const used = world.document(`/cloudinary/${cloud.name}/rate`, { hour, calls: 0 });
  if (used.hour !== hour) Object.assign(used, { hour, calls: 0 });
  used.calls++;
  return {
    "x-featureratelimit-limit": String(cloud.limit),
    "x-featureratelimit-remaining": String(Math.max(0, cloud.limit - used.calls)),
    "x-featureratelimit-reset": new Date((hour + 1) * HOUR).toUTCString(),
  };
}

export type Run = (shelf: Shelf, args: Json, call: ToolCall) => unknown;

/** An image block stands for itself, text likewise; all else is the body as JSON. */
function content(made: unknown): Json {
  if (typeof made === "string") return { type: "text", text: made };
  const image = made as Json;
  if (typeof made === "object" && made !== null && image["type"] === "image") return image;
  return { type: "text", text: JSON.stringify(made) };
}

/** Runs a call as the server does: the body verbatim as text, isError on other than 2xx, rate headers in _meta. */
export function through(run: Run): (call: ToolCall) => Result {
  return (call) => {
    const collect = call.who.headers("cloudinary-collect-headers") !== "false";
    let cloud: Cloud | undefined;
    let result: Result;
    try {
      const at = shelf(call);
      cloud = at.cloud;
      const headers = rate(call.world, cloud);
      if (headers["x-featureratelimit-remaining"] === "0")
        throw new Upstream(420, `Rate Limit Exceeded. Limit of ${cloud.limit} api operations reached.`);
      result = { content: [content(run(at, call.args, call))], ...(collect ? { _meta: { headers } } : {}) };
    } catch (error) {
      if (!(error instanceof Upstream)) throw error;
      const headers = { "x-cld-error": error.message };
      result = {
        content: [content({ error: { message: error.message } })],
        isError: true,
        ...(collect ? { _meta: { status: error.status, headers } } : {}),
      };
    }
    return result;
  };
}

/** One page of rows; the cursor says where the next begins. */
export function page(rows: Row[], args: Json): { rows: Row[]; next?: string } {
  const size = args["max_results"] ?? 10;
  const start =
    args["next_cursor"] === undefined
      ? 0
      : Number(/^c([0-9a-f]+)$/.exec(args["next_cursor"])?.[1] ? parseInt(args["next_cursor"].slice(1), 16) : NaN);
  if (Number.isNaN(start)) throw new Upstream(400, "Invalid value for parameter next_cursor");
  const next = start + size;
  return { rows: rows.slice(start, next), ...(next < rows.length ? { next: `c${next.toString(16)}` } : {}) };
}

export function fields(row: Row, wanted: string | undefined): Row {
  if (!wanted) return row;
  const names = new Set(["asset_id", "public_id", ...wanted.split(",").map((w) => w.trim())]);
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)));
}

const UNITS: Record<string, number> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, h: HOUR, d: DAY, w: 7 * DAY };

function compare(row: Row, name: string, op: string, wanted: string, now: number): boolean {
  const value = name === "folder" ? row["asset_folder"] : name.startsWith("context.") ? row["context"]?.custom?.[name.slice(8)] : row[name];
  if (Array.isArray(value)) return value.includes(wanted);
  if (typeof value === "number" || op === ">" || op === "<" || op === ">=" || op === "<=") {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(wanted) ?? [];
    const time = name.endsWith("_at");
    const left = time ? Date.parse(value) : Number(value);
    const right =
      digits === undefined
        ? Date.parse(wanted)
        : time
          ? now - Number(digits) * (UNITS[unit!] ?? DAY)
          : Number(digits) * (UNITS[unit!.toLowerCase()] ?? 1);
    if (Number.isNaN(right)) throw new Upstream(400, `Invalid value ${wanted} for ${name}`);
    return op === ">" ? left > right : op === "<" ? left < right : op === ">=" ? left >= right : op === "<=" ? left <= right : left === right;
  }
  const text = String(value ?? "");
  if (wanted.endsWith("*")) return text.startsWith(wanted.slice(0, -1));
  if (name === "folder" && op === ":") return text === wanted || text.startsWith(`${wanted}/`);
  return text === wanted;
}

const FIELD = /^([\w.]+)\s*(:|>=|<=|=|>|<)\s*"?([^"]+?)"?$/;

/** As much of the search language as people use: field:value, comparisons, AND, OR, NOT, words. */
export function matches(row: Row, expression: string, now: number): boolean {
  if (expression.trim() === "" || expression.trim() === "*") return true;
  return expression.split(/\s+OR\s+/i).some((side) =>
    side.split(/\s+AND\s+/i).every((term) => {
      const [, not, rest] = /^(NOT\s+|-)?(.*)$/i.exec(term.trim().replace(/^\(|\)$/g, ""))!;
      const [, name, op, value] = FIELD.exec(rest!) ?? [];
      // A field is asked for a value; that it has any, or none, cannot be asked.
      if (value === "*") throw new Upstream(400, `Error parsing query: ${term.trim()}: '*' needs something before it`);
      const words = () => [row["public_id"], ...(row["tags"] ?? []), row["display_name"]].some((t) => String(t).includes(rest!.replaceAll('"', "")));
      return (name ? compare(row, name, op!, value!, now) : words()) !== Boolean(not);
    }),
  );
}

export function usage(at: Shelf, date: string | undefined): Json {
  const days = date === undefined ? 0 : Math.floor((at.world.epoch - Date.parse(date)) / DAY);
  if (Number.isNaN(days) || days < 0 || days > USAGE_DAYS) throw new Upstream(400, "Invalid date: must be within the last 15 months");
  const { cloud, rows, world } = at;
  const span = date === undefined ? Array.from({ length: 30 }, (_, ago) => usageOf(world, cloud, ago)) : [usageOf(world, cloud, days)];
  const sum = (name: "bandwidth" | "transformations" | "requests") => span.reduce((total, day) => total + day[name], 0);
  const grown = grownTo(cloud, days);
  const stored = Math.round(grown * rows.reduce((total, row) => total + Number(row["bytes"]), 0));
  const assets = Math.round(grown * rows.length);
  const share = (used: number, limit: number) => ({ usage: used, limit, used_percent: Math.round((10_000 * used) / limit) / 100 });
  return {
    plan: cloud.plan,
    last_updated: new Date(world.epoch - days * DAY).toISOString().slice(0, 10),
    date_requested: new Date(world.epoch - days * DAY).toISOString().slice(0, 10) + "T00:00:00Z",
    objects: share(assets, 300_000),
    bandwidth: share(sum("bandwidth"), 2_000_000_000_000),
    storage: share(stored, 500_000_000_000),
    transformations: { usage: sum("transformations") },
    requests: sum("requests"),
    resources: assets,
    derived_resources: assets * 7,
    media_limits: { image_max_size_bytes: 20_971_520, video_max_size_bytes: 2_147_483_648, raw_max_size_bytes: 20_971_520 },
  };
}

/** A small square in the asset's own colour: a true PNG. */
export function picture(row: Row): string {
  const [r, g, b] = [0, 2, 4].map((at) => parseInt(String(row["asset_id"]).slice(at, at + 2), 16));
  const line = Buffer.from([0, ...Array.from({ length: 16 }, () => [r!, g!, b!]).flat()]);
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const size = Buffer.from([0, 0, 0, 16, 0, 0, 0, 16, 8, 2, 0, 0, 0]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: 16 }, () => line)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", size), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]).toString("base64");
}
