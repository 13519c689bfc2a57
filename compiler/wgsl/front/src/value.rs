//! Constants: values that are known when a shader is made, and what can be wrong with them. WGSL sections 8.1, 8.7 and 15.7.
//!
//! Abstract integers have 64 bits, abstract floats are doubles (section 6.2.1); `f16` is kept as the `f32` that it equals. Mathematics is
//! `libm`'s, so that the same text has the same constants on every machine.

use std::sync::Arc;

use crate::tree::BinaryOp;
use crate::types::Scalar;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A boolean.
    Bool(bool),
    /// An abstract integer.
    Int(i64),
    /// An `i32`.
    I32(i32),
    /// A `u32`.
    U32(u32),
    /// An abstract float.
    Float(f64),
    /// An `f32`.
    F32(f32),
    /// An `f16`.
    F16(f32),
    /// Components of a vector, columns of a matrix, elements of an array or members of a struct.
    Parts(Arc<[Value]>),
}

/// Why a value does not exist: the end of a sentence that begins with the expression.
pub type Problem = String;

/// A number that is rounded to what `f16` holds, to even; infinite beyond it.
pub fn round_f16(number: f64) -> f64 {
    let magnitude = number.abs();
    if !magnitude.is_finite() || magnitude == 0.0 {
        return number;
    }
    // The unit in the last place: 11 significant bits, and 2^-24 at least.
    let exponent = libm::ilogb(magnitude).max(-14);
    let unit = libm::ldexp(1.0, exponent - 10);
    let rounded = libm::rint(magnitude / unit) * unit;
    let rounded = if rounded > 65504.0 { f64::INFINITY } else { rounded };
    libm::copysign(rounded, number)
}

impl Value {
    /// Of parts.
    pub fn parts(parts: Vec<Value>) -> Self {
        Value::Parts(parts.into())
    }

    /// The scalar that it is; `None` for parts.
    pub fn scalar(&self) -> Option<Scalar> {
        Some(match self {
            Value::Bool(_) => Scalar::Bool,
            Value::Int(_) => Scalar::AbstractInt,
            Value::I32(_) => Scalar::I32,
            Value::U32(_) => Scalar::U32,
            Value::Float(_) => Scalar::AbstractFloat,
            Value::F32(_) => Scalar::F32,
            Value::F16(_) => Scalar::F16,
            Value::Parts(_) => return None,
        })
    }

    /// As a double, if it is a number.
    pub fn number(&self) -> Option<f64> {
        Some(match self {
            Value::Int(number) => *number as f64,
            Value::I32(number) => f64::from(*number),
            Value::U32(number) => f64::from(*number),
            Value::Float(number) => *number,
            Value::F32(number) | Value::F16(number) => f64::from(*number),
            Value::Bool(_) | Value::Parts(_) => return None,
        })
    }

    /// As an integer, if it is one.
    pub fn integer(&self) -> Option<i64> {
        Some(match self {
            Value::Int(number) => *number,
            Value::I32(number) => i64::from(*number),
            Value::U32(number) => i64::from(*number),
            _ => return None,
        })
    }

    /// As a boolean, if it is one.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// A scalar of this value for all components, or the parts themselves.
    pub fn component(&self, index: usize) -> Option<&Value> {
        match self {
            Value::Parts(parts) => parts.get(index),
            scalar => Some(scalar),
        }
    }

    /// How many scalars it is made of.
    pub fn len(&self) -> usize {
        match self {
            Value::Parts(parts) => parts.iter().map(Value::len).sum(),
            _ => 1,
        }
    }

    /// Whether it has no parts at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Zero of a scalar.
    pub fn zero(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Bool => Value::Bool(false),
            Scalar::AbstractInt => Value::Int(0),
            Scalar::I32 => Value::I32(0),
            Scalar::U32 => Value::U32(0),
            Scalar::AbstractFloat => Value::Float(0.0),
            Scalar::F32 => Value::F32(0.0),
            Scalar::F16 => Value::F16(0.0),
        }
    }

    /// As messages show it.
    pub fn show(&self) -> String {
        match self {
            Value::Bool(truth) => truth.to_string(),
            Value::Int(number) => number.to_string(),
            Value::I32(number) => number.to_string(),
            Value::U32(number) => number.to_string(),
            Value::Float(number) => format!("{number:?}"),
            Value::F32(number) | Value::F16(number) => format!("{number:?}"),
            Value::Parts(parts) => {
                let shown: Vec<String> = parts.iter().take(4).map(Value::show).collect();
                format!("({}{})", shown.join(", "), if parts.len() > 4 { ", …" } else { "" })
            }
        }
    }
}

/// A number as a value of a floating point type, section 15.7.6: rounded, and finite.
pub fn float(number: f64, scalar: Scalar) -> Result<Value, Problem> {
    let (rounded, value) = match scalar {
        Scalar::AbstractFloat => (number, Value::Float(number)),
        Scalar::F16 => (round_f16(number), Value::F16(round_f16(number) as f32)),
        _ => (f64::from(number as f32), Value::F32(number as f32)),
    };
    if number.is_nan() {
        return Err("is not a number".to_string());
    }
    if rounded.is_finite() { Ok(value) } else { Err(format!("is {number:e}, which `{}` cannot hold", scalar.text())) }
}

/// A value as another scalar, where that happens by itself: section 6.1.2.
///
/// # Errors
/// The value does not fit.
pub fn convert(value: &Value, to: Scalar) -> Result<Value, Problem> {
    if let Value::Parts(parts) = value {
        return Ok(Value::parts(parts.iter().map(|part| convert(part, to)).collect::<Result<_, _>>()?));
    }
    if value.scalar() == Some(to) {
        return Ok(value.clone());
    }
    let outside = |shown: String| Err(format!("is {shown}, which `{}` cannot hold", to.text()));
    match (value, to) {
        (Value::Int(number), Scalar::I32) => i32::try_from(*number).map(Value::I32).or_else(|_| outside(number.to_string())),
        (Value::Int(number), Scalar::U32) => u32::try_from(*number).map(Value::U32).or_else(|_| outside(number.to_string())),
        (Value::Int(number), Scalar::AbstractFloat | Scalar::F32 | Scalar::F16) => float(*number as f64, to),
        (Value::Float(number), Scalar::F32 | Scalar::F16) => float(*number, to),
        _ => Err(format!("is not a `{}`", to.text())),
    }
}

/// A value as another scalar, where that is asked for, as in `i32(x)`: section 17.1.2.
///
/// # Errors
/// The value does not fit, and is not cut.
pub fn cast(value: &Value, to: Scalar) -> Result<Value, Problem> {
    if let Value::Parts(parts) = value {
        return Ok(Value::parts(parts.iter().map(|part| cast(part, to)).collect::<Result<_, _>>()?));
    }
    // Abstract integers do not wrap.
    if let (Value::Int(_), Scalar::I32 | Scalar::U32) = (value, to) {
        return convert(value, to);
    }
    let number = match value {
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        _ => value.number().unwrap_or(0.0),
    };
    Ok(match to {
        Scalar::Bool => Value::Bool(number != 0.0),
        Scalar::AbstractInt => Value::Int(value.integer().unwrap_or(number as i64)),
        Scalar::I32 => match value.integer() {
            Some(integer) => Value::I32(integer as i32),
            // The nearest float that an `i32` holds, section 15.7.6.
            None => Value::I32(
                number
                    .clamp(-2_147_483_648.0, if value.scalar() == Some(Scalar::F32) { 2_147_483_520.0 } else { 2_147_483_647.0 })
                    as i32,
            ),
        },
        Scalar::U32 => match value.integer() {
            Some(integer) => Value::U32(integer as u32),
            None => Value::U32(
                number.clamp(0.0, if value.scalar() == Some(Scalar::F32) { 4_294_967_040.0 } else { 4_294_967_295.0 }) as u32,
            ),
        },
        Scalar::AbstractFloat | Scalar::F32 | Scalar::F16 => return float(number, to),
    })
}

fn overflow(number: impl std::fmt::Display, what: &str) -> Problem {
    format!("is {number}, which `{what}` cannot hold")
}

/// An operator on two scalars of one type; the right one of a shift is a `u32`.
///
/// # Errors
/// There is no result: sections 8.7 and 8.9.
pub fn binary(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, Problem> {
    use BinaryOp::*;
    if matches!(op, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual) {
        let order = match (left, right) {
            (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
            _ => match (left.integer(), right.integer()) {
                (Some(one), Some(other)) => Some(one.cmp(&other)),
                _ => left.number().unwrap_or(f64::NAN).partial_cmp(&right.number().unwrap_or(f64::NAN)),
            },
        };
        return Ok(Value::Bool(match op {
            Equal => order == Some(std::cmp::Ordering::Equal),
            NotEqual => order != Some(std::cmp::Ordering::Equal),
            Less => order == Some(std::cmp::Ordering::Less),
            LessEqual => matches!(order, Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)),
            Greater => order == Some(std::cmp::Ordering::Greater),
            _ => matches!(order, Some(std::cmp::Ordering::Greater | std::cmp::Ordering::Equal)),
        }));
    }
    if matches!(op, ShiftLeft | ShiftRight) {
        return shift(op, left, right);
    }
    match (left, right) {
        (Value::Bool(one), Value::Bool(other)) => Ok(Value::Bool(match op {
            And | LogicalAnd => *one && *other,
            Xor => one != other,
            _ => *one || *other,
        })),
        (Value::Int(one), Value::Int(other)) => {
            let (one, other) = (*one, *other);
            let result = match op {
                Add => one.checked_add(other),
                Subtract => one.checked_sub(other),
                Multiply => one.checked_mul(other),
                Divide | Remainder if other == 0 => return Err("divides by zero".to_string()),
                Divide => one.checked_div(other),
                Remainder => one.checked_rem(other),
                And => Some(one & other),
                Or => Some(one | other),
                _ => Some(one ^ other),
            };
            result.map(Value::Int).ok_or_else(|| "is more than 64 bits can hold".to_string())
        }
        (Value::I32(one), Value::I32(other)) => {
            let (one, other) = (*one, *other);
            Ok(Value::I32(match op {
                Add => one.wrapping_add(other),
                Subtract => one.wrapping_sub(other),
                Multiply => one.wrapping_mul(other),
                Divide | Remainder if other == 0 => return Err("divides by zero".to_string()),
                Divide => one.checked_div(other).ok_or_else(|| overflow(2_147_483_648_u32, "i32"))?,
                Remainder => one.checked_rem(other).ok_or_else(|| overflow(2_147_483_648_u32, "i32"))?,
                And => one & other,
                Or => one | other,
                _ => one ^ other,
            }))
        }
        (Value::U32(one), Value::U32(other)) => {
            let (one, other) = (*one, *other);
            Ok(Value::U32(match op {
                Add => one.wrapping_add(other),
                Subtract => one.wrapping_sub(other),
                Multiply => one.wrapping_mul(other),
                Divide | Remainder if other == 0 => return Err("divides by zero".to_string()),
                Divide => one / other,
                Remainder => one % other,
                And => one & other,
                Or => one | other,
                _ => one ^ other,
            }))
        }
        _ => {
            let scalar = left.scalar().unwrap_or(Scalar::F32);
            let (one, other) = (left.number().unwrap_or(0.0), right.number().unwrap_or(0.0));
            if matches!(op, Divide | Remainder) && other == 0.0 {
                return Err("divides by zero".to_string());
            }
            // The remainder is `e1 - e2 * trunc(e1 / e2)`, so that the quotient must exist.
            if op == Remainder {
                float(one / other, scalar)?;
            }
            float(
                match op {
                    Add => one + other,
                    Subtract => one - other,
                    Multiply => one * other,
                    Divide => one / other,
                    _ => libm::fmod(one, other),
                },
                scalar,
            )
        }
    }
}

/// Section 8.9: bits must not be lost from an abstract integer or a signed one, nor any from a constant `u32`.
fn shift(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, Problem> {
    let by = right.integer().unwrap_or(0);
    let bits = if matches!(left, Value::Int(_)) { 64 } else { 32 };
    if by < 0 || (by >= bits && !matches!(left, Value::Int(_))) {
        return Err(format!("shifts by {by} bits, but the value has {bits}"));
    }
    let is_left = op == BinaryOp::ShiftLeft;
    let lost = || format!("loses bits: {} << {by}", left.show());
    Ok(match left {
        Value::Int(number) => {
            if is_left {
                let shifted = if by >= 64 { None } else { number.checked_mul(1_i64.checked_shl(by as u32).unwrap_or(0)) };
                // 1 << 63 changes the sign.
                Value::Int(
                    shifted.filter(|_| by < 63 || *number == 0).or(if *number == 0 { Some(0) } else { None }).ok_or_else(lost)?,
                )
            } else {
                Value::Int(number >> by.min(63))
            }
        }
        Value::I32(number) => {
            if is_left {
                let wide = i64::from(*number) << by;
                // All bits that go, and the sign that stays, must be the same.
                Value::I32(i32::try_from(wide).map_err(|_| lost())?)
            } else {
                Value::I32(number >> by)
            }
        }
        Value::U32(number) => {
            if is_left {
                Value::U32(u32::try_from(u64::from(*number) << by).map_err(|_| lost())?)
            } else {
                Value::U32(number >> by)
            }
        }
        _ => return Err("is not an integer".to_string()),
    })
}

/// An operator on scalars, vectors, or one of each: component by component.
///
/// # Errors
/// As [`binary`].
pub fn componentwise(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, Problem> {
    let count = match (left, right) {
        (Value::Parts(parts), _) | (_, Value::Parts(parts)) => parts.len(),
        _ => return binary(op, left, right),
    };
    let mut out = Vec::with_capacity(count);
    for index in 0..count {
        let (Some(one), Some(other)) = (left.component(index), right.component(index)) else { break };
        out.push(componentwise(op, one, other)?);
    }
    Ok(Value::parts(out))
}

/// The digits of an integer literal and its suffix.
///
/// # Errors
/// It does not fit: section 3.5.2.
pub fn int_literal(text: &str) -> Result<Value, Problem> {
    let (digits, suffix) = match text.as_bytes().last() {
        Some(b'i' | b'u') => text.split_at(text.len() - 1),
        _ => (text, ""),
    };
    let parsed = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16),
        None => digits.parse::<i64>(),
    };
    let Ok(number) = parsed else { return Err("is more than 64 bits can hold".to_string()) };
    match suffix {
        "i" => convert(&Value::Int(number), Scalar::I32),
        "u" => convert(&Value::Int(number), Scalar::U32),
        _ => Ok(Value::Int(number)),
    }
}

/// A floating point literal.
///
/// # Errors
/// It does not fit, or is not exact where it must be: section 3.5.2.
pub fn float_literal(text: &str) -> Result<Value, Problem> {
    let is_hex = text.starts_with("0x") || text.starts_with("0X");
    let has_suffix = text.ends_with(['f', 'h']) && (!is_hex || text.contains(['p', 'P']));
    let (digits, suffix) = if has_suffix { text.split_at(text.len() - 1) } else { (text, "") };
    let scalar = match suffix {
        "f" => Scalar::F32,
        "h" => Scalar::F16,
        _ => Scalar::AbstractFloat,
    };
    let (number, is_exact) = if is_hex { hex_float(&digits[2..]) } else { (digits.parse::<f64>().unwrap_or(f64::NAN), true) };
    let value = float(number, scalar)?;
    if is_hex && (!is_exact || value.number() != Some(number)) {
        return Err(format!("is not exactly a `{}`", scalar.text()));
    }
    Ok(value)
}

/// The number of a hexadecimal float without its prefix and suffix, and whether it is exact.
fn hex_float(text: &str) -> (f64, bool) {
    let (mantissa, exponent) = text.split_once(['p', 'P']).unwrap_or((text, "0"));
    let mut exponent: i64 = exponent.parse::<i64>().unwrap_or(if exponent.starts_with('-') { -1_000_000 } else { 1_000_000 });
    let (mut bits, mut is_exact, mut behind_point) = (0_u64, true, false);
    for digit in mantissa.chars() {
        let Some(digit) = digit.to_digit(16) else {
            behind_point = true;
            continue;
        };
        if bits >> 60 == 0 {
            bits = bits << 4 | u64::from(digit);
            exponent -= if behind_point { 4 } else { 0 };
        } else {
            is_exact &= digit == 0;
            exponent += if behind_point { 0 } else { 4 };
        }
    }
    let exponent = exponent.clamp(-100_000, 100_000) as i32;
    let number = libm::ldexp(bits as f64, exponent);
    is_exact &= bits as f64 as u64 == bits && (bits == 0 || libm::ldexp(number, -exponent) == bits as f64 || !number.is_finite());
    (number, is_exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_even_and_overflow_at_65520() {
        for (number, rounded) in [
            (1.0, 1.0),
            (2049.0, 2048.0),
            (2051.0, 2052.0),
            (65504.0, 65504.0),
            (65519.0, 65504.0),
            (65520.0, f64::INFINITY),
            (6e-8, 5.960_464_477_539_063e-8),
            (1e-8, 0.0),
            (-1.0009765625, -1.0009765625),
        ] {
            assert_eq!(round_f16(number), rounded, "{number}");
        }
    }

    #[test]
    fn literals_have_their_values() {
        assert_eq!(int_literal("0x7fffffffi"), Ok(Value::I32(i32::MAX)));
        assert!(
            int_literal("2147483648i").is_err()
                && int_literal("4294967296u").is_err()
                && int_literal("9223372036854775808").is_err()
        );
        assert_eq!(int_literal("9223372036854775807"), Ok(Value::Int(i64::MAX)));
        assert_eq!(float_literal("0x1.8p1"), Ok(Value::Float(3.0)));
        assert_eq!(float_literal("0xa.fp+2"), Ok(Value::Float(43.75)));
        assert_eq!(float_literal("0x1p-149f"), Ok(Value::F32(f32::from_bits(1))));
        assert!(float_literal("0x1p-150f").is_err(), "not exact");
        assert!(float_literal("0x1.00000001p0f").is_err(), "not exact");
        assert!(float_literal("1e39f").is_err() && float_literal("1e309").is_err() && float_literal("65520h").is_err());
        assert_eq!(float_literal("65519h"), Ok(Value::F16(65504.0)));
        assert_eq!(float_literal("0h"), Ok(Value::F16(0.0)));
    }

    #[test]
    fn integers_wrap_if_they_are_concrete_and_fail_if_they_are_abstract() {
        use BinaryOp::*;
        assert_eq!(binary(Add, &Value::I32(i32::MAX), &Value::I32(1)), Ok(Value::I32(i32::MIN)));
        assert_eq!(binary(Subtract, &Value::U32(0), &Value::U32(1)), Ok(Value::U32(u32::MAX)));
        assert!(binary(Add, &Value::Int(i64::MAX), &Value::Int(1)).is_err());
        assert!(binary(Divide, &Value::I32(i32::MIN), &Value::I32(-1)).is_err());
        assert!(binary(Remainder, &Value::U32(1), &Value::U32(0)).is_err());
        assert!(binary(Multiply, &Value::F32(1e38), &Value::F32(10.0)).is_err());
        assert!(
            binary(ShiftLeft, &Value::U32(4), &Value::U32(31)).is_err()
                && binary(ShiftLeft, &Value::U32(1), &Value::U32(32)).is_err()
        );
        assert!(binary(ShiftLeft, &Value::Int(1), &Value::U32(63)).is_err());
        assert_eq!(binary(ShiftLeft, &Value::Int(1), &Value::U32(62)), Ok(Value::Int(1 << 62)));
        assert_eq!(binary(ShiftLeft, &Value::I32(-1), &Value::U32(1)), Ok(Value::I32(-2)));
    }

    #[test]
    fn floats_are_cut_to_the_nearest_float_that_an_integer_holds() {
        assert_eq!(cast(&Value::F32(1e20), Scalar::I32), Ok(Value::I32(2_147_483_520)));
        assert_eq!(cast(&Value::F32(1e20), Scalar::U32), Ok(Value::U32(4_294_967_040)));
        assert_eq!(cast(&Value::F32(-3.9), Scalar::I32), Ok(Value::I32(-3)));
        assert_eq!(cast(&Value::F32(-1.0), Scalar::U32), Ok(Value::U32(0)));
        assert_eq!(cast(&Value::I32(-1), Scalar::U32), Ok(Value::U32(u32::MAX)));
        assert!(cast(&Value::Int(-1), Scalar::U32).is_err());
    }
}
