// SPDX-License-Identifier: Apache-2.0
// The three vendors, the REST sandbox and the sign-ups service, over one world.

import { Sandbox } from "../server.js";
import { Signups } from "../signups/service.js";
import { arcjet } from "./arcjet/index.js";
import { cloudflare } from "./cloudflare/index.js";
import { cloudinary } from "./cloudinary/index.js";
import { Vendor, type Spec } from "./door.js";

export const SPECS = { cloudflare, cloudinary, arcjet };

export type VendorName = keyof typeof SPECS;

export interface Options {
  host?: string;
  /** Ports by vendor, "rest" and "signups"; any free one when left out. */
  ports?: Partial<Record<VendorName | "rest" | "signups", number>>;
  now?: number | undefined;
}

export class Vendors {
  readonly rest: Sandbox;
  readonly vendors: Record<VendorName, Vendor>;
  readonly signups: Signups;

  constructor(private readonly options: Options = {}) {
    const host = options.host ?? "127.0.0.1";
    this.rest = new Sandbox({ host, port: options.ports?.rest ?? 0, now: options.now });
    this.signups = new Signups(host, () => this.rest.world);
    const make = (spec: Spec) => new Vendor(spec, host, () => this.rest.world);
    this.vendors = Object.fromEntries(Object.entries(SPECS).map(([name, spec]) => [name, make(spec)])) as Record<VendorName, Vendor>;
  }

  /** Where everything is: what `node dist/vendors.js` prints. */
  async listen() {
    const rest = await this.rest.listen();
    const found: Record<string, { origin: string; control: string; endpoints: Record<string, string> }> = {};
    for (const [name, vendor] of Object.entries(this.vendors)) {
      const origin = await vendor.listen(this.options.ports?.[name as VendorName] ?? 0);
      const endpoints = Object.fromEntries(vendor.spec.endpoints.map((e) => [e.path, origin + e.path]));
      found[name] = { origin, control: `${origin}/_sandbox`, endpoints };
    }
    const signups = await this.signups.listen(this.options.ports?.signups ?? 0);
    return { rest: { origin: rest, base_url: `${rest}/client/v4`, control: `${rest}/_sandbox` }, ...found, signups };
  }

  async close(): Promise<void> {
    await Promise.all([this.rest.close(), this.signups.close(), ...Object.values(this.vendors).map((v) => v.close())]);
  }
}
