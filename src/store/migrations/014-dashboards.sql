-- SPDX-License-Identifier: Apache-2.0
-- Dashboards: pages of tiles, each a result of an answer program that is run again. What a tile says and what it gave is
-- sealed (docs/decisions/018). What it gave goes with the first of its accounts that goes, in one statement: the accounts
-- of a tile are a chain, and its outcome hangs at the end of it.

CREATE TABLE dashboard (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL UNIQUE,
  owner      TEXT   NOT NULL,              -- id of the API token that made it
  visibility TEXT   NOT NULL CHECK (visibility IN ('private', 'shared')),
  since      TEXT   NOT NULL,              -- its range, over what its tiles say; empty: theirs
  until      TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  stamp      TEXT   NOT NULL
);

CREATE TABLE tile (
  id           TEXT   NOT NULL PRIMARY KEY,
  dashboard_id TEXT   NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
  place        BIGINT NOT NULL,            -- 0, 1, … on its dashboard
  size         TEXT   NOT NULL CHECK (size IN ('quarter', 'half', 'full')),
  every_ms     BIGINT NOT NULL,            -- how often it is run by itself; 0: never
  owner        TEXT   NOT NULL,            -- id of the API token whose view it has
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  bytes        BIGINT NOT NULL,            -- of the document, before it was sealed
  document     TEXT   NOT NULL             -- sealed, place "2/tile/<id>/document"
);
CREATE INDEX tile_by_dashboard ON tile (dashboard_id, place);

CREATE TABLE tile_use (                    -- the accounts that its program calls, by number
  tile_id    TEXT   NOT NULL REFERENCES tile (id) ON DELETE CASCADE,
  n          BIGINT NOT NULL,
  account_id TEXT   NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  before     BIGINT,                       -- the number before; NULL: it is the first
  PRIMARY KEY (tile_id, n),
  FOREIGN KEY (tile_id, before) REFERENCES tile_use (tile_id, n) ON DELETE CASCADE
);
CREATE INDEX tile_use_by_account ON tile_use (account_id);
CREATE INDEX tile_use_by_before ON tile_use (tile_id, before);

CREATE TABLE tile_outcome (
  tile_id  TEXT   NOT NULL PRIMARY KEY REFERENCES tile (id) ON DELETE CASCADE,
  uses     BIGINT,                         -- the last of tile_use; NULL: it calls nobody
  at       BIGINT NOT NULL,                -- when what is kept was read; 0: nothing is
  status   TEXT   NOT NULL,                -- of that
  bytes    BIGINT NOT NULL,
  outcome  TEXT   NOT NULL,                -- sealed, place "2/tile_outcome/<tile>/outcome"
  values_at BIGINT NOT NULL,
  points   TEXT   NOT NULL,                -- values over time, sealed, place "2/tile_values/<tile>/points"
  FOREIGN KEY (tile_id, uses) REFERENCES tile_use (tile_id, n) ON DELETE CASCADE
);
CREATE INDEX tile_outcome_by_use ON tile_outcome (tile_id, uses);

CREATE TABLE tile_try (                    -- the last run, whatever came of it
  tile_id  TEXT   NOT NULL PRIMARY KEY REFERENCES tile (id) ON DELETE CASCADE,
  uses     BIGINT,                         -- likewise: a vendor's words may be in it
  at       BIGINT NOT NULL,
  state    TEXT   NOT NULL,                -- ok, failed, waiting, stopped
  why      TEXT   NOT NULL,                -- sealed, place "2/tile_try/<tile>/why"; empty: it was good
  FOREIGN KEY (tile_id, uses) REFERENCES tile_use (tile_id, n) ON DELETE CASCADE
);
CREATE INDEX tile_try_by_use ON tile_try (tile_id, uses);
