// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers/index.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 27601;
export const APIS = [
  ["school", "lessons", "school.yaml", "/api/v2"],
  ["lab", "laboratory", "lab.json", "/lims/api"],
];
export const MCP = ["tracker", "software"];
