/* The benchmarked loops in C with OpenMP, written as plainly as the Python ones. Index arithmetic is that of C99 arrays. */

#include <math.h>
#include <stdint.h>

static double normal(double x) { return 0.5 * (1.0 + erf(x / sqrt(2.0))); }

void black_scholes(int64_t n, const double *restrict price, const double *restrict strike, const double *restrict years,
                   double rate, double volatility, double *restrict call, double *restrict put) {
#pragma omp parallel for simd
    for (int64_t i = 0; i < n; i++) {
        double spread = volatility * sqrt(years[i]);
        double d1 = (log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / spread;
        double d2 = d1 - spread;
        double discounted = strike[i] * exp(-rate * years[i]);
        call[i] = price[i] * normal(d1) - discounted * normal(d2);
        put[i] = discounted * normal(-d2) - price[i] * normal(-d1);
    }
}

void mandelbrot(int64_t rows, int64_t columns, int64_t *restrict counts, double left, double bottom, double pixel,
                int64_t limit) {
#pragma omp parallel for schedule(dynamic)
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            double re = left + column * pixel, im = bottom + row * pixel, x = 0.0, y = 0.0;
            int64_t steps = 0;
            while (x * x + y * y <= 4.0 && steps < limit) {
                double t = x * x - y * y + re;
                y = 2.0 * x * y + im;
                x = t;
                steps++;
            }
            counts[row * columns + column] = steps;
        }
}

void nbody(int64_t n, const double *restrict x, const double *restrict y, const double *restrict z,
           const double *restrict mass, double *restrict ax, double *restrict ay, double *restrict az,
           double softening) {
#pragma omp parallel for
    for (int64_t i = 0; i < n; i++) {
        double sx = 0.0, sy = 0.0, sz = 0.0;
#pragma omp simd reduction(+ : sx, sy, sz)
        for (int64_t j = 0; j < n; j++) {
            double dx = x[j] - x[i], dy = y[j] - y[i], dz = z[j] - z[i];
            double square = dx * dx + dy * dy + dz * dz + softening;
            double pull = mass[j] / (square * sqrt(square));
            sx += dx * pull;
            sy += dy * pull;
            sz += dz * pull;
        }
        ax[i] = sx;
        ay[i] = sy;
        az[i] = sz;
    }
}

void matmul(int64_t n, const double *restrict a, const double *restrict b, double *restrict c) {
#pragma omp parallel for
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double total = 0.0;
            for (int64_t k = 0; k < n; k++) total += a[i * n + k] * b[k * n + j];
            c[i * n + j] = total;
        }
}

static void jacobi_half(int64_t n, const double *restrict a, double *restrict b) {
#pragma omp parallel for
    for (int64_t i = 1; i < n - 1; i++)
        for (int64_t j = 1; j < n - 1; j++)
            b[i * n + j] = 0.2 * (a[i * n + j] + a[i * n + j - 1] + a[i * n + j + 1] + a[(i + 1) * n + j] +
                                  a[(i - 1) * n + j]);
}

void jacobi_2d(int64_t n, int64_t steps, double *restrict a, double *restrict b) {
    for (int64_t t = 0; t < steps; t++) {
        jacobi_half(n, a, b);
        jacobi_half(n, b, a);
    }
}

static void heat_half(int64_t n, const double *restrict a, double *restrict b) {
    int64_t p = n * n;
#pragma omp parallel for
    for (int64_t i = 1; i < n - 1; i++)
        for (int64_t j = 1; j < n - 1; j++)
            for (int64_t k = 1; k < n - 1; k++) {
                int64_t q = i * p + j * n + k;
                b[q] = 0.125 * (a[q + p] - 2.0 * a[q] + a[q - p]) + 0.125 * (a[q + n] - 2.0 * a[q] + a[q - n]) +
                       0.125 * (a[q + 1] - 2.0 * a[q] + a[q - 1]) + a[q];
            }
}

void heat_3d(int64_t n, int64_t steps, double *restrict a, double *restrict b) {
    for (int64_t t = 0; t < steps; t++) {
        heat_half(n, a, b);
        heat_half(n, b, a);
    }
}

double dot(int64_t n, const double *restrict x, const double *restrict y) {
    double s = 0.0;
#pragma omp parallel for simd reduction(+ : s)
    for (int64_t i = 0; i < n; i++) s += x[i] * y[i];
    return s;
}

double total(int64_t n, const double *restrict x) {
    double s = 0.0;
#pragma omp parallel for simd reduction(+ : s)
    for (int64_t i = 0; i < n; i++) s += x[i];
    return s;
}

void spmv(int64_t n, const int64_t *restrict start, const int64_t *restrict column, const double *restrict value,
          const double *restrict x, double *restrict y) {
#pragma omp parallel for
    for (int64_t i = 0; i < n; i++) {
        double s = 0.0;
#pragma omp simd reduction(+ : s)
        for (int64_t k = start[i]; k < start[i + 1]; k++) s += value[k] * x[column[k]];
        y[i] = s;
    }
}

void histogram(int64_t n, int64_t size, double *restrict counts, const int64_t *restrict bins,
               const double *restrict weights) {
#pragma omp parallel for reduction(+ : counts[:size])
    for (int64_t i = 0; i < n; i++) counts[bins[i]] += weights[i];
}

struct least {
    double value;
    int64_t where;
};

#pragma omp declare reduction(first : struct least : omp_out = omp_in.value < omp_out.value || \
                              (omp_in.value == omp_out.value && omp_in.where < omp_out.where) ? omp_in : omp_out) \
    initializer(omp_priv = omp_orig)

int64_t argmin(int64_t n, const double *restrict x) {
    struct least best = {x[0], 0};
#pragma omp parallel for reduction(first : best)
    for (int64_t i = 0; i < n; i++)
        if (x[i] < best.value) best = (struct least){x[i], i};
    return best.where;
}
