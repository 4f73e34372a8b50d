-- SPDX-License-Identifier: Apache-2.0
-- Passwords of people who use the console, as argon2id hashes, stamped: an inserted one opens nothing.

CREATE TABLE console_password (
  user_id    TEXT   NOT NULL PRIMARY KEY REFERENCES console_user (id) ON DELETE CASCADE,
  hash       TEXT   NOT NULL,              -- with its costs and salt
  changed_at BIGINT NOT NULL,
  stamp      TEXT   NOT NULL
);

-- API tokens take one role more; what a role may do is the program's word.
ALTER TABLE api_token RENAME TO api_token_before;
CREATE TABLE api_token (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,
  role       TEXT   NOT NULL,
  hash       TEXT   NOT NULL UNIQUE,       -- hex SHA-256
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  stamp      TEXT   NOT NULL DEFAULT '',
  used_at    BIGINT NOT NULL DEFAULT 0
);
INSERT INTO api_token (id, name, role, hash, created_at, expires_at, stamp, used_at)
  SELECT id, name, role, hash, created_at, expires_at, stamp, used_at FROM api_token_before;
DROP TABLE api_token_before;
