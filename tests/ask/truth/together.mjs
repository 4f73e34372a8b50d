// SPDX-License-Identifier: Apache-2.0
// Two sources at once.
import { signups } from "../vendors.mjs";
import { zones } from "./zones.mjs";
import { lately } from "./audit.mjs";
import { seen, denied } from "./guard.mjs";
import { tell, DAY, now, day, round, sum, unique, grouped, one, sites } from "./tell.mjs";

const hosts = new Set(zones.map((z) => z.name));
tell("sites_that_are_zones", sites.filter((s) => hosts.has(s.host)).map((s) => s.host));
tell("sites_that_are_no_zones", sites.filter((s) => !hosts.has(s.host)).map((s) => s.host));
const ours = (host) => zones.some((z) => host === z.name || host.endsWith(`.${z.name}`));
tell("sites_outside_names", sites.filter((s) => !ours(s.host)).map((s) => s.name));
const auditIps = new Set(lately("7d").map((e) => e.actor.ip));
tell("denied_and_audited_7d", one(unique(denied(seen("7d")).map((d) => d.ip)).filter((ip) => auditIps.has(ip))));

// Denials and sign-ups, day by day: which came first.
const perDay = (await signups(`/signups/daily?from=${day(now - 30 * DAY)}`)).data.slice(0, -1); // today is not over
const low = perDay.reduce((a, b) => (b.signups < a.signups ? b : a));
const spike = grouped(denied(seen("30d")), (d) => d.time.slice(0, 10))[0];
tell("signups_30d", sum(perDay, (d) => d.signups));
tell("signups_low_day", low.date);
tell("signups_low", low.signups);
tell("signups_mean_30d", round(sum(perDay, (d) => d.signups) / perDay.length, 1));
tell("denial_spike_day_30d", spike[0]);
tell("denial_spike_30d", spike[1].length);
if (spike[0] >= low.date) throw new Error(`the story: denials on ${spike[0]}, fewest sign-ups on ${low.date}`);
