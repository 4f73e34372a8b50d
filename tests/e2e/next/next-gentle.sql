-- SPDX-License-Identifier: Apache-2.0
-- What a later version may add while nodes of this one run: a table, and columns with a value for those who do not name them.
-- nodes: go on

CREATE TABLE next_thing (
  id   TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
);
ALTER TABLE server ADD COLUMN next_word TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN next_word TEXT NOT NULL DEFAULT '';
ALTER TABLE change_log ADD COLUMN next_word TEXT NOT NULL DEFAULT '';
