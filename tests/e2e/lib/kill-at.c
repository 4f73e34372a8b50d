// SPDX-License-Identifier: Apache-2.0
// Put before a program with LD_PRELOAD: it is killed (SIGKILL) just before its so manieth step on the disk, the number in
// $POSTERN_TEST_KILL_AT: a file made, named, linked, removed, cut, synced, or the next of so many writes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITES_A_STEP = 24 };
static long at, steps, writes;

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("POSTERN_TEST_KILL_AT");
  at = text ? atol(text) : 0;
}

static void step(void) {
  if (at && ++steps == at) kill(getpid(), SIGKILL);
}

static void step_of_writes(void) {
  if (writes++ % WRITES_A_STEP == 0) step();
}

static int opened(const char *path, int flags, unsigned mode) {
  if (flags & O_CREAT) step();
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define OPEN(name)                                                                                           \
  int name(const char *path, int flags, ...) {                                                               \
    va_list rest;                                                                                            \
    va_start(rest, flags);                                                                                   \
    unsigned mode = va_arg(rest, unsigned);                                                                  \
    va_end(rest);                                                                                            \
    return opened(path, flags, mode);                                                                        \
  }
OPEN(open)
OPEN(open64)

#define STEP(call, parameters, number, ...)                                                                  \
  int call parameters {                                                                                      \
    step();                                                                                                  \
    return (int)syscall(number, __VA_ARGS__);                                                                \
  }
STEP(rename, (const char *from, const char *to), SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)
STEP(link, (const char *from, const char *to), SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0)
STEP(unlink, (const char *path), SYS_unlinkat, AT_FDCWD, path, 0)
STEP(mkdir, (const char *path, mode_t mode), SYS_mkdirat, AT_FDCWD, path, mode)
STEP(fsync, (int fd), SYS_fsync, fd)
STEP(fdatasync, (int fd), SYS_fdatasync, fd)
STEP(ftruncate, (int fd, off_t length), SYS_ftruncate, fd, length)
STEP(ftruncate64, (int fd, off_t length), SYS_ftruncate, fd, length)

ssize_t write(int fd, const void *bytes, size_t n) {
  step_of_writes();
  return syscall(SYS_write, fd, bytes, n);
}
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t place) {
  step_of_writes();
  return syscall(SYS_pwrite64, fd, bytes, n, place);
}
ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t place) {
  step_of_writes();
  return syscall(SYS_pwrite64, fd, bytes, n, place);
}
