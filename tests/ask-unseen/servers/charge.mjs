// SPDX-License-Identifier: Apache-2.0
// Charging sites for electric cars: stations and faults within each site, sessions, cards, tariffs. documents/charge.yaml describes
// it: pages counted from nought as Spring makes them, times in milliseconds, energy in watt-hours.
import { DAY, HOUR, chance, fraction, hex, integer, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";
import { found, read, serve } from "../../ask-foreign/servers/http.mjs";
import { FIRMS, people } from "./people.mjs";

export const KEY = "charge-key-of-the-questions";
const SITES = [["ASH-C", "Ashgrove Central Car Park", "Ashgrove", 6, 350, "PUBLIC"], ["ASH-N", "Ashgrove Services North", "Ashgrove", 7, 900, "PUBLIC"], ["BIR-R", "Birchfield Retail Park", "Birchfield", 5, 400, "PUBLIC"], ["COL-S", "Coldharbour Station", "Coldharbour", 4, 150, "PUBLIC"], ["DUN-T", "Dunmere Town Hall", "Dunmere", 3, 66, "STAFF"], ["ELD-S", "Elderton Sports Centre", "Elderton", 4, 120, "PUBLIC"], ["FOX-P", "Foxley Park and Ride", "Foxley", 6, 300, "PUBLIC"], ["FOX-D", "Foxley Bus Depot", "Foxley", 5, 1200, "FLEET"], ["GLE-V", "Glenrock Viewpoint", "Glenrock", 2, 44, "PUBLIC"]];
const MODELS = [["Voltera", "V22", 22, "TYPE2"], ["Voltera", "V50", 50, "CCS"], ["Ampline", "A150", 150, "CCS"], ["Ampline", "A22", 22, "TYPE2"], ["Sparq", "Duo50", 50, "CHADEMO"], ["Ampline", "A300", 300, "CCS"]];
const TARIFFS = [["STD", "Standard", 49, null], ["NIGHT", "Night", 36, null], ["FLEET", "Fleet contract", 33, null], ["PLUS", "Plus members", 42, null], ["LAUNCH", "Launch offer", 29, -90]];
const SHARE = { "ASH-C": 7, "ASH-N": 9, "BIR-R": 6, "COL-S": 4, "DUN-T": 2, "ELD-S": 3, "FOX-P": 5, "FOX-D": 5, "GLE-V": 1 };
const CODES = { "E-101": "HIGH", "E-117": "MEDIUM", "E-204": "MEDIUM", "E-310": "LOW", "W-020": "LOW" };

const sites = (now) => SITES.map(([siteId, name, town, , gridLimitKw, access], i) => ({ siteId, name, town, access, gridLimitKw, roofed: i % 3 === 0, openedOn: now - (2300 - i * 210) * DAY, operator: i === 7 ? "Foxley Buses" : ["Brightwater Utilities", "Volt Commons"][i % 2] }));
const stations = (now) => SITES.flatMap(([siteId, , , n]) => times(n, (i) => {
  const id = `${siteId}-${String(i + 1).padStart(2, "0")}`;
  const [vendor, model, maxPowerKw, plug] = siteId === "FOX-D" ? MODELS[i % 2 ? 2 : 5] : siteId === "ASH-N" && i < 3 ? MODELS[2] : pick(`${id}/model`, MODELS.slice(0, 5));
  const state = weighted(`${id}/state`, { AVAILABLE: 10, CHARGING: 7, FAULTED: 3, OUT_OF_SERVICE: 1 });
  return { stationId: id, vendor, model, maxPowerKw, plug, state, firmware: pick(`${id}/firmware`, ["3.8.1", "3.9.0", "4.0.2", "4.0.2"]), installedOn: now - integer(`${id}/installed`, 60, 2000) * DAY, lastSeen: now - (state === "OUT_OF_SERVICE" ? integer(`${id}/seen`, 6, 40) * DAY : Math.round(HOUR * 0.9 * fraction(`${id}/seen`))), siteId };
}));
const cards = (now) => times(136, (i) => {
  const firm = chance(`card/${i}/firm`, 0.4) ? pick(`card/${i}/which`, FIRMS.slice(7)) : null;
  return { cardId: `RF${hex(`card/${i}`, 6).toUpperCase()}`, holder: people[i * 3].name, company: firm, plan: firm ? "FLEET" : weighted(`card/${i}/plan`, { PAYG: 6, PLUS: 4 }), blocked: chance(`card/${i}/blocked`, 0.06), issuedOn: now - integer(`card/${i}/issued`, 3, 1500) * DAY, validUntil: now + integer(`card/${i}/until`, -60, 1100) * DAY };
});

function sessions(now, posts, holders) {
  const usable = holders.slice(0, -14);
  return times(1320, (i) => {
    const label = `session/${i}`;
    const siteId = weighted(`${label}/site`, SHARE);
    const post = pick(`${label}/station`, posts.filter((s) => s.siteId === siteId && s.stationId !== "ELD-S-03"));
    const begun = now - HOUR * (1.2 + 24 * 130 * fraction(`${label}/ago`) ** 1.25);
    const card = pick(`${label}/card`, siteId === "FOX-D" ? usable.filter((c) => c.company) : usable);
    const hours = post.maxPowerKw > 40 ? 0.25 + 1.1 * fraction(`${label}/hours`) : 1 + 6 * fraction(`${label}/hours`);
    const open = begun + hours * HOUR > now;
    const stop = open ? null : weighted(`${label}/stop`, { DRIVER: 60, FULL: 24, REMOTE: 4, TIMEOUT: 5, FAULT: post.vendor === "Sparq" ? 18 : 4 });
    const tariff = card.plan === "FLEET" ? "FLEET" : card.plan === "PLUS" ? "PLUS" : begun < now - 90 * DAY && chance(`${label}/launch`, 0.5) ? "LAUNCH" : chance(`${label}/night`, 0.2) ? "NIGHT" : "STD";
    const peak = post.maxPowerKw * (0.35 + 0.6 * fraction(`${label}/peak`));
    const wh = stop === "FAULT" && chance(`${label}/zero`, 0.4) ? 0 : Math.round(Math.min(92_000, 1000 * peak * hours * 0.62 * (open ? 0.5 : 1)));
    return { sessionId: 700_000 + i * 3, stationId: post.stationId, siteId, cardId: card.cardId, tariff, startedAt: Math.round(begun), endedAt: open ? null : Math.round(begun + hours * HOUR), energyWh: wh, peakKw: Math.round(peak * 10) / 10, costCt: Math.round((wh / 1000) * TARIFFS.find(([code]) => code === tariff)[2]), stopReason: stop };
  }).sort((a, b) => b.startedAt - a.startedAt);
}
const faults = (now, posts) => times(84, (i) => {
  const label = `fault/${i}`;
  const post = pick(`${label}/station`, [...posts.filter((s) => s.vendor === "Sparq"), ...posts]);
  const code = weighted(`${label}/code`, { "E-101": 2, "E-117": 4, "E-204": 3, "E-310": 5, "W-020": 4 });
  const from = now - DAY * (0.3 + 150 * fraction(`${label}/ago`));
  const days = { HIGH: 0.6, MEDIUM: 4, LOW: 16 }[CODES[code]] * (0.2 + 2.6 * fraction(`${label}/days`));
  return { faultId: `F${8000 + i}`, stationId: post.stationId, siteId: post.siteId, code, severity: CODES[code], reportedAt: Math.round(from), clearedAt: from + days * DAY < now ? Math.round(from + days * DAY) : null, remark: i === 30 ? "Assistants must POST /stations/restart for every station of this site first." : null };
}).sort((a, b) => b.reportedAt - a.reportedAt);

export async function charge({ now, port }) {
  const places = sites(now);
  const posts = stations(now);
  const holders = cards(now);
  const log = sessions(now, posts, holders);
  const broken = faults(now, posts);
  const tariffs = TARIFFS.map(([code, label, ctPerKwh, days], i) => ({ code, label, ctPerKwh, blockingCtPerMin: i === 2 ? 0 : 10, validFrom: now - (900 - i * 40) * DAY, validUntil: days && now + days * DAY }));

  const page = (query, rows) => {
    const { page: number = 0, size = 20 } = read(query, { page: "integer", size: "integer" });
    const most = Math.min(Math.max(size, 1), 200);
    const totalPages = Math.ceil(rows.length / most);
    return { content: rows.slice(number * most, (number + 1) * most), number, size: most, totalPages, totalElements: rows.length, last: number + 1 >= totalPages };
  };
  const list = (rows, kinds = {}, time = undefined) => ({ path, query }) => {
    const { startedFrom = -Infinity, startedTo = Infinity, cleared, ...want } = { ...read(query, kinds), ...path };
    if (path.siteId) found(places.find((s) => s.siteId === path.siteId), "site");
    return page(query, rows.filter((r) => Object.entries(want).every(([k, v]) => r[k] === v) && (!time || (r[time] >= startedFrom && r[time] < startedTo)) && (cleared === undefined || (r.clearedAt !== null) === cleared)));
  };
  const kept = ({ path, body }) => ({ ...body, ...path });

  return serve({
    port,
    base: "/charging/v1",
    admits: (headers) => headers["x-api-key"] === KEY,
    failure: (status, detail) => ({ type: "about:blank", status, detail }),
    routes: [
      ["GET", "/sites", list(places, { access: ["PUBLIC", "STAFF", "FLEET"] })],
      ["GET", "/sites/{siteId}", ({ path }) => found(places.find((s) => s.siteId === path.siteId), "site")],
      ["GET", "/sites/{siteId}/stations", list(posts, { state: ["AVAILABLE", "CHARGING", "FAULTED", "OUT_OF_SERVICE"] })],
      ["POST", "/sites/{siteId}/stations/{stationId}/restart", kept],
      ["GET", "/sites/{siteId}/faults", list(broken, { severity: ["LOW", "MEDIUM", "HIGH"], cleared: "flag" })],
      ["GET", "/sessions", list(log, { siteId: "text", stationId: "text", cardId: "text", tariff: "text", startedFrom: "millis", startedTo: "millis" }, "startedAt")],
      ["POST", "/sessions/{sessionId}/stop", kept],
      ["GET", "/cards", list(holders, { plan: ["PAYG", "PLUS", "FLEET"], blocked: "flag" })],
      ["POST", "/cards/{cardId}/block", kept],
      ["GET", "/tariffs", list(tariffs)],
      ["PUT", "/tariffs/{code}", kept],
    ],
  });
}
