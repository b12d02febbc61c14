//! The two variants of a kernel.

/// Which of a kernel's two functions is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// Sequential; every subscript and number checked; raises what CPython raises.
    Careful,
    /// After the guards; what they cannot settle ends it.
    Fast,
}
