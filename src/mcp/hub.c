// SPDX-License-Identifier: Apache-2.0
#include "mcp/hub.h"

void hub_init(struct hub *h) {
  *h = (struct hub){0};
  pthread_mutex_init(&h->lock, NULL);
}

void hub_free(struct hub *h) {
  pthread_mutex_destroy(&h->lock);
}

bool hub_add_call(struct hub *h, struct hub_call *c, struct err *err) {
  pthread_mutex_lock(&h->lock);
  bool open = !h->closed;
  if (open) {
    c->next = h->calls;
    h->calls = c;
  } else {
    *err = h->why;
  }
  pthread_mutex_unlock(&h->lock);
  return open;
}

static void hub_unlink_call(struct hub *h, struct hub_call *c) {
  struct hub_call **at = &h->calls;
  while (*at && *at != c) at = &(*at)->next;
  if (*at) *at = c->next;
}

void hub_drop_call(struct hub *h, struct hub_call *c) {
  pthread_mutex_lock(&h->lock);
  hub_unlink_call(h, c);
  pthread_mutex_unlock(&h->lock);
}

bool hub_add_listener(struct hub *h, struct hub_listener *l, struct err *err) {
  pthread_mutex_lock(&h->lock);
  bool open = !h->closed;
  if (open) {
    l->next = h->listeners;
    h->listeners = l;
  } else {
    *err = h->why;
  }
  pthread_mutex_unlock(&h->lock);
  return open;
}

size_t hub_drop_listener(struct hub *h, struct hub_listener *l) {
  size_t left = 0;
  pthread_mutex_lock(&h->lock);
  struct hub_listener **at = &h->listeners;
  while (*at && *at != l) at = &(*at)->next;
  if (*at) *at = l->next;
  for (struct hub_listener *other = h->listeners; other; other = other->next) left++;
  pthread_mutex_unlock(&h->lock);
  return left;
}

// ---- where a message goes

static struct hub_call *hub_call_of(struct hub *h, yyjson_val *id) {
  struct hub_call *c = h->calls;
  while (c && !message_id_is(id, c->id)) c = c->next;
  return c;
}

// The newest that a request may be about: of one whose caller could only decline, it hardly is.
static struct hub_call *hub_call_asked(struct hub *h) {
  struct hub_call *c = h->calls;
  while (c && c->unasked) c = c->next;
  return c;
}

// What concerns the session as a whole, so all who listen, and no call.
static bool hub_is_news(struct str method) {
  return str_ends(method, "/list_changed") || str_is(method, "notifications/resources/updated") ||
         str_is(method, "notifications/elicitation/complete");
}

static void hub_tell_all(struct hub *h, struct message *m) {
  struct hub_listener *l = h->listeners;
  for (; l && l->next; l = l->next) {
    struct message *copy = message_copy(m);
    if (copy) l->hear(l->arg, copy);
  }
  if (l)
    l->hear(l->arg, m);
  else
    message_free(m);
}

static void hub_put(struct hub_call *c, struct message *m) {
  struct err full;
  if (inbox_put(c->inbox, m)) return;
  err_set(&full, ERR_LIMIT, "the MCP server sends messages faster than they are taken");
  inbox_close(c->inbox, &full);
}

// Under the lock. Takes *m, but for a request that nobody takes.
static bool hub_route(struct hub *h, struct message *m) {
  const struct mcp_event *e = &m->e;
  struct hub_call *c = NULL;
  if (e->kind == MCP_RESULT || e->kind == MCP_ERROR)
    c = hub_call_of(h, e->id);
  else if (str_is(e->method, "notifications/progress"))
    c = hub_call_of(h, yyjson_obj_get(e->params, "progressToken"));
  else if (e->kind == MCP_REQUEST)
    c = hub_call_asked(h);
  else if (!hub_is_news(e->method))
    c = h->calls;
  // Its caller reads no further: what comes next is another's.
  if (c && (e->kind == MCP_RESULT || e->kind == MCP_ERROR)) hub_unlink_call(h, c);
  if (c)
    hub_put(c, m);
  else if (e->kind == MCP_REQUEST && h->listeners)
    h->listeners->hear(h->listeners->arg, m); // one of them: whoever answers, answers for all
  else if (e->kind == MCP_REQUEST)
    return false;
  else if (e->kind == MCP_NOTIFICATION && !str_is(e->method, "notifications/progress"))
    hub_tell_all(h, m);
  else
    message_free(m); // of a call that has been given up
  return true;
}

bool hub_dispatch(struct hub *h, struct message **m) {
  pthread_mutex_lock(&h->lock);
  bool taken = hub_route(h, *m);
  pthread_mutex_unlock(&h->lock);
  if (taken) *m = NULL;
  return taken;
}

void hub_close(struct hub *h, const struct err *why) {
  pthread_mutex_lock(&h->lock);
  if (!h->closed) {
    h->closed = true;
    h->why = *why;
    for (struct hub_call *c = h->calls; c; c = c->next) inbox_close(c->inbox, why);
    for (struct hub_listener *l = h->listeners; l; l = l->next) l->ended(l->arg, why);
  }
  pthread_mutex_unlock(&h->lock);
}
