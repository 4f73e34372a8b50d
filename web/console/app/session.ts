// SPDX-License-Identifier: Apache-2.0
// session: who is signed in. Until it is known there is none; without one the shell shows the sign-in.
import { computed, signal } from "@preact/signals";
import { api, ok, reach, type Shapes } from "../api/client.ts";
import { BASE, type Address } from "./router.ts";

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
// Where a sign-in goes on to: where it was asked for, or what /ui/sign-in?next= names, as far as that is of this address
// (src/oidc/oidc.h, oidc_is_path).
export const SIGN_IN = "sign-in";
export function onward(here: Address): string {
  const next = here.query.get("next") ?? BASE;
  if (here.path !== SIGN_IN) return location.pathname + location.search;
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next) && !next.startsWith("/signin/") ? next : BASE;
}
export async function signOut(): Promise<void> {
  const { url } = await ok(api.POST("/sign-out"));
  location.assign(url);
}
