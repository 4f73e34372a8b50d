// SPDX-License-Identifier: Apache-2.0
// How many writes the three servers counted since the last time.
import { tellWrites } from "../ask-foreign/counted.mjs";
import { ORIGINS } from "./read.mjs";

await tellWrites(ORIGINS);
