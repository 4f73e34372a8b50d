// SPDX-License-Identifier: Apache-2.0
// Tables in parts, by ranges of id without a gap: the last one, the rest, has no end. A part is cut off its beginning, in a
// moment in which nobody reads or writes the table.
#include <stdio.h>

#include "store/postgres_link.h"

const char postgres_parts[] =
    "SELECT name, below FROM (SELECT CAST(c.relname AS TEXT) AS name, substring(pg_get_expr(c.relpartbound, "
    "c.oid) FROM 'TO [(]''(.*)''[)]$') AS below FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid "
    "WHERE i.inhparent = CAST($1 AS regclass)) AS parts WHERE below IS NOT NULL ORDER BY below COLLATE \"C\"";

#define PART_MAKE                                                                                            \
  "ALTER TABLE %1$s DETACH PARTITION %1$s_rest; CREATE TABLE %2$s (LIKE %1$s INCLUDING ALL); "               \
  "WITH moved AS (DELETE FROM %1$s_rest WHERE id >= %3$s AND id < %4$s RETURNING *) "                        \
  "INSERT INTO %2$s SELECT * FROM moved; "                                                                   \
  "ALTER TABLE %1$s ATTACH PARTITION %2$s FOR VALUES FROM (%3$s) TO (%4$s); "                                \
  "ALTER TABLE %1$s ATTACH PARTITION %1$s_rest FOR VALUES FROM (%4$s) TO (MAXVALUE)"

static bool part_unquoted(struct err *err) {
  return err_set(err, ERR_INTERNAL, "a part's name or bound cannot be quoted");
}

bool postgres_part_make(struct postgres_link *l, const char *table, const struct store_part *part,
                        struct err *err) {
  char *name = PQescapeIdentifier(l->pg, part->name.p, part->name.n),
       *from = PQescapeLiteral(l->pg, part->from.p, part->from.n),
       *below = PQescapeLiteral(l->pg, part->below.p, part->below.n), sql[2048];
  bool quoted = name && from && below &&
                (size_t)snprintf(sql, sizeof sql, PART_MAKE, table, name, from, below) < sizeof sql;
  PQfreemem(name);
  PQfreemem(from);
  PQfreemem(below);
  return quoted ? postgres_link_do(l, sql, NULL, err) : part_unquoted(err);
}

bool postgres_part_drop(struct postgres_link *l, struct str name, struct err *err) {
  char *quoted = PQescapeIdentifier(l->pg, name.p, name.n), sql[256];
  bool ok = quoted && (size_t)snprintf(sql, sizeof sql, "DROP TABLE %s", quoted) < sizeof sql;
  PQfreemem(quoted);
  return ok ? postgres_link_do(l, sql, NULL, err) : part_unquoted(err);
}
