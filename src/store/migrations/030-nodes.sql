-- SPDX-License-Identifier: Apache-2.0
-- Programs that run on this database. Each counts its beat up; whoever reads it sees by his own clock whether it goes on.
-- The stamp binds what others send requests by.

CREATE TABLE node (
  id         TEXT   NOT NULL PRIMARY KEY,  -- drawn at each start
  host       TEXT   NOT NULL,
  version    TEXT   NOT NULL,
  url        TEXT   NOT NULL,              -- where other nodes reach it; empty: they cannot
  key_id     TEXT   NOT NULL,              -- of the key that it seals with
  stamp      TEXT   NOT NULL,
  started_at BIGINT NOT NULL,              -- by its own clock; for people
  beat       BIGINT NOT NULL,
  seen       BIGINT NOT NULL,              -- the last line of the changelog that it has
  running    BIGINT NOT NULL,              -- fibers in use
  cpu        BIGINT NOT NULL               -- percent of one core since the beat before
);

-- What one of them does for all. The fence counts each change of hands, so that of two who want it one has it.
CREATE TABLE duty (
  name  TEXT   NOT NULL PRIMARY KEY,
  node  TEXT   NOT NULL,                   -- empty: nobody
  fence BIGINT NOT NULL
);
