// SPDX-License-Identifier: Apache-2.0
#include "ask/plan_recipe.h"
#include "ask/sentence.h"
#include "data/json.h"

// Slots are put in first, so that what a row holds is never taken for a slot.
void plan_recipe_say(const struct recipe_use *use, const struct outcome_result *r,
                     const struct table_clock *clock, struct arena *a, const struct summary_out *out) {
  struct cell_to to = {out->text, out->numbers, &r->rows, r->name};
  yyjson_val *def = yyjson_obj_getn(yyjson_obj_get(yyjson_obj_get(use->recipe->def, "program"), "results"),
                                    r->name.p, r->name.n);
  struct str say = json_str(def, r->rows.row_count ? "say" : "none");
  if (r->why.n) {
    buf_printf(out->text, "%.*s: could not be read (%.*s).", STR_ARG(r->title), STR_MOST(r->why, 400));
    return;
  }
  if (!say.n && !r->rows.row_count && yyjson_obj_get(def, "none")) return; // an empty sentence says nothing
  if (say.n) {
    sentence_say(&to, plan_recipe_words(use, say, clock, a), r->asked->columns);
    return;
  }
  buf_printf(out->text, "%.*s: ", STR_ARG(r->title));
  cell_say_rows(&to, 0, r->rows.row_count);
  buf_add_char(out->text, '.');
}
