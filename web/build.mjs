// SPDX-License-Identifier: Apache-2.0
// Makes of app/ one page that needs nothing beside itself: dist/results.html, whose policy lets its own script and style run
// and nothing else. Its size has a limit, since hosts fetch it with the first answer. Usage: node build.mjs
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const BYTES_MOST = 112 * 1024, GZIP_MOST = 40 * 1024;

const here = (name) => new URL(name, import.meta.url);
const text = (name) => readFile(here(name), "utf8");
async function bundle(entry) {
  const made = await build({ entryPoints: [here(entry).pathname], bundle: true, minify: true, write: false, format: "iife", target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning" });
  return made.outputFiles[0].text.trim();
}
const hash = (part) => `'sha256-${createHash("sha256").update(part).digest("base64")}'`;

const script = await bundle("app/app.ts");
const style = (await Promise.all(["chart/chart.css", "app/app.css"].map(bundle))).join("\n");
if (/<\/(script|style)/i.test(script + style)) throw new Error("a part of the page would end its own element");
const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
const page = (await text("app/page.html")).replace(/\{(policy|style|script)\}/g, (_, name) => ({ policy, style, script })[name]);

const size = Buffer.byteLength(page), packed = gzipSync(page, { level: 9 }).length;
const said = `results.html: ${size} bytes of ${BYTES_MOST}, ${packed} with gzip of ${GZIP_MOST}`;
if (size > BYTES_MOST || packed > GZIP_MOST) throw new Error(`${said}: too large`);
await mkdir(here("dist"), { recursive: true });
await writeFile(here("dist/results.html.new"), page);
await rename(here("dist/results.html.new"), here("dist/results.html"));
if (process.argv.includes("--sizes")) console.log(said);
