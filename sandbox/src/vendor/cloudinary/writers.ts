// SPDX-License-Identifier: Apache-2.0
// Cloudinary's writing tools. They change the cloud's shelf, so that a reader sees it.

import { hexId, uuid } from "../../random.js";
import { asset } from "../../story/media.js";
import { stamp, type Row } from "../../world.js";
import type { Json } from "../kit.js";
import type { Tool } from "../toolset.js";
import { B, I, LIST, make, S, TYPE } from "./readers.js";
import { missing, picture, Upstream, type Run, type Shelf } from "./upstream.js";

const WRITE = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
const DESTROY = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true };

const ASSET = { asset_id: S("The asset") };

function one({ rows }: Shelf, args: Json): Row {
  const found = rows.find((row) => row["asset_id"] === args["asset_id"]);
  if (!found) throw missing(args["asset_id"]);
  return found;
}

/** A new asset in front of the shelf. */
function add({ rows, cloud, world }: Shelf, more: Json): Row {
  const label = world.newId("asset");
  const folder = more["asset_folder"] ?? "";
  const public_id = more["public_id"] ?? `${folder ? `${folder}/` : ""}${label.slice(0, 20)}`;
  const when = stamp(Date.now());
  const made = asset(cloud.name, label, {
    public_id,
    format: "jpg",
    version: Math.floor(Date.now() / 1000),
    resource_type: "image",
    created_at: when,
    uploaded_at: when,
    bytes: 184_320,
    width: 1200,
    height: 800,
    folder,
    asset_folder: folder,
    display_name: String(public_id).split("/").at(-1),
    tags: [],
    context: {},
    metadata: {},
    access_mode: "public",
    backup: true,
    ...more,
  });
  rows.unshift(made);
  return made;
}

const upload: Run = (at, { upload_request: request, resource_type }) => {
  if (!request?.file) throw new Upstream(400, "Missing required parameter - file");
  const { public_id, asset_folder, tags } = request;
  return add(at, {
    ...(public_id ? { public_id } : {}),
    ...(asset_folder ? { folder: asset_folder, asset_folder } : {}),
    ...(tags ? { tags: String(tags).split(",") } : {}),
    resource_type: resource_type === "auto" || resource_type === undefined ? "image" : resource_type,
  });
};

const rename: Run = ({ rows }, args) => {
  const found = rows.find((r) => r["public_id"] === args["from_public_id"] && r["resource_type"] === (args["resource_type"] ?? "image"));
  if (!found) throw missing(args["from_public_id"]);
  if (rows.some((r) => r["public_id"] === args["to_public_id"]) && !args["overwrite"])
    throw new Upstream(400, `to_public_id ${args["to_public_id"]} already exists`);
  found["public_id"] = args["to_public_id"];
  return found;
};

const update: Run = (at, args) => {
  const found = one(at, args);
  for (const name of ["display_name", "asset_folder", "public_id"]) if (args[name] !== undefined) found[name] = args[name];
  if (args["tags"] !== undefined) found["tags"] = String(args["tags"]).split(",").filter(Boolean);
  return found;
};

const remove: Run = (at, args) => {
  const found = one(at, args);
  at.rows.splice(at.rows.indexOf(found), 1);
  return { asset_id: found["asset_id"], public_id: found["public_id"], deleted: { [found["public_id"]]: "deleted" }, partial: false };
};

const relate =
  (present: boolean): Run =>
  (at, args) => {
    const found = one(at, args);
    const related = new Set<string>(found["related"] ?? []);
    for (const id of args["assets_to_relate"] ?? args["assets_to_unrelate"] ?? []) present ? related.add(id) : related.delete(id);
    found["related"] = [...related];
    return { success: found["related"].map((asset_id: string) => ({ asset: asset_id, code: "success_ids", status: 200 })), failed: [] };
  };

const createFolder: Run = ({ folders }, args) => {
  const path = args["folder"];
  if (!folders.some((f) => f["path"] === path))
    folders.push({ name: path.split("/").at(-1), path, external_id: hexId(`folder/new/${path}`).slice(0, 24) });
  return { success: true, name: path.split("/").at(-1), path };
};

const deleteFolder: Run = ({ folders, rows }, args) => {
  const path = args["folder"];
  const at = folders.findIndex((f) => f["path"] === path);
  if (at < 0) throw missing(path);
  if (rows.some((r) => r["asset_folder"] === path)) throw new Upstream(400, "Folder is not empty");
  folders.splice(at, 1);
  return { deleted: [path] };
};

const moveFolder: Run = ({ folders, rows }, { folder: from, to_folder: to }) => {
  const found = folders.find((f) => f["path"] === from);
  if (!found) throw missing(from);
  Object.assign(found, { path: to, name: to.split("/").at(-1) });
  for (const row of rows) if (row["asset_folder"] === from) row["asset_folder"] = row["folder"] = to;
  return { from: { name: from.split("/").at(-1), path: from }, to: { name: found["name"], path: to } };
};

const TAGGING: Record<string, (tags: string[], given: string[]) => string[]> = {
  add: (tags, given) => [...new Set([...tags, ...given])],
  remove: (tags, given) => tags.filter((t) => !given.includes(t)),
  replace: (_tags, given) => given,
  remove_all: () => [],
};

const manageTags: Run = ({ rows }, args) => {
  const change = TAGGING[args["command"]]!;
  const some = rows.filter((r) => args["public_ids"].includes(r["public_id"]));
  for (const row of some)
    row["tags"] = change(
      row["tags"],
      String(args["tag"] ?? "")
        .split(",")
        .filter(Boolean),
    );
  return { public_ids: some.map((r) => r["public_id"]) };
};

const manageContext: Run = ({ rows }, args) => {
  const some = rows.filter((r) => args["public_ids"].includes(r["public_id"]));
  const given = Object.fromEntries(
    String(args["context"] ?? "")
      .split("|")
      .filter(Boolean)
      .map((pair) => pair.split("=")),
  );
  for (const row of some) row["context"] = args["command"] === "remove_all" ? {} : { custom: { ...row["context"].custom, ...given } };
  return { public_ids: some.map((r) => r["public_id"]) };
};

const manageMetadata: Run = ({ rows }, args) => {
  const some = rows.filter((r) => args["public_ids"].includes(r["public_id"]));
  for (const row of some) row["metadata"] = { ...row["metadata"], ...args["metadata"] };
  return { public_ids: some.map((r) => r["public_id"]) };
};

const archive: Run = (at, args) => {
  const some = at.rows.filter((r) => args["public_ids"]?.includes(r["public_id"]) || r["tags"].some((t: string) => args["tags"]?.includes(t)));
  if (some.length === 0) throw missing("no assets match");
  const bytes = some.reduce((sum, r) => sum + Number(r["bytes"]), 0);
  return { ...add(at, { resource_type: "raw", format: "zip", bytes }), file_count: some.length };
};

const generate: Run = (at, args) => {
  const made = add(at, { tags: ["generated"], context: { custom: { prompt: args["prompt"] } } });
  const done = {
    task_id: uuid(`task/${made["asset_id"]}`),
    status: "completed",
    asset_id: made["asset_id"],
    prompt: args["prompt"],
    secure_url: made["secure_url"],
  };
  at.world.rows(`/cloudinary/${at.cloud.name}/tasks`).push(done);
  return done;
};

const transform: Run = (at, args) => {
  const found = one(at, args);
  if (found["resource_type"] !== "image") throw new Upstream(400, "Only images can be shown");
  return { type: "image", data: picture(found), mimeType: "image/png" };
};

const IDS = { public_ids: LIST("The public IDs"), resource_type: TYPE };
const FOLDER = { folder: S("The folder's full path") };
const command = (...names: string[]) => S("What to do", { enum: names });

export const writers: Tool[] = [
  make(
    "upload-asset",
    "Upload asset",
    "Uploads an asset from an address or a data URI.",
    {
      resource_type: S("The kind of asset", { enum: ["image", "video", "raw", "auto"] }),
      upload_request: {
        type: "object",
        properties: {
          file: S("An address, or a data URI"),
          public_id: S("The public ID"),
          asset_folder: S("The folder"),
          tags: S("Comma-separated tags"),
          overwrite: B("Whether to replace"),
        },
        required: ["file"],
      },
    },
    ["upload_request"],
    WRITE,
    upload,
  ),
  make(
    "asset-rename",
    "Rename asset",
    "Renames an asset's public ID.",
    { from_public_id: S("The present one"), to_public_id: S("The new one"), overwrite: B("Whether to replace"), resource_type: TYPE },
    ["from_public_id", "to_public_id"],
    WRITE,
    rename,
  ),
  make(
    "asset-update",
    "Update asset",
    "Updates an asset's properties.",
    { ...ASSET, display_name: S("The display name"), asset_folder: S("The folder"), public_id: S("The public ID"), tags: S("Comma-separated tags") },
    ["asset_id"],
    WRITE,
    update,
  ),
  make(
    "delete-asset",
    "Delete asset",
    "Deletes an asset and what was derived from it.",
    { ...ASSET, invalidate: B("Whether to purge caches") },
    ["asset_id"],
    DESTROY,
    remove,
  ),
  make(
    "delete-derived-assets",
    "Delete derived assets",
    "Deletes derived assets.",
    { derived_resource_ids: LIST("Their ids") },
    ["derived_resource_ids"],
    DESTROY,
    (_at, args) => ({ deleted: Object.fromEntries(args["derived_resource_ids"].map((d: string) => [d, "deleted"])) }),
  ),
  make(
    "create-asset-relations",
    "Relate assets",
    "Relates an asset to others.",
    { ...ASSET, assets_to_relate: LIST("The others") },
    ["asset_id", "assets_to_relate"],
    { ...WRITE, idempotentHint: true },
    relate(true),
  ),
  make(
    "delete-asset-relations",
    "Unrelate assets",
    "Ends relations of an asset.",
    { ...ASSET, assets_to_unrelate: LIST("The others") },
    ["asset_id", "assets_to_unrelate"],
    DESTROY,
    relate(false),
  ),
  make("create-folder", "Create folder", "Creates an asset folder.", FOLDER, ["folder"], { ...WRITE, idempotentHint: true }, createFolder),
  make("delete-folder", "Delete folder", "Deletes an empty asset folder.", FOLDER, ["folder"], DESTROY, deleteFolder),
  make(
    "move-folder",
    "Move folder",
    "Renames or moves a folder with all in it.",
    { ...FOLDER, to_folder: S("The new path") },
    ["folder", "to_folder"],
    WRITE,
    moveFolder,
  ),
  make(
    "manage-asset-tags",
    "Manage tags",
    "Adds, removes or replaces tags of assets.",
    { command: command("add", "remove", "replace", "remove_all"), tag: S("Comma-separated tags"), ...IDS },
    ["command", "public_ids"],
    DESTROY,
    manageTags,
  ),
  make(
    "manage-asset-context",
    "Manage context",
    "Adds or removes contextual metadata of assets.",
    { command: command("add", "remove_all"), context: S("key=value|key=value"), ...IDS },
    ["command", "public_ids"],
    DESTROY,
    manageContext,
  ),
  make(
    "manage-asset-metadata",
    "Manage structured metadata",
    "Sets structured metadata of assets.",
    { metadata: { type: "object", additionalProperties: true, description: "Fields and values" }, ...IDS },
    ["metadata", "public_ids"],
    DESTROY,
    manageMetadata,
  ),
  make(
    "generate-archive",
    "Generate archive",
    "Makes a ZIP file of assets.",
    { public_ids: LIST("The assets"), tags: LIST("Or all with these tags") },
    [],
    WRITE,
    archive,
  ),
  make(
    "generate-image",
    "Generate image",
    "Generates an image from a prompt.",
    { prompt: S("What to draw"), count: I("How many", { minimum: 1, maximum: 4 }) },
    ["prompt"],
    WRITE,
    generate,
  ),
  make(
    "generate-image-from-images",
    "Generate image from images",
    "Generates an image from a prompt and other images.",
    { prompt: S("What to draw"), asset_ids: LIST("The images") },
    ["prompt", "asset_ids"],
    WRITE,
    generate,
  ),
  make(
    "transform-asset",
    "Transform asset",
    "Applies transformations to an asset and keeps the derived one.",
    { ...ASSET, transformations: S("Such as c_fill,w_640") },
    ["asset_id", "transformations"],
    WRITE,
    transform,
  ),
];
