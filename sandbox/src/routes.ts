// SPDX-License-Identifier: Apache-2.0
// Every operation the sandbox answers.

import { Collection } from "./collection.js";
import { auditRoutes } from "./products/audit.js";
import { credentialRoutes } from "./products/credentials.js";
import { dnsRoutes } from "./products/dns.js";
import { rulesetRoutes } from "./products/rulesets.js";
import { zoneRoutes } from "./products/zones.js";
import { RESOURCES } from "./resources.js";
import type { Route } from "./router.js";

export const ROUTES: Route[] = [
  ...zoneRoutes,
  ...dnsRoutes,
  ...rulesetRoutes,
  ...auditRoutes,
  ...credentialRoutes,
  ...RESOURCES.flatMap((resource) => new Collection(resource).routes()),
];
