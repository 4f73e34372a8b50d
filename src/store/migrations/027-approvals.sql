-- SPDX-License-Identifier: Apache-2.0
-- Calls that wait for the word of a second person. A row lets one call through, so what decides it is part of what the
-- document is sealed for: who can write here approves nothing. It goes with its server or its account.

CREATE TABLE approval (
  id         TEXT   NOT NULL PRIMARY KEY,
  state      TEXT   NOT NULL,              -- waiting, approved, refused, withdrawn, expired, running, done, stopped, cut
  asker      TEXT   NOT NULL,              -- who asked, and by which URL: the same again is the same asker
  asked_by   TEXT   NOT NULL,              -- id of a user or of an API token that may not approve it; '': nobody is known
  server_id  TEXT   NOT NULL REFERENCES server (id) ON DELETE CASCADE,
  account_id TEXT   NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  tool       TEXT   NOT NULL,              -- as the server shows it
  digest     TEXT   NOT NULL,              -- of the arguments
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,              -- while it waits, and of the word that was given
  decided_by TEXT   NOT NULL,              -- id; '': nobody has
  decided_at BIGINT NOT NULL,
  ran_at     BIGINT NOT NULL,
  outcome    TEXT   NOT NULL,              -- of the call, as in the audit; or why it was stopped
  document   TEXT   NOT NULL               -- sealed, place "2/approval/<id>/document": what is to be done, who said what
);
CREATE INDEX approval_by_asker ON approval (asker, digest);
CREATE INDEX approval_by_state ON approval (state, expires_at);
CREATE INDEX approval_by_server ON approval (server_id);
CREATE INDEX approval_by_account ON approval (account_id);
