// SPDX-License-Identifier: Apache-2.0
// flow: a person's way to the vendor and back, in a window of its own. The window is opened in the click itself, empty, or
// browsers would block it; the vendor's page gets no hold on this one. How it goes is asked of Postern: a vendor may cut
// the window off from us (Cross-Origin-Opener-Policy), so that a window that looks closed need not be.
import { signal } from "@preact/signals";
import { api, Fault, ok, type Shapes } from "../../api/client.ts";

export type Stage = "idle" | "starting" | "waiting" | "away" | "late" | "blocked" | "done" | "failed" | "expired";
export type Start = NonNullable<Parameters<typeof begin>[0]>;
type Flow = Shapes["AuthorizeFlow"];

const ASKED_MS = 900, SLOWER_MS = 3000, SLOWER_AFTER_MS = 60_000, LATE_MS = 10 * 60_000, SEEMS_CLOSED = 3; // times in a row
const BACK_TRIES = 100, BACK_MS = 200;

const begin = (body: Shapes["AuthorizeNew"]): Promise<Flow> => ok(api.POST("/integrated-account/authorize", { body }));

export interface Authorizing {
  readonly stage: ReturnType<typeof signal<Stage>>;
  readonly flow: ReturnType<typeof signal<Flow | undefined>>; // its url is in the first answer only
  readonly fault: ReturnType<typeof signal<Fault | undefined>>;
  readonly url: ReturnType<typeof signal<string | undefined>>;
  start(body: Start, says: string): void; // in a click
  stop(): void;
}

// An empty window that says what is coming; undefined: the browser blocks it.
function emptyWindow(says: string): Window | undefined {
  const width = 640, height = 780, left = Math.max(0, screenX + (outerWidth - width) / 2), top = Math.max(0, screenY + (outerHeight - height) / 2);
  const made = open("", "_blank", `popup,width=${width},height=${height},left=${left},top=${top}`);
  if (!made || made.closed) return undefined;
  made.opener = null;
  made.document.title = says;
  made.document.body.textContent = says;
  return made;
}

// Closed once it is back on our page: while it shows the vendor's, which knows no opener, browsers refuse. The vendor's
// redirect may be answered, and the flow done, before the window shows the answer.
async function closeOnceBack(popup: Window): Promise<void> {
  for (let tries = 0; tries < BACK_TRIES && !popup.closed; tries++) {
    try {
      if (popup.location.origin === location.origin) return popup.close();
    } catch {
      // it shows another origin's page, whose location is not ours to read
    }
    await new Promise((r) => setTimeout(r, BACK_MS));
  }
}

export function authorizing(): Authorizing {
  const stage = signal<Stage>("idle"), flow = signal<Flow | undefined>(undefined), fault = signal<Fault | undefined>(undefined), url = signal<string | undefined>(undefined);
  let turn = 0; // of tries: an older one says nothing any more

  function ended(now: Flow, popup: Window | undefined): boolean {
    flow.value = now;
    if (now.status === "waiting" || now.status === "opened") return false;
    stage.value = now.status;
    if (now.status === "done" && popup) void closeOnceBack(popup); // of a failure, the window's own page says more
    return true;
  }

  async function follow(id: string, popup: Window | undefined, mine: number): Promise<void> {
    const begun = Date.now();
    for (let closed = 0; ; ) {
      await new Promise((r) => setTimeout(r, Date.now() - begun > SLOWER_AFTER_MS ? SLOWER_MS : ASKED_MS));
      if (turn !== mine) return;
      const now = await ok(api.GET("/integrated-account/authorize/{flow}", { params: { path: { flow: id } } })).catch((error: unknown) => {
        if (error instanceof Fault && error.status === 0) return undefined; // the banner says so; it heals
        throw error;
      });
      if (turn !== mine) return;
      if (now && ended(now, popup)) return;
      closed = popup?.closed ? closed + 1 : 0;
      if (popup && stage.value !== "blocked") stage.value = closed >= SEEMS_CLOSED ? "away" : Date.now() - begun > LATE_MS ? "late" : "waiting";
    }
  }

  async function run(body: Start, popup: Window | undefined, mine: number): Promise<void> {
    try {
      const made = await begin(body);
      if (turn !== mine) return popup?.close();
      flow.value = made;
      url.value = made.url ?? undefined;
      stage.value = popup && made.url ? "waiting" : "blocked";
      if (popup && made.url) popup.location.replace(made.url);
      await follow(made.id, popup, mine);
    } catch (error) {
      if (turn !== mine) return;
      if (!(error instanceof Fault)) throw error;
      popup?.close();
      fault.value = error;
      stage.value = "failed";
    }
  }

  return {
    stage,
    flow,
    fault,
    url,
    start(body, says) {
      const mine = ++turn, popup = emptyWindow(says);
      stage.value = "starting";
      flow.value = fault.value = url.value = undefined;
      void run(body, popup, mine);
    },
    stop() {
      turn++;
      stage.value = "idle";
    },
  };
}
