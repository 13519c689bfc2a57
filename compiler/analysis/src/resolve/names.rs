//! Declarations: who is called what, and who is meant.

use super::{Define, Resolver, Target};
use crate::language::{self, MACROS, MacroRow, Named, Ns};
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_syntax::tree::{Ident, Item, Macro, Property, Value, ValueKind};
use std::collections::BTreeSet;

/// A declaration as it stands in the tree.
#[derive(Clone, Copy, Debug)]
pub struct Declaration<'a> {
    /// Its name; empty for singletons.
    pub name: &'a String,
    /// Where the name stands, or the macro's word.
    pub name_span: Span,
    /// The whole declaration.
    pub span: Span,
    /// Its properties.
    pub body: &'a [Property],
}

static NO_NAME: String = String::new();

/// Kinds in a sentence: "`#queue`, `#init` or `#pass`".
pub(super) fn one_of(kinds: &[Ns]) -> String {
    let words: Vec<String> = kinds.iter().map(|ns| format!("`#{}`", ns.word())).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl<'a> Resolver<'a> {
    /// Enters every declaration and define under its name. Gives the bodies of unknown macros.
    pub(super) fn declare(&mut self) -> Vec<&'a [Property]> {
        let loaded = self.loaded;
        let mut bodies_of_unknown = Vec::new();
        for item in loaded.items() {
            match item {
                Item::Import { .. } | Item::Error(_) => {}
                Item::Define { name, value, span } => {
                    if let Some(old) = self.defines.get(&name.name) {
                        let (old_span, old_value) = (old.span, old.value.span);
                        let same =
                            old_span.file != span.file && loaded.sources.slice(old_value) == loaded.sources.slice(value.span);
                        self.duplicate("define", name, old_span, same.then_some([old_value, value.span]));
                    } else {
                        self.defines.insert(name.name.clone(), Define { value: value.clone(), span: name.span, index: 0 });
                    }
                }
                Item::Macro(item) => match language::macro_row(&item.kind.name) {
                    Some(row) => self.declare_macro(row, item),
                    None => {
                        self.unknown_macro(item);
                        bodies_of_unknown.push(item.body.as_slice());
                    }
                },
            }
        }
        self.defines.values_mut().enumerate().for_each(|(index, define)| define.index = index);
        bodies_of_unknown
    }

    /// Reports a macro that there is not. What it would have declared is unknown.
    fn unknown_macro(&mut self, item: &Macro) {
        let words = MACROS.iter().map(|row| row.ns.word()).chain(["define", "import"]);
        let mut diagnostic = Diagnostic::new(Code::UnknownMacro, item.kind.span, format!("unknown macro `#{}`", item.kind.name));
        diagnostic = match nearest(&item.kind.name, words) {
            Some(near) => diagnostic.help(format!("did you mean `#{near}`?")).fix(
                format!("write `#{near}`"),
                false,
                item.kind.span,
                format!("#{near}"),
            ),
            None => diagnostic.help("the macros are listed in docs/language.md"),
        };
        self.report(diagnostic);
        self.names_of_unknown_macros.extend(item.name.iter().map(|name| name.name.clone()));
    }

    fn declare_macro(&mut self, row: &'static MacroRow, item: &'a Macro) {
        self.means(Target::Macro(row), item.kind.span);
        if item.kind.name != row.ns.word() {
            let modern = format!("#{}", row.ns.word());
            let message = format!("`#{}` is an old spelling of `{modern}`", item.kind.name);
            self.old_spelling(Code::OldSpelling, item.kind.span, &format!("#{}", item.kind.name), &modern, message);
        }
        let (name, name_span) = match (&item.name, row.named) {
            (Some(name), Named::Yes) => (&name.name, name.span),
            (None, Named::No) => (&NO_NAME, item.kind.span),
            (Some(name), Named::No) => {
                let message = format!("`#{}` takes no name", row.ns.word());
                self.report(Diagnostic::new(Code::NotASingleton, name.span, message).help("write it without the name"));
                (&NO_NAME, item.kind.span)
            }
            (None, Named::Yes) => {
                let message = format!("this `#{}` has no name", row.ns.word());
                let help = format!("write `#{} someName {{ … }}`", row.ns.word());
                self.report(Diagnostic::new(Code::MissingName, item.kind.span, message).help(help));
                return;
            }
        };
        let declarations = self.declarations.entry(row.ns).or_default();
        let single = row.named == Named::No || row.ns == Ns::Animation;
        let index = self.index.entry(row.ns).or_default();
        let clash = if single { declarations.first() } else { index.get(name).and_then(|&old| declarations.get(old)) };
        if let Some(&old) = clash {
            if single {
                let message = format!("there is a second `#{}`", row.ns.word());
                self.report(Diagnostic::new(Code::NotASingleton, item.kind.span, message).also(old.name_span, "the first one"));
                return;
            }
            let sources = &self.loaded.sources;
            let same = old.span.file != item.span.file && sources.slice(old.span) == sources.slice(item.span);
            let name = Ident { name: name.clone(), span: name_span };
            self.duplicate(row.ns.word(), &name, old.name_span, same.then_some([old.span, item.span]));
            return;
        }
        index.insert(name.clone(), declarations.len());
        declarations.push(Declaration { name, name_span, span: item.span, body: &item.body });
    }

    /// Reports a second declaration of a name. `twins` are the two, where they are the same byte for byte.
    fn duplicate(&mut self, word: &str, name: &Ident, old: Span, twins: Option<[Span; 2]>) {
        let identical = twins.is_some();
        self.spellings.twins.extend(twins.into_iter().flatten());
        let code = if identical { Code::IdenticalDuplicate } else { Code::DuplicateName };
        let message = format!("`#{word} {}` is declared twice", name.name);
        let diagnostic = Diagnostic::new(code, name.span, message).label("declared again here").also(old, "first declared here");
        self.report(if identical {
            diagnostic.help("the two are the same, so one of them can go")
        } else {
            diagnostic.help("rename one of them, or delete the one that is not needed")
        });
    }

    /// The position of a declaration among those of its kind.
    pub(super) fn lookup(&self, ns: Ns, name: &str) -> Option<usize> {
        self.index.get(&ns)?.get(name).copied()
    }

    pub(super) fn declaration(&self, ns: Ns, index: usize) -> Declaration<'a> {
        self.declarations[&ns][index]
    }

    pub(super) fn names_of(&self, ns: Ns) -> impl Iterator<Item = &'a str> + use<'a> {
        let names: Vec<&'a str> = self
            .declarations
            .get(&ns)
            .map_or(Vec::new(), |list| list.iter().map(|declaration| declaration.name.as_str()).collect());
        names.into_iter()
    }

    /// Finds a declaration by its bare name: the first kind that has it wins. Reports what is not found.
    pub(super) fn find(&mut self, kinds: &[Ns], name: &str, span: Span) -> Option<(Ns, usize)> {
        let mut hits = kinds.iter().filter_map(|&ns| self.lookup(ns, name).map(|index| (ns, index)));
        let (first, second) = (hits.next(), hits.next());
        if let (Some((ns, _)), Some((other, index))) = (first, second) {
            // A `#wgsl` beside a `#shaderModule` of the same name is the normal idiom of wrapping a fragment.
            if (ns, other) != (Ns::ShaderModule, Ns::Wgsl) {
                let other_span = self.declaration(other, index).name_span;
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
        if kinds == [Ns::Frame] && name == "main" && self.count(Ns::Frame) == 0 && self.count(Ns::Pass) > 0 {
            return Some((Ns::Frame, 0));
        }
        if !self.names_of_unknown_macros.contains(name) {
            self.undefined(kinds, name, span);
        }
        None
    }

    fn undefined(&mut self, kinds: &[Ns], name: &str, span: Span) {
        let wanted = one_of(kinds);
        let mut diagnostic = Diagnostic::new(Code::UndefinedName, span, format!("undefined name `{name}`"))
            .label(format!("there is no {wanted} of this name"));
        let names: Vec<&str> =
            if self.has_plenty() { Vec::new() } else { kinds.iter().flat_map(|&ns| self.names_of(ns)).collect() };
        let elsewhere = MACROS.iter().find_map(|row| self.lookup(row.ns, name).map(|index| (row.ns, index)));
        // A define may stand for any name.
        let defines = self.defines.keys().map(String::as_str).filter(|_| !self.has_plenty());
        let near =
            nearest(name, names.iter().copied()).or_else(|| if elsewhere.is_none() { nearest(name, defines) } else { None });
        if let Some(near) = near.map(str::to_string) {
            let near = near.as_str();
            self.suggested(kinds, near);
            diagnostic = diagnostic.did_you_mean(span, near);
        } else if let Some((ns, index)) = elsewhere {
            let declared = self.declaration(ns, index).name_span;
            diagnostic = diagnostic.also(declared, format!("this is a `#{}`, which does not fit here", ns.word()));
            self.may_be_any(kinds);
        } else if names.is_empty() {
            diagnostic = diagnostic.help(format!(
                "declare one: `{} {name} {{ … }}`",
                wanted.split(' ').next().unwrap_or("").trim_matches(['`', ','])
            ));
        } else {
            let mut list = names;
            list.truncate(12);
            let are = if list.len() == 1 { "is" } else { "are" };
            diagnostic = diagnostic.help(format!("there {are} `{}`", list.join("`, `")));
            self.may_be_any(kinds);
        }
        self.report(diagnostic);
    }

    /// Every name in a value that has no place is presumably used: what it is for is unknown.
    pub(super) fn presume_words(&mut self, value: &Value) {
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
        self.presume_define(name);
        for row in MACROS {
            if let Some(index) = self.lookup(row.ns, name) {
                self.presume(row.ns, index);
            }
        }
    }

    /// What a misspelt name most likely means is not also reported as unused.
    pub(super) fn suggested(&mut self, kinds: &[Ns], name: &str) {
        self.presume_define(name);
        for &ns in kinds {
            if let Some(index) = self.lookup(ns, name) {
                self.presume(ns, index);
            }
        }
    }

    /// Finds a declaration by `$kind.name`: exactly that kind, which must be one of `kinds`.
    pub(super) fn find_qualified(&mut self, kinds: &[Ns], words: &[&str], span: Span) -> Option<(Ns, usize)> {
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

    /// Finds circles among defines that nothing evaluates, and names in them that do not exist.
    pub(super) fn check_defines(&mut self) {
        let defines: Vec<(String, Value)> =
            self.defines.iter().map(|(name, define)| (name.clone(), define.value.clone())).collect();
        let mut reported = BTreeSet::new();
        // Followed to the end: whoever comes to one of them need not go on.
        let mut done = BTreeSet::new();
        for (name, value) in &defines {
            let mut chain = vec![name.clone()];
            let mut on_chain = BTreeSet::from([name.clone()]);
            let mut at = value;
            while let ValueKind::Ident(next) = &at.kind {
                let Some(define) = self.defines.get(next) else { break };
                if reported.contains(next) {
                    reported.append(&mut on_chain);
                    break;
                }
                if on_chain.contains(next) {
                    let (span, declared) = (at.span, define.span);
                    let message = format!("`#define {next}` uses itself");
                    self.diagnostics.push(
                        Diagnostic::new(Code::DefineCycle, span, message)
                            .label(format!("`{}` → `{next}`", chain.join("` → `")))
                            .also(declared, "defined here"),
                    );
                    reported.append(&mut on_chain);
                    break;
                }
                if done.contains(next) {
                    break;
                }
                chain.push(next.clone());
                on_chain.insert(next.clone());
                at = &define.value;
            }
            done.extend(chain);
        }
        // What is reported here must not be reported again where it is used, or for not being used.
        for name in reported {
            self.presume_define(&name);
            if let Some(define) = self.defines.get_mut(&name) {
                define.value.kind = ValueKind::Error;
            }
        }
    }
}
