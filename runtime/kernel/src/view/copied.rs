//! Copies of operands that share elements with what is assigned.

use super::View;

/// A view's elements in storage of their own.
#[derive(Debug)]
pub struct Copied<T, const R: usize> {
    elements: Vec<T>,
    shape: [isize; R],
}

impl<T: Copy, const R: usize> Copied<T, R> {
    /// Copies the elements; `None`: there is no memory left for them.
    ///
    /// # Safety
    /// The view is valid, and nobody writes its elements meanwhile.
    pub unsafe fn of(view: &View<T, R>) -> Option<Self> {
        let mut elements: Vec<T> = Vec::new();
        elements.try_reserve_exact(view.len()).ok()?;
        // SAFETY: the vector has room for all elements, and all are written.
        unsafe {
            view.layout().gather(elements.as_mut_ptr().cast());
            elements.set_len(view.len());
        }
        Some(Copied {
            elements,
            shape: view.shape,
        })
    }
    /// The copy, in row-major order; valid while it lives.
    pub fn view(&mut self) -> View<T, R> {
        let mut strides = [1; R];
        for axis in (1..R).rev() {
            strides[axis - 1] = strides[axis] * self.shape[axis].max(1);
        }
        View {
            data: self.elements.as_mut_ptr(),
            shape: self.shape,
            strides,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::view;
    use super::*;

    #[test]
    fn a_copy_has_the_elements_in_order_and_keeps_them() {
        let mut data: Vec<u16> = (0..60).collect();
        let v = view(&mut data, 40, [2, 3, 4], [-20, 4, 1]);
        // SAFETY: the view lies inside `data`, which nobody else touches; the copy lives.
        unsafe {
            let mut copied = Copied::of(&v).expect("memory");
            let c = copied.view();
            assert!(!c.overlaps(&v));
            for (i, j, k) in (0..24).map(|n| (n / 12, n / 4 % 3, n % 4)) {
                let before = v.get([i, j, k]);
                v.set([i, j, k], 999);
                assert_eq!(c.get([i, j, k]), before);
            }
        }
    }
}
