// GNU extensions behind plain C signatures; see cplatform.h.
// Nothing here allocates besides the mapping functions, and nothing keeps state.
#define _GNU_SOURCE
#include "cplatform.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

void platform_set_thread_name(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = '\0';
    pthread_setname_np(pthread_self(), cut);
}

int platform_sleep_until(uint64_t nanoseconds) {
    struct timespec until = {
        .tv_sec = (time_t)(nanoseconds / 1000000000u),
        .tv_nsec = (long)(nanoseconds % 1000000000u),
    };
    int code;
    do {
        code = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    } while (code == EINTR);
    return code;
}

static void fill(sigset_t *set, const int *signals, size_t count) {
    sigemptyset(set);
    for (size_t i = 0; i < count; i++) sigaddset(set, signals[i]);
}

int platform_block_signals(const int *signals, size_t count) {
    sigset_t set;
    fill(&set, signals, count);
    return pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int platform_wait_signal(const int *signals, size_t count, int64_t milliseconds) {
    sigset_t set;
    fill(&set, signals, count);
    struct timespec timeout = {
        .tv_sec = (time_t)(milliseconds / 1000),
        .tv_nsec = (long)(milliseconds % 1000) * 1000000L,
    };
    int number = sigtimedwait(&set, NULL, &timeout);
    if (number > 0) return number;
    return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

void platform_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

void *platform_map_memory(size_t bytes) {
    void *address =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) return NULL;
    // Advice only: a kernel without transparent huge pages still gives ordinary ones.
    madvise(address, bytes, MADV_HUGEPAGE);
    // One write a page now, so that no page fault falls into a tick later.
    for (size_t i = 0; i < bytes; i += 4096) ((volatile char *)address)[i] = 0;
    return address;
}

void platform_unmap_memory(void *address, size_t bytes) {
    if (address != NULL) munmap(address, bytes);
}

const char *platform_environment_entry(size_t index) { return environ[index]; }
