//! What operators, constructors and built-in functions compute from constants: WGSL sections 8.7 to 8.9 and 17.
//!
//! Numbers are computed as doubles and rounded once to the type; where the specification gives a function a domain, what is outside of it
//! is an error.

use crate::tree::{BinaryOp, UnaryOp};
use crate::types::{Scalar, Type, TypeId, Types};
use crate::value::{Problem, Value, cast, componentwise, float, round_f16};

/// An operator in front.
pub(super) fn unary(op: UnaryOp, value: &Value) -> Result<Value, Problem> {
    each(value, &|value| {
        Ok(match (op, value) {
            (UnaryOp::Not, Value::Bool(truth)) => Value::Bool(!truth),
            (UnaryOp::Complement, Value::Int(number)) => Value::Int(!number),
            (UnaryOp::Complement, Value::I32(number)) => Value::I32(!number),
            (UnaryOp::Complement, Value::U32(number)) => Value::U32(!number),
            (UnaryOp::Minus, Value::Int(number)) => Value::Int(number.checked_neg().ok_or("is more than 64 bits can hold")?),
            (UnaryOp::Minus, Value::I32(number)) => Value::I32(number.wrapping_neg()),
            (UnaryOp::Minus, Value::Float(number)) => Value::Float(-number),
            (UnaryOp::Minus, Value::F32(number)) => Value::F32(-number),
            (UnaryOp::Minus, Value::F16(number)) => Value::F16(-number),
            _ => value.clone(),
        })
    })
}

/// A function of one scalar on every component.
fn each(value: &Value, apply: &dyn Fn(&Value) -> Result<Value, Problem>) -> Result<Value, Problem> {
    match value {
        Value::Parts(parts) => Ok(Value::parts(parts.iter().map(|part| each(part, apply)).collect::<Result<_, _>>()?)),
        scalar => apply(scalar),
    }
}

fn parts(value: &Value) -> &[Value] {
    match value {
        Value::Parts(parts) => parts,
        scalar => std::slice::from_ref(scalar),
    }
}

/// The sum of products.
fn dot(left: &[Value], right: &[Value]) -> Result<Value, Problem> {
    let mut sum: Option<Value> = None;
    for (one, other) in left.iter().zip(right) {
        let product = componentwise(BinaryOp::Multiply, one, other)?;
        sum = Some(match sum {
            Some(sum) => componentwise(BinaryOp::Add, &sum, &product)?,
            None => product,
        });
    }
    sum.ok_or_else(|| "has no components".to_string())
}

/// The rows of a matrix as columns.
fn transpose(matrix: &Value) -> Value {
    let columns = parts(matrix);
    let rows = columns.first().map_or(0, |column| parts(column).len());
    Value::parts(
        (0..rows).map(|row| Value::parts(columns.iter().filter_map(|column| column.component(row).cloned()).collect())).collect(),
    )
}

/// An operator between two constants of the types that it was chosen for.
pub(super) fn operator(
    op: BinaryOp,
    types: &Types,
    left: &Value,
    right: &Value,
    left_type: TypeId,
    right_type: TypeId,
) -> Result<Value, Problem> {
    if op != BinaryOp::Multiply {
        return componentwise(op, left, right);
    }
    match (types.get(left_type), types.get(right_type)) {
        (Type::Matrix(..), Type::Vector(..)) => {
            let rows = transpose(left);
            Ok(Value::parts(parts(&rows).iter().map(|row| dot(parts(row), parts(right))).collect::<Result<_, _>>()?))
        }
        (Type::Vector(..), Type::Matrix(..)) => {
            Ok(Value::parts(parts(right).iter().map(|column| dot(parts(left), parts(column))).collect::<Result<_, _>>()?))
        }
        (Type::Matrix(..), Type::Matrix(..)) => {
            let rows = transpose(left);
            let column = |column: &Value| -> Result<Value, Problem> {
                Ok(Value::parts(parts(&rows).iter().map(|row| dot(parts(row), parts(column))).collect::<Result<_, _>>()?))
            };
            Ok(Value::parts(parts(right).iter().map(column).collect::<Result<_, _>>()?))
        }
        _ => componentwise(op, left, right),
    }
}

/// What is wrong with a constant right side, whatever the left one is: division of integers by zero, and shifts too far.
pub(super) fn right_side(op: BinaryOp, types: &Types, right: &Value, left_type: TypeId) -> Result<(), Problem> {
    let scalars = parts(right);
    match op {
        BinaryOp::Divide | BinaryOp::Remainder => match scalars.iter().any(|value| value.integer() == Some(0)) {
            true => Err("divides by zero".to_string()),
            false => Ok(()),
        },
        BinaryOp::ShiftLeft | BinaryOp::ShiftRight if types.scalar_of(left_type) != Some(Scalar::AbstractInt) => {
            match scalars.iter().filter_map(Value::integer).find(|bits| *bits >= 32) {
                Some(bits) => Err(format!("shifts by {bits} bits, but the value has 32")),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    parts(value).iter().filter_map(Value::number).collect()
}

/// What is wrong with arguments of which some are constants.
pub(super) fn arguments(name: &str, types: &Types, values: &[Option<Value>], first: Option<TypeId>) -> Result<(), Problem> {
    let at = |index: usize| values.get(index).and_then(Option::as_ref);
    let pairs = |one: usize, other: usize| -> Vec<(f64, f64)> {
        match (at(one), at(other)) {
            (Some(one), Some(other)) => numbers(one).into_iter().zip(numbers(other)).collect(),
            _ => Vec::new(),
        }
    };
    match name {
        "clamp" => match pairs(1, 2).into_iter().find(|(low, high)| low > high) {
            Some((low, high)) => Err(format!("has {low} as its least value, and {high} as its greatest")),
            None => Ok(()),
        },
        "smoothstep" => match pairs(0, 1).into_iter().find(|(low, high)| low == high) {
            Some((edge, _)) => Err(format!("has {edge} as both its edges")),
            None => Ok(()),
        },
        "extractBits" | "insertBits" => {
            let from = if name == "extractBits" { 1 } else { 2 };
            let number = |index: usize| at(index).and_then(Value::integer).unwrap_or(0);
            let (offset, count) = (number(from), number(from + 1));
            if offset + count > 32 { Err(format!("wants bits up to {}, but there are 32", offset + count)) } else { Ok(()) }
        }
        "ldexp" => {
            let limit = match first.and_then(|ty| types.scalar_of(ty)) {
                Some(Scalar::F16) => 16.0,
                Some(Scalar::F32) => 128.0,
                _ => 1024.0,
            };
            match at(1).map(numbers).unwrap_or_default().into_iter().find(|exponent| *exponent > limit) {
                Some(exponent) => Err(format!("has the exponent {exponent}, but at most {limit} is allowed")),
                None => Ok(()),
            }
        }
        "textureGather"
        | "textureSample"
        | "textureSampleBias"
        | "textureSampleCompare"
        | "textureSampleCompareLevel"
        | "textureSampleGrad"
        | "textureSampleLevel"
        | "textureGatherCompare" => texture(name, values),
        "subgroupBroadcast"
        | "quadBroadcast"
        | "subgroupShuffle"
        | "subgroupShuffleUp"
        | "subgroupShuffleDown"
        | "subgroupShuffleXor" => {
            let most = if name == "quadBroadcast" { 4 } else { 128 };
            match at(1).and_then(Value::integer) {
                Some(lane) if lane < 0 || lane >= most => {
                    Err(format!("names the invocation {lane}, but they are 0 to {}", most - 1))
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Offsets are -8 to 7, and components of a gather 0 to 3. Source: sections 17.7.2 and following.
fn texture(name: &str, values: &[Option<Value>]) -> Result<(), Problem> {
    if name == "textureGather"
        && let Some(component) = values.first().and_then(Option::as_ref).and_then(Value::integer)
        && !(0..=3).contains(&component)
    {
        return Err(format!("wants component {component}, but they are 0 to 3"));
    }
    // Only offsets are vectors of integers and constants at the end.
    if let Some(Some(last @ Value::Parts(_))) = values.last() {
        let offsets: Vec<i64> = parts(last).iter().filter_map(Value::integer).collect();
        if let Some(offset) = offsets.iter().find(|offset| !(-8..=7).contains(*offset)) {
            return Err(format!("has an offset of {offset}, but they are -8 to 7"));
        }
    }
    Ok(())
}

/// A function of numbers, component by component, each result rounded to `scalar`.
fn math(values: &[Value], apply: &dyn Fn(&[f64]) -> Result<f64, Problem>) -> Result<Value, Problem> {
    let count = values.iter().map(|value| parts(value).len()).max().unwrap_or(1);
    let is_vector = values.iter().any(|value| matches!(value, Value::Parts(_)));
    let mut out = Vec::with_capacity(count);
    for index in 0..count {
        let components: Vec<&Value> = values.iter().filter_map(|value| value.component(index)).collect();
        let numbers: Vec<f64> = components.iter().filter_map(|value| value.number()).collect();
        let scalar = components.first().and_then(|value| value.scalar()).unwrap_or(Scalar::F32);
        if numbers.len() != values.len() {
            return Err("is not made of numbers".to_string());
        }
        out.push(float(apply(&numbers)?, scalar)?);
    }
    Ok(if is_vector { Value::parts(out) } else { out.pop().unwrap_or(Value::F32(0.0)) })
}

fn outside(what: &str, number: f64) -> Problem {
    format!("has no value: {what} of {number} does not exist")
}

/// What a row of the table computes. `None`: it is not computed here, and its value is not known.
pub(super) fn call(
    name: &str,
    types: &Types,
    values: &[Value],
    from: &[TypeId],
    result: TypeId,
) -> Result<Option<Value>, Problem> {
    if let Some(value) = constructor(name, types, values, result)? {
        return Ok(Some(value));
    }
    let Some(first) = values.first() else { return Ok(None) };
    let is_integer = from
        .first()
        .and_then(|ty| types.scalar_of(ty.to_owned()))
        .is_some_and(|scalar| matches!(scalar, Scalar::AbstractInt | Scalar::I32 | Scalar::U32));
    let result_scalar = types.scalar_of(result).unwrap_or(Scalar::F32);
    let plain: Option<fn(f64) -> f64> = match name {
        "asinh" => Some(libm::asinh),
        "atan" => Some(libm::atan),
        "ceil" => Some(libm::ceil),
        "cos" => Some(libm::cos),
        "cosh" => Some(libm::cosh),
        "degrees" => Some(|x| x * (180.0 / std::f64::consts::PI)),
        "exp" => Some(libm::exp),
        "exp2" => Some(libm::exp2),
        "floor" => Some(libm::floor),
        "fract" => Some(|x| x - libm::floor(x)),
        "radians" => Some(|x| x * (std::f64::consts::PI / 180.0)),
        "round" => Some(libm::rint),
        "saturate" => Some(|x| x.clamp(0.0, 1.0)),
        "sin" => Some(libm::sin),
        "sinh" => Some(libm::sinh),
        "tan" => Some(libm::tan),
        "tanh" => Some(libm::tanh),
        "trunc" => Some(libm::trunc),
        _ => None,
    };
    if let Some(apply) = plain {
        return math(values, &|x| Ok(apply(x[0]))).map(Some);
    }
    /// A function of a number, and where it has values.
    type Partial = (fn(f64) -> f64, fn(f64) -> bool);
    let domain: Option<Partial> = match name {
        "acos" => Some((libm::acos, |x| x.abs() <= 1.0)),
        "asin" => Some((libm::asin, |x| x.abs() <= 1.0)),
        "acosh" => Some((libm::acosh, |x| x >= 1.0)),
        "atanh" => Some((libm::atanh, |x| x.abs() < 1.0)),
        "sqrt" => Some((libm::sqrt, |x| x >= 0.0)),
        "inverseSqrt" => Some((|x| 1.0 / libm::sqrt(x), |x| x > 0.0)),
        "log" => Some((libm::log, |x| x > 0.0)),
        "log2" => Some((libm::log2, |x| x > 0.0)),
        _ => None,
    };
    if let Some((apply, is_inside)) = domain {
        return math(values, &|x| if is_inside(x[0]) { Ok(apply(x[0])) } else { Err(outside(name, x[0])) }).map(Some);
    }
    Ok(Some(match name {
        "all" => Value::Bool(parts(first).iter().all(|value| value.truth() == Some(true))),
        "any" => Value::Bool(parts(first).iter().any(|value| value.truth() == Some(true))),
        "select" => match &values[2] {
            Value::Bool(truth) => values[usize::from(*truth)].clone(),
            Value::Parts(choices) => {
                let pick = |(index, choice): (usize, &Value)| {
                    values[usize::from(choice.truth() == Some(true))].component(index).cloned()
                };
                Value::parts(choices.iter().enumerate().filter_map(pick).collect())
            }
            _ => return Ok(None),
        },
        "abs" if is_integer => each(first, &|value| {
            Ok(match value {
                Value::Int(number) => Value::Int(number.checked_abs().ok_or("is more than 64 bits can hold")?),
                Value::I32(number) => Value::I32(number.wrapping_abs()),
                other => other.clone(),
            })
        })?,
        "abs" => math(values, &|x| Ok(x[0].abs()))?,
        "sign" if is_integer => each(first, &|value| {
            Ok(match value {
                Value::Int(number) => Value::Int(number.signum()),
                Value::I32(number) => Value::I32(number.signum()),
                other => other.clone(),
            })
        })?,
        "sign" => math(values, &|x| Ok(if x[0] == 0.0 { 0.0 } else { x[0].signum() }))?,
        "min" | "max" if is_integer => pick(name == "min", first, &values[1])?,
        "clamp" if is_integer => pick(true, &pick(false, first, &values[1])?, &values[2])?,
        "min" => math(values, &|x| Ok(x[0].min(x[1])))?,
        "max" => math(values, &|x| Ok(x[0].max(x[1])))?,
        "clamp" => math(values, &|x| Ok(x[0].max(x[1]).min(x[2])))?,
        "atan2" => math(values, &|x| Ok(libm::atan2(x[0], x[1])))?,
        "pow" => math(values, &|x| {
            if x[0] < 0.0 || (x[0] == 0.0 && x[1] <= 0.0) { Err(outside("a power", x[0])) } else { Ok(libm::pow(x[0], x[1])) }
        })?,
        "fma" => math(values, &|x| Ok(libm::fma(x[0], x[1], x[2])))?,
        "step" => math(values, &|x| Ok(if x[0] <= x[1] { 1.0 } else { 0.0 }))?,
        "mix" => math(values, &|x| Ok(x[0] * (1.0 - x[2]) + x[1] * x[2]))?,
        "smoothstep" => math(values, &|x| {
            let t = ((x[2] - x[0]) / (x[1] - x[0])).clamp(0.0, 1.0);
            Ok(t * t * (3.0 - 2.0 * t))
        })?,
        "ldexp" => math(values, &|x| Ok(libm::ldexp(x[0], x[1].clamp(-5000.0, 5000.0) as i32)))?,
        "quantizeToF16" => math(values, &|x| {
            let rounded = round_f16(x[0]);
            if rounded.is_finite() { Ok(rounded) } else { Err(format!("has {}, which `f16` cannot hold", x[0])) }
        })?,
        "dot" => dot(parts(first), parts(&values[1]))?,
        "length" | "distance" => {
            let difference = match values.get(1) {
                Some(other) => componentwise(BinaryOp::Subtract, first, other)?,
                None => first.clone(),
            };
            return length(&difference, result_scalar).map(Some);
        }
        "normalize" => {
            let Value::Parts(_) = first else { return Ok(None) };
            let size = length(first, result_scalar)?;
            if size.number() == Some(0.0) {
                return Err("has no value: a vector of length 0 has no direction".to_string());
            }
            componentwise(BinaryOp::Divide, first, &size)?
        }
        "cross" => {
            let (a, b) = (parts(first), parts(&values[1]));
            let part = |one: usize, other: usize| -> Result<Value, Problem> {
                let left = componentwise(BinaryOp::Multiply, &a[one], &b[other])?;
                let right = componentwise(BinaryOp::Multiply, &a[other], &b[one])?;
                componentwise(BinaryOp::Subtract, &left, &right)
            };
            if a.len() != 3 || b.len() != 3 {
                return Ok(None);
            }
            Value::parts(vec![part(1, 2)?, part(2, 0)?, part(0, 1)?])
        }
        "reflect" => {
            let twice = float(2.0 * dot(parts(&values[1]), parts(first))?.number().unwrap_or(0.0), result_scalar)?;
            let back = componentwise(BinaryOp::Multiply, &values[1], &twice)?;
            componentwise(BinaryOp::Subtract, first, &back)?
        }
        "faceForward" => {
            let turned = dot(parts(&values[1]), parts(&values[2]))?.number().unwrap_or(0.0) >= 0.0;
            if turned { unary(UnaryOp::Minus, first)? } else { first.clone() }
        }
        "refract" => return refract(values, result_scalar).map(Some),
        "transpose" => transpose(first),
        "determinant" => float(determinant(&parts(first).iter().map(numbers).collect::<Vec<_>>()), result_scalar)?,
        "modf" => {
            let fract = math(values, &|x| Ok(x[0] - libm::trunc(x[0])))?;
            Value::parts(vec![fract, math(values, &|x| Ok(libm::trunc(x[0])))?])
        }
        "frexp" => {
            let fract = math(values, &|x| Ok(libm::frexp(x[0]).0))?;
            let is_abstract = result_scalar == Scalar::AbstractFloat;
            let exponent = each(first, &|value| {
                let exponent = libm::frexp(value.number().unwrap_or(0.0)).1;
                Ok(if is_abstract { Value::Int(i64::from(exponent)) } else { Value::I32(exponent) })
            })?;
            Value::parts(vec![fract, exponent])
        }
        "bitcast" => return bitcast(first, types, result).map(Some),
        _ => return bits(name, values).or_else(|| packing(name, values)).transpose(),
    }))
}

fn length(value: &Value, scalar: Scalar) -> Result<Value, Problem> {
    if !matches!(value, Value::Parts(_)) {
        return float(value.number().unwrap_or(0.0).abs(), scalar);
    }
    // The sum of squares must exist, as it is what is computed.
    let square = dot(parts(value), parts(value))?;
    float(libm::sqrt(square.number().unwrap_or(0.0)), scalar)
}

fn refract(values: &[Value], scalar: Scalar) -> Result<Value, Problem> {
    let (incident, normal, eta) = (numbers(&values[0]), numbers(&values[1]), values[2].number().unwrap_or(0.0));
    let cosine: f64 = incident.iter().zip(&normal).map(|(a, b)| a * b).sum();
    let k = 1.0 - eta * eta * (1.0 - cosine * cosine);
    let part = |(i, n): (&f64, &f64)| float(if k < 0.0 { 0.0 } else { eta * i - (eta * cosine + libm::sqrt(k)) * n }, scalar);
    Ok(Value::parts(incident.iter().zip(&normal).map(part).collect::<Result<_, _>>()?))
}

/// Of columns, by the first of them; at most four.
fn determinant(columns: &[Vec<f64>]) -> f64 {
    if columns.len() == 1 {
        return columns[0].first().copied().unwrap_or(0.0);
    }
    let Some((first, others)) = columns.split_first() else { return 1.0 };
    (0..first.len())
        .map(|row| {
            let minor: Vec<Vec<f64>> = others
                .iter()
                .map(|column| column.iter().enumerate().filter(|(at, _)| *at != row).map(|(_, x)| *x).collect())
                .collect();
            let sign = if row % 2 == 0 { 1.0 } else { -1.0 };
            sign * first[row] * determinant(&minor)
        })
        .sum()
}

/// The lesser or the greater of integers.
fn pick(least: bool, one: &Value, other: &Value) -> Result<Value, Problem> {
    let count = parts(one).len();
    let choose = |a: &Value, b: &Value| if (a.integer() < b.integer()) == least { a.clone() } else { b.clone() };
    if !matches!(one, Value::Parts(_)) {
        return Ok(choose(one, other));
    }
    Ok(Value::parts((0..count).filter_map(|index| Some(choose(one.component(index)?, other.component(index)?))).collect()))
}

/// Section 17.1: scalars, vectors and matrices of values that have their types already, but for what is cast.
fn constructor(name: &str, types: &Types, values: &[Value], result: TypeId) -> Result<Option<Value>, Problem> {
    let is_constructor = matches!(name, "bool" | "i32" | "u32" | "f32" | "f16")
        || (name.starts_with("vec") && name.len() == 4)
        || (name.starts_with("mat") && name.len() == 6);
    let Some(scalar) = types.scalar_of(result).filter(|_| is_constructor) else { return Ok(None) };
    let (columns, rows) = match types.get(result) {
        Type::Scalar(_) => {
            return match values.first() {
                Some(value) => cast(value, scalar).map(Some),
                None => Ok(Some(Value::zero(scalar))),
            };
        }
        Type::Vector(width, _) => (1, usize::from(width)),
        Type::Matrix(columns, rows, _) => (usize::from(columns), usize::from(rows)),
        _ => return Ok(None),
    };
    let mut flat = Vec::new();
    for value in values {
        flatten(value, &mut flat);
    }
    let flat = match flat.len() {
        0 => vec![Value::zero(scalar); columns * rows],
        1 => vec![flat[0].clone(); columns * rows],
        _ => flat,
    };
    let flat: Vec<Value> = flat.iter().map(|value| cast(value, scalar)).collect::<Result<_, _>>()?;
    Ok(Some(match types.get(result) {
        Type::Matrix(..) => Value::parts(flat.chunks(rows).map(|column| Value::parts(column.to_vec())).collect()),
        _ => Value::parts(flat),
    }))
}

fn flatten(value: &Value, out: &mut Vec<Value>) {
    match value {
        Value::Parts(parts) => parts.iter().for_each(|part| flatten(part, out)),
        scalar => out.push(scalar.clone()),
    }
}

/// The bits of an `f16` that it equals.
fn half_bits(number: f32) -> u16 {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    let rounded = round_f16(f64::from(number.abs()));
    if rounded == 0.0 {
        return sign;
    }
    if !rounded.is_finite() {
        return sign | 0x7C00;
    }
    let exponent = libm::ilogb(rounded);
    if exponent < -14 {
        return sign | libm::ldexp(rounded, 24) as u16;
    }
    let mantissa = (libm::ldexp(rounded, 10 - exponent) as u16) & 0x3FF;
    sign | ((exponent + 15) as u16) << 10 | mantissa
}

/// The number that 16 bits are.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF));
    match exponent {
        0 => sign * libm::ldexp(mantissa, -24),
        31 => {
            if mantissa == 0.0 {
                sign * f64::INFINITY
            } else {
                f64::NAN
            }
        }
        _ => sign * libm::ldexp(1024.0 + mantissa, exponent - 25),
    }
}

/// Section 17.2: the same bits as another type, which must not be infinite or not a number.
fn bitcast(value: &Value, types: &Types, result: TypeId) -> Result<Value, Problem> {
    let mut bytes = Vec::new();
    for scalar in parts(value) {
        match scalar {
            Value::I32(number) => bytes.extend(number.to_le_bytes()),
            Value::U32(number) => bytes.extend(number.to_le_bytes()),
            Value::F32(number) => bytes.extend(number.to_le_bytes()),
            Value::F16(number) => bytes.extend(half_bits(*number).to_le_bytes()),
            _ => return Err("has no bits".to_string()),
        }
    }
    let (width, scalar) = types.vector_of(result).ok_or("has no bits")?;
    let size = if scalar == Scalar::F16 { 2 } else { 4 };
    let read = |bytes: &[u8]| -> Result<Value, Problem> {
        let word = bytes.iter().rev().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        Ok(match scalar {
            Scalar::I32 => Value::I32(word as i32),
            Scalar::U32 => Value::U32(word),
            Scalar::F16 => float(half(word as u16), Scalar::F16)?,
            _ => float(f64::from(f32::from_bits(word)), Scalar::F32)?,
        })
    };
    let out: Vec<Value> = bytes.chunks(size).map(read).collect::<Result<_, _>>()?;
    Ok(if width == 1 { out.into_iter().next().ok_or("has no bits")? } else { Value::parts(out) })
}

/// Functions of the bits of integers.
fn bits(name: &str, values: &[Value]) -> Option<Result<Value, Problem>> {
    let number = |index: usize| values.get(index).and_then(Value::integer).unwrap_or(0) as u32;
    let apply: Box<dyn Fn(u32, bool, u32) -> u32> = match name {
        "countLeadingZeros" => Box::new(|x, _, _| x.leading_zeros()),
        "countOneBits" => Box::new(|x, _, _| x.count_ones()),
        "countTrailingZeros" => Box::new(|x, _, _| x.trailing_zeros()),
        "reverseBits" => Box::new(|x, _, _| x.reverse_bits()),
        "firstTrailingBit" => Box::new(|x, _, _| if x == 0 { u32::MAX } else { x.trailing_zeros() }),
        "firstLeadingBit" => Box::new(|x, is_signed, _| {
            let x = if is_signed && (x as i32) < 0 { !x } else { x };
            if x == 0 { u32::MAX } else { 31 - x.leading_zeros() }
        }),
        "extractBits" => {
            let (offset, count) = (number(1).min(32), number(2).min(32 - number(1).min(32)));
            Box::new(move |x, is_signed, _| match count {
                0 => 0,
                _ if is_signed => ((x << (32 - offset - count)) as i32 >> (32 - count)) as u32,
                _ => x << (32 - offset - count) >> (32 - count),
            })
        }
        "insertBits" => {
            let (offset, count) = (number(2).min(32), number(3).min(32 - number(2).min(32)));
            let mask = if count == 0 { 0 } else { (u32::MAX >> (32 - count)) << offset.min(31) };
            Box::new(move |x, _, new| (x & !mask) | (new.checked_shl(offset).unwrap_or(0) & mask))
        }
        _ => return None,
    };
    let first = values.first()?;
    let one = |index: usize, value: &Value| {
        let new = values.get(1).and_then(|new| new.component(index)).and_then(Value::integer).unwrap_or(0) as u32;
        match value {
            Value::I32(x) => Value::I32(apply(*x as u32, true, new) as i32),
            Value::U32(x) => Value::U32(apply(*x, false, new)),
            other => other.clone(),
        }
    };
    Some(Ok(match first {
        Value::Parts(list) => Value::parts(list.iter().enumerate().map(|(index, value)| one(index, value)).collect()),
        scalar => one(0, scalar),
    }))
}

/// Sections 17.9 and 17.10.
fn packing(name: &str, values: &[Value]) -> Option<Result<Value, Problem>> {
    let first = values.first()?;
    let floats = || numbers(first);
    let word = first.integer().unwrap_or(0) as u32;
    let pack = |lanes: Vec<u32>, bits: u32| {
        Value::U32(
            lanes.iter().enumerate().fold(0, |word, (index, lane)| word | (lane & ((1 << bits) - 1)) << (bits * index as u32)),
        )
    };
    let lane = |index: u32, bits: u32| word >> (bits * index) & ((1 << bits) - 1);
    let normal = |scale: f64, least: f64| -> Vec<u32> {
        floats().iter().map(|x| libm::floor(0.5 + scale * x.clamp(least, 1.0)) as i32 as u32).collect()
    };
    let signed = |index: u32, bits: u32| ((lane(index, bits) << (32 - bits)) as i32) >> (32 - bits);
    let integers = || parts(first).iter().filter_map(Value::integer);
    let vector = |count: u32, part: &dyn Fn(u32) -> Value| Value::parts((0..count).map(part).collect());
    Some(Ok(match name {
        "pack4x8snorm" => pack(normal(127.0, -1.0), 8),
        "pack4x8unorm" => pack(normal(255.0, 0.0), 8),
        "pack2x16snorm" => pack(normal(32767.0, -1.0), 16),
        "pack2x16unorm" => pack(normal(65535.0, 0.0), 16),
        "pack2x16float" => match floats().iter().find(|x| !round_f16(**x).is_finite()) {
            Some(number) => return Some(Err(format!("has {number}, which `f16` cannot hold"))),
            None => pack(floats().iter().map(|x| u32::from(half_bits(*x as f32))).collect(), 16),
        },
        "pack4xI8" | "pack4xU8" => pack(integers().map(|x| x as u32).collect(), 8),
        "pack4xI8Clamp" => pack(integers().map(|x| x.clamp(-128, 127) as u32).collect(), 8),
        "pack4xU8Clamp" => pack(integers().map(|x| x.clamp(0, 255) as u32).collect(), 8),
        "unpack4x8snorm" => vector(4, &|index| Value::F32((f64::from(signed(index, 8)) / 127.0).max(-1.0) as f32)),
        "unpack4x8unorm" => vector(4, &|index| Value::F32((f64::from(lane(index, 8)) / 255.0) as f32)),
        "unpack2x16snorm" => vector(2, &|index| Value::F32((f64::from(signed(index, 16)) / 32767.0).max(-1.0) as f32)),
        "unpack2x16unorm" => vector(2, &|index| Value::F32((f64::from(lane(index, 16)) / 65535.0) as f32)),
        "unpack4xI8" => vector(4, &|index| Value::I32(signed(index, 8))),
        "unpack4xU8" => vector(4, &|index| Value::U32(lane(index, 8))),
        "unpack2x16float" => {
            let lanes: Vec<f64> = (0..2).map(|index| half(lane(index, 16) as u16)).collect();
            match lanes.iter().find(|x| !x.is_finite()) {
                Some(number) => return Some(Err(format!("is {number}, which is not a finite number"))),
                None => Value::parts(lanes.iter().map(|x| Value::F32(*x as f32)).collect()),
            }
        }
        "dot4U8Packed" | "dot4I8Packed" => {
            let other = values.get(1).and_then(Value::integer).unwrap_or(0) as u32;
            let of = |word: u32, index: u32| i64::from(word >> (8 * index) & 0xFF);
            let sum = |signed: bool| {
                let cut = |x: i64| if signed && x > 127 { x - 256 } else { x };
                (0..4).map(|index| cut(of(word, index)) * cut(of(other, index))).sum::<i64>()
            };
            if name == "dot4U8Packed" { Value::U32(sum(false) as u32) } else { Value::I32(sum(true) as i32) }
        }
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_the_bits_that_they_were() {
        for bits in 0..=u16::MAX {
            let number = half(bits);
            if number.is_finite() {
                assert_eq!(half_bits(number as f32), bits, "{number}");
            }
        }
    }

    #[test]
    fn determinants_are_those_of_the_books() {
        assert_eq!(determinant(&[vec![1.0, 2.0], vec![3.0, 4.0]]), -2.0);
        assert_eq!(determinant(&[vec![2.0, 0.0, 0.0], vec![0.0, 3.0, 0.0], vec![0.0, 0.0, 4.0]]), 24.0);
    }
}
