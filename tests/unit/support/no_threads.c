// SPDX-License-Identifier: Apache-2.0
// In every test that does not say that it has threads: such a test is not among those that run under ThreadSanitizer,
// so none may be started there, by whatever library it is.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((visibility("default"))) int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                                          void *(*start)(void *), void *arg) {
  (void)thread, (void)attributes, (void)start, (void)arg;
  static const char text[] = "this test starts a thread: say 'threads': true in its folder's meson.build\n";
  if (write(2, text, sizeof text - 1) < 0) _exit(1);
  abort();
}
