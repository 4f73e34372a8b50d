// SPDX-License-Identifier: Apache-2.0
// The rows of a Postern that is tested, whichever store it has, in the manner of node:sqlite. With
// POSTERN_TEST_STORE=postgres (under scripts/with-postgres) each Postern has a database of its own there, by its data_dir.
// Example:
//   const db = database(world.postern);
//   db.prepare("SELECT count(*) AS n FROM answer WHERE owner = ?").get(owner).n; db.close();
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, globSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export const ON_POSTGRES = process.env.POSTERN_TEST_STORE === "postgres";
// For tests of what only SQLite has: { skip: ONLY_SQLITE }.
export const ONLY_SQLITE = ON_POSTGRES && "it is about SQLite's file";

const server = process.env.POSTERN_TEST_POSTGRES;
// Debian's psql is a script that looks for a cluster first, which takes longer than most statements.
export const PSQL = globSync("/usr/lib/postgresql/*/bin/psql").at(-1) ?? "psql";
if (ON_POSTGRES && !server) throw new Error("POSTERN_TEST_STORE=postgres needs scripts/with-postgres");

export const nameOf = (dataDir) => `e2e_${createHash("sha256").update(dataDir).digest("hex").slice(0, 24)}`;
export const urlOf = (dataDir) => server.replace(/\/postgres$/, `/${nameOf(dataDir)}`);
export const psql = (url, sql) =>
  execFileSync(PSQL, ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-", url], { input: sql, encoding: "utf8", maxBuffer: 256 << 20, stdio: ["pipe", "pipe", "pipe"] });

// The URL of the store for a data_dir; the database is made where it is not there yet.
export function storeFor(dataDir) {
  const there = psql(server, `SELECT count(*) FROM pg_database WHERE datname = '${nameOf(dataDir)}'`).trim();
  if (there === "0") psql(server, `CREATE DATABASE ${nameOf(dataDir)}`);
  return urlOf(dataDir);
}
export function dropFor(dataDir) {
  psql(server, `DROP DATABASE IF EXISTS ${nameOf(dataDir)} WITH (FORCE)`);
}

const literal = (v) => (v === null || v === undefined ? "NULL" : typeof v === "string" ? `'${v.replaceAll("'", "''")}'` : String(v));

class Statement {
  constructor(url, sql) {
    this.url = url;
    this.sql = sql;
  }
  text(values) {
    let n = 0;
    return this.sql.replace(/\?|'[^']*'/g, (found) => (found === "?" ? literal(values[n++]) : found));
  }
  all(...values) {
    if (/^PRAGMA/.test(this.sql)) return /integrity/.test(this.sql) ? [{ integrity_check: "ok" }] : []; // PostgreSQL's own business
    if (!/^\s*(SELECT|WITH)/.test(this.sql)) return this.run(...values), [];
    const out = psql(this.url, `SELECT coalesce(json_agg(r), '[]') FROM (${this.text(values)}) r`);
    return JSON.parse(out);
  }
  get(...values) {
    return this.all(...values)[0];
  }
  run(...values) {
    const out = psql(this.url, `WITH r AS (${this.text(values)} RETURNING 1) SELECT count(*) FROM r`);
    return { changes: Number(out.trim()) };
  }
}

class Rows {
  constructor(url) {
    this.url = url;
  }
  prepare(sql) {
    return new Statement(this.url, sql);
  }
  exec(sql) {
    if (!/^PRAGMA /.test(sql)) psql(this.url, sql);
  }
  close() {}
}

export function database(postern, options = {}) {
  if (ON_POSTGRES) return new Rows(urlOf(postern.settings.data_dir));
  const db = new DatabaseSync(join(postern.settings.data_dir, "postern.db"), options);
  db.exec("PRAGMA busy_timeout = 5000");
  return db;
}

// The names of its tables.
export const TABLES = ON_POSTGRES
  ? "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
  : "SELECT name FROM sqlite_master WHERE type = 'table'";

// Changes rows, at least one.
export function edit(postern, sql, ...values) {
  const db = database(postern);
  const { changes } = db.prepare(sql).run(...values);
  db.close();
  assert.ok(changes > 0, sql);
}

// Of a Postern that stands still: what puts its rows back as they are now.
export function saveRows(postern) {
  const dir = postern.settings.data_dir;
  if (!ON_POSTGRES) {
    const file = join(dir, "postern.db");
    copyFileSync(file, `${file}.before`);
    return () => renameSync(`${file}.before`, file);
  }
  const name = nameOf(dir);
  psql(server, `CREATE DATABASE ${name}_before TEMPLATE ${name}`);
  return () => {
    psql(server, `DROP DATABASE ${name} WITH (FORCE)`);
    psql(server, `ALTER DATABASE ${name}_before RENAME TO ${name}`);
  };
}

// All that is stored of it, as one text: the files of SQLite, or a dump.
export function storedText(postern) {
  const dir = postern.settings.data_dir;
  if (ON_POSTGRES) return execFileSync("pg_dump", ["--inserts", urlOf(dir)], { encoding: "latin1", maxBuffer: 256 << 20 });
  return readdirSync(dir).filter((f) => f.startsWith("postern.db")).map((f) => readFileSync(join(dir, f), "latin1")).join();
}
