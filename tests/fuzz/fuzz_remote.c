// SPDX-License-Identifier: Apache-2.0
// Two definitions of a vendor's tools, of any kind: [before, now]. What is refused is refused; what is not is
// judged, compared and listed. Nothing that is declared a write is ever let through, and what is listed is
// JSON with hints true to the judgement.
#include "fuzz.h"

#include "catalog/listing.h"
#include "data/json.h"
#include "mcp/mend.h"
#include "remote/remote_parts.h"

static const struct connector connector = {.kind = CONNECTOR_MCP, .name = {"acme", 4}};

static bool hint(yyjson_val *definition, const char *name, bool value) {
  yyjson_val *v = yyjson_obj_get(yyjson_obj_get(definition, "annotations"), name);
  return yyjson_is_bool(v) && yyjson_get_bool(v) == value;
}

static void check_trust(const struct trust *t, yyjson_val *definition) {
  fuzz_check(t->trust != TOOL_ALLOW || t->read_only, "served, and does not read");
  fuzz_check(!t->read_only || !t->destructive, "reads and destroys");
  bool write = hint(definition, "readOnlyHint", false) || hint(definition, "destructiveHint", true);
  fuzz_check(!write || t->trust != TOOL_ALLOW, "a declared write would be served");
}

static void check_listing(const struct trust *t, yyjson_val *definition) {
  struct account account = {.name = STR("acme")};
  struct catalog_account owner = {.account = &account, .connector = &connector};
  struct catalog_choice choices[] = {{STR("eu"), &owner, NULL}, {STR("us"), &owner, NULL}};
  struct tool tool = {.kind = TOOL_REMOTE,
                      .name = json_str(definition, "name"),
                      .definition = definition,
                      .input = yyjson_obj_get(definition, "inputSchema"),
                      .read_only = t->read_only,
                      .destructive = t->destructive};
  for (size_t shared = 0; shared < 2; shared++) {
    struct catalog_tool shown = {.tool = &tool, .account = &owner, .name = STR("x"), .choices = choices};
    struct buf out = BUF_MAX(1 << 20);
    shown.choice_count = shared ? 2 : 0;
    listing_write(&shown, &out);
    yyjson_doc *doc = yyjson_read(out.p, out.n, YYJSON_READ_NUMBER_AS_RAW);
    yyjson_val *root = yyjson_doc_get_root(doc);
    fuzz_check(yyjson_is_obj(root), "not JSON: %.*s", (int)out.n, out.p);
    fuzz_check(hint(root, "readOnlyHint", t->read_only), "another hint than was judged");
    yyjson_doc_free(doc);
    buf_free(&out);
  }
}

static void compare(yyjson_val *before, yyjson_val *now, struct arena *a) {
  fuzz_check(remote_same(now, now), "not the same as itself");
  struct str diff = remote_diff(before, now, a);
  fuzz_check(!remote_same(before, now) || diff.n == 0, "the same, with a difference");
  (void)remote_alike(before, now);
}

// What is mended stays as it is when it is mended again, and is what clients take.
static void check_mended(yyjson_val *definition) {
  struct buf text = BUF_MAX(REMOTE_DEFINITION_MOST), again = BUF_MAX(REMOTE_DEFINITION_MOST),
             notes = BUF_MAX(MEND_NOTES_MOST);
  struct err err;
  if (remote_mend(definition, &text, &notes, &err)) {
    yyjson_doc *doc = remote_parse(buf_str(&text));
    yyjson_val *root = yyjson_doc_get_root(doc);
    struct arena *a = arena_new();
    struct trust t = trust_of(&connector, root, a);
    fuzz_check(str_is(json_str(yyjson_obj_get(root, "inputSchema"), "type"), "object"), "no input schema");
    fuzz_check(remote_mend(root, &again, &notes, &err), "mended, and not sound: %s", err.text);
    fuzz_check(str_eq(buf_str(&text), buf_str(&again)), "mended twice: %.*s", (int)again.n, again.p);
    check_trust(&t, root);
    check_listing(&t, root);
    arena_free(a);
    yyjson_doc_free(doc);
  }
  buf_free(&text);
  buf_free(&again);
  buf_free(&notes);
}

// As the answer to each method: what is made of it fits.
static void check_results(yyjson_val *result) {
  static const char *const methods[] = {
      "tools/call",   "prompts/get",        "resources/read", "resources/list", "resources/templates/list",
      "prompts/list", "completion/complete"};
  for (size_t i = 0; i < 2 * sizeof methods / sizeof *methods && yyjson_is_obj(result); i++) {
    struct str method = str_of(methods[i / 2]);
    struct err err = {0};
    if (mend_fits_result(method, i % 2, result)) continue;
    struct mend m = {.doc = yyjson_mut_doc_new(NULL), .err = &err};
    yyjson_mut_val *made = mend_result(&m, method, i % 2, result);
    yyjson_doc *doc = made ? yyjson_mut_val_imut_copy(made, NULL) : NULL;
    fuzz_check(made || err.text[0], "refused without a reason");
    fuzz_check(!made || mend_fits_result(method, i % 2, yyjson_doc_get_root(doc)),
               "mended for %s, and does not fit", methods[i / 2]);
    yyjson_doc_free(doc);
    yyjson_mut_doc_free(m.doc);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  yyjson_doc *doc;
  struct err err;
  struct json_limits limits = {.depth = 64, .nodes = 20000, .raw_numbers = true};
  if (!json_read(str_make((const char *)data, size), &limits, &doc, &err)) return 0;
  struct arena *a = arena_new();
  yyjson_val *pair[] = {yyjson_arr_get(yyjson_doc_get_root(doc), 0),
                        yyjson_arr_get(yyjson_doc_get_root(doc), 1)};
  for (size_t i = 0; i < 2; i++) {
    struct trust t = trust_of(&connector, pair[i], a);
    check_trust(&t, pair[i]);
    check_mended(pair[i]);
    check_results(pair[i]);
  }
  if (yyjson_is_obj(pair[0]) && yyjson_is_obj(pair[1])) compare(pair[0], pair[1], a);
  arena_free(a);
  yyjson_doc_free(doc);
  return 0;
}
