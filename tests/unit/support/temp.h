// SPDX-License-Identifier: Apache-2.0
// temp: a folder that a test fills and that is gone afterwards.
#ifndef POSTERN_TEST_TEMP_H
#define POSTERN_TEST_TEMP_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static inline void temp_make(char out[64]) {
  const char *base = getenv("TMPDIR");
  snprintf(out, 64, "%.40s/postern-XXXXXX", base && *base ? base : P_tmpdir);
  assert_non_null(mkdtemp(out));
}

static inline void temp_remove(const char *folder) {
  DIR *dir = opendir(folder);
  if (!dir) return;
  for (struct dirent *e; (e = readdir(dir));) {
    char path[512];
    struct stat st;
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
    snprintf(path, sizeof path, "%.200s/%.255s", folder, e->d_name);
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
      temp_remove(path);
    } else {
      unlink(path);
    }
  }
  closedir(dir);
  rmdir(folder);
}

static inline void temp_write(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  assert_true(fputs(text, f) >= 0);
  assert_int_equal(fclose(f), 0);
}

#endif
