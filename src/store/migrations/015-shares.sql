-- SPDX-License-Identifier: Apache-2.0
-- Links that show a dashboard, or a tile of it, to whoever has them: live, or as it was when the link was made. A row gives
-- power, so it is stamped; what a snapshot shows is sealed, and goes with the first of the accounts that it came from, as
-- what tiles gave does.

CREATE TABLE share (
  id           TEXT   NOT NULL PRIMARY KEY,
  dashboard_id TEXT   NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
  tile_id      TEXT   REFERENCES tile (id) ON DELETE CASCADE, -- NULL: the whole dashboard
  name         TEXT   NOT NULL,            -- for people
  mode         TEXT   NOT NULL CHECK (mode IN ('live', 'snapshot')),
  owner        TEXT   NOT NULL,            -- id of the API token that made it
  token_hash   TEXT   NOT NULL UNIQUE,     -- SHA-256 of the secret in the link
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  stamp        TEXT   NOT NULL
);
CREATE INDEX share_by_dashboard ON share (dashboard_id);
CREATE INDEX share_by_tile ON share (tile_id);
CREATE INDEX share_by_expiry ON share (expires_at);

CREATE TABLE share_use (                   -- the accounts that a part of a snapshot came from, by number
  share_id   TEXT   NOT NULL REFERENCES share (id) ON DELETE CASCADE,
  place      BIGINT NOT NULL,
  n          BIGINT NOT NULL,
  account_id TEXT   NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  before     BIGINT,                       -- the number before; NULL: it is the first
  PRIMARY KEY (share_id, place, n),
  FOREIGN KEY (share_id, place, before) REFERENCES share_use (share_id, place, n) ON DELETE CASCADE
);
CREATE INDEX share_use_by_account ON share_use (account_id);
CREATE INDEX share_use_by_before ON share_use (share_id, place, before);

CREATE TABLE share_part (                  -- a tile of a snapshot
  share_id TEXT   NOT NULL REFERENCES share (id) ON DELETE CASCADE,
  place    BIGINT NOT NULL,
  uses     BIGINT,                         -- the last of share_use; NULL: it came from nobody
  tile_id  TEXT   NOT NULL,                -- as it was; the tile may have gone
  bytes    BIGINT NOT NULL,
  document TEXT   NOT NULL,                -- sealed, place "2/share_part/<share>/<place>/document"
  PRIMARY KEY (share_id, place),
  FOREIGN KEY (share_id, place, uses) REFERENCES share_use (share_id, place, n) ON DELETE CASCADE
);
CREATE INDEX share_part_by_use ON share_part (share_id, place, uses);
