// SPDX-License-Identifier: Apache-2.0
// A vendor of the test's own with skills (io.modelcontextprotocol/skills, SEP-2640), an MCP server of 2026-07-28 or of
// 2025-11-25, which lists two a page and may lie. Example:
//   const vendor = await startSkills({ skills: [skill("pdf", { "forms.md": "# Forms\n" })] });
//   vendor.asked                                   // [{ method, params }]
import { createHash } from "node:crypto";
import { startRecorder } from "./recorder.mjs";

const EXTENSION = "io.modelcontextprotocol/skills", PAGE = 2;
const sha256 = (text) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

// An entry, and the texts of its files by URI; `base` is the folder's.
export function skill(name, more = {}, base = `skill://${name}`) {
  const description = `How to use ${name}`;
  const files = { "SKILL.md": `---\nname: ${name}\ndescription: ${description}\n---\n\n# ${name}\n`, ...more };
  const texts = Object.fromEntries(Object.entries(files).map(([file, text]) => [`${base}/${file}`, text]));
  const resources = Object.entries(texts).map(([uri, text]) => ({ uri, digest: sha256(text), size: Buffer.byteLength(text) }));
  return { texts, entry: { uri: `${base}/SKILL.md`, frontmatter: { name, description }, resources } };
}

export async function startSkills({ era = "modern", skills = [], capabilities = {} } = {}) {
  const vendor = { skills, asked: [], fails: false, get: undefined };
  const found = (uri) => vendor.skills.find((s) => s.entry.uri === uri);
  const who = { capabilities: { tools: {}, resources: {}, extensions: { [EXTENSION]: {} }, ...capabilities }, serverInfo: { name: "skills", version: "1" } };
  const answers = {
    [era === "modern" ? "server/discover" : "initialize"]: () => (era === "modern" ? { supportedVersions: ["2026-07-28"], ...who } : { protocolVersion: "2025-11-25", ...who }),
    "tools/list": () => ({ tools: [{ name: "look", description: "Looks.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }] }),
    "resources/list": () => ({ resources: [] }),
    "resources/read": ({ uri }) => {
      const text = vendor.skills.map((s) => s.texts[uri]).find(Boolean);
      return text && { contents: [{ uri, mimeType: "text/markdown", text }] };
    },
    "skills/list": ({ cursor = "0" }) => {
      const next = +cursor + PAGE;
      return { skills: vendor.skills.slice(+cursor, next).map((s) => s.entry), ...(next < vendor.skills.length ? { nextCursor: String(next) } : {}) };
    },
    "skills/get": ({ uri }) => vendor.get ?? (found(uri) && { skill: found(uri).entry }),
  };
  const server = await startRecorder(({ method, body }) => {
    if (method !== "POST") return { status: 405 };
    const { id, method: name, params = {} } = JSON.parse(body);
    if (id === undefined) return { status: 202, body: "" };
    const error = (code, message, status = 200) => ({ status, body: { jsonrpc: "2.0", id, error: { code, message } } });
    if (!answers[name]) return error(-32601, `Method not found: ${name}`, 400);
    vendor.asked.push({ method: name, params });
    if (vendor.fails && name.startsWith("skills/")) return error(-32603, "the disk is full");
    const result = answers[name](params);
    return result ? { body: { jsonrpc: "2.0", id, result: { ...(era === "modern" ? { resultType: "complete" } : {}), ...result } } } : error(-32602, "no such thing");
  });
  return Object.assign(vendor, { url: `${server.url}/mcp`, close: server.close });
}
