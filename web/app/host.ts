// SPDX-License-Identifier: Apache-2.0
// host: what the host says of itself and of its page (hostCapabilities, hostContext), and the page made like it. In a
// document. Example:
//   const host = new HostState(); host.hello(result); host.change(context); host.dress(document)
import { isObject, type Json } from "./bridge.ts";

const VARIABLES_MOST = 200, PROGRAM_TOOL = "postern_run_program";

export class HostState {
  private capabilities: Json = {};
  private context: Json = {};

  hello(result: unknown): void {
    const r = isObject(result) ? result : {};
    this.capabilities = isObject(r.hostCapabilities) ? r.hostCapabilities : {};
    this.change(isObject(r.hostContext) ? r.hostContext : {});
  }
  change(part: Json): void {
    this.context = { ...this.context, ...part };
  }

  get callsTools(): boolean {
    return isObject(this.capabilities.serverTools);
  }
  // The tool as the host calls it, which may have another name than here; hosts need not say. Of what the arguments are
  // for there is one by that name.
  tool(given: Json | undefined): string {
    const info = this.context.toolInfo, tool = isObject(info) ? info.tool : undefined;
    if (isObject(tool) && typeof tool.name === "string") return tool.name;
    return isObject(given) && ("program" in given || "continue" in given) ? PROGRAM_TOOL : "";
  }
  get mode(): string {
    return typeof this.context.displayMode === "string" ? this.context.displayMode : "inline";
  }
  offers(mode: string): boolean {
    const modes = this.context.availableDisplayModes;
    return Array.isArray(modes) && modes.includes(mode);
  }

  // Theme, language and the host's own colours and sizes, for which the style sheet has others.
  dress(document: Document): void {
    const root = document.documentElement, { theme, locale, styles } = this.context;
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (typeof locale === "string" && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(locale)) root.dataset.locale = locale;
    const variables = isObject(styles) && isObject(styles.variables) ? styles.variables : {};
    for (const [name, value] of Object.entries(variables).slice(0, VARIABLES_MOST)) if (/^--[a-z0-9-]{1,60}$/.test(name) && typeof value === "string" && value.length < 300 && !/url\(|expression|@import/i.test(value)) root.style.setProperty(name, value);
  }
}
