// SPDX-License-Identifier: Apache-2.0
// What happens to vendors from outside: moods, faults, tokens that end, sessions that are forgotten, tools that change.
import { VENDORS } from "../lib/world.mjs";

const FAULTS = ["status", "slow", "drop", "drop_after", "redirect", "wrong_type", "huge_header", "unauthorized", "insufficient_scope", "drop_session", "busy", "close_stream", "stall", "dribble", "flood", "huge", "broken_json", "deep_json", "end_stream", "wrong_id", "twice", "repeat_cursor", "result", "rpc_error"];
const REST_FAULTS = ["slow", "dribble", "drop", "drop_middle", "status", "wrong_type", "broken_json", "redirect", "rate_limited", "deep_json", "huge_json", "huge_header", "bomb", "endless"];
const BOUNDS = { bytes: 4 << 20, delay_ms: 1500, count: 200 }; // a soak has time, the machine has not

export const fate = {
  name: "fate",
  pause_ms: [300, 2500],
  operations: {
    "mood": [4, ({ world, random }) => {
      const mood = random.pick([0, 0.1, 0.3, 0.5, 0.8]);
      world.mood = mood;
      return String(mood);
    }],
    "fault": [6, async ({ world, random }) => {
      const kind = random.pick(FAULTS);
      const match = random.pick([{}, { method: "tools/call" }, { method: "tools/list" }, { method: "initialize" }, { grant: "refresh_token" }, { path: "/token" }]);
      await world.vendors.fault(random.pick(VENDORS), kind, match, { times: random.between(1, 4), ...BOUNDS });
      return kind;
    }],
    "fault.rest": [2, async ({ world, random }) => {
      const kind = random.pick(REST_FAULTS);
      const r = await world.faultRest("POST", { match: {}, kind, times: random.between(1, 3), bytes: 4 << 20, delay_ms: kind === "dribble" ? 20 : 1500 });
      return `${kind} ${r.status}`;
    }],
    "expire": [2, async ({ world, random }) => {
      const what = random.weighted({ access: 6, grants: 1, clients: 0.5 });
      if (random.chance(0.3)) world.oauth.expire();
      await world.vendors.expire(random.pick(VENDORS), what);
      return what;
    }],
    "sessions.forgotten": [1, async ({ world, random }) => {
      await world.vendors.control(random.pick(["cloudinary", "arcjet"]), "DELETE", "sessions");
      return "done";
    }],
    "tools.changed": [1, async ({ world, random }) => {
      await world.vendors.tools("cloudinary", [{ op: "change", tool: "list-tags", set: { description: random.word() } }]);
      return "done";
    }],
    "settings": [1, async ({ world, random }) => {
      await world.vendors.set(random.pick(VENDORS), random.pick([{ access_ttl: 2 }, { access_ttl: 3600 }, { rotation: "strict" }, { rotation: "grace" }, { json_answers: true }, { json_answers: false }, { page_size: 3 }, { dcr: "refused" }, { dcr: "open" }, { iss: "wrong" }, { iss: "send" }, { prm: "missing" }, { prm: "ok" }]));
      return "done";
    }],
    "calm": [1, async ({ world }) => {
      await world.calm();
      return "done";
    }],
  },
};
