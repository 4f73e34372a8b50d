// SPDX-License-Identifier: Apache-2.0
// How long something takes, told in every unit that it may be answered in; within two per cent is right.
import { tell } from "../../ask/truth/spans.mjs";

const UNITS = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
export const tellLasting = (name, ms) => Object.entries(UNITS).forEach(([unit, length]) => tell(`about_${name}_${unit}`, ms / length));
