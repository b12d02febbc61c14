/* What the fake compiler makes and the fake driver takes: this, then a shared library of emulated kernels. */
#include <stdint.h>

#define MAGIC "FAKEGPU"

struct image {
    char magic[8];
    char target[24]; /* sm_90 or compute_80 */
    uint64_t size;   /* of the library */
};
