// SPDX-License-Identifier: Apache-2.0
#include "../tool/fixture.h"

#include "call/judge.h"
#include "call/shape.h"
#include "data/json.h"

enum { CEILING = 1000 };

static struct connector_hint hints[] = {{403, 10000, STR("Renew the token.")},
                                        {0, 9109, STR("Not your zone.")},
                                        {404, -1, STR("Look for the id.")}};
static const struct connector cloudflare = {
    .name = {"cloudflare", 10},
    .label = {"Cloudflare", 10},
    .envelope = {{"/success", 8}, {"/errors", 7}, {"/code", 5}, {"/message", 8}},
    .hints = hints,
    .hint_count = 3};
static const struct connector plain = {.name = {"acme", 4}};

struct fixture {
  struct arena *arena;
  struct toolset *set;
  struct http_header headers[8];
  size_t header_count;
  struct call_answer answer;
  struct run_result out;
  yyjson_doc *content;
};

#define TOOL                                                                                                 \
  "{'name':'list_x','class':'list','method':'GET','path':'/x','read_only':true,'permission':'Zone Read',"    \
  "'params':[{'arg':'page','name':'page','in':'query','style':'form','explode':true},"                       \
  "{'arg':'per_page','name':'per_page','in':'query','style':'form','explode':true},"                         \
  "{'arg':'name','name':'name','in':'query','style':'form','explode':true}],"                                \
  "'input':{'type':'object','properties':{'per_page':{'minimum':5},'limit':{'maximum':20},'big':{'minimum':" \
  "500}}},%s}"

static void setup(struct fixture *f, const char *type, const char *more) {
  *f = (struct fixture){.arena = arena_new(), .answer.response.body = BUF_MAX(16 * 1024 * 1024)};
  f->set = fixture_set(f->arena, arena_printf(f->arena, TOOL, more ? more : "'tags':[]").p);
  if (type) f->headers[f->header_count++] = (struct http_header){STR("content-type"), str_of(type)};
}

static void header(struct fixture *f, const char *name, const char *value) {
  f->headers[f->header_count++] = (struct http_header){str_of(name), str_of(value)};
}

// Shapes and checks that what came out is a JSON array of blocks.
static void shape(struct fixture *f, const struct connector *c, int status, struct str body,
                  const char *arguments) {
  struct catalog_account account = {.connector = c};
  buf_add(&f->answer.response.body, body);
  f->answer.response.status = status;
  f->answer.response.headers = (struct http_headers){f->headers, f->header_count};
  yyjson_doc *given = arguments ? fixture_doc(f->arena, arguments) : NULL;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  f->answer.asked = doc;
  f->answer.account = &account;
  f->answer.tool = f->set->tools;
  f->answer.arguments = given ? yyjson_val_mut_copy(doc, yyjson_doc_get_root(given)) : NULL;
  judge_response(&f->answer, CEILING, 1790000000000, f->arena);
  shape_answer(&f->answer, CEILING, f->arena, &f->out);
  assert_int_equal(f->out.outcome, f->answer.outcome); // shaping decides nothing
  yyjson_doc_free(given);
  f->content = yyjson_read(f->out.content.p, f->out.content.n, 0);
  if (!yyjson_is_arr(yyjson_doc_get_root(f->content)))
    fail_msg("not content: %.*s", STR_ARG(buf_str(&f->out.content)));
}

static struct str block(const struct fixture *f, size_t i, const char *key) {
  return json_str(yyjson_arr_get(yyjson_doc_get_root(f->content), i), key);
}

static size_t blocks(const struct fixture *f) {
  return yyjson_arr_size(yyjson_doc_get_root(f->content));
}

static void teardown(struct fixture *f) {
  yyjson_doc_free(f->content);
  buf_free(&f->out.content);
  call_answer_free(&f->answer);
  toolset_unref(f->set);
  arena_free(f->arena);
}

#define BYTES(literal) STR(literal)

static void one_block_by_type(void **state) {
  (void)state;
  static const struct {
    const char *type; // NULL: none
    int status;
    struct str body;
    const char *kind, *text; // text: what the block says, whole; NULL: another kind
    bool is_error;
  } rows[] = {
      {"application/json", 200, BYTES("{\"a\": 1.10, \"b\":[12345678901234567890123]}"), "text",
       "{\"a\":1.10,\"b\":[12345678901234567890123]}", false},
      {"application/vnd.acme+json; charset=utf-8", 200, BYTES("[\"\\u00fc\",\"\xc3\xbc\"]"), "text",
       "[\"\\u00fc\",\"\xc3\xbc\"]", false},
      {"application/json", 200, BYTES("\xef\xbb\xbf{}"), "text", "{}", false},
      {"application/json", 200, BYTES("\"text\""), "text", "\"text\"", false},
      {"text/plain", 200, BYTES("{\"a\": 1}"), "text", "{\"a\":1}", false},
      {"text/plain", 200, BYTES("{not json"), "text", "{not json", false},
      {"text/html", 200, BYTES("<p>\"x\"</p>\n"), "text", "<p>\"x\"</p>\n", false},
      {"TEXT/CSV", 200, BYTES("a,b\n1,2\n"), "text", "a,b\n1,2\n", false},
      {"application/javascript", 200, BYTES("export default {}"), "text", "export default {}", false},
      {"application/javascript+module", 200, BYTES("export {}"), "text", "export {}", false},
      {"image/svg+xml", 200, BYTES("<svg/>"), "text", "<svg/>", false},
      {NULL, 200, BYTES("{\"a\":1}"), "text", "{\"a\":1}", false},
      {"undefined", 200, BYTES("[1]"), "text", "[1]", false},
      {"application/octet-stream", 200, BYTES("plain words"), "text", "plain words", false},
      {"application/json", 204, BYTES(""), "text", "done (204 No Content)", false},
      {NULL, 200, BYTES(" \r\n"), "text", "done (200 OK)", false},
      {"text/plain", 200, BYTES("\xff\xfe binary"), "text",
       "acme answered with binary data, which is not shown: text/plain, 9 bytes.", false},
      {"application/zip", 200, BYTES("PK\x03\x04...."), "text",
       "acme answered with binary data, which is not shown: application/zip, 8 bytes.", false},
      {"application/octet-stream", 200, BYTES("\0asm\1\0\0\0"), "text",
       "acme answered with binary data, which is not shown: application/wasm, 8 bytes.", false},
      {"application/x-odd", 200, BYTES("%PDF-1.7"), "text",
       "acme answered with binary data, which is not shown: application/x-odd, 8 bytes. It looks like "
       "application/pdf.",
       false},
      {"image/png", 200, BYTES("\x89PNG\r\n\x1a\n"), "image", NULL, false},
      {NULL, 200, BYTES("\x89PNG\r\n\x1a\n"), "image", NULL, false},
      {"audio/mpeg", 200, BYTES("ID3"), "audio", NULL, false},
      {NULL, 304, BYTES(""), "text", "not modified (304): what you have is current", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    setup(&f, rows[i].type, NULL);
    shape(&f, &plain, rows[i].status, rows[i].body, NULL);
    assert_int_equal(blocks(&f), 1);
    fixture_is(block(&f, 0, "type"), rows[i].kind);
    if (rows[i].text) fixture_is(block(&f, 0, "text"), rows[i].text);
    assert_int_equal(f.out.is_error, rows[i].is_error);
    assert_int_equal(f.out.outcome, RUN_OK);
    assert_false(f.out.has_rate);
    teardown(&f);
  }
}

static void images_and_where_created(void **state) {
  (void)state;
  struct fixture f;
  setup(&f, "image/PNG", NULL);
  shape(&f, &plain, 200, BYTES("\x89PNG\r\n\x1a\n"), NULL);
  fixture_is(block(&f, 0, "data"), "iVBORw0KGgo=");
  fixture_is(block(&f, 0, "mimeType"), "image/png");
  teardown(&f);
  setup(&f, "image/png", NULL);
  char big[CEILING] = {0};
  shape(&f, &plain, 200, str_make(big, sizeof big), NULL);
  fixture_has(block(&f, 0, "text"), "image/png of 1000 bytes, more than the 1000");
  assert_false(f.out.is_error);
  teardown(&f);
  setup(&f, NULL, NULL);
  header(&f, "Location", "/things/7");
  shape(&f, &plain, 201, BYTES(""), NULL);
  fixture_is(block(&f, 0, "text"), "done (201 Created); location: /things/7");
  teardown(&f);
}

struct failure { // what a vendor answers, and what its result says
  const char *type;
  int status;
  const char *body;
  const char *has[4], *lacks;
};

static void check_failure(const struct connector *connector, const struct failure *row) {
  struct fixture f;
  setup(&f, row->type, NULL);
  shape(&f, connector, row->status, fixture_json(f.arena, row->body), NULL);
  assert_int_equal(blocks(&f), 1);
  assert_true(f.out.is_error);
  assert_int_equal(f.out.outcome, RUN_UPSTREAM_ERROR);
  for (size_t i = 0; i < 4 && row->has[i]; i++) fixture_has(block(&f, 0, "text"), row->has[i]);
  if (row->lacks) fixture_lacks(block(&f, 0, "text"), row->lacks);
  teardown(&f);
}

static void failures_in_an_envelope(void **state) {
  (void)state;
  static const struct failure rows[] = {
      {"application/json",
       403,
       "{'success':false,'errors':[{'code':10000,'message':'Authentication error'}],'result':null}",
       {"Cloudflare answered 403 Forbidden.", "\n- 10000: Authentication error",
        "This tool needs the permission 'Zone Read'.", "What to do: Renew the token."},
       "result"},
      {"application/json",
       400,
       "{'success':false,'errors':[{'code':6003,'message':'Invalid request "
       "headers','error_chain':[{'code':6103,'message':'Bad key'}]},"
       "{'code':9109,'message':'m'}]}",
       {"- 6003: Invalid request headers (error_chain: [{", "Bad key", "\n- 9109: m",
        "What to do: Not your zone."},
       "permission"},
      // A failure whatever the status.
      {"application/json",
       200,
       "{'result':[],'success' : false,'errors':[{'message':'only words'}]}",
       {"Cloudflare reports a failure (with HTTP status 200).", "\n- only words"},
       "permission"},
      {"application/json",
       404,
       "{'success':false,'errors':[]}",
       {"It said: {\"success\":false,\"errors\":[]}", "What to do: Look for the id."},
       NULL},
      {"text/html; charset=utf-8",
       200,
       "\n <html>bad gateway</html>",
       {"Cloudflare answered 200, but with a web page", "begins: <html>bad"},
       NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_failure(&cloudflare, &rows[i]);
}

static void failures_of_a_vendor_without_one(void **state) {
  (void)state;
  static const struct failure rows[] = {
      {"application/json",
       422,
       "{'error':{'message':'bad value','n':1.0}}",
       {"acme answered 422", "It said: {\"error\":{\"message\":\"bad value\",\"n\":1.0}}", "input schema"},
       NULL},
      {"text/html",
       502,
       "<html>bad gateway</html>",
       {"acme answered 502 Bad Gateway.", "It said: <html>bad gateway</html>", "vendor's side"},
       "present state"},
      {NULL, 500, "", {"acme answered 500 Internal Server Error.\nWhat to do"}, "said"},
      {"application/json",
       200,
       "{'a':[1,2}",
       {"JSON it promised cannot be read", "at byte 9", "begins: {\"a\":[1,2}"},
       NULL},
      {"application/json", 200, "<html>", {"at byte 0", "begins: <html>"}, NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_failure(&plain, &rows[i]);
}

// Only the envelope's own member counts, not one of the same name in the rows.
static void rows_that_failed_are_no_failure(void **state) {
  (void)state;
  struct fixture f;
  setup(&f, "application/json", NULL);
  shape(&f, &cloudflare, 200, fixture_json(f.arena, "{'result':[{'success':false}],'success':true}"), NULL);
  assert_false(f.out.is_error);
  teardown(&f);
}

static void graphql(void **state) {
  (void)state;
  static const struct {
    const char *body;
    bool is_error;
  } rows[] = {
      {"{'data':null,'errors':[{'message':'syntax error','path':null}]}", true},
      {"{'errors':[{'message':'syntax error'}]}", true},
      {"{'data':{'a':1},'errors':[{'message':'half of it'}]}", false},
      {"{'data':{'a':1},'errors':[]}", false},
      {"{'data':{'a':1},'errors':null}", false},
      {"{'data':null}", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    setup(&f, "application/json", NULL);
    f.set->tools->path = STR("/graphql");
    shape(&f, &cloudflare, 200, fixture_json(f.arena, rows[i].body), NULL);
    assert_int_equal(f.out.is_error, rows[i].is_error);
    fixture_has(block(&f, 0, "text"), rows[i].is_error ? "\n- syntax error" : "{\"data\":");
    teardown(&f);
  }
}

static void writing_tools_warn_after_a_server_fault(void **state) {
  (void)state;
  struct fixture f;
  setup(&f, NULL, NULL);
  f.set->tools->read_only = false;
  shape(&f, &plain, 503, STR("down"), NULL);
  fixture_has(block(&f, 0, "text"), "read the present state before trying again");
  teardown(&f);
}

static void a_write_whose_answer_cannot_be_read_may_have_been_done(void **state) {
  (void)state;
  static const char *const types[] = {"application/json", "text/html"};
  for (size_t i = 0; i < 4; i++) {
    struct fixture f;
    setup(&f, types[i % 2], NULL);
    f.set->tools->read_only = i < 2;
    shape(&f, &cloudflare, 200, i % 2 ? STR("<html>done</html>") : STR("{\"id\":1,"), NULL);
    assert_true(f.out.is_error);
    fixture_has(block(&f, 0, "text"),
                i < 2 ? "Try once more later" : "may have been done: read the present state");
    teardown(&f);
  }
}

static void rate_limits(void **state) {
  (void)state;
  static const struct {
    int status;
    const char *headers[6];
    enum run_outcome outcome;
    bool has_rate;
    const char *text;
  } rows[] = {
      {429,
       {"retry-after", "37", "ratelimit-policy", "\"burst\";q=100;w=60", "ratelimit", "\"burst\";r=0;t=12"},
       RUN_RATE_LIMITED,
       true,
       "Cloudflare answered 429: too many requests. The limit is 100 requests. Wait 37 seconds before the "
       "next call. Nothing was retried."},
      {420,
       {"x-featureratelimit-limit", "500", "x-featureratelimit-remaining", "0"},
       RUN_RATE_LIMITED,
       true,
       "The limit is 500 requests. The vendor does not say how long to wait."},
      {429, {NULL}, RUN_RATE_LIMITED, false, "does not say how long to wait"},
      {403,
       {"x-ratelimit-limit", "60", "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1790000030"},
       RUN_RATE_LIMITED,
       true,
       "answered 403: too many requests. The limit is 60 requests. Wait 30 seconds"},
      {403,
       {"x-ratelimit-limit", "60", "x-ratelimit-remaining", "5", "x-ratelimit-reset", "1790000030"},
       RUN_UPSTREAM_ERROR,
       true,
       "answered 403 Forbidden"},
      {200, {"x-ratelimit-limit", "60", "x-ratelimit-remaining", "5"}, RUN_OK, true, "{}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    setup(&f, "application/json", NULL);
    for (size_t j = 0; j < 6 && rows[i].headers[j]; j += 2)
      header(&f, rows[i].headers[j], rows[i].headers[j + 1]);
    shape(&f, &cloudflare, rows[i].status, STR("{}"), NULL);
    assert_int_equal(f.out.outcome, rows[i].outcome);
    assert_int_equal(f.out.is_error, rows[i].outcome != RUN_OK);
    assert_int_equal(f.out.has_rate, rows[i].has_rate);
    fixture_has(block(&f, 0, "text"), rows[i].text);
    teardown(&f);
  }
}

static void redirects_tell_the_host_alone(void **state) {
  (void)state;
  static const struct {
    const char *location, *says;
  } rows[] = {
      {"https://login.example.com/path?ticket=t0ps3cret", "points to login.example.com."},
      {"/elsewhere?ticket=t0ps3cret", "points to another place at the same host."},
      {NULL, "points to nowhere."},
  };
  for (size_t i = 0; i < 3; i++) {
    struct fixture f;
    setup(&f, NULL, NULL);
    if (rows[i].location) header(&f, "location", rows[i].location);
    shape(&f, &plain, 302, STR(""), NULL);
    assert_true(f.out.is_error);
    fixture_has(block(&f, 0, "text"), rows[i].says);
    fixture_lacks(block(&f, 0, "text"), "t0ps3cret");
    teardown(&f);
  }
}

// ---- the ceiling

// {"result":[rows of 20 bytes],"success":true}
static struct str rows_of(struct arena *a, size_t count) {
  char *p = arena_alloc(a, 64 + 21 * count);
  size_t n = (size_t)sprintf(p, "{\"result\":[");
  for (size_t i = 0; i < count; i++)
    n += (size_t)sprintf(p + n, "%s{\"id\":%4zu,\"v\":1.10}", i ? "," : "", i + 1000);
  n += (size_t)sprintf(p + n, "],\"success\":true}");
  return str_make(p, n);
}

static void whole_rows_are_left_out_and_paging_goes_on(void **state) {
  (void)state;
  // 1,000 bytes hold the frame of 27 and 46 rows of 21, less one comma.
  static const struct {
    const char *paging, *arguments, *next;
  } rows[] = {
      {"'paging':{'page':'page','size':'per_page'}", "{'page':1,'per_page':100}",
       "Next: call again with page=2 and per_page=46."},
      {"'paging':{'page':'page','size':'per_page'}", "{}", "Next: call again with page=2 and per_page=46."},
      // 246 rows are done after it: the sixth page of 46 holds rows 231 to 276.
      {"'paging':{'page':'page','size':'per_page'}", "{'page':3,'per_page':100}",
       "Next: call again with page=6 and per_page=46."},
      {"'paging':{'offset':'offset','limit':'limit'}", "{'offset':300}",
       "Next: call again with offset=346 and limit=20."},
      {"'paging':{'cursor':'cursor','size':'per_page'}", "{'cursor':'x'}",
       "Next: make this call again with per_page=46 and the same cursor, then follow the cursor in its "
       "answer."},
      {"'paging':{'cursor':'cursor','size':'per_page'}", "{}",
       "Next: make this call again with per_page=46, then follow the cursor in its answer."},
      {"'paging':{'cursor':'cursor'}", "{}",
       "Next: narrow the call with page, per_page, name, or ask for single things."},
      {"'paging':{'offset':'offset','limit':'limit'}", "{'offset':9223372036854775807}",
       "with offset=46 and"},
      {"'paging':{'page':'name','size':'limit'}", "{}", "Next: call again with name=3 and limit=20."},
      {"'paging':{'page':'page','size':'big'}", "{}",
       "Next: narrow the call with per_page, name, or ask for single things."},
      {"'tags':[]", "{}", "Next: narrow the call with page, per_page, name, or ask"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    setup(&f, "application/json", rows[i].paging);
    shape(&f, &cloudflare, 200, rows_of(f.arena, 100), rows[i].arguments);
    assert_int_equal(blocks(&f), 2);
    assert_false(f.out.is_error);
    struct str text = block(&f, 0, "text");
    assert_true(text.n <= CEILING && text.n > CEILING - 42);
    yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
    assert_int_equal(yyjson_arr_size(yyjson_obj_get(yyjson_doc_get_root(doc), "result")), 46);
    assert_true(yyjson_is_true(yyjson_obj_get(yyjson_doc_get_root(doc), "success")));
    fixture_has(text, "{\"id\":1045,\"v\":1.10}]");
    yyjson_doc_free(doc);
    fixture_has(block(&f, 1, "text"),
                "[postern] 46 of 100 items shown; 54 left out because the result passes 1000 bytes. ");
    fixture_has(block(&f, 1, "text"), rows[i].next);
    teardown(&f);
  }
}

static void rows_are_found_below(void **state) {
  (void)state;
  struct fixture f;
  setup(&f, "application/json", NULL);
  struct str rows = rows_of(f.arena, 100);
  shape(&f, &plain, 200,
        arena_printf(f.arena, "{\"data\":{\"zones\":[{\"n\":[1,2],\"x\":%.*s}]}}", STR_ARG(rows)), NULL);
  struct str text = block(&f, 0, "text");
  assert_true(text.n <= CEILING);
  fixture_has(text, "{\"data\":{\"zones\":[{\"n\":[1,2],\"x\":{\"result\":[{\"id\":1000,");
  fixture_has(text, "],\"success\":true}}]}}");
  fixture_has(block(&f, 1, "text"), "of 100 items of /data/zones/0/x/result shown;");
  teardown(&f);
  setup(&f, "application/json", NULL); // the root itself
  rows = rows_of(f.arena, 100);
  shape(&f, &plain, 200, str_make(rows.p + 10, rows.n - 10 - strlen(",\"success\":true}")), NULL);
  fixture_has(block(&f, 1, "text"), "47 of 100 items shown;");
  teardown(&f);
}

static void white_space_does_not_count(void **state) {
  (void)state;
  struct fixture f;
  setup(&f, "application/json", NULL);
  struct str wide = arena_printf(f.arena, "{%2000s\"a\":1}", "");
  shape(&f, &plain, 200, wide, NULL);
  assert_int_equal(blocks(&f), 1);
  fixture_is(block(&f, 0, "text"), "{\"a\":1}");
  teardown(&f);
}

static void one_giant_is_described(void **state) {
  (void)state;
  struct fixture f;
  setup(&f, "application/json", NULL);
  char big[CEILING + 1];
  memset(big, 'x', sizeof big);
  shape(&f, &plain, 200,
        arena_printf(f.arena, "{\"ok\":true,\"result\":[{\"id\":1,\"a/b\":\"%.*s\",\"tags\":[1,2]}]}",
                     CEILING + 1, big),
        NULL);
  assert_int_equal(blocks(&f), 1);
  assert_false(f.out.is_error); // it may have changed something: the call did work
  fixture_has(block(&f, 0, "text"), "no whole item of it fits");
  fixture_has(block(&f, 0, "text"), "\n/result: array of 1, about 10");
  fixture_has(block(&f, 0, "text"), "\n/result/0/id: number, about 4 bytes");
  fixture_has(block(&f, 0, "text"), "\n/result/0/a~1b: string, about 1004 bytes");
  fixture_has(block(&f, 0, "text"), "\n/result/0/tags: array of 2");
  fixture_has(block(&f, 0, "text"), "Next: narrow the call with page, per_page, name");
  fixture_lacks(block(&f, 0, "text"), "xxx");
  teardown(&f);
  setup(&f, "application/json", NULL); // thousands of members stay a short text
  struct buf b = BUF_MAX(1024 * 1024);
  for (int i = 0; i < 3000; i++) buf_printf(&b, "%s\"k%d\":{\"a\":\"b\"}", i ? "," : "{", i);
  buf_add_char(&b, '}');
  shape(&f, &plain, 200, buf_str(&b), NULL);
  fixture_has(block(&f, 0, "text"), "… and 2980 more");
  assert_true(block(&f, 0, "text").n < 8000);
  buf_free(&b);
  teardown(&f);
  setup(&f, "application/json", NULL); // still JSON's promise
  shape(&f, &plain, 200, arena_printf(f.arena, "{\"a\":\"%.*s\"", CEILING + 1, big), NULL);
  assert_true(f.out.is_error);
  fixture_has(block(&f, 0, "text"), "the JSON it promised");
  teardown(&f);
}

static void long_texts_are_cut_at_a_line_or_character(void **state) {
  (void)state;
  struct fixture f;
  setup(&f, "text/plain", NULL);
  char text[3 * CEILING];
  for (size_t i = 0; i < sizeof text; i++) text[i] = i % 30 == 29 ? '\n' : 'x';
  shape(&f, &plain, 200, str_make(text, sizeof text), NULL);
  assert_int_equal(block(&f, 0, "text").n, 990);
  fixture_has(block(&f, 1, "text"), "[postern] 990 of 3000 bytes of text shown, cut at the end of a line;");
  teardown(&f);
  setup(&f, "text/plain", NULL);
  for (size_t i = 1; i + 1 < sizeof text; i += 2) memcpy(text + i, "\xc3\xbc", 2);
  text[0] = 'x', text[sizeof text - 1] = 'x';
  shape(&f, &plain, 200, str_make(text, sizeof text), NULL);
  assert_int_equal(block(&f, 0, "text").n, 999);
  fixture_has(block(&f, 1, "text"), "cut between characters");
  teardown(&f);
}

static void failures_before_any_answer(void **state) {
  (void)state;
  static const struct {
    enum err_code code;
    enum run_outcome outcome;
    const char *says;
  } rows[] = {
      {ERR_TIMEOUT, RUN_FAILED, "did not answer in time: why it was.\nWhat to do: Ask for less"},
      {ERR_UPSTREAM, RUN_FAILED,
       "could not be reached, or broke off: why it was.\nWhat to do: Try again later"},
      {ERR_LIMIT, RUN_FAILED, "passes a limit of this server"},
      {ERR_DENIED, RUN_DENIED, "may not connect there"},
      {ERR_CANCELED, RUN_CANCELED, "was canceled"},
      {ERR_INTERNAL, RUN_FAILED, "This server failed: why it was."},
      {ERR_INVALID, RUN_FAILED, "This server failed: why it was."},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err = {0};
    struct run_result out;
    err_set(&err, rows[i].code, "why it was");
    struct call_answer answer = {0};
    judge_failure(&answer, &err, a);
    shape_answer(&answer, CEILING, a, &out);
    assert_int_equal(out.outcome, rows[i].outcome);
    assert_true(out.is_error);
    yyjson_doc *doc = yyjson_read(out.content.p, out.content.n, 0);
    fixture_has(json_str(yyjson_arr_get(yyjson_doc_get_root(doc), 0), "text"), rows[i].says);
    yyjson_doc_free(doc);
    buf_free(&out.content);
  }
  struct err err = {0};
  struct run_result out;
  err_set(&err, ERR_DENIED, "10.0.0.1 is private");
  err_hint(&err, "allow 10.0.0.0/8");
  struct call_answer answer = {0};
  judge_failure(&answer, &err, a);
  shape_answer(&answer, CEILING, a, &out);
  fixture_has(buf_str(&out.content), "10.0.0.1 is private.\\nWhat to do: allow 10.0.0.0/8");
  buf_free(&out.content);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_block_by_type),
      cmocka_unit_test(images_and_where_created),
      cmocka_unit_test(failures_in_an_envelope),
      cmocka_unit_test(failures_of_a_vendor_without_one),
      cmocka_unit_test(rows_that_failed_are_no_failure),
      cmocka_unit_test(graphql),
      cmocka_unit_test(writing_tools_warn_after_a_server_fault),
      cmocka_unit_test(a_write_whose_answer_cannot_be_read_may_have_been_done),
      cmocka_unit_test(rate_limits),
      cmocka_unit_test(redirects_tell_the_host_alone),
      cmocka_unit_test(whole_rows_are_left_out_and_paging_goes_on),
      cmocka_unit_test(rows_are_found_below),
      cmocka_unit_test(white_space_does_not_count),
      cmocka_unit_test(one_giant_is_described),
      cmocka_unit_test(long_texts_are_cut_at_a_line_or_character),
      cmocka_unit_test(failures_before_any_answer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
