// SPDX-License-Identifier: Apache-2.0
// A Postern's key file, where none is named by settings. Example: keys(postern).length, beside(postern)
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const keyFile = (postern) => join(postern.settings.data_dir, "postern.key");
export const keys = (postern) => readFileSync(keyFile(postern), "utf8").trim().split("\n");
export const beside = (postern) => readdirSync(postern.settings.data_dir).filter((f) => f.startsWith("postern.key."));
