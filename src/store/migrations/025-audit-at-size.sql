-- SPDX-License-Identifier: Apache-2.0
-- Pages of the audit go by id, which sorts by the time of writing. Each filter finds its ids, newest first, in an index
-- of its own; what nearly every row has (the action of a call, an outcome that is well) is in none, and found by time.
DROP INDEX audit_by_time;
DROP INDEX audit_by_server;
DROP INDEX audit_by_url;
CREATE INDEX audit_by_account ON audit (account_id, id) WHERE account_id <> '';
CREATE INDEX audit_by_server ON audit (server_id, id) WHERE server_id <> '';
CREATE INDEX audit_by_url ON audit (url, id) WHERE url <> '';
CREATE INDEX audit_by_tool ON audit (tool, id) WHERE tool <> '';
CREATE INDEX audit_by_actor ON audit (actor, id) WHERE actor <> '';
CREATE INDEX audit_by_client ON audit (client, id) WHERE client <> '';
CREATE INDEX audit_by_address ON audit (address, id) WHERE address <> '';
CREATE INDEX audit_by_outcome ON audit (outcome, id) WHERE outcome <> 'ok';
CREATE INDEX audit_by_action ON audit (action, id) WHERE action <> 'tools/call';

-- What times some thousand rows have that were written one after the other: by it a time becomes a range of ids, exactly,
-- although a row is written when its call has ended, and clocks are set.
CREATE TABLE audit_span (
  first_id TEXT   NOT NULL PRIMARY KEY,
  last_id  TEXT   NOT NULL,
  first_at BIGINT NOT NULL,
  last_at  BIGINT NOT NULL
);
INSERT INTO audit_span (first_id, last_id, first_at, last_at)
  SELECT min(id), max(id), min(at), max(at) FROM audit GROUP BY substr(id, 1, 9);

-- Which ids had a name: what has gone, or has another name now, is found by the one it had.
CREATE TABLE audit_name (
  kind TEXT NOT NULL CHECK (kind IN ('account', 'server', 'actor')),
  name TEXT NOT NULL,
  id   TEXT NOT NULL,
  PRIMARY KEY (kind, name, id)
);
INSERT INTO audit_name (kind, name, id)
  SELECT DISTINCT 'account', account_name, account_id FROM audit WHERE account_name <> '' AND account_id <> '';
INSERT INTO audit_name (kind, name, id)
  SELECT DISTINCT 'server', server_name, server_id FROM audit WHERE server_name <> '' AND server_id <> '';
INSERT INTO audit_name (kind, name, id)
  SELECT DISTINCT 'actor', actor_name, actor FROM audit WHERE actor_name <> '' AND actor NOT LIKE 'client:%';

CREATE INDEX server_by_owner ON server (owner) WHERE owner <> '';
