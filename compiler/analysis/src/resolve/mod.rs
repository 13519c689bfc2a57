//! Names and values: a tree becomes nodes in which every word, number, flag and reference is known.
//!
//! The property tables say what each value has to be. What does not fit is reported once and stands as [`Val::Bad`], which
//! everything after accepts in silence.

pub(crate) mod data;
mod descriptions;
mod device;
pub(crate) mod eval;
mod fullscreen;
mod media;
mod names;
mod references;
pub(crate) mod shaders;
mod spellings;
mod values;
mod wasm;

pub use fullscreen::{Bound, Fullscreen, Pass, PassShader};
pub use names::Declaration;
pub use references::{Manner, Meanings, Reference, Target, WgslDeclaration};
pub use shaders::ShaderText;

use crate::data::wasm::Interface;
use crate::language::{self, MACROS, Macro, Ns, Prop, Rows};
pub use crate::language::{Node, Obj, Val};
use crate::memo::Memo;
use pngine_scene::{Bytes, Data, Shader, Size, VideoFile, WasmFunction, WasmModule};
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::{SourceMap, Sources, Span};
use pngine_syntax::load::Loaded;
use pngine_syntax::tree::{Value, ValueKind};
use pngine_wgsl::device::Device;
use std::collections::{BTreeMap, BTreeSet};

/// Findings after which no near names are looked for: each search compares with all names there are. Picked by feel.
const MOST_SUGGESTIONS: usize = 200;

/// A `#define`.
#[derive(Clone, Debug)]
struct Define {
    value: Value,
    span: Span,
    /// Its position in the order of names.
    index: usize,
}

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
    loaded: &'a Loaded,
    /// What was found so far. Nothing that stands here is changed or taken back: what may be is found by [`Resolver::unreported`].
    diagnostics: Vec<Diagnostic>,
    /// How many findings there are beside these.
    found_before: usize,
    defines: BTreeMap<String, Define>,
    /// Whether some stage leaves its module out.
    omitted_module: bool,
    /// What stages say about their modules.
    stages: Vec<references::StageWords>,
    /// Source text that defines have stood for.
    aliased_bytes: usize,
    /// Defines that are being evaluated.
    open_defines: Vec<String>,
    /// Values of defines and sizes of buffers, each evaluated once; `None` for a mistake, which is reported.
    evaluated: BTreeMap<(Ns, String, eval::Slot), Option<eval::Affine>>,
    /// How deep the evaluation is that is going on.
    eval_depth: usize,
    declarations: BTreeMap<Ns, Vec<Declaration<'a>>>,
    index: BTreeMap<Ns, BTreeMap<String, usize>>,
    references: references::References,
    /// Names that unknown macros would have declared: whoever uses them is not wrong.
    names_of_unknown_macros: BTreeSet<String>,
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
    shaders: Vec<Shader>,
    texts: Vec<ShaderText>,
    shader_of: BTreeMap<(Ns, usize), usize>,
    fragments: BTreeMap<(Ns, usize), shaders::Fragment>,
    /// Where the pieces begin that are in some module.
    read_pieces: BTreeSet<Span>,
    shader_defines: BTreeMap<String, pngine_wgsl::assemble::Define>,
    /// Defines whose value is a mistake, which is reported.
    lost_defines: BTreeSet<String>,
    shader_files: shaders::ShaderFiles,
    /// The files of the scene, and behind them those of shaders.
    sources: SourceMap,
    device: Device,
    sized_by: Vec<(usize, usize, usize)>,
    spellings: spellings::Spellings,
    memo: &'a Memo,
}

/// Resolves a whole program; `memo` remembers what came of every shader.
pub fn resolve(world: &dyn Sources, loaded: &Loaded, memo: &Memo, diagnostics: &mut Vec<Diagnostic>) -> Resolved {
    let mut resolver = Resolver {
        world,
        loaded,
        diagnostics: Vec::new(),
        found_before: diagnostics.len(),
        defines: BTreeMap::new(),
        omitted_module: false,
        stages: Vec::new(),
        aliased_bytes: 0,
        open_defines: Vec::new(),
        evaluated: BTreeMap::new(),
        eval_depth: 0,
        declarations: BTreeMap::new(),
        index: BTreeMap::new(),
        references: references::References::default(),
        names_of_unknown_macros: BTreeSet::new(),
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
        shaders: Vec::new(),
        texts: Vec::new(),
        shader_of: BTreeMap::new(),
        fragments: BTreeMap::new(),
        read_pieces: BTreeSet::new(),
        shader_defines: BTreeMap::new(),
        lost_defines: BTreeSet::new(),
        shader_files: shaders::ShaderFiles::default(),
        sources: loaded.sources.clone(),
        device: Device::default(),
        sized_by: Vec::new(),
        spellings: spellings::Spellings::default(),
        memo,
    };
    let bodies_of_unknown_macros = resolver.declare();
    for property in bodies_of_unknown_macros.into_iter().flatten() {
        resolver.presume_words(&property.value);
    }
    resolver.check_defines();
    resolver.resolve_device();
    resolver.resolve_data();
    resolver.resolve_shaders();
    let fullscreen = resolver.resolve_passes();
    let mut objects = BTreeMap::new();
    let (mut images, mut videos, mut wasm_calls) = (Vec::new(), Vec::new(), Vec::new());
    for row in MACROS {
        if matches!(row.ns, Ns::Wgsl | Ns::ShaderModule | Ns::Data | Ns::Device | Ns::Pass) {
            continue;
        }
        let mut list = Vec::new();
        for index in 0..resolver.count(row.ns) {
            let declaration = resolver.declaration(row.ns, index);
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
    resolver.refer_in_stages();
    resolver.refer_in_lone_fragments();
    resolver.refer_in_defines();
    let unused = resolver.unused();
    resolver.prove_all();
    let meanings = resolver.meanings();
    let Resolver { data, wasm_modules, shaders, shader_of, device, sized_by, sources, texts, diagnostics: mut found, .. } =
        resolver;
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
        sources,
        meanings,
        texts,
        unused,
    }
}

impl Resolver<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Does something whose findings are looked at before they are reported, by whoever asked for it.
    fn unreported<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Vec<Diagnostic>) {
        let before = std::mem::take(&mut self.diagnostics);
        self.found_before += before.len();
        let result = work(self);
        let own = std::mem::replace(&mut self.diagnostics, before);
        self.found_before -= self.diagnostics.len();
        (result, own)
    }

    /// Whether there are so many findings that help for further ones is not worth the search.
    fn has_plenty(&self) -> bool {
        self.spellings.is_trial || self.found_before + self.diagnostics.len() >= MOST_SUGGESTIONS
    }

    fn count(&self, ns: Ns) -> usize {
        self.declarations.get(&ns).map_or(0, Vec::len)
    }

    /// What nothing uses. An index list that nothing uses is reported, however much is wrong elsewhere.
    fn unused(&mut self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let mut lists = Vec::new();
        let used = self.used_declarations();
        for (&ns, declarations) in &self.declarations {
            // Without a `#frame`, every `#pass` runs.
            let is_run = ns == Ns::Pass && self.count(Ns::Frame) == 0;
            let is_inferred = ns == Ns::ShaderModule && self.omitted_module && declarations.len() == 1;
            if is_run
                || is_inferred
                || self.is_any_named(ns)
                || matches!(ns, Ns::Frame | Ns::Animation | Ns::Device | Ns::Canvas | Ns::Meta)
            {
                continue;
            }
            for (index, declaration) in declarations.iter().enumerate() {
                if !used.contains(&(ns, index)) {
                    let message = format!("`#{} {}` is not used", ns.word(), declaration.name);
                    findings.push(Diagnostic::new(Code::Unused, declaration.name_span, message));
                }
            }
        }
        let used_defines = self.used_defines();
        for (name, define) in &self.defines {
            if !used_defines.contains(&define.index) && !self.is_any_named(Ns::Define) {
                findings.push(Diagnostic::new(Code::Unused, define.span, format!("`#define {name}` is not used")));
            }
        }
        for (list, span) in self.index_lists.values() {
            if !used.contains(&(Ns::Data, *list)) && !self.is_any_named(Ns::Data) {
                let message = "nothing uses this index list";
                lists.push(Diagnostic::new(Code::NoEffect, *span, message).help("without `indexed=true` a draw needs none"));
            }
        }
        self.diagnostics.append(&mut lists);
        findings
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
