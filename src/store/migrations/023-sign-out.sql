-- SPDX-License-Identifier: Apache-2.0
-- By which identity provider a session began, and the ID token that its sign-out shows there, sealed.

ALTER TABLE console_session ADD COLUMN provider_id TEXT NOT NULL DEFAULT '';
ALTER TABLE console_session ADD COLUMN hint TEXT NOT NULL DEFAULT '';
