-- SPDX-License-Identifier: Apache-2.0
-- By which of a server's URLs a call came, which stood in the detail before.

ALTER TABLE audit ADD COLUMN url TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_by_url ON audit (url, id) WHERE url <> '';

-- Values that old keys sealed are sealed anew in the order of their ids, a piece at a time.
DROP INDEX audit_by_values_key;
CREATE INDEX audit_by_values_key ON audit (values_key, id) WHERE values_key <> '';

ALTER TABLE api_token ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0; -- 0: never; written when house is kept
ALTER TABLE oauth_flow ADD COLUMN told BIGINT NOT NULL DEFAULT 0;  -- 1: the audit has that nobody used it in time
