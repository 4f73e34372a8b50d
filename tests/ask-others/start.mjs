// SPDX-License-Identifier: Apache-2.0
// Starts the three services and Postern over them, connects the accounts, and stays. Ctrl-C ends all.
// Usage, from the root of a built checkout:  node start.mjs BINARY [--tools FOLDER] [--port FIRST] [--out state.json]
import { startWorld } from "../ask/worlds.mjs";
import * as world from "./world.mjs";

await startWorld(world);
