// SPDX-License-Identifier: Apache-2.0
// The services of this folder's questions, and how each is connected: connector, account, document, where its API begins.
export { KEYS, SERVERS } from "./servers.mjs";
export const FOLDER = new URL(".", import.meta.url);
export const FIRST_PORT = 27301;
export const APIS = [
  ["climb", "climbing", "climb.yaml", "/v2"],
  ["press", "printshop", "press.json", "/api"],
];
