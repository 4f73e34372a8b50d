// SPDX-License-Identifier: Apache-2.0
#include "call/shape_parts.h"

#include <ctype.h>

#include "base/codec.h"
#include "data/json.h"
#include "data/uri.h"

enum {
  SHAPE_ESCAPED = 6,       // what one byte can become in a JSON string: \u0001
  SHAPE_FRAME = 64 * 1024, // notes and the frame around the text
  SHAPE_DEPTH = 512,
  SHAPE_TYPE = 96,
  SHAPE_LARGE = 1 << 20, // a text whose tree is reckoned before it is read
};

// ---- content blocks

void shape_open(struct run_result *out, size_t ceiling) {
  *out = (struct run_result){.outcome = RUN_OK, .content = BUF_MAX(ceiling * SHAPE_ESCAPED + SHAPE_FRAME)};
}

static void shape_next_block(struct run_result *out) {
  buf_add_char(&out->content, out->content.n ? ',' : '[');
}

void shape_add_text(struct run_result *out, struct str text) {
  shape_next_block(out);
  buf_add_z(&out->content, "{\"type\":\"text\",\"text\":");
  json_add_string(&out->content, text);
  buf_add_char(&out->content, '}');
}

void shape_close(struct run_result *out) {
  buf_add_char(&out->content, ']');
  if (!out->content.full) return;
  buf_clear(&out->content);
  buf_add_z(&out->content,
            "[{\"type\":\"text\",\"text\":\"The result is too large to pass on. Ask for less.\"}]");
  out->is_error = true;
  out->outcome = RUN_FAILED;
}

// ---- small things

struct str shape_vendor(const struct shape_input *in) {
  return in->connector->label.n ? in->connector->label : in->connector->name;
}

struct str shape_body(const struct shape_input *in) {
  struct str body = buf_str(&in->response->body);
  return str_starts(body, "\xef\xbb\xbf") ? str_from(body, 3) : body;
}

// A tree may be many times the text, and yyjson has no limit of its own while it reads.
static bool shape_may_read(struct str body, struct payer *payer, struct err *err) {
  if (body.n < SHAPE_LARGE) return true;
  size_t most = body.n + json_tree_most(body);
  if (!payer_take(payer, most)) return payer_explain(payer, err);
  payer_give(payer, most); // it is gone again before anybody else runs here
  return true;
}

yyjson_doc *shape_parse(struct str body, struct payer *payer) {
  struct err unused;
  if (!shape_may_read(body, payer, &unused)) return NULL;
  return yyjson_read_opts((char *)(uintptr_t)body.p, body.n, YYJSON_READ_NUMBER_AS_RAW, NULL, NULL);
}

// ---- what came: the type says, and the bytes only where it says nothing or plainly errs

enum shape_kind {
  SHAPE_JSON,
  SHAPE_MAYBE_JSON,
  SHAPE_TEXT,
  SHAPE_IMAGE,
  SHAPE_AUDIO,
  SHAPE_BINARY,
  SHAPE_SNIFF
};

static const struct {
  const char *pattern;
  enum shape_kind kind;
} shape_types[] = {
    {"application/json", SHAPE_JSON},
    {"text/json", SHAPE_JSON},
    {"*/*+json", SHAPE_JSON},
    {"text/plain", SHAPE_MAYBE_JSON},
    {"text/html", SHAPE_MAYBE_JSON},
    {"text/*", SHAPE_TEXT},
    {"*/*+xml", SHAPE_TEXT}, // SVG too: text that a model can read
    {"application/xml", SHAPE_TEXT},
    {"application/*javascript", SHAPE_TEXT},
    {"application/javascript+module", SHAPE_TEXT}, // of Workers
    {"application/*yaml", SHAPE_TEXT},
    {"application/*ndjson", SHAPE_TEXT},
    {"application/jsonl", SHAPE_TEXT},
    {"application/sql", SHAPE_TEXT},
    {"application/graphql", SHAPE_TEXT},
    {"application/x-www-form-urlencoded", SHAPE_TEXT},
    {"multipart/*", SHAPE_TEXT},
    {"image/*", SHAPE_IMAGE},
    {"audio/*", SHAPE_AUDIO},
    {"application/octet-stream", SHAPE_SNIFF},
    {"binary/octet-stream", SHAPE_SNIFF},
    {"*/*", SHAPE_BINARY},
    {"**", SHAPE_SNIFF}, // none, or no media type at all
};

static const struct {
  struct str magic;
  const char *type;
} shape_magic[] = {
    {{"\x89PNG\r\n\x1a\n", 8}, "image/png"},
    {{"\xff\xd8\xff", 3}, "image/jpeg"},
    {{"GIF8", 4}, "image/gif"},
    {{"%PDF-", 5}, "application/pdf"},
    {{"PK\x03\x04", 4}, "application/zip"},
    {{"\x1f\x8b", 2}, "application/gzip"},
    {{"\0asm", 4}, "application/wasm"},
    {{"SQLite format 3", 15}, "application/vnd.sqlite3"},
};

static const char *shape_sniff(struct str body) {
  for (size_t i = 0; i < sizeof shape_magic / sizeof *shape_magic; i++)
    if (body.n >= shape_magic[i].magic.n && !memcmp(body.p, shape_magic[i].magic.p, shape_magic[i].magic.n))
      return shape_magic[i].type;
  bool riff = body.n >= 12 && !memcmp(body.p, "RIFF", 4);
  return riff && !memcmp(body.p + 8, "WEBP", 4)   ? "image/webp"
         : riff && !memcmp(body.p + 8, "WAVE", 4) ? "audio/wav"
                                                  : "";
}

static bool shape_looks_like_json(struct str body) {
  struct str s = str_trim(str_cut_utf8(body, 64));
  return s.n && (s.p[0] == '{' || s.p[0] == '[');
}

static enum shape_kind shape_kind_of(struct str type) {
  size_t i = 0;
  while (!str_glob(str_of(shape_types[i].pattern), type)) i++; // the last row takes all
  return shape_types[i].kind;
}

// The kind, and the media type in lower case into `type`.
static enum shape_kind shape_kind(const struct shape_input *in, struct str body, char type[SHAPE_TYPE]) {
  struct str media = http_media_type(http_header_get(&in->response->headers, "content-type"));
  size_t n = media.n < SHAPE_TYPE ? media.n : 0;
  for (size_t i = 0; i < n; i++) type[i] = (char)tolower((unsigned char)media.p[i]);
  type[n] = 0;
  enum shape_kind kind = shape_kind_of(str_make(type, n));
  if (kind != SHAPE_SNIFF) return kind;
  const char *sniffed = shape_sniff(body);
  if (*sniffed) {
    memcpy(type, sniffed, strlen(sniffed) + 1);
    return shape_kind_of(str_of(sniffed));
  }
  bool text = codec_is_utf8(body) && !memchr(body.p, 0, body.n);
  return text ? SHAPE_MAYBE_JSON : SHAPE_BINARY;
}

// ---- each kind

// The hot path: the vendor's bytes are checked and escaped straight into the result, once.
static bool shape_forward(struct str body, struct run_result *out, struct err *err) {
  size_t start = out->content.n;
  buf_room(&out->content, body.n + body.n / 4 + 256);
  shape_next_block(out);
  buf_add_z(&out->content, "{\"type\":\"text\",\"text\":\"");
  if (json_forward(&out->content, body, SHAPE_DEPTH, err)) {
    buf_add_z(&out->content, "\"}");
    return true;
  }
  out->content.n = start;
  return false;
}

static void shape_add_binary(const struct shape_input *in, const char *type, struct str body, struct arena *a,
                             struct run_result *out) {
  const char *sniffed = shape_sniff(body);
  struct str also =
      *sniffed && strcmp(sniffed, type) ? arena_printf(a, " It looks like %s.", sniffed) : STR("");
  shape_add_text(out,
                 arena_printf(a, "%.*s answered with binary data, which is not shown: %s, %zu bytes.%.*s",
                              STR_ARG(shape_vendor(in)), *type ? type : "of no stated type", body.n,
                              STR_ARG(also)));
}

static void shape_add_media(const struct shape_input *in, const char *type, struct str body, struct arena *a,
                            struct run_result *out) {
  if (body.n / 3 * 4 + 4 > in->ceiling) {
    shape_add_text(
        out, arena_printf(a,
                          "%.*s answered with %s of %zu bytes, more than the %zu that a result may have. "
                          "Ask for a smaller or more compressed form.",
                          STR_ARG(shape_vendor(in)), type, body.n, in->ceiling));
    return;
  }
  shape_next_block(out);
  buf_printf(&out->content, "{\"type\":\"%s\",\"data\":\"",
             str_starts(str_of(type), "image/") ? "image" : "audio");
  buf_add(&out->content, codec_base64(a, body));
  buf_add_z(&out->content, "\",\"mimeType\":");
  json_add_string(&out->content, str_of(type));
  buf_add_char(&out->content, '}');
}

// Proxies and error pages answer 200 too. Only where the connector says that the API has an envelope.
static bool shape_is_web_page(const struct shape_input *in, const char *type, struct str body) {
  return in->connector->envelope.ok.n && !strcmp(type, "text/html") &&
         str_starts(str_trim(str_cut_utf8(body, 256)), "<");
}

static void shape_add_plain(const struct shape_input *in, const char *type, struct str body, struct arena *a,
                            struct run_result *out) {
  if (!codec_is_utf8(body))
    shape_add_binary(in, type, body, a, out);
  else if (body.n > in->ceiling)
    shape_add_cut_text(in, body, a, out);
  else
    shape_add_text(out, body);
}

// False where it is not JSON.
static bool shape_add_json(const struct shape_input *in, struct str body, struct arena *a,
                           struct run_result *out, struct err *err) {
  if (body.n <= in->ceiling) return shape_forward(body, out, err);
  if (!shape_may_read(body, in->response->body.payer, err)) return false;
  yyjson_read_err why = {0};
  yyjson_doc *doc =
      yyjson_read_opts((char *)(uintptr_t)body.p, body.n, YYJSON_READ_NUMBER_AS_RAW, NULL, &why);
  if (!doc) return err_set(err, ERR_INVALID, "not valid JSON: %s at byte %zu", why.msg, why.pos);
  shape_add_cut_json(in, doc, a, out);
  yyjson_doc_free(doc);
  return true;
}

static void shape_add_empty(const struct shape_input *in, struct arena *a, struct run_result *out) {
  int status = in->response->status;
  struct str location = http_header_get(&in->response->headers, "location");
  struct str where = str_cut_utf8(location, 512);
  shape_add_text(out, arena_printf(a, "done (%d %s)%s%.*s", status, http_status_text(status),
                                   where.n ? "; location: " : "", STR_ARG(where)));
}

static void shape_add_unread(const struct err *why, struct arena *a, struct run_result *out) {
  out->is_error = true;
  out->outcome = RUN_FAILED;
  shape_add_text(
      out, arena_printf(a, "The vendor's answer is too large to be cut to size now: %s.\nWhat to do: %s.",
                        why->text, why->hint));
}

static void shape_add_success(const struct shape_input *in, struct arena *a, struct run_result *out) {
  struct str body = shape_body(in);
  char type[SHAPE_TYPE];
  struct err err = {0};
  if (str_trim(str_cut_utf8(body, 16)).n == 0 && str_trim(body).n == 0) {
    shape_add_empty(in, a, out);
    return;
  }
  switch (shape_kind(in, body, type)) {
  case SHAPE_JSON:
    if (shape_add_json(in, body, a, out, &err)) return;
    if (err.code == ERR_LIMIT)
      shape_add_unread(&err, a, out);
    else
      shape_add_bad_json(in, &err, a, out);
    return;
  case SHAPE_MAYBE_JSON:
    if (shape_looks_like_json(body) && shape_add_json(in, body, a, out, &err)) return;
    if (shape_is_web_page(in, type, body))
      shape_add_web_page(in, a, out);
    else
      shape_add_plain(in, type, body, a, out);
    return;
  case SHAPE_TEXT:
    shape_add_plain(in, type, body, a, out);
    return;
  case SHAPE_IMAGE:
  case SHAPE_AUDIO:
    shape_add_media(in, type, body, a, out);
    return;
  default:
    shape_add_binary(in, type, body, a, out);
  }
}

// ---- the whole

void shape_response(const struct shape_input *in, struct arena *a, struct run_result *out) {
  int status = in->response->status;
  shape_open(out, in->ceiling);
  out->has_rate = ratelimit_read(&in->response->headers, status, in->now_ms, &out->rate);
  if (shape_is_limited(in, out))
    shape_add_limited(in, a, out);
  else if (status >= 300 && status < 400)
    shape_add_redirected(in, a, out);
  else if (status >= 400 || shape_envelope_failed(in))
    shape_add_refused(in, a, out);
  else
    shape_add_success(in, a, out);
  shape_close(out);
}

void shape_refusal(enum run_outcome outcome, struct str text, struct run_result *out) {
  shape_open(out, text.n);
  out->outcome = outcome;
  out->is_error = true;
  shape_add_text(out, text);
  shape_close(out);
}

// What a caller can do about a call that got no answer, by the kind of failure.
static const struct {
  enum err_code code;
  enum run_outcome outcome;
  const char *what, *todo;
} shape_failures[] = {
    {ERR_TIMEOUT, RUN_FAILED, "The vendor did not answer in time",
     "Ask for less (a smaller page, a narrower filter) or try again later. If the call changes something, "
     "read the present state first: it may have been done."},
    {ERR_UPSTREAM, RUN_FAILED, "The vendor could not be reached, or broke off",
     "Try again later; if it stays so, tell whoever runs this server. If the call changes something, read "
     "the present state first: it may have been done."},
    {ERR_LIMIT, RUN_FAILED, "The vendor's answer passes a limit of this server",
     "Ask for less: a smaller page, fewer fields, a narrower filter."},
    {ERR_DENIED, RUN_DENIED, "This server may not connect there",
     "Whoever runs it must allow the address; calling again does not help."},
    {ERR_CANCELED, RUN_CANCELED, "The call was canceled", ""},
    {ERR_UNAVAILABLE, RUN_FAILED, "This server is busy or stopping", "Try again in a few seconds."},
    {ERR_OK, RUN_FAILED, "This server failed",
     "Tell whoever runs it, with the time of the call."}, // any other
};

void shape_failure(const struct err *why, struct arena *a, struct run_result *out) {
  size_t i = 0;
  while (shape_failures[i].code != why->code && shape_failures[i].code != ERR_OK) i++;
  const char *todo = why->hint[0] ? why->hint : shape_failures[i].todo;
  shape_refusal(
      shape_failures[i].outcome,
      arena_printf(a, "%s: %s.%s%s", shape_failures[i].what, why->text, *todo ? "\nWhat to do: " : "", todo),
      out);
}
