// SPDX-License-Identifier: Apache-2.0
// How many writes the four servers counted since the last time: {"fleet": n, …, "writes": sum, "what": [...]}.
import { ORIGINS } from "./read.mjs";

const told = {};
for (const [name, origin] of Object.entries(ORIGINS)) told[name] = await (await fetch(`${origin}/_writes`)).json();
const what = Object.values(told).flat();
process.stdout.write(`${JSON.stringify({ ...Object.fromEntries(Object.entries(told).map(([name, list]) => [name, list.length])), writes: what.length, what })}\n`);
