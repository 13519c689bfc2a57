//! Variable-length unsigned integers: LEB128 as in the WebAssembly core specification, section 5.2.2, of at most five bytes.

/// Most bytes one `u32` takes.
pub const MAX_LEN: usize = 5;

/// Reads the varint at the start of `bytes`: its value and its length in bytes.
///
/// `None` if the bytes end inside it, if it has more than five bytes, or if its value does not fit in 32 bits.
pub fn read(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0u32;
    for (i, &byte) in bytes.iter().take(MAX_LEN).enumerate() {
        let part = u32::from(byte & 0x7F);
        if i == 4 && part > 0x0F {
            return None;
        }
        value |= part << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, i + 1));
        }
    }
    None
}

/// Maps a signed number to an unsigned one so that small magnitudes stay short: 0, -1, 1, -2 become 0, 1, 2, 3.
pub const fn zigzag(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)) as u32
}

/// The inverse of [`zigzag`].
pub const fn unzigzag(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}

/// Appends `value` in its shortest form.
#[cfg(feature = "alloc")]
pub fn write(out: &mut alloc::vec::Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends `value` in at least `least` bytes, of which there are [`MAX_LEN`] at most: with zeros behind it where it is shorter.
#[cfg(feature = "alloc")]
pub fn write_padded(out: &mut alloc::vec::Vec<u8>, value: u32, least: usize) {
    let start = out.len();
    write(out, value);
    while out.len() - start < least.min(MAX_LEN) {
        if let Some(last) = out.last_mut() {
            *last |= 0x80;
        }
        out.push(0);
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn decode_after_encode_is_the_identity_at_every_width() {
        for shift in 0..32 {
            for value in [1u32 << shift, (1u32 << shift) - 1, u32::MAX >> shift] {
                let mut out = Vec::new();
                write(&mut out, value);
                assert_eq!(read(&out), Some((value, out.len())));
                assert_eq!(unzigzag(zigzag(value as i32)), value as i32);
                for least in 0..=MAX_LEN {
                    let mut padded = Vec::new();
                    write_padded(&mut padded, value, least);
                    assert_eq!(read(&padded), Some((value, out.len().max(least))));
                }
                for cut in 0..out.len() {
                    assert_eq!(read(&out[..cut]), None, "{value} cut to {cut} bytes");
                }
            }
        }
    }

    #[test]
    fn values_beyond_32_bits_are_refused() {
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), Some((u32::MAX, 5)));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0x1F]), None);
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), None);
    }
}
