// SPDX-License-Identifier: Apache-2.0
// The PostgreSQL driver. Several connections write; a transaction that judges by what it reads takes its turn by an
// advisory lock, so that such ones are one after the other as in SQLite, over all programs on the database: none of them
// has to be done again because of another. Values go in binary, with their types said; what comes back is text.
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/mem.h"
#include "base/plain.h"
#include "store/postgres_link.h"

enum {
  PG_WRITERS = 3,
  PG_AGAIN_MOST = 3,
  PG_SCRIPT_MOST = 1 << 20,
  PG_ALONE_LOOKS = 20,
  PG_ALONE_POLL_MS = 50
};
enum {
  PG_BOOL = 16,
  PG_INT8 = 20,
  PG_INT2 = 21,
  PG_INT4 = 23,
  PG_TEXT = 25,
  PG_NUMERIC = 1700
}; // pg_type.dat

struct pg_cached {
  char *sql; // our copy
  Oid *types;
  size_t count;
  uint64_t used; // the connection's clock when last used
};

struct pg {
  struct postgres_link *link;
  struct pg_cached cache[STORE_STATEMENTS_MOST]; // the place is the statement's name
  size_t cached;
  uint64_t clock;
  unsigned serial; // of the link when they were prepared
  unsigned patience_ms;
  bool inside, broken; // a transaction; its connection was lost
  bool listens;        // on the connection that there is
};

static size_t pg_writers(struct str place) {
  (void)place;
  return PG_WRITERS;
}

static size_t pg_readers(struct str place) {
  (void)place;
  return STORE_POOL_MOST;
}

static void pg_clear(struct pg_cached *p) {
  mem_free(p->sql);
  mem_free(p->types);
}

static void pg_forget(struct pg *c) {
  for (size_t i = 0; i < c->cached; i++) pg_clear(&c->cache[i]);
  c->cached = 0;
}

static void pg_disconnect(void *connection) {
  struct pg *c = connection;
  pg_forget(c);
  postgres_link_free(c->link);
  mem_free(c);
}

// Within a transaction there is no other connection to go on with.
static bool pg_ready(struct pg *c, struct err *err) {
  if (c->broken || (c->inside && !c->link->pg)) {
    c->broken = true;
    err_set(err, ERR_UNAVAILABLE, "the connection to the database was lost; nothing was changed");
    err_hint(err, "try again");
    return false;
  }
  if (!c->inside && !postgres_link_ready(c->link, err)) return false;
  if (c->serial != c->link->serial) pg_forget(c);
  c->serial = c->link->serial;
  return true;
}

// The first one at once, so that a start says what is wrong; the others when they are needed.
static bool pg_connect(struct str place, enum store_mode mode, void **out, struct err *err) {
  struct pg *c = MEM_NEW(struct pg);
  c->patience_ms = POSTGRES_STATEMENT_MS; // at the start another one may be at its migrations
  if (!postgres_link_new(place, mode, &c->link, err)) {
    mem_free(c);
    return false;
  }
  if ((mode == STORE_WRITER || mode == STORE_SHARED) && !pg_ready(c, err)) {
    pg_disconnect(c);
    return false;
  }
  *out = c;
  return true;
}

// ---- one statement

static bool pg_answer(struct pg *c, ExecStatusType wanted, PGresult **out, struct err *err) {
  if (!postgres_link_answer(c->link, out, err)) return false;
  ExecStatusType status = PQresultStatus(*out);
  if (status == wanted || (wanted == PGRES_TUPLES_OK && status == PGRES_COMMAND_OK)) return true;
  postgres_fail(*out, err);
  PQclear(*out);
  *out = NULL;
  return false;
}

static bool pg_unsent(struct pg *c, struct err *err) {
  err_set(err, ERR_UNAVAILABLE, "the connection to the database was lost");
  err_hint(err, "it is made again by itself");
  postgres_link_drop(c->link);
  return false;
}

static Oid pg_type(const struct store_value *v) {
  return v->type == STORE_IS_INT ? PG_INT8 : v->type == STORE_IS_TEXT ? PG_TEXT : 0;
}

// Does what was prepared take these? NULL goes with every type.
static bool pg_fits(const struct pg_cached *p, const struct store_statement *in) {
  if (strcmp(p->sql, in->sql) != 0 || p->count != in->count) return false;
  for (size_t i = 0; i < in->count; i++)
    if (pg_type(&in->values[i]) && pg_type(&in->values[i]) != p->types[i]) return false;
  return true;
}

static void pg_name(const struct pg *c, const struct pg_cached *p, char out[24]) {
  snprintf(out, 24, "s%zu", (size_t)(p - c->cache));
}

// A place for another statement; the longest unused makes room.
static bool pg_make_room(struct pg *c, struct pg_cached **out, struct err *err) {
  struct pg_cached *slot = &c->cache[0];
  if (c->cached < STORE_STATEMENTS_MOST) {
    *out = &c->cache[c->cached];
    return true;
  }
  for (size_t i = 0; i < c->cached; i++)
    if (c->cache[i].used < slot->used) slot = &c->cache[i];
  char name[24], sql[48];
  pg_name(c, slot, name);
  snprintf(sql, sizeof sql, "DEALLOCATE %s", name);
  *out = slot;
  return postgres_link_do(c->link, sql, NULL, err);
}

static bool pg_prepare(struct pg *c, const struct store_statement *in, char name[24], struct err *err) {
  for (size_t i = 0; i < c->cached; i++) {
    if (!pg_fits(&c->cache[i], in)) continue;
    c->cache[i].used = ++c->clock;
    pg_name(c, &c->cache[i], name);
    return true;
  }
  Oid types[STORE_VALUES_MOST];
  struct pg_cached *slot;
  if (!pg_make_room(c, &slot, err)) return false;
  pg_name(c, slot, name);
  for (size_t i = 0; i < in->count; i++) types[i] = pg_type(&in->values[i]);
  PGresult *r;
  bool room = slot == &c->cache[c->cached]; // else its statement is gone by now
  if (!PQsendPrepare(c->link->pg, name, in->sql, (int)in->count, types)) return pg_unsent(c, err);
  if (!pg_answer(c, PGRES_COMMAND_OK, &r, err)) {
    if (!room) slot->used = 0; // its name is free: nothing fits it, and it makes room the next time
    if (!room) *slot->sql = 0;
    return false;
  }
  PQclear(r);
  if (room)
    c->cached++;
  else
    pg_clear(slot);
  *slot = (struct pg_cached){.sql = mem_copy(in->sql, strlen(in->sql)),
                             .types = (Oid *)(void *)mem_copy(types, in->count * sizeof *types),
                             .count = in->count,
                             .used = ++c->clock};
  return true;
}

// A vendor's words cut within a character, a header in another charset: SQLite keeps such bytes, PostgreSQL refuses the
// row. NULL: it is sound as it is.
static char *pg_mend(struct str text) {
  uint32_t character;
  if (codec_is_utf8(text)) return NULL;
  char *out = mem_copy(text.p, text.n);
  for (size_t at = 0, n; at < text.n; at += n) {
    n = plain_next(str_from(text, at), &character);
    if (character == PLAIN_BROKEN) out[at] = '?';
  }
  return out;
}

static bool pg_send(struct pg *c, const char *name, const struct store_statement *in, struct err *err) {
  const char *values[STORE_VALUES_MOST];
  uint64_t numbers[STORE_VALUES_MOST]; // in network order
  char *mended[STORE_VALUES_MOST];
  int lengths[STORE_VALUES_MOST], formats[STORE_VALUES_MOST];
  for (size_t i = 0; i < in->count; i++) {
    const struct store_value *v = &in->values[i];
    struct str text = v->type == STORE_IS_TEXT ? v->text : STR_NONE;
    numbers[i] = htobe64((uint64_t)v->number);
    mended[i] = pg_mend(text);
    values[i] = v->type == STORE_NULL     ? NULL
                : v->type == STORE_IS_INT ? (const char *)&numbers[i]
                : mended[i]               ? mended[i]
                : text.p                  ? text.p
                                          : "";
    lengths[i] = v->type == STORE_IS_INT ? (int)sizeof *numbers : (int)text.n;
    formats[i] = 1;
  }
  int sent = PQsendQueryPrepared(c->link->pg, name, (int)in->count, values, lengths, formats, 0);
  for (size_t i = 0; i < in->count; i++) mem_free(mended[i]);
  return sent ? true : pg_unsent(c, err);
}

static struct store_value pg_cell(const PGresult *r, int row, int column, struct arena *a) {
  if (PQgetisnull(r, row, column)) return STORE_NONE;
  struct str text = {PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column)};
  int64_t number;
  switch (PQftype(r, column)) {
  case PG_BOOL:
    return STORE_INT(str_is(text, "t"));
  case PG_INT2:
  case PG_INT4:
  case PG_INT8:
  case PG_NUMERIC: // what sum() makes of BIGINT
    if (str_to_i64(text, &number)) return STORE_INT(number);
    break;
  default:
    break;
  }
  return STORE_TEXT(arena_dup(a, text));
}

static bool pg_read(const PGresult *r, struct arena *a, struct store_rows *out, struct err *err) {
  size_t rows = (size_t)PQntuples(r), columns = (size_t)PQnfields(r);
  if (rows > STORE_ROWS_MOST)
    return err_set(err, ERR_LIMIT, "the query gives more than %d rows", STORE_ROWS_MOST);
  *out = (struct store_rows){.count = rows, .columns = columns};
  if (!rows || !columns) return true;
  out->cells = ARENA_ARRAY(a, rows * columns, struct store_value);
  for (size_t i = 0; i < rows * columns; i++)
    out->cells[i] = pg_cell(r, (int)(i / columns), (int)(i % columns), a);
  return true;
}

static bool pg_run_once(struct pg *c, const struct store_statement *in, PGresult **out, struct err *err) {
  char name[24];
  if (in->count > STORE_VALUES_MOST)
    return err_set(err, ERR_INTERNAL, "a statement takes at most %d values", STORE_VALUES_MOST);
  if (!pg_ready(c, err) || !pg_prepare(c, in, name, err)) return false;
  return pg_send(c, name, in, err) && pg_answer(c, PGRES_TUPLES_OK, out, err);
}

// Whether it may be done again: by itself, and either it only reads, or the server has undone it.
static bool pg_may_repeat(const struct pg *c, bool stood, const struct err *err) {
  if (c->inside || err->code != ERR_UNAVAILABLE) return false;
  if (strstr(err->text, "got in each other's way")) return true;
  return stood && !c->link->pg && c->link->mode == STORE_READER;
}

static bool pg_run(void *connection, const struct store_statement *in, struct arena *a,
                   struct store_rows *rows, int64_t *changed, struct err *err) {
  struct pg *c = connection;
  PGresult *r = NULL;
  bool ok = false, again = true;
  for (int i = 0; !ok && again && i < PG_AGAIN_MOST; i++) {
    bool stood = c->link->pg != NULL;
    ok = pg_run_once(c, in, &r, err);
    again = !ok && pg_may_repeat(c, stood, err);
  }
  if (ok && rows) ok = pg_read(r, a, rows, err);
  if (ok && changed) *changed = strtoll(PQcmdTuples(r), NULL, 10);
  PQclear(r);
  return ok;
}

// ---- transactions

static bool pg_begin(void *connection, enum store_transaction how, struct err *err) {
  struct pg *c = connection;
  char sql[160];
  int n = snprintf(sql, sizeof sql, "BEGIN; SET LOCAL lock_timeout = %u", c->patience_ms);
  if (how == STORE_WHOLE)
    snprintf(sql + n, sizeof sql - (size_t)n, "; SELECT pg_advisory_xact_lock(" POSTGRES_TURN ")");
  c->broken = false;
  for (int i = 0; i < 2; i++) { // what has not begun is begun again
    if (!pg_ready(c, err)) return false;
    if (postgres_link_do(c->link, sql, NULL, err)) return c->inside = true;
    if (c->link->pg) break;
  }
  struct err ignored;
  if (c->link->pg && !postgres_link_do(c->link, "ROLLBACK", NULL, &ignored)) postgres_link_drop(c->link);
  return false;
}

static bool pg_commit(void *connection, struct err *err) {
  struct pg *c = connection;
  char tag[16] = "";
  if (!pg_ready(c, err)) return false;
  if (!postgres_link_do(c->link, "COMMIT", tag, err)) {
    if (c->link->pg) return false;
    c->broken = true;
    err_set(
        err, ERR_UNAVAILABLE,
        "the connection to the database was lost at the last moment; the change may have been made or not");
    err_hint(err, "look before trying again");
    return false;
  }
  c->inside = false;
  // After a statement that failed there is nothing left to commit, whatever the caller thought of it.
  return strcmp(tag, "COMMIT") == 0
             ? true
             : err_set(err, ERR_INTERNAL, "a transaction went on after one of its statements had failed");
}

static void pg_rollback(void *connection) {
  struct pg *c = connection;
  struct err ignored;
  if (c->inside && c->link->pg && !postgres_link_do(c->link, "ROLLBACK", NULL, &ignored))
    postgres_link_drop(c->link);
  c->inside = c->broken = false;
}

// ---- migrations

static bool pg_is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Past what begins at `at` and is no word: a text in quotes, a comment, or one character.
static size_t pg_skip(struct str sql, size_t at) {
  char end = sql.p[at];
  bool comment = end == '-' && at + 1 < sql.n && sql.p[at + 1] == '-';
  if (comment) end = '\n';
  if (!comment && end != '\'' && end != '"') return at + 1;
  for (at++; at < sql.n && sql.p[at] != end;) at++;
  return at < sql.n ? at + 1 : at;
}

// A column's TEXT sorts and compares by its bytes, as in SQLite, whatever the database's own collation is.
static void pg_collate(struct str sql, struct buf *out) {
  for (size_t at = 0; at < sql.n;) {
    size_t from = at;
    if (!pg_is_word(sql.p[at])) {
      at = pg_skip(sql, at);
    } else {
      while (at < sql.n && pg_is_word(sql.p[at])) at++;
    }
    struct str piece = {sql.p + from, at - from};
    buf_add(out, piece);
    if (str_is(piece, "TEXT")) buf_add(out, STR(" COLLATE \"C\""));
  }
}

// Outside a transaction its statements are one, and take their turn: several programs may start at once.
static bool pg_script(void *connection, const char *sql, struct err *err) {
  struct pg *c = connection;
  struct buf text = BUF_MAX(PG_SCRIPT_MOST);
  if (!pg_ready(c, err)) return false;
  buf_add(&text, STR("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "));
  if (!c->inside) buf_add(&text, STR("SELECT pg_advisory_xact_lock(" POSTGRES_TURN "); "));
  pg_collate(str_of(sql), &text);
  buf_add_char(&text, 0);
  bool ok = !text.full || err_set(err, ERR_INTERNAL, "the script is too long");
  c->link->slow = true;
  ok = ok && postgres_link_do(c->link, text.p, NULL, err);
  c->link->slow = false;
  buf_free(&text);
  return ok;
}

static bool pg_heed(void *connection, size_t schema, struct err *err) {
  struct pg *c = connection;
  return postgres_link_heed(c->link, schema, err);
}

// Looks for a moment: whoever was at the step before lets go of its locks one by one.
static bool pg_alone(void *connection, bool *out, struct err *err) {
  struct pg *c = connection;
  char held[24] = "";
  if (!pg_ready(c, err)) return false;
  for (int looks = 0; *held != 't' && looks < PG_ALONE_LOOKS; looks++) {
    if (looks) usleep(PG_ALONE_POLL_MS * 1000);
    if (!postgres_link_ask(c->link, "SELECT pg_try_advisory_xact_lock(" POSTGRES_HEED ")", held, err))
      return false;
  }
  *out = *held == 't';
  return true;
}

static void pg_patience(void *connection, unsigned ms) {
  struct pg *c = connection;
  c->patience_ms = ms;
}

static void pg_hasten(void *connection, uint64_t until_us) {
  struct pg *c = connection;
  atomic_store(&c->link->until_us, until_us);
}

// Many of one transaction are one.
static bool pg_notify(void *connection, struct err *err) {
  struct pg *c = connection;
  return pg_ready(c, err) && postgres_link_do(c->link, "NOTIFY " POSTGRES_CHANNEL, NULL, err);
}

static bool pg_listen(void *connection, uint64_t ms) {
  struct pg *c = connection;
  unsigned before = c->link->serial;
  struct err err;
  if (!postgres_link_ready(c->link, &err)) {
    postgres_link_idle(c->link, ms);
    return false;
  }
  if (c->link->serial != before || !c->listens) { // what came before, nobody has heard
    c->listens = postgres_link_do(c->link, "LISTEN " POSTGRES_CHANNEL, NULL, &err);
    return c->listens;
  }
  return postgres_link_heard(c->link, ms);
}

static bool pg_part_make(void *connection, const char *table, const struct store_part *part,
                         struct err *err) {
  struct pg *c = connection;
  return pg_ready(c, err) && postgres_part_make(c->link, table, part, err);
}

static bool pg_part_drop(void *connection, struct str name, struct err *err) {
  struct pg *c = connection;
  return pg_ready(c, err) && postgres_part_drop(c->link, name, err);
}

static void pg_settle(void *connection) { // its log is the server's: see docs/postgres.md
  (void)connection;
}

const struct store_driver store_postgres = {
    .kind = "postgres",
    .several = true,
    .catalog =
        "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), coalesce((SELECT array_position("
        "CAST(i.indkey AS INT2[]), a.attnum) + 1 FROM pg_index i WHERE i.indrelid = c.oid AND "
        "i.indisprimary), 0) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind IN "
        "('r', 'p') AND NOT c.relispartition AND c.relnamespace = CAST(current_schema() AS regnamespace) "
        "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.oid, a.attnum",
    .heed = pg_heed,
    .alone = pg_alone,
    .writers = pg_writers,
    .readers = pg_readers,
    .connect = pg_connect,
    .disconnect = pg_disconnect,
    .run = pg_run,
    .script = pg_script,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .patience = pg_patience,
    .hasten = pg_hasten,
    .notify = pg_notify,
    .listen = pg_listen,
    .parts = postgres_parts,
    .part_make = pg_part_make,
    .part_drop = pg_part_drop,
    .settle = pg_settle,
};
