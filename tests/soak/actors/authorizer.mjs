// SPDX-License-Identifier: Apache-2.0
// People who connect accounts by sign-in, at vendors that mean well and at one that does not: to the end, half way, with
// forged answers, twice; and accounts whose tokens then end.
import { Browser, PLACES, VENDORS } from "../lib/world.mjs";
import { ask } from "../lib/ask.mjs";
import { api } from "./administrator.mjs";

const FLOWS_MOST = 20;

function place(worker) {
  const { world, random } = worker;
  const name = random.pick([...VENDORS, "hostile", "hostile"]);
  if (name === "hostile") return { body: { url: world.oauth.url, name: world.name("signed") }, answer: {} };
  const { connector, answer } = PLACES[name];
  return { body: { connector, url: world.vendors.url(name), name: world.name("signed") }, answer };
}
async function begin(worker) {
  const { body, answer } = place(worker);
  const r = await api(worker, "POST", "/integrated-account/authorize", body);
  const flows = (worker.flows ??= []);
  if (r.status === 201) flows.push({ ...r.json, answer });
  if (flows.length > FLOWS_MOST) flows.shift();
  return r;
}
// Errors of the browser are not Postern's: it gives up where pages make no sense.
const browsing = (work) => work.catch((error) => `gave up: ${error.name}`);

async function connect(worker) {
  const begun = await begin(worker);
  if (begun.status !== 201) return begun.outcome;
  const flow = worker.flows.pop();
  const decision = worker.random.chance(0.15) ? { decision: "deny" } : {};
  const page = await browsing(new Browser().connect(flow.url, { ...flow.answer, ...decision }));
  if (page?.status === 500) worker.finding("HTTP 500", `${page.url}: ${page.body?.slice(0, 800)}`);
  const now = await api(worker, "GET", `/integrated-account/authorize/${flow.id}`);
  if (now.json?.account_id) worker.world.accounts.push({ id: now.json.account_id, kind: "signed" });
  return now.json?.status ?? now.outcome;
}
async function halfWay(worker) {
  const begun = await begin(worker);
  if (begun.status !== 201) return begun.outcome;
  const flow = worker.flows.at(-1);
  const came = await browsing(new Browser().consent(flow.url, flow.answer));
  if (typeof came === "string" || !came.redirect) return typeof came === "string" ? came : `page ${came.page.status}`;
  const act = worker.random.pick([
    () => "left there",
    async () => (await api(worker, "POST", `/integrated-account/authorize/${flow.id}/finish`, { url: came.redirect })).outcome,
    async () => (await ask(worker, came.redirect, { method: "GET" })).outcome, // another browser
    async () => (await ask(worker, came.redirect.replace(/state=[^&]+/, "state=forged"), { method: "GET" })).outcome,
    async () => (await api(worker, "POST", `/integrated-account/authorize/${flow.id}/finish`, { url: came.redirect.replace(/code=[^&]+/, "code=forged") })).outcome,
  ]);
  return act();
}

export const authorizer = {
  name: "authorizer",
  pause_ms: [200, 1500],
  operations: {
    "connect": [4, connect],
    "begin": [1, async (w) => (await begin(w)).outcome],
    "half-way": [2, halfWay],
    "again": [1, async (w) => {
      const signed = w.random.pick(w.world.accounts.filter((a) => a.kind === "signed"));
      return signed ? (await api(w, "POST", "/integrated-account/authorize", { account: signed.id })).outcome : "nothing there";
    }],
    "look": [1, async (w) => {
      const flow = w.random.pick(w.flows ?? []);
      return flow ? (await api(w, "GET", `/integrated-account/authorize/${flow.id}`)).outcome : "nothing there";
    }],
    "open-link": [1, async (w) => {
      const flow = w.random.pick(w.flows ?? []);
      return flow ? (await ask(w, flow.url, { method: w.random.pick(["GET", "POST"]), body: w.random.chance(0.5) ? "proof=x" : undefined, headers: { "content-type": "application/x-www-form-urlencoded" } })).outcome : "nothing there";
    }],
  },
};
