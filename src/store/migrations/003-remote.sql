-- SPDX-License-Identifier: Apache-2.0
-- A server may show several accounts, each under an alias; tools of vendors' MCP servers are pinned and reviewed.

ALTER TABLE server RENAME TO server_before;
DROP INDEX server_by_account;
CREATE TABLE server (
  id                TEXT   NOT NULL PRIMARY KEY,
  name              TEXT   NOT NULL,
  share             BIGINT NOT NULL,       -- 1: accounts of one connector share one tool set
  config            TEXT   NOT NULL,       -- JSON object: the filter as given, normalised
  require_api_token BIGINT NOT NULL,
  token_hash        TEXT   NOT NULL UNIQUE, -- hex SHA-256
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL,
  expires_at        BIGINT NOT NULL,
  version           BIGINT NOT NULL
);
INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, updated_at, expires_at,
                    version)
  SELECT id, name, 0, config, require_api_token, token_hash, created_at, updated_at, expires_at, version
  FROM server_before;

CREATE TABLE server_account (
  server_id  TEXT   NOT NULL REFERENCES server (id) ON DELETE CASCADE,
  account_id TEXT   NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  alias      TEXT   NOT NULL,              -- prefixes names and URIs; empty: made over one account, which keeps its names
  names      BIGINT NOT NULL DEFAULT 0,    -- what prefixes names: 0 the alias, 1 nothing (shared), 2 the connector's alias (shared)
  place      BIGINT NOT NULL,              -- in the order given
  PRIMARY KEY (server_id, account_id)
);
CREATE UNIQUE INDEX server_account_by_alias ON server_account (server_id, alias);
CREATE INDEX server_account_by_account ON server_account (account_id);
INSERT INTO server_account (server_id, account_id, alias, place)
  SELECT id, account_id, '', 0 FROM server_before;
DROP TABLE server_before;

-- What a vendor's MCP server says of itself.
CREATE TABLE remote_server (
  account_id   TEXT   NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  capabilities TEXT   NOT NULL,            -- JSON object
  instructions TEXT   NOT NULL,
  synced_at    BIGINT NOT NULL,            -- the last sync
  changed_at   BIGINT NOT NULL             -- the last one that changed what is served
);

-- Its tools: as it defines them now, and as they were when it was settled that they may be served.
CREATE TABLE remote_tool (
  account_id TEXT   NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name       TEXT   NOT NULL,
  definition TEXT   NOT NULL,              -- JSON object
  pinned     TEXT   NOT NULL,              -- JSON object; '': never served
  trust      TEXT   NOT NULL CHECK (trust IN ('allow', 'review', 'deny')),
  why        TEXT   NOT NULL,              -- the evidence, in words
  was        TEXT   NOT NULL,              -- the name it had before; ''
  decision   TEXT   NOT NULL CHECK (decision IN ('', 'approved', 'denied')),
  decided_by TEXT   NOT NULL,
  decided_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  gone_at    BIGINT NOT NULL,              -- 0: still there
  PRIMARY KEY (account_id, name)
);
