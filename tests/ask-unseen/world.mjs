// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers/index.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 27201;
export const APIS = [
  ["vet", "practice", "vet.yaml", "/api/v3"],
  ["stage", "boxoffice", "stage.json", "/api"],
  ["charge", "charging", "charge.yaml", "/charging/v1"],
];
export const MCP = ["pod", "podcasts"];
