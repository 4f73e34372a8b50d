-- SPDX-License-Identifier: Apache-2.0
-- People sign in to servers from AI clients: which clients there are, and what each was let in to, by whom, until when.

CREATE TABLE authority_client (
  id         TEXT   NOT NULL PRIMARY KEY,  -- "cli_…", or the URL of the client's own document
  name       TEXT   NOT NULL,              -- its own word
  redirects  TEXT   NOT NULL,              -- JSON array: where its codes may go
  kind       TEXT   NOT NULL,              -- registered, document
  address    TEXT   NOT NULL,              -- that it registered from
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,              -- 0: nobody has let it in yet
  stamp      TEXT   NOT NULL
);

CREATE TABLE authority_code (
  hash         TEXT   NOT NULL PRIMARY KEY, -- hex SHA-256
  user_id      TEXT   NOT NULL REFERENCES console_user (id) ON DELETE CASCADE,
  client_id    TEXT   NOT NULL REFERENCES authority_client (id) ON DELETE CASCADE,
  server_id    TEXT   NOT NULL REFERENCES server (id) ON DELETE CASCADE,
  redirect_uri TEXT   NOT NULL,
  challenge    TEXT   NOT NULL,             -- S256 of the client's verifier
  expires_at   BIGINT NOT NULL,
  lease_id     TEXT   NOT NULL,             -- '': not redeemed yet
  stamp        TEXT   NOT NULL
);

CREATE TABLE authority_lease (
  id          TEXT   NOT NULL PRIMARY KEY,  -- "sgn_…"
  user_id     TEXT   NOT NULL REFERENCES console_user (id) ON DELETE CASCADE,
  client_id   TEXT   NOT NULL REFERENCES authority_client (id) ON DELETE CASCADE,
  server_id   TEXT   NOT NULL REFERENCES server (id) ON DELETE CASCADE,
  redirect_to TEXT   NOT NULL,              -- where its code went, for people
  created_at  BIGINT NOT NULL,
  ends_at     BIGINT NOT NULL,              -- however often it is renewed
  generation  BIGINT NOT NULL,              -- of its refresh token, from 1 on
  turned_at   BIGINT NOT NULL,              -- when that became the current one
  used_at     BIGINT NOT NULL,
  taken       BIGINT NOT NULL,              -- the newest generation of which something has been used
  secret      TEXT   NOT NULL               -- sealed: its refresh tokens are made with it
);
CREATE INDEX authority_lease_by_user ON authority_lease (user_id);
CREATE INDEX authority_lease_by_client ON authority_lease (client_id);
CREATE INDEX authority_lease_by_server ON authority_lease (server_id);

CREATE TABLE authority_access (
  hash       TEXT   NOT NULL PRIMARY KEY,   -- hex SHA-256 of an access token
  lease_id   TEXT   NOT NULL REFERENCES authority_lease (id) ON DELETE CASCADE,
  generation BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  stamp      TEXT   NOT NULL
);
CREATE INDEX authority_access_by_lease ON authority_access (lease_id);
