//! Names and values: a tree becomes nodes in which every word, number, flag and reference is known.
//!
//! The property tables say what each value has to be. What does not fit is reported once and stands as [`Val::Bad`], which
//! everything after accepts in silence.

mod bindable;
pub(crate) mod data;
mod descriptions;
mod device;
pub(crate) mod eval;
mod fullscreen;
mod habits;
mod media;
mod names;
mod notes;
mod references;
pub(crate) mod shaders;
mod spellings;
mod uniforms;
mod unused;
mod values;
mod wasm;

pub(crate) use bindable::PREVIOUS;
pub use bindable::{Bound, PASS_INPUTS};
pub use fullscreen::{Fullscreen, Pass, PassShader, Stages};
pub use names::Declaration;
use names::Names;
use notes::Notes;
pub use references::{Manner, Meanings, Reference, Target, WgslDeclaration};
pub use shaders::ShaderText;
pub use uniforms::UniformSet;

use crate::data::wasm::Interface;
use crate::language::{self, MACROS, Macro, Ns, Prop, Rows};
pub use crate::language::{Node, Obj, Val};
use crate::memo::Memo;
use pngine_scene::{Bytes, Data, Shader, Size, VideoFile, WasmFunction, WasmModule};
use pngine_source::diag::Diagnostic;
use pngine_source::source::{SourceMap, Sources, Span};
use pngine_syntax::load::Loaded;
use pngine_syntax::tree::{Value, ValueKind};
use pngine_wgsl::assemble::Piece;
use pngine_wgsl::device::Device;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is known once all names and values are resolved.
pub struct Resolved {
    /// Per kind, the declarations that could be resolved: name, span of the name, properties.
    pub objects: BTreeMap<Ns, Vec<Object>>,
    /// All `#data`.
    pub data: Vec<Option<Data>>,
    /// The size of every `#imageBitmap`, `None` where it is not known, which is reported.
    pub images: Vec<Option<Size>>,
    /// The file of every `#video`, `None` where it cannot be read, which is reported.
    pub videos: Vec<Option<VideoFile>>,
    /// The modules that are called into.
    pub wasm_modules: Vec<WasmModule>,
    /// What every `#wasmCall` calls, `None` for a mistake, which is reported.
    pub wasm_calls: Vec<Option<WasmFunction>>,
    /// All `#wgsl` and `#shaderModule` texts that a stage names, in source order.
    pub shaders: Vec<Shader>,
    /// Shader of a module reference.
    pub shader_of: BTreeMap<(Ns, usize), usize>,
    /// What is asked of the device.
    pub device: Device,
    /// Buffers whose size is written as `module.variable`: the buffer, the shader, and the binding of its module.
    pub sized_by: Vec<(usize, usize, usize)>,
    /// Every `#pass`.
    pub fullscreen: Fullscreen,
    /// Every `#uniforms`.
    pub uniforms: Vec<UniformSet>,
    /// The files of the scene, and behind them those of shaders that were read.
    pub sources: SourceMap,
    /// What the words mean.
    pub meanings: Meanings,
    /// Every module's text, with where it comes from.
    pub texts: Vec<ShaderText>,
    /// Declarations that nothing uses. They hold only where nothing is wrong: what mends an error may use what nothing uses yet.
    pub unused: Vec<Diagnostic>,
}

/// A resolved declaration.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The whole declaration.
    pub span: Span,
    /// Its properties.
    pub obj: Obj,
}

impl Object {
    /// The slots of its properties.
    pub fn read<M: Macro>(&self) -> M {
        M::slots(&self.obj)
    }
}

/// The state of the stage.
pub struct Resolver<'a> {
    world: &'a dyn Sources,
    names: &'a Names<'a>,
    /// Nothing that stands here is changed or taken back: what may be is found apart.
    notes: Notes<'a>,
    numbers: eval::Numbers,
    /// Source text that defines have stood for.
    aliased_bytes: usize,
    /// `None` for one that has not been looked at yet. Index lists stand behind what is declared.
    data: Vec<data::Place>,
    /// Those of which something is missing or wrong, which is reported.
    damaged_data: BTreeSet<usize>,
    /// Those of them that are being made.
    open_data: Vec<usize>,
    /// What all `#data` took so far.
    data_budget: data::Budget,
    /// Bytes of all shader texts so far, and whether too many were reported.
    shader_bytes: (usize, bool),
    /// Sizes of `#imageBitmap`s and of the images in `#data` that were asked for; `None` for a mistake, which is reported.
    images: BTreeMap<usize, Option<Size>>,
    decoded: BTreeMap<usize, Option<Size>>,
    /// The size of every image that was decoded, by its bytes; `None` for those that cannot be.
    decoded_bytes: BTreeMap<Bytes, Option<Size>>,
    /// The files of `#video`s, by the directory that names them and the path: each is read once, and held once.
    video_files: BTreeMap<(String, String), Bytes>,
    /// Whether it was said that the images have too many pixels together.
    has_too_many_pixels: bool,
    wasm_modules: Vec<WasmModule>,
    /// What each of them exports and imports.
    interfaces: Vec<Interface>,
    /// Modules by their paths; `None` for one that cannot be used, which is reported.
    wasm_by_path: BTreeMap<String, Option<usize>>,
    /// Index lists: the position of the shape's `#data`, that of the list, and where the list is asked for.
    index_lists: BTreeMap<usize, (usize, Span)>,
    /// The attributes of shapes, by the position of their `#data`, until that is made: names and bytes.
    shape_attributes: BTreeMap<usize, Vec<(&'static str, u32)>>,
    shaders: Vec<Shader>,
    texts: Vec<ShaderText>,
    shader_of: BTreeMap<(Ns, usize), usize>,
    fragments: BTreeMap<(Ns, usize), shaders::Fragment>,
    /// Where the pieces begin that are in some module.
    read_pieces: BTreeSet<Span>,
    /// Defines whose names stand in shader text, which gets their values as they are written.
    in_shaders: BTreeSet<usize>,
    shader_defines: BTreeMap<String, pngine_wgsl::assemble::Define>,
    /// Defines whose value is a mistake, which is reported.
    lost_defines: BTreeSet<String>,
    shader_files: shaders::ShaderFiles,
    /// The files of the scene, and behind them those of shaders.
    sources: SourceMap,
    device: Device,
    sized_by: Vec<(usize, usize, usize)>,
    memo: &'a Memo,
}

/// Resolves a whole program; `memo` remembers what came of every shader.
pub fn resolve(world: &dyn Sources, loaded: &Loaded, memo: &Memo, diagnostics: &mut Vec<Diagnostic>) -> Resolved {
    let mut found = Vec::new();
    let (names, bodies_of_unknown_macros) = Names::declare(loaded, &mut found);
    let (circles, cyclic) = names.circles();
    let mut notes = Notes::new(&names, diagnostics.len());
    notes.extend(found);
    for property in bodies_of_unknown_macros.into_iter().flatten() {
        notes.presume_words(&property.value);
    }
    // What is in a circle must not be reported again for not being used.
    notes.extend(circles);
    notes.presume_defines(&cyclic);
    let mut resolver = Resolver {
        world,
        names: &names,
        notes,
        numbers: eval::Numbers::new(cyclic),
        aliased_bytes: 0,
        data: Vec::new(),
        damaged_data: BTreeSet::new(),
        open_data: Vec::new(),
        data_budget: data::Budget::default(),
        shader_bytes: (0, false),
        images: BTreeMap::new(),
        decoded: BTreeMap::new(),
        decoded_bytes: BTreeMap::new(),
        video_files: BTreeMap::new(),
        has_too_many_pixels: false,
        wasm_modules: Vec::new(),
        interfaces: Vec::new(),
        wasm_by_path: BTreeMap::new(),
        index_lists: BTreeMap::new(),
        shape_attributes: BTreeMap::new(),
        shaders: Vec::new(),
        texts: Vec::new(),
        shader_of: BTreeMap::new(),
        fragments: BTreeMap::new(),
        read_pieces: BTreeSet::new(),
        in_shaders: BTreeSet::new(),
        shader_defines: BTreeMap::new(),
        lost_defines: BTreeSet::new(),
        shader_files: shaders::ShaderFiles::default(),
        sources: loaded.sources.clone(),
        device: Device::default(),
        sized_by: Vec::new(),
        memo,
    };
    resolver.resolve_device();
    resolver.resolve_data();
    resolver.resolve_shaders();
    let mut objects = BTreeMap::new();
    let (mut images, mut videos, mut wasm_calls) = (Vec::new(), Vec::new(), Vec::new());
    for row in MACROS {
        if matches!(row.ns, Ns::Wgsl | Ns::ShaderModule | Ns::Data | Ns::Device | Ns::Pass | Ns::Uniforms) {
            continue;
        }
        let mut list = Vec::new();
        for (index, declaration) in names.all(row.ns).iter().enumerate() {
            let obj = resolver.object(row.shape, declaration.body, declaration.span, row.repeatable);
            match row.ns {
                Ns::Init => resolver.note_init_bindings(&language::Init::slots(&obj)),
                Ns::Buffer => resolver.note_sized_by(index, declaration.body),
                Ns::ImageBitmap => images.push(resolver.image_size(index)),
                Ns::Video => {
                    let video = language::Video::slots(&obj);
                    videos.push(resolver.video(&video, declaration.name, declaration.name_span));
                }
                Ns::WasmCall => {
                    let call = language::WasmCall::slots(&obj);
                    wasm_calls.push(resolver.wasm_function((&call.module, &call.func, &call.returns), Some(&call.args)));
                }
                _ => {}
            }
            list.push(Object { name: declaration.name.clone(), name_span: declaration.name_span, span: declaration.span, obj });
        }
        objects.insert(row.ns, list);
    }
    let fullscreen = resolver.resolve_passes(&objects);
    let uniforms = resolver.resolve_uniforms(&fullscreen);
    resolver.refer_in_lone_fragments();
    let Resolver { mut notes, numbers, data, wasm_modules, shaders, shader_of, device, sized_by, sources, texts, .. } = resolver;
    let Resolver { fragments, read_pieces, in_shaders, index_lists, .. } = resolver;
    notes.refer_in_stages(|module| {
        let shader = match module {
            Some(module) => *shader_of.get(&module)?,
            None => 0,
        };
        shaders.get(shader).filter(|_| module.is_some() || shaders.len() == 1)?.module.as_ref()
    });
    notes.refer_in_defines(numbers.cyclic());
    let unused = notes.unused(&in_shaders, &index_lists);
    let lone = fragments.values().filter_map(|fragment| fragment.piece.as_ref()).map(Piece::start);
    let (mut found, meanings) =
        notes.finish(&in_shaders, read_pieces.into_iter().chain(lone).collect(), index_lists.into_values().collect());
    diagnostics.append(&mut found);
    let data = data.into_iter().map(data::Place::into_data).collect();
    Resolved {
        objects,
        data,
        images,
        videos,
        wasm_modules,
        wasm_calls,
        shaders,
        shader_of,
        device,
        sized_by,
        fullscreen,
        uniforms,
        sources,
        meanings,
        texts,
        unused,
    }
}

impl<'a> Resolver<'a> {
    /// Takes from lints the fixes that change something: see [`Notes::prove`].
    fn prove<T: PartialEq>(
        &mut self,
        findings: &mut [Diagnostic],
        span: Span,
        meant: &T,
        read: impl FnMut(&mut Self, &Value) -> T,
    ) -> Option<T> {
        self.trying(read, |notes, read| notes.prove(findings, span, meant, read))
    }

    /// [`Self::prove`] for a whole value: see [`Notes::prove_value`].
    fn prove_value(
        &mut self,
        findings: &mut Vec<Diagnostic>,
        span: Span,
        meant: &Val,
        read: impl FnMut(&mut Self, &Value) -> Val,
    ) {
        self.trying(read, |notes, read| notes.prove_value(findings, span, meant, read));
    }

    /// Does something with the notes that reads with those of a trial.
    fn trying<T, U>(
        &mut self,
        mut read: impl FnMut(&mut Self, &Value) -> T,
        work: impl FnOnce(&mut Notes<'a>, &mut dyn FnMut(&mut Notes<'a>, &Value) -> T) -> U,
    ) -> U {
        let mut notes = std::mem::replace(&mut self.notes, Notes::new(self.names, 0));
        let result = work(&mut notes, &mut |trial, modern| {
            std::mem::swap(trial, &mut self.notes);
            let found = read(self, modern);
            std::mem::swap(trial, &mut self.notes);
            found
        });
        self.notes = notes;
        result
    }
}

/// Whether a part of a value could not be read, which is reported: what the whole is cannot be told.
fn is_damaged(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Error => true,
        ValueKind::Array(values) | ValueKind::Call(_, values) => values.iter().any(is_damaged),
        ValueKind::Object(body) => body.iter().any(|property| is_damaged(&property.value)),
        ValueKind::Neg(inner) | ValueKind::Group(inner) => is_damaged(inner),
        // A long chain nests to the left, so only its right sides are recursed into.
        ValueKind::Binary(_, left, right) => {
            let (mut left, mut right) = (left, right);
            loop {
                if is_damaged(right) {
                    return true;
                }
                match &left.kind {
                    ValueKind::Binary(_, next, other) => (left, right) = (next, other),
                    _ => return is_damaged(left),
                }
            }
        }
        _ => false,
    }
}

/// What a value is, for messages: "a string".
fn describe(value: &Value) -> &'static str {
    match value.kind {
        ValueKind::Str(_) => "this is a string",
        ValueKind::Bool(_) => "this is a boolean",
        ValueKind::Number(_) | ValueKind::Neg(_) | ValueKind::Binary(..) | ValueKind::Call(..) | ValueKind::Group(_) => {
            "this is a number"
        }
        ValueKind::Ident(_) => "this is a name",
        ValueKind::Path(_) => "this is a path",
        ValueKind::Ref(_) => "this is a reference",
        ValueKind::Array(_) => "this is an array",
        ValueKind::Object(_) => "this is an object",
        ValueKind::Error => "this cannot be read",
    }
}

/// The article that a property's name takes in a sentence is spared: `size` of `#buffer`.
fn slot_name(prop: &Prop) -> String {
    format!("`{}`", prop.name)
}
