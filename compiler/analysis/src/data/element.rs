//! The element types of typed arrays.

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "kind and bits")]
pub enum ElementType {
    F32,
    F16,
    I32,
    U32,
    I16,
    U16,
    I8,
    U8,
}

/// Why a number is no value of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It lies outside of [`ElementType::range`].
    OutOfRange,
    /// It has a fraction, and the type has none.
    Fraction,
}

impl ElementType {
    /// All types: the property of `#data`, the word of its `type`, and the type.
    pub const ALL: [(&'static str, &'static str, ElementType); 8] = [
        ("float32Array", "f32", ElementType::F32),
        ("int32Array", "i32", ElementType::I32),
        ("uint32Array", "u32", ElementType::U32),
        ("float16Array", "f16", ElementType::F16),
        ("int16Array", "i16", ElementType::I16),
        ("uint16Array", "u16", ElementType::U16),
        ("int8Array", "i8", ElementType::I8),
        ("uint8Array", "u8", ElementType::U8),
    ];

    /// The type with this word: `f32`.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name, _)| *name == word).map(|(.., ty)| ty)
    }

    /// The property of this type.
    pub fn property(self) -> &'static str {
        // Every type stands in the list.
        Self::ALL.into_iter().find(|(.., ty)| *ty == self).map_or("", |(name, ..)| name)
    }

    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            ElementType::F32 | ElementType::I32 | ElementType::U32 => 4,
            ElementType::F16 | ElementType::I16 | ElementType::U16 => 2,
            ElementType::I8 | ElementType::U8 => 1,
        }
    }

    /// Its least and its largest finite value.
    pub const fn range(self) -> (f64, f64) {
        match self {
            ElementType::F32 => (f32::MIN as f64, f32::MAX as f64),
            ElementType::F16 => (-65504.0, 65504.0),
            ElementType::I32 => (i32::MIN as f64, i32::MAX as f64),
            ElementType::U32 => (0.0, u32::MAX as f64),
            ElementType::I16 => (i16::MIN as f64, i16::MAX as f64),
            ElementType::U16 => (0.0, u16::MAX as f64),
            ElementType::I8 => (i8::MIN as f64, i8::MAX as f64),
            ElementType::U8 => (0.0, u8::MAX as f64),
        }
    }

    /// Appends a number, little-endian.
    ///
    /// # Errors
    /// If it is no value of the type.
    pub fn push(self, out: &mut Vec<u8>, number: f64) -> Result<(), Misfit> {
        let (least, most) = self.range();
        if !(least..=most).contains(&number) {
            return Err(Misfit::OutOfRange);
        }
        match self {
            ElementType::F32 => out.extend((number as f32).to_le_bytes()),
            ElementType::F16 => out.extend(half_bits(number).to_le_bytes()),
            _ if number.fract() != 0.0 => return Err(Misfit::Fraction),
            // Range and wholeness are checked above, so the low bytes of the 64-bit number are the value.
            ElementType::I32 | ElementType::U32 | ElementType::I16 | ElementType::U16 | ElementType::I8 | ElementType::U8 => {
                out.extend(&(number as i64).to_le_bytes()[..self.size()])
            }
        }
        Ok(())
    }
}

/// The IEEE 754 half-precision bits of a number, rounded to nearest, ties to even. Its magnitude is at most 65504.
fn half_bits(number: f64) -> u16 {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = number.abs();
    if magnitude < f64::from(2.0f32).powi(-14) {
        // Subnormal: a multiple of 2^-24.
        return sign | libm::rint(magnitude * 16_777_216.0) as u16;
    }
    let exponent = libm::ilogb(magnitude);
    let mantissa = libm::rint(magnitude / libm::exp2(f64::from(exponent)) * 1024.0) as u16;
    // A mantissa rounded up to 2048 carries into the exponent by itself.
    sign | ((((exponent + 15) as u16) << 10) + (mantissa - 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_to_nearest() {
        for (number, bits) in [
            (0.0, 0),
            (-0.0, 0x8000),
            (1.0, 0x3C00),
            (-2.0, 0xC000),
            (65504.0, 0x7BFF),
            (0.1, 0x2E66),
            (5.960464477539063e-8, 1),
            (1.9999, 0x4000),
        ] {
            assert_eq!(half_bits(number), bits, "{number}");
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let mut out = Vec::new();
        assert_eq!(ElementType::U8.push(&mut out, 256.0), Err(Misfit::OutOfRange));
        assert_eq!(ElementType::I8.push(&mut out, -129.0), Err(Misfit::OutOfRange));
        assert_eq!(ElementType::U16.push(&mut out, 0.5), Err(Misfit::Fraction));
        assert_eq!(ElementType::F32.push(&mut out, f64::NAN), Err(Misfit::OutOfRange));
        assert_eq!(ElementType::F32.push(&mut out, 1e39), Err(Misfit::OutOfRange));
        assert!(out.is_empty());
        for (property, word, ty) in ElementType::ALL {
            assert_eq!((ElementType::of_word(word), ty.property()), (Some(ty), property));
        }
    }
}
