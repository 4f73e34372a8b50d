-- SPDX-License-Identifier: Apache-2.0
-- What people call a thing: "production" is example.com. A row decides which thing an answer is about, so it is stamped
-- (docs/decisions/018).

CREATE TABLE alias (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,              -- as somebody wrote it
  folded     TEXT   NOT NULL UNIQUE,       -- its words, as questions are read
  value      TEXT   NOT NULL,              -- what it stands for
  meant      TEXT   NOT NULL,              -- the value's words: no alias stands for another
  account_id TEXT   REFERENCES account (id) ON DELETE CASCADE, -- whose thing it is; NULL: any
  made_by    TEXT   NOT NULL,              -- id of the API token that wrote it last
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  stamp      TEXT   NOT NULL
);
CREATE INDEX alias_by_meant ON alias (meant);
CREATE INDEX alias_by_account ON alias (account_id);
