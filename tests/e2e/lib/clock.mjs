// SPDX-License-Identifier: Apache-2.0
// A wall clock that a test sets, for one program: clock.c, built on the spot. Example:
//   const clock = new Clock(folder); postern.env = clock.env; … clock.ahead(200 * 86400);
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export class Clock {
  constructor(folder) {
    const library = join(folder, "clock.so");
    const [compiler, ...args] = (process.env.CC ?? "cc").split(" ");
    execFileSync(compiler, [...args, "-shared", "-fPIC", "-O1", "-o", library, fileURLToPath(new URL("clock.c", import.meta.url))]);
    const file = join(folder, "clock");
    this.fd = openSync(file, "w");
    this.ahead(0);
    this.env = { LD_PRELOAD: library, POSTERN_TEST_CLOCK: file };
  }
  ahead(seconds) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeSync(this.fd, bytes, 0, 8, 0);
  }
  close() {
    closeSync(this.fd);
  }
}
