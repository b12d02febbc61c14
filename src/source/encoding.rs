//! Python's rules for the encoding of source files (PEP 263), for the encodings that files still use.

use std::fmt;

/// How a file's bytes spell its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 after a byte order mark.
    Utf8WithMark,
    /// ISO 8859-1: each byte is the code point of its value.
    Latin1,
    /// ISO 8859-15: Latin-1 with the euro sign and seven other changes.
    Latin9,
    /// Windows-1252.
    Windows1252,
}

/// A file (or a text on its way back) that its encoding cannot spell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

const MARK: &[u8] = b"\xef\xbb\xbf";

/// The code points of bytes 0x80..=0x9F in Windows-1252; 0 where a byte stands for nothing.
const WINDOWS_1252: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0,
    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];

/// Where ISO 8859-15 departs from ISO 8859-1.
const LATIN_9: [(u8, char); 8] = [
    (0xA4, '€'),
    (0xA6, 'Š'),
    (0xA8, 'š'),
    (0xB4, 'Ž'),
    (0xB8, 'ž'),
    (0xBC, 'Œ'),
    (0xBD, 'œ'),
    (0xBE, 'Ÿ'),
];

pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding), DecodeError> {
    if u32::try_from(bytes.len()).is_err() || bytes.len() > (u32::MAX / 2) as usize {
        return Err(DecodeError {
            message: "the file is larger than 2 GiB".into(),
        });
    }
    let (content, marked) = match bytes.strip_prefix(MARK) {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let encoding = match (cookie(content), marked) {
        (None, false) => Encoding::Utf8,
        (None, true) => Encoding::Utf8WithMark,
        (Some(name), marked) => named(&name, marked)?,
    };
    let text = match encoding {
        Encoding::Utf8 | Encoding::Utf8WithMark => utf8(content)?.to_owned(),
        Encoding::Latin1 | Encoding::Latin9 | Encoding::Windows1252 => one_byte(content, encoding)?,
    };
    Ok((text, encoding))
}

pub(super) fn encode(text: &str, encoding: Encoding) -> Result<Vec<u8>, DecodeError> {
    match encoding {
        Encoding::Utf8 => Ok(text.as_bytes().to_vec()),
        Encoding::Utf8WithMark => Ok([MARK, text.as_bytes()].concat()),
        Encoding::Latin1 | Encoding::Latin9 | Encoding::Windows1252 => text
            .chars()
            .map(|c| (0..=255).find(|&byte| character(byte, encoding) == Some(c)))
            .collect::<Option<_>>()
            .ok_or_else(|| DecodeError {
                message: format!("the file's encoding ({encoding:?}) cannot spell its text"),
            }),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let row = bytes[..error.valid_up_to()]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1;
        DecodeError {
            message: format!("line {row} is not valid UTF-8 and the file declares no other encoding"),
        }
    })
}

fn one_byte(bytes: &[u8], encoding: Encoding) -> Result<String, DecodeError> {
    let decoded: Option<String> = bytes.iter().map(|&byte| character(byte, encoding)).collect();
    decoded.ok_or_else(|| DecodeError {
        message: format!("the file holds a byte that {encoding:?} does not define"),
    })
}

fn character(byte: u8, encoding: Encoding) -> Option<char> {
    match (encoding, byte) {
        (Encoding::Windows1252, 0x80..=0x9F) => Some(WINDOWS_1252[usize::from(byte) - 0x80])
            .filter(|&code| code != 0)
            .and_then(|code| char::from_u32(code.into())),
        (Encoding::Latin9, _) => Some(
            LATIN_9
                .iter()
                .find(|(at, _)| *at == byte)
                .map_or(char::from(byte), |(_, replaced)| *replaced),
        ),
        _ => Some(char::from(byte)),
    }
}

fn named(name: &str, marked: bool) -> Result<Encoding, DecodeError> {
    let normal = name.to_ascii_lowercase().replace('_', "-");
    let encoding = match normal.as_str() {
        "utf-8" | "utf8" | "u8" | "utf" | "cp65001" | "ascii" | "us-ascii" | "646" if !marked => Encoding::Utf8,
        "utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" => Encoding::Utf8WithMark,
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "l1" | "cp819" if !marked => Encoding::Latin1,
        "latin-9" | "latin9" | "iso-8859-15" | "iso8859-15" | "l9" if !marked => Encoding::Latin9,
        "cp1252" | "windows-1252" | "1252" if !marked => Encoding::Windows1252,
        other if other.starts_with("utf-8-") && !marked => Encoding::Utf8,
        _ if marked => {
            return Err(DecodeError {
                message: format!("the file declares `{name}` after a UTF-8 mark"),
            });
        }
        _ => {
            return Err(DecodeError {
                message: format!("the file's encoding `{name}` is not supported"),
            });
        }
    };
    Ok(encoding)
}

/// The encoding that a coding cookie names: in a comment that is alone on the first or second line; on the second only
/// when the first is blank or such a comment too.
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let line = line.trim_ascii();
        if !line.is_empty() && line[0] != b'#' {
            return None;
        }
        if let Some(name) = cookie_in(line) {
            return Some(name);
        }
    }
    None
}

fn cookie_in(comment: &[u8]) -> Option<String> {
    let at = comment
        .windows(7)
        .position(|window| &window[..6] == b"coding" && matches!(window[6], b':' | b'='))?;
    let name: Vec<u8> = comment[at + 7..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b' ' | b'\t'))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        .collect();
    String::from_utf8(name).ok().filter(|name| !name.is_empty())
}
