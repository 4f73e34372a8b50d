-- SPDX-License-Identifier: Apache-2.0
-- PostgreSQL has the audit in parts by id, which sorts by time, so that a month that is too old goes at once. The table of
-- before is the first part, with its rows and indexes as they are; it takes what comes until this month ends. Parts behind
-- it are made ahead (audit/months). audit_rest takes all that comes behind the last of them, so that no insert fails; a
-- default part would keep pages from being read part by part, in their order.
DO $$
DECLARE
  made text[];
  part text;
  bound text COLLATE "C";
BEGIN
  SELECT 'aud_' || string_agg(substr('0123456789abcdefghijklmnopqrstuvwxyz', CAST(t.ms / CAST(power(36, k) AS bigint) % 36 AS integer) + 1, 1), '' ORDER BY k DESC)
    INTO bound
    FROM (SELECT CAST(extract(epoch FROM date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') * 1000 AS bigint) AS ms) t, generate_series(0, 8) AS k;
  SELECT greatest(bound, max(id) || '~') INTO bound FROM audit; -- the clock may have been ahead
  SELECT array_agg(pg_get_indexdef(indexrelid)) INTO made FROM pg_index WHERE indrelid = CAST('audit' AS regclass) AND NOT indisprimary;
  FOR part IN SELECT CAST(CAST(indexrelid AS regclass) AS text) FROM pg_index WHERE indrelid = CAST('audit' AS regclass) LOOP
    EXECUTE format('ALTER INDEX %s RENAME TO %I', part, replace(part, 'audit', 'audit_start'));
  END LOOP;
  ALTER TABLE audit RENAME TO audit_start;
  CREATE TABLE audit (LIKE audit_start INCLUDING DEFAULTS) PARTITION BY RANGE (id);
  ALTER TABLE audit ADD PRIMARY KEY (id);
  FOREACH part IN ARRAY made LOOP
    EXECUTE part;
  END LOOP;
  EXECUTE format('ALTER TABLE audit ATTACH PARTITION audit_start FOR VALUES FROM (MINVALUE) TO (%L)', bound);
  EXECUTE format('CREATE TABLE audit_rest PARTITION OF audit FOR VALUES FROM (%L) TO (MAXVALUE)', bound);
END $$;
