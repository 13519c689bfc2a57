//! Values whose words, numbers, flags and references are known, in the form that the author gave them. [`super::Kind`] makes types of them.

use super::namespace::Ns;
use crate::data::formula::Formula;
use crate::source::Span;
use pngine_format::word::Word;
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
    /// The value of a property.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.props.iter().find(|(found, ..)| *found == name).map(|(.., node)| node)
    }

    /// The whole property: name and value.
    pub fn prop_span(&self, name: &str) -> Option<Span> {
        self.props.iter().find(|(found, ..)| *found == name).map(|(_, span, node)| span.to(node.span))
    }

    /// Where the name of a property stands, or the object.
    pub fn prop_name_span(&self, name: &str) -> Span {
        self.props.iter().find(|(found, ..)| *found == name).map_or(self.span, |(_, span, _)| *span)
    }

    /// Where a property stands, or the object.
    pub fn span_of(&self, name: &str) -> Span {
        self.get(name).map_or(self.span, |node| node.span)
    }

    /// Those of the properties that are written, in the order in which they stand.
    pub fn written(&self, names: &[&'static str]) -> Vec<&'static str> {
        self.props.iter().map(|(name, ..)| *name).filter(|name| names.contains(name)).collect()
    }

    /// A number.
    pub fn num(&self, name: &str) -> Option<f64> {
        match self.get(name)?.val {
            Val::Num(number) => Some(number),
            _ => None,
        }
    }

    /// A whole number; the tables keep it in range.
    pub fn uint(&self, name: &str) -> Option<u32> {
        self.num(name).map(|number| number as u32)
    }

    /// A whole number, or this.
    pub fn uint_or(&self, name: &str, default: u32) -> u32 {
        self.uint(name).unwrap_or(default)
    }

    /// A truth value.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.get(name)?.val {
            Val::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A word.
    pub fn word(&self, name: &str) -> Option<Word> {
        match self.get(name)?.val {
            Val::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Text.
    pub fn str(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.val {
            Val::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Flags.
    pub fn flags(&self, name: &str) -> Option<u32> {
        match self.get(name)?.val {
            Val::Flags(bits) => Some(bits),
            _ => None,
        }
    }

    /// An object.
    pub fn obj(&self, name: &str) -> Option<&Obj> {
        match &self.get(name)?.val {
            Val::Obj(obj) => Some(obj),
            _ => None,
        }
    }

    /// The elements of an array; of one that is not there, none.
    pub fn list(&self, name: &str) -> &[Node] {
        match self.get(name).map(|node| &node.val) {
            Some(Val::List(nodes)) => nodes,
            _ => &[],
        }
    }

    /// A declaration of this kind.
    pub fn decl(&self, name: &str, ns: Ns) -> Option<usize> {
        match self.get(name)?.val {
            Val::Decl(found, index) if found == ns => Some(index),
            _ => None,
        }
    }

    /// Whether all of it is known, down to the last value: nothing is missing, and nothing is reported as wrong.
    pub fn is_whole(&self) -> bool {
        !self.incomplete && self.props.iter().all(|(.., node)| node.is_whole())
    }

    /// Whether the property, if it is written, is known down to the last value.
    pub fn has_whole(&self, name: &str) -> bool {
        self.get(name).is_none_or(Node::is_whole)
    }

    /// Whether the property was written and is bad: reported already.
    pub fn bad(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Node { val: Val::Bad, .. }))
    }
}
