// SPDX-License-Identifier: Apache-2.0
// told: an answer as the API tells it, in the shapes that the manual's page on asking describes and the management API's own
// description leaves open.
import type { Shapes } from "../../api/client.ts";

export type Cell = string | number | boolean | null;
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}
export interface Understood {
  readonly what: string;
  readonly said: string;
  readonly assumed: boolean;
}
export interface Linked {
  readonly start: number; // bytes of the text in UTF-8
  readonly end: number;
  readonly result: string;
  readonly row?: number;
  readonly column?: number;
  readonly rows?: readonly [number, number];
}
export interface Choice {
  readonly number: number;
  readonly label: string;
  readonly detail?: string;
}
export interface Answer extends Omit<Shapes["Answer"], "numbers" | "table" | "chart" | "understood"> {
  readonly numbers?: readonly Linked[];
  readonly table?: Table;
  readonly chart?: { readonly kind: string; readonly spec?: unknown };
  readonly understood?: readonly Understood[];
}

export type AskEvent =
  | { readonly event: "understood"; readonly data: { understood: Understood[]; assumptions: string[] } }
  | { readonly event: "plan"; readonly data: { of: string; program: unknown; calls: { step: string; account: string; tool: string }[]; calls_least: number; calls_known: boolean } }
  | { readonly event: "model"; readonly data: { state: "asked" | "replied"; engine: string; round: number; doing?: string } }
  | { readonly event: "call"; readonly data: { of: string; number: number; state: "begun" | "complete" | "failed"; step: string; account: string; tool: string; arguments: unknown; rows?: number; ms?: number; cached?: boolean; why?: string } }
  | { readonly event: "read"; readonly data: { of: string; step?: string; state?: string; ended?: number; known?: number; rows?: number; wait_seconds?: number } }
  | { readonly event: "answer"; readonly data: Answer }
  | { readonly event: "error"; readonly data: Shapes["Error"] };
