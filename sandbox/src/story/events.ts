// SPDX-License-Identifier: Apache-2.0
// Ninety days of ordinary work, what was done of late, and the incident. Each change is of something that is there, and
// is what its own dates say; a record that was added is as young as that, or was deleted again.

import { fraction, hexId, integer, pick, uuid } from "../random.js";
import { accountId, type AccountName } from "../tokens.js";
import { DAY, HOUR, type Event, type Row, type World } from "../world.js";
import { HABITS, type Habit, type Target } from "./habits.js";
import { tellIncident } from "./incident.js";
import { tellLately } from "./lately.js";

const PER_DAY: Record<AccountName, number> = { web: 14, retail: 9 };
/** What was added is deleted within so many hours, before the last day: it is not there any more. */
const BRIEF_HOURS = 90;
const BRIEF_DAYS = 5;

interface Choice {
  habit: Habit;
  targets: Target[];
}

function choices(world: World, account: AccountName): Choice[] {
  const zones = world.rows("/zones").filter((z) => z["account"].id === accountId(account) && z["status"] === "active");
  const known = HABITS.map((habit) => ({ habit, targets: habit.of(world, account, zones) })).filter(({ targets }) => targets.length > 0);
  return known.flatMap((choice) => Array.from({ length: choice.habit.weight }, () => choice));
}

const versions = new WeakMap<World, Map<string, number>>();

/** The number of a thing's next version, from 1. */
function nextVersion(world: World, id: string): number {
  const known = versions.get(world) ?? new Map<string, number>();
  versions.set(world, known);
  known.set(id, (known.get(id) ?? 0) + 1);
  return known.get(id)!;
}

function event(world: World, account: AccountName, label: string, when: number, { habit, targets }: Choice): Event {
  const { actor, via, action, type, product } = habit;
  const target = pick(`${label}/target`, targets);
  const ok = fraction(`${label}/ok`) > 0.03;
  if (ok) target.change?.(when);
  const version = action === "update" ? nextVersion(world, target.id) : 0;
  return {
    id: uuid(label),
    when,
    account: accountId(account),
    ...(target.zone ? { zone: { id: target.zone["id"], name: target.zone["name"] } } : {}),
    actor,
    via,
    action,
    ok,
    resource: { type, id: target.id, product },
    ...(version ? { before: { id: target.id, version }, after: { id: target.id, version: version + 1 } } : {}),
  };
}

/** A record for a preview: added, and deleted when it has served. */
function brief(added: Event, label: string): Event[] {
  const id = hexId(`${label}/record`);
  const record: Row = { id, type: "CNAME", name: `preview-${id.slice(0, 6)}.${added.zone!.name}`, content: added.zone!.name };
  const resource = { ...added.resource, id };
  const first = { ...added, resource, after: record };
  if (!added.ok) return [first];
  const when = added.when + integer(`${label}/hours`, 2, BRIEF_HOURS) * HOUR;
  const { after: _, ...rest } = first;
  return [first, { ...rest, id: uuid(`${label}/delete`), when, action: "delete", before: record }];
}

function ordinary(world: World, account: AccountName, known: Choice[], day: number, n: number): Event[] {
  const label = `event/${account}/${day}/${n}`;
  const late = day < BRIEF_DAYS;
  const choice = pick(label, late ? known.filter((c) => c.habit.action !== "add") : known);
  // Working hours, never within the last two hours.
  const when = world.epoch - day * DAY - integer(`${label}/hour`, 3, 12) * HOUR - Math.floor(fraction(`${label}/minute`) * HOUR);
  const made = event(world, account, label, when, choice);
  return choice.habit.action === "add" ? brief(made, label) : [made];
}

export function tellEvents(world: World): void {
  for (const account of ["web", "retail"] as const) {
    const known = choices(world, account);
    // The oldest first, as versions go.
    for (let day = 89; day >= 0; day--) {
      const count = Math.round(PER_DAY[account] * (0.6 + 0.8 * fraction(`busy/${account}/${day}`)));
      for (let n = 0; n < count; n++) world.events.push(...ordinary(world, account, known, day, n));
    }
  }
  tellLately(world);
  tellIncident(world);
  world.events.sort((a, b) => a.when - b.when);
}
