// SPDX-License-Identifier: Apache-2.0
#include "../tool/fixture.h"

#include "base/codec.h"
#include "call/reads.h"

// One call of a tool that only reads by its method or by the connector's word.
struct row {
  const char *method, *path, *more; // the toolset's members beside these
  const char *arguments;
  const char *refused; // the argument; NULL: sent
};

static const char *base_url;

static bool build(const struct row *row, const char *read_only, struct err *err) {
  struct arena *a = arena_new();
  struct account account = {.base_url = str_of(base_url), .name = STR("acme")};
  account.sends[0] = (struct account_send){CONNECTOR_QUERY, STR("key"), secret_new(STR("mutation { a }"))};
  account.sends[1] = (struct account_send){CONNECTOR_HEADER, STR("X-Key"), secret_new(STR("mutation { a }"))};
  account.send_count = 2;
  struct str tool = arena_printf(
      a, "{%s%s'name':'t','class':'custom','method':'%s','path':'%s','read_only':%s,'params':[],'input':{}}",
      row->more, row->more[0] ? "," : "", row->method, row->path, read_only);
  struct toolset *s = fixture_set(a, tool.p);
  yyjson_doc *doc = fixture_doc(a, row->arguments);
  yyjson_mut_doc *mut = yyjson_mut_doc_new(NULL);
  struct rest_request r;
  bool ok = rest_build(s->tools, &account, yyjson_val_mut_copy(mut, yyjson_doc_get_root(doc)), a, &r, err);
  if (ok) rest_request_free(&r);
  yyjson_mut_doc_free(mut);
  yyjson_doc_free(doc);
  toolset_unref(s);
  secret_free(account.sends[0].value);
  secret_free(account.sends[1].value);
  arena_free(a);
  return ok;
}

static void check(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct err err = {0};
    bool sent = build(&rows[i], "true", &err);
    if (sent && rows[i].refused) fail_msg("%s with %s was sent", rows[i].path, rows[i].arguments);
    if (!sent && !rows[i].refused)
      fail_msg("%s with %s: %s %s", rows[i].path, rows[i].arguments, err.field, err.text);
    if (sent) continue;
    assert_int_equal(err.code, ERR_INVALID);
    if (strcmp(err.field, rows[i].refused) != 0)
      fail_msg("%s with %s: %s %s", rows[i].path, rows[i].arguments, err.field, err.text);
    // Whoever may write is not asked.
    struct err none = {0};
    if (!build(&rows[i], "false", &none)) fail_msg("%s: %s %s", rows[i].arguments, none.field, none.text);
  }
}
#define CHECK(rows) check(rows, sizeof rows / sizeof *rows)

#define BODY(kind, type) "'body':{'kind':'" kind "','type':'" type "','required':true,"
#define FIELDS                                                                                               \
  BODY("json", "application/json")                                                                           \
  "'args':[['q','query'],['v','variables'],['e','extensions'],['p','payload'],['i','documentId']]}"
#define WHOLE BODY("json", "application/json") "'whole':'q'}"
#define FORM                                                                                                 \
  BODY("form", "application/x-www-form-urlencoded")                                                          \
  "'args':[['q','query'],['v','variables'],['p','payload'],['o','operations']]}"
#define PARTS                                                                                                \
  BODY("multipart", "multipart/form-data")                                                                   \
  "'args':[['q','query'],['o','operations'],['m','map'],['f','0']]"                                          \
  "}"
#define TEXT(type) BODY("text", type) "'whole':'q'}"
#define BYTES BODY("binary", "application/octet-stream") "'whole':'q'}"
#define QUERY                                                                                                \
  "'params':[{'arg':'q','name':'query','in':'query','style':'form','explode':true},"                         \
  "{'arg':'v','name':'variables','in':'query','style':'form','explode':true},"                               \
  "{'arg':'e','name':'extensions','in':'query','style':'form','explode':true},"                              \
  "{'arg':'i','name':'id','in':'query','style':'form','explode':true},"                                      \
  "{'arg':'d','name':'data','in':'query','style':'deepObject','explode':true},"                              \
  "{'arg':'x','name':'X-Text','in':'header','style':'simple','explode':false},"                              \
  "{'arg':'c','name':'text','in':'cookie','style':'form','explode':false}]"

static void json_bodies(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"POST", "/graphql", FIELDS, "{'q':'{ a }'}", NULL},
      {"POST", "/graphql/v2", FIELDS, "{'q':'query A($s: S) { a }','v':{'s':'mutation { b }'}}", NULL},
      {"POST", "/graphql/", FIELDS, "{'q':'{ a }','v':null,'e':null,'i':null}", NULL},
      {"POST", "/graphql", FIELDS, "{'q':'{ a } mutation { b }'}", "/q"},
      {"POST", "/graphql/v2", FIELDS, "{'q':'mutation { b }'}", "/q"},
      {"POST", "/graphql/", FIELDS, "{'q':'\\ufeff#x\\n,subscription{b}'}", "/q"},
      {"POST", "/v1/GraphQL.json", FIELDS, "{'q':'mutation B { b }'}", "/q"},
      {"POST", "/api/gql", FIELDS, "{'q':'mutation of genes'}", "/q"},
      {"POST", "/graphql", FIELDS, "{'q':['mutation { b }']}", "/q"},
      {"POST", "/graphql", FIELDS, "{'q':7}", "/q"},
      {"POST", "/graphql", FIELDS, "{'q':''}", "/q"},
      {"POST", "/graphql", FIELDS, "{'q':'# a'}", "/q"},
      {"POST", "/graphql", FIELDS, "{}", "/q"},
      {"POST", "/graphql", FIELDS, "{'v':{'query':'{ a }'}}", "/q"},
      // persisted: not shown, or beside one that is
      {"POST", "/graphql", FIELDS, "{'e':{'persistedQuery':{'version':1,'sha256Hash':'ab'}}}", "/e"},
      {"POST", "/graphql", FIELDS, "{'q':'{ a }','e':{'persistedQuery':{'version':1}}}", "/e"},
      {"POST", "/graphql", FIELDS, "{'q':'{ a }','e':'{\\\"persisted_query\\\":{}}'}", "/e"},
      {"POST", "/graphql", FIELDS, "{'i':'sha256:ab'}", "/i"},
      {"POST", "/graphql", FIELDS, "{'q':'{ a }','i':'x'}", "/i"},
      // a free-form property
      {"POST", "/graphql", FIELDS, "{'p':{'query':'mutation { b }'}}", "/p"},
      {"POST", "/graphql", FIELDS, "{'p':{'query':'{ a }'}}", NULL},
      {"POST", "/graphql", FIELDS, "{'q':'{ a }','p':{'x':[{'Query':'mutation { b }'}]}}", "/p"},
      {"POST", "/graphql", FIELDS, "{'q':'{ a }','p':'{\\\"query\\\":\\\"\\\\u006dutation { b }\\\"}'}",
       "/p"},
      {"POST", "/graphql", FIELDS, "{'q':'{ a }','p':'just words'}", NULL},
      // the whole
      {"POST", "/graphql", WHOLE,
       "{'q':{'query':'{ a }','operationName':null,'variables':{'a':'mutation { b }'}}}", NULL},
      {"POST", "/graphql", WHOLE, "{'q':{'query':'{ a }','QUERY':'mutation { b }'}}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':{'query':'query A {a} mutation B {b}','operationName':'A'}}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':{'variables':{}}}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':[{'query':'{ a }'},{'query':'{ b }'}]}", NULL},
      {"POST", "/graphql", WHOLE, "{'q':[{'query':'{ a }'},{'query':'mutation { b }'}]}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':[{'query':'{ a }'},{'doc_id':'7'}]}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':[{'query':'{ a }'},{}]}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':[{'query':'{ a }'},[{'query':'{ b }'}]]}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':[]}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':'mutation { b }'}", "/q"},
      {"POST", "/graphql", WHOLE, "{'q':'{ a }'}", NULL},
  };
  CHECK(rows);
}

static void other_bodies(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"POST", "/graphql", FORM, "{'q':'{ a }','v':'{\\\"t\\\":\\\"mutation { b }\\\"}'}", NULL},
      {"POST", "/graphql", FORM, "{'q':'mutation { b }'}", "/q"},
      {"POST", "/graphql", FORM, "{'q':['{ a }','{ b }']}", "/q"},
      {"POST", "/graphql", FORM, "{'p':{'query':'mutation { b }'}}", "/p"},
      {"POST", "/graphql", FORM, "{'v':'{}'}", "/q"},
      {"POST", "/graphql", PARTS,
       "{'o':'{\\\"query\\\":\\\"{ a }\\\"}','m':{'0':['variables.f']},'f':{'text':'bytes'}}", NULL},
      {"POST", "/graphql", PARTS, "{'o':{'query':'mutation { b }'},'m':{},'f':{'text':'bytes'}}", "/o"},
      {"POST", "/graphql", PARTS,
       "{'o':'[{\\\"query\\\":\\\"{ a }\\\"},{\\\"query\\\":\\\"mutation { b }\\\"}]'}", "/o"},
      {"POST", "/graphql", PARTS, "{'o':'{}'}", "/o"},
      {"POST", "/graphql", PARTS, "{'q':'{ a }','o':'{\\\"id\\\":\\\"x\\\"}'}", "/o"},
      {"POST", "/graphql", PARTS, "{'m':{'0':[]}}", "/q"},
      {"POST", "/graphql", TEXT("text/plain"), "{'q':'{ a }'}", NULL},
      {"POST", "/graphql", TEXT("text/plain"), "{'q':'mutation { b }'}", "/q"},
      {"POST", "/graphql", TEXT("text/plain"), "{'q':' {\\\"query\\\":\\\"mutation { b }\\\",}'}", "/q"},
      {"POST", "/graphql", TEXT("text/plain"), "{'q':'{\\\"query\\\":\\\"{ a }\\\"}'}", NULL},
      {"POST", "/graphql", TEXT("text/plain"), "{'q':'{query:\\\"mutation { b }\\\"}'}", "/q"},
      {"POST", "/graphql", TEXT("text/plain"), "{'q':'query=mutation { b }'}", "/q"},
      {"POST", "/graphql", TEXT("text/plain"), "{'q':''}", "/q"},
      {"POST", "/run", TEXT("application/graphql"), "{'q':'mutation { b }'}", "/q"},
      {"POST", "/run", TEXT("application/graphql"), "{'q':'{ a }'}", NULL},
      {"POST", "/graphql", BYTES, "{'q':'data:application/graphql;base64,bXV0YXRpb24geyBiIH0='}", "/q"},
      {"POST", "/graphql", BYTES,
       "{'q':'data:application/x-www-form-urlencoded;base64,e2F9IyZxdWVyeT1tdXRhdGlvbnthfQ=='}", "/q"},
      {"POST", "/graphql", BYTES, "{'q':'data:multipart/form-data; boundary=x;base64,e2F9'}", "/q"},
      {"POST", "/graphql", BYTES,
       "{'q':{'data':'bQB1AHQAYQB0AGkAbwBuAHsAYQB9AA==','content_type':'application/json; "
       "charset=utf-16le'}}",
       "/q"},
      {"POST", "/graphql", "", "{}", ""},
  };
  CHECK(rows);
}

static void query_strings(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"GET", "/graphql", QUERY, "{'q':'{ a }','v':'{\\\"t\\\":\\\"mutation { b }\\\"}'}", NULL},
      {"GET", "/graphql", QUERY, "{}", NULL},
      {"GET", "/graphql/schema", QUERY, "{'x':'y'}", NULL},
      {"GET", "/graphql", QUERY, "{'q':'mutation { b }'}", "/q"},
      {"GET", "/graphql/v2", QUERY, "{'q':'mutation{b}'}", "/q"},
      {"GET", "/graphql", QUERY, "{'q':['{ a }','mutation{b}']}", "/q"},
      {"GET", "/graphql", QUERY, "{'q':{'query':'mutation{b}'}}", "/q"},
      {"GET", "/graphql", QUERY, "{'e':'{\\\"persistedQuery\\\":{\\\"sha256Hash\\\":\\\"ab\\\"}}'}", "/e"},
      {"GET", "/graphql", QUERY, "{'v':'{}'}", "/q"},
      {"GET", "/graphql", QUERY, "{'i':'5'}", "/i"},
      {"GET", "/graphql", QUERY, "{'d':{'query':'mutation{b}'}}", "/d"},
      {"GET", "/graphql", QUERY, "{'d':{'a':{'query':'{ a }'}}}", NULL},
      {"POST", "/graphql", QUERY, "{'q':'{ a }'}", NULL},
      {"POST", "/graphql", QUERY, "{'v':'{}'}", "/q"},
      // one argument in both places
      {"POST", "/graphql", QUERY "," WHOLE, "{'q':{'query':'{ a }'}}", NULL},
      {"POST", "/graphql", QUERY "," WHOLE, "{'q':{'query':'mutation{b}'}}", "/q"},
      {"POST", "/graphql", QUERY "," WHOLE, "{'q':{}}", "/q"},
      {"GET", "/graphql?version=2", QUERY, "{}", NULL},
      {"GET", "/graphql?version=2", QUERY, "{'v':'x'}", "/q"},
      {"GET", "/graphql/stored/{n}",
       "'params':[{'arg':'n','name':'n','in':'path','style':'simple','explode':false}]", "{'n':'ab'}", ""},
      {"GET", "/shops/{n}/graphql",
       "'params':[{'arg':'n','name':'n','in':'path','style':'simple','explode':false}]", "{'n':'ab'}", NULL},
  };
  CHECK(rows);
}

// Where nothing says GraphQL, ordinary words go, and documents that change do not.
static void ordinary_reading(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"POST", "/search", FIELDS, "{'q':'mutation of genes'}", NULL},
      {"POST", "/search", FIELDS,
       "{'q':'mutation (BRCA1)','p':{'query':'subscription plans','id':'7'},'i':'x'}", NULL},
      {"POST", "/search", FIELDS, "{'q':'{ a }','v':{'t':'mutation { b }'}}", NULL},
      {"POST", "/search", FIELDS, "{'q':'{broken','p':[1,null,true,1.50]}", NULL},
      {"POST", "/search", FIELDS, "{'q':'mutation { b }'}", "/q"},
      {"POST", "/search", FIELDS, "{'e':{'persistedQuery':{'sha256Hash':'ab'}}}", "/e"},
      {"POST", "/search", FIELDS, "{'e':{'persistedQuery':true,'hash':'ab'}}", NULL},
      {"POST", "/search", FIELDS, "{'p':{'query':'mutation M { b }'}}", "/p"},
      {"POST", "/api", WHOLE, "{'q':{'a':[{'query':'\\ufeff mutation { b }'}]}}", "/q"},
      {"POST", "/api", WHOLE,
       "{'q':'{\\\"a\\\":\\\"{\\\\\\\"b\\\\\\\":\\\\\\\"mutation { c }\\\\\\\"}\\\"}'}", "/q"},
      {"POST", "/api", TEXT("text/plain"), "{'q':'mutation { b }'}", "/q"},
      {"POST", "/api", TEXT("text/plain"), "{'q':'{\\\"query\\\":\\\"mutation { b }\\\"}'}", "/q"},
      {"POST", "/api", TEXT("text/plain"), "{'q':'SELECT mutation FROM genes'}", NULL},
      {"POST", "/api", FORM, "{'o':'{\\\"query\\\":\\\"mutation { b }\\\"}'}", "/o"},
      {"POST", "/api", FORM, "{'q':'a mutation'}", NULL},
      {"POST", "/api", PARTS, "{'o':{'query':'mutation { b }'}}", "/o"},
      {"POST", "/api", PARTS, "{'f':{'data':'AAEC/w==','filename':'x'}}", NULL},
      {"POST", "/api", BYTES,
       "{'q':'data:application/x-www-form-urlencoded;base64,cXVlcnk9bXV0YXRpb24re2F9JQ=='}", "/q"},
      {"GET", "/search", QUERY, "{'q':'mutation of genes','i':'7','v':'x'}", NULL},
      {"GET", "/search", QUERY, "{'q':'mutation { b }'}", "/q"},
      {"GET", "/search", QUERY, "{'q':['mutation','{b}']}", NULL},
      {"GET", "/search", QUERY, "{'d':{'x':{'y':'mutation { b }'}}}", "/d"},
      {"GET", "/search", QUERY, "{'x':'mutation { b }'}", "/x"},
      {"GET", "/search", QUERY, "{'c':'mutation { b }'}", "/c"},
      {"GET", "/search/{n}", "'params':[{'arg':'n','name':'n','in':'path','style':'simple','explode':false}]",
       "{'n':'mutation{b}'}", ""},
      // joined by commas, which mean nothing to GraphQL
      {"GET", "/search", "'params':[{'arg':'q','name':'q','in':'query','style':'form','explode':false}]",
       "{'q':['mutation','{b}']}", "/q"},
  };
  CHECK(rows);
}

// Other words that make an operation GraphQL: base URL, tool name, what is said of its query.
static void graphql_by_other_signs(void **state) {
  (void)state;
#define HASH "{'p':{'sha256Hash':'ab'}}"
  static const struct row rows[] = {
      {"POST", "/run", FIELDS ",'input':{'properties':{'query':{'description':'A GraphQL document.'}}}", HASH,
       "/p"},
      {"POST", "/run", FIELDS ",'input':{'properties':{'query':{},'operationName':{}}}", HASH, "/p"},
      {"POST", "/run", WHOLE ",'input':{'properties':{'q':{'properties':{'query':{'title':'graphql'}}}}}",
       "{'q':{'x':'y'}}", "/q"},
      {"POST", "/run", FIELDS ",'input':{'properties':{'query':{'description':'Words to find.'}}}", HASH,
       NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err = {0};
    struct row row = rows[i];
    bool sent = build(&row, "true", &err);
    if (sent != !row.refused) fail_msg("row %zu: %s %s", i, err.field, err.text);
  }
  static const char *const bases[] = {"https://api.example.com/graphql", "https://api.example.com/v1/gql/",
                                      "https://graphql.example.com"};
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
    static const struct row post[] = {{"POST", "/", FIELDS, HASH, "/p"},
                                      {"POST", "/", FIELDS, "{'q':'{ a }'}", NULL}};
    base_url = bases[i];
    CHECK(post);
  }
  static const struct row get[] = {{"GET", "/status", QUERY, "{'v':'x'}", NULL}};
  base_url = "https://graphql.example.com"; // a host's name says too little of a GET
  CHECK(get);
  base_url = "https://api.example.com/v1";
}

static void a_vendors_tool(void **state) {
  (void)state;
  static const struct {
    const char *tool, *arguments;
    bool passes;
  } rows[] = {
      {"'name':'graphql_query','read_only':true", "{'query':'{ a }','n':1}", true},
      {"'name':'graphql_query','read_only':true", "{'query':'mutation { b }'}", false},
      {"'name':'graphql_query','read_only':false", "{'query':'mutation { b }'}", true},
      {"'name':'run','description':'Sends GraphQL.','read_only':true", "{'a':{'b':['subscription { c }']}}",
       false},
      {"'name':'search_docs','read_only':true", "{'query':'mutation { b }'}", true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct err err = {0};
    struct toolset *s =
        fixture_set(a, arena_printf(a, "{'class':'get','method':'POST','path':'/','params':[],'input':{},%s}",
                                    rows[i].tool)
                           .p);
    yyjson_doc *doc = fixture_doc(a, rows[i].arguments);
    yyjson_mut_doc *mut = yyjson_doc_mut_copy(doc, NULL);
    bool ok = reads_check_arguments(s->tools, yyjson_mut_doc_get_root(mut), &err);
    if (ok != rows[i].passes) fail_msg("%s with %s: %s", rows[i].tool, rows[i].arguments, err.text);
    yyjson_mut_doc_free(mut);
    yyjson_doc_free(doc);
    toolset_unref(s);
    arena_free(a);
  }
}

int main(void) {
  base_url = "https://api.example.com/v1";
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_bodies),
      cmocka_unit_test(other_bodies),
      cmocka_unit_test(query_strings),
      cmocka_unit_test(ordinary_reading),
      cmocka_unit_test(graphql_by_other_signs),
      cmocka_unit_test(a_vendors_tool),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
