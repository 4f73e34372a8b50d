// SPDX-License-Identifier: Apache-2.0
// Several sources at once: by town, by e-mail address, by the name of a firm.
import { tell, unique, within } from "../../ask/truth/spans.mjs";
import { begun, cards, sessions, sites, tellEnergy } from "./charge.mjs";
import { campaigns } from "./pod.mjs";
import { customers, venues } from "./stage.mjs";
import { clinics, owners } from "./vet.mjs";

const towns = (list) => new Set(list.map((x) => x.town ?? x.city));
tell("towns_clinic_theatre", [...towns(clinics)].filter((t) => towns(venues).has(t)));
tell("towns_clinic_no_charging", [...towns(clinics)].filter((t) => !towns(sites).has(t)));
const mails = new Set(customers.map((c) => c.email));
tell("owners_at_theatre", owners.filter((o) => mails.has(o.email)).length);
const names = new Set(customers.map((c) => `${c.firstName} ${c.lastName}`));
tell("owners_at_theatre_by_name", owners.filter((o) => names.has(o.full_name)).length);
tell("clinics_total", clinics.length);
tell("owners.Ashgrove", owners.filter((o) => o.city === "Ashgrove").length);
tell("customers.Ashgrove", customers.filter((c) => c.town === "Ashgrove").length);
const firms = new Set(cards.map((c) => c.company).filter(Boolean));
const advertisers = unique(campaigns.map((c) => c.advertiser));
tell("advertisers_charging", advertisers.filter((a) => firms.has(a)));
tell("advertisers_not_charging", advertisers.filter((a) => !firms.has(a)));
const theirs = new Set(cards.filter((c) => advertisers.includes(c.company)).map((c) => c.cardId));
tellEnergy("energy_advertisers_90d", within(sessions, "90d", begun).filter((s) => theirs.has(s.cardId)));
tellEnergy("energy_advertisers_90d_days", within(sessions, "90d@days", begun).filter((s) => theirs.has(s.cardId)));
