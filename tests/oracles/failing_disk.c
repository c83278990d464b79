/* A disk that fails, below the program that writes to it: preloaded with LD_PRELOAD.

   FAILING_DISK_UNDER   text that a path must contain to lie on the failing disk
   FAILING_DISK_ERRNO   what it answers, as a number: 5 EIO, 28 ENOSPC, 116 ESTALE
   FAILING_DISK_AFTER   how many calls it serves before it fails
   FAILING_DISK_CALLS   which calls count and fail, of "open", "write", "fsync", "rename"; all when empty

   Opening for reading only is not "open" unless "read" is named too. One line on standard error tells of the first failure. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define NEXT(name) __extension__({ static __typeof__(name) *next; if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name); next; })

static atomic_long served;
static atomic_int told;

static int counts(const char *call) {
    const char *calls = getenv("FAILING_DISK_CALLS");
    return !calls || !*calls || strstr(calls, call);
}

static int lies_there(const char *path) {
    const char *under = getenv("FAILING_DISK_UNDER");
    return under && path && strstr(path, under);
}

/* Whether this call fails; sets errno. */
static int fails(const char *path, const char *call) {
    if (!lies_there(path) || !counts(call)) return 0;
    const char *after = getenv("FAILING_DISK_AFTER"), *code = getenv("FAILING_DISK_ERRNO");
    if (atomic_fetch_add(&served, 1) < (after ? atol(after) : 0)) return 0;
    if (!atomic_exchange(&told, 1)) dprintf(2, "failing disk: first at %s of %s\n", call, path);
    errno = code ? atoi(code) : EIO;
    return 1;
}

/* By the system's own table, so that nothing has to be kept here; a file without a name yet fails by its descriptor's path. */
static int fd_fails(int fd, const char *call) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(path, call);
}

static int open_fails(const char *path, int flags) {
    return (flags & O_ACCMODE) == O_RDONLY ? fails(path, "read") : fails(path, "open");
}

#define OPEN(name)                                                      \
    int name(const char *path, int flags, ...) {                        \
        va_list rest;                                                   \
        va_start(rest, flags);                                          \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                   \
        return open_fails(path, flags) ? -1 : NEXT(name)(path, flags, mode); \
    }

#define OPENAT(name)                                                    \
    int name(int folder, const char *path, int flags, ...) {            \
        va_list rest;                                                   \
        va_start(rest, flags);                                          \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                   \
        return open_fails(path, flags) ? -1 : NEXT(name)(folder, path, flags, mode); \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *data, size_t size) { return fd_fails(fd, "write") ? -1 : NEXT(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return fd_fails(fd, "write") ? -1 : NEXT(pwrite)(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return fd_fails(fd, "write") ? -1 : NEXT(pwrite64)(fd, data, size, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return fd_fails(fd, "write") ? -1 : NEXT(writev)(fd, parts, count); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return fd_fails(fd, "write") ? -1 : NEXT(pwritev)(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return fd_fails(fd, "write") ? -1 : NEXT(pwritev64)(fd, parts, count, at); }
int ftruncate(int fd, off_t size) { return fd_fails(fd, "write") ? -1 : NEXT(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return fd_fails(fd, "write") ? -1 : NEXT(ftruncate64)(fd, size); }
int fsync(int fd) { return fd_fails(fd, "fsync") ? -1 : NEXT(fsync)(fd); }
int fdatasync(int fd) { return fd_fails(fd, "fsync") ? -1 : NEXT(fdatasync)(fd); }
int rename(const char *from, const char *to) { return fails(to, "rename") ? -1 : NEXT(rename)(from, to); }
int link(const char *from, const char *to) { return fails(to, "rename") ? -1 : NEXT(link)(from, to); }
int mkdir(const char *path, mode_t mode) { return fails(path, "open") ? -1 : NEXT(mkdir)(path, mode); }
