// SPDX-License-Identifier: Apache-2.0
// Radar's 66 tools: unannotated, figures as strings, failures without isError. The names beyond those published are likely ones.

import { fraction, hexId, integer, pick, uuid } from "../../random.js";
import { INTRUDER } from "../../story/incident.js";
import { DAY, type World } from "../../world.js";
import type { Json } from "../kit.js";
import { text, type Parts, type Tool } from "../toolset.js";
import { accountsOf, instructions } from "./api.js";
import { COMMON, FAMILIES, LIST, meta, N, spans, VALUES, Wrong, type Row, type Run, type Span } from "./radar-data.js";

const SYSTEMS = [
  { asn: 64500, name: "EXAMPLE-HOSTING", country: "NL", countryName: "Netherlands" },
  { asn: 64501, name: "EXAMPLE-TELECOM", country: "DE", countryName: "Germany" },
  { asn: 64511, name: "EXAMPLE-CLOUD", country: "US", countryName: "United States" },
];
const system = (args: Json) => {
  const found = SYSTEMS.find((s) => s.asn === Number(args["asn"]));
  if (!found) throw new Wrong(`Autonomous system ${args["asn"]} not found`);
  return found;
};
const COUNTRIES: Record<string, string> = {
  US: "United States",
  DE: "Germany",
  GB: "United Kingdom",
  FR: "France",
  NL: "Netherlands",
  IN: "India",
  BR: "Brazil",
  JP: "Japan",
};
const DOMAINS = ["example.com", "example.org", "example.net", "acme-shop.example", "acme-cdn.example"];
const PAGE: Json = { limit: { ...N, maximum: 100 }, offset: N };
const ASN: Json = { asn: { ...N, description: "The autonomous system's number" } };
const DOMAIN: Json = { domain: { type: "string", description: "The domain" } };
const PREFIX: Json = { prefix: { type: "string", description: "The prefix, such as 203.0.113.0/24" } };

function cut<T>(rows: T[], args: Json): T[] {
  return rows.slice(args["offset"] ?? 0, (args["offset"] ?? 0) + (args["limit"] ?? 20));
}

const ago = (world: World, days: number) => new Date(world.epoch - days * DAY).toISOString();

/** Something that happened now and then over ninety days. */
function happenings(world: World, kind: string, count: number, more: (label: string) => Json): Json[] {
  return Array.from({ length: count }, (_, i) => {
    const label = `radar/${kind}/${i}`;
    const start = 90 * fraction(label);
    return { id: integer(label, 100_000, 999_999), startDate: ago(world, start), endDate: ago(world, Math.max(0, start - 0.3)), ...more(label) };
  }).sort((a, b) => ((a as Json)["startDate"] < (b as Json)["startDate"] ? 1 : -1));
}

const outages: Run = (world, args) => ({
  annotations: cut(
    happenings(world, "outages", 14, (label) => ({
      eventType: "OUTAGE",
      scope: null,
      dataSource: "ALL",
      locations: [pick(`${label}/where`, Object.keys(COUNTRIES))],
      asns: [pick(`${label}/as`, SYSTEMS).asn],
      outage: { outageCause: pick(`${label}/why`, ["POWER_OUTAGE", "CABLE_CUT", "GOVERNMENT_DIRECTED", "MAINTENANCE"]), outageType: "REGIONAL" },
      linkedUrl: "",
    })),
    args,
  ),
});

const anomalies: Run = (world, args) => ({
  trafficAnomalies: cut(
    happenings(world, "anomalies", 25, (label) => ({
      uuid: uuid(label),
      type: pick(`${label}/type`, ["LOCATION", "AS"]),
      status: pick(`${label}/status`, ["VERIFIED", "UNVERIFIED"]),
      asnDetails: pick(`${label}/as`, SYSTEMS),
      visibleInDataSources: ["NF"],
    })),
    args,
  ),
});

const bgp =
  (kind: string, key: string): Run =>
  (world, args) => ({
    asn_info: SYSTEMS.map((s) => ({ asn: s.asn, org_name: s.name, country_code: s.country })),
    events: cut(
      happenings(world, kind, 18, (label) => ({
        [key]: pick(label, SYSTEMS).asn,
        prefixes: ["203.0.113.0/24"],
        confidence_score: integer(`${label}/c`, 1, 10),
        detected_ts: ago(world, 90 * fraction(label)),
      })),
      args,
    ),
  });

const ranking: Run = (world, args) => ({
  meta: { dateRange: [{ startTime: ago(world, 7), endTime: ago(world, 0) }] },
  top_0: DOMAINS.slice(0, args["limit"] ?? 10).map((domain, i) => ({ rank: i + 1, domain, categories: [{ id: 26, name: "Technology" }] })),
});

const services: Run = () => ({
  top_0: ["Search", "Video", "Social", "Chat", "Maps"].map((service, i) => ({ rank: i + 1, service: `Example ${service}` })),
});

const speed: Run = (_world, args, name) => {
  const label = `${name}/${JSON.stringify(args["location"] ?? args["asn"] ?? "")}`;
  const figure = (what: string, low: number, high: number) => String(integer(`${label}/${what}`, low, high));
  return {
    summary_0: {
      bandwidthDownload: figure("down", 40, 240),
      bandwidthUpload: figure("up", 10, 90),
      latencyIdle: figure("idle", 9, 60),
      latencyLoaded: figure("loaded", 40, 220),
      jitterIdle: figure("jitter", 1, 12),
      packetLoss: (integer(`${label}/loss`, 0, 200) / 100).toFixed(2),
    },
  };
};

const rates = (name: string, what: string, low: number, high: number): Row => [
  name,
  `Get ${what}.`,
  COMMON,
  (world, args) => {
    const label = `${name}/${JSON.stringify(args["location"] ?? "")}`;
    const [span] = spans(world, args) as [Span];
    return {
      meta: meta(span),
      summary_0: {
        p25: String(integer(label, low, high)),
        p50: String(integer(`${label}/50`, high, 2 * high)),
        p75: String(integer(`${label}/75`, 2 * high, 3 * high)),
      },
    };
  },
];

const scans = (world: World) => world.rows("/radar/scans");

function scanOf(world: World, args: Json): Json {
  const found = scans(world).find((s) => s["uuid"] === args["scanId"]);
  if (!found) throw new Wrong(`Scan ${args["scanId"]} not found`);
  return found;
}

const scanned =
  (of: (scan: Json) => unknown): Run =>
  (world, args) =>
    of(scanOf(world, args));
const SCAN: Json = { scanId: { type: "string", description: "The scan's id" } };

const createScan: Run = (world, args) => {
  const url = args["url"];
  if (!URL.canParse(url)) throw new Wrong(`Invalid URL ${url}`);
  const made = {
    uuid: uuid(world.newId("scan")),
    url,
    time: new Date().toISOString(),
    visibility: args["visibility"] ?? "Public",
    verdict: { malicious: new URL(url).hostname === INTRUDER.ip },
  };
  scans(world).unshift(made);
  return { uuid: made.uuid, url, visibility: made.visibility, message: "Submission successful", api: `/scan/${made.uuid}` };
};

const OTHERS: Row[] = [
  [
    "list_autonomous_systems",
    "List autonomous systems.",
    { ...PAGE, location: { type: "string" } },
    (_w, args) => ({
      asns: cut(
        SYSTEMS.filter((s) => !args["location"] || s.country === args["location"]),
        args,
      ),
    }),
  ],
  [
    "get_as_details",
    "Get details of an autonomous system.",
    ASN,
    (_w, args) => ({ asn: { ...system(args), estimatedUsers: { estimatedUsers: 120_000 } } }),
    ["asn"],
  ],
  [
    "get_as_set",
    "Get the AS-SETs that an autonomous system is in.",
    ASN,
    (_w, args) => ({ as_sets: [{ name: `AS-${system(args).name}`, as_members_count: 12 }] }),
    ["asn"],
  ],
  [
    "get_as_relationships",
    "Get the relationships of an autonomous system.",
    ASN,
    (_w, args) => ({ rels: SYSTEMS.filter((s) => s !== system(args)).map((s) => ({ asn2: s.asn, rel: "peer" })) }),
    ["asn"],
  ],
  [
    "search_autonomous_systems",
    "Search autonomous systems by name.",
    { query: { type: "string" } },
    (_w, args) => ({ asns: SYSTEMS.filter((s) => s.name.includes(String(args["query"]).toUpperCase())) }),
    ["query"],
  ],
  [
    "get_ip_details",
    "Get what is known about an address.",
    { ip: { type: "string" } },
    (_w, args) => ({
      ip: {
        ip: args["ip"],
        ipVersion: String(args["ip"]).includes(":") ? "IPv6" : "IPv4",
        location: "NL",
        locationName: "Netherlands",
        asn: "64500",
        asnName: "EXAMPLE-HOSTING",
        asnLocation: "NL",
      },
    }),
    ["ip"],
  ],
  [
    "list_geolocations",
    "List countries.",
    PAGE,
    (_w, args) => ({
      locations: cut(
        Object.entries(COUNTRIES).map(([alpha2, name]) => ({ alpha2, name, region: "World" })),
        args,
      ),
    }),
  ],
  [
    "get_geolocation_details",
    "Get details of a country.",
    { location: { type: "string" } },
    (_w, args) => ({ location: { alpha2: args["location"], name: COUNTRIES[args["location"]] ?? "Unknown" } }),
    ["location"],
  ],
  ["get_outages", "Get Internet outages.", { ...COMMON, ...PAGE }, outages],
  [
    "get_outages_by_location",
    "Get how many outages each country had.",
    COMMON,
    () => ({
      annotations: Object.keys(COUNTRIES).map((clientCountryAlpha2) => ({
        clientCountryAlpha2,
        value: String(integer(`outages/${clientCountryAlpha2}`, 0, 9)),
      })),
    }),
  ],
  ["get_traffic_anomalies", "Get unusual drops of traffic.", { ...COMMON, ...PAGE }, anomalies],
  [
    "get_traffic_anomalies_by_location",
    "Get how many anomalies each country had.",
    COMMON,
    () => ({
      trafficAnomalies: Object.keys(COUNTRIES).map((clientCountryAlpha2) => ({
        clientCountryAlpha2,
        value: String(integer(`anomalies/${clientCountryAlpha2}`, 0, 12)),
      })),
    }),
  ],
  ["get_annotations", "Get annotations of events.", { ...COMMON, ...PAGE }, outages],
  ["get_bgp_hijacks", "Get likely BGP hijacks.", { ...COMMON, ...PAGE }, bgp("hijacks", "hijacker_asn")],
  ["get_bgp_leaks", "Get BGP route leaks.", { ...COMMON, ...PAGE }, bgp("leaks", "leak_asn")],
  [
    "get_bgp_route_stats",
    "Get statistics of the routing table.",
    ASN,
    () => ({
      stats: {
        distinct_origins: 83_204,
        distinct_prefixes: 1_214_221,
        routes_total: 1_311_005,
        routes_valid: 702_110,
        routes_invalid: 18_020,
        routes_unknown: 590_875,
      },
    }),
  ],
  [
    "get_bgp_prefix_origins",
    "Get who announces a prefix.",
    PREFIX,
    (_w, args) => ({ prefix_origins: [{ origin: 64500, prefix: args["prefix"], rpki_validation: "VALID" }] }),
    ["prefix"],
  ],
  [
    "get_bgp_pfx2as",
    "Map a prefix to its autonomous system.",
    PREFIX,
    (_w, args) => ({ prefix_origins: [{ origin: 64500, prefix: args["prefix"], peer_count: 312 }] }),
    ["prefix"],
  ],
  [
    "get_bgp_moas",
    "Get prefixes that several systems announce.",
    PREFIX,
    () => ({ moas: [{ prefix: "203.0.113.0/24", origins: [{ origin: 64500 }, { origin: 64511 }] }] }),
  ],
  [
    "get_bgp_realtime_routes",
    "Get the routes of a prefix as seen now.",
    PREFIX,
    (_w, args) => ({ routes: [{ as_path: [64511, 64501, 64500], collector: "rrc00", prefix: args["prefix"] }] }),
    ["prefix"],
  ],
  [
    "get_bgp_top_ases",
    "Get the systems with most updates.",
    COMMON,
    () => ({ top_0: SYSTEMS.map((s, i) => ({ asn: s.asn, ASName: s.name, value: (40 / (i + 1)).toFixed(4) })) }),
  ],
  ["get_bgp_top_prefixes", "Get the prefixes with most updates.", COMMON, () => ({ top_0: [{ prefix: "203.0.113.0/24", value: "12.500000" }] })],
  ["get_rpki_aspa", "Get ASPA objects.", ASN, () => ({ aspaObjects: SYSTEMS.map((s) => ({ customerAsn: s.asn, providers: [64511] })) })],
  ["get_domains_ranking", "Get the most popular domains.", { ...COMMON, ...PAGE }, ranking],
  [
    "get_domain_rank_details",
    "Get the rank of a domain.",
    DOMAIN,
    (_w, args) => ({
      details_0: {
        rank: integer(`rank/${args["domain"]}`, 100, 900_000),
        bucket: "1000000",
        categories: [],
        top_locations: [{ rank: 1, locationCode: "DE" }],
      },
    }),
    ["domain"],
  ],
  [
    "get_domains_ranking_timeseries",
    "Get ranks of domains over time.",
    { ...COMMON, domains: LIST },
    (world, args) => ({
      serie_0: {
        timestamps: [ago(world, 7), ago(world, 0)],
        ...Object.fromEntries((args["domains"] ?? DOMAINS.slice(0, 2)).map((d: string) => [d, ["12", "11"]])),
      },
    }),
  ],
  ["get_internet_services_ranking", "Get the most popular Internet services.", { ...COMMON, serviceCategory: LIST }, services],
  [
    "list_internet_services_categories",
    "List categories of services.",
    {},
    () => ({ categories_0: [{ name: "Generative AI" }, { name: "E-commerce" }, { name: "Social Media" }] }),
  ],
  ["get_internet_speed_data", "Get measured speeds.", COMMON, speed],
  [
    "get_internet_speed_top_locations",
    "Get the fastest countries.",
    COMMON,
    () => ({
      top_0: Object.entries(COUNTRIES).map(([clientCountryAlpha2, clientCountryName], i) => ({
        clientCountryAlpha2,
        clientCountryName,
        bandwidthDownload: (220 - 12 * i).toFixed(2),
      })),
    }),
  ],
  [
    "get_internet_speed_histogram",
    "Get the distribution of speeds.",
    COMMON,
    () => ({ histogram_0: { bucketMin: ["0", "50", "100", "200"], bandwidthDownload: ["412", "903", "771", "388"] } }),
  ],
  rates("get_internet_quality_data", "quality estimates", 10, 60),
  rates("get_bandwidth_quality_data", "bandwidth estimates", 20, 90),
  rates("get_latency_quality_data", "latency estimates", 8, 40),
  rates("get_dns_response_time_data", "response times of DNS", 4, 30),
  [
    "get_verified_bots",
    "List verified bots.",
    PAGE,
    () => ({
      top_0: VALUES["userAgent"]!.map((botName, i) => ({
        botName,
        botCategory: "AI Crawler",
        botOwner: "Example",
        value: (30 / (i + 1)).toFixed(4),
      })),
    }),
  ],
  [
    "get_bot_details",
    "Get details of a bot.",
    { botSlug: { type: "string" } },
    (_w, args) => ({ bot: { slug: args["botSlug"], name: args["botSlug"], kind: "AGENT", operator: "Example" } }),
    ["botSlug"],
  ],
  [
    "get_tlds",
    "List top-level domains.",
    PAGE,
    () => ({ tlds: ["com", "net", "org", "example"].map((tld) => ({ tld, type: tld === "example" ? "SPECIAL" : "GENERIC" })) }),
  ],
  [
    "get_tld_details",
    "Get details of a top-level domain.",
    { tld: { type: "string" } },
    (_w, args) => ({ tld: { tld: args["tld"], type: "GENERIC", manager: "Example Registry" } }),
    ["tld"],
  ],
  [
    "list_datasets",
    "List datasets to download.",
    PAGE,
    () => ({ datasets: [{ id: 1, title: "Top 1,000 domains", type: "RANKING_BUCKET", tags: ["GLOBAL"] }] }),
  ],
  [
    "list_ct_authorities",
    "List certificate authorities.",
    PAGE,
    () => ({ certificateAuthorities: [{ name: "Example CA", owner: "Example", country: "DE", sha256Fingerprint: hexId("ca") }] }),
  ],
  ["create_url_scan", "Scan a URL.", { url: { type: "string" }, visibility: { type: "string", enum: ["Public", "Unlisted"] } }, createScan, ["url"]],
  [
    "search_url_scans",
    "Search scans.",
    { query: { type: "string" }, size: N },
    (world, args) => ({ results: scans(world).filter((s) => String(s["url"]).includes(args["query"] ?? "")) }),
  ],
  [
    "get_url_scan",
    "Get the report of a scan.",
    SCAN,
    scanned((s) => ({
      task: { uuid: s["uuid"], url: s["url"], time: s["time"], visibility: s["visibility"] },
      verdicts: { overall: s["verdict"] },
      page: { status: "200" },
    })),
    ["scanId"],
  ],
  [
    "get_url_scan_har",
    "Get the requests of a scan as HAR.",
    SCAN,
    scanned((s) => ({ har: { log: { version: "1.2", entries: [{ request: { method: "GET", url: s["url"] }, response: { status: 200 } }] } } })),
    ["scanId"],
  ],
  ["get_url_scan_dom", "Get the page of a scan.", SCAN, scanned((s) => `<!doctype html><title>${s["url"]}</title>`), ["scanId"]],
];

/** A failure here is a text like any other: this server does not set isError. */
function make([name, description, properties, run, required]: Row): Tool {
  return {
    name,
    description,
    inputSchema: { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties, ...(required ? { required } : {}) },
    ...(name.startsWith("create_") ? { writes: true } : {}),
    run: ({ world, who, args }) => {
      if (accountsOf(who).length === 0) return text("Error: Authentication error");
      try {
        const made = run(world, args, name);
        return text(typeof made === "string" ? made : { result: made });
      } catch (error) {
        if (error instanceof Wrong) return text(`Error: ${error.message}`);
        throw error;
      }
    },
  };
}

export const radar: Parts = {
  info: { name: "radar", title: "Cloudflare Radar", version: "0.3.3" },
  tools: [...FAMILIES, ...OTHERS].map(make),
  instructions: instructions("Read about Internet traffic, attacks and outages. This server is deprecated."),
};
