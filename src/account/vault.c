// SPDX-License-Identifier: Apache-2.0
#include "account/vault.h"

#include <assert.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/codec.h"
#include "data/json.h"

enum { VAULT_NAMED = CONNECTOR_WORD_MOST + 2 }; // "{field}"

static const struct connector_field *vault_field(const struct connector_way *way, struct str name) {
  for (size_t i = 0; i < way->field_count; i++)
    if (str_eq(way->fields[i].name, name)) return &way->fields[i];
  return NULL;
}

static bool vault_fits(const struct connector_way *way, yyjson_val *credential) {
  yyjson_obj_iter iter = yyjson_obj_iter_with(credential);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));)
    if (!vault_field(way, json_text(key))) return false;
  return yyjson_obj_size(credential) == way->field_count;
}

// "token, key" for messages.
static void vault_list(char *out, size_t room, const struct connector *c, const struct connector_way *way) {
  size_t n = 0, count = way ? way->field_count : c->way_count;
  *out = 0;
  for (size_t i = 0; i < count && n < room; i++) {
    struct str name = way ? way->fields[i].name : c->ways[i].id;
    n += (size_t)snprintf(out + n, room - n, "%s%.*s", i ? ", " : "", STR_ARG(name));
  }
}

bool vault_way(const struct connector *c, struct str id, yyjson_val *credential,
               const struct connector_way **out, struct err *err) {
  if (!c->way_count)
    return err_at(err, ERR_INVALID, "connector",
                  "connector %.*s has no way to authenticate with a credential", STR_ARG(c->name));
  const struct connector_way *way = connector_way_find(c, id);
  if (!way) {
    char list[200];
    vault_list(list, sizeof list, c, NULL);
    return err_at(err, ERR_INVALID, "way", "connector %.*s has no way '%.*s'; it has %s", STR_ARG(c->name),
                  STR_ARG(id), list);
  }
  for (size_t i = 0; !id.n && i < c->way_count; i++)
    if (vault_fits(&c->ways[i], credential)) {
      way = &c->ways[i];
      break;
    }
  *out = way;
  return true;
}

static bool vault_unknown(const struct connector_way *way, struct str name, struct err *err) {
  char list[200], field[sizeof err->field];
  vault_list(list, sizeof list, NULL, way);
  snprintf(field, sizeof field, "credential.%.*s", STR_MOST(name, 60));
  return err_at(err, ERR_INVALID, field, "is not a field here; the fields are %s", list);
}

static bool vault_check_keys(const struct connector_way *way, yyjson_val *credential, struct err *err) {
  if (!yyjson_is_obj(credential)) return err_at(err, ERR_INVALID, "credential", "must be an object of texts");
  yyjson_obj_iter iter = yyjson_obj_iter_with(credential);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));)
    if (!vault_field(way, json_text(key))) return vault_unknown(way, json_text(key), err);
  return true;
}

static bool vault_check_value(const struct connector_field *f, yyjson_val *credential, struct str *out,
                              struct err *err) {
  char field[sizeof err->field];
  snprintf(field, sizeof field, "credential.%.*s", STR_ARG(f->name));
  yyjson_val *v = yyjson_obj_getn(credential, f->name.p, f->name.n);
  if (!v) return err_at(err, ERR_INVALID, field, "is missing (%.*s)", STR_ARG(f->label));
  if (!yyjson_is_str(v)) return err_at(err, ERR_INVALID, field, "must be text");
  struct str value = str_trim(json_text(v)); // what came along when it was copied
  if (!value.n) return err_at(err, ERR_INVALID, field, "is empty");
  if (value.n > VAULT_VALUE_MOST)
    return err_at(err, ERR_INVALID, field, "is longer than %d bytes", VAULT_VALUE_MOST);
  for (size_t i = 0; i < value.n; i++)
    if (!(f->lines && strchr("\r\n", value.p[i])) && ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f))
      return err_at(err, ERR_INVALID, field, "holds a line end or another control character");
  *out = value;
  return true;
}

// A line of the secret. Line ends within a value are kept as VAULT_LINE_END.
static void vault_put(char **at, struct str name, struct str value) {
  memcpy(*at, name.p, name.n);
  *at += name.n;
  *(*at)++ = '=';
  for (size_t i = 0; i < value.n; i++) *(*at)++ = value.p[i] == '\n' ? VAULT_LINE_END : value.p[i];
  *(*at)++ = '\n';
}

bool vault_take(const struct connector_way *way, yyjson_val *credential, struct secret **plain,
                struct err *err) {
  struct str values[CONNECTOR_FIELDS_MOST];
  bool client = way->auth == CONNECTOR_AUTH_CLIENT;
  struct str place = STR(CONNECTOR_CLIENT_TOKEN_URL), url = way->client.token_url;
  size_t n = client ? place.n + url.n + 2 : 0;
  if (!vault_check_keys(way, credential, err)) return false;
  for (size_t i = 0; i < way->field_count; i++) {
    if (!vault_check_value(&way->fields[i], credential, &values[i], err)) return false;
    n += way->fields[i].name.n + 1 + values[i].n + 1;
  }
  char *at;
  struct secret *s = secret_make(n, &at);
  for (size_t i = 0; i < way->field_count; i++) vault_put(&at, way->fields[i].name, values[i]);
  if (client) vault_put(&at, place, url);
  *plain = s;
  return true;
}

bool vault_value(const struct secret *plain, struct str name, struct str *out) {
  for (struct str rest = secret_reveal(plain), line, key; str_cut(&rest, '\n', &line);) {
    struct str value = line;
    if (!str_cut(&value, '=', &key) || !str_eq(key, name)) continue;
    *out = value;
    return true;
  }
  return false;
}

// Fills "{field}" in a template. With `out` NULL it only counts, and stops beyond what may be sent.
static size_t vault_expand(struct str text, const struct secret *plain, char *out) {
  size_t n = 0;
  while (text.n && n <= VAULT_SEND_MOST) {
    struct str piece = {text.p, 1}, name = str_make(text.p, text.n < VAULT_NAMED ? text.n : VAULT_NAMED);
    ptrdiff_t close = text.p[0] == '{' ? str_find(name, '}') : -1;
    size_t used = 1;
    if (close > 0 && vault_value(plain, str_make(text.p + 1, (size_t)close - 1), &piece))
      used = (size_t)close + 1;
    if (out) memcpy(out + n, piece.p, piece.n);
    n += piece.n;
    text = str_from(text, used);
  }
  return n;
}

static struct secret *vault_prefixed(const char *prefix, struct str text, const struct secret *plain) {
  size_t lead = strlen(prefix);
  char *bytes;
  struct secret *s = secret_make(lead + vault_expand(text, plain, NULL), &bytes);
  memcpy(bytes, prefix, lead);
  vault_expand(text, plain, bytes + lead);
  return s;
}

static struct secret *vault_basic(const struct connector_send *send, const struct secret *plain) {
  size_t user = vault_expand(send->user, plain, NULL), password = vault_expand(send->password, plain, NULL);
  char *bytes;
  struct secret *pair = secret_make(user + 1 + password, &bytes);
  vault_expand(send->user, plain, bytes);
  bytes[user] = ':';
  vault_expand(send->password, plain, bytes + user + 1);
  struct secret *s = secret_basic(secret_reveal(pair));
  secret_free(pair);
  return s;
}

static bool vault_complete(const struct connector_way *way, const struct secret *plain, struct err *err) {
  struct str ignored;
  for (size_t i = 0; i < way->field_count; i++)
    if (!vault_value(plain, way->fields[i].name, &ignored))
      return err_set(err, ERR_CONFLICT,
                     "the stored credential lacks %.*s, which the connector has come to need",
                     STR_ARG(way->fields[i].name));
  return true;
}

// The sizes that secrets are made with come from the connector and the operator together: looked at first.
static bool vault_fits_wire(const struct connector_send *send, const struct secret *plain, struct err *err) {
  size_t value = send->in == CONNECTOR_BASIC
                     ? vault_expand(send->user, plain, NULL) + vault_expand(send->password, plain, NULL)
                     : vault_expand(send->value, plain, NULL);
  if (value <= VAULT_SEND_MOST && vault_expand(send->name, plain, NULL) <= VAULT_VALUE_MOST) return true;
  err_at(err, ERR_INVALID, "credential", "the credential makes a header or parameter longer than %d bytes",
         VAULT_SEND_MOST);
  err_hint(err, "give a shorter one, or look at what the connector's 'send' makes of it");
  return false;
}

// Of a header or parameter; the operator may have named the header ("{name}").
static bool vault_name(const struct connector_send *send, const struct secret *plain, struct arena *a,
                       struct str *out, struct err *err) {
  size_t n = vault_expand(send->name, plain, NULL);
  char *name = arena_alloc(a, n + 1);
  vault_expand(send->name, plain, name);
  if (!codec_is_token(str_make(name, n)))
    return err_set(err, ERR_INVALID, "the credential names a header that cannot be one");
  *out = str_make(name, n);
  return true;
}

bool vault_render(const struct connector_way *way, const struct secret *plain, struct arena *a,
                  struct vault_sends *out, struct err *err) {
  struct vault_sends sends = {.count = 0};
  if (!vault_complete(way, plain, err)) return false;
  for (size_t i = 0; i < way->send_count; i++) {
    const struct connector_send *in = &way->sends[i];
    struct account_send *s = &sends.items[sends.count++];
    bool named = in->in == CONNECTOR_HEADER || in->in == CONNECTOR_QUERY;
    bool fits = vault_fits_wire(in, plain, err);
    s->in = in->in == CONNECTOR_QUERY ? CONNECTOR_QUERY : CONNECTOR_HEADER;
    s->name = STR("Authorization");
    if (!fits || (named && !vault_name(in, plain, a, &s->name, err))) {
      sends.count--;
      vault_sends_free(&sends);
      return false;
    }
    s->value = in->in == CONNECTOR_BASIC
                   ? vault_basic(in, plain)
                   : vault_prefixed(in->in == CONNECTOR_BEARER ? "Bearer " : "", in->value, plain);
  }
  *out = sends;
  return true;
}

void vault_sends_free(struct vault_sends *s) {
  for (size_t i = 0; i < s->count; i++) secret_free(s->items[i].value);
  s->count = 0;
}

// ---- what is hidden

enum { VAULT_HIDDEN_MOST = 2 * CONNECTOR_FIELDS_MOST + CONNECTOR_SENDS_MOST };
static_assert((int)VAULT_HIDDEN_MOST <= (int)REDACT_PARTS_MOST, "all of a credential");

static bool vault_is_secret(const struct connector_way *way, struct str name) {
  const struct connector_field *f = vault_field(way, name);
  return f && f->secret;
}

// How much of a template comes before its first secret field, once it is filled in.
static size_t vault_open(const struct connector_way *way, struct str text, const struct secret *plain) {
  for (size_t i = 0; i < text.n; i++) {
    ptrdiff_t close = text.p[i] == '{' ? str_find(str_from(text, i), '}') : -1;
    if (close > 0 && vault_is_secret(way, str_make(text.p + i + 1, (size_t)close - 1)))
      return vault_expand(str_make(text.p, i), plain, NULL);
  }
  return vault_expand(text, plain, NULL);
}

// A send's value before it is coded; NULL: too long for a header, or nothing secret is in it.
static struct secret *vault_composed(const struct connector_way *way, const struct connector_send *send,
                                     const struct secret *plain, size_t *open) {
  bool pair = send->in == CONNECTOR_BASIC;
  struct str first = pair ? send->user : send->value, second = pair ? send->password : STR_NONE;
  size_t n = vault_expand(first, plain, NULL), more = pair + vault_expand(second, plain, NULL);
  *open = vault_open(way, first, plain);
  if (*open == n) *open += pair + vault_open(way, second, plain);
  if (*open >= n + more || n + more > REDACT_TEXT_MOST) return NULL;
  char *bytes;
  struct secret *s = secret_make(n + more, &bytes);
  vault_expand(first, plain, bytes);
  if (!pair) return s;
  bytes[n] = ':';
  vault_expand(second, plain, bytes + n + 1);
  return s;
}

// Some vendors' keys are addresses, "cloudinary://key:secret@cloud": they speak of the secret in it alone.
static struct str vault_password(struct str value) {
  const char *scheme = memmem(value.p, value.n, "://", 3);
  struct str user, rest = scheme ? str_from(value, (size_t)(scheme - value.p) + 3) : STR_NONE, password;
  if (str_find(rest, '@') < 0 || !str_cut(&rest, ':', &user) || !str_cut(&rest, '@', &password))
    return STR_NONE;
  return password;
}

struct redact *vault_hides(const struct connector_way *way, const struct secret *plain, struct redact *also) {
  struct redact_part parts[VAULT_HIDDEN_MOST];
  struct secret *composed[CONNECTOR_SENDS_MOST] = {0};
  size_t count = 0;
  struct str value;
  for (size_t i = 0; i < way->field_count; i++)
    if (way->fields[i].secret && vault_value(plain, way->fields[i].name, &value)) {
      parts[count++] = (struct redact_part){value, 0};
      parts[count++] = (struct redact_part){vault_password(value), 0};
    }
  for (size_t i = 0; i < way->send_count; i++) {
    size_t open;
    composed[i] = vault_composed(way, &way->sends[i], plain, &open);
    if (composed[i]) parts[count++] = (struct redact_part){secret_reveal(composed[i]), open};
  }
  struct redact *hide = redact_new(parts, count, also);
  for (size_t i = 0; i < way->send_count; i++) secret_free(composed[i]);
  return hide;
}
