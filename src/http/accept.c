// SPDX-License-Identifier: Apache-2.0
#include "http/accept.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/connection.h"
#include "io/loop.h"

// ---- the log: one line for all servers, and one when it is over

static _Atomic uint64_t accept_told_us; // 0: never
static atomic_bool accept_ailing;       // told, and not over yet

static void accept_complain(int why) {
  uint64_t now = clock_mono_us(), told = accept_told_us;
  metrics_add(METRIC_HTTP_ACCEPT_FAILED, 1);
  if (told && now - told < HTTP_ACCEPT_TELL_MS * UINT64_C(1000)) return;
  if (!atomic_compare_exchange_strong(&accept_told_us, &told, now)) return; // another server does
  accept_ailing = true;
  struct rlimit r = {0};
  getrlimit(RLIMIT_NOFILE, &r);
  log_error("no connection can be accepted for now: %s; new ones wait until others close%s",
            strerrordesc_np(why),
            why == EMFILE ? " (raise the limit: LimitNOFILE= of the unit, or ulimit -n)" : "");
}

static void accept_recovered(void) {
  if (atomic_exchange(&accept_ailing, false)) log_info("connections are accepted again");
}

// ---- taking connections, and not

static void accept_on_ready(uv_poll_t *poll, int status, int events);

static void accept_resume(struct http_accept *a) {
  if (!a->paused || a->fd < 0) return;
  a->paused = false;
  uv_timer_stop(&a->timer);
  uv_poll_start(&a->poll, UV_READABLE, accept_on_ready);
}

static void accept_on_timer(uv_timer_t *timer) {
  struct http_server *s = timer->data;
  accept_resume(&s->accept);
}

static void accept_pause(struct http_accept *a, int why) {
  a->pause_ms = a->pause_ms ? a->pause_ms * 2 : HTTP_ACCEPT_PAUSE_MS;
  if (a->pause_ms > HTTP_ACCEPT_PAUSE_MOST_MS) a->pause_ms = HTTP_ACCEPT_PAUSE_MOST_MS;
  a->paused = true;
  uv_poll_stop(&a->poll);
  uv_timer_start(&a->timer, accept_on_timer, a->pause_ms, 0);
  accept_complain(why);
}

// What a client or the network did to a connection that waited, rather than what we lack (accept(2)).
static bool accept_is_of_one(int why) {
  static const int all[] = {EINTR,     ECONNABORTED, EPROTO,       EPERM,      ENETDOWN,   ENOPROTOOPT,
                            EHOSTDOWN, ENONET,       EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i] == why) return true;
  return false;
}

static void accept_on_ready(uv_poll_t *poll, int status, int events) {
  struct http_server *s = poll->data;
  struct http_accept *a = &s->accept;
  (void)status, (void)events; // what is wrong, accept says
  for (int turn = 0; turn < HTTP_ACCEPT_TURN && a->fd >= 0; turn++) {
    int fd = accept4(a->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (a->pause_ms) accept_recovered();
      a->pause_ms = 0;
      http_connection_open(s, fd);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (!accept_is_of_one(errno)) {
      accept_pause(a, errno);
      return;
    }
  }
}

void http_accept_relieved(struct http_accept *a) {
  accept_resume(a);
}

// ---- its life

// One listener a loop on the same port: the kernel spreads the connections. An IPv6 one takes IPv4, too.
static int accept_listen(const struct sockaddr_storage *address) {
  int on = 1, off = 0;
  bool v6 = address->ss_family == AF_INET6;
  socklen_t size = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
      (!v6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) &&
      bind(fd, (const struct sockaddr *)address, size) == 0 && listen(fd, HTTP_BACKLOG) == 0)
    return fd;
  int why = errno;
  close(fd);
  return -why;
}

bool http_accept_open(struct http_server *s, const struct sockaddr_storage *address, struct err *err) {
  struct http_accept *a = &s->accept;
  int fd = accept_listen(address), r = fd < 0 ? fd : uv_poll_init(loop_uv(s->loop), &a->poll, fd);
  if (r != 0) {
    if (fd >= 0) close(fd);
    return err_set(err, ERR_UNAVAILABLE, "cannot listen on %.*s: %s", STR_ARG(s->options.listen),
                   uv_strerror(r));
  }
  uv_timer_init(loop_uv(s->loop), &a->timer);
  a->poll.data = a->timer.data = s;
  a->fd = fd;
  uv_poll_start(&a->poll, UV_READABLE, accept_on_ready);
  return true;
}

// What would open a connection (SYN without ACK, RFC 9293 §3.1; the flags are byte 13) the kernel drops. Who sent it asks
// again within a second, and is refused then, as by a port where nobody listens: he goes elsewhere with what he has not
// sent yet. Where the kernel knows no filters all stays as it is.
void http_accept_last(struct http_accept *a) {
  enum { FLAGS_AT = 13, SYN = 0x02, ACK = 0x10 };
  static struct sock_filter drop[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FLAGS_AT),
                                      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SYN | ACK),
                                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYN, 0, 1),
                                      BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)};
  const struct sock_fprog filter = {sizeof drop / sizeof *drop, drop};
  (void)setsockopt(a->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

void http_accept_close(struct http_accept *a, uv_close_cb closed) {
  uv_close((uv_handle_t *)&a->poll, closed);
  uv_close((uv_handle_t *)&a->timer, closed);
  close(a->fd);
  a->fd = -1;
}
