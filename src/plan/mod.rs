//! Legal and fast: order, lanes, threads; IR in, IR with modes out.
//!
//! May touch: deps, infer, ir.
