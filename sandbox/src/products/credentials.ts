// SPDX-License-Identifier: Apache-2.0
// The caller's own user, memberships and tokens.

import type { Call } from "../call.js";
import { objectBody } from "../call.js";
import { Collection, type Resource } from "../collection.js";
import { invalid, refuse, success } from "../envelope.js";
import { hexId } from "../random.js";
import type { Route } from "../router.js";
import { seesAccount, tokenId } from "../tokens.js";
import type { Row } from "../world.js";

function verify(call: Call) {
  const { token } = call;
  const ofAccount = call.params["account_id"] !== undefined;
  if (token.kind === "key") throw refuse(400, 1001, 'Missing "Authorization" header');
  if (ofAccount !== (token.kind === "account")) throw refuse(401, 1000, "Invalid API Token");
  const result: Row = { id: tokenId(token), status: token.status };
  if (token.status === "expired") result["expires_on"] = call.world.daysAgo(1).slice(0, 19) + "Z";
  const message = token.status === "expired" ? "This API Token is expired" : "This API Token is valid and active";
  return success(result, { messages: [{ code: 10000, message, type: null }] });
}

function shapeToken(row: Row): Row {
  if (!Array.isArray(row["policies"]) || row["policies"].length === 0) throw invalid("Missing required field: policies");
  return { status: "active", issued_on: row["created_on"], last_used_on: null, ...row };
}

/** A new token's secret is shown once, and opens nothing here. */
function createToken(tokens: Collection) {
  return (call: Call) => {
    const row = tokens.create(call, objectBody(call));
    return success({ ...row, value: `${call.params["account_id"] ? "cfat" : "cfut"}_new_${row["id"]}` });
  };
}

const table: Pick<Resource, "area" | "can" | "paging" | "sizes" | "shape" | "required" | "kind" | "order"> = {
  area: "tokens",
  can: "LGPD",
  kind: "token",
  paging: "pages",
  sizes: { initial: 20, max: 50 },
  required: ["name", "policies"],
  order: ["name"],
  shape: shapeToken,
};

const userTokens = new Collection({ ...table, at: "/user/tokens" });
const accountTokens = new Collection({ ...table, at: "/accounts/:account_id/tokens" });

export const PERMISSION_GROUPS = [
  "Zone Read",
  "Zone Write",
  "DNS Read",
  "DNS Write",
  "Zone WAF Read",
  "Zone WAF Write",
  "Firewall Services Read",
  "Firewall Services Write",
  "Account Settings Read",
  "Account Audit Logs Read",
  "Workers Scripts Read",
  "Workers Scripts Write",
  "Workers KV Storage Read",
  "Analytics Read",
].map((name) => ({
  id: hexId(`permission/${name}`),
  name,
  scopes: [name.startsWith("Account") || name.startsWith("Workers") ? "com.cloudflare.api.account" : "com.cloudflare.api.account.zone"],
}));

function memberships(call: Call): Row[] {
  return call.world.rows("/memberships").filter((m) => seesAccount(call.token, m["account"].id));
}

function membership(call: Call): Row {
  const row = memberships(call).find((m) => m["id"] === call.params["id"]);
  if (!row) throw refuse(404, 1001, "Membership not found");
  return row;
}

function answerMembership(call: Call) {
  const row = membership(call);
  const status = objectBody(call)["status"];
  if (status !== "accepted" && status !== "rejected") throw invalid("status must be accepted or rejected");
  row["status"] = status;
  return success(row);
}

function leave(call: Call) {
  const rows = call.world.rows("/memberships");
  const row = membership(call);
  rows.splice(rows.indexOf(row), 1);
  return success({ id: row["id"] });
}

function changeUser(call: Call) {
  const user = call.world.document("/user", {});
  return success(Object.assign(user, objectBody(call)));
}

export const credentialRoutes: Route[] = [
  { method: "GET", path: "/user/tokens/verify", area: "", run: verify },
  { method: "GET", path: "/accounts/:account_id/tokens/verify", area: "", run: verify },
  { method: "GET", path: "/user/tokens/permission_groups", area: "tokens", run: () => success(PERMISSION_GROUPS) },
  { method: "GET", path: "/accounts/:account_id/tokens/permission_groups", area: "tokens", run: () => success(PERMISSION_GROUPS) },
  { method: "POST", path: "/user/tokens", area: "tokens", run: createToken(userTokens) },
  { method: "POST", path: "/accounts/:account_id/tokens", area: "tokens", run: createToken(accountTokens) },
  {
    method: "PUT",
    path: "/user/tokens/:id/value",
    area: "tokens",
    run: (call) => success(`cfut_new_${userTokens.find(call)["id"]}_${call.world.newId("value").slice(0, 8)}`),
  },
  ...userTokens.routes(),
  ...accountTokens.routes(),
  { method: "GET", path: "/user", area: "user", run: (call) => success(call.world.document("/user", {})) },
  { method: "PATCH", path: "/user", area: "user", run: changeUser },
  {
    method: "GET",
    path: "/memberships",
    area: "user",
    run: (call) =>
      success(memberships(call), { result_info: { page: 1, per_page: 20, count: memberships(call).length, total_count: memberships(call).length } }),
  },
  { method: "GET", path: "/memberships/:id", area: "user", run: (call) => success(membership(call)) },
  { method: "PUT", path: "/memberships/:id", area: "user", run: answerMembership },
  { method: "DELETE", path: "/memberships/:id", area: "user", run: leave },
  { method: "GET", path: "/accounts/:account_id/iam/permission_groups", area: "account", run: () => success(PERMISSION_GROUPS) },
];
