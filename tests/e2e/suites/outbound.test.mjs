// SPDX-License-Identifier: Apache-2.0
// The way out by a company's proxy, one that others wrote: who goes by it and who does not, what it gets to see,
// and whose trouble is whose. Vendors have names here that only the proxy resolves.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { RequestError, Server } from "proxy-chain";
import { startAuthVendor } from "../lib/auth-vendor.mjs";
import { Browser, call, said } from "../lib/oauth.mjs";
import { BINARY, Postern, Program, startSandbox } from "../lib/postern.mjs";
import { startRecorder } from "../lib/recorder.mjs";
import { certificate, startFront } from "../lib/tls.mjs";
import { metrics, written } from "../lib/wait.mjs";

const PASSWORD = "correct-horse-battery";
const TOKEN = "cfut_sandbox_one_account";
const toLoopback = (_host, options, done) => (options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4));

let folder, cert, ca, sandbox, api;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "postern-outbound-"));
  cert = certificate(folder, "vendor", "IP:127.0.0.1,DNS:*.vendor.test");
  ca = cert.cert;
  sandbox = await startSandbox();
  api = await startFront(sandbox.url, cert);
});
after(async () => {
  await api?.close();
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

// `asked`: what came to it. `refuse`: a status instead of the way.
async function startProxy(t, { user, refuse, ...options } = {}) {
  const proxy = { asked: [], refuse };
  const server = new Server({
    host: "127.0.0.1",
    port: 0,
    ...options,
    prepareRequestFunction: ({ request, hostname, username, password, isHttp }) => {
      proxy.asked.push({ way: isHttp ? "forward" : "CONNECT", host: hostname, headers: request.headers });
      if (proxy.refuse) throw new RequestError("no way", proxy.refuse);
      return { requestAuthentication: Boolean(user) && (username !== user || password !== PASSWORD), dnsLookup: toLoopback };
    },
  });
  await server.listen();
  proxy.url = `${options.serverType ?? "http"}://127.0.0.1:${server.port}`;
  proxy.name = `127.0.0.1:${server.port}`;
  proxy.drop = () => server.closeConnections();
  proxy.close = () => (proxy.closed ??= server.close(true));
  t.after(proxy.close);
  return proxy;
}
async function startPostern(t, settings, env) {
  const postern = new Postern({ log_level: "debug", upstream_ca: ca, ...settings });
  postern.env = env;
  await postern.start();
  t.after(() => postern.close());
  return postern;
}
async function startVendor(t) {
  const vendor = await startAuthVendor();
  vendor.open = true;
  t.after(() => vendor.close());
  return vendor;
}
async function startTlsVendor(t) {
  const vendor = await startVendor(t);
  const front = await startFront(vendor.origin, cert);
  t.after(() => front.close());
  const inner = vendor.origin;
  vendor.origin = `https://mcp.vendor.test:${front.port}`;
  return Object.assign(vendor, { inner, url: `${vendor.origin}/mcp` });
}
function credentialsFile(user, password = PASSWORD) {
  const file = join(folder, `credentials-${user}-${password.length}`);
  writeFileSync(file, `${user}:${password}\n`, { mode: 0o600 });
  return file;
}
const rest = (postern, base_url = `https://api.vendor.test:${api.port}/client/v4`) => postern.api("POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: TOKEN }, base_url });
const mcp = (postern, url) => postern.api("POST", "/integrated-account", { url, name: "tools", way: "open", credential: {} });
const serve = async (postern, made) => {
  assert.equal(made.status, 201, made.text);
  return postern.must(201, "POST", `/integrated-account/${made.body.id}/mcp`, { name: "server", config: {} });
};
const fails = (r, ...words) => {
  assert.ok(r.status >= 400, r.text);
  for (const w of words) assert.match(`${r.body.error.message} ${r.body.error.hint}`, w);
};
const works = async (server, tool) => {
  const result = await call(server, tool);
  assert.ok(!result.isError, said(result));
};

describe("all that goes to vendors goes by the proxy", () => {
  test("REST over https: by CONNECT, which sees nothing of the account", async (t) => {
    const proxy = await startProxy(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url });
    await works(await serve(postern, await rest(postern)), "list_all_cloudflare_zones");
    assert.ok(proxy.asked.length > 0);
    for (const { way, host, headers } of proxy.asked) {
      assert.deepEqual([way, host], ["CONNECT", "api.vendor.test"]);
      assert.ok(!JSON.stringify(headers).includes(TOKEN));
      assert.deepEqual(Object.keys(headers).filter((h) => !["host", "user-agent", "proxy-connection"].includes(h)), []);
    }
  });

  test("MCP and a sign-in over https", async (t) => {
    const proxy = await startProxy(t);
    const vendor = await startTlsVendor(t);
    Object.assign(vendor, { open: false, as: { authorization_endpoint: `${vendor.inner}/authorize` } }); // where the person's browser goes
    const postern = await startPostern(t, { upstream_proxy: proxy.url });
    const begun = await postern.must(201, "POST", "/integrated-account/authorize", { url: vendor.url, name: "signed in" });
    const page = await new Browser().connect(begun.url);
    const flow = await postern.must(200, "GET", `/integrated-account/authorize/${begun.id}`);
    assert.equal(flow.status, "done", `${JSON.stringify(flow)} ${page.body}`);
    const server = await postern.must(201, "POST", `/integrated-account/${flow.account_id}/mcp`, { name: "server", config: {} });
    await works(server, "list_things");
    assert.ok(vendor.seen("/token").length && vendor.seen("/register").length && vendor.seen("/mcp").length);
    assert.ok(proxy.asked.every((a) => a.way === "CONNECT" && a.host === "mcp.vendor.test"));
  });

  test("a vendor over http: the proxy passes on each request", async (t) => {
    const proxy = await startProxy(t, { user: "postern" });
    const vendor = await startVendor(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url, upstream_proxy_credentials: credentialsFile("postern") });
    await works(await serve(postern, await mcp(postern, vendor.url)), "list_things");
    await postern.stop();
    assert.equal(proxy.asked.length, vendor.requests.length);
    assert.ok(proxy.asked.every((a) => a.way === "forward"));
    for (const r of vendor.requests) assert.ok(!/proxy-auth/i.test(r.raw.join(" ")), r.raw.join(" "));
  });

  test("a proxy that speaks TLS itself", async (t) => {
    const own = certificate(folder, "proxy");
    const proxy = await startProxy(t, { serverType: "https", httpsOptions: { cert: readFileSync(own.cert), key: readFileSync(own.key) } });
    const distrusting = await startPostern(t, { upstream_proxy: proxy.url });
    fails(await rest(distrusting), /certificate of the proxy/, /upstream_ca/);
    const both = join(folder, "both.pem");
    writeFileSync(both, readFileSync(own.cert, "utf8") + readFileSync(ca, "utf8"));
    const postern = await startPostern(t, { upstream_proxy: proxy.url, upstream_ca: both });
    await works(await serve(postern, await rest(postern)), "list_all_cloudflare_zones");
  });
});

test("a proxy at an inner address is allowed by being named", async (t) => {
  const proxy = await startProxy(t);
  const postern = await startPostern(t, { upstream_proxy: proxy.url, upstream_allow: [] });
  await works(await serve(postern, await rest(postern)), "list_all_cloudflare_zones");
  assert.ok(proxy.asked.length > 0);
});

describe("who does not go by it", () => {
  test("hosts that upstream_no_proxy names", async (t) => {
    const proxy = await startProxy(t);
    const vendor = await startVendor(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url, upstream_no_proxy: ["127.0.0.0/8", ".inner.test"] });
    await works(await serve(postern, await mcp(postern, vendor.url)), "list_things");
    assert.equal(proxy.asked.length, 0);
    await works(await serve(postern, await rest(postern)), "list_all_cloudflare_zones");
    assert.ok(proxy.asked.length > 0);
  });

  test("the environment has no say, neither for a proxy nor against one", async (t) => {
    const [named, meant] = [await startProxy(t), await startProxy(t)];
    const vendor = await startVendor(t);
    const names = Object.fromEntries(["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].map((n) => [n, named.url]));
    const direct = await startPostern(t, {}, names);
    await works(await serve(direct, await mcp(direct, vendor.url)), "list_things");
    const postern = await startPostern(t, { upstream_proxy: meant.url }, { ...names, no_proxy: "*", NO_PROXY: "*" });
    await works(await serve(postern, await rest(postern)), "list_all_cloudflare_zones");
    assert.equal(named.asked.length, 0);
    assert.ok(meant.asked.length > 0);
  });

  test("the command line, which asks Postern itself", async (t) => {
    const proxy = await startProxy(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url });
    const env = { ...process.env, POSTERN_URL: postern.url, POSTERN_TOKEN: postern.token, POSTERN_UPSTREAM_PROXY: proxy.url, http_proxy: proxy.url };
    const { stdout } = await promisify(execFile)(BINARY, ["status"], { env });
    assert.match(stdout, /version/);
    assert.equal(proxy.asked.length, 0);
  });
});

describe("what a proxy is not asked for", () => {
  test("inner addresses in any spelling, and names that mean one", async (t) => {
    const proxy = await startProxy(t);
    const target = await startRecorder();
    t.after(target.close);
    const postern = await startPostern(t, { upstream_proxy: proxy.url, upstream_allow: [] });
    const p = target.port;
    const refused = [
      `http://127.0.0.1:${p}`, `https://127.0.0.1:${p}`, `http://127.0.0.1.:${p}`, `http://2130706433:${p}`, `http://0x7f.1:${p}`, `http://0177.0.0.1:${p}`, `http://0177.0.0.1.:${p}`, `http://127.1:${p}`, `http://localhost:${p}`, `http://LOCALHOST.:${p}`, `http://a.localhost:${p}`,
      `http://0:${p}`, `http://[::1]:${p}`, `http://[::ffff:127.0.0.1]:${p}`, `http://[64:ff9b::7f00:1]:${p}`, "http://169.254.169.254/latest/meta-data", "http://metadata.google.internal/", "http://10.0.0.1/", "https://192.168.0.1/", "http://[fd00:ec2::254]/",
    ];
    for (const url of refused)
      for (const r of [await rest(postern, url), await mcp(postern, url)]) {
        assert.ok(r.status >= 400 && r.status < 500, `${url}: ${r.status} ${r.text}`);
        assert.match(`${r.body.error.message} ${r.body.error.hint}`, /private or reserved|neither a name nor an address/, url);
      }
    assert.deepEqual([proxy.asked.length, target.requests.length], [0, 0]);
    assert.ok((await metrics({ api: postern.api.bind(postern) })).postern_upstream_blocked_total >= refused.length);
  });

  test("nor may an inner address be reached directly because of it", async (t) => {
    const proxy = await startProxy(t);
    const vendor = await startVendor(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url, upstream_no_proxy: ["127.0.0.1"], upstream_allow: [] });
    fails(await mcp(postern, vendor.url), /private or reserved/, /upstream_allow/);
    assert.equal(vendor.requests.length, 0);
  });
});

describe("whose trouble it is", () => {
  test("credentials: none, wrong ones, right ones, for https and http; none of it is ever shown", async (t) => {
    const proxy = await startProxy(t, { user: "postern" });
    const vendor = await startVendor(t);
    const secrets = [PASSWORD, "wrong-horse", Buffer.from(`postern:${PASSWORD}`).toString("base64"), Buffer.from("postern:wrong-horse").toString("base64")];
    const hidden = (text) => secrets.forEach((s) => assert.ok(!text.includes(s), `${s} is shown`));
    const cases = [[{}, /asks for a user and password/], [{ upstream_proxy_credentials: credentialsFile("postern", "wrong-horse") }, /does not take Postern's user and password/], [{ upstream_proxy_credentials: credentialsFile("postern") }]];
    for (const [settings, words] of cases) {
      const postern = await startPostern(t, { upstream_proxy: proxy.url, ...settings });
      for (const made of [await rest(postern), await mcp(postern, vendor.url)]) {
        if (words) fails(made, words, new RegExp(`the proxy ${proxy.name}.*407`), /upstream_proxy_credentials/);
        else assert.equal(made.status, 201, made.text);
        hidden(made.text);
      }
      if (words) assert.equal(vendor.requests.length, 0);
      const { stdout } = await promisify(execFile)(BINARY, ["config", "--explain", "--config", join(postern.folder, "postern.yaml")]);
      assert.match(stdout, /upstream_proxy_credentials/);
      await written(postern);
      for (const path of ["/metrics", "/status", "/audit"]) hidden((await postern.api("GET", path)).text);
      hidden(stdout + postern.program.output);
    }
  });

  test("a proxy that refuses, or cannot get there, is not the vendor; nor the vendor the proxy", async (t) => {
    const proxy = await startProxy(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url });
    const server = await serve(postern, await rest(postern));
    const host = `api\\.vendor\\.test:${api.port}`;
    for (const [status, words] of [[403, "refuses to connect to"], [502, "could not connect to"], [503, "could not connect to"], [404, "refuses to connect to"]]) {
      proxy.refuse = status;
      const fresh = await startPostern(t, { upstream_proxy: proxy.url });
      fails(await rest(fresh), new RegExp(`the proxy ${proxy.name} ${words} ${host} \\(${status}\\)`));
    }
    proxy.drop(); // an account that is there, whose tunnel has gone
    proxy.refuse = 403;
    const cut = await call(server, "list_all_cloudflare_zones");
    assert.equal(cut.isError, true);
    assert.match(said(cut), /refuses to connect to/);
    assert.doesNotMatch(said(cut), /credential|person or key|permission/i);
    proxy.refuse = undefined;
    for (const status of [403, 407, 502]) {
      await sandbox.control("POST", "/fault", { kind: "status", status, match: { path: "/zones" }, times: 1 });
      const result = await call(server, "list_all_cloudflare_zones");
      assert.equal(result.isError, true);
      assert.match(said(result), new RegExp(`${status}`));
      assert.doesNotMatch(said(result), /the proxy/);
    }
    await sandbox.control("DELETE", "/fault");
  });

  test("a proxy that is down, also one that was there before; and a name of one that is none", async (t) => {
    const proxy = await startProxy(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url });
    const server = await serve(postern, await rest(postern));
    await works(server, "list_all_cloudflare_zones");
    await proxy.close();
    const result = await call(server, "list_all_cloudflare_zones");
    assert.equal(result.isError, true);
    assert.match(said(result), new RegExp(`connection refused by the proxy ${proxy.name}`));
    const nowhere = await startPostern(t, { upstream_proxy: "http://proxy.invalid:3128" });
    fails(await rest(nowhere), /the proxy proxy\.invalid:3128 does not resolve/);
  });

  test("the vendor's certificate counts inside the tunnel", async (t) => {
    const proxy = await startProxy(t);
    const vendor = await startTlsVendor(t);
    const postern = await startPostern(t, { upstream_proxy: proxy.url, upstream_ca: "" });
    fails(await mcp(postern, vendor.url), /TLS certificate of mcp\.vendor\.test/, /upstream_ca/);
    assert.equal(vendor.requests.length, 0);
    const other = await startPostern(t, { upstream_proxy: proxy.url });
    fails(await mcp(other, vendor.url.replace("mcp.vendor.test", "mcp.other.test")), /TLS certificate of mcp\.other\.test/);
  });

  test("settings that cannot be are refused at the start, without what they hide", async (t) => {
    const open = credentialsFile("open");
    chmodSync(open, 0o644);
    const cases = [
      [{ upstream_proxy: `http://postern:${PASSWORD}@127.0.0.1:1` }, /upstream_proxy.*user information/],
      [{ upstream_proxy: "http://127.0.0.1" }, /upstream_proxy.*names no port/],
      [{ upstream_proxy: "http://127.0.0.1:1", upstream_proxy_credentials: open }, /can be read or written by others/],
      [{ upstream_proxy: "http://127.0.0.1:1", upstream_no_proxy: ["*"] }, /upstream_no_proxy/],
    ];
    for (const [settings, words] of cases) {
      const postern = new Postern(settings);
      t.after(() => postern.close());
      await assert.rejects(postern.start(), (error) => {
        assert.match(error.message, words);
        assert.ok(!error.message.includes(PASSWORD), error.message);
        return true;
      });
      const shown = new Program(BINARY, ["config", "--explain", "--config", join(postern.folder, "postern.yaml")]);
      await once(shown.child, "close");
      assert.ok(!shown.output.includes(PASSWORD), shown.output);
    }
  });
});
