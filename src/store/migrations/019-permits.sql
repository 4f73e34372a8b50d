-- SPDX-License-Identifier: Apache-2.0
-- What an editor, a person or an API token, may do with an account: read, or write as well. A row gives power, so it is
-- stamped. The holder is of one table or the other, and its rows go with it.

CREATE TABLE account_permit (
  holder     TEXT   NOT NULL,              -- id of a user or of an API token
  account_id TEXT   NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  access     TEXT   NOT NULL,              -- read, write
  granted_by TEXT   NOT NULL,              -- id of who gave it
  created_at BIGINT NOT NULL,
  stamp      TEXT   NOT NULL,
  PRIMARY KEY (holder, account_id)
);
CREATE INDEX account_permit_by_account ON account_permit (account_id);

-- A server that an editor made is held to what is granted to that editor. It is part of the stamp, behind the config, so
-- that the stamps of before, which had no owner, hold on.
ALTER TABLE server ADD COLUMN owner TEXT NOT NULL DEFAULT ''; -- id of a user or of an API token; '': the house's
