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

/// Two or three digits, or as many as stand before the point.
pub(super) fn digits(value: f64) -> String {
    let after = match value {
        large if large >= 100.0 => 0,
        tens if tens >= 10.0 => 1,
        ones if ones >= 0.1 || ones == 0.0 => 2,
        small if small >= 0.01 => 3,
        _ => 4,
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
