// SPDX-License-Identifier: Apache-2.0
// A catalog that follows the changelog is what a catalog made of all rows would be, whatever changed in whichever order;
// and whoever reads meanwhile sees one or the other.
#include "../tool/library_fixture.h"

#include <pthread.h>

#include "account/account_row.h"
#include "catalog/catalog.h"
#include "catalog/display.h"
#include "catalog/sight.h"
#include "store/changelog.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

enum { ACCOUNTS = 6, SERVERS = 12, HOLDERS = 4, ROUNDS = 400, STEPS = 6, READERS = 3 };

static struct account_env accounts;
static struct catalog_env env;
static struct err err;
static uint64_t seed = 7;
static struct access_user holders[HOLDERS];
static int64_t versions[SERVERS]; // 0: it is not there
static bool there[ACCOUNTS];
static unsigned lives[ACCOUNTS]; // ids are never given again

static unsigned draw(unsigned below) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(seed >> 33) % below;
}

#define MUST(call)                                                                                           \
  do {                                                                                                       \
    if (!(call)) fail_msg("%s: %s", #call, err.text);                                                        \
  } while (0)

static int setup(void **state) {
  static const struct fetch_limits limits = {.total_ms = 1000};
  if (library_open(state) != 0) return -1;
  memset(versions, 0, sizeof versions);
  memset(there, 0, sizeof there);
  memset(holders, 0, sizeof holders);
  accounts = (struct account_env){.store = store, .limits = &limits};
  if (!seal_ring_from_text(STR(KEY), &accounts.ring, &err)) return -1;
  env = (struct catalog_env){.account = &accounts, .library = library};
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS LIBRARY_ZONE_RULES));
  library_import("other", LIBRARY_DOCUMENT(LIBRARY_ACCOUNT_RULES));
  return 0;
}

static int teardown(void **state) {
  catalog_close();
  seal_ring_free(accounts.ring);
  return library_close(state);
}

// ---- changes

static struct str text_of(const char *kind, unsigned i) {
  return arena_printf(arena, "%s_%02u", kind, i);
}

static struct str account_id(unsigned i) {
  return arena_printf(arena, "acc_%02u_%u", i, lives[i]);
}

static void change_account(void) {
  unsigned i = draw(ACCOUNTS);
  if (!there[i]) lives[i]++;
  struct str id = account_id(i);
  if (!there[i]) {
    fresh_store_account(id.p, id.p, i % 2 ? "acme" : "other");
    MUST(account_touch(store, id, &err));
    there[i] = true;
  } else if (draw(2)) {
    MUST(account_row_set_status(
        store, &(struct account_row_status){id, STR("failing"), text_of("why", draw(9))}, &err));
  } else {
    MUST(account_row_delete(store, id, &err));
    there[i] = false;
  }
}

static void fill_members(struct server *v) {
  unsigned first = draw(ACCOUNTS), many = 1 + draw(3);
  v->members = ARENA_ARRAY(arena, many, struct server_member);
  for (unsigned k = 0; k < ACCOUNTS && v->member_count < many; k++) {
    unsigned i = (first + k) % ACCOUNTS;
    if (there[i])
      v->members[v->member_count++] =
          (struct server_member){account_id(i), many > 1 ? text_of("a", i) : STR(""), SERVER_NAMES_OWN};
  }
  for (size_t i = 0; i < v->member_count && v->member_count == 1; i++) v->members[i].alias = STR("");
}

static void fill_urls(struct server *v, unsigned i) {
  v->urls.items = ARENA_ARRAY(arena, 3, struct server_url);
  for (unsigned k = draw(2); k < 1 + draw(3); k++) {
    struct server_url url = {.name = k ? text_of("url", k) : STR(URL_ROW_FIRST)};
    token_hash(arena_printf(arena, "%u/%u/%u", i, k, draw(3)), url.hash);
    v->urls.items[v->urls.count++] = url;
  }
}

static void change_server(void) {
  static const char *const configs[] = {"{}", "{\"methods\":[\"read\"]}", "{\"methods\":[\"list\"]}",
                                        "{\"paused\":true}", "{\"tools\":[\"list*\"],\"programs\":true}"};
  unsigned i = draw(SERVERS);
  struct server v = {.id = text_of("srv", i), .version = versions[i] + 1};
  if (versions[i] && !draw(3)) {
    if (server_row_delete(store, v.id, &err)) versions[i] = 0;
    versions[i] = 0; // its accounts may have taken it along
    return;
  }
  v.name = text_of("name", draw(20));
  v.config = str_of(configs[draw(sizeof configs / sizeof *configs)]);
  v.owner = draw(2) ? STR("") : holders[draw(HOLDERS)].self.id;
  v.expires_at = draw(8) ? 0 : 1;
  if (!draw(3))
    v.admission = (struct admission){.slug = arena_printf(arena, "s-%u", draw(4)), .roles = 2, .again = true};
  fill_members(&v);
  fill_urls(&v, i);
  if (!v.member_count) return;
  if (versions[i] ? server_row_update(store, &v, &err) : server_row_insert(store, &v, &err))
    versions[i] = v.version;
  else if (err.code == ERR_CONFLICT && versions[i])
    versions[i] = 0; // it has gone, or the slug is another's: the row goes as well
  else if (err.code != ERR_CONFLICT)
    fail_msg("%s", err.text);
  if (!versions[i]) (void)!server_row_delete(store, v.id, &err);
}

static void change_person(void) {
  unsigned i = draw(HOLDERS);
  struct access_user *u = &holders[i];
  if (!u->self.id.n) {
    MUST(user_create(store, text_of("person", i), draw(4) ? ACCESS_EDITOR : ACCESS_ADMIN, arena, u, &err));
  } else if (draw(3)) {
    u->self.role = draw(3) ? ACCESS_EDITOR : ACCESS_VIEWER;
    MUST(user_update(store, u, arena, &err));
  } else {
    MUST(user_delete(store, u->self.id, &err));
    MUST(permit_sweep(store, &err));
    *u = (struct access_user){0};
  }
}

static void change_permit(void) {
  const struct access_user *u = &holders[draw(HOLDERS)];
  unsigned i = draw(ACCOUNTS);
  if (!u->self.id.n || !there[i]) return;
  struct permit p = {u->self.id, account_id(i), STR("usr_root"), draw(2) ? PERMIT_READ : PERMIT_WRITE, 0};
  if (draw(3))
    MUST(permit_set(store, &p, &err));
  else if (!permit_remove(store, p.holder, p.account_id, &err) && err.code != ERR_MISSING)
    fail_msg("%s", err.text);
}

static void change_token(void) {
  struct access_token made, *all;
  char text[TOKEN_TEXT];
  size_t count;
  MUST(access_list(store, arena, &all, &count, &err));
  if (count > 5)
    MUST(access_revoke(store, all[draw((unsigned)count)].id, &err));
  else
    MUST(access_create(store,
                       &(struct access_token){.name = text_of("token", draw(9)), .role = ACCESS_CLIENT},
                       arena, &made, text, &err));
}

static void change_time(void) {
  struct store_rows gone;
  MUST(server_row_purge(store, 2, arena, &gone, &err));
  for (size_t i = 0; i < gone.count; i++)
    versions[atoi(arena_z(arena, str_from(store_cell(&gone, i, 0)->text, 4)))] = 0;
}

static void change_import(void) {
  library_import("other", draw(2) ? LIBRARY_DOCUMENT(LIBRARY_ACCOUNT_RULES)
                                  : LIBRARY_DOCUMENT(LIBRARY_ACCOUNT_RULES LIBRARY_THINGS));
}

static void change(void) {
  static void (*const kinds[])(void) = {change_server,  change_server,  change_server, change_server,
                                        change_account, change_account, change_permit, change_permit,
                                        change_person,  change_token,   change_time,   change_import};
  kinds[draw(sizeof kinds / sizeof *kinds)]();
}

// ---- what a catalog says, in words

static void tell_server(const struct catalog *c, const struct server *row, struct buf *out) {
  const struct catalog_server *v = catalog_server_by_id(c, row->id);
  buf_printf(out, "%.*s \"%.*s\" of '%.*s' %.*s to %lld slug '%.*s'", STR_ARG(row->id), STR_ARG(row->name),
             STR_ARG(row->owner), STR_ARG(row->config), (long long)row->expires_at,
             STR_ARG(row->admission.slug));
  for (size_t i = 0; i < row->member_count; i++)
    buf_printf(out, " %.*s=%.*s", STR_ARG(row->members[i].alias), STR_ARG(row->members[i].account_id));
  for (size_t i = 0; i < row->urls.count; i++) {
    const struct catalog_url *url = catalog_url_by_hash(c, row->urls.items[i].hash);
    buf_printf(out, " %.*s:%s", STR_ARG(row->urls.items[i].name),
               !url               ? "shut"
               : url->server == v ? "open"
                                  : "?");
  }
  if (row->admission.slug.n) {
    const struct catalog_server *by = catalog_server_by_slug(c, row->admission.slug, 0);
    buf_printf(out, " by slug '%.*s'", STR_ARG(by ? by->server.id : STR("")));
  }
  if (v) {
    buf_printf(out, " shows %llx, ends %lld, lost %zu, narrowed %zu:", (unsigned long long)display_version(v),
               (long long)v->ends_at, v->lost_count, v->narrowed_count);
    for (size_t i = 0; i < v->tool_count; i++) buf_printf(out, " %.*s", STR_ARG(v->tools[i].name));
  }
  buf_add_char(out, '\n');
}

static void tell_seen(const struct catalog *c, struct buf *out) {
  for (size_t i = 0; i < c->account_count; i++) {
    const struct account *a = c->accounts[i]->account;
    struct catalog_rows rows = catalog_rows(c, a->id, STR_NONE);
    buf_printf(out, "%.*s %.*s %lld %zu:", STR_ARG(a->id), STR_ARG(a->status_text), (long long)a->version,
               c->accounts[i]->tools->count);
    for (const struct server *row; (row = catalog_rows_next(&rows));)
      buf_printf(out, " %.*s", STR_ARG(row->id));
    buf_add_char(out, '\n');
  }
  struct catalog_rows rows = catalog_rows(c, STR_NONE, STR_NONE);
  for (const struct server *row; (row = catalog_rows_next(&rows));) tell_server(c, row, out);
  buf_printf(out, "%zu servers\n", catalog_server_count(c));
}

static struct str tell(struct catalog *c) {
  struct buf out = BUF_MAX(1 << 20);
  tell_seen(c, &out);
  for (size_t i = 0; i < c->token_count; i++)
    buf_printf(&out, "%.*s %.*s\n", STR_ARG(c->tokens[i].id), STR_ARG(c->tokens[i].name));
  for (size_t i = 0; i < c->permits.count; i++)
    buf_printf(&out, "%.*s %.*s %d\n", STR_ARG(c->permits.items[i].holder),
               STR_ARG(c->permits.items[i].account_id), (int)c->permits.items[i].access);
  for (size_t i = 0; i < c->user_count; i++) {
    buf_printf(&out, "%.*s sees\n", STR_ARG(c->users[i].self.id));
    tell_seen(sight_of(c, &c->users[i].self), &out);
  }
  struct str text = arena_dup(arena, buf_str(&out));
  buf_free(&out);
  return text;
}

static void fail_at(struct str followed, struct str read) {
  struct str a, b;
  while (str_cut(&followed, '\n', &a) && str_cut(&read, '\n', &b) && str_eq(a, b)) {
  }
  fail_msg("followed: %.*s\nread:     %.*s", STR_ARG(a), STR_ARG(b));
}

static void what_is_followed_is_what_is_there(void **state) {
  (void)state;
  MUST(catalog_rebuild(&env, &err));
  for (int i = 0; i < ROUNDS; i++) {
    for (unsigned k = 1 + draw(STEPS); k; k--) change();
    MUST(catalog_rebuild(&env, &err));
    struct catalog *c = catalog_acquire();
    struct str followed = tell(c);
    catalog_release(c);
    if (draw(4)) continue; // and on from here
    catalog_close();
    MUST(catalog_reload(&env, &err));
    c = catalog_acquire();
    struct str read = tell(c);
    catalog_release(c);
    if (!str_eq(followed, read)) fail_at(followed, read);
  }
}

static void who_is_too_far_behind_reads_all(void **state) {
  (void)state;
  MUST(catalog_rebuild(&env, &err));
  there[0] = true;
  fresh_store_account("acc_00", "acc_00", "other");
  MUST(account_touch(store, STR("acc_00"), &err));
  fresh_store_account("acc_01", "acc_01", "acme"); // nobody says so
  fresh_store_sql("DELETE FROM change_log");
  MUST(catalog_rebuild(&env, &err));
  struct catalog *c = catalog_acquire();
  assert_int_equal(c->account_count, 2);
  MUST(catalog_rebuild(&env, &err)); // nothing new: the same one
  struct catalog *again = catalog_acquire();
  assert_ptr_equal(again, c);
  catalog_release(again);
  catalog_release(c);
}

// ---- beside readers

static atomic_bool done;

static void *reads(void *arg) {
  size_t *opened = arg;
  while (!atomic_load(&done)) {
    struct catalog *c = catalog_acquire();
    struct catalog_rows rows = catalog_rows(c, STR_NONE, STR_NONE);
    for (const struct server *row; (row = catalog_rows_next(&rows));) {
      const struct catalog_server *v = catalog_server_by_id(c, row->id);
      for (size_t i = 0; i < row->urls.count; i++)
        *opened += catalog_url_by_hash(c, row->urls.items[i].hash) != NULL;
      if (v) *opened += display_version(v) != 0;
      for (size_t i = 0; v && i < v->tool_count; i++) *opened += v->tools[i].account->tools->count;
    }
    for (size_t i = 0; i < c->user_count; i++) *opened += sight_of(c, &c->users[i].self)->account_count;
    catalog_release(c);
  }
  return NULL;
}

static void who_reads_meanwhile_sees_one_whole(void **state) {
  (void)state;
  pthread_t threads[READERS];
  size_t opened[READERS] = {0};
  MUST(catalog_rebuild(&env, &err));
  for (int i = 0; i < READERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, reads, &opened[i]), 0);
  for (int i = 0; i < ROUNDS / 2; i++) {
    change();
    MUST(catalog_rebuild(&env, &err));
    catalog_tidy();
  }
  atomic_store(&done, true);
  for (int i = 0; i < READERS; i++) pthread_join(threads[i], NULL);
  catalog_close();
  assert_int_equal(display_bytes(), 0);
}

// ---- lines that are of no catalog

static struct buf heard = BUF_MAX(1000);

static void hear(void *arg, const struct changelog_line *line, bool all) {
  (void)arg;
  if (all)
    buf_add_z(&heard, "all ");
  else
    buf_printf(&heard, "%d/%.*s ", (int)line->kind, STR_ARG(line->id));
}

static bool note_body(struct store *s, void *arg, struct err *why) {
  (void)arg;
  return changelog_note(s, CHANGELOG_ENGINE, STR("e1"), why) &&
         changelog_note(s, CHANGELOG_NEWS, STR("x/y"), why) &&
         changelog_note(s, CHANGELOG_ENGINE, STR("e1"), why);
}

static void others_hear_of_what_is_no_catalogs(void **state) {
  (void)state;
  MUST(catalog_reload(&env, &err));
  catalog_on_line(hear, NULL);
  struct catalog *before = catalog_acquire();
  MUST(store_transact(store, note_body, NULL, &err));
  MUST(catalog_rebuild(&env, &err));
  struct catalog *after = catalog_acquire();
  assert_ptr_equal(before, after); // nothing of it is another
  char wanted[80];
  snprintf(wanted, sizeof wanted, "%d/x/y %d/e1 ", CHANGELOG_NEWS,
           CHANGELOG_ENGINE); // what is said twice, once
  check_text(buf_str(&heard), wanted);
  MUST(catalog_rebuild(&env, &err)); // it has been told
  check_text(buf_str(&heard), wanted);
  heard.n = 0;
  MUST(store_run(
      store, "INSERT INTO change_log (number, kind, id) SELECT last + 1, 'unheard of', '' FROM change_head",
      NULL, 0, NULL, &err));
  MUST(store_run(store, "UPDATE change_head SET last = last + 1", NULL, 0, NULL, &err));
  MUST(catalog_rebuild(&env, &err));
  check_text(buf_str(&heard), "all ");
  catalog_on_line(NULL, NULL);
  catalog_release(before);
  catalog_release(after);
  buf_free(&heard);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(what_is_followed_is_what_is_there), TEST(who_is_too_far_behind_reads_all),
      TEST(who_reads_meanwhile_sees_one_whole), TEST(others_hear_of_what_is_no_catalogs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
