-- SPDX-License-Identifier: Apache-2.0
-- Answers that are kept. What was asked, and what was told, are sealed, and bound to whose they are
-- (docs/decisions/018). With an account goes what was told of it.

CREATE TABLE answer (
  id           TEXT   NOT NULL PRIMARY KEY,
  owner        TEXT   NOT NULL,            -- id of the API token that asked; without one, whose the server's URL is
  visibility   TEXT   NOT NULL CHECK (visibility IN ('private', 'shared')),
  server_id    TEXT   NOT NULL,            -- whose view it was asked in; '': all accounts
  conversation TEXT   NOT NULL,            -- id of the first answer of it
  follows      TEXT   NOT NULL,            -- '': it is the first
  rerun_of     TEXT   NOT NULL,            -- '': it was asked
  created_at   BIGINT NOT NULL,
  gone_at      BIGINT NOT NULL,            -- when an account was deleted, and what was told with it; 0: it is there
  asked_bytes  BIGINT NOT NULL,            -- before they were sealed
  told_bytes   BIGINT NOT NULL,
  sealed_by    TEXT   NOT NULL,            -- id of the key
  asked        TEXT   NOT NULL,            -- sealed, place "2/answer/<id>/asked"
  told         TEXT   NOT NULL             -- sealed, place "2/answer/<id>/told"; '': gone
);
CREATE INDEX answer_by_owner ON answer (owner, id, asked_bytes, told_bytes);
CREATE INDEX answer_heads ON answer (id, owner, visibility);
CREATE INDEX answer_by_time ON answer (created_at);
CREATE INDEX answer_by_conversation ON answer (conversation);
CREATE INDEX answer_by_key ON answer (sealed_by);

CREATE TABLE answer_account (              -- what was told comes from these
  answer_id  TEXT NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (answer_id, account_id)
);
CREATE INDEX answer_account_by_account ON answer_account (account_id);
