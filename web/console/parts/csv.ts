// SPDX-License-Identifier: Apache-2.0
// csv: rows as a file (RFC 4180). A text that a spreadsheet would take for a formula has an apostrophe before it, as the
// program's own exports have. Pure, but for `download`.
export type Cell = string | number | boolean | null | undefined;

function field(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
export const csv = (rows: readonly (readonly Cell[])[]): string => rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 100) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
