// SPDX-License-Identifier: Apache-2.0
#include "base/descriptors.h"

#include <sys/resource.h>

size_t descriptors_raise(void) {
  struct rlimit r;
  if (getrlimit(RLIMIT_NOFILE, &r) != 0) return SIZE_MAX;
  struct rlimit most = {r.rlim_max, r.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &most) == 0) r = most;
  return r.rlim_cur == RLIM_INFINITY ? SIZE_MAX : (size_t)r.rlim_cur;
}

static size_t descriptors_least(size_t loops) {
  return DESCRIPTORS_OWN + loops * DESCRIPTORS_LOOP;
}

bool descriptors_check(size_t limit, size_t loops, struct err *err) {
  if (limit >= descriptors_least(loops)) return true;
  err_set(err, ERR_UNAVAILABLE, "at most %zu files may be open, and with %zu loops it takes %zu", limit,
          loops, descriptors_least(loops));
  err_hint(err, "raise the limit (LimitNOFILE= of the unit, ulimit -n), or set loops to less");
  return false;
}

size_t descriptors_for_clients(size_t limit, size_t loops) {
  size_t least = descriptors_least(loops), left = limit > least ? limit - least : 0;
  size_t share = left - left / 4;
  return share > loops ? share : loops;
}
