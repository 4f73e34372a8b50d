// SPDX-License-Identifier: Apache-2.0
// Preloaded (node -r) into servers that would bind every interface: they bind 127.0.0.1, and say where.
const net = require("node:net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === "number" || /^\d+$/.test(String(args[0]))) {
    if (typeof args[1] === "string") args.splice(1, 1);
    args.splice(1, 0, "127.0.0.1");
    this.once("listening", () => process.stdout.write(`bound to http://127.0.0.1:${this.address().port}\n`));
  }
  return listen.apply(this, args);
};
