//! The property tables: every macro of the language, every property, what it takes and what it means.
//!
//! One row drives resolving, checking, completion, hover and `docs/language.md`. Source of the rows: the language reference,
//! sections 9, 12, 13 and 18; names, types and defaults are those of the WebGPU specification except where a row says otherwise.

use crate::device::Limit;
use crate::diag::nearest;
use crate::tree::Property;
use pngine_format::op::{COLOR_WRITES, SHADER_STAGES, buffer_usage, texture_usage};
use pngine_format::word::{self, WordSet};

/// Every kind of declaration has names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the macro of that name")]
pub enum Ns {
    Define,
    Wgsl,
    ShaderModule,
    Data,
    Buffer,
    Texture,
    TextureView,
    Sampler,
    ImageBitmap,
    Video,
    QuerySet,
    BindGroupLayout,
    PipelineLayout,
    BindGroup,
    RenderPipeline,
    ComputePipeline,
    RenderBundle,
    RenderPass,
    ComputePass,
    Init,
    Queue,
    WasmCall,
    Pass,
    Frame,
    Animation,
    Device,
    Canvas,
    Meta,
}

impl Ns {
    /// The word after `#`.
    pub const fn word(self) -> &'static str {
        match self {
            Ns::Define => "define",
            Ns::Wgsl => "wgsl",
            Ns::ShaderModule => "shaderModule",
            Ns::Data => "data",
            Ns::Buffer => "buffer",
            Ns::Texture => "texture",
            Ns::TextureView => "textureView",
            Ns::Sampler => "sampler",
            Ns::ImageBitmap => "imageBitmap",
            Ns::Video => "video",
            Ns::QuerySet => "querySet",
            Ns::BindGroupLayout => "bindGroupLayout",
            Ns::PipelineLayout => "pipelineLayout",
            Ns::BindGroup => "bindGroup",
            Ns::RenderPipeline => "renderPipeline",
            Ns::ComputePipeline => "computePipeline",
            Ns::RenderBundle => "renderBundle",
            Ns::RenderPass => "renderPass",
            Ns::ComputePass => "computePass",
            Ns::Init => "init",
            Ns::Queue => "queue",
            Ns::WasmCall => "wasmCall",
            Ns::Pass => "pass",
            Ns::Frame => "frame",
            Ns::Animation => "animation",
            Ns::Device => "device",
            Ns::Canvas => "canvas",
            Ns::Meta => "meta",
        }
    }

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
    /// What holds when it is not there, in words of the language; empty for nothing.
    pub default: &'static str,
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

const fn p(name: &'static str, ty: Ty, doc: &'static str) -> Prop {
    Prop { name, aliases: &[], old: &[], ty, required: false, default: "", doc }
}

impl Prop {
    const fn req(mut self) -> Self {
        self.required = true;
        self
    }
    const fn def(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }
    const fn old(mut self, old: &'static [&'static str]) -> Self {
        self.old = old;
        self
    }
    const fn or(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
}

const U32: Ty = Ty::Uint(0, u32::MAX);
/// Bytes or rows from one to the next. Chromium takes the largest number for one that is not given.
const PITCH: Ty = Ty::Uint(0, u32::MAX - 1);
const POOL: Ty = Ty::Uint(1, 255);
/// The index of a bind group.
const GROUP: Ty = Ty::Below(Limit::MaxBindGroups);
/// The index of a vertex buffer.
const SLOT: Ty = Ty::Below(Limit::MaxVertexBuffers);

static BUFFER_USAGE: FlagSet = FlagSet { name: "GPUBufferUsage", flags: buffer_usage::FLAGS };
static TEXTURE_USAGE: FlagSet = FlagSet { name: "GPUTextureUsage", flags: texture_usage::FLAGS };
static STAGES: FlagSet = FlagSet { name: "GPUShaderStage", flags: SHADER_STAGES };
static COLOR_WRITE: FlagSet = FlagSet { name: "GPUColorWrite", flags: COLOR_WRITES };

const BUFFER: Ty = Ty::Ref(&[Ns::Buffer]);
const PASS_ITEMS: Ty = Ty::List(&Ty::Ref(&[Ns::RenderPass, Ns::ComputePass, Ns::Init, Ns::Pass, Ns::Queue]));

macro_rules! shape {
    ($name:ident = $title:literal [ $($prop:expr),* $(,)? ]) => {
        #[expect(missing_docs, reason = "a table; its rows carry the words")]
        pub static $name: Shape = Shape { name: $title, props: &[$($prop),*] };
    };
}

// Section 9.2, 9.3: shader text.
shape!(WGSL = "#wgsl" [
    p("value", Ty::Text, "The WGSL text of the fragment.").req().old(&["code"]),
    p("imports", Ty::List(&Ty::Ref(&[Ns::Wgsl, Ns::ShaderModule])), "Fragments whose text is put in front, each once."),
    p("uniforms", Ty::Ignored, "Descriptive: objects of `id var struct bindGroup binding`. The text counts, and a contradiction is a warning."),
    p("metadata", Ty::Ignored, "Descriptive."),
]);
shape!(SHADER_MODULE = "#shaderModule" [
    p("code", Ty::Text, "The WGSL text of the module.").req().old(&["value"]),
    p("imports", Ty::List(&Ty::Ref(&[Ns::Wgsl, Ns::ShaderModule])), "Fragments whose text is put in front, each once."),
]);

// Section 9.4, 18.4: data.
shape!(GENERATED = "element generator" [
    p("numberOfElements", U32, "How many elements.").req(),
    p("initEachElementWith", Ty::List(&Ty::Formula), "One expression per number of an element; `ELEMENT_ID`, `NUM` and `random()` mean something in it.").req(),
]);
shape!(URL = "file"[p("url", Ty::Path, "Path of the file.").req()]);
shape!(BLOB = "blob"[p("file", Ty::Object(&URL), "The file.").req()]);
shape!(WASM_DATA = "wasm data" [
    p("module", Ty::Object(&URL), "The WebAssembly module; the same file is the same instance, for all who name it.").req(),
    p("func", Ty::Name, "The export to call, once, when the scene is loaded; it takes nothing.").req(),
    p("returns", Ty::Name, "What the result points to: `f32`, `vec3`, `mat4x4`, `\"array<vec4f, 100>\"`; matrices are packed.").req(),
]);
const FORMAT: Prop = p(
    "format",
    Ty::List(&Ty::Name),
    "Attributes of a vertex in order, 8 at most: position3 position4 normal3 color3 color4 uv2 tangent4.",
)
.def("[position4 color4 uv2]");
const FACETED: Prop = p("faceted", Ty::Bool, "Whether every quad has a flat normal of its own.").def("false");
const INDEXED: Prop =
    p("indexed", Ty::Bool, "Whether shared vertices are stored once, with an index list called `name.indices`.").def("false");
const RADIAL: Prop = p("radialSubdivisions", Ty::Uint(3, 4096), "Steps around the axis.").def("32");
const VERTICAL: Prop = p("verticalSubdivisions", Ty::Uint(1, 4096), "Steps along the axis.").def("1");
const CAPS: Prop = p("caps", Ty::Bool, "Whether the ends are closed.").def("true");
shape!(CUBE = "cube" [FORMAT, p("size", Ty::Float, "Length of an edge, above 0.").def("2"), INDEXED]);
shape!(PLANE = "plane" [
    FORMAT,
    p("width", Ty::Float, "Extent in x, above 0.").def("1"),
    p("height", Ty::Float, "Extent in y, above 0.").def("1"),
    p("columns", Ty::Uint(1, 4096), "Quads in x.").def("1"),
    p("rows", Ty::Uint(1, 4096), "Quads in y.").def("1"),
    INDEXED,
]);
shape!(SPHERE = "sphere" [
    FORMAT,
    p("radius", Ty::Float, "Radius, above 0.").def("1"),
    p("segments", Ty::Uint(3, 4096), "Steps around the axis.").def("32"),
    p("rings", Ty::Uint(2, 4096), "Steps from pole to pole.").def("16"),
    FACETED,
    INDEXED,
]);
shape!(TORUS = "torus" [
    FORMAT,
    p("radius", Ty::Float, "From the middle to the body's middle, above 0.").def("1"),
    p("thickness", Ty::Float, "Radius of the body, above 0.").def("0.4"),
    RADIAL,
    p("bodySubdivisions", Ty::Uint(3, 4096), "Steps around the body.").def("16"),
    FACETED,
    INDEXED,
]);
shape!(CYLINDER = "cylinder" [
    FORMAT,
    p("radius", Ty::Float, "Radius, above 0.").def("1"),
    p("height", Ty::Float, "Extent in y, above 0.").def("1"),
    RADIAL,
    VERTICAL,
    CAPS,
    FACETED,
    INDEXED,
]);
shape!(CONE = "cone" [
    FORMAT,
    p("bottomRadius", Ty::Float, "Radius at the bottom, 0 or more.").def("1"),
    p("topRadius", Ty::Float, "Radius at the top, 0 or more.").def("0"),
    p("height", Ty::Float, "Extent in y, above 0.").def("1"),
    RADIAL,
    VERTICAL,
    CAPS,
    FACETED,
    INDEXED,
]);
shape!(DATA = "#data" [
    p("float32Array", Ty::Elements, "Numbers as 32-bit floats."),
    p("float16Array", Ty::Elements, "Numbers as 16-bit floats."),
    p("int32Array", Ty::Elements, "Numbers as signed 32-bit integers."),
    p("uint32Array", Ty::Elements, "Numbers as unsigned 32-bit integers."),
    p("int16Array", Ty::Elements, "Numbers as signed 16-bit integers."),
    p("uint16Array", Ty::Elements, "Numbers as unsigned 16-bit integers."),
    p("int8Array", Ty::Elements, "Numbers as signed bytes."),
    p("uint8Array", Ty::Elements, "Numbers as unsigned bytes."),
    p("type", Ty::Name, "Element type of `values`: f32 i32 u32 f16 i16 u16 i8 u8."),
    p("values", Ty::Elements, "Numbers of the type `type`."),
    p("file", Ty::Path, "The bytes of a file, unchanged."),
    p("blob", Ty::Object(&BLOB), "The bytes of a file, unchanged."),
    p("mime", Ty::Str, "Descriptive: images are recognised by their content."),
    p("text", Ty::Str, "The UTF-8 bytes of a string."),
    p("base64", Ty::Str, "Bytes in base64; white space in it means nothing."),
    p("cube", Ty::Object(&CUBE), "A cube's vertices."),
    p("plane", Ty::Object(&PLANE), "A plane's vertices."),
    p("sphere", Ty::Object(&SPHERE), "A sphere's vertices."),
    p("torus", Ty::Object(&TORUS), "A torus' vertices."),
    p("cylinder", Ty::Object(&CYLINDER), "A cylinder's vertices."),
    p("cone", Ty::Object(&CONE), "A cone's vertices."),
    p("wasm", Ty::Object(&WASM_DATA), "What a WebAssembly function gives when the scene is loaded."),
]);

// Section 9.6-9.11: resources.
shape!(BUFFER_SHAPE = "#buffer" [
    p("size", Ty::ByteSize, "Size in bytes.").req(),
    p("usage", Ty::Flags(&BUFFER_USAGE, false), "What it is used for.").req(),
    p("mappedAtCreation", Ty::Ref(&[Ns::Data]), "Initial contents, also of every pool member."),
    p("pool", POOL, "How many equal buffers to make for ping-pong.").def("1"),
]);
shape!(TEXTURE = "#texture" [
    p("size", Ty::OneOf(&[Ty::List(&Ty::Extent)]), "Width, height and depth or layers."),
    p("width", Ty::Extent, "Width in texels."),
    p("height", Ty::Extent, "Height in texels.").def("1"),
    p("format", Ty::Format, "Texel format.").req(),
    p("usage", Ty::Flags(&TEXTURE_USAGE, false), "What it is used for.").req(),
    p("sampleCount", Ty::Uint(1, 4), "Samples per texel: 1 or 4.").def("1"),
    p("dimension", Ty::Enum(&word::TEXTURE_DIMENSION), "Whether it has one, two or three dimensions.").def("2d"),
    p("mipLevelCount", Ty::Uint(1, 32), "How many mip levels.").def("1"),
    p("viewFormats", Ty::List(&Ty::Format), "Other formats that views may have."),
    p("textureBindingViewDimension", Ty::Enum(&word::TEXTURE_VIEW_DIMENSION), "How bind groups view it on devices in compatibility mode, which allow one way only."),
    p("pool", POOL, "How many equal textures to make for ping-pong.").def("1"),
]);
shape!(TEXTURE_VIEW = "#textureView" [
    p("texture", Ty::Ref(&[Ns::Texture]), "The texture.").req(),
    p("format", Ty::Format, "Format of the view.").def("the texture's"),
    p("dimension", Ty::Enum(&word::TEXTURE_VIEW_DIMENSION), "Dimension of the view."),
    p("aspect", Ty::Enum(&word::TEXTURE_ASPECT), "Which aspect.").def("all"),
    p("usage", Ty::Flags(&TEXTURE_USAGE, false), "Usage of the view.").def("the texture's"),
    p("baseMipLevel", U32, "First mip level.").def("0"),
    p("mipLevelCount", U32, "How many mip levels.").def("all the rest"),
    p("baseArrayLayer", U32, "First layer.").def("0"),
    p("arrayLayerCount", U32, "How many layers.").def("all the rest"),
]);
shape!(SAMPLER = "#sampler" [
    p("magFilter", Ty::Enum(&word::FILTER_MODE), "Filter for magnification. WebGPU's own default is nearest.").def("linear"),
    p("minFilter", Ty::Enum(&word::FILTER_MODE), "Filter for minification. WebGPU's own default is nearest.").def("linear"),
    p("mipmapFilter", Ty::Enum(&word::FILTER_MODE), "Filter between mip levels.").def("nearest"),
    p("addressModeU", Ty::Enum(&word::ADDRESS_MODE), "Address mode in u.").def("clamp-to-edge").old(&["addressMode"]),
    p("addressModeV", Ty::Enum(&word::ADDRESS_MODE), "Address mode in v.").def("as in u"),
    p("addressModeW", Ty::Enum(&word::ADDRESS_MODE), "Address mode in w.").def("as in u"),
    p("lodMinClamp", Ty::Float, "Smallest level of detail.").def("0"),
    p("lodMaxClamp", Ty::Float, "Largest level of detail.").def("32"),
    p("compare", Ty::Enum(&word::COMPARE_FUNCTION), "Makes it a comparison sampler."),
    p("maxAnisotropy", Ty::Uint(1, 16), "Anisotropy; above 1 all three filters must be linear.").def("1"),
]);
shape!(
    IMAGE_BITMAP =
        "#imageBitmap"[p("image", Ty::Ref(&[Ns::Data]), "The encoded image: PNG, JPEG or WebP, told by its content.").req()]
);
shape!(VIDEO = "#video" [
    p("file", Ty::Path, "Path of the video: WebM or MP4, told by its content."),
    p("url", Ty::Path, "The same as `file`."),
    p("mime", Ty::Str, "Descriptive: what the video is, its content says.").old(&["mimeType"]),
    p("loop", Ty::Bool, "Play again and again.").def("true"),
    p("autoplay", Ty::Bool, "Start by itself; browsers do so only with `muted=true`.").def("true"),
    p("muted", Ty::Bool, "Without sound.").def("true"),
    p("playbackRate", Ty::Float, "Speed, 0.0625 to 16.").def("1"),
]);
shape!(QUERY_SET = "#querySet" [
    p("type", Ty::Enum(&word::QUERY_TYPE), "What it counts.").def("occlusion"),
    p("count", Ty::Uint(1, 4096), "How many queries.").def("1"),
]);

// Section 9.12-9.14: bindings.
shape!(AUTO_LAYOUT = "layout" [
    p("pipeline", Ty::Ref(&[Ns::RenderPipeline, Ns::ComputePipeline]), "The pipeline.").req(),
    p("index", GROUP, "The group.").def("0"),
]);
shape!(RESOURCE = "resource" [
    p("buffer", BUFFER, "A buffer."),
    p("offset", U32, "First byte, a multiple of 256.").def("0"),
    p("size", Ty::ByteSize, "Bytes; 0 is all the rest.").def("0"),
    p("pingPong", Ty::Uint(0, 254), "Which member of a pool, counted from the variant's number.").def("0"),
    p("texture", Ty::Ref(&[Ns::Texture]), "A texture, bound through its default view."),
    p("textureView", Ty::Ref(&[Ns::TextureView]), "A texture view."),
    p("sampler", Ty::Ref(&[Ns::Sampler]), "A sampler."),
]);
shape!(ENTRY = "bind group entry" [
    p("binding", U32, "The binding's number in WGSL.").def("0"),
    p("resource", Ty::OneOf(&[Ty::Object(&RESOURCE), Ty::Ref(&[Ns::Sampler, Ns::Texture, Ns::TextureView, Ns::Buffer, Ns::Video])]), "What is bound."),
    p("buffer", BUFFER, "A buffer: short for `resource={ buffer=… }`."),
    p("texture", Ty::Ref(&[Ns::Texture]), "A texture: short form."),
    p("textureView", Ty::Ref(&[Ns::TextureView]), "A texture view: short form."),
    p("sampler", Ty::Ref(&[Ns::Sampler]), "A sampler: short form."),
    p("offset", U32, "First byte, with `buffer`.").def("0"),
    p("size", Ty::ByteSize, "Bytes, with `buffer`.").def("0"),
    p("pingPong", Ty::Uint(0, 254), "Which member of a pool, with `buffer`, `texture` or `textureView`.").def("0"),
]);
shape!(BIND_GROUP = "#bindGroup" [
    p("layout", Ty::OneOf(&[Ty::Object(&AUTO_LAYOUT), Ty::AutoOr(&Ty::OneOf(&[GROUP, Ty::Ref(&[Ns::BindGroupLayout])]))]),
        "A `#bindGroupLayout`, `{ pipeline=P index=I }`, or `auto` or a group index to follow the passes that use it.").def("auto"),
    p("entries", Ty::List(&Ty::Object(&ENTRY)), "The bindings.").req(),
    p("pool", POOL, "How many variants to make for ping-pong.").def("1"),
]);
shape!(BUFFER_LAYOUT = "buffer layout" [
    p("type", Ty::Enum(&word::BUFFER_BINDING_TYPE), "What kind of buffer.").def("uniform"),
    p("hasDynamicOffset", Ty::Bool, "Whether passes give an offset.").def("false"),
    p("minBindingSize", U32, "Least bytes bound.").def("0"),
]);
shape!(
    SAMPLER_LAYOUT = "sampler layout"[p("type", Ty::Enum(&word::SAMPLER_BINDING_TYPE), "What kind of sampler.").def("filtering")]
);
shape!(TEXTURE_LAYOUT = "texture layout" [
    p("sampleType", Ty::Enum(&word::TEXTURE_SAMPLE_TYPE), "What sampling gives.").def("float"),
    p("viewDimension", Ty::Enum(&word::TEXTURE_VIEW_DIMENSION), "Dimension of the view.").def("2d").or(&["dimension"]),
    p("multisampled", Ty::Bool, "Whether it is multisampled.").def("false"),
]);
shape!(STORAGE_LAYOUT = "storage texture layout" [
    p("format", Ty::Format, "Texel format.").req(),
    p("access", Ty::Enum(&word::STORAGE_TEXTURE_ACCESS), "What shaders may do.").def("write-only"),
    p("viewDimension", Ty::Enum(&word::TEXTURE_VIEW_DIMENSION), "Dimension of the view.").def("2d").or(&["dimension"]),
]);
shape!(EMPTY = "external texture layout" []);
shape!(LAYOUT_ENTRY = "layout entry" [
    p("binding", U32, "The binding's number in WGSL.").req(),
    p("visibility", Ty::Flags(&STAGES, false), "Which stages see it.").req(),
    p("buffer", Ty::Object(&BUFFER_LAYOUT), "It is a buffer."),
    p("sampler", Ty::Object(&SAMPLER_LAYOUT), "It is a sampler."),
    p("texture", Ty::Object(&TEXTURE_LAYOUT), "It is a texture."),
    p("storageTexture", Ty::Object(&STORAGE_LAYOUT), "It is a storage texture."),
    p("externalTexture", Ty::Object(&EMPTY), "It is an external texture: a `#video`."),
]);
shape!(BIND_GROUP_LAYOUT = "#bindGroupLayout"[p("entries", Ty::List(&Ty::Object(&LAYOUT_ENTRY)), "The bindings.").req()]);
shape!(PIPELINE_LAYOUT = "#pipelineLayout" [
    p("bindGroupLayouts", Ty::List(&Ty::Ref(&[Ns::BindGroupLayout])), "Element i is the layout of group i.").req(),
]);

// Section 9.15, 9.16: pipelines.
shape!(ATTRIBUTE = "vertex attribute" [
    p("shaderLocation", Ty::Below(Limit::MaxVertexAttributes), "The `@location` in WGSL.").req(),
    p("offset", U32, "Bytes from the start of the element.").def("0"),
    p("format", Ty::Enum(&word::VERTEX_FORMAT), "How it is stored.").def("float32x4"),
]);
shape!(VERTEX_BUFFER = "vertex buffer layout" [
    p("arrayStride", Ty::UpTo(Limit::MaxVertexBufferArrayStride), "Bytes from element to element.").def("the end of the last attribute"),
    p("stepMode", Ty::Enum(&word::VERTEX_STEP_MODE), "Whether it advances per vertex or per instance.").def("vertex"),
    p("attributes", Ty::List(&Ty::Object(&ATTRIBUTE)), "What one element holds."),
]);
shape!(VERTEX = "vertex stage" [
    p("module", Ty::Ref(&[Ns::ShaderModule, Ns::Wgsl]), "The shader module."),
    p("entryPoint", Ty::Name, "The entry point.").def("the only one, else vertexMain").old(&["entrypoint"]),
    p("constants", Ty::Record, "Values of overrides, by name or `@id`."),
    p("buffers", Ty::List(&Ty::Object(&VERTEX_BUFFER)), "The vertex buffers, `{}` for a hole."),
]);
shape!(BLEND_PART = "blend component" [
    p("operation", Ty::Enum(&word::BLEND_OPERATION), "How the two are combined.").def("add"),
    p("srcFactor", Ty::Enum(&word::BLEND_FACTOR), "Factor of what the shader gives.").def("one"),
    p("dstFactor", Ty::Enum(&word::BLEND_FACTOR), "Factor of what is there.").def("zero"),
]);
shape!(BLEND = "blend" [
    p("color", Ty::Object(&BLEND_PART), "Of red, green and blue.").req(),
    p("alpha", Ty::Object(&BLEND_PART), "Of alpha.").req(),
]);
shape!(TARGET = "color target" [
    p("format", Ty::Format, "Format of the attachment.").def("preferredCanvasFormat"),
    p("blend", Ty::Object(&BLEND), "How colours are blended."),
    p("writeMask", Ty::Flags(&COLOR_WRITE, true), "Which channels are written.").def("ALL"),
]);
shape!(FRAGMENT = "fragment stage" [
    p("module", Ty::Ref(&[Ns::ShaderModule, Ns::Wgsl]), "The shader module."),
    p("entryPoint", Ty::Name, "The entry point.").def("the only one, else fragmentMain").old(&["entrypoint"]),
    p("constants", Ty::Record, "Values of overrides, by name or `@id`."),
    p("targets", Ty::List(&Ty::Object(&TARGET)), "One per colour attachment, `{}` with nothing for the canvas format."),
]);
shape!(PRIMITIVE = "primitive" [
    p("topology", Ty::Enum(&word::PRIMITIVE_TOPOLOGY), "What vertices make up.").def("triangle-list"),
    p("stripIndexFormat", Ty::Enum(&word::INDEX_FORMAT), "Index format of strips."),
    p("frontFace", Ty::Enum(&word::FRONT_FACE), "Which winding faces front.").def("ccw"),
    p("cullMode", Ty::Enum(&word::CULL_MODE), "Which faces are left out.").def("none"),
    p("unclippedDepth", Ty::Bool, "Whether depth is not clipped.").def("false"),
]);
shape!(STENCIL_FACE = "stencil face" [
    p("compare", Ty::Enum(&word::COMPARE_FUNCTION), "The stencil test.").def("always"),
    p("failOp", Ty::Enum(&word::STENCIL_OPERATION), "When the stencil test fails.").def("keep"),
    p("depthFailOp", Ty::Enum(&word::STENCIL_OPERATION), "When the depth test fails.").def("keep"),
    p("passOp", Ty::Enum(&word::STENCIL_OPERATION), "When both pass.").def("keep"),
]);
shape!(DEPTH_STENCIL = "depth-stencil state" [
    p("format", Ty::Format, "Format of the attachment.").req(),
    p("depthWriteEnabled", Ty::Bool, "Whether depth is written."),
    p("depthCompare", Ty::Enum(&word::COMPARE_FUNCTION), "The depth test."),
    p("stencilFront", Ty::Object(&STENCIL_FACE), "Stencil of front faces."),
    p("stencilBack", Ty::Object(&STENCIL_FACE), "Stencil of back faces."),
    p("stencilReadMask", U32, "Bits that are compared.").def("0xFFFFFFFF"),
    p("stencilWriteMask", U32, "Bits that are written.").def("0xFFFFFFFF"),
    p("depthBias", Ty::Int, "Constant bias.").def("0"),
    p("depthBiasSlopeScale", Ty::Float, "Bias by slope.").def("0"),
    p("depthBiasClamp", Ty::Float, "Largest bias.").def("0"),
]);
shape!(MULTISAMPLE = "multisample state" [
    p("count", Ty::Uint(1, 4), "Samples per pixel: 1 or 4.").def("1"),
    p("mask", U32, "Which samples are written.").def("0xFFFFFFFF"),
    p("alphaToCoverageEnabled", Ty::Bool, "Whether alpha makes the mask.").def("false"),
]);
shape!(RENDER_PIPELINE = "#renderPipeline" [
    p("layout", Ty::AutoOr(&Ty::Ref(&[Ns::PipelineLayout])), "A `#pipelineLayout` or `auto`.").def("the layouts that its passes' bind groups name, else `auto`"),
    p("vertex", Ty::Object(&VERTEX), "The vertex stage.").req(),
    p("fragment", Ty::Object(&FRAGMENT), "The fragment stage; depth only without."),
    p("primitive", Ty::Object(&PRIMITIVE), "How vertices are assembled."),
    p("depthStencil", Ty::Object(&DEPTH_STENCIL), "Depth and stencil tests."),
    p("multisample", Ty::OneOf(&[Ty::Object(&MULTISAMPLE), Ty::Uint(1, 4)]), "Multisampling, or only its count."),
]);
shape!(COMPUTE = "compute stage" [
    p("module", Ty::Ref(&[Ns::ShaderModule, Ns::Wgsl]), "The shader module.").def("the only one of the program"),
    p("entryPoint", Ty::Name, "The entry point.").def("the only one, else main").old(&["entrypoint"]),
    p("constants", Ty::Record, "Values of overrides, by name or `@id`."),
]);
shape!(COMPUTE_PIPELINE = "#computePipeline" [
    p("layout", Ty::AutoOr(&Ty::Ref(&[Ns::PipelineLayout])), "A `#pipelineLayout` or `auto`.").def("the layouts that its passes' bind groups name, else `auto`"),
    p("compute", Ty::Object(&COMPUTE), "The compute stage.").req(),
]);

// Section 9.17-9.19, 18.2: passes.
shape!(INLINE_VIEW = "view" [
    p("texture", Ty::Ref(&[Ns::Texture]), "The texture.").req(),
    p("format", Ty::Format, "Format of the view.").def("the texture's"),
    p("dimension", Ty::Enum(&word::TEXTURE_VIEW_DIMENSION), "Dimension of the view."),
    p("aspect", Ty::Enum(&word::TEXTURE_ASPECT), "Which aspect.").def("all"),
    p("baseMipLevel", U32, "The mip level.").def("0"),
    p("mipLevelCount", U32, "How many mip levels.").def("1"),
    p("baseArrayLayer", U32, "The layer.").def("0"),
    p("arrayLayerCount", U32, "How many layers.").def("1"),
    p("pingPong", Ty::Uint(0, 254), "Which member of a pool, counted from the frame counter.").def("0"),
]);
const ANY_VIEW: Ty = Ty::OneOf(&[Ty::Object(&INLINE_VIEW), Ty::View]);
shape!(COLOR_OBJECT = "color" [
    p("r", Ty::Float, "Red.").req(),
    p("g", Ty::Float, "Green.").req(),
    p("b", Ty::Float, "Blue.").req(),
    p("a", Ty::Float, "Alpha.").req(),
]);
const COLOR: Ty = Ty::OneOf(&[Ty::Object(&COLOR_OBJECT), Ty::Numbers(4, 4)]);
shape!(COLOR_ATTACHMENT = "color attachment" [
    p("view", ANY_VIEW, "A texture, a view, or `contextCurrentTexture`.").def("contextCurrentTexture"),
    p("depthSlice", U32, "The slice of a 3d texture; required for one."),
    p("resolveTarget", ANY_VIEW, "Where a multisampled attachment is resolved to."),
    p("clearValue", COLOR, "The colour that `clear` clears to.").def("[0 0 0 1] on the canvas, else [0 0 0 0]"),
    p("loadOp", Ty::Enum(&word::LOAD_OP), "What the pass starts from.").def("clear"),
    p("storeOp", Ty::Enum(&word::STORE_OP), "What happens to the result.").def("store"),
]);
shape!(DEPTH_ATTACHMENT = "depth-stencil attachment" [
    p("view", ANY_VIEW, "A depth or stencil texture, or a view of one.").req(),
    p("depthClearValue", Ty::Float, "What `clear` clears depth to, 0 to 1.").def("1"),
    p("depthLoadOp", Ty::Enum(&word::LOAD_OP), "What depth starts from.").def("clear"),
    p("depthStoreOp", Ty::Enum(&word::STORE_OP), "What happens to depth.").def("store"),
    p("depthReadOnly", Ty::Bool, "Depth is tested, not written.").def("false"),
    p("stencilClearValue", U32, "What `clear` clears the stencil to.").def("0"),
    p("stencilLoadOp", Ty::Enum(&word::LOAD_OP), "What the stencil starts from.").def("clear"),
    p("stencilStoreOp", Ty::Enum(&word::STORE_OP), "What happens to the stencil.").def("store"),
    p("stencilReadOnly", Ty::Bool, "The stencil is tested, not written.").def("false"),
]);
shape!(DRAW = "draw" [
    p("vertexCount", U32, "How many vertices.").def("3"),
    p("instanceCount", U32, "How many instances.").def("1"),
    p("firstVertex", U32, "The first vertex.").def("0"),
    p("firstInstance", U32, "The first instance.").def("0"),
]);
shape!(DRAW_INDEXED = "indexed draw" [
    p("indexCount", U32, "How many indices.").def("3"),
    p("instanceCount", U32, "How many instances.").def("1"),
    p("firstIndex", U32, "The first index.").def("0"),
    p("baseVertex", Ty::Int, "Added to every index.").def("0"),
    p("firstInstance", U32, "The first instance.").def("0"),
]);
shape!(INDIRECT = "indirect source" [
    p("buffer", BUFFER, "The buffer, with the usage INDIRECT.").req(),
    p("offset", U32, "First byte, a multiple of 4.").def("0"),
]);
const DYNAMIC_OFFSETS: Prop = p(
    "dynamicOffsets",
    Ty::List(&U32),
    "Offsets of the bindings with `hasDynamicOffset`, in the order of their numbers, in bytes; multiples of 256.",
);
shape!(GROUP_SLOT = "bind group slot" [
    p("bindGroup", Ty::Ref(&[Ns::BindGroup]), "The bind group.").req(),
    p("index", GROUP, "The group; the same as the element's position.").def("the position"),
    DYNAMIC_OFFSETS,
    p("pingPong", Ty::Uint(0, 254), "Which variant of a pool, from the frame counter.").def("0"),
]);
shape!(SET_BIND_GROUP = "setBindGroup" [
    p("index", GROUP, "The group.").req(),
    p("bindGroup", Ty::Ref(&[Ns::BindGroup]), "The bind group.").req(),
    DYNAMIC_OFFSETS,
    p("pingPong", Ty::Uint(0, 254), "Which variant of a pool, from the frame counter.").def("0"),
]);
shape!(VERTEX_SLOT = "vertex buffer slot" [
    p("buffer", BUFFER, "The buffer.").req(),
    p("slot", SLOT, "The slot; the same as the element's position.").def("the position"),
    p("pingPong", Ty::Uint(0, 254), "Which member of a pool, from the frame counter.").def("0"),
    p("offset", U32, "First byte, a multiple of 4.").def("0"),
    p("size", Ty::ByteSize, "Bytes; 0 is all the rest.").def("0"),
]);
shape!(SET_VERTEX_BUFFER = "setVertexBuffer" [
    p("slot", SLOT, "The slot.").req(),
    p("buffer", BUFFER, "The buffer.").req(),
    p("pingPong", Ty::Uint(0, 254), "Which member of a pool, from the frame counter.").def("0"),
    p("offset", U32, "First byte, a multiple of 4.").def("0"),
    p("size", Ty::ByteSize, "Bytes; 0 is all the rest.").def("0"),
]);
shape!(INDEX_SLOT = "index buffer" [
    p("buffer", BUFFER, "The buffer.").req(),
    p("format", Ty::Enum(&word::INDEX_FORMAT), "Size of an index.").def("inferred"),
    p("offset", U32, "First byte, a multiple of the size of an index.").def("0"),
    p("size", Ty::ByteSize, "Bytes; 0 is all the rest.").def("0"),
]);
shape!(VIEWPORT = "viewport" [
    p("x", Ty::Measure, "Left edge, in pixels.").req(),
    p("y", Ty::Measure, "Top edge, in pixels.").req(),
    p("width", Ty::Measure, "Width, in pixels.").req(),
    p("height", Ty::Measure, "Height, in pixels.").req(),
    p("minDepth", Ty::Float, "Depth that 0 is mapped to, 0 to 1.").def("0"),
    p("maxDepth", Ty::Float, "Depth that 1 is mapped to, 0 to 1.").def("1"),
]);
shape!(SCISSOR = "scissor rectangle" [
    p("x", Ty::Count(u32::MAX), "Left edge, in pixels.").req(),
    p("y", Ty::Count(u32::MAX), "Top edge, in pixels.").req(),
    p("width", Ty::Count(u32::MAX), "Width, in pixels.").req(),
    p("height", Ty::Count(u32::MAX), "Height, in pixels.").req(),
]);
const ANY_VIEWPORT: Ty = Ty::OneOf(&[Ty::Object(&VIEWPORT), Ty::Tuple(&Ty::Measure, 4, 6)]);
const ANY_SCISSOR: Ty = Ty::OneOf(&[Ty::Object(&SCISSOR), Ty::Tuple(&Ty::Count(u32::MAX), 4, 4)]);
const WORKGROUPS: Ty = Ty::OneOf(&[Ty::Count(u32::MAX), Ty::Tuple(&Ty::Count(u32::MAX), 1, 3)]);
const ANY_INDIRECT: Ty = Ty::OneOf(&[Ty::Object(&INDIRECT), Ty::List(&Ty::Object(&INDIRECT))]);
shape!(TIMESTAMP_WRITES = "timestamp target" [
    p("querySet", Ty::Ref(&[Ns::QuerySet]), "The query set, of type timestamp.").req(),
    p("beginningOfPassWriteIndex", U32, "Query for the beginning."),
    p("endOfPassWriteIndex", U32, "Query for the end."),
]);
const DRAWS: Ty = Ty::OneOf(&[Ty::Object(&DRAW), Ty::Uint(0, u32::MAX), Ty::Numbers(1, 4)]);
const INDEXED_DRAWS: Ty = Ty::OneOf(&[Ty::Object(&DRAW_INDEXED), Ty::Uint(0, u32::MAX), Ty::Numbers(1, 5)]);
const GROUPS: Ty = Ty::List(&Ty::OneOf(&[Ty::Object(&GROUP_SLOT), Ty::Ref(&[Ns::BindGroup])]));
const VERTEX_BUFFERS: Ty = Ty::List(&Ty::OneOf(&[Ty::Object(&VERTEX_SLOT), Ty::Ref(&[Ns::Buffer])]));
const INDEX_BUFFER: Ty = Ty::OneOf(&[Ty::Object(&INDEX_SLOT), Ty::Ref(&[Ns::Buffer])]);
const OFFSETS: Ty = Ty::List(&Ty::Uint(0, 254));
/// The commands of a pass whose pipelines are of this kind. What a command cannot do there is checked when it is lowered, so that the
/// finding can say so.
const fn commands(pipelines: &'static [Ns]) -> [Prop; 20] {
    [
        p("setPipeline", Ty::Ref(pipelines), "Sets the pipeline."),
        p("setBindGroup", Ty::Object(&SET_BIND_GROUP), "Sets a bind group."),
        p("setVertexBuffer", Ty::Object(&SET_VERTEX_BUFFER), "Sets a vertex buffer."),
        p("setIndexBuffer", INDEX_BUFFER, "Sets the index buffer."),
        p("draw", DRAWS, "Draws."),
        p("drawIndexed", INDEXED_DRAWS, "Draws by index."),
        p("drawIndirect", Ty::Object(&INDIRECT), "Draws with four numbers from a buffer: those of `draw`."),
        p("drawIndexedIndirect", Ty::Object(&INDIRECT), "Draws with five numbers from a buffer: those of `drawIndexed`."),
        p("setViewport", ANY_VIEWPORT, "Sets the viewport: an object, `[x y width height]`, or these and two depths."),
        p("setScissorRect", ANY_SCISSOR, "Sets the scissor rectangle: an object, or `[x y width height]`."),
        p("setBlendConstant", COLOR, "Sets the blend constant."),
        p("setStencilReference", U32, "Sets the stencil reference."),
        p("beginOcclusionQuery", U32, "Counts the samples that pass all tests, into this query of `occlusionQuerySet`."),
        p("endOcclusionQuery", Ty::Bool, "Ends the occlusion query: `true`."),
        p(
            "executeBundles",
            Ty::List(&Ty::Ref(&[Ns::RenderBundle])),
            "Executes render bundles; what was set before is forgotten.",
        ),
        p("dispatchWorkgroups", WORKGROUPS, "Dispatches workgroups in x, or `[x y z]`.").or(&["dispatch"]),
        p("dispatchWorkgroupsIndirect", Ty::Object(&INDIRECT), "Dispatches with three numbers from a buffer.")
            .or(&["dispatchIndirect"]),
        p("pushDebugGroup", Ty::Str, "Opens a group in the tools that show commands."),
        p("popDebugGroup", Ty::Bool, "Closes it: `true`."),
        p("insertDebugMarker", Ty::Str, "Marks a point in the tools that show commands."),
    ]
}

/// The commands of render passes and bundles.
pub static COMMANDS: Shape = Shape { name: "command", props: &commands(&[Ns::RenderPipeline]) };
/// The commands of compute passes.
pub static COMPUTE_COMMANDS: Shape = Shape { name: "compute command", props: &commands(&[Ns::ComputePipeline]) };
shape!(RENDER_PASS = "#renderPass" [
    p("colorAttachments", Ty::List(&Ty::Object(&COLOR_ATTACHMENT)), "Where colours go; `[]` for none.").def("the canvas"),
    p("depthStencilAttachment", Ty::Object(&DEPTH_ATTACHMENT), "Where depth and stencil go."),
    p("pipeline", Ty::Ref(&[Ns::RenderPipeline]), "The pipeline."),
    p("bindGroups", GROUPS, "Element i is group i."),
    p("bindGroupsPoolOffsets", OFFSETS, "Which variant of each pooled group, from the frame counter.").def("zeros"),
    p("vertexBuffers", VERTEX_BUFFERS, "Element i is slot i."),
    p("vertexBuffersPoolOffsets", OFFSETS, "Which member of each pooled buffer, from the frame counter.").def("zeros"),
    p("indexBuffer", INDEX_BUFFER, "The index buffer."),
    p("indexFormat", Ty::Enum(&word::INDEX_FORMAT), "Size of an index.").def("inferred"),
    p("draw", Ty::OneOf(&[DRAWS, Ty::List(&DRAWS)]), "Draws: a vertex count, `[vertices instances …]`, or an object."),
    p("drawIndexed", Ty::OneOf(&[INDEXED_DRAWS, Ty::List(&INDEXED_DRAWS)]), "Draws by index: an index count, `[indices instances …]`, or an object."),
    p("drawIndirect", ANY_INDIRECT, "Draws with four numbers from a buffer: those of `draw`."),
    p("drawIndexedIndirect", ANY_INDIRECT, "Draws with five numbers from a buffer: those of `drawIndexed`."),
    p("executeBundles", Ty::List(&Ty::Ref(&[Ns::RenderBundle])), "Executes render bundles; what was set before is forgotten."),
    p("viewport", ANY_VIEWPORT, "The viewport: an object, `[x y width height]`, or these and two depths.").def("the whole target"),
    p("scissorRect", ANY_SCISSOR, "The scissor rectangle: an object, or `[x y width height]`.").def("the whole target").or(&["scissor"]),
    p("stencilReference", U32, "The stencil reference.").def("0"),
    p("blendConstant", COLOR, "The blend constant.").def("[0 0 0 0]"),
    p("occlusionQuerySet", Ty::Ref(&[Ns::QuerySet]), "Where occlusion queries count; a query set of type occlusion."),
    p("timestampWrites", Ty::Object(&TIMESTAMP_WRITES), "Timestamps at the beginning and end of the pass."),
    p("commands", Ty::List(&Ty::Command(&COMMANDS)), "Commands in order, after the rest."),
]);
shape!(COMPUTE_PASS = "#computePass" [
    p("pipeline", Ty::Ref(&[Ns::ComputePipeline]), "The pipeline; `commands` may set one instead."),
    p("bindGroups", GROUPS, "Element i is group i."),
    p("bindGroupsPoolOffsets", OFFSETS, "Which variant of each pooled group, from the frame counter.").def("zeros"),
    p("dispatchWorkgroups", WORKGROUPS, "Workgroups in x, or `[x y z]`; they may follow the canvas: `ceil(canvas.width / 8)`.").or(&["dispatch"]),
    p("dispatchWorkgroupsIndirect", ANY_INDIRECT, "Dispatches with three numbers from a buffer.").or(&["dispatchIndirect"]),
    p("timestampWrites", Ty::Object(&TIMESTAMP_WRITES), "Timestamps at the beginning and end of the pass."),
    p("commands", Ty::List(&Ty::Command(&COMPUTE_COMMANDS)), "Commands in order, after the rest."),
]);
shape!(RENDER_BUNDLE = "#renderBundle" [
    p("colorFormats", Ty::List(&Ty::Format), "Formats of the pass' colour attachments.").def("the pipeline's"),
    p("depthStencilFormat", Ty::Format, "Format of the pass' depth attachment.").def("the pipeline's"),
    p("sampleCount", Ty::Uint(1, 4), "Samples per pixel.").def("the pipeline's"),
    p("depthReadOnly", Ty::Bool, "Depth is not written.").def("false"),
    p("stencilReadOnly", Ty::Bool, "The stencil is not written.").def("false"),
    p("pipeline", Ty::Ref(&[Ns::RenderPipeline]), "The pipeline."),
    p("bindGroups", GROUPS, "Element i is group i."),
    p("vertexBuffers", VERTEX_BUFFERS, "Element i is slot i."),
    p("indexBuffer", INDEX_BUFFER, "The index buffer."),
    p("indexFormat", Ty::Enum(&word::INDEX_FORMAT), "Size of an index.").def("inferred"),
    p("draw", Ty::OneOf(&[DRAWS, Ty::List(&DRAWS)]), "Draws: a vertex count, `[vertices instances …]`, or an object."),
    p("drawIndexed", Ty::OneOf(&[INDEXED_DRAWS, Ty::List(&INDEXED_DRAWS)]), "Draws by index: an index count, `[indices instances …]`, or an object."),
    p("drawIndirect", ANY_INDIRECT, "Draws with four numbers from a buffer: those of `draw`."),
    p("drawIndexedIndirect", ANY_INDIRECT, "Draws with five numbers from a buffer: those of `drawIndexed`."),
    p("commands", Ty::List(&Ty::Command(&COMMANDS)), "Commands in order, after the rest; those that WebGPU's bundles have."),
]);

// Section 9.20: one-shot compute.
shape!(INIT = "#init" [
    p("buffer", BUFFER, "The buffer, bound at group 0, binding 0; every member of a pool is seeded.").req(),
    p("shader", Ty::Ref(&[Ns::ShaderModule, Ns::Wgsl]), "The shader module.").req().or(&["module"]),
    p("params", Ty::Numbers(0, usize::MAX), "Floats in a uniform buffer of their own, at binding 1."),
    p("workgroups", Ty::OneOf(&[Ty::Uint(1, u32::MAX), Ty::Numbers(1, 3)]), "Workgroups in x, or `[x y z]`.")
        .def("elements / workgroup size, rounded up").or(&["dispatch"]),
    p("entryPoint", Ty::Name, "The entry point.").def("the only one, else main").old(&["entrypoint"]),
    p("bindings", Ty::Names(&[Ns::Buffer]), "Buffers of further bindings: `{ wgslVariable=buffer }`.").def("the buffers of the variables' names"),
]);

// Section 9.21, 18.3: queue actions.
shape!(WASM_SOURCE = "data source"[p("wasm", Ty::Ref(&[Ns::WasmCall]), "The call.").req()]);
shape!(WRITE_BUFFER = "writeBuffer" [
    p("buffer", BUFFER, "The buffer.").req(),
    p("bufferOffset", U32, "First byte written, a multiple of 4.").def("0").or(&["offset"]),
    p("pingPong", Ty::Uint(0, 254), "Which member of a pool, counted from the frame counter.").def("always member 0"),
    p("data", Ty::DataSource, "What is written."),
    p("dataFrom", Ty::Object(&WASM_SOURCE), "What a `#wasmCall` gives, which is called for it."),
    p("dataOffset", U32, "First byte of the source.").def("0"),
    p("size", Ty::ByteSize, "Bytes of the source.").def("what fits"),
]);
shape!(ORIGIN = "origin" [
    p("x", Ty::Count(16384), "Texels from the left.").def("0"),
    p("y", Ty::Count(16384), "Texels from the top.").def("0"),
    p("z", Ty::Count(16384), "Slice or layer.").def("0"),
]);
shape!(EXTENT = "extent" [
    p("width", Ty::Count(16384), "Width in texels.").req(),
    p("height", Ty::Count(16384), "Height in texels.").def("1"),
    p("depthOrArrayLayers", Ty::Count(16384), "Slices or layers.").def("1"),
]);
const ORIGIN3: Ty = Ty::OneOf(&[Ty::Object(&ORIGIN), Ty::List(&Ty::Count(16384))]);
const EXTENT3: Ty = Ty::OneOf(&[Ty::Object(&EXTENT), Ty::List(&Ty::Count(16384))]);
const MEMBER: Prop =
    p("pingPong", Ty::Uint(0, 254), "Which member of a pool, counted from the frame counter.").def("always member 0");
shape!(TEXTURE_PLACE = "texture place" [
    p("texture", Ty::Texture, "The texture, or `contextCurrentTexture`.").req(),
    MEMBER,
    p("mipLevel", U32, "The mip level.").def("0"),
    p("origin", ORIGIN3, "The corner: `[x y z]`, or an object.").def("[0 0 0]"),
    p("aspect", Ty::Enum(&word::TEXTURE_ASPECT), "Which aspect.").def("all"),
]);
shape!(BUFFER_PLACE = "buffer place" [
    p("buffer", BUFFER, "The buffer.").req(),
    MEMBER,
    p("offset", U32, "First byte, a multiple of a texel block's bytes.").def("0"),
    p("bytesPerRow", PITCH, "Bytes from row to row, a multiple of 256; needed for more than one row."),
    p("rowsPerImage", PITCH, "Rows of blocks from image to image; needed for more than one image."),
]);
shape!(IMAGE_PLACE = "image source" [
    p("source", Ty::Ref(&[Ns::ImageBitmap, Ns::Video]), "The image, or the video whose current frame is copied.").req(),
    p("origin", ORIGIN3, "The corner: `[x y]`, or an object.").def("[0 0]"),
    p("flipY", Ty::Bool, "Whether it is copied upside down.").def("false"),
]);
shape!(IMAGE_DESTINATION = "image destination" [
    p("texture", Ty::Texture, "The texture: 2d, with the usages COPY_DST and RENDER_ATTACHMENT.").req(),
    MEMBER,
    p("mipLevel", U32, "The mip level.").def("0"),
    p("origin", ORIGIN3, "The corner and the layer: `[x y z]`, or an object.").def("[0 0 0]"),
    p("aspect", Ty::Enum(&word::TEXTURE_ASPECT), "Always `all`.").def("all"),
    p("premultipliedAlpha", Ty::Bool, "Whether colours are stored multiplied with alpha.").def("false"),
]);
shape!(COPY_IMAGE = "copyExternalImageToTexture" [
    p("source", Ty::OneOf(&[Ty::Object(&IMAGE_PLACE), Ty::Ref(&[Ns::ImageBitmap, Ns::Video])]), "What is copied, or only its name.").req(),
    p("destination", Ty::Object(&IMAGE_DESTINATION), "Where to.").req(),
    p("copySize", EXTENT3, "How much: `[w h]`, or an object.").def("the largest that fits both"),
]);
shape!(POOLED_BUFFER = "buffer of a pool"[p("buffer", BUFFER, "The buffer.").req(), MEMBER]);
const ANY_BUFFER: Ty = Ty::OneOf(&[Ty::Object(&POOLED_BUFFER), BUFFER]);
shape!(COPY_B2B = "copyBufferToBuffer" [
    p("source", ANY_BUFFER, "The source: a buffer, or `{ buffer=b pingPong=k }`.").req(),
    p("sourceOffset", U32, "First byte of the source, a multiple of 4.").def("0"),
    p("destination", ANY_BUFFER, "The destination: a buffer, or `{ buffer=b pingPong=k }`.").req(),
    p("destinationOffset", U32, "First byte of the destination, a multiple of 4.").def("0"),
    p("size", Ty::ByteSize, "Bytes, a multiple of 4.").def("as many as fit"),
]);
shape!(COPY_B2T = "copyBufferToTexture" [
    p("source", Ty::Object(&BUFFER_PLACE), "The source.").req(),
    p("destination", Ty::Object(&TEXTURE_PLACE), "The destination.").req(),
    p("copySize", EXTENT3, "How much.").def("the largest that fits"),
]);
shape!(COPY_T2B = "copyTextureToBuffer" [
    p("source", Ty::Object(&TEXTURE_PLACE), "The source.").req(),
    p("destination", Ty::Object(&BUFFER_PLACE), "The destination.").req(),
    p("copySize", EXTENT3, "How much.").def("the largest that fits"),
]);
shape!(COPY_T2T = "copyTextureToTexture" [
    p("source", Ty::Object(&TEXTURE_PLACE), "The source.").req(),
    p("destination", Ty::Object(&TEXTURE_PLACE), "The destination.").req(),
    p("copySize", EXTENT3, "How much.").def("the largest that fits"),
]);
shape!(WRITE_TEXTURE = "writeTexture" [
    p("texture", Ty::Ref(&[Ns::Texture]), "The texture.").req(),
    MEMBER,
    p("mipLevel", U32, "The mip level.").def("0"),
    p("origin", ORIGIN3, "The corner: `[x y z]`, or an object.").def("[0 0 0]"),
    p("aspect", Ty::Enum(&word::TEXTURE_ASPECT), "Which aspect.").def("all"),
    p("data", Ty::DataSource, "What is written: a `#data`, an input, or numbers as 32-bit floats.").req(),
    p("dataOffset", U32, "First byte of the source.").def("0"),
    p("bytesPerRow", PITCH, "Bytes from row to row; needed for more than one row."),
    p("rowsPerImage", PITCH, "Rows of blocks from image to image; needed for more than one image."),
    p("size", EXTENT3, "How much: `[w h d]`, or an object.").def("the largest that fits").or(&["copySize"]),
]);
shape!(CLEAR_BUFFER = "clearBuffer" [
    p("buffer", BUFFER, "The buffer.").req(),
    MEMBER,
    p("offset", U32, "First byte, a multiple of 4.").def("0"),
    p("size", Ty::ByteSize, "Bytes, a multiple of 4.").def("all the rest"),
]);
shape!(RESOLVE_QUERIES = "resolveQuerySet" [
    p("querySet", Ty::Ref(&[Ns::QuerySet]), "The queries.").req(),
    p("firstQuery", U32, "The first.").def("0"),
    p("queryCount", U32, "How many.").def("all the rest"),
    p("destination", ANY_BUFFER, "Where to: a buffer, or `{ buffer=b pingPong=k }`.").req(),
    p("destinationOffset", U32, "First byte, a multiple of 256.").def("0"),
]);
shape!(QUEUE = "#queue" [
    p("writeBuffer", Ty::Object(&WRITE_BUFFER), "Writes bytes into a buffer."),
    p("writeTexture", Ty::Object(&WRITE_TEXTURE), "Writes bytes into a texture."),
    p("copyBufferToBuffer", Ty::Object(&COPY_B2B), "Copies between buffers."),
    p("copyBufferToTexture", Ty::Object(&COPY_B2T), "Copies a buffer into a texture."),
    p("copyTextureToBuffer", Ty::Object(&COPY_T2B), "Copies a texture into a buffer."),
    p("copyTextureToTexture", Ty::Object(&COPY_T2T), "Copies between textures."),
    p("copyExternalImageToTexture", Ty::Object(&COPY_IMAGE), "Copies an image, or the current frame of a video, into a texture; on the queue, like a write."),
    p("callWasm", Ty::Object(&WASM_SOURCE), "Makes a `#wasmCall` for what it does; a result is not read."),
    p("clearBuffer", Ty::Object(&CLEAR_BUFFER), "Zeroes a buffer."),
    p("resolveQuerySet", Ty::Object(&RESOLVE_QUERIES), "Resolves queries into a buffer, 8 bytes each."),
]);

// Section 9.22: nested modules.
shape!(WASM_CALL = "#wasmCall" [
    p("module", Ty::Object(&URL), "The WebAssembly module; the same file is the same instance, for all who name it.").req(),
    p("func", Ty::Name, "The export to call.").req(),
    p("args", Ty::List(&Ty::Argument), "Arguments, 16 at most, converted to the types of the parameters.").def("[]"),
    p("returns", Ty::Name, "What the result, an offset into the module's memory, points to: `f32`, `vec3`, `mat4x4`, `\"array<vec4f, 100>\"`, or `void` for a call that only does something; matrices are packed.").req(),
]);

// Section 11 to 13: frames, animation, fullscreen passes.
shape!(FRAME = "#frame" [
    p("init", PASS_ITEMS, "Run once, before the first frame that lists it."),
    p("before", PASS_ITEMS, "Run in every frame, first."),
    p("perform", PASS_ITEMS, "Run in every frame."),
    p("after", PASS_ITEMS, "Run in every frame, last."),
    p("onLoad", Ty::Ignored, "Has no effect."),
    p("onUnload", Ty::Ignored, "Has no effect."),
]);
shape!(SCENE = "scene" [
    p("id", Ty::Name, "What hosts call it.").req(),
    p("frame", Ty::Ref(&[Ns::Frame]), "What it shows.").req(),
    p("start", Ty::Float, "First second.").def("0"),
    p("end", Ty::Float, "Second at which it is over.").req(),
]);
shape!(ANIMATION = "#animation" [
    p("duration", Ty::Float, "Length in seconds, in steps of a millisecond.").req(),
    p("loop", Ty::Bool, "Begin again at the end.").def("false"),
    p("endBehavior", Ty::Name, "What happens at the end without `loop`: `hold` the last picture, `stop` playing, `restart`.").def("hold"),
    p("scenes", Ty::List(&Ty::Object(&SCENE)), "The scenes; where two overlap the first is shown, in a gap the one that ended last.").req(),
]);
shape!(PASS = "#pass" [
    p("code", Ty::Text, "The WGSL text: a fragment entry point, or compute entry points that run in order.").req(),
    p("feedback", Ty::Bool, "Whether it can read its last output.").def("false"),
    p("init", Ty::Text, "WGSL with compute entry points that seed the output, once, before the first frame that lists the pass."),
    p("imports", Ty::List(&Ty::Ref(&[Ns::Wgsl, Ns::ShaderModule])), "Fragments whose text is put in front, each once."),
    p("clear", COLOR, "What the output is cleared to; a compute pass keeps what it does not write unless this is given.")
        .def("[0 0 0 1]"),
    p("deps", Ty::List(&Ty::Ref(&[Ns::Pass])), "The earlier passes that it may read.").def("all earlier ones"),
    p("data", Ty::List(&Ty::Ref(&[Ns::Data])), "Data it reads, as arrays of the same names."),
]);

// Section 18.1: singletons.
shape!(DEVICE = "#device" [
    p("requiredFeatures", Ty::List(&Ty::Name), "Features without which nothing runs."),
    p("optionalFeatures", Ty::List(&Ty::Name), "Features that are asked for where there are any."),
    p("requiredLimits", Ty::Record, "Limits that must be reached."),
]);
shape!(CANVAS = "#canvas" [
    p("alphaMode", Ty::Enum(&word::CANVAS_ALPHA_MODE), "Whether the page shows through.").def("opaque"),
    p("colorSpace", Ty::Enum(&word::COLOR_SPACE), "Colour space.").def("srgb"),
    p("toneMapping", Ty::Enum(&word::TONE_MAPPING), "Tone mapping.").def("standard"),
]);
shape!(META = "#meta" [
    p("title", Ty::Str, "What it is called."),
    p("author", Ty::Str, "Who made it."),
    p("license", Ty::Str, "How it may be used."),
    p("description", Ty::Str, "What it shows."),
    p("url", Ty::Str, "Where it comes from."),
]);

const fn m(ns: Ns, shape: &'static Shape, doc: &'static str) -> MacroRow {
    MacroRow { ns, named: Named::Yes, doc, shape, repeatable: false }
}

impl MacroRow {
    const fn single(mut self) -> Self {
        self.named = Named::No;
        self
    }
    const fn repeat(mut self) -> Self {
        self.repeatable = true;
        self
    }
}

/// Every macro but `#define` and `#import`, which have no body.
pub static MACROS: &[MacroRow] = &[
    m(Ns::Wgsl, &WGSL, "A fragment of WGSL that modules share."),
    m(Ns::ShaderModule, &SHADER_MODULE, "A shader module."),
    m(Ns::Data, &DATA, "Bytes: numbers, a file, a shape."),
    m(Ns::Buffer, &BUFFER_SHAPE, "A GPU buffer, or a pool of equal ones."),
    m(Ns::Texture, &TEXTURE, "A texture."),
    m(Ns::TextureView, &TEXTURE_VIEW, "A view of a texture."),
    m(Ns::Sampler, &SAMPLER, "A sampler."),
    m(Ns::ImageBitmap, &IMAGE_BITMAP, "A decoded image: copied into textures; `name.width` and `name.height` are numbers."),
    m(Ns::Video, &VIDEO, "A video: bound as an external texture, or copied into a texture."),
    m(Ns::QuerySet, &QUERY_SET, "A set of queries."),
    m(Ns::BindGroupLayout, &BIND_GROUP_LAYOUT, "The layout of a bind group."),
    m(Ns::PipelineLayout, &PIPELINE_LAYOUT, "The layouts of a pipeline's bind groups."),
    m(Ns::BindGroup, &BIND_GROUP, "Resources for the bindings of one group, or a pool of variants."),
    m(Ns::RenderPipeline, &RENDER_PIPELINE, "A render pipeline."),
    m(Ns::ComputePipeline, &COMPUTE_PIPELINE, "A compute pipeline."),
    m(Ns::RenderBundle, &RENDER_BUNDLE, "Draws that are recorded once, for passes to execute."),
    m(Ns::RenderPass, &RENDER_PASS, "A render pass."),
    m(Ns::ComputePass, &COMPUTE_PASS, "A compute pass."),
    m(Ns::Init, &INIT, "A compute shader that seeds a buffer."),
    m(Ns::Queue, &QUEUE, "Queue actions, run in order.").repeat(),
    m(Ns::WasmCall, &WASM_CALL, "A call into a nested WebAssembly module, made by queues that name it."),
    m(Ns::Pass, &PASS, "A fragment or compute shader over the whole canvas, with everything around it generated."),
    m(Ns::Frame, &FRAME, "What is drawn in a frame."),
    m(Ns::Animation, &ANIMATION, "Frames along a timeline."),
    m(Ns::Device, &DEVICE, "What the scene needs of the GPU.").single(),
    m(Ns::Canvas, &CANVAS, "How the canvas is set up.").single(),
    m(Ns::Meta, &META, "About the scene.").single(),
];

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

    #[test]
    fn names_and_aliases_of_a_shape_are_unique() {
        for row in MACROS {
            let mut seen = Vec::new();
            for prop in row.shape.props {
                for name in [prop.name].iter().chain(prop.aliases).chain(prop.old) {
                    assert!(!seen.contains(name), "{} of {}", name, row.shape.name);
                    seen.push(name);
                }
                assert!(prop.doc.ends_with('.'), "{} of {}", prop.name, row.shape.name);
            }
        }
    }
}
