-- SPDX-License-Identifier: Apache-2.0
-- People who use the console, links that let one in once, and what their browsers hold afterwards. Each row gives power, so
-- each is stamped; of links and sessions only the hash is kept.

CREATE TABLE console_user (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL UNIQUE,       -- unique without regard to case, which its writer sees to
  role       TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  stamp      TEXT   NOT NULL
);

CREATE TABLE console_link (
  id         TEXT   NOT NULL PRIMARY KEY,
  user_id    TEXT   NOT NULL REFERENCES console_user (id) ON DELETE CASCADE,
  hash       TEXT   NOT NULL UNIQUE,       -- SHA-256 of the secret in the link
  expires_at BIGINT NOT NULL,
  stamp      TEXT   NOT NULL
);
CREATE INDEX console_link_by_user ON console_link (user_id);

CREATE TABLE console_session (
  id         TEXT   NOT NULL PRIMARY KEY,
  user_id    TEXT   NOT NULL REFERENCES console_user (id) ON DELETE CASCADE,
  hash       TEXT   NOT NULL UNIQUE,       -- SHA-256 of what the cookie holds
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,              -- to the minute
  expires_at BIGINT NOT NULL,
  address    TEXT   NOT NULL,              -- of the browser that signed in
  agent      TEXT   NOT NULL,              -- what it calls itself
  stamp      TEXT   NOT NULL
);
CREATE INDEX console_session_by_user ON console_session (user_id);
