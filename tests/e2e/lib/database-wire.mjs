// SPDX-License-Identifier: Apache-2.0
// Between a Postern and its database: can hold everything back, make each piece late, drop all connections and refuse new
// ones, and cut off just when the server has committed. Example:
//   const wire = await startWire(db.make());   // wire.url is the store
//   wire.hold(); wire.let(); wire.late = 20; await wire.drop(); await wire.take(); wire.cutAfterCommit = 3; wire.close();
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export async function startWire(to) {
  const wire = { held: false, late: 0, cutAfterCommit: 0, cuts: 0, pairs: new Set() };
  const passing = (socket) => {
    let before = Promise.resolve(); // pieces stay in their order
    return (bytes) => (before = before.then(() => wire.late && pause(wire.late)).then(() => socket.write(bytes)));
  };
  const server = createServer((down) => {
    const up = connect(Number(new URL(to).port), "127.0.0.1");
    const pair = { down, up }, toServer = passing(up), toClient = passing(down);
    wire.pairs.add(pair);
    let cutting = false;
    const end = () => (down.destroy(), up.destroy(), wire.pairs.delete(pair));
    for (const s of [down, up]) s.on("error", end).on("close", end);
    down.on("data", (bytes) => {
      if (wire.cutAfterCommit > 0 && bytes.includes("COMMIT\0")) (cutting = true), wire.cutAfterCommit--;
      toServer(bytes);
    });
    up.on("data", (bytes) => {
      if (cutting && bytes.includes("COMMIT\0")) return wire.cuts++, end(); // done there, and never heard of here
      toClient(bytes);
    });
    if (wire.held) down.pause(), up.pause();
  });
  const listen = async (port) => (server.listen(port, "127.0.0.1"), await once(server, "listening"));
  await listen(0);
  const { port } = server.address();
  const each = (f) => wire.pairs.forEach(({ down, up }) => (f(down), f(up)));
  return Object.assign(wire, {
    url: to.replace(/:\d+\//, `:${port}/`),
    hold: () => ((wire.held = true), each((s) => s.pause())),
    let: () => ((wire.held = false), each((s) => s.resume())),
    async drop() {
      const closed = once(server, "close");
      server.close();
      each((s) => s.destroy());
      await closed;
    },
    take: () => listen(port),
    close: () => (each((s) => s.destroy()), server.close()),
  });
}
