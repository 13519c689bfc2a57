//! Types and constants of a whole module: WGSL sections 6 to 12.
//!
//! Declarations are looked at in the order of [`Names::order`], each once, so that nothing here recurses through declarations. What is
//! wrong has the type [`Types::ERROR`], which everything after accepts: one mistake gives one finding.

mod aliases;
mod builtin;
mod entry;
mod expr;
mod flow;
mod item;
mod stmt;
mod uniformity;

use std::collections::HashMap;

use pngine_source::diag::{Code, Diagnostic};

use crate::limits::MAX_CONSTANT_WORK;
use crate::names::{Names, resolve};
use crate::parser::parse;
use crate::predeclared::{Enumerant, Generator};
use crate::report::{Report, finding};
use crate::tokens::Span;
use crate::tree::*;
use crate::types::{StructId, TypeId, Types};
use crate::value::Value;

/// When an expression can be computed: sections 8.1 and 8.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// When the module is made.
    Const,
    /// When a pipeline is made.
    Override,
    /// When a shader runs.
    Runtime,
}

/// What an expression is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// Wrong, and reported, or never looked at.
    Error,
    /// A value, or memory.
    Value,
    /// A type: the type is that of the expression's record.
    Type,
    /// The name of a type that wants a template list.
    Generator(Generator),
    /// A function of the module: its item.
    Function(u32),
    /// A built-in function.
    Builtin,
    /// A word of an enumeration.
    Enumerant(Enumerant),
}

/// What is known of an expression.
#[derive(Clone, Debug)]
pub struct Info {
    /// What it is.
    pub what: What,
    /// Its type, or the type that it is.
    pub ty: TypeId,
    /// When it can be computed.
    pub stage: Stage,
    /// Its value, if it is a constant that is known.
    pub value: Option<Value>,
}

impl Info {
    const ERROR: Info = Info { what: What::Error, ty: Types::ERROR, stage: Stage::Const, value: None };
}

/// A function's type.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Types of its parameters.
    pub parameters: Vec<TypeId>,
    /// What it returns, or [`Types::NOTHING`].
    pub result: TypeId,
    /// Whether it has `@must_use`.
    pub must_use: bool,
}

/// What a declaration stands for.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// What is wrong and reported, or is no declaration.
    Error,
    /// A value or variable; its type is a reference where it is memory.
    Value(Info),
    /// A type.
    Type(TypeId),
    /// A function.
    Function(Signature),
}

/// A module and all that is known of it.
#[derive(Debug)]
pub struct Checked {
    /// The tree.
    pub tree: Tree,
    /// What names mean.
    pub names: Names,
    /// All types.
    pub types: Types,
    /// By expression.
    pub infos: Vec<Info>,
    /// By item.
    pub meanings: Vec<Meaning>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a module and says what is wrong with it. A text with syntax errors is not looked at further: what is missing in its tree would
/// give errors that are none.
pub fn check(text: &str) -> Checked {
    let parsed = parse(text);
    let tree = parsed.tree;
    let count = tree.exprs.len();
    if !parsed.diagnostics.is_empty() {
        let meanings = vec![Meaning::Error; tree.items.len()];
        let infos = vec![Info::ERROR; count];
        let (names, types) = (Names::default(), Types::default());
        return Checked { tree, names, types, infos, meanings, diagnostics: parsed.diagnostics };
    }
    let mut names = resolve(&tree);
    let mut checker = Checker {
        tree: &tree,
        names: &names,
        types: Types::default(),
        infos: vec![Info::ERROR; count],
        meanings: vec![Meaning::Error; tree.items.len()],
        locals: vec![Info::ERROR; names.locals.len()],
        layouts: HashMap::new(),
        members: HashMap::new(),
        enabled: Vec::new(),
        report: Report::default(),
        muted: None,
        work: 0,
        result: None,
        stages: vec![item::Reach::default(); tree.items.len()],
        reach: item::Reach::default(),
        loops: Vec::new(),
        skipped: Vec::new(),
        visits: 0,
    };
    checker.module();
    let has_subgroups = checker.has("subgroups");
    let Checker { types, infos, meanings, report, .. } = checker;
    let mut diagnostics = std::mem::take(&mut names.diagnostics);
    diagnostics.extend(report.found);
    if diagnostics.is_empty() {
        let module = flow::Module { tree: &tree, names: &names, types: &types, infos: &infos };
        diagnostics.extend(aliases::check(module));
        diagnostics.extend(uniformity::check(module, has_subgroups));
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.as_ref().map(|label| label.span.start));
    Checked { tree, names, types, infos, meanings, diagnostics }
}

/// An operand: a value behind the load rule.
#[derive(Clone, Debug)]
struct Operand {
    ty: TypeId,
    stage: Stage,
    value: Option<Value>,
}

struct Checker<'t> {
    tree: &'t Tree,
    names: &'t Names,
    types: Types,
    infos: Vec<Info>,
    meanings: Vec<Meaning>,
    locals: Vec<Info>,
    /// Alignment and size of structs with their attributes.
    layouts: HashMap<StructId, item::Layout>,
    /// The members that structs were declared with.
    members: HashMap<StructId, &'t [Member]>,
    enabled: Vec<&'t str>,
    report: Report,
    /// Expressions up to this one are not computed: an operator in front of them is decided already.
    muted: Option<ExprId>,
    /// Scalars that were copied into constants.
    work: usize,
    /// What the function returns that is looked at.
    result: Option<TypeId>,
    /// By function: what it asks of the stage that it runs in, with all that it calls.
    stages: Vec<item::Reach>,
    /// The same of the function that is looked at.
    reach: item::Reach,
    /// What stands around the statement that is looked at.
    loops: Vec<stmt::Around>,
    /// Where the declarations stand that a `continue` jumps over, for the `continuing` that is looked at: bytes from and to.
    skipped: Vec<(u32, u32)>,
    /// Variables that were visited for entry points.
    visits: usize,
}

impl<'t> Checker<'t> {
    fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report.add(finding(code, span, message));
    }

    /// An error in a type or a rule.
    fn invalid(&mut self, span: Span, message: impl Into<String>) {
        self.error(Code::WgslInvalid, span, message);
    }

    fn span(&self, expr: ExprId) -> Span {
        self.tree[expr].span
    }

    fn text(&self, span: Span) -> String {
        let text = span.of(&self.tree.text);
        crate::tokens::shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn shown(&self, expr: ExprId) -> String {
        self.text(self.span(expr))
    }

    fn show(&self, ty: TypeId) -> String {
        self.types.show(ty)
    }

    fn has(&self, extension: &str) -> bool {
        self.enabled.contains(&extension)
    }

    /// A constant that was computed, unless there are too many of them.
    fn keep(&mut self, value: Value) -> Option<Value> {
        self.work += match &value {
            Value::Parts(_) => value.len(),
            _ => 1,
        };
        (self.work <= MAX_CONSTANT_WORK).then_some(value)
    }
}
