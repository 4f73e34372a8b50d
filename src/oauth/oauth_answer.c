// SPDX-License-Identifier: Apache-2.0
// What the answers of authorization servers say, in the shapes that are met: JSON as RFC 6749 §5.2 has it, its error
// as an object, a form, a page for people.
#include "base/codec.h"
#include "oauth/oauth_private.h"

enum { ANSWER_WORDS_MOST = 1024, ANSWER_FIELDS_MOST = 32 };

// ---- forms: error=bad_code&error_description=The+code+is+wrong

static bool answer_add_field(struct str item, struct arena *a, struct buf *json) {
  struct str name, value;
  char *text = arena_z(a, item);
  for (size_t i = 0; i < item.n; i++)
    if (text[i] == '+') text[i] = ' ';
  struct str rest = {text, item.n};
  bool ok = str_cut(&rest, '=', &name) && name.p + name.n < text + item.n && codec_is_token(name) &&
            codec_unpercent(a, rest, &value);
  if (ok) {
    buf_add_char(json, json->n ? ',' : '{');
    json_add_string(json, name);
    buf_add_char(json, ':');
    json_add_string(json, value);
    secret_wipe((void *)(uintptr_t)value.p, value.n);
  }
  secret_wipe(text, item.n);
  return ok;
}

static yyjson_doc *answer_read_form(struct str body, struct arena *a) {
  struct buf json = BUF_MAX(JSON_ESCAPED_MOST * OAUTH_ANSWER_MOST + 1024);
  struct str item;
  struct err unused;
  yyjson_doc *doc = NULL;
  size_t fields = 0;
  bool ok = str_contains(body, STR("error=")) || str_contains(body, STR("access_token="));
  if (!ok || !buf_room(&json, JSON_ESCAPED_MOST * body.n + 1024)) return NULL; // at once: it is wiped
  for (struct str rest = str_trim(body); ok && str_cut(&rest, '&', &item);)
    ok = fields++ < ANSWER_FIELDS_MOST && answer_add_field(item, a, &json);
  buf_add_char(&json, '}');
  if (!ok || !json_read(buf_str(&json), &JSON_LIMITS, &doc, &unused)) doc = NULL;
  secret_wipe(json.p, json.cap);
  buf_free(&json);
  return doc;
}

// ---- pages: the title says it, else the first words

static struct str answer_between(struct str text, const char *from, const char *to) {
  size_t n = strlen(from), end;
  for (size_t i = 0; i + n <= text.n; i++) {
    if (!str_is_nocase(str_make(text.p + i, n), from)) continue;
    struct str rest = str_from(text, i + n);
    for (end = 0; end < rest.n &&
                  !str_is_nocase(str_make(rest.p + end, end + strlen(to) <= rest.n ? strlen(to) : 0), to);)
      end++;
    return str_trim(str_make(rest.p, end));
  }
  return STR_NONE;
}

static struct str answer_without_tags(struct str text, struct arena *a) {
  char *out = arena_alloc(a, text.n + 1);
  size_t n = 0;
  bool tag = false;
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '<' || text.p[i] == '>') {
      if (n && out[n - 1] != ' ') out[n++] = ' ';
      tag = text.p[i] == '<';
    } else if (!tag && !(text.p[i] == ' ' && n && out[n - 1] == ' ')) {
      out[n++] = text.p[i];
    }
  }
  return str_trim(str_make(out, n));
}

static struct str answer_page(struct str body, struct arena *a) {
  if (body.n > ANSWER_WORDS_MOST) body.n = ANSWER_WORDS_MOST;
  while (body.n && !codec_is_utf8(body)) body.n--; // cut in the middle of a character, or none
  struct str title = answer_between(body, "<title>", "</title>");
  return arena_dup(a, title.n ? title : answer_without_tags(body, a));
}

void oauth_read_body(struct str body, struct arena *a, struct oauth_reply *out) {
  struct err unused;
  bool json = json_read(body, &JSON_FORGIVING, &out->doc, &unused);
  if (!json) out->doc = answer_read_form(body, a);
  if (json && !yyjson_is_obj(yyjson_doc_get_root(out->doc))) oauth_reply_free(out);
  if (!out->doc && out->status >= 400) out->words = answer_page(str_trim(body), a);
}

// ---- what it says

// RFC 6749 §5.2: a short word. Anything else is no code.
static bool answer_is_code(struct str code, const struct redact *hide) {
  bool word = code.n > 0 && code.n <= 64 && !redact_is_in(hide, code);
  for (size_t i = 0; word && i < code.n; i++)
    word = (code.p[i] >= 'a' && code.p[i] <= 'z') || code.p[i] == '_' || code.p[i] == '-' ||
           (code.p[i] >= '0' && code.p[i] <= '9');
  return word;
}

struct str oauth_error_code(yyjson_val *root, const struct redact *hide, struct arena *a) {
  static const char *const places[] = {"/error",       "/error/code", "/error/type",
                                       "/error/error", "/error_code", "/code"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    struct str code = json_text(json_at(root, str_of(places[i])));
    if (answer_is_code(code, hide)) return arena_dup(a, code);
  }
  return STR("");
}

struct str oauth_words(const struct oauth_reply *reply, const struct redact *hide, struct arena *a) {
  static const char *const places[] = {"/error_description",
                                       "/error/message",
                                       "/error/error_description",
                                       "/error/description",
                                       "/error_message",
                                       "/message",
                                       "/msg",
                                       "/detail",
                                       "/errors/0/message",
                                       "/error"};
  yyjson_val *root = yyjson_doc_get_root(reply->doc);
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    struct str text = json_text(json_at(root, str_of(places[i])));
    bool said = text.n && !(i + 1 == sizeof places / sizeof *places && answer_is_code(text, hide));
    if (said) return oauth_said(text, hide, a);
  }
  return oauth_said(reply->words, hide, a);
}
