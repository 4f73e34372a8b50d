// SPDX-License-Identifier: Apache-2.0
// The companies that billing knows by number; those that also ship something go by that number in the fleet.
import { TOWNS, chance, times } from "./seed.mjs";

const PLACES = ["Harbour", "Mill Lane", "Old Bridge", "Station Road", "Castle Street", "River Gate", "Orchard", "Market Square", "Canal Side", "Abbey Hill", "Lighthouse", "Windmill", "Quarry", "Meadow", "Forge"];
const TRADES = { Bakery: "food", "Farm Shop": "food", Brewery: "food", Pharmacy: "health", "Dental Supplies": "health", Hotel: "hospitality", Bistro: "hospitality", Hardware: "retail", Garden: "retail", Books: "retail", Furniture: "retail", Academy: "education" };
const NAMES = Object.keys(TRADES).flatMap((trade, t) => PLACES.map((place, p) => ({ name: `${place} ${trade}`, segment: TRADES[trade], order: (t * 37 + p * 61) % 180 }))).sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1));

export const companies = times(90, (i) => ({ custNo: `C-${1001 + i}`, company: NAMES[i].name, segment: NAMES[i].segment, city: TOWNS[(i * 5 + (i >> 3)) % TOWNS.length] }));
/** Some are no customers of billing's any more, or never were. */
export const shippers = [...companies.filter((c) => chance(`${c.custNo}/ships`, 0.5)).map((c) => c.custNo), "C-0917", "C-0944"];
