// SPDX-License-Identifier: Apache-2.0
// The people and firms that several services know: by their e-mail address, or by the firm's name.
import { fraction, times } from "../../ask-foreign/servers/seed.mjs";

export const TOWNS = ["Ashgrove", "Birchfield", "Coldharbour", "Dunmere", "Elderton", "Foxley", "Glenrock", "Hollin Bay"];
const FIRST = ["Ada", "Bruno", "Celia", "Dario", "Edith", "Farid", "Greta", "Hamish", "Ines", "Jonah", "Katya", "Leon", "Maud", "Nils", "Oona", "Pavel", "Quinn", "Rosa", "Stellan", "Tamsin", "Ugo", "Vera", "Wendel", "Xenia", "Yusuf", "Zelda", "Aldous", "Britta", "Cosmo"];
const LAST = ["Abernathy", "Bickerstaff", "Castellan", "Dunwoody", "Ekström", "Fairweather", "Gillespie", "Hathersage", "Ivanova", "Jessop", "Kowalczyk", "Lindqvist", "Merriweather", "Nakagawa", "Oyelaran", "Pemberton", "Quartermain", "Rasmussen", "Silverstone", "Thackeray", "Underhill", "Vandermeer", "Winterbourne"];
const plain = (name) => name.toLowerCase().replaceAll("ö", "o");

export const people = times(420, (i) => {
  const [first, last] = [FIRST[i % FIRST.length], LAST[i % LAST.length]];
  return { first, last, name: `${first} ${last}`, email: `${plain(first)}.${plain(last)}@post.example`, town: TOWNS[Math.floor(TOWNS.length * fraction(`person/${i}/town`) ** 1.3)] };
});
/** The first of them advertise in podcasts, the last have charging cards, those between do both. */
export const FIRMS = ["Larkspur Foods", "Tern & Co", "Marrow Books", "Oatfield Dairy", "Copperleaf Insurance", "Skylark Travel", "Pennywise Bank", "Nettle Cosmetics", "Brightwater Utilities", "Cobble Logistics", "Fernway Taxis", "Heron Couriers", "Juniper Care", "Kestrel Plumbing"];
