-- SPDX-License-Identifier: Apache-2.0
-- Resources, resource templates and prompts of a vendor's MCP server that no client would take, as of the last sync: a
-- JSON array of {"kind", "name", "why"}. They are told of, and nothing is decided by them.

ALTER TABLE remote_server ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]';
