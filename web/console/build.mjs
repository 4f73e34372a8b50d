// SPDX-License-Identifier: Apache-2.0
// Makes of console/ the files that the program hands out under /ui/: dist/index.html, and dist/assets/ whose names hold a
// hash of their content. Each screen is a file of its own, loaded when it is opened. What the first load needs has a limit.
// Usage: node console/build.mjs [--sizes]
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const JS_MOST = 60 * 1024, CSS_MOST = 15 * 1024; // with gzip

const here = (name) => new URL(name, import.meta.url);
const path = (name) => here(name).pathname;

const { metafile } = await build({
  entryPoints: { console: path("main.tsx"), theme: path("style/theme.css") },
  outdir: path("new/assets"),
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"], // light-dark(), nesting
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const outputs = Object.entries(metafile.outputs).map(([file, made]) => ({ ...made, file: file.slice(file.indexOf("assets/")) }));
const of = (ending) => outputs.find((o) => o.entryPoint?.endsWith(ending))?.file;
const script = of("main.tsx"), style = of("theme.css");

// What is loaded at once: the entry, and what it imports in its first lines.
function first(file, all = new Set()) {
  if (all.has(file)) return all;
  all.add(file);
  for (const i of outputs.find((o) => o.file === file).imports) if (i.kind === "import-statement") first(i.path.slice(i.path.indexOf("assets/")), all);
  return all;
}
const gzip = async (file) => gzipSync(await readFile(here(`new/${file}`)), { level: 9 }).length;
const total = async (files) => (await Promise.all(files.map(gzip))).reduce((a, b) => a + b, 0);
const now = [...first(script)];
const js = await total(now), css = await total([style]), all = await total(outputs.map((o) => o.file).filter((f) => f.endsWith(".js")));
const said = `console: ${js} bytes of script at first of ${JS_MOST}, ${css} of style of ${CSS_MOST}, ${all} of script in all, each with gzip`;
if (js > JS_MOST || css > CSS_MOST) throw new Error(`${said}: too large`);

const page = (await readFile(here("index.html"), "utf8"))
  .replace("{style}", style)
  .replace("{scripts}", now.map((f) => (f === script ? `<script type="module" src="/ui/${f}"></script>` : `<link rel="modulepreload" href="/ui/${f}">`)).sort().join("\n"));
await writeFile(here("new/index.html"), page);
await cp(here("icon.svg"), here("new/icon.svg"));
await rm(here("dist"), { recursive: true, force: true });
await mkdir(here("new"), { recursive: true });
await rename(here("new"), here("dist"));
if (process.argv.includes("--sizes")) console.log(said);
