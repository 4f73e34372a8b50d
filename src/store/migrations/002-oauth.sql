-- SPDX-License-Identifier: Apache-2.0
-- Accounts at vendors' MCP servers, and what a person's consent leaves: clients, grants, ways under way.

-- A CHECK cannot be altered, so the table is made anew; `server`, which refers to it, likewise.
ALTER TABLE account RENAME TO account_before;
ALTER TABLE server RENAME TO server_before;
DROP INDEX server_by_account;
CREATE TABLE account (
  id          TEXT   NOT NULL PRIMARY KEY,
  name        TEXT   NOT NULL UNIQUE,
  connector   TEXT   NOT NULL,
  way         TEXT   NOT NULL,             -- which of the connector's ways to authenticate
  base_url    TEXT   NOT NULL,             -- of the API, or of the MCP server
  credential  TEXT   NOT NULL,             -- sealed, place "account/<id>/credential"; '': none, or a grant
  context     TEXT   NOT NULL,             -- JSON object
  choices     TEXT   NOT NULL,             -- JSON object
  status      TEXT   NOT NULL CHECK (status IN ('ok', 'unverified', 'failing', 'needs_authorising')),
  status_text TEXT   NOT NULL,
  speaks      BIGINT NOT NULL,             -- what the MCP server was found to speak (mcp/peer.h, bits)
  speaks_at   BIGINT NOT NULL,             -- when
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  verified_at BIGINT NOT NULL,
  version     BIGINT NOT NULL
);
INSERT INTO account (id, name, connector, way, base_url, credential, context, choices, status, status_text, speaks,
                     speaks_at, created_at, updated_at, verified_at, version)
  SELECT id, name, connector, way, base_url, credential, context, choices, status, status_text, 0, 0, created_at,
         updated_at, verified_at, version
  FROM account_before;
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
INSERT INTO server (id, name, account_id, config, require_api_token, token_hash, created_at, updated_at, expires_at,
                    version)
  SELECT id, name, account_id, config, require_api_token, token_hash, created_at, updated_at, expires_at, version
  FROM server_before;
DROP TABLE server_before;
DROP TABLE account_before;

-- Who we are to an authorization server. Several to one: a grant keeps the client that it was given to.
CREATE TABLE oauth_client (
  id           TEXT   NOT NULL PRIMARY KEY,
  issuer       TEXT   NOT NULL,
  redirect_uri TEXT   NOT NULL,            -- that it was registered with
  client_id    TEXT   NOT NULL,            -- the vendor's name for us
  secret       TEXT   NOT NULL,            -- sealed, place "client/<id>/secret"; '': a public client
  method       TEXT   NOT NULL,            -- at the token endpoint: none, client_secret_post, client_secret_basic
  given        BIGINT NOT NULL,            -- 1: by the operator, who made it at the vendor
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL             -- 0: not said
);
CREATE INDEX oauth_client_by_issuer ON oauth_client (issuer, redirect_uri);

-- The tokens of an account. `version` counts changes of the tokens; a refresh holds the lease meanwhile.
CREATE TABLE oauth_grant (
  account_id  TEXT   NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  client      TEXT   NOT NULL REFERENCES oauth_client (id),
  site        TEXT   NOT NULL,             -- JSON object: the authorization server, as discovered
  tokens      TEXT   NOT NULL,             -- sealed, place "grant/<account id>/tokens"; '': none any more
  scope       TEXT   NOT NULL,             -- granted
  wanted      TEXT   NOT NULL,             -- scope to ask for next time: granted, and what was missing
  subject     TEXT   NOT NULL,             -- whose account it is, where the vendor tells; ''
  needs       TEXT   NOT NULL CHECK (needs IN ('', 'scope', 'person')),
  why         TEXT   NOT NULL,             -- it needs that, in words
  rounds      BIGINT NOT NULL,             -- consents asked for in a row because a scope was missing
  consent     TEXT   NOT NULL,             -- id of the flow it came from: another one, another person perhaps
  issued_at   BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,             -- of the access token; 0: not said
  lease_by    TEXT   NOT NULL,
  lease_until BIGINT NOT NULL,
  version     BIGINT NOT NULL
);
CREATE INDEX oauth_grant_by_client ON oauth_grant (client);

-- A person's way to the vendor and back.
CREATE TABLE oauth_flow (
  id          TEXT   NOT NULL PRIMARY KEY,
  status      TEXT   NOT NULL CHECK (status IN ('waiting', 'opened', 'taken', 'done', 'failed')),
  connector   TEXT   NOT NULL,
  name        TEXT   NOT NULL,             -- the account's, to be
  account_id  TEXT   NOT NULL,             -- once done, or of the one that is authorised again; ''
  url         TEXT   NOT NULL,             -- of the MCP server
  principal   TEXT   NOT NULL,             -- who alone may complete it; '': whoever has the link
  client      TEXT   NOT NULL REFERENCES oauth_client (id),
  site        TEXT   NOT NULL,             -- JSON object, as in oauth_grant
  scope       TEXT   NOT NULL,             -- asked for
  verifier    TEXT   NOT NULL,             -- PKCE, sealed, place "flow/<id>/verifier"
  link_hash   TEXT   NOT NULL,             -- hex SHA-256 of the link's token
  state_hash  TEXT   NOT NULL,             -- likewise of the state; '': none is out
  cookie_hash TEXT   NOT NULL,             -- of the browser that opened it; '': none did
  opens       BIGINT NOT NULL,
  code        TEXT   NOT NULL,             -- how it failed; ''
  text        TEXT   NOT NULL,
  remedy      TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL
);
CREATE INDEX oauth_flow_by_state ON oauth_flow (state_hash);
CREATE INDEX oauth_flow_by_client ON oauth_flow (client);
