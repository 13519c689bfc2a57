//! Values whose words, numbers, flags and references are known, in the form that the author gave them. [`super::Kind`] makes types of them.

use super::namespace::Ns;
use crate::data::formula::Formula;
use pngine_format::word::Word;
use pngine_source::source::Span;
use std::sync::Arc;

/// A value whose meaning is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub val: Val,
}

impl Node {
    /// Whether it is known, and all in it.
    pub fn is_whole(&self) -> bool {
        match &self.val {
            Val::Bad => false,
            Val::List(nodes) => nodes.iter().all(Node::is_whole),
            Val::Obj(obj) => obj.is_whole(),
            Val::Names(entries) => entries.iter().all(|(.., node)| node.is_whole()),
            Val::Num(_)
            | Val::Canvas(_)
            | Val::Bool(_)
            | Val::Str(_)
            | Val::Word(_)
            | Val::Flags(_)
            | Val::Decl(..)
            | Val::CanvasView
            | Val::Auto
            | Val::Record(_)
            | Val::Input(_)
            | Val::Block { .. }
            | Val::Elements(_)
            | Val::InputSingle(_)
            | Val::Formula(_)
            | Val::Ignored => true,
        }
    }
}

/// What a [`Node`] can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// Reported; everything accepts it.
    Bad,
    /// A number. Whole and in range where the table says so.
    Num(f64),
    /// An extent that depends on the canvas: see `descriptor::Tag::Canvas`.
    Canvas([f32; 3]),
    /// `true`, `false`
    Bool(bool),
    /// Text.
    Str(String),
    /// A value of a WebGPU enum.
    Word(Word),
    /// Flags as WebGPU's bits.
    Flags(u32),
    /// A declaration: its kind and its position among those of its kind.
    Decl(Ns, usize),
    /// `contextCurrentTexture`
    CanvasView,
    /// `auto`
    Auto,
    /// An array.
    List(Vec<Node>),
    /// An object.
    Obj(Obj),
    /// Keys and numbers.
    Record(Vec<(String, Span, f64)>),
    /// Keys and declarations, [`Val::Decl`] or [`Val::Bad`].
    Names(Vec<(String, Span, Node)>),
    /// An input: its position in `pngine_format::status::INPUTS`.
    Input(usize),
    /// A uniform block: index into the shaders, and into the bindings of the shader's module.
    Block {
        /// Index into `Resolved::shaders`.
        shader: usize,
        /// Index into the module's bindings.
        binding: usize,
    },
    /// Numbers of a data property, each with its place.
    Elements(Arc<[(f64, Span)]>),
    /// A single of the input block: its offset in bytes.
    InputSingle(u16),
    /// What a lane of generated elements is computed by.
    Formula(Formula),
    /// Described, not read.
    Ignored,
}

/// An object whose properties are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Obj {
    /// Where it stands.
    pub span: Span,
    /// The properties: the table's name, where the name stands, the value. A name occurs once unless the macro says otherwise.
    pub props: Vec<(&'static str, Span, Node)>,
    /// Whether something that must be there is not; reported.
    pub incomplete: bool,
}

impl Obj {
    /// Whether all of it is known, down to the last value: nothing is missing, and nothing is reported as wrong.
    pub fn is_whole(&self) -> bool {
        !self.incomplete && self.props.iter().all(|(.., node)| node.is_whole())
    }
}
