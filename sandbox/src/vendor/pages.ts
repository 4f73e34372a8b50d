// SPDX-License-Identifier: Apache-2.0
// What a person sees of a vendor in the browser: the consent page, with what there is to choose.

import { escapeHtml as e } from "./kit.js";
import type { Request } from "./oauth.js";

export interface Chooser {
  /** The form field, and what its label says. */
  field: string;
  label: string;
  many: boolean;
  options: { id: string; name: string }[];
}

export function consentPage(vendor: string, action: string, ticket: string, request: Request, chooser: Chooser): string {
  const name = request.client.client_name ?? request.client.client_id;
  const type = chooser.many ? "checkbox" : "radio";
  const options = chooser.options
    .map(
      ({ id, name: label }, i) =>
        `<label><input type="${type}" name="${e(chooser.field)}" value="${e(id)}"${chooser.many || i === 0 ? " checked" : ""}> ${e(label)}</label><br>`,
    )
    .join("\n    ");
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Allow access to ${e(vendor)}?</title></head>
<body>
  <h1>${e(name)} wants to use your ${e(vendor)} account</h1>
  <p>It will be sent back to <strong>${e(new URL(request.redirect).host)}</strong>.</p>
  ${request.scopes.length > 0 ? `<p>It asks for:</p><ul>${request.scopes.map((s) => `<li>${e(s)}</li>`).join("")}</ul>` : ""}
  <form method="post" action="${e(action)}">
    <input type="hidden" name="ticket" value="${e(ticket)}">
    <p>${e(chooser.label)}</p>
    ${options}
    <button type="submit" name="decision" value="allow">Allow</button>
    <button type="submit" name="decision" value="deny">Deny</button>
  </form>
</body>
</html>
`;
}

export function errorPage(vendor: string, text: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${e(vendor)}</title></head>
<body><h1>This request cannot go on</h1><p>${e(text)}</p></body></html>
`;
}
