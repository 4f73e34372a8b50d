// SPDX-License-Identifier: Apache-2.0
// Waiting for what announces itself nowhere else: asks again, at most until the deadline. That is far away: it
// ends a test that hangs, and measures nothing.
import { setTimeout as pause } from "node:timers/promises";

export async function eventually(what, ask, { ms = 90_000, every = 25 } = {}) {
  const until = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`within ${ms} ms it did not come to pass: ${what}`);
    await pause(every);
  }
}

// Prometheus text format 0.0.4, read strictly: { "name{labels}": number }, and the types by name.
export function readMetrics(text) {
  const values = {};
  const types = {};
  const helped = new Set();
  if (!text.endsWith("\n")) throw new Error("the last line must end too");
  for (const line of text.split("\n")) {
    if (line === "") continue;
    let m;
    if ((m = line.match(/^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .+$/))) helped.add(m[1]);
    else if ((m = line.match(/^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/))) types[m[1]] = m[2];
    else if ((m = line.match(/^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-z_]+="[^"\\]*",?)*\})? (-?[0-9.e+]+)$/))) {
      const base = m[1].replace(/_(bucket|sum|count)$/, "");
      if (!types[m[1]] && types[base] !== "histogram") throw new Error(`no TYPE before: ${line}`);
      if (!helped.has(m[1]) && !helped.has(base)) throw new Error(`no HELP before: ${line}`);
      const key = m[1] + (m[2] ?? "");
      if (key in values) throw new Error(`twice: ${key}`);
      values[key] = Number(m[3]);
    } else throw new Error(`not a line of metrics: ${line}`);
  }
  return { values, types };
}

export async function metrics(world) {
  return readMetrics((await world.api("GET", "/metrics")).text).values;
}
