// SPDX-License-Identifier: Apache-2.0
// DNS records of many types in every zone. staging-example.com has lost most of its own: see incident.ts.

import { hexId, integer } from "../random.js";
import type { Row, World } from "../world.js";
import { INCIDENT_ZONE, LOST_HOSTS } from "./incident.js";

type Draft = {
  type: string;
  name: string;
  content: string;
  ttl?: number;
  proxied?: boolean;
  priority?: number;
  data?: Row;
  comment?: string;
  tags?: string[];
};

function drafts(zone: string): Draft[] {
  const host = (label: string) => integer(`host/${zone}/${label}`, 2, 250);
  return [
    { type: "A", name: zone, content: `192.0.2.${host("apex")}`, proxied: true, comment: "Load balanced front end" },
    { type: "AAAA", name: zone, content: `2001:db8::${host("apex6").toString(16)}`, proxied: true },
    { type: "CNAME", name: `www.${zone}`, content: zone, proxied: true },
    { type: "A", name: `api.${zone}`, content: `192.0.2.${host("api")}`, proxied: true, tags: ["team:platform"] },
    {
      type: "A",
      name: `origin.${zone}`,
      content: `198.51.100.${host("origin")}`,
      ttl: 300,
      comment: "Not proxied: health checks",
      tags: ["team:platform"],
    },
    { type: "MX", name: zone, content: `mx1.mail.example`, ttl: 3600, priority: 10 },
    { type: "MX", name: zone, content: `mx2.mail.example`, ttl: 3600, priority: 20 },
    { type: "TXT", name: zone, content: "v=spf1 include:_spf.mail.example -all", ttl: 3600 },
    { type: "TXT", name: `_dmarc.${zone}`, content: `v=DMARC1; p=reject; rua=mailto:dmarc@${zone}`, ttl: 3600 },
    { type: "CAA", name: zone, content: '0 issue "letsencrypt.org"', data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
  ];
}

/** Only the main zone has these. */
const SPECIAL: Draft[] = [
  {
    type: "SRV",
    name: "_sip._tcp.example.com",
    content: "5 5060 sip.example.com",
    priority: 10,
    data: { priority: 10, weight: 5, port: 5060, target: "sip.example.com" },
  },
  { type: "NS", name: "lab.example.com", content: "ns1.lab.example.com", ttl: 86400 },
  {
    type: "TLSA",
    name: "_443._tcp.example.com",
    content: "3 1 1 0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3",
    data: { usage: 3, selector: 1, matching_type: 1, certificate: "0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3" },
  },
  { type: "HTTPS", name: "www2.example.com", content: '1 . alpn="h3,h2"', data: { priority: 1, target: ".", value: 'alpn="h3,h2"' } },
  { type: "PTR", name: "10.example.com", content: "host10.example.com" },
  {
    type: "SSHFP",
    name: "bastion.example.com",
    content: "4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
    data: { algorithm: 4, type: 2, fingerprint: "123456789abcdef67890123456789abcdef67890123456789abcdef123456789" },
  },
  { type: "TXT", name: "example.com", content: "sandbox-site-verification=0123456789", comment: "Domain verification" },
  { type: "CNAME", name: "docs.example.com", content: "acme-docs.pages.dev", proxied: true, tags: ["team:docs"] },
  { type: "CNAME", name: "status.example.com", content: "status.acme-status.example", tags: ["team:on-call"] },
  { type: "A", name: "*.dev.example.com", content: "203.0.113.40" },
];

export function record(world: World, zone: Row, draft: Draft): Row {
  const label = `record/${zone["name"]}/${draft.type}/${draft.name}/${draft.content}`;
  const created = world.daysAgo(integer(label, 100, 900));
  return {
    id: hexId(label),
    zone_id: zone["id"],
    zone_name: zone["name"],
    name: draft.name,
    type: draft.type,
    content: draft.content,
    proxiable: ["A", "AAAA", "CNAME"].includes(draft.type),
    proxied: draft.proxied ?? false,
    ttl: draft.proxied ? 1 : (draft.ttl ?? 1),
    settings: {},
    meta: {},
    comment: draft.comment ?? null,
    tags: draft.tags ?? [],
    ...(draft.priority === undefined ? {} : { priority: draft.priority }),
    ...(draft.data ? { data: draft.data } : {}),
    created_on: created,
    modified_on: created,
  };
}

export function tellDns(world: World, zone: Row): void {
  const list = [...drafts(zone["name"]), ...(zone["name"] === "example.com" ? SPECIAL : [])];
  const kept = zone["name"] === INCIDENT_ZONE ? list.filter((d) => !LOST_HOSTS.some((h) => d.name === `${h}.${INCIDENT_ZONE}`)) : list;
  world.rows(`/zones/${zone["id"]}/dns_records`).push(...kept.map((d) => record(world, zone, d)));
}
