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

// A row of the audit is queued before its call is answered, and written a moment after. Whoever lists rows at once may find
// none, and so none that is wrong. These wait for those of all that was answered until now. Not among them: what is counted
// in a row for a minute, as refused requests are.
export async function written(world) {
  await eventually("all rows of the audit are written", async () => {
    const { postern_audit_queued: queued, postern_audit_spooled: spooled } = await metrics(world);
    return queued + spooled === 0;
  });
}
export async function audited(world, query = "") {
  await written(world);
  return (await world.must(200, "GET", `/audit?limit=1000&${query}`)).items;
}

// What lives for a moment only, made by `make` of its expires_at. A machine may be too busy to make it, or to see it `alive`,
// in that time: then it is made again, for twice as long.
export async function shortLived(make, { ms = 1000, alive = () => true } = {}) {
  for (; ; ms *= 2) {
    const expires_at = new Date(Date.now() + ms).toISOString();
    try {
      const made = await make(expires_at);
      if (await alive(made)) return made;
    } catch (error) {
      if (!/is in the past/.test(error.message)) throw error;
    }
    if (ms > 60_000) throw new Error("it was never seen alive");
  }
}
