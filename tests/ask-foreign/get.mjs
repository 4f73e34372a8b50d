// SPDX-License-Identifier: Apache-2.0
// What reading servers past Postern takes: where they are, and a GET. ASK_FLEET and the like tell where else they are.
export const origins = (names, first) => Object.fromEntries(names.map((name, i) => [name, (process.env[`ASK_${name.toUpperCase()}`] ?? `http://127.0.0.1:${first + i}`).replace(/\/+$/, "")]));

export async function get(url, headers) {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return { json: await answer.json(), headers: answer.headers };
}
export const joined = (path, more) => `${path}${path.includes("?") ? "&" : "?"}${more}`;
