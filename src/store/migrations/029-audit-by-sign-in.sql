-- SPDX-License-Identifier: Apache-2.0
-- The audit is filtered by the client that a person let in, and by her sign-in. Other rows are in neither index.
CREATE INDEX audit_by_client_id ON audit (client_id, id) WHERE client_id <> '';
CREATE INDEX audit_by_sign_in ON audit (sign_in, id) WHERE sign_in <> '';
