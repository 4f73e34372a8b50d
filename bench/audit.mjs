// SPDX-License-Identifier: Apache-2.0
// The audit at size: the first page of each filter through the API, and what the filters cost the writer. Rows are put into
// the store directly, as a program of before would have written them: 1,000 accounts, 5,000 servers, 2,000 tools, 500 actors.
// On SQLite with an index for each filter, as it had them: the program puts lists in their place.
// With POSTERN_TEST_STORE=postgres, under scripts/with-postgres, in PostgreSQL.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { database, ON_POSTGRES } from "../tests/e2e/lib/database.mjs";
import { Postern } from "../tests/e2e/lib/postern.mjs";
import { cpu } from "./program.mjs";

const ROWS = Number(process.env.AUDIT_ROWS ?? 1_000_000), WAITING = Number(process.env.AUDIT_WAITING ?? 65_536);
const TRIES = 9, AIM_MS = 50, STEP_MS = 700, END = Date.now() - 3600_000, START = END - ROWS * STEP_MS;
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const digits = (n, width) => n.toString(36).padStart(width, "0");
const padded = (n, width) => (ON_POSTGRES ? `lpad(CAST(${n} AS text), ${width}, '0')` : `printf('%0${width}d', ${n})`);
const id = (prefix, n) => `'${prefix}_' || ${padded(n, 20)}`;
const name = (text, n) => `'${text}' || (${n})`;

const SERIES = ON_POSTGRES ? `generate_series(CAST(1 AS bigint), ${ROWS}) AS n(i)` : "n";
const COUNTED = ON_POSTGRES ? "" : `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})`;
// Nine digits of base 36 are the time, as in the program's own ids; the first two stay as they are for years.
const TIME = `(${START} + i * ${STEP_MS})`, DIGIT = (k) => `substr('0123456789abcdefghijklmnopqrstuvwxyz', CAST(${TIME} / ${36 ** k} % 36 AS integer) + 1, 1)`;
const DIGITS = [`'${digits(START, 9).slice(0, 2)}'`, ...[6, 5, 4, 3, 2, 1, 0].map(DIGIT)].join(" || ");
const FILL = `INSERT INTO audit (id, at, actor, actor_name, client, address, action, server_id, server_name, account_id, account_name, tool, arguments, outcome, status, elapsed_us, request_id, detail, url)
  ${COUNTED}
  SELECT 'aud_' || ${DIGITS} || ${padded("i", 11)}, ${TIME}, ${id("tok", "i * 7919 % 500")}, ${name("person ", "i * 7919 % 500")}, ${name("client-", "i * 31 % 300")}, '10.0.' || (i * 17 % 40) || '.' || (i % 250),
    CASE WHEN i % 100 = 0 THEN 'server.create' ELSE 'tools/call' END, ${id("srv", "i * 104729 % 5000")}, ${name("server ", "i * 104729 % 5000")}, ${id("acc", "i * 1299709 % 1000")}, ${name("account ", "i * 1299709 % 1000")},
    CASE WHEN i = 5 THEN 'used_once' WHEN i BETWEEN ${0.3 * ROWS} AND ${0.37 * ROWS} AND i % 10 > 0 THEN 'old_job' ELSE ${name("list_all_things_of_kind_", "i * 15485863 % 2000")} END, '{"zone_id":"string(32)","per_page":"integer"}', CASE WHEN i % 33 = 0 THEN 'upstream_error' ELSE 'ok' END, 200, 1200 + i % 900, 'req_' || ${padded("i", 20)}, '', 'first' FROM ${SERIES}`;
const SPANS = `INSERT INTO audit_span (first_id, last_id, first_at, last_at) SELECT min(id), max(id), min(at), max(at) FROM audit GROUP BY CAST(substr(id, 14, 11) AS bigint) / 4096`;
const NAMES = Object.entries({ account: "account_id", server: "server_id", actor: "actor" }).map(([kind, of]) => `INSERT INTO audit_name (kind, name, id) SELECT DISTINCT '${kind}', ${kind}_name, ${of} FROM audit`);
const BEFORE = ["CREATE INDEX audit_by_time ON audit (at)", "CREATE INDEX audit_by_server ON audit (server_id, at)", "CREATE INDEX audit_by_url ON audit (url, id) WHERE url <> ''"];

const INDEXES = ON_POSTGRES
  ? "SELECT indexname AS name, replace(indexdef, ' ON ONLY ', ' ON ') AS sql FROM pg_indexes WHERE tablename = 'audit' AND indexname NOT LIKE '%pkey' AND indexname NOT LIKE '%values_key'"
  : "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'audit' AND sql IS NOT NULL AND name NOT LIKE '%values_key'";
const indexes = (db) => db.prepare(INDEXES).all();
const setIndexes = (db, all) => {
  for (const { name } of indexes(db)) db.exec(`DROP INDEX ${name}`);
  for (const sql of all) db.exec(sql);
};
const BYTES = ON_POSTGRES ? "SELECT pg_database_size(current_database()) AS n" : "SELECT (page_count - freelist_count) * page_size AS n FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()";
const size = (db) => (db.prepare(BYTES).get().n / 1e9).toFixed(2);
const OF_BEFORE = { account: "account_id", url: "url", tool: "tool", actor: "actor", client: "client", address: "address", outcome: "outcome", action: "action" }, EXCEPT = { outcome: "ok", action: "tools/call" };
const upgraded = () => (ON_POSTGRES ? [] : Object.entries(OF_BEFORE).map(([key, column]) => `CREATE INDEX audit_by_${key} ON audit (${column}, id) WHERE ${column} <> '${EXCEPT[key] ?? ""}'`));

// As if it had been there all the time: a part of each month.
function remake(db) {
  for (const { name } of db.prepare("SELECT CAST(inhrelid AS regclass) AS name FROM pg_inherits WHERE inhparent = CAST('audit' AS regclass)").all()) db.exec(`DROP TABLE ${name}`);
  const month = (n) => Date.UTC(new Date(START).getUTCFullYear(), new Date(START).getUTCMonth() + n, 1), bound = (n) => `'aud_${digits(month(n), 9)}'`;
  let n = 0;
  for (; month(n - 2) < Date.now(); n++) db.exec(`CREATE TABLE audit_${n} PARTITION OF audit FOR VALUES FROM (${n ? bound(n) : "MINVALUE"}) TO (${bound(n + 1)})`);
  db.exec(`CREATE TABLE audit_rest PARTITION OF audit FOR VALUES FROM (${bound(n)}) TO (MAXVALUE)`);
}

function fill(postern) {
  const db = database(postern);
  for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "cache_size = -300000"]) db.exec(`PRAGMA ${pragma}`);
  for (const table of ["audit", "audit_span"]) db.exec(`DELETE FROM ${table}`);
  if (ON_POSTGRES) remake(db);
  if (!ON_POSTGRES) for (const table of ["audit_block", "audit_list"]) db.exec(`DELETE FROM ${table}`);
  const ours = indexes(db).filter(({ name }) => ON_POSTGRES || name === "audit_by_server").map(({ sql }) => sql);
  setIndexes(db, []);
  db.exec(FILL);
  const bare = size(db);
  for (const sql of [...ours, ...upgraded(), SPANS, ...NAMES]) db.exec(sql);
  db.exec("PRAGMA journal_mode = WAL");
  if (ON_POSTGRES) db.exec("VACUUM ANALYZE"); // as its own house-keeping does
  const sizes = `${bare}, ${size(db)}`;
  db.close();
  return { ours, sizes };
}

// ---- lists in place of indexes

// How long it takes, and what a change through the API waits meanwhile.
async function listed(postern, print) {
  const db = database(postern), begun = performance.now(), times = [];
  const left = () => Math.floor(ROWS / 4096) - db.prepare("SELECT count(*) AS n FROM audit_block").get().n + indexes(db).length - 1;
  while (left() > 0) {
    const asked = performance.now();
    await postern.must(201, "POST", "/api-token", { name: `change ${times.length}`, role: "editor" });
    times.push(performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  print("rows of before listed, and their indexes dropped, s", ((performance.now() - begun) / 1000).toFixed(0));
  print("  a change meanwhile, ms: median, longest", `${median(times).toFixed(1)}, ${Math.max(...times).toFixed(0)}`);
  print("on disk then, GB", size(db));
  db.close();
}

// ---- the writer

const number = (n) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(n));
  return bytes;
};
const text = (s) => Buffer.concat([number(Buffer.byteLength(s)), Buffer.from(s)]);

// Rows as they wait in the spool (audit/spool), drawn evenly: the worst case of an index.
function waiting(run, at) {
  const r = (n) => Math.floor(Math.random() * n), pad = (n) => String(n).padStart(20, "0"), records = [];
  for (let i = 0; i < WAITING; i++) {
    const [server, account, actor] = [r(5000), r(1000), r(500)];
    const texts = [`tok_${pad(actor)}`, `person ${actor}`, `client-${r(300)}`, `10.0.${r(40)}.${r(250)}`, "tools/call", `srv_${pad(server)}`, `server ${server}`, `acc_${pad(account)}`, `account ${account}`,
      `list_all_things_of_kind_${r(2000)}`, '{"zone_id":"string(32)","per_page":"integer"}', "ok", `req_${pad(i)}`, "", "first", "", ""];
    const row = `aud_${digits(at + Math.floor(i / 1000), 9)}${digits(i % 1000, 4)}${run}`;
    const payload = Buffer.concat([number(0), text(row), ...texts.map(text), ...[at, 1200, 200, 1].map(number), text("")]);
    records.push(number(payload.length), createHash("sha256").update(payload).digest().subarray(0, 8), payload);
  }
  return Buffer.concat(records);
}

// How fast the program itself writes them, and what it takes of a core.
async function written(postern, run, at) {
  const spooled = async () => Number((await postern.api("GET", "/metrics")).text.match(/^postern_audit_spooled (\d+)/m)[1]);
  writeFileSync(join(postern.settings.data_dir, "audit.spool"), waiting(run, at), { mode: 0o600 });
  await postern.start();
  while ((await spooled()) === WAITING) await new Promise((resolve) => setTimeout(resolve, 10));
  const begun = performance.now(), rows = await spooled(), used = cpu(postern);
  if (!rows) throw new Error("all were written before anybody looked: set AUDIT_WAITING higher");
  while ((await spooled()) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const result = { rate: (rows * 1000) / (performance.now() - begun), cpu: ((cpu(postern) - used) * 1e6) / rows };
  await postern.stop();
  return result;
}

async function page(postern, query, token) {
  const times = [];
  let items = 0, next;
  for (let i = 0; i < TRIES; i++) {
    const begun = performance.now(), { status, body } = await postern.api("GET", `/audit?limit=100&${query}`, undefined, token ? { token } : {});
    times.push(performance.now() - begun);
    if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`);
    [items, next] = [body.items.length, body.next];
  }
  return { ms: median(times), items, next };
}

export async function audit({ print }) {
  const postern = await new Postern({ log_level: "warn", audit_retention: "3650d" }).start();
  const editor = await postern.must(201, "POST", "/api-token", { name: "editor", role: "editor" });
  await postern.stop();
  const { ours, sizes } = fill(postern);
  print("rows", ROWS);
  print("on disk, GB, without and with the indexes", sizes);
  const db = database(postern);
  const granted = Array.from({ length: 1000 }, (_, i) => `INSERT INTO account_permit (holder, account_id, access, granted_by, created_at, stamp) VALUES ('${editor.id}', ${id("acc", i)}, 'read', '', 0, '');`);
  const made = Array.from({ length: 100 }, (_, i) => `INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, updated_at, expires_at, version, owner, stamp) VALUES (${id("srv", i)}, 's', 0, '{}', 0, 'h${i}', 0, 0, 0, 1, '${editor.id}', '');`);
  db.exec("PRAGMA foreign_keys = OFF"); // the accounts are beside the point
  db.exec([ON_POSTGRES ? "SET session_replication_role = replica;" : "", "BEGIN;", ...granted, ...made, "COMMIT;"].join("\n"));
  db.close();
  await postern.start();
  const middle = new Date(START + (ROWS / 2) * STEP_MS).toISOString(), later = new Date(START + (ROWS / 2) * STEP_MS + 3600_000).toISOString(), old = new Date(START + 60_000).toISOString();
  const asked = {
    "all": "", "an account": "account_id=acc_00000000000000000007", "an account by name": "account=account%207", "a server": "server_id=srv_00000000000000000007", "a server by name": "server=server%207",
    "a tool": "tool=list_all_things_of_kind_7", "a tool used once, long ago": "tool=used_once", "a tool that nearly all used, long ago": "tool=old_job", "a tool nobody used": "tool=none", "an actor": "actor=tok_00000000000000000007", "an address": "address=10.0.7.1", "a client": "client=client-7",
    "an outcome": "outcome=upstream_error", "an outcome that no row has": "outcome=denied", "an action": "action=server.create", "an action that no row has": "action=key.rotate", "a URL": "url=first",
    "an hour in the middle": `since=${middle}&until=${later}`, "of an account": `account_id=acc_00000000000000000007&since=${middle}&until=${later}`, "of a tool, before": `tool=list_all_things_of_kind_7&until=${old}`,
    "an account and an outcome": "account_id=acc_00000000000000000007&outcome=upstream_error", "calls of an account": "account_id=acc_00000000000000000007&action=tools/call", "an account by name, of an actor by name": "account=account%207&actor_name=person%208", "two of many rows that seldom meet": "outcome=upstream_error&action=server.create", "two that seldom meet": "tool=list_all_things_of_kind_7&actor=tok_00000000000000000008",
  };
  if (!ON_POSTGRES) await listed(postern, print);
  await page(postern, ""); // what a start reads of the day before it is over
  for (const [name, query] of Object.entries(asked)) {
    const { ms, items, next } = await page(postern, query);
    print(`first page of ${name} (${items}${next ? ", more" : ""}), ms`, ms.toFixed(1), `<= ${AIM_MS}`, ms <= AIM_MS);
  }
  const hers = await page(postern, "", editor.token);
  print(`first page of an editor with 100 servers (${hers.items}), ms`, hers.ms.toFixed(1), `<= ${AIM_MS}`, hers.ms <= AIM_MS);
  await postern.stop();

  const now = await written(postern, "1111111", END);
  const again = database(postern);
  setIndexes(again, BEFORE);
  if (!ON_POSTGRES) again.exec("CREATE TRIGGER none BEFORE INSERT ON audit_list BEGIN SELECT RAISE(FAIL, 'as it was before'); END");
  again.close();
  const before = await written(postern, "2222222", END + 1800_000);
  print("rows a second out of the spool; CPU, us a row", `${now.rate.toFixed(0)}; ${now.cpu.toFixed(0)}`);
  print("  with the indexes of before, schema 19", `${before.rate.toFixed(0)}; ${before.cpu.toFixed(0)}`);
  print("  ratio", (now.rate / before.rate).toFixed(2), ">= 1", now.rate >= before.rate);
  if (!ours.length) throw new Error("no indexes");
  await postern.close();
}
