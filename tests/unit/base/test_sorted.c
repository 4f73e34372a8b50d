// SPDX-License-Identifier: Apache-2.0
// Random changes of an ordered map, each version held against a plain sorted array.
#include "../support/check.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/sorted.h"

enum { KEYS = 300, ROUNDS = 4000, VERSIONS = 16, READS = 3000, READERS = 3 };

struct item {
  atomic_int refs;
  char key[16];
  int value;
};

static atomic_int alive;
static uint64_t seed = 42;

static unsigned draw(unsigned below) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(seed >> 33) % below;
}

static struct sorted_key item_key(const void *p, unsigned part) {
  const struct item *v = p;
  return (struct sorted_key){str_of(v->key), part ? STR("again") : STR_NONE};
}

static void item_hold(void *p) {
  struct item *v = p;
  if (atomic_fetch_add(&v->refs, 1) == 0) atomic_fetch_add(&alive, 1);
}

static void item_drop(void *p) {
  struct item *v = p;
  if (atomic_fetch_sub(&v->refs, 1) != 1) return;
  atomic_fetch_sub(&alive, 1);
  mem_free(v);
}

static const struct sorted_kind kind = {item_key, item_hold, item_drop};

static void name(unsigned number, char out[16]) {
  snprintf(out, 16, "key%u", number);
}

static struct item *item_new(unsigned number, int value) {
  struct item *v = MEM_NEW(struct item);
  name(number, v->key);
  v->value = value;
  return v;
}

struct version {
  struct sorted tree;
  int values[KEYS]; // 0: not there
};

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_version(struct version *v) {
  char names[KEYS][16], *sorted[KEYS];
  size_t count = 0;
  for (unsigned i = 0; i < KEYS; i++) {
    name(i, names[i]);
    const struct item *found = sorted_get(&v->tree, (struct sorted_key){str_of(names[i]), STR_NONE}, NULL);
    if ((found ? found->value : 0) != v->values[i])
      fail_msg("%s is %d, not %d", names[i], found ? found->value : 0, v->values[i]);
    if (v->values[i]) sorted[count++] = names[i];
  }
  assert_int_equal(v->tree.count, count);
  qsort(sorted, count, sizeof *sorted, by_text);
  size_t first = count ? draw((unsigned)count) : 0;
  struct sorted_walk w = sorted_walk_after(
      &v->tree, (struct sorted_key){first ? str_of(sorted[first - 1]) : STR_NONE, STR_NONE});
  for (size_t i = first; i < count; i++) {
    const struct item *next = sorted_walk_next(&w, NULL);
    if (!next) fail_msg("%zu: the walk ends before %s", i, sorted[i]);
    assert_string_equal(next->key, sorted[i]);
  }
  assert_null(sorted_walk_next(&w, NULL));
}

static void any_changes_give_what_an_array_gives(void **state) {
  (void)state;
  struct version versions[VERSIONS] = {{.tree = {&kind}}};
  for (int i = 1; i <= ROUNDS; i++) {
    struct version *from = &versions[draw(VERSIONS)], *to = &versions[draw(VERSIONS)];
    struct version next = *from;
    if (!from->tree.kind) continue;
    next.tree = sorted_ref(&from->tree);
    for (unsigned k = 1 + draw(20); k; k--) {
      unsigned number = draw(KEYS);
      char text[16];
      name(number, text);
      if (draw(3)) {
        sorted_put(&next.tree, item_new(number, i), 0);
        next.values[number] = i;
      } else {
        sorted_remove(&next.tree, (struct sorted_key){str_of(text), STR_NONE});
        next.values[number] = 0;
      }
    }
    if (to->tree.kind) sorted_free(&to->tree);
    *to = next;
    if (i % 10 == 0) check_version(from);
    check_version(to);
  }
  for (int i = 0; i < VERSIONS; i++)
    if (versions[i].tree.kind) sorted_free(&versions[i].tree);
  assert_int_equal(atomic_load(&alive), 0);
}

// In any order, with some keys twice; changes go on from there as from any.
static void many_at_once_give_what_one_by_one_gives(void **state) {
  (void)state;
  for (unsigned round = 0; round < 60; round++) {
    struct version v = {.tree = {&kind}};
    struct sorted_item items[2 * KEYS];
    unsigned count = draw(round < 10 ? 4 : 2 * KEYS);
    for (unsigned i = 0; i < count; i++) {
      unsigned number = draw(KEYS);
      struct item *one = item_new(number, (int)i + 1);
      item_hold(one);
      items[i] = (struct sorted_item){one, 0};
      v.values[number] = one->value;
    }
    sorted_fill(&v.tree, items, count);
    for (unsigned i = 0; i < count; i++) item_drop(items[i].item);
    check_version(&v);
    for (unsigned i = 0; i < 20; i++) {
      unsigned number = draw(KEYS);
      char text[16];
      name(number, text);
      sorted_remove(&v.tree, (struct sorted_key){str_of(text), STR_NONE});
      v.values[number] = 0;
      number = draw(KEYS);
      sorted_put(&v.tree, item_new(number, -1), 0);
      v.values[number] = -1;
    }
    check_version(&v);
    sorted_free(&v.tree);
  }
  assert_int_equal(atomic_load(&alive), 0);
}

static void an_item_may_stand_in_it_twice(void **state) {
  (void)state;
  struct sorted t = {&kind};
  unsigned part = 0;
  struct item *v = item_new(1, 7);
  sorted_put(&t, v, 0);
  sorted_put(&t, v, 1);
  assert_int_equal(t.count, 2);
  assert_ptr_equal(sorted_get(&t, (struct sorted_key){STR("key1"), STR("again")}, &part), v);
  assert_int_equal(part, 1);
  sorted_remove(&t, item_key(v, 0));
  assert_null(sorted_get(&t, (struct sorted_key){STR("key1"), STR_NONE}, NULL));
  assert_int_equal(t.count, 1);
  sorted_free(&t);
  assert_int_equal(atomic_load(&alive), 0);
}

// ---- readers of a version while the next ones are made

static struct sorted current = {&kind};
static pthread_mutex_t current_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool done;

static struct sorted take(void) {
  pthread_mutex_lock(&current_lock);
  struct sorted t = sorted_ref(&current);
  pthread_mutex_unlock(&current_lock);
  return t;
}

static void *reads(void *arg) {
  atomic_int *wrong = arg;
  while (!atomic_load(&done)) {
    struct sorted t = take();
    struct sorted_walk w = sorted_walk_after(&t, (struct sorted_key){STR_NONE, STR_NONE});
    size_t count = 0;
    while (sorted_walk_next(&w, NULL)) count++;
    if (count != t.count) atomic_fetch_add(wrong, 1);
    sorted_free(&t);
  }
  return NULL;
}

static void readers_see_a_version_whole(void **state) {
  (void)state;
  pthread_t threads[READERS];
  atomic_int wrong = 0;
  for (int i = 0; i < READERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, reads, &wrong), 0);
  for (int i = 1; i <= READS; i++) {
    struct sorted next = take();
    for (int k = 0; k < 5; k++) {
      char text[16];
      name(draw(KEYS), text);
      if (draw(2))
        sorted_put(&next, item_new(draw(KEYS), i), 0);
      else
        sorted_remove(&next, (struct sorted_key){str_of(text), STR_NONE});
    }
    pthread_mutex_lock(&current_lock);
    struct sorted old = current;
    current = next;
    pthread_mutex_unlock(&current_lock);
    sorted_free(&old);
  }
  atomic_store(&done, true);
  for (int i = 0; i < READERS; i++) pthread_join(threads[i], NULL);
  sorted_free(&current);
  assert_int_equal(atomic_load(&wrong), 0);
  assert_int_equal(atomic_load(&alive), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(any_changes_give_what_an_array_gives),
                                     cmocka_unit_test(many_at_once_give_what_one_by_one_gives),
                                     cmocka_unit_test(an_item_may_stand_in_it_twice),
                                     cmocka_unit_test(readers_see_a_version_whole)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
