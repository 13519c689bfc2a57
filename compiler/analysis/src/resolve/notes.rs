//! What is noted while a program is read: findings, what its words mean, and what may be meant by what is wrong.
//!
//! Whoever reads something is given the notes to add to. They are read at the end; until then, only the last findings may be looked at, by
//! who caused them: [`Notes::since`].

use super::names::{Names, one_of};
use super::references::{CONSTANTS, Manner, Meanings, Reference, StageWords, Target, WgslDeclaration};
use super::{spellings, uniforms, unused};
use crate::language::{self, MACROS, Ns, Obj, Ty, Val};
use crate::limits::{MOST_LISTED_NAMES, MOST_SUGGESTIONS};
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::{SourceMap, Span};
use pngine_syntax::tree::{Item, Value, ValueKind};
use pngine_wgsl::import;
use pngine_wgsl::reflect::Module;
use std::collections::{BTreeMap, BTreeSet};

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
    references: Vec<Reference>,
    /// What WGSL text declares.
    wgsl: BTreeMap<Span, WgslDeclaration>,
    /// Variables of WGSL texts and what is bound to them because it has the same name.
    pub same_names: Vec<(Span, Target)>,
    /// What a value that is wrong, or that nothing reads, most likely names.
    presumed: BTreeSet<(Ns, usize)>,
    presumed_defines: BTreeSet<usize>,
    /// Words that are names to hosts or to other files: ids of scenes, exports of WebAssembly.
    names_elsewhere: BTreeSet<Span>,
    /// Kinds of declarations that something may name which is missing or wrong, which is reported.
    any_of: BTreeSet<Ns>,
    /// How often the value of each define was read.
    define_uses: BTreeMap<usize, usize>,
    /// What stages say about their modules.
    stages: Vec<StageWords>,
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
            references: Vec::new(),
            wgsl: BTreeMap::new(),
            same_names: Vec::new(),
            presumed: BTreeSet::new(),
            presumed_defines: BTreeSet::new(),
            names_elsewhere: BTreeSet::new(),
            any_of: BTreeSet::new(),
            define_uses: BTreeMap::new(),
            stages: Vec::new(),
            omitted_module: false,
        }
    }

    /// Notes for a trial: see [`Self::is_trial`].
    pub fn trial(&self) -> Self {
        Self { is_trial: true, ..Self::new(self.names, 0) }
    }

    /// Whether there are no findings.
    pub fn is_silent(&self) -> bool {
        self.findings.is_empty()
    }

    /// Adds a finding.
    pub fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
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
        if !self.names.is_of_unknown_macro(name) {
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
        if let Some(near) = near.map(str::to_string) {
            let near = near.as_str();
            self.suggested(kinds.iter().copied(), near);
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
        match &value.kind {
            ValueKind::Ident(name) => self.presume_everywhere(name),
            ValueKind::Str(text) => text.trim_start_matches('$').split('.').for_each(|word| self.presume_everywhere(word)),
            ValueKind::Path(words) | ValueKind::Ref(words) => words.iter().for_each(|word| self.presume_everywhere(&word.name)),
            ValueKind::Array(values) | ValueKind::Call(_, values) => values.iter().for_each(|value| self.presume_words(value)),
            ValueKind::Object(body) => body.iter().for_each(|property| self.presume_words(&property.value)),
            ValueKind::Neg(inner) | ValueKind::Group(inner) => self.presume_words(inner),
            ValueKind::Binary(_, left, right) => {
                let mut left = left;
                self.presume_words(right);
                while let ValueKind::Binary(_, next, right) = &left.kind {
                    self.presume_words(right);
                    left = next;
                }
                self.presume_words(left);
            }
            ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Error => {}
        }
    }

    fn presume_everywhere(&mut self, name: &str) {
        self.suggested(MACROS.iter().map(|row| row.ns), name);
    }

    /// What a misspelt name most likely means is not also reported as unused.
    pub fn suggested(&mut self, kinds: impl IntoIterator<Item = Ns>, name: &str) {
        self.presumed_defines.extend(self.names.define(name).map(|define| define.index));
        self.presumed.extend(kinds.into_iter().filter_map(|ns| Some((ns, self.names.lookup(ns, name)?))));
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
        self.names_elsewhere.insert(span);
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
        self.references.push(Reference { span, target, manner: Manner::Uses });
    }

    fn note(&mut self, target: Target, manner: Manner, name: &str, span: Span) {
        // A trial's are thrown away, and a search through the text is dear.
        if self.is_trial {
            return;
        }
        // `module.variable`, `image.width`, `data.indices`; else the name is the last word, as in `$buffer.name`.
        let is_first = matches!(target, Target::Declaration(Ns::ShaderModule | Ns::Wgsl | Ns::ImageBitmap | Ns::Data, _));
        let span = self.names.written(name, span, is_first);
        self.references.push(Reference { span, target, manner });
    }

    /// Notes that a name that cannot be followed is most likely this.
    pub fn presume(&mut self, ns: Ns, index: usize) {
        self.presumed.insert((ns, index));
    }

    /// [`Self::presume`] for defines.
    pub fn presume_defines(&mut self, defines: &BTreeSet<usize>) {
        self.presumed_defines.extend(defines);
    }

    /// Notes that something that is missing or wrong may name any declaration of these kinds.
    pub fn may_be_any(&mut self, kinds: &[Ns]) {
        self.any_of.extend(kinds);
    }

    /// A value of this type is missing or wrong, which is reported: any of the declarations that it could name may be meant, so none of
    /// them is reported as unused.
    pub fn may_name(&mut self, ty: Ty) {
        let (mut types, mut shapes) = (vec![ty], Vec::new());
        while let Some(ty) = types.pop() {
            match ty {
                Ty::Ref(kinds) | Ty::Names(kinds) => self.may_be_any(kinds),
                Ty::View => self.may_be_any(&[Ns::Texture, Ns::TextureView]),
                Ty::Texture => self.may_be_any(&[Ns::Texture]),
                Ty::Text => self.may_be_any(&[Ns::Define, Ns::Wgsl]),
                Ty::DataSource => self.may_be_any(&[Ns::Data]),
                Ty::ByteSize => self.may_be_any(&[Ns::Define, Ns::Data, Ns::Buffer]),
                Ty::AutoOr(inner) | Ty::List(inner) | Ty::Tuple(inner, ..) => types.push(*inner),
                Ty::OneOf(inner) => types.extend(inner),
                Ty::Variable => self.may_be_any(&[Ns::ShaderModule, Ns::Wgsl]),
                Ty::Object(shape) | Ty::Command(shape) | Ty::Fields(shape) => {
                    if !shapes.contains(&shape.name) {
                        shapes.push(shape.name);
                        types.extend(shape.props.iter().map(|prop| prop.ty));
                    }
                }
                Ty::Uint(..)
                | Ty::Below(_)
                | Ty::UpTo(_)
                | Ty::Int
                | Ty::Float
                | Ty::Bool
                | Ty::Str
                | Ty::Name
                | Ty::Path
                | Ty::Enum(_)
                | Ty::Format
                | Ty::Flags(..)
                | Ty::Extent
                | Ty::Count(_)
                | Ty::Measure
                | Ty::Numbers(..)
                | Ty::Record
                | Ty::Elements
                | Ty::Argument
                | Ty::Formula
                | Ty::Ignored => self.may_be_any(&[Ns::Define]),
            }
        }
    }

    /// Notes the words of shader text, which are in `sources`.
    pub fn refer_in_shader(&mut self, sources: &SourceMap, words: &[import::Word], declarations: &[import::Declared]) {
        for declared in declarations {
            let text = sources.slice(declared.span);
            if text == declared.name {
                self.wgsl.entry(declared.span).or_insert_with(|| WgslDeclaration {
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
                self.references.push(Reference { span: word.span, target, manner });
            } else {
                let places = self.names.in_define(written, &word.name);
                self.references.extend(places.into_iter().map(|span| Reference { span, target, manner }));
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
        self.wgsl.insert(span, declared);
        self.references.push(Reference { span, target: Target::Wgsl(span), manner: Manner::Declares });
    }

    /// Notes a word of a `#pass`, `written` at `span`, or the part of it that is the name of `owner`.
    pub fn refer_in_pass(&mut self, target: Target, manner: Manner, word: &str, owner: &str, (written, span): (&str, Span)) {
        let places = if written == word { vec![span] } else { self.names.in_define(written, word) };
        let name = |place: Span| Span { start: place.end.saturating_sub(owner.len() as u32), ..place };
        if word != owner {
            let prefix = places.iter().map(|place| Span { end: name(*place).start, ..*place });
            let target = Target::Predeclared("prev_");
            self.references.extend(prefix.map(|span| Reference { span, target, manner: Manner::Uses }));
        }
        self.references.extend(places.into_iter().map(|place| Reference { span: name(place), target, manner }));
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

    /// Notes the entry points, overrides and variables that stages name. `module_of` tells the module of a declaration, or that of a stage
    /// that leaves it out.
    pub fn refer_in_stages<'m>(&mut self, module_of: impl Fn(Option<(Ns, usize)>) -> Option<&'m Module>) {
        for StageWords { module, names } in std::mem::take(&mut self.stages) {
            let Some(module) = module_of(module) else { continue };
            for (name, span) in names {
                let entry = module.entry_point(&name).map(|entry| entry.span);
                let constant = || module.overrides.iter().find(|row| row.name == name).map(|row| row.span);
                let variable = || module.binding(&name).map(|binding| binding.span);
                if let Some(declared) = entry.or_else(constant).or_else(variable) {
                    self.refer(Target::Wgsl(declared), &name, span);
                }
            }
        }
    }

    /// Notes what the words in defines mean that nothing reads, as far as that can be told without a place of use. Those that are in
    /// `cyclic` mean nothing.
    pub fn refer_in_defines(&mut self, cyclic: &BTreeSet<usize>) {
        let known: BTreeSet<Span> = self.references.iter().map(|reference| reference.span).collect();
        for (_, define) in self.names.defines().filter(|(_, define)| !cyclic.contains(&define.index)) {
            words_in(self.names, define.value, &known, &mut self.references);
        }
    }

    /// Whether something may name declarations of this kind that is missing or wrong.
    fn is_any_named(&self, ns: Ns) -> bool {
        self.any_of.contains(&ns)
    }

    /// What nothing uses, `in_shaders` being the defines that shader text names. An index list that nothing uses is reported, however much
    /// is wrong elsewhere; all else holds only where nothing is wrong, and is given.
    pub fn unused(&mut self, in_shaders: &BTreeSet<usize>, index_lists: &BTreeMap<usize, (usize, Span)>) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let (mut used, mut used_defines) = (self.presumed.clone(), &self.presumed_defines | in_shaders);
        for reference in self.references.iter().filter(|reference| reference.manner == Manner::Uses) {
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
            if is_run
                || is_inferred
                || self.is_any_named(ns)
                || matches!(ns, Ns::Frame | Ns::Animation | Ns::Device | Ns::Canvas | Ns::Meta)
            {
                continue;
            }
            for (index, declaration) in declarations.iter().enumerate() {
                // One that names a variable says it for hosts.
                let is_for_hosts = ns == Ns::Uniforms && uniforms::names_variable(self.names, index);
                if !used.contains(&(ns, index)) && !is_for_hosts {
                    findings.push(unused::finding(ns, declaration.name, declaration.name_span, frame));
                }
            }
        }
        for (name, define) in self.names.defines() {
            if !used_defines.contains(&define.index) && !self.is_any_named(Ns::Define) {
                findings.push(Diagnostic::new(Code::Unused, define.span, format!("`#define {name}` is not used")));
            }
        }
        for (list, span) in index_lists.values() {
            if !used.contains(&(Ns::Data, *list)) && !self.is_any_named(Ns::Data) {
                let message = "nothing uses this index list";
                self.report(Diagnostic::new(Code::NoEffect, *span, message).help("without `indexed=true` a draw needs none"));
            }
        }
        findings
    }

    /// The findings, with the fixes of old spellings that are right wherever they would change something, and all references, each once,
    /// with those of the declarations themselves. `pieces` is where WGSL text begins.
    pub fn finish(
        self,
        in_shaders: &BTreeSet<usize>,
        pieces: BTreeSet<Span>,
        index_lists: BTreeMap<usize, Span>,
    ) -> (Vec<Diagnostic>, Meanings) {
        let findings = spellings::settled(self.findings, self.names, &self.define_uses, in_shaders);
        let Self { names, references: mut list, wgsl, same_names, names_elsewhere, .. } = self;
        list.extend(names.loaded().imports.iter().map(|&(span, file)| Reference {
            span,
            target: Target::File(file),
            manner: Manner::Uses,
        }));
        list.extend(names.loaded().items().filter_map(|item| {
            let Item::Macro(item) = item else { return None };
            let target = Target::Macro(language::macro_row(&item.kind.name)?);
            Some(Reference { span: item.kind.span, target, manner: Manner::Uses })
        }));
        let defines: Vec<(String, Span, Span)> =
            names.defines().map(|(name, define)| (name.to_owned(), define.span, define.value.span)).collect();
        list.extend(defines.iter().enumerate().map(|(index, (_, span, _))| Reference {
            span: *span,
            target: Target::Define(index),
            manner: Manner::Declares,
        }));
        let mut declarations = BTreeMap::new();
        for (ns, declared) in names.kinds() {
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
        let names = names_elsewhere;
        let meanings =
            Meanings { references, wgsl, same_names, shared, pieces, names, index_lists, longest, defines, declarations };
        (findings, meanings)
    }
}

/// The words of a define's value that are not known yet.
fn words_in(names: &Names<'_>, value: &Value, known: &BTreeSet<Span>, found: &mut Vec<Reference>) {
    let mut word = |name: &str, span: Span| {
        if known.contains(&span) {
            return;
        }
        let define = names.define(name).map(|define| Target::Define(define.index));
        let declared = || {
            let mut kinds = MACROS.iter().filter_map(|row| Some(Target::Declaration(row.ns, names.lookup(row.ns, name)?)));
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
            values.iter().for_each(|value| words_in(names, value, known, found));
        }
        ValueKind::Object(body) => body.iter().for_each(|property| words_in(names, &property.value, known, found)),
        ValueKind::Neg(inner) | ValueKind::Group(inner) => words_in(names, inner, known, found),
        ValueKind::Binary(_, left, right) => {
            let mut left = left;
            words_in(names, right, known, found);
            // A long chain nests to the left, so only its right sides are recursed into.
            while let ValueKind::Binary(_, next, right) = &left.kind {
                words_in(names, right, known, found);
                left = next;
            }
            words_in(names, left, known, found);
        }
        ValueKind::Str(_) | ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Error => {}
    }
}
