//! The sources of `runtime/kernel`, which the translator carries with it.

macro_rules! sources {
    ($($path:literal),* $(,)?) => {
        /// Path below `runtime/kernel/src` and text of every file that is compiled.
        pub(super) const SOURCES: &[(&str, &str)] =
            &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/runtime/kernel/src/", $path)))),*];
    };
}

include!(concat!(env!("OUT_DIR"), "/kernel_sources.rs"));
