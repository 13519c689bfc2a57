//! Questions about places: what stands here, where is it declared, where else is it named.

use super::Analysis;
use crate::language::Ns;
use crate::resolve::{Reference, Target, WgslDeclaration};
use pngine_format::word::TEXTURE_FORMAT;
use pngine_source::source::{FileId, Span};
use pngine_syntax::lex::Token;
use pngine_wgsl::builtins;
use pngine_wgsl::library;
use pngine_wgsl::scopes::{self, KEYWORDS, Role};
use pngine_wgsl::tokens::{self, TokenKind};
use std::collections::BTreeSet;

/// What stands at a byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A word that means something: one thing, or several where one text is part of several modules.
    Word(Vec<Reference>),
    /// Something that refers to nothing.
    Nothing(Nothing),
}

/// Why nothing is referred to at a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nothing {
    /// There is no such byte, or no such file.
    Outside,
    /// Blanks, or the end of a line.
    Space,
    /// A comment.
    Comment,
    /// A number, `true` or `false`.
    Literal,
    /// Text that is data, such as a string to be drawn.
    Text,
    /// A bracket, a comma, an operator.
    Punctuation,
    /// A word of WGSL's grammar, an attribute's name or a word that stands in one.
    Keyword,
    /// What WGSL predeclares: a type, a function.
    Predeclared,
    /// A member of a WGSL struct or a swizzle: what it belongs to takes the types of expressions to know.
    Member,
    /// A name to hosts or to another file: the id of a scene, an export of WebAssembly.
    Name,
    /// A word that is not read, or that means nothing, which is reported.
    Unread,
}

/// Why something cannot get another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRenamed {
    /// It is no declaration: a file, a word of the language.
    NoDeclaration,
    /// It has no name, as the `#canvas` has none.
    Unnamed,
    /// Its name has a meaning of its own: the `#pass main` is the one that is shown.
    Special,
    /// GPUs get the name: that of an entry point, or of an override without `@id`.
    Kept,
}

impl Analysis {
    /// What stands at byte `at` of a file, or ends there.
    pub fn at(&self, file: FileId, at: u32) -> At {
        let found = self.references_at(file, at);
        if found.is_empty() { At::Nothing(self.nothing_at(file, at)) } else { At::Word(found) }
    }

    /// The references at a byte: those that it lies in, else those that end there.
    fn references_at(&self, file: FileId, at: u32) -> Vec<Reference> {
        let all = &self.meanings.references;
        let end = all.partition_point(|reference| (reference.span.file, reference.span.start) <= (file, at));
        let near = all.get(..end).unwrap_or(&[]).iter().rev();
        let near = near.take_while(|reference| {
            reference.span.file == file && reference.span.start.saturating_add(self.meanings.longest) >= at
        });
        let touching: Vec<&Reference> = near.filter(|reference| at <= reference.span.end).collect();
        let inside = touching.iter().filter(|reference| at < reference.span.end).map(|reference| reference.span.start).max();
        let start = inside.or_else(|| touching.iter().map(|reference| reference.span.start).max());
        let is_wanted =
            |reference: &&&Reference| Some(reference.span.start) == start && (inside.is_none() || at < reference.span.end);
        touching.iter().filter(is_wanted).rev().map(|reference| **reference).collect()
    }

    /// Why there is no reference at a byte.
    fn nothing_at(&self, file: FileId, at: u32) -> Nothing {
        if self.files.get(file).is_none_or(|source| at as usize >= source.text.len()) {
            return Nothing::Outside;
        }
        let Some(tree) = self.tree(file) else { return self.plain_at(file, at) };
        let holds = |span: Span| span.start <= at && at < span.end;
        let near = tree.comments.partition_point(|comment| comment.span.start <= at);
        if near.checked_sub(1).and_then(|near| tree.comments.get(near)).is_some_and(|comment| holds(comment.span)) {
            return Nothing::Comment;
        }
        let index = tree.tokens.partition_point(|(_, span)| span.end <= at);
        let Some((token, span)) = tree.tokens.get(index).filter(|(_, span)| holds(*span)) else { return Nothing::Space };
        match token {
            Token::Number | Token::True | Token::False => Nothing::Literal,
            Token::Str if self.is_wgsl(*span) => {
                let is_quote = at == span.start || at + 1 == span.end;
                if is_quote { Nothing::Punctuation } else { self.plain_at(file, at) }
            }
            Token::Str | Token::Ident if self.meanings.names.contains(span) => Nothing::Name,
            Token::Str => Nothing::Text,
            Token::Hash if matches!(self.files.slice(*span), "#define" | "#import") => Nothing::Keyword,
            Token::Hash | Token::Ident => Nothing::Unread,
            Token::LBrace
            | Token::RBrace
            | Token::LBracket
            | Token::RBracket
            | Token::LParen
            | Token::RParen
            | Token::Equals
            | Token::Comma
            | Token::Dot
            | Token::Plus
            | Token::Minus
            | Token::Star
            | Token::Slash
            | Token::Percent
            | Token::Dollar => Nothing::Punctuation,
            Token::Comment => Nothing::Comment,
            Token::Error | Token::Unterminated => Nothing::Unread,
        }
    }

    /// What stands at a byte of WGSL text, if it is nothing that the text declares.
    fn plain_at(&self, file: FileId, at: u32) -> Nothing {
        let all = self.plain.get_or_init(|| self.plain_texts());
        let behind = all.partition_point(|(span, _)| (span.file, span.start) <= (file, at));
        let found = behind.checked_sub(1).and_then(|index| all.get(index));
        found.filter(|(span, _)| span.file == file && at < span.end).map_or(Nothing::Space, |(_, what)| *what)
    }

    /// What stands in all WGSL texts, by place.
    fn plain_texts(&self) -> Vec<(Span, Nothing)> {
        let mut out = Vec::new();
        for (file, source) in (0..).map(FileId).zip(self.files.files()) {
            let Some(tree) = self.tree(file) else {
                plain_words(&source.text, file, 0, &mut out);
                continue;
            };
            let strings = tree.tokens.iter().filter(|(token, span)| *token == Token::Str && self.is_wgsl(*span));
            for (_, span) in strings {
                let inner = source.text.get(span.start as usize + 1..(span.end as usize).saturating_sub(1)).unwrap_or("");
                plain_words(inner, file, span.start + 1, &mut out);
            }
        }
        out
    }

    /// Whether a string holds WGSL text.
    pub fn is_wgsl(&self, string: Span) -> bool {
        let first = string.start.saturating_add(1);
        self.meanings.pieces.contains(&Span::new(string.file, first, first))
    }

    /// Where something is declared: the place of its name; the start of a file. `None` for what the language itself gives a meaning.
    pub fn definition(&self, target: Target) -> Option<Span> {
        match target {
            Target::Declaration(ns, index) => match self.meanings.declarations.get(&ns).and_then(|list| list.get(index)) {
                Some((_, span, _)) => Some(*span),
                None => self.meanings.index_lists.get(&index).copied().filter(|_| ns == Ns::Data),
            },
            Target::Define(index) => self.meanings.defines.get(index).map(|(_, span, _)| *span),
            Target::Wgsl(span) => Some(span),
            Target::File(file) => Some(Span::new(file, 0, 0)),
            Target::Macro(_) | Target::Property(..) | Target::Word(..) | Target::Flag(..) | Target::Predeclared(_) => None,
        }
    }

    /// Every place that names something, its declaration included, in the order of files and bytes.
    pub fn references_of(&self, target: Target) -> impl Iterator<Item = &Reference> {
        self.meanings.references.iter().filter(move |reference| reference.target == target)
    }

    /// All references, in the order of files and bytes.
    pub fn references(&self) -> &[Reference] {
        &self.meanings.references
    }

    /// Everything that has a name: declarations and defines of the scene, declarations of WGSL texts.
    pub fn declared(&self) -> Vec<Target> {
        let declarations = self.meanings.declarations.iter();
        let of_scene = declarations.flat_map(|(&ns, list)| (0..list.len()).map(move |index| Target::Declaration(ns, index)));
        let defines = (0..self.meanings.defines.len()).map(Target::Define);
        let wgsl = self.meanings.wgsl.keys().map(|span| Target::Wgsl(*span));
        of_scene.chain(defines).chain(wgsl).collect()
    }

    /// What WGSL text declares at a place.
    pub fn wgsl_declaration(&self, span: Span) -> Option<&WgslDeclaration> {
        self.meanings.wgsl.get(&span)
    }

    /// The name of something that is declared; empty for what has none.
    pub fn name_of(&self, target: Target) -> &str {
        match target {
            Target::Declaration(ns, index) => {
                let declared = self.meanings.declarations.get(&ns).and_then(|list| list.get(index));
                declared.map_or("", |(name, ..)| name.as_str())
            }
            Target::Define(index) => self.meanings.defines.get(index).map_or("", |(name, ..)| name.as_str()),
            Target::Wgsl(span) => self.meanings.wgsl.get(&span).map_or("", |declared| declared.name.as_str()),
            Target::Macro(row) => row.ns.word(),
            Target::Property(_, property) => property.name,
            Target::Word(_, word) | Target::Flag(_, word) | Target::Predeclared(word) => word,
            Target::File(_) => "",
        }
    }

    /// The places that have to change for something to get another name, in the order of files and bytes. Whether the new name is free
    /// is the caller's to ask.
    ///
    /// # Errors
    /// If it has no name, or one with a meaning of its own.
    pub fn rename(&self, target: Target) -> Result<Vec<Span>, NotRenamed> {
        match target {
            Target::Declaration(..) | Target::Define(_) => {}
            Target::Wgsl(span) => match self.meanings.wgsl.get(&span) {
                Some(declared) if declared.is_kept => return Err(NotRenamed::Kept),
                Some(_) => {}
                None => return Err(NotRenamed::NoDeclaration),
            },
            Target::File(_)
            | Target::Macro(_)
            | Target::Property(..)
            | Target::Word(..)
            | Target::Flag(..)
            | Target::Predeclared(_) => return Err(NotRenamed::NoDeclaration),
        }
        let name = self.name_of(target);
        if name.is_empty() {
            return Err(NotRenamed::Unnamed);
        }
        let together = self.renamed_together(target);
        let is_special = |target: &Target| match target {
            Target::Declaration(Ns::Pass | Ns::Frame, _) => name == "main",
            Target::Predeclared(_) => true,
            _ => false,
        };
        if together.iter().any(is_special) {
            return Err(NotRenamed::Special);
        }
        // An import may give a name of its own to what it imports: that one stays.
        let references = self.meanings.references.iter().filter(|reference| together.contains(&reference.target));
        let places: BTreeSet<Span> =
            references.map(|reference| reference.span).filter(|span| self.files.slice(*span) == name).collect();
        Ok(places.into_iter().collect())
    }

    /// What has to have the same name: an `#init` and a `#pass` bind things to the variables of their names, and a word of a text that is in several
    /// modules may mean something else in each of them.
    fn renamed_together(&self, target: Target) -> Vec<Target> {
        let mut together = vec![target];
        let mut next = 0;
        while let Some(&one) = together.get(next) {
            next += 1;
            let mut found: Vec<Target> = Vec::new();
            for &(variable, bound) in &self.meanings.same_names {
                let variable = Target::Wgsl(variable);
                if one == variable {
                    found.push(bound);
                } else if one == bound {
                    found.push(variable);
                }
            }
            for shared in &self.meanings.shared {
                if self.references_at_start(*shared).any(|reference| reference.target == one) {
                    found.extend(self.references_at_start(*shared).map(|reference| reference.target));
                }
            }
            for target in found {
                if !together.contains(&target)
                    && matches!(target, Target::Wgsl(_) | Target::Declaration(..) | Target::Predeclared(_))
                {
                    together.push(target);
                }
            }
        }
        together
    }

    /// The references of exactly this place.
    fn references_at_start(&self, span: Span) -> impl Iterator<Item = &Reference> {
        let start = self.meanings.references.partition_point(|reference| reference.span < span);
        self.meanings.references.iter().skip(start).take_while(move |reference| reference.span == span)
    }
}

/// Words of an import that are no names. Source: language reference, section 18.7.
const IMPORT_WORDS: [&str; 4] = ["as", "import", "package", "super"];

/// What a storage texture is declared with beside its format. Source: WGSL section 14.3, "Access Mode".
const ACCESS_MODES: [&str; 3] = ["read", "read_write", "write"];

/// What stands in WGSL text that begins at `base` of a file, token by token.
fn plain_words(text: &str, file: FileId, base: u32, out: &mut Vec<(Span, Nothing)>) {
    let all = tokens::tokenize(text);
    let significant: Vec<tokens::Token> = all.iter().filter(|token| !token.is_comment()).copied().collect();
    let scopes = scopes::resolve(text, &significant);
    let mut before = "";
    let mut roles = scopes.roles.iter();
    for token in &all {
        let word = token.text(text);
        let is_comment = token.is_comment();
        let role = if is_comment { None } else { roles.next() };
        let what = match (token.kind, role) {
            _ if is_comment => Nothing::Comment,
            (TokenKind::Number, _) => Nothing::Literal,
            (TokenKind::Word, role) => {
                let is_import = IMPORT_WORDS.contains(&word) || (word == library::ROOT && before == "import");
                if KEYWORDS.contains(&word) || is_import || before == "@" || role == Some(&Role::Context) {
                    Nothing::Keyword
                } else if before == "." || matches!(role, Some(Role::Field | Role::Member)) {
                    Nothing::Member
                } else if builtins::is_predeclared(word) || TEXTURE_FORMAT.words.contains(&word) || ACCESS_MODES.contains(&word) {
                    Nothing::Predeclared
                } else {
                    Nothing::Unread
                }
            }
            _ => Nothing::Punctuation,
        };
        out.push((Span::new(file, base + token.start, base + token.end), what));
        if !is_comment {
            before = word;
        }
    }
}
