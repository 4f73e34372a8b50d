// SPDX-License-Identifier: Apache-2.0
// The console. Who asks is read first; all else follows from the address.
import { render } from "preact";
import "./app/theme.ts";
import { Fault } from "./api/client.ts";
import { startKeys } from "./app/keys.ts";
import { startRouter } from "./app/router.ts";
import { readWho } from "./app/session.ts";
import { Shell } from "./app/shell.tsx";
import { language, loadWords } from "./app/words.ts";

document.documentElement.lang = language.value;
await Promise.all([
  ...["common", "shell", "nav", "roles"].map(loadWords),
  readWho().catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error; // 401 and no answer are the shell's to show
  }),
]);
startRouter();
startKeys();
const root = document.getElementById("app");
if (root) render(<Shell />, root);
