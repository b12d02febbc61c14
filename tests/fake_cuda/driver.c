/* A CUDA driver for a GPU that is not there: its kernels are libraries of emulated ones, which the fake compiler makes.
 *
 * It is as strict as a GPU. Memory of the device can be touched by copies and kernels alone: its pages are closed to everybody
 * else. A kernel runs in a forked child, of which the memory of the device is all that stays: what it writes to the host's is
 * lost, and when it crashes the context is broken for good. Calls without a current context, copies past the end of an
 * allocation and calls in a forked process fail as they do with NVIDIA's driver.
 *
 * NVIDIA's own compiler cannot work beside it: it asks the driver more than is answered here.
 *
 * The environment says what there is, and what fails:
 *   FAKE_CUDA_VERSION  of the driver's interface (12040)
 *   FAKE_CUDA_DEVICES  how many (1)
 *   FAKE_CUDA_ARCH     the compute capability (90)
 *   FAKE_CUDA_MEMORY   bytes (1 GiB)
 *   FAKE_CUDA_FAIL     `cuMemAlloc_v2:3=2,kernel:1=719`: the third call of a function fails with error 2; the first kernel with
 *                      719, which whoever waits for it learns
 *   FAKE_CUDA_SLOW     seconds that every kernel takes
 *   FAKE_CUDA_LOG      a file for the numbers of calls, the bytes copied up and down, and the allocations left, at exit */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "image.h"

enum {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    NO_BINARY_FOR_GPU = 209,
    UNSUPPORTED_PTX_VERSION = 222,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_OUT_OF_RESOURCES = 701,
};

typedef int (*kernel)(const unsigned *, const unsigned *, void **);

static struct { const char *name; int count; } calls[64];
static struct { uint64_t address; size_t size, mapped; } memory[4096];
static size_t used, up, down;
static int allocations, broken, initialised;
static pid_t owner;
static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;
static __thread int depth;
static int the_context, the_stream;

static long setting(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text && *text ? atol(text) : otherwise;
}

/* The error with which this call is to fail. */
static int planned(const char *name, int count) {
    const char *plan = getenv("FAKE_CUDA_FAIL");
    for (const char *at = plan; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char wanted[64];
        int number, code;
        if (sscanf(at, "%63[^:]:%d=%d", wanted, &number, &code) == 3 && !strcmp(wanted, name) && number == count) return code;
    }
    return SUCCESS;
}

static int is_sticky(int code) { return code >= ILLEGAL_ADDRESS && code != LAUNCH_OUT_OF_RESOURCES; }

/* Counts a call; the error that it meets. */
static int counted(const char *name) {
    int i = 0;
    while (calls[i].name && strcmp(calls[i].name, name)) ++i;
    calls[i].name = name;
    int code = planned(name, ++calls[i].count);
    if (is_sticky(code)) broken = code;
    return code;
}

static int entered(const char *name, int with_context) {
    if (initialised && getpid() != owner) {
        const char *log = getenv("FAKE_CUDA_LOG");
        FILE *file = log ? fopen(log, "a") : NULL;
        if (file) fprintf(file, "called in a forked process: %s\n", name), fclose(file);
        return NOT_INITIALIZED;
    }
    int code = counted(name);
    if (code) return code;
    if (with_context && !initialised) return NOT_INITIALIZED;
    if (with_context && !depth) return INVALID_CONTEXT;
    return with_context ? broken : SUCCESS;
}

#define ENTER(with_context)                                 \
    pthread_mutex_lock(&alone);                             \
    const int error = entered(__func__, with_context);      \
    pthread_mutex_unlock(&alone);                           \
    if (error) return error

__attribute__((destructor)) static void report(void) {
    const char *log = getenv("FAKE_CUDA_LOG");
    if (!log || getpid() != owner) return;
    FILE *file = fopen(log, "a");
    if (!file) return;
    for (int i = 0; calls[i].name; ++i) fprintf(file, "%s %d\n", calls[i].name, calls[i].count);
    fprintf(file, "up %zu\ndown %zu\nleft %d\n", up, down, allocations);
    fclose(file);
}

int cuInit(unsigned flags) {
    ENTER(0);
    owner = getpid();
    initialised = 1;
    return flags ? INVALID_VALUE : setting("FAKE_CUDA_DEVICES", 1) ? SUCCESS : NO_DEVICE;
}

int cuDriverGetVersion(int *version) {
    ENTER(0);
    *version = setting("FAKE_CUDA_VERSION", 12040);
    return SUCCESS;
}

int cuDeviceGetCount(int *count) {
    ENTER(0);
    *count = setting("FAKE_CUDA_DEVICES", 1);
    return initialised ? SUCCESS : NOT_INITIALIZED;
}

int cuDeviceGet(int *device, int ordinal) {
    ENTER(0);
    *device = ordinal;
    return ordinal < setting("FAKE_CUDA_DEVICES", 1) ? SUCCESS : INVALID_DEVICE;
}

int cuDeviceGetName(char *name, int room, int device) {
    ENTER(0);
    snprintf(name, room, "Fake GPU %d", device);
    return SUCCESS;
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    ENTER(0);
    (void)device;
    const int arch = setting("FAKE_CUDA_ARCH", 90);
    *value = attribute == 16 ? 100 : attribute == 75 ? arch / 10 : arch % 10; /* multiprocessors; the capability */
    return attribute == 16 || attribute == 75 || attribute == 76 ? SUCCESS : INVALID_VALUE;
}

static size_t whole(void) { return setting("FAKE_CUDA_MEMORY", 1L << 30); }

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    ENTER(0);
    (void)device;
    *bytes = whole();
    return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
    ENTER(0);
    (void)device;
    *context = &the_context;
    return SUCCESS;
}

int cuCtxPushCurrent_v2(void *context) {
    ENTER(0);
    if (context != &the_context) return INVALID_CONTEXT;
    ++depth;
    return SUCCESS;
}

int cuCtxPopCurrent_v2(void **context) {
    ENTER(0);
    if (!depth) return INVALID_CONTEXT;
    --depth;
    *context = &the_context;
    return SUCCESS;
}

int cuStreamCreate(void **stream, unsigned flags) {
    ENTER(1);
    (void)flags;
    *stream = &the_stream;
    return SUCCESS;
}

int cuStreamSynchronize(void *stream) {
    ENTER(1);
    return stream == &the_stream || !stream ? SUCCESS : INVALID_VALUE;
}

int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
    ENTER(1);
    if (!bytes) return INVALID_VALUE;
    pthread_mutex_lock(&alone);
    int code = OUT_OF_MEMORY, at = 0;
    while (at < 4095 && memory[at].address) ++at;
    if (used + bytes <= whole()) {
        const size_t page = sysconf(_SC_PAGESIZE), mapped = (bytes + page - 1) / page * page;
        /* What is allocated holds anything. */
        char *pages = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (pages != MAP_FAILED) {
            memset(pages, 0xa5, mapped < 1 << 20 ? mapped : 1 << 20);
            mprotect(pages, mapped, PROT_NONE);
            *address = memory[at].address = (uint64_t)pages;
            memory[at].size = bytes;
            memory[at].mapped = mapped;
            used += bytes;
            ++allocations;
            code = SUCCESS;
        }
    }
    pthread_mutex_unlock(&alone);
    return code;
}

int cuMemFree_v2(uint64_t address) {
    ENTER(1);
    pthread_mutex_lock(&alone);
    int code = INVALID_VALUE;
    for (int i = 0; i < 4096 && code; ++i)
        if (address && memory[i].address == address) {
            munmap((void *)address, memory[i].mapped);
            used -= memory[i].size;
            memory[i].address = 0;
            --allocations;
            code = SUCCESS;
        }
    pthread_mutex_unlock(&alone);
    return code;
}

/* The allocation that holds these bytes; -1: none. */
static int allocation(uint64_t address, size_t bytes) {
    for (int i = 0; i < 4096; ++i)
        if (memory[i].address && address >= memory[i].address && address + bytes <= memory[i].address + memory[i].size) return i;
    return -1;
}

static void protect(int i, int how) { mprotect((void *)memory[i].address, memory[i].mapped, how); }

/* Copies between host and device. */
static int copied(void *to, const void *from, uint64_t there, size_t bytes, size_t *total) {
    pthread_mutex_lock(&alone);
    const int i = allocation(there, bytes);
    if (i >= 0) {
        protect(i, PROT_READ | PROT_WRITE);
        memcpy(to, from, bytes);
        protect(i, PROT_NONE);
        *total += bytes;
    } else {
        broken = ILLEGAL_ADDRESS;
    }
    pthread_mutex_unlock(&alone);
    return i < 0 ? ILLEGAL_ADDRESS : SUCCESS;
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream) {
    ENTER(1);
    (void)stream;
    return copied((void *)to, from, to, bytes, &up);
}

int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
    ENTER(1);
    (void)stream;
    return copied(to, (void *)from, from, bytes, &down);
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *stream) {
    ENTER(1);
    (void)stream;
    pthread_mutex_lock(&alone);
    const int i = allocation(to, bytes), j = allocation(from, bytes);
    if (i >= 0 && j >= 0) {
        protect(i, PROT_READ | PROT_WRITE);
        protect(j, PROT_READ | PROT_WRITE);
        memcpy((void *)to, (void *)from, bytes);
        protect(i, PROT_NONE);
        protect(j, PROT_NONE);
    } else {
        broken = ILLEGAL_ADDRESS;
    }
    pthread_mutex_unlock(&alone);
    return broken;
}

int cuMemsetD8Async(uint64_t to, unsigned char byte, size_t bytes, void *stream) {
    ENTER(1);
    (void)stream;
    pthread_mutex_lock(&alone);
    const int i = allocation(to, bytes);
    if (i >= 0) {
        protect(i, PROT_READ | PROT_WRITE);
        memset((void *)to, byte, bytes);
        protect(i, PROT_NONE);
    } else {
        broken = ILLEGAL_ADDRESS;
    }
    pthread_mutex_unlock(&alone);
    return broken;
}

int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
    ENTER(1);
    (void)flags;
    *address = malloc(bytes);
    return SUCCESS;
}

int cuMemGetInfo_v2(size_t *left, size_t *total) {
    ENTER(1);
    *total = whole();
    *left = whole() - used;
    return SUCCESS;
}

int cuPointerGetAttribute(int *value, int attribute, uint64_t address) {
    ENTER(1);
    if (attribute != 9 /* the number of its device */ || allocation(address, 1) < 0) return INVALID_VALUE;
    *value = 0;
    return SUCCESS;
}

int cuModuleLoadData(void **module, const void *data) {
    ENTER(1);
    const struct image *image = data;
    if (memcmp(image->magic, MAGIC, sizeof MAGIC)) return INVALID_IMAGE;
    const int arch = setting("FAKE_CUDA_ARCH", 90);
    int made;
    if (sscanf(image->target, "sm_%d", &made) == 1) {
        if (made / 10 != arch / 10 || made > arch) return NO_BINARY_FOR_GPU;
    } else if (sscanf(image->target, "compute_%d", &made) != 1 || made > arch) {
        return NO_BINARY_FOR_GPU;
    } else if (setting("FAKE_CUDA_VERSION", 12040) < 12000) {
        return UNSUPPORTED_PTX_VERSION;
    }
    char path[64];
    const int file = memfd_create("module", 0);
    if (write(file, image + 1, image->size) != (ssize_t)image->size) return OUT_OF_MEMORY;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return *module ? SUCCESS : INVALID_IMAGE;
}

int cuModuleGetFunction(void **function, void *module, const char *name) {
    ENTER(1);
    char symbol[512];
    snprintf(symbol, sizeof symbol, "emulate_%s", name);
    *function = dlsym(module, symbol);
    return *function ? SUCCESS : NOT_FOUND;
}

int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                   void *stream, void **parameters, void **extra) {
    ENTER(1);
    (void)shared, (void)stream;
    const unsigned grid[] = {gx, gy, gz}, block[] = {bx, by, bz};
    if (!function || extra || !gx || !gy || !gz || gy > 65535 || gz > 65535 || bz > 64 || bx * by * bz > 1024 ||
        bx * by * bz == 0)
        return INVALID_VALUE;
    pthread_mutex_lock(&alone);
    const int code = counted("kernel");
    const pid_t child = code ? 0 : fork();
    if (!code && !child) {
        for (int i = 0; i < 4096; ++i)
            if (memory[i].address) mprotect((void *)memory[i].address, memory[i].mapped, PROT_READ | PROT_WRITE);
        if (setting("FAKE_CUDA_SLOW", 0)) sleep(setting("FAKE_CUDA_SLOW", 0));
        ((kernel)function)(grid, block, parameters);
        _exit(0);
    }
    int status = 0;
    if (child > 0)
        while (waitpid(child, &status, 0) < 0) {
        }
    if (status) broken = ILLEGAL_ADDRESS;
    pthread_mutex_unlock(&alone);
    /* A kernel's failure shows later. */
    return SUCCESS;
}

int cuEventCreate(struct timespec **event, unsigned flags) {
    ENTER(1);
    (void)flags;
    *event = calloc(1, sizeof **event);
    return SUCCESS;
}

int cuEventRecord(struct timespec *event, void *stream) {
    ENTER(1);
    (void)stream;
    clock_gettime(CLOCK_MONOTONIC, event);
    return SUCCESS;
}

int cuEventSynchronize(struct timespec *event) {
    ENTER(1);
    return event ? broken : INVALID_VALUE;
}

int cuStreamWaitEvent(void *stream, struct timespec *event, unsigned flags) {
    ENTER(1);
    (void)flags;
    return stream && event ? SUCCESS : INVALID_VALUE;
}

int cuEventDestroy_v2(struct timespec *event) {
    ENTER(1);
    free(event);
    return SUCCESS;
}

int cuEventElapsedTime(float *milliseconds, struct timespec *from, struct timespec *to) {
    ENTER(1);
    *milliseconds = (to->tv_sec - from->tv_sec) * 1e3f + (to->tv_nsec - from->tv_nsec) * 1e-6f;
    return SUCCESS;
}

int cuGetErrorName(int code, const char **name) {
    static const struct { int code; const char *name; } NAMES[] = {
        {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
        {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
        {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED"},
        {NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
        {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE"},
        {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
        {NO_BINARY_FOR_GPU, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
        {UNSUPPORTED_PTX_VERSION, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
        {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
        {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
        {LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"},
        {719, "CUDA_ERROR_LAUNCH_FAILED"},
        {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; ++i)
        if (NAMES[i].code == code) {
            *name = NAMES[i].name;
            return SUCCESS;
        }
    return INVALID_VALUE;
}

int cuGetErrorString(int code, const char **text) { return cuGetErrorName(code, text); }
