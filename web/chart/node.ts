// SPDX-License-Identifier: Apache-2.0
// node: elements before there is a document: a drawing is a tree of them, which becomes text (in tests, in files) or real
// elements (in pages). Text is only ever a text node and values only ever attributes, so what vendors wrote is never
// markup; and there is no way to write a handler, a style or a link. Example:
//   toText(svg("text", { x: 4 }, [name]))                // <text x="4">&lt;b&gt;</text>
//   figure.append(toElement(tree, document))

export type Value = string | number | boolean | undefined;
export interface Element {
  readonly space: "svg" | "html";
  readonly name: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly children: readonly Node[];
}
export type Node = Element | string;

const SPACES = { svg: "http://www.w3.org/2000/svg", html: "http://www.w3.org/1999/xhtml" };

export const svg = (name: string, attributes: Record<string, Value> = {}, children: readonly Node[] = []): Element => ({ space: "svg", name, attributes, children });
export const html = (name: string, attributes: Record<string, Value> = {}, children: readonly Node[] = []): Element => ({ space: "html", name, attributes, children });

// Coordinates to a hundredth of a pixel: the same text on every machine.
export const round = (n: number): number => Math.round(n * 100) / 100 + 0;

// What no XML may hold (XML 1.0 §2.2) would spoil the whole drawing; what turns the direction of text could make it
// read as something else.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
export const harmless = (text: string): string => text.replace(FORBIDDEN, "\ufffd");

function valueText(value: Exclude<Value, undefined>): string {
  return typeof value === "number" ? String(round(value)) : harmless(String(value));
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;" };
const escaped = (text: string, special: RegExp): string => text.replace(special, (c) => ENTITIES[c] ?? c);

export function toText(node: Node): string {
  if (typeof node === "string") return escaped(harmless(node), /[&<>\r]/g);
  let out = `<${node.name}`;
  if (node.name === "svg") out += ` xmlns="${SPACES.svg}"`;
  for (const [key, value] of Object.entries(node.attributes)) if (value !== undefined) out += ` ${key}="${escaped(valueText(value), /[&<>"\n\t\r]/g)}"`;
  const inside = node.children.map(toText).join("");
  return inside || node.space === "html" ? `${out}>${inside}</${node.name}>` : `${out}/>`;
}

export function toElement(node: Element, document: Document): HTMLElement | SVGElement {
  const element = document.createElementNS(SPACES[node.space], node.name) as HTMLElement | SVGElement;
  for (const [key, value] of Object.entries(node.attributes)) if (value !== undefined) element.setAttribute(key, valueText(value));
  for (const child of node.children) element.append(typeof child === "string" ? document.createTextNode(harmless(child)) : toElement(child, document));
  return element;
}

// All elements of a tree, the tree itself first.
export function* elements(node: Element): Generator<Element> {
  yield node;
  for (const child of node.children) if (typeof child !== "string") yield* elements(child);
}
