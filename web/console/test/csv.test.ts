// SPDX-License-Identifier: Apache-2.0
// Rows as a file, and what a spreadsheet makes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "../parts/csv.ts";

test("quotes what has marks of its own; formulas become text, numbers stay numbers", () => {
  assert.equal(csv([["a", 'b "c"'], ["x,y", "l1\nl2"], [null, undefined]]), 'a,"b ""c"""\r\n"x,y","l1\nl2"\r\n,\r\n');
  assert.equal(csv([["=1+1", "@x", "-2", -2, true, ""]]), "'=1+1,'@x,'-2,-2,true,\r\n");
});
