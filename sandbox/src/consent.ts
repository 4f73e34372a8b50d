// SPDX-License-Identifier: Apache-2.0
// A person with a browser, for tests and the demo: follows an authorization link, fills in the consent form, and
// stops at the redirect back to the client, or visits it.

export interface Answer {
  /** "allow" unless said otherwise. */
  decision?: "allow" | "deny";
  /** Cloudflare: the ids of the accounts to tick; all of them when left out. Arcjet: the team. */
  account?: string | string[];
  /** Cloudinary: the cloud to choose; the first when left out. */
  cloud?: string;
}

export interface Outcome {
  /** Where the browser was sent back to, with code and state or an error. */
  redirect?: string;
  /** The page the browser ended on, when it was not sent back. */
  page?: { url: string; status: number; body: string };
}

const MOST_STEPS = 12;

/** Cookies by origin; enough of RFC 6265 for a consent page. */
class Jar {
  private readonly kept = new Map<string, Map<string, string>>();

  header(url: URL): Record<string, string> {
    const cookies = [...(this.kept.get(url.origin) ?? [])];
    return cookies.length > 0 ? { cookie: cookies.map(([name, value]) => `${name}=${value}`).join("; ") } : {};
  }

  keep(url: URL, response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined) continue;
      const of = this.kept.get(url.origin) ?? new Map<string, string>();
      this.kept.set(url.origin, of.set(name.trim(), value!.trim()));
    }
  }
}

export class Browser {
  private readonly jar = new Jar();
  /** What a form on the page at hand is sent with: its origin, or "null" where the page wants no referrer. */
  private origin: string | undefined;

  async visit(address: string | URL, form?: URLSearchParams): Promise<{ url: URL; response: Response }> {
    const url = new URL(address);
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { accept: "text/html", ...this.jar.header(url), ...(form ? { origin: this.origin ?? url.origin } : {}) },
      ...(form ? { body: form } : {}),
      signal: AbortSignal.timeout(30_000),
    });
    this.jar.keep(url, response);
    this.origin = response.headers.get("referrer-policy") === "no-referrer" ? "null" : url.origin;
    return { url, response };
  }

  /** From the link to the redirect back to the client; that one is not visited. */
  async consent(link: string, answer: Answer = {}): Promise<Outcome> {
    let back: string | undefined; // the client's redirect_uri, once an authorization request names it
    let form: URLSearchParams | undefined;
    let next = new URL(link);
    for (let step = 0; step < MOST_STEPS; step++) {
      if (back !== undefined && isBack(next, back)) return { redirect: next.href };
      back ??= next.searchParams.get("redirect_uri") ?? undefined;
      const { url, response } = await this.visit(next, form);
      form = undefined;
      const body = await response.text();
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location) {
        next = new URL(location, url);
        continue;
      }
      const found = response.ok ? readForm(body) : undefined;
      if (!found) return { page: { url: url.href, status: response.status, body } };
      form = fill(found, answer);
      next = new URL(found.action, url);
    }
    throw new Error(`more than ${MOST_STEPS} steps from ${link}`);
  }

  /** The same, and then what the client's own callback page says. */
  async connect(link: string, answer: Answer = {}): Promise<NonNullable<Outcome["page"]>> {
    let { redirect, page } = await this.consent(link, answer);
    for (let step = 0; redirect !== undefined && step < MOST_STEPS; step++) {
      const { url, response } = await this.visit(redirect);
      const location = response.headers.get("location");
      redirect = location === null ? undefined : new URL(location, url).href;
      page = { url: url.href, status: response.status, body: await response.text() };
    }
    return page!;
  }
}

export const consent = (link: string, answer?: Answer): Promise<Outcome> => new Browser().consent(link, answer);
export const connect = (link: string, answer?: Answer) => new Browser().connect(link, answer);

function isBack(url: URL, back: string): boolean {
  const to = new URL(back);
  return url.origin === to.origin && url.pathname === to.pathname;
}

interface Input {
  type: string;
  name: string;
  value: string;
  checked: boolean;
}

interface Form {
  action: string;
  inputs: Input[];
}

function plain(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag)?.[1];
  return value === undefined ? undefined : plain(value);
}

/** The first form that is sent by POST. */
export function readForm(html: string): Form | undefined {
  const [, head, inside] = /<form\b([^>]*method="post"[^>]*)>([\s\S]*?)<\/form>/i.exec(html) ?? [];
  if (head === undefined) return undefined;
  const inputs = [...inside!.matchAll(/<(input|button)\b([^>]*)>/gi)].map(([, tag, rest]) => ({
    type: tag!.toLowerCase() === "button" ? "submit" : (attribute(rest!, "type") ?? "text"),
    name: attribute(rest!, "name") ?? "",
    value: attribute(rest!, "value") ?? "",
    checked: /\schecked\b/i.test(rest!),
  }));
  return { action: attribute(head, "action") ?? "", inputs };
}

function fill(form: Form, { decision = "allow", account, cloud }: Answer): URLSearchParams {
  const wanted = cloud !== undefined ? [cloud] : account !== undefined ? [account].flat() : undefined;
  const sent = new URLSearchParams();
  for (const { type, name, value, checked } of form.inputs) {
    if (name === "" || (type === "submit" && value !== decision)) continue;
    const choice = type === "radio" || type === "checkbox";
    if (choice && !(wanted ? wanted.includes(value) : checked)) continue;
    sent.append(name, value);
  }
  return sent;
}
