// SPDX-License-Identifier: Apache-2.0
// multipart/form-data (RFC 7578), as far as uploads need it.

import { invalid } from "./envelope.js";

export interface Part {
  name: string;
  filename?: string;
  type: string;
  bytes: Buffer;
}

const MOST_PARTS = 64;

/** The parts of a form, or null when the body is not one. */
export function parts(body: Buffer, contentType: string): Part[] | null {
  if (!/^multipart\/form-data/i.test(contentType)) return null;
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary) throw invalid("Multipart body without a boundary");
  const mark = Buffer.from(`--${boundary}`);
  const found: Part[] = [];
  let at = body.indexOf(mark);
  while (at >= 0 && found.length < MOST_PARTS) {
    const start = at + mark.length;
    if (body.subarray(start, start + 2).toString() === "--") return found;
    const end = body.indexOf(Buffer.from(`\r\n--${boundary}`), start);
    const split = body.indexOf("\r\n\r\n", start);
    if (end < 0 || split < 0 || split > end) break;
    found.push(read(body.subarray(start + 2, split).toString("utf8"), body.subarray(split + 4, end)));
    at = end + 2;
  }
  throw invalid("Multipart body is not terminated");
}

function read(head: string, bytes: Buffer): Part {
  const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(head)?.[1] ?? "";
  const name = /(?:^|;|\s)name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw invalid("Multipart part without a name");
  return {
    name,
    filename: /filename="([^"]*)"/i.exec(disposition)?.[1],
    type: /^content-type:\s*(\S.*?)\s*$/im.exec(head)?.[1] ?? "text/plain",
    bytes: Buffer.from(bytes),
  };
}

export function part(body: Buffer, contentType: string, name: string): Part | undefined {
  return parts(body, contentType)?.find((p) => p.name === name);
}
