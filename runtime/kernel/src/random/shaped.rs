//! Draws of floats whose density has a shape of its own: what is made of gamma numbers, of powers and of angles.

use std::f64::consts::PI;

use super::continuous::not_negative;
use super::{Bits, Drawn, Functions, Generator, Refused};

/// NumPy's test of what must be greater than zero: a NaN passes.
#[inline]
fn positive(value: f64, message: &'static str) -> Result<(), Refused> {
    if value <= 0.0 {
        return Err(Refused::value(message));
    }
    Ok(())
}

/// Where both shapes are smaller, a beta number is 0 or 1.
const BETA_TINY: f64 = 3e-103;

impl<B: Bits, F: Functions> Generator<B, F> {
    /// `standard_gamma(shape)`
    pub fn standard_gamma(&mut self, shape: f64) -> Drawn<f64> {
        not_negative(shape, "shape < 0")?;
        Ok(self.gamma_number(shape))
    }

    /// `gamma(shape, scale)`
    pub fn gamma(&mut self, shape: f64, scale: f64) -> Drawn<f64> {
        not_negative(shape, "shape < 0")?;
        not_negative(scale, "scale < 0")?;
        Ok(scale * self.gamma_number(shape))
    }

    /// `chisquare(freedom)`
    pub fn chisquare(&mut self, freedom: f64) -> Drawn<f64> {
        positive(freedom, "df <= 0")?;
        Ok(2.0 * self.gamma_number(freedom / 2.0))
    }

    /// `standard_t(freedom)`
    pub fn standard_t(&mut self, freedom: f64) -> Drawn<f64> {
        positive(freedom, "df <= 0")?;
        let above = self.standard_normal();
        let below = self.gamma_number(freedom / 2.0);
        Ok((freedom / 2.0).sqrt() * above / below.sqrt())
    }

    /// Marsaglia and Tsang's rejection from a cubed normal number; for shapes below 1, Ahrens and Dieter's.
    pub(super) fn gamma_number(&mut self, shape: f64) -> f64 {
        if shape == 1.0 {
            return self.standard_exponential();
        } else if shape == 0.0 {
            return 0.0;
        } else if shape < 1.0 {
            return self.gamma_below_one(shape);
        }
        let middle = shape - 1.0 / 3.0;
        let width = 1.0 / (9.0 * middle).sqrt();
        loop {
            let mut x = self.standard_normal();
            let mut cube = 1.0 + width * x;
            while cube <= 0.0 {
                x = self.standard_normal();
                cube = 1.0 + width * x;
            }
            cube = cube * cube * cube;
            let unit = self.unit();
            if unit < 1.0 - 0.0331 * (x * x) * (x * x) {
                return middle * cube;
            }
            if F::log(unit) < 0.5 * x * x + middle * (1.0 - cube + F::log(cube)) {
                return middle * cube;
            }
        }
    }

    fn gamma_below_one(&mut self, shape: f64) -> f64 {
        loop {
            let unit = self.unit();
            let limit = self.standard_exponential();
            if unit <= 1.0 - shape {
                let x = F::pow(unit, 1.0 / shape);
                if x <= limit {
                    return x;
                }
            } else {
                let beyond = -F::log((1.0 - unit) / shape);
                let x = F::pow(1.0 - shape + shape * beyond, 1.0 / shape);
                if x <= limit + beyond {
                    return x;
                }
            }
        }
    }

    /// `beta(a, b)`
    pub fn beta(&mut self, a: f64, b: f64) -> Drawn<f64> {
        positive(a, "a <= 0")?;
        positive(b, "b <= 0")?;
        if !(a <= 1.0 && b <= 1.0) {
            let above = self.gamma_number(a);
            return Ok(above / (above + self.gamma_number(b)));
        }
        if a < BETA_TINY && b < BETA_TINY {
            return Ok(f64::from((a + b) * self.unit() < a));
        }
        // Johnk's algorithm.
        loop {
            let [u, v] = [self.unit(), self.unit()];
            let [x, y] = [F::pow(u, 1.0 / a), F::pow(v, 1.0 / b)];
            if x + y <= 1.0 && u + v > 0.0 {
                if x > 0.0 && y > 0.0 {
                    return Ok(x / (x + y));
                }
                let apart = F::log(u) / a - F::log(v) / b;
                return Ok(if apart > 0.0 {
                    F::exp(-F::log1p(F::exp(-apart)))
                } else {
                    F::exp(apart - F::log1p(F::exp(apart)))
                });
            }
        }
    }

    /// `weibull(shape)`
    pub fn weibull(&mut self, shape: f64) -> Drawn<f64> {
        not_negative(shape, "a < 0")?;
        if shape == 0.0 {
            return Ok(0.0);
        }
        Ok(F::pow(self.standard_exponential(), 1.0 / shape))
    }

    /// `pareto(shape)`
    pub fn pareto(&mut self, shape: f64) -> Drawn<f64> {
        positive(shape, "a <= 0")?;
        Ok(F::expm1(self.standard_exponential() / shape))
    }

    /// `power(shape)`
    pub fn power(&mut self, shape: f64) -> Drawn<f64> {
        positive(shape, "a <= 0")?;
        Ok(F::pow(-F::expm1(-self.standard_exponential()), 1.0 / shape))
    }

    /// `wald(mean, scale)`
    pub fn wald(&mut self, mean: f64, scale: f64) -> Drawn<f64> {
        positive(mean, "mean <= 0")?;
        positive(scale, "scale <= 0")?;
        let normal = self.standard_normal();
        let square = mean * normal * normal;
        let x = mean * (1.0 - 2.0 / (1.0 + (1.0 + 4.0 * scale / square).sqrt()));
        Ok(if self.unit() <= mean / (mean + x) {
            x
        } else {
            mean * mean / x
        })
    }

    /// `triangular(left, mode, right)`
    pub fn triangular(&mut self, left: f64, mode: f64, right: f64) -> Drawn<f64> {
        if left > mode {
            return Err(Refused::value("left > mode"));
        }
        if mode > right {
            return Err(Refused::value("mode > right"));
        }
        if left == right {
            return Err(Refused::value("left == right"));
        }
        let base = right - left;
        let before = mode - left;
        let unit = self.unit();
        Ok(if unit <= before / base {
            left + (unit * (before * base)).sqrt()
        } else {
            right - ((1.0 - unit) * ((right - mode) * base)).sqrt()
        })
    }

    /// `vonmises(mean, concentration)`
    pub fn vonmises(&mut self, mean: f64, concentration: f64) -> Drawn<f64> {
        not_negative(concentration, "kappa < 0")?;
        if concentration.is_nan() {
            return Ok(f64::NAN);
        }
        if concentration < 1e-8 {
            return Ok(PI * (2.0 * self.unit() - 1.0));
        }
        if concentration > 1e6 {
            // A normal number, wrapped.
            let x = mean + (1.0 / concentration).sqrt() * self.standard_normal();
            let x = if x < -PI { x + 2.0 * PI } else { x };
            return Ok(if x > PI { x - 2.0 * PI } else { x });
        }
        let width = if concentration < 1e-5 {
            1.0 / concentration + concentration
        } else {
            let r = 1.0 + (1.0 + 4.0 * concentration * concentration).sqrt();
            let rho = (r - (2.0 * r).sqrt()) / (2.0 * concentration);
            (1.0 + rho * rho) / (2.0 * rho)
        };
        let cosine = loop {
            let around = F::cos(PI * self.unit());
            let cosine = (1.0 + width * around) / (width + around);
            let y = concentration * (width - cosine);
            let limit = self.unit();
            if y * (2.0 - y) - limit >= 0.0 || F::log(y / limit) + 1.0 - y >= 0.0 {
                break cosine;
            }
        };
        let angle = if self.unit() < 0.5 {
            -F::acos(cosine)
        } else {
            F::acos(cosine)
        };
        let angle = angle + mean;
        let turned = (angle.abs() + PI) % (2.0 * PI) - PI;
        Ok(if angle < 0.0 { -turned } else { turned })
    }
}
