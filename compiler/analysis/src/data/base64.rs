//! Base64. Source: RFC 4648, section 4; white space may stand anywhere, and the padding may be left out.

/// Why a text is no base64: the byte of the text at which it shows, and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64Error {
    /// A character that is none of the alphabet.
    Character(usize),
    /// Something after the padding.
    AfterPadding(usize),
    /// The last group has one character, or more or less padding than it needs.
    Length,
    /// Bits behind the last byte are not zero, so the text is cut or damaged.
    SpareBits(usize),
}

/// The bytes that a text stands for.
///
/// # Errors
/// See [`Base64Error`].
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut group, mut digits, mut padding, mut last) = (0u32, 0u32, 0u32, 0);
    for (at, byte) in text.bytes().enumerate() {
        let digit = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'=' => {
                padding += 1;
                continue;
            }
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(Base64Error::Character(at)),
        };
        if padding > 0 {
            return Err(Base64Error::AfterPadding(at));
        }
        group = group << 6 | u32::from(digit);
        digits += 1;
        last = at;
        if digits == 4 {
            bytes.extend_from_slice(&group.to_be_bytes()[1..]);
            (group, digits) = (0, 0);
        }
    }
    let wanted = (4 - digits) % 4;
    if digits == 1 || (padding != 0 && padding != wanted) {
        return Err(Base64Error::Length);
    }
    let whole = digits * 6 / 8;
    let spare = digits * 6 % 8;
    if group & ((1 << spare) - 1) != 0 {
        return Err(Base64Error::SpareBits(last));
    }
    bytes.extend((group >> spare).to_be_bytes().iter().skip(4 - whole as usize));
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_rfc_decode() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("Zm9v\n YmE", "fooba"),
        ] {
            assert_eq!(decode(text).as_deref(), Ok(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("+/+/").as_deref(), Ok(&[0xFB, 0xFF, 0xBF][..]));
    }

    #[test]
    fn damaged_texts_are_refused() {
        assert_eq!(decode("Zm9-"), Err(Base64Error::Character(3)));
        assert_eq!(decode("Zg==Zg=="), Err(Base64Error::AfterPadding(4)));
        assert_eq!(decode("Zm9vY"), Err(Base64Error::Length));
        assert_eq!(decode("Zg="), Err(Base64Error::Length));
        assert_eq!(decode("Zm9v="), Err(Base64Error::Length));
        assert_eq!(decode("Zh=="), Err(Base64Error::SpareBits(1)));
    }
}
