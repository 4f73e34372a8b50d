// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers/index.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 27701;
export const APIS = [
  ["inventory", "equipment", "inventory.yaml", "/api/v1"],
  ["meter", "metering", "meter.json", "/svc/v3"],
];
export const MCP = ["works", "building"];
