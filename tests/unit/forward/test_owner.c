// SPDX-License-Identifier: Apache-2.0
// Who answers for a session, as each of several nodes sees it; and whose handles stand in a text.
#include "../support/check.h"

#include <stdio.h>

#include "forward/owner.h"

static const char *self = "aaaaaaa1";
static struct node_list all; // that live
static bool alone;

bool __wrap_node_is_alone(void);
struct str __wrap_node_self(void);
enum node_where __wrap_node_find(struct str id, char url[NODE_URL]);
void __wrap_node_list(struct node_list *out);

bool __wrap_node_is_alone(void) {
  return alone;
}

struct str __wrap_node_self(void) {
  return str_of(self);
}

enum node_where __wrap_node_find(struct str id, char url[NODE_URL]) {
  *url = 0;
  if (str_is(id, self)) return NODE_SELF;
  for (size_t i = 0; i < all.count; i++)
    if (str_is(id, all.items[i].id)) {
      snprintf(url, NODE_URL, "%s", all.items[i].url);
      return NODE_LIVE;
    }
  return NODE_GONE;
}

void __wrap_node_list(struct node_list *out) {
  *out = all;
}

static void live(const char *const *ids, size_t count) {
  all = (struct node_list){.count = count};
  alone = false;
  for (size_t i = 0; i < count; i++) {
    snprintf(all.items[i].id, NODE_ID, "%s", ids[i]);
    snprintf(all.items[i].url, NODE_URL, "http://127.0.0.1:%zu", 9000 + i);
  }
}

static const char *const three[] = {"aaaaaaa1", "bbbbbbb2", "ccccccc3"};

// Where the node at hand sends a session at last; itself: empty. `dead` takes no connection, whatever is known of it.
static const char *goes_to(const char *at, const char *key, const char *maker, const char *dead) {
  static char node[NODE_ID];
  self = at;
  struct owner o = owner_of(str_of(key), str_of(maker));
  while (owner_next(&o, node))
    if (strcmp(node, dead) != 0) return node;
  return self;
}

static void test_the_maker_first(void **state) {
  (void)state;
  live(three, 3);
  for (size_t i = 0; i < 3; i++) assert_string_equal(goes_to(three[i], "key", "bbbbbbb2", ""), "bbbbbbb2");
}

// Whether its row is still there or not, all the others agree; and different sessions go to different ones.
static void test_all_agree_on_another(void **state) {
  (void)state;
  bool seen[3] = {false};
  for (int n = 0; n < 64; n++) {
    char key[16];
    snprintf(key, sizeof key, "key%d", n);
    live(three, 3);
    const char *first =
        strcmp(goes_to("bbbbbbb2", key, "aaaaaaa1", "aaaaaaa1"), "bbbbbbb2") == 0 ? "bbbbbbb2" : "ccccccc3";
    assert_string_equal(goes_to("ccccccc3", key, "aaaaaaa1", "aaaaaaa1"), first);
    live(three + 1, 2); // its row has gone
    assert_string_equal(goes_to("bbbbbbb2", key, "aaaaaaa1", ""), first);
    assert_string_equal(goes_to("ccccccc3", key, "aaaaaaa1", ""), first);
    seen[first[0] - 'a'] = true;
  }
  assert_true(seen[1] && seen[2] && !seen[0]);
}

static void test_nobody_else(void **state) {
  (void)state;
  live(three, 1);
  assert_string_equal(goes_to("aaaaaaa1", "key", "zzzzzzz9", ""), "aaaaaaa1");
  assert_string_equal(goes_to("aaaaaaa1", "key", "", ""), "aaaaaaa1");
  live(three, 3);
  alone = true;
  assert_string_equal(goes_to("aaaaaaa1", "key", "bbbbbbb2", ""), "aaaaaaa1");
  live(three, 3);
  for (size_t i = 1; i < 3; i++) all.items[i].url[0] = 0; // they live, and cannot be reached
  assert_string_equal(goes_to("aaaaaaa1", "key", "bbbbbbb2", ""), "aaaaaaa1");
}

static void test_handles(void **state) {
  (void)state;
  char node[NODE_ID];
  live(three, 3);
  self = "aaaaaaa1";
  assert_true(owner_by_handle(STR("{\"kept\":\"kept_ccccccc3XYZ\"}"), "kept_", node));
  assert_string_equal(node, "ccccccc3");
  assert_true(owner_by_handle(STR("kept_ kept_kept_aaaaaaa1 kept_bbbbbbb2"), "kept_", node));
  assert_string_equal(node, "bbbbbbb2");
  static const char *const none[] = {"",        "kept_", "kept_ccccccc", "kept_aaaaaaa1X", "kept_zzzzzzz9X",
                                     "ccccccc3"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (owner_by_handle(str_of(none[i]), "kept_", node)) fail_msg("%s", none[i]);
  alone = true;
  assert_false(owner_by_handle(STR("kept_ccccccc3X"), "kept_", node));
  assert_int_equal(owner_mark().n, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_maker_first),
      cmocka_unit_test(test_all_agree_on_another),
      cmocka_unit_test(test_nobody_else),
      cmocka_unit_test(test_handles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
