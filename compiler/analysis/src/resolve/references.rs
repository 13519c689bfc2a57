//! What the words of a program mean: every use of a name, noted where it is understood.
//!
//! A use that is met again, as the value of a define is in every place of use, is noted again; [`References::finish`] keeps it once.

use super::{Obj, Resolver, Val};
use crate::language::{FlagSet, MACROS, MacroRow, Ns, Prop, Shape};
use pngine_source::source::{FileId, Span};
use pngine_syntax::tree::{Value, ValueKind};
use pngine_wgsl::assemble::Piece;
use pngine_wgsl::import;
use pngine_wgsl::tokens::{self, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest chain of defines that is followed to find where a word is written. It bounds the search.
const MAX_DEFINES_DEEP: usize = 64;

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

/// A name that WGSL text declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WgslDeclaration {
    /// Where the name stands.
    pub span: Span,
    /// The name.
    pub name: String,
    /// What declares it.
    pub kind: pngine_wgsl::scopes::DeclarationKind,
    /// Whether all of its module sees it.
    pub is_global: bool,
    /// Whether its name is in what GPUs get: that of an entry point, or of an override without `@id`.
    pub is_kept: bool,
}

/// What a stage says about its module: the module, unless that is left out, and names of what it declares.
#[derive(Default)]
pub(super) struct StageWords {
    module: Option<(Ns, usize)>,
    names: Vec<(String, Span)>,
}

/// The references of a program while it is resolved.
#[derive(Default)]
pub(super) struct References {
    list: Vec<Reference>,
    /// What WGSL text declares.
    wgsl: BTreeMap<Span, WgslDeclaration>,
    /// Variables of WGSL texts and what is bound to them because it has the same name.
    pub(super) same_names: Vec<(Span, Target)>,
    /// What a value that is wrong, or that nothing reads, most likely names.
    presumed: BTreeSet<(Ns, usize)>,
    presumed_defines: BTreeSet<String>,
    /// Words that are names to hosts or to other files: ids of scenes, exports of WebAssembly.
    names: BTreeSet<Span>,
    /// Kinds of declarations that something may name which is missing or wrong, which is reported.
    any_of: BTreeSet<Ns>,
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

impl Resolver<'_> {
    /// Notes that the word at `span`, or `name` in what stands there, uses something.
    pub(super) fn refer(&mut self, target: Target, name: &str, span: Span) {
        self.note(target, Manner::Uses, name, span);
    }

    /// Notes a word that is a name to hosts or to another file, or one that is looked up later.
    pub(super) fn is_name(&mut self, span: Span) {
        if !self.spellings.is_trial {
            self.references.names.insert(span);
        }
    }

    /// [`Self::refer`] for a declaration.
    pub(super) fn refer_to(&mut self, ns: Ns, index: usize, name: &str, span: Span) {
        self.refer(Target::Declaration(ns, index), name, span);
    }

    /// [`Self::refer`] for a define, if it is one.
    pub(super) fn refer_to_define(&mut self, name: &str, span: Span) {
        if let Some(index) = self.define_index(name) {
            self.refer(Target::Define(index), name, span);
        }
    }

    /// Notes a word that names something without using it.
    pub(super) fn mention(&mut self, target: Target, name: &str, span: Span) {
        self.note(target, Manner::Mentions, name, span);
    }

    /// Notes a word of the language that stands at `span` itself.
    pub(super) fn means(&mut self, target: Target, span: Span) {
        if !self.spellings.is_trial {
            self.references.list.push(Reference { span, target, manner: Manner::Uses });
        }
    }

    fn note(&mut self, target: Target, manner: Manner, name: &str, span: Span) {
        if self.spellings.is_trial {
            return;
        }
        // `module.variable`, `image.width`, `data.indices`; else the name is the last word, as in `$buffer.name`.
        let is_first = matches!(target, Target::Declaration(Ns::ShaderModule | Ns::Wgsl | Ns::ImageBitmap | Ns::Data, _));
        let span = self.written(name, span, is_first);
        self.references.list.push(Reference { span, target, manner });
    }

    /// Position of a define in the order of names.
    fn define_index(&self, name: &str) -> Option<usize> {
        self.defines.get(name).map(|define| define.index)
    }

    /// Where `name` is written: what stands at `span`, a part of it, or a part of the define that does. Of two equal words in a path the
    /// first one where `is_first` says so, else the last.
    fn written(&self, name: &str, span: Span, is_first: bool) -> Span {
        let mut at = span;
        for _ in 0..MAX_DEFINES_DEEP {
            let text = self.loaded.sources.slice(at);
            if text == name {
                return at;
            }
            if let Some(start) = word_in(text, name, is_first) {
                let start = at.start + start as u32;
                return Span::new(at.file, start, start + name.len() as u32);
            }
            match self.defines.get(text) {
                Some(define) => at = define.value.span,
                None => break,
            }
        }
        span
    }

    /// Notes that a name that cannot be followed is most likely this.
    pub(super) fn presume(&mut self, ns: Ns, index: usize) {
        if !self.spellings.is_trial {
            self.references.presumed.insert((ns, index));
        }
    }

    /// [`Self::presume`] for a define.
    pub(super) fn presume_define(&mut self, name: &str) {
        if !self.spellings.is_trial && self.defines.contains_key(name) {
            self.references.presumed_defines.insert(name.to_owned());
        }
    }

    /// Notes that something that is missing or wrong may name any declaration of these kinds.
    pub(super) fn may_be_any(&mut self, kinds: &[Ns]) {
        if !self.spellings.is_trial {
            self.references.any_of.extend(kinds);
        }
    }

    /// Whether something may name declarations of this kind that is missing or wrong.
    pub(super) fn is_any_named(&self, ns: Ns) -> bool {
        self.references.any_of.contains(&ns)
    }

    /// The declarations that something uses, or presumably uses.
    pub(super) fn used_declarations(&self) -> BTreeSet<(Ns, usize)> {
        let used = self.references.list.iter().filter(|reference| reference.manner == Manner::Uses);
        let used = used.filter_map(|reference| match reference.target {
            Target::Declaration(ns, index) => Some((ns, index)),
            _ => None,
        });
        used.chain(self.references.presumed.iter().copied()).collect()
    }

    /// The defines that something uses, or presumably uses, by position.
    pub(super) fn used_defines(&self) -> BTreeSet<usize> {
        let used = self.references.list.iter().filter(|reference| reference.manner == Manner::Uses);
        let used = used.filter_map(|reference| match reference.target {
            Target::Define(index) => Some(index),
            _ => None,
        });
        let presumed = self.references.presumed_defines.iter().chain(&self.spellings.in_shaders);
        used.chain(presumed.filter_map(|name| self.define_index(name))).collect()
    }

    /// Notes the words of shader text.
    pub(super) fn refer_in_shader(&mut self, words: &[import::Word], declarations: &[import::Declared]) {
        for declared in declarations {
            let text = self.sources.slice(declared.span);
            if text == declared.name {
                self.references.wgsl.entry(declared.span).or_insert_with(|| WgslDeclaration {
                    span: declared.span,
                    name: declared.name.clone(),
                    kind: declared.kind,
                    is_global: declared.is_global,
                    is_kept: declared.is_kept,
                });
            }
        }
        for word in words {
            let target = match &word.meaning {
                import::Meaning::Declaration(span) => Target::Wgsl(*span),
                import::Meaning::File(file) => Target::File(*file),
                import::Meaning::Define(name) => match self.define_index(name) {
                    Some(index) => Target::Define(index),
                    None => match CONSTANTS.iter().find(|constant| *constant == name) {
                        Some(constant) => Target::Predeclared(constant),
                        None => continue,
                    },
                },
            };
            let is_declaration = matches!(target, Target::Wgsl(span) if span == word.span);
            let manner = if is_declaration { Manner::Declares } else { Manner::Uses };
            let written = self.sources.slice(word.span);
            if written == word.name || matches!(target, Target::File(_)) {
                self.references.list.push(Reference { span: word.span, target, manner });
            } else if self.defines.contains_key(written) {
                let places = self.in_define(written, &word.name);
                self.references.list.extend(places.into_iter().map(|span| Reference { span, target, manner }));
            }
        }
    }

    /// Notes a word of a `#pass`, or the part of it that is the name of `owner`.
    pub(super) fn refer_in_pass(&mut self, target: Target, manner: Manner, word: &str, owner: &str, span: Span) {
        let written = self.sources.slice(span).to_owned();
        let places = if written == word { vec![span] } else { self.in_define(&written, word) };
        let name = |place: Span| Span { start: place.end.saturating_sub(owner.len() as u32), ..place };
        if word != owner {
            let prefix = places.iter().map(|place| Span { end: name(*place).start, ..*place });
            let target = Target::Predeclared("prev_");
            self.references.list.extend(prefix.map(|span| Reference { span, target, manner: Manner::Uses }));
        }
        self.references.list.extend(places.into_iter().map(|place| Reference { span: name(place), target, manner }));
    }

    /// Notes what a stage says about its module, which may not be known yet: the words, keys of constants and keys of bindings in it.
    pub(super) fn note_stage(&mut self, stage: &Obj) {
        if self.spellings.is_trial {
            return;
        }
        let mut words = StageWords::default();
        for (.., node) in &stage.props {
            match &node.val {
                Val::Decl(ns @ (Ns::ShaderModule | Ns::Wgsl), index) => words.module = Some((*ns, *index)),
                Val::Str(entry) => words.names.push((entry.clone(), node.span)),
                Val::Record(constants) => words.names.extend(constants.iter().map(|(name, span, _)| (name.clone(), *span))),
                Val::Names(bindings) => words.names.extend(bindings.iter().map(|(name, span, _)| (name.clone(), *span))),
                _ => {}
            }
        }
        self.stages.push(words);
    }

    /// Notes the entry points, overrides and variables that stages name.
    pub(super) fn refer_in_stages(&mut self) {
        for StageWords { module, names } in std::mem::take(&mut self.stages) {
            let shader = match module {
                Some(module) => self.shader_of.get(&module).copied(),
                None => (self.shaders.len() == 1).then_some(0),
            };
            let Some(module) = shader.and_then(|shader| self.shaders.get(shader)?.module.as_ref()) else { continue };
            let found: Vec<(String, Span, Span)> = names
                .into_iter()
                .filter_map(|(name, span)| {
                    let entry = module.entry_point(&name).map(|entry| entry.span);
                    let constant = || module.overrides.iter().find(|row| row.name == name).map(|row| row.span);
                    let variable = || module.binding(&name).map(|binding| binding.span);
                    let declared = entry.or_else(constant).or_else(variable)?;
                    Some((name, span, declared))
                })
                .collect();
            for (name, span, declared) in found {
                self.refer(Target::Wgsl(declared), &name, span);
            }
        }
    }

    /// Notes the words of fragments that no module has.
    pub(super) fn refer_in_lone_fragments(&mut self) {
        let is_lone = |piece: &&Piece| !self.read_pieces.contains(&piece.start());
        let pieces: Vec<Piece> =
            self.fragments.values().filter_map(|fragment| fragment.piece.as_ref()).filter(is_lone).cloned().collect();
        for piece in pieces {
            let (words, declared) = import::words_alone(piece, &self.shader_defines);
            self.refer_in_shader(&words, &declared);
        }
    }

    /// Where `word` stands in the value of a define, and in those that stand in it.
    fn in_define(&self, name: &str, word: &str) -> Vec<Span> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            let Some(define) = self.defines.get(&name).filter(|_| seen.len() < MAX_DEFINES_DEEP) else { continue };
            if !seen.insert(name) {
                continue;
            }
            let value = &define.value;
            let text = self.loaded.sources.slice(value.span);
            for token in tokens::significant(text.trim_matches('"')).iter().filter(|token| token.kind == TokenKind::Word) {
                let base = value.span.start + u32::from(text.starts_with('"'));
                let found_word = token.text(text.trim_matches('"'));
                if found_word == word {
                    found.push(Span::new(value.span.file, base + token.start, base + token.end));
                } else if self.defines.contains_key(found_word) {
                    open.push(found_word.to_owned());
                }
            }
        }
        found
    }

    /// Notes what the words in a define mean that nothing reads, as far as that can be told without a place of use.
    pub(super) fn refer_in_defines(&mut self) {
        let known: BTreeSet<Span> = self.references.list.iter().map(|reference| reference.span).collect();
        let mut found = Vec::new();
        for define in self.defines.values() {
            self.words_in(&define.value, &known, &mut found);
        }
        self.references.list.append(&mut found);
    }

    fn words_in(&self, value: &Value, known: &BTreeSet<Span>, found: &mut Vec<Reference>) {
        let mut word = |name: &str, span: Span| {
            if known.contains(&span) {
                return;
            }
            let define = self.define_index(name).map(Target::Define);
            let declared = || {
                let mut kinds = MACROS.iter().filter_map(|row| Some(Target::Declaration(row.ns, self.lookup(row.ns, name)?)));
                // One that could be either is told by its use alone.
                kinds.next().filter(|_| kinds.next().is_none())
            };
            if let Some(target) = define.or_else(declared) {
                found.push(Reference { span, target, manner: Manner::Mentions });
            }
        };
        match &value.kind {
            ValueKind::Ident(name) => word(name, value.span),
            ValueKind::Path(words) | ValueKind::Ref(words) => {
                for one in words.first().into_iter().chain(words.last().filter(|_| matches!(value.kind, ValueKind::Ref(_)))) {
                    word(&one.name, one.span);
                }
            }
            ValueKind::Array(values) | ValueKind::Call(_, values) => {
                values.iter().for_each(|value| self.words_in(value, known, found));
            }
            ValueKind::Object(body) => body.iter().for_each(|property| self.words_in(&property.value, known, found)),
            ValueKind::Neg(inner) | ValueKind::Group(inner) => self.words_in(inner, known, found),
            ValueKind::Binary(_, left, right) => {
                let mut left = left;
                self.words_in(right, known, found);
                // A long chain nests to the left, so only its right sides are recursed into.
                while let ValueKind::Binary(_, next, right) = &left.kind {
                    self.words_in(right, known, found);
                    left = next;
                }
                self.words_in(left, known, found);
            }
            ValueKind::Str(_) | ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Error => {}
        }
    }

    /// All references, each once, with those of the declarations themselves.
    pub(super) fn meanings(&mut self) -> Meanings {
        let References { mut list, wgsl, same_names, names, .. } = std::mem::take(&mut self.references);
        list.extend(self.loaded.imports.iter().map(|&(span, file)| Reference {
            span,
            target: Target::File(file),
            manner: Manner::Uses,
        }));
        let defines: Vec<(String, Span, Span)> =
            self.defines.iter().map(|(name, define)| (name.clone(), define.span, define.value.span)).collect();
        list.extend(defines.iter().enumerate().map(|(index, (_, span, _))| Reference {
            span: *span,
            target: Target::Define(index),
            manner: Manner::Declares,
        }));
        let mut declarations = BTreeMap::new();
        for (&ns, declared) in &self.declarations {
            let of_kind = declared.iter().map(|one| (one.name.clone(), one.name_span, one.span)).collect();
            declarations.insert(ns, of_kind);
            list.extend(declared.iter().enumerate().map(|(index, one)| Reference {
                span: one.name_span,
                target: Target::Declaration(ns, index),
                manner: Manner::Declares,
            }));
        }
        list.sort_by_key(|reference| (reference.span, reference.manner));
        let mut references: Vec<Reference> = Vec::with_capacity(list.len());
        for reference in list {
            let same_place = references.iter().rev().take_while(|known| known.span == reference.span);
            if !same_place.into_iter().any(|known| known.target == reference.target) {
                references.push(reference);
            }
        }
        // What is declared in the value of a define is known by the define alone.
        references.retain(|reference| !matches!(reference.target, Target::Wgsl(span) if !wgsl.contains_key(&span)));
        let longest = references.iter().map(|reference| reference.span.end - reference.span.start).max().unwrap_or(0);
        let shared = references.windows(2).filter(|pair| match pair {
            [a, b] => a.span == b.span && matches!((a.target, b.target), (Target::Wgsl(_), Target::Wgsl(_))),
            _ => false,
        });
        let shared = shared.filter_map(|pair| pair.first().map(|reference| reference.span)).collect();
        let lone = self.fragments.values().filter_map(|fragment| fragment.piece.as_ref()).map(Piece::start);
        let pieces = std::mem::take(&mut self.read_pieces).into_iter().chain(lone).collect();
        let index_lists = self.index_lists.values().copied().collect();
        Meanings { references, wgsl, same_names, shared, pieces, names, index_lists, longest, defines, declarations }
    }
}

/// Where the first or last occurrence of `word` as a whole word begins.
fn word_in(text: &str, word: &str, is_first: bool) -> Option<usize> {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    let bytes = text.as_bytes();
    let is_whole = |start: &usize| {
        !is_part(start.checked_sub(1).and_then(|before| bytes.get(before))) && !is_part(bytes.get(start + word.len()))
    };
    if word.is_empty() {
        return None;
    }
    if is_first {
        text.match_indices(word).map(|(start, _)| start).find(is_whole)
    } else {
        text.rmatch_indices(word).map(|(start, _)| start).find(is_whole)
    }
}
