// SPDX-License-Identifier: Apache-2.0
// app: the view of an answer program inside an AI client (MCP Apps): waits for the result, shows it, asks for a fresh one
// where the host lets it. It keeps nothing: what it shows comes from the last result alone.
import { html, toElement } from "../chart/node.ts";
import { Bridge, isObject, type Json } from "./bridge.ts";
import { HostState } from "./host.ts";
import { readResult, type Outcome } from "./outcome.ts";
import { outcomeParts, stateWords } from "./results.ts";

const PROTOCOL = "2026-01-26", SIZE_EVERY_MS = 100;

const host = new HostState();
const find = (id: string): HTMLElement => document.getElementById(id)!;
const [title, state, said, content, again, further, full] = ["title", "state", "said", "content", "again", "further", "full"].map(find) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
let given: Json | undefined; // the arguments that the result came by
let next: Json | undefined; // the arguments that go on from a pause
let busy = false;

const say = (words: string): void => void (said.textContent = words);

// Of a pause: asked once more it would find nothing.
const goesOn = (args: Json): boolean => "continue" in args || Object.keys(args).join() === "follow";

function buttons(): void {
  const callable = host.callsTools && host.tool(given) !== "";
  again.hidden = !callable || !given || goesOn(given);
  further.hidden = !callable || !next;
  full.hidden = !host.offers("fullscreen") && host.mode !== "fullscreen";
  full.textContent = host.mode === "fullscreen" ? "Leave full screen" : "Full screen";
  // One that is hidden or dead under the focus would lose it.
  for (const button of [again, further]) button.setAttribute("aria-disabled", String(busy));
}

function showOutcome(o: Outcome): void {
  title.textContent = o.title || "Answer";
  state.textContent = stateWords(o);
  next = o.next;
  content.replaceChildren(...outcomeParts(document, o, content.clientWidth || 600, say));
}

function show(result: unknown): void {
  const shown = readResult(result);
  if (shown.kind === "outcome") showOutcome(shown.outcome);
  else {
    state.textContent = shown.isError ? "It did not work" : "";
    next = undefined;
    content.replaceChildren(toElement(html("pre", { class: shown.isError ? "error" : undefined, tabindex: 0 }, [shown.text]), document));
  }
  buttons();
}

async function call(args: Json): Promise<void> {
  if (busy) return;
  busy = true;
  buttons();
  say("Asking again…");
  content.setAttribute("aria-busy", "true");
  try {
    const result = await bridge.ask("tools/call", { name: host.tool(given), arguments: args });
    show(result);
    say(isObject(result) && result.isError === true ? "The new answer is an error." : `Fresh: ${state.textContent ?? ""}`);
  } catch (error) {
    say(`Not refreshed: ${error instanceof Error ? error.message.slice(0, 300) : "the host refuses"}`);
  } finally {
    busy = false;
    content.removeAttribute("aria-busy");
    buttons();
  }
}

function changeMode(): void {
  const mode = host.mode === "fullscreen" ? "inline" : "fullscreen";
  bridge.ask("ui/request-display-mode", { mode }).then(
    (result) => {
      if (isObject(result) && typeof result.mode === "string") host.change({ displayMode: result.mode });
      buttons();
    },
    () => say("The host keeps its size."),
  );
}

// The frame is as high as what is in it: told on change, and not more often than hosts like.
function tellSize(): void {
  let told = 0, timer = 0;
  const tell = () => {
    timer = 0;
    const height = Math.ceil(find("main").getBoundingClientRect().height);
    if (height !== told) bridge.tell("ui/notifications/size-changed", { height: (told = height) });
  };
  new ResizeObserver(() => (timer ||= window.setTimeout(tell, SIZE_EVERY_MS))).observe(find("main"));
}

const bridge = new Bridge(window, {
  "ui/notifications/tool-input": (params) => {
    given = isObject(params.arguments) ? params.arguments : undefined;
    buttons();
  },
  "ui/notifications/tool-result": (params) => {
    show(params);
    say("");
  },
  "ui/notifications/tool-cancelled": () => void (state.textContent = "The call was cancelled."),
  "ui/notifications/host-context-changed": (params) => {
    host.change(params);
    host.dress(document);
    buttons();
  },
  "ui/resource-teardown": () => ({}),
});

// Not out of what was kept of the same calls a moment ago.
again.addEventListener("click", () => given && void call("program" in given ? { ...given, fresh: true } : given));
further.addEventListener("click", () => next && void call(next));
full.addEventListener("click", changeMode);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && host.mode === "fullscreen") changeMode();
});

const hello = { protocolVersion: PROTOCOL, appInfo: { name: "postern-results", version: "1" }, appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] } };
bridge.ask("ui/initialize", hello).then(
  (result) => {
    host.hello(result);
    host.dress(document);
    buttons();
    bridge.tell("ui/notifications/initialized");
    tellSize();
  },
  () => void (state.textContent = "The host does not show views."),
);
