// SPDX-License-Identifier: Apache-2.0
// Cloudinary's asset management: sessions over Streamable HTTP on /mcp, true HTTP+SSE on /sse, OAuth or keys in headers.

import { CLOUDS } from "../../story/media.js";
import type { Spec } from "../door.js";
import type { Json } from "../kit.js";
import { jwt, secretText, type Grant } from "../oauth.js";
import { failure, text, type Principal, type Tool } from "../toolset.js";
import { readers, VIEWER } from "./readers.js";
import { writers } from "./writers.js";

const TOOLS = [...readers, ...writers];

/** The "dynamic" mode: three tools that stand for all, and one that lists the scopes. */
const ANY = { title: "", readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };
const LOOK = { ...ANY, readOnlyHint: true, destructiveHint: false, idempotentHint: true };
const NAME = { tool_name: { type: "string", description: "The tool" } };

export const META: Tool[] = [
  {
    name: "list_tools",
    title: "List tools",
    description: "Lists the names of the tools that execute_tool can run.",
    inputSchema: { type: "object", properties: { search_terms: { type: "array", items: { type: "string" } } } },
    annotations: { ...LOOK, title: "List tools" },
    run: ({ args }) => {
      const words: string[] = args["search_terms"] ?? [];
      const kept = TOOLS.filter((t) => words.every((w) => `${t.name} ${t.description}`.toLowerCase().includes(w.toLowerCase())));
      return text({ tools: kept.map((t) => ({ name: t.name, description: t.description })) });
    },
  },
  {
    name: "describe_tool_input",
    title: "Describe a tool's input",
    description: "Returns the input schema of a tool.",
    inputSchema: { type: "object", properties: NAME, required: ["tool_name"] },
    annotations: { ...LOOK, title: "Describe a tool's input" },
    run: ({ args }) => {
      const found = TOOLS.find((t) => t.name === args["tool_name"]);
      return found ? text({ name: found.name, inputSchema: found.inputSchema }) : failure(`Unknown tool ${args["tool_name"]}`);
    },
  },
  {
    name: "execute_tool",
    title: "Execute a tool",
    description: "Runs a tool by its name.",
    inputSchema: { type: "object", properties: { ...NAME, input: { type: "object", additionalProperties: true } }, required: ["tool_name"] },
    annotations: { ...ANY, title: "Execute a tool" },
    writes: true,
    run: (call) => {
      const found = TOOLS.find((t) => t.name === call.args["tool_name"]);
      return found ? found.run({ ...call, args: call.args["input"] ?? {} }) : failure(`Unknown tool ${call.args["tool_name"]}`);
    },
  },
  {
    name: "list_scopes",
    title: "List scopes",
    description: "Lists the scopes of this connection.",
    inputSchema: { type: "object", properties: {} },
    annotations: { ...LOOK, title: "List scopes" },
    run: ({ who }) => text({ scopes: who.scopes }),
  },
];

/** The header cloudinary-tools: "dynamic", or the tools wanted, comma-separated. */
function shown(tool: Tool, who: Principal): Tool | undefined {
  const wanted = who.headers("cloudinary-tools");
  const meta = META.includes(tool) || META.some((m) => m.run === tool.run);
  if (wanted === "dynamic") return meta ? tool : undefined;
  if (meta) return undefined;
  return wanted === undefined || wanted.split(",").some((name) => name.trim() === tool.name) ? tool : undefined;
}

const VIEW = `<!doctype html>
<html><head><meta charset="utf-8"><title>Assets</title></head>
<body><ul id="assets"></ul>
<script>
addEventListener("message", ({ data }) => {
  if (data?.method !== "ui/notifications/tool-result") return;
  const list = document.getElementById("assets");
  for (const { public_id } of JSON.parse(data.params.content[0].text).resources ?? []) {
    list.append(Object.assign(document.createElement("li"), { textContent: public_id }));
  }
});
parent.postMessage({ jsonrpc: "2.0", id: 1, method: "ui/initialize", params: { appInfo: { name: "asset-grid", version: "1" }, appCapabilities: {}, protocolVersion: "2026-01-26" } }, "*");
</script></body></html>
`;

const SCOPES = ["openid", "profile", "email", "offline_access", "asset_management", "upload"];

/** Keys in the headers: cloudinary-url, or its three parts. */
function keyed(header: (name: string) => string | undefined) {
  const url = header("cloudinary-url");
  const [, fromUrlKey, fromUrlSecret, fromUrlCloud] = /^cloudinary:\/\/([^:]+):([^@]+)@([^/?]+)/.exec(url ?? "") ?? [];
  const key = fromUrlKey ?? header("cloudinary-api-key");
  const secret = fromUrlSecret ?? header("cloudinary-api-secret");
  const cloud = fromUrlCloud ?? header("cloudinary-cloud-name");
  if (key === undefined && secret === undefined && url === undefined) return undefined;
  const found = CLOUDS.find((c) => c.name === cloud);
  const bad = !found || found.key !== key ? "unknown api_key" : found.secret !== secret ? "api_secret mismatch" : undefined;
  return { name: `key:${key}@${cloud}`, scopes: ["asset_management", "upload"], choice: { cloud, ...(bad ? { bad } : {}) } as Json };
}

const accessToken = (grant: Grant, expires: number) =>
  jwt({
    sub: grant.user,
    client_id: grant.client,
    ...(grant.resource ? { aud: grant.resource } : {}),
    cloud_name: grant.choice["cloud"],
    scope: grant.scopes.join(" "),
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(expires),
    jti: secretText(9),
  });

export const cloudinary: Spec = {
  name: "cloudinary",
  title: "Cloudinary",
  profile: {
    paths: { authorize: "/authorize", token: "/token", register: "/register", userinfo: "/userinfo" },
    scopes: SCOPES,
    authMethods: ["client_secret_post", "client_secret_basic", "none"],
    offlineScope: "offline_access",
    accessToken,
    refreshToken: () => secretText(32),
  },
  settings: { rotation: "none", revocation: false, iss: "unsent" },
  endpoints: [
    { path: "/mcp", kind: "session", server: "asset-management" },
    { path: "/sse", kind: "sse", server: "asset-management" },
  ],
  servers: {
    "asset-management": {
      info: { name: "CloudinaryAssetMgmt", version: "0.11.0" },
      tools: [...TOOLS, ...META],
      shown,
      instructions: (who) => (who.choice["cloud"] ? `Manages the assets of the Cloudinary cloud ${who.choice["cloud"]}.` : undefined),
      resources: [
        {
          uri: VIEWER,
          name: "asset-grid",
          title: "Assets in a grid",
          mimeType: "text/html;profile=mcp-app",
          read: () => VIEW,
          _meta: { ui: { csp: { connectDomains: [], resourceDomains: ["https://res.cloudinary.com"] }, prefersBorder: true } },
        },
      ],
    },
  },
  chooser: { field: "cloud", label: "Product environment (cloud)", many: false, options: CLOUDS.map((c) => ({ id: c.name, name: c.title })) },
  principal: (grant) => ({ scopes: grant.scopes, choice: { cloud: grant.choice["cloud"] } }),
  keyed,
  prmAtRoot: true,
  prm: { scopes_supported: SCOPES, bearer_methods_supported: ["header"] },
};
