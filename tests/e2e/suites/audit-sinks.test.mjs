// SPDX-License-Identifier: Apache-2.0
// Audit rows are handed on to syslog and to a collector of OpenTelemetry: each at least once and in its order, whatever the
// receiver does and however Postern ends; what comes twice has one id. The receivers read by the rules of the protocols
// alone; rsyslogd, where it is installed, is one that we did not write.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { connect, createServer } from "node:net";
import { createServer as createTls } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BINARY, modern, Program, start } from "../lib/postern.mjs";
import { eventually, written } from "../lib/wait.mjs";

const RSYSLOGD = ["/usr/sbin/rsyslogd", "/sbin/rsyslogd"].find((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), "postern-sinks-"));
after(() => rmSync(folder, { recursive: true, force: true }));

// ---- a receiver of syslog: frames by their length (RFC 6587 §3.4.1), messages by RFC 5424 §6

function readMessage(text) {
  const head = text.match(/^<(\d{1,3})>1 (\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) \[(\S+?)(?=[ \]])/);
  assert.ok(head, `no message: ${text}`);
  const params = {};
  let at = head[0].length;
  for (let m; (m = /^ ([^ =\]"]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"/.exec(text.slice(at))); at += m[0].length) params[m[1]] = m[2].replace(/\\(["\\\]])/g, "$1");
  assert.equal(text[at], "]", text.slice(at));
  assert.ok(text.startsWith("] \ufeff", at), text.slice(at));
  return { severity: head[1] % 8, facility: head[1] >> 3, at: head[2], app: head[4], msgid: head[6], data: head[7], params, text: text.slice(at + 3) };
}

// mode: what it does with those who connect.
async function startSyslog({ tls } = {}) {
  const receiver = { messages: [], mode: "read", sockets: new Set(), connections: 0 };
  const take = (socket) => {
    receiver.connections++;
    receiver.sockets.add(socket);
    socket.on("error", () => {}).on("close", () => receiver.sockets.delete(socket));
    if (receiver.mode === "deaf") return socket.pause();
    let held = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      if (receiver.mode === "cut") return socket.destroy(); // in the middle of a batch, with what was read thrown away
      held = Buffer.concat([held, bytes]);
      for (let space; (space = held.indexOf(" ")) > 0; ) {
        const n = Number(held.subarray(0, space));
        assert.ok(Number.isInteger(n) && n > 0, "a frame begins with its length");
        if (held.length < space + 1 + n) break;
        receiver.messages.push(readMessage(held.subarray(space + 1, space + 1 + n).toString("utf8")));
        held = held.subarray(space + 1 + n);
      }
    });
  };
  const server = tls ? createTls(tls, take).on("tlsClientError", () => {}) : createServer(take);
  let port = 0;
  receiver.listen = async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = server.address().port;
    receiver.port = port;
  };
  receiver.hangUp = () => receiver.sockets.forEach((s) => s.destroy());
  receiver.close = () => (receiver.hangUp(), new Promise((done) => server.close(done)));
  receiver.ids = () => receiver.messages.map((m) => m.params.id);
  await receiver.listen();
  return receiver;
}

// ---- a collector of OpenTelemetry, held to the protocol's JSON

function checkRequest(request, body) {
  assert.equal(request.method, "POST");
  assert.equal(request.headers["content-type"], "application/json");
  const records = [];
  for (const r of body.resourceLogs) {
    const service = r.resource.attributes.find((a) => a.key === "service.name");
    assert.equal(service.value.stringValue, "postern");
    for (const scope of r.scopeLogs)
      for (const record of scope.logRecords) {
        assert.match(record.timeUnixNano, /^\d{19}$/, "64 bits are a string");
        assert.ok(record.severityNumber >= 1 && record.severityNumber <= 24);
        assert.equal(typeof record.body.stringValue, "string");
        const attributes = {};
        for (const { key, value } of record.attributes) {
          assert.equal(Object.keys(value).length, 1);
          if ("intValue" in value) assert.match(value.intValue, /^-?\d+$/);
          assert.ok(!(key in attributes), `${key} twice`);
          attributes[key] = value.stringValue ?? Number(value.intValue);
        }
        records.push({ ...record, attributes });
      }
  }
  return records;
}

async function startCollector() {
  const collector = { records: [], requests: [], answers: [] }; // answers: of the next requests, [status, headers, body], or "cut"
  const server = createHttp(async (request, response) => {
    let text = "";
    for await (const bytes of request) text += bytes;
    const answer = collector.answers.length > 1 || collector.answers[0]?.once ? collector.answers.shift() : collector.answers[0];
    const records = checkRequest(request, JSON.parse(text));
    collector.requests.push({ at: Date.now(), headers: request.headers, path: request.url, count: records.length });
    const [status, headers, body] = answer?.say?.(records) ?? [200, {}, "{}"];
    if (status === "cut") return request.socket.destroy();
    if (status === 200) collector.records.push(...records);
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  collector.port = server.address().port;
  collector.ids = () => collector.records.map((r) => r.attributes["log.record.uid"]);
  collector.close = () => (server.closeAllConnections(), new Promise((done) => server.close(done)));
  return collector;
}

// ---- what is asked of all

const distinct = (ids) => [...new Set(ids)];
// Each run's rows in the order of writing, where what came again is left out.
const inOrder = (ids) => {
  const runs = new Map();
  for (const id of distinct(ids)) runs.set(id.slice(17), [...(runs.get(id.slice(17)) ?? []), id]);
  for (const of of runs.values()) assert.deepEqual(of, [...of].sort());
};

describe("audit sinks", () => {
  let syslog, tls, collector, world, account, server;
  before(async () => {
    const key = join(folder, "key.pem"), cert = join(folder, "cert.pem"), header = join(folder, "header");
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], { stdio: "ignore" });
    writeFileSync(header, "Authorization: Bearer s3cret-of-the-collector\n");
    chmodSync(header, 0o600);
    syslog = await startSyslog();
    tls = await startSyslog({ tls: { key: readFileSync(key), cert: readFileSync(cert) } });
    collector = await startCollector();
    world = await start({
      settings: {
        audit_sinks: [`syslog://127.0.0.1:${syslog.port}`, `syslog+tls://localhost:${tls.port}`, `otlp+http://127.0.0.1:${collector.port}`],
        audit_sink_allow: ["127.0.0.0/8", "::1/128"],
        audit_sink_header: header,
        upstream_ca: cert,
      },
    });
    account = await world.account();
    server = await world.server(account);
  });
  after(async () => {
    await world?.close();
    await syslog?.close();
    await tls?.close();
    await collector?.close();
  });

  const call = async (name = "list_all_cloudflare_zones") => modern(server.url.replace(/^http:..[^/]+/, world.postern.url), "tools/call", { name, arguments: {} });
  const calls = async (n, one = call) => {
    for (let i = 0; i < n; i++) await one();
    await written(world); // for whoever asks who has all rows
  };
  const rows = async () => {
    const items = [];
    for (let next = ""; ; ) {
      const page = await world.must(200, "GET", `/audit?order=oldest&limit=1000${next && `&after=${next}`}`);
      items.push(...page.items);
      if (!(next = page.next)) return items;
    }
  };
  const have = (what, ids) =>
    eventually(`${what} has all rows`, async () => {
      const missing = (await rows()).map((r) => r.id).filter((id) => !ids().includes(id));
      return missing.length === 0;
    });
  const all = async () => {
    await have("syslog", syslog.ids);
    await have("syslog by TLS", tls.ids);
    await have("the collector", collector.ids);
  };
  const status = async () => (await world.must(200, "GET", "/status")).audit_sinks;

  test("give each row, with what stands in it", async () => {
    await calls(30);
    await calls(1, () => call('no"such]tool\\ <34>1 - - - - - -'));
    await all();
    const stored = (await rows()).find((r) => r.tool === "list_all_cloudflare_zones");
    const told = syslog.messages.find((m) => m.params.id === stored.id);
    assert.equal(told.facility, 13);
    assert.equal(told.severity, 6);
    assert.equal(told.app, "postern");
    assert.equal(told.msgid, "tools/call");
    assert.equal(Date.parse(told.at), Date.parse(stored.at));
    assert.equal(told.params.account_id, stored.account_id);
    assert.equal(told.params.request_id, stored.request_id);
    assert.match(told.text, /^tools\/call list_all_cloudflare_zones at acme-\d+: ok/);
    const record = collector.records.find((r) => r.attributes["log.record.uid"] === stored.id);
    assert.equal(Number(BigInt(record.timeUnixNano) / 1000000n), Date.parse(stored.at));
    assert.equal(record.attributes["gen_ai.tool.name"], stored.tool);
    assert.equal(record.attributes["http.response.status_code"], stored.status);
    assert.equal(record.attributes["postern.account.id"], stored.account_id);
    assert.equal(collector.requests[0].headers.authorization, "Bearer s3cret-of-the-collector");
    assert.equal(collector.requests[0].path, "/v1/logs");
    [syslog, tls, collector].forEach((r) => inOrder(r.ids()));
  });

  test("say how they do", async () => {
    await eventually("nothing is left", async () => (await status()).every((s) => s.state === "ok" && s.lag_ms === 0));
    const looks = await status();
    assert.equal(looks.length, 3);
    assert.ok(looks.every((s) => s.sent > 30 && s.lost === 0));
    assert.ok(!JSON.stringify(looks).includes("s3cret"));
    assert.ok(!world.postern.program.output.includes("s3cret"));
    const metrics = await (await fetch(`${world.postern.url}/metrics`)).text();
    assert.match(metrics, /postern_audit_sink_rows_total [1-9]/);
    assert.match(metrics, /postern_audit_sink_lost_total 0/);
  });

  // The collector's own certificate is of nobody we know, one is at a port that nobody has, one where sinks may not go.
  test("say what to do where they fail", async () => {
    const [key, cert] = ["other-key.pem", "other.pem"].map((name) => join(folder, name));
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], { stdio: "ignore" });
    const stranger = await startSyslog({ tls: { key: readFileSync(key), cert: readFileSync(cert) } });
    const closed = await startSyslog(), strict = await startCollector(), plain = await startSyslog();
    await closed.close();
    strict.answers = [{ say: () => [401, {}, ""] }];
    const wanted = {
      [`syslog+tls://localhost:${stranger.port}`]: [/certificate/i, /upstream_ca/],
      [`syslog://127.0.0.1:${closed.port}`]: [/refused/, /whether it runs.*audit_sinks/],
      [`otlp+http://127.0.0.1:${strict.port}`]: [/it answered 401/, /audit_sink_header/],
      [`syslog+tls://127.0.0.1:${plain.port}`]: [/./, /./],
      "syslog://10.255.255.1:601": [/private or reserved/, /audit_sink_allow/],
    };
    plain.mode = "cut";
    const other = await start({ settings: { audit_sinks: Object.keys(wanted), audit_sink_allow: ["127.0.0.0/8", "::1/128"] } });
    try {
      const of = await other.account();
      const looks = await eventually("all fail", async () => {
        const { audit_sinks } = await other.must(200, "GET", "/status");
        return audit_sinks.every((s) => s.state === "failing") && audit_sinks;
      });
      const about = (checks, sink) => checks.find((c) => c.id === "sink_failing" && c.text.startsWith(sink));
      const checks = await eventually("the doctor says it of each", async () => {
        const { checks } = await other.must(200, "POST", `/integrated-account/${of.id}/doctor`);
        return Object.keys(wanted).every((sink) => about(checks, sink)) && checks; // one that tries again is not failing meanwhile
      });
      for (const [sink, [why, remedy]] of Object.entries(wanted)) {
        const look = looks.find((s) => s.sink === sink), check = about(checks, sink);
        assert.match(look.why, why, sink);
        assert.match(look.remedy, remedy, sink);
        assert.equal(check.status, "warn");
        assert.match(check.text, why);
        assert.equal(check.remedy, look.remedy);
        await eventually(`the log says it of ${sink}`, () => other.postern.program.output.includes(`${sink} takes no rows, they wait: ${look.why}; ${look.remedy}`));
      }
      strict.answers = [];
      await eventually("it takes them", async () => (await other.must(200, "GET", "/status")).audit_sinks.find((s) => s.sink.startsWith("otlp")).remedy === null);
    } finally {
      await other.close();
      for (const r of [stranger, strict, plain]) await r.close();
    }
  });

  test("wait for a receiver that is away, deaf or hangs up in the middle, and lose nothing", async () => {
    await syslog.close();
    await calls(10);
    await eventually("it is told", async () => (await status())[0].state === "failing");
    await syslog.listen();
    syslog.mode = "cut";
    await calls(20);
    await eventually("it was cut off", async () => syslog.connections > 3);
    syslog.mode = "read";
    syslog.hangUp();
    await all();
    await eventually("it is well", async () => (await status())[0].state === "ok");
    inOrder(syslog.ids());
  });

  test("wait as long as a collector wishes, and tell what it rejects", async () => {
    const before_ = collector.requests.length, lost = (await status())[2].lost;
    collector.answers = [
      { once: true, say: () => [429, { "retry-after": "2" }, ""] },
      { once: true, say: () => [503, {}, ""] },
      { once: true, say: () => ["cut"] },
      { once: true, say: () => [200, {}, JSON.stringify({ partialSuccess: { rejectedLogRecords: "1", errorMessage: "too old" } })] },
    ];
    await calls(5);
    await all();
    const tries = collector.requests.slice(before_);
    assert.ok(tries[1].at - tries[0].at >= 1900, `${tries[1].at - tries[0].at} ms`);
    await eventually("it is counted", async () => (await status())[2].lost === lost + 1);
  });

  test("keep no row waiting behind one that a collector cannot read", async () => {
    await all();
    const lost = (await status())[2].lost;
    const poisoned = (records) => records.some((r) => r.attributes["gen_ai.tool.name"] === "poison-2");
    collector.answers = [{ say: (records) => (poisoned(records) ? [400, {}, "no"] : undefined) }];
    await calls(3);
    await calls(1, () => call("poison-2"));
    await calls(3);
    await eventually("one is left out", async () => (await status())[2].lost > lost);
    collector.answers = [];
    await have("syslog", syslog.ids);
    const missing = async () => (await rows()).filter((r) => !collector.ids().includes(r.id));
    await eventually("all but that one", async () => (await missing()).every((r) => r.tool === "poison-2"));
    assert.equal((await missing()).length, 1);
    assert.equal((await status())[2].lost, lost + 1);
  });

  test("lose nothing when Postern is killed, and go on where they were", async () => {
    for (let i = 0; i < 3; i++) {
      for (let i = 0; i < 25; i++) await call();
      await world.postern.stop("SIGKILL");
      await world.postern.start();
    }
    await calls(5);
    await have("syslog", syslog.ids);
    await have("syslog by TLS", tls.ids);
    [syslog, tls, collector].forEach((r) => inOrder(r.ids()));
    const stored = new Set((await rows()).map((r) => r.id));
    for (const ids of [syslog.ids(), tls.ids()]) assert.ok(ids.every((id) => stored.has(id)), "nothing that is not in the store");
  });

  test("show nothing to a server whose certificate is another's", async () => {
    const sink = `syslog+tls://127.0.0.1:${tls.port}`; // the certificate is for localhost
    const seen = tls.messages.length, more = await start({ settings: { audit_sinks: [sink], audit_sink_allow: ["127.0.0.0/8"], upstream_ca: join(folder, "cert.pem") } });
    try {
      await more.account();
      const why = await eventually("it says why", async () => (await more.must(200, "GET", "/status")).audit_sinks[0].why);
      assert.match(why, /certificate/i);
      assert.equal(tls.messages.slice(seen).filter((m) => m.params.detail?.includes("never")).length, 0);
    } finally {
      await more.close();
    }
  });

  test("reach no address inside that is not allowed", async () => {
    const other = await startSyslog();
    const more = await start({ settings: { audit_sinks: [`syslog://127.0.0.1:${other.port}`], upstream_allow: ["127.0.0.0/8"] } });
    try {
      const why = await eventually("it says why", async () => (await more.must(200, "GET", "/status")).audit_sinks[0].why);
      assert.match(why, /private or reserved/);
      assert.equal(other.connections, 0);
    } finally {
      await more.close();
      await other.close();
    }
  });

  test("are refused where they are none", async () => {
    for (const [settings, said] of [
      [{ audit_sinks: ["http://x.example.com"] }, /no sink that Postern knows/],
      [{ audit_sinks: ["syslog://user:secret@log.example.com"] }, /audit_sinks/],
      [{ audit_sinks: ["syslog://log.example.com", "syslog://log.example.com"] }, /twice/],
    ]) {
      const file = join(folder, "bad.yaml");
      writeFileSync(file, JSON.stringify({ listen: "127.0.0.1:0", data_dir: join(folder, "bad"), connectors_dir: world.postern.settings.connectors_dir, ...settings }));
      const program = new Program(BINARY, ["serve", "--config", file]);
      assert.notEqual((await program.exited).code, 0);
      assert.match(program.output, said);
    }
  });
});

describe("rsyslogd", { skip: RSYSLOGD ? false : "rsyslogd is not installed" }, () => {
  test("reads what Postern writes", async () => {
    const port = await new Promise((done) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => done(port));
      });
    });
    const out = join(folder, "rsyslog.jsonl"), config = join(folder, "rsyslog.conf");
    writeFileSync(config, `
module(load="imtcp")
module(load="mmpstrucdata")
template(name="row" type="list") {
  constant(value="{\\"msgid\\":\\"") property(name="msgid" format="json") constant(value="\\",\\"app\\":\\"") property(name="app-name" format="json")
  constant(value="\\",\\"severity\\":") property(name="syslogseverity") constant(value=",\\"data\\":") property(name="$!rfc5424-sd")
  constant(value=",\\"text\\":\\"") property(name="msg" format="json") constant(value="\\"}\\n")
}
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="take")
ruleset(name="take") { action(type="mmpstrucdata") action(type="omfile" file="${out}" template="row") }
`);
    const daemon = new Program(RSYSLOGD, ["-n", "-f", config, "-i", join(folder, "rsyslog.pid")]);
    await eventually("it listens", () => new Promise((done) => connect(port, "127.0.0.1").on("connect", function () { this.destroy(); done(true); }).on("error", () => done(false))));
    const world = await start({ settings: { audit_sinks: [`syslog://127.0.0.1:${port}`], audit_sink_allow: ["127.0.0.0/8"] } });
    try {
      const server = await world.server(await world.account());
      await modern(server.url, "tools/call", { name: "list_all_cloudflare_zones", arguments: {} });
      await modern(server.url, "tools/call", { name: 'no"such]tool\\', arguments: {} });
      const rows = await eventually("it has the calls", async () => {
        const lines = existsSync(out) ? readFileSync(out, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)) : [];
        return lines.filter((l) => l.msgid === "tools/call").length >= 2 && lines;
      });
      const data = rows.filter((l) => l.msgid === "tools/call").map((l) => l.data["postern@32473"]);
      const stored = (await world.must(200, "GET", "/audit?action=tools/call&limit=10")).items;
      assert.deepEqual(data.map((d) => d.id).sort(), stored.map((r) => r.id).sort());
      assert.ok(data.some((d) => d.tool === 'no"such]tool\\'), JSON.stringify(data));
      assert.ok(rows.every((l) => l.app === "postern"));
    } finally {
      await world.close();
      await daemon.stop();
    }
  });
});
