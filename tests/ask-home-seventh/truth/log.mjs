// SPDX-License-Identifier: Apache-2.0
// Who did what. Attempts that failed may fairly be counted or not: NAME_done leaves them out.
import { lately } from "../../ask/truth/audit.mjs";
import { day, tell } from "../../ask/truth/tell.mjs";
import { ways } from "./spans.mjs";

for (const w of [...ways("7d"), "today7d", "whole7d"]) {
  const purges = lately(w, (e) => e.action.type === "purge");
  tell(`purges_${w}`, purges.length);
  tell(`purges_done_${w}`, purges.filter((e) => e.action.result).length);
}
const last = lately("90d", (e) => e.resource.type === "access_rule").reduce((a, b) => (a.when > b.when ? a : b));
tell("access_rule_author", last.actor.email);
tell("access_rule_day", day(Date.parse(last.when)));
