// SPDX-License-Identifier: Apache-2.0
// Loaded into a program that we did not write and that counts on being quick: each of its pauses and limits lasts
// POSTERN_TEST_STRETCH times as long. Example:
//   spawn(process.execPath, ["--import", new URL("stretch.mjs", import.meta.url).href, SUITE], { env: { ...process.env, POSTERN_TEST_STRETCH: 4 } })
const times = Number(process.env.POSTERN_TEST_STRETCH);
const { setTimeout } = globalThis;
globalThis.setTimeout = Object.assign((f, ms, ...rest) => setTimeout(f, ms * times, ...rest), setTimeout);
