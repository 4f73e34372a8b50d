// SPDX-License-Identifier: Apache-2.0
// paging: a list answered page by page: {"items":[…],"next":…}, with ?limit= and ?after=. What comes after the
// last entry of a page is on the next one, also where entries came or went meanwhile. Private to admin/.
// Example:
//   struct paging page = paging_begin(call);
//   for (size_t i = 0; i < count && !page.full; i++)
//     if (paging_takes(&page, rows[i].id)) thing_put(&call->out, &rows[i]);
//   paging_close(&page);
//   paging_end(&page);
#ifndef POSTERN_ADMIN_PAGING_H
#define POSTERN_ADMIN_PAGING_H

#include "admin/route.h"

struct paging {
  struct admin_call *call;
  struct str after, last; // ids: the page begins behind `after`; last: of those taken
  int64_t left;           // entries that fit
  bool full;              // there are more than fit
};

struct paging paging_begin(struct admin_call *call); // up to the "[" of the items
// Is the entry of this id on the page? Ids come in ascending order, as bytes.
bool paging_takes(struct paging *p, struct str id);
void paging_close(struct paging *p); // the items; other members may follow
void paging_end(struct paging *p);   // "next", and the list

#endif
