// SPDX-License-Identifier: Apache-2.0
// disclose: what a language model is told of a program that it wrote: its faults; or its run, as far as it may see. With
// `schema` that is names and types of columns, how a step ended, and whether there are no, one, some or many rows; never a
// cell, a count, a vendor's words, or an argument that was made from a row. With `sample` the first rows, with `rows` as many
// as a budget allows, as JSON between marks that nothing in them can close. What has been told is never changed. Pure.
// Example:
//   struct disclosing d = {.sees = ASK_SEES_SCHEMA, .veil = &veil, .program = text, .arena = a};
//   disclose_run(&d, 1, run, outcome, &out);
#ifndef POSTERN_ASK_DISCLOSE_H
#define POSTERN_ASK_DISCLOSE_H

#include "ask/veil.h"
#include "program/run.h"

enum ask_sees { ASK_SEES_SCHEMA, ASK_SEES_SAMPLE, ASK_SEES_ROWS };

enum {
  DISCLOSE_SAMPLE_ROWS = 20,
  DISCLOSE_CELL_MOST = 200,
  DISCLOSE_RESULT_BYTES = 24000, // of one result's rows
  DISCLOSE_ROWS_BYTES = 96000,   // of all rows of a question
  DISCLOSE_COLUMNS_MOST = 60,
};

struct disclosing {
  enum ask_sees sees;
  const struct veil *veil;
  struct str program; // as the model wrote it
  struct arena *arena;
  size_t rows_bytes; // told so far, over all runs of the question
};

void disclose_faults(const struct disclosing *d, const struct program_faults *faults, struct buf *out);
void disclose_run(struct disclosing *d, size_t number, const struct program_run *run, const struct outcome *o,
                  struct buf *out);
// Why it could not be run at all.
void disclose_err(const struct disclosing *d, const struct err *err, struct buf *out);
const char *disclose_words(enum ask_sees sees); // what the model is told of what it sees

#endif
