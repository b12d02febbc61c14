//! The process-wide half of Ferrokeet's runtime.
