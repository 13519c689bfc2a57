//! Names and scopes: what each name in a tree means, and in which order declarations can be looked at. WGSL sections 5 and 11.3.
//!
//! Module scope has no order; what needs one another in a circle is reported here, so that everything after can go through
//! [`Names::order`] without recursion. Names of members, attributes, built-in values, extensions and diagnostics are of other kinds, and
//! not looked at.

use std::collections::{HashMap, HashSet};

use pngine_source::diag::{Code, Diagnostic};

use crate::limits::MOST_ERRORS;
use crate::predeclared::{Predeclared, predeclared};
use crate::report::{Report, finding, place};
use crate::tokens::{Span, shorten};
use crate::tree::*;

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Target {
    /// No name, or one that is not looked up.
    #[default]
    None,
    /// Nothing; it is reported.
    Unknown,
    /// A declaration at module scope: an index into [`Tree::items`].
    Item(u32),
    /// A declaration in a function: an index into [`Names::locals`].
    Local(u32),
    /// What is there without a declaration.
    Predeclared(Predeclared),
}

/// A declaration in a function.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    /// Its name.
    pub name: Ident,
    /// The function: an index into [`Tree::items`].
    pub function: u32,
}

/// The meaning of all names.
#[derive(Debug, Default)]
pub struct Names {
    /// By expression: what an [`ExprKind::Name`] means.
    pub targets: Vec<Target>,
    /// All parameters and declarations of functions, in the order of the text.
    pub locals: Vec<Local>,
    /// The local that is declared at a byte.
    pub local_at: HashMap<u32, u32>,
    /// Items, each behind those that it needs.
    pub order: Vec<u32>,
    /// By item: the items that it names.
    pub needs: Vec<Vec<u32>>,
    /// Items that need themselves, which is reported.
    pub cyclic: HashSet<u32>,
    /// What is wrong with names.
    pub diagnostics: Vec<Diagnostic>,
}

/// Looks up all names of a tree.
pub fn resolve(tree: &Tree) -> Names {
    let names =
        Names { targets: vec![Target::None; tree.exprs.len()], needs: vec![Vec::new(); tree.items.len()], ..Names::default() };
    let mut resolver = Resolver {
        tree,
        names,
        report: Report::default(),
        module: HashMap::new(),
        scopes: Vec::new(),
        item: 0,
        unknown: HashSet::new(),
    };
    resolver.declare_module();
    for (index, item) in tree.items.iter().enumerate() {
        resolver.item = index as u32;
        resolver.item(item);
    }
    resolver.sort();
    let Resolver { mut names, report, .. } = resolver;
    names.diagnostics = report.found;
    names
}

struct Resolver<'t> {
    tree: &'t Tree,
    names: Names,
    report: Report,
    module: HashMap<&'t str, u32>,
    /// The scopes of the function, the innermost last; each name's local.
    scopes: Vec<HashMap<&'t str, u32>>,
    item: u32,
    /// Names that were reported: one that is used often is one mistake.
    unknown: HashSet<&'t str>,
}

/// The name that an item declares.
pub fn declared(item: &Item) -> Option<Ident> {
    match &item.kind {
        ItemKind::Variable(variable) => Some(variable.name),
        ItemKind::Alias { name, .. } => Some(*name),
        ItemKind::Struct(structure) => Some(structure.name),
        ItemKind::Function(function) => Some(function.name),
        _ => None,
    }
}

/// The names that an import brings.
fn imported(import: &ImportTree, out: &mut Vec<Ident>) {
    match &import.end {
        ImportEnd::Name(alias) => out.extend(alias.or_else(|| import.path.last().copied())),
        ImportEnd::Braces(trees) => trees.iter().for_each(|tree| imported(tree, out)),
    }
}

/// Attributes whose arguments are words of their own.
const WORDS_ONLY: &[&str] = &["builtin", "interpolate"];

impl<'t> Resolver<'t> {
    fn declare_module(&mut self) {
        for (index, item) in self.tree.items.iter().enumerate() {
            let mut names: Vec<Ident> = declared(item).into_iter().collect();
            if let ItemKind::Import(import) = &item.kind {
                imported(import, &mut names);
            }
            for name in names {
                let word = self.tree.name(name);
                if let Some(first) = self.module.insert(word, index as u32) {
                    self.module.insert(word, first);
                    let mut before = declared(&self.tree.items[first as usize]).into_iter().collect::<Vec<_>>();
                    if let ItemKind::Import(import) = &self.tree.items[first as usize].kind {
                        imported(import, &mut before);
                        before.retain(|other| self.tree.name(*other) == word);
                    }
                    self.twice(name, before.first().map(|name| name.span));
                }
            }
        }
    }

    #[cold]
    fn twice(&mut self, name: Ident, first: Option<Span>) {
        let message = format!("`{}` is declared twice", shorten(self.tree.name(name)));
        let diagnostic = finding(Code::WgslInvalid, name.span, message).label("declared again");
        self.report.add(match first {
            Some(first) => diagnostic.also(place(first), "first declared here"),
            None => diagnostic,
        });
    }

    fn declare(&mut self, name: Ident) {
        let word = self.tree.name(name);
        let index = self.names.locals.len() as u32;
        self.names.locals.push(Local { name, function: self.item });
        self.names.local_at.insert(name.span.start, index);
        let Some(scope) = self.scopes.last_mut() else { return };
        if let Some(first) = scope.insert(word, index) {
            let first = self.names.locals[first as usize].name.span;
            self.twice(name, Some(first));
        }
    }

    fn item(&mut self, item: &'t Item) {
        self.attributes(&item.attributes);
        match &item.kind {
            ItemKind::Error
            | ItemKind::Empty
            | ItemKind::Enable(_)
            | ItemKind::Requires(_)
            | ItemKind::Diagnostic(_)
            | ItemKind::Import(_) => {}
            ItemKind::ConstAssert(condition) => self.expr(*condition),
            ItemKind::Variable(variable) => self.variable(variable),
            ItemKind::Alias { ty, .. } => self.expr(*ty),
            ItemKind::Struct(structure) => {
                let mut known: HashMap<&str, Span> = HashMap::new();
                for member in &structure.members {
                    self.attributes(&member.attributes);
                    self.expr(member.ty);
                    if let Some(first) = known.insert(self.tree.name(member.name), member.name.span) {
                        self.twice(member.name, Some(first));
                    }
                }
            }
            ItemKind::Function(function) => self.function(function),
        }
    }

    fn function(&mut self, function: &'t Function) {
        for parameter in &function.parameters {
            self.attributes(&parameter.attributes);
            self.expr(parameter.ty);
        }
        self.attributes(&function.return_attributes);
        if let Some(ty) = function.return_type {
            self.expr(ty);
        }
        self.scopes.push(HashMap::new());
        for parameter in &function.parameters {
            self.declare(parameter.name);
        }
        self.attributes(&function.body.attributes);
        // Parameters are of the scope of the body.
        self.stmts(&function.body.stmts);
        self.scopes.pop();
    }

    fn attributes(&mut self, attributes: &'t [Attribute]) {
        for attribute in attributes {
            if let Some(Arguments::Exprs(exprs)) = &attribute.arguments
                && !WORDS_ONLY.contains(&self.tree.name(attribute.name))
            {
                exprs.iter().for_each(|expr| self.expr(*expr));
            }
        }
    }

    fn variable(&mut self, variable: &'t Variable) {
        variable.template.iter().for_each(|expr| self.expr(*expr));
        if let Some(ty) = variable.ty {
            self.expr(ty);
        }
        if let Some(init) = variable.init {
            self.expr(init);
        }
    }

    fn block(&mut self, block: &'t Block) {
        self.attributes(&block.attributes);
        self.scopes.push(HashMap::new());
        self.stmts(&block.stmts);
        self.scopes.pop();
    }

    fn stmts(&mut self, stmts: &'t [StmtId]) {
        for stmt in stmts {
            self.stmt(*stmt);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let tree = self.tree;
        let stmt = &tree[id];
        self.attributes(&stmt.attributes);
        match &stmt.kind {
            StmtKind::Error | StmtKind::Empty | StmtKind::Break | StmtKind::Continue | StmtKind::Discard => {}
            StmtKind::Block(block) | StmtKind::Loop(block) | StmtKind::Continuing(block) => self.block(block),
            StmtKind::Variable(variable) => {
                self.variable(variable);
                self.declare(variable.name);
            }
            StmtKind::Assign { target, value, .. } => {
                if let Some(target) = target {
                    self.expr(*target);
                }
                self.expr(*value);
            }
            StmtKind::Increment(expr)
            | StmtKind::Decrement(expr)
            | StmtKind::Call(expr)
            | StmtKind::BreakIf(expr)
            | StmtKind::ConstAssert(expr) => self.expr(*expr),
            StmtKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.expr(*condition);
                    self.block(body);
                }
                if let Some(otherwise) = otherwise {
                    self.block(otherwise);
                }
            }
            StmtKind::Switch { selector, body_attributes, clauses } => {
                self.expr(*selector);
                self.attributes(body_attributes);
                for clause in clauses {
                    for selector in &clause.selectors {
                        if let Selector::Expr(expr) = selector {
                            self.expr(*expr);
                        }
                    }
                    self.block(&clause.body);
                }
            }
            StmtKind::While { condition, body } => {
                self.expr(*condition);
                self.block(body);
            }
            StmtKind::For { init, condition, update, body } => {
                self.scopes.push(HashMap::new());
                if let Some(init) = init {
                    self.stmt(*init);
                }
                if let Some(condition) = condition {
                    self.expr(*condition);
                }
                if let Some(update) = update {
                    self.stmt(*update);
                }
                self.block(body);
                self.scopes.pop();
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.expr(*value);
                }
            }
        }
    }

    /// All names below `root`: an expression's parts stand in the arena directly in front of it.
    fn expr(&mut self, root: ExprId) {
        for id in self.tree.first(root).0..=root.0 {
            if let ExprKind::Name { name, .. } = self.tree[ExprId(id)].kind {
                self.names.targets[id as usize] = self.lookup(name);
            }
        }
    }

    fn lookup(&mut self, name: Ident) -> Target {
        let word = self.tree.name(name);
        if let Some(local) = self.scopes.iter().rev().find_map(|scope| scope.get(word)) {
            return Target::Local(*local);
        }
        if let Some(item) = self.module.get(word) {
            let needs = &mut self.names.needs[self.item as usize];
            if needs.last() != Some(item) {
                needs.push(*item);
            }
            return Target::Item(*item);
        }
        if let Some(found) = predeclared(word) {
            return Target::Predeclared(found);
        }
        // Reserved words are reported by the parser.
        if self.unknown.insert(word) && !crate::tokens::is_reserved(word) && !word.starts_with("__") && !word.is_empty() {
            self.unknown_name(name);
        }
        Target::Unknown
    }

    #[cold]
    fn unknown_name(&mut self, name: Ident) {
        // Names that are like it are looked for only where somebody reads about them.
        if self.report.found.len() >= MOST_ERRORS {
            return;
        }
        let word = self.tree.name(name);
        let locals = self.scopes.iter().flat_map(HashMap::keys).copied();
        let known: Vec<&str> = locals.chain(self.module.keys().copied()).chain(crate::functions::table().names()).collect();
        let mut sorted: Vec<&str> = known.into_iter().filter(|name| name.starts_with(|c: char| c.is_alphabetic())).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let diagnostic = finding(Code::WgslUnknownName, name.span, format!("nothing is called `{}`", shorten(word)));
        let near = pngine_source::diag::nearest(word, sorted.into_iter());
        self.report.add(match near {
            Some(near) => diagnostic.did_you_mean(place(name.span), near),
            None => diagnostic.label("not declared"),
        });
    }

    /// Puts what is needed in front of what needs it, without recursion.
    fn sort(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let count = self.tree.items.len();
        let mut states = vec![State::New; count];
        for needs in &mut self.names.needs {
            needs.sort_unstable();
            needs.dedup();
        }
        let needs = std::mem::take(&mut self.names.needs);
        for root in 0..count {
            // An item, and how many of its needs have been seen.
            let mut path: Vec<(usize, usize)> = vec![(root, 0)];
            if states[root] != State::New {
                continue;
            }
            states[root] = State::Open;
            while let Some((item, seen)) = path.last_mut() {
                let Some(next) = needs[*item].get(*seen).map(|next| *next as usize) else {
                    states[*item] = State::Done;
                    self.names.order.push(*item as u32);
                    path.pop();
                    continue;
                };
                *seen += 1;
                match states[next] {
                    State::Done => {}
                    State::New => {
                        states[next] = State::Open;
                        path.push((next, 0));
                    }
                    State::Open => {
                        let start = path.iter().position(|(item, _)| *item == next).unwrap_or(0);
                        let members: Vec<u32> = path[start..].iter().map(|(item, _)| *item as u32).collect();
                        self.circle(&members);
                    }
                }
            }
        }
        self.names.needs = needs;
    }

    #[cold]
    fn circle(&mut self, members: &[u32]) {
        let is_known = members.iter().any(|member| self.names.cyclic.contains(member));
        self.names.cyclic.extend(members);
        let items: Vec<&Item> = members.iter().map(|member| &self.tree.items[*member as usize]).collect();
        let names: Vec<Ident> = items.iter().filter_map(|item| declared(item)).collect();
        let Some(first) = names.first().filter(|_| !is_known) else { return };
        let word = shorten(self.tree.name(*first));
        let message = if matches!(items[0].kind, ItemKind::Function(_)) {
            format!("`{word}` calls itself, and WGSL has no recursion")
        } else {
            format!("`{word}` needs itself")
        };
        let mut diagnostic = finding(Code::WgslInvalid, first.span, message).label("declared here");
        for name in names.iter().skip(1).take(3) {
            diagnostic = diagnostic.also(place(name.span), format!("by way of `{}`", shorten(self.tree.name(*name))));
        }
        self.report.add(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::parse;

    fn messages(text: &str) -> Vec<String> {
        let parsed = parse(text);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        resolve(&parsed.tree).diagnostics.iter().map(|d| d.message.clone()).collect()
    }

    #[test]
    fn scopes_are_those_of_the_specification() {
        for text in [
            "fn f() { let x = 1; { let x = x; let y = x; } }",
            "const a = b; const b = 1; fn f() -> i32 { return a; }",
            "fn f(a: i32) { { let a = a; } }",
            "fn f() { for (var i = 0; i < 3; i++) { let i = 1; } let i = 2; }",
            "fn f() { loop { let x = 1; continuing { let y = x; break if y > 0; } } }",
            "const f32 = 1; fn f() { let vec3f = f32; }",
            "fn f() { switch 1 { case 1: { let x = 1; } default: { let x = 2; } } }",
            "struct S { position: f32 } @fragment fn f(@builtin(position) p: vec4f) {}",
            "import package::a::b; fn f() { b(); }",
        ] {
            assert_eq!(messages(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_names_is_told_once() {
        for (text, wanted) in [
            ("fn f() { y(); y(); let z = y; }", "nothing is called `y`"),
            ("fn f() { { let x = 1; } let y = x; }", "nothing is called `x`"),
            ("fn f(a: i32) { let a = 1; }", "`a` is declared twice"),
            ("const a = 1; fn a() {}", "`a` is declared twice"),
            ("struct S { a: i32, a: f32 }", "`a` is declared twice"),
            ("const a = b; const b = c; const c = a;", "`a` needs itself"),
            ("fn f() { g(); } fn g() { f(); }", "`f` calls itself, and WGSL has no recursion"),
            ("struct S { a: array<S, 2> }", "`S` needs itself"),
            ("fn f() { let x = x; }", "nothing is called `x`"),
        ] {
            assert_eq!(messages(text), [wanted], "{text}");
        }
    }

    #[test]
    fn what_is_needed_comes_first() {
        let parsed = parse("fn f() { g(a); } fn g(x: i32) {} const a = b; const b = 1;");
        assert_eq!(resolve(&parsed.tree).order, [1, 3, 2, 0]);
    }
}
