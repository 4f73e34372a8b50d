// SPDX-License-Identifier: Apache-2.0
// told: an answer as the API tells it, in the shapes that the manual's page on asking describes and the management API's own
// description leaves open.
import type { Shapes } from "../../api/client.ts";

export type Cell = string | number | boolean | null;
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
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
  readonly kind?: string;
  readonly unit?: string;
  readonly title?: string;
}
export interface Result {
  readonly name: string;
  readonly title?: string;
  readonly error?: string;
  readonly columns?: readonly ResultColumn[];
  readonly rows?: readonly (readonly Cell[])[];
  readonly row_count?: number;
  readonly total_rows?: number;
  readonly cut?: boolean;
  readonly time?: { readonly unfinished?: boolean };
  readonly chart?: unknown;
  readonly panels?: readonly unknown[];
  readonly chart_why?: string;
}
export interface Call {
  readonly account: string;
  readonly account_id?: string;
  readonly tool: string;
  readonly arguments?: unknown;
  readonly at?: string;
  readonly request_id?: string;
  readonly page?: number;
  readonly rows?: number;
  readonly bytes?: number;
  readonly ms?: number;
  readonly cached?: boolean;
  readonly age_ms?: number;
  readonly why?: string;
}
export interface Program {
  readonly title?: string;
  readonly steps?: readonly { readonly id?: string; readonly account?: string | readonly string[]; readonly tool?: string }[];
}
// What is the same of an answer as it is told at first, and as it is kept.
interface Parts {
  readonly numbers?: readonly Linked[];
  readonly results?: readonly Result[];
  readonly calls?: readonly Call[];
  readonly understood?: readonly Understood[];
  readonly choices?: readonly Choice[];
  readonly warnings?: readonly string[];
  readonly program?: Program;
}
type Without<T> = Omit<T, keyof Parts | "table" | "chart">;
export type Answer = Without<Shapes["Answer"]> & Parts;
export type Kept = Without<Shapes["KeptAnswer"]> & Parts;
export type Outcome = Omit<Shapes["ProgramOutcome"], "results" | "calls"> & { readonly results?: readonly Result[]; readonly calls?: readonly Call[] };

export type AskEvent =
  | { readonly event: "understood"; readonly data: { understood: Understood[]; assumptions: string[] } }
  | { readonly event: "plan"; readonly data: { of: string; program: unknown; calls: { step: string; account: string; tool: string }[]; calls_least: number; calls_known: boolean } }
  | { readonly event: "model"; readonly data: { state: "asked" | "replied"; engine: string; round: number; doing?: string } }
  | { readonly event: "call"; readonly data: { of: string; number: number; state: "begun" | "complete" | "failed"; step: string; account: string; tool: string; arguments: unknown; rows?: number; ms?: number; cached?: boolean; why?: string } }
  | { readonly event: "read"; readonly data: { of: string; step?: string; state?: string; ended?: number; known?: number; rows?: number; wait_seconds?: number } }
  | { readonly event: "answer"; readonly data: Answer }
  | { readonly event: "error"; readonly data: Shapes["Error"] };
