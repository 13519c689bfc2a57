//! What properties take: one type per form of value, with what the table says of it and what is read.

use super::namespace::Ns;
use super::rows::{FlagSet, Ty};
use super::slots::{Elem, Kind, Printed};
use super::value::{Node, Val};
use crate::data::formula;
use pngine_format::op::{COLOR_WRITES, SHADER_STAGES, buffer_usage, texture_usage};
use pngine_format::webgpu;
use pngine_format::word::WordEnum;
use pngine_scene::*;
use pngine_source::source::{Span, Spanned};
use pngine_wgsl::device::Limit;
use std::marker::PhantomData;
use std::sync::Arc;

fn number(node: &Node) -> Option<f64> {
    match node.val {
        Val::Num(number) => Some(number),
        _ => None,
    }
}

fn text(node: &Node) -> Option<String> {
    match &node.val {
        Val::Str(text) => Some(text.clone()),
        _ => None,
    }
}

pub(super) fn elements<K: Kind>(nodes: &[Node]) -> Vec<Elem<K::Value>> {
    nodes.iter().map(|node| Elem { value: K::read(node), span: node.span }).collect()
}

/// A whole number from the first to the second bound, both inclusive.
pub struct Uint<const MIN: u32, const MAX: u32>;

impl<const MIN: u32, const MAX: u32> Kind for Uint<MIN, MAX> {
    type Value = u32;
    const TY: Ty = Ty::Uint(MIN, MAX);

    fn read(node: &Node) -> Option<u32> {
        // Whole and in range, or it would be bad.
        number(node).map(|number| number as u32)
    }
}

impl<const MIN: u32, const MAX: u32> Printed for Uint<MIN, MAX> {
    fn print(value: &u32) -> String {
        match *value {
            u32::MAX => format!("{:#X}", u32::MAX),
            value => value.to_string(),
        }
    }
}

/// Any whole number from 0.
pub type U32 = Uint<0, { u32::MAX }>;
/// Bytes or rows from one to the next. Chromium takes the largest number for one that is not given.
pub type Pitch = Uint<0, { u32::MAX - 1 }>;
/// How many members a pool has.
pub type PoolSize = Uint<1, 255>;
/// Which member of a pool.
pub type Member = Uint<0, 254>;

/// Kinds whose words are given here: what they read, their type in the table, and how they read and print it.
macro_rules! kinds {
    ($( $(#[doc = $doc:literal])+ $kind:ident = $ty:expr => $value:ty, |$node:ident| $read:expr $(, |$default:ident| $print:expr)?; )*) => { $(
        $(#[doc = $doc])+
        pub struct $kind;

        impl Kind for $kind {
            type Value = $value;
            const TY: Ty = $ty;

            fn read($node: &Node) -> Option<$value> {
                $read
            }
        }

        $( impl Printed for $kind {
            fn print($default: &$value) -> String {
                $print
            }
        } )?
    )* };
}

kinds! {
    /// The index of a bind group.
    GroupIndex = Ty::Below(Limit::MaxBindGroups) => u32, |node| U32::read(node), |value| value.to_string();
    /// The index of a vertex buffer.
    SlotIndex = Ty::Below(Limit::MaxVertexBuffers) => u32, |node| U32::read(node);
    /// The `@location` of a vertex attribute.
    Location = Ty::Below(Limit::MaxVertexAttributes) => u32, |node| U32::read(node);
    /// Bytes from vertex to vertex.
    Stride = Ty::UpTo(Limit::MaxVertexBufferArrayStride) => u32, |node| U32::read(node);
    /// A whole number that may be negative.
    Int = Ty::Int => i32, |node| number(node).map(|number| number as i32), |value| value.to_string();
    /// Any number.
    Float = Ty::Float => f64, |node| number(node), |value| value.to_string();
    /// `true` or `false`.
    Bool = Ty::Bool => bool, |node| match node.val {
        Val::Bool(value) => Some(value),
        _ => None,
    }, |value| value.to_string();
    /// A string.
    Str = Ty::Str => String, |node| text(node);
    /// A word, bare or quoted.
    Name = Ty::Name => String, |node| text(node), |value| value.clone();
    /// A path to a file.
    Path = Ty::Path => String, |node| text(node);
    /// WGSL, which has a stage of its own.
    Text = Ty::Text => (), |node| matches!(node.val, Val::Ignored).then_some(());
    /// Anything; described, not read.
    Ignored = Ty::Ignored => (), |node| matches!(node.val, Val::Ignored).then_some(());
    /// A texture format or `preferredCanvasFormat`.
    Format = Ty::Format => webgpu::Format, |node| match node.val {
        Val::Word(word) => webgpu::Format::of(word),
        _ => None,
    }, |value| value.text().to_string();
    /// A size in bytes.
    ByteSize = Ty::ByteSize => u32, |node| U32::read(node), |value| value.to_string();
    /// An extent in texels, which may follow the canvas.
    Texels = Ty::Extent => Extent, |node| extent(node), |value| printed_extent(value);
    /// A number that may follow the canvas.
    Length = Ty::Measure => Measure, |node| match node.val {
        Val::Num(number) => Some(Measure::Fixed(number as f32)),
        Val::Canvas(factors) => Some(Measure::Canvas(factors)),
        _ => None,
    };
    /// An object with keys of the author's choice and numbers.
    Record = Ty::Record => Vec<(Spanned<String>, f64)>, |node| match &node.val {
        Val::Record(entries) => {
            Some(entries.iter().map(|(name, span, number)| (Spanned::new(name.clone(), *span), *number)).collect())
        }
        _ => None,
    };
    /// What a formula computes.
    Formula = Ty::Formula => formula::Formula, |node| match &node.val {
        Val::Formula(formula) => Some(formula.clone()),
        _ => None,
    };
    /// A texture or `contextCurrentTexture`, which is `None`.
    CanvasOrTexture = Ty::Texture => Option<TextureId>, |node| match node.val {
        Val::CanvasView => Some(None),
        Val::Decl(Ns::Texture, index) => Some(Some(TextureId(index))),
        _ => None,
    };
}

fn extent(node: &Node) -> Option<Extent> {
    match node.val {
        Val::Num(number) => Some(Extent::Fixed(number as u32)),
        Val::Canvas(factors) => Some(Extent::Canvas(factors)),
        _ => None,
    }
}

fn printed_extent(extent: &Extent) -> String {
    match extent {
        Extent::Fixed(texels) => texels.to_string(),
        Extent::Canvas(_) => String::new(),
    }
}

/// A whole number up to the bound, which may follow the canvas.
pub struct Count<const MAX: u32>;

impl<const MAX: u32> Kind for Count<MAX> {
    type Value = Extent;
    const TY: Ty = Ty::Count(MAX);

    fn read(node: &Node) -> Option<Extent> {
        extent(node)
    }
}

impl<const MAX: u32> Printed for Count<MAX> {
    fn print(value: &Extent) -> String {
        printed_extent(value)
    }
}

/// A value of a WebGPU enum.
pub struct Enum<T>(PhantomData<T>);

impl<T: WordEnum> Kind for Enum<T> {
    type Value = T;
    const TY: Ty = Ty::Enum(&T::SET);

    fn read(node: &Node) -> Option<T> {
        match node.val {
            Val::Word(word) => T::from_word(word),
            _ => None,
        }
    }
}

impl<T: WordEnum> Printed for Enum<T> {
    fn print(value: &T) -> String {
        value.spelling().to_string()
    }
}

/// Flags of WebGPU, as its bits.
macro_rules! flags {
    ($( $(#[doc = $doc:literal])+ $kind:ident = $name:literal, $flags:expr, $numeric:literal; )*) => { $(
        $(#[doc = $doc])+
        pub struct $kind;

        impl Kind for $kind {
            type Value = u32;
            const TY: Ty = {
                static SET: FlagSet = FlagSet { name: $name, flags: $flags };
                Ty::Flags(&SET, $numeric)
            };

            fn read(node: &Node) -> Option<u32> {
                match node.val {
                    Val::Flags(bits) => Some(bits),
                    _ => None,
                }
            }
        }

        impl Printed for $kind {
            fn print(value: &u32) -> String {
                let named = $flags.iter().find(|(_, bits)| bits == value);
                named.map_or_else(|| value.to_string(), |(name, _)| (*name).to_string())
            }
        }
    )* };
}

flags! {
    /// What a buffer is used for.
    BufferUsages = "GPUBufferUsage", buffer_usage::FLAGS, false;
    /// What a texture is used for.
    TextureUsages = "GPUTextureUsage", texture_usage::FLAGS, false;
    /// Which stages see a binding.
    Stages = "GPUShaderStage", SHADER_STAGES, false;
    /// Which channels are written.
    ColorWrites = "GPUColorWrite", COLOR_WRITES, true;
}

/// What a name can refer to.
pub trait Referent: Sized {
    /// The kinds of declarations, in the order in which they are looked for.
    const KINDS: &'static [Ns];

    /// The declaration of one of these kinds, by its position among those of its kind.
    fn of(ns: Ns, index: usize) -> Option<Self>;
}

/// The name of a declaration.
pub struct Ref<T>(PhantomData<T>);

impl<T: Referent> Kind for Ref<T> {
    type Value = T;
    const TY: Ty = Ty::Ref(T::KINDS);

    fn read(node: &Node) -> Option<T> {
        match node.val {
            Val::Decl(ns, index) => T::of(ns, index),
            _ => None,
        }
    }
}

macro_rules! targets {
    ($( $target:ty { $( $ns:ident => |$index:ident| $value:expr ),* } )*) => { $(
        impl Referent for $target {
            const KINDS: &'static [Ns] = &[$( Ns::$ns ),*];

            fn of(ns: Ns, index: usize) -> Option<Self> {
                match ns {
                    $( Ns::$ns => {
                        let $index = index;
                        Some($value)
                    } )*
                    _ => None,
                }
            }
        }
    )* };
}

/// A `#shaderModule`, or a `#wgsl` that is used as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModuleRef(pub Ns, pub usize);

/// A `#wgsl`, or a `#shaderModule` that is used as one: text that others are put behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FragmentRef(pub Ns, pub usize);

/// A `#frame`, by its position in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRef(pub usize);

/// A `#pass`, by its position in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassRef(pub usize);

/// Something that a frame lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// What is a step as it is.
    Step(Step),
    /// A `#pass`, by its position in the source.
    Pass(usize),
}

/// Something that a binding names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kinds of resources")]
pub enum Bindable {
    Sampler(SamplerId),
    Texture(TextureId),
    View(ViewId),
    Buffer(BufferId),
    Video(VideoId),
}

targets! {
    BufferId { Buffer => |index| BufferId(index) }
    TextureId { Texture => |index| TextureId(index) }
    ViewId { TextureView => |index| ViewId(index) }
    SamplerId { Sampler => |index| SamplerId(index) }
    DataId { Data => |index| DataId(index) }
    LayoutId { BindGroupLayout => |index| LayoutId(index) }
    PipelineLayoutId { PipelineLayout => |index| PipelineLayoutId(index) }
    RenderPipelineId { RenderPipeline => |index| RenderPipelineId(index) }
    ComputePipelineId { ComputePipeline => |index| ComputePipelineId(index) }
    PipelineId {
        RenderPipeline => |index| PipelineId::Render(RenderPipelineId(index)),
        ComputePipeline => |index| PipelineId::Compute(ComputePipelineId(index))
    }
    GroupId { BindGroup => |index| GroupId(index) }
    QuerySetId { QuerySet => |index| QuerySetId(index) }
    BundleId { RenderBundle => |index| BundleId(index) }
    WasmCallId { WasmCall => |index| WasmCallId(index) }
    ModuleRef {
        ShaderModule => |index| ModuleRef(Ns::ShaderModule, index),
        Wgsl => |index| ModuleRef(Ns::Wgsl, index)
    }
    FragmentRef {
        Wgsl => |index| FragmentRef(Ns::Wgsl, index),
        ShaderModule => |index| FragmentRef(Ns::ShaderModule, index)
    }
    FrameRef { Frame => |index| FrameRef(index) }
    PassRef { Pass => |index| PassRef(index) }
    Item {
        RenderPass => |index| Item::Step(Step::Render(RenderPassId(index))),
        ComputePass => |index| Item::Step(Step::Compute(ComputePassId(index))),
        Init => |index| Item::Step(Step::Init(InitId(index))),
        Pass => |index| Item::Pass(index),
        Queue => |index| Item::Step(Step::Queue(QueueId(index)))
    }
    Bindable {
        Sampler => |index| Bindable::Sampler(SamplerId(index)),
        Texture => |index| Bindable::Texture(TextureId(index)),
        TextureView => |index| Bindable::View(ViewId(index)),
        Buffer => |index| Bindable::Buffer(BufferId(index)),
        Video => |index| Bindable::Video(VideoId(index))
    }
    ImageSource {
        ImageBitmap => |index| ImageSource::Image(ImageId(index)),
        Video => |index| ImageSource::Video(VideoId(index))
    }
}

/// A texture, a texture view or `contextCurrentTexture`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewRef {
    /// `contextCurrentTexture`
    Canvas,
    /// The texture's default view.
    Texture(TextureId),
    /// A `#textureView`.
    View(ViewId),
}

impl Kind for ViewRef {
    type Value = Self;
    const TY: Ty = Ty::View;

    fn read(node: &Node) -> Option<Self> {
        match node.val {
            Val::CanvasView => Some(Self::Canvas),
            Val::Decl(Ns::Texture, index) => Some(Self::Texture(TextureId(index))),
            Val::Decl(Ns::TextureView, index) => Some(Self::View(ViewId(index))),
            _ => None,
        }
    }
}

impl Printed for ViewRef {
    fn print(value: &Self) -> String {
        match value {
            Self::Canvas => "contextCurrentTexture".to_string(),
            Self::Texture(_) | Self::View(_) => String::new(),
        }
    }
}

/// What a write writes.
#[derive(Clone, Debug)]
pub enum DataSource {
    /// An input: its position in `pngine_format::status::INPUTS`.
    Input(usize),
    /// A `#data`.
    Data(DataId),
    /// A uniform variable, which is kept up to date: the shader, and the variable's position among the bindings of its module.
    Block {
        /// The shader.
        shader: ShaderId,
        /// The variable.
        binding: usize,
    },
    /// Numbers, each with its place.
    Numbers(Arc<[(f64, Span)]>),
}

impl Kind for DataSource {
    type Value = Self;
    const TY: Ty = Ty::DataSource;

    fn read(node: &Node) -> Option<Self> {
        match &node.val {
            Val::Input(index) => Some(Self::Input(*index)),
            Val::Decl(Ns::Data, index) => Some(Self::Data(DataId(*index))),
            Val::Block { shader, binding } => Some(Self::Block { shader: ShaderId(*shader), binding: *binding }),
            Val::Elements(numbers) => Some(Self::Numbers(numbers.clone())),
            _ => None,
        }
    }
}

/// An argument of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument {
    /// A number.
    Number(f64),
    /// A single of the input block: its offset in bytes.
    Input(u16),
}

impl Kind for Argument {
    type Value = Self;
    const TY: Ty = Ty::Argument;

    fn read(node: &Node) -> Option<Self> {
        match node.val {
            Val::Num(number) => Some(Self::Number(number)),
            Val::InputSingle(offset) => Some(Self::Input(offset)),
            _ => None,
        }
    }
}

impl Printed for Argument {
    fn print(value: &Self) -> String {
        match value {
            Self::Number(number) => number.to_string(),
            Self::Input(_) => String::new(),
        }
    }
}

/// An array, or one element for an array of one.
pub struct List<K>(PhantomData<K>);

impl<K: Kind> Kind for List<K> {
    type Value = Vec<Elem<K::Value>>;
    const TY: Ty = Ty::List(&K::TY);

    fn read(node: &Node) -> Option<Self::Value> {
        match &node.val {
            Val::List(nodes) => Some(elements::<K>(nodes)),
            _ => None,
        }
    }
}

impl<K: Printed> Printed for List<K> {
    fn print(value: &Self::Value) -> String {
        let printed: Vec<String> = value.iter().filter_map(|element| element.value.as_ref()).map(K::print).collect();
        format!("[{}]", printed.join(" "))
    }
}

/// An array with at least and at most so many elements.
pub struct Tuple<K, const MIN: usize, const MAX: usize>(PhantomData<K>);

impl<K: Kind, const MIN: usize, const MAX: usize> Kind for Tuple<K, MIN, MAX> {
    type Value = Vec<Elem<K::Value>>;
    const TY: Ty = Ty::Tuple(&K::TY, MIN, MAX);

    fn read(node: &Node) -> Option<Self::Value> {
        List::<K>::read(node)
    }
}

/// An array of numbers, with at least and at most so many.
pub struct Numbers<const MIN: usize, const MAX: usize>;

impl<const MIN: usize, const MAX: usize> Kind for Numbers<MIN, MAX> {
    type Value = Vec<Elem<f64>>;
    const TY: Ty = Ty::Numbers(MIN, MAX);

    fn read(node: &Node) -> Option<Self::Value> {
        List::<Float>::read(node)
    }
}

/// A value of the first or of the second form.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the two forms")]
pub enum Either<A, B> {
    A(A),
    B(B),
}

/// What the value's form fits: by what it looks like, not by trial.
pub struct OneOf<A, B>(PhantomData<(A, B)>);

impl<A: Kind, B: Kind> Kind for OneOf<A, B> {
    type Value = Either<A::Value, B::Value>;
    const TY: Ty = Ty::OneOf(&[A::TY, B::TY]);

    fn read(node: &Node) -> Option<Self::Value> {
        A::read(node).map(Either::A).or_else(|| B::read(node).map(Either::B))
    }
}

/// Defaults are of the second form.
impl<A: Kind, B: Printed> Printed for OneOf<A, B> {
    fn print(value: &Self::Value) -> String {
        match value {
            Either::A(_) => String::new(),
            Either::B(value) => B::print(value),
        }
    }
}

/// One form, which has to be that of the whole value.
pub struct Only<K>(PhantomData<K>);

impl<K: Kind> Kind for Only<K> {
    type Value = K::Value;
    const TY: Ty = Ty::OneOf(&[K::TY]);

    fn read(node: &Node) -> Option<Self::Value> {
        K::read(node)
    }
}

/// One, or several in an array.
pub struct OneOrMore<K>(PhantomData<K>);

impl<K: Kind> Kind for OneOrMore<K> {
    type Value = Vec<Elem<K::Value>>;
    const TY: Ty = Ty::OneOf(&[K::TY, Ty::List(&K::TY)]);

    fn read(node: &Node) -> Option<Self::Value> {
        match &node.val {
            Val::Bad => None,
            Val::List(nodes) => Some(elements::<K>(nodes)),
            _ => Some(elements::<K>(std::slice::from_ref(node))),
        }
    }
}

/// One that may be an array itself, or several in an array.
pub struct OneOrArrays<K>(PhantomData<K>);

impl<K: Kind> Kind for OneOrArrays<K> {
    type Value = Vec<Elem<K::Value>>;
    const TY: Ty = OneOrMore::<K>::TY;

    fn read(node: &Node) -> Option<Self::Value> {
        match &node.val {
            Val::Bad => None,
            // An array of arrays and objects is several, one of numbers is one.
            Val::List(nodes) if nodes.iter().any(|node| matches!(node.val, Val::List(_) | Val::Obj(_))) => {
                Some(elements::<K>(nodes))
            }
            _ => Some(elements::<K>(std::slice::from_ref(node))),
        }
    }
}

/// `auto`, or something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the two forms")]
pub enum Auto<T> {
    Auto,
    Is(T),
}

/// `auto`, or something else.
pub struct AutoOr<K>(PhantomData<K>);

impl<K: Kind> Kind for AutoOr<K> {
    type Value = Auto<K::Value>;
    const TY: Ty = Ty::AutoOr(&K::TY);

    fn read(node: &Node) -> Option<Self::Value> {
        match node.val {
            Val::Auto => Some(Auto::Auto),
            _ => K::read(node).map(Auto::Is),
        }
    }
}

impl<K: Kind> Printed for AutoOr<K> {
    fn print(value: &Self::Value) -> String {
        match value {
            Auto::Auto => "auto".to_string(),
            Auto::Is(_) => String::new(),
        }
    }
}

/// An object with keys of the author's choice and names of declarations.
pub struct Names<T>(PhantomData<T>);

impl<T: Referent> Kind for Names<T> {
    type Value = Vec<(String, Span, Elem<T>)>;
    const TY: Ty = Ty::Names(T::KINDS);

    fn read(node: &Node) -> Option<Self::Value> {
        let Val::Names(entries) = &node.val else { return None };
        let entry = |(name, span, node): &(String, Span, Node)| {
            (name.clone(), *span, Elem { value: Ref::<T>::read(node), span: node.span })
        };
        Some(entries.iter().map(entry).collect())
    }
}

pub(super) use kinds;
