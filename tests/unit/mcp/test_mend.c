// SPDX-License-Identifier: Apache-2.0
// What vendors send, and what becomes of it: nothing where it is sound, the least that is needed where it is
// not. ' stands for ".
#include "../support/check.h"
#include "mcp/mend.h"
#include "mcp/message.h"

static struct arena *arena;

static yyjson_doc *parsed(const char *text) {
  char *copy = arena_z(arena, str_of(text));
  for (char *p = copy; *p; p++)
    if (*p == '\'') *p = '"';
  yyjson_doc *doc = yyjson_read(copy, strlen(copy), YYJSON_READ_NUMBER_AS_RAW);
  if (!doc) fail_msg("not JSON: %s", copy);
  return doc;
}

static void check_same(const char *what, yyjson_mut_val *got, const char *want) {
  yyjson_doc *expected = parsed(want);
  char *a = yyjson_mut_val_write(got, 0, NULL), *b = yyjson_val_write(yyjson_doc_get_root(expected), 0, NULL);
  if (!a || strcmp(a, b) != 0) fail_msg("%s:\nexpected %s\n     got %s", what, b, a);
  free(a);
  free(b);
  yyjson_doc_free(expected);
}

// ---- tools

#define IN "'inputSchema':{'type':'object'}"
static const struct {
  const char *given, *made, *note; // made NULL: it cannot be passed on, and `note` is why
} tools[] = {
    {"{'name':'a',%s,'x':null,'_meta':{'k':null}}", "{'name':'a',%s,'x':null,'_meta':{'k':null}}", ""},
    {"{'name':'a','title':null,'description':null,'annotations':null,'outputSchema':null,'icons':null,'_meta'"
     ":null,"
     "'execution':null,%s}",
     "{'name':'a',%s}", ""},
    {"{'name':'a',%s,'annotations':{'title':null,'readOnlyHint':true,'destructiveHint':null}}",
     "{'name':'a',%s,'annotations':{'readOnlyHint':true}}", ""},
    {"{'name':'a',%s,'annotations':[],'_meta':[],'execution':[],'outputSchema':[]}", "{'name':'a',%s}", ""},
    {"{'name':'a',%s,'annotations':{'title':5}}", "{'name':'a',%s,'annotations':{}}",
     "\"title\" is left away"},
    {"{'name':'a',%s,'icons':[{'src':5},{'src':'i','sizes':'48x48','mimeType':null,'theme':'any'},{'src':'k'}"
     "]}",
     "{'name':'a',%s,'icons':[{'src':'i','sizes':['48x48']},{'src':'k'}]}", "\"theme\" is left away"},
    {"{'name':'a',%s,'icons':[{'src':5}]}", "{'name':'a',%s}", "\"icons\" is left away"},
    {"{'name':'a',%s,'icons':'i.png'}", "{'name':'a',%s}", "\"icons\" is left away"},
    {"{'name':'a',%s,'execution':{'taskSupport':'maybe'}}", "{'name':'a',%s,'execution':{}}",
     "\"taskSupport\""},
    {"{'name':'a',%s,'_meta':'x'}", "{'name':'a',%s}", "\"_meta\""},
    {"{'name':'a',%s,'title':5}", NULL, "\"title\" that is not a string"},
    {"{'name':'a',%s,'annotations':{'destructiveHint':'no'}}", NULL, "\"annotations\""},
    {"7", NULL, "an object"},
};

static const struct {
  const char *given, *made;
} inputs[] = {
    {"null", "{'type':'object'}"},
    {"[]", "{'type':'object'}"},
    {"{}", "{'type':'object'}"},
    {"{'type':null,'properties':{}}", "{'type':'object','properties':{}}"},
    {"{'type':['object','null']}", "{'type':'object'}"},
    {"{'type':'object','properties':null,'required':null}", "{'type':'object'}"},
    {"{'type':'object','properties':[],'required':[]}", "{'type':'object','required':[]}"},
    {"{'type':'object','required':'a'}", "{'type':'object','required':['a']}"},
    {"{'type':'object','required':['a',1,null]}", "{'type':'object','required':['a']}"},
    {"{'type':'object','required':true}", "{'type':'object'}"},
    {"{'type':'object','properties':{'a':true,'b':false,'c':null}}",
     "{'type':'object','properties':{'a':{},'b':{'not':{}},'c':{}}}"},
    {"{'type':'object','properties':{'a':{'type':'string','description':null,'default':null,'enum':['x',null]"
     "}}}",
     "{'type':'object','properties':{'a':{'type':'string','default':null,'enum':['x',null]}}}"},
    {"{'type':'object','anyOf':[{'required':'a'},{'items':{'format':null}}],'$defs':{'r':{'minimum':null}}}",
     "{'type':'object','anyOf':[{'required':['a']},{'items':{}}],'$defs':{'r':{}}}"},
    {"{'type':'object','properties':{'required':{'type':'boolean'},'null':{'const':null}}}",
     "{'type':'object','properties':{'required':{'type':'boolean'},'null':{'const':null}}}"},
    {"{'type':'array'}", NULL},
    {"7", NULL},
    {"{'type':'object','properties':{'a':'string'}}", NULL},
    {"{'type':'object','properties':'a'}", NULL},
};

static const struct {
  const char *given, *made;
} outputs[] = {
    {"{'type':'object','properties':null}", "{'type':'object'}"},
    {"{'type':'array','items':{'$ref':'#/$defs/R'},'$defs':{'R':{}}}",
     "{'type':'array','items':{'$ref':'#/$defs/R'},'$defs':{'R':{}}}"},
    {"{'type':'object','properties':{'a':{'pattern':'(?<'},'b':{'pattern':'^a+$'}}}",
     "{'type':'object','properties':{'a':{},'b':{'pattern':'^a+$'}}}"},
    {"{'type':'object','properties':{'a':{'$ref':'#/$defs/A','nullable':true}},'$defs':{'A':{}}}",
     "{'type':'object','properties':{'a':{'$ref':'#/$defs/A'}},'$defs':{'A':{}}}"},
    {"{'id':'x','type':'object'}", "{'type':'object'}"},
    {"{'type':'object','properties':{'id':{'type':'string'},'pattern':{}}}",
     "{'type':'object','properties':{'id':{'type':'string'},'pattern':{}}}"},
    {"{'type':'object','properties':{'a':{'type':'nonsense'}}}", NULL},
    {"{'type':'object','properties':{'a':{'$ref':'https://x.example/a.json'}}}", NULL},
    {"{'type':'object','properties':{'a':{'$ref':'#/$defs/none'}}}", NULL},
    {"{'type':'object','patternProperties':{'(?<':{}}}", NULL},
    {"{'type':'object','properties':{'a':{'$id':'https://x.example/a'}}}", NULL},
    {"{'type':'object','properties':{'a':{'minimum':'1'}}}", NULL},
    {"'x'", NULL},
};

static yyjson_mut_val *tool(const char *text, yyjson_mut_doc *doc, struct buf *notes, struct err *err) {
  yyjson_doc *given = parsed(text);
  struct mend m = {.doc = doc, .notes = notes, .err = err};
  yyjson_mut_val *made = mend_tool(&m, yyjson_doc_get_root(given));
  yyjson_doc_free(given);
  return made;
}

static void tools_lose_the_least(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
    struct buf notes = BUF_MAX(MEND_NOTES_MOST);
    struct err err;
    const char *in = IN;
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *made = tool(arena_printf(arena, tools[i].given, in).p, doc, &notes, &err);
    buf_add_char(&notes, 0);
    if (tools[i].made)
      check_same(tools[i].given, made, arena_printf(arena, tools[i].made, in).p);
    else if (made)
      fail_msg("%s: made something", tools[i].given);
    check_has(tools[i].made ? notes.p : err.text, tools[i].note);
    yyjson_mut_doc_free(doc);
    buf_free(&notes);
  }
}

static void schemas(const char *format, const char *given, const char *made, bool output) {
  struct buf notes = BUF_MAX(MEND_NOTES_MOST);
  struct err err;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *got = tool(arena_printf(arena, format, given).p, doc, &notes, &err);
  if (made)
    check_same(given, got, arena_printf(arena, format, made).p);
  else if (output)
    check_same(given, got, "{'name':'a','inputSchema':{'type':'object'}}");
  else
    assert_null(got);
  if (output && !made) assert_true(str_contains(buf_str(&notes), STR("outputSchema is left away")));
  yyjson_mut_doc_free(doc);
  buf_free(&notes);
}

static void schemas_keep_what_can_be_read(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
    schemas("{'name':'a','inputSchema':%s}", inputs[i].given, inputs[i].made, false);
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
    schemas("{'name':'a','inputSchema':{'type':'object'},'outputSchema':%s}", outputs[i].given,
            outputs[i].made, true);
}

static void patterns(void **state) {
  (void)state;
  static const char *const good[] = {"",
                                     "^a$",
                                     "[a-z0-9_-]{1,64}",
                                     "(a|b)?",
                                     "\\d+\\.\\d{2,}",
                                     "[^/]*?",
                                     "a{0}",
                                     "[\\w.-]",
                                     "\\u00e9",
                                     "\\/",
                                     "(?:x)*",

                                     "[]",
                                     "[^]",
                                     "é+",
                                     "[-a]",
                                     "[\\]\\-]",
                                     ".*"};
  static const char *const bad[] = {"(?<",    "(",       ")",     "[",       "a{2,1}", "*a",  "a**",
                                    "\\_",    "\\-",     "(?i)a", "\\",      "a{",     "}",   "[z-a]",
                                    "]",      "(?P<n>)", "\\1",   "[\\d-z]", "^*",     "a|*", "\\A",
                                    "(?!a)*", "\\z",     "\\u12", "\\x1",    "a{,3}"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!mend_is_pattern(str_of(good[i]))) fail_msg("refused: %s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (mend_is_pattern(str_of(bad[i]))) fail_msg("taken: %s", bad[i]);
}

// ---- results

static const struct {
  const char *method, *given, *made; // made NULL: refused
} results[] = {
    {"tools/call",
     "{'content':[{'type':'image','data':'data:image/png;base64,QQ==','mimeType':'image/png'}]}",
     "{'content':[{'type':'image','data':'QQ==','mimeType':'image/png'}]}"},
    {"tools/call", "{'content':[{'type':'text','text':'x','annotations':null,'_meta':null}]}",
     "{'content':[{'type':'text','text':'x'}]}"},
    {"tools/call", "{'content':'just text'}", "{'content':[{'type':'text','text':'just text'}]}"},
    {"tools/call", "{'content':['a',null,'b']}",
     "{'content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}"},
    {"tools/call", "{'content':{'type':'text','text':'x'}}", "{'content':[{'type':'text','text':'x'}]}"},
    {"tools/call", "{'content':[{'text':'x'}]}", "{'content':[{'type':'text','text':'x'}]}"},
    {"tools/call", "{'content':[{'type':'text','text':{'n':1}}]}",
     "{'content':[{'type':'text','text':'{\\'n\\':1}'}]}"},
    {"tools/call", "{'content':{'n':1}}", "{'content':[{'type':'text','text':'{\\'n\\':1}'}]}"},
    {"tools/call", "{'content':7}", "{'content':[{'type':'text','text':'7'}]}"},
    {"tools/call", "{'content':[{'type':'video','data':'QQ=='}]}",
     "{'content':[{'type':'text','text':'{\\'type\\':\\'video\\',\\'data\\':\\'QQ==\\'}'}]}"},
    {"tools/call", "{'content':[{'type':'image','data':'a-_a','mimeType':'image/png'}]}",
     "{'content':[{'type':'image','data':'a+/a','mimeType':'image/png'}]}"},
    {"tools/call", "{'content':[{'type':'image','data':'QQ=='}]}",
     "{'content':[{'type':'text','text':'{\\'type\\':\\'image\\',\\'data\\':\\'QQ==\\'}'}]}"},
    {"tools/call", "{'content':[{'type':'resource','resource':{'uri':'a:b','mimeType':null,'text':'t'}}]}",
     "{'content':[{'type':'resource','resource':{'uri':'a:b','text':'t'}}]}"},
    {"tools/call",
     "{'content':[{'type':'text','text':'x','annotations':{'audience':'user','priority':2,'lastModified':'"
     "now'}}]}",
     "{'content':[{'type':'text','text':'x','annotations':{'audience':['user']}}]}"},
    {"tools/call", "{'isError':'true','content':[]}", "{'isError':true,'content':[]}"},
    {"tools/call", "{'isError':'False','content':[]}", "{'isError':false,'content':[]}"},
    {"tools/call", "{'isError':1,'content':[]}", "{'isError':true,'content':[]}"},
    {"tools/call", "{'isError':null,'structuredContent':null,'content':null,'_meta':[]}", "{}"},
    {"resources/list", "{'resources':null,'nextCursor':null}", "{'resources':[]}"},
    {"resources/list",
     "{'resources':[{'uri':'a:b'},{'name':'n','uri':'c:d','size':'3','description':null,'annotations':[]},7]"
     "}",
     "{'resources':[{'name':'n','uri':'c:d'}]}"},
    {"resources/list", "{'resources':[],'nextCursor':2}", "{'nextCursor':'2','resources':[]}"},
    {"resources/list", "{'resources':'x'}", NULL},
    {"resources/list", "{}", NULL},
    {"resources/templates/list", "{'resourceTemplates':[{'name':'n','uriTemplate':'a:{b}','mimeType':null}]}",
     "{'resourceTemplates':[{'name':'n','uriTemplate':'a:{b}'}]}"},
    {"prompts/list",
     "{'prompts':[{'name':'p','arguments':null},{'name':'q','arguments':[{'name':'a','required':'yes'}]},{'"
     "name':'r','arguments':[{}]}]}",
     "{'prompts':[{'name':'p'},{'name':'q','arguments':[{'name':'a'}]}]}"},
    {"prompts/get",
     "{'description':null,'messages':[{'role':'user','content':'hi'},{'role':'system','content':[{'type':'"
     "text','text':'a'},'b']}]}",
     "{'messages':[{'role':'user','content':{'type':'text','text':'hi'}},{'role':'user','content':{'type':'"
     "text','text':'a'}},{'role':'user','content':{'type':'text','text':'b'}}]}"},
    {"resources/read", "{'contents':{'uri':'a:b','text':{'k':1}}}",
     "{'contents':[{'uri':'a:b','text':'{\\'k\\':1}'}]}"},
    {"resources/read", "{'contents':[{'uri':'a:b','text':null,'blob':'QQ'},{'uri':'a:c'}]}",
     "{'contents':[{'uri':'a:b','blob':'QQ'}]}"},
    {"resources/read", "{'contents':[{'uri':'a:c'}]}", NULL},
    {"initialize",
     "{'protocolVersion':'2025-11-25','capabilities':{'tools':{'listChanged':null},'prompts':null},'"
     "instructions':null}",
     "{'protocolVersion':'2025-11-25','capabilities':{'tools':{}}}"},
    {"completion/complete", "{'completion':{'values':'a','total':null,'hasMore':'no'}}",
     "{'completion':{'values':['a']}}"},
    {"completion/complete", "{'completion':{'total':1}}", NULL},
    {"completion/complete", "{'completion':null}", NULL},
    {"tools/list", "{'tools':null}", "{'tools':[]}"},
};

static const char *const sound[][2] = {
    {"tools/call",
     "{'content':[{'type':'text','text':''},{'type':'image','data':'QQ==','mimeType':'image/png'}],'x':1}"},
    {"tools/call", "{'structuredContent':{'a':null}}"},
    {"tools/call", "{'resultType':'input_required','content':null}"},
    {"ping", "{'content':null}"},
    {"resources/list", "{'resources':[{'uri':'a:b','name':'n','annotations':{'priority':0.5,'lastModified':'"
                       "2025-01-12T15:00:58.123Z'}}],'nextCursor':''}"},
};

static void results_lose_the_least(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
    yyjson_doc *given = parsed(results[i].given);
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    struct err err;
    struct mend m = {.doc = doc, .err = &err};
    assert_false(mend_fits_result(str_of(results[i].method), true, yyjson_doc_get_root(given)));
    yyjson_mut_val *made = mend_result(&m, str_of(results[i].method), true, yyjson_doc_get_root(given));
    if (results[i].made) check_same(results[i].given, made, results[i].made);
    assert_true((made != NULL) == (results[i].made != NULL));
    yyjson_doc *again = made ? yyjson_mut_val_imut_copy(made, NULL) : NULL;
    if (made) assert_true(mend_fits_result(str_of(results[i].method), true, yyjson_doc_get_root(again)));
    yyjson_doc_free(again);
    yyjson_mut_doc_free(doc);
    yyjson_doc_free(given);
  }
  for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
    yyjson_doc *given = parsed(sound[i][1]);
    if (!mend_fits_result(str_of(sound[i][0]), false, yyjson_doc_get_root(given)))
      fail_msg("%s", sound[i][1]);
    yyjson_doc_free(given);
  }
}

// ---- the frame around them

static const struct {
  const char *text;
  enum mcp_event_kind kind;
  const char *value; // of a result or an error; NULL: a message of another kind
  uint64_t id;
} messages[] = {
    {"{'jsonrpc':'2.0','id':7,'result':{},'error':null}", MCP_RESULT, "{}", 7},
    {"{'jsonrpc':'2.0','id':7,'method':null,'params':null,'result':{}}", MCP_RESULT, "{}", 7},
    {"{'jsonrpc':'2.0','id':'7','result':{}}", MCP_RESULT, "{}", 7},
    {"{'jsonrpc':'2.0','id':7.0,'result':{}}", MCP_RESULT, "{}", 7},
    {"{'jsonrpc':'2.0','id':7,'error':'oops'}", MCP_ERROR, "{'code':-32603,'message':'oops'}", 7},
    {"{'jsonrpc':'2.0','id':7,'result':null,'error':{'code':'-32001','message':'gone','data':null}}",
     MCP_ERROR, "{'code':-32001,'message':'gone'}", 7},
    {"{'jsonrpc':'2.0','id':7,'error':{'detail':'gone'}}", MCP_ERROR,
     "{'code':-32603,'message':'{\\'detail\\':\\'gone\\'}'}", 7},
    {"{'jsonrpc':'2.0','id':null,'error':{'code':1,'message':'m'}}", MCP_ERROR, "{'code':1,'message':'m'}",
     0},
    {"{'jsonrpc':'2.0','method':'notifications/"
     "progress','params':{'progressToken':1,'total':null,'_meta':null}}",
     MCP_NOTIFICATION, NULL, 0},
    {"{'jsonrpc':'2.0','id':null,'method':'notifications/message','params':[]}", MCP_NOTIFICATION, NULL, 0},
};

static void frames_forgive_nulls(void **state) {
  (void)state;
  struct json_limits limits = JSON_LIMITS;
  limits.raw_numbers = true;
  struct message_rules rules = {.json = &limits, .bytes_most = SIZE_MAX};
  for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
    yyjson_doc *doc = parsed(messages[i].text);
    size_t n;
    char *text = yyjson_write(doc, 0, &n);
    struct message *m;
    struct err err;
    if (!message_read(str_make(text, n), &rules, &m, &err)) fail_msg("%s: %s", text, err.text);
    assert_int_equal(m->e.kind, messages[i].kind);
    if (messages[i].id) assert_true(message_id_is(m->e.id, messages[i].id));
    if (!messages[i].id) assert_null(m->e.id);
    if (messages[i].value) {
      yyjson_mut_doc *made = yyjson_mut_doc_new(NULL);
      check_same(text, yyjson_val_mut_copy(made, m->e.value), messages[i].value);
      yyjson_mut_doc_free(made);
    }
    if (str_is(m->e.method, "notifications/progress")) assert_int_equal(yyjson_obj_size(m->e.params), 1);
    message_free_all(m);
    free(text);
    yyjson_doc_free(doc);
  }
}

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tools_lose_the_least),
                                     cmocka_unit_test(schemas_keep_what_can_be_read),
                                     cmocka_unit_test(patterns), cmocka_unit_test(results_lose_the_least),
                                     cmocka_unit_test(frames_forgive_nulls)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
