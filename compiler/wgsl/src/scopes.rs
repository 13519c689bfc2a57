//! Which declaration every word of a WGSL text means, found on tokens.
//!
//! Substitution and renaming need it: both must leave words alone that merely look like the name they work on. The walk accepts
//! any text. On text that is no WGSL its answers mean little, and whoever changes text by them checks the result with naga.

use crate::limits::LONGEST_TEMPLATE;
use std::collections::BTreeMap;

use super::tokens::{Token, TokenKind};

/// Index of a declaration in [`Scopes::declarations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeclarationId(pub u32);

/// What declares a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclarationKind {
    /// `fn`.
    Function,
    /// `struct`.
    Struct,
    /// `alias`.
    Alias,
    /// `const`, in a module or a function.
    Const,
    /// `override`.
    Override,
    /// `var`, in a module or a function.
    Var,
    /// `let`.
    Let,
    /// A parameter of a function.
    Parameter,
}

/// One declared name.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// What declares it.
    pub kind: DeclarationKind,
    /// Index of the token that is the name.
    pub token: usize,
    /// The [`Item`] it stands in.
    pub item: usize,
    /// Whether it is a name of the module, visible everywhere.
    pub is_global: bool,
}

/// What a token is to name resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// No name: a number, punctuation, a keyword.
    None,
    /// The name in a declaration.
    Declares(DeclarationId),
    /// A use of a name that the module declares.
    Uses(DeclarationId),
    /// A use of a name that the module does not declare where it can be seen: predeclared, a define, or a mistake.
    Free,
    /// A member or swizzle after a dot.
    Member,
    /// The name of a member where a struct declares it.
    Field,
    /// A word with a meaning of its own: an attribute's name, a built-in value, a directive's word, an address space after `var`.
    Context,
}

/// A declaration or directive at module scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its tokens, attributes, body and semicolon included, as indices: first and one past the last.
    pub tokens: std::ops::Range<usize>,
    /// The word that says what it is: `fn`, `struct`, `var`, `enable`, …; `None` for a lone `;` or what is not an item.
    pub keyword: Option<usize>,
    /// The token that is its name.
    pub name: Option<usize>,
    /// For a function: its body's braces, as token indices of `{` and one past `}`.
    pub body: Option<std::ops::Range<usize>>,
}

/// Everything that is known about the words of one text.
#[derive(Clone, Debug, Default)]
pub struct Scopes {
    /// One role per token.
    pub roles: Vec<Role>,
    /// All declarations.
    pub declarations: Vec<Declaration>,
    /// The items at module scope, in order; together they cover all tokens.
    pub items: Vec<Item>,
}

/// Resolves the words of `text`; `tokens` are its significant tokens.
pub fn resolve(text: &str, tokens: &[Token]) -> Scopes {
    let mut walk = ScopeWalk {
        text,
        tokens,
        out: Scopes { roles: vec![Role::None; tokens.len()], ..Scopes::default() },
        globals: BTreeMap::new(),
        item: 0,
        scopes: Vec::new(),
        locals: BTreeMap::new(),
    };
    walk.find_items();
    for index in 0..walk.out.items.len() {
        walk.item = index;
        walk.item();
    }
    walk.out
}

/// One past the attributes that begin at token `at`.
pub fn skip_attributes(text: &str, tokens: &[Token], mut at: usize) -> usize {
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(text));
    while word(at) == "@" && tokens.get(at + 1).is_some_and(|token| token.kind == TokenKind::Word) {
        at += 2;
        if word(at) == "(" {
            at = close(text, tokens, at);
        }
    }
    at
}

/// One past the bracket that closes the one at token `at`, or the number of tokens.
fn close(text: &str, tokens: &[Token], at: usize) -> usize {
    let mut depth = 0usize;
    for (i, token) in tokens.iter().enumerate().skip(at) {
        match token.text(text) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// WGSL's keywords. Source: WGSL section 3.8.1.
pub const KEYWORDS: [&str; 26] = [
    "alias",
    "break",
    "case",
    "const",
    "const_assert",
    "continue",
    "continuing",
    "default",
    "diagnostic",
    "discard",
    "else",
    "enable",
    "false",
    "fn",
    "for",
    "if",
    "let",
    "loop",
    "override",
    "requires",
    "return",
    "struct",
    "switch",
    "true",
    "var",
    "while",
];

struct ScopeWalk<'t> {
    text: &'t str,
    tokens: &'t [Token],
    out: Scopes,
    globals: BTreeMap<&'t str, DeclarationId>,
    item: usize,
    /// Names that the open blocks of a function declare, innermost block last.
    scopes: Vec<Vec<&'t str>>,
    /// What those names mean, the innermost meaning last.
    locals: BTreeMap<&'t str, Vec<DeclarationId>>,
}

impl<'t> ScopeWalk<'t> {
    fn word(&self, i: usize) -> &'t str {
        self.tokens.get(i).map_or("", |token| token.text(self.text))
    }

    fn is_name(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|token| token.kind == TokenKind::Word) && !KEYWORDS.contains(&self.word(i))
    }

    fn set(&mut self, i: usize, role: Role) {
        if let Some(slot) = self.out.roles.get_mut(i) {
            *slot = role;
        }
    }

    /// Splits the tokens into items and declares the names of the module.
    fn find_items(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let start = at;
            at = skip_attributes(self.text, self.tokens, at);
            let keyword = at;
            let mut item = Item { tokens: start..at, keyword: None, name: None, body: None };
            let kind = match self.word(keyword) {
                "fn" => Some(DeclarationKind::Function),
                "struct" => Some(DeclarationKind::Struct),
                "alias" => Some(DeclarationKind::Alias),
                "const" => Some(DeclarationKind::Const),
                "override" => Some(DeclarationKind::Override),
                "var" => Some(DeclarationKind::Var),
                _ => None,
            };
            if kind.is_some() || matches!(self.word(keyword), "const_assert" | "enable" | "requires" | "diagnostic") {
                item.keyword = Some(keyword);
                at += 1;
            }
            if let Some(kind) = kind {
                if kind == DeclarationKind::Var && self.word(at) == "<" {
                    at = self.close_template(at);
                }
                if self.is_name(at) {
                    item.name = Some(at);
                    let item_index = self.out.items.len();
                    let id = self.declare(at, kind, item_index, true);
                    self.globals.entry(self.word(at)).or_insert(id);
                }
            }
            let has_body = matches!(kind, Some(DeclarationKind::Function | DeclarationKind::Struct));
            at = self.item_end(at, has_body, &mut item.body);
            item.tokens.end = at.max(start + 1);
            at = item.tokens.end;
            if kind != Some(DeclarationKind::Function) {
                item.body = None;
            }
            self.out.items.push(item);
        }
    }

    /// Where the item that goes on at `at` ends: after its `;`, or after its closing brace. An item that begins before the end of
    /// this one is taken as a new one, so that a forgotten `;` or `}` does not swallow what follows.
    fn item_end(&self, mut at: usize, has_body: bool, body: &mut Option<std::ops::Range<usize>>) -> usize {
        let mut depth = 0usize;
        let mut open = None;
        let begun = at;
        while at < self.tokens.len() {
            match self.word(at) {
                "{" | "(" | "[" => {
                    if self.word(at) == "{" && depth == 0 {
                        open = Some(at);
                    }
                    depth += 1;
                }
                "}" | ")" | "]" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && self.word(at) == "}" {
                        *body = open.map(|open| open..at + 1);
                        let is_struct_semicolon = has_body && self.word(at + 1) == ";";
                        return if is_struct_semicolon { at + 2 } else { at + 1 };
                    }
                }
                ";" if depth == 0 => return at + 1,
                "fn" | "struct" | "alias" | "override" | "enable" | "requires" if at > begun => {
                    let start = self.attributes_before(at, begun);
                    *body = open.map(|open| open..start);
                    return start;
                }
                "const" | "var" | "const_assert" if at > begun && depth == 0 => {
                    let start = self.attributes_before(at, begun);
                    *body = open.map(|open| open..start);
                    return start;
                }
                _ => {}
            }
            at += 1;
        }
        *body = open.map(|open| open..at);
        at
    }

    /// First token of the attributes that stand directly before token `at`, not before `from`.
    fn attributes_before(&self, at: usize, from: usize) -> usize {
        let mut start = at;
        loop {
            let mut i = start;
            if i > from && self.word(i - 1) == ")" {
                let mut depth = 0usize;
                while i > from {
                    i -= 1;
                    match self.word(i) {
                        ")" => depth += 1,
                        "(" => {
                            depth -= 1;
                            if depth == 0 {
                                break;
                            }
                        }
                        ";" | "{" | "}" => return start,
                        _ => {}
                    }
                }
            }
            if i >= from + 2
                && self.word(i - 2) == "@"
                && self.tokens.get(i - 1).is_some_and(|token| token.kind == TokenKind::Word)
            {
                start = i - 2;
            } else {
                return start;
            }
        }
    }

    /// One past the `>` that closes the `<` at `at`; `at + 1` if there is none before a `;` or brace, or none near.
    fn close_template(&self, at: usize) -> usize {
        let mut depth = 0usize;
        let mut i = at;
        while i < self.tokens.len() && i - at < LONGEST_TEMPLATE {
            match self.word(i) {
                "<" => depth += 1,
                ">" => depth = depth.saturating_sub(1),
                ">>" => depth = depth.saturating_sub(2),
                ";" | "{" | "}" | "=" => break,
                _ => {}
            }
            i += 1;
            if depth == 0 {
                return i;
            }
        }
        at + 1
    }

    fn declare(&mut self, token: usize, kind: DeclarationKind, item: usize, is_global: bool) -> DeclarationId {
        let id = DeclarationId(u32::try_from(self.out.declarations.len()).unwrap_or(u32::MAX));
        self.out.declarations.push(Declaration { kind, token, item, is_global });
        self.set(token, Role::Declares(id));
        id
    }

    fn declare_local(&mut self, token: usize, kind: DeclarationKind) {
        let id = self.declare(token, kind, self.item, false);
        let name = self.word(token);
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(name);
            self.locals.entry(name).or_default().push(id);
        }
    }

    fn close_scope(&mut self) {
        for name in self.scopes.pop().unwrap_or_default() {
            if let Some(meanings) = self.locals.get_mut(name) {
                meanings.pop();
            }
        }
    }

    fn look_up(&self, name: &str) -> Role {
        let local = self.locals.get(name).and_then(|meanings| meanings.last());
        match local.or_else(|| self.globals.get(name)) {
            Some(id) => Role::Uses(*id),
            None => Role::Free,
        }
    }

    /// Gives roles to the tokens of the current item.
    fn item(&mut self) {
        let Some(item) = self.out.items.get(self.item).cloned() else { return };
        let start = self.attributes(item.tokens.start);
        let keyword = item.keyword.map_or("", |keyword| self.word(keyword));
        match keyword {
            "enable" | "requires" | "diagnostic" => {
                for i in start + 1..item.tokens.end {
                    if self.is_name(i) {
                        self.set(i, Role::Context);
                    }
                }
            }
            "struct" => self.members(item.name.map_or(start + 1, |name| name + 1), item.tokens.end),
            "fn" => self.function(&item),
            "var" => {
                let after = self.address_space(start + 1);
                self.expression(after, item.tokens.end);
            }
            _ => self.expression(start + usize::from(item.keyword.is_some()), item.tokens.end),
        }
    }

    /// Marks the words of the template list after `var`; gives the index after it.
    fn address_space(&mut self, at: usize) -> usize {
        if self.word(at) != "<" {
            return at;
        }
        let end = self.close_template(at);
        for i in at..end {
            if self.is_name(i) {
                self.set(i, Role::Context);
            }
        }
        end
    }

    /// Gives roles to the attributes at `at`; gives the index after them.
    fn attributes(&mut self, mut at: usize) -> usize {
        while self.word(at) == "@" && self.tokens.get(at + 1).is_some_and(|token| token.kind == TokenKind::Word) {
            let name = self.word(at + 1);
            self.set(at + 1, Role::Context);
            at += 2;
            if self.word(at) == "(" {
                let end = close(self.text, self.tokens, at);
                if matches!(name, "builtin" | "interpolate" | "diagnostic") {
                    for i in at..end {
                        if self.is_name(i) {
                            self.set(i, Role::Context);
                        }
                    }
                } else {
                    self.expression(at, end);
                }
                at = end;
            }
        }
        at
    }

    /// Members of a struct from `at` (its `{`) to `end`.
    fn members(&mut self, mut at: usize, end: usize) {
        let mut expects_name = false;
        while at < end {
            match self.word(at) {
                "{" | "," | ";" => {
                    expects_name = true;
                    at += 1;
                }
                "@" => {
                    let next = self.attributes(at);
                    at = next.max(at + 1);
                }
                "<" => {
                    let next = self.close_template(at);
                    self.expression(at, next);
                    at = next;
                }
                _ if expects_name && self.is_name(at) => {
                    self.set(at, Role::Field);
                    expects_name = false;
                    at += 1;
                }
                _ => {
                    self.expression(at, at + 1);
                    at += 1;
                }
            }
        }
    }

    /// A function from its keyword on. Parameters and body share one scope, as in WGSL.
    fn function(&mut self, item: &Item) {
        self.scopes = vec![Vec::new()];
        let end = item.tokens.end;
        let body = item.body.clone().unwrap_or(end..end);
        let mut at = item.name.or(item.keyword).unwrap_or(item.tokens.start) + 1;
        let mut parameters = Vec::new();
        if self.word(at) == "(" {
            let close = close(self.text, self.tokens, at).min(body.start);
            let mut expects_name = false;
            while at < close {
                match self.word(at) {
                    "(" | "," => {
                        expects_name = true;
                        at += 1;
                    }
                    "@" => {
                        let next = self.attributes(at);
                        at = next.max(at + 1);
                    }
                    "<" => {
                        let next = self.close_template(at).min(close);
                        self.expression(at, next);
                        at = next;
                    }
                    _ if expects_name && self.is_name(at) => {
                        parameters.push(at);
                        expects_name = false;
                        at += 1;
                    }
                    _ => {
                        self.expression(at, at + 1);
                        at += 1;
                    }
                }
            }
        }
        while at < body.start {
            match self.word(at) {
                "@" => at = self.attributes(at).max(at + 1),
                _ => {
                    self.expression(at, at + 1);
                    at += 1;
                }
            }
        }
        // Types in the head cannot mean parameters, so these come into scope only now.
        for parameter in parameters {
            self.declare_local(parameter, DeclarationKind::Parameter);
        }
        self.statements(body.start + 1, body.end);
        self.scopes.clear();
        self.locals.clear();
    }

    /// Statements of a body: blocks open scopes, and a declared name is known from the end of its declaration on.
    fn statements(&mut self, mut at: usize, end: usize) {
        // Bracket depth of every open `for` header; its scope ends with the body, or with the statement that has none.
        let mut pending: Option<(usize, DeclarationKind)> = None;
        let mut parentheses = 0usize;
        let mut for_headers: Vec<usize> = Vec::new();
        // For every open brace: how many scopes close with it.
        let mut braces: Vec<usize> = Vec::new();
        let mut extra_for_next_brace = 0usize;
        while at < end {
            let mut next = at + 1;
            match self.word(at) {
                "@" => next = self.attributes(at).max(at + 1),
                "for" if self.word(at + 1) == "(" => {
                    self.scopes.push(Vec::new());
                    for_headers.push(parentheses);
                }
                "(" | "[" => parentheses += 1,
                ")" | "]" => {
                    parentheses = parentheses.saturating_sub(1);
                    if for_headers.last() == Some(&parentheses) {
                        for_headers.pop();
                        extra_for_next_brace += 1;
                        self.flush(&mut pending);
                    }
                }
                "{" => {
                    self.flush(&mut pending);
                    self.scopes.push(Vec::new());
                    braces.push(1 + std::mem::take(&mut extra_for_next_brace));
                }
                "}" => {
                    self.flush(&mut pending);
                    for _ in 0..braces.pop().unwrap_or(0) {
                        self.close_scope();
                    }
                }
                ";" => self.flush(&mut pending),
                keyword @ ("let" | "const" | "var") => {
                    self.flush(&mut pending);
                    let kind = match keyword {
                        "let" => DeclarationKind::Let,
                        "const" => DeclarationKind::Const,
                        _ => DeclarationKind::Var,
                    };
                    let name = if kind == DeclarationKind::Var { self.address_space(at + 1) } else { at + 1 };
                    next = name;
                    if name < end && self.is_name(name) {
                        pending = Some((name, kind));
                        next = name + 1;
                    }
                }
                _ => self.expression(at, at + 1),
            }
            at = next.max(at + 1);
        }
        self.flush(&mut pending);
    }

    fn flush(&mut self, pending: &mut Option<(usize, DeclarationKind)>) {
        if let Some((token, kind)) = pending.take() {
            self.declare_local(token, kind);
        }
    }

    /// Words from `at` to `end` that are uses or members; words that have a role keep it.
    fn expression(&mut self, at: usize, end: usize) {
        for i in at..end {
            if self.is_name(i) && self.out.roles.get(i) == Some(&Role::None) {
                let role = if i > 0 && self.word(i - 1) == "." { Role::Member } else { self.look_up(self.word(i)) };
                self.set(i, role);
            }
        }
    }
}
