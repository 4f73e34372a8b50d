// SPDX-License-Identifier: Apache-2.0
// Nodes behind nginx, in turn and without stickiness, as docs/nginx.md has it. Example:
//   const cluster = await startBalanced(db.make(), 3, async (first) => …);   // what is made before the others start
//   cluster.nginx.base; cluster.at(cluster.nodes[1], server.url);
//   const dead = await cluster.kill(cluster.nodes[0]); await cluster.replace(dead); await cluster.close();
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { freePort, startNginx } from "./nginx.mjs";
import { makeNode } from "./nodes.mjs";
import { Postern } from "./postern.mjs";
import { eventually, readMetrics } from "./wait.mjs";

// Between the nodes: what is sent to a node's internal address is written down. `lead` has another one answer there.
async function startRecorder(port) {
  const recorder = { said: [], port: 0, lead: (to) => ((port = to), open.forEach((s) => s.destroy())) };
  const open = new Set();
  const server = createServer((down) => {
    const up = connect(port, "127.0.0.1"), bytes = [];
    recorder.said.push(bytes);
    open.add(down);
    for (const s of [down, up]) s.on("error", () => (down.destroy(), up.destroy()));
    down.on("data", (b) => (bytes.push(b), up.write(b))).on("close", () => (open.delete(down), up.destroy()));
    up.on("data", (b) => down.write(b)).on("close", () => down.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  recorder.port = server.address().port;
  recorder.close = () => server.close();
  return recorder;
}

// `store`: a URL, or what makes one for each node.
export async function startBalanced(store, count, prepare = async () => {}, settings = {}) {
  const port = await freePort(), nodes = [], all = []; // those that run, and all that ever did
  const storeOf = async () => (typeof store === "function" ? store() : store);
  // At the address of `place`, which was killed; or at its own.
  const make = async (first, place, more = {}) => {
    const [outer, inner] = place ? [new URL(place.url).port, place.inner] : [await freePort(), await freePort()];
    const recorder = place?.recorder ?? (await startRecorder(inner));
    const own = { ...settings, listen: `127.0.0.1:${outer}`, node_listen: `127.0.0.1:${inner}`, node_url: `http://127.0.0.1:${recorder.port}`, public_url: `https://localhost:${port}`, trusted_proxies: ["127.0.0.1/32"] };
    const at = place?.settings.store ?? (await storeOf());
    const node = first ? makeNode(at, first, own) : new Postern({ store: at, ...own });
    Object.assign(node, more); // env, binary
    await node.start();
    Object.assign(node, { url: `http://127.0.0.1:${outer}`, inner, recorder });
    nodes.push(node);
    all.push(node);
    return node;
  };
  await prepare(await make());
  while (nodes.length < count) await make(nodes[0]);
  const known = (n = nodes.length) =>
    eventually(`${n} nodes know of each other`, async () => {
      const seen = await Promise.all(nodes.map(async (node) => (await node.must(200, "GET", "/status")).nodes.length));
      return seen.every((found) => found === n);
    });
  await known();
  const nginx = await startNginx({ port, nodes: nodes.map((n) => new URL(n.url).host) });
  return {
    nodes,
    nginx,
    known,
    // A server's URL at one node.
    at: (node, url) => url.replace(/^https:\/\/localhost:\d+/, node.url),
    // How many requests each node has passed on to another, and had an answer for.
    passed: () => Promise.all(nodes.map(async (node) => readMetrics((await node.api("GET", "/metrics")).text).values['postern_forwarded_total{outcome="answered"}'])),
    async kill(node) {
      nodes.splice(nodes.indexOf(node), 1);
      await node.stop("SIGKILL");
      return node;
    },
    // The same machine starts again.
    async again(dead, more = {}) {
      const { url } = dead;
      Object.assign(dead, more);
      await dead.start();
      dead.url = url; // its own, not the balancer's
      nodes.push(dead);
    },
    async leave(node) {
      nodes.splice(nodes.indexOf(node), 1);
      await node.stop();
      return node;
    },
    // Another machine at the address of one that has gone.
    replace: (dead, more) => make(nodes[0] ?? dead, dead, more),
    async close() {
      await nginx.close();
      for (const node of all) await node.close().finally(() => node.recorder.close());
    },
  };
}
