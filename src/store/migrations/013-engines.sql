-- SPDX-License-Identifier: Apache-2.0
-- Language models that write answer programs. The key is sealed for where it goes, and the whole row is stamped
-- (docs/decisions/018).

CREATE TABLE engine (
  id          TEXT   NOT NULL PRIMARY KEY,
  name        TEXT   NOT NULL UNIQUE,
  kind        TEXT   NOT NULL,             -- anthropic, openai, chat
  model       TEXT   NOT NULL,
  base_url    TEXT   NOT NULL,
  key         TEXT   NOT NULL,             -- sealed; empty: none
  key_header  TEXT   NOT NULL,             -- that the key goes in
  dialect     TEXT   NOT NULL,             -- vendor, compatible; empty: by the address
  effort      TEXT   NOT NULL,             -- empty: the model's
  tokens      BIGINT NOT NULL,             -- of one question
  output      BIGINT NOT NULL,             -- of one reply
  seconds     BIGINT NOT NULL,             -- of one question
  is_default  BIGINT NOT NULL,
  status      TEXT   NOT NULL,             -- ok, untested, failing
  status_text TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  tested_at   BIGINT NOT NULL,             -- 0: never
  version     BIGINT NOT NULL,
  stamp       TEXT   NOT NULL
);
