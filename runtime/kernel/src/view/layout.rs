//! Where a view's elements lie in memory, whatever their type, and whether two views can meet.
//!
//! Two views are apart when their stretches of memory are, or when their bytes never agree modulo one of their strides: exact
//! for slices of one array, and an upper bound for any views.

/// A view without its type, for what is not worth compiling again in every kernel.
#[derive(Clone, Copy)]
pub struct Layout<'a> {
    /// Address of the element whose subscripts are all 0.
    pub data: *mut u8,
    /// Extents, in elements.
    pub shape: &'a [isize],
    /// In elements.
    pub strides: &'a [isize],
    /// Bytes of an element.
    pub size: usize,
}

impl Layout<'_> {
    /// How many elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product::<isize>() as usize
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether the elements lie side by side in memory, in subscript order.
    pub fn is_dense(&self) -> bool {
        let mut stride = 1;
        for (&extent, &own) in self.shape.iter().zip(self.strides).rev() {
            if extent > 1 && own != stride {
                return false;
            }
            stride *= extent;
        }
        true
    }
    /// Whether the two may have a byte in common; see [`View::overlaps`](super::View::overlaps).
    pub fn overlaps(&self, other: &Self) -> bool {
        // Nearly always, and at every launch: two arrays, each in its own stretch of memory.
        let (a, b) = (self.stretch(), other.stretch());
        if a.1 <= b.0 || b.1 <= a.0 {
            return false;
        }
        match (self.footprint(), other.footprint()) {
            (Some(a), Some(b)) => a.meets(&b),
            _ => false,
        }
    }
    /// Where the elements' bytes begin and end; nowhere, if there are none.
    fn stretch(&self) -> (i128, i128) {
        if self.is_empty() {
            return (0, 0);
        }
        let size = self.size as i128;
        let (mut first, mut last) = (self.data as usize as i128, self.data as usize as i128);
        for (&extent, &stride) in self.shape.iter().zip(self.strides) {
            let reach = (extent as i128 - 1) * stride as i128 * size;
            if reach < 0 {
                first += reach;
            } else {
                last += reach;
            }
        }
        (first, last + size)
    }
    pub(super) fn overlaps_itself(&self) -> bool {
        if self.is_empty() || self.is_dense() {
            return false;
        }
        let mut axes: Vec<(isize, isize)> = self
            .strides
            .iter()
            .zip(self.shape)
            .filter(|(_, extent)| **extent > 1)
            .map(|(stride, extent)| (stride.abs(), *extent))
            .collect();
        axes.sort_unstable();
        let mut reach = 0;
        for (stride, extent) in axes {
            if stride <= reach {
                return true;
            }
            reach += stride * (extent - 1);
        }
        false
    }
    fn footprint(&self) -> Option<Footprint> {
        if self.is_empty() {
            return None;
        }
        let size = self.size as i128;
        let mut first = self.data as usize as i128;
        let mut axes = Vec::with_capacity(self.shape.len());
        for (&extent, &stride) in self.shape.iter().zip(self.strides) {
            let (steps, stride) = (extent as i128 - 1, stride as i128 * size);
            if stride < 0 {
                first += stride * steps;
            }
            axes.push(if steps == 0 { (0, 0) } else { (stride.abs(), steps) });
        }
        Some(Footprint { first, axes, size })
    }
}

/// The bytes a view covers: `first + Σ kᵢ·strideᵢ + 0..size` for `0 ≤ kᵢ ≤ stepsᵢ`.
struct Footprint {
    first: i128,
    /// Stride (from 0) and steps of each axis.
    axes: Vec<(i128, i128)>,
    size: i128,
}

impl Footprint {
    fn meets(&self, other: &Self) -> bool {
        let apart = self.first + self.length(0) <= other.first || other.first + other.length(0) <= self.first;
        if apart {
            return false;
        }
        let strides = || {
            self.axes
                .iter()
                .chain(&other.axes)
                .map(|axis| axis.0)
                .filter(|&stride| stride > 0)
        };
        let common = strides().fold(0, greatest_common_divisor);
        !strides()
            .chain([common])
            .any(|modulus| modulus > 0 && self.apart_modulo(other, modulus))
    }
    /// Bytes from the first to the last, taking axes whose stride is a multiple of `modulus` (if that is not 0) as
    /// standing still: an upper bound of how far the view spreads within one period.
    fn length(&self, modulus: i128) -> i128 {
        let moves = |stride: i128| modulus == 0 || stride % modulus != 0;
        self.axes
            .iter()
            .filter(|axis| moves(axis.0))
            .map(|axis| axis.0 * axis.1)
            .sum::<i128>()
            + self.size
    }
    /// Whether no two bytes agree modulo `modulus`, by intervals on a circle.
    fn apart_modulo(&self, other: &Self, modulus: i128) -> bool {
        let gap = (other.first - self.first).rem_euclid(modulus);
        self.length(modulus) <= gap && gap + other.length(modulus) <= modulus
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
