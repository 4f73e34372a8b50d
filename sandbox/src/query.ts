// SPDX-License-Identifier: Apache-2.0
// A reader of GraphQL query documents (executable part, without fragments), bounded in depth and size.

export interface Field {
  alias: string;
  name: string;
  args: { [name: string]: any };
  fields: Field[];
}

export class QueryError extends Error {}

const TOKEN = /[\s,]+|#[^\n]*|([A-Za-z_][A-Za-z0-9_]*)|("(?:[^"\\\n]|\\.)*")|(-?\d+(?:\.\d+)?)|(\.\.\.|[{}()\[\]:!$=@])/y;
const DEEPEST = 24;
const LONGEST = 100_000;

function tokens(text: string): string[] {
  if (text.length > LONGEST) throw new QueryError("query is too long");
  const list: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new QueryError(`syntax error at offset ${at}`);
    const token = match[1] ?? match[2] ?? match[3] ?? match[4];
    if (token !== undefined) list.push(token);
  }
  return list;
}

class Reader {
  private at = 0;

  constructor(
    private readonly list: string[],
    private readonly variables: { [name: string]: any },
  ) {}

  peek(): string | undefined {
    return this.list[this.at];
  }

  private next(): string {
    const token = this.list[this.at++];
    if (token === undefined) throw new QueryError("syntax error: unexpected end of query");
    return token;
  }

  private expect(token: string): void {
    const found = this.next();
    if (found !== token) throw new QueryError(`syntax error: expected "${token}", found "${found}"`);
  }

  private name(): string {
    const token = this.next();
    if (!/^[A-Za-z_]/.test(token)) throw new QueryError(`syntax error: expected a name, found "${token}"`);
    return token;
  }

  /** `query Name($a: T = 1) { … }` */
  operation(): Field[] {
    if (this.peek() === "mutation" || this.peek() === "subscription") throw new QueryError(`${this.peek()} operations are not supported`);
    if (this.peek() === "query") {
      this.next();
      if (this.peek() !== "{" && this.peek() !== "(") this.name();
      if (this.peek() === "(") this.declarations();
    }
    const fields = this.selection(0);
    if (this.peek() !== undefined) throw new QueryError("only one operation is supported");
    return fields;
  }

  private declarations(): void {
    this.expect("(");
    while (this.peek() !== ")") {
      this.expect("$");
      const name = this.name();
      this.expect(":");
      while (this.peek() !== "$" && this.peek() !== ")" && this.peek() !== "=") this.next();
      if (this.peek() === "=") {
        this.next();
        const initial = this.value(0);
        if (this.variables[name] === undefined) this.variables[name] = initial;
      }
    }
    this.expect(")");
  }

  private selection(depth: number): Field[] {
    if (depth > DEEPEST) throw new QueryError("query is too deep");
    this.expect("{");
    const fields: Field[] = [];
    while (this.peek() !== "}") {
      if (this.peek() === "..." || this.peek() === "@") throw new QueryError(`"${this.peek()}" is not supported`);
      fields.push(this.field(depth));
    }
    this.expect("}");
    return fields;
  }

  private field(depth: number): Field {
    const first = this.name();
    let name = first;
    if (this.peek() === ":") {
      this.next();
      name = this.name();
    }
    const args: Field["args"] = {};
    if (this.peek() === "(") {
      this.next();
      while (this.peek() !== ")") {
        const key = this.name();
        this.expect(":");
        args[key] = this.value(depth);
      }
      this.next();
    }
    return { alias: first, name, args, fields: this.peek() === "{" ? this.selection(depth + 1) : [] };
  }

  private value(depth: number): any {
    if (depth > DEEPEST) throw new QueryError("query is too deep");
    const token = this.next();
    if (token === "$") {
      const name = this.name();
      if (this.variables[name] === undefined) throw new QueryError(`variable "$${name}" is not given`);
      return this.variables[name];
    }
    if (token === "[") {
      const list: any[] = [];
      while (this.peek() !== "]") list.push(this.value(depth + 1));
      this.next();
      return list;
    }
    if (token === "{") {
      const object: { [name: string]: any } = {};
      while (this.peek() !== "}") {
        const key = this.name();
        this.expect(":");
        object[key] = this.value(depth + 1);
      }
      this.next();
      return object;
    }
    if (token.startsWith('"')) return JSON.parse(token);
    if (/^-?\d/.test(token)) return Number(token);
    if (token === "true" || token === "false") return token === "true";
    return token === "null" ? null : token;
  }
}

export function parseQuery(text: string, variables: { [name: string]: any }): Field[] {
  return new Reader(tokens(text), { ...variables }).operation();
}
