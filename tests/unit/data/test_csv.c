// SPDX-License-Identifier: Apache-2.0
// CSV: RFC 4180, and no cell of a vendor's that a spreadsheet would run.
#include "../support/check.h"

#include "data/csv.h"

static void cell(const char *text, enum csv_form form, const char *wanted) {
  struct buf out = BUF_MAX(4096);
  csv_add_text(&out, str_of(text), form);
  check_text(buf_str(&out), wanted);
  buf_free(&out);
}

static void test_cells(void **state) {
  (void)state;
  cell("plain", CSV_GUARDED, "plain");
  cell("", CSV_GUARDED, "");
  cell("a,b", CSV_GUARDED, "\"a,b\"");
  cell("say \"x\"", CSV_PLAIN, "\"say \"\"x\"\"\"");
  cell("two\nlines", CSV_PLAIN, "\"two\nlines\"");
  const char *formulas[] = {"=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1"};
  for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"'%s\"", formulas[i]);
    cell(formulas[i], CSV_GUARDED, wanted);
  }
  cell("=HYPERLINK(\"http://x\",\"y\")", CSV_GUARDED, "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  cell("=1+1", CSV_PLAIN, "=1+1");
}

static void test_rows(void **state) {
  (void)state;
  const char *text =
      "{\"columns\":[{\"name\":\"=a\"},{\"name\":\"b\"}],\"rows\":[[-5,\"x\"],[null,true],[1.50,[\"=1\"]]]}";
  yyjson_doc *doc = yyjson_read(text, strlen(text), YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *root = yyjson_doc_get_root(doc);
  struct buf out = BUF_MAX(4096);
  csv_write(yyjson_obj_get(root, "columns"), yyjson_obj_get(root, "rows"), CSV_GUARDED, &out);
  check_text(buf_str(&out), "\"'=a\",b\n-5,x\n,true\n1.50,\"[\"\"=1\"\"]\"\n");
  buf_free(&out);
  yyjson_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cells), cmocka_unit_test(test_rows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
