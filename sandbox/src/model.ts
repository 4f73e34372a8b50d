// SPDX-License-Identifier: Apache-2.0
// node dist/model.js --port N [--host 127.0.0.1] [--key KEY]: a scripted language model.

import { parseArgs } from "node:util";
import { Model, MODEL_KEY } from "./model/server.js";

const { values } = parseArgs({ options: { port: { type: "string" }, host: { type: "string" }, key: { type: "string" } } });
if (!/^\d{1,5}$/.test(values.port ?? "")) {
  process.stderr.write("usage: node dist/model.js --port N [--host 127.0.0.1] [--key KEY]\n");
  process.exit(2);
}
const model = new Model({ host: values.host ?? "127.0.0.1", port: Number(values.port), key: values.key ?? MODEL_KEY });
const stop = () => void model.close().then(() => process.exit(0));
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.stdout.write(`model listening on ${await model.listen()}\n`);
