// SPDX-License-Identifier: Apache-2.0
// Arcjet: sessions over Streamable HTTP of 2025-06-18. Its tools carry no annotations.

import { TEAMS } from "../../story/decisions.js";
import type { Spec } from "../door.js";
import { secretText } from "../oauth.js";
import { tools } from "./tools.js";

const SCOPES = ["mcp"];

export const arcjet: Spec = {
  name: "arcjet",
  title: "Arcjet",
  profile: {
    paths: { authorize: "/oauth/authorize", token: "/oauth/token", register: "/oauth/register", revoke: "/oauth/revoke" },
    scopes: SCOPES,
    authMethods: ["none", "client_secret_post"],
    accessToken: () => `ajat_${secretText()}`,
    refreshToken: () => `ajrt_${secretText()}`,
  },
  settings: { rotation: "strict", pkce_plain: false },
  endpoints: [{ path: "/mcp", kind: "session", server: "arcjet" }],
  servers: {
    arcjet: {
      info: { name: "arcjet", version: "1.4.0" },
      tools,
      instructions: () => "Start with list-teams and list-sites; most tools need a site_id.",
    },
  },
  newest: "2025-06-18",
  chooser: { field: "team", label: "Team", many: false, options: TEAMS.map((t) => ({ id: t.id, name: t.name })) },
  principal: (grant) => ({ scopes: grant.scopes, choice: { team: grant.choice["team"] } }),
  prm: { scopes_supported: SCOPES, bearer_methods_supported: ["header"] },
};
