-- SPDX-License-Identifier: Apache-2.0
-- When a server was last used stands in the audit, and is asked for with every list of servers.
CREATE INDEX audit_by_server ON audit (server_id, at);
