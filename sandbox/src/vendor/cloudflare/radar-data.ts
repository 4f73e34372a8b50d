// SPDX-License-Identifier: Apache-2.0
// Radar's families of figures: one tool each, with a series over time, or shares by a dimension.

import { fraction } from "../../random.js";
import { DAY, type World } from "../../world.js";
import type { Json } from "../kit.js";

export const LIST = { type: "array", items: { type: "string" } };
export const N = { type: "integer", minimum: 0 };
export const COMMON: Json = {
  dateRange: { ...LIST, description: "Ranges such as 7d, or 7dcontrol for the one before" },
  dateStart: { ...LIST, description: "Starts (RFC 3339)" },
  dateEnd: { ...LIST, description: "Ends (RFC 3339)" },
  location: { ...LIST, description: "Countries, alpha-2" },
  asn: { ...LIST, description: "Autonomous systems" },
  continent: LIST,
};

/** Dimension to the values it takes. */
export const VALUES: Record<string, string[]> = {
  deviceType: ["desktop", "mobile", "other"],
  botClass: ["human", "bot"],
  httpProtocol: ["HTTPS", "HTTP"],
  httpVersion: ["HTTP/2", "HTTP/3", "HTTP/1.x"],
  ipVersion: ["IPv4", "IPv6"],
  os: ["WINDOWS", "ANDROID", "IOS", "MACOSX", "LINUX"],
  tlsVersion: ["TLS 1.3", "TLS 1.2", "TLS QUIC"],
  browser: ["chrome", "safari", "firefox", "edge"],
  mitigationProduct: ["WAF", "DDOS", "BOT_MANAGEMENT", "ACCESS_RULES"],
  vector: ["UDP flood", "SYN flood", "DNS flood", "Mirai"],
  industry: ["Retail", "Software", "Gaming", "Telecommunications"],
  queryType: ["A", "AAAA", "HTTPS", "MX", "TXT"],
  responseCode: ["NOERROR", "NXDOMAIN", "SERVFAIL"],
  spf: ["PASS", "FAIL", "NONE"],
  dkim: ["PASS", "FAIL", "NONE"],
  dmarc: ["PASS", "FAIL", "NONE"],
  threatCategory: ["Link", "Attachment", "IdentityDeception", "BrandImpersonation"],
  userAgent: ["GPTBot", "ClaudeBot", "Googlebot", "Bytespider"],
  model: ["llama", "whisper", "flux", "bge"],
  task: ["text-generation", "automatic-speech-recognition", "text-to-image", "text-embeddings"],
  transport: ["UDP", "TLS", "HTTPS", "TCP"],
  location: ["US", "DE", "GB", "FR", "IN", "BR"],
};

export class Wrong extends Error {}

/** Shares of a dimension in a range, adding up to a hundred; as strings. */
function summary(label: string, values: string[]): Json {
  const weights = values.map((value, i) => (1 / (i + 1)) * (0.7 + 0.6 * fraction(`radar/${label}/${value}`)));
  const whole = weights.reduce((a, b) => a + b, 0);
  return Object.fromEntries(values.map((value, i) => [value, ((100 * weights[i]!) / whole).toFixed(6)]));
}

export interface Span {
  name: string;
  from: number;
  to: number;
}

export function spans(world: World, args: Json): Span[] {
  if (args["dateStart"]) {
    return args["dateStart"].map((start: string, i: number): Span => {
      const [from, to] = [Date.parse(start), Date.parse(args["dateEnd"]?.[i] ?? "")];
      if (Number.isNaN(from) || Number.isNaN(to)) throw new Wrong("dateStart and dateEnd must be times, as many of one as of the other");
      return { name: `${start}`, from, to };
    });
  }
  return (args["dateRange"] ?? ["7d"]).map((range: string): Span => {
    const [, number, unit, control] = /^(\d{1,3})(d|w)(control)?$/.exec(range) ?? [];
    if (!number) throw new Wrong(`Invalid dateRange ${range}: such as 7d or 7dcontrol`);
    const length = Number(number) * (unit === "w" ? 7 : 1) * DAY;
    const to = world.epoch - (control ? length : 0);
    return { name: range, from: to - length, to };
  });
}

export function meta({ from, to }: Span): Json {
  const when = { startTime: new Date(from).toISOString(), endTime: new Date(to).toISOString() };
  return {
    dateRange: [when],
    lastUpdated: when.endTime,
    normalization: "PERCENTAGE",
    confidenceInfo: { level: 5, annotations: [] },
    units: [{ name: "*", value: "percent" }],
  };
}

function series(label: string, { from, to }: Span): Json {
  const points = Math.min(60, Math.max(2, Math.round((to - from) / (DAY / 4))));
  const times = Array.from({ length: points }, (_, i) => from + (i * (to - from)) / points);
  return {
    timestamps: times.map((t) => new Date(t).toISOString()),
    values: times.map((t) => (0.4 + 0.3 * Math.sin(t / (DAY / 6.28)) + 0.2 * fraction(`radar/${label}/${Math.floor(t / 3_600_000)}`)).toFixed(6)),
  };
}

/** summary, timeseries or top, over one or more ranges: summary_0, serie_1, top_2. */
function data(world: World, name: string, args: Json, dimensions: string[]): Json {
  const dimension = args["dimension"] ?? "timeseries";
  if (dimension !== "timeseries" && !dimensions.includes(dimension.replace(/^timeseriesGroups\//, "").replace(/^(summary|top)\//, "")))
    throw new Wrong(`Unknown dimension ${dimension}; known: timeseries, ${dimensions.join(", ")}`);
  const [form, of] = dimension.includes("/") ? dimension.split("/") : dimension === "timeseries" ? ["timeseries", ""] : ["summary", dimension];
  const made: Json = {};
  spans(world, args).forEach((span, i) => {
    const label = `${name}/${of}/${span.name}/${JSON.stringify(args["location"] ?? "")}`;
    made["meta"] ??= meta(span);
    if (form === "timeseries") made[`serie_${i}`] = series(label, span);
    else if (form === "timeseriesGroups") {
      const one = series(label, span);
      made[`serie_${i}`] = {
        timestamps: one["timestamps"],
        ...Object.fromEntries(VALUES[of]!.map((v) => [v, series(`${label}/${v}`, span)["values"]])),
      };
    } else made[`summary_${i}`] = summary(label, VALUES[of]!);
  });
  return made;
}

export type Run = (world: World, args: Json, name: string) => unknown;
export type Row = [name: string, description: string, properties: Json, run: Run, required?: string[]];

const family = (name: string, what: string, dimensions: string[]): Row => [
  name,
  `Get ${what}: over time, or by a dimension (${dimensions.join(", ")}).`,
  { ...COMMON, dimension: { type: "string", description: "timeseries, summary/<dimension> or timeseriesGroups/<dimension>" } },
  (world, args) => data(world, name, args, dimensions),
];

export const FAMILIES: Row[] = [
  family("get_http_data", "HTTP traffic", [
    "deviceType",
    "botClass",
    "httpProtocol",
    "httpVersion",
    "ipVersion",
    "os",
    "tlsVersion",
    "browser",
    "location",
  ]),
  family("get_l7_attack_data", "application-layer attacks", ["httpVersion", "ipVersion", "mitigationProduct", "industry", "location"]),
  family("get_l3_attack_data", "network-layer attacks", ["vector", "industry", "ipVersion", "location"]),
  family("get_dns_queries_data", "DNS queries to the public resolver", ["queryType", "responseCode", "ipVersion", "transport", "location"]),
  family("get_email_routing_data", "e-mail routing", ["ipVersion", "spf", "dkim", "dmarc"]),
  family("get_email_security_data", "e-mail security", ["threatCategory", "spf", "dkim", "dmarc"]),
  family("get_ai_data", "AI bots and AI inference", ["userAgent", "model", "task", "industry"]),
  family("get_netflows_data", "network traffic", ["location"]),
  family("get_as112_data", "AS112 DNS queries", ["queryType", "responseCode", "transport"]),
  family("get_bots_data", "bot traffic", ["botClass", "userAgent", "industry", "location"]),
  family("get_crawler_data", "crawlers", ["userAgent", "industry"]),
  family("get_leaked_credentials_data", "leaked credential checks", ["botClass"]),
  family("get_tcp_resets_timeouts_data", "TCP resets and timeouts", ["ipVersion"]),
  family("get_quality_data", "connection quality", ["location"]),
  family("get_origins_data", "traffic of cloud origins", ["location"]),
  family("get_certificate_transparency_data", "issued certificates", ["tlsVersion"]),
  family("get_post_quantum_data", "post-quantum key agreement", ["browser", "os"]),
  family("get_robots_txt_data", "robots.txt rules for crawlers", ["userAgent"]),
  family("get_bgp_route_data", "BGP announcements", ["ipVersion"]),
  family("get_bgp_ip_space_data", "announced address space", ["ipVersion"]),
];
