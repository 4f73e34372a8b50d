// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL of a suite's own, which it may stop, restart and fill. Example:
//   const db = await startDatabase();
//   const url = db.make();   // of an empty database
//   db.stop(); db.start(); await db.close();
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { psql } from "./database.mjs";
import { ROOT } from "./postern.mjs";

// A reason to leave tests out, or false.
export const skip = existsSync("/usr/lib/postgresql") ? false : "PostgreSQL is not installed";

export async function startDatabase() {
  const env = { ...process.env, POSTERN_TEST_POSTGRES: "" };
  const child = spawn(join(ROOT, "scripts/with-postgres"), ["sh", "-c", 'echo "$POSTERN_TEST_POSTGRES|$POSTERN_TEST_POSTGRES_CTL"; cat >/dev/null'], { env, stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  for await (const bytes of child.stdout) if ((said += bytes).includes("\n")) break;
  const [url, ctl] = said.trim().split("|");
  const run = (args) => execFileSync("sh", ["-c", `${ctl} ${args} >/dev/null 2>&1`]);
  let made = 0;
  return {
    url,
    sql: (sql) => psql(url, sql),
    make(name = `db_${++made}`) {
      psql(url, `CREATE DATABASE ${name}`);
      return url.replace(/\/postgres$/, `/${name}`);
    },
    stop: () => run("stop -m immediate"),
    start: () => run("start"),
    restart: () => run("restart -m fast"),
    async close() {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}
