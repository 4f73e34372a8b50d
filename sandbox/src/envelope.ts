// SPDX-License-Identifier: Apache-2.0
// Cloudflare's answer form: {success, errors, messages, result, result_info?}.

export interface ApiError {
  code: number;
  message: string;
  error_chain?: { code: number; message: string }[];
}

export interface Answer {
  status: number;
  type: string;
  body: Buffer;
  headers: Record<string, string>;
  /** GraphQL answers carry no rate headers. */
  unmetered?: boolean;
}

export function answer(status: number, type: string, body: Buffer | string): Answer {
  return { status, type, body: Buffer.from(body), headers: {} };
}

export function json(status: number, value: unknown): Answer {
  return answer(status, "application/json", JSON.stringify(value));
}

export function success(result: unknown, extra: Record<string, unknown> = {}, status = 200): Answer {
  return json(status, { result, success: true, errors: [], messages: [], ...extra });
}

/** Thrown anywhere below the server; becomes a failure envelope. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errors: ApiError[],
    readonly headers: Record<string, string> = {},
  ) {
    super(errors[0]?.message ?? "refused");
  }

  answer(): Answer {
    const a = json(this.status, { success: false, errors: this.errors, messages: [], result: null });
    return { ...a, headers: this.headers };
  }
}

export function refuse(status: number, code: number, message: string, chain?: ApiError["error_chain"]): Refusal {
  return new Refusal(status, [chain ? { code, message, error_chain: chain } : { code, message }]);
}

/** What the API says to a path it cannot follow. */
export function noRoute(path: string, status = 404): Refusal {
  return new Refusal(status, [
    { code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` },
    { code: 7000, message: "No route for that URI" },
  ]);
}

export function invalid(message: string, code = 1004): Refusal {
  return refuse(400, code, message);
}
