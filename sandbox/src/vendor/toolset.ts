// SPDX-License-Identifier: Apache-2.0
// The tools, prompts and resources of one MCP server, and what a test may change about them while it runs.

import { AjvJsonSchemaValidator } from "@modelcontextprotocol/server/validators/ajv";
import type { Json } from "./kit.js";
import type { World } from "../world.js";

/** Who calls: what a token, a key or nobody may see. */
export interface Principal {
  /** For the record only. */
  name: string;
  scopes: string[];
  /** What the consent, the header keys or the API token gave. */
  choice: Json;
  headers: (name: string) => string | undefined;
}

export interface ToolCall {
  world: World;
  who: Principal;
  args: Json;
}

export interface Result {
  content: Json[];
  isError?: boolean;
  structuredContent?: Json;
  _meta?: Json;
}

export interface Tool {
  name: string;
  title?: string;
  description: string;
  inputSchema: Json;
  outputSchema?: Json;
  annotations?: Json;
  icons?: Json[];
  _meta?: Json;
  /** Changes something at the vendor; such calls are counted apart. */
  writes?: boolean;
  run: (call: ToolCall) => Result | Promise<Result>;
}

export interface Prompt {
  name: string;
  title?: string;
  description?: string;
  arguments?: { name: string; description?: string; required?: boolean }[];
  get: (args: Record<string, string>) => Json[];
}

export interface Resource {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType: string;
  read: (world: World) => string;
  _meta?: Json;
}

export interface Parts {
  tools: Tool[];
  prompts?: Prompt[];
  resources?: Resource[];
  /** Tools this principal sees, from all; the vendor's own rule. */
  shown?: (tool: Tool, who: Principal) => Tool | undefined;
  instructions?: (who: Principal) => string | undefined;
  info: { name: string; version: string; title?: string };
}

export function text(value: unknown): Result {
  return { content: [{ type: "text", text: typeof value === "string" ? value : JSON.stringify(value) }] };
}

export function failure(value: unknown): Result {
  return { ...text(value), isError: true };
}

const validators = new AjvJsonSchemaValidator();
const compiled = new WeakMap<Json, ReturnType<typeof validators.getValidator>>();

/** A sentence on what is wrong with the arguments, or undefined. */
function wrong(schema: Json, args: Json): string | undefined {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = validators.getValidator(schema)));
  const outcome = check(args);
  return outcome.valid ? undefined : outcome.errorMessage;
}

/** A change of the inventory, in the order given. */
export type Change =
  | { op: "remove"; tool: string }
  | { op: "rename"; tool: string; to: string }
  | { op: "change"; tool: string; set: Json }
  | { op: "add"; tool: string; set: Json };

/** Fields that a "change" may set: all that tools/list shows. */
export const SETTABLE = ["title", "description", "inputSchema", "outputSchema", "annotations", "icons", "_meta"];

interface Shown {
  name: string;
  tool: Tool;
}

export class Toolset {
  private list: Shown[];

  constructor(readonly parts: Parts) {
    this.list = parts.tools.map((tool) => ({ name: tool.name, tool }));
  }

  reset(): void {
    this.list = this.parts.tools.map((tool) => ({ name: tool.name, tool }));
  }

  names(): string[] {
    return this.list.map((s) => s.name);
  }

  /** A sentence on why not, or undefined when it was made. */
  change(change: Change): string | undefined {
    const at = this.list.findIndex((s) => s.name === change.tool);
    if (change.op === "add") {
      if (at >= 0) return `there is a tool ${change.tool} already`;
      const tool: Tool = {
        name: change.tool,
        description: "",
        inputSchema: { type: "object" },
        ...change.set,
        run: ({ args }) => text({ added: args }),
      };
      this.list.push({ name: change.tool, tool });
      return undefined;
    }
    if (at < 0) return `there is no tool ${change.tool}`;
    const shown = this.list[at]!;
    if (change.op === "remove") this.list.splice(at, 1);
    if (change.op === "rename") this.list[at] = { ...shown, name: change.to };
    if (change.op === "change") this.list[at] = { ...shown, tool: { ...shown.tool, ...change.set } };
    return undefined;
  }

  private visible(who: Principal): Shown[] {
    const { shown } = this.parts;
    if (!shown) return this.list;
    return this.list.flatMap((s) => {
      const tool = shown(s.tool, who);
      return tool ? [{ name: s.name, tool }] : [];
    });
  }

  /** What tools/list says. */
  describe(who: Principal): Json[] {
    return this.visible(who).map(({ name, tool: { run: _run, writes: _writes, ...shown } }) => ({ ...shown, name }));
  }

  find(name: string, who: Principal): Tool | undefined {
    return this.visible(who).find((s) => s.name === name)?.tool;
  }

  async call(tool: Tool, call: ToolCall): Promise<Result> {
    // Against the schema the vendor wrote: a test's change may be no schema at all.
    const original = this.parts.tools.find((t) => t.run === tool.run);
    const mistake = original && wrong(original.inputSchema, call.args);
    if (mistake) return failure(`Invalid arguments: ${mistake}`);
    return tool.run(call);
  }
}
