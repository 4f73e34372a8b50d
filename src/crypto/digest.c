// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/mem.h"

enum { DIGEST_PIECE = 256 * 1024 };

static bool digest_read(int fd, unsigned char *piece, struct digest *out) {
  crypto_hash_sha256_state state;
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_init(&state);
  for (ssize_t n; (n = read(fd, piece, DIGEST_PIECE)) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    crypto_hash_sha256_update(&state, piece, (size_t)n);
    out->bytes += (uint64_t)n;
  }
  crypto_hash_sha256_final(&state, hash);
  codec_hex(hash, sizeof hash, out->hex);
  return true;
}

bool digest_file(const char *path, struct digest *out, struct err *err) {
  *out = (struct digest){0};
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return err_set(err, errno == ENOENT ? ERR_MISSING : ERR_DENIED, "%s cannot be read: %s", path,
                   strerror(errno));
  unsigned char *piece = mem_alloc(DIGEST_PIECE);
  bool ok = digest_read(fd, piece, out);
  int code = errno;
  mem_free(piece);
  close(fd);
  return ok || err_set(err, ERR_UNAVAILABLE, "%s cannot be read: %s", path, strerror(code));
}
