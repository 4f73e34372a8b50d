-- SPDX-License-Identifier: Apache-2.0
-- nodes: go on
-- When a row last had a name, to a day: names go when all rows of their times have. 0: a program of before has noted it.
ALTER TABLE audit_name ADD COLUMN noted_at BIGINT NOT NULL DEFAULT 0;
UPDATE audit_name SET noted_at = (SELECT coalesce(max(last_at), 0) FROM audit_span);
