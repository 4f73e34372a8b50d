// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/codec.h"
#include "crypto/redact.h"

#define KEY "sk-live_51H8xYz/QmR+tK=7&w%2\"Zé9"
#define TOKEN                                                                                                \
  "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyLTQ3MTEiLCJhdWQiOiJtY3AifQ."                         \
  "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"

static struct arena *arena;

static int set_up(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static struct redact *of(const char *secret) {
  struct redact_part part = {str_of(secret), 0};
  return redact_new(&part, 1, NULL);
}

static struct str hide(const struct redact *r, struct str text) {
  struct str out = redact_text(r, text, arena);
  char *copy = arena_z(arena, text); // both ways are one
  size_t n = redact_bytes(r, copy, text.n);
  assert_true(str_eq(out, str_make(copy, n)));
  assert_true(out.n <= text.n);
  return out;
}

// ---- the forms that software prints

typedef void form(struct buf *out, struct str s);

static void form_literal(struct buf *out, struct str s) {
  buf_add(out, s);
}
static void form_upper(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) buf_add_char(out, (char)toupper((unsigned char)s.p[i]));
}
static void form_json(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    if (strchr("\"\\/", s.p[i])) buf_add_char(out, '\\');
    buf_add_char(out, s.p[i]);
  }
}
static void form_json_twice(struct buf *out, struct str s) {
  struct buf once = BUF_MAX(1 << 20);
  form_json(&once, s);
  form_json(out, buf_str(&once));
  buf_free(&once);
}
static void form_unicode(struct buf *out, struct str s) { // é is the only one beyond ASCII
  for (size_t i = 0; i < s.n; i++) {
    bool wide = (unsigned char)s.p[i] == 0xc3;
    buf_printf(out, "\\u%04X", wide ? 0xe9 : s.p[i]);
    i += wide;
  }
}
static void form_percent(struct buf *out, struct str s) {
  codec_percent(out, s);
}
static void form_percent_lower(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) buf_printf(out, "%%%02x", (unsigned char)s.p[i]);
}
static void form_percent_twice(struct buf *out, struct str s) {
  struct buf once = BUF_MAX(1 << 20);
  codec_percent(&once, s);
  codec_percent(out, buf_str(&once));
  buf_free(&once);
}
static void form_percent_in_unicode(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) buf_printf(out, "\\\\u0025%02x", (unsigned char)s.p[i]);
}
static void form_html(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    static const char *const names[][2] = {{"&", "&amp;"}, {"\"", "&quot;"}, {"/", "&#x2F;"}, {"=", "&#61;"}};
    size_t k = 0;
    while (k < 4 && names[k][0][0] != s.p[i]) k++;
    if (k < 4)
      buf_add_z(out, names[k][1]);
    else
      buf_add_char(out, s.p[i]);
  }
}
static void form_html_numbers(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    bool wide = (unsigned char)s.p[i] == 0xc3;
    buf_printf(out, i % 2 ? "&#x%x;" : "&amp;#%d;", wide ? 0xe9 : s.p[i]);
    i += wide;
  }
}
static void form_go(struct buf *out, struct str s) { // encoding/json escapes what HTML minds
  for (size_t i = 0; i < s.n; i++)
    if (strchr("&<>=+", s.p[i]))
      buf_printf(out, "\\u%04x", s.p[i]);
    else
      buf_add_char(out, s.p[i]);
}
static void form_base64(struct buf *out, struct str s) {
  buf_add(out, codec_base64(arena, s));
}
static void form_base64_url(struct buf *out, struct str s) {
  buf_add(out, codec_base64_url(arena, s));
}
static void form_base64_json(struct buf *out, struct str s) {
  form_json(out, codec_base64(arena, s));
}
static void form_base64_percent(struct buf *out, struct str s) {
  codec_percent(out, codec_base64(arena, s));
}
static void form_pair(struct buf *out, struct str s) {
  buf_add(out, codec_base64(arena, arena_printf(arena, "u:%.*s", STR_ARG(s))));
}
static void form_pair_longer(struct buf *out, struct str s) {
  buf_add(out, codec_base64(arena, arena_printf(arena, "somebody@example.com:%.*s and more", STR_ARG(s))));
}
static void form_pair_percent(struct buf *out, struct str s) { // RFC 6749 §2.3.1
  struct buf pair = BUF_MAX(1 << 20);
  buf_add_z(&pair, "client:");
  codec_percent(&pair, s);
  buf_add(out, codec_base64(arena, buf_str(&pair)));
  buf_free(&pair);
}
static void form_base64_lines(struct buf *out, struct str s) {
  struct str all = codec_base64(arena, s);
  for (size_t i = 0; i < all.n; i++) {
    if (i && i % 10 == 0) buf_add_z(out, i % 20 ? "\r\n" : "\\n");
    buf_add_char(out, all.p[i]);
  }
}
static void form_hex(struct buf *out, struct str s) {
  for (size_t i = 0; i < s.n; i++) buf_printf(out, i % 2 ? "%02x" : "%02X", (unsigned char)s.p[i]);
}

static const struct {
  const char *name;
  form *make;
} forms[] = {{"literal", form_literal},
             {"upper case", form_upper},
             {"JSON", form_json},
             {"JSON twice", form_json_twice},
             {"\\u", form_unicode},
             {"percent", form_percent},
             {"percent, all, lower case", form_percent_lower},
             {"percent twice", form_percent_twice},
             {"percent in \\u", form_percent_in_unicode},
             {"HTML", form_html},
             {"HTML numbers", form_html_numbers},
             {"Go", form_go},
             {"base64", form_base64},
             {"base64url", form_base64_url},
             {"base64 in JSON", form_base64_json},
             {"base64, percent", form_base64_percent},
             {"Basic", form_pair},
             {"Basic, with more behind", form_pair_longer},
             {"Basic of OAuth", form_pair_percent},
             {"base64 in lines", form_base64_lines},
             {"hex", form_hex}};

// Behind n letters, and with what follows.
static void test_every_form_anywhere(void **state) {
  (void)state;
  static const char *const secrets[] = {KEY, TOKEN, "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "hunter2!",
                                        "pa\\nss\\wörd 1"};
  for (size_t k = 0; k < sizeof secrets / sizeof *secrets; k++) {
    struct redact *r = of(secrets[k]);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
      for (size_t before = 0; before < 300; before += before < 20 ? 1 : 9) {
        if (forms[i].make == form_unicode || forms[i].make == form_html_numbers)
          if (k == 4) continue; // ö is not é
        struct buf text = BUF_MAX(1 << 20);
        for (size_t n = 0; n < before; n++) buf_add_char(&text, "the quick brown fox"[n % 19]);
        buf_add_z(&text, before % 2 ? "\"" : ": ");
        size_t start = text.n;
        forms[i].make(&text, str_of(secrets[k]));
        size_t end = text.n;
        buf_add_z(&text, before % 2 ? "\" is wrong" : " is wrong");
        struct str out = hide(r, buf_str(&text));
        if (!str_contains(out, STR(REDACT_WORD)) && !str_contains(out, STR("****")) &&
            !str_contains(out, STR("1111")))
          fail_msg("%s of %s behind %zu: %.*s", forms[i].name, secrets[k], before, STR_ARG(out));
        // Base64 ends in characters that are not of the secret alone.
        if (end - start > 24 && str_contains(out, str_make(text.p + (start + end) / 2 - 6, 12)))
          fail_msg("%s of %s behind %zu leaves %.*s", forms[i].name, secrets[k], before, STR_ARG(out));
        assert_true(str_ends(out, before % 2 ? "\" is wrong" : " is wrong"));
        assert_memory_equal(out.p, text.p, before);
        buf_free(&text);
      }
    redact_unref(r);
  }
}

static void check(const struct redact *r, const char *text, const char *expected) {
  struct str out = hide(r, str_of(text));
  if (!str_is(out, expected)) fail_msg("'%s' came out as '%.*s', not '%s'", text, STR_ARG(out), expected);
}

static void test_what_stays(void **state) {
  (void)state;
  struct redact *r = of("Tr0ub4dor&3xyz-horse");
  check(r, "", "");
  check(r, "nothing to see %41 \\u0041 &amp; 100%", "nothing to see %41 \\u0041 &amp; 100%");
  check(r, "key=Tr0ub4dor&3xyz-horse&next=1", "key=[redacted]&next=1");
  check(r, "{\"error\":\"bad: Tr0ub4dor\\u00263xyz-horse\",\"n\":1}",
        "{\"error\":\"bad: [redacted]\",\"n\":1}");
  check(r, "Tr0ub4dor&3xyz-horseTr0ub4dor&3xyz-horse", "[redacted]");
  check(r, "[Tr0ub4dor&3xyz-horse,tr0ub4dor&amp;3XYZ-HORSE]", "[[redacted],[redacted]]");
  check(NULL, "Tr0ub4dor&3xyz-horse", "Tr0ub4dor&3xyz-horse");
  redact_unref(r);
}

// Sixteen characters from the start on are a secret; fewer are chance.
static void test_cut(void **state) {
  (void)state;
  struct redact *r = of("0123456789abcdefghijklmnopqrstuvwxyz");
  check(r, "key 0123456789abcde", "key 0123456789abcde");
  check(r, "key 0123456789abcdef", "key [redacted]");
  check(r, "key 0123456789abcdefghijkl...", "key [redacted]...");
  check(r, "key 0123456789abcdefghij****wxyz", "key [redacted]****wxyz");
  struct str coded = codec_base64(arena, STR("0123456789abcdefghijklmnopqrstuvwxyz"));
  check(r, arena_printf(arena, "Basic %.*s", 20, coded.p).p, "Basic [redacted]");
  redact_unref(r);
}

// The header of a token, and the user of a pair, are many others' too.
static void test_open_beginnings(void **state) {
  (void)state;
  struct redact *r = of(TOKEN);
  check(r, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhbm90aGVyIn0.c2lnbmF0dXJl",
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhbm90aGVyIn0.c2lnbmF0dXJl");
  check(r, "eyJzdWIiOiJ1c2VyLTQ3MTEiLCJhdWQiOiJtY3AifQ==",
        "eyJzdWIiOiJ1c2VyLTQ3MTEiLCJhdWQiOiJtY3AifQ=="); // a cursor
  check(r, "Bearer " TOKEN, "Bearer [redacted]");
  redact_unref(r);
  struct redact_part pair = {STR("somebody-with-a-name@example.com:abc"), 33};
  r = redact_new(&pair, 1, NULL);
  check(r, "mail of somebody-with-a-name@example.com", "mail of somebody-with-a-name@example.com");
  check(r, "somebody-with-a-name@example.com:abc", "[redacted]");
  check(r, arena_printf(arena, "Basic %.*s", STR_ARG(codec_base64(arena, pair.text))).p, "Basic [redacted]");
  redact_unref(r);
}

static void test_short_ones(void **state) {
  (void)state;
  assert_null(of("")); // found in every text
  assert_null(of("abc"));
  assert_null(of("12345"));
  struct redact *r = of("summer");
  check(r, "\"summer\" is wrong, and so is Summer.", "\"******\" is wrong, and so is ******.");
  check(r, "midsummer, summers", "midsummer, summers");
  check(r, "q=%22summer%22", "q=%22******%22");
  redact_unref(r);
  r = of("c0de");
  check(r, "no c0de here: %22c0de%22, c0der, YzBkZQ==", "no **** here: %22****%22, c0der, YzBkZQ==");
  redact_unref(r);
  r = of("12345678");
  check(r, "{\"pin\":12345678,\"text\":\"12345678\"}", "{\"pin\":11111111,\"text\":\"11111111\"}");
  redact_unref(r);
}

// What stands beside it makes an escape of its ends.
static void test_neighbours(void **state) {
  (void)state;
  struct redact *r = of("ab12cd34ef56ab78");
  check(r, "LIKE '%ab12cd34ef56ab78%'", "LIKE '%[redacted]%'");
  check(r, "C:\\\\dir\\ab12cd34ef56ab78", "C:\\\\dir\\[redacted]");
  redact_unref(r);
  r = of("p4ssw0rd-of-me%");
  check(r, "p4ssw0rd-of-me%20 p4ssw0rd-of-me%", "[redacted]20 [redacted]");
  redact_unref(r);
  r = of("next-key-0123456");
  check(r, "{\"path\":\"C:\\\\next-key-0123456\"}", "{\"path\":\"C:\\\\[redacted]\"}");
  redact_unref(r);
}

// The longest counts, and what overlaps goes together.
static void test_several(void **state) {
  (void)state;
  struct redact_part parts[] = {{STR("access-token-0123456"), 0},
                                {STR("access-token-0123456-and-refresh-789"), 0},
                                {STR("0123456-and-refresh-789-tail"), 0},
                                {STR("access-token-0123456"), 0}};
  struct redact *r = redact_new(parts, 2, NULL);
  check(r, "a access-token-0123456-and-refresh-789 b", "a [redacted] b");
  check(r, "a access-token-0123456: b", "a [redacted]: b");
  struct redact *both = redact_new(&parts[2], 2, r);
  redact_unref(r);
  check(both, "access-token-0123456 0123456-and-refresh-789-tail", "[redacted] [redacted]");
  redact_unref(both);
  struct redact_part nothing = {STR("non"), 0};
  r = of("a-secret-of-its-own");
  both = redact_new(&nothing, 1, r);
  redact_unref(r);
  check(both, "a-secret-of-its-own", "[redacted]");
  redact_unref(both);
  assert_null(redact_new(&nothing, 1, NULL));
}

static void test_errors(void **state) {
  (void)state;
  struct redact *r = of("a-secret-of-its-own");
  struct err err;
  err_at(&err, ERR_UPSTREAM, "a-secret-of-its-own", "said %s",
         "a-secret-of-its-own twice: YS1zZWNyZXQtb2YtaXRzLW93bg==");
  err_hint(&err, "not %s", "a-secret-of-its-own");
  redact_err(r, &err);
  assert_string_equal(err.field, "[redacted]");
  assert_string_equal(err.hint, "not [redacted]");
  assert_string_equal(err.text, "said [redacted] twice: [redacted]g==");
  redact_unref(r);
}

// Secrets and texts that repeat themselves cost no more than others: a second for what would take hours.
static void test_work_is_bounded(void **state) {
  (void)state;
  enum { N = 2 << 20 };
  char *text = malloc(N), *secret = malloc(REDACT_TEXT_MOST + 100);
  memset(secret, 'a', REDACT_TEXT_MOST + 99);
  secret[REDACT_TEXT_MOST + 99] = 0;
  struct redact *r = of(secret);
  static const char *const fills[] = {"a", "aaaaaaaaaaaaaaab", "\\u0061", "%61a", "\\\\\\", "&#97;"};
  for (size_t k = 0; k < sizeof fills / sizeof *fills; k++) {
    for (size_t i = 0, n = strlen(fills[k]); i < N; i++) text[i] = fills[k][i % n];
    assert_true(redact_bytes(r, text, N) <= N);
  }
  redact_unref(r);
  memcpy(secret, "eyJ", 3);
  memset(secret + 700, '.', 1);
  r = of(secret);
  for (size_t i = 0; i < N; i++)
    text[i] = i % 720 < 3 ? "eyJ"[i % 720] : i % 720 == 700 ? '.' : i % 720 > 715 ? 'b' : 'a';
  assert_int_equal(redact_bytes(r, text, N), N);
  redact_unref(r);
  free(text);
  free(secret);
}

// Against a search of the plain kind, over texts that are nearly secrets.
static void test_random(void **state) {
  (void)state;
  srand(7);
  for (int round = 0; round < 3000; round++) {
    char secret[48], text[400];
    size_t n = 8 + (size_t)rand() % 38, m = 0;
    for (size_t i = 0; i < n; i++) secret[i] = "abAB1"[rand() % 5];
    secret[n] = 0;
    struct redact *r = of(secret);
    while (m < sizeof text - 60)
      if (rand() % 4) {
        size_t from = (size_t)rand() % n, k = 1 + (size_t)rand() % (n - from);
        memcpy(text + m, secret + from, k);
        m += k;
      } else {
        text[m++] = "ab -"[rand() % 4];
      }
    struct str out = hide(r, str_make(text, m));
    size_t piece = n < REDACT_PIECE ? n : REDACT_PIECE;
    for (size_t i = 0; i + piece <= out.n; i++) {
      size_t k = 0;
      while (k < piece && tolower((unsigned char)out.p[i + k]) == tolower((unsigned char)secret[k])) k++;
      if (k == piece) fail_msg("'%s' is left in '%.*s'", secret, STR_ARG(out));
    }
    redact_unref(r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_every_form_anywhere, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_what_stays, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_cut, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_open_beginnings, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_short_ones, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_neighbours, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_several, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_work_is_bounded, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_random, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
