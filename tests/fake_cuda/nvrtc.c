/* A compiler with NVRTC's interface for GPUs that are not there: makes images that the fake driver runs on the CPU.
 *
 * The kernels of a text are compiled by a C++ compiler against the headers in the folder HEADERS, which must be
 * those that the caller hands over: the first may lie there compiled, too. A text that comes without headers is plain CUDA. The last text is remembered, for its other targets. With
 * FAKE_NVRTC_CRASHES in the environment, compiling crashes. */
#define _GNU_SOURCE
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"

enum { SUCCESS, OUT_OF_MEMORY, CREATION_FAILURE, INVALID_INPUT, INVALID_PROGRAM, INVALID_OPTION, COMPILATION };

struct program {
    char *text;
    struct image *image;
    char log[4096];
};

static const int KNOWN[] = {75, 80, 86, 90, 100};
extern char **environ;

int nvrtcVersion(int *major, int *minor) {
    *major = 12, *minor = 9;
    return SUCCESS;
}

int nvrtcGetNumSupportedArchs(int *count) {
    *count = sizeof KNOWN / sizeof *KNOWN;
    return SUCCESS;
}

int nvrtcGetSupportedArchs(int *archs) {
    memcpy(archs, KNOWN, sizeof KNOWN);
    return SUCCESS;
}

const char *nvrtcGetErrorString(int code) { return code == COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR"; }

static int is_known(const char *name, const char *header) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", HEADERS, name);
    FILE *file = fopen(path, "r");
    size_t at = 0;
    for (int c; file && (c = fgetc(file)) != EOF; ++at)
        if ((unsigned char)header[at] != c) break;
    const int whole = file && feof(file) && !header[at];
    if (file) fclose(file);
    return whole;
}

int nvrtcCreateProgram(struct program **made, const char *text, const char *name, int count, const char *const *headers,
                       const char *const *names) {
    (void)name;
    if (count && strcmp(names[0], "ferrokeet.cuh")) return INVALID_INPUT;
    for (int i = 0; i < count; ++i)
        if (!is_known(names[i], headers[i])) return INVALID_INPUT;
    struct program *program = calloc(1, sizeof *program);
    const char *start = count ? "" : "#include \"emulation.h\"\n";
    program->text = malloc(strlen(start) + strlen(text) + 1);
    strcat(strcpy(program->text, start), text);
    *made = program;
    return SUCCESS;
}

int nvrtcDestroyProgram(struct program **program) {
    free((*program)->text);
    free((*program)->image);
    free(*program);
    *program = NULL;
    return SUCCESS;
}

static void put(const char *folder, const char *name, const char *text, const char *more) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    fprintf(file, "%s\n%s", text, more);
    fclose(file);
}

/* The kernels of a text, as lines that export them. */
static void exported(const char *text, char *out, size_t room) {
    static const char START[] = "extern \"C\" __global__ void ";
    size_t used = 0;
    *out = 0;
    for (const char *at = text; (at = strstr(at, START)); ) {
        at += sizeof START - 1;
        used += snprintf(out + used, room - used, "FERROKEET_EMULATED(%.*s)\n", (int)strcspn(at, "("), at);
    }
}

static struct image *compiled(struct program *program) {
    char folder[] = "/tmp/fake-nvrtc-XXXXXX", source[64], library[64], log[64], exports[8192];
    if (!mkdtemp(folder)) return NULL;
    snprintf(source, sizeof source, "%s/kernel.cu", folder);
    snprintf(library, sizeof library, "%s/kernel.so", folder);
    snprintf(log, sizeof log, "%s/log", folder);
    exported(program->text, exports, sizeof exports);
    put(folder, "kernel.cu", program->text, exports);
    const char *compiler = getenv("CXX") ? getenv("CXX") : "c++";
    char *arguments[] = {(char *)compiler, "-x",   "c++",    "-std=c++17",       "-O1", "-fPIC",  "-shared", "-ffp-contract=off",
                         "-fwrapv",        "-I",   HEADERS,  "-DFERROKEET_EMULATION", "-o",  library, source,    NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, log, 0x241 /* write, create, truncate */, 0600);
    pid_t child;
    int status = -1;
    if (!posix_spawnp(&child, compiler, &actions, NULL, arguments, environ)) waitpid(child, &status, 0);
    FILE *file = fopen(status ? log : library, "r");
    struct image *image = NULL;
    if (file && status) {
        program->log[fread(program->log, 1, sizeof program->log - 1, file)] = 0;
    } else if (file) {
        fseek(file, 0, SEEK_END);
        long size = ftell(file);
        rewind(file);
        image = calloc(1, sizeof *image + size);
        memcpy(image->magic, MAGIC, sizeof MAGIC);
        image->size = fread(image + 1, 1, size, file);
    }
    if (file) fclose(file);
    const char *names[] = {"kernel.cu", "kernel.so", "log"};
    for (int i = 0; i < 3; ++i) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return image;
}

int nvrtcCompileProgram(struct program *program, int count, const char *const *options) {
    static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;
    static char *last_text;
    static struct image *last;
    char target[24] = "";
    int fused = 1;
    for (int i = 0; i < count; ++i) {
        sscanf(options[i], "--gpu-architecture=%23s", target);
        fused &= strcmp(options[i], "--fmad=false") != 0;
    }
    if (fused) {
        strcpy(program->log, "error: products would be fused into additions\n");
        return COMPILATION;
    }
    if (getenv("FAKE_NVRTC_CRASHES")) abort();
    pthread_mutex_lock(&alone);
    if (!last || strcmp(last_text, program->text)) {
        free(last);
        free(last_text);
        last = compiled(program);
        last_text = strdup(program->text);
    }
    if (last) {
        program->image = malloc(sizeof *last + last->size);
        memcpy(program->image, last, sizeof *last + last->size);
        strcpy(program->image->target, target);
    }
    pthread_mutex_unlock(&alone);
    return program->image ? SUCCESS : COMPILATION;
}

int nvrtcGetProgramLogSize(struct program *program, size_t *size) {
    *size = strlen(program->log) + 1;
    return SUCCESS;
}

int nvrtcGetProgramLog(struct program *program, char *log) {
    strcpy(log, program->log);
    return SUCCESS;
}

int nvrtcGetCUBINSize(struct program *program, size_t *size) {
    *size = sizeof *program->image + program->image->size;
    return program->image->target[0] == 's' ? SUCCESS : INVALID_PROGRAM;
}

int nvrtcGetCUBIN(struct program *program, char *image) {
    memcpy(image, program->image, sizeof *program->image + program->image->size);
    return SUCCESS;
}

int nvrtcGetPTXSize(struct program *program, size_t *size) {
    *size = sizeof *program->image + program->image->size + 1;
    return program->image->target[0] == 'c' ? SUCCESS : INVALID_PROGRAM;
}

int nvrtcGetPTX(struct program *program, char *image) {
    nvrtcGetCUBIN(program, image);
    image[sizeof *program->image + program->image->size] = 0;
    return SUCCESS;
}
