// SPDX-License-Identifier: Apache-2.0
// DNS records: what makes one valid, and the zone file in and out.

import { isIPv4, isIPv6 } from "node:net";
import { contentType, type Call } from "../call.js";
import { Collection, contains, field, valueAt, type Filter, type Resource } from "../collection.js";
import { answer, refuse, success } from "../envelope.js";
import { part } from "../multipart.js";
import type { Route } from "../router.js";
import type { Row } from "../world.js";
import { zoneOf } from "./zones.js";

export const RECORD_TYPES = [
  "A",
  "AAAA",
  "CAA",
  "CERT",
  "CNAME",
  "DNSKEY",
  "DS",
  "HTTPS",
  "LOC",
  "MX",
  "NAPTR",
  "NS",
  "OPENPGPKEY",
  "PTR",
  "SMIMEA",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
  "URI",
];
const PROXIABLE = ["A", "AAAA", "CNAME"];
const HOST = /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_-]{1,63}$/i;

function wrong(code: number, message: string) {
  return refuse(400, 1004, "DNS Validation Error", [{ code, message }]);
}

/** The text of a record given by its parts (CAA, SRV …). */
function contentOf(row: Row): string {
  if (typeof row["content"] === "string" && row["content"] !== "") return row["content"];
  const d: Row = row["data"] ?? {};
  if (row["type"] === "CAA") return `${d["flags"]} ${d["tag"]} "${d["value"]}"`;
  if (row["type"] === "SRV") return `${d["weight"]} ${d["port"]} ${d["target"]}`;
  return Object.values(d).join(" ");
}

function checkContent(type: string, content: string): void {
  if (type === "A" && !isIPv4(content)) throw wrong(9005, "Content for A record must be a valid IPv4 address.");
  if (type === "AAAA" && !isIPv6(content)) throw wrong(9006, "Content for AAAA record must be a valid IPv6 address.");
  if (type === "CNAME" && !HOST.test(content)) throw wrong(9007, "Content for CNAME record is invalid.");
  if (type === "MX" && !HOST.test(content)) throw wrong(9009, "Content for MX record must be a hostname.");
  if (content === "") throw wrong(9010, `Content for ${type} record is required.`);
}

function fullName(name: string, zone: string): string {
  const lower = name.toLowerCase().replace(/\.$/, "");
  if (lower === "@" || lower === zone) return zone;
  return lower.endsWith(`.${zone}`) ? lower : `${lower}.${zone}`;
}

function shape(row: Row, call: Call, old?: Row): Row {
  const zone = zoneOf(call);
  const type = String(row["type"] ?? "");
  if (!RECORD_TYPES.includes(type)) throw wrong(9020, `Invalid DNS record type: ${type || "(none)"}.`);
  const name = fullName(String(row["name"] ?? ""), zone["name"]);
  if (!row["name"] || !HOST.test(name)) throw wrong(9000, "DNS name is invalid.");
  const content = contentOf(row);
  checkContent(type, content);
  const ttl = row["ttl"] ?? 1;
  if (!Number.isInteger(ttl) || (ttl !== 1 && (ttl < 60 || ttl > 86400)))
    throw wrong(9021, "Invalid TTL. Must be between 60 and 86,400 seconds, or 1 for Automatic.");
  const proxiable = PROXIABLE.includes(type);
  if (row["proxied"] && !proxiable) throw wrong(9004, "This record type cannot be proxied.");

  const others = call.world.rows(`/zones/${zone["id"]}/dns_records`).filter((r) => r !== old && r["name"] === name);
  if (others.some((r) => r["type"] === type && r["content"] === content)) throw refuse(400, 81058, "An identical record already exists.");
  const clash = type === "CNAME" ? others.some((r) => PROXIABLE.includes(r["type"])) : proxiable && others.some((r) => r["type"] === "CNAME");
  if (clash) throw refuse(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");

  return {
    ...row,
    zone_id: zone["id"],
    zone_name: zone["name"],
    name,
    type,
    content,
    ttl: row["proxied"] ? 1 : ttl,
    proxied: row["proxied"] === true,
    proxiable,
    settings: row["settings"] ?? {},
    comment: row["comment"] ?? null,
    tags: row["tags"] ?? [],
    meta: row["meta"] ?? {},
  };
}

const ends =
  (path: string): Filter =>
  (row, value) =>
    String(valueAt(row, path) ?? "").endsWith(value);
const starts =
  (path: string): Filter =>
  (row, value) =>
    String(valueAt(row, path) ?? "").startsWith(value);
const tagged: Filter = (row, value) => (row["tags"] as string[]).some((t) => t === value || t.startsWith(`${value}:`));

export const DNS_RECORDS: Resource = {
  at: "/zones/:zone_id/dns_records",
  area: "dns",
  can: "LGCUPD",
  kind: "dns_record",
  paging: "pages",
  sizes: { initial: 100, max: 5_000_000 },
  order: ["type", "name", "content", "ttl", "proxied"],
  missing: [404, 81044, "Record does not exist."],
  shape,
  filters: {
    name: field("name"),
    "name.exact": field("name"),
    "name.contains": contains("name"),
    "name.startswith": starts("name"),
    "name.endswith": ends("name"),
    type: field("type"),
    content: field("content"),
    "content.exact": field("content"),
    "content.contains": contains("content"),
    "content.startswith": starts("content"),
    "content.endswith": ends("content"),
    proxied: field("proxied"),
    comment: field("comment"),
    "comment.exact": field("comment"),
    "comment.contains": contains("comment"),
    "comment.startswith": starts("comment"),
    "comment.endswith": ends("comment"),
    "comment.present": (row) => row["comment"] !== null,
    "comment.absent": (row) => row["comment"] === null,
    tag: tagged,
    "tag.present": tagged,
    "tag.absent": (row, value) => !tagged(row, value),
    search: (row, value) => ["name", "content", "comment"].some((path) => contains(path)(row, value)),
  },
};

const records = new Collection(DNS_RECORDS);

/** One line of a zone file. */
function line(record: Row): string {
  const priority = record["priority"] === undefined ? "" : `${record["priority"]} `;
  const text = record["type"] === "TXT" ? JSON.stringify(record["content"]) : record["content"];
  return `${record["name"]}.\t${record["ttl"]}\tIN\t${record["type"]}\t${priority}${text}`;
}

function exportZone(call: Call) {
  const zone = zoneOf(call);
  const head = `;;\n;; Domain:     ${zone["name"]}.\n;; Exported:   ${new Date().toISOString()}\n;;\n`;
  return answer(200, "text/plain; charset=utf-8", `${head}${records.rows(call).map(line).join("\n")}\n`);
}

/** Takes a zone file, whole or as the `file` part of a form; bad lines are counted, not fatal. */
function importZone(call: Call) {
  const form = part(call.body, contentType(call), "file");
  const text = (form?.bytes ?? call.body).toString("utf8");
  let added = 0;
  let parsed = 0;
  for (const raw of text.split("\n")) {
    const match = /^(\S+)\s+(\d+)\s+IN\s+([A-Z]+)\s+(.+)$/.exec(raw.trim());
    if (!match || raw.trim().startsWith(";")) continue;
    parsed++;
    try {
      records.create(call, { name: match[1], ttl: Number(match[2]), type: match[3], content: match[4]!.replace(/^"(.*)"$/, "$1") });
      added++;
    } catch {
      continue; // counted by total_records_parsed
    }
  }
  return success({ recs_added: added, total_records_parsed: parsed });
}

export const dnsRoutes: Route[] = [
  { method: "GET", path: "/zones/:zone_id/dns_records/export", area: "dns", run: exportZone },
  { method: "POST", path: "/zones/:zone_id/dns_records/import", area: "dns", run: importZone },
  ...records.routes(),
];
