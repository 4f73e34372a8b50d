// SPDX-License-Identifier: Apache-2.0
// Many administrators at once, and some that hang up: nothing is lost, doubled, or kept but not served.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin_fixture.h"

enum { CLIENTS = 8, ROUNDS = 10, TEXT_MOST = 8192 };

static char account[TOKEN_ID];

// The status of a request as the first admin; usable from any thread. `out` is the whole answer.
static int plain(const char *method, const char *target, const char *body, char out[TEXT_MOST]) {
  char request[TEXT_MOST];
  int n = snprintf(request, sizeof request,
                   "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   method, target, world->token, strlen(body), body);
  ask(world->http, str_make(request, (size_t)n), out, TEXT_MOST);
  return status_of(out);
}

struct client {
  pthread_t thread;
  int index, statuses[ROUNDS];
  void (*work)(struct client *c);
};

static void *client_run(void *arg) {
  struct client *c = arg;
  c->work(c);
  return NULL;
}

static void run_together(struct client clients[CLIENTS], void (*work)(struct client *c)) {
  for (int i = 0; i < CLIENTS; i++) {
    clients[i] = (struct client){.index = i, .work = work};
    assert_int_equal(pthread_create(&clients[i].thread, NULL, client_run, &clients[i]), 0);
  }
  for (int i = 0; i < CLIENTS; i++) pthread_join(clients[i].thread, NULL);
}

static size_t count_status(const struct client clients[CLIENTS], int round, int status) {
  size_t count = 0;
  for (int i = 0; i < CLIENTS; i++) count += clients[i].statuses[round] == status;
  return count;
}

static void create_same(struct client *c) {
  char body[512], out[TEXT_MOST];
  snprintf(body, sizeof body,
           "{\"connector\":\"acme\",\"name\":\"same\",\"credential\":{\"token\":\"" GOOD
           "\"},\"base_url\":\"%s\"}",
           world->base_url);
  c->statuses[0] = plain("POST", "/integrated-account", body, out);
}

static void test_one_name_one_account(void **state) {
  (void)state;
  expect_done(call("POST", "/connector",
                   TEXT("{\"definition\":\"%s\",\"document\":%s}", vendor_definition, vendor_document)),
              201);
  struct client clients[CLIENTS];
  run_together(clients, create_same);
  assert_int_equal(count_status(clients, 0, 201), 1);
  assert_int_equal(count_status(clients, 0, 409), CLIENTS - 1);
  struct answer a = call("GET", "/integrated-account/same", NULL);
  snprintf(account, sizeof account, "%s", take(&a, "id"));
}

static char server[TOKEN_ID];

// Even clients change the name, odd ones the filter: neither may undo the other.
static void patch_one_member(struct client *c) {
  char target[128], body[128], out[TEXT_MOST];
  snprintf(target, sizeof target, "/mcp-server/%s", server);
  for (int i = 0; i < ROUNDS; i++) {
    if (c->index % 2)
      snprintf(body, sizeof body, "{\"config\":{\"methods\":[\"%s\"]}}", i + 1 < ROUNDS ? "list" : "delete");
    else
      snprintf(body, sizeof body, "{\"name\":\"%s\"}", i + 1 < ROUNDS ? "changing" : "final");
    c->statuses[i] = plain("PATCH", target, body, out);
  }
}

static void test_changes_at_once_all_last(void **state) {
  (void)state;
  struct answer a = call("POST", TEXT("/integrated-account/%s/mcp", account), "{\"name\":\"first\"}");
  expect(&a, 201);
  snprintf(server, sizeof server, "%s", take(&a, "id"));
  struct client clients[CLIENTS];
  run_together(clients, patch_one_member);
  for (int i = 0; i < ROUNDS; i++) assert_int_equal(count_status(clients, i, 200), CLIENTS);
  // The last round of each kind of client came after all of its own, but others may have been a round behind.
  patch_one_member(&clients[0]);
  patch_one_member(&clients[1]);
  a = call("GET", TEXT("/mcp-server/%s", server), NULL);
  assert_int_equal(json_int(a.body, "tool_count", 0), 1);
  assert_true(str_is(json_text(json_at(a.body, STR("/config/methods/0"))), "delete"));
  assert_string_equal(take(&a, "name"), "final");
}

static char tokens[CLIENTS][TOKEN_ID];

static void revoke_mine(struct client *c) {
  char target[128], out[TEXT_MOST];
  snprintf(target, sizeof target, "/api-token/%s", tokens[c->index]);
  c->statuses[0] = plain("DELETE", target, "", out);
}

// All admin tokens but the caller's are revoked at once, and that one too: one must be left.
static void test_the_last_admin_stays(void **state) {
  (void)state;
  struct answer a = call("GET", "/api-token", NULL);
  snprintf(tokens[0], TOKEN_ID, "%s", json_text(json_at(a.body, STR("/items/0/id"))).p);
  answer_free(&a);
  for (int i = 1; i < CLIENTS; i++) {
    a = call("POST", "/api-token", "{\"name\":\"x\",\"role\":\"admin\"}");
    expect(&a, 201);
    // The caller's own goes to the others as well: whoever comes last is refused, or no longer known.
    snprintf(tokens[i], TOKEN_ID, "%s", take(&a, "id"));
  }
  struct client clients[CLIENTS];
  run_together(clients, revoke_mine);
  size_t done = count_status(clients, 0, 204);
  assert_in_range(done, 1, CLIENTS - 1);
  assert_int_equal(done + count_status(clients, 0, 409) + count_status(clients, 0, 401), CLIENTS);
  struct arena *arena = arena_new();
  struct access_token *left;
  size_t count;
  MUST(access_list(world->store, arena, &left, &count, &err));
  assert_int_equal(count, CLIENTS - done);
  arena_free(arena);
  char text[TOKEN_TEXT]; // the test needs one again
  struct access_token made;
  MUST(access_create(world->store, &(struct access_token){.name = STR("again"), .role = ACCESS_ADMIN},
                     world->arena, &made, text, &err));
  MUST(catalog_rebuild(&world->catalog, &err));
  memcpy(world->token, text, sizeof text);
}

static size_t served(void) {
  struct catalog *c = catalog_acquire();
  size_t count = catalog_server_count(c);
  catalog_release(c);
  return count;
}

static size_t stored(void) {
  struct arena *arena = arena_new();
  struct server *all;
  size_t count;
  MUST(server_row_load_all(world->store, arena, &all, &count, &err));
  arena_free(arena);
  return count;
}

// Whoever hangs up may not learn what came of it, but what was stored is served.
static void test_what_is_stored_is_served(void **state) {
  (void)state;
  struct str body = STR("{\"name\":\"hung up\"}");
  struct str request = arena_printf(world->arena,
                                    "POST /integrated-account/%s/mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                    "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                                    "Content-Length: %zu\r\n\r\n%.*s",
                                    account, world->token, body.n, STR_ARG(body));
  size_t before = stored();
  for (unsigned i = 0; i < 60; i++) {
    int fd = fixture_connect(world->http);
    send_all(fd, request);
    usleep(i * 40); // so that some leave before, some within, and some after the store's work
    close(fd);
  }
  // Some may still be under way, so that one look may find a row that is served in the next moment.
  int alike = 0;
  for (int i = 0; i < 3000 && alike < 10; i++) {
    alike = served() == stored() ? alike + 1 : 0;
    usleep(20 * 1000);
  }
  if (alike < 10) fail_msg("%zu stored, %zu served", stored(), served());
  assert_true(stored() > before);
}

static void rotate_or_verify(struct client *c) {
  char target[128], out[TEXT_MOST];
  snprintf(target, sizeof target, "/integrated-account/%s/verify", account);
  for (int i = 0; i < 3; i++)
    c->statuses[i] = plain("POST", c->index % 2 ? "/key/rotate" : target, "{}", out);
}

static void test_rotation_under_way(void **state) {
  (void)state;
  struct client clients[CLIENTS];
  run_together(clients, rotate_or_verify);
  for (int i = 0; i < 3; i++)
    for (int c = 1; c < CLIENTS; c += 2) assert_int_equal(clients[c].statuses[i], 200);
  expect_done(call("POST", TEXT("/integrated-account/%s/verify", account), "{}"), 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_one_name_one_account), cmocka_unit_test(test_changes_at_once_all_last),
      cmocka_unit_test(test_the_last_admin_stays), cmocka_unit_test(test_what_is_stored_is_served),
      cmocka_unit_test(test_rotation_under_way),
  };
  return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
