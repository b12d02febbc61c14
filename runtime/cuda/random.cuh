// Random numbers: NumPy's counter-based generator and its distributions.
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

struct Philox {
    u64 key[2], counter[4], buffer[4];
    // The first word of `buffer` that is not given out yet.
    u32 next;
    // The upper half of a word whose lower half was given out.
    u32 half;
    bool has_half;

    Philox() = default;
    INLINE Philox(const Key &key, const Counter &counter) : key{key.words[0], key.words[1]}, next(4), has_half(false) {
        for (int at = 0; at < 4; ++at) this->counter[at] = counter.words[at];
    }

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
        check(low >= i128(least<T>()) && last <= i128(greatest<T>()) && low <= last, failed);
        if (failed || low == last) return T(low);
        const u64 most = u64(last - low);
        if constexpr (sizeof(T) == 8) return T(u64(T(low)) + up_to(most));
        if constexpr (sizeof(T) == 4) return T(u32(T(low)) + up_to_half(u32(most)));
        return T(u32(T(low)) + up_to_part(sizeof(T) * 8, u32(most)));
    }
};
template <> INLINE bool Philox::integers<bool>(i128 low, i128 high, bool is_closed, bool &failed) {
    const i128 last = is_closed ? high : high - 1;
    check(low >= 0 && last <= 1 && low <= last, failed);
    if (failed || low == last) return low == 1;
    return (half_word() & 1) == 1;
}
