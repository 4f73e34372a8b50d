-- SPDX-License-Identifier: Apache-2.0
-- Rows that give power carry a stamp: what only who has the key can have written (docs/decisions/018). Places
-- "2/<kind>/<id>/stamp" and what the stamp vouches for; the first start stamps the rows that are there.

ALTER TABLE api_token ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE server ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE server_account ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE remote_tool ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE connector ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE toolset ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
