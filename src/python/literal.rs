//! The values of number and string literals.

use super::ExpressionKind;

/// A number literal; `None` for what Python 3 refuses (`10L`, `0777`).
pub(super) fn number(text: &str) -> Option<ExpressionKind> {
    let digits = text.replace('_', "");
    let lower = digits.to_ascii_lowercase();
    if let Some(imaginary) = lower.strip_suffix('j') {
        return imaginary.parse().ok().map(ExpressionKind::Imaginary);
    }
    if ["0x", "0o", "0b"].iter().any(|prefix| lower.starts_with(prefix)) {
        return (!lower.ends_with('l')).then(|| ExpressionKind::Integer(text.to_owned()));
    }
    if lower.bytes().all(|byte| byte.is_ascii_digit()) {
        let octal = lower.starts_with('0') && lower.bytes().any(|byte| byte != b'0');
        return (!octal).then(|| ExpressionKind::Integer(text.to_owned()));
    }
    lower.parse().ok().map(ExpressionKind::Float)
}

/// What one string literal is.
pub(super) struct StringLiteral {
    /// The text; `None` for formatted ones and for escapes that could not be read.
    pub(super) value: Option<String>,
    pub(super) formatted: bool,
    pub(super) bytes: bool,
}

/// Reads one string literal with its prefix and quotes.
pub(super) fn string(literal: &str) -> StringLiteral {
    let quote_at = literal.find(['"', '\'']).unwrap_or(literal.len());
    let (prefix, quoted) = literal.split_at(quote_at);
    let has = |letter: char| prefix.chars().any(|c| c.eq_ignore_ascii_case(&letter));
    let formatted = has('f') || has('t');
    let value = body(quoted).filter(|_| !formatted);
    let value = value.and_then(|body| {
        if has('r') {
            Some(lines(body))
        } else {
            unescape(&lines(body))
        }
    });
    StringLiteral {
        value,
        formatted,
        bytes: has('b'),
    }
}

fn body(quoted: &str) -> Option<&str> {
    [r#"""""#, "'''", "\"", "'"]
        .iter()
        .find_map(|quote| quoted.strip_prefix(quote)?.strip_suffix(quote))
}

/// CPython reads every line end as `\n`.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = escape(&rest[at + 1..], &mut out)?;
    }
    out.push_str(rest);
    Some(out)
}

/// Reads what follows a backslash; gives what follows the escape.
fn escape<'a>(after: &'a str, out: &mut String) -> Option<&'a str> {
    let letter = after.chars().next()?;
    let rest = &after[letter.len_utf8()..];
    let plain = match letter {
        '\n' => return Some(rest),
        '\\' | '\'' | '"' => letter,
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => return code_point(rest, 2, 16, out),
        'u' => return code_point(rest, 4, 16, out),
        'U' => return code_point(rest, 8, 16, out),
        '0'..='7' => {
            let length = after
                .bytes()
                .take(3)
                .take_while(|byte| matches!(byte, b'0'..=b'7'))
                .count();
            return code_point(after, length, 8, out);
        }
        'N' => return None,
        other => {
            out.push('\\');
            other
        }
    };
    out.push(plain);
    Some(rest)
}

fn code_point<'a>(text: &'a str, length: usize, radix: u32, out: &mut String) -> Option<&'a str> {
    let code = u32::from_str_radix(text.get(..length)?, radix).ok()?;
    out.push(char::from_u32(code)?);
    Some(&text[length..])
}
