// SPDX-License-Identifier: Apache-2.0
// routes: every screen with its address below /ui/, in the order in which they are tried. A screen is a file of its own, loaded
// when it is opened with the words of its area, and exports its component as default.
import type { ComponentType } from "preact";
import { match, type Params } from "./router.ts";
import type { Role } from "./session.ts";

export interface ScreenProps {
  readonly params: Params;
}
export interface Route {
  readonly path: string;
  readonly words: string; // the area of its texts; its title is "<words>.title", or as `title` says
  readonly also?: readonly string[]; // areas of parts that it shows
  readonly title?: string;
  readonly roles: readonly Role[];
  load(): Promise<{ default: ComponentType<ScreenProps> }>;
}

const ALL: readonly Role[] = ["admin", "editor", "viewer"], EDITS: readonly Role[] = ["admin", "editor"], ADMIN: readonly Role[] = ["admin"];

export const routes: readonly Route[] = [
  { path: "", words: "ask", also: ["welcome"], roles: EDITS, load: () => import("../screens/ask/ask.tsx") },
  { path: "servers", words: "servers", roles: EDITS, load: () => import("../screens/servers/list.tsx") },
  { path: "servers/new", words: "servers", title: "servers.new", roles: EDITS, load: () => import("../screens/servers/new.tsx") },
  { path: "servers/:id", words: "servers", also: ["audit"], roles: EDITS, load: () => import("../screens/servers/server.tsx") },
  { path: "servers/:id/connect", words: "servers", title: "servers.connect", roles: EDITS, load: () => import("../screens/servers/connect.tsx") },
  { path: "approvals", words: "approvals", roles: EDITS, load: () => import("../screens/approvals/list.tsx") },
  { path: "approvals/:id", words: "approvals", title: "approvals.one", roles: EDITS, load: () => import("../screens/approvals/approval.tsx") },
  { path: "audit", words: "audit", roles: EDITS, load: () => import("../screens/audit/audit.tsx") },
  { path: "dashboards", words: "boards", roles: ALL, load: () => import("../screens/boards/list.tsx") },
  { path: "dashboards/:id", words: "boards", title: "boards.one", roles: ALL, load: () => import("../screens/boards/board.tsx") },
  { path: "answers", words: "ask", title: "ask.answers", roles: ALL, load: () => import("../screens/answer/answers.tsx") },
  { path: "answer/:id", words: "ask", title: "ask.answer", roles: ALL, load: () => import("../screens/answer/answer.tsx") },
  { path: "own", words: "own", also: ["connect"], roles: ALL, load: () => import("../screens/own/own.tsx") },
  { path: "own/:account/:person", words: "own", also: ["connect"], roles: ALL, load: () => import("../screens/own/own.tsx") },
  { path: "settings", words: "settings", roles: ALL, load: () => import("../screens/settings/settings.tsx") },
  { path: "sources", words: "sources", also: ["connect", "tools"], roles: EDITS, load: () => import("../screens/sources/sources.tsx") },
  { path: "sources/add", words: "connect", also: ["sources"], roles: ADMIN, load: () => import("../screens/sources/add.tsx") },
  { path: "sources/:id", words: "sources", also: ["connect", "tools"], roles: EDITS, load: () => import("../screens/sources/source.tsx") },
  { path: "sources/:id/tools/:tool", words: "tools", roles: EDITS, load: () => import("../screens/tools/tool.tsx") },
  { path: "review", words: "tools", title: "tools.review_title", roles: ADMIN, load: () => import("../screens/tools/review.tsx") },
];

export interface Place {
  readonly path: string; // of its first screen
  readonly also?: string; // where addresses of its other screens begin otherwise
  readonly name: string; // "nav.<name>" is its text
  readonly key: string; // behind "g"
  readonly roles: readonly Role[];
}
// What the side of the page leads to.
export const places: readonly Place[] = [
  { path: "", name: "ask", key: "a", roles: EDITS },
  { path: "answers", also: "answer", name: "answers", key: "w", roles: ALL },
  { path: "dashboards", name: "dashboards", key: "d", roles: ALL },
  { path: "sources", also: "review", name: "sources", key: "s", roles: EDITS },
  { path: "servers", name: "servers", key: "m", roles: EDITS },
  { path: "approvals", name: "approvals", key: "f", roles: EDITS },
  { path: "audit", name: "audit", key: "l", roles: EDITS },
  { path: "own", name: "own", key: "o", roles: ALL },
  { path: "settings", name: "settings", key: "e", roles: ALL },
];

export function routeOf(path: string): { route: Route; params: Params } | undefined {
  for (const route of routes) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return undefined;
}
