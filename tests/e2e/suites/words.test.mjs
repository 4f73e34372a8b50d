// SPDX-License-Identifier: Apache-2.0
// Questions to vendors' MCP servers that have words, each asked through a server over that account alone: which tool is
// called, and what the rows say. Those of vendors that the sandbox lacks are held to their form by ask/test_vet.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { BINARY, Program, ROOT } from "../lib/postern.mjs";

const { connect } = await import(pathToFileURL(join(ROOT, "sandbox/dist/consent.js")));
const { accountId } = await import(pathToFileURL(join(ROOT, "sandbox/dist/tokens.js")));
const MORE = ["cloudflare-graphql", "cloudflare-dns-analytics", "cloudflare-observability", "cloudflare-radar"];
const servers = {};
let folder, started, state;

async function api(method, path, body) {
  const answer = await fetch(state.postern + path, { method, headers: { authorization: `Bearer ${state.token}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
  const json = await answer.json();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-words-"));
  started = new Program(process.execPath, [join(ROOT, "tests/ask/start.mjs"), BINARY, "--port", "0", "--out", join(folder, "state.json")], { cwd: ROOT });
  await started.waitFor(/^\{.*\}$/m);
  state = JSON.parse(readFileSync(join(folder, "state.json"), "utf8"));
  for (const connector of MORE) {
    const url = `${state.vendors.cloudflare.origin}/${connector.replace("cloudflare-", "")}/mcp`;
    const flow = await api("POST", "/integrated-account/authorize", { connector, name: connector, url });
    await connect(flow.url, { account: accountId("web") });
    state.accounts[connector] = (await api("GET", `/integrated-account/authorize/${flow.id}`)).account_id;
  }
  for (const [connector, account] of Object.entries(state.accounts)) servers[connector] = (await api("POST", "/mcp-server", { name: connector, accounts: [account], config: { methods: ["read"] } })).id;
});
after(async () => {
  await started?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const QUESTIONS = {
  "cloudflare-graphql": [
    ["which zone served the most traffic this week?", "graphql_query", /^example\.com has the most requests/],
    ["cache hit ratio of example.com", "graphql_query", /% of [\d,]+ requests to example\.com came from the cache/],
    ["firewall events by country on example.com in the last 24 hours", "graphql_query", /has the most events/],
    ["unique visitors per day on example.com in the last 60 days", "graphql_query", /unique visitors .* per day/i],
    ["how many zones are there?", "zones_list", /^25 zones/],
  ],
  "cloudflare-dns-analytics": [
    ["how many DNS queries did example.com get in the last 3 days?", "dns_report", /^[\d,]+ queries/],
    ["DNS queries by answer", "dns_report", /^NOERROR has the most queries/],
    ["share of NXDOMAIN answers", "dns_report", /^\d+(\.\d+)? %/],
    ["how many DNS queries were cached yesterday?", "dns_report", /The DNS report ends now, whatever end is asked for/],
  ],
  "cloudflare-observability": [
    ["which worker has the most errors in the last 24 hours?", "query_worker_observability", /^api-gateway has the most/],
    ["average cpu time per worker", "query_worker_observability", /mean cpu time .*: \d+ ms/],
  ],
  "cloudflare-radar": [
    ["Internet outages in the last 30 days", "get_outages", /^\d+ Internet outages/],
    ["outages by cause", "get_outages", /has the most|each/],
    ["top 3 popular websites", "get_domains_ranking", /^The most popular domains: example\.com \(1\)/],
    ["internet traffic by device", "get_http_data", /desktop \(\d/],
    ["share of http traffic by IP version", "get_http_data", /IPv4 \(\d/],
  ],
  "cloudflare-auditlogs": [
    ["who changed what in the last 24 hours?", "auditlogs_by_account_id", /^\d+ audit events/],
    ["how many deletions by person in the last 7 days?", "auditlogs_by_account_id", /has the most changes/],
    ["changes by product", "auditlogs_by_account_id", /most changes/],
  ],
};

for (const [connector, list] of Object.entries(QUESTIONS))
  describe(connector, () => {
    for (const [question, tool, says] of list)
      test(question, async () => {
        const a = await api("POST", "/ask", { question, server: servers[connector] });
        assert.equal(a.outcome, "answer", JSON.stringify(a));
        assert.ok(a.calls.some((c) => c.tool === tool), JSON.stringify(a.calls.map((c) => c.tool)));
        assert.match(a.text, says);
      });
  });

describe("two accounts of one vendor", () => {
  let server;
  before(async () => {
    const url = `${state.vendors.cloudflare.origin}/graphql/mcp`;
    const flow = await api("POST", "/integrated-account/authorize", { connector: "cloudflare-graphql", name: "retail", url });
    await connect(flow.url, { account: accountId("retail") });
    const retail = (await api("GET", `/integrated-account/authorize/${flow.id}`)).account_id;
    server = (await api("POST", "/mcp-server", { name: "both", accounts: [state.accounts["cloudflare-graphql"], retail], config: { methods: ["read"] } })).id;
  });
  // What an account was asked for is its own: nothing is refused, and no zone is asked for twice.
  const own = (a) => {
    assert.deepEqual(a.calls.filter((c) => c.why), [], "no call is refused");
    const asked = a.calls.filter((c) => c.tool.endsWith("graphql_query")).flatMap((c) => c.arguments.variables.zones);
    assert.equal(new Set(asked).size, asked.length, "each zone is asked for once");
    assert.equal(new Set(a.calls.map((c) => c.account)).size, 2, "both accounts are asked");
  };
  test("each is asked about its own rows, by things and by recipes, in batches too", async () => {
    const zones = await api("POST", "/ask", { question: "how many zones are there?", server });
    own(zones);
    const traffic = await api("POST", "/ask", { question: "which zone served the most traffic this week?", server });
    assert.equal(traffic.outcome, "answer", JSON.stringify(traffic));
    own(traffic);
    const ratio = await api("POST", "/ask", { question: "cache hit ratio", server });
    assert.equal(ratio.outcome, "answer", JSON.stringify(ratio));
    own(ratio);
    const some = ratio.calls.filter((c) => c.tool.endsWith("graphql_query")).flatMap((c) => c.arguments.variables.zones).length;
    assert.equal(some, zones.table.rows[0][0], "and all zones are");
  });
});
