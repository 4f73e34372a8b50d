-- SPDX-License-Identifier: Apache-2.0
-- Answer programs that are kept, and where they are published as tools. What a program says is sealed, and bound to
-- whose it is; a published row's seal vouches for what it gives (docs/decisions/018).

CREATE TABLE program (
  id         TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL UNIQUE,
  owner      TEXT   NOT NULL,              -- id of the API token that made it
  visibility TEXT   NOT NULL CHECK (visibility IN ('private', 'shared')),
  bytes      BIGINT NOT NULL,              -- of the document, before it was sealed
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  document   TEXT   NOT NULL               -- sealed, place "2/program/<id>/document"
);
-- What is read at each change: which are others now, and how much there is.
CREATE INDEX program_heads ON program (id, version, bytes);

CREATE TABLE program_tool (
  server_id    TEXT   NOT NULL REFERENCES server (id) ON DELETE CASCADE,
  name         TEXT   NOT NULL,
  program_id   TEXT   NOT NULL REFERENCES program (id) ON DELETE CASCADE,
  published_by TEXT   NOT NULL,
  published_at BIGINT NOT NULL,
  description  TEXT   NOT NULL,            -- sealed, place "2/program_tool/<server>/<name>/description"
  PRIMARY KEY (server_id, name)
);
CREATE INDEX program_tool_by_program ON program_tool (program_id);
