// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "cli/out.h"
#include "cli/view.h"

struct store_told {
  struct cli *cli;
  size_t tables, rows, mended;
};

static void store_tell(void *arg, struct str table, size_t rows, size_t mended) {
  struct store_told *told = arg;
  struct cli *c = told->cli;
  told->tables++;
  told->rows += rows;
  told->mended += mended;
  if (rows && !c->json) out_text(arena_printf(c->arena, "%10zu  %.*s\n", rows, STR_ARG(table)));
}

bool cli_store_copy(struct cli *c, struct err *err) {
  struct store_told told = {.cli = c};
  if (!c->program->copy(args_word(&c->args, 0), args_word(&c->args, 1), store_tell, &told, err)) return false;
  if (c->json) {
    out_json(arena_printf(c->arena, "{\"tables\":%zu,\"rows\":%zu,\"mended\":%zu}\n", told.tables, told.rows,
                          told.mended));
    return true;
  }
  if (told.mended)
    view_note(c, arena_printf(c->arena, "%zu texts were not UTF-8; they have '?' where they were not.",
                              told.mended));
  view_say(c,
           "Copied %zu rows of %zu tables; counts and digests agree. Name the new one in `store`; the key "
           "file stays.",
           told.rows, told.tables);
  return true;
}
