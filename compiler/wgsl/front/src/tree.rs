//! The tree of a text: what the parser makes, and everything after it reads.
//!
//! Nodes lie in arenas and name one another by typed numbers, so that a table beside the tree can say something about each (its type, its
//! constant, its declaration). What could not be parsed is an `Error` node: a tree is there in any case. Every node has the span that it
//! was written at.

use std::ops::Index;

use crate::tokens::Span;

/// A text and its tree.
#[derive(Debug, Default)]
pub struct Tree {
    /// The text.
    pub text: Box<str>,
    /// Everything at module scope, in the order of the text.
    pub items: Vec<Item>,
    /// All expressions; see [`ExprId`].
    pub exprs: Vec<Expr>,
    /// All statements; see [`StmtId`].
    pub stmts: Vec<Stmt>,
    /// All comments, in order.
    pub comments: Vec<Span>,
}

/// An expression of a tree: an index into [`Tree::exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub u32);

/// A statement of a tree: an index into [`Tree::stmts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StmtId(pub u32);

impl Index<ExprId> for Tree {
    type Output = Expr;

    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
}

impl Index<StmtId> for Tree {
    type Output = Stmt;

    fn index(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.0 as usize]
    }
}

impl Tree {
    /// The first expression of those below `root`: parts are made before the whole and one after the other, so that an expression's parts
    /// stand in [`Tree::exprs`] directly in front of it, from this one on.
    pub fn first(&self, root: ExprId) -> ExprId {
        let mut at = root;
        loop {
            at = match &self[at].kind {
                ExprKind::Error | ExprKind::Bool(_) | ExprKind::Int | ExprKind::Float => return at,
                ExprKind::Name { template, .. } => match template.as_ref().and_then(|template| template.first()) {
                    Some(first) => *first,
                    None => return at,
                },
                ExprKind::Call { callee, .. } => *callee,
                ExprKind::Paren(inner) | ExprKind::Unary { operand: inner, .. } => *inner,
                ExprKind::Binary { left, .. } => *left,
                ExprKind::Index { base, .. } | ExprKind::Member { base, .. } => *base,
            };
        }
    }

    /// The name as it is written.
    pub fn name(&self, ident: Ident) -> &str {
        ident.span.of(&self.text)
    }
}

/// A name where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// Its place; empty where a name is missing, which is reported.
    pub span: Span,
}

/// Something at module scope.
#[derive(Debug)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
    /// All of it, attributes included.
    pub span: Span,
}

/// What stands at module scope.
#[derive(Debug)]
pub enum ItemKind {
    /// What could not be parsed, and has been reported.
    Error,
    /// `enable a, b;`
    Enable(Vec<Ident>),
    /// `requires a, b;`
    Requires(Vec<Ident>),
    /// `diagnostic(severity, rule);`
    Diagnostic(DiagnosticControl),
    /// `import a::b;`, which is not WGSL: `docs/language.md`, "Imports".
    Import(ImportTree),
    /// `const_assert condition;`
    ConstAssert(ExprId),
    /// `var`, `const` or `override`.
    Variable(Variable),
    /// `alias name = type;`
    Alias {
        /// Its name.
        name: Ident,
        /// What it stands for.
        ty: ExprId,
    },
    /// `struct name { … }`
    Struct(Struct),
    /// `fn name(…) { … }`
    Function(Function),
    /// `;`
    Empty,
}

/// `(severity, rule)` of a directive or an attribute.
#[derive(Debug)]
pub struct DiagnosticControl {
    /// `error`, `warning`, `info` or `off`.
    pub severity: Ident,
    /// The rule's words: one, or two with a dot between them.
    pub rule: Vec<Ident>,
}

/// A path of an import, with what follows it.
#[derive(Debug)]
pub struct ImportTree {
    /// The words up to the braces, or up to the end.
    pub path: Vec<Ident>,
    /// What follows the path.
    pub end: ImportEnd,
    /// All of it.
    pub span: Span,
}

/// How a path of an import ends.
#[derive(Debug)]
pub enum ImportEnd {
    /// A name, and what it is called here.
    Name(Option<Ident>),
    /// `{ … }`
    Braces(Vec<ImportTree>),
}

/// What kind of value a declaration makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// `var`
    Var,
    /// `let`
    Let,
    /// `const`
    Const,
    /// `override`
    Override,
}

impl VariableKind {
    /// The keyword.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Var => "var",
            Self::Let => "let",
            Self::Const => "const",
            Self::Override => "override",
        }
    }
}

/// A declaration of a value or variable, at module scope or in a function.
#[derive(Debug)]
pub struct Variable {
    /// What kind.
    pub kind: VariableKind,
    /// The keyword's place.
    pub keyword: Span,
    /// `<space, access>` of a `var`.
    pub template: Vec<ExprId>,
    /// Its name.
    pub name: Ident,
    /// Its type, if written.
    pub ty: Option<ExprId>,
    /// Its initializer, if written.
    pub init: Option<ExprId>,
}

/// A struct.
#[derive(Debug)]
pub struct Struct {
    /// Its name.
    pub name: Ident,
    /// Its members, in order.
    pub members: Vec<Member>,
}

/// A member of a struct, or a parameter of a function.
#[derive(Debug)]
pub struct Member {
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: ExprId,
    /// All of it.
    pub span: Span,
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: Ident,
    /// Its parameters.
    pub parameters: Vec<Member>,
    /// Attributes of what it returns.
    pub return_attributes: Vec<Attribute>,
    /// The type of what it returns.
    pub return_type: Option<ExprId>,
    /// Its body.
    pub body: Block,
}

/// An attribute, section 12. Which there are, and what they take, is not looked at here.
#[derive(Debug)]
pub struct Attribute {
    /// Its name; `const` and `diagnostic` are keywords.
    pub name: Ident,
    /// What stands in parentheses behind it.
    pub arguments: Option<Arguments>,
    /// All of it, `@` included.
    pub span: Span,
}

/// The arguments of an attribute.
#[derive(Debug)]
pub enum Arguments {
    /// Expressions; where names are wanted, they are expressions of one name.
    Exprs(Vec<ExprId>),
    /// `(severity, rule)` of `@diagnostic`.
    Diagnostic(DiagnosticControl),
}

/// `{ … }`
#[derive(Debug)]
pub struct Block {
    /// Attributes in front of the brace.
    pub attributes: Vec<Attribute>,
    /// What is in it.
    pub stmts: Vec<StmtId>,
    /// From brace to brace.
    pub span: Span,
}

/// A statement.
#[derive(Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Its attributes; those of a block are with the block.
    pub attributes: Vec<Attribute>,
    /// All of it.
    pub span: Span,
}

/// What a statement is, section 9.
#[derive(Debug)]
pub enum StmtKind {
    /// What could not be parsed, and has been reported.
    Error,
    /// `;`
    Empty,
    /// `{ … }`
    Block(Block),
    /// `var`, `let` or `const`.
    Variable(Variable),
    /// `target = value` and `target += value`.
    Assign {
        /// `None` for `_`.
        target: Option<ExprId>,
        /// The operator before `=`, if there is one.
        operator: Option<BinaryOp>,
        /// The right side.
        value: ExprId,
    },
    /// `target++`
    Increment(ExprId),
    /// `target--`
    Decrement(ExprId),
    /// A call as a statement.
    Call(ExprId),
    /// `if`, with all its `else if`.
    If {
        /// Conditions and what is done if they hold; at least one.
        branches: Vec<(ExprId, Block)>,
        /// The last `else`.
        otherwise: Option<Block>,
    },
    /// `switch`
    Switch {
        /// What decides.
        selector: ExprId,
        /// Attributes in front of the brace.
        body_attributes: Vec<Attribute>,
        /// Its clauses.
        clauses: Vec<Clause>,
    },
    /// `loop`, with its `continuing` as the last statement of the body.
    Loop(Block),
    /// `continuing { … }`: where it stands anywhere but at the end of a `loop`, that has been reported.
    Continuing(Block),
    /// `while`
    While {
        /// The condition.
        condition: ExprId,
        /// What is repeated.
        body: Block,
    },
    /// `for`
    For {
        /// Before the loop.
        init: Option<StmtId>,
        /// The condition.
        condition: Option<ExprId>,
        /// After each turn.
        update: Option<StmtId>,
        /// What is repeated.
        body: Block,
    },
    /// `break`
    Break,
    /// `break if condition`
    BreakIf(ExprId),
    /// `continue`
    Continue,
    /// `return`
    Return(Option<ExprId>),
    /// `discard`
    Discard,
    /// `const_assert`
    ConstAssert(ExprId),
}

/// A clause of a `switch`.
#[derive(Debug)]
pub struct Clause {
    /// Its selectors; `default` alone is one `Default`.
    pub selectors: Vec<Selector>,
    /// Whether it is written as `default`, without `case`.
    pub is_default: bool,
    /// What is done.
    pub body: Block,
    /// All of it.
    pub span: Span,
}

/// What selects a clause.
#[derive(Clone, Copy, Debug)]
pub enum Selector {
    /// `default`
    Default(Span),
    /// A value.
    Expr(ExprId),
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// All of it.
    pub span: Span,
    /// How many operators apply to one another in it, at most [`crate::limits::MAX_OPERATORS`].
    pub depth: u16,
}

/// What an expression is, section 8.
#[derive(Debug)]
pub enum ExprKind {
    /// What could not be parsed, and has been reported.
    Error,
    /// `true` or `false`.
    Bool(bool),
    /// An integer, with its suffix.
    Int,
    /// A floating point number, with its suffix.
    Float,
    /// A name, with its template list if it has one: a value, a type, a function or an enumerant.
    Name {
        /// The name.
        name: Ident,
        /// `<…>`
        template: Option<Vec<ExprId>>,
    },
    /// `callee(…)`, where the callee is a name.
    Call {
        /// A [`ExprKind::Name`], or what stands in its place.
        callee: ExprId,
        /// The arguments.
        arguments: Vec<ExprId>,
    },
    /// `(…)`
    Paren(ExprId),
    /// An operator in front.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it applies to.
        operand: ExprId,
    },
    /// An operator in the middle.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        at: Span,
        /// What stands left of it.
        left: ExprId,
        /// What stands right of it.
        right: ExprId,
    },
    /// `base[index]`
    Index {
        /// What is indexed.
        base: ExprId,
        /// The index.
        index: ExprId,
    },
    /// `base.member`
    Member {
        /// Of what.
        base: ExprId,
        /// Which one.
        member: Ident,
    },
}

macro_rules! operators {
    ($(#[doc = $doc:literal])* $enum:ident: $( $name:ident = $text:literal, )*) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum { $( #[doc = concat!("`", $text, "`")] $name, )* }

        impl $enum {
            /// All of them.
            pub const ALL: &'static [$enum] = &[$( $enum::$name, )*];

            /// As it is written.
            pub const fn text(self) -> &'static str {
                match self { $( $enum::$name => $text, )* }
            }
        }
    };
}

operators! {
    /// Operators in front of an expression.
    UnaryOp: Minus = "-", Not = "!", Complement = "~", Deref = "*", AddressOf = "&",
}

operators! {
    /// Operators between two expressions.
    BinaryOp:
    Add = "+", Subtract = "-", Multiply = "*", Divide = "/", Remainder = "%",
    And = "&", Or = "|", Xor = "^", ShiftLeft = "<<", ShiftRight = ">>",
    Equal = "==", NotEqual = "!=", Less = "<", LessEqual = "<=", Greater = ">", GreaterEqual = ">=",
    LogicalAnd = "&&", LogicalOr = "||",
}
