// SPDX-License-Identifier: Apache-2.0
#include "fetch/line.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/client_private.h"

enum { LINE_WAIT_MS = 200, LINE_DRAIN_MS = 5, LINE_READ = 512 };

struct line {
  struct fetch_call call;
  struct client_fetch fetch;
  curl_socket_t fd;
};

bool line_open(const struct line_call *from, struct line **out, struct err *err) {
  struct line *l = MEM_NEW(struct line);
  l->fetch.arena = arena_new();
  l->call = (struct fetch_call){.method = "GET",
                                .url = arena_dup(l->fetch.arena, from->url),
                                .limits = from->limits,
                                .guard = from->guard,
                                .stop = from->stop};
  l->fetch.call = &l->call;
  l->fetch.started_us = l->fetch.moved_us = clock_mono_us();
  bool ok = client_check(&l->call, err);
  if (ok) {
    client_begin_here(&l->fetch);
    curl_easy_setopt(l->fetch.easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(l->fetch.easy, CURLOPT_SSL_ENABLE_ALPN, 0L); // what is spoken is no HTTP
    l->fetch.code = curl_easy_perform(l->fetch.easy);
    ok = client_succeeded(&l->fetch, err);
    curl_easy_getinfo(l->fetch.easy, CURLINFO_ACTIVESOCKET, &l->fd);
  }
  if (ok)
    *out = l;
  else
    line_close(l);
  return ok;
}

static bool line_is_stopped(const struct line *l) {
  return l->call.stop && atomic_load(l->call.stop);
}

// In slices, between which a stop is seen. False: it is over.
static bool line_wait(struct line *l, int events, int ms, uint64_t until_us, struct err *err) {
  struct pollfd p = {.fd = l->fd, .events = (short)events};
  if (line_is_stopped(l)) return err_set(err, ERR_CANCELED, "the program is stopping");
  if (clock_mono_us() >= until_us)
    return err_set(err, ERR_TIMEOUT, "the other side takes nothing for %llu s",
                   (unsigned long long)l->call.limits->total_ms / 1000);
  poll(&p, events ? 1 : 0, ms);
  return true;
}

static bool line_lost(struct err *err) {
  return err_set(err, ERR_UPSTREAM, "the other side closed the connection");
}

bool line_send(struct line *l, struct str bytes, struct err *err) {
  uint64_t until_us = clock_mono_us() + l->call.limits->total_ms * 1000;
  while (bytes.n) {
    size_t sent = 0;
    CURLcode rc = curl_easy_send(l->fetch.easy, bytes.p, bytes.n, &sent);
    if (rc != CURLE_OK && rc != CURLE_AGAIN) return line_lost(err);
    bytes = str_from(bytes, sent);
    if (rc == CURLE_AGAIN && !line_wait(l, POLLOUT, LINE_WAIT_MS, until_us, err)) return false;
  }
  for (int left = 0; ioctl(l->fd, SIOCOUTQ, &left) == 0 && left > 0;)
    if (!line_is_open(l) ? !line_lost(err) : !line_wait(l, 0, LINE_DRAIN_MS, until_us, err)) return false;
  return line_is_open(l) || line_lost(err);
}

bool line_is_open(struct line *l) {
  char bytes[LINE_READ];
  size_t n = 0;
  CURLcode rc;
  do rc = curl_easy_recv(l->fetch.easy, bytes, sizeof bytes, &n);
  while (rc == CURLE_OK && n > 0);
  return rc == CURLE_AGAIN;
}

void line_close(struct line *l) {
  if (!l) return;
  client_release(&l->fetch);
  arena_free(l->fetch.arena);
  mem_free(l);
}
