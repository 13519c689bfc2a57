//! How what a text of a `#pass` names is declared in front of it. Source: language reference, section 13.2.

use super::bindable::{Board, Bound, Declaration, Form, PASS_INPUTS};
use super::fullscreen::Passes;
use super::uniform_names;
use crate::data::element::ElementType;
use crate::language::{self, Choice, Generator, Ns};
use pngine_format::webgpu::{Feature, Format, Sample};
use pngine_format::word::{TextureAspect, TextureDimension, TextureViewDimension};
use pngine_scene::Extent;
use pngine_syntax::tree::ValueKind;
use pngine_wgsl::device::Device;

const READ: &str = "<storage, read>";
impl Passes<'_, '_> {
    /// How what is bound is declared.
    pub(super) fn declared(&self, board: &Board<'_>, index: usize, bound: Bound) -> Declaration {
        match bound {
            Bound::Input(input) => match &PASS_INPUTS[input].form {
                Form::Members(name, members) => {
                    let members: Vec<String> = members.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                    Declaration { structure: Some((name, members.join(", "))), ..Declaration::of("<uniform>", *name) }
                }
                Form::Array(ty) => Declaration::of(READ, *ty),
            },
            Bound::Sampler => Declaration::of("", "sampler"),
            Bound::Target(output) => match board.output(index, output).and_then(|output| output.format) {
                // What cannot be stored is refused where the format stands.
                Some(format) if !can_store(format, &self.shaders.device) => Declaration::guess("", storage(Format::text(PLAIN))),
                Some(format) => Declaration::of("", storage(format.text())),
                None => Declaration::guess("", storage(Format::text(PLAIN))),
            },
            Bound::Output(pass, output) | Bound::Previous(pass, output) => {
                match board.output(pass, output).and_then(|output| output.format) {
                    Some(format) => Declaration::of("", sampled("2d", false, format.sample(has(&self.shaders.device)))),
                    None => Declaration::guess("", "texture_2d<f32>"),
                }
            }
            Bound::Data(data) => Declaration::of(READ, format!("array<{}>", self.data_element(data))),
            Bound::Uniforms(set) => {
                let mut members = uniform_names::members(self.names, set);
                // That there are none is reported; which ones were meant is not known.
                let is_guess = members.is_empty();
                if is_guess {
                    members.push(("nothing", "f32"));
                }
                let members: Vec<String> = members.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                // Names of `#uniforms` differ, and so do these.
                let name = format!("{}Uniforms", self.names.declaration(Ns::Uniforms, set).name);
                Declaration { structure: Some(("", members.join(", "))), is_guess, ..Declaration::of("<uniform>", name) }
            }
            Bound::Declared(ns, index) | Bound::Earlier(ns, index) => self.declared_object(board, ns, index),
        }
    }

    fn declared_object(&self, board: &Board<'_>, ns: Ns, index: usize) -> Declaration {
        let object = board.object(ns, index).filter(|object| object.obj.is_whole());
        let texture = |index: usize| Some(board.object(Ns::Texture, index)?.read::<language::Texture>());
        match ns {
            Ns::Sampler => {
                let compares = object.is_some_and(|object| object.read::<language::Sampler>().compare.value.is_some());
                Declaration::of("", if compares { "sampler_comparison" } else { "sampler" })
            }
            Ns::Buffer => {
                let initial = object.and_then(|object| object.read::<language::Buffer>().mapped_at_creation.value);
                match initial {
                    Some(data) => Declaration::of(READ, format!("array<{}>", self.data_element(data.0))),
                    None => Declaration::guess(READ, "array<vec4f>"),
                }
            }
            Ns::ImageBitmap => Declaration::of("", "texture_2d<f32>"),
            Ns::Video => Declaration::of("", "texture_external"),
            _ => {
                let view = object.filter(|_| ns == Ns::TextureView).map(|object| object.read::<language::TextureView>());
                let of = match &view {
                    Some(view) => view.of.texture.value.and_then(|id| texture(id.0)),
                    None => texture(index),
                };
                of.filter(|_| object.is_some())
                    .and_then(|texture| texture_type(&texture, view.as_ref(), &self.shaders.device))
                    .map_or_else(|| Declaration::guess("", "texture_2d<f32>"), |ty| Declaration::of("", ty))
            }
        }
    }

    /// Whether the declaration of what is bound is right in itself; what it is cannot be told from a wrong one.
    pub(super) fn is_sound(board: &Board<'_>, bound: Bound) -> bool {
        match bound {
            Bound::Declared(ns, index) | Bound::Earlier(ns, index) => {
                board.object(ns, index).is_some_and(|object| object.obj.is_whole())
            }
            Bound::Target(_) | Bound::Output(..) | Bound::Previous(..) => true,
            Bound::Input(_) | Bound::Sampler | Bound::Data(_) | Bound::Uniforms(_) => true,
        }
    }

    /// What a `#data` holds, as WGSL reads it: bytes and halves in words.
    fn data_element(&self, data: usize) -> &'static str {
        let of_type = |ty: ElementType| match ty {
            ElementType::F32 => "f32",
            ElementType::I32 => "i32",
            ElementType::U32 | ElementType::F16 | ElementType::I16 | ElementType::U16 | ElementType::I8 | ElementType::U8 => {
                "u32"
            }
        };
        let of_generator = |generator: Generator| match generator {
            Generator::Int32Array(_) => Some("i32"),
            Generator::Uint32Array(_)
            | Generator::Float16Array(_)
            | Generator::Int16Array(_)
            | Generator::Uint16Array(_)
            | Generator::Int8Array(_)
            | Generator::Uint8Array(_)
            | Generator::Text(_)
            | Generator::Base64(_) => Some("u32"),
            Generator::Float32Array(_)
            | Generator::Values(_)
            | Generator::File(_)
            | Generator::Blob(_)
            | Generator::Cube(_)
            | Generator::Plane(_)
            | Generator::Sphere(_)
            | Generator::Torus(_)
            | Generator::Cylinder(_)
            | Generator::Cone(_)
            | Generator::Wasm(_) => None,
        };
        // Index lists stand behind what is declared.
        if data >= self.names.count(Ns::Data) {
            return "u32";
        }
        let shape = language::Data::SHAPE;
        let body = self.names.declaration(Ns::Data, data).body;
        body.iter()
            .find_map(|property| {
                let row = shape.find(&property.name.name).or_else(|| shape.meant(&property.name.name))?;
                match &property.value.kind {
                    ValueKind::Ident(ty) | ValueKind::Str(ty) if row.name == language::Data::ty.name => {
                        ElementType::of_word(ty).map(of_type).filter(|ty| *ty != "f32")
                    }
                    _ => Generator::named(row.name).and_then(of_generator),
                }
            })
            .unwrap_or("f32")
    }
}

/// A format that everything can be done with.
const PLAIN: Format = Format::Texture(pngine_format::word::TextureFormat::Rgba8Unorm);

fn has(device: &Device) -> impl Fn(Feature) -> bool {
    |feature| device.has(feature)
}

/// Whether compute code can write to a texture of this format.
fn can_store(format: Format, device: &Device) -> bool {
    format != Format::Canvas && format.stores(pngine_format::word::StorageTextureAccess::WriteOnly, has(device))
}

fn storage(format: &str) -> String {
    format!("texture_storage_2d<{format}, write>")
}

/// The type of a sampled texture.
fn sampled(dimension: &str, is_multisampled: bool, sample: Sample) -> String {
    let samples = if is_multisampled { "multisampled_" } else { "" };
    match sample {
        Sample::Float | Sample::UnfilterableFloat => format!("texture_{samples}{dimension}<f32>"),
        Sample::Sint => format!("texture_{samples}{dimension}<i32>"),
        Sample::Uint => format!("texture_{samples}{dimension}<u32>"),
        Sample::Depth => format!("texture_depth_{samples}{dimension}"),
    }
}

/// The type of a texture, or of a view of it; `None` if something is missing that tells it.
fn texture_type(texture: &language::Texture, view: Option<&language::TextureView>, device: &Device) -> Option<String> {
    let format = view.and_then(|view| view.of.format.value).or(texture.format.value)?;
    let aspect = view.map_or(TextureAspect::All, |view| view.of.aspect.value);
    let sample = format.of_aspect(aspect).sample(has(device));
    let layers = match texture.size.value.as_ref().and_then(|size| size.get(2)?.value) {
        Some(Extent::Fixed(layers)) => layers,
        Some(Extent::Canvas(_)) | None => 1,
    };
    let written = view.and_then(|view| view.of.dimension.value);
    let dimension = match (written, texture.dimension.value) {
        (Some(dimension), _) => dimension,
        (None, TextureDimension::D1) => TextureViewDimension::D1,
        (None, TextureDimension::D3) => TextureViewDimension::D3,
        (None, TextureDimension::D2) => {
            let covered = view.map_or(layers, |view| {
                view.array_layer_count.value.unwrap_or(layers.saturating_sub(view.base_array_layer.value))
            });
            if covered > 1 { TextureViewDimension::D2Array } else { TextureViewDimension::D2 }
        }
    };
    Some(sampled(&dimension.text().replace('-', "_"), texture.sample_count.value > 1, sample))
}
