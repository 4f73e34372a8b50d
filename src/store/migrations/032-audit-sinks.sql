-- SPDX-License-Identifier: Apache-2.0
-- How far each run of a program has come with writing rows of the audit; all ids of a run end alike. By it the rows of
-- several programs are followed in the order in which each of them wrote, whatever their clocks say.
CREATE TABLE audit_run (
  run     TEXT NOT NULL PRIMARY KEY,
  last_id TEXT NOT NULL
);
-- How far each sink has been given those. The row of the run '' is the sink's own: when it was last looked after, and how
-- many rows went by their age before it had them.
CREATE TABLE audit_sink (
  sink    TEXT   NOT NULL,
  run     TEXT   NOT NULL,
  sent_id TEXT   NOT NULL,
  seen_at BIGINT NOT NULL,
  lost    BIGINT NOT NULL,
  PRIMARY KEY (sink, run)
);
