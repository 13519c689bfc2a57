//! Whether descriptors are what their dictionaries allow.
//!
//! The rows are those of [`pngine_format::dictionary`].

use pngine_format::descriptor::{Field, Type, Value};
use pngine_format::dictionary::{Dictionary, Need, Shape};
use pngine_format::webgpu::Format;

/// Checks every member of a descriptor, however deep, and that what its dictionaries require is there. A member that a dictionary does
/// not have is passed over, as WebIDL has it.
///
/// # Errors
/// What is wrong, as a phrase.
pub(super) fn check(ty: Type, value: &Value) -> Result<(), String> {
    let dictionaries = &[Dictionary::of(ty)];
    members(dictionaries, value)?;
    // What a texture lacks is told by the check of textures.
    if ty == Type::Texture {
        return Ok(());
    }
    if ty == Type::BindGroupLayout && is_absent(value, Field::Pipeline) && is_absent(value, Field::Entries) {
        return Err(lacks(ty, Field::Entries));
    }
    required(ty, dictionaries, value)
}

fn lacks(ty: Type, field: Field) -> String {
    format!("the {} descriptor has no `{}`", ty.name(), field.name())
}

fn is_absent(value: &Value, field: Field) -> bool {
    matches!(value.get(field), None | Some(Value::Null))
}

/// The shapes that a member may have in an object of one of these dictionaries; `None` if none of them has it.
fn shapes(dictionaries: &[&'static Dictionary], field: Field) -> Option<impl Iterator<Item = &'static Shape>> {
    let rows: Vec<_> = dictionaries.iter().filter_map(|dictionary| dictionary.member(field)).collect();
    (!rows.is_empty()).then(|| rows.into_iter().flat_map(|row| row.shapes))
}

/// Whether every member of an object has a value that its row allows. Descriptors nest at most
/// [`pngine_format::descriptor::MAX_DEPTH`] deep, and so does this.
fn members(dictionaries: &[&'static Dictionary], value: &Value) -> Result<(), String> {
    let Value::Object(fields) = value else { return Ok(()) };
    for (field, member) in fields {
        let Some(mut shapes) = shapes(dictionaries, *field) else { continue };
        if *member == Value::Null {
            continue;
        }
        let Some(shape) = shapes.find(|shape| fits(shape, member)) else {
            return Err(format!("`{}` cannot be {}", field.name(), kind_of(member)));
        };
        inside(shape, member, &|dictionaries, object| members(dictionaries, object))?;
    }
    Ok(())
}

/// Whether an object, and what is inside, has the members that must be there. Of an object that may be of several dictionaries, nothing
/// is asked.
fn required(ty: Type, dictionaries: &[&'static Dictionary], value: &Value) -> Result<(), String> {
    if let [dictionary] = dictionaries {
        let mut needed = dictionary.members.iter().filter(|member| member.need == Need::Required);
        if let Some(member) = needed.find(|member| is_absent(value, member.field)) {
            return Err(lacks(ty, member.field));
        }
    }
    let Value::Object(fields) = value else { return Ok(()) };
    fields.iter().try_for_each(|(field, member)| {
        let shape = shapes(dictionaries, *field).and_then(|mut shapes| shapes.find(|shape| fits(shape, member)));
        let within = |dictionaries: &[&'static Dictionary], object: &Value| required(ty, dictionaries, object);
        shape.map_or(Ok(()), |shape| inside(shape, member, &within))
    })
}

/// What is asked of an object that may be of these dictionaries.
type Look<'a> = dyn Fn(&[&'static Dictionary], &Value) -> Result<(), String> + 'a;

/// Calls `look` for the object that `value` is, or for those in the sequence that it is.
fn inside(shape: &Shape, value: &Value, look: &Look<'_>) -> Result<(), String> {
    match (shape, value) {
        (Shape::Object(dictionaries), Value::Object(_)) => look(dictionaries, value),
        (Shape::Array(of) | Shape::Holes(of), Value::Array(elements)) => elements.iter().try_for_each(|element| {
            of.iter().find(|shape| fits(shape, element)).map_or(Ok(()), |shape| inside(shape, element, look))
        }),
        _ => Ok(()),
    }
}

/// Whether `value` is of this shape, itself; what is inside an object is looked at elsewhere.
fn fits(shape: &Shape, value: &Value) -> bool {
    match (shape, value) {
        (Shape::Uint, Value::Uint(_))
        | (Shape::Number, Value::Uint(_) | Value::Int(_) | Value::F32(_) | Value::F64(_))
        | (Shape::Bool, Value::Bool(_))
        | (Shape::Text, Value::Str(_))
        | (Shape::Object(_), Value::Object(_))
        | (Shape::Record, Value::Record(_))
        | (Shape::Bytes, Value::Bytes(_))
        | (Shape::Numbers, Value::F32Array(_))
        | (Shape::Canvas, Value::Canvas(_))
        | (Shape::CanvasNumber, Value::CanvasNumber(_)) => true,
        (Shape::Word(set), Value::Word(word)) => set.numbers.contains(&word.0),
        (Shape::Format, Value::Word(word)) => Format::of(*word).is_some(),
        (Shape::Ref(kind), Value::Ref(found, _)) => kind == found,
        (Shape::Array(of), Value::Array(elements)) => elements.iter().all(|element| of.iter().any(|shape| fits(shape, element))),
        (Shape::Holes(of), Value::Array(elements)) => {
            elements.iter().all(|element| *element == Value::Null || of.iter().any(|shape| fits(shape, element)))
        }
        // Numbers may also come as a sequence of values of their own.
        (Shape::Numbers, Value::Array(elements)) => elements.iter().all(|element| fits(&Shape::Number, element)),
        _ => false,
    }
}

/// What a value is, in a few words: it may be very long itself.
fn kind_of(value: &Value) -> String {
    match value {
        Value::Bool(_) | Value::Uint(_) | Value::Int(_) | Value::F32(_) | Value::F64(_) => value.text(),
        Value::Word(word) => format!("`{}`", word.text()),
        Value::Ref(kind, id) => format!("the {} {id}", kind.name()),
        Value::Str(_) => "a text".to_owned(),
        Value::Object(_) => "a dictionary".to_owned(),
        Value::Array(_) => "this sequence".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Canvas(_) | Value::CanvasNumber(_) => "an extent of the canvas".to_owned(),
        Value::Record(_) => "a record".to_owned(),
        Value::Bytes(_) => "bytes".to_owned(),
        Value::F32Array(_) => "singles".to_owned(),
    }
}
