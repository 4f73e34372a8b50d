// SPDX-License-Identifier: Apache-2.0
// shape_row: how shapes are written down, for the files that hold them (shape*.c). Private to those.
#ifndef POSTERN_ADMIN_SHAPE_ROW_H
#define POSTERN_ADMIN_SHAPE_ROW_H

#include "admin/shape.h"

#define REQ ADMIN_REQUIRED
#define NIL (ADMIN_REQUIRED | ADMIN_NULLABLE) // of an answer: always there, may be null
#define SHAPE(id, title, text, ...)                                                                          \
  static const struct admin_member id##_members[] = {__VA_ARGS__};                                           \
  const struct admin_shape id = {title, text, id##_members, sizeof id##_members / sizeof *id##_members}
// Of a list, and of an object within another, which only this file needs.
#define INNER(id, title, text, ...)                                                                          \
  static const struct admin_member id##_members[] = {__VA_ARGS__};                                           \
  static const struct admin_shape id = {title, text, id##_members, sizeof id##_members / sizeof *id##_members}
#define NEXT                                                                                                 \
  { "next", ADMIN_TEXT, NIL, .says = "path and query of the next page; null at the end" }

#define ANSWER_NUMBERS                                                                                       \
  "where each number of the text comes from: start and end (bytes of the text in UTF-8), result, and row "   \
  "and column from 0; of a number that counts rows, rows: the first, and the one behind the last"
#define ANSWER_ENGINE                                                                                        \
  "name: who answered, planner or a language model; where one was asked: asked, model, rounds, "             \
  "input_tokens, output_tokens, cached_tokens, ms"
#define ANSWER_CALLS                                                                                         \
  "each call that was made: account, account_id, tool, arguments, at, ms, page, rows, bytes, cached, "       \
  "request_id"
#define LIMIT                                                                                                \
  { "limit", ADMIN_INT, .least = 1, .most = PAGE_MOST, .says = "entries on a page; without it 100" }
#define AFTER                                                                                                \
  { "after", ADMIN_TEXT, .most = ID_MOST, .says = "the last entry of the page before; see next" }

// clang-format off
#define PUBLISH_AS                                                                                           \
  {"as", ADMIN_TEXT, REQ, .most = 60, .says = "the tool's name: letters, digits, '_' and '-'"},              \
  {"description", ADMIN_TEXT, .most = 1000, .says = "what it answers, for those who choose tools; without it the program's title"}
// clang-format on

enum { NAME_MOST = 128, ID_MOST = 128, TEXT_MOST = 256, PAGE_MOST = 1000 };

#endif
