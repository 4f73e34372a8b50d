// SPDX-License-Identifier: Apache-2.0
// clients: how each AI client is told of a server: what is typed or pasted, a link where the client has one, and what it can
// not do. The same forms as `postern mcp config` prints. A token never stands in a link.
export interface Wanted {
  readonly name: string; // of the server
  readonly url: string;
  readonly second: boolean; // it asks for an API token beside the URL
  readonly people?: boolean; // the URL holds no secret: people sign in there
}
export interface Advice {
  readonly steps: readonly string[]; // keys of texts, "servers.step_…"
  readonly paste?: string;
  readonly link?: string;
  readonly cannot?: string; // key of the reason; nothing else is offered then
}
export interface Client {
  readonly id: string;
  readonly label: string;
  readonly matches: RegExp; // what it calls itself in its requests
  advise(w: Wanted): Advice;
}

const TOKEN = "<API token of the role client>";
const json = (value: unknown): string => JSON.stringify(value, null, 2);
const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "postern";
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const bearer = (w: Wanted, token = TOKEN): { headers?: { Authorization: string } } => (w.second ? { headers: { Authorization: `Bearer ${token}` } } : {});
const https = (w: Wanted): boolean => w.url.startsWith("https://");
const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export const CLIENTS: readonly Client[] = [
  {
    id: "claude",
    label: "Claude",
    matches: /^claude(?!-code)/i,
    advise: (w) =>
      w.second
        ? { steps: ["claude_desktop"], paste: json({ mcpServers: { [slug(w.name)]: { command: "npx", args: ["-y", "mcp-remote", w.url, "--header", "Authorization:${POSTERN_AUTHORIZATION}"], env: { POSTERN_AUTHORIZATION: `Bearer ${TOKEN}` } } } }) }
        : https(w)
          ? { steps: ["claude_connectors"], paste: w.url }
          : { steps: ["claude_desktop_plain"], paste: json({ mcpServers: { [slug(w.name)]: { command: "npx", args: ["-y", "mcp-remote", w.url] } } }) },
  },
  {
    id: "chatgpt",
    label: "ChatGPT",
    matches: /chatgpt|openai/i,
    advise: (w) => (w.second ? { steps: [], cannot: "chatgpt_no_header" } : https(w) ? { steps: ["chatgpt_mode", w.people ? "chatgpt_create_oauth" : "chatgpt_create"], paste: w.url } : { steps: [], cannot: "chatgpt_https" }),
  },
  {
    id: "claude-code",
    label: "Claude Code",
    matches: /^claude-code/i,
    advise: (w) => ({ steps: ["shell"], paste: `claude mcp add --transport http ${slug(w.name)} ${quoted(w.url)}${w.second ? ` --header "Authorization: Bearer $POSTERN_CLIENT_TOKEN"` : ""}` }),
  },
  {
    id: "cursor",
    label: "Cursor",
    matches: /cursor/i,
    advise: (w) => ({
      steps: ["cursor"],
      paste: json({ mcpServers: { [slug(w.name)]: { url: w.url, ...bearer(w) } } }),
      ...(w.second ? {} : { link: `cursor://anysphere.cursor-deeplink/mcp/install?name=${slug(w.name)}&config=${encodeURIComponent(base64(JSON.stringify({ url: w.url })))}` }),
    }),
  },
  {
    id: "vscode",
    label: "VS Code",
    matches: /visual studio code|vscode/i,
    advise: (w) => ({
      steps: ["vscode"],
      paste: json({
        servers: { [slug(w.name)]: { type: "http", url: w.url, ...bearer(w, "${input:postern-token}") } },
        ...(w.second ? { inputs: [{ type: "promptString", id: "postern-token", description: "API token for Postern", password: true }] } : {}),
      }),
      ...(w.second ? {} : { link: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: slug(w.name), type: "http", url: w.url }))}` }),
    }),
  },
  {
    id: "other",
    label: "",
    matches: /./,
    advise: (w) => ({ steps: w.second ? ["other", "other_token"] : ["other"], paste: w.url }),
  },
];
