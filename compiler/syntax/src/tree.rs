//! The syntax tree: what stands in the file, with spans and comments, and nothing resolved.
//!
//! There is always a tree, whatever the text. Where the text could not be read an `Error` node stands, and the parser has
//! reported why.

mod dump;

pub use crate::lex::Comment;
use crate::lex::Token;
use pngine_source::source::Span;

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The word as written.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// A string literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Str {
    /// The value: `\"` and `\\` are unescaped, every other byte is as written.
    pub value: String,
    /// Where, with the quotes.
    pub span: Span,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct File {
    /// Declarations in source order.
    pub items: Vec<Item>,
    /// Comments in source order, wherever they stand.
    pub comments: Vec<Comment>,
    /// Tokens in source order, comments left out: also those that the items could not be made of.
    pub tokens: Vec<(Token, Span)>,
}

/// Something at top level.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `#import "path"`.
    Import {
        /// The path as written.
        path: Str,
        /// The whole item.
        span: Span,
    },
    /// `#define NAME=value`.
    Define {
        /// The name.
        name: Ident,
        /// The value.
        value: Value,
        /// The whole item.
        span: Span,
    },
    /// `#kind name { … }`.
    Macro(Macro),
    /// Text that is no declaration; reported.
    Error(Span),
}

/// `#kind name { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Macro {
    /// The word after `#`, without it; its span has the `#`. May be a word the language does not know: the resolver reports it.
    pub kind: Ident,
    /// The name; `None` where none is written.
    pub name: Option<Ident>,
    /// The properties in source order; a name may occur several times.
    pub body: Vec<Property>,
    /// The whole declaration.
    pub span: Span,
}

/// `name=value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The name.
    pub name: Ident,
    /// The value.
    pub value: Value,
    /// Name to end of value.
    pub span: Span,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where.
    pub span: Span,
}

impl Value {
    /// This value and all that are in it, in the order in which they are written. Nothing is recursed into, however long a chain is.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let value = open.pop()?;
            match &value.kind {
                ValueKind::Array(values) | ValueKind::Call(_, values) => open.extend(values.iter().rev()),
                ValueKind::Object(body) => open.extend(body.iter().rev().map(|property| &property.value)),
                ValueKind::Neg(inner) | ValueKind::Group(inner) => open.push(inner),
                ValueKind::Binary(_, left, right) => open.extend([right, left].map(Box::as_ref)),
                ValueKind::Str(_)
                | ValueKind::Bool(_)
                | ValueKind::Number(_)
                | ValueKind::Ident(_)
                | ValueKind::Path(_)
                | ValueKind::Ref(_)
                | ValueKind::Error => {}
            }
            Some(value)
        })
    }
}

/// The forms a value can have.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `"…"`, unescaped as in [`Str`].
    Str(String),
    /// `true`, `false`.
    Bool(bool),
    /// A number literal. Never negative.
    Number(f64),
    /// A word, also a digit-first one such as `2d-array`.
    Ident(String),
    /// `a.b`, `a.b.c`: two words or more.
    Path(Vec<Ident>),
    /// `$a.b`: the words after the `$`, one or more.
    Ref(Vec<Ident>),
    /// `[ … ]`.
    Array(Vec<Value>),
    /// `{ … }`.
    Object(Vec<Property>),
    /// `-x`.
    Neg(Box<Value>),
    /// `a + b`.
    Binary(BinaryOp, Box<Value>, Box<Value>),
    /// `f(a, b)`.
    Call(Ident, Vec<Value>),
    /// `(x)`.
    Group(Box<Value>),
    /// Unreadable; reported.
    Error,
}

/// Operators of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}
