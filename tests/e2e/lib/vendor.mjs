// SPDX-License-Identifier: Apache-2.0
// A REST vendor of the test's own, for what the sandbox does not offer: operations with answers of any
// kind, an OpenAPI document made from them, and a record of what arrived. Example:
//   const vendor = await startVendor({ get_pixel: { path: "/pixel", answer: { type: "image/png", body: PNG } } });
//   const account = await vendor.connect(world);
import { once } from "node:events";
import { createServer } from "node:http";

export async function startVendor(operations) {
  const seen = [];
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const url = new URL(req.url, "http://vendor.invalid");
    seen.push({ method: req.method, path: req.url, headers: req.headers, raw: req.rawHeaders, body: Buffer.concat(chunks) });
    const found = Object.values(operations).find((o) => (o.method ?? "get").toUpperCase() === req.method && matches(o.path, url.pathname));
    const answer = (typeof found?.answer === "function" ? await found.answer(seen.at(-1)) : found?.answer) ?? { body: { ok: true } };
    const text = Buffer.isBuffer(answer.body) || typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    res.writeHead(answer.status ?? 200, { "content-type": answer.type ?? "application/json", ...answer.headers });
    res.end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    seen,
    last: () => seen.at(-1),
    // Imports the connector and connects an account; more: of the definition.
    async connect(world, { name = "fixture", credential = { token: "fixture-token" }, more } = {}) {
      const definition = {
        name,
        label: "Fixture",
        kind: "rest",
        base_url: url,
        auth: [{ id: "token", fields: [{ name: "token", secret: true }], send: [{ in: "bearer", value: "{token}" }] }],
        verify: [{ method: "GET", path: "/" }],
        ...more,
      };
      const report = await world.must(201, "POST", "/connector", { definition, document: documentOf(operations) });
      const account = await world.must(201, "POST", "/integrated-account", { connector: name, name, credential });
      seen.length = 0;
      return Object.assign(account, { report });
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close").catch(() => undefined);
    },
  };
}

const matches = (path, given) => new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(given);

function documentOf(operations) {
  const paths = {};
  for (const [name, { method = "get", path, summary = name, parameters = [], requestBody, readOnly, word }] of Object.entries(operations))
    (paths[path] ??= {})[method] = {
      operationId: name,
      summary,
      tags: ["fixture"],
      parameters,
      ...(requestBody ? { requestBody } : {}),
      responses: { 200: { description: "It worked." } },
      "x-postern": { name, ...(word ?? (readOnly === false ? {} : { class: "get" })) },
    };
  return { openapi: "3.1.0", info: { title: "Fixture", version: "1" }, paths };
}
