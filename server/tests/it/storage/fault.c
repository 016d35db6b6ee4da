/* Makes writes to SQLite's files fail while a file says so: "write 28", "sync 5". Loaded by LD_PRELOAD. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* The error a call on this file is to end with; 0 for none. */
static int fault(int fd, const char *call) {
    const char *file = getenv("TEST_FAULT_SWITCH");
    char said[32] = {0}, link[64] = "/proc/self/fd/", path[4096] = {0};
    if (!file) return 0;
    int switch_fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
    if (switch_fd < 0) return 0;
    long length = syscall(SYS_read, switch_fd, said, sizeof said - 1);
    syscall(SYS_close, switch_fd);
    if (length <= 0 || strncmp(said, call, strlen(call)) != 0) return 0;
    char digits[16];
    int at = 0, number = fd;
    do digits[at++] = (char)('0' + number % 10); while (number /= 10);
    size_t end = strlen(link);
    while (at > 0) link[end++] = digits[--at];
    link[end] = 0;
    if (syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1) <= 0) return 0;
    return strstr(path, ".sqlite") ? atoi(said + strlen(call)) : 0;
}

#define FAIL(call)                 \
    do {                           \
        int error = fault(fd, call); \
        if (error) {               \
            errno = error;         \
            return -1;             \
        }                          \
    } while (0)

ssize_t write(int fd, const void *from, size_t count) {
    FAIL("write");
    return syscall(SYS_write, fd, from, count);
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t offset) {
    FAIL("write");
    return syscall(SYS_pwrite64, fd, from, count, offset);
}

ssize_t pwrite64(int fd, const void *from, size_t count, off_t offset) {
    FAIL("write");
    return syscall(SYS_pwrite64, fd, from, count, offset);
}

int fsync(int fd) {
    FAIL("sync");
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    FAIL("sync");
    return (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t length) {
    FAIL("truncate");
    return (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate64(int fd, off_t length) {
    FAIL("truncate");
    return (int)syscall(SYS_ftruncate, fd, length);
}

ssize_t read(int fd, void *to, size_t count) {
    FAIL("read");
    return syscall(SYS_read, fd, to, count);
}

ssize_t pread(int fd, void *to, size_t count, off_t offset) {
    FAIL("read");
    return syscall(SYS_pread64, fd, to, count, offset);
}

ssize_t pread64(int fd, void *to, size_t count, off_t offset) {
    FAIL("read");
    return syscall(SYS_pread64, fd, to, count, offset);
}
