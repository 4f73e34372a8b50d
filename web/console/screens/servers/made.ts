// SPDX-License-Identifier: Apache-2.0
// made: URLs that were made while this page is open. Each is told once by the API; it is kept here in memory, so that a person
// can go from the form to the client's instructions, and is gone with the page.
import { signal } from "@preact/signals";

export interface Made {
  readonly url: string;
  readonly name: string; // of the URL: "first", or what it is for
}
export const made = signal<Readonly<Record<string, Made>>>({}); // by the server's id

export function keepMade(server: string, url: string, name = "first"): void {
  made.value = { ...made.value, [server]: { url, name } };
}
