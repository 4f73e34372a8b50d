// SPDX-License-Identifier: Apache-2.0
// Put before a program with LD_PRELOAD: each of its syncs takes as many milliseconds longer as stand in the first eight bytes
// of the file $POSTERN_TEST_SLOW; -1: until something else stands there. Behind that the file has how many wait now.
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct { _Atomic int64_t ms, waiting; } * disk;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("POSTERN_TEST_SLOW");
  int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *at = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at != MAP_FAILED) disk = at;
}

static void wait_for_it(void) {
  if (!disk || !disk->ms) return;
  disk->waiting++;
  for (int64_t waited = 0; disk->ms < 0 || waited < disk->ms; waited++) usleep(1000);
  disk->waiting--;
}

int fsync(int fd) {
  wait_for_it();
  return (int)syscall(SYS_fsync, fd);
}
int fdatasync(int fd) {
  wait_for_it();
  return (int)syscall(SYS_fdatasync, fd);
}
