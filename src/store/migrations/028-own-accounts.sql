-- SPDX-License-Identifier: Apache-2.0
-- A person's own account: whose it is, and the account that it stands in for on servers that say so. Both are bound to its
-- credential. It goes with either.

ALTER TABLE account ADD COLUMN person TEXT REFERENCES console_user (id) ON DELETE CASCADE;  -- NULL: everybody's
ALTER TABLE account ADD COLUMN stands_for TEXT REFERENCES account (id) ON DELETE CASCADE;   -- with a person
CREATE UNIQUE INDEX account_by_person ON account (person, stands_for);
CREATE INDEX account_by_stands_for ON account (stands_for);
