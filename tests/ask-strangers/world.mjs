// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers/index.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 28701;
export const APIS = [
  ["idhub", "identity", "idhub.yaml", "/api/v1"],
  ["deskline", "helpdesk", "deskline.json", "/api/v2"],
];
export const MCP = ["paydesk", "payroll"];
