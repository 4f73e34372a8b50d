// SPDX-License-Identifier: Apache-2.0
// The API description that the sign-ups service publishes; nothing of it is in a catalog, a user imports it.

const date = (description: string) => ({ schema: { type: "string", format: "date-time" }, description });
const FROM = { name: "from", in: "query", ...date("Not before this time (RFC 3339), or day (UTC)") };
const TO = { name: "to", in: "query", ...date("Before this time, or day (UTC)") };
const json = (schema: object) => ({ content: { "application/json": { schema } } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const list = (item: string, more: object = {}) => ({
  type: "object",
  required: ["data"],
  properties: { data: { type: "array", items: ref(item) }, ...more },
});
const failure = { description: "What is wrong", ...json(ref("Error")) };

export const document = (origin: string) => ({
  openapi: "3.1.0",
  info: { title: "Sign-ups", version: "1.0.0", description: "Who signed up at the storefront, and when." },
  servers: [{ url: `${origin}/v1` }],
  security: [{ key: [] }],
  paths: {
    "/signups": {
      get: {
        operationId: "listSignups",
        summary: "List sign-ups, the newest first",
        tags: ["signups"],
        parameters: [
          FROM,
          TO,
          { name: "plan", in: "query", schema: { type: "string", enum: ["free", "team", "business"] }, description: "Of this plan" },
          { name: "country", in: "query", schema: { type: "string", pattern: "^[A-Z]{2}$" }, description: "From this country" },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 200, default: 50 }, description: "How many" },
          { name: "cursor", in: "query", schema: { type: "string" }, description: "Where to go on: next_cursor of the page before" },
        ],
        responses: { 200: { description: "A page", ...json(list("Signup", { next_cursor: { type: ["string", "null"] }, total: { type: "integer" } })) }, default: failure },
      },
    },
    "/signups/daily": {
      get: {
        operationId: "countSignupsByDay",
        summary: "Count sign-ups by day (UTC); without a span, of the last 30 days",
        tags: ["signups"],
        parameters: [FROM, TO],
        responses: { 200: { description: "One entry a day", ...json(list("Day")) }, default: failure },
      },
    },
    "/signups/{id}": {
      get: {
        operationId: "getSignup",
        summary: "Get one sign-up",
        tags: ["signups"],
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", pattern: "^sgn_" }, description: "Its id" }],
        responses: { 200: { description: "It", ...json(ref("Signup")) }, default: failure },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Api-Key" } },
    schemas: {
      Signup: {
        type: "object",
        required: ["id", "created_at", "plan", "country", "source", "confirmed"],
        properties: {
          id: { type: "string" },
          created_at: { type: "string", format: "date-time" },
          plan: { type: "string", enum: ["free", "team", "business"] },
          country: { type: "string", description: "ISO 3166-1" },
          source: { type: "string", enum: ["search", "direct", "referral", "campaign"] },
          confirmed: { type: "boolean", description: "The e-mail address was confirmed" },
        },
      },
      Day: {
        type: "object",
        required: ["date", "signups", "confirmed"],
        properties: { date: { type: "string", format: "date" }, signups: { type: "integer" }, confirmed: { type: "integer" } },
      },
      Error: { type: "object", required: ["error"], properties: { error: { type: "string" } } },
    },
  },
});
