// SPDX-License-Identifier: Apache-2.0
// Every credential that the soak gives Postern holds one marker, so that it can be found wherever it should not be:
// as it is, or within base64 at any of the three places where it can begin. Pure.
export const MARKER = "s0aks3cretmarker";

const inBase64 = (shift) => {
  const text = Buffer.from("x".repeat(shift) + MARKER).toString("base64");
  return text.slice(shift === 0 ? 0 : 4, -4); // without the letters that neighbours have a part in
};
const FORMS = [MARKER, ...[0, 1, 2].map(inBase64)];

export const secret = (random) => `${MARKER}-${random.word(16)}`;
// What of the text is a secret with its surroundings, or undefined.
export function secretIn(text) {
  for (const form of FORMS) {
    const at = text.indexOf(form);
    if (at >= 0) return text.slice(Math.max(0, at - 300), at + form.length + 100);
  }
  return undefined;
}
