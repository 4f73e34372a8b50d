// SPDX-License-Identifier: Apache-2.0
// How several truths of this folder are told, beyond what the neighbours' helpers do.
import { one, tell, unique } from "../../ask/truth/spans.mjs";
export { places, sole, tellGroups, tellLasting, tellMiddle, tellWithin } from "../../ask-next/truth/told.mjs";

/** Rows under each of the ways to call them: NAME, NAME_way. `as` is {way: row => text}, the first way under the bare name. */
export const tellRows = (name, rows, as) => Object.entries(as).forEach(([way, of], i) => tell(i ? `${name}_${way}` : name, one(unique(rows.map(of)))));
