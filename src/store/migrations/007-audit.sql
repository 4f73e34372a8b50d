-- SPDX-License-Identifier: Apache-2.0
-- Of each row whence it came, and names as they were then: a row outlives what its ids are of.

ALTER TABLE audit ADD COLUMN actor_name TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN client TEXT NOT NULL DEFAULT '';       -- what the MCP client calls itself
ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT '';      -- the client's, as trusted proxies name it
ALTER TABLE audit ADD COLUMN server_name TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN account_name TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN repeats BIGINT NOT NULL DEFAULT 1;     -- of refused requests: so many alike

-- Where a server has them recorded: the values of arguments, sealed, place "2/audit/<id>/values" and what the row
-- says; and the id of the key, which stays as long as such a row.
ALTER TABLE audit ADD COLUMN argument_values TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN values_key TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_by_values_key ON audit (values_key) WHERE values_key <> '';
