// SPDX-License-Identifier: Apache-2.0
// save: a file for the person's own machine, made in the page.

// A cell of CSV (RFC 4180). What a spreadsheet would take for a formula has an apostrophe before it, as the API's CSV has.
export function csvCell(value: unknown): string {
  let text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  if (typeof value !== "number" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
export const csv = (rows: Iterable<readonly unknown[]>): string => [...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";

export function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
