//! Draws of integers from a range.

use super::{Bits, Drawn, Functions, Generator, Refused};

/// The ends of a range, as `integers` is given them.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// The least number.
    pub low: i128,
    /// The greatest one, or the one after it.
    pub high: i128,
    /// Whether `high` may be drawn: `endpoint=True`.
    pub closed: bool,
}

/// An integer type whose numbers can be drawn.
pub trait Bounded: Sized {
    /// `integers(low, high, dtype=…, endpoint=…)`
    fn drawn<B: Bits, F: Functions>(from: &mut Generator<B, F>, interval: Interval) -> Drawn<Self>;
}

impl<B: Bits, F: Functions> Generator<B, F> {
    /// `integers(low, high, dtype=…, endpoint=…)`
    #[inline]
    pub fn integers<T: Bounded>(&mut self, low: i128, high: i128, closed: bool) -> Drawn<T> {
        T::drawn(self, Interval { low, high, closed })
    }

    /// A number up to `most`, which is below 2³² - 1: the high half of a product, without the products that would favour some.
    #[inline]
    fn up_to_half(&mut self, most: u32) -> u32 {
        if most == u32::MAX {
            return self.half_word();
        }
        scaled_32(most, || self.half_word())
    }

    /// A number up to `most`, from words, or from halves of words where they do.
    #[inline]
    fn up_to(&mut self, most: u64) -> u64 {
        if let Ok(most) = u32::try_from(most) {
            return u64::from(self.up_to_half(most));
        }
        if most == u64::MAX {
            return self.word();
        }
        let count = most + 1;
        let mut product = u128::from(self.word()) * u128::from(count);
        if (product as u64) < count {
            let threshold = (u64::MAX - most) % count;
            while (product as u64) < threshold {
                product = u128::from(self.word()) * u128::from(count);
            }
        }
        (product >> 64) as u64
    }
}

#[inline]
fn scaled_32(most: u32, mut next: impl FnMut() -> u32) -> u32 {
    let count = most + 1;
    let mut product = u64::from(next()) * u64::from(count);
    if (product as u32) < count {
        let threshold = (u32::MAX - most) % count;
        while (product as u32) < threshold {
            product = u64::from(next()) * u64::from(count);
        }
    }
    (product >> 32) as u32
}

/// Parts of a half word, the lowest first, for one draw.
struct Parts<'g, B, F> {
    from: &'g mut Generator<B, F>,
    bits: u32,
    left: u32,
    rest: u32,
}

impl<B: Bits, F: Functions> Parts<'_, B, F> {
    fn next(&mut self) -> u32 {
        if self.left == 0 {
            self.rest = self.from.half_word();
            self.left = 32 / self.bits;
        } else {
            self.rest >>= self.bits;
        }
        self.left -= 1;
        self.rest & ((1 << self.bits) - 1)
    }
}

impl<B: Bits, F: Functions> Generator<B, F> {
    /// A number up to `most`, of `bits` bits, 8 or 16.
    fn up_to_part(&mut self, bits: u32, most: u32) -> u32 {
        let all = (1 << bits) - 1;
        let mut parts = Parts {
            from: self,
            bits,
            left: 0,
            rest: 0,
        };
        if most == all {
            return parts.next();
        }
        let count = most + 1;
        let mut product = parts.next() * count;
        if product & all < count {
            let threshold = (all - most) % count;
            while product & all < threshold {
                product = parts.next() * count;
            }
        }
        product >> bits
    }
}

/// The least number and how many follow it, if NumPy draws from this range.
#[inline]
fn checked(interval: Interval, least: i128, greatest: i128, messages: [&'static str; 2]) -> Drawn<(i128, u64)> {
    let Interval { low, high, closed } = interval;
    let last = if closed { high } else { high - 1 };
    if low < least {
        return Err(Refused::value(messages[0]));
    }
    if last > greatest {
        return Err(Refused::value(messages[1]));
    }
    if low > last {
        return Err(Refused::value(match (low == 0, closed) {
            (true, true) => "high < 0",
            (true, false) => "high <= 0",
            (false, true) => "low > high",
            (false, false) => "low >= high",
        }));
    }
    Ok((low, (last - low) as u64))
}

macro_rules! bounded {
    ($($t:ident $name:literal $most:ident $draw:expr;)*) => {$(
        impl Bounded for $t {
            #[inline]
            fn drawn<B: Bits, F: Functions>(from: &mut Generator<B, F>, interval: Interval) -> Drawn<Self> {
                const MESSAGES: [&str; 2] = [
                    concat!("low is out of bounds for ", $name),
                    concat!("high is out of bounds for ", $name),
                ];
                let (low, most) = checked(interval, $t::MIN as i128, $t::MAX as i128, MESSAGES)?;
                if most == 0 {
                    return Ok(low as $t);
                }
                let $most = most;
                let above = $draw(from);
                Ok((low as $t).wrapping_add(above as $t))
            }
        }
    )*};
}
bounded! {
    i64 "int64" most |from: &mut Generator<B, F>| from.up_to(most);
    u64 "uint64" most |from: &mut Generator<B, F>| from.up_to(most);
    i32 "int32" most |from: &mut Generator<B, F>| from.up_to_half(most as u32);
    u32 "uint32" most |from: &mut Generator<B, F>| from.up_to_half(most as u32);
    i16 "int16" most |from: &mut Generator<B, F>| from.up_to_part(16, most as u32);
    u16 "uint16" most |from: &mut Generator<B, F>| from.up_to_part(16, most as u32);
    i8 "int8" most |from: &mut Generator<B, F>| from.up_to_part(8, most as u32);
    u8 "uint8" most |from: &mut Generator<B, F>| from.up_to_part(8, most as u32);
}

impl Bounded for bool {
    #[inline]
    fn drawn<B: Bits, F: Functions>(from: &mut Generator<B, F>, interval: Interval) -> Drawn<Self> {
        let messages = ["low is out of bounds for bool", "high is out of bounds for bool"];
        let (low, most) = checked(interval, 0, 1, messages)?;
        Ok(if most == 0 { low == 1 } else { from.half_word() & 1 == 1 })
    }
}
