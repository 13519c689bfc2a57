//! What a row of the property tables is made of: a name, a type, a default, a sentence.

use super::namespace::Ns;
use pngine_format::word::WordSet;
use pngine_source::diag::nearest;
use pngine_syntax::tree::Property;
use pngine_wgsl::device::Limit;

/// A set of flags.
#[derive(Debug)]
pub struct FlagSet {
    /// WebGPU's name of the namespace of the constants.
    pub name: &'static str,
    /// Names and bits.
    pub flags: &'static [(&'static str, u32)],
}

/// What a value has to be.
#[derive(Clone, Copy, Debug)]
pub enum Ty {
    /// A whole number from the first to the second bound, both inclusive.
    Uint(u32, u32),
    /// A whole number from 0 that is less than what a device has of this limit: an index.
    Below(Limit),
    /// A whole number from 0 that is at most what a device has of this limit.
    UpTo(Limit),
    /// A whole number that may be negative.
    Int,
    /// Any number.
    Float,
    /// `true` or `false`.
    Bool,
    /// A string.
    Str,
    /// A word, bare or quoted: an entry point's name, a scene's id.
    Name,
    /// WGSL: a string, a path that starts with `./` or `../`, or the name of a `#wgsl`.
    Text,
    /// A path to a file.
    Path,
    /// A value of a WebGPU enum, bare or quoted.
    Enum(&'static WordSet),
    /// A texture format or `preferredCanvasFormat`.
    Format,
    /// One flag or an array of flags; any letter case, `-` for `_`. A number where the second says so.
    Flags(&'static FlagSet, bool),
    /// The name of a declaration, looked for in these namespaces in this order.
    Ref(&'static [Ns]),
    /// A texture, a texture view or `contextCurrentTexture`.
    View,
    /// A texture or `contextCurrentTexture`.
    Texture,
    /// A size in bytes: a number, or the name of a `#data`, a buffer, or `module.var`.
    ByteSize,
    /// An extent in texels: a number, or an expression over `canvas.width` and `canvas.height`.
    Extent,
    /// A whole number up to the bound, or an expression over `canvas.width` and `canvas.height`, rounded down.
    Count(u32),
    /// Any number, or an expression over `canvas.width` and `canvas.height`.
    Measure,
    /// What `writeBuffer` writes: an input, a `#data`, `module.var`, or an array of numbers.
    DataSource,
    /// `auto`, or something else.
    AutoOr(&'static Ty),
    /// An array, or one element for an array of one.
    List(&'static Ty),
    /// An array with at least and at most so many elements.
    Tuple(&'static Ty, usize, usize),
    /// An array of numbers, with at least and at most so many.
    Numbers(usize, usize),
    /// An object.
    Object(&'static Shape),
    /// The first that the value's form fits: by what it looks like, not by trial.
    OneOf(&'static [Ty]),
    /// An object with keys of the author's choice and numbers.
    Record,
    /// An object with keys of the author's choice and names of declarations of these kinds.
    Names(&'static [Ns]),
    /// A uniform variable of a module: `module.variable`.
    Variable,
    /// An object with names of members of a uniform variable, each a number, an array of numbers, or this object.
    Fields(&'static Shape),
    /// An object with exactly one of these properties.
    Command(&'static Shape),
    /// Generated array elements or an array of numbers.
    Elements,
    /// An argument of a call: a number, or a value that the host knows.
    Argument,
    /// An expression, most often in quotes, that is evaluated for every element.
    Formula,
    /// Anything; described, not read.
    Ignored,
}

impl Ty {
    /// The kinds of declarations that a value of this type may be the name of.
    pub const fn kinds(self) -> &'static [Ns] {
        match self {
            Ty::Ref(kinds) => kinds,
            Ty::View => &[Ns::Texture, Ns::TextureView],
            Ty::Texture => &[Ns::Texture],
            Ty::ByteSize => &[Ns::Data, Ns::Buffer],
            Ty::DataSource => &[Ns::Data],
            Ty::Variable => &[Ns::ShaderModule, Ns::Wgsl],
            Ty::Uint(..)
            | Ty::Below(_)
            | Ty::UpTo(_)
            | Ty::Int
            | Ty::Float
            | Ty::Extent
            | Ty::Count(_)
            | Ty::Measure
            | Ty::Bool
            | Ty::Str
            | Ty::Path
            | Ty::Name
            | Ty::Text
            | Ty::Ignored
            | Ty::Enum(_)
            | Ty::Format
            | Ty::Flags(..)
            | Ty::AutoOr(_)
            | Ty::List(_)
            | Ty::OneOf(_)
            | Ty::Tuple(..)
            | Ty::Numbers(..)
            | Ty::Object(_)
            | Ty::Command(_)
            | Ty::Record
            | Ty::Fields(_)
            | Ty::Names(_)
            | Ty::Elements
            | Ty::Argument
            | Ty::Formula => &[],
        }
    }
}

/// What holds when a property is not there.
#[derive(Clone, Copy, Debug)]
pub enum Fallback {
    /// Nothing: it says something only when it is there.
    Nothing,
    /// What depends on something else, in words.
    Words(&'static str),
    /// A value, as it is written: the one that [`super::Slot`] holds.
    Value(fn() -> String),
}

/// A property.
#[derive(Clone, Copy, Debug)]
pub struct Prop {
    /// Its name.
    pub name: &'static str,
    /// Other spellings that mean the same.
    pub aliases: &'static [&'static str],
    /// Old spellings: accepted for good, with a lint (language reference, section 17.1 and decision 11).
    pub old: &'static [&'static str],
    /// What it takes.
    pub ty: Ty,
    /// Whether it must be there.
    pub required: bool,
    /// What holds when it is not there.
    pub fallback: Fallback,
    /// One sentence.
    pub doc: &'static str,
}

/// An object's properties.
#[derive(Debug)]
pub struct Shape {
    /// What the object is called in messages: "colour attachment".
    pub name: &'static str,
    /// Its properties.
    pub props: &'static [Prop],
}

impl Shape {
    /// The property that is written like this.
    pub fn find(&self, name: &str) -> Option<&'static Prop> {
        self.props.iter().find(|prop| prop.name == name || prop.aliases.contains(&name) || prop.old.contains(&name))
    }

    /// The property that is most likely meant by a name that none has.
    pub fn meant(&self, name: &str) -> Option<&'static Prop> {
        let of_names = nearest(name, self.props.iter().map(|prop| prop.name));
        let near = of_names.or_else(|| nearest(name, self.props.iter().flat_map(|prop| prop.aliases).copied()))?;
        self.find(near)
    }

    /// What is written for a property, also where its name is misspelt.
    pub fn written<'a>(&self, body: &'a [Property], name: &str) -> Option<&'a Property> {
        let is = |prop: Option<&Prop>| prop.is_some_and(|prop| prop.name == name);
        let exact = body.iter().find(|property| is(self.find(&property.name.name)));
        exact.or_else(|| {
            let unknown = |property: &&Property| self.find(&property.name.name).is_none();
            body.iter().filter(unknown).find(|property| is(self.meant(&property.name.name)))
        })
    }
}

impl Prop {
    /// What stands in a list of rows until they are there.
    pub(super) const NONE: Self =
        Self { name: "", aliases: &[], old: &[], ty: Ty::Ignored, required: false, fallback: Fallback::Nothing, doc: "" };

    /// What is written for it in a body whose properties are those of `shape`, also where its name is misspelt.
    pub fn written<'a>(&self, shape: &Shape, body: &'a [Property]) -> Option<&'a Property> {
        shape.written(body, self.name)
    }
}
