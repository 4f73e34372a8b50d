// SPDX-License-Identifier: Apache-2.0
// Answer programs: what a step costs besides the vendor, a large table, and many programs at once.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { Postern } from "../tests/e2e/lib/postern.mjs";
import { serve } from "./http.mjs";
import { median } from "./load.mjs";
import { ACCOUNT, TOKEN } from "./upstream.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 5), CALLS = 100, PAGES = 200, PAGE = 500, AT_ONCE = 50;
const ZONE = "0".repeat(32);
const JSON_TYPE = { "content-type": "application/json" };

const envelope = (result, page, per, total) =>
  JSON.stringify({ success: true, errors: [], messages: [], result, result_info: { page, per_page: per, count: result.length, total_count: total, total_pages: Math.ceil(total / per) } });
const record = (i) => ({ id: i.toString(16).padStart(32, "0"), zone_id: ZONE, name: `h${i}.example.com`, type: ["A", "AAAA", "CNAME", "TXT"][i % 4], content: `192.0.2.${i % 256}`, proxied: i % 3 === 0, ttl: 300, created_on: "2026-01-02T03:04:05Z" });

// A hundred zones, one setting each, and a zone of 100,000 records: written once, so that answering costs little.
function vendor() {
  const zones = Array.from({ length: CALLS }, (_, i) => ({ id: i.toString(16).padStart(32, "0"), name: `zone-${i}.example.com`, status: "active", account: { id: ACCOUNT, name: "Acme" } }));
  const pages = Array.from({ length: PAGES }, (_, p) => envelope(Array.from({ length: PAGE }, (_, i) => record(p * PAGE + i)), p + 1, PAGE, PAGES * PAGE));
  const rules = envelope([{ id: "1".repeat(32), paused: false, action: "block", description: "x" }], 1, 50, 1);
  const routes = [
    [/\/user\/tokens\/verify$/, () => envelope({ id: "x", status: "active" }, 1, 1, 1)],
    [/\/accounts$/, () => envelope([{ id: ACCOUNT, name: "Acme" }], 1, 50, 1)],
    [/\/zones$/, () => envelope(zones, 1, CALLS, CALLS)],
    [/\/firewall\/rules$/, () => rules],
    [/\/dns_records$/, (query) => pages[Number(query.get("page") ?? 1) - 1] ?? envelope([], 1, PAGE, PAGES * PAGE)],
  ];
  return serve((req, res) => {
    const url = new URL(req.path, "http://x");
    const found = routes.find(([path]) => path.test(url.pathname));
    res.send(found ? 200 : 404, found ? found[1](url.searchParams) : "{}", JSON_TYPE);
  });
}

const status = (postern, name) => Number(readFileSync(`/proc/${postern.program.child.pid}/status`, "utf8").match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024;
export function cpu(postern) {
  const fields = readFileSync(`/proc/${postern.program.child.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const timed = async (work) => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

/** The same call so many times on one connection, one after the other, by hand: fetch would add its own cost. */
function exchange({ hostname, port }, path, times) {
  return new Promise((resolve, reject) => {
    const ask = `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`;
    const socket = connect({ host: hostname, port, noDelay: true }, () => socket.write(ask)).once("error", reject);
    socket.on("data", (text) => {
      if (!text.toString().endsWith("}")) return reject(new Error("an answer came in parts"));
      if (--times) return socket.write(ask);
      socket.destroy();
      resolve();
    });
  });
}

export async function program({ print }) {
  const url = await vendor();
  const postern = await new Postern({ log_level: "warn", program_parallel: 1, program_calls: 1000, program_fan_out: 200, program_pages: PAGES + 1 }).start();
  await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "bench", credential: { token: TOKEN }, base_url: `${url}/client/v4` });
  const run = async (steps, query, rows) => {
    const outcome = await postern.must(200, "POST", "/program", { program: { version: 1, steps, results: { r: query } } });
    const got = JSON.stringify(outcome.results[0].rows);
    if (outcome.status !== "complete" || got !== rows) throw new Error(`expected ${rows}, not ${outcome.status} ${got} ${JSON.stringify(outcome.warnings)}`);
  };
  const zones = { id: "zones", account: "bench", tool: "list_all_cloudflare_zones" };
  const rules = { id: "rules", account: "bench", tool: "list_all_cloudflare_firewall_rules", for_each: "SELECT id AS zone_id FROM zones", arguments: { zone_id: { $: "zone_id" } } };
  const many = () => run([zones, rules], "SELECT count(*) FROM rules", `[[${CALLS}]]`);
  const direct = () => exchange(new URL(url), `/client/v4/zones/${ZONE}/firewall/rules`, CALLS + 1);

  await many();
  await direct();
  const added = [];
  for (let i = 0; i < ROUNDS; i++) {
    const without = await timed(direct);
    added.push(((await timed(many)) - without) / (CALLS + 1));
  }
  print("what a step adds to its call made directly, ms", median(added).toFixed(3), "<= 0.3", median(added) <= 0.3);

  const records = { id: "records", account: "bench", tool: "list_all_cloudflare_dns_records", arguments: { zone_id: ZONE, per_page: PAGE } };
  const large = () => run([records], "SELECT type, count(*) FROM records GROUP BY type ORDER BY type LIMIT 1", `[["A",${(PAGES * PAGE) / 4}]]`);
  const [used, resting] = [cpu(postern), status(postern, "VmRSS")];
  const took = await timed(large);
  const spent = cpu(postern) - used, most = status(postern, "VmHWM");
  print("100,000 rows of 200 pages into a group, s of CPU", spent.toFixed(2), "<= 1.5", spent <= 1.5);
  print("the same, seconds in all", (took / 1000).toFixed(2));
  print(`the same, MiB at most (${resting.toFixed(0)} before)`, most.toFixed(0), "<= 200", most <= 200);

  const all = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, many)));
  print(`${AT_ONCE} such programs of ${CALLS + 1} calls at once, calls/s`, Math.round((AT_ONCE * (CALLS + 1) * 1000) / all));
  await postern.close();
}
