// SPDX-License-Identifier: Apache-2.0
// shape_parts: what the files behind call/shape.h share. Private to call/shape*.c.
#ifndef POSTERN_CALL_SHAPE_PARTS_H
#define POSTERN_CALL_SHAPE_PARTS_H

#include "call/shape.h"

// Content is an array of blocks: open, any number of blocks, close.
void shape_open(struct run_result *out, size_t ceiling);
void shape_add_text(struct run_result *out, struct str text);
void shape_close(struct run_result *out);

struct str shape_vendor(const struct shape_input *in); // what to call the vendor
struct str shape_body(const struct shape_input *in);   // without a byte order mark
// Numbers raw. NULL: not JSON, or `payer` has no memory for its tree. The caller frees.
yyjson_doc *shape_parse(struct str body, struct payer *payer);

// shape_error.c
bool shape_envelope_failed(const struct shape_input *in);
bool shape_is_limited(const struct shape_input *in, const struct run_result *out);
void shape_add_refused(const struct shape_input *in, struct arena *a, struct run_result *out);
void shape_add_limited(const struct shape_input *in, struct arena *a, struct run_result *out);
void shape_add_redirected(const struct shape_input *in, struct arena *a, struct run_result *out);
void shape_add_bad_json(const struct shape_input *in, const struct err *why, struct arena *a,
                        struct run_result *out);
void shape_add_web_page(const struct shape_input *in, struct arena *a, struct run_result *out);

// shape_cut.c: results beyond the ceiling
void shape_add_cut_json(const struct shape_input *in, yyjson_doc *doc, struct arena *a,
                        struct run_result *out);
void shape_add_cut_text(const struct shape_input *in, struct str text, struct arena *a,
                        struct run_result *out);

#endif
