// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers/index.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 27501;
export const APIS = [["lodge", "hotels", "lodge.yaml", "/backoffice/v1"]];
export const MCP = ["hire", "recruiting"];
