// SPDX-License-Identifier: Apache-2.0
// Workers: scripts with their bindings, versions, deployments, schedules, secrets and routes.

import { contentType, jsonBody, objectBody, type Call } from "../call.js";
import { Collection, noteEvent } from "../collection.js";
import { answer, invalid, refuse, success } from "../envelope.js";
import { parts } from "../multipart.js";
import { hexId, uuid } from "../random.js";
import type { Route } from "../router.js";
import { stamp, type Row, type World } from "../world.js";

const AT = "/accounts/:account_id/workers/scripts";
const area = "workers";

const scripts = new Collection({
  at: AT,
  area,
  can: "LD",
  kind: "worker_script",
  missing: [404, 10007, "workers.api.error.script_not_found"],
});

interface Upload {
  code: Buffer;
  type: string;
  settings: Row;
}

function found(call: Call): Row {
  return scripts.find(call, call.params["script_name"]);
}

function under(call: Call, name: string): string {
  return `${scripts.path(call)}/${encodeURIComponent(String(found(call)["id"]))}/${name}`;
}

/** Stores a script; the story uses it too. */
export function placeScript(world: World, at: string, name: string, upload: Upload, when: string): Row {
  const rows = world.rows(at);
  const old = rows.find((r) => r["id"] === name);
  const handlers = /scheduled\s*\(/.test(upload.code.toString("utf8")) ? ["fetch", "scheduled"] : ["fetch"];
  const row: Row = {
    id: name,
    tag: hexId(`script/${name}`),
    etag: hexId(`etag/${upload.code.toString("base64")}`),
    handlers,
    created_on: old?.["created_on"] ?? when,
    modified_on: when,
    usage_model: "standard",
    compatibility_date: upload.settings["compatibility_date"] ?? "2026-06-01",
    has_assets: false,
    has_modules: upload.type.includes("module"),
    logpush: false,
    placement: upload.settings["placement"] ?? {},
    last_deployed_from: old ? "api" : "wrangler",
  };
  if (old) rows[rows.indexOf(old)] = row;
  else rows.push(row);

  const path = `${at}/${encodeURIComponent(name)}`;
  const kept = world.documents.get(`${path}/settings`) ?? {};
  world.blobs.set(`${path}/content`, { bytes: upload.code, type: upload.type });
  world.documents.set(`${path}/settings`, {
    ...kept,
    bindings: [],
    logpush: false,
    placement: {},
    tags: [],
    tail_consumers: [],
    usage_model: "standard",
    observability: { enabled: true },
    ...upload.settings,
  });
  const versions = world.rows(`${path}/versions`);
  const id = uuid(`version/${path}/${versions.length + 1}`);
  versions.unshift({
    id,
    number: versions.length + 1,
    metadata: { created_on: when, modified_on: when, source: "api", author_email: "platform@example.com" },
    resources: { script: { etag: row["etag"], handlers }, bindings: upload.settings["bindings"] ?? [] },
  });
  world.rows(`${path}/deployments`).unshift({
    id: uuid(`deployment/${path}/${versions.length}`),
    source: "api",
    strategy: "percentage",
    author_email: "platform@example.com",
    created_on: when,
    versions: [{ version_id: id, percentage: 100 }],
  });
  return row;
}

function metadataOf(text: string): Row {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // falls through
  }
  throw invalid("workers.api.error.invalid_metadata", 10021);
}

/** A script alone, or a form of `metadata` and the module it names. */
function readUpload(call: Call): Upload {
  const form = parts(call.body, contentType(call));
  if (!form) {
    if (call.body.length === 0) throw invalid("workers.api.error.no_script", 10021);
    return { code: call.body, type: "application/javascript", settings: {} };
  }
  const metadata = form.find((p) => p.name === "metadata");
  if (!metadata) throw invalid("workers.api.error.missing_metadata", 10021);
  const { main_module, body_part, ...settings } = metadataOf(metadata.bytes.toString("utf8"));
  const main = form.find((p) => p.name === (main_module ?? body_part ?? "script") || (main_module && p.filename === main_module));
  if (!main) throw invalid("workers.api.error.missing_main_module", 10021);
  return { code: main.bytes, type: main_module ? "application/javascript+module" : "application/javascript", settings };
}

const SCRIPT_NAME = /^[a-z0-9_][a-z0-9-_]{0,62}$/;

function upload(call: Call) {
  const name = call.params["script_name"]!;
  if (!SCRIPT_NAME.test(name)) throw invalid("workers.api.error.invalid_script_name", 10016);
  const row = placeScript(call.world, scripts.path(call), name, readUpload(call), stamp(Date.now()));
  noteEvent(call, "update", { type: "worker_script", id: name, product: "workers" }, undefined, { etag: row["etag"] });
  return success({ ...row, startup_time_ms: 7 });
}

function content(call: Call) {
  const blob = call.world.blobs.get(under(call, "content"))!;
  return answer(200, blob.type, blob.bytes);
}

const settingsOf = (call: Call): Row => call.world.document(under(call, "settings"), { bindings: [] });

function changeSettings(call: Call) {
  const form = parts(call.body, contentType(call))?.find((p) => p.name === "settings");
  const body = form ? metadataOf(form.bytes.toString("utf8")) : objectBody(call);
  return success(Object.assign(settingsOf(call), body));
}

function deploy(call: Call) {
  const wanted = objectBody(call)["versions"];
  const known = call.world.rows(under(call, "versions"));
  if (!Array.isArray(wanted) || wanted.length === 0) throw invalid("Missing required field: versions");
  for (const v of wanted) if (!known.some((k) => k["id"] === v.version_id)) throw refuse(404, 10007, "workers.api.error.version_not_found");
  const row = {
    id: uuid(call.world.newId("deployment")),
    source: "api",
    strategy: "percentage",
    author_email: "security@example.com",
    created_on: stamp(Date.now()),
    versions: wanted,
  };
  call.world.rows(under(call, "deployments")).unshift(row);
  return success(row);
}

function version(call: Call) {
  const row = call.world.rows(under(call, "versions")).find((v) => v["id"] === call.params["version_id"]);
  if (!row) throw refuse(404, 10007, "workers.api.error.version_not_found");
  return success(row);
}

function schedule(call: Call) {
  const body = jsonBody(call);
  if (!Array.isArray(body) || body.some((s) => typeof s?.cron !== "string")) throw invalid("Request body must be a list of {cron}");
  const when = stamp(Date.now());
  const rows = call.world.rows(under(call, "schedules"));
  rows.splice(0, rows.length, ...body.map((s: Row) => ({ cron: s["cron"], created_on: when, modified_on: when })));
  return success({ schedules: rows });
}

const secretsOf = (call: Call): Row[] => (settingsOf(call)["bindings"] as Row[]).filter((b) => b["type"] === "secret_text");

function putSecret(call: Call) {
  const { name, type = "secret_text", text } = objectBody(call);
  if (typeof name !== "string" || typeof text !== "string") throw invalid("A secret needs a name and a text");
  const settings = settingsOf(call);
  settings["bindings"] = [...settings["bindings"].filter((b: Row) => b["name"] !== name), { name, type }];
  return success({ name, type });
}

const one = `${AT}/:script_name`;

export const workerRoutes: Route[] = [
  { method: "GET", path: AT, area, run: (call) => scripts.list(call) },
  { method: "GET", path: one, area, run: content },
  { method: "PUT", path: one, area, run: upload },
  { method: "DELETE", path: one, area, run: (call) => (scripts.remove(call, call.params["script_name"]), success(null)) },
  { method: "PUT", path: `${one}/content`, area, run: upload },
  { method: "GET", path: `${one}/content/v2`, area, run: content },
  ...["settings", "script-settings"].flatMap((name): Route[] => [
    { method: "GET", path: `${one}/${name}`, area, run: (call) => success(settingsOf(call)) },
    { method: "PATCH", path: `${one}/${name}`, area, run: changeSettings },
  ]),
  { method: "GET", path: `${one}/deployments`, area, run: (call) => success({ deployments: call.world.rows(under(call, "deployments")) }) },
  { method: "POST", path: `${one}/deployments`, area, run: deploy },
  { method: "GET", path: `${one}/versions`, area, run: (call) => success({ items: call.world.rows(under(call, "versions")) }) },
  { method: "GET", path: `${one}/versions/:version_id`, area, run: version },
  { method: "GET", path: `${one}/schedules`, area, run: (call) => success({ schedules: call.world.rows(under(call, "schedules")) }) },
  { method: "PUT", path: `${one}/schedules`, area, run: schedule },
  { method: "GET", path: `${one}/secrets`, area, run: (call) => success(secretsOf(call)) },
  { method: "PUT", path: `${one}/secrets`, area, run: putSecret },
  { method: "GET", path: `${one}/subdomain`, area, run: (call) => (found(call), success({ enabled: false, previews_enabled: false })) },
  { method: "GET", path: `${one}/tails`, area, run: (call) => (found(call), success([])) },
  { method: "GET", path: `${one}/usage-model`, area, run: (call) => (found(call), success({ usage_model: "standard" })) },
];
