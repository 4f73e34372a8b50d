// SPDX-License-Identifier: Apache-2.0
// The smallest content of each kind, and shorthands for results that carry it.

import { type CallToolResult, type ContentBlock, fromJsonSchema, type JsonSchemaType } from "@modelcontextprotocol/server";

export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
export const WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==";

export const image = { type: "image" as const, data: PNG, mimeType: "image/png" };

export const text = (words: string): CallToolResult => ({ content: [{ type: "text", text: words }] });
export const content = (...blocks: ContentBlock[]): CallToolResult => ({ content: blocks });

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

// A schema as it stands: what is written here is what clients see.
export const schema = <T>(written: JsonSchemaType) => fromJsonSchema<T>(written);
export const strings = <K extends string>(...names: K[]) =>
  schema<Record<K, string>>({ type: "object", properties: Object.fromEntries(names.map((n) => [n, { type: "string" }])), required: names });
