-- SPDX-License-Identifier: Apache-2.0
-- nodes: stop
-- In place of an index for each filter: of each some thousand rows, which follow one another by id, and of each value that
-- they have, the list of their ids. The program makes them (audit/list), of rows that are there already as well, and drops
-- those indexes when it has.
CREATE TABLE audit_block (
  number   BIGINT NOT NULL PRIMARY KEY, -- in the order of ids
  first_id TEXT   NOT NULL,
  last_id  TEXT   NOT NULL
) WITHOUT ROWID;
CREATE TABLE audit_list (
  block  BIGINT NOT NULL,
  filter TEXT   NOT NULL, -- a column of the audit
  value  TEXT   NOT NULL,
  ids    TEXT   NOT NULL, -- a space behind each; without what the block's first and last id both begin with
  PRIMARY KEY (block, filter, value)
) WITHOUT ROWID;
