-- SPDX-License-Identifier: Apache-2.0
-- One text for SQLite and PostgreSQL: TEXT and BIGINT only, ids made by us, times in ms since 1970
-- (0: never), JSON as TEXT. `meta` is made by the migration itself.

CREATE TABLE account (
  id          TEXT   NOT NULL PRIMARY KEY,
  name        TEXT   NOT NULL UNIQUE,
  connector   TEXT   NOT NULL,
  way         TEXT   NOT NULL,             -- which of the connector's ways to authenticate
  base_url    TEXT   NOT NULL,             -- '': the connector's
  credential  TEXT   NOT NULL,             -- sealed, place "account/<id>/credential"
  context     TEXT   NOT NULL,             -- JSON object
  choices     TEXT   NOT NULL,             -- JSON object
  status      TEXT   NOT NULL CHECK (status IN ('ok', 'unverified', 'failing')),
  status_text TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  verified_at BIGINT NOT NULL,
  version     BIGINT NOT NULL
);

CREATE TABLE server (
  id                TEXT   NOT NULL PRIMARY KEY,
  name              TEXT   NOT NULL,
  account_id        TEXT   NOT NULL REFERENCES account (id),
  config            TEXT   NOT NULL,       -- JSON object: the filter as given, normalised
  require_api_token BIGINT NOT NULL,
  token_hash        TEXT   NOT NULL UNIQUE, -- hex SHA-256
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL,
  expires_at        BIGINT NOT NULL,
  version           BIGINT NOT NULL
);
CREATE INDEX server_by_account ON server (account_id);

CREATE TABLE api_token (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,
  role       TEXT   NOT NULL CHECK (role IN ('admin', 'client')),
  hash       TEXT   NOT NULL UNIQUE,       -- hex SHA-256
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Names once given to operations: a later version of a document renames nothing.
CREATE TABLE tool_name (
  connector TEXT NOT NULL,
  operation TEXT NOT NULL,                 -- 'GET /zones'
  name      TEXT NOT NULL,
  PRIMARY KEY (connector, operation)
);
CREATE UNIQUE INDEX tool_name_by_name ON tool_name (connector, name);

-- The compiled tools of a connector, good as long as the digest of its source is the same.
CREATE TABLE toolset (
  connector TEXT NOT NULL PRIMARY KEY,
  digest    TEXT NOT NULL,
  body      TEXT NOT NULL
);

-- Connectors that were imported rather than shipped.
CREATE TABLE connector (
  name       TEXT NOT NULL PRIMARY KEY,
  definition TEXT NOT NULL,
  document   TEXT NOT NULL                 -- its OpenAPI document; '': none
);

-- Append-only. No references: a row outlives what it speaks of.
CREATE TABLE audit (
  id         TEXT   NOT NULL PRIMARY KEY,  -- sorts by time
  at         BIGINT NOT NULL,
  actor      TEXT   NOT NULL,
  action     TEXT   NOT NULL,
  server_id  TEXT   NOT NULL,
  account_id TEXT   NOT NULL,
  tool       TEXT   NOT NULL,
  arguments  TEXT   NOT NULL,              -- their shape, never their values
  outcome    TEXT   NOT NULL,
  status     BIGINT NOT NULL,
  elapsed_us BIGINT NOT NULL,
  request_id TEXT   NOT NULL,
  detail     TEXT   NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);
