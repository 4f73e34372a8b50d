// SPDX-License-Identifier: Apache-2.0
// Real AI clients that know nothing but a server's address: each signs in as a person would have it do, over a company's
// provider, and calls tools; its token expires in mid-session, is rotated, and in the end revoked. Each has a terminal of its
// own (util-linux's script) and a browser that is a line in a file, which a person of these tests opens.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Clock } from "../e2e/lib/clock.mjs";
import { Postern, startSandbox } from "../e2e/lib/postern.mjs";
import { Employee, startProvider } from "../e2e/lib/provider.mjs";
import { eventually } from "../e2e/lib/wait.mjs";
import { BIN, answerOf } from "./asking.mjs";
import { HOSTS } from "./hosts.mjs";
import { startModel } from "./model.mjs";

const LIST = "list_all_cloudflare_zones";
const HANGS_MS = 240_000;
const SCREEN = "stty cols 150 rows 50; exec"; // one without a size shows some of them nothing

const folder = mkdtempSync(join(tmpdir(), "postern-signing-in-"));
let sandbox, postern, op, server, clock;
before(async () => {
  clock = new Clock(folder);
  sandbox = await startSandbox();
  // Their vendors' documents of them are asked for in vain: nothing leaves the machine.
  postern = new Postern({ public_url: undefined, sign_in_token: "1h", upstream_proxy: "http://127.0.0.1:9", upstream_no_proxy: ["127.0.0.0/8"] });
  postern.env = clock.env;
  await postern.start();
  op = await startProvider({ people: { ada: { groups: ["sales"], email: "ada@corp.example", email_verified: true } } });
  await op.register(postern, { rules: [{ group: "sales", role: "viewer" }] });
  const account = await postern.must(201, "POST", "/integrated-account", { connector: "cloudflare", name: "acme", credential: { token: "cfut_sandbox_one_account" }, base_url: sandbox.api });
  server = await postern.must(201, "POST", `/integrated-account/${account.id}/mcp`, { name: "CRM", config: { methods: ["read"], discovery: "featured" }, slug: "crm", sign_in: { groups: ["sales"] } });
});
after(async () => {
  await postern?.close();
  await op?.close();
  await sandbox?.close();
  clock?.close();
  rmSync(folder, { recursive: true, force: true });
});

// Whatever it would start as a browser leaves the address here.
function fakeBrowser(home) {
  const opened = join(home, "opened"), bin = join(home, "bin");
  mkdirSync(bin);
  for (const name of ["xdg-open", "open"]) {
    writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$1" >>'${opened}'\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { bin, env: { BROWSER: join(bin, "xdg-open"), DISPLAY: ":0" }, opened: () => (existsSync(opened) ? readFileSync(opened, "utf8").trim().split("\n") : []) };
}

// One command on a terminal, until it ends, or has said what it has to. `looks` sees all that it wrote, again and again.
function onTerminal(command, { cwd, env, until, looks }) {
  return new Promise((resolve, reject) => {
    const child = spawn("script", ["-qefc", `${SCREEN} ${command}`, "/dev/null"], { cwd, env });
    let said = "";
    const plain = () => said.replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, "");
    const tick = setInterval(() => {
      looks(plain(), (keys) => child.stdin.write(keys)).catch((error) => (child.kill(), reject(error)));
      if (until?.test(plain())) child.kill();
    }, 250);
    const late = setTimeout(() => (child.kill(), reject(new Error(`it hung:\n${plain()}`))), HANGS_MS);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
    child.once("close", () => {
      clearInterval(tick);
      clearTimeout(late);
      resolve(plain());
    });
  });
}

async function signsIn(host, home, env, browser) {
  const ada = new Employee(op, postern.url, "ada");
  const before = browser.opened().length;
  let went = before, pressed = 0, typed = false;
  return onTerminal(host.signIn.command(server.sign_in_url), {
    cwd: home,
    env,
    until: host.signIn.until,
    looks: async (said, press) => {
      if (host.signIn.types && !typed && /Type your message/.test(said)) {
        typed = true;
        await pause(5000); // its commands are not there yet when it first shows its prompt, and it says so nowhere
        press(host.signIn.types);
        await pause(1000);
        press("\r");
      }
      // It may not listen yet when it asks.
      if (host.signIn.asks?.test(said) && browser.opened().length === before && Date.now() - pressed > 3000) press("\r", (pressed = Date.now()));
      if (browser.opened().length === went) return;
      const to = await ada.lets(browser.opened()[went++]);
      assert.equal((await fetch(to)).status, 200, String(to));
    },
  });
}

for (const host of HOSTS)
  describe(host.name, { concurrency: 1 }, () => {
    const home = mkdtempSync(join(tmpdir(), "postern-client-")), browser = fakeBrowser(home);
    const mine = new Set();
    let model, env, decide = () => ({ say: "ok" });
    before(async () => {
      model = await startModel((shown) => decide(shown));
      host.prepare(home, { server: server.sign_in_url, model: model.url });
      env = { PATH: `${browser.bin}:${BIN}:${process.env.PATH}`, HOME: home, TERM: "xterm-256color", ...browser.env, ...host.env(home, { model: model.url }) };
      for (const s of (await postern.must(200, "GET", "/client-sign-in")).items) mine.add(s.id);
    });
    after(async () => {
      clock.ahead(0);
      await model?.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    });
    const signIns = async () => (await postern.must(200, "GET", "/client-sign-in")).items.filter((s) => !mine.has(s.id));

    test("signs in with nothing but the address", async () => {
      const said = await signsIn(host, home, env, browser);
      const made = await signIns();
      assert.equal(made.length, 1, said);
      assert.equal(made[0].user, "ada@corp.example");
    });

    // Two calls in one session; between them the first token runs out here, which the client cannot know. One that cannot renew
    // it there is told, and makes the second call in its next session.
    test("calls a tool, and again when its token has expired in mid-session", async () => {
      const names = ["example.com", "staging-app.com"], made = (await signIns())[0].id;
      // Some tell a result twice, and an error with what was asked.
      const told = (shown, name) => shown.results.some((r) => r.includes(`"${name}`) && r.includes("name_servers"));
      const asksFor = (wanted, then) => (shown) => {
        if (!shown.tools.length) return { say: "ok" };
        const next = wanted.find((name) => !told(shown, name));
        if (next !== wanted[0]) then?.();
        if (!next) return { say: "It says: all." };
        return shown.results.length > 5 ? { say: "It does not say." } : { call: host.call(shown, LIST, { name: next }) };
      };
      const passed = async () => (await postern.must(200, "GET", "/audit?action=tools/call")).items.filter((row) => row.sign_in === made);
      decide = asksFor(names, () => clock.ahead(2 * 3600));
      const said = await answerOf(host, home, env);
      if (host.signIn.renewsLater) {
        assert.doesNotMatch(said.stdout, /It says/, `${said.stdout}${said.stderr}`);
        assert.equal((await passed()).length, 1, "no call by a token that has expired");
        decide = asksFor(names.slice(1));
        const next = await answerOf(host, home, { ...env, ...clock.env });
        assert.match(next.stdout, /It says: all/, `${next.stdout}${next.stderr}`);
      } else {
        assert.match(said.stdout, /It says: all/, `${said.stdout}${said.stderr}`);
      }
      clock.ahead(0); // the provider lives by the real one
      const calls = await eventually("both are in the audit", async () => {
        const rows = await passed();
        return rows.length === 2 && rows;
      });
      assert.deepEqual(calls.map((row) => [row.actor_name, row.outcome]), [["ada@corp.example", "ok"], ["ada@corp.example", "ok"]]);
      assert.equal((await signIns()).length, 1, "renewed, not begun anew");
    });

    test("is out when its sign-in has been ended, and in again when she signs in again", async () => {
      await postern.must(204, "DELETE", `/client-sign-in/${(await signIns())[0].id}`);
      decide = (shown) => {
        if (!shown.tools.length) return { say: "ok" };
        const found = shown.results.find((r) => r.includes("example.com"));
        if (found) return { say: `It says: ${found.slice(0, 2000)}` };
        return shown.results.length > 3 ? { say: "It does not say." } : { call: host.call(shown, LIST, { name: "example.com" }) };
      };
      const out = await answerOf(host, home, env);
      assert.doesNotMatch(out.stdout, /It says:/);
      await signsIn(host, home, env, browser);
      const again = await answerOf(host, home, env);
      assert.match(again.stdout, /It says: [^]*example\.com/, `${again.stdout}${again.stderr}`);
    });
  });
