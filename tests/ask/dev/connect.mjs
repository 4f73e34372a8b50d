// SPDX-License-Identifier: Apache-2.0
// A Postern with the four services of vendors.mjs connected as a user would: documents imported, an MCP server by its address.
import { Postern } from "../../e2e/lib/postern.mjs";
import { startVendors } from "./vendors.mjs";

export async function connectAll(now) {
  const vendors = await startVendors(now);
  const postern = await new Postern({ log_level: "warn" }).start();
  const accounts = [];
  for (const [name, { url, document }] of Object.entries(vendors.apis)) {
    const definition = { name, label: document.info.title, kind: "rest", base_url: url, auth: [{ id: "key", fields: [{ name: "key", secret: true }], send: [{ in: "header", name: "X-Api-Key", value: "{key}" }] }] };
    await postern.must(201, "POST", "/connector", { definition, document });
    accounts.push(await postern.must(201, "POST", "/integrated-account", { connector: name, name, credential: { key: "k" } }));
  }
  accounts.push(await postern.must(201, "POST", "/integrated-account", { connector: "mcp", name: "crm", base_url: `${vendors.crm.url}/mcp`, way: "open", credential: {} }));
  const tools = async (account) => (await postern.must(200, "GET", `/integrated-account/${account.id}/tools?limit=1000`)).items;
  return {
    vendors, data: vendors.data, postern, accounts, tools,
    ask: async (question, more = {}) => {
      const answer = await postern.api("POST", "/ask", { question, ...more });
      return answer.body ?? answer;
    },
    close: async () => {
      await postern.close();
      vendors.close();
    },
  };
}
