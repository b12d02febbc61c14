// Six of the measured programs as someone who writes CUDA by hand would write them: the aim of generated kernels is at most 1.15 times
// their time. Arrays are dense and in row-major order, of float64 unless said otherwise; extents are 64-bit.

typedef long long i64;

// out[i, j, k] = the seven-point Laplacian of a; one thread for each point of a plane, which walks along the planes and keeps the
// three elements above each other in registers (P. Micikevicius, "3D finite difference computation on GPUs", GPGPU-2, 2009).
// Grid: (n / 32, n / 8, parts of the planes). Block: (32, 8).
extern "C" __global__ void laplacian_3d(const double *__restrict__ a, double *__restrict__ out, i64 n) {
    const i64 k = 1 + blockIdx.x * (i64)blockDim.x + threadIdx.x;
    const i64 j = 1 + blockIdx.y * (i64)blockDim.y + threadIdx.y;
    if (k >= n - 1 || j >= n - 1) return;
    const i64 planes = (n - 2 + gridDim.z - 1) / gridDim.z;
    const i64 first = 1 + blockIdx.z * planes;
    const i64 end = first + planes < n - 1 ? first + planes : n - 1;
    if (first >= end) return;
    const i64 plane = n * n;
    const double *here = a + first * plane + j * n + k;
    double below = here[-plane], middle = here[0];
    for (i64 i = first; i < end; ++i, here += plane) {
        const double above = here[plane];
        out[i * plane + j * n + k] = above + below + here[n] + here[-n] + here[1] + here[-1] - 6.0 * middle;
        below = middle;
        middle = above;
    }
}

// out[i, j, k] = the central differences of u, v and w along their axes, halved and added. Grid and block as above, a point a thread.
extern "C" __global__ void divergence(const double *__restrict__ u, const double *__restrict__ v, const double *__restrict__ w,
                                      double *__restrict__ out, i64 n) {
    const i64 k = 1 + blockIdx.x * (i64)blockDim.x + threadIdx.x;
    const i64 j = 1 + blockIdx.y * (i64)blockDim.y + threadIdx.y;
    if (k >= n - 1 || j >= n - 1) return;
    for (i64 i = 1 + blockIdx.z; i < n - 1; i += gridDim.z) {
        const i64 at = (i * n + j) * n + k;
        out[at] = 0.5 * (u[at + n * n] - u[at - n * n]) + 0.5 * (v[at + n] - v[at - n]) + 0.5 * (w[at + 1] - w[at - 1]);
    }
}

__device__ double everywhere(double value, double *shared, double (*combine)(double, double), double neutral) {
    for (int apart = 16; apart > 0; apart /= 2) value = combine(value, __shfl_xor_sync(~0u, value, apart));
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
    __syncthreads();
    value = threadIdx.x % 32 < blockDim.x / 32 ? shared[threadIdx.x % 32] : neutral;
    for (int apart = 16; apart > 0; apart /= 2) value = combine(value, __shfl_xor_sync(~0u, value, apart));
    __syncthreads();
    return value;
}
__device__ double greater(double left, double right) { return left > right ? left : right; }
__device__ double added(double left, double right) { return left + right; }

// Rows of out are the softmax of x's. A block for each row: its greatest, its sum of exponentials, its quotients.
extern "C" __global__ void softmax(const double *__restrict__ x, double *__restrict__ out, i64 m) {
    __shared__ double shared[32];
    const double lowest = -__longlong_as_double(0x7ff0000000000000ll);
    x += blockIdx.x * m;
    out += blockIdx.x * m;
    double most = lowest;
    for (i64 j = threadIdx.x; j < m; j += blockDim.x) most = greater(most, x[j]);
    most = everywhere(most, shared, greater, lowest);
    double sum = 0.0;
    for (i64 j = threadIdx.x; j < m; j += blockDim.x) {
        const double power = exp(x[j] - most);
        out[j] = power;
        sum += power;
    }
    sum = everywhere(sum, shared, added, 0.0);
    for (i64 j = threadIdx.x; j < m; j += blockDim.x) out[j] /= sum;
}

// Prices of call options with the logistic approximation of the normal distribution; an option a thread.
extern "C" __global__ void black_scholes(const double *__restrict__ price, const double *__restrict__ strike,
                                         const double *__restrict__ years, double rate, double volatility,
                                         double *__restrict__ call, i64 n) {
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < n; i += (i64)gridDim.x * blockDim.x) {
        const double spread = volatility * sqrt(years[i]);
        const double d1 = (log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / spread;
        const double d2 = d1 - spread;
        const double discounted = strike[i] * exp(-rate * years[i]);
        call[i] = price[i] / (1.0 + exp(-1.702 * d1)) - discounted / (1.0 + exp(-1.702 * d2));
    }
}

// Accelerations of n bodies: a body a thread, tiles of the others in shared memory (L. Nyland, M. Harris, J. Prins, "Fast N-body
// simulation with CUDA", GPU Gems 3, chapter 31). Block: 256.
extern "C" __global__ void nbody(const double *__restrict__ x, const double *__restrict__ y, const double *__restrict__ z,
                                 const double *__restrict__ mass, double *__restrict__ ax, double *__restrict__ ay,
                                 double *__restrict__ az, double softening, i64 n) {
    __shared__ double tile[4][256];
    const i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x;
    const double own[3] = {i < n ? x[i] : 0.0, i < n ? y[i] : 0.0, i < n ? z[i] : 0.0};
    double sum[3] = {0.0, 0.0, 0.0};
    for (i64 start = 0; start < n; start += blockDim.x) {
        const i64 j = start + threadIdx.x;
        tile[0][threadIdx.x] = j < n ? x[j] : 0.0;
        tile[1][threadIdx.x] = j < n ? y[j] : 0.0;
        tile[2][threadIdx.x] = j < n ? z[j] : 0.0;
        tile[3][threadIdx.x] = j < n ? mass[j] : 0.0;
        __syncthreads();
        const int count = n - start < blockDim.x ? (int)(n - start) : (int)blockDim.x;
        for (int k = 0; k < count; ++k) {
            const double dx = tile[0][k] - own[0], dy = tile[1][k] - own[1], dz = tile[2][k] - own[2];
            const double square = dx * dx + dy * dy + dz * dz + softening;
            const double pull = tile[3][k] / (square * sqrt(square));
            sum[0] += dx * pull;
            sum[1] += dy * pull;
            sum[2] += dz * pull;
        }
        __syncthreads();
    }
    if (i < n) {
        ax[i] = sum[0];
        ay[i] = sum[1];
        az[i] = sum[2];
    }
}

// counts[x[i]] += 1 for at most 4096 bins of int64: counted in shared memory as 32-bit numbers, then added.
extern "C" __global__ void histogram(const i64 *__restrict__ x, i64 *__restrict__ counts, i64 n, i64 bins) {
    __shared__ unsigned own[4096];
    for (i64 bin = threadIdx.x; bin < bins; bin += blockDim.x) own[bin] = 0;
    __syncthreads();
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < n; i += (i64)gridDim.x * blockDim.x) atomicAdd(&own[x[i]], 1u);
    __syncthreads();
    for (i64 bin = threadIdx.x; bin < bins; bin += blockDim.x)
        if (own[bin]) atomicAdd((unsigned long long *)&counts[bin], (unsigned long long)own[bin]);
}
