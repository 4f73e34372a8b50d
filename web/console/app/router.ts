// SPDX-License-Identifier: Apache-2.0
// router: the address is the state. Links are plain <a href>: a click on one that stays under /ui/ is taken here, all others
// are the browser's. Filters, tabs and open rows stand in the query, so that each state is a link and "back" works. Example:
//   go("servers/srv_1"); const tab = queryOf("tab") ?? "overview"; setQuery({ tab: "tools" });
import { signal } from "@preact/signals";

export const BASE = "/ui/";

export interface Address {
  readonly path: string; // below /ui/, without slashes at its ends: "servers/srv_1"
  readonly query: URLSearchParams;
}
const read = (): Address => ({ path: decodeURI(location.pathname).replace(/^\/ui\/?|\/+$/g, ""), query: new URLSearchParams(location.search) });

export const address = signal<Address>(read());
export const href = (path: string, query?: Record<string, string>): string => BASE + encodeURI(path) + (query ? `?${new URLSearchParams(query)}` : "");

function move(url: string, replace: boolean): void {
  if (url === location.pathname + location.search) replace = true;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  address.value = read();
}

export function go(path: string, query?: Record<string, string>, replace = false): void {
  move(href(path, query), replace);
  if (!replace) scrollTo(0, 0);
}

export const queryOf = (name: string): string | undefined => address.value.query.get(name) ?? undefined;

// Changes members of the query and keeps the others; undefined or "" takes one away. What is typed replaces the entry of
// the history that it began with; what is chosen adds one.
export function setQuery(change: Record<string, string | undefined>, replace = false): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change))
    if (value) query.set(name, value);
    else query.delete(name);
  const text = query.toString();
  move(location.pathname + (text ? `?${text}` : ""), replace);
}

export type Params = Readonly<Record<string, string>>;

// "servers/:id" against "servers/srv_1": {id: "srv_1"}; undefined where it does not fit.
export function match(pattern: string, path: string): Params | undefined {
  const want = pattern.split("/"), have = path.split("/");
  if (want.length !== have.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of want.entries())
    if (part.startsWith(":") && have[i]) params[part.slice(1)] = have[i];
    else if (part !== have[i]) return undefined;
  return params;
}

export function startRouter(): void {
  addEventListener("popstate", () => (address.value = read()));
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const served = link.hasAttribute("data-served") || link.target || link.hasAttribute("download");
    if (served || link.origin !== location.origin || !link.pathname.startsWith(BASE)) return;
    event.preventDefault();
    move(link.pathname + link.search, false);
    scrollTo(0, 0);
  });
}
