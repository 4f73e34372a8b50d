// SPDX-License-Identifier: Apache-2.0
// said: a call, written for other programs: curl, JSON-RPC, and our own command line.
import type { Json } from "./schema.ts";

export interface Called {
  readonly origin: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly tool: string;
  readonly args: Readonly<Record<string, Json>>;
}

// As a POSIX shell takes it whole.
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export const asCurl = ({ origin, account, tool, args }: Called): string =>
  [
    `curl -sS ${quoted(`${origin}/integrated-account/${account.id}/tools/${encodeURIComponent(tool)}/call`)}`,
    `-H "Authorization: Bearer $POSTERN_TOKEN" -H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify({ arguments: args }))}`,
  ].join(" \\\n  ");

export const asRpc = ({ tool, args }: Called): string => JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: args } }, null, 2);

export function asCommand({ account, tool, args }: Called): string {
  const words = Object.entries(args).map(([name, value]) => (typeof value === "string" && value && !value.startsWith("@") ? quoted(`${name}=${value}`) : quoted(`${name}:=${JSON.stringify(value)}`)));
  const plainNames = Object.keys(args).every((name) => /^[A-Za-z_][\w.-]*$/.test(name));
  return ["postern call", quoted(account.name), quoted(tool), ...(plainNames ? words : ["--arguments", quoted(JSON.stringify(args))])].join(" ");
}
