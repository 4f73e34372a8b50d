-- SPDX-License-Identifier: Apache-2.0
-- Conditions on tiles that tell webhooks. What became of a condition and the event that says so are written in the transaction
-- that keeps what the tile gave. What comes of vendors' data hangs on the accounts of the tile, as its outcome does: the rows
-- that others are compared with, and those that prove an event. That there was an event stays.

CREATE TABLE watch (
  id         TEXT   NOT NULL PRIMARY KEY,
  tile_id    TEXT   NOT NULL REFERENCES tile (id) ON DELETE CASCADE,
  owner      TEXT   NOT NULL,              -- id of the API token that made it
  paused     BIGINT NOT NULL,              -- 1: by hand
  stopped    TEXT   NOT NULL,              -- why nobody is told any more: gone; '': all is well
  phase      TEXT   NOT NULL,              -- fine, pending, firing
  since      BIGINT NOT NULL,              -- pending, firing: since when
  judged_at  BIGINT NOT NULL,              -- by the last run that counted; 0: none has
  open_event TEXT   NOT NULL,              -- the event with which it began; '': it is not firing
  is_silent  BIGINT NOT NULL,              -- 1: nobody was told of that one
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  document   TEXT   NOT NULL               -- sealed, place "2/watch/<id>/document": condition, address, secret, hours
);
CREATE INDEX watch_by_tile ON watch (tile_id);

CREATE TABLE watch_baseline (
  watch_id TEXT   NOT NULL PRIMARY KEY REFERENCES watch (id) ON DELETE CASCADE,
  tile_id  TEXT   NOT NULL,
  uses     BIGINT,                         -- the last of tile_use; NULL: it calls nobody
  at       BIGINT NOT NULL,
  rows     TEXT   NOT NULL,                -- sealed, place "2/watch_baseline/<watch>/rows"
  FOREIGN KEY (tile_id, uses) REFERENCES tile_use (tile_id, n) ON DELETE CASCADE
);
CREATE INDEX watch_baseline_by_use ON watch_baseline (tile_id, uses);

CREATE TABLE watch_event (
  id         TEXT   NOT NULL PRIMARY KEY,  -- never changes, however often it is sent
  watch_id   TEXT   NOT NULL REFERENCES watch (id) ON DELETE CASCADE,
  n          BIGINT NOT NULL,              -- 1, 2, … of the watch: the order in which it is told
  kind       TEXT   NOT NULL,              -- began, ended, happened, test
  began      TEXT   NOT NULL,              -- of an end: the event that it ends
  at         BIGINT NOT NULL,
  state      TEXT   NOT NULL,              -- waiting, delivered, failed, silent, stopped
  tries      BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,              -- from when on it may be told
  next_at    BIGINT NOT NULL,              -- the next try
  touched_at BIGINT NOT NULL,              -- when that was settled: later than now, the clock was set back
  why        TEXT   NOT NULL,              -- it is not delivered
  UNIQUE (watch_id, n)
);
CREATE INDEX watch_event_waiting ON watch_event (watch_id, n) WHERE state = 'waiting';
CREATE INDEX watch_event_by_time ON watch_event (at);

CREATE TABLE watch_proof (
  event_id TEXT   NOT NULL PRIMARY KEY REFERENCES watch_event (id) ON DELETE CASCADE,
  tile_id  TEXT   NOT NULL,
  uses     BIGINT,                         -- likewise
  document TEXT   NOT NULL,                -- sealed, place "2/watch_proof/<event>/document": what is sent
  FOREIGN KEY (tile_id, uses) REFERENCES tile_use (tile_id, n) ON DELETE CASCADE
);
CREATE INDEX watch_proof_by_use ON watch_proof (tile_id, uses);

CREATE TABLE watch_attempt (
  event_id TEXT   NOT NULL REFERENCES watch_event (id) ON DELETE CASCADE,
  n        BIGINT NOT NULL,                -- of the last few
  at       BIGINT NOT NULL,
  ms       BIGINT NOT NULL,
  status   BIGINT NOT NULL,                -- of HTTP; 0: there was no answer
  why      TEXT   NOT NULL,                -- it is no success
  PRIMARY KEY (event_id, n)
);
