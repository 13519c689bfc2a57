//! Arguments of a call into a nested module: one after another, each `[type: u8][value]`.
//!
//! The type is WebAssembly's own number of the parameter's type: 0x7F i32, 0x7E i64, 0x7D f32, 0x7C f64, and the value has four, eight,
//! four or eight bytes. With bit 7 set as well (0xFF to 0xFC), two bytes follow: the offset in the input block of a single, which the
//! host converts to the type, whole numbers by rounding towards zero, saturating. Source of the numbers: WebAssembly core, "Number
//! types".

use crate::Reader;
use alloc::vec::Vec;

/// A number type of WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the number types of WebAssembly")]
pub enum NumberType {
    I32 = 0x7F,
    I64 = 0x7E,
    F32 = 0x7D,
    F64 = 0x7C,
}

impl NumberType {
    /// The type with this number.
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x7F => NumberType::I32,
            0x7E => NumberType::I64,
            0x7D => NumberType::F32,
            0x7C => NumberType::F64,
            _ => return None,
        })
    }
}

/// Set in the type's byte of an argument that comes from the input block.
const FROM_INPUTS: u8 = 0x80;

/// An argument.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the number types of WebAssembly")]
pub enum Arg {
    I32(i32),
    I64(i64),
    F32(f32),
    F64(f64),
    /// The single at this offset, in bytes, of the input block, converted to the type.
    Input(NumberType, u16),
}

/// Appends an argument.
pub fn push(out: &mut Vec<u8>, arg: Arg) {
    match arg {
        Arg::I32(n) => {
            out.push(NumberType::I32 as u8);
            out.extend(n.to_le_bytes());
        }
        Arg::I64(n) => {
            out.push(NumberType::I64 as u8);
            out.extend(n.to_le_bytes());
        }
        Arg::F32(x) => {
            out.push(NumberType::F32 as u8);
            out.extend(x.to_le_bytes());
        }
        Arg::F64(x) => {
            out.push(NumberType::F64 as u8);
            out.extend(x.to_le_bytes());
        }
        Arg::Input(ty, offset) => {
            out.push(ty as u8 | FROM_INPUTS);
            out.extend(offset.to_le_bytes());
        }
    }
}

/// Reads all arguments; `None` if the bytes are none.
pub fn read(bytes: &[u8]) -> Option<Vec<Arg>> {
    let mut reader = Reader::new(bytes);
    let mut args = Vec::new();
    while !reader.is_empty() {
        let code = reader.u8()?;
        let ty = NumberType::from_code(code & !FROM_INPUTS)?;
        args.push(if code & FROM_INPUTS != 0 {
            Arg::Input(ty, reader.u16()?)
        } else {
            match ty {
                NumberType::I32 => Arg::I32(reader.u32()? as i32),
                NumberType::F32 => Arg::F32(reader.f32()?),
                NumberType::F64 => Arg::F64(reader.f64()?),
                NumberType::I64 => Arg::I64(i64::from_le_bytes(*reader.take(8)?.first_chunk()?)),
            }
        });
    }
    Some(args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_round_trip_and_cuts_are_refused() {
        let args = [Arg::I32(-7), Arg::I64(1 << 40), Arg::F32(0.5), Arg::F64(1e300), Arg::Input(NumberType::I32, 4)];
        let mut bytes = Vec::new();
        args.iter().for_each(|arg| push(&mut bytes, *arg));
        assert_eq!(read(&bytes).as_deref(), Some(&args[..]));
        let ends = [0, 5, 14, 19, 28, 31];
        for cut in (0..bytes.len()).filter(|cut| !ends.contains(cut)) {
            assert_eq!(read(&bytes[..cut]), None, "cut to {cut}");
        }
        for code in [0x00, 0x7B, 0x3F, 0x80, 0xFB] {
            assert_eq!(read(&[code, 0, 0, 0, 0, 0, 0, 0, 0]), None, "{code:#04x}");
        }
    }
}
