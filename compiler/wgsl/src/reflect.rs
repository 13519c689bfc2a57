//! What a pipeline needs to know about a shader: entry points, bindings, layouts, overrides.
//!
//! Types and layouts come from naga. Which bindings and overrides an entry point uses comes from the words of the text, because
//! WebGPU goes by static use: a variable that is named in a function that is called, even where the call is never reached.

use crate::alpha;
use crate::limits::{MAX_FIELD_DEPTH, MAX_FIELD_VISITS, MAX_FIELDS, MAX_OVERRIDE_DEPTH};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use naga::common::wgsl::{ToWgsl, TryToWgsl};
use naga::proc::Layouter;
use naga::valid::ModuleInfo;
use pngine_format::word::{StorageTextureAccess, TextureFormat, TextureViewDimension, Word};

use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;

use super::assemble::Text;
use super::scopes::{DeclarationId, DeclarationKind, Role, Scopes};
use super::tokens::Token;

/// Everything a scene needs to know about one shader module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// Entry points in source order.
    pub entry_points: Vec<EntryPoint>,
    /// Resource variables, by group, then binding, then name. Several may share a binding if no entry point uses both.
    pub bindings: Vec<Binding>,
    /// Overrides in source order.
    pub overrides: Vec<Override>,
}

/// A shader stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// `@vertex`.
    Vertex,
    /// `@fragment`.
    Fragment,
    /// `@compute`.
    Compute,
}

impl Stage {
    /// The attribute's word: `vertex`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Vertex => "vertex",
            Stage::Fragment => "fragment",
            Stage::Compute => "compute",
        }
    }
}

/// An entry point.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryPoint {
    /// Its name.
    pub name: String,
    /// Its stage.
    pub stage: Stage,
    /// The name in the author's file.
    pub span: Span,
    /// Size of a workgroup in x, y and z; only of a compute entry point.
    pub workgroup_size: Option<[Extent; 3]>,
    /// Inputs with a `@location`, by location. For a vertex stage these are the vertex attributes.
    pub inputs: Vec<Varying>,
    /// Outputs with a `@location`, by location, then blend source. For a fragment stage these go to the colour targets.
    pub outputs: Vec<Varying>,
    /// Built-in inputs in WGSL's spelling, sorted: `front_facing`, `vertex_index`.
    pub builtin_inputs: Vec<&'static str>,
    /// Built-in outputs in WGSL's spelling, sorted: `position`, `frag_depth`, `sample_mask`.
    pub builtin_outputs: Vec<&'static str>,
    /// The alpha of all that a fragment stage returns for location 0, where the text says it as a number.
    pub constant_alpha: Option<f32>,
    /// How many clip distances a vertex stage gives; 0 if it does not.
    pub clip_distances: u32,
    /// The `var<workgroup>`s that it uses, in source order.
    pub workgroup: Vec<WorkgroupVariable>,
    /// The bindings it uses, itself or in functions it calls: indices into [`Module::bindings`], ascending.
    pub bindings: Vec<usize>,
    /// The overrides it uses: indices into [`Module::overrides`], ascending.
    pub overrides: Vec<usize>,
    /// Texture and sampler that are used together in one call: indices into [`Module::bindings`], ascending. An automatic layout
    /// asks for a filterable texture exactly for these.
    pub sampled: Vec<(usize, usize)>,
    /// Whether these are known, and not only what might be where naga does not know all of a shader.
    pub knows_sampled: bool,
}

/// A `var<workgroup>`.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkgroupVariable {
    /// Its name.
    pub name: String,
    /// The name in the author's file.
    pub span: Span,
    /// Its size in bytes: of the whole variable, or of one element if it has [`WorkgroupVariable::count`].
    pub size: u32,
    /// How many elements it has, where that is an expression of overrides.
    pub count: Option<Expression>,
}

/// One component of a workgroup's size.
#[derive(Clone, Debug, PartialEq)]
pub enum Extent {
    /// A number.
    Fixed(u32),
    /// An expression of overrides.
    Expression(Expression),
}

/// An integer expression of overrides.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A literal.
    Value(i64),
    /// An override: index into [`Module::overrides`].
    Override(usize),
    /// Two operands and one of `+ - * / %`.
    Binary(char, Box<Expression>, Box<Expression>),
    /// Something else, which only a browser can evaluate.
    Unknown,
}

/// The type of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar {
    /// `bool`; only overrides have it.
    Bool,
    /// `i32`.
    I32,
    /// `u32`.
    U32,
    /// `f32`.
    F32,
    /// `f16`.
    F16,
}

impl Scalar {
    /// WGSL's name: `f32`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::I32 => "i32",
            Scalar::U32 => "u32",
            Scalar::F32 => "f32",
            Scalar::F16 => "f16",
        }
    }

    /// Bytes of a number; of a bool, which no buffer holds, those that it would have.
    pub const fn size(self) -> u32 {
        match self {
            Scalar::Bool | Scalar::I32 | Scalar::U32 | Scalar::F32 => 4,
            Scalar::F16 => 2,
        }
    }

    fn of(scalar: naga::Scalar) -> Option<Self> {
        match (scalar.kind, scalar.width) {
            (naga::ScalarKind::Bool, _) => Some(Scalar::Bool),
            (naga::ScalarKind::Sint, 4) => Some(Scalar::I32),
            (naga::ScalarKind::Uint, 4) => Some(Scalar::U32),
            (naga::ScalarKind::Float, 4) => Some(Scalar::F32),
            (naga::ScalarKind::Float, 2) => Some(Scalar::F16),
            _ => None,
        }
    }
}

/// An input or output with a `@location`.
#[derive(Clone, Debug, PartialEq)]
pub struct Varying {
    /// The location.
    pub location: u32,
    /// Name of the parameter or member; empty for a result that is no struct.
    pub name: String,
    /// Type of its numbers.
    pub scalar: Scalar,
    /// How many: 1 to 4.
    pub components: u8,
    /// How it is interpolated, in WGSL's words: `perspective, center`; empty for vertex inputs and fragment outputs, which are not.
    pub interpolation: String,
    /// `@blend_src`, for dual-source blending.
    pub blend_src: Option<u32>,
    /// The name in the author's file, or the entry point's.
    pub span: Span,
}

/// A resource variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// `@group`.
    pub group: u32,
    /// `@binding`.
    pub binding: u32,
    /// Its name.
    pub name: String,
    /// What it is.
    pub resource: Resource,
    /// The name in the author's file.
    pub span: Span,
}

/// What a resource variable is. Words are spelled as in WebGPU.
#[derive(Clone, Debug, PartialEq)]
pub enum Resource {
    /// `var<uniform>`.
    Uniform(Block),
    /// `var<storage>`.
    Storage {
        /// `read_write`; else read-only.
        is_writable: bool,
        /// Its content.
        block: Block,
    },
    /// A sampler.
    Sampler {
        /// `sampler_comparison`.
        is_comparison: bool,
    },
    /// A sampled texture, multisampled ones and depth textures included.
    Texture {
        /// How it is viewed.
        dimension: TextureViewDimension,
        /// What it holds.
        sample: Sample,
        /// Whether it has several samples per texel.
        is_multisampled: bool,
    },
    /// A storage texture.
    StorageTexture {
        /// How it is viewed.
        dimension: TextureViewDimension,
        /// What its texels are.
        format: TextureFormat,
        /// Whether it is read or written.
        access: StorageTextureAccess,
    },
    /// `texture_external`.
    ExternalTexture,
}

/// What a sampled texture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// `f32`; `float` or `unfilterable-float` in a layout, by [`EntryPoint::sampled`].
    Float,
    /// A depth texture.
    Depth,
    /// `i32`.
    Sint,
    /// `u32`.
    Uint,
}

/// The bytes of a uniform or storage variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its size in bytes; `None` if it ends in an array without a length.
    pub size: Option<u32>,
    /// The least size of a buffer bound to it, in bytes: with one element where the length is open. WebGPU's "minimum buffer
    /// binding size".
    pub min_size: u32,
    /// Bytes from one element of the open array to the next.
    pub open_stride: Option<u32>,
    /// Its numbers, by offset. At most [`MAX_FIELDS`] and [`MAX_FIELD_DEPTH`] structs deep; what lies beyond has no row.
    pub fields: Vec<Field>,
}

impl Block {
    /// The type of all its numbers, if it holds nothing but single numbers of one type: `array<u32>`. Matters for index buffers.
    pub fn element(&self) -> Option<Scalar> {
        let first = self.fields.first()?;
        let is_same = |field: &Field| (field.scalar, field.columns, field.rows) == (first.scalar, 1, 1);
        self.fields.iter().all(is_same).then_some(first.scalar)
    }

    /// The field with this path.
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path == path)
    }
}

/// A number, vector or matrix in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Member names with dots between: `light.position`. Elements of an array of structs are `lights[].position`. Empty where the
    /// variable itself is a number, vector, matrix or an array of these.
    pub path: String,
    /// Type of its numbers.
    pub scalar: Scalar,
    /// Columns of a matrix, else 1.
    pub columns: u8,
    /// Components of a vector, rows of a matrix, else 1.
    pub rows: u8,
    /// Whether it is `atomic`.
    pub is_atomic: bool,
    /// Bytes from the start of the block, of the first element where it stands in arrays.
    pub offset: u32,
    /// Size of one element in bytes, padding between matrix columns included: 12 for `vec3f`, 48 for `mat3x3f`.
    pub size: u32,
    /// The arrays it stands in, outermost first.
    pub arrays: Vec<Array>,
}

impl Field {
    /// Where each of its numbers lies in the block, column by column, of the outermost array element by element. Source: WGSL, "Memory
    /// Layouts": the columns of a matrix are aligned like vectors.
    pub fn places(&self) -> impl Iterator<Item = u32> {
        let size = self.scalar.size();
        let rows = u32::from(self.rows);
        let column = size * if rows == 3 { 4 } else { rows };
        let array = self.arrays.first().copied().unwrap_or(Array { count: Some(1), stride: 0 });
        let Self { offset, columns, .. } = *self;
        (0..array.count.unwrap_or(1)).flat_map(move |element| {
            let start = offset.saturating_add(element.saturating_mul(array.stride));
            (0..u32::from(columns)).flat_map(move |c| (0..rows).map(move |r| start.saturating_add(c * column + r * size)))
        })
    }

    /// The type in WGSL's words: `f32`, `vec3<f32>`, `mat4x4<f32>`, `atomic<u32>`, without the arrays.
    pub fn type_name(&self) -> String {
        let scalar = self.scalar.as_str();
        match (self.columns, self.rows) {
            (1, 1) if self.is_atomic => format!("atomic<{scalar}>"),
            (1, 1) => scalar.to_owned(),
            (1, rows) => format!("vec{rows}<{scalar}>"),
            (columns, rows) => format!("mat{columns}x{rows}<{scalar}>"),
        }
    }
}

/// An array around a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array {
    /// Number of elements; `None` if it is open.
    pub count: Option<u32>,
    /// Bytes from one element to the next.
    pub stride: u32,
}

/// A pipeline-overridable constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Its name.
    pub name: String,
    /// `@id`; the key in `constants` where it is given, else the name is.
    pub id: Option<u16>,
    /// Its type.
    pub scalar: Scalar,
    /// Whether it has a value if the pipeline gives none.
    pub has_default: bool,
    /// That value, `true` as 1; `None` if there is none, or if it depends on other overrides.
    pub default: Option<f64>,
    /// How it follows from other overrides; `None` if it does not.
    pub expression: Option<Expression>,
    /// The name in the author's file.
    pub span: Span,
}

impl Override {
    /// The value that a pipeline's constant gives the override; `None` if it is beyond the range of the type. Of an integer the fraction
    /// is dropped before its range is looked at; what a constant is to a `bool`, and how floats are rounded, is left to the GPU.
    /// Source: WebGPU, "converting an IDL value to WGSL type"; Web IDL, "ConvertToInt" with `[EnforceRange]`.
    pub fn convert(&self, value: f64) -> Option<f64> {
        let within = |value: f64, least: f64, most: f64| (least <= value && value <= most).then_some(value);
        // Zero is positive.
        let whole = value.trunc() + 0.0;
        match self.scalar {
            Scalar::Bool => Some(value),
            Scalar::F32 => within(value, f64::from(f32::MIN), f64::from(f32::MAX)),
            Scalar::F16 => within(value, -65504.0, 65504.0),
            Scalar::I32 => within(whole, f64::from(i32::MIN), f64::from(i32::MAX)),
            Scalar::U32 => within(whole, 0.0, f64::from(u32::MAX)),
        }
    }

    /// The key of this override in WebGPU's `constants`: the number of its `@id` where it has one, else its name.
    pub fn key(&self) -> String {
        self.id.map_or_else(|| self.name.clone(), |id| id.to_string())
    }
}

impl Module {
    /// Every place in the author's files.
    pub fn spans_mut(&mut self) -> impl Iterator<Item = &mut Span> {
        let entries = self.entry_points.iter_mut().flat_map(|entry| {
            let varyings = entry.inputs.iter_mut().chain(&mut entry.outputs).map(|varying| &mut varying.span);
            varyings.chain(entry.workgroup.iter_mut().map(|variable| &mut variable.span)).chain([&mut entry.span])
        });
        let bindings = self.bindings.iter_mut().map(|binding| &mut binding.span);
        entries.chain(bindings).chain(self.overrides.iter_mut().map(|row| &mut row.span))
    }

    /// The entry point with this name.
    pub fn entry_point(&self, name: &str) -> Option<&EntryPoint> {
        self.entry_points.iter().find(|entry| entry.name == name)
    }

    /// The entry points of a stage, in source order.
    pub fn entry_points_of(&self, stage: Stage) -> impl Iterator<Item = &EntryPoint> {
        self.entry_points.iter().filter(move |entry| entry.stage == stage)
    }

    /// The resource variable with this name.
    pub fn binding(&self, name: &str) -> Option<&Binding> {
        self.bindings.iter().find(|binding| binding.name == name)
    }

    /// The content of the uniform or storage variable with this name.
    pub fn block(&self, name: &str) -> Option<&Block> {
        match &self.binding(name)?.resource {
            Resource::Uniform(block) | Resource::Storage { block, .. } => Some(block),
            Resource::Sampler { .. } | Resource::Texture { .. } | Resource::StorageTexture { .. } | Resource::ExternalTexture => {
                None
            }
        }
    }

    /// The size in bytes of the uniform or storage variable `name`: what `size=module.name` means. `None` if there is no such
    /// variable, or if it ends in an array without a length ([`Block::min_size`] says what is needed then).
    pub fn size_of_var(&self, name: &str) -> Option<u32> {
        self.block(name)?.size
    }

    /// The override that `key` means in `constants={ … }`: its name, or the number of its `@id`. WebGPU knows those with an id by
    /// that alone: see [`Override::key`].
    pub fn find_override(&self, key: &str) -> Option<&Override> {
        let id = key.parse::<u16>().ok();
        self.overrides.iter().find(|row| row.name == key || (id.is_some() && row.id == id))
    }

    /// The values of a stage's `constants`, by index into [`Module::overrides`].
    pub fn override_values<'k>(&self, constants: impl IntoIterator<Item = (&'k str, f64)>) -> BTreeMap<usize, f64> {
        let position = |key: &str| {
            let found = self.find_override(key)?;
            self.overrides.iter().position(|known| known.name == found.name)
        };
        let row = |(key, value)| {
            let index = position(key)?;
            // One that cannot be converted is reported.
            Some((index, self.overrides[index].convert(value).unwrap_or(value)))
        };
        constants.into_iter().filter_map(row).collect()
    }

    /// The workgroup size of a compute entry point when its overrides have these values, by index into [`Module::overrides`];
    /// those left out have their defaults. `None` for other stages, or if a size is unknown or no `u32`.
    pub fn workgroup_size(&self, entry: &EntryPoint, values: &BTreeMap<usize, f64>) -> Option<[u32; 3]> {
        let [x, y, z] = entry.workgroup_size.as_ref()?;
        let size = |extent: &Extent| match extent {
            Extent::Fixed(size) => Some(*size),
            Extent::Expression(expression) => u32::try_from(self.evaluate(expression, values)?).ok(),
        };
        Some([size(x)?, size(y)?, size(z)?])
    }

    /// How many elements a workgroup variable has whose length is an expression of overrides, when these have these values; `None` if
    /// that is not known.
    pub fn evaluate(&self, expression: &Expression, values: &BTreeMap<usize, f64>) -> Option<i64> {
        self.evaluate_within(expression, values, MAX_OVERRIDE_DEPTH)
    }

    fn evaluate_within(&self, expression: &Expression, values: &BTreeMap<usize, f64>, depth: usize) -> Option<i64> {
        match expression {
            Expression::Value(value) => Some(*value),
            Expression::Override(index) => {
                let row = self.overrides.get(*index)?;
                let Some(value) = values.get(index).copied().or(row.default) else {
                    return self.evaluate_within(row.expression.as_ref()?, values, depth.checked_sub(1)?);
                };
                // The range check makes the cast exact.
                (value.fract() == 0.0 && value.abs() <= f64::from(u32::MAX)).then_some(value as i64)
            }
            Expression::Binary(operator, left, right) => {
                let left = self.evaluate_within(left, values, depth)?;
                let right = self.evaluate_within(right, values, depth)?;
                match operator {
                    '+' => left.checked_add(right),
                    '-' => left.checked_sub(right),
                    '*' => left.checked_mul(right),
                    '/' => left.checked_div(right),
                    '%' => left.checked_rem(right),
                    _ => None,
                }
            }
            Expression::Unknown => None,
        }
    }

    /// Everything but the places in the author's files, as text.
    pub fn dump(&self) -> String {
        self.dumped(DumpScope::All)
    }

    fn dumped(&self, shown: DumpScope) -> String {
        let mut out = String::new();
        let is_all = shown == DumpScope::All;
        let binding_name = |binding: &Binding| match shown {
            DumpScope::All => binding.name.clone(),
            DumpScope::ToPipelines => format!("@group({}) @binding({})", binding.group, binding.binding),
        };
        let override_name = |row: &Override| match row.id {
            Some(id) if !is_all => format!("@id({id})"),
            _ => row.name.clone(),
        };
        for entry in &self.entry_points {
            let _ = write!(out, "{} {}", entry.stage.as_str(), entry.name);
            if let Some(size) = &entry.workgroup_size {
                let size: Vec<String> = size.iter().map(|extent| self.dump_extent(extent, &override_name)).collect();
                let _ = write!(out, " workgroup_size({})", size.join(", "));
            }
            out.push('\n');
            for (what, varyings) in [("in", &entry.inputs), ("out", &entry.outputs)] {
                for varying in varyings {
                    let _ = write!(out, "  {what} @{}", varying.location);
                    if let Some(source) = varying.blend_src {
                        let _ = write!(out, " @blend_src({source})");
                    }
                    let name = if is_all { varying.name.as_str() } else { "" };
                    let _ = write!(out, " {name}: {}", vector_name(varying.scalar, varying.components));
                    if !varying.interpolation.is_empty() {
                        let _ = write!(out, " ({})", varying.interpolation);
                    }
                    out.push('\n');
                }
            }
            if !entry.builtin_outputs.is_empty() {
                let _ = writeln!(out, "  out {}", entry.builtin_outputs.join(", "));
            }
            let names = |indices: &[usize]| {
                let names = indices.iter().filter_map(|index| self.bindings.get(*index)).map(binding_name);
                names.collect::<Vec<_>>().join(", ")
            };
            if !entry.bindings.is_empty() {
                let _ = writeln!(out, "  uses {}", names(&entry.bindings));
            }
            for (texture, sampler) in &entry.sampled {
                let _ = writeln!(out, "  samples {} with {}", names(&[*texture]), names(&[*sampler]));
            }
            if !entry.overrides.is_empty() {
                let names = entry.overrides.iter().filter_map(|index| self.overrides.get(*index)).map(override_name);
                let _ = writeln!(out, "  overrides {}", names.collect::<Vec<_>>().join(", "));
            }
        }
        let used: BTreeSet<usize> = self.entry_points.iter().flat_map(|entry| &entry.bindings).copied().collect();
        let mut resources: Vec<String> = Vec::new();
        for (index, binding) in self.bindings.iter().enumerate() {
            if !is_all && !used.contains(&index) {
                continue;
            }
            let mut out = format!("@group({}) @binding({}) ", binding.group, binding.binding);
            if is_all {
                let _ = write!(out, "{}: ", binding.name);
            }
            match &binding.resource {
                Resource::Uniform(block) => dump_block(&mut out, "uniform", block, shown),
                Resource::Storage { is_writable: true, block } => dump_block(&mut out, "storage read_write", block, shown),
                Resource::Storage { is_writable: false, block } => dump_block(&mut out, "storage read", block, shown),
                Resource::Sampler { is_comparison } => {
                    out.push_str(if *is_comparison { "comparison sampler\n" } else { "sampler\n" });
                }
                Resource::Texture { dimension, sample, is_multisampled } => {
                    let multisampled = if *is_multisampled { " multisampled" } else { "" };
                    let sample = match sample {
                        Sample::Float => "float",
                        Sample::Depth => "depth",
                        Sample::Sint => "sint",
                        Sample::Uint => "uint",
                    };
                    let _ = writeln!(out, "texture {} {sample}{multisampled}", dimension.text());
                }
                Resource::StorageTexture { dimension, format, access } => {
                    let _ = writeln!(out, "storage texture {} {} {}", dimension.text(), format.text(), access.text());
                }
                Resource::ExternalTexture => out.push_str("external texture\n"),
            }
            resources.push(out);
        }
        if !is_all {
            // Those that share a binding are in the order of their names.
            resources.sort();
        }
        out.extend(resources);
        for row in &self.overrides {
            let _ = write!(out, "override {}: {}", override_name(row), row.scalar.as_str());
            if let Some(id) = row.id.filter(|_| is_all) {
                let _ = write!(out, " @id({id})");
            }
            match row.default {
                Some(value) => {
                    let _ = write!(out, " = {value}");
                }
                None if row.has_default => out.push_str(" = (expression)"),
                None => {}
            }
            out.push('\n');
        }
        out
    }

    fn dump_extent(&self, extent: &Extent, name: &dyn Fn(&Override) -> String) -> String {
        match extent {
            Extent::Fixed(size) => size.to_string(),
            Extent::Expression(expression) => self.dump_expression(expression, name),
        }
    }

    fn dump_expression(&self, expression: &Expression, name: &dyn Fn(&Override) -> String) -> String {
        match expression {
            Expression::Value(value) => value.to_string(),
            Expression::Override(index) => self.overrides.get(*index).map_or_else(|| "?".to_owned(), name),
            Expression::Binary(operator, left, right) => {
                format!("({} {operator} {})", self.dump_expression(left, name), self.dump_expression(right, name))
            }
            Expression::Unknown => "?".to_owned(),
        }
    }
}

/// How much of a module is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DumpScope {
    /// All but the places in files.
    All,
    /// What pipelines see of it: no names but those of entry points and overrides without an id, and no resource that no entry point
    /// uses.
    ToPipelines,
}

/// Whether two modules are the same to every pipeline. Names that no pipeline can see do not matter, nor do resources that no entry
/// point uses: neither an automatic layout nor an explicit one knows of them.
pub fn same_to_pipelines(a: &Module, b: &Module) -> bool {
    a.dumped(DumpScope::ToPipelines) == b.dumped(DumpScope::ToPipelines)
}

fn vector_name(scalar: Scalar, components: u8) -> String {
    if components == 1 { scalar.as_str().to_owned() } else { format!("vec{components}<{}>", scalar.as_str()) }
}

fn dump_block(out: &mut String, kind: &str, block: &Block, shown: DumpScope) {
    let _ = write!(out, "{kind}, ");
    match (block.size, block.open_stride) {
        (Some(size), _) => {
            let _ = writeln!(out, "{size} bytes");
        }
        (None, stride) => {
            let _ = writeln!(out, "at least {} bytes, stride {}", block.min_size, stride.unwrap_or(0));
        }
    }
    for field in &block.fields {
        let _ = write!(out, "  {:>4} {:>3} ", field.offset, field.size);
        if !field.path.is_empty() && shown == DumpScope::All {
            let _ = write!(out, "{}: ", field.path);
        }
        out.push_str(&field.type_name());
        for array in field.arrays.iter().rev() {
            match array.count {
                Some(count) => {
                    let _ = write!(out, "[{count} / {}]", array.stride);
                }
                None => {
                    let _ = write!(out, "[/ {}]", array.stride);
                }
            }
        }
        out.push('\n');
    }
}

/// What reflection looks at.
pub(super) struct Source<'a> {
    /// The text as the author means it.
    pub text: &'a Text,
    /// Its significant tokens.
    pub tokens: &'a [Token],
    /// What its words mean.
    pub scopes: &'a Scopes,
    /// naga's view of it, perhaps without the parts that naga does not know.
    pub module: &'a naga::Module,
    /// naga's findings about it.
    pub info: &'a ModuleInfo,
    /// Whether `module` is all of the text.
    pub is_whole: bool,
}

/// Reflects a validated module. What cannot be reflected is reported.
pub(super) fn reflect(source: &Source<'_>, diagnostics: &mut Vec<Diagnostic>) -> Module {
    let mut reflector = Reflector { source, layouter: Layouter::default(), names: BTreeMap::new() };
    // A validated module has layouts for all its types.
    let _ = reflector.layouter.update(source.module.to_ctx());
    for (index, declaration) in source.scopes.declarations.iter().enumerate() {
        if declaration.is_global
            && let Ok(index) = u32::try_from(index)
        {
            reflector.names.entry(reflector.word(declaration.token)).or_insert(DeclarationId(index));
        }
    }
    reflector.module(diagnostics)
}

struct Reflector<'a> {
    source: &'a Source<'a>,
    layouter: Layouter,
    /// Names of the module.
    names: BTreeMap<&'a str, DeclarationId>,
}

impl<'a> Reflector<'a> {
    fn word(&self, token: usize) -> &'a str {
        self.source.tokens.get(token).map_or("", |token| token.text(&self.source.text.text))
    }

    fn span_of_token(&self, token: usize) -> Span {
        let range = self.source.tokens.get(token).map_or(0..0, Token::range);
        self.source.text.map.span(range)
    }

    fn span_of_name(&self, name: &str) -> Span {
        let token =
            self.names.get(name).and_then(|id| self.source.scopes.declarations.get(id.0 as usize)).map(|found| found.token);
        token.map_or_else(Span::default, |token| self.span_of_token(token))
    }

    fn module(&self, diagnostics: &mut Vec<Diagnostic>) -> Module {
        let module = self.source.module;
        let mut bindings: Vec<(naga::Handle<naga::GlobalVariable>, Binding)> = Vec::new();
        for (handle, variable) in module.global_variables.iter() {
            let (Some(place), Some(name)) = (&variable.binding, &variable.name) else { continue };
            let span = self.span_of_name(name);
            match self.resource(variable) {
                Some(resource) => {
                    let binding = Binding { group: place.group, binding: place.binding, name: name.clone(), resource, span };
                    bindings.push((handle, binding));
                }
                None => diagnostics.push(not_reflected(span, name)),
            }
        }
        bindings.sort_by(|(_, a), (_, b)| (a.group, a.binding, &a.name).cmp(&(b.group, b.binding, &b.name)));
        let binding_of_handle: BTreeMap<usize, usize> =
            bindings.iter().enumerate().map(|(index, (handle, _))| (handle.index(), index)).collect();
        let bindings: Vec<Binding> = bindings.into_iter().map(|(_, binding)| binding).collect();

        let mut overrides: Vec<Override> = Vec::new();
        let mut override_of_handle = BTreeMap::new();
        for (handle, row) in module.overrides.iter() {
            let naga::TypeInner::Scalar(scalar) = module.types[row.ty].inner else { continue };
            let (Some(name), Some(scalar)) = (&row.name, Scalar::of(scalar)) else { continue };
            override_of_handle.insert(handle.index(), overrides.len());
            overrides.push(Override {
                name: name.clone(),
                id: row.id,
                scalar,
                has_default: row.init.is_some(),
                default: row.init.and_then(|init| literal(&module.global_expressions[init])),
                expression: None,
                span: self.span_of_name(name),
            });
        }
        for (handle, row) in module.overrides.iter() {
            let found = override_of_handle.get(&handle.index()).and_then(|index| overrides.get_mut(*index));
            if let (Some(found), Some(init)) = (found, row.init)
                && found.default.is_none()
                && matches!(found.scalar, Scalar::I32 | Scalar::U32)
            {
                found.expression = Some(self.expression(init, &override_of_handle));
            }
        }

        let uses = self.uses();
        let find_binding: BTreeMap<&str, usize> = bindings.iter().enumerate().map(|(i, row)| (row.name.as_str(), i)).collect();
        let find_override: BTreeMap<&str, usize> = overrides.iter().enumerate().map(|(i, row)| (row.name.as_str(), i)).collect();
        let mut entry_points = Vec::new();
        for (index, entry) in module.entry_points.iter().enumerate() {
            let stage = match entry.stage {
                naga::ShaderStage::Vertex => Stage::Vertex,
                naga::ShaderStage::Fragment => Stage::Fragment,
                naga::ShaderStage::Compute => Stage::Compute,
                // The validator refuses the stages that WebGPU lacks.
                _ => continue,
            };
            let span = self.span_of_name(&entry.name);
            let used = self.reachable(&uses, &entry.name);
            let used_bindings: Vec<usize> = sorted(used.iter().filter_map(|name| find_binding.get(name).copied()));
            let mut sampled = BTreeSet::new();
            for key in &self.source.info.get_entry_point(index).sampling_set {
                let pair = (binding_of_handle.get(&key.image.index()), binding_of_handle.get(&key.sampler.index()));
                if let (Some(texture), Some(sampler)) = pair {
                    sampled.insert((*texture, *sampler));
                }
            }
            if !self.source.is_whole {
                sampled.extend(possible_pairs(&bindings, &used_bindings));
            }
            let mut inputs = Vec::new();
            let mut outputs = Vec::new();
            let (mut builtin_inputs, mut builtins) = (BTreeSet::new(), BTreeSet::new());
            for argument in &entry.function.arguments {
                let name = argument.name.as_deref().unwrap_or("");
                let at = self.parameter_span(&entry.name, name).unwrap_or(span);
                self.varyings(name, argument.ty, argument.binding.as_ref(), at, &mut inputs, &mut builtin_inputs);
            }
            if let Some(result) = &entry.function.result {
                self.varyings("", result.ty, result.binding.as_ref(), span, &mut outputs, &mut builtins);
            }
            let has_interpolation = |is_input: bool| match stage {
                Stage::Vertex => !is_input,
                Stage::Fragment => is_input,
                Stage::Compute => false,
            };
            for (is_input, varyings) in [(true, &mut inputs), (false, &mut outputs)] {
                varyings.sort_by_key(|varying| (varying.location, varying.blend_src));
                if !has_interpolation(is_input) {
                    varyings.iter_mut().for_each(|varying| varying.interpolation.clear());
                }
            }
            entry_points.push(EntryPoint {
                name: entry.name.clone(),
                stage,
                span,
                workgroup_size: (stage == Stage::Compute).then(|| self.workgroup_size(entry, &override_of_handle)),
                inputs,
                outputs,
                builtin_inputs: builtin_inputs.into_iter().collect(),
                builtin_outputs: builtins.into_iter().collect(),
                constant_alpha: (stage == Stage::Fragment).then(|| alpha::constant(&entry.function)).flatten(),
                clip_distances: self.clip_distances(entry),
                workgroup: self.workgroup_variables(&used, &override_of_handle),
                overrides: sorted(used.iter().filter_map(|name| find_override.get(name).copied())),
                bindings: used_bindings,
                sampled: sampled.into_iter().collect(),
                knows_sampled: self.source.is_whole,
            });
        }
        Module { entry_points, bindings, overrides }
    }

    /// For every declaration of the module, the ones that it names.
    fn uses(&self) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let scopes = self.source.scopes;
        for item in &scopes.items {
            let Some(name) = item.name.map(|name| self.word(name)) else { continue };
            let set = uses.entry(name).or_default();
            for token in item.tokens.clone() {
                if let Some(Role::Uses(id)) = scopes.roles.get(token)
                    && scopes.declarations.get(id.0 as usize).is_some_and(|declaration| declaration.is_global)
                {
                    set.insert(self.word(token));
                }
            }
        }
        uses
    }

    /// Everything that `from` names, and what that names in turn.
    fn reachable(&self, uses: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = uses.get(from).into_iter().flatten().copied().collect();
        while let Some(name) = open.pop() {
            if seen.insert(name) {
                open.extend(uses.get(name).into_iter().flatten());
            }
        }
        seen
    }

    fn parameter_span(&self, function: &str, name: &str) -> Option<Span> {
        let item = self.source.scopes.declarations.get(self.names.get(function)?.0 as usize)?.item;
        let parameters = self.source.scopes.declarations.iter().filter(|found| {
            found.item == item && found.kind == DeclarationKind::Parameter && !name.is_empty() && self.word(found.token) == name
        });
        parameters.map(|found| self.span_of_token(found.token)).next()
    }

    fn member_span(&self, structure: &str, name: &str) -> Option<Span> {
        let item = self.source.scopes.declarations.get(self.names.get(structure)?.0 as usize)?.item;
        let mut tokens = self.source.scopes.items.get(item)?.tokens.clone();
        let token =
            tokens.find(|token| self.source.scopes.roles.get(*token) == Some(&Role::Field) && self.word(*token) == name)?;
        Some(self.span_of_token(token))
    }

    /// Adds the locations and built-in values of a parameter or result; a struct is taken apart.
    fn varyings(
        &self,
        name: &str,
        ty: naga::Handle<naga::Type>,
        binding: Option<&naga::Binding>,
        span: Span,
        out: &mut Vec<Varying>,
        builtins: &mut BTreeSet<&'static str>,
    ) {
        let ty = &self.source.module.types[ty];
        match (binding, &ty.inner) {
            (Some(naga::Binding::BuiltIn(builtin)), _) => {
                builtins.insert(builtin.try_to_wgsl().unwrap_or("unknown"));
            }
            (Some(naga::Binding::Location { location, interpolation, sampling, blend_src, .. }), inner) => {
                let (components, scalar) = match inner {
                    naga::TypeInner::Scalar(scalar) => (1, *scalar),
                    naga::TypeInner::Vector { size, scalar } => (*size as u8, *scalar),
                    _ => return,
                };
                let Some(scalar) = Scalar::of(scalar) else { return };
                let kind = interpolation.map_or("", |kind| kind.to_wgsl());
                // What is not written is `center`, and `first` of what is flat. Source: WGSL, "Interpolation".
                let default = if kind == "flat" { "first" } else { "center" };
                let interpolation = match sampling.map_or(default, |sampling| sampling.to_wgsl()) {
                    "first" => kind.to_owned(),
                    _ if kind.is_empty() => String::new(),
                    sampling => format!("{kind}, {sampling}"),
                };
                out.push(Varying {
                    location: *location,
                    name: name.to_owned(),
                    scalar,
                    components,
                    interpolation,
                    blend_src: *blend_src,
                    span,
                });
            }
            (None, naga::TypeInner::Struct { members, .. }) => {
                for member in members {
                    // Inputs and outputs have no structs in structs: the validator asks for a binding on every member.
                    if let (Some(binding), name) = (&member.binding, member.name.as_deref().unwrap_or("")) {
                        let at = ty.name.as_deref().and_then(|structure| self.member_span(structure, name)).unwrap_or(span);
                        self.varyings(name, member.ty, Some(binding), at, out, builtins);
                    }
                }
            }
            (None, _) => {}
        }
    }

    /// The length of the array of clip distances that an entry point gives.
    fn clip_distances(&self, entry: &naga::EntryPoint) -> u32 {
        let Some(result) = &entry.function.result else { return 0 };
        let types = &self.source.module.types;
        let length = |binding: Option<&naga::Binding>, ty: naga::Handle<naga::Type>| match (binding, &types[ty].inner) {
            (
                Some(naga::Binding::BuiltIn(naga::BuiltIn::ClipDistances)),
                naga::TypeInner::Array { size: naga::ArraySize::Constant(count), .. },
            ) => count.get(),
            _ => 0,
        };
        match &types[result.ty].inner {
            naga::TypeInner::Struct { members, .. } => {
                members.iter().map(|member| length(member.binding.as_ref(), member.ty)).max().unwrap_or(0)
            }
            _ => length(result.binding.as_ref(), result.ty),
        }
    }

    /// The workgroup variables among the names that an entry point uses.
    fn workgroup_variables(&self, used: &BTreeSet<&str>, overrides: &BTreeMap<usize, usize>) -> Vec<WorkgroupVariable> {
        let module = self.source.module;
        let mut out = Vec::new();
        for (_, variable) in module.global_variables.iter() {
            let Some(name) = variable.name.as_deref().filter(|name| used.contains(name)) else { continue };
            if variable.space != naga::AddressSpace::WorkGroup {
                continue;
            }
            let (size, count) = match module.types[variable.ty].inner {
                naga::TypeInner::Array { size: naga::ArraySize::Pending(length), stride, .. } => {
                    (stride, Some(self.length(length, overrides)))
                }
                _ => (self.layouter[variable.ty].size, None),
            };
            out.push(WorkgroupVariable { name: name.to_owned(), span: self.span_of_name(name), size, count });
        }
        out
    }

    /// The length of an array that is an override, or an expression of overrides: naga makes an override without a name of that.
    fn length(&self, length: naga::Handle<naga::Override>, overrides: &BTreeMap<usize, usize>) -> Expression {
        match (overrides.get(&length.index()), self.source.module.overrides[length].init) {
            (Some(index), _) => Expression::Override(*index),
            (None, Some(init)) => self.expression(init, overrides),
            (None, None) => Expression::Unknown,
        }
    }

    fn workgroup_size(&self, entry: &naga::EntryPoint, overrides: &BTreeMap<usize, usize>) -> [Extent; 3] {
        let expressions = entry.workgroup_size_overrides.unwrap_or_default();
        let [x, y, z] = entry.workgroup_size;
        let [over_x, over_y, over_z] = expressions;
        let extent = |size: u32, over: Option<naga::Handle<naga::Expression>>| match over {
            Some(handle) => Extent::Expression(self.expression(handle, overrides)),
            None => Extent::Fixed(size),
        };
        [extent(x, over_x), extent(y, over_y), extent(z, over_z)]
    }

    fn expression(&self, handle: naga::Handle<naga::Expression>, overrides: &BTreeMap<usize, usize>) -> Expression {
        let expressions = &self.source.module.global_expressions;
        match &expressions[handle] {
            naga::Expression::Override(handle) => {
                overrides.get(&handle.index()).map_or(Expression::Unknown, |index| Expression::Override(*index))
            }
            naga::Expression::Binary { op, left, right } => {
                let operator = match op {
                    naga::BinaryOperator::Add => '+',
                    naga::BinaryOperator::Subtract => '-',
                    naga::BinaryOperator::Multiply => '*',
                    naga::BinaryOperator::Divide => '/',
                    naga::BinaryOperator::Modulo => '%',
                    _ => return Expression::Unknown,
                };
                let (left, right) = (self.expression(*left, overrides), self.expression(*right, overrides));
                Expression::Binary(operator, Box::new(left), Box::new(right))
            }
            other => match literal(other) {
                // An integer of at most 32 bits.
                Some(value) if value.fract() == 0.0 => Expression::Value(value as i64),
                _ => Expression::Unknown,
            },
        }
    }

    /// What a variable is; `None` for what WebGPU cannot bind.
    fn resource(&self, variable: &naga::GlobalVariable) -> Option<Resource> {
        let inner = &self.source.module.types[variable.ty].inner;
        Some(match (variable.space, inner) {
            (naga::AddressSpace::Uniform, _) => Resource::Uniform(self.block(variable.ty)?),
            (naga::AddressSpace::Storage { access }, _) => {
                Resource::Storage { is_writable: access.contains(naga::StorageAccess::STORE), block: self.block(variable.ty)? }
            }
            (_, naga::TypeInner::Sampler { comparison }) => Resource::Sampler { is_comparison: *comparison },
            (_, naga::TypeInner::Image { dim, arrayed, class }) => {
                let dimension = match (dim, arrayed) {
                    (naga::ImageDimension::D1, _) => TextureViewDimension::D1,
                    (naga::ImageDimension::D2, false) => TextureViewDimension::D2,
                    (naga::ImageDimension::D2, true) => TextureViewDimension::D2Array,
                    (naga::ImageDimension::D3, _) => TextureViewDimension::D3,
                    (naga::ImageDimension::Cube, false) => TextureViewDimension::Cube,
                    (naga::ImageDimension::Cube, true) => TextureViewDimension::CubeArray,
                };
                match class {
                    naga::ImageClass::Sampled { kind, multi } => {
                        let sample = match kind {
                            naga::ScalarKind::Float => Sample::Float,
                            naga::ScalarKind::Sint => Sample::Sint,
                            naga::ScalarKind::Uint => Sample::Uint,
                            _ => return None,
                        };
                        Resource::Texture { dimension, sample, is_multisampled: *multi }
                    }
                    naga::ImageClass::Depth { multi } => {
                        Resource::Texture { dimension, sample: Sample::Depth, is_multisampled: *multi }
                    }
                    naga::ImageClass::External => Resource::ExternalTexture,
                    naga::ImageClass::Storage { format, access } => {
                        let reads = access.contains(naga::StorageAccess::LOAD);
                        let writes = access.contains(naga::StorageAccess::STORE);
                        let access = match (reads, writes) {
                            (true, true) => StorageTextureAccess::ReadWrite,
                            (true, false) => StorageTextureAccess::ReadOnly,
                            (false, _) => StorageTextureAccess::WriteOnly,
                        };
                        Resource::StorageTexture { dimension, format: TextureFormat::of(Word::find(format.to_wgsl())?)?, access }
                    }
                }
            }
            _ => return None,
        })
    }

    fn block(&self, ty: naga::Handle<naga::Type>) -> Option<Block> {
        let types = &self.source.module.types;
        let layout = self.layouter[ty];
        // An open array is the variable itself or the last member of its struct.
        let open = match &types[ty].inner {
            naga::TypeInner::Array { size: naga::ArraySize::Dynamic, stride, .. } => Some((0, *stride)),
            naga::TypeInner::Struct { members, .. } => members.last().and_then(|last| match types[last.ty].inner {
                naga::TypeInner::Array { size: naga::ArraySize::Dynamic, stride, .. } => Some((last.offset, stride)),
                _ => None,
            }),
            _ => None,
        };
        let (mut fields, mut visits) = (Vec::new(), MAX_FIELD_VISITS);
        self.fields(ty, String::new(), 0, &[], 0, &mut fields, &mut visits);
        Some(match open {
            None => Block { size: Some(layout.size), min_size: layout.size, open_stride: None, fields },
            Some((offset, stride)) => {
                let end = offset.checked_add(stride)?;
                let min_size = end.checked_next_multiple_of(layout.alignment * 1)?;
                Block { size: None, min_size, open_stride: Some(stride), fields }
            }
        })
    }

    /// Adds the rows of a type at `offset`. `depth` counts structs, and `visits` how many types may still be looked at.
    #[expect(clippy::too_many_arguments, reason = "the state of one recursion")]
    fn fields(
        &self,
        ty: naga::Handle<naga::Type>,
        path: String,
        offset: u32,
        arrays: &[Array],
        depth: usize,
        out: &mut Vec<Field>,
        visits: &mut usize,
    ) {
        if out.len() >= MAX_FIELDS || *visits == 0 {
            return;
        }
        *visits -= 1;
        let types = &self.source.module.types;
        let (columns, rows, scalar, is_atomic) = match &types[ty].inner {
            naga::TypeInner::Scalar(scalar) => (1, 1, *scalar, false),
            naga::TypeInner::Atomic(scalar) => (1, 1, *scalar, true),
            naga::TypeInner::Vector { size, scalar } => (1, *size as u8, *scalar, false),
            naga::TypeInner::Matrix { columns, rows, scalar } => (*columns as u8, *rows as u8, *scalar, false),
            naga::TypeInner::Array { base, size, stride } => {
                let count = match size {
                    naga::ArraySize::Constant(count) => Some(count.get()),
                    naga::ArraySize::Pending(_) | naga::ArraySize::Dynamic => None,
                };
                let mut arrays = arrays.to_vec();
                arrays.push(Array { count, stride: *stride });
                // One marker stands for all the arrays around a struct.
                let is_struct = matches!(types[*base].inner, naga::TypeInner::Struct { .. });
                let path = if is_struct { path + "[]" } else { path };
                return self.fields(*base, path, offset, &arrays, depth, out, visits);
            }
            naga::TypeInner::Struct { members, .. } => {
                if depth < MAX_FIELD_DEPTH {
                    for member in members {
                        let name = member.name.as_deref().unwrap_or("");
                        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                        self.fields(member.ty, path, offset.saturating_add(member.offset), arrays, depth + 1, out, visits);
                    }
                }
                return;
            }
            // Nothing else lies in a buffer.
            _ => return,
        };
        if let Some(scalar) = Scalar::of(scalar) {
            out.push(Field {
                path,
                scalar,
                columns,
                rows,
                is_atomic,
                offset,
                size: self.layouter[ty].size,
                arrays: arrays.to_vec(),
            });
        }
    }
}

/// The report about a variable that has a type which WebGPU cannot bind, or which naga could not read.
pub(super) fn not_reflected(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(Code::WgslNotReflected, span, format!("the declaration of `{name}` cannot be reflected"))
        .label("the scene needs its type and size")
        .help("write it with types and constants that the validator knows")
}

/// Textures and samplers that might be used together where naga cannot say.
fn possible_pairs(bindings: &[Binding], used: &[usize]) -> Vec<(usize, usize)> {
    let of_kind = |is_kind: fn(&Resource) -> bool| {
        used.iter().copied().filter(move |index| bindings.get(*index).is_some_and(|binding| is_kind(&binding.resource)))
    };
    let textures = of_kind(|resource| matches!(resource, Resource::Texture { is_multisampled: false, .. }));
    let samplers: Vec<usize> = of_kind(|resource| matches!(resource, Resource::Sampler { .. })).collect();
    textures.flat_map(|texture| samplers.iter().map(move |sampler| (texture, *sampler))).collect()
}

fn sorted(indices: impl Iterator<Item = usize>) -> Vec<usize> {
    let set: BTreeSet<usize> = indices.collect();
    set.into_iter().collect()
}

/// The value of a literal expression, `true` as 1.
fn literal(expression: &naga::Expression) -> Option<f64> {
    let naga::Expression::Literal(literal) = expression else { return None };
    Some(match literal {
        naga::Literal::F64(value) | naga::Literal::AbstractFloat(value) => *value,
        naga::Literal::F32(value) => f64::from(*value),
        naga::Literal::F16(value) => f64::from(*value),
        naga::Literal::I32(value) => f64::from(*value),
        naga::Literal::U32(value) => f64::from(*value),
        naga::Literal::Bool(value) => f64::from(u8::from(*value)),
        // No override has these types.
        _ => return None,
    })
}
