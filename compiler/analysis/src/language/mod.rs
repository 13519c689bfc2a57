//! The language: every macro, every property, what it takes, what holds without it, and what it means.
//!
//! One row drives resolving, lowering, checking, completion, hover and `docs/language.md`. Source of the rows: the language reference,
//! sections 9, 12, 13 and 18; names, types and defaults are those of the WebGPU specification except where a row says otherwise.
//!
//! Rows stand by topic in the files below. [`slots`] makes of them what is written for an object, in types: who reads a property names
//! a field.

mod bindings;
mod data;
mod frames;
mod kinds;
mod namespace;
mod passes;
mod pipelines;
mod queues;
mod resources;
mod rows;
mod slots;
mod uniforms;
mod value;

pub use bindings::*;
pub use data::*;
pub use frames::*;
pub use kinds::*;
pub use namespace::Ns;
pub use passes::*;
pub use pipelines::*;
pub use queues::*;
pub use resources::*;
pub use rows::{Fallback, FlagSet, Prop, Shape, Ty};
pub use slots::{At, Body, Choice, Chosen, Elem, Kind, Listed, Printed, Rows, Slot, all};
pub use uniforms::*;
pub use value::{Node, Obj, Val};

/// Whether a macro takes a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// It must have one.
    Yes,
    /// It has none: there is one of it at most.
    No,
}

/// A macro.
#[derive(Debug)]
pub struct MacroRow {
    /// Its namespace, and so its word.
    pub ns: Ns,
    /// Whether it takes a name.
    pub named: Named,
    /// One sentence.
    pub doc: &'static str,
    /// Its properties.
    pub shape: &'static Shape,
    /// Properties that may be repeated, all to be run in order: those of `#queue`.
    pub repeatable: bool,
}

/// A macro's body.
pub trait Macro: Body {
    /// What it declares.
    const NS: Ns;
}

macro_rules! macros {
    ($( $shape:ident $named:ident $repeatable:literal $doc:literal; )*) => {
        $( impl Macro for $shape {
            const NS: Ns = Ns::$shape;
        } )*

        /// Every macro but `#define` and `#import`, which have no body.
        pub static MACROS: &[MacroRow] = &[$( MacroRow {
            ns: Ns::$shape,
            named: Named::$named,
            doc: $doc,
            shape: $shape::SHAPE,
            repeatable: $repeatable,
        }, )*];
    };
}

macros! {
    Wgsl Yes false "A fragment of WGSL that modules share.";
    ShaderModule Yes false "A shader module.";
    Data Yes false "Bytes: numbers, a file, a shape.";
    Buffer Yes false "A GPU buffer, or a pool of equal ones.";
    Texture Yes false "A texture.";
    TextureView Yes false "A view of a texture.";
    Sampler Yes false "A sampler.";
    ImageBitmap Yes false "A decoded image: copied into textures; `name.width` and `name.height` are numbers.";
    Video Yes false "A video: bound as an external texture, or copied into a texture.";
    QuerySet Yes false "A set of queries.";
    BindGroupLayout Yes false "The layout of a bind group.";
    PipelineLayout Yes false "The layouts of a pipeline's bind groups.";
    BindGroup Yes false "Resources for the bindings of one group, or a pool of variants.";
    RenderPipeline Yes false "A render pipeline.";
    ComputePipeline Yes false "A compute pipeline.";
    RenderBundle Yes false "Draws that are recorded once, for passes to execute.";
    RenderPass Yes false "A render pass.";
    ComputePass Yes false "A compute pass.";
    Init Yes false "A compute shader that seeds a buffer.";
    Queue Yes true "Queue actions, run in order.";
    WasmCall Yes false "A call into a nested WebAssembly module, made by queues that name it.";
    Uniforms Yes false "What a host shows of the uniforms that it may set, and what they begin with.";
    Pass Yes false "A fragment or compute shader over the whole canvas, with everything around it generated.";
    Frame Yes false "What is drawn in a frame.";
    Animation Yes false "Frames along a timeline.";
    Device No false "What the scene needs of the GPU.";
    Canvas No false "How the canvas is set up.";
    Meta No false "About the scene.";
}

/// What generates the elements of a `#data`: [`Ty::Elements`] takes it.
pub const GENERATED: &Shape = Generated::SHAPE;

impl Ns {
    /// The namespace that `$word.name` means: the macro's word or one of the old aliases.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "define" => Some(Ns::Define),
            "pipeline" => Some(Ns::RenderPipeline),
            "imageBitmaps" => Some(Ns::ImageBitmap),
            "wasmCalls" => Some(Ns::WasmCall),
            "videoAsset" => Some(Ns::Video),
            _ => MACROS.iter().find(|row| row.ns.word() == word).map(|row| row.ns),
        }
    }
}

/// The row of a macro by its word; the old spellings too.
pub fn macro_row(word: &str) -> Option<&'static MacroRow> {
    let word = if word == "videoAsset" { "video" } else { word };
    MACROS.iter().find(|row| row.ns.word() == word)
}

/// The row of a namespace.
///
/// # Panics
/// For `#define`, which has no row.
pub fn row_of(ns: Ns) -> &'static MacroRow {
    MACROS.iter().find(|row| row.ns == ns).expect("every namespace but define has a row")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_format::word::{AddressMode, FilterMode, Word};
    use pngine_source::source::Span;

    /// Every object of the language, each once.
    fn shapes() -> Vec<&'static Shape> {
        fn inside(ty: Ty, found: &mut Vec<&'static Shape>) {
            match ty {
                Ty::Object(shape) | Ty::Command(shape) | Ty::Fields(shape) => of(shape, found),
                Ty::Elements => of(GENERATED, found),
                Ty::List(inner) | Ty::AutoOr(inner) | Ty::Tuple(inner, ..) => inside(*inner, found),
                Ty::OneOf(types) => types.iter().for_each(|ty| inside(*ty, found)),
                _ => {}
            }
        }
        fn of(shape: &'static Shape, found: &mut Vec<&'static Shape>) {
            if !found.iter().any(|known| std::ptr::eq(*known, shape)) {
                found.push(shape);
                shape.props.iter().for_each(|row| inside(row.ty, found));
            }
        }
        let mut found = Vec::new();
        MACROS.iter().for_each(|row| of(row.shape, &mut found));
        found
    }

    #[test]
    fn names_and_aliases_of_a_shape_are_unique() {
        let all = shapes();
        for shape in &all {
            assert_eq!(all.iter().filter(|other| other.name == shape.name).count(), 1, "{}", shape.name);
            let mut seen = Vec::new();
            for prop in shape.props {
                for name in [prop.name].iter().chain(prop.aliases).chain(prop.old) {
                    assert!(!seen.contains(name), "{} of {}", name, shape.name);
                    seen.push(name);
                }
                assert!(prop.doc.ends_with('.'), "{} of {}", prop.name, shape.name);
            }
        }
    }

    #[test]
    fn every_default_can_be_printed_and_nothing_required_has_one() {
        let mut values = 0;
        for shape in shapes() {
            for row in shape.props {
                let printed = match row.fallback {
                    Fallback::Nothing => continue,
                    Fallback::Words(words) => words.to_string(),
                    Fallback::Value(print) => {
                        values += 1;
                        print()
                    }
                };
                assert!(!printed.is_empty() && !row.required, "{} of {}", row.name, shape.name);
            }
        }
        assert!(values > 100, "only {values} rows have a value as their default");
    }

    #[test]
    fn a_slot_tells_absent_default_and_bad_apart() {
        let at = |start: u32| Span { start, end: start + 1, ..Span::default() };
        let prop = |row: &Prop, start: u32, val: Val| (row.name, at(start), Node { span: at(start + 2), val });
        let obj = Obj {
            span: at(0),
            props: vec![
                prop(&Sampler::mag_filter, 10, Val::Word(FilterMode::Nearest.word())),
                prop(&Sampler::min_filter, 20, Val::Bad),
                prop(&Sampler::lod_max_clamp, 30, Val::Num(32.0)),
                prop(&Sampler::address_mode_u, 40, Val::Word(Word::of("repeat"))),
            ],
            incomplete: false,
        };
        let sampler = Sampler::slots(&obj);
        assert_eq!(sampler.mag_filter.written(), Some(&FilterMode::Nearest));
        assert_eq!(sampler.mag_filter.span, at(12));
        assert_eq!(sampler.mag_filter.prop_span(), Some(at(10).to(at(12))));
        // What is bad counts as its default, and is not taken for written.
        assert_eq!((sampler.min_filter.value, sampler.min_filter.written()), (FilterMode::Linear, None));
        assert!(sampler.min_filter.is_bad() && sampler.min_filter.is_written() && !sampler.at.is_sound);
        // The default, written and not.
        assert_eq!((sampler.lod_max_clamp.value, sampler.lod_max_clamp.is_written()), (32.0, true));
        assert_eq!((sampler.lod_min_clamp.value, sampler.lod_min_clamp.is_written()), (0.0, false));
        assert_eq!(sampler.lod_min_clamp.span, at(0));
        // A row without a default.
        assert_eq!(sampler.compare.value, None);
        assert_eq!((sampler.address_mode_u.value, sampler.address_mode_v.value), (AddressMode::Repeat, None));
        let empty = Sampler::empty();
        assert!(empty.at.is_empty && empty.at.is_sound);
        assert_eq!(empty.max_anisotropy.value, 1);
    }

    #[test]
    fn choices_keep_the_order_in_which_they_stand() {
        let prop = |name, start| {
            let span = Span { start, end: start + 1, ..Span::default() };
            (name, span, Node { span, val: Val::Bad })
        };
        let props = vec![prop("drawIndexed", 5), prop("pipeline", 7), prop("draw", 9)];
        let obj = Obj { span: Span::default(), props, incomplete: false };
        let names: Vec<&str> = Geometry::slots(&obj).drawing.iter().map(|chosen| chosen.row.name).collect();
        assert_eq!(names, ["drawIndexed", "draw"]);
        assert!(matches!(Drawing::named("drawIndirect"), Some(Drawing::DrawIndirect(None))));
        assert!(Drawing::named("pipeline").is_none());
    }
}
