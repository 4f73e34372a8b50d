// SPDX-License-Identifier: Apache-2.0
// words: the texts of the console, by area and language, in words/<language>/<area>.json. A text may hold {name}, which is
// put in, and may be an object of plural forms (other, one, …; by CLDR's rules and `n`). What is not translated is English.
//   await loadWords("servers"); t("servers.title"); t("servers.tools", { n: 14 });
import { signal } from "@preact/signals";

type Text = string | { readonly [form: string]: string };
type Area = { readonly [key: string]: Text };

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;
const KEY = "postern-language";

function preferred(): Language {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages];
  for (const w of wanted) {
    const short = w?.slice(0, 2);
    if (short && short in LANGUAGES) return short as Language;
  }
  return "en";
}

export const language = signal<Language>(preferred());
const loaded = signal<Record<string, Area>>({}); // "en/servers"
const plurals = { en: new Intl.PluralRules("en"), de: new Intl.PluralRules("de") };

async function load(lang: Language, area: string): Promise<void> {
  const name = `${lang}/${area}`;
  if (name in loaded.value) return;
  const made = (await import(`../words/${lang}/${area}.json`)) as { default: Area };
  loaded.value = { ...loaded.value, [name]: made.default };
}

// Of the language that is set, and English, which stands in for what is missing.
export async function loadWords(area: string): Promise<void> {
  await Promise.all([load("en", area), load(language.value, area).catch(() => undefined)]);
}

export async function setLanguage(to: Language): Promise<void> {
  localStorage.setItem(KEY, to);
  const areas = new Set(Object.keys(loaded.value).map((name) => name.slice(3)));
  await Promise.all([...areas].map((area) => load(to, area).catch(() => undefined)));
  document.documentElement.lang = to;
  language.value = to;
}

// "area.key". A key that nobody wrote shows itself: a test looks for such.
export function t(key: string, values: Record<string, string | number> = {}): string {
  const [area = "", name = ""] = [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];
  const lang = language.value;
  const text = loaded.value[`${lang}/${area}`]?.[name] ?? loaded.value[`en/${area}`]?.[name];
  if (text === undefined) return key;
  const form = typeof text === "string" ? text : (text[plurals[lang].select(Number(values["n"]))] ?? text["other"] ?? key);
  return form.replace(/\{(\w+)\}/g, (whole, n: string) => {
    const value = values[n];
    return value === undefined ? whole : typeof value === "number" ? value.toLocaleString(lang) : value;
  });
}
