// SPDX-License-Identifier: Apache-2.0
// What the sandbox's truths are made with; Arcjet tells when it all began.
import { arcjet } from "../vendors.mjs";
import { DAY, begin, tell } from "./spans.mjs";
export * from "./spans.mjs";

export const guard = await arcjet();
const { teams } = await guard("list-teams");
export const { sites } = await guard("list-sites", { team_id: teams[0].id });
const started = Date.parse((await guard("analyze-traffic", { site_id: sites[0].id, period: "24h" })).trend[0].time) + DAY;
begin(started);
tell("started", new Date(started).toISOString());
