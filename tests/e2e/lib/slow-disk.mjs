// SPDX-License-Identifier: Apache-2.0
// A disk that takes its time, or answers nothing for a while, for one program: slow-disk.c, built on the spot. Example:
//   const disk = new SlowDisk(folder); postern.env = disk.env; … disk.late(300); disk.hold(); disk.waiting; disk.late(0);
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export class SlowDisk {
  constructor(folder) {
    const library = join(folder, "slow-disk.so"), file = join(folder, "slow-disk");
    const [compiler, ...args] = (process.env.CC ?? "cc").split(" ");
    execFileSync(compiler, [...args, "-shared", "-fPIC", "-O1", "-o", library, fileURLToPath(new URL("slow-disk.c", import.meta.url))]);
    writeFileSync(file, Buffer.alloc(16));
    this.fd = openSync(file, "r+");
    this.env = { LD_PRELOAD: library, POSTERN_TEST_SLOW: file };
  }
  late(ms) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(ms));
    writeSync(this.fd, bytes, 0, 8, 0);
  }
  hold() {
    this.late(-1);
  }
  get waiting() {
    const bytes = Buffer.alloc(8);
    readSync(this.fd, bytes, 0, 8, 8);
    return Number(bytes.readBigInt64LE());
  }
  close() {
    this.late(0);
    closeSync(this.fd);
  }
}
