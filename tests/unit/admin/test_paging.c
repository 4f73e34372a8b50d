// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "admin/paging.h"
#include "admin/put.h"

// One page of a, c, e, g, as a client asks for it.
static void check_page(const char *after, const char *limit, const char *answer) {
  static const char *const ids[] = {"a", "c", "e", "g"};
  const struct admin_route route = {.query = &admin_query_page};
  struct http_request in = {.path = STR("/thing")};
  struct admin_call call = {.route = &route, .in = &in, .out = BUF_MAX(4096)};
  for (size_t i = 0; i < admin_query_page.count; i++)
    call.query[i] = str_of(str_is(STR("after"), admin_query_page.members[i].name) ? after : limit);
  struct paging page = paging_begin(&call);
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
    if (paging_takes(&page, str_of(ids[i]))) put_text(&call.out, NULL, str_of(ids[i]));
  paging_close(&page);
  paging_end(&page);
  check_text(buf_str(&call.out), answer);
  buf_free(&call.out);
}

static void test_pages(void **state) {
  (void)state;
  check_page("", "", "{\"items\":[\"a\",\"c\",\"e\",\"g\"],\"next\":null}");
  check_page("", "4", "{\"items\":[\"a\",\"c\",\"e\",\"g\"],\"next\":null}"); // full, and the last one
  check_page("", "2", "{\"items\":[\"a\",\"c\"],\"next\":\"/thing?limit=2&after=c\"}");
  check_page("c", "2", "{\"items\":[\"e\",\"g\"],\"next\":null}");
  check_page("b", "1", "{\"items\":[\"c\"],\"next\":\"/thing?limit=1&after=c\"}"); // b has gone meanwhile
  check_page("g", "2", "{\"items\":[],\"next\":null}");
  check_page("z", "2", "{\"items\":[],\"next\":null}");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages)};
  return cmocka_run_group_tests_name("admin/paging", tests, NULL, NULL);
}
