//! What the launches of one kernel on a device have cost.

use std::sync::atomic::AtomicU64;

/// Counts for one kernel and signature.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Bytes of arrays that were copied to the device for it.
    pub(crate) to_device: AtomicU64,
    /// Bytes of arrays that it wrote and that were copied back, then or later.
    pub(crate) from_device: AtomicU64,
}
