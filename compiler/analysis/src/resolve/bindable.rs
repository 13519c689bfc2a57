//! What the names mean that the text of a `#pass` may use, and how those are declared that it does not declare itself.
//! Source: language reference, section 13.2.

use super::fullscreen::Passes;
use super::names::Names;
use super::references::Target;
use super::{Object, uniforms};
use crate::data::element::ElementType;
use crate::language::{self, Choice, Generator, Ns};
use pngine_format::webgpu::{Feature, Format, Sample};
use pngine_format::word::{TextureAspect, TextureDimension, TextureViewDimension};
use pngine_scene::{Extent, TextureId};
use pngine_source::source::Span;
use pngine_syntax::tree::ValueKind;
use pngine_wgsl::device::Device;
use pngine_wgsl::reflect::Resource;
use std::collections::{BTreeMap, BTreeSet};

/// Prefix of what a pass drew in the frame before, and of the earlier member of a pool.
pub(crate) const PREVIOUS: &str = "prev_";

/// What the engine knows, as passes have it.
#[derive(Debug)]
pub struct PassInput {
    /// Its name.
    pub name: &'static str,
    /// The name of what is uploaded: a row of `pngine_format::status::INPUTS`.
    pub source: &'static str,
    /// Whether nothing else may have the name. What came later gives way, so that scenes mean what they meant.
    is_reserved: bool,
    /// How it is declared.
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// A uniform of a struct of this name, with these members.
    Members(&'static str, &'static [(&'static str, &'static str)]),
    /// Read-only storage of this type: arrays of single numbers have no place in uniforms.
    Array(&'static str),
}

/// All of them, in the order of their bindings.
pub static PASS_INPUTS: [PassInput; 6] = [
    PassInput {
        name: "pngine",
        source: "pngineInputs",
        is_reserved: true,
        form: Form::Members("PngineInputs", &[("time", "f32"), ("width", "f32"), ("height", "f32"), ("aspect", "f32")]),
    },
    PassInput {
        name: "pointer",
        source: "pointerInputs",
        is_reserved: true,
        form: Form::Members(
            "PointerInputs",
            &[
                ("x", "f32"),
                ("y", "f32"),
                ("clickX", "f32"),
                ("clickY", "f32"),
                ("dx", "f32"),
                ("dy", "f32"),
                ("buttons", "f32"),
                ("pressure", "f32"),
                ("modifiers", "f32"),
                ("scrollX", "f32"),
                ("scrollY", "f32"),
                ("unused", "f32"),
            ],
        ),
    },
    PassInput {
        name: "frame",
        source: "frameInputs",
        is_reserved: false,
        form: Form::Members("FrameInputs", &[("delta", "f32"), ("index", "u32"), ("seed", "u32"), ("devicePixelRatio", "f32")]),
    },
    PassInput {
        name: "scene",
        source: "sceneTimeInputs",
        is_reserved: false,
        form: Form::Members("SceneInputs", &[("time", "f32"), ("duration", "f32"), ("normalizedTime", "f32")]),
    },
    PassInput { name: "keyboard", source: "keyboardInputs", is_reserved: false, form: Form::Array("array<u32, 8>") },
    PassInput { name: "audio", source: "audioInputs", is_reserved: false, form: Form::Array("array<f32, 256>") },
];

impl PassInput {
    /// The names of its members; of an array none.
    pub(super) fn members(&self) -> impl Iterator<Item = &'static str> {
        let members = match &self.form {
            Form::Members(_, members) => *members,
            Form::Array(_) => &[],
        };
        members.iter().map(|(name, _)| *name)
    }
}

/// What a resource variable of a `#pass` is bound to. Everything is told by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// What the engine knows, one of [`PASS_INPUTS`].
    Input(usize),
    /// `samp`: a linear sampler.
    Sampler,
    /// An output of the pass itself, to be written; `screen` is the first.
    Target(usize),
    /// An output of another pass in this frame: the pass and which.
    Output(usize, usize),
    /// An output in the frame before, of any pass that keeps it: the pass and which.
    Previous(usize, usize),
    /// A `#data`.
    Data(usize),
    /// A `#texture`, `#textureView`, `#sampler`, `#buffer`, `#imageBitmap` or `#video`; of a pool the member that this frame writes.
    Declared(Ns, usize),
    /// The member of the pool of a `#texture`, `#textureView` or `#buffer` that the frame before wrote.
    Earlier(Ns, usize),
    /// A `#uniforms`: what a host may set.
    Uniforms(usize),
}

impl Bound {
    /// Whether a variable of this type can be bound to it, as far as kinds go.
    fn is_kind_of(self, resource: &Resource) -> bool {
        let is_buffer = matches!(resource, Resource::Uniform(_) | Resource::Storage { .. });
        let is_texture = matches!(resource, Resource::Texture { .. } | Resource::StorageTexture { .. });
        match self {
            Self::Input(_) | Self::Data(_) | Self::Uniforms(_) => is_buffer,
            Self::Sampler => matches!(resource, Resource::Sampler { .. }),
            Self::Target(_) | Self::Output(..) | Self::Previous(..) => is_texture,
            Self::Declared(ns, _) | Self::Earlier(ns, _) => match ns {
                Ns::Texture | Ns::TextureView | Ns::ImageBitmap => is_texture,
                Ns::Sampler => matches!(resource, Resource::Sampler { .. }),
                Ns::Video => matches!(resource, Resource::ExternalTexture),
                _ => is_buffer,
            },
        }
    }
}

/// The kinds of declarations that a pass binds by their names, in the order in which they are looked for.
const KINDS: [Ns; 6] = [Ns::Texture, Ns::TextureView, Ns::Sampler, Ns::Buffer, Ns::ImageBitmap, Ns::Video];

/// An output of a pass.
#[derive(Clone, Debug)]
pub(super) struct Output {
    /// What it is called.
    pub name: String,
    /// Where that stands.
    pub span: Span,
    /// Its format; `None` for one that is wrong, which is reported.
    pub format: Option<Format>,
}

/// What is known of all passes before their texts are looked at, and of everything that these can name.
pub(super) struct Board<'o> {
    /// The outputs of each pass; the first is called like the pass.
    pub outputs: Vec<Vec<Output>>,
    /// Whether each keeps its last output.
    pub keeps: Vec<bool>,
    /// Which output a name is: the pass and which of its outputs.
    pub by_name: BTreeMap<String, (usize, usize)>,
    /// The declarations of other kinds.
    pub objects: &'o BTreeMap<Ns, Vec<Object>>,
}

impl Board<'_> {
    fn object(&self, ns: Ns, index: usize) -> Option<&Object> {
        self.objects.get(&ns)?.get(index)
    }

    /// How many members the pool of a declaration has; 1 of what has no pool.
    fn pool(&self, ns: Ns, index: usize) -> u32 {
        let Some(object) = self.object(ns, index) else { return 1 };
        match ns {
            Ns::Texture => object.read::<language::Texture>().pool.value,
            Ns::Buffer => object.read::<language::Buffer>().pool.value,
            Ns::TextureView => match object.read::<language::TextureView>().of.texture.value {
                Some(TextureId(texture)) => self.pool(Ns::Texture, texture),
                None => 1,
            },
            _ => 1,
        }
    }

    pub(super) fn output(&self, pass: usize, index: usize) -> Option<&Output> {
        self.outputs.get(pass)?.get(index)
    }

    /// What has the name that means this in a text of the pass `reader`; what was before has that of its owner, behind a prefix.
    pub(super) fn target(&self, reader: usize, bound: Bound) -> Target {
        let output = |pass: usize, index: usize| match self.output(pass, index) {
            Some(output) if index > 0 => Target::Wgsl(output.span),
            _ => Target::Declaration(Ns::Pass, pass),
        };
        match bound {
            Bound::Input(input) => Target::Predeclared(PASS_INPUTS[input].name),
            Bound::Sampler => Target::Predeclared("samp"),
            Bound::Target(0) => Target::Predeclared("screen"),
            Bound::Target(index) => output(reader, index),
            Bound::Output(pass, index) | Bound::Previous(pass, index) => output(pass, index),
            Bound::Data(index) => Target::Declaration(Ns::Data, index),
            Bound::Uniforms(index) => Target::Declaration(Ns::Uniforms, index),
            Bound::Declared(ns, index) | Bound::Earlier(ns, index) => Target::Declaration(ns, index),
        }
    }
}

/// What the names mean that a text may use.
pub(super) struct Readable<'b> {
    /// What is known of all passes.
    pub board: &'b Board<'b>,
    /// The position of the pass: it reads earlier ones.
    pub index: usize,
    /// Whether the text computes, and so writes its output itself.
    pub computes: bool,
    /// The passes that it names as those that it reads; `None` for all earlier ones.
    pub passes: Option<BTreeSet<usize>>,
    /// The `#data` that it names; `None` for all.
    pub data: Option<BTreeSet<usize>>,
}

impl Readable<'_> {
    fn has_pass(&self, pass: usize) -> bool {
        pass < self.index && self.passes.as_ref().is_none_or(|passes| passes.contains(&pass))
    }

    fn input(name: &str, is_reserved: bool) -> Option<Bound> {
        let found = PASS_INPUTS.iter().position(|input| input.name == name && input.is_reserved == is_reserved);
        found.map(Bound::Input)
    }

    /// What every pass has, and no declaration hides.
    fn own(&self, name: &str) -> Option<Bound> {
        let input = Self::input(name, true).or_else(|| (name == "samp").then_some(Bound::Sampler));
        let target = || match name {
            "screen" => Some(0),
            _ => self.board.outputs.get(self.index)?.iter().skip(1).position(|output| output.name == name).map(|at| at + 1),
        };
        input.or_else(|| self.computes.then(target)?.map(Bound::Target))
    }

    /// What a name can mean, what comes first counts. Nothing is made for each pass and `#data`: there may be thousands of them, and every
    /// pass asks.
    fn candidates(&self, names: &Names<'_>, name: &str) -> Vec<Bound> {
        if let Some(own) = self.own(name) {
            return vec![own];
        }
        let mut found = Vec::new();
        if let Some(owner) = name.strip_prefix(PREVIOUS) {
            let output = self.board.by_name.get(owner).filter(|(pass, _)| self.board.keeps.get(*pass) == Some(&true));
            found.extend(output.map(|&(pass, index)| Bound::Previous(pass, index)));
            let pooled = KINDS.into_iter().filter_map(|ns| Some((ns, names.lookup(ns, owner)?)));
            found.extend(
                pooled.filter(|(ns, index)| self.board.pool(*ns, *index) > 1).map(|(ns, index)| Bound::Earlier(ns, index)),
            );
        }
        let output = self.board.by_name.get(name).filter(|(pass, _)| self.has_pass(*pass));
        found.extend(output.map(|&(pass, index)| Bound::Output(pass, index)));
        let data = names.lookup(Ns::Data, name);
        // A `#data` that is listed is meant before an `#imageBitmap` of the same name.
        found.extend(data.filter(|data| self.data.as_ref().is_some_and(|listed| listed.contains(data))).map(Bound::Data));
        found.extend(KINDS.into_iter().filter_map(|ns| Some(Bound::Declared(ns, names.lookup(ns, name)?))));
        found.extend(data.filter(|_| self.data.is_none()).map(Bound::Data));
        found.extend(uniforms::of_passes(names, name).map(Bound::Uniforms));
        // What the scene declares hides it, even where it cannot be read.
        let is_declared = !found.is_empty() || data.is_some() || self.board.by_name.contains_key(name);
        found.extend(Self::input(name, false).filter(|_| !is_declared));
        found
    }

    /// What a name means that the text does not declare.
    pub(super) fn get(&self, names: &Names<'_>, name: &str) -> Option<Bound> {
        self.candidates(names, name).into_iter().next()
    }

    /// What a variable that the text declares is bound to: of several things of its name the first of its kind.
    pub(super) fn get_for(&self, names: &Names<'_>, name: &str, resource: &Resource) -> Option<Bound> {
        let candidates = self.candidates(names, name);
        candidates.iter().find(|bound| bound.is_kind_of(resource)).or(candidates.first()).copied()
    }

    /// All names, in alphabetical order.
    pub(super) fn names(&self, declared: &Names<'_>) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = PASS_INPUTS.iter().map(|input| input.name.to_string()).collect();
        names.insert("samp".to_string());
        if self.computes {
            names.insert("screen".to_string());
            names.extend(self.board.outputs.get(self.index).into_iter().flatten().skip(1).map(|output| output.name.clone()));
        }
        for (name, (pass, _)) in &self.board.by_name {
            names.extend(self.has_pass(*pass).then(|| name.clone()));
            names.extend((self.board.keeps.get(*pass) == Some(&true)).then(|| format!("{PREVIOUS}{name}")));
        }
        for ns in KINDS {
            names.extend(declared.of(ns).map(str::to_string));
        }
        let described = (0..declared.count(Ns::Uniforms)).filter(|index| !uniforms::names_variable(declared, *index));
        names.extend(described.map(|index| declared.declaration(Ns::Uniforms, index).name.clone()));
        let listed = |index: &usize| self.data.as_ref().is_none_or(|listed| listed.contains(index));
        names
            .extend((0..declared.count(Ns::Data)).filter(listed).map(|index| declared.declaration(Ns::Data, index).name.clone()));
        names
    }
}

/// How a name is declared in front of the text.
pub(super) struct Declaration {
    /// A struct and its members.
    pub structure: Option<(&'static str, String)>,
    /// What stands behind `var`.
    pub space: &'static str,
    /// The type; that of a struct is the name it gets.
    pub ty: String,
    /// Whether the type is a guess, because what is bound does not tell, or is wrong. What the text does with it says nothing then.
    pub is_guess: bool,
}

impl Declaration {
    fn of(space: &'static str, ty: impl Into<String>) -> Self {
        Self { structure: None, space, ty: ty.into(), is_guess: false }
    }

    fn guess(space: &'static str, ty: impl Into<String>) -> Self {
        Self { is_guess: true, ..Self::of(space, ty) }
    }
}

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
                let mut members = uniforms::members(self.names, set);
                if members.is_empty() {
                    // That there are none is reported.
                    members.push(("nothing", "f32"));
                }
                let members: Vec<String> = members.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                // Names of `#uniforms` differ, and so do these.
                let name = format!("{}Uniforms", self.names.declaration(Ns::Uniforms, set).name);
                Declaration { structure: Some(("", members.join(", "))), ..Declaration::of("<uniform>", name) }
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
