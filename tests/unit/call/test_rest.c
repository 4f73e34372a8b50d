// SPDX-License-Identifier: Apache-2.0
#include "../tool/fixture.h"

#include "call/rest.h"

// One request: the tool's method-independent parts, the arguments, and what must come out.
struct row {
  const char *path, *params, *body, *arguments;
  const char *url;     // after the base; or NULL: refused
  const char *sent;    // the body; NULL: none
  const char *type;    // Content-Type
  const char *refused; // pointer of the argument refused
};

static struct account fixture_account(void) {
  return (struct account){.base_url = STR("https://api.example.com/v1/"), .name = STR("acme")};
}

static bool build(struct arena *a, const struct row *row, const struct account *account,
                  struct rest_request *out, struct err *err) {
  struct str tool = arena_printf(
      a,
      "{'name':'t','class':'custom','method':'POST','path':'%s','params':[%s],%s%s%s'input':{"
      "'type':'object','properties':{'bin':{'contentEncoding':'base64'},'up':{'format':'binary'},'js':{'"
      "contentMediaType':'text/javascript'},'p':{'format':'binary'},'ups':{'items':{'format':'binary'}}}}}",
      row->path, row->params, row->body ? "'body':" : "", row->body ? row->body : "", row->body ? "," : "");
  struct toolset *s = fixture_set(a, tool.p);
  yyjson_doc *doc = fixture_doc(a, row->arguments);
  yyjson_mut_doc *mut = yyjson_mut_doc_new(NULL);
  bool ok = rest_build(s->tools, account, yyjson_val_mut_copy(mut, yyjson_doc_get_root(doc)), a, out, err);
  if (ok && out->body.n) { // as the documents below go, what was built may not lean on them
    char *copy = mem_copy(out->body.p, out->body.n);
    size_t n = out->body.n;
    buf_clear(&out->body);
    buf_add(&out->body, str_make(copy, n));
    mem_free(copy);
  }
  if (ok)
    for (size_t i = 0; i < out->headers.count; i++) {
      out->headers.items[i].name = arena_dup(a, out->headers.items[i].name);
      out->headers.items[i].value = arena_dup(a, out->headers.items[i].value);
    }
  yyjson_mut_doc_free(mut);
  yyjson_doc_free(doc);
  toolset_unref(s);
  return ok;
}

static void check(const struct row *row) {
  struct arena *a = arena_new();
  struct account account = fixture_account();
  struct rest_request r = {0};
  struct err err = {0};
  bool ok = build(a, row, &account, &r, &err);
  if (row->refused) {
    if (ok) fail_msg("%s with %s was sent to %.*s", row->path, row->arguments, STR_ARG(r.url));
    assert_int_equal(err.code, ERR_INVALID);
    assert_string_equal(err.field, row->refused);
    assert_true(err.text[0]);
  } else {
    if (!ok) fail_msg("%s with %s: %s %s", row->path, row->arguments, err.field, err.text);
    assert_true(str_starts(r.url, "https://api.example.com/v1/"));
    fixture_is(str_from(r.url, strlen("https://api.example.com/v1")), row->url);
    assert_int_equal(r.has_body, row->sent != NULL);
    if (row->sent) fixture_is(buf_str(&r.body), fixture_json(a, row->sent).p);
    fixture_is(http_header_get(&r.headers, "content-type"), row->type ? row->type : "");
    assert_true(http_header_get(&r.headers, "accept").n > 0);
    rest_request_free(&r);
  }
  arena_free(a);
}

#define P(in, style, explode)                                                                                \
  "{'arg':'c','name':'color','in':'" in "','style':'" style "','explode':" explode "}"
#define LIST "{'c':['blue','black','brown']}"
#define MAP "{'c':{'R':100,'G':200}}"

// The examples of OpenAPI 3.1 §4.8.12.4 and their like.
static void styles(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"/{color}", P("path", "simple", "false"), NULL, "{'c':'blue'}", "/blue"},
      {"/{color}", P("path", "simple", "false"), NULL, LIST, "/blue,black,brown"},
      {"/{color}", P("path", "simple", "true"), NULL, LIST, "/blue,black,brown"},
      {"/{color}", P("path", "simple", "false"), NULL, MAP, "/R,100,G,200"},
      {"/{color}", P("path", "simple", "true"), NULL, MAP, "/R=100,G=200"},
      {"/{color}", P("path", "label", "false"), NULL, "{'c':'blue'}", "/.blue"},
      {"/{color}", P("path", "label", "false"), NULL, LIST, "/.blue,black,brown"},
      {"/{color}", P("path", "label", "true"), NULL, LIST, "/.blue.black.brown"},
      {"/{color}", P("path", "label", "false"), NULL, MAP, "/.R,100,G,200"},
      {"/{color}", P("path", "label", "true"), NULL, MAP, "/.R=100.G=200"},
      {"/{color}", P("path", "matrix", "false"), NULL, "{'c':'blue'}", "/;color=blue"},
      {"/{color}", P("path", "matrix", "false"), NULL, LIST, "/;color=blue,black,brown"},
      {"/{color}", P("path", "matrix", "true"), NULL, LIST, "/;color=blue;color=black;color=brown"},
      {"/{color}", P("path", "matrix", "false"), NULL, MAP, "/;color=R,100,G,200"},
      {"/{color}", P("path", "matrix", "true"), NULL, MAP, "/;R=100;G=200"},
      {"/", P("query", "form", "true"), NULL, "{'c':'blue'}", "/?color=blue"},
      {"/", P("query", "form", "true"), NULL, "{'c':''}", "/?color="},
      {"/", P("query", "form", "true"), NULL, LIST, "/?color=blue&color=black&color=brown"},
      {"/", P("query", "form", "false"), NULL, LIST, "/?color=blue,black,brown"},
      {"/", P("query", "form", "true"), NULL, MAP, "/?R=100&G=200"},
      {"/", P("query", "form", "false"), NULL, MAP, "/?color=R,100,G,200"},
      {"/", P("query", "spaceDelimited", "false"), NULL, LIST, "/?color=blue%20black%20brown"},
      {"/", P("query", "spaceDelimited", "true"), NULL, LIST, "/?color=blue&color=black&color=brown"},
      {"/", P("query", "spaceDelimited", "false"), NULL, MAP, "/?color=R%20100%20G%20200"},
      {"/", P("query", "pipeDelimited", "false"), NULL, LIST, "/?color=blue%7Cblack%7Cbrown"},
      {"/", P("query", "pipeDelimited", "false"), NULL, MAP, "/?color=R%7C100%7CG%7C200"},
      {"/", P("query", "deepObject", "true"), NULL, MAP, "/?color%5BR%5D=100&color%5BG%5D=200"},
      {"/", P("query", "deepObject", "true"), NULL, "{'c':{'a':{'b':[1,2]}}}",
       "/?color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bb%5D=2"},
      {"/", P("query", "deepObject", "true"), NULL, "{'c':'x'}", "/?color=x"},
      {"/", P("query", "json", "false"), NULL, MAP, "/?color=%7B%22R%22%3A100%2C%22G%22%3A200%7D"},
      {"/", P("query", "json", "true"), NULL, "{'c':[1]}", "/?color=%5B1%5D"},
      {"/", P("query", "form", "true"), NULL, "{'c':[]}", "/"},
      {"/", P("query", "form", "false"), NULL, "{'c':{}}", "/"},
      {"/", P("query", "form", "true"), NULL, "{'c':null}", "/"},
      {"/", P("query", "form", "true"), NULL, "{}", "/"},
      {"/", P("query", "form", "true"), NULL, "{'c':true}", "/?color=true"},
      // Numbers go out as they came in.
      {"/", P("query", "form", "true"), NULL, "{'c':12345678901234567890123}",
       "/?color=12345678901234567890123"},
      {"/", P("query", "form", "true"), NULL, "{'c':1.10}", "/?color=1.10"},
      {"/", P("query", "form", "true"), NULL, "{'c':[{'a':1}]}", "/?color=%7B%22a%22%3A1%7D"},
      // A comma inside an item is not a joint.
      {"/", P("query", "form", "false"), NULL, "{'c':['a,b','c&d=e#f']}", "/?color=a%2Cb,c%26d%3De%23f"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check(&rows[i]);
}

#define ID "{'arg':'id','name':'id','in':'path','style':'simple','explode':false}"

static void paths_hold_their_values_in_one_segment(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"/zones/{id}/x", ID, NULL, "{'id':'a/b'}", "/zones/a%2Fb/x"},
      {"/zones/{id}/x", ID, NULL, "{'id':'../../user/tokens'}", "/zones/..%2F..%2Fuser%2Ftokens/x"},
      {"/zones/{id}/x", ID, NULL, "{'id':'%2e%2e'}", "/zones/%252e%252e/x"},
      {"/zones/{id}/x", ID, NULL, "{'id':'a?b#c;d'}", "/zones/a%3Fb%23c%3Bd/x"},
      {"/zones/{id}/x", ID, NULL, "{'id':'...'}", "/zones/.../x"},
      {"/zones/{id}/x", ID, NULL, "{'id':'\\r\\nHost: evil'}", "/zones/%0D%0AHost%3A%20evil/x"},
      {"/zones/{id}/x", ID, NULL, "{'id':'z\xc3\xbcrich'}", "/zones/z%C3%BCrich/x"},
      {"/zones/{id}/x", ID, NULL, "{'id':7}", "/zones/7/x"},
      {"/zones/{id}/x", ID, NULL, "{'id':'..'}", .refused = "/id"},
      {"/zones/{id}/x", ID, NULL, "{'id':'.'}", .refused = "/id"},
      {"/zones/{id}/x", ID, NULL, "{'id':''}", .refused = "/id"},
      {"/zones/{id}/x", ID, NULL, "{'id':null}", .refused = "/id"},
      {"/zones/{id}/x", ID, NULL, "{'id':[]}", .refused = "/id"},
      {"/zones/{id}/x", ID, NULL, "{'id':['a','..']}", .refused = "/id"},
      {"/zones/{id}/x", ID, NULL, "{}", .refused = "/id"},
      {"/ai/run/@cf/{id}/a b", ID, NULL, "{'id':'x'}", "/ai/run/@cf/x/a%20b"},
      {"/v?fixed=1", "{'arg':'q','name':'q','in':'query','style':'form','explode':true}", NULL, "{'q':1}",
       "/v?fixed=1&q=1"},
      // Dotted names are literal keys, brackets are escaped.
      {"/zones", "{'arg':'account_id','name':'account.id','in':'query','style':'form','explode':true}", NULL,
       "{'account_id':'a'}", "/zones?account.id=a"},
      {"/zones", "{'arg':'f','name':'filter[x]','in':'query','style':'form','explode':true}", NULL,
       "{'f':'a'}", "/zones?filter%5Bx%5D=a"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check(&rows[i]);
}

#define NAME "{'arg':'n','name':'n','in':'path','style':'reserved','explode':false}"

// {+name}: slashes stay, and nothing else that could lead elsewhere.
static void reserved_values_keep_their_slashes(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"/v1/{n}:publish", NAME, NULL, "{'n':'projects/p/topics/t'}", "/v1/projects/p/topics/t:publish"},
      {"/v1/{n}", NAME, NULL, "{'n':'one'}", "/v1/one"},
      {"/v1/{n}", NAME, NULL, "{'n':'/a/b'}", "/v1/a/b"},
      {"/files{n}", NAME, NULL, "{'n':'/a/b'}", "/files/a/b"},
      {"/v1/{n}", NAME, NULL, "{'n':'a/b/'}", "/v1/a/b/"},
      {"/v1/{n}", NAME, NULL, "{'n':'a?b#c/d;e%2e%2e/f'}", "/v1/a%3Fb%23c/d%3Be%252e%252e/f"},
      {"/v1/{n}", NAME, NULL, "{'n':'a\\\\b/@c'}", "/v1/a%5Cb/%40c"},
      {"/v1/{n}", NAME, NULL, "{'n':7}", "/v1/7"},
      {"/v1/{n}", NAME, NULL, "{'n':['a','b']}", "/v1/a/b"},
      {"/v1/{n}", NAME, NULL, "{'n':'../x'}", .refused = "/n"},
      {"/v1/{n}", NAME, NULL, "{'n':'a/../../x'}", .refused = "/n"},
      {"/v1/{n}", NAME, NULL, "{'n':'a/.'}", .refused = "/n"},
      {"/v1/{n}", NAME, NULL, "{'n':'a/..'}", .refused = "/n"},
      {"/v1/{n}", NAME, NULL, "{'n':'a//b'}", .refused = "/n"},
      {"/v1/{n}", NAME, NULL, "{'n':'//evil.example/x'}", .refused = "/n"},
      {"/v1/{n}", NAME, NULL, "{'n':'/'}", .refused = "/n"},
      {"/v1/{n}", NAME, NULL, "{'n':''}", .refused = "/n"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check(&rows[i]);
}

// Where an operation has an address of its own.
static void addresses(void **state) {
  (void)state;
  static const struct {
    const char *account, *more, *url; // url NULL: refused
  } rows[] = {
      {"https://h/v1", "", "https://h/v1/a"},
      {"https://h/v1/", "'base':{'instead_of':'/v1','path':'/v2'},", "https://h/v2/a"},
      {"https://h/v1", "'base':{'instead_of':'/v1','path':''},", "https://h/a"},
      {"https://proxy/x/v1", "'base':{'instead_of':'/v1','path':'/v2'},", "https://proxy/x/v2/a"},
      {"https://h", "'base':{'instead_of':'','path':'/v2'},", "https://h/v2/a"},
      {"https://h/other", "'base':{'instead_of':'/v1','path':'/v2'},", NULL},
      {"https://h/v1", "'base_url':'https://upload/x/',", "https://upload/x/a"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct account account = {.base_url = str_of(rows[i].account), .name = STR("acme")};
    struct toolset *s = fixture_set(a, arena_printf(a,
                                                    "{'name':'t','class':'get','method':'GET','path':'/"
                                                    "a','read_only':true,%s'input':{'type':'object'}}",
                                                    rows[i].more)
                                           .p);
    struct rest_request r = {0};
    struct err err = {0};
    yyjson_mut_doc *mut = yyjson_mut_doc_new(NULL);
    bool ok = rest_build(s->tools, &account, yyjson_mut_obj(mut), a, &r, &err);
    if (ok != (rows[i].url != NULL)) fail_msg("%zu: %.*s%s", i, STR_ARG(r.url), err.text);
    if (ok) fixture_is(r.url, rows[i].url);
    yyjson_mut_doc_free(mut);
    rest_request_free(&r);
    toolset_unref(s);
    arena_free(a);
  }
}

#define H(name) "{'arg':'h','name':'" name "','in':'header','style':'simple','explode':false}"

static void headers_and_cookies(void **state) {
  (void)state;
  static const struct row refused[] = {
      {"/", H("X-A"), NULL, "{'h':'a\\r\\nX-B: c'}", .refused = "/h"},
      {"/", H("X-A"), NULL, "{'h':'a\\u0000'}", .refused = "/h"},
      {"/", H("Host"), NULL, "{'h':'evil.example'}", .refused = "/h"},
      {"/", H("AUTHORIZATION"), NULL, "{'h':'Bearer x'}", .refused = "/h"},
      {"/", H("Content-Length"), NULL, "{'h':'1'}", .refused = "/h"},
      {"/", H("transfer-encoding"), NULL, "{'h':'chunked'}", .refused = "/h"},
      {"/", H("Connection"), NULL, "{'h':'close'}", .refused = "/h"},
      {"/", H("Cookie"), NULL, "{'h':'a=b'}", .refused = "/h"},
      {"/", H("X-HTTP-Method-Override"), NULL, "{'h':'DELETE'}", .refused = "/h"},
      {"/", H("X A"), NULL, "{'h':'a'}", .refused = "/h"},
      {"/", "{'arg':'h','name':'a b','in':'cookie','style':'form','explode':true}", NULL, "{'h':'a'}",
       .refused = "/h"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) check(&refused[i]);
  struct arena *a = arena_new();
  struct account account = fixture_account();
  static const struct row row = {
      "/",
      H("If-Match") ",{'arg':'l','name':'X-List','in':'header','style':'simple','explode':true},"
                    "{'arg':'s','name':'sid','in':'cookie','style':'form','explode':true},"
                    "{'arg':'t','name':'t','in':'cookie','style':'form','explode':false}",
      NULL, "{'h':'\\'abc\\', *','l':[1,'b c'],'s':'a;b','t':[1,2]}"};
  // The fixture's quotes: \' is an escaped " in the value.
  struct rest_request r;
  struct err err = {0};
  assert_true(build(a, &row, &account, &r, &err));
  fixture_is(http_header_get(&r.headers, "if-match"), "\"abc\", *");
  fixture_is(http_header_get(&r.headers, "x-list"), "1,b c");
  fixture_is(http_header_get(&r.headers, "cookie"), "sid=a%3Bb; t=1,2");
  rest_request_free(&r);
  arena_free(a);
}

#define JSON_ARGS                                                                                            \
  "{'kind':'json','type':'application/json','required':true,'args':[['n','name'],['body_id','id']]}"
#define WHOLE(kind, type) "{'kind':'" kind "','type':'" type "','required':true,'whole':'w'}"

static void bodies(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"/", "", JSON_ARGS, "{'n':'a\\n\\u00fc','body_id':1.50}", "/", "{'name':'a\\n\xc3\xbc','id':1.50}",
       "application/json"},
      {"/", "", JSON_ARGS, "{'n':null,'body_id':{'a':[1,{}]},'other':1}", "/",
       "{'name':null,'id':{'a':[1,{}]}}", "application/json"},
      {"/", "", JSON_ARGS, "{}", "/", "{}", "application/json"},
      {"/", "", "{'kind':'json','type':'application/json','required':false,'args':[['n','name']]}", "{}",
       "/"},
      {"/", "", WHOLE("json", "application/merge-patch+json"), "{'w':[1e400,'x']}", "/", "[1e400,'x']",
       "application/merge-patch+json"},
      {"/", "", WHOLE("json", "application/json"), "{}", .refused = "/w"},
      {"/", "", WHOLE("json", "*/*"), "{'w':{}}", "/", "{}", "application/json"},
      {"/", "",
       "{'kind':'form','type':'application/x-www-form-urlencoded','required':true,'args':[['n','na "
       "me'],['l','l']]}",
       "{'n':'a&b=c d','l':[1,{'x':true}]}", "/", "na%20me=a%26b%3Dc%20d&l=1&l=%7B%22x%22%3Atrue%7D",
       "application/x-www-form-urlencoded"},
      {"/", "", WHOLE("form", ""), "{'w':{'a':1,'b':null,'c':''}}", "/",
       "a=1&c=", "application/x-www-form-urlencoded"},
      {"/", "", WHOLE("form", ""), "{'w':'a=1'}", .refused = "/w"},
      {"/", "", WHOLE("text", "application/javascript"), "{'w':'export default {}'}", "/",
       "export default {}", "application/javascript"},
      {"/", "", WHOLE("text", ""), "{'w':5.0}", "/", "5.0", "text/plain; charset=utf-8"},
      {"/", "", WHOLE("binary", "application/octet-stream"), "{'w':'abcd'}", "/", "abcd",
       "application/octet-stream"},
      {"/", "", WHOLE("binary", "application/octet-stream"), "{'w':{'data':'aGk='}}", "/", "hi",
       "application/octet-stream"},
      {"/", "", WHOLE("binary", "application/octet-stream"),
       "{'w':{'text':'aGk=','content_type':'text/css'}}", "/", "aGk=", "text/css"},
      {"/", "", WHOLE("binary", ""), "{'w':{'data':'a!'}}", .refused = "/w"},
      {"/", "", WHOLE("binary", ""), "{'w':{'text':'a','content_type':'a\\r\\nb'}}", .refused = "/w"},
      {"/", "", "{'kind':'binary','type':'image/png','required':true,'whole':'bin'}", "{'bin':'aGk='}", "/",
       "hi", "image/png"},
      {"/", "", WHOLE("binary", ""), "{'w':'data:image/png;base64,aGk='}", "/", "hi", "image/png"},
      {"/", "", WHOLE("binary", ""), "{'w':'data:;base64,aGk='}", "/", "hi", "application/octet-stream"},
      {"/", "", WHOLE("binary", ""), "{'w':'data:text/plain,hi'}", "/", "data:text/plain,hi",
       "application/octet-stream"},
      {"/", "", WHOLE("binary", ""), "{'w':'data:image/png;base64,a!'}", .refused = "/w"},
      {"/", "", "{'kind':'binary','type':'image/png','required':true,'whole':'bin'}", "{'bin':'not base64'}",
       .refused = "/bin"},
      {"/", "", "{'kind':'binary','type':'image/png','required':false,'whole':'bin'}", "{}", "/"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check(&rows[i]);
}

#define FORM(encoding)                                                                                       \
  "{'kind':'form','type':'application/x-www-form-urlencoded','required':true,'open':true,"                   \
  "'args':[['m','meta'],['e','expand']],'encoding':{" encoding "}}"
#define STYLE(name, style, explode) "'" name "':{'style':'" style "','explode':" explode "}"

// OpenAPI 3.1 §4.8.15: style, explode and allowReserved of a form's properties.
static void forms_by_their_encoding(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"/", "", FORM(STYLE("meta", "deepObject", "true") "," STYLE("expand", "form", "false")),
       "{'m':{'k':'v','l':{'m':[1,{'n':null}]},'z':[]},'e':['a,b','c']}", "/",
       "meta%5Bk%5D=v&meta%5Bl%5D%5Bm%5D%5B0%5D=1&expand=a%2Cb,c"},
      {"/", "", FORM(STYLE("expand", "form", "true")), "{'e':['a','b']}", "/", "expand=a&expand=b"},
      {"/", "", FORM(STYLE("expand", "spaceDelimited", "false")), "{'e':['a','b']}", "/", "expand=a%20b"},
      {"/", "", FORM(STYLE("expand", "pipeDelimited", "false")), "{'e':['a','b']}", "/", "expand=a%7Cb"},
      {"/", "", FORM(STYLE("expand", "deepObject", "true")), "{'e':[{'p':1},'b']}", "/",
       "expand%5B0%5D%5Bp%5D=1&expand%5B1%5D=b"},
      {"/", "", FORM(STYLE("meta", "form", "true")), "{'m':{'R':100,'G':'x y'}}", "/", "R=100&G=x%20y"},
      {"/", "", FORM(STYLE("meta", "form", "false")), "{'m':{'R':100,'G':200}}", "/", "meta=R,100,G,200"},
      {"/", "", FORM(STYLE("expand", "form", "false")), "{'e':[],'m':{}}", "/", "meta=%7B%7D"},
      {"/", "", FORM("'expand':{'type':'application/json'}"), "{'e':['a'],'m':[1,2]}", "/",
       "meta=1&meta=2&expand=%5B%22a%22%5D"},
      {"/", "", FORM("'meta':{'style':'form','explode':true,'reserved':true}"), "{'m':'a/b?c=d&e+f%20:[g]'}",
       "/", "meta=a/b?c=d%26e%2Bf%2520:[g]"},
      // An open body takes what no argument is called.
      {"/", "", FORM(""), "{'m':'x','colour':'red','list':[1,2],'none':null}", "/",
       "meta=x&colour=red&list=1&list=2"},
      {"/{id}", ID, FORM(""), "{'id':'7','colour':'red'}", "/7", "colour=red"},
      {"/", "", "{'kind':'json','type':'application/json','open':true,'args':[['n','name']]}",
       "{'colour':{'a':null},'n':'x','x':null}", "/", "{'name':'x','colour':{'a':null},'x':null}"},
      {"/{id}", ID, "{'kind':'json','type':'application/json','open':true,'args':[['n','name']]}",
       "{'id':'7'}", "/7"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct row row = rows[i];
    bool form = strstr(row.body, "'form'") != NULL;
    if (row.sent) row.type = form ? "application/x-www-form-urlencoded" : "application/json";
    check(&row);
  }
}

// The boundary is random: read it back from the header, and put a fixed one in its place.
static void multipart(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct account account = fixture_account();
  static const struct row row = {
      "/", "",
      "{'kind':'multipart','type':'multipart/form-data','required':true,'args':"
      "[['n','name'],['js','main.js'],['up','file'],['f','script'],['meta','meta'],['l','tag']]}",
      "{'n':'x','js':'code','up':'dGV4dCBvZiBpdA==',"
      "'f':{'filename':'a\\'\\r\\n.js','content_type':'text/javascript','data':'aGk='},"
      "'meta':{'k':1.0},'l':['a','b']}"};
  struct rest_request r;
  struct err err = {0};
  assert_true(build(a, &row, &account, &r, &err));
  struct str type = http_header_get(&r.headers, "content-type");
  assert_true(str_starts(type, "multipart/form-data; boundary=postern-"));
  struct str boundary = str_from(type, strlen("multipart/form-data; boundary="));
  assert_int_equal(boundary.n, 8 + 32);
  struct str want =
      arena_printf(a,
                   "--%.*s\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n"
                   "--%.*s\r\nContent-Disposition: form-data; name=\"main.js\"; "
                   "filename=\"main.js\"\r\nContent-Type: text/javascript\r\n\r\ncode\r\n"
                   "--%.*s\r\nContent-Disposition: form-data; name=\"file\"; "
                   "filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\ntext of it\r\n"
                   "--%.*s\r\nContent-Disposition: form-data; name=\"script\"; "
                   "filename=\"a%%22%%0D%%0A.js\"\r\nContent-Type: text/javascript\r\n\r\nhi\r\n"
                   "--%.*s\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: "
                   "application/json\r\n\r\n{\"k\":1.0}\r\n"
                   "--%.*s\r\nContent-Disposition: form-data; name=\"tag\"\r\n\r\na\r\n"
                   "--%.*s\r\nContent-Disposition: form-data; name=\"tag\"\r\n\r\nb\r\n--%.*s--\r\n",
                   STR_ARG(boundary), STR_ARG(boundary), STR_ARG(boundary), STR_ARG(boundary),
                   STR_ARG(boundary), STR_ARG(boundary), STR_ARG(boundary), STR_ARG(boundary));
  fixture_is(buf_str(&r.body), want.p);
  struct rest_request again;
  assert_true(build(a, &row, &account, &again, &err));
  assert_false(str_eq(http_header_get(&again.headers, "content-type"), type));
  rest_request_free(&again);
  rest_request_free(&r);
  arena_free(a);
}

// Files alone and in lists, a declared type of a part, styles, and what is no base64.
static void parts_by_their_encoding(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct account account = fixture_account();
  static const struct row row = {
      "/", "",
      "{'kind':'multipart','type':'multipart/"
      "form-data','required':true,'args':[['up','file'],['ups','files'],"
      "['p','pic'],['meta','meta'],['n','note'],['l','tags']],'encoding':{'pic':{'type':'image/png'},"
      "'meta':{'type':'application/vnd.x+json'},'note':{'type':'text/markdown'},"
      "'tags':{'style':'form','explode':false}}}",
      "{'up':'AAH/','ups':['aGk=','eW8='],'p':'aGk=','meta':{'k':1},'n':'# x','l':['a','b c']}"};
  static const char *const parts[] = {
      "name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\n",
      "name=\"files\"; filename=\"files\"\r\nContent-Type: application/octet-stream\r\n\r\nhi\r\n",
      "name=\"files\"; filename=\"files\"\r\nContent-Type: application/octet-stream\r\n\r\nyo\r\n",
      "name=\"pic\"; filename=\"pic\"\r\nContent-Type: image/png\r\n\r\nhi\r\n",
      "name=\"meta\"\r\nContent-Type: application/vnd.x+json\r\n\r\n{\"k\":1}\r\n",
      "name=\"note\"\r\nContent-Type: text/markdown\r\n\r\n# x\r\n",
      "name=\"tags\"\r\n\r\na,b c\r\n",
  };
  struct rest_request r;
  struct err err = {0};
  assert_true(build(a, &row, &account, &r, &err));
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) fixture_has(buf_str(&r.body), parts[i]);
  assert_true(str_contains(buf_str(&r.body), str_make("\r\n\r\n\0\1\377\r\n", 9)));
  rest_request_free(&r);
  struct row bad = row;
  bad.arguments = "{'ups':['aGk=','not base64']}";
  assert_false(build(a, &bad, &account, &r, &err));
  assert_string_equal(err.field, "/ups");
  fixture_has(str_of(err.text), "base64");
  arena_free(a);
}

static void credentials(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct account account = fixture_account();
  account.sends[0] = (struct account_send){CONNECTOR_HEADER, STR("X-Auth-Key"), secret_new(STR("s3cret"))};
  account.sends[1] = (struct account_send){CONNECTOR_QUERY, STR("api key"), secret_new(STR("a&b"))};
  account.send_count = 2;
  struct rest_request r;
  struct err err = {0};
  static const struct row row = {"/x", P("query", "form", "true"), NULL, "{'c':1}"};
  assert_true(build(a, &row, &account, &r, &err));
  fixture_is(r.url, "https://api.example.com/v1/x?color=1&api%20key=a%26b");
  fixture_is(http_header_get(&r.headers, "x-auth-key"), "s3cret");
  rest_request_free(&r);
  static const struct row steal[] = {
      {"/x", H("x-AUTH-key"), NULL, "{'h':'mine'}"},
      {"/x", "{'arg':'h','name':'api key','in':'query','style':'form','explode':true}", NULL, "{'h':'mine'}"},
      {"/x", "{'arg':'h','name':'more','in':'query','style':'form','explode':true}", NULL,
       "{'h':{'a':1,'api key':'mine'}}"},
  };
  for (size_t i = 0; i < sizeof steal / sizeof *steal; i++) {
    assert_false(build(a, &steal[i], &account, &r, &err));
    assert_string_equal(err.field, "/h");
    fixture_lacks(str_of(err.text), "s3cret");
  }
  account.base_url = STR("");
  assert_false(build(a, &row, &account, &r, &err));
  assert_int_equal(err.code, ERR_INTERNAL);
  secret_free(account.sends[0].value);
  secret_free(account.sends[1].value);
  arena_free(a);
}

// Cookies of the account and of arguments are one header, and no argument replaces one of the account's.
static void credentials_in_cookies(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct account account = fixture_account();
  account.sends[0] =
      (struct account_send){CONNECTOR_HEADER, STR("Cookie"), secret_new(STR("sid=s3cret; t=1"))};
  account.send_count = 1;
  struct rest_request r;
  struct err err = {0};
#define COOKIE(name) "{'arg':'h','name':'" name "','in':'cookie','style':'form','explode':false}"
  static const struct row rows[] = {{"/x", COOKIE("mine"), NULL, "{'h':'1'}"},
                                    {"/x", COOKIE("mine"), NULL, "{}"}};
  static const char *const sent[] = {"mine=1; sid=s3cret; t=1", "sid=s3cret; t=1"};
  for (size_t i = 0; i < 2; i++) {
    size_t cookies = 0;
    assert_true(build(a, &rows[i], &account, &r, &err));
    for (size_t k = 0; k < r.headers.count; k++) cookies += str_is_nocase(r.headers.items[k].name, "cookie");
    assert_int_equal(cookies, 1);
    fixture_is(http_header_get(&r.headers, "cookie"), sent[i]);
    rest_request_free(&r);
  }
  static const struct row steal[] = {{"/x", COOKIE("sid"), NULL, "{'h':'mine'}"},
                                     {"/x", COOKIE("t"), NULL, "{'h':'mine'}"}};
  for (size_t i = 0; i < 2; i++) {
    assert_false(build(a, &steal[i], &account, &r, &err));
    assert_string_equal(err.field, "/h");
  }
  secret_free(account.sends[0].value);
  arena_free(a);
}

static void too_long_a_url_is_refused(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct account account = fixture_account();
  char *big = arena_alloc(a, REST_URL_MOST + 32);
  memset(big, 'x', REST_URL_MOST);
  memcpy(big, "{'c':'", 6);
  memcpy(big + REST_URL_MOST, "'}", 3);
  struct row row = {"/x", P("query", "form", "true"), NULL, big};
  struct rest_request r;
  struct err err = {0};
  assert_false(build(a, &row, &account, &r, &err));
  assert_int_equal(err.code, ERR_INVALID);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(styles),
      cmocka_unit_test(paths_hold_their_values_in_one_segment),
      cmocka_unit_test(reserved_values_keep_their_slashes),
      cmocka_unit_test(addresses),
      cmocka_unit_test(headers_and_cookies),
      cmocka_unit_test(bodies),
      cmocka_unit_test(forms_by_their_encoding),
      cmocka_unit_test(multipart),
      cmocka_unit_test(parts_by_their_encoding),
      cmocka_unit_test(credentials),
      cmocka_unit_test(credentials_in_cookies),
      cmocka_unit_test(too_long_a_url_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
