//! What is noted while a program is read: findings, what its words mean, and what may be meant by what is wrong.
//!
//! Whoever reads something is given the notes to add to. They are read at the end; until then, only the last findings may be looked at, by
//! who caused them: [`Notes::since`].

use super::names::{Names, one_of};
use super::references::{CONSTANTS, Manner, Meanings, Reference, StageWords, Target, WgslDeclaration};
use super::{uniform_names, unused};
use crate::language::{self, MACROS, Ns, Obj, Ty, Val};
use crate::limits::{MOST_LISTED_NAMES, MOST_SUGGESTIONS};
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::{SourceMap, Span};
use pngine_syntax::tree::{Item, Value, ValueKind};
use pngine_wgsl::import;
use std::collections::{BTreeMap, BTreeSet};

/// A reported mistake: nothing more is to be said about the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported;

/// The notes about a program whose names are known.
pub(super) struct Notes<'a> {
    pub names: &'a Names<'a>,
    /// What was found so far.
    findings: Vec<Diagnostic>,
    /// How many findings there are beside these.
    found_before: usize,
    /// Whether a modern spelling is being read in the place of an old one: these notes are thrown away, and no define is followed.
    pub is_trial: bool,
    /// What words mean. A use that is met again, as the value of a define is in every place of use, is noted again.
    pub meanings: Meanings,
    /// What is used without being named, or named by what nothing reads.
    presumed: BTreeSet<(Ns, usize)>,
    presumed_defines: BTreeSet<usize>,
    /// Whether something that is missing or wrong, which is reported, may name any `#data`.
    any_data: bool,
    /// How often the value of each define was read.
    define_uses: BTreeMap<usize, usize>,
    /// What stages say about their modules.
    pub stages: Vec<StageWords>,
    /// Whether some stage leaves its module out.
    pub omitted_module: bool,
}

impl<'a> Notes<'a> {
    /// No notes yet. `found_before` findings stand elsewhere.
    pub fn new(names: &'a Names<'a>, found_before: usize) -> Self {
        Self {
            names,
            findings: Vec::new(),
            found_before,
            is_trial: false,
            meanings: Meanings::default(),
            presumed: BTreeSet::new(),
            presumed_defines: BTreeSet::new(),
            any_data: false,
            define_uses: BTreeMap::new(),
            stages: Vec::new(),
            omitted_module: false,
        }
    }

    /// Notes for a trial: see [`Self::is_trial`].
    pub fn trial(&self) -> Self {
        Self { is_trial: true, ..Self::new(self.names, 0) }
    }

    /// Adds a finding.
    pub fn report(&mut self, finding: Diagnostic) -> Reported {
        self.findings.push(finding);
        Reported
    }

    /// Adds findings.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(findings);
    }

    /// Where the next findings will stand: see [`Self::since`].
    pub fn mark(&self) -> usize {
        self.findings.len()
    }

    /// Takes out what was found since a mark. Who set it looks at these findings before they are reported; all others stay as they are.
    pub fn since(&mut self, mark: usize) -> Vec<Diagnostic> {
        self.findings.split_off(mark)
    }

    /// Whether there are so many findings that help for further ones is not worth the search.
    pub fn has_plenty(&self) -> bool {
        self.is_trial || self.found_before + self.findings.len() >= MOST_SUGGESTIONS
    }

    /// Finds a declaration by its bare name: the first kind that has it wins. Reports what is not found.
    pub fn find(&mut self, kinds: &[Ns], name: &str, span: Span) -> Option<(Ns, usize)> {
        let mut hits = kinds.iter().filter_map(|&ns| self.names.lookup(ns, name).map(|index| (ns, index)));
        let (first, second) = (hits.next(), hits.next());
        if let (Some((ns, _)), Some((other, index))) = (first, second) {
            // A `#wgsl` beside a `#shaderModule` of the same name is the normal idiom of wrapping a fragment.
            if (ns, other) != (Ns::ShaderModule, Ns::Wgsl) {
                let other_span = self.names.declaration(other, index).name_span;
                let message = format!("`{name}` is both a `#{}` and a `#{}`", ns.word(), other.word());
                self.report(
                    Diagnostic::new(Code::AmbiguousName, span, message)
                        .label(format!("the `#{}` is taken", ns.word()))
                        .also(other_span, "not this one"),
                );
            }
        }
        if let Some((ns, index)) = first {
            self.refer_to(ns, index, name, span);
            return Some((ns, index));
        }
        // A program of passes without a frame gets one of this name (language reference, section 13.5).
        if kinds == [Ns::Frame] && name == "main" && self.names.count(Ns::Frame) == 0 && self.names.count(Ns::Pass) > 0 {
            return Some((Ns::Frame, 0));
        }
        if !self.names.of_unknown_macros.contains(name) {
            self.undefined(kinds, name, span);
        }
        None
    }

    fn undefined(&mut self, kinds: &[Ns], name: &str, span: Span) {
        let wanted: Vec<String> = kinds.iter().map(|ns| format!("#{}", ns.word())).collect();
        let mut diagnostic = Diagnostic::undefined(span, name, wanted.clone());
        let names: Vec<&str> =
            if self.has_plenty() { Vec::new() } else { kinds.iter().flat_map(|&ns| self.names.of(ns)).collect() };
        let elsewhere = MACROS.iter().find_map(|row| self.names.lookup(row.ns, name).map(|index| (row.ns, index)));
        // A define may stand for any name.
        let defines = self.names.defines().map(|(name, _)| name).filter(|_| !self.has_plenty());
        let near =
            nearest(name, names.iter().copied()).or_else(|| if elsewhere.is_none() { nearest(name, defines) } else { None });
        if let Some(near) = near {
            diagnostic = diagnostic.did_you_mean(span, near);
        } else if let Some((ns, index)) = elsewhere {
            let declared = self.names.declaration(ns, index).name_span;
            diagnostic.message = format!("`{name}` is a `#{}`, which does not fit here", ns.word());
            diagnostic = diagnostic.label(format!("expected the name of a {}", one_of(kinds))).also(declared, "declared here");
            let others: Vec<String> = names.iter().take(6).map(|name| format!("`{name}`")).collect();
            let help = match ns {
                Ns::RenderPipeline if kinds.contains(&Ns::RenderPass) => {
                    format!("a pass draws with it: name a `#renderPass` that has `pipeline={name}` and `draw=3`")
                }
                Ns::ComputePipeline if kinds.contains(&Ns::ComputePass) => {
                    format!("a pass runs it: name a `#computePass` that has `pipeline={name}` and `dispatch=1`")
                }
                _ if others.is_empty() => {
                    format!("declare one: `{} … {{ … }}`", wanted.first().map_or("", String::as_str))
                }
                _ => format!("there {} {}", if others.len() == 1 { "is" } else { "are" }, others.join(", ")),
            };
            diagnostic = diagnostic.help(help);
            self.may_be_any(kinds);
        } else if names.is_empty() {
            let first = wanted.first().map_or("", String::as_str);
            diagnostic = diagnostic.help(format!("declare one: `{first} {name} {{ … }}`"));
        } else {
            let mut list = names;
            list.truncate(MOST_LISTED_NAMES);
            let are = if list.len() == 1 { "is" } else { "are" };
            diagnostic = diagnostic.help(format!("there {are} `{}`", list.join("`, `")));
            self.may_be_any(kinds);
        }
        self.report(diagnostic);
    }

    /// Every name in a value that has no place is presumably used: what it is for is unknown.
    pub fn presume_words(&mut self, value: &Value) {
        for value in value.all() {
            match &value.kind {
                ValueKind::Ident(name) => self.presume_everywhere(name),
                ValueKind::Str(text) => text.trim_start_matches('$').split('.').for_each(|word| self.presume_everywhere(word)),
                ValueKind::Path(words) | ValueKind::Ref(words) => {
                    words.iter().for_each(|word| self.presume_everywhere(&word.name));
                }
                _ => {}
            }
        }
    }

    fn presume_everywhere(&mut self, name: &str) {
        self.presumed_defines.extend(self.names.define(name).map(|define| define.index));
        self.presumed.extend(MACROS.iter().filter_map(|row| Some((row.ns, self.names.lookup(row.ns, name)?))));
    }

    /// Finds a declaration by `$kind.name`: exactly that kind, which must be one of `kinds`.
    pub fn find_qualified(&mut self, kinds: &[Ns], words: &[&str], span: Span) -> Option<(Ns, usize)> {
        let [word, name] = words else {
            let message = format!("`${}` names nothing", words.join("."));
            self.report(Diagnostic::new(Code::UndefinedName, span, message).help("write the bare name"));
            return None;
        };
        // `$pipeline.x` and `$pass.x` mean whichever of the two kinds of pipeline or pass the place takes.
        let exact: Vec<Ns> = match *word {
            "pipeline" => vec![Ns::RenderPipeline, Ns::ComputePipeline],
            "pass" => vec![Ns::Pass, Ns::RenderPass, Ns::ComputePass],
            _ => Ns::from_word(word).into_iter().collect(),
        };
        let exact: Vec<Ns> = exact.into_iter().filter(|ns| kinds.contains(ns)).collect();
        if exact.is_empty() {
            let message = format!("a `${word}` does not fit here");
            self.report(Diagnostic::new(Code::UndefinedName, span, message));
            return None;
        }
        let found = self.find(&exact, name, span);
        if found.is_some() {
            self.old_reference(span, &words.join("."), name);
        }
        found
    }

    /// Notes that the word at `span`, or `name` in what stands there, uses something.
    pub fn refer(&mut self, target: Target, name: &str, span: Span) {
        self.note(target, Manner::Uses, name, span);
    }

    /// Notes a word that is a name to hosts or to another file, or one that is looked up later.
    pub fn is_name(&mut self, span: Span) {
        self.meanings.names.insert(span);
    }

    /// [`Self::refer`] for a declaration.
    pub fn refer_to(&mut self, ns: Ns, index: usize, name: &str, span: Span) {
        self.refer(Target::Declaration(ns, index), name, span);
    }

    /// Notes that something reads the value of a define.
    pub fn reads_define(&mut self, define: usize) {
        *self.define_uses.entry(define).or_default() += 1;
    }

    /// Notes a word that names something without using it.
    pub fn mention(&mut self, target: Target, name: &str, span: Span) {
        self.note(target, Manner::Mentions, name, span);
    }

    /// Notes a word of the language that stands at `span` itself.
    pub fn means(&mut self, target: Target, span: Span) {
        self.meanings.references.push(Reference { span, target, manner: Manner::Uses });
    }

    fn note(&mut self, target: Target, manner: Manner, name: &str, span: Span) {
        // A trial's are thrown away, and a search through the text is dear.
        if self.is_trial {
            return;
        }
        // `module.variable`, `image.width`, `data.indices`; else the name is the last word, as in `$buffer.name`.
        let is_first = matches!(target, Target::Declaration(Ns::ShaderModule | Ns::Wgsl | Ns::ImageBitmap | Ns::Data, _));
        let span = self.names.written(name, span, is_first);
        self.meanings.references.push(Reference { span, target, manner });
    }

    /// Notes that something uses a declaration that it does not name.
    pub fn presume(&mut self, ns: Ns, index: usize) {
        self.presumed.insert((ns, index));
    }

    /// Notes that something that is missing or wrong may name any declaration of these kinds.
    pub fn may_be_any(&mut self, kinds: &[Ns]) {
        self.any_data |= kinds.contains(&Ns::Data);
    }

    /// A value of this type is missing or wrong, which is reported: any of the declarations that it could name may be meant.
    pub fn may_name(&mut self, ty: Ty) {
        let (mut types, mut shapes) = (vec![ty], Vec::new());
        while let Some(ty) = types.pop() {
            match ty {
                Ty::AutoOr(inner) | Ty::List(inner) | Ty::Tuple(inner, ..) => types.push(*inner),
                Ty::OneOf(inner) => types.extend(inner),
                Ty::Object(shape) | Ty::Command(shape) | Ty::Fields(shape) if !shapes.contains(&shape.name) => {
                    shapes.push(shape.name);
                    types.extend(shape.props.iter().map(|prop| prop.ty));
                }
                Ty::Names(kinds) => self.may_be_any(kinds),
                _ => self.may_be_any(ty.kinds()),
            }
        }
    }

    /// Notes the words of shader text, which are in `sources`.
    pub fn refer_in_shader(&mut self, sources: &SourceMap, words: &[import::Word], declarations: &[import::Declared]) {
        for declared in declarations {
            if sources.slice(declared.span) == declared.name {
                self.meanings.wgsl.entry(declared.span).or_insert_with(|| declared.clone());
            }
        }
        for word in words {
            let target = match &word.meaning {
                import::Meaning::Declaration(span) => Target::Wgsl(*span),
                import::Meaning::File(file) => Target::File(*file),
                import::Meaning::Define(name) => match self.names.define(name) {
                    Some(define) => Target::Define(define.index),
                    None => match CONSTANTS.iter().find(|constant| *constant == name) {
                        Some(constant) => Target::Predeclared(constant),
                        None => continue,
                    },
                },
            };
            let is_declaration = matches!(target, Target::Wgsl(span) if span == word.span);
            let manner = if is_declaration { Manner::Declares } else { Manner::Uses };
            let written = sources.slice(word.span);
            if written == word.name || matches!(target, Target::File(_)) {
                self.meanings.references.push(Reference { span: word.span, target, manner });
            } else {
                let places = self.names.in_define(written, &word.name);
                self.meanings.references.extend(places.into_iter().map(|span| Reference { span, target, manner }));
            }
        }
    }

    /// Notes the name of an output of a `#pass`, which is a name of WGSL to the passes that read it; `written` is what stands there.
    pub fn declare_output(&mut self, name: &str, (written, span): (&str, Span)) {
        // What stands in quotes, or in a define, is not where it is declared.
        if written != name {
            return;
        }
        let kind = pngine_wgsl::scopes::DeclarationKind::Var;
        let declared = WgslDeclaration { span, name: name.to_owned(), kind, is_global: true, is_kept: false };
        self.meanings.wgsl.insert(span, declared);
        self.meanings.references.push(Reference { span, target: Target::Wgsl(span), manner: Manner::Declares });
    }

    /// Notes a word of a `#pass`, `written` at `span`, or the part of it that is the name of `owner`.
    pub fn refer_in_pass(&mut self, target: Target, manner: Manner, word: &str, owner: &str, (written, span): (&str, Span)) {
        let places = if written == word { vec![span] } else { self.names.in_define(written, word) };
        let name = |place: Span| Span { start: place.end.saturating_sub(owner.len() as u32), ..place };
        if word != owner {
            let prefix = places.iter().map(|place| Span { end: name(*place).start, ..*place });
            let target = Target::Predeclared("prev_");
            self.meanings.references.extend(prefix.map(|span| Reference { span, target, manner: Manner::Uses }));
        }
        self.meanings.references.extend(places.into_iter().map(|place| Reference { span: name(place), target, manner }));
    }

    /// Notes what a stage says about its module, which may not be known yet: the words, keys of constants and keys of bindings in it.
    pub fn note_stage(&mut self, stage: &Obj) {
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

    /// Notes what the words in defines mean that nothing reads, as far as that can be told without a place of use. Those that are in
    /// `cyclic` mean nothing.
    pub fn refer_in_defines(&mut self, cyclic: &BTreeSet<usize>) {
        let known: BTreeSet<Span> = self.meanings.references.iter().map(|reference| reference.span).collect();
        let names = self.names;
        let mut word = |name: &str, span: Span| {
            let define = names.define(name).map(|define| Target::Define(define.index));
            let declared = || {
                let mut kinds = MACROS.iter().filter_map(|row| Some(Target::Declaration(row.ns, names.lookup(row.ns, name)?)));
                // One that could be either is told by its use alone.
                kinds.next().filter(|_| kinds.next().is_none())
            };
            if let Some(target) = define.or_else(declared).filter(|_| !known.contains(&span)) {
                self.meanings.references.push(Reference { span, target, manner: Manner::Mentions });
            }
        };
        for value in names.defines().filter(|(_, one)| !cyclic.contains(&one.index)).flat_map(|(_, one)| one.value.all()) {
            match &value.kind {
                ValueKind::Ident(name) => word(name, value.span),
                ValueKind::Path(words) => words.iter().take(1).for_each(|first| word(&first.name, first.span)),
                ValueKind::Ref(words) => {
                    words.first().into_iter().chain(words.last()).for_each(|end| word(&end.name, end.span));
                }
                _ => {}
            }
        }
    }

    /// What nothing uses, `in_shaders` being the defines that shader text names. An index list that nothing uses is reported, however much
    /// is wrong elsewhere; all else holds only where nothing is wrong, and is given.
    pub fn unused(&mut self, in_shaders: &BTreeSet<usize>, index_lists: &BTreeMap<usize, Span>) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let (mut used, mut used_defines) = (self.presumed.clone(), &self.presumed_defines | in_shaders);
        for reference in self.meanings.references.iter().filter(|reference| reference.manner == Manner::Uses) {
            match reference.target {
                Target::Declaration(ns, index) => _ = used.insert((ns, index)),
                Target::Define(index) => _ = used_defines.insert(index),
                _ => {}
            }
        }
        let frame = self.names.of(Ns::Frame).next();
        for (ns, declarations) in self.names.kinds() {
            // Without a `#frame`, every `#pass` runs.
            let is_run = ns == Ns::Pass && self.names.count(Ns::Frame) == 0;
            let is_inferred = ns == Ns::ShaderModule && self.omitted_module && declarations.len() == 1;
            if is_run || is_inferred || matches!(ns, Ns::Frame | Ns::Animation | Ns::Device | Ns::Canvas | Ns::Meta) {
                continue;
            }
            for (index, declaration) in declarations.iter().enumerate() {
                // One that names a variable says it for hosts.
                let is_for_hosts = ns == Ns::Uniforms && uniform_names::names_variable(self.names, index);
                if !used.contains(&(ns, index)) && !is_for_hosts {
                    findings.push(unused::finding(ns, declaration.name, declaration.name_span, frame));
                }
            }
        }
        for (name, define) in self.names.defines() {
            if !used_defines.contains(&define.index) {
                findings.push(Diagnostic::new(Code::Unused, define.span, format!("`#define {name}` is not used")));
            }
        }
        for (list, span) in index_lists {
            if !used.contains(&(Ns::Data, *list)) && !self.any_data {
                let message = "nothing uses this index list";
                self.report(Diagnostic::new(Code::NoEffect, *span, message).help("without `indexed=true` a draw needs none"));
            }
        }
        findings
    }

    /// The findings, how often the value of each define was read, and what all words mean. `pieces` is where WGSL text begins.
    pub fn finish(
        self,
        pieces: BTreeSet<Span>,
        index_lists: BTreeMap<usize, Span>,
    ) -> (Vec<Diagnostic>, BTreeMap<usize, usize>, Meanings) {
        let Self { names, findings, define_uses, mut meanings, .. } = self;
        meanings = Meanings { pieces, index_lists, ..meanings };
        let list = &mut meanings.references;
        let declares = |span, target| Reference { span, target, manner: Manner::Declares };
        let uses = |span, target| Reference { span, target, manner: Manner::Uses };
        list.extend(names.loaded.imports.iter().map(|&(span, file)| uses(span, Target::File(file))));
        list.extend(names.loaded.items().filter_map(|item| match item {
            Item::Macro(item) => Some(uses(item.kind.span, Target::Macro(language::macro_row(&item.kind.name)?))),
            Item::Define { .. } | Item::Import { .. } | Item::Error(_) => None,
        }));
        for (name, define) in names.defines() {
            meanings.defines.push((name.to_owned(), define.span, define.value.span));
            list.push(declares(define.span, Target::Define(define.index)));
        }
        for (ns, declared) in names.kinds() {
            let of_kind = declared.iter().map(|one| (one.name.clone(), one.name_span, one.span)).collect();
            meanings.declarations.insert(ns, of_kind);
            let declared = declared.iter().enumerate();
            list.extend(declared.map(|(index, one)| declares(one.name_span, Target::Declaration(ns, index))));
        }
        meanings.settle();
        (findings, define_uses, meanings)
    }
}
