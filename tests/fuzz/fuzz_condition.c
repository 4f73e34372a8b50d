// SPDX-License-Identifier: Apache-2.0
// Any text as a condition: refused with a place, or written back as a text that reads as the same. Where a second line is a
// result, it is judged twice: as the first run, and as the next.
#include "fuzz.h"

#include "alert/judge.h"

static struct str fuzz_written(const struct alert_condition *c, struct arena *a) {
  struct buf out = BUF_MAX(4 * ALERT_TEXT_MOST);
  alert_condition_write(c, &out);
  fuzz_check(!out.full, "it is written without end");
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

static void fuzz_judge(const struct alert_condition *c, struct str result, struct arena *a) {
  struct alert_rule rule = {.condition = *c};
  struct alert_state state = {0};
  yyjson_doc *doc = yyjson_read(result.p, result.n, YYJSON_READ_NUMBER_AS_RAW);
  for (int i = 0; doc && i < 2; i++) {
    struct alert_verdict v;
    struct alert_sight sight = {.result = yyjson_doc_get_root(doc), .whole = true, .at = i, .now_ms = i};
    alert_judge(&rule, &state, &sight, a, &v);
    fuzz_check(v.proof.n <= ALERT_PROOF_MOST && v.state.baseline.n <= ALERT_BASELINE_MOST,
               "too much is kept");
    fuzz_check(!i || v.event == ALERT_NOTHING, "the same result twice is an event");
    state = v.state;
  }
  yyjson_doc_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str rest = {(const char *)data, size}, line = STR("");
  struct alert_condition c, again;
  struct arena *a = arena_new();
  struct err err = {.code = ERR_OK};
  (void)str_cut(&rest, '\n', &line);
  if (!alert_condition_read(line, a, &c, &err)) {
    fuzz_check(err.code == ERR_INVALID && *err.text, "refused without a reason");
  } else {
    struct str once = fuzz_written(&c, a);
    if (once.n <= ALERT_TEXT_MOST) {
      fuzz_check(alert_condition_read(once, a, &again, &err), "does not read back: %.*s: %s", STR_ARG(once),
                 err.text);
      fuzz_check(str_eq(fuzz_written(&again, a), once), "reads back as another: %.*s", STR_ARG(once));
    }
    fuzz_judge(&c, rest, a);
  }
  arena_free(a);
  return 0;
}
