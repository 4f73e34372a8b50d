-- SPDX-License-Identifier: Apache-2.0
-- How many writes were made today, by whom they are counted for: a server, who uses it, a person. Counts alone: who can
-- write here can make others call less, or more than they should, and nothing else.

CREATE TABLE limit_day (
  subject TEXT   NOT NULL PRIMARY KEY,
  day     BIGINT NOT NULL,                 -- when it began, in the zone of the settings
  used    BIGINT NOT NULL
);
CREATE INDEX limit_day_by_day ON limit_day (day);
