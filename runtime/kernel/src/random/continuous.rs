//! Draws of floats. The parameters are checked before anything is drawn.

use super::{Bits, Drawn, Functions, Generator, Refused, exponential_layers, normal_layers};

/// Where the tail of the normal density begins, and its inverse.
const NORMAL_TAIL: f64 = 3.654_152_885_361_009;
const NORMAL_TAIL_INVERSE: f64 = 0.273_661_237_329_758_3;
/// Where the tail of the exponential density begins.
const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;

/// NumPy's test of what must not be negative: -0.0 is, a NaN is not.
#[inline]
pub(super) fn not_negative(value: f64, message: &'static str) -> Result<(), Refused> {
    if value.is_sign_negative() && !value.is_nan() {
        return Err(Refused::value(message));
    }
    Ok(())
}

impl<B: Bits, F: Functions> Generator<B, F> {
    /// `random()`
    #[inline]
    pub fn random(&mut self) -> f64 {
        self.unit()
    }

    /// `uniform(low, high)`
    #[inline]
    pub fn uniform(&mut self, low: f64, high: f64) -> Drawn<f64> {
        let range = high - low;
        if !range.is_finite() {
            return Err(Refused::overflow("high - low range exceeds valid bounds"));
        }
        not_negative(range, "high - low < 0")?;
        Ok(low + range * self.unit())
    }

    /// `normal(mean, deviation)`
    #[inline]
    pub fn normal(&mut self, mean: f64, deviation: f64) -> Drawn<f64> {
        not_negative(deviation, "scale < 0")?;
        Ok(mean + deviation * self.standard_normal())
    }

    /// `lognormal(mean, deviation)`
    #[inline]
    pub fn lognormal(&mut self, mean: f64, deviation: f64) -> Drawn<f64> {
        not_negative(deviation, "sigma < 0")?;
        Ok(F::exp(mean + deviation * self.standard_normal()))
    }

    /// `exponential(scale)`
    #[inline]
    pub fn exponential(&mut self, scale: f64) -> Drawn<f64> {
        not_negative(scale, "scale < 0")?;
        Ok(scale * self.standard_exponential())
    }

    /// `rayleigh(scale)`
    #[inline]
    pub fn rayleigh(&mut self, scale: f64) -> Drawn<f64> {
        not_negative(scale, "scale < 0")?;
        Ok(scale * (2.0 * self.standard_exponential()).sqrt())
    }

    /// `standard_cauchy()`
    #[inline]
    pub fn standard_cauchy(&mut self) -> f64 {
        let above = self.standard_normal();
        above / self.standard_normal()
    }

    /// `laplace(location, scale)`
    pub fn laplace(&mut self, location: f64, scale: f64) -> Drawn<f64> {
        not_negative(scale, "scale < 0")?;
        loop {
            let unit = self.unit();
            if unit >= 0.5 {
                return Ok(location - scale * F::log(2.0 - unit - unit));
            } else if unit > 0.0 {
                return Ok(location + scale * F::log(unit + unit));
            }
        }
    }

    /// `gumbel(location, scale)`
    pub fn gumbel(&mut self, location: f64, scale: f64) -> Drawn<f64> {
        not_negative(scale, "scale < 0")?;
        loop {
            let unit = 1.0 - self.unit();
            if unit < 1.0 {
                return Ok(location - scale * F::log(-F::log(unit)));
            }
        }
    }

    /// `logistic(location, scale)`
    pub fn logistic(&mut self, location: f64, scale: f64) -> Drawn<f64> {
        not_negative(scale, "scale < 0")?;
        loop {
            let unit = self.unit();
            if unit > 0.0 {
                return Ok(location + scale * F::log(unit / (1.0 - unit)));
            }
        }
    }

    /// `standard_normal()`: in 99 draws of 100 from one word.
    #[inline]
    pub fn standard_normal(&mut self) -> f64 {
        let word = self.word();
        let (layer, magnitude, x) = normal_candidate(word);
        if magnitude < normal_layers::INSIDE[layer] {
            return x;
        }
        self.normal_beside(layer, magnitude, x)
    }

    /// The same where the first point does not surely lie under the curve.
    #[cold]
    fn normal_beside(&mut self, mut layer: usize, mut magnitude: u64, mut x: f64) -> f64 {
        loop {
            if layer == 0 {
                return self.normal_tail(magnitude >> 8 & 1 == 1);
            }
            let height = self.height(&normal_layers::HEIGHT, layer);
            if height < F::exp(-0.5 * x * x) {
                return x;
            }
            let word = self.word();
            (layer, magnitude, x) = normal_candidate(word);
            if magnitude < normal_layers::INSIDE[layer] {
                return x;
            }
        }
    }

    fn normal_tail(&mut self, negative: bool) -> f64 {
        loop {
            let beyond = -NORMAL_TAIL_INVERSE * F::log1p(-self.unit());
            let height = -F::log1p(-self.unit());
            if height + height > beyond * beyond {
                let x = NORMAL_TAIL + beyond;
                return if negative { -x } else { x };
            }
        }
    }

    /// `standard_exponential()`: in 99 draws of 100 from one word.
    #[inline]
    pub fn standard_exponential(&mut self) -> f64 {
        let word = self.word();
        let (layer, magnitude, x) = exponential_candidate(word);
        if magnitude < exponential_layers::INSIDE[layer] {
            return x;
        }
        self.exponential_beside(layer, x)
    }

    /// The same where the first point does not surely lie under the curve.
    #[cold]
    fn exponential_beside(&mut self, mut layer: usize, mut x: f64) -> f64 {
        loop {
            if layer == 0 {
                return EXPONENTIAL_TAIL - F::log1p(-self.unit());
            }
            let height = self.height(&exponential_layers::HEIGHT, layer);
            if height < F::exp(-x) {
                return x;
            }
            let word = self.word();
            let magnitude;
            (layer, magnitude, x) = exponential_candidate(word);
            if magnitude < exponential_layers::INSIDE[layer] {
                return x;
            }
        }
    }

    /// A height in a layer other than the base.
    fn height(&mut self, heights: &[u64; 256], layer: usize) -> f64 {
        let (above, below) = (f64::from_bits(heights[layer - 1]), f64::from_bits(heights[layer]));
        (above - below) * self.unit() + below
    }
}

/// Layer, distance from the axis in steps of the layer, and x.
#[inline]
fn normal_candidate(word: u64) -> (usize, u64, f64) {
    let layer = (word & 0xff) as usize;
    let magnitude = word >> 9 & 0x000f_ffff_ffff_ffff;
    let x = magnitude as f64 * f64::from_bits(normal_layers::WIDTH[layer]);
    (layer, magnitude, if word >> 8 & 1 == 1 { -x } else { x })
}

/// Layer, distance from the axis in steps of the layer, and x.
#[inline]
fn exponential_candidate(word: u64) -> (usize, u64, f64) {
    let layer = (word >> 3 & 0xff) as usize;
    let magnitude = word >> 11;
    (
        layer,
        magnitude,
        magnitude as f64 * f64::from_bits(exponential_layers::WIDTH[layer]),
    )
}
