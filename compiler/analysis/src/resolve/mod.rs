//! Names and values: a tree becomes nodes in which every word, number, flag and reference is known.
//!
//! The property tables say what each value has to be. What does not fit is reported once and stands as [`Val::Bad`], which
//! everything after accepts in silence.

mod bindable;
pub(crate) mod data;
mod declarations;
mod descriptions;
mod device;
pub(crate) mod eval;
mod files;
mod formulas;
mod fullscreen;
mod habits;
mod media;
mod names;
mod notes;
mod parts;
mod references;
pub(crate) mod shaders;
mod spellings;
mod uniform_names;
mod uniforms;
mod unused;
mod values;
mod wasm;

pub(crate) use bindable::PREVIOUS;
pub use bindable::{Bound, PASS_INPUTS};
pub use fullscreen::{Fullscreen, Pass, PassShader, Stages};
pub use names::Declaration;
pub use references::{Manner, Meanings, Reference, Target, WgslDeclaration};
pub use shaders::ShaderText;
pub use uniforms::UniformSet;

use self::eval::{Declared, Numbers};
use self::fullscreen::Passes;
use self::names::Names;
use self::notes::Notes;
use self::parts::Parts;
use self::shaders::Shaders;
use self::uniforms::UniformReader;
use crate::language::{self, MACROS, Macro, Ns, Prop, Rows};
pub use crate::language::{Node, Obj, Val};
use crate::memo::Memo;
use pngine_scene::{Data, Shader, Size, VideoFile, WasmFunction, WasmModule};
use pngine_source::diag::Diagnostic;
use pngine_source::source::{SourceMap, Sources, Span};
use pngine_syntax::load::Loaded;
use pngine_syntax::tree::{Value, ValueKind};
use pngine_wgsl::device::Device;
use std::collections::BTreeMap;

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

/// Resolves a whole program; `memo` remembers what came of every shader.
pub fn resolve(world: &dyn Sources, loaded: &Loaded, memo: &Memo, diagnostics: &mut Vec<Diagnostic>) -> Resolved {
    let mut found = Vec::new();
    let names = Names::declare(loaded, &mut found);
    let (circles, cyclic) = names.circles();
    let mut notes = Notes::new(&names, diagnostics.len());
    notes.extend(found);
    notes.extend(circles);
    let mut numbers = Numbers::new(cyclic);
    let mut parts = Parts::new(world, memo, &names);
    if let Some(one) = names.all(Ns::Device).first() {
        let obj = parts.reader(&mut numbers, &mut notes).object(language::Device::SHAPE, one.body, one.span, false);
        parts.shaders.device = device::device(&language::Device::slots(&obj), one.name_span, &mut notes);
    }
    for index in 0..names.count(Ns::Data) {
        parts.make_data(index, &mut numbers, &mut notes);
    }
    parts.shaders.defines = parts.reader(&mut numbers, &mut notes).eval().shader_defines();
    for ns in [Ns::Wgsl, Ns::ShaderModule] {
        for (index, one) in names.all(ns).iter().enumerate() {
            let shape = language::row_of(ns).shape;
            let obj = parts.reader(&mut numbers, &mut notes).object(shape, one.body, one.span, false);
            parts.shaders.add((ns, index), one.body, &obj, &mut notes);
        }
    }
    parts.shaders.judge_modules(&mut notes);
    let mut objects = BTreeMap::new();
    let (mut images, mut videos, mut wasm_calls, mut sized_by) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in MACROS {
        if matches!(row.ns, Ns::Wgsl | Ns::ShaderModule | Ns::Data | Ns::Device | Ns::Pass | Ns::Uniforms) {
            continue;
        }
        let mut list = Vec::new();
        for (index, one) in names.all(row.ns).iter().enumerate() {
            let obj = parts.reader(&mut numbers, &mut notes).object(row.shape, one.body, one.span, row.repeatable);
            match row.ns {
                Ns::Init => parts.shaders.note_init_bindings(&language::Init::slots(&obj), &mut notes),
                Ns::Buffer => {
                    sized_by.extend(parts.shaders.sized_by(one.body).map(|(shader, binding)| (index, shader, binding)));
                }
                Ns::ImageBitmap => images.push(parts.image_size(index, &mut numbers, &mut notes)),
                Ns::Video => videos.push(parts.videos.video(&language::Video::slots(&obj), one, parts.files, &mut notes)),
                Ns::WasmCall => {
                    let call = language::WasmCall::slots(&obj);
                    let called = (&call.module, &call.func, &call.returns);
                    wasm_calls.push(parts.wasm_function(called, Some(&call.args), &mut numbers, &mut notes));
                }
                _ => {}
            }
            list.push(Object { name: one.name.clone(), name_span: one.name_span, span: one.span, obj });
        }
        objects.insert(row.ns, list);
    }
    let passes = names.all(Ns::Pass).iter().map(|one| {
        let obj = parts.reader(&mut numbers, &mut notes).object(language::Pass::SHAPE, one.body, one.span, false);
        language::Pass::slots(&obj)
    });
    let passes: Vec<language::Pass> = passes.collect();
    let fullscreen = Passes { names: &names, shaders: &mut parts.shaders, notes: &mut notes }.all(passes, &objects);
    let uniforms = UniformReader { names: &names, parts: &mut parts, numbers: &mut numbers, notes: &mut notes }.all(&fullscreen);
    let Parts { blobs, wasm, shaders, .. } = parts;
    shaders.refer_in_stages(&mut notes);
    shaders.refer_in_lone_fragments(&mut notes);
    notes.refer_in_defines(&numbers.cyclic);
    let (data, index_lists) = blobs.into_parts();
    let unused = notes.unused(&shaders.defines_in_text, &index_lists);
    let (found, define_uses, meanings) = notes.finish(shaders.pieces_read(), index_lists);
    diagnostics.append(&mut spellings::settled(found, &names, &define_uses, &shaders.defines_in_text));
    let Shaders { list: shaders, of: shader_of, device, shelf, texts, .. } = shaders;
    Resolved {
        objects,
        data,
        images,
        videos,
        wasm_modules: wasm.modules,
        wasm_calls,
        shaders,
        shader_of,
        device,
        sized_by,
        fullscreen,
        uniforms,
        sources: shelf.sources,
        meanings,
        texts,
        unused,
    }
}

/// Whether a part of a value could not be read, which is reported: what the whole is cannot be told.
fn is_damaged(value: &Value) -> bool {
    value.all().any(|value| matches!(value.kind, ValueKind::Error))
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
