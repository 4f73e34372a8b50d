// SPDX-License-Identifier: Apache-2.0
// circle: schemas that are each other for the same value. `Pet: {oneOf: [Cat]}` with `Cat: {allOf: [Pet, …]}` is how
// vendors write a base and its subtypes; taken by the letter it has no end. Private to pool.c.
#ifndef POSTERN_OPENAPI_CIRCLE_H
#define POSTERN_OPENAPI_CIRCLE_H

#include "openapi/pool.h"

// Breaks the circles among the defs since `first`, so that every schema allows what it did; older defs never refer
// to newer ones. May add defs, converted. What is too much to break is marked broken.
void circle_break(struct schema_pool *p, uint32_t first);

#endif
