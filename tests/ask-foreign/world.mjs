// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers/index.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 27101;
export const APIS = [
  ["fleet", "trucks", "fleet.yaml", "/v1"],
  ["billing", "invoicing", "billing.json", ""],
  ["library", "lending", "library.yaml", "/api"],
];
export const MCP = ["upkeep", "plant"];
