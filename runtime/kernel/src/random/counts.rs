//! Draws of counts. Names of constants are those of the papers that NumPy follows.

use super::{Bits, Drawn, Functions, Generator, Refused};

/// The greatest mean whose counts fit, ten deviations away.
const POISSON_MOST: f64 = 9_223_372_006_484_771_000.0;

impl<B: Bits, F: Functions> Generator<B, F> {
    /// `poisson(mean)`
    pub fn poisson(&mut self, mean: f64) -> Drawn<i64> {
        if mean.is_nan() || mean < 0.0 {
            return Err(Refused::value("lam < 0 or lam is NaN"));
        }
        if mean > POISSON_MOST {
            return Err(Refused::value("lam value too large"));
        }
        Ok(if mean >= 10.0 {
            self.poisson_many(mean)
        } else if mean == 0.0 {
            0
        } else {
            self.poisson_few(mean)
        })
    }

    /// How many uniform numbers are multiplied before the product falls below exp(-mean).
    fn poisson_few(&mut self, mean: f64) -> i64 {
        let limit = F::exp(-mean);
        let mut count = 0;
        let mut product = self.unit();
        while product > limit {
            count += 1;
            product *= self.unit();
        }
        count
    }

    /// Transformed rejection (Hörmann: The transformed rejection method for generating Poisson random variables; 1993).
    fn poisson_many(&mut self, mean: f64) -> i64 {
        let root = mean.sqrt();
        let log_mean = F::log(mean);
        let b = 0.931 + 2.53 * root;
        let a = -0.059 + 0.02483 * b;
        let inverse = 1.1239 + 1.1328 / (b - 3.4);
        let surely = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.unit() - 0.5;
            let v = self.unit();
            let aside = 0.5 - u.abs();
            let count = ((2.0 * a / aside + b) * u + mean + 0.43).floor() as i64;
            if aside >= 0.07 && v <= surely {
                return count;
            }
            if count < 0 || aside < 0.013 && v > aside {
                continue;
            }
            let height = F::log(v) + F::log(inverse) - F::log(a / (aside * aside) + b);
            if height <= -mean + count as f64 * log_mean - log_gamma::<F>((count.wrapping_add(1)) as f64) {
                return count;
            }
        }
    }

    /// `geometric(p)`
    pub fn geometric(&mut self, p: f64) -> Drawn<i64> {
        if !(p > 0.0 && p <= 1.0) {
            return Err(Refused::value("p <= 0, p > 1 or p contains NaNs"));
        }
        // A third, as NumPy writes it.
        if p < 0.333_333_333_333_333_3 {
            return Ok((-self.standard_exponential() / F::log1p(-p)).ceil() as i64);
        }
        let unit = self.unit();
        let (mut count, mut sum, mut product) = (1, p, p);
        while unit > sum {
            product *= 1.0 - p;
            sum += product;
            count += 1;
        }
        Ok(count)
    }

    /// `binomial(trials, p)`
    pub fn binomial(&mut self, trials: i128, p: f64) -> Drawn<i64> {
        if !(0.0..=1.0).contains(&p) {
            return Err(Refused::value("p < 0, p > 1 or p is NaN"));
        }
        if trials < 0 {
            return Err(Refused::value("n < 0"));
        }
        let trials = trials as i64;
        if trials == 0 || p == 0.0 {
            return Ok(0);
        }
        if p <= 0.5 {
            return Ok(self.binomial_up_to_half(trials, p));
        }
        Ok(trials - self.binomial_up_to_half(trials, 1.0 - p))
    }

    fn binomial_up_to_half(&mut self, trials: i64, p: f64) -> i64 {
        if p * trials as f64 <= 30.0 {
            return self.binomial_few(trials, p);
        }
        self.binomial_many(trials, p)
    }

    /// By inversion: one probability after the other.
    fn binomial_few(&mut self, trials: i64, p: f64) -> i64 {
        let n = trials as f64;
        let q = 1.0 - p;
        let none = F::exp(n * F::log1p(-p));
        let mean = n * p;
        let far = mean + 10.0 * (mean * q + 1.0).sqrt();
        let bound = if n < far { n } else { far } as i64;
        let mut count = 0;
        let mut probability = none;
        let mut unit = self.unit();
        while unit > probability {
            count += 1;
            if count > bound {
                count = 0;
                probability = none;
                unit = self.unit();
            } else {
                unit -= probability;
                probability = (trials - count + 1) as f64 * p * probability / (count as f64 * q);
            }
        }
        count
    }

    /// BTPE (Kachitvichyanukul, Schmeiser: Binomial random variate generation; 1988).
    fn binomial_many(&mut self, trials: i64, p: f64) -> i64 {
        let btpe = Btpe::new(trials, p);
        loop {
            let u = self.unit() * btpe.p4;
            let v = self.unit();
            if let Some(count) = btpe.count::<F>(u, v) {
                return count;
            }
        }
    }
}

/// The dominating function of BTPE: a triangle, parallelograms beside it, and exponential tails.
struct Btpe {
    n: i64,
    r: f64,
    q: f64,
    m: i64,
    p1: f64,
    xm: f64,
    xl: f64,
    xr: f64,
    c: f64,
    laml: f64,
    lamr: f64,
    p2: f64,
    p3: f64,
    p4: f64,
}

impl Btpe {
    fn new(n: i64, r: f64) -> Self {
        let trials = n as f64;
        let q = 1.0 - r;
        let fm = trials * r + r;
        let m = fm.floor() as i64;
        let p1 = (2.195 * (trials * r * q).sqrt() - 4.6 * q).floor() + 0.5;
        let xm = m as f64 + 0.5;
        let (xl, xr) = (xm - p1, xm + p1);
        let c = 0.134 + 20.5 / (15.3 + m as f64);
        let left = (fm - xl) / (fm - xl * r);
        let laml = left * (1.0 + left / 2.0);
        let right = (xr - fm) / (xr * q);
        let lamr = right * (1.0 + right / 2.0);
        let p2 = p1 * (1.0 + 2.0 * c);
        let p3 = p2 + c / laml;
        let p4 = p3 + c / lamr;
        Self {
            n,
            r,
            q,
            m,
            p1,
            xm,
            xl,
            xr,
            c,
            laml,
            lamr,
            p2,
            p3,
            p4,
        }
    }

    /// The count at a point, unless it is rejected.
    fn count<F: Functions>(&self, u: f64, v: f64) -> Option<i64> {
        if u <= self.p1 {
            return Some((self.xm - self.p1 * v + u).floor() as i64);
        }
        let (y, v) = if u <= self.p2 {
            let x = self.xl + (u - self.p1) / self.c;
            let v = v * self.c + 1.0 - (self.m as f64 - x + 0.5).abs() / self.p1;
            if v > 1.0 {
                return None;
            }
            (x.floor() as i64, v)
        } else if u <= self.p3 {
            let y = (self.xl + F::log(v) / self.laml).floor() as i64;
            if y < 0 || v == 0.0 {
                return None;
            }
            (y, v * (u - self.p2) * self.laml)
        } else {
            let y = (self.xr - F::log(v) / self.lamr).floor() as i64;
            if y > self.n || v == 0.0 {
                return None;
            }
            (y, v * (u - self.p3) * self.lamr)
        };
        let nrq = self.n as f64 * self.r * self.q;
        let k = (y - self.m).abs();
        let accepted = if k > 20 && (k as f64) < nrq / 2.0 - 1.0 {
            self.is_below::<F>(y, v, k, nrq)
        } else {
            v <= self.ratio(y)
        };
        accepted.then_some(y)
    }

    /// The probability of a count, divided by that of the likeliest one.
    fn ratio(&self, y: i64) -> f64 {
        let s = self.r / self.q;
        let a = s * (self.n + 1) as f64;
        let mut ratio = 1.0;
        for i in self.m + 1..=y {
            ratio *= a / i as f64 - s;
        }
        for i in y + 1..=self.m {
            ratio /= a / i as f64 - s;
        }
        ratio
    }

    /// The same comparison far from the middle: by bounds, and by Stirling's formula between them.
    fn is_below<F: Functions>(&self, y: i64, v: f64, k: i64, nrq: f64) -> bool {
        let far = k as f64;
        let rho = far / nrq * ((far * (far / 3.0 + 0.625) + 0.166_666_666_666_666_66) / nrq + 0.5);
        let t = -k.wrapping_mul(k) as f64 / (2.0 * nrq);
        let height = F::log(v);
        if height < t - rho {
            return true;
        }
        if height > t + rho {
            return false;
        }
        let x1 = (y + 1) as f64;
        let f1 = (self.m + 1) as f64;
        let z = (self.n + 1 - self.m) as f64;
        let w = (self.n - y + 1) as f64;
        let limit = self.xm * F::log(f1 / x1)
            + ((self.n - self.m) as f64 + 0.5) * F::log(z / w)
            + (y - self.m) as f64 * F::log(w * self.r / (x1 * self.q))
            + stirling(f1)
            + stirling(z)
            + stirling(x1)
            + stirling(w);
        height <= limit
    }
}

fn stirling(x: f64) -> f64 {
    let square = x * x;
    (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / square) / square) / square) / square) / x / 166_320.0
}

/// The logarithm of the gamma function (Zhang, Jin: Computation of Special Functions; 1996).
fn log_gamma<F: Functions>(x: f64) -> f64 {
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let steps = if x < 7.0 { (7.0 - x) as i64 } else { 0 };
    let mut above = x + steps as f64;
    let inverse = 1.0 / above * (1.0 / above);
    let mut series = LOG_GAMMA[9];
    for coefficient in LOG_GAMMA[..9].iter().rev() {
        series = series * inverse + coefficient;
    }
    let mut result = series / above + 0.5 * LOG_TWO_PI + (above - 0.5) * F::log(above) - above;
    for _ in 0..steps {
        result -= F::log(above - 1.0);
        above -= 1.0;
    }
    result
}

const LOG_TWO_PI: f64 = 1.837_877_066_409_345_3;
const LOG_GAMMA: [f64; 10] = [
    8.333_333_333_333_333e-2,
    -2.777_777_777_777_778e-3,
    7.936_507_936_507_937e-4,
    -5.952_380_952_380_952e-4,
    8.417_508_417_508_418e-4,
    -1.917_526_917_526_918e-3,
    6.410_256_410_256_41e-3,
    -2.955_065_359_477_124e-2,
    1.796_443_723_688_307e-1,
    -1.392_432_216_905_9e0,
];
