-- SPDX-License-Identifier: Apache-2.0
-- What nodes of this version would not know how to go on with.
-- nodes: stop

ALTER TABLE next_thing ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE server DROP COLUMN next_word;
