-- SPDX-License-Identifier: Apache-2.0
-- What changed of what requests are answered from: a line for each change, in the transaction that makes it. Programs
-- follow it by number. The number comes from a row of its own, which a writer holds until it has committed: lines come in
-- the order of commits, without gaps, so nobody who has read to a number misses one below it.

CREATE TABLE change_head (
  last BIGINT NOT NULL
);
INSERT INTO change_head (last) VALUES (0);

CREATE TABLE change_log (
  number BIGINT NOT NULL PRIMARY KEY,
  kind   TEXT   NOT NULL,                  -- server, account, people, connector
  id     TEXT   NOT NULL                   -- of the row; of people: empty, they are read as a whole
);

-- Rows whose key is of two parts are sealed and found as one text: without these a change of keys reads the whole table for
-- each row.
CREATE INDEX server_account_by_place ON server_account ((server_id || '/' || account_id));
CREATE INDEX server_url_by_place ON server_url ((server_id || '/' || name));
CREATE INDEX account_permit_by_place ON account_permit ((holder || '/' || account_id));
CREATE INDEX remote_tool_by_place ON remote_tool ((account_id || '/' || name));
