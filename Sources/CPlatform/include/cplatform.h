// What Swift's Glibc module does not show: GNU extensions and signal sets.
// Plain functions over plain integers; every one returns 0 or a positive errno value unless its
// comment says otherwise. No state.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stddef.h>
#include <stdint.h>

/// Names the calling thread; longer names are cut to 15 bytes.
void platform_set_thread_name(const char *name);

/// Sleeps until CLOCK_MONOTONIC reads `nanoseconds`; goes on sleeping after a signal.
int platform_sleep_until(uint64_t nanoseconds);

/// Blocks `signals` in the calling thread and in all threads that it starts later.
int platform_block_signals(const int *signals, size_t count);

/// Waits up to `milliseconds` for one of `signals`; returns its number, 0 if none came, or a
/// negative errno value.
int platform_wait_signal(const int *signals, size_t count, int64_t milliseconds);

/// Ignores SIGPIPE for the whole process, so that a closed socket is an error and not a death.
void platform_ignore_sigpipe(void);

/// Maps `bytes` of zeroed private memory, asks for huge pages and touches every page; NULL if the
/// kernel refuses.
void *platform_map_memory(size_t bytes);

/// Gives back what `platform_map_memory` returned.
void platform_unmap_memory(void *address, size_t bytes);

/// The process's environment entry `NAME=value` number `index`, NULL past the last.
const char *platform_environment_entry(size_t index);

#endif
