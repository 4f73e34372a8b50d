// SPDX-License-Identifier: Apache-2.0
// schema: the form of a program as JSON Schema 2020-12, for whoever writes one: `postern docs program-schema`,
// GET /program-schema, the input of postern_run_program. program/read checks the same by hand, with better words.
#ifndef POSTERN_PROGRAM_SCHEMA_H
#define POSTERN_PROGRAM_SCHEMA_H

extern const char program_schema[];
// Of what tools that run programs give as structured content.
extern const char program_outcome_schema[];

#endif
