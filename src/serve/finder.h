// SPDX-License-Identifier: Apache-2.0
// finder: the tools of our own that find a vendor's: postern_search_tools (words to a ranked, short list) and
// postern_describe_tools (the whole definitions of a few), on servers that do not list all they have. Neither tells of
// what the server does not show. On the request's fiber.
#ifndef POSTERN_SERVE_FINDER_H
#define POSTERN_SERVE_FINDER_H

#include "serve/own.h"

#define FINDER_SEARCH "postern_search_tools"
#define FINDER_DESCRIBE "postern_describe_tools"

enum {
  FINDER_HITS = 8, // as many as fit into FINDER_ANSWER_MOST, where the client does not say how many
  FINDER_HITS_MOST = 50,
  FINDER_ANSWER_MOST = 2500, // bytes of such an answer, in both forms together
  FINDER_NAMES_MOST = 8,
  FINDER_QUERY_MOST = 1000,
};

extern const struct own_tools finder_tools;

#endif
