// SPDX-License-Identifier: Apache-2.0
// Runs a fuzzer's entry once on each file of the folders and files named, without libFuzzer.
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { REPLAY_FILE_MOST = 16 * 1024 * 1024, REPLAY_PATH_MOST = 4096 };

static int replayed;

static void replay_file(const char *path) {
  FILE *f = fopen(path, "rb");
  fuzz_check(f, "cannot open %s", path);
  static unsigned char room[REPLAY_FILE_MOST];
  size_t n = fread(room, 1, sizeof room, f);
  fclose(f);
  unsigned char *exact = malloc(n ? n : 1); // so that a sanitizer sees one byte too far
  fuzz_check(exact, "out of memory");
  memcpy(exact, room, n);
  LLVMFuzzerTestOneInput(exact, n);
  free(exact);
  replayed++;
}

static void replay_folder(const char *path) {
  DIR *d = opendir(path);
  fuzz_check(d, "cannot open %s", path);
  for (struct dirent *e; (e = readdir(d));) {
    char name[REPLAY_PATH_MOST];
    if (e->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "%s/%s", path, e->d_name);
    replay_file(name);
  }
  closedir(d);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    struct stat st;
    fuzz_check(stat(argv[i], &st) == 0, "no such file: %s", argv[i]);
    if (S_ISDIR(st.st_mode))
      replay_folder(argv[i]);
    else
      replay_file(argv[i]);
  }
  printf("%d inputs\n", replayed);
  return replayed ? 0 : 1;
}
