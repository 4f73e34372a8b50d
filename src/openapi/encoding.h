// SPDX-License-Identifier: Apache-2.0
// encoding: how the properties of a form or of multipart go out, where the document says so (the Encoding
// Object; `collectionFormat` in 2.0), and what of a form is bytes. Example:
//   encoding_write(op, schema, doc, body);   // body.encoding: {"pic":{"type":"image/png"}}
#ifndef POSTERN_OPENAPI_ENCODING_H
#define POSTERN_OPENAPI_ENCODING_H

#include "openapi/operation.h"

// Adds "encoding" to the toolset's body where there is something to say. `schema`: of the body, NULL where
// it has fields; files in it say from then on that they are base64, since JSON carries no bytes.
void encoding_write(const struct operation *op, yyjson_mut_val *schema, yyjson_mut_doc *doc,
                    yyjson_mut_val *body);
// A file among the fields of 2.0 says so too.
void encoding_mark_file(yyjson_mut_doc *doc, yyjson_mut_val *schema);

#endif
