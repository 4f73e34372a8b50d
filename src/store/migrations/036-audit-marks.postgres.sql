-- SPDX-License-Identifier: Apache-2.0
-- nodes: go on
-- In place of an index for each filter one of all values that a row has: of each its mark, which is a hash of the stretch of
-- time that the row is of (8.4 hours: the first eight characters of its id, and the half that the ninth is in), then a hash of
-- the filter and the value. So marks that are written now are side by side. audit/seek reads it, and has the same stretches
-- and numbers of filters. Parts that have rows keep the indexes that they have, by which they are found as before; those
-- behind them, and those to come, get the new one. Servers keep theirs: when each was last used is asked for by one look.
CREATE FUNCTION audit_marks(id text, actor text, client text, client_id text, sign_in text, address text, action text,
    server_id text, url text, account_id text, tool text, outcome text) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  stretch bigint := CAST(hashtext(left(id, 8) || translate(substr(id, 9, 1), '123456789abcdefghjklmnopqrstuvwxyz', '00000000000000000iiiiiiiiiiiiiiiii')) AS bigint) << 32;
BEGIN
  RETURN array_remove(ARRAY[
    CASE WHEN actor <> '' THEN stretch | (hashtextextended(actor, 0) & 4294967295) END,
    CASE WHEN client <> '' THEN stretch | (hashtextextended(client, 1) & 4294967295) END,
    CASE WHEN client_id <> '' THEN stretch | (hashtextextended(client_id, 2) & 4294967295) END,
    CASE WHEN sign_in <> '' THEN stretch | (hashtextextended(sign_in, 3) & 4294967295) END,
    CASE WHEN address <> '' THEN stretch | (hashtextextended(address, 4) & 4294967295) END,
    CASE WHEN action <> 'tools/call' THEN stretch | (hashtextextended(action, 5) & 4294967295) END,
    CASE WHEN server_id <> '' THEN stretch | (hashtextextended(server_id, 6) & 4294967295) END,
    CASE WHEN url <> '' THEN stretch | (hashtextextended(url, 7) & 4294967295) END,
    CASE WHEN account_id <> '' THEN stretch | (hashtextextended(account_id, 8) & 4294967295) END,
    CASE WHEN tool <> '' THEN stretch | (hashtextextended(tool, 9) & 4294967295) END,
    CASE WHEN outcome <> 'ok' THEN stretch | (hashtextextended(outcome, 10) & 4294967295) END], NULL);
END $$;
DO $$
DECLARE
  parts text[];
  bounds text[];
  filled boolean[] := '{}';
  has boolean;
  part text;
BEGIN
  LOCK TABLE audit IN ACCESS EXCLUSIVE MODE;
  SELECT array_agg(CAST(CAST(c.oid AS regclass) AS text)), array_agg(pg_get_expr(c.relpartbound, c.oid)) INTO parts, bounds
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = CAST('audit' AS regclass);
  FOREACH part IN ARRAY parts LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO has;
    filled := filled || has;
    EXECUTE format(CASE WHEN has THEN 'ALTER TABLE audit DETACH PARTITION %s' ELSE 'DROP TABLE %s' END, part);
  END LOOP;
  DROP INDEX audit_by_account, audit_by_url, audit_by_tool, audit_by_actor, audit_by_client, audit_by_client_id,
    audit_by_sign_in, audit_by_address, audit_by_outcome, audit_by_action;
  FOR i IN 1 .. cardinality(parts) LOOP
    CONTINUE WHEN NOT filled[i];
    EXECUTE format('ALTER TABLE audit ATTACH PARTITION %s %s', parts[i], bounds[i]);
  END LOOP;
  -- Rows wait in a list, which each look reads as well: some thousand are as cheap to write as more.
  CREATE INDEX audit_by_mark ON ONLY audit USING gin (audit_marks(id, actor, client, client_id, sign_in, address, action,
    server_id, url, account_id, tool, outcome)) WITH (fastupdate = on, gin_pending_list_limit = 256);
  FOR i IN 1 .. cardinality(parts) LOOP
    CONTINUE WHEN filled[i];
    EXECUTE format('CREATE TABLE %s PARTITION OF audit %s', parts[i], bounds[i]);
  END LOOP;
END $$;
