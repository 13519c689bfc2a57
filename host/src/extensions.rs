//! What a payload says to its host beside the program: its extensions, decoded. Source: docs/format.md, "Extensions".

use crate::check::TextureLimits;
use pngine_format::descriptor::{Field, Type, Value, decode_within};
use pngine_format::limits::Budgets;
use pngine_format::op::Kind;
use pngine_format::payload::{Payload, tag};
use pngine_format::status::INPUTS_SIZE;
use pngine_format::strings::{NameKind, most_names, names};
use pngine_format::word::{self, UniformScalar, WordEnum};
use std::collections::BTreeMap;

/// Why what a payload says to its host cannot be heeded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionError {
    /// An extension cannot be read.
    #[error("the extension `{name}` is damaged: {reason}")]
    Damaged {
        /// Its name: `device`.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// There is more of something than a host takes: E012.
    #[error("{what}, at most {most} are allowed")]
    OverBudget {
        /// What there is too much of: `the scene has 5000 uniforms`.
        what: String,
        /// The budget.
        most: u64,
    },
}

/// The extensions that a player heeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extensions {
    /// The timeline, if there is one.
    pub animation: Option<Animation>,
    /// Uniforms that a host may set.
    pub uniforms: Vec<UniformBlock>,
    /// What the device must and may have.
    pub device: DeviceWishes,
    /// How the canvas is configured.
    pub canvas: CanvasSettings,
}

impl Extensions {
    /// Reads all of them. Those that a payload does not have are as if they said nothing.
    ///
    /// # Errors
    /// The first that is damaged, or has more values, uniforms or names than the budgets allow.
    pub fn read(payload: &Payload<'_>) -> Result<Self, ExtensionError> {
        Self::read_within(payload, &Budgets::default())
    }

    /// The same with other budgets.
    ///
    /// # Errors
    /// As for [`Extensions::read`].
    pub fn read_within(payload: &Payload<'_>, budgets: &Budgets) -> Result<Self, ExtensionError> {
        let names = u64::from(most_names(payload.strings));
        if names > budgets.names {
            return Err(over_budget(format!("the scene has {names} names of one kind"), budgets.names));
        }
        let values = budgets.descriptor_values;
        let blocks = |value: &Value| blocks(value, budgets.uniforms);
        let mut uniforms = read(payload, tag::UNIFORMS, Type::Uniforms, values, blocks)?.unwrap_or_default();
        read(payload, tag::CONTROLS, Type::Controls, values, |value| controls(value, &mut uniforms))?;
        Ok(Self {
            animation: read(payload, tag::ANIMATION, Type::Animation, values, |value| animation(value, payload))?,
            uniforms,
            device: read(payload, tag::DEVICE, Type::Device, values, device)?.unwrap_or_default(),
            canvas: read(payload, tag::CANVAS, Type::Canvas, values, canvas)?.unwrap_or_default(),
        })
    }
}

/// The timeline of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Animation {
    /// Its length in milliseconds.
    pub duration: u32,
    /// What a clock does at the end.
    pub end: EndBehavior,
    /// Its scenes, in order.
    pub scenes: Vec<TimelineScene>,
}

/// A scene of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineScene {
    /// Its name; empty if the payload has none.
    pub name: String,
    /// Its first millisecond.
    pub start: u32,
    /// The millisecond behind its last.
    pub end: u32,
    /// The frame that it shows, by index.
    pub frame: u32,
}

/// What the clock of a host does when the timeline ends. Source: language.md 12.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndBehavior {
    /// It stands still, and drawing goes on.
    #[default]
    Hold,
    /// It stands still, and drawing ends.
    Stop,
    /// It starts again.
    Restart,
    /// It starts again, as the program wants it.
    Loop,
}

impl EndBehavior {
    /// The word of the language.
    pub const fn text(self) -> &'static str {
        match self {
            EndBehavior::Hold => "hold",
            EndBehavior::Stop => "stop",
            EndBehavior::Restart => "restart",
            EndBehavior::Loop => "loop",
        }
    }
}

impl Animation {
    /// What a clock that has run for `seconds` shows: the time to draw, and whether playing goes on. Where the time starts again,
    /// the executor sees to it.
    pub fn clock(&self, seconds: f64) -> (f64, bool) {
        let duration = f64::from(self.duration) / 1000.0;
        match self.end {
            EndBehavior::Hold => (seconds.min(duration), true),
            EndBehavior::Stop => (seconds.min(duration), seconds < duration),
            EndBehavior::Restart | EndBehavior::Loop => (seconds, true),
        }
    }

    /// The scene with this name.
    pub fn scene(&self, name: &str) -> Option<&TimelineScene> {
        self.scenes.iter().find(|scene| scene.name == name)
    }
}

/// A uniform variable that a host may write.
#[derive(Clone, Debug, PartialEq)]
pub struct UniformBlock {
    /// The shader module that declares it.
    pub module: String,
    /// Its name.
    pub name: String,
    /// The buffer that it is bound to.
    pub buffer: u16,
    /// Its members.
    pub uniforms: Vec<Uniform>,
}

/// A member of a uniform variable, or the variable itself where it is no structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Uniform {
    /// The dotted path; empty for the variable itself.
    pub path: String,
    /// Where it lies in the buffer, in bytes.
    pub offset: u32,
    /// The type of its numbers.
    pub scalar: Scalar,
    /// Columns of a matrix, else 1.
    pub columns: u32,
    /// Rows of a matrix, components of a vector, else 1.
    pub rows: u32,
    /// Elements of an array; `None` for anything else.
    pub count: Option<u32>,
    /// Bytes from one element of an array to the next.
    pub stride: u32,
    /// Where the number lies in the input block that the host writes before every frame.
    pub input: Option<u32>,
    /// What is said of it.
    pub control: Control,
}

/// What a scene says of a uniform: what it begins with, and what a panel shows of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Control {
    /// The numbers that it begins with, column by column, of an array those of its first elements; empty for zeros. The scene itself
    /// writes them.
    pub value: Vec<f64>,
    /// The least that each of its numbers should be.
    pub min: Option<f64>,
    /// The most that each of them should be.
    pub max: Option<f64>,
    /// From one value to the next, above 0.
    pub step: Option<f64>,
    /// What it is called.
    pub label: Option<String>,
    /// Whether its numbers are red, green, blue and alpha.
    pub is_color: bool,
}

/// The type of a number in a uniform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// `f32`
    Float32,
    /// `i32`
    Sint32,
    /// `u32`
    Uint32,
    /// `f16`
    Float16,
}

impl Scalar {
    /// Bytes of a number.
    pub const fn size(self) -> u32 {
        match self {
            Scalar::Float32 | Scalar::Sint32 | Scalar::Uint32 => 4,
            Scalar::Float16 => 2,
        }
    }

    /// WGSL's name.
    pub const fn wgsl(self) -> &'static str {
        match self {
            Scalar::Float32 => "f32",
            Scalar::Sint32 => "i32",
            Scalar::Uint32 => "u32",
            Scalar::Float16 => "f16",
        }
    }
}

impl Uniform {
    /// The type as WGSL writes it.
    pub fn wgsl(&self) -> String {
        let scalar = self.scalar.wgsl();
        let element = match (self.columns, self.rows) {
            (1, 1) => scalar.to_owned(),
            (1, rows) => format!("vec{rows}<{scalar}>"),
            (columns, rows) => format!("mat{columns}x{rows}<{scalar}>"),
        };
        match self.count {
            None => element,
            Some(count) => format!("array<{element}, {count}>"),
        }
    }

    /// Where it lies, and as what: uniforms that are alike in this are one, whatever they are called.
    fn place(&self, buffer: u16) -> (u16, u32, String, u32) {
        (buffer, self.offset, self.wgsl(), self.stride)
    }

    /// Whether it may be set with so many numbers: all of them, or of an array those of its first elements.
    pub const fn takes(&self, numbers: usize) -> bool {
        let element = self.numbers() as usize;
        let all = element.saturating_mul(match self.count {
            Some(count) => count as usize,
            None => 1,
        });
        numbers == all || (numbers > 0 && numbers < all && numbers.is_multiple_of(element))
    }

    /// Numbers of one element.
    pub const fn numbers(&self) -> u32 {
        self.columns * self.rows
    }

    /// Where each number lies in the buffer, column by column, element by element. Source: WGSL, "Memory layouts", uniform.
    pub fn places(&self) -> impl Iterator<Item = u32> {
        let size = self.scalar.size();
        let column = column_bytes(self.scalar, self.rows);
        let Self { offset, columns, rows, stride, .. } = *self;
        (0..self.count.unwrap_or(1)).flat_map(move |i| {
            (0..columns).flat_map(move |c| (0..rows).map(move |r| offset + i * stride + c * column + r * size))
        })
    }
}

/// Bytes from one column of a matrix to the next: a vector of three is aligned like one of four.
const fn column_bytes(scalar: Scalar, rows: u32) -> u32 {
    if rows == 3 { 4 * scalar.size() } else { rows * scalar.size() }
}

/// What the device must and may have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceWishes {
    /// Features that must be there, by WebGPU's names.
    pub required_features: Vec<String>,
    /// Features that are used where they are there.
    pub optional_features: Vec<String>,
    /// Limits that must be reached, by WebGPU's names.
    pub required_limits: Vec<(String, u64)>,
}

impl DeviceWishes {
    /// How large textures may be under these limits.
    pub fn textures(&self) -> TextureLimits {
        TextureLimits::of(|limit| {
            let asked = self.required_limits.iter().find(|(name, _)| name == limit.name());
            asked.map_or(limit.default(), |(_, asked)| limit.default().max(*asked))
        })
    }
}

/// How the canvas is configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CanvasSettings {
    /// What its alpha means.
    pub alpha: AlphaMode,
    /// What its colours mean.
    pub color_space: ColorSpace,
    /// What becomes of colours beyond white.
    pub tone_mapping: ToneMapping,
}

/// `GPUCanvasAlphaMode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlphaMode {
    /// The picture is opaque, whatever the alpha.
    #[default]
    Opaque,
    /// Colours are multiplied by it already.
    Premultiplied,
}

/// `PredefinedColorSpace`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorSpace {
    /// IEC 61966-2-1.
    #[default]
    Srgb,
    /// Display P3.
    DisplayP3,
}

/// `GPUCanvasToneMappingMode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToneMapping {
    /// They are clipped.
    #[default]
    Standard,
    /// A display may show them.
    Extended,
}

#[cold]
fn over_budget(what: String, most: u64) -> ExtensionError {
    ExtensionError::OverBudget { what, most }
}

/// What is wrong with an extension.
enum Fault {
    Damaged(String),
    OverBudget { what: String, most: u64 },
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Fault::Damaged(reason)
    }
}

fn read<T, F: Into<Fault>>(
    payload: &Payload<'_>,
    tag: u8,
    ty: Type,
    values: u64,
    of: impl FnOnce(&Value) -> Result<T, F>,
) -> Result<Option<T>, ExtensionError> {
    let Some(bytes) = payload.extension(tag) else { return Ok(None) };
    // The type of each extension's descriptor has the extension's name.
    let name = ty.name();
    let fault = match decode_within(bytes, values) {
        Ok((found, value)) if found == ty => match of(&value) {
            Ok(read) => return Ok(Some(read)),
            Err(fault) => fault.into(),
        },
        Ok((found, _)) => Fault::Damaged(format!("it is a {} descriptor", found.name())),
        Err(error) if error.over_budget => {
            Fault::OverBudget { what: format!("the extension `{name}` has too many values"), most: values }
        }
        Err(error) => Fault::Damaged(error.to_string()),
    };
    Err(match fault {
        Fault::Damaged(reason) => ExtensionError::Damaged { name, reason },
        Fault::OverBudget { what, most } => over_budget(what, most),
    })
}

fn wrong<T>(field: Field) -> Result<T, String> {
    Err(format!("`{}` is missing or of the wrong type", field.name()))
}

fn uint(value: &Value, field: Field) -> Result<Option<u32>, String> {
    match value.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Uint(n)) => Ok(Some(*n)),
        Some(_) => wrong(field),
    }
}

fn need_uint(value: &Value, field: Field) -> Result<u32, String> {
    uint(value, field)?.map_or_else(|| wrong(field), Ok)
}

fn text(value: &Value, field: Field) -> Result<String, String> {
    match value.get(field) {
        Some(Value::Str(text)) => Ok(text.clone()),
        _ => wrong(field),
    }
}

fn list(value: &Value, field: Field) -> Result<&[Value], String> {
    match value.get(field) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(elements)) => Ok(elements),
        Some(_) => wrong(field),
    }
}

/// A value of an enum, or the default where it is left out.
fn choice<W: WordEnum, T: Default>(value: &Value, field: Field, choice: impl Fn(W) -> T) -> Result<T, String> {
    match value.get(field) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(Value::Word(word)) => W::from_word(*word).map_or_else(|| wrong(field), |word| Ok(choice(word))),
        Some(_) => wrong(field),
    }
}

fn animation(value: &Value, payload: &Payload<'_>) -> Result<Animation, String> {
    let mut known = BTreeMap::new();
    for (index, name) in names(payload.strings, NameKind::Scene) {
        known.entry(index).or_insert(name);
    }
    let scene = |(index, scene): (u32, &Value)| {
        Ok(TimelineScene {
            name: known.get(&index).copied().unwrap_or_default().to_owned(),
            start: uint(scene, Field::Start)?.unwrap_or(0),
            end: need_uint(scene, Field::End)?,
            frame: uint(scene, Field::Frame)?.unwrap_or(0),
        })
    };
    Ok(Animation {
        duration: need_uint(value, Field::Duration)?,
        end: match uint(value, Field::EndBehavior)?.unwrap_or(0) {
            0 => EndBehavior::Hold,
            1 => EndBehavior::Stop,
            2 => EndBehavior::Restart,
            3 => EndBehavior::Loop,
            other => return Err(format!("there is no end behavior {other}")),
        },
        scenes: (0..).zip(list(value, Field::Scenes)?).map(scene).collect::<Result<_, String>>()?,
    })
}

fn blocks(value: &Value, most: u64) -> Result<Vec<UniformBlock>, Fault> {
    let mut count = 0;
    for block in list(value, Field::Blocks)? {
        count += list(block, Field::Uniforms)?.len() as u64;
    }
    if count > most {
        return Err(Fault::OverBudget { what: format!("the scene has {count} uniforms"), most });
    }
    let block = |block: &Value| {
        Ok(UniformBlock {
            module: text(block, Field::Module)?,
            name: text(block, Field::Name)?,
            buffer: match block.get(Field::Buffer) {
                Some(Value::Ref(Kind::Buffer, id)) => *id,
                _ => return wrong(Field::Buffer),
            },
            uniforms: list(block, Field::Uniforms)?.iter().map(uniform).collect::<Result<_, String>>()?,
        })
    };
    Ok(list(value, Field::Blocks)?.iter().map(block).collect::<Result<_, String>>()?)
}

fn uniform(value: &Value) -> Result<Uniform, String> {
    let scalar = match value.get(Field::Type) {
        Some(Value::Word(word)) => UniformScalar::of(*word),
        _ => None,
    };
    let scalar = match scalar {
        Some(UniformScalar::Float32) => Scalar::Float32,
        Some(UniformScalar::Sint32) => Scalar::Sint32,
        Some(UniformScalar::Uint32) => Scalar::Uint32,
        Some(UniformScalar::Float16) => Scalar::Float16,
        None => return wrong(Field::Type),
    };
    let side = |field| match uint(value, field)?.unwrap_or(1) {
        side @ 1..=4 => Ok(side),
        other => Err(format!("{other} `{}`", field.name())),
    };
    let (columns, rows) = (side(Field::Columns)?, side(Field::Rows)?);
    let element = columns * column_bytes(scalar, rows);
    let uniform = Uniform {
        path: match value.get(Field::Name) {
            None => String::new(),
            Some(_) => text(value, Field::Name)?,
        },
        offset: uint(value, Field::Offset)?.unwrap_or(0),
        scalar,
        columns,
        rows,
        count: uint(value, Field::Count)?,
        stride: uint(value, Field::ArrayStride)?.unwrap_or(element),
        input: uint(value, Field::Input)?,
        control: Control::default(),
    };
    let last = uniform.count.unwrap_or(1).checked_mul(uniform.stride).and_then(|bytes| bytes.checked_add(uniform.offset));
    let is_placed = last.and_then(|last| last.checked_add(element)).is_some();
    if !is_placed || [uniform.offset, uniform.stride].iter().any(|at| !at.is_multiple_of(scalar.size())) {
        return Err(format!("`{}` cannot lie at byte {}", uniform.path, uniform.offset));
    }
    if uniform.input.is_some_and(|input| input > INPUTS_SIZE - 4) {
        return Err(format!("`{}` follows a number outside the input block", uniform.path));
    }
    Ok(uniform)
}

/// Module, variable and path of a uniform.
type LongName<'a> = (&'a str, &'a str, &'a str);

/// Adds what is said of uniforms to them.
fn controls(value: &Value, blocks: &mut [UniformBlock]) -> Result<(), String> {
    let mut members: BTreeMap<LongName<'_>, Vec<(u16, &Uniform)>> = BTreeMap::new();
    for block in &*blocks {
        for uniform in &block.uniforms {
            members.entry((&block.module, &block.name, &uniform.path)).or_default().push((block.buffer, uniform));
        }
    }
    let mut said: BTreeMap<(u16, u32, String, u32), Control> = BTreeMap::new();
    for block in list(value, Field::Blocks)? {
        let (module, name) = (text(block, Field::Module)?, text(block, Field::Name)?);
        for found in list(block, Field::Uniforms)? {
            let path = match found.get(Field::Name) {
                None => String::new(),
                Some(_) => text(found, Field::Name)?,
            };
            let long = format!("{module}.{name}.{path}");
            let of = members.get(&(module.as_str(), name.as_str(), path.as_str()));
            let of = of.ok_or_else(|| format!("there is no uniform `{long}`"))?;
            let control = control(found)?;
            for (buffer, uniform) in of {
                if !control.value.is_empty() && !uniform.takes(control.value.len()) {
                    return Err(format!("`{long}` begins with {} numbers, which it does not take", control.value.len()));
                }
                said.entry(uniform.place(*buffer)).or_insert_with(|| control.clone());
            }
        }
    }
    for block in blocks {
        for uniform in &mut block.uniforms {
            if let Some(control) = said.get(&uniform.place(block.buffer)) {
                uniform.control = control.clone();
            }
        }
    }
    Ok(())
}

fn control(value: &Value) -> Result<Control, String> {
    let one = |field| match value.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(found) => number(found).map_or_else(|| wrong(field), |number| Ok(Some(number))),
    };
    let all = |numbers: &[Value]| numbers.iter().map(number).collect::<Option<Vec<_>>>();
    let numbers = match value.get(Field::Value) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::F32Array(numbers)) => all(&numbers.iter().copied().map(Value::F32).collect::<Vec<_>>()),
        Some(Value::Array(numbers)) => all(numbers),
        Some(_) => None,
    };
    Ok(Control {
        value: numbers.map_or_else(|| wrong(Field::Value), Ok)?,
        min: one(Field::Min)?,
        max: one(Field::Max)?,
        step: match one(Field::Step)? {
            Some(step) if step <= 0.0 => return Err(format!("a step of {step}")),
            step => step,
        },
        label: match value.get(Field::Label) {
            None | Some(Value::Null) => None,
            Some(_) => Some(text(value, Field::Label)?),
        },
        is_color: match value.get(Field::Color) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(is)) => *is,
            Some(_) => return wrong(Field::Color),
        },
    })
}

/// A number that is finite. A single is the shortest decimal fraction that rounds to it: what the author wrote.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Uint(number) => f64::from(*number),
        Value::Int(number) => f64::from(*number),
        // What Rust prints is the shortest text that is read as the same single.
        Value::F32(number) => number.to_string().parse().ok()?,
        Value::F64(number) => *number,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

fn device(value: &Value) -> Result<DeviceWishes, String> {
    let features = |field| {
        let feature = |feature: &Value| match feature {
            Value::Str(name) => Ok(name.clone()),
            _ => wrong(field),
        };
        list(value, field)?.iter().map(feature).collect::<Result<Vec<_>, _>>()
    };
    let limits = match value.get(Field::RequiredLimits) {
        None | Some(Value::Null) => Vec::new(),
        // The cast saturates, which is what a limit that nobody reaches needs.
        Some(Value::Record(limits)) => limits.iter().map(|(name, limit)| (name.clone(), *limit as u64)).collect(),
        Some(_) => return wrong(Field::RequiredLimits),
    };
    Ok(DeviceWishes {
        required_features: features(Field::RequiredFeatures)?,
        optional_features: features(Field::OptionalFeatures)?,
        required_limits: limits,
    })
}

fn canvas(value: &Value) -> Result<CanvasSettings, String> {
    Ok(CanvasSettings {
        alpha: choice(value, Field::AlphaMode, |mode| match mode {
            word::CanvasAlphaMode::Opaque => AlphaMode::Opaque,
            word::CanvasAlphaMode::Premultiplied => AlphaMode::Premultiplied,
        })?,
        color_space: choice(value, Field::ColorSpace, |space| match space {
            word::ColorSpace::Srgb => ColorSpace::Srgb,
            word::ColorSpace::DisplayP3 => ColorSpace::DisplayP3,
        })?,
        tone_mapping: choice(value, Field::ToneMapping, |mapping| match mapping {
            word::CanvasToneMappingMode::Standard => ToneMapping::Standard,
            word::CanvasToneMappingMode::Extended => ToneMapping::Extended,
        })?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_format::descriptor::object;
    use pngine_format::payload::{Parts, write};
    use pngine_format::strings;

    fn with(extensions: &[(u8, Vec<u8>)], strings: &[u8]) -> Result<Extensions, ExtensionError> {
        let bytes = write(&Parts { plugins: 1, extensions, strings, ..Parts::default() }).unwrap();
        Extensions::read(&Payload::parse(&bytes).unwrap())
    }

    fn record(pairs: &[(&str, f64)]) -> Value {
        Value::Record(pairs.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect())
    }

    #[test]
    fn a_payload_without_extensions_has_the_defaults() {
        assert_eq!(with(&[], &[]), Ok(Extensions::default()));
    }

    #[test]
    fn every_extension_is_read() {
        let scene = object([(Field::Start, Value::Uint(500)), (Field::End, Value::Uint(2000)), (Field::Frame, Value::Uint(1))]);
        let animation = object([
            (Field::Duration, Value::Uint(2000)),
            (Field::EndBehavior, Value::Uint(1)),
            (Field::Scenes, Value::Array(vec![object([(Field::End, Value::Uint(500))]), scene])),
        ]);
        let uniform = object([
            (Field::Name, Value::Str("light.color".to_owned())),
            (Field::Offset, Value::Uint(16)),
            (Field::Type, Value::word("float32")),
            (Field::Rows, Value::Uint(3)),
        ]);
        let blocks = object([(
            Field::Blocks,
            Value::Array(vec![object([
                (Field::Module, Value::Str("code".to_owned())),
                (Field::Name, Value::Str("u".to_owned())),
                (Field::Buffer, Value::Ref(Kind::Buffer, 3)),
                (Field::Uniforms, Value::Array(vec![uniform])),
            ])]),
        )]);
        let device = object([
            (Field::RequiredFeatures, Value::Array(vec![Value::Str("shader-f16".to_owned())])),
            (Field::RequiredLimits, record(&[("maxTextureDimension2D", 16384.0), ("maxBufferSize", 1e30)])),
        ]);
        let canvas = object([(Field::AlphaMode, Value::word("premultiplied")), (Field::ColorSpace, Value::word("display-p3"))]);
        let mut table = Vec::new();
        strings::push(&mut table, NameKind::Scene, 1, "second");
        let extensions = [
            (tag::ANIMATION, animation.to_descriptor(Type::Animation)),
            (tag::UNIFORMS, blocks.to_descriptor(Type::Uniforms)),
            (tag::DEVICE, device.to_descriptor(Type::Device)),
            (tag::CANVAS, canvas.to_descriptor(Type::Canvas)),
        ];
        let read = with(&extensions, &table).unwrap();
        let animation = read.animation.unwrap();
        assert_eq!((animation.duration, animation.end, animation.scenes.len()), (2000, EndBehavior::Stop, 2));
        assert_eq!(animation.scene("second").map(|scene| (scene.start, scene.end, scene.frame)), Some((500, 2000, 1)));
        assert_eq!((animation.clock(1.5), animation.clock(2.5)), ((1.5, true), (2.0, false)));
        let block = &read.uniforms[0];
        assert_eq!((&*block.module, &*block.name, block.buffer), ("code", "u", 3));
        assert_eq!((block.uniforms[0].wgsl(), block.uniforms[0].numbers()), ("vec3<f32>".to_owned(), 3));
        assert_eq!(read.device.required_features, ["shader-f16"]);
        assert_eq!(read.device.required_limits[1], ("maxBufferSize".to_owned(), u64::MAX));
        assert_eq!((read.device.textures().extent_2d, read.device.textures().layers), (16384, 256));
        assert_eq!(read.canvas.alpha, AlphaMode::Premultiplied);
        assert_eq!((read.canvas.color_space, read.canvas.tone_mapping), (ColorSpace::DisplayP3, ToneMapping::Standard));

        for (tag, bytes) in &extensions {
            for cut in 0..bytes.len() {
                assert!(with(&[(*tag, bytes[..cut].to_vec())], &table).is_err(), "{tag} cut to {cut}");
            }
            for bit in 0..bytes.len() * 8 {
                let mut bytes = bytes.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let _ = with(&[(*tag, bytes)], &table);
            }
        }
    }

    /// A block of extension 2 or 11.
    fn block(module: &str, name: &str, buffer: Option<u16>, uniforms: Vec<Value>) -> Value {
        let buffer = buffer.map(|id| (Field::Buffer, Value::Ref(Kind::Buffer, id)));
        let fields = [(Field::Module, Value::Str(module.to_owned())), (Field::Name, Value::Str(name.to_owned()))];
        object(fields.into_iter().chain(buffer).chain([(Field::Uniforms, Value::Array(uniforms))]))
    }

    /// What is read of these controls beside two modules that have a colour in one place, and an array.
    fn described(controls: Vec<Value>) -> Result<Extensions, ExtensionError> {
        let member = |name: &str, offset, more: Vec<(Field, Value)>| {
            let fields = [
                (Field::Name, Value::Str(name.to_owned())),
                (Field::Offset, Value::Uint(offset)),
                (Field::Type, Value::word("float32")),
            ];
            object(fields.into_iter().chain(more))
        };
        let rows = |rows| (Field::Rows, Value::Uint(rows));
        let list = vec![rows(4), (Field::Count, Value::Uint(3)), (Field::ArrayStride, Value::Uint(16))];
        let blocks = vec![
            block("a", "u", Some(0), vec![member("tint", 16, vec![rows(3)]), member("list", 32, list)]),
            block("b", "v", Some(0), vec![member("color", 16, vec![rows(3)])]),
        ];
        let table = |blocks, ty: Type| object([(Field::Blocks, Value::Array(blocks))]).to_descriptor(ty);
        with(&[(tag::UNIFORMS, table(blocks, Type::Uniforms)), (tag::CONTROLS, table(controls, Type::Controls))], &[])
    }

    #[test]
    fn what_is_said_of_a_uniform_holds_for_all_names_of_its_place() {
        let tint = object([
            (Field::Name, Value::Str("tint".to_owned())),
            (Field::Value, Value::Array(vec![Value::F32(0.1), Value::Uint(1), Value::Int(-2)])),
            (Field::Min, Value::Int(-3)),
            (Field::Step, Value::F32(0.01)),
            (Field::Label, Value::Str("Tint".to_owned())),
            (Field::Color, Value::Bool(true)),
        ]);
        let list =
            object([(Field::Name, Value::Str("list".to_owned())), (Field::Value, Value::F32Array(vec![1.0, 2.0, 3.0, 4.0]))]);
        let later = object([(Field::Name, Value::Str("color".to_owned())), (Field::Label, Value::Str("Later".to_owned()))]);
        let read = described(vec![block("a", "u", None, vec![tint, list]), block("b", "v", None, vec![later])]).unwrap();
        let [tint, list] = &*read.uniforms[0].uniforms else { panic!("two members") };
        let wanted = Control {
            value: vec![0.1, 1.0, -2.0],
            min: Some(-3.0),
            max: None,
            step: Some(0.01),
            label: Some("Tint".to_owned()),
            is_color: true,
        };
        assert_eq!(tint.control, wanted);
        assert_eq!(read.uniforms[1].uniforms[0].control, wanted);
        assert_eq!(list.control, Control { value: vec![1.0, 2.0, 3.0, 4.0], ..Control::default() });
        assert_eq!([0, 1, 4, 5, 8, 12, 16].map(|numbers| list.takes(numbers)), [false, false, true, false, true, true, false]);
    }

    #[test]
    fn what_cannot_be_said_of_a_uniform_is_damage() {
        let reason = |module: &str, name: &str, fields: Vec<(Field, Value)>| {
            let control = object([(Field::Name, Value::Str(name.to_owned()))].into_iter().chain(fields));
            described(vec![block(module, "u", None, vec![control])]).unwrap_err().to_string()
        };
        let numbers = |count| (Field::Value, Value::Array(vec![Value::Uint(1); count]));
        let damaged = "the extension `controls` is damaged: ";
        assert_eq!(reason("a", "hue", vec![]), format!("{damaged}there is no uniform `a.u.hue`"));
        assert_eq!(reason("b", "tint", vec![]), format!("{damaged}there is no uniform `b.u.tint`"));
        for (name, count) in [("tint", 1), ("tint", 4), ("list", 3), ("list", 16)] {
            let text = format!("{damaged}`a.u.{name}` begins with {count} numbers, which it does not take");
            assert_eq!(reason("a", name, vec![numbers(count)]), text);
        }
        let wrong = [
            (Field::Value, Value::Array(vec![Value::F32(f32::NAN); 3])),
            (Field::Value, Value::F32Array(vec![f32::INFINITY; 3])),
            (Field::Value, Value::Uint(3)),
            (Field::Min, Value::F64(f64::NEG_INFINITY)),
            (Field::Max, Value::Str("3".to_owned())),
            (Field::Label, Value::Uint(3)),
            (Field::Color, Value::Uint(1)),
        ];
        for (field, value) in wrong {
            let text = format!("{damaged}`{}` is missing or of the wrong type", field.name());
            assert_eq!(reason("a", "tint", vec![(field, value)]), text);
        }
        for step in [Value::Uint(0), Value::Int(-1)] {
            assert!(reason("a", "tint", vec![(Field::Step, step)]).starts_with(&format!("{damaged}a step of ")));
        }
    }

    #[test]
    fn what_no_host_takes_is_refused_by_name() {
        let animation = |scenes: u32| {
            let mut bytes = vec![Type::Animation as u8, 2, Field::Duration as u8, 2, 1, Field::Scenes as u8, 8];
            pngine_format::varint::write(&mut bytes, scenes);
            (0..scenes).for_each(|_| bytes.extend([7, 0]));
            (tag::ANIMATION, bytes)
        };
        let uniforms = |count: usize| {
            let uniform = object([(Field::Type, Value::word("float32"))]);
            let block = |count| {
                object([
                    (Field::Module, Value::Str("m".to_owned())),
                    (Field::Name, Value::Str("u".to_owned())),
                    (Field::Buffer, Value::Ref(Kind::Buffer, 0)),
                    (Field::Uniforms, Value::Array(vec![uniform.clone(); count])),
                ])
            };
            let blocks = Value::Array(vec![block(count - 1), block(1)]);
            (tag::UNIFORMS, object([(Field::Blocks, blocks)]).to_descriptor(Type::Uniforms))
        };
        let names = |kind: u8, count: u32| {
            let mut table = Vec::new();
            for id in 0..count {
                table.push(kind);
                pngine_format::varint::write(&mut table, id);
                table.push(0);
            }
            table
        };
        let reason = |extensions: &[(u8, Vec<u8>)], strings: &[u8]| with(extensions, strings).unwrap_err().to_string();
        assert_eq!(
            reason(&[animation(31_000_000)], &[]),
            "the extension `animation` has too many values, at most 65536 are allowed"
        );
        assert_eq!(with(&[uniforms(4096)], &[]).unwrap().uniforms[0].uniforms.len(), 4095);
        assert_eq!(reason(&[uniforms(4097)], &[]), "the scene has 4097 uniforms, at most 4096 are allowed");
        assert!(with(&[], &names(0, 4096)).is_ok());
        for kind in [0, 1, 200] {
            assert_eq!(reason(&[], &names(kind, 65_533)), "the scene has 65533 names of one kind, at most 4096 are allowed");
        }
        let more = Budgets { names: 65_533, ..Budgets::default() };
        let bytes = write(&Parts { plugins: 1, strings: &names(0, 65_533), ..Parts::default() }).unwrap();
        assert!(Extensions::read_within(&Payload::parse(&bytes).unwrap(), &more).is_ok());
    }

    #[test]
    fn numbers_lie_where_wgsl_puts_them() {
        let places = |scalar, columns, rows, count: Option<(u32, u32)>| {
            let (count, stride) = (count.map(|(count, _)| count), count.map_or(0, |(_, stride)| stride));
            let uniform = Uniform {
                path: String::new(),
                offset: 16,
                scalar,
                columns,
                rows,
                count,
                stride,
                input: None,
                control: Control::default(),
            };
            uniform.places().collect::<Vec<_>>()
        };
        assert_eq!(places(Scalar::Float32, 1, 1, None), [16]);
        assert_eq!(places(Scalar::Uint32, 1, 3, None), [16, 20, 24]);
        assert_eq!(places(Scalar::Float32, 2, 2, None), [16, 20, 24, 28]);
        assert_eq!(places(Scalar::Float32, 2, 3, None), [16, 20, 24, 32, 36, 40]);
        assert_eq!(places(Scalar::Float16, 2, 3, None), [16, 18, 20, 24, 26, 28]);
        assert_eq!(places(Scalar::Float32, 1, 3, Some((2, 16))), [16, 20, 24, 32, 36, 40]);
        assert_eq!(places(Scalar::Float32, 1, 2, Some((3, 48))), [16, 20, 64, 68, 112, 116]);
        assert_eq!(places(Scalar::Float32, 4, 4, Some((2, 64)))[16..18], [80, 84]);
    }

    #[test]
    fn clocks_hold_stop_and_start_again() {
        let clock = |end, seconds| Animation { duration: 2000, end, scenes: Vec::new() }.clock(seconds);
        assert_eq!(clock(EndBehavior::Hold, 3.0), (2.0, true));
        assert_eq!(clock(EndBehavior::Stop, 2.0), (2.0, false));
        assert_eq!(clock(EndBehavior::Restart, 3.0), (3.0, true));
        assert_eq!(clock(EndBehavior::Loop, 3.0), (3.0, true));
        assert_eq!(clock(EndBehavior::Stop, 1.0), (1.0, true));
    }
}
