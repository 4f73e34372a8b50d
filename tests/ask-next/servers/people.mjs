// SPDX-License-Identifier: Apache-2.0
// Who works at the utility, and the zones of its network: what the three services have in common.
import { chance, integer, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";

export const ZONES = [["NB", "North Bank", 9], ["QW", "Quarry Wood", 6], ["LM", "Lower Meadows", 12], ["HT", "Hightown", 14], ["SG", "Salt Gate", 5], ["OV", "Orchard Vale", 7], ["KP", "Kiln Point", 3]];
const FIRST = ["Agnes", "Bruno", "Carmen", "Derek", "Elif", "Fabian", "Gwen", "Hamid", "Ingrid", "Jorge", "Kemal", "Lena", "Marek", "Noor", "Oskar", "Paula", "Ravi", "Signe", "Tomas", "Ursula", "Viktor", "Wanda", "Yusuf"];
const LAST = ["Abbott", "Bergman", "Castell", "Dietz", "Engel", "Farrow", "Grant", "Hollis", "Iversen", "Janssen", "Kovac", "Lund", "Moreno", "Nash", "Ortiz", "Pryce", "Quist", "Rahman", "Soler"];
export const DEPARTMENTS = ["networks", "customer_service", "finance", "field_service", "it", "management"];
const TITLES = { networks: ["Grid planner", "Network engineer", "Draughtsperson"], customer_service: ["Call agent", "Billing clerk", "Team lead"], finance: ["Accountant", "Controller"], field_service: ["Fitter", "Meter technician", "Crew lead"], it: ["Administrator", "Developer"], management: ["Head of department", "Assistant"] };
export const OFFICES = [["HQ", "Mill Street", "Averton", "head_office", 5], ["DNO", "North Depot", "Averton", "depot", 1], ["DSO", "South Depot", "Kilnsea", "depot", 2], ["SPH", "Hightown Shop", "Hightown", "service_point", 1], ["SPO", "Orchard Shop", "Orchard Vale", "service_point", 1], ["LAB", "Training Centre", "Saltby", "training", 2]];

/** 170 people, who differ in name; those of the last dozen days are the newest. */
export const PEOPLE = times(170, (i) => {
  const k = `next/p/${i}`;
  const department = weighted(`${k}/department`, { networks: 6, customer_service: 8, finance: 3, field_service: 9, it: 3, management: 2 });
  const office = department === "field_service" ? pick(`${k}/depot`, ["DNO", "DSO", "DSO"]) : department === "customer_service" ? weighted(`${k}/shop`, { HQ: 5, SPH: 2, SPO: 2 }) : weighted(`${k}/office`, { HQ: 12, LAB: 1, DNO: 1 });
  const name = `${FIRST[i % 23]} ${LAST[(i * 7 + Math.floor(i / 23)) % 19]}`;
  return { number: `E${1001 + i}`, name, email: `${name.toLowerCase().replace(" ", ".")}@utility.example`, department, office, title: pick(`${k}/title`, TITLES[department]), started: integer(`${k}/started`, 14, 6200), left: chance(`${k}/left`, 0.09) ? integer(`${k}/ended`, 10, 400) : null, remote: department !== "field_service" && chance(`${k}/remote`, 0.3) };
}).map((p, i, all) => ({ ...p, left: p.left !== null && p.left < p.started - 60 ? p.left : null, manager: i < 6 ? null : all[i % 6].number }));
export const here = PEOPLE.filter((p) => p.left === null);
export const of = (department) => here.filter((p) => p.department === department);
