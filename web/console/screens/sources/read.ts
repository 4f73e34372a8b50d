// SPDX-License-Identifier: Apache-2.0
// What these screens read of the API, under the same keys, and names that are still free.
import { all, api, ok, page, type Shapes } from "../../api/client.ts";
import { useData, type Data } from "../../api/data.ts";
import type { Account } from "../../api/lists.ts";

export type Connector = Shapes["Connector"];
export type Way = Shapes["Way"];

export const useAccount = (id: string): Data<Account> => useData(`account ${id}`, () => ok(api.GET("/integrated-account/{id}", { params: { path: { id } } })), 30_000);
export const useConnectors = (): Data<Shapes["ConnectorHead"][]> => useData("connectors", () => all((after) => ok(api.GET("/connector", page(after)))));
export const useConnector = (name: string | undefined): Data<Connector> => useData(name === undefined ? undefined : `connector ${name}`, () => ok(api.GET("/connector/{name}", { params: { path: { name: name ?? "" } } })));

// "arcjet", or "arcjet-2" where that is taken.
export function freeName(wanted: string, accounts: readonly { name: string }[]): string {
  const taken = new Set(accounts.map((a) => a.name));
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}-${i}`;
    if (!taken.has(name)) return name;
  }
}

// "https://mcp.example.com/mcp" → "example"
export function nameOfUrl(url: string): string {
  const host = /^https?:\/\/([^/:?#]+)/.exec(url.trim())?.[1] ?? "";
  const parts = host.split(".").filter((p) => !/^(www|mcp|api)$/.test(p));
  return /^[\d.]+$/.test(host) ? host : parts.length > 1 ? (parts[parts.length - 2] ?? host) : (parts[0] ?? "");
}

export type Choices = Record<string, { id: string; title: string }[]>;
// Defaults that the credential leaves open: it sees several, and none is chosen.
export const openChoices = (a: Account): string[] => Object.entries(a.choices as Choices).filter(([key, list]) => list.length > 1 && !(key in (a.context as object))).map(([key]) => key);
