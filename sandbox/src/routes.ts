// SPDX-License-Identifier: Apache-2.0
// Every operation the sandbox answers.

import { Collection } from "./collection.js";
import { analyticsRoutes } from "./products/analytics.js";
import { auditRoutes } from "./products/audit.js";
import { credentialRoutes } from "./products/credentials.js";
import { dnsRoutes } from "./products/dns.js";
import { kvRoutes } from "./products/kv.js";
import { platformRoutes } from "./products/platform.js";
import { rulesetRoutes } from "./products/rulesets.js";
import { settingRoutes } from "./products/settings.js";
import { workerRoutes } from "./products/workers.js";
import { zoneRoutes } from "./products/zones.js";
import { RESOURCES } from "./resources.js";
import type { Route } from "./router.js";

export const ROUTES: Route[] = [
  ...zoneRoutes,
  ...dnsRoutes,
  ...settingRoutes,
  ...rulesetRoutes,
  ...auditRoutes,
  ...credentialRoutes,
  ...analyticsRoutes,
  ...workerRoutes,
  ...kvRoutes,
  ...platformRoutes,
  ...RESOURCES.flatMap((resource) => new Collection(resource).routes()),
];
