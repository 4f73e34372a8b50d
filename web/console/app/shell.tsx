// SPDX-License-Identifier: Apache-2.0
// shell: what stands around every screen: the places at the side, the banner when nobody answers, and the screen that the
// address asks for. Without a session it shows the sign-in, and goes on where it was afterwards.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { api, ok, reach } from "../api/client.ts";
import { useData } from "../api/data.ts";
import { Notice, Wait } from "../parts/notice.tsx";
import { Toasts } from "../parts/toast.tsx";
import { SignIn } from "../screens/signin/signin.tsx";
import { bind, press } from "./keys.ts";
import { healing } from "./healing.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { address, go, href, type Params } from "./router.ts";
import { places, routeOf, type Route, type ScreenProps } from "./routes.ts";
import { may, onward, readWho, role, SIGN_IN, who } from "./session.ts";
import { loadWords, t } from "./words.ts";

interface Shown {
  route: Route;
  params: Params;
  path: string;
  Screen: ComponentType<ScreenProps>;
}

// What the address asks for, once its file and words are there; until then what was there before stays.
function useScreen(): { shown: Shown | undefined; missing: boolean; failed: boolean } {
  const shown = useSignal<Shown | undefined>(undefined), missing = useSignal(false), failed = useSignal(false);
  useSignalEffect(() => {
    const { path } = address.value;
    const found = routeOf(path);
    const allowed = found?.route.roles.some((one) => one === role.value);
    missing.value = !found || !allowed;
    if (!found || !allowed) return;
    let current = true;
    failed.value = false;
    Promise.all([found.route.load(), ...[found.route.words, ...(found.route.also ?? [])].map(loadWords)]).then(
      ([{ default: Screen }]) => {
        if (!current) return;
        shown.value = { ...found, path, Screen };
        document.title = `${t(found.route.title ?? `${found.route.words}.title`)} – Postern`;
      },
      () => (failed.value = current),
    );
    return () => (current = false);
  });
  return { shown: shown.value, missing: missing.value, failed: failed.value };
}

// How many calls wait for a second person's word, as far as who looks sees them.
const WAITING_MS = 15_000, WAITING_MOST = 100;
function Waiting() {
  const list = useData("approvals waiting", (signal) => ok(api.GET("/approval", { params: { query: { state: "waiting", limit: WAITING_MOST } }, signal })), WAITING_MS);
  const n = list.value?.items.length ?? 0;
  if (!n) return null;
  return (
    <span class="waiting" title={t("nav.waiting", { n })}>
      {n === WAITING_MOST ? `${n - 1}+` : n}
    </span>
  );
}

function Side() {
  const here = address.value.path.split("/")[0];
  return (
    <nav class="side" aria-label={t("shell.places")}>
      <a class="brand" href={href("")}>
        <img src="/ui/icon.svg" alt="" width="24" height="24" />
        <span>Postern</span>
      </a>
      <button type="button" class="button seek" onClick={() => press("palette")}>
        <Icon name="search" /> <span>{t("shell.palette_open")}</span> <kbd>Ctrl K</kbd>
      </button>
      <ul>
        {places
          .filter((p) => may(...p.roles))
          .map((p) => (
            <li key={p.name}>
              <a href={href(p.path)} aria-current={here === p.path || here === p.also ? "page" : undefined}>
                <Icon name={p.name as IconName} />
                <span>{t(`nav.${p.name}`)}</span>
                {p.name === "approvals" && <Waiting />}
              </a>
            </li>
          ))}
      </ul>
      <p class="who">
        <a href={href("settings")}>{who.value?.name}</a> <span class="quiet">{t(`roles.${role.value}`)}</span>
      </p>
    </nav>
  );
}

function Body() {
  const { shown, missing, failed } = useScreen();
  if (missing) return <Notice kind="empty" title={t("shell.missing")} action={{ label: t("shell.home"), href: href(may("admin", "editor") ? "" : "dashboards") }} />;
  if (failed) return <Notice kind="fault" title={t("shell.stale")} action={{ label: t("shell.reload"), run: () => location.reload() }} />;
  if (!shown) return <Wait />;
  const { Screen, params, path } = shown;
  return <Screen key={`${shown.route.path} ${path}`} params={params} />;
}

export function Shell() {
  useEffect(() => {
    const undo = places.map((p) => bind(`g ${p.key}`, () => may(...p.roles) && go(p.path)));
    return () => undo.forEach((u) => u());
  }, []);
  healing();
  // Asked to sign in for something else that this program shows.
  const asked = who.value && address.value.path === SIGN_IN;
  useEffect(() => {
    if (asked) location.replace(onward(address.value));
  }, [asked]);
  if (asked) return <Wait />;
  if (!who.value) return reach.value === "signed-out" ? <SignIn done={readWho} /> : reach.value === "away" ? <Away /> : <Wait />;
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t("shell.skip")}
      </a>
      <Side />
      <main id="main" tabindex={-1}>
        <Away />
        <Body />
      </main>
      <Toasts />
      <Over />
      {reach.value === "signed-out" && (
        <div class="over">
          <SignIn done={readWho} again />
        </div>
      )}
    </div>
  );
}

// What opens over the screen; each is loaded when it is first wanted.
const OVER = { palette: () => import("./palette.tsx"), "?": () => import("./help.tsx") } as const;

function Over() {
  const open = useSignal<ComponentType<{ close: () => void }> | undefined>(undefined);
  useEffect(() => {
    const undo = Object.entries(OVER).map(([keys, load]) => bind(keys, () => void load().then(({ default: Made }) => (open.value = Made))));
    return () => undo.forEach((u) => u());
  }, []);
  const Made = open.value;
  return Made ? <Made close={() => (open.value = undefined)} /> : null;
}

function Away() {
  return (
    <div role="status" class="banners">
      {reach.value === "away" && <p class="banner">{t("shell.away")}</p>}
    </div>
  );
}
