// SPDX-License-Identifier: Apache-2.0
// session: who is signed in. Until it is known there is none; without one the shell shows the sign-in.
import { computed, signal } from "@preact/signals";
import { api, ok, reach, type Shapes } from "../api/client.ts";
import { BASE } from "./router.ts";

export type Role = "admin" | "editor" | "viewer";

export const who = signal<Shapes["Identity"] | undefined>(undefined);
export const role = computed<Role | undefined>(() => who.value?.role as Role | undefined);
export const may = (...roles: Role[]): boolean => role.value !== undefined && roles.includes(role.value);

export async function readWho(): Promise<void> {
  const now = await ok(api.GET("/whoami"));
  // Another person than before sees nothing of what was here: the page begins anew.
  if (who.value && who.value.id !== now.id) return location.reload();
  who.value = now;
  reach.value = "ok";
}
export async function signOut(): Promise<void> {
  await ok(api.DELETE("/session"));
  location.assign(BASE);
}
