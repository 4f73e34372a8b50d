-- SPDX-License-Identifier: Apache-2.0
-- What one person may call over all servers, in place of the settings person_…; NULL: the setting's. Part of the row's stamp.

ALTER TABLE console_user ADD COLUMN calls_per_minute BIGINT;
ALTER TABLE console_user ADD COLUMN writes_per_day BIGINT;
