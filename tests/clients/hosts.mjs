// SPDX-License-Identifier: Apache-2.0
// The AI clients that are driven, as data: what each is given to read, how it is started for one question, and under which
// name its model sees a tool of Postern's; how it signs a person in, who has nothing but the address. Each runs in a home of its own, talks to nobody but the model and Postern on
// loopback, and needs no account.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const put = (folder, path, text) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const named = (shown, name) => shown.tools.find((t) => t.name === name || t.name.endsWith(`__${name}`) || t.name.endsWith(`_${name}`));

const claude = (name, env) => ({
  name,
  bin: "claude",
  prepare: (home, { server }) => put(home, "mcp.json", JSON.stringify({ mcpServers: { postern: { type: "http", url: server } } })),
  args: (home, question) => ["-p", question, "--mcp-config", join(home, "mcp.json"), "--strict-mcp-config", "--allowedTools", "mcp__postern", "--output-format", "text", "--model", "claude-sonnet-5-5"],
  env: (home, { model }) => ({ ANTHROPIC_BASE_URL: model, ANTHROPIC_API_KEY: "sk-scripted", CLAUDE_CONFIG_DIR: join(home, ".claude"), CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1", ...env }),
  signIn: { command: (server) => `sh -c 'claude mcp add --transport http postern ${server}; claude mcp login postern'` },
  isOurs: (tool) => tool.name.startsWith("mcp__postern__"),
  // A deferred tool is known by its name alone; the client's own search brings its definition.
  call: (shown, name, args) => {
    const own = shown.tools.find((t) => t.name === `mcp__postern__${name}`);
    if (own || !shown.tools.some((t) => t.name === "ToolSearch")) return { name: `mcp__postern__${name}`, arguments: args };
    return { name: "ToolSearch", arguments: { query: `select:mcp__postern__${name}`, max_results: 1 } };
  },
});

export const HOSTS = [
  claude("Claude Code", {}),
  claude("Claude Code, ENABLE_TOOL_SEARCH=true", { ENABLE_TOOL_SEARCH: "true" }),
  {
    name: "Codex",
    bin: "codex",
    prepare: (home, { server, model }) =>
      put(home, ".codex/config.toml", `model = "scripted"\nmodel_provider = "scripted"\napproval_policy = "never"\nsandbox_mode = "read-only"\n[analytics]\nenabled = false\n[model_providers.scripted]\nname = "scripted"\nbase_url = "${model}/v1"\nwire_api = "responses"\nenv_key = "SCRIPTED_KEY"\nrequest_max_retries = 0\nstream_max_retries = 0\n[mcp_servers.postern]\nurl = "${server}"\ndefault_tools_approval_mode = "approve"\n`),
    args: (_, question) => ["exec", "--skip-git-repo-check", question],
    env: (home) => ({ CODEX_HOME: join(home, ".codex"), SCRIPTED_KEY: "scripted" }),
    signIn: { command: () => "codex mcp login postern" },
    isOurs: (tool) => /postern/.test(tool.namespace ?? ""),
    call: (shown, name, args) => {
      const tool = named(shown, name);
      return { name: tool?.name ?? name, namespace: tool?.namespace ?? "mcp__postern", arguments: args };
    },
  },
  {
    name: "Gemini CLI",
    bin: "gemini",
    prepare: (home, { server }) =>
      put(home, ".gemini/settings.json", JSON.stringify({ mcpServers: { postern: { httpUrl: server, trust: true } }, security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } }, privacy: { usageStatisticsEnabled: false }, telemetry: { enabled: false }, general: { disableAutoUpdate: true } })),
    args: (_, question) => ["-p", question, "--yolo", "-m", "gemini-2.5-flash"],
    env: (_, { model }) => ({ GOOGLE_GEMINI_BASE_URL: model, GEMINI_API_KEY: "scripted" }),
    // It signs in from within alone; whether it may open a browser it asks first. Its token is a header that it sets when it
    // connects (0.61): one that runs out in mid-session is renewed by its next session, by its own clock.
    signIn: { command: () => "gemini -m gemini-2.5-flash", types: "/mcp auth postern", asks: /Yes/, until: /authenticated and reloaded/, renewsLater: true },
    isOurs: (tool) => tool.name.startsWith("mcp_postern_"),
    call: (shown, name, args) => ({ name: named(shown, name)?.name ?? `mcp_postern_${name}`, arguments: args }),
  },
];
