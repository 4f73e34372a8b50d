// SPDX-License-Identifier: Apache-2.0
// session: who is signed in. Until it is known there is none; without one the shell shows the sign-in.
import { computed, signal } from "@preact/signals";
import { api, ok, reach, type Shapes } from "../api/client.ts";
import { forgetAll } from "../api/data.ts";

export type Role = "admin" | "editor" | "viewer";

export const who = signal<Shapes["Identity"] | undefined>(undefined);
export const role = computed<Role | undefined>(() => who.value?.role as Role | undefined);
export const may = (...roles: Role[]): boolean => role.value !== undefined && roles.includes(role.value);

export async function readWho(): Promise<void> {
  who.value = await ok(api.GET("/whoami"));
  reach.value = "ok";
}
export async function signOut(): Promise<void> {
  await ok(api.DELETE("/session"));
  who.value = undefined;
  forgetAll();
  reach.value = "signed-out";
}
