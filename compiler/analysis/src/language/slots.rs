//! What is written for the properties of an object, each in the type that its row says. One list makes the rows and the slots, so that
//! no property is read by another name than it has, and no default is another one than the manual prints.

use super::rows::{Prop, Shape, Ty};
use super::value::{Node, Obj, Val};
use pngine_scene::Setting;
use pngine_source::source::{Span, Spanned};

/// What a property takes: its type in the table, and the Rust type of what is written.
pub trait Kind {
    /// What is read.
    type Value;
    /// The type in the property table.
    const TY: Ty;

    /// Reads a value; `None` for one that is wrong, which is reported.
    fn read(node: &Node) -> Option<Self::Value>;
}

/// A kind whose values can be defaults.
pub trait Printed: Kind {
    /// The value as it is written in the language.
    fn print(value: &Self::Value) -> String;
}

/// A property of an object: what is written for it, or its default.
#[derive(Clone, Debug)]
pub struct Slot<T> {
    /// The value in force: what is written, or the default; of a row without a default, `None` where nothing is written. Where something
    /// is written that is wrong, which is reported, it is as if nothing were.
    pub value: T,
    /// Where the value stands, or the object where it is not written.
    pub span: Span,
    /// Its row.
    pub row: &'static Prop,
    /// Where the name stands.
    name_span: Option<Span>,
    is_bad: bool,
    is_whole: bool,
}

impl<T> Slot<T> {
    /// What is written, or what `fallback` makes of it.
    fn read<V>(obj: &Obj, row: &'static Prop, read: impl FnOnce(&Node) -> Option<V>, value: impl FnOnce(Option<V>) -> T) -> Self {
        let written = obj.props.iter().find(|(found, ..)| *found == row.name).map(|(_, span, node)| (*span, node));
        Self {
            value: value(written.and_then(|(_, node)| read(node))),
            span: written.map_or(obj.span, |(_, node)| node.span),
            row,
            name_span: written.map(|(span, _)| span),
            is_bad: written.is_some_and(|(_, node)| matches!(node.val, Val::Bad)),
            is_whole: written.is_none_or(|(_, node)| node.is_whole()),
        }
    }

    /// Whether the author wrote it, be it right or wrong.
    pub const fn is_written(&self) -> bool {
        self.name_span.is_some()
    }

    /// Whether what is written is wrong, which is reported.
    pub const fn is_bad(&self) -> bool {
        self.is_bad
    }

    /// Whether nothing is wrong with it, down to the last value in it.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Where the name stands; `None` if it is not written.
    pub const fn name_span(&self) -> Option<Span> {
        self.name_span
    }

    /// The whole property, name and value; `None` if it is not written.
    pub fn prop_span(&self) -> Option<Span> {
        self.name_span.map(|name| name.to(self.span))
    }

    /// Where the value stands, or this if it is not written.
    pub fn span_or(&self, other: Span) -> Span {
        if self.is_written() { self.span } else { other }
    }

    /// The value if the author wrote it, and it is right.
    pub fn written(&self) -> Option<&T> {
        (self.is_written() && !self.is_bad).then_some(&self.value)
    }
}

impl<T: Clone> Slot<T> {
    /// The value, and where it stands.
    pub fn spanned(&self) -> Spanned<T> {
        Spanned::new(self.value.clone(), self.span)
    }

    /// The value, where it stands, and whether it is written.
    pub fn setting(&self) -> Setting<T> {
        Setting { value: self.value.clone(), span: self.span, property: self.prop_span() }
    }
}

impl<T> Slot<Option<T>> {
    /// The slot of a row without a default.
    pub(super) fn optional<K: Kind<Value = T>>(obj: &Obj, row: &'static Prop) -> Self {
        Self::read(obj, row, K::read, |value| value)
    }

    /// What is written, and where it stands; `None` if it is not written, or wrong.
    pub fn found(&self) -> Option<Spanned<T>>
    where
        T: Clone,
    {
        Some(Spanned::new(self.value.clone()?, self.span))
    }
}

impl<T> Slot<T> {
    /// The slot of a row with a default.
    pub(super) fn or<K: Kind<Value = T>>(obj: &Obj, row: &'static Prop, fallback: impl FnOnce() -> T) -> Self {
        Self::read(obj, row, K::read, |value| value.unwrap_or_else(fallback))
    }
}

impl<T> Slot<Option<Vec<Elem<T>>>> {
    /// The elements; of a list that is not there, none.
    pub fn elements(&self) -> &[Elem<T>] {
        self.value.as_deref().unwrap_or_default()
    }
}

/// An element of an array.
#[derive(Clone, Debug)]
pub struct Elem<T> {
    /// What it is; `None` for what is wrong, which is reported.
    pub value: Option<T>,
    /// Where it stands.
    pub span: Span,
}

/// A property that takes an array.
pub type Listed<T> = Slot<Option<Vec<Elem<T>>>>;

/// All of these, if none is wrong.
pub fn all<T: Clone>(elements: &[Elem<T>]) -> Option<Vec<T>> {
    elements.iter().map(|element| element.value.clone()).collect()
}

/// The object that slots belong to.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Where it stands.
    pub span: Span,
    /// Whether something that must be there is not, which is reported.
    pub is_incomplete: bool,
    /// Whether all that must be there is there, and no property is wrong. Inside of a property something may be.
    pub is_sound: bool,
    /// Whether anything is written in it.
    pub is_empty: bool,
}

impl At {
    pub(super) fn of(obj: &Obj) -> Self {
        Self {
            span: obj.span,
            is_incomplete: obj.incomplete,
            is_sound: !obj.incomplete && !obj.props.iter().any(|(.., node)| matches!(node.val, Val::Bad)),
            is_empty: obj.props.is_empty(),
        }
    }
}

/// Properties that objects have, and their slots.
pub trait Rows: Sized {
    /// The rows of the property table.
    const ROWS: &'static [Prop];

    /// Reads what is written for them.
    fn slots(obj: &Obj) -> Self;

    /// An object in which nothing is written.
    fn empty() -> Self {
        Self::slots(&Obj { span: Span::default(), props: Vec::new(), incomplete: false })
    }
}

/// An object, and the slots of its properties.
pub trait Body: Rows + 'static {
    /// Its property table.
    const SHAPE: &'static Shape;
}

/// One of several properties, such as the commands of a pass.
pub trait Choice: Sized {
    /// The rows of the property table.
    const ROWS: &'static [Prop];

    /// Reads what is written for the property with this name; `None` for properties that are none of these.
    fn chosen(name: &str, node: &Node) -> Option<Self>;

    /// The property with this name, whatever is written for it.
    fn named(name: &str) -> Option<Self> {
        Self::chosen(name, &Node { span: Span::default(), val: Val::Bad })
    }
}

/// Which of several properties is written.
#[derive(Clone, Debug)]
pub struct Chosen<C> {
    /// The row of the property.
    pub row: &'static Prop,
    /// Where the name stands.
    pub name_span: Span,
    /// Where the value stands.
    pub span: Span,
    /// What is written; in it `None` for what is wrong, which is reported.
    pub value: C,
}

impl<C> Chosen<C> {
    /// The whole property: name and value.
    pub fn prop_span(&self) -> Span {
        self.name_span.to(self.span)
    }
}

/// Those of the properties that are written, in the order in which they stand.
impl<C: Choice> Rows for Vec<Chosen<C>> {
    const ROWS: &'static [Prop] = C::ROWS;

    fn slots(obj: &Obj) -> Self {
        let row_of = |name: &str| C::ROWS.iter().find(|row| row.name == name);
        let chosen = obj.props.iter().filter_map(|(name, name_span, node)| {
            let row = row_of(name)?;
            Some(Chosen { row, name_span: *name_span, span: node.span, value: C::chosen(name, node)? })
        });
        chosen.collect()
    }
}

/// How many rows these are.
pub(super) const fn count(parts: &[&[Prop]]) -> usize {
    let (mut rows, mut part) = (0, 0);
    while part < parts.len() {
        rows += parts[part].len();
        part += 1;
    }
    rows
}

/// The rows of all parts, one after the other.
pub(super) const fn concat<const N: usize>(parts: &[&[Prop]]) -> [Prop; N] {
    let (mut rows, mut at, mut part) = ([Prop::NONE; N], 0, 0);
    while part < parts.len() {
        let mut row = 0;
        while row < parts[part].len() {
            rows[at] = parts[part][row];
            at += 1;
            row += 1;
        }
        part += 1;
    }
    rows
}

/// The row of a property: `("name" ["alias"] ["old"] Kind = default ? "doc")`.
macro_rules! row {
    ($name:literal [$($alias:literal)*] [$($old:literal)*] ($kind:ty) ($default:expr) () $doc:literal) => {
        crate::language::rows::Prop {
            name: $name,
            aliases: &[$($alias),*],
            old: &[$($old),*],
            ty: <$kind as crate::language::slots::Kind>::TY,
            required: false,
            fallback: crate::language::rows::Fallback::Value(|| {
                <$kind as crate::language::slots::Printed>::print(&$default)
            }),
            doc: $doc,
        }
    };
    ($name:literal [$($alias:literal)*] [$($old:literal)*] ($kind:ty) () ($($how:ident $($words:literal)?)?) $doc:literal) => {
        crate::language::rows::Prop {
            name: $name,
            aliases: &[$($alias),*],
            old: &[$($old),*],
            ty: <$kind as crate::language::slots::Kind>::TY,
            required: crate::language::slots::row!(@required $($how)?),
            fallback: crate::language::slots::row!(@fallback $($how $($words)?)?),
            doc: $doc,
        }
    };
    (@required required) => { true };
    (@required $($or:ident)?) => { false };
    (@fallback or $words:literal) => { crate::language::rows::Fallback::Words($words) };
    (@fallback $($required:ident)?) => { crate::language::rows::Fallback::Nothing };
}

/// The type of a slot, and how it is read.
macro_rules! slot {
    (@type ($kind:ty) ()) => { crate::language::slots::Slot<Option<<$kind as crate::language::slots::Kind>::Value>> };
    (@type ($kind:ty) ($default:expr)) => { crate::language::slots::Slot<<$kind as crate::language::slots::Kind>::Value> };
    (@read $obj:ident $row:expr, ($kind:ty) ()) => { crate::language::slots::Slot::optional::<$kind>($obj, &$row) };
    (@read $obj:ident $row:expr, ($kind:ty) ($default:expr)) => {
        crate::language::slots::Slot::or::<$kind>($obj, &$row, || $default)
    };
}

/// Objects with their properties, or groups of properties that several objects have, which then have no title:
///
/// ```text
/// Name = "title" {
///     field "property": Kind = default, "What it means.";
///     field "property" | "alias" old "old spelling": Kind, required, "What it means.";
///     field "property": Kind, or "what holds when it is not written", "What it means.";
///     ..field: Group;
/// }
/// ```
macro_rules! shapes {
    ($( $(#[$meta:meta])* $shape:ident $(= $title:literal)? { $(
        $($field:ident $name:literal $(| $alias:literal)* $(old $old:literal)*: $kind:ty
            $(= $default:expr)? $(, $how:ident $($words:literal)?)?, $doc:literal)?
        $(.. $group:ident: $rows:ty)?
    ;)* } )*) => { $(
        $(#[$meta])*
        $(#[doc = concat!("What is written in a ", $title, ".")])?
        #[derive(Clone, Debug)]
        pub struct $shape {
            /// The object.
            pub at: crate::language::slots::At,
            $(
                $( #[doc = concat!("The properties of [`", stringify!($rows), "`].")] pub $group: $rows, )?
                $( #[doc = $doc] pub $field: crate::language::slots::slot!(@type ($kind) ($($default)?)), )?
            )*
        }

        #[allow(non_upper_case_globals, reason = "each is the row of the field of that name; some objects have none")]
        impl $shape {
            $($(
                #[doc = $doc]
                pub const $field: crate::language::rows::Prop = crate::language::slots::row!(
                    $name [$($alias)*] [$($old)*] ($kind) ($($default)?) ($($how $($words)?)?) $doc
                );
            )?)*
            const PARTS: &'static [&'static [crate::language::rows::Prop]] = &[$(
                $( <$rows as crate::language::slots::Rows>::ROWS, )?
                $( &[Self::$field], )?
            )*];
        }

        impl crate::language::slots::Rows for $shape {
            const ROWS: &'static [crate::language::rows::Prop] =
                &crate::language::slots::concat::<{ crate::language::slots::count($shape::PARTS) }>($shape::PARTS);

            fn slots(obj: &crate::language::value::Obj) -> Self {
                Self {
                    at: crate::language::slots::At::of(obj),
                    $(
                        $( $group: <$rows as crate::language::slots::Rows>::slots(obj), )?
                        $( $field: crate::language::slots::slot!(@read obj $shape::$field, ($kind) ($($default)?)), )?
                    )*
                }
            }
        }

        crate::language::slots::body!($shape $($title)?);
    )* };
}

/// Properties of which each object has one, or any in the order of the source: `Variant "property": Kind, "What it means.";`.
macro_rules! choices {
    ($( $(#[$meta:meta])* $choice:ident { $(
        $variant:ident $name:literal $(| $alias:literal)* $(old $old:literal)*: $kind:ty, $doc:literal
    ;)* } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub enum $choice { $( #[doc = $doc] $variant(Option<<$kind as crate::language::slots::Kind>::Value>), )* }

        impl crate::language::slots::Choice for $choice {
            const ROWS: &'static [crate::language::rows::Prop] =
                &[$( crate::language::slots::row!($name [$($alias)*] [$($old)*] ($kind) () () $doc), )*];

            fn chosen(name: &str, node: &crate::language::value::Node) -> Option<Self> {
                match name {
                    $( $name => Some(Self::$variant(<$kind as crate::language::slots::Kind>::read(node))), )*
                    _ => None,
                }
            }
        }
    )* };
}

/// What objects with a title are as well: the kind of a property.
macro_rules! body {
    ($shape:ident) => {};
    ($shape:ident $title:literal) => {
        impl $shape {
            /// Its property table.
            pub const SHAPE: &'static crate::language::rows::Shape = {
                static SHAPE: crate::language::rows::Shape =
                    crate::language::rows::Shape { name: $title, props: <$shape as crate::language::slots::Rows>::ROWS };
                &SHAPE
            };
        }

        impl crate::language::slots::Body for $shape {
            const SHAPE: &'static crate::language::rows::Shape = Self::SHAPE;
        }

        impl crate::language::slots::Kind for $shape {
            type Value = Self;
            const TY: crate::language::rows::Ty = crate::language::rows::Ty::Object(Self::SHAPE);

            fn read(node: &crate::language::value::Node) -> Option<Self> {
                match &node.val {
                    crate::language::value::Val::Obj(obj) => Some(crate::language::slots::Rows::slots(obj)),
                    _ => None,
                }
            }
        }
    };
}

pub(super) use {body, choices, row, shapes, slot};
