-- SPDX-License-Identifier: Apache-2.0
-- Further URLs of a server, each of which is revoked alone. The first one stays in the server's own row, whose
-- stamp vouches for it: a row made here for it would have none. Revoked, its token_hash is 'revoked ID'.

CREATE TABLE server_url (
  server_id  TEXT   NOT NULL REFERENCES server (id) ON DELETE CASCADE,
  name       TEXT   NOT NULL,
  token_hash TEXT   NOT NULL UNIQUE,       -- hex SHA-256
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,              -- 0: never; written when house is kept
  stamp      TEXT   NOT NULL,
  PRIMARY KEY (server_id, name)
);
ALTER TABLE server ADD COLUMN url_created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE server ADD COLUMN url_used_at BIGINT NOT NULL DEFAULT 0;
UPDATE server SET url_created_at = created_at;
