//! What the names mean that the text of a `#pass` may use, and how those are declared that it does not declare itself.
//! Source: language reference, section 13.2.

use super::names::Names;
use super::references::Target;
use super::{Object, uniform_names};
use crate::language::{self, Ns};
use pngine_format::webgpu::Format;
use pngine_scene::TextureId;
use pngine_source::source::Span;
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
    pub(super) form: Form,
}

#[derive(Debug)]
pub(super) enum Form {
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
    /// Whether some outputs are wrong, which is reported: then any name may be that of one.
    pub is_lost: bool,
    /// The declarations of other kinds.
    pub objects: &'o BTreeMap<Ns, Vec<Object>>,
}

impl Board<'_> {
    pub(super) fn object(&self, ns: Ns, index: usize) -> Option<&Object> {
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
        found.extend(uniform_names::of_passes(names, name).map(Bound::Uniforms));
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
        let described = (0..declared.count(Ns::Uniforms)).filter(|index| !uniform_names::names_variable(declared, *index));
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
    pub(super) fn of(space: &'static str, ty: impl Into<String>) -> Self {
        Self { structure: None, space, ty: ty.into(), is_guess: false }
    }

    pub(super) fn guess(space: &'static str, ty: impl Into<String>) -> Self {
        Self { is_guess: true, ..Self::of(space, ty) }
    }
}
