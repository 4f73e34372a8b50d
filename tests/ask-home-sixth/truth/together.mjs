// SPDX-License-Identifier: Apache-2.0
// Several sources at once.
import { denied, seen } from "../../ask/truth/guard.mjs";
import { zones } from "../../ask/truth/zones.mjs";
import { tell, truth, unique } from "../../ask/truth/tell.mjs";
import { rows } from "../../ask/vendors.mjs";
import { bandwidth } from "./library.mjs";
import { ways } from "./spans.mjs";

const listed = new Set();
for (const z of zones) for (const r of await rows(`/zones/${z.id}/firewall/access_rules/rules`)) listed.add(r.configuration.value);
for (const w of ways("30d")) tell(`denied_listed_${w}`, unique(denied(seen(w)).map((d) => d.ip)).filter((ip) => listed.has(ip)));
tell("bandwidth_spike_day", await bandwidth(truth["spike_day.storefront"]));
tell("bandwidth_spike_bucket", await bandwidth(truth["spike_bucket_day.storefront"]));
