// SPDX-License-Identifier: Apache-2.0
// The story: what the pretended company has, and what happened to it lately.

import { World } from "../world.js";
import { tellAccounts } from "./accounts.js";
import { tellSites } from "./decisions.js";
import { tellDns } from "./dns.js";
import { tellEvents } from "./events.js";
import { tellAccountFirewall, tellFirewall } from "./firewall.js";
import { tellMedia } from "./media.js";
import { tellPlatform } from "./platform.js";
import { tellRulesets } from "./rulesets.js";
import { tellZones } from "./zones.js";

/** The same world for the same `now`; every id is the same for any. */
export function tell(now: number): World {
  const world = new World(now);
  tellAccounts(world);
  tellZones(world);
  for (const zone of world.rows("/zones")) {
    tellDns(world, zone);
    tellFirewall(world, zone);
  }
  tellAccountFirewall(world);
  tellRulesets(world);
  tellPlatform(world);
  tellEvents(world);
  tellMedia(world);
  tellSites(world);
  return world;
}
