// Counts calls of malloc and its kin in this process, so that a test or benchmark can show that a
// piece of code allocates nothing.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// Allocations by this thread since it started (malloc, calloc, realloc, aligned variants).
unsigned long long allocation_count(void);

#endif
