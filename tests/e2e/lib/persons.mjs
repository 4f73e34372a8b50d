// SPDX-License-Identifier: Apache-2.0
// People in a browser that keeps its cookies: at the console, at a vendor's page of consent and back, and signed in to servers
// as an AI client of theirs is. Example:
//   const ada = await inBrowser(world, "ada");
//   await ada.must(200, "GET", "/own-account");
//   const { url, headers } = await ada.door(server);
import assert from "node:assert/strict";
import { person, register, signIn } from "./sign-in.mjs";

export async function inBrowser(world, name, role = "viewer") {
  const at = () => world.postern.url, cookies = new Map(), doors = new Map();
  const { id, cookie } = await person(world, name, { role });
  cookies.set(cookie.split("=")[0], { value: cookie.slice(cookie.indexOf("=") + 1), path: "/" });
  const keep = (r) => {
    for (const line of r.headers.getSetCookie()) {
      const [, key, value, path] = /^([^=]+)=([^;]*);.*Path=([^;]+)/.exec(line);
      cookies.set(key, { value, path });
    }
    return r;
  };
  const held = (path) =>
    [...cookies]
      .filter(([, c]) => path.startsWith(c.path))
      .map(([key, c]) => `${key}=${c.value}`)
      .join("; ");
  const api = async (method, path, body) => {
    const change = method === "GET" ? {} : { origin: at(), "postern-console": "1" };
    const r = keep(await fetch(at() + path, { method, redirect: "manual", headers: { cookie: held(path), ...change, ...(body === undefined ? {} : { "content-type": "application/json" }) }, body: body === undefined ? undefined : JSON.stringify(body) }));
    const text = await r.text();
    return { status: r.status, headers: r.headers, text, body: text.startsWith("{") ? JSON.parse(text) : undefined };
  };
  const come = (back) => api("GET", back.slice(at().length));
  return {
    id,
    name,
    cookies,
    api,
    come,
    must: async (status, method, path, body) => {
      const r = await api(method, path, body);
      assert.equal(r.status, status, `${name}: ${method} ${path}: ${r.text}`);
      return r.body;
    },
    // Through a vendor's page that consents at once, and back; as the callback's page answers.
    async consent(to) {
      const there = await fetch(to, { redirect: "manual" });
      assert.equal(there.status, 302, await there.text());
      return come(there.headers.get("location"));
    },
    // What a client of hers connects to, once she has let it in, and with which headers.
    async door(server) {
      const url = at() + new URL(server.sign_in_url).pathname;
      if (!doors.has(url)) doors.set(url, await signIn(world, { cookie: held("/oauth/authorize") }, await register(world), url));
      return { url, headers: { authorization: `Bearer ${doors.get(url).access_token}` } };
    },
  };
}
