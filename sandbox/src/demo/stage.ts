// SPDX-License-Identifier: Apache-2.0
// What every act of the demo needs: steps that are printed and counted, a running Postern, its management API, and
// the official MCP client. Nothing printed is known beforehand: each act prints what it was answered.

import { spawn } from "node:child_process";
import { Client, StreamableHTTPClientTransport, type Tool } from "@modelcontextprotocol/client";

export type Json = Record<string, any>;
export type Api = (method: string, path: string, body?: Json) => Promise<Json>;

export const say = (text = "") => process.stdout.write(`${text}\n`);

let steps = 0;
export const step = (text: string) => say(`\n${++steps}. ${text}`);
export const stepsHeld = () => steps;

export function expect(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(`the demo expected ${what}`);
}

export const many = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;

/** Columns as wide as they must be; numbers to the right. */
export function table(head: string[], rows: (string | number)[][]): void {
  const width = head.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)));
  const line = (cells: (string | number)[]) =>
    cells.map((cell, i) => (typeof rows[0]?.[i] === "number" ? String(cell).padStart(width[i]!) : String(cell).padEnd(width[i]!))).join("  ");
  for (const row of [head, ...rows]) say(`   ${line(row).trimEnd()}`);
}

export function group<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const made = new Map<string, T[]>();
  for (const row of rows) made.set(key(row), [...(made.get(key(row)) ?? []), row]);
  return made;
}

export const clock = (time: string | number) => new Date(time).toISOString().slice(11, 16);

/** Starts `postern serve`; `started` has its address and the admin token of the first start. */
export function serve(binary: string, connectors: string, folder: string) {
  const child = spawn(
    binary,
    ["serve", "--listen", "127.0.0.1:0", "--data-dir", folder, "--connectors-dir", connectors, "--upstream-allow", "127.0.0.0/8", "--log-level", "warn"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const started = new Promise<{ url: string; token: string }>((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (bytes) => {
      output += bytes;
      const url = output.match(/POSTERN_URL=(\S+)/)?.[1];
      const token = output.match(/POSTERN_TOKEN=(\S+)/)?.[1];
      if (url && token) resolve({ url, token });
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`postern ended with ${code}`)));
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
  };
  return { started, stop };
}

export function management(base: string, token: string): Api {
  return async (method, path, body) => {
    const answer = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const json = (await answer.json()) as Json;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
    return json;
  };
}

interface Wish {
  mode?: "auto" | "legacy";
  /** Hears of each change of the tools, as the client's own subscription tells it. */
  heard?: (tools: Tool[]) => void;
}

export async function connectClient(url: string, { mode = "auto", heard }: Wish = {}): Promise<Client> {
  const listChanged = heard && { tools: { onChanged: (_error: Error | null, tools: Tool[] | null) => tools && heard(tools) } };
  const client = new Client({ name: "postern-demo", version: "1.0.0" }, { versionNegotiation: { mode }, ...(listChanged ? { listChanged } : {}) });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

/** Calls a tool; its text. */
export async function ask(client: Client, name: string, args: Json, silent = false): Promise<string> {
  const result = await client.callTool({ name, arguments: args });
  const first = (result.content as Json[])[0]!;
  expect(!result.isError, `${name} to succeed, not: ${first["text"]}`);
  if (!silent) say(`   ${name} ${JSON.stringify(args)}`);
  return first["text"] as string;
}

/** The same, where the text is JSON. */
export const call = async (client: Client, name: string, args: Json, silent = false): Promise<Json> => JSON.parse(await ask(client, name, args, silent));

/** What a client is told that calls what its server does not show. */
export async function refusal(client: Client, name: string): Promise<string> {
  const message = await client.callTool({ name, arguments: {} }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  expect(message, `${name} to be refused`);
  return message;
}
