-- SPDX-License-Identifier: Apache-2.0
-- Who may sign in to a server from an AI client, and at which address: /mcp/<slug>.

-- Groups of a person, each behind a line feed; '': none. Part of the stamp, behind the role.
ALTER TABLE console_user ADD COLUMN group_names TEXT NOT NULL DEFAULT '';

-- {"slug","roles","groups","people"} of a server; '': nobody signs in. Part of its stamp, behind the owner.
ALTER TABLE server ADD COLUMN admission TEXT NOT NULL DEFAULT '';

-- Which server has, or had, a slug. A row gives nothing; it stays when its server goes, so that nobody's client comes to
-- another server unawares.
CREATE TABLE server_slug (
  slug      TEXT NOT NULL PRIMARY KEY,
  server_id TEXT NOT NULL
);

-- Of a call by a sign-in: which client the person had let in, and by which sign-in it came.
ALTER TABLE audit ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN sign_in TEXT NOT NULL DEFAULT '';
