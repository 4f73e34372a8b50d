-- SPDX-License-Identifier: Apache-2.0
-- A company's identity providers (OpenID Connect), and whom of them a person is. What lets people in is stamped; a client's
-- secret is sealed for where it goes (docs/decisions/018).

CREATE TABLE identity_provider (
  id           TEXT   NOT NULL PRIMARY KEY,
  name         TEXT   NOT NULL UNIQUE,     -- in /signin/<name>
  label        TEXT   NOT NULL,            -- on the button
  issuer       TEXT   NOT NULL,            -- as its metadata says
  client_id    TEXT   NOT NULL,
  secret       TEXT   NOT NULL,            -- sealed; empty: a public client
  scope        TEXT   NOT NULL,
  groups_claim TEXT   NOT NULL,            -- path; empty: groups are not asked
  group_prefix TEXT   NOT NULL,            -- before each of its groups
  rules        TEXT   NOT NULL,            -- JSON: who is let in, in which role
  links_email  BIGINT NOT NULL,            -- a verified address is a local person's of that name
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  stamp        TEXT   NOT NULL
);

CREATE TABLE console_identity (
  user_id        TEXT   NOT NULL PRIMARY KEY REFERENCES console_user (id) ON DELETE CASCADE,
  provider_id    TEXT   NOT NULL,
  issuer         TEXT   NOT NULL,
  subject        TEXT   NOT NULL,
  made           BIGINT NOT NULL,          -- the provider made the person; 0: she was there before
  email          TEXT   NOT NULL,          -- as it was said last; empty: none
  email_verified BIGINT NOT NULL,
  confirmed_at   BIGINT NOT NULL,          -- when that was
  barred_at      BIGINT NOT NULL,          -- no rule lets her in since then; 0: one does
  stamp          TEXT   NOT NULL,
  UNIQUE (issuer, subject)
);

-- Sign-ins whose answer came: each state counts once.
CREATE TABLE signin_state (
  hash       TEXT   NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
