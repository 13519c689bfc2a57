//! Declarations: who is called what, and who is meant.

use crate::language::{self, MACROS, MacroRow, Named, Ns};
use crate::limits::MAX_DEFINES_DEEP;
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_syntax::load::Loaded;
use pngine_syntax::tree::{Item, Macro, Property, Value, ValueKind};
use pngine_wgsl::tokens::{self, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

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

/// A `#define`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Define<'a> {
    /// What it stands for.
    pub value: &'a Value,
    /// Where its name stands.
    pub span: Span,
    /// Its position in the order of names.
    pub index: usize,
}

/// Who is called what: all defines and declarations of a program.
pub(super) struct Names<'a> {
    pub loaded: &'a Loaded,
    defines: BTreeMap<&'a str, Define<'a>>,
    declarations: BTreeMap<Ns, Vec<Declaration<'a>>>,
    index: BTreeMap<Ns, BTreeMap<&'a str, usize>>,
    /// Names that unknown macros would have declared: whoever uses them is not wrong.
    pub of_unknown_macros: BTreeSet<&'a str>,
    /// Declarations that reach the program twice, byte for byte: a change of one of them makes two of it. Sorted.
    pub twins: Vec<Span>,
}

impl<'a> Names<'a> {
    /// Enters every declaration and define under its name.
    pub fn declare(loaded: &'a Loaded, findings: &mut Vec<Diagnostic>) -> Self {
        let mut names = Self {
            loaded,
            defines: BTreeMap::new(),
            declarations: BTreeMap::new(),
            index: BTreeMap::new(),
            of_unknown_macros: BTreeSet::new(),
            twins: Vec::new(),
        };
        for item in loaded.items() {
            match item {
                Item::Import { .. } | Item::Error(_) => {}
                Item::Define { name, value, span } => match names.defines.get(name.name.as_str()) {
                    Some(&old) => {
                        let same = old.span.file != span.file
                            && loaded.sources.slice(old.value.span) == loaded.sources.slice(value.span);
                        let twins = same.then_some([old.value.span, value.span]);
                        findings.push(names.duplicate("define", &name.name, name.span, old.span, twins));
                    }
                    None => _ = names.defines.insert(&name.name, Define { value, span: name.span, index: 0 }),
                },
                Item::Macro(item) => match language::macro_row(&item.kind.name) {
                    Some(row) => names.declare_macro(row, item, findings),
                    None => {
                        findings.push(unknown_macro(item));
                        names.of_unknown_macros.extend(item.name.iter().map(|name| name.name.as_str()));
                    }
                },
            }
        }
        names.defines.values_mut().enumerate().for_each(|(index, define)| define.index = index);
        names.twins.sort_unstable();
        names
    }

    fn declare_macro(&mut self, row: &'static MacroRow, item: &'a Macro, findings: &mut Vec<Diagnostic>) {
        if item.kind.name != row.ns.word() {
            let modern = format!("#{}", row.ns.word());
            let message = format!("`#{}` is an old spelling of `{modern}`", item.kind.name);
            let old = format!("#{}", item.kind.name);
            findings.push(self.old_spelling(Code::OldSpelling, item.kind.span, &old, &modern, message));
        }
        let (name, name_span) = match (&item.name, row.named) {
            (Some(name), Named::Yes) => (&name.name, name.span),
            (None, Named::No) => (&NO_NAME, item.kind.span),
            (Some(name), Named::No) => {
                let message = format!("`#{}` takes no name", row.ns.word());
                findings.push(Diagnostic::new(Code::NotASingleton, name.span, message).help("write it without the name"));
                (&NO_NAME, item.kind.span)
            }
            (None, Named::Yes) => {
                let message = format!("this `#{}` has no name", row.ns.word());
                let help = format!("write `#{} someName {{ … }}`", row.ns.word());
                findings.push(Diagnostic::new(Code::MissingName, item.kind.span, message).help(help));
                return;
            }
        };
        let declarations = self.declarations.entry(row.ns).or_default();
        let single = row.named == Named::No || row.ns == Ns::Animation;
        let index = self.index.entry(row.ns).or_default();
        let clash = if single { declarations.first() } else { index.get(name.as_str()).and_then(|&old| declarations.get(old)) };
        if let Some(&old) = clash {
            if single {
                let message = format!("there is a second `#{}`", row.ns.word());
                findings.push(Diagnostic::new(Code::NotASingleton, item.kind.span, message).also(old.name_span, "the first one"));
                return;
            }
            let sources = &self.loaded.sources;
            let same = old.span.file != item.span.file && sources.slice(old.span) == sources.slice(item.span);
            findings.push(self.duplicate(row.ns.word(), name, name_span, old.name_span, same.then_some([old.span, item.span])));
            return;
        }
        index.insert(name.as_str(), declarations.len());
        declarations.push(Declaration { name, name_span, span: item.span, body: &item.body });
    }

    /// A second declaration of a name. `twins` are the two, where they are the same byte for byte.
    fn duplicate(&mut self, word: &str, name: &str, span: Span, old: Span, twins: Option<[Span; 2]>) -> Diagnostic {
        let (code, help) = match twins {
            Some(_) => (Code::IdenticalDuplicate, "the two are the same, so one of them can go"),
            None => (Code::DuplicateName, "rename one of them, or delete the one that is not needed"),
        };
        self.twins.extend(twins.into_iter().flatten());
        let message = format!("`#{word} {name}` is declared twice");
        Diagnostic::new(code, span, message).label("declared again here").also(old, "first declared here").help(help)
    }

    /// The define of this name.
    pub fn define(&self, name: &str) -> Option<Define<'a>> {
        self.defines.get(name).copied()
    }

    /// All defines, in the order of names.
    pub fn defines(&self) -> impl Iterator<Item = (&'a str, Define<'a>)> {
        self.defines.iter().map(|(name, define)| (*name, *define))
    }

    /// The position of a declaration among those of its kind.
    pub fn lookup(&self, ns: Ns, name: &str) -> Option<usize> {
        self.index.get(&ns)?.get(name).copied()
    }

    /// Whether one of these kinds has a declaration of this name.
    pub fn has_any(&self, kinds: &[Ns], name: &str) -> bool {
        kinds.iter().any(|&ns| self.lookup(ns, name).is_some())
    }

    /// A declaration, by its position.
    pub fn declaration(&self, ns: Ns, index: usize) -> Declaration<'a> {
        self.all(ns)[index]
    }

    /// All declarations of a kind.
    pub fn all(&self, ns: Ns) -> &[Declaration<'a>] {
        self.declarations.get(&ns).map_or(&[], Vec::as_slice)
    }

    /// The kinds that have declarations, with these.
    pub fn kinds(&self) -> impl Iterator<Item = (Ns, &[Declaration<'a>])> {
        self.declarations.iter().map(|(ns, declarations)| (*ns, declarations.as_slice()))
    }

    /// How many declarations of a kind there are.
    pub fn count(&self, ns: Ns) -> usize {
        self.all(ns).len()
    }

    /// The names of a kind.
    pub fn of(&self, ns: Ns) -> impl Iterator<Item = &'a str> {
        self.all(ns).iter().map(|declaration| declaration.name.as_str())
    }

    /// Circles among defines that stand for names, and the positions of the defines that are in them or lead to them.
    pub fn circles(&self) -> (Vec<Diagnostic>, BTreeSet<usize>) {
        let (mut findings, mut cyclic) = (Vec::new(), BTreeSet::new());
        // Followed to the end: whoever comes to one of them need not go on.
        let mut done = BTreeSet::new();
        for (name, define) in self.defines() {
            let mut chain = vec![name];
            let mut on_chain = BTreeSet::from([define.index]);
            let mut at = define.value;
            while let ValueKind::Ident(next) = &at.kind
                && let Some(define) = self.define(next)
            {
                if cyclic.contains(&define.index) {
                    cyclic.extend(std::mem::take(&mut on_chain));
                    break;
                }
                if on_chain.contains(&define.index) {
                    findings.push(cycle(next, define, &chain, at.span));
                    cyclic.extend(std::mem::take(&mut on_chain));
                    break;
                }
                if !done.insert(define.index) {
                    break;
                }
                chain.push(next);
                on_chain.insert(define.index);
                at = define.value;
            }
            done.extend(on_chain);
        }
        (findings, cyclic)
    }

    /// Where `name` is written: what stands at `span`, a part of it, or a part of the define that does. Of two equal words in a path the
    /// first one where `is_first` says so, else the last.
    pub fn written(&self, name: &str, span: Span, is_first: bool) -> Span {
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
            match self.define(text) {
                Some(define) => at = define.value.span,
                None => break,
            }
        }
        span
    }

    /// Where `word` stands in the value of a define, and in those that stand in it.
    pub fn in_define(&self, name: &str, word: &str) -> Vec<Span> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<Define<'a>> = self.define(name).into_iter().collect();
        while let Some(define) = open.pop() {
            if seen.len() >= MAX_DEFINES_DEEP || !seen.insert(define.index) {
                continue;
            }
            let span = define.value.span;
            let text = self.loaded.sources.slice(span);
            let base = span.start + u32::from(text.starts_with('"'));
            let text = text.trim_matches('"');
            for token in tokens::significant(text).iter().filter(|token| token.kind == TokenKind::Word) {
                if token.text(text) == word {
                    found.push(Span::new(span.file, base + token.start, base + token.end));
                } else {
                    open.extend(self.define(token.text(text)));
                }
            }
        }
        found
    }
}

/// What is wrong with a define that is needed for its own value. `chain` are the defines from the first to the one that names it.
pub(super) fn cycle(name: &str, define: Define<'_>, chain: &[&str], span: Span) -> Diagnostic {
    Diagnostic::new(Code::DefineCycle, span, format!("`#define {name}` uses itself"))
        .label(format!("`{}` → `{name}`", chain.join("` → `")))
        .also(define.span, "defined here")
}

/// A macro that there is not. What it would have declared is unknown.
fn unknown_macro(item: &Macro) -> Diagnostic {
    let words = MACROS.iter().map(|row| row.ns.word()).chain(["define", "import"]);
    let diagnostic = Diagnostic::new(Code::UnknownMacro, item.kind.span, format!("unknown macro `#{}`", item.kind.name));
    match nearest(&item.kind.name, words) {
        Some(near) => diagnostic.help(format!("did you mean `#{near}`?")).fix(
            format!("write `#{near}`"),
            false,
            item.kind.span,
            format!("#{near}"),
        ),
        None => diagnostic.help("the macros are listed in docs/language.md"),
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
