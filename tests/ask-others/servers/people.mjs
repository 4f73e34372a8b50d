// SPDX-License-Identifier: Apache-2.0
// Who works at a maker of tents and camping gear, and who buys at its web shop: what the three services have in common.
import { chance, integer, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";

const GIVEN = ["Alba", "Bastian", "Ciara", "Dario", "Esme", "Florin", "Greta", "Hector", "Imke", "Jonas", "Kira", "Leandro", "Mira", "Niall", "Oona", "Pavel", "Romy", "Stellan", "Thea", "Ulrik", "Vesna", "Willem", "Yara"];
const FAMILY = ["Ames", "Brandt", "Calder", "Drury", "Ekman", "Fennell", "Garrow", "Heller", "Ismay", "Jarvis", "Kessler", "Lorne", "Mercer", "Nyberg", "Osgood", "Pell", "Roper", "Strand", "Thorne"];
const name = (i) => [GIVEN[i % 23], FAMILY[(i * 5 + Math.floor(i / 23)) % 19]];
const TEAMS = [["sales", 11], ["warehouse", 8], ["engineering", 9], ["support", 4], ["marketing", 3]];

/** 35 people, who differ in name. */
export const STAFF = TEAMS.flatMap(([team, n]) => times(n, () => team)).map((team, i) => {
  const [first, last] = name(i);
  return { first, last, name: `${first} ${last}`, email: `${first}.${last}@fernhill.example`.toLowerCase(), team };
});
export const of = (team) => STAFF.filter((p) => p.team === team);
export const COUNTRIES = { DE: 9, GB: 6, NL: 4, AT: 3, DK: 2, IE: 1, CH: 2 };

/** Who has an account at the web shop. Those of a firm are in the trade group, and the firm is in the CRM too. */
export const CUSTOMERS = times(420, (i) => {
  const k = `others/c/${i}`;
  const [first, last] = name(40 + i * 3);
  const group = weighted(`${k}/group`, { retail: 17, trade: 3, staff: 0.6 });
  return { id: 8001 + i, first, last, email: `${first}.${last}${i}@${pick(`${k}/host`, ["mail", "post", "inbox"])}.example`.toLowerCase(), country: weighted(`${k}/country`, COUNTRIES), group, ago: integer(`${k}/since`, 8, 1300), newsletter: chance(`${k}/news`, 0.42), blocked: chance(`${k}/blocked`, 0.03) ? integer(`${k}/when`, 1, 7) : null };
});
