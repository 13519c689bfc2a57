//! What the words of a program mean: every use of a name, noted where it is understood.

pub use pngine_wgsl::import::Declared as WgslDeclaration;

use crate::language::{FlagSet, MacroRow, Ns, Prop, Shape};
use pngine_source::source::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that need no `#define`, in scenes and in shader text.
pub(super) const CONSTANTS: [&str; 3] = ["PI", "TAU", "E"];

/// What a word means.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A declaration of the scene: its kind and its position among those of its kind. Index lists of shapes stand behind the `#data`.
    Declaration(Ns, usize),
    /// A `#define`, by its position in the order of names.
    Define(usize),
    /// What WGSL text declares, by the place of its name.
    Wgsl(Span),
    /// A file, by its path.
    File(FileId),
    /// A kind of declaration: `#buffer`.
    Macro(&'static MacroRow),
    /// A property of an object.
    Property(&'static Shape, &'static Prop),
    /// A word of a closed set: the set's name, and the word as the specification spells it.
    Word(&'static str, &'static str),
    /// A flag of a set.
    Flag(&'static FlagSet, &'static str),
    /// A name that the language itself gives a meaning: `canvas`, `PI`, `pngineInputs`, `pngine` in a `#pass`.
    Predeclared(&'static str),
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Target::Declaration(a, i), Target::Declaration(b, j)) => (a, i) == (b, j),
            (Target::Define(a), Target::Define(b)) => a == b,
            (Target::Wgsl(a), Target::Wgsl(b)) => a == b,
            (Target::File(a), Target::File(b)) => a == b,
            (Target::Macro(a), Target::Macro(b)) => a.ns == b.ns,
            (Target::Property(a, p), Target::Property(b, q)) => (a.name, p.name) == (b.name, q.name),
            (Target::Word(a, v), Target::Word(b, w)) => (a, v) == (b, w),
            (Target::Flag(a, v), Target::Flag(b, w)) => (a.name, v) == (b.name, w),
            (Target::Predeclared(a), Target::Predeclared(b)) => a == b,
            (
                Target::Declaration(..)
                | Target::Define(_)
                | Target::Wgsl(_)
                | Target::File(_)
                | Target::Macro(_)
                | Target::Property(..)
                | Target::Word(..)
                | Target::Flag(..)
                | Target::Predeclared(_),
                _,
            ) => false,
        }
    }
}

impl Eq for Target {}

/// How a word refers to what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// It declares it.
    Declares,
    /// It uses it.
    Uses,
    /// It names it and does not use it: the size of a buffer is asked for, or a define that nothing reads names it.
    Mentions,
}

/// A word and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The word, without quotes or `$`, or the path of a file with them.
    pub span: Span,
    /// What it means.
    pub target: Target,
    /// How it refers to that.
    pub manner: Manner,
}

/// What a stage says about its module: the module, unless that is left out, and names of what it declares.
#[derive(Default)]
pub(super) struct StageWords {
    pub module: Option<(Ns, usize)>,
    pub names: Vec<(String, Span)>,
}

/// All references of a program.
#[derive(Clone, Debug, Default)]
pub struct Meanings {
    /// Sorted by place.
    pub references: Vec<Reference>,
    /// What WGSL texts declare, by place.
    pub wgsl: BTreeMap<Span, WgslDeclaration>,
    /// Variables of WGSL texts and what is bound to them because it has the same name: buffers by an `#init`, data by a `#pass`.
    pub same_names: Vec<(Span, Target)>,
    /// Words that mean one thing in one module and another in the next.
    pub shared: Vec<Span>,
    /// Where WGSL text begins, of strings and files.
    pub pieces: BTreeSet<Span>,
    /// Words that are names to hosts or to other files.
    pub names: BTreeSet<Span>,
    /// Index lists of shapes: the position behind the `#data`, and what asks for the list.
    pub index_lists: BTreeMap<usize, Span>,
    /// Length of the longest word in `references`, in bytes.
    pub longest: u32,
    /// The defines in the order of names: the name, its place, that of the value.
    pub defines: Vec<(String, Span, Span)>,
    /// The declarations by kind: the name, its place, the whole.
    pub declarations: BTreeMap<Ns, Vec<(String, Span, Span)>>,
}

impl Meanings {
    /// Sorts the references, keeps each once, and sees which are special.
    pub(super) fn settle(&mut self) {
        let mut list = std::mem::take(&mut self.references);
        list.sort_by_key(|reference| (reference.span, reference.manner));
        let references = &mut self.references;
        for reference in list {
            let mut same_place = references.iter().rev().take_while(|known| known.span == reference.span);
            if !same_place.any(|known| known.target == reference.target) {
                references.push(reference);
            }
        }
        // What is declared in the value of a define is known by the define alone.
        references.retain(|reference| !matches!(reference.target, Target::Wgsl(span) if !self.wgsl.contains_key(&span)));
        self.longest = references.iter().map(|reference| reference.span.end - reference.span.start).max().unwrap_or(0);
        let is_shared =
            |a: &Reference, b: &Reference| a.span == b.span && matches!((a.target, b.target), (Target::Wgsl(_), Target::Wgsl(_)));
        let pairs = references.iter().zip(references.iter().skip(1));
        self.shared = pairs.filter(|(a, b)| is_shared(a, b)).map(|(a, _)| a.span).collect();
    }
}
