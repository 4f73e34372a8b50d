// SPDX-License-Identifier: Apache-2.0
#include "store/postgres_link.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { LINK_HOLD_MS = 2000, LINK_HOLD_POLL_MS = 50, LINK_LOOKS = 4, LINK_SERVER_LEAST = 120000 };
#define LINK_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

struct postgres_place {
  struct postgres_place *next;
  char url[POSTGRES_URL_MOST]; // may hold a password
  size_t links;
  atomic_bool known;    // it was there once
  atomic_size_t schema; // that its connections work on; 0: none yet
  pthread_mutex_t lock; // for what follows
  uint64_t again_us;    // no try before
  unsigned backoff_ms;  // until the next one but one; 0: the server is there
  struct err why;       // the last try failed
};

// ---- places

static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER;
static struct postgres_place *places;

static struct postgres_place *place_join(const char *url) {
  pthread_mutex_lock(&places_lock);
  struct postgres_place *p = places;
  while (p && strcmp(p->url, url) != 0) p = p->next;
  if (!p) {
    p = MEM_NEW(struct postgres_place);
    snprintf(p->url, sizeof p->url, "%s", url);
    pthread_mutex_init(&p->lock, NULL);
    p->next = places;
    places = p;
  }
  p->links++;
  pthread_mutex_unlock(&places_lock);
  return p;
}

static void place_leave(struct postgres_place *p) {
  pthread_mutex_lock(&places_lock);
  if (--p->links == 0) {
    struct postgres_place **at = &places;
    while (*at != p) at = &(*at)->next;
    *at = p->next;
    pthread_mutex_destroy(&p->lock);
    explicit_bzero(p->url, sizeof p->url);
    mem_free(p);
  }
  pthread_mutex_unlock(&places_lock);
}

// May it be tried now? If not, why it failed the last time. Whoever may try is alone in it for the time being.
static bool place_may_try(struct postgres_place *p, struct err *err) {
  uint64_t now = clock_mono_us();
  pthread_mutex_lock(&p->lock);
  bool may = !p->backoff_ms || now >= p->again_us;
  if (may && p->backoff_ms) p->again_us = now + POSTGRES_CONNECT_MS * 1000ull;
  if (!may) *err = p->why;
  pthread_mutex_unlock(&p->lock);
  return may;
}

static void place_told(struct postgres_place *p, bool ok, const struct err *why) {
  uint16_t chance = 0;
  (void)!getrandom(&chance, sizeof chance, 0); // nodes that lost it together do not come back together
  pthread_mutex_lock(&p->lock);
  if (ok) {
    if (p->backoff_ms) log_info("the database is there again");
    p->backoff_ms = 0;
    p->known = true;
  } else {
    if (!p->backoff_ms && p->known) log_warn("the database is away: %s", why->text);
    unsigned wait_ms = p->backoff_ms ? p->backoff_ms : POSTGRES_BACKOFF_LEAST_MS;
    p->why = *why;
    p->again_us = clock_mono_us() + (wait_ms / 2 + wait_ms * (uint64_t)chance / 65536) * 1000;
    p->backoff_ms = wait_ms * 2 > POSTGRES_BACKOFF_MOST_MS ? POSTGRES_BACKOFF_MOST_MS : wait_ms * 2;
  }
  pthread_mutex_unlock(&p->lock);
}

// ---- waiting

static uint64_t link_deadline(const struct postgres_link *l, unsigned ms) {
  uint64_t until = clock_mono_us() + ms * 1000ull, haste = atomic_load(&l->until_us);
  // What is being written is finished, if that does not take long.
  if (l->mode != STORE_READER && haste != UINT64_MAX) haste += POSTGRES_GRACE_MS * 1000ull;
  return until < haste ? until : haste;
}

static unsigned link_most(const struct postgres_link *l) {
  return l->slow ? POSTGRES_SLOW_MS : POSTGRES_STATEMENT_MS + POSTGRES_GRACE_MS;
}

static bool link_lost(struct postgres_link *l, const char *why, struct err *err) {
  postgres_link_drop(l);
  err_set(err, ERR_UNAVAILABLE, "the connection to the database was lost (%s)", why);
  err_hint(err, "it is made again by itself");
  return false;
}

static bool link_over(const struct postgres_link *l, uint64_t deadline) {
  uint64_t haste = link_deadline(l, link_most(l)); // it may have come meanwhile
  return clock_mono_us() >= (deadline < haste ? deadline : haste);
}

// Waits for the socket, in slices. False: time is over.
static bool link_wait(struct postgres_link *l, short events, uint64_t deadline, short *got) {
  struct pollfd p = {.fd = PQsocket(l->pg), .events = events};
  while (!link_over(l, deadline)) {
    if (poll(&p, 1, POSTGRES_POLL_MS) <= 0) continue;
    *got = p.revents;
    return true;
  }
  return false;
}

static bool link_consume(struct postgres_link *l, size_t *bytes, struct err *err) {
  int there = 0;
  if (ioctl(PQsocket(l->pg), FIONREAD, &there) == 0 && there > 0) *bytes += (size_t)there;
  if (*bytes > POSTGRES_ANSWER_MOST) {
    postgres_link_drop(l);
    return err_set(err, ERR_LIMIT, "the database gives more than %d MiB at once", POSTGRES_ANSWER_MOST >> 20);
  }
  return PQconsumeInput(l->pg) ? true : link_lost(l, "it was closed", err);
}

// Until a result is whole, while what was sent goes out.
static bool link_pump(struct postgres_link *l, uint64_t deadline, struct err *err) {
  size_t bytes = 0;
  int left = PQflush(l->pg);
  while (left > 0 || PQisBusy(l->pg)) {
    short got = 0;
    if (left < 0) return link_lost(l, "it was closed", err);
    if (!link_wait(l, (short)(left > 0 ? POLLIN | POLLOUT : POLLIN), deadline, &got))
      return link_lost(l, "no answer in time", err);
    if ((got & ~POLLOUT) && !link_consume(l, &bytes, err)) return false;
    if (left > 0) left = PQflush(l->pg);
  }
  return true;
}

bool postgres_link_answer(struct postgres_link *l, PGresult **out, struct err *err) {
  uint64_t deadline = link_deadline(l, link_most(l));
  *out = NULL;
  for (;;) {
    if (!link_pump(l, deadline, err)) break;
    PGresult *r = PQgetResult(l->pg);
    if (!r) {
      if (*out) return true;
      link_lost(l, "no answer", err);
      return false;
    }
    ExecStatusType status = PQresultStatus(r);
    if (!*out || status == PGRES_FATAL_ERROR) {
      PQclear(*out);
      *out = r;
    } else {
      PQclear(r);
    }
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      link_lost(l, "an answer that was not asked for", err); // it would never end
      break;
    }
    if (PQstatus(l->pg) == CONNECTION_BAD) {
      const char *message = PQresultErrorField(*out, PG_DIAG_MESSAGE_PRIMARY);
      link_lost(l, message ? message : "it was closed", err);
      break;
    }
  }
  PQclear(*out);
  *out = NULL;
  return false;
}

bool postgres_link_do(struct postgres_link *l, const char *sql, char tag[16], struct err *err) {
  if (!PQsendQuery(l->pg, sql)) return link_lost(l, "it cannot be sent", err);
  uint64_t deadline = link_deadline(l, link_most(l));
  bool ok = true;
  for (;;) {
    if (!link_pump(l, deadline, err)) return false;
    PGresult *r = PQgetResult(l->pg);
    if (!r) return ok;
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && ok) ok = postgres_fail(r, err);
    if (tag) snprintf(tag, 16, "%s", PQcmdStatus(r));
    PQclear(r);
    if (PQstatus(l->pg) != CONNECTION_BAD) continue;
    struct err lost;
    link_lost(l, "it was closed", ok ? err : &lost);
    return false;
  }
}

// ---- connecting

static bool link_says(PQconninfoOption *given, const char *keyword) {
  for (PQconninfoOption *o = given; o->keyword; o++)
    if (strcmp(o->keyword, keyword) == 0) return o->val && *o->val;
  return false;
}

static const char *link_host(PQconninfoOption *given) {
  for (PQconninfoOption *o = given; o->keyword; o++)
    if ((strcmp(o->keyword, "host") == 0 || strcmp(o->keyword, "hostaddr") == 0) && o->val && *o->val)
      return o->val;
  const char *host = getenv("PGHOST");
  return host ? host : "";
}

static bool link_is_local(const char *host) {
  return !*host || *host == '/' || *host == '@' || strcmp(host, "localhost") == 0 ||
         strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

enum { LINK_WORDS = 80 };

struct link_words { // for PQconnectStartParams
  const char *keys[LINK_WORDS], *values[LINK_WORDS];
  size_t count;
};

static void link_word(struct link_words *w, const char *key, const char *value) {
  if (w->count + 1 >= LINK_WORDS) return;
  w->keys[w->count] = key;
  w->values[w->count++] = value;
}

// What the URL does not say, and what it may not say otherwise. Beyond this machine the server proves who it is, unless
// somebody said what else will do.
static void link_settle(PQconninfoOption *given, struct link_words *w) {
  static const struct {
    const char *key, *value;
  } usual[] = {
      {"keepalives_idle", "10"},     {"keepalives_interval", "5"}, {"keepalives_count", "3"},
      {"tcp_user_timeout", "15000"}, {"gssencmode", "disable"},
  };
  for (PQconninfoOption *o = given; o->keyword; o++)
    if (o->val && *o->val && strcmp(o->keyword, "client_encoding") != 0) link_word(w, o->keyword, o->val);
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
    if (!link_says(given, usual[i].key)) link_word(w, usual[i].key, usual[i].value);
  link_word(w, "client_encoding", "UTF8");
  link_word(w, "fallback_application_name", "postern");
  bool named = link_says(given, "service") || getenv("PGSERVICE");
  const char *host = link_host(given);
  if (strchr(host, ',') && !link_says(given, "target_session_attrs"))
    link_word(w, "target_session_attrs", "read-write");
  if (named || link_is_local(host) || link_says(given, "sslmode") || getenv("PGSSLMODE")) return;
  link_word(w, "sslmode", "verify-full");
  if (!link_says(given, "sslrootcert") && !getenv("PGSSLROOTCERT") && access(LINK_AUTHORITIES, R_OK) == 0)
    link_word(w, "sslrootcert", LINK_AUTHORITIES);
}

// libpq's own words quote what it could not read, which may be the password.
static bool link_parse(const char *url, PQconninfoOption **out, struct err *err) {
  char *said = NULL;
  *out = PQconninfoParse(url, &said);
  PQfreemem(said);
  if (*out) return true;
  err_set(err, ERR_INVALID, "the URL cannot be read");
  err_hint(err, "it is postgres://USER@HOST:PORT/DATABASE?sslmode=…; in a password, @ is %%40 and / is %%2F");
  return false;
}

static void link_forget_words(PQconninfoOption *given) {
  for (PQconninfoOption *o = given; o->keyword; o++)
    if (o->val) explicit_bzero(o->val, strlen(o->val));
  PQconninfoFree(given);
}

static bool link_start(struct postgres_link *l, struct err *err) {
  PQconninfoOption *given;
  if (!link_parse(l->place->url, &given, err)) return false;
  struct link_words w = {0};
  link_settle(given, &w);
  l->pg = PQconnectStartParams(w.keys, w.values, 0);
  link_forget_words(given);
  return l->pg ? true : err_set(err, ERR_UNAVAILABLE, "no memory for a connection");
}

// Of libpq's words the first line, without its end; they name host, port, user and database.
static bool link_refused(struct postgres_link *l, struct err *err) {
  struct str said = str_of(PQerrorMessage(l->pg)), line = STR("no reason given");
  while (said.n && str_cut(&said, '\n', &line) && !str_trim(line).n) {
  }
  const char *text = line.p;
  bool denied = str_contains(line, STR("authentication failed")) || str_contains(line, STR("pg_hba.conf")) ||
                str_contains(line, STR("no password supplied"));
  bool missing = str_contains(line, STR("\" does not exist"));
  enum err_code code = denied ? ERR_DENIED : missing ? ERR_INVALID : ERR_UNAVAILABLE;
  err_set(err, code, "the database cannot be reached: %.*s", (int)line.n, text);
  if (denied)
    err_hint(err, "check user and password of `store` (PGPASSFILE, passfile=), and the server's pg_hba.conf");
  else if (missing)
    err_hint(err, "make it: CREATE ROLE …; CREATE DATABASE … OWNER …");
  else if (str_contains(line, STR("ertificate")) || str_contains(line, STR("SSL")))
    err_hint(err, "name the authority with sslrootcert=FILE, or another sslmode; docs/postgres.md");
  else
    err_hint(err, "check that it runs, and host and port of `store`; it is tried again by itself");
  return false;
}

static bool link_connect(struct postgres_link *l, struct err *err) {
  uint64_t deadline = link_deadline(l, POSTGRES_CONNECT_MS);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  short got;
  while (PQstatus(l->pg) != CONNECTION_BAD && next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED) {
    if (!link_wait(l, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline, &got))
      return err_set(err, ERR_UNAVAILABLE, "the database cannot be reached: no answer in time");
    next = PQconnectPoll(l->pg);
  }
  return next == PGRES_POLLING_OK ? true : link_refused(l, err);
}

static bool link_is_ours(struct postgres_link *l, struct err *err) {
  const char *encoding = PQparameterStatus(l->pg, "server_encoding");
  if (PQserverVersion(l->pg) < LINK_SERVER_LEAST)
    return err_set(err, ERR_INVALID, "the database is PostgreSQL %d; it takes 12 or later",
                   PQserverVersion(l->pg) / 10000);
  if (encoding && strcmp(encoding, "UTF8") == 0) return true;
  err_set(err, ERR_INVALID, "the database's encoding is %s; it takes UTF8", encoding ? encoding : "not said");
  err_hint(err, "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0");
  return false;
}

static bool link_set_up(struct postgres_link *l, struct err *err) {
  char sql[1024];
  snprintf(
      sql, sizeof sql,
      "SET statement_timeout = %d; SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d;"
      "SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on;"
      "SET jit = off; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
      "SET tcp_keepalives_count = 3; %s"
      // Weaker is an acknowledged row that a loss of power takes; stronger is the operator's choice.
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') "
      "= 'off'",
      POSTGRES_STATEMENT_MS, STORE_PATIENCE_SEVERAL_MS, POSTGRES_IDLE_MS,
      // A plan that is good for any value is a bad one for the audit, where one has a row and another millions.
      l->mode == STORE_READER
          ? "SET default_transaction_read_only = on; SET plan_cache_mode = force_custom_plan;"
          : "");
  return postgres_link_do(l, sql, NULL, err);
}

bool postgres_link_ask(struct postgres_link *l, const char *sql, char out[24], struct err *err) {
  PGresult *r;
  if (!PQsendQuery(l->pg, sql)) return link_lost(l, "it cannot be sent", err);
  if (!postgres_link_answer(l, &r, err)) return false;
  bool ok = PQresultStatus(r) == PGRES_TUPLES_OK;
  snprintf(out, 24, "%s", ok && PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
  if (!ok) postgres_fail(r, err);
  PQclear(r);
  return ok;
}

// Whoever changes the schema for later programs alone waits until no connection holds the lock, so what is read behind it
// stays so for as long as this one stands.
static bool link_heed(struct postgres_link *l, struct err *err) {
  size_t schema = atomic_load(&l->place->schema);
  char floor[24];
  if (!schema) return true;
  if (!postgres_link_ask(l, "SELECT pg_advisory_lock_shared(" POSTGRES_HEED ")", floor, err) ||
      !postgres_link_ask(l, "SELECT value FROM meta WHERE key = 'floor'", floor, err))
    return false;
  if (strtoull(floor, NULL, 10) <= schema) return true;
  err_why(err, ERR_CONFLICT, WHY_OUTDATED,
          "a newer Postern has changed the database, which this one (schema %zu) does not know any more",
          schema);
  err_hint(err, "stop this one and start that version");
  return false;
}

bool postgres_link_heed(struct postgres_link *l, size_t schema, struct err *err) {
  atomic_store(&l->place->schema, schema);
  return postgres_link_ready(l, err) && link_heed(l, err);
}

// Nodes hold it together, whoever must be alone (STORE_WRITER) holds it alone. The server lets go of the lock when its
// connection ends, however that happens.
static bool link_hold(struct postgres_link *l, struct err *err) {
  const char *sql = l->mode == STORE_SHARED ? "SELECT pg_try_advisory_lock_shared(" POSTGRES_HOLD ")"
                                            : "SELECT pg_try_advisory_lock(" POSTGRES_HOLD ")";
  for (unsigned waited = 0;; waited += LINK_HOLD_POLL_MS) {
    char held[24];
    if (!postgres_link_ask(l, sql, held, err)) return false;
    if (*held == 't') return true;
    if (waited >= LINK_HOLD_MS) break;
    usleep(LINK_HOLD_POLL_MS * 1000);
  }
  err_set(err, ERR_UNAVAILABLE, "another Postern uses this database");
  err_hint(err, "stop it, or give this one another database");
  return false;
}

// Notices ("relation already exists, skipping") are nobody's business. What the server says before it closes a connection
// on which nothing was asked comes as one, too.
static void link_notice(void *link, const PGresult *result) {
  struct postgres_link *l = link;
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state && (strncmp(state, "57P", 3) == 0 || strcmp(state, "25P03") == 0)) l->ended = true;
}

static bool link_open(struct postgres_link *l, struct err *err) {
  if (!link_start(l, err)) return false;
  l->ended = false;
  PQsetNoticeReceiver(l->pg, link_notice, l);
  bool ok = link_connect(l, err) && PQsetnonblocking(l->pg, 1) == 0 && link_is_ours(l, err) &&
            link_set_up(l, err) && link_heed(l, err);
  if (!ok) postgres_link_drop(l);
  l->serial++;
  return ok;
}

// A server that went away has said so: the end stands in the socket's buffer before anything is sent.
static bool link_stands(struct postgres_link *l) {
  if (!l->pg) return false;
  struct pollfd p = {.fd = PQsocket(l->pg), .events = POLLIN};
  for (int i = 0; i < LINK_LOOKS && poll(&p, 1, 0) > 0; i++)
    if (!PQconsumeInput(l->pg) || PQisBusy(l->pg) || l->ended) return false;
  return PQstatus(l->pg) == CONNECTION_OK;
}

bool postgres_link_ready(struct postgres_link *l, struct err *err) {
  if (link_stands(l)) return true;
  postgres_link_drop(l);
  if (!place_may_try(l->place, err)) return false;
  bool ok = link_open(l, err);
  if (!ok && l->place->known) err->code = ERR_UNAVAILABLE; // it was there: whatever it is, it may pass
  place_told(l->place, ok, err);
  if (!ok || l->mode == STORE_READER || l->mode == STORE_GUEST || link_hold(l, err)) return ok;
  postgres_link_drop(l);
  return false;
}

static bool link_take_notices(struct postgres_link *l) {
  bool any = false;
  for (PGnotify *n; (n = PQnotifies(l->pg)); any = true) PQfreemem(n);
  return any;
}

bool postgres_link_heard(struct postgres_link *l, uint64_t ms) {
  uint64_t until = clock_mono_us() + ms * 1000;
  short got;
  while (!link_take_notices(l)) {
    uint64_t haste = atomic_load(&l->until_us);
    if (!link_wait(l, POLLIN, until < haste ? until : haste, &got)) return false;
    if (PQconsumeInput(l->pg) && !l->ended) continue;
    postgres_link_drop(l);
    return false;
  }
  return true;
}

void postgres_link_idle(struct postgres_link *l, uint64_t ms) {
  uint64_t until = clock_mono_us() + ms * 1000;
  while (clock_mono_us() < until && clock_mono_us() < atomic_load(&l->until_us))
    usleep(POSTGRES_POLL_MS * 1000);
}

void postgres_link_drop(struct postgres_link *l) {
  PQfinish(l->pg);
  l->pg = NULL;
}

bool postgres_link_new(struct str place, enum store_mode mode, struct postgres_link **out, struct err *err) {
  char url[POSTGRES_URL_MOST];
  PQconninfoOption *given;
  if (place.n + sizeof "postgres:" > sizeof url || memchr(place.p, 0, place.n))
    return err_set(err, ERR_INVALID, "the URL is too long");
  snprintf(url, sizeof url, "postgres:%.*s", STR_ARG(place));
  bool ok = link_parse(url, &given, err);
  if (ok) {
    link_forget_words(given);
    struct postgres_link *l = MEM_NEW(struct postgres_link);
    l->mode = mode;
    atomic_init(&l->until_us, UINT64_MAX);
    l->place = place_join(url);
    *out = l;
  }
  explicit_bzero(url, sizeof url);
  return ok;
}

void postgres_link_free(struct postgres_link *l) {
  postgres_link_drop(l);
  place_leave(l->place);
  mem_free(l);
}
