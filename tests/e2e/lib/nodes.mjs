// SPDX-License-Identifier: Apache-2.0
// Several Posterns on one database, with one key, each with a folder of its own. Example:
//   const nodes = await startNodes(db.make(), 2);
//   await nodes.all[1].must(200, "GET", "/status"); await nodes.add(); await nodes.close();
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Postern } from "./postern.mjs";
import { eventually } from "./wait.mjs";

const KEEP = ["postern.key", "postern.bound"]; // what a machine gets that shall be another node

// One that is not started yet. `like`: whose key it has.
export function makeNode(store, like, settings = {}) {
  const node = new Postern({ store, ...settings });
  mkdirSync(node.settings.data_dir, { mode: 0o700 });
  if (like) for (const name of KEEP) copyFileSync(join(like.settings.data_dir, name), join(node.settings.data_dir, name));
  node.token = like?.token;
  return node;
}

// `first`: one that runs there already, and stays.
export async function startNodes(store, count, settings = {}, first = undefined) {
  const all = [first ?? (await new Postern({ store, ...settings }).start())];
  const nodes = {
    all,
    async add(more = {}, env = {}) {
      const node = makeNode(store, all[0], { ...settings, ...more });
      node.env = env;
      await node.start();
      all.push(node);
      return node;
    },
    // Each knows of so many.
    known: (n = all.length) =>
      eventually(`${n} nodes know of each other`, async () => {
        const seen = await Promise.all(all.map(async (node) => (await node.must(200, "GET", "/status")).nodes.length));
        return seen.every((found) => found === n);
      }),
    async kill(node) {
      await node.stop("SIGKILL");
      all.splice(all.indexOf(node), 1);
      return node;
    },
    async close() {
      for (const node of all) if (node !== first) await node.close();
    },
  };
  while (all.length < count) await nodes.add();
  await nodes.known();
  return nodes;
}
