// SPDX-License-Identifier: Apache-2.0
// Who works, or has worked, for the firm, and at which site: what the three services have in common.
import { chance, integer, pick, times, weighted } from "../../ask-foreign/servers/seed.mjs";

export const SITES = [["LIS", "Lisbon", "PT"], ["GOT", "Gothenburg", "SE"], ["ORK", "Cork", "IE"], ["TRS", "Trieste", "IT"], ["LEJ", "Leipzig", "DE"], ["TLL", "Tallinn", "EE"]];
const FIRST = ["Amalia", "Birger", "Cosima", "Declan", "Edda", "Fergus", "Giulia", "Henrik", "Ines", "Joao", "Katrin", "Liam", "Matteo", "Niamh", "Otto", "Petra", "Rui", "Saoirse", "Tiago", "Vera"];
const LAST = ["Almeida", "Bauer", "Coppola", "Doherty", "Eklund", "Ferreira", "Gallo", "Hansson", "Imhof", "Kask", "Lindqvist", "Marino", "Nowak", "OBrien", "Pires", "Richter", "Sala"];

const TITLES = { Support: ["Support Agent", "Senior Support Agent", "Team Lead"], Engineering: ["Software Engineer", "Site Reliability Engineer", "Firmware Engineer", "Engineering Manager"], Sales: ["Account Manager", "Sales Director"], Finance: ["Controller", "Payroll Clerk"], People: ["People Partner", "Recruiter"], Operations: ["Logistics Planner", "Repair Technician", "Warehouse Worker"] };

/** 160 people, who differ in name. `left` is how many days ago they left. */
export const PEOPLE = times(160, (i) => {
  const k = `strangers/p/${i}`;
  const department = weighted(`${k}/department`, { Support: 9, Engineering: 11, Sales: 5, Finance: 3, People: 2, Operations: 8 });
  const name = `${FIRST[i % 20]} ${LAST[(i * 3 + Math.floor(i / 20)) % 17]}`;
  const started = integer(`${k}/started`, 9, 3900);
  const left = started > 420 && chance(`${k}/left`, 0.16) ? integer(`${k}/ended`, 12, 330) : null;
  const kind = chance(`${k}/kind`, 0.13) ? "contractor" : chance(`${k}/fixed`, 0.14) ? "fixed_term" : "permanent";
  return { i, number: String(40100 + i * 3), name, email: `${name.toLowerCase().replace(" ", ".")}@corvane.example`, department, title: i < 6 ? "Director" : pick(`${k}/title`, TITLES[department]), site: weighted(`${k}/site`, { LIS: 9, GOT: 6, ORK: 5, TRS: 4, LEJ: 3, TLL: department === "Engineering" ? 2 : 0 }), started, left: i < 6 ? null : left, kind: i < 6 ? "permanent" : kind };
}).map((p, i, all) => ({ ...p, manager: i < 6 ? null : all[i % 6].number }));
export const here = PEOPLE.filter((p) => p.left === null);
export const of = (department) => here.filter((p) => p.department === department);
