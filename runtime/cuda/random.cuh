// Random numbers: NumPy's generators and their distributions.
//
// The counterpart of runtime/kernel/src/random, which says where it comes from: every draw consumes as many words as NumPy's does.
// What a ziggurat's fast path, `random`, `uniform` and `integers` give has NumPy's bits; elsewhere `exp` and logarithms are `math`'s.
// What NumPy refuses sets `failed`. Included by kernels that draw.
#pragma once
#include "ferrokeet.cuh"
#include "layers.cuh"

struct Key {
    u64 words[2];
};
struct Counter {
    u64 words[4];
};
INLINE Key key_words(i128 value, bool &failed) {
    check(i128(u64(value)) == value, failed);
    return {u64(value), 0};
}
INLINE Counter counter_words(i128 value, bool &failed) {
    check(i128(u64(value)) == value, failed);
    return {u64(value), 0, 0, 0};
}

// NumPy's test of what must not be negative: -0.0 is, a NaN is not.
INLINE void not_negative(f64 value, bool &failed) { check(!(copysign(1.0, value) < 0) || value != value, failed); }

// A hash of integers; no word of the pool is used before it is full.
struct SeedSequence {
    u32 pool[4], taken, constant;

    INLINE SeedSequence() : pool{0, 0, 0, 0}, taken(0), constant(u32(layers::seeds::INITIAL[0])) {}
    INLINE u32 hashed(u32 word) {
        word ^= constant;
        constant *= u32(layers::seeds::STEPS[0]);
        word *= constant;
        return word ^ word >> 16;
    }
    static INLINE u32 mixed(u32 x, u32 y) {
        const u32 value = x * u32(layers::seeds::MIXED[0]) - y * u32(layers::seeds::MIXED[1]);
        return value ^ value >> 16;
    }
    MATH void take(u32 word) {
        if (taken < 4) {
            pool[taken] = hashed(word);
            for (u32 from = 0; taken == 3 && from < 4; ++from)
                for (u32 to = 0; to < 4; ++to)
                    if (from != to) pool[to] = mixed(pool[to], hashed(pool[from]));
        } else {
            for (u32 &one : pool) one = mixed(one, hashed(word));
        }
        ++taken;
    }
    // An integer of up to 64 bits, which must not be negative.
    MATH void take_integer(i128 value, bool &failed) {
        check(i128(u64(value)) == value, failed);
        const u64 word = u64(value);
        take(u32(word));
        if (word >> 32 != 0) take(u32(word >> 32));
    }
    // Takes zeros until the pool is full.
    INLINE void fill() {
        while (taken < 4) take(0);
    }
    template <int N> INLINE void words(u64 (&words)[N]) const {
        u32 constant = u32(layers::seeds::INITIAL[1]);
        for (int at = 0; at < 2 * N; ++at) {
            u32 value = pool[at % 4] ^ constant;
            constant *= u32(layers::seeds::STEPS[1]);
            value *= constant;
            value ^= value >> 16;
            words[at / 2] = at % 2 == 0 ? u64(value) : words[at / 2] | u64(value) << 32;
        }
    }
};

struct Philox {
    u64 key[2], counter[4], buffer[4];
    // The first word of `buffer` that is not given out yet.
    u32 next;

    Philox() = default;
    INLINE Philox(const Key &key, const Counter &counter) : key{key.words[0], key.words[1]}, next(4) {
        for (int at = 0; at < 4; ++at) this->counter[at] = counter.words[at];
    }
    INLINE Philox(const SeedSequence &seeds, const Counter &counter) : Philox(Key{{0, 0}}, counter) { seeds.words(key); }

    MATH void refill() {
        typedef unsigned __int128 u128;
        for (u64 &word : counter)
            if (++word != 0) break;
        u64 a = counter[0], b = counter[1], c = counter[2], d = counter[3], k = key[0], l = key[1];
        // A kernel draws in many places.
#pragma unroll 1
        for (int round = 0; round < 10; ++round) {
            const u128 left = u128(layers::philox::MULTIPLIERS[0]) * a, right = u128(layers::philox::MULTIPLIERS[1]) * c;
            a = u64(right >> 64) ^ b ^ k;
            c = u64(left >> 64) ^ d ^ l;
            b = u64(right);
            d = u64(left);
            k += layers::philox::KEY_STEPS[0];
            l += layers::philox::KEY_STEPS[1];
        }
        buffer[0] = a, buffer[1] = b, buffer[2] = c, buffer[3] = d;
        next = 0;
    }
    INLINE u64 word() {
        if (next == 4) refill();
        return buffer[next++ & 3];
    }
};

struct Pcg64 {
    typedef unsigned __int128 u128;
    u128 state, increment;

    Pcg64() = default;
    INLINE Pcg64(const SeedSequence &seeds) {
        u64 words[4];
        seeds.words(words);
        increment = (u128(words[2]) << 64 | words[3]) << 1 | 1;
        state = increment + (u128(words[0]) << 64 | words[1]);
        step();
    }
    INLINE void step() { state = state * (u128(layers::pcg64::MULTIPLIER[0]) << 64 | layers::pcg64::MULTIPLIER[1]) + increment; }
    INLINE u64 word() {
        step();
        const u64 high = u64(state >> 64), both = high ^ u64(state);
        const u32 turn = u32(high >> 58);
        return both >> turn | both << (-turn & 63);
    }
};

template <typename Bits> struct Generator {
    Bits bits;
    // The upper half of a word whose lower half was given out.
    u32 half;
    bool has_half;

    Generator() = default;
    INLINE Generator(const Bits &bits) : bits(bits), has_half(false) {}
    INLINE u64 word() { return bits.word(); }
    // The halves of a word, the lower one first. Whole words drawn in between do not disturb them.
    INLINE u32 half_word() {
        if (has_half) {
            has_half = false;
            return half;
        }
        const u64 both = word();
        half = u32(both >> 32);
        has_half = true;
        return u32(both);
    }
    // A multiple of 2⁻⁵³ in [0, 1).
    INLINE f64 unit() { return f64(word() >> 11) * (1.0 / 9007199254740992.0); }

    // Floats

    INLINE f64 random() { return unit(); }
    INLINE f64 uniform(f64 low, f64 high, bool &failed) {
        const f64 range = high - low;
        check(finite(range), failed);
        not_negative(range, failed);
        return low + range * unit();
    }
    INLINE f64 normal(f64 mean, f64 deviation, bool &failed) {
        not_negative(deviation, failed);
        return mean + deviation * standard_normal();
    }
    INLINE f64 lognormal(f64 mean, f64 deviation, bool &failed) { return math::exp(normal(mean, deviation, failed)); }
    INLINE f64 exponential(f64 scale, bool &failed) {
        not_negative(scale, failed);
        return scale * standard_exponential();
    }
    INLINE f64 rayleigh(f64 scale, bool &failed) {
        not_negative(scale, failed);
        return scale * sqrt(2.0 * standard_exponential());
    }
    INLINE f64 standard_cauchy() {
        const f64 above = standard_normal();
        return above / standard_normal();
    }
    MATH f64 laplace(f64 location, f64 scale, bool &failed) {
        not_negative(scale, failed);
        for (;;) {
            const f64 drawn = unit();
            if (drawn >= 0.5) return location - scale * math::log(2.0 - drawn - drawn);
            if (drawn > 0.0) return location + scale * math::log(drawn + drawn);
        }
    }
    MATH f64 gumbel(f64 location, f64 scale, bool &failed) {
        not_negative(scale, failed);
        for (;;) {
            const f64 drawn = 1.0 - unit();
            if (drawn < 1.0) return location - scale * math::log(-math::log(drawn));
        }
    }
    MATH f64 logistic(f64 location, f64 scale, bool &failed) {
        not_negative(scale, failed);
        for (;;) {
            const f64 drawn = unit();
            if (drawn > 0.0) return location + scale * math::log(drawn / (1.0 - drawn));
        }
    }
    MATH f64 standard_normal() {
        for (;;) {
            const u64 drawn = word();
            const u32 layer = u32(drawn & 0xff);
            const u64 magnitude = drawn >> 9 & 0x000fffffffffffffULL;
            const bool is_negative = (drawn >> 8 & 1) == 1;
            const f64 size = f64(magnitude) * of_bits<f64>(layers::normal_layers::WIDTH[layer]);
            const f64 x = is_negative ? -size : size;
            if (magnitude < layers::normal_layers::INSIDE[layer]) return x;
            // Its sign is another bit, since NumPy has shifted the word by then.
            if (layer == 0) return tail((magnitude >> 8 & 1) == 1);
            if (height(layers::normal_layers::HEIGHT, layer) < math::exp(-0.5 * x * x)) return x;
        }
    }
    MATH f64 tail(bool is_negative) {
        for (;;) {
            const f64 beyond = -layers::continuous::NORMAL_TAIL_INVERSE * math::log1p(-unit());
            const f64 drawn = -math::log1p(-unit());
            if (drawn + drawn > beyond * beyond) {
                const f64 x = layers::continuous::NORMAL_TAIL + beyond;
                return is_negative ? -x : x;
            }
        }
    }
    MATH f64 standard_exponential() {
        for (;;) {
            const u64 drawn = word();
            const u32 layer = u32(drawn >> 3 & 0xff);
            const u64 magnitude = drawn >> 11;
            const f64 x = f64(magnitude) * of_bits<f64>(layers::exponential_layers::WIDTH[layer]);
            if (magnitude < layers::exponential_layers::INSIDE[layer]) return x;
            if (layer == 0) return layers::continuous::EXPONENTIAL_TAIL - math::log1p(-unit());
            if (height(layers::exponential_layers::HEIGHT, layer) < math::exp(-x)) return x;
        }
    }
    // A height in a layer other than the base.
    INLINE f64 height(const u64 (&heights)[256], u32 layer) {
        const f64 above = of_bits<f64>(heights[layer - 1]), below = of_bits<f64>(heights[layer]);
        return (above - below) * unit() + below;
    }

    // Floats of a shape

    static INLINE void positive(f64 value, bool &failed) { check(!(value <= 0.0), failed); }
    INLINE f64 standard_gamma(f64 shape, bool &failed) {
        not_negative(shape, failed);
        return gamma_number(shape);
    }
    INLINE f64 gamma(f64 shape, f64 scale, bool &failed) {
        not_negative(scale, failed);
        return scale * standard_gamma(shape, failed);
    }
    INLINE f64 chisquare(f64 freedom, bool &failed) {
        positive(freedom, failed);
        return 2.0 * gamma_number(freedom / 2.0);
    }
    INLINE f64 standard_t(f64 freedom, bool &failed) {
        positive(freedom, failed);
        const f64 above = standard_normal();
        const f64 below = gamma_number(freedom / 2.0);
        return sqrt(freedom / 2.0) * above / sqrt(below);
    }
    MATH f64 gamma_number(f64 shape) {
        if (shape == 1.0) return standard_exponential();
        if (shape == 0.0) return 0.0;
        if (shape < 1.0) return gamma_below_one(shape);
        const f64 middle = shape - 1.0 / 3.0, width = 1.0 / sqrt(9.0 * middle);
        for (;;) {
            f64 x = standard_normal(), cube = 1.0 + width * x;
            while (cube <= 0.0) {
                x = standard_normal();
                cube = 1.0 + width * x;
            }
            cube = cube * cube * cube;
            const f64 drawn = unit();
            if (drawn < 1.0 - 0.0331 * (x * x) * (x * x)) return middle * cube;
            if (math::log(drawn) < 0.5 * x * x + middle * (1.0 - cube + math::log(cube))) return middle * cube;
        }
    }
    MATH f64 gamma_below_one(f64 shape) {
        for (;;) {
            const f64 drawn = unit(), limit = standard_exponential();
            if (drawn <= 1.0 - shape) {
                const f64 x = math::pow(drawn, 1.0 / shape);
                if (x <= limit) return x;
            } else {
                const f64 beyond = -math::log((1.0 - drawn) / shape);
                const f64 x = math::pow(1.0 - shape + shape * beyond, 1.0 / shape);
                if (x <= limit + beyond) return x;
            }
        }
    }
    MATH f64 beta(f64 a, f64 b, bool &failed) {
        positive(a, failed);
        positive(b, failed);
        if (!(a <= 1.0 && b <= 1.0)) {
            const f64 above = gamma_number(a);
            return above / (above + gamma_number(b));
        }
        if (a < layers::shaped::BETA_TINY && b < layers::shaped::BETA_TINY) return (a + b) * unit() < a ? 1.0 : 0.0;
        while (!failed) {
            const f64 u = unit(), v = unit();
            const f64 x = math::pow(u, 1.0 / a), y = math::pow(v, 1.0 / b);
            if (!(x + y <= 1.0 && u + v > 0.0)) continue;
            if (x > 0.0 && y > 0.0) return x / (x + y);
            const f64 apart = math::log(u) / a - math::log(v) / b;
            return apart > 0.0 ? math::exp(-math::log1p(math::exp(-apart))) : math::exp(apart - math::log1p(math::exp(apart)));
        }
        return 0.0;
    }
    INLINE f64 weibull(f64 shape, bool &failed) {
        not_negative(shape, failed);
        return shape == 0.0 ? 0.0 : math::pow(standard_exponential(), 1.0 / shape);
    }
    INLINE f64 pareto(f64 shape, bool &failed) {
        positive(shape, failed);
        return math::expm1(standard_exponential() / shape);
    }
    INLINE f64 power(f64 shape, bool &failed) {
        positive(shape, failed);
        return math::pow(-math::expm1(-standard_exponential()), 1.0 / shape);
    }
    INLINE f64 wald(f64 mean, f64 scale, bool &failed) {
        positive(mean, failed);
        positive(scale, failed);
        const f64 normal = standard_normal(), square = mean * normal * normal;
        const f64 x = mean * (1.0 - 2.0 / (1.0 + sqrt(1.0 + 4.0 * scale / square)));
        return unit() <= mean / (mean + x) ? x : mean * mean / x;
    }
    INLINE f64 triangular(f64 left, f64 mode, f64 right, bool &failed) {
        check(!(left > mode) && !(mode > right) && left != right, failed);
        const f64 base = right - left, before = mode - left, drawn = unit();
        return drawn <= before / base ? left + sqrt(drawn * (before * base))
                                      : right - sqrt((1.0 - drawn) * ((right - mode) * base));
    }
    MATH f64 vonmises(f64 mean, f64 concentration, bool &failed) {
        const f64 pi = 3.141592653589793;
        not_negative(concentration, failed);
        if (concentration != concentration || failed) return concentration;
        if (concentration < 1e-8) return pi * (2.0 * unit() - 1.0);
        if (concentration > 1e6) {
            f64 x = mean + sqrt(1.0 / concentration) * standard_normal();
            if (x < -pi) x += 2.0 * pi;
            return x > pi ? x - 2.0 * pi : x;
        }
        f64 width = 1.0 / concentration + concentration;
        if (!(concentration < 1e-5)) {
            const f64 r = 1.0 + sqrt(1.0 + 4.0 * concentration * concentration);
            const f64 rho = (r - sqrt(2.0 * r)) / (2.0 * concentration);
            width = (1.0 + rho * rho) / (2.0 * rho);
        }
        f64 cosine;
        for (;;) {
            const f64 around = math::cos(pi * unit());
            cosine = (1.0 + width * around) / (width + around);
            const f64 y = concentration * (width - cosine), limit = unit();
            if (y * (2.0 - y) - limit >= 0.0 || math::log(y / limit) + 1.0 - y >= 0.0) break;
        }
        const bool is_below = unit() < 0.5;
        const f64 turn = math::acos(cosine);
        const f64 angle = (is_below ? -turn : turn) + mean;
        const f64 turned = fmod(fabs(angle) + pi, 2.0 * pi) - pi;
        return angle < 0.0 ? -turned : turned;
    }

    // Counts

    MATH i64 poisson(f64 mean, bool &failed) {
        check(mean >= 0.0 && mean <= layers::counts::POISSON_MOST, failed);
        if (failed || mean == 0.0) return 0;
        if (mean >= 10.0) return poisson_many(mean);
        const f64 limit = math::exp(-mean);
        i64 count = 0;
        for (f64 product = unit(); product > limit; product *= unit()) ++count;
        return count;
    }
    MATH i64 poisson_many(f64 mean) {
        const f64 root = sqrt(mean), log_mean = math::log(mean), b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b;
        const f64 inverse = 1.1239 + 1.1328 / (b - 3.4), surely = 0.9277 - 3.6224 / (b - 2.0);
        for (;;) {
            const f64 u = unit() - 0.5, v = unit(), aside = 0.5 - fabs(u);
            const i64 count = i64(floor((2.0 * a / aside + b) * u + mean + 0.43));
            if (aside >= 0.07 && v <= surely) return count;
            if (count < 0 || (aside < 0.013 && v > aside)) continue;
            const f64 height = math::log(v) + math::log(inverse) - math::log(a / (aside * aside) + b);
            if (height <= -mean + f64(count) * log_mean - log_gamma(f64(count + 1))) return count;
        }
    }
    static MATH f64 log_gamma(f64 x) {
        if (x == 1.0 || x == 2.0) return 0.0;
        const int steps = x < 7.0 ? int(7.0 - x) : 0;
        f64 above = x + steps;
        const f64 inverse = 1.0 / above * (1.0 / above);
        f64 series = layers::counts::LOG_GAMMA[9];
        for (int at = 8; at >= 0; --at) series = series * inverse + layers::counts::LOG_GAMMA[at];
        f64 result = series / above + 0.5 * layers::counts::LOG_TWO_PI + (above - 0.5) * math::log(above) - above;
        for (int step = 0; step < steps; ++step) {
            result -= math::log(above - 1.0);
            above -= 1.0;
        }
        return result;
    }
    MATH i64 geometric(f64 p, bool &failed) {
        check(p > 0.0 && p <= 1.0, failed);
        if (failed) return 0;
        if (p < 0.3333333333333333) {
            const f64 count = ceil(-standard_exponential() / math::log1p(-p));
            return count >= 9223372036854775808.0 ? greatest<i64>() : i64(count);
        }
        const f64 drawn = unit();
        i64 count = 1;
        for (f64 sum = p, product = p; drawn > sum; ++count) {
            product *= 1.0 - p;
            sum += product;
        }
        return count;
    }
    MATH i64 binomial(i128 trials, f64 p, bool &failed) {
        check(p >= 0.0 && p <= 1.0 && trials >= 0, failed);
        const i64 n = i64(trials);
        if (failed || n == 0 || p == 0.0) return 0;
        return p <= 0.5 ? binomial_up_to_half(n, p) : n - binomial_up_to_half(n, 1.0 - p);
    }
    MATH i64 binomial_up_to_half(i64 trials, f64 p) {
        const f64 n = f64(trials), q = 1.0 - p;
        if (p * n > 30.0) return binomial_many(trials, p);
        const f64 none = math::exp(n * math::log1p(-p)), mean = n * p, far = mean + 10.0 * sqrt(mean * q + 1.0);
        const i64 bound = i64(n < far ? n : far);
        i64 count = 0;
        f64 probability = none, drawn = unit();
        while (drawn > probability) {
            if (++count > bound) {
                count = 0;
                probability = none;
                drawn = unit();
            } else {
                drawn -= probability;
                probability = f64(trials - count + 1) * p * probability / (f64(count) * q);
            }
        }
        return count;
    }
    static INLINE f64 stirling(f64 x) {
        const f64 square = x * x;
        return (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / square) / square) / square) / square) / x / 166320.0;
    }
    MATH i64 binomial_many(i64 n, f64 r) {
        const f64 trials = f64(n), q = 1.0 - r, fm = trials * r + r, middle = floor(fm);
        const i64 m = i64(middle);
        const f64 p1 = floor(2.195 * sqrt(trials * r * q) - 4.6 * q) + 0.5, xm = middle + 0.5, xl = xm - p1, xr = xm + p1;
        const f64 c = 0.134 + 20.5 / (15.3 + middle), left = (fm - xl) / (fm - xl * r), right = (xr - fm) / (xr * q);
        const f64 laml = left * (1.0 + left / 2.0), lamr = right * (1.0 + right / 2.0);
        const f64 p2 = p1 * (1.0 + 2.0 * c), p3 = p2 + c / laml, p4 = p3 + c / lamr, nrq = trials * r * q;
        for (;;) {
            const f64 u = unit() * p4;
            f64 v = unit();
            i64 y;
            if (u <= p1) return i64(floor(xm - p1 * v + u));
            if (u <= p2) {
                const f64 x = xl + (u - p1) / c;
                v = v * c + 1.0 - fabs(middle - x + 0.5) / p1;
                if (v > 1.0) continue;
                y = i64(floor(x));
            } else if (v == 0.0) {
                continue;
            } else if (u <= p3) {
                y = i64(floor(xl + math::log(v) / laml));
                if (y < 0) continue;
                v = v * (u - p2) * laml;
            } else {
                y = i64(floor(xr - math::log(v) / lamr));
                if (y > n) continue;
                v = v * (u - p3) * lamr;
            }
            const i64 k = y < m ? m - y : y - m;
            const f64 far = f64(k);
            if (!(k > 20 && far < nrq / 2.0 - 1.0)) {
                const f64 s = r / q, a = s * f64(n + 1);
                f64 ratio = 1.0;
                for (i64 i = m + 1; i <= y; ++i) ratio *= a / f64(i) - s;
                for (i64 i = y + 1; i <= m; ++i) ratio /= a / f64(i) - s;
                if (v <= ratio) return y;
                continue;
            }
            const f64 rho = far / nrq * ((far * (far / 3.0 + 0.625) + 0.16666666666666666) / nrq + 0.5);
            const f64 t = f64(-(k * k)) / (2.0 * nrq), height = math::log(v);
            if (height < t - rho) return y;
            if (height > t + rho) continue;
            const f64 x1 = f64(y + 1), f1 = f64(m + 1), z = f64(n + 1 - m), w = f64(n - y + 1);
            const f64 limit = xm * math::log(f1 / x1) + (f64(n - m) + 0.5) * math::log(z / w) +
                              f64(y - m) * math::log(w * r / (x1 * q)) + stirling(f1) + stirling(z) + stirling(x1) + stirling(w);
            if (height <= limit) return y;
        }
    }

    // Integers

    MATH u32 up_to_half(u32 most) {
        if (most == 0xffffffffu) return half_word();
        const u32 count = most + 1;
        u64 product = u64(half_word()) * count;
        if (u32(product) < count) {
            const u32 threshold = (0xffffffffu - most) % count;
            while (u32(product) < threshold) product = u64(half_word()) * count;
        }
        return u32(product >> 32);
    }
    MATH u64 up_to(u64 most) {
        typedef unsigned __int128 u128;
        if (most <= 0xffffffffULL) return up_to_half(u32(most));
        if (most == greatest<u64>()) return word();
        const u64 count = most + 1;
        u128 product = u128(word()) * count;
        if (u64(product) < count) {
            const u64 threshold = (greatest<u64>() - most) % count;
            while (u64(product) < threshold) product = u128(word()) * count;
        }
        return u64(product >> 64);
    }
    // Of 8 or 16 bits: parts of a half word, the lowest first, for one draw.
    MATH u32 up_to_part(u32 bits, u32 most) {
        const u32 all = (1u << bits) - 1, count = most + 1;
        u32 rest = half_word(), left = 32 / bits - 1;
        if (most == all) return rest & all;
        const u32 threshold = (all - most) % count;
        u32 product = (rest & all) * count;
        const bool may_be_unfair = (product & all) < count;
        while (may_be_unfair && (product & all) < threshold) {
            if (left == 0) {
                rest = half_word();
                left = 32 / bits;
            } else {
                rest >>= bits;
            }
            --left;
            product = (rest & all) * count;
        }
        return product >> bits;
    }
    template <typename T> INLINE T integers(i128 low, i128 high, bool is_closed, bool &failed) {
        const i128 last = is_closed ? high : high - 1;
        // Of bool.
        if constexpr (T(2) == T(1)) {
            check(low >= 0 && last <= 1 && low <= last, failed);
            return failed || low == last ? low == 1 : (half_word() & 1) == 1;
        } else {
            return bounded<T>(low, last, failed);
        }
    }
    template <typename T> INLINE T bounded(i128 low, i128 last, bool &failed) {
        check(low >= i128(least<T>()) && last <= i128(greatest<T>()) && low <= last, failed);
        if (failed || low == last) return T(low);
        const u64 most = u64(last - low);
        if constexpr (sizeof(T) == 8) return T(u64(T(low)) + up_to(most));
        if constexpr (sizeof(T) == 4) return T(u32(T(low)) + up_to_half(u32(most)));
        return T(u32(T(low)) + up_to_part(sizeof(T) * 8, u32(most)));
    }
};
