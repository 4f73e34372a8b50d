// SPDX-License-Identifier: Apache-2.0
#include "fetch/client.h"

#include "base/clock.h"
#include "base/decode.h"
#include "base/metrics.h"
#include "fetch/client_private.h"
#include "fetch/local.h"

// Only where no loop keeps the time.
static int client_on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  struct client_fetch *f = arg;
  (void)a, (void)b, (void)c, (void)d;
  if (f->call->stop && atomic_load(f->call->stop)) f->failure = CLIENT_STOPPED;
  return f->failure == CLIENT_STOPPED || client_is_overdue(f);
}

// No loop to wait on: this thread waits.
void client_begin_here(struct client_fetch *f) {
  f->easy = curl_easy_init();
  client_set_constants(f->easy, CLIENT_BUFFER);
  client_begin(f);
  curl_easy_setopt(f->easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(f->easy, CURLOPT_XFERINFOFUNCTION, client_on_progress);
  curl_easy_setopt(f->easy, CURLOPT_XFERINFODATA, f);
}

static bool client_finish(struct client_fetch *f, struct fetch_result *out, struct err *err) {
  if (!client_succeeded(f, err)) return false;
  int status;
  if (!client_status(f, &status, err)) return false;
  decode_body(http_header_get(&f->headers, "content-type"),
              &f->body); // what is hidden is sought in what is read
  if (!f->call->plain_body) f->body.n = redact_bytes(f->call->hide, f->body.p, f->body.n);
  *out = (struct fetch_result){.status = status, .headers = f->headers, .body = f->body};
  out->elapsed_us = clock_mono_us() - f->started_us;
  return true;
}

static bool client_run(struct client_fetch *f, struct err *err) {
  bool ok = client_start(f, err);
  while (ok && !f->done) ok = client_wait(f, "an answer from upstream", err);
  return ok;
}

bool fetch_url(const struct fetch_call *call, struct arena *a, struct fetch_result *out, struct err *err) {
  if (!client_check(call, err)) return false;
  if (fetch_is_local(call->url)) return fetch_locally(call, a, out, err);
  struct client_fetch f = {
      .call = call, .arena = a, .body = BUF_PAID(call->limits->body_bytes, client_payer(call))};
  f.started_us = f.moved_us = clock_mono_us();
  bool ok = client_choose_way(&f, err);
  if (ok && fiber_self())
    ok = client_run(&f, err);
  else if (ok)
    client_begin_here(&f), f.code = curl_easy_perform(f.easy);
  ok = ok && client_finish(&f, out, err);
  if (!ok) buf_free(&f.body);
  metrics_observe_us(METRIC_UPSTREAM_SECONDS, clock_mono_us() - f.started_us);
  client_release(&f);
  return ok;
}
