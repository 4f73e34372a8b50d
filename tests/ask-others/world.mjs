// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers/index.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 28950;
export const APIS = [
  ["dealbook", "crm", "dealbook.yaml", "/crm/v2"],
  ["storeapi", "webshop", "storeapi.json", "/rest/v1"],
];
export const MCP = ["faultline", "errors"];
