// SPDX-License-Identifier: Apache-2.0
// mem: allocation that cannot fail. Out of memory ends the process with a message; every
// input is bounded long before that, so a caller has nothing sensible to do about it.
#ifndef POSTERN_BASE_MEM_H
#define POSTERN_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t n);               // zeroed
void *mem_resize(void *p, size_t n);     // like realloc; new bytes are not zeroed
void *mem_array(size_t count, size_t n); // zeroed; overflow of count*n ends the process
char *mem_copy(const void *p, size_t n); // n bytes and a NUL
void mem_free(void *p);
void mem_trim(void); // gives what is free back to the system, after rare work that took much

#define MEM_NEW(type) ((type *)mem_alloc(sizeof(type)))

#endif
