// SPDX-License-Identifier: Apache-2.0
// Compiling the public 1,533-operation document: wall time and peak memory of the whole process.
import { spawnSync } from "node:child_process";
import { BINARY } from "../tests/e2e/lib/postern.mjs";
import { median } from "./load.mjs";

export async function compile({ print, document }) {
  const runs = Array.from({ length: 7 }, () => {
    const run = spawnSync("time", ["-f", "%e %M", BINARY, "compile", document, "--connector", "cloudflare", "--json"], {
      encoding: "utf8", maxBuffer: 1 << 28,
    });
    if (run.status !== 0) throw new Error(`compile: ${run.stderr}`);
    const [seconds, kib] = run.stderr.trim().split("\n").at(-1).split(" ").map(Number);
    return { seconds, mib: kib / 1024, tools: JSON.parse(run.stdout).tools?.length };
  });
  const seconds = median(runs.map((r) => r.seconds)), mib = median(runs.map((r) => r.mib));
  print("tools of the public document", runs[0].tools, "1533", runs[0].tools === 1533);
  print("compile, seconds (median of 7)", seconds.toFixed(2), "< 0.5", seconds < 0.5);
  print("compile, peak MiB", mib.toFixed(0), "< 150", mib < 150);
}
