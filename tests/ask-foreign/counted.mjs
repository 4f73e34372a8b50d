// SPDX-License-Identifier: Apache-2.0
// Prints how many writes servers counted since the last time: {"fleet": n, …, "writes": sum, "what": [...]}.
export async function tellWrites(origins) {
  const told = {};
  for (const [name, origin] of Object.entries(origins)) told[name] = await (await fetch(`${origin}/_writes`)).json();
  const what = Object.values(told).flat();
  process.stdout.write(`${JSON.stringify({ ...Object.fromEntries(Object.entries(told).map(([name, list]) => [name, list.length])), writes: what.length, what })}\n`);
}
