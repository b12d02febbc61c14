//! Numbers with units, for people.

/// Three digits and a unit.
pub(super) fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        long if long >= 1.0 => (long, "s"),
        medium if medium >= 1e-3 => (medium * 1e3, "ms"),
        short => (short * 1e6, "µs"),
    };
    format!("{} {unit}", digits(value))
}

/// Three digits, or as many as stand before the point.
pub(super) fn digits(value: f64) -> String {
    let after = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.after$}")
}

/// Bytes.
pub(super) fn size(bytes: u64) -> String {
    let number = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} KB", number / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", number / 1e6),
        _ => format!("{:.1} GB", number / 1e9),
    }
}
