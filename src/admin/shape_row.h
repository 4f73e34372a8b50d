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

enum { NAME_MOST = 128, ID_MOST = 128, TEXT_MOST = 256, PAGE_MOST = 1000 };

#endif
