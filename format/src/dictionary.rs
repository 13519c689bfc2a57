//! The dictionaries that descriptors are made of: what each member may hold, whether it must be there, and its default.
//!
//! One row says it for everybody: the checker of hosts refuses what a row does not allow, the emitter leaves out what is the default
//! anyway, and `docs/format.md` prints the rows. Names, required members and defaults are those of the WebGPU specification's
//! dictionaries unless a note says otherwise.

use crate::descriptor::{Field, Type};
use crate::kind::Kind;
use crate::word::{self, WordSet};

/// A kind of value that a member may hold.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A whole number from 0 to 2^32 - 1.
    Uint,
    /// Any number: unsigned, signed, single or double.
    Number,
    /// `true` or `false`.
    Bool,
    /// A word of this enum.
    Word(&'static WordSet),
    /// A word of `GPUTextureFormat`, or `preferredCanvasFormat`.
    Format,
    /// Text.
    Text,
    /// A dictionary, one of these: members of all of them may be there, and where it can be one only, it has what that one requires.
    Object(&'static [&'static Dictionary]),
    /// A record of numbers.
    Record,
    /// Raw bytes.
    Bytes,
    /// Numbers one after another: an array of singles, or an array of any numbers.
    Numbers,
    /// The coefficients of an extent that follows the canvas.
    Canvas,
    /// The coefficients of a number that follows the canvas.
    CanvasNumber,
    /// A reference to a thing of this kind.
    Ref(Kind),
    /// A sequence whose elements have one of these shapes.
    Array(&'static [Shape]),
    /// The same with holes: an element may also be null.
    Holes(&'static [Shape]),
}

/// What a member that is left out stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Need {
    /// It must be there.
    Required,
    /// It may be left out, which says something of its own.
    Optional,
    /// This number.
    Uint(u32),
    /// This number, which is a single.
    Single(f32),
    /// This word.
    Word(&'static str),
    /// This text.
    Text(&'static str),
    /// `false`.
    False,
    /// What these words say, for people.
    Said(&'static str),
}

/// A member of a dictionary.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name and number.
    pub field: Field,
    /// What it may hold. `null` may always stand for a member that is left out.
    pub shapes: &'static [Shape],
    /// What it means to leave it out.
    pub need: Need,
    /// What else there is to say about its value; may be empty.
    pub note: &'static str,
}

/// A dictionary.
#[derive(Debug)]
pub struct Dictionary {
    /// The descriptor that it is, if it is not only found inside others.
    pub ty: Option<Type>,
    /// Its name: that of the type, or a few words.
    pub name: &'static str,
    /// What is special about it; may be empty.
    pub note: &'static str,
    /// Its members, in the order of the documentation.
    pub members: &'static [Member],
}

impl Dictionary {
    /// The dictionary of a descriptor.
    pub const fn of(ty: Type) -> &'static Self {
        match ty {
            Type::Texture => &TEXTURE,
            Type::Sampler => &SAMPLER,
            Type::BindGroup => &BIND_GROUP,
            Type::BindGroupLayout => &BIND_GROUP_LAYOUT,
            Type::RenderPipeline => &RENDER_PIPELINE,
            Type::ComputePipeline => &COMPUTE_PIPELINE,
            Type::RenderPass => &RENDER_PASS,
            Type::PipelineLayout => &PIPELINE_LAYOUT,
            Type::TextureView => &TEXTURE_VIEW,
            Type::QuerySet => &QUERY_SET,
            Type::RenderBundle => &RENDER_BUNDLE,
            Type::Buffer => &BUFFER,
            Type::ComputePass => &COMPUTE_PASS,
            Type::Copy => &COPY,
            Type::Region => &REGION,
            Type::Device => &DEVICE,
            Type::Canvas => &CANVAS,
            Type::Video => &VIDEO,
            Type::Animation => &ANIMATION,
            Type::Uniforms => &UNIFORMS,
            Type::Controls => &CONTROLS,
        }
    }

    /// Its member with this name.
    pub fn member(&self, field: Field) -> Option<&'static Member> {
        self.members.iter().find(|member| member.field == field)
    }
}

#[cfg(feature = "alloc")]
impl Dictionary {
    /// Adds a member to what is written of the dictionary, unless leaving it out says the same.
    pub fn put(
        &self,
        fields: &mut alloc::vec::Vec<(Field, crate::descriptor::Value)>,
        field: Field,
        value: crate::descriptor::Value,
    ) {
        let row = self.member(field);
        debug_assert!(row.is_some(), "{} is not a member of {}", field.name(), self.name);
        if !row.is_some_and(|row| row.need.is(&value)) {
            fields.push((field, value));
        }
    }
}

#[cfg(feature = "alloc")]
impl Need {
    /// Whether leaving a member out says the same as `value`.
    pub fn is(self, value: &crate::descriptor::Value) -> bool {
        use crate::descriptor::Value;
        match (self, value) {
            (Need::Uint(default), Value::Uint(number)) => default == *number,
            (Need::Single(default), Value::F32(number)) => default.to_bits() == number.to_bits(),
            (Need::Single(default), Value::Uint(number)) => f64::from(default) == f64::from(*number),
            (Need::Word(default), Value::Word(word)) => default == word.text(),
            (Need::Text(default), Value::Str(text)) => default == text,
            (Need::False, Value::Bool(value)) => !*value,
            _ => false,
        }
    }
}

use Need::{False, Optional, Required, Said, Single, Text as Words, Uint as Is, Word as Default};
use Shape::{Array, Bool, Bytes, Canvas, CanvasNumber, Format, Holes, Number, Numbers, Object, Record, Ref, Text, Uint, Word};

macro_rules! dictionaries {
    ($(
        $(#[note = $note:literal])?
        $id:ident $name:literal $(: $ty:ident)? {
            $( $field:ident: $shapes:expr, $need:expr $(, $about:literal)?; )*
        }
    )*) => {
        $(
            #[doc = concat!("The dictionary `", $name, "`.")]
            pub static $id: Dictionary = Dictionary {
                ty: dictionaries!(@ty $($ty)?),
                name: $name,
                note: concat!($($note)?),
                members: &[$(
                    Member { field: Field::$field, shapes: &$shapes, need: $need, note: concat!($($about)?) },
                )*],
            };
        )*
        /// All dictionaries, in the order of the documentation.
        pub static ALL: &[&Dictionary] = &[$( &$id, )*];
    };
    (@ty) => { None };
    (@ty $ty:ident) => { Some(Type::$ty) };
}

dictionaries! {
    #[note = "`depth` is WebGPU's `depthOrArrayLayers`. What is wrong with a texture is E006, not E004."]
    TEXTURE "texture": Texture {
        Width: [Uint, Canvas], Required;
        Height: [Uint, Canvas], Is(1);
        Depth: [Uint], Is(1);
        Format: [Format], Required;
        Usage: [Uint], Required, "not 0";
        Dimension: [Word(&word::TEXTURE_DIMENSION)], Default("2d");
        MipLevelCount: [Uint], Is(1);
        SampleCount: [Uint], Is(1);
        ViewFormats: [Array(&[Format])], Said("none");
        TextureBindingViewDimension: [Word(&word::TEXTURE_VIEW_DIMENSION)], Optional;
    }
    SAMPLER "sampler": Sampler {
        AddressModeU: [Word(&word::ADDRESS_MODE)], Default("clamp-to-edge");
        AddressModeV: [Word(&word::ADDRESS_MODE)], Default("clamp-to-edge");
        AddressModeW: [Word(&word::ADDRESS_MODE)], Default("clamp-to-edge");
        MagFilter: [Word(&word::FILTER_MODE)], Default("nearest");
        MinFilter: [Word(&word::FILTER_MODE)], Default("nearest");
        MipmapFilter: [Word(&word::FILTER_MODE)], Default("nearest");
        LodMinClamp: [Number], Single(0.0);
        LodMaxClamp: [Number], Single(32.0);
        Compare: [Word(&word::COMPARE_FUNCTION)], Optional;
        MaxAnisotropy: [Uint], Is(1);
    }
    BIND_GROUP "bindGroup": BindGroup {
        Entries: [Array(&[Object(&[&BIND_GROUP_ENTRY])])], Required;
    }
    #[note = "A video is bound as an external texture. Such a texture lasts for a moment only, so a host makes these bind groups, and the bundles that set them, again for every frame."]
    BIND_GROUP_ENTRY "bind group entry" {
        Binding: [Uint], Required;
        Resource: [
            Object(&[&BUFFER_RANGE]), Ref(Kind::Sampler), Ref(Kind::TextureView), Ref(Kind::DefaultView), Ref(Kind::Video)
        ], Required;
    }
    BUFFER_RANGE "buffer range" {
        Buffer: [Ref(Kind::Buffer)], Required;
        Offset: [Uint], Is(0);
        Size: [Uint], Said("all the rest");
    }
    #[note = "Either `entries`, or `pipeline` and `index`."]
    BIND_GROUP_LAYOUT "bindGroupLayout": BindGroupLayout {
        Entries: [Array(&[Object(&[&LAYOUT_ENTRY])])], Optional;
        Pipeline: [Ref(Kind::Pipeline)], Optional;
        Index: [Uint], Is(0);
    }
    #[note = "With exactly one of the last five."]
    LAYOUT_ENTRY "layout entry" {
        Binding: [Uint], Required;
        Visibility: [Uint], Required;
        Buffer: [Object(&[&BUFFER_LAYOUT])], Optional;
        Sampler: [Object(&[&SAMPLER_LAYOUT])], Optional;
        Texture: [Object(&[&TEXTURE_LAYOUT])], Optional;
        StorageTexture: [Object(&[&STORAGE_TEXTURE_LAYOUT])], Optional;
        ExternalTexture: [Object(&[&EXTERNAL_TEXTURE_LAYOUT])], Optional;
    }
    BUFFER_LAYOUT "buffer layout" {
        Type: [Word(&word::BUFFER_BINDING_TYPE)], Default("uniform");
        HasDynamicOffset: [Bool], False;
        MinBindingSize: [Uint], Is(0);
    }
    SAMPLER_LAYOUT "sampler layout" {
        Type: [Word(&word::SAMPLER_BINDING_TYPE)], Default("filtering");
    }
    TEXTURE_LAYOUT "texture layout" {
        SampleType: [Word(&word::TEXTURE_SAMPLE_TYPE)], Default("float");
        ViewDimension: [Word(&word::TEXTURE_VIEW_DIMENSION)], Default("2d");
        Multisampled: [Bool], False;
    }
    STORAGE_TEXTURE_LAYOUT "storage texture layout" {
        Access: [Word(&word::STORAGE_TEXTURE_ACCESS)], Default("write-only");
        Format: [Format], Required;
        ViewDimension: [Word(&word::TEXTURE_VIEW_DIMENSION)], Default("2d");
    }
    #[note = "It has no members."]
    EXTERNAL_TEXTURE_LAYOUT "external texture layout" {}
    RENDER_PIPELINE "renderPipeline": RenderPipeline {
        Layout: [Ref(Kind::PipelineLayout)], Said("`auto`");
        Vertex: [Object(&[&VERTEX_STATE])], Required;
        Primitive: [Object(&[&PRIMITIVE_STATE])], Optional;
        DepthStencil: [Object(&[&DEPTH_STENCIL_STATE])], Optional;
        Multisample: [Object(&[&MULTISAMPLE_STATE])], Optional;
        Fragment: [Object(&[&FRAGMENT_STATE])], Optional;
    }
    COMPUTE_PIPELINE "computePipeline": ComputePipeline {
        Layout: [Ref(Kind::PipelineLayout)], Said("`auto`");
        Compute: [Object(&[&STAGE])], Required;
    }
    STAGE "stage" {
        Module: [Ref(Kind::Shader)], Required;
        EntryPoint: [Text], Said("the only one of the stage");
        Constants: [Record], Said("none");
    }
    VERTEX_STATE "vertex state" {
        Module: [Ref(Kind::Shader)], Required;
        EntryPoint: [Text], Said("the only one of the stage");
        Constants: [Record], Said("none");
        Buffers: [Holes(&[Object(&[&VERTEX_BUFFER])])], Said("none");
    }
    FRAGMENT_STATE "fragment state" {
        Module: [Ref(Kind::Shader)], Required;
        EntryPoint: [Text], Said("the only one of the stage");
        Constants: [Record], Said("none");
        Targets: [Holes(&[Object(&[&TARGET])])], Required;
    }
    VERTEX_BUFFER "vertex buffer" {
        ArrayStride: [Uint], Required;
        StepMode: [Word(&word::VERTEX_STEP_MODE)], Default("vertex");
        Attributes: [Array(&[Object(&[&VERTEX_ATTRIBUTE])])], Required;
    }
    VERTEX_ATTRIBUTE "vertex attribute" {
        Format: [Word(&word::VERTEX_FORMAT)], Required;
        Offset: [Uint], Required;
        ShaderLocation: [Uint], Required;
    }
    PRIMITIVE_STATE "primitive state" {
        Topology: [Word(&word::PRIMITIVE_TOPOLOGY)], Default("triangle-list");
        StripIndexFormat: [Word(&word::INDEX_FORMAT)], Optional;
        FrontFace: [Word(&word::FRONT_FACE)], Default("ccw");
        CullMode: [Word(&word::CULL_MODE)], Default("none");
        UnclippedDepth: [Bool], False;
    }
    DEPTH_STENCIL_STATE "depth and stencil state" {
        Format: [Format], Required;
        DepthWriteEnabled: [Bool], Optional;
        DepthCompare: [Word(&word::COMPARE_FUNCTION)], Optional;
        StencilFront: [Object(&[&STENCIL_FACE])], Optional;
        StencilBack: [Object(&[&STENCIL_FACE])], Optional;
        StencilReadMask: [Uint], Is(0xFFFF_FFFF);
        StencilWriteMask: [Uint], Is(0xFFFF_FFFF);
        DepthBias: [Number], Single(0.0), "whole";
        DepthBiasSlopeScale: [Number], Single(0.0);
        DepthBiasClamp: [Number], Single(0.0);
    }
    STENCIL_FACE "stencil face" {
        Compare: [Word(&word::COMPARE_FUNCTION)], Default("always");
        FailOp: [Word(&word::STENCIL_OPERATION)], Default("keep");
        DepthFailOp: [Word(&word::STENCIL_OPERATION)], Default("keep");
        PassOp: [Word(&word::STENCIL_OPERATION)], Default("keep");
    }
    MULTISAMPLE_STATE "multisample state" {
        Count: [Uint], Is(1);
        Mask: [Uint], Is(0xFFFF_FFFF);
        AlphaToCoverageEnabled: [Bool], False;
    }
    TARGET "target" {
        Format: [Format], Required;
        Blend: [Object(&[&BLEND_STATE])], Optional;
        WriteMask: [Uint], Is(15);
    }
    BLEND_STATE "blend state" {
        Color: [Object(&[&BLEND_COMPONENT])], Required;
        Alpha: [Object(&[&BLEND_COMPONENT])], Required;
    }
    BLEND_COMPONENT "blend component" {
        Operation: [Word(&word::BLEND_OPERATION)], Default("add");
        SrcFactor: [Word(&word::BLEND_FACTOR)], Default("one");
        DstFactor: [Word(&word::BLEND_FACTOR)], Default("zero");
    }
    RENDER_PASS "renderPass": RenderPass {
        ColorAttachments: [Holes(&[Object(&[&COLOR_ATTACHMENT])])], Required;
        DepthStencilAttachment: [Object(&[&DEPTH_STENCIL_ATTACHMENT])], Optional;
        OcclusionQuerySet: [Ref(Kind::QuerySet)], Optional;
        TimestampWrites: [Object(&[&TIMESTAMP_WRITES])], Optional;
    }
    COLOR_ATTACHMENT "colour attachment" {
        View: [Ref(Kind::TextureView), Ref(Kind::DefaultView)], Required;
        DepthSlice: [Uint], Optional;
        ResolveTarget: [Ref(Kind::TextureView), Ref(Kind::DefaultView)], Optional;
        ClearValue: [Numbers], Said("0 0 0 0"), "four of them";
        LoadOp: [Word(&word::LOAD_OP)], Required;
        StoreOp: [Word(&word::STORE_OP)], Required;
    }
    DEPTH_STENCIL_ATTACHMENT "depth and stencil attachment" {
        View: [Ref(Kind::TextureView), Ref(Kind::DefaultView)], Required;
        DepthClearValue: [Number], Optional;
        DepthLoadOp: [Word(&word::LOAD_OP)], Optional;
        DepthStoreOp: [Word(&word::STORE_OP)], Optional;
        DepthReadOnly: [Bool], False;
        StencilClearValue: [Uint], Is(0);
        StencilLoadOp: [Word(&word::LOAD_OP)], Optional;
        StencilStoreOp: [Word(&word::STORE_OP)], Optional;
        StencilReadOnly: [Bool], False;
    }
    TIMESTAMP_WRITES "timestamp writes" {
        QuerySet: [Ref(Kind::QuerySet)], Required;
        BeginningOfPassWriteIndex: [Uint], Optional;
        EndOfPassWriteIndex: [Uint], Optional;
    }
    PIPELINE_LAYOUT "pipelineLayout": PipelineLayout {
        BindGroupLayouts: [Holes(&[Ref(Kind::BindGroupLayout)])], Required;
    }
    #[note = "Of a texture that a command created; the canvas' texture has default views only."]
    TEXTURE_VIEW "textureView": TextureView {
        Texture: [Ref(Kind::Texture)], Required;
        Format: [Format], Said("that of the texture");
        Dimension: [Word(&word::TEXTURE_VIEW_DIMENSION)], Optional;
        Usage: [Uint], Said("that of the texture");
        Aspect: [Word(&word::TEXTURE_ASPECT)], Default("all");
        BaseMipLevel: [Uint], Is(0);
        MipLevelCount: [Uint], Said("all the rest");
        BaseArrayLayer: [Uint], Is(0);
        ArrayLayerCount: [Uint], Said("all the rest, or those of the dimension");
        Swizzle: [Text], Words("rgba");
    }
    QUERY_SET "querySet": QuerySet {
        Type: [Word(&word::QUERY_TYPE)], Required;
        Count: [Uint], Required;
    }
    #[note = "`commands` are commands as in section 6, opcode and operands in full width, one after another without header and END; but their pointers are offsets into the region (section 3), so `getDataPtr()` is added. They may set pipeline, bind groups (with offsets or without), vertex and index buffers, draw, and mark debug groups."]
    RENDER_BUNDLE "renderBundle": RenderBundle {
        ColorFormats: [Holes(&[Format])], Required;
        DepthStencilFormat: [Format], Optional;
        SampleCount: [Uint], Is(1);
        DepthReadOnly: [Bool], False;
        StencilReadOnly: [Bool], False;
        Commands: [Bytes], Required;
    }
    BUFFER "buffer": Buffer {
        Size: [Uint], Required;
        Usage: [Uint], Required;
    }
    COMPUTE_PASS "computePass": ComputePass {
        TimestampWrites: [Object(&[&TIMESTAMP_WRITES])], Optional;
    }
    #[note = "A side is a *texture side* or a *buffer side*, as the command's name says. The source of WRITE_TEXTURE is a *buffer side* without `buffer`, about the bytes that the command points to. The source of COPY_EXTERNAL_IMAGE is an *image side*."]
    COPY "copy": Copy {
        Source: [Object(&[&TEXTURE_SIDE, &BUFFER_SIDE, &IMAGE_SIDE])], Optional;
        Destination: [Object(&[&TEXTURE_SIDE, &BUFFER_SIDE])], Required;
        CopySize: [Array(&[Uint, Canvas])], Required, "one to three: width, height, depth";
    }
    #[note = "`premultipliedAlpha` is for COPY_EXTERNAL_IMAGE only: the colours are multiplied by their alpha."]
    TEXTURE_SIDE "texture side" {
        Texture: [Ref(Kind::Texture)], Required;
        MipLevel: [Uint], Is(0);
        Origin: [Array(&[Uint, Canvas])], Said("0 0 0"), "up to three: x, y, z";
        Aspect: [Word(&word::TEXTURE_ASPECT)], Default("all");
        PremultipliedAlpha: [Bool], False;
    }
    #[note = "`flipY` turns what is copied upside down; `origin` counts from the top all the same."]
    IMAGE_SIDE "image side" {
        Source: [Ref(Kind::Image), Ref(Kind::Video)], Required;
        Origin: [Array(&[Uint])], Said("0 0"), "two: x, y";
        FlipY: [Bool], False;
    }
    BUFFER_SIDE "buffer side" {
        Buffer: [Ref(Kind::Buffer)], Required;
        Offset: [Uint], Is(0);
        BytesPerRow: [Uint], Optional;
        RowsPerImage: [Uint], Optional;
    }
    #[note = "Section 6 says what each command takes of it."]
    REGION "region": Region {
        X: [Number, Canvas, CanvasNumber], Optional;
        Y: [Number, Canvas, CanvasNumber], Optional;
        Z: [Number, Canvas, CanvasNumber], Optional;
        Width: [Number, Canvas, CanvasNumber], Optional;
        Height: [Number, Canvas, CanvasNumber], Optional;
        MinDepth: [Number], Single(0.0);
        MaxDepth: [Number], Single(1.0);
    }
    DEVICE "device": Device {
        RequiredFeatures: [Array(&[Text])], Said("none");
        OptionalFeatures: [Array(&[Text])], Said("none");
        RequiredLimits: [Record], Said("none");
    }
    CANVAS "canvas": Canvas {
        AlphaMode: [Word(&word::CANVAS_ALPHA_MODE)], Default("opaque");
        ColorSpace: [Word(&word::COLOR_SPACE)], Default("srgb");
        ToneMapping: [Word(&word::TONE_MAPPING)], Default("standard");
    }
    VIDEO "video": Video {
        Mime: [Text], Optional;
        Loop: [Bool], False;
        Autoplay: [Bool], False;
        Muted: [Bool], False;
        PlaybackRate: [Number], Single(1.0);
    }
    ANIMATION "animation": Animation {
        Duration: [Uint], Required;
        EndBehavior: [Uint], Is(0);
        Scenes: [Array(&[Object(&[&TIMELINE_SCENE])])], Required;
    }
    TIMELINE_SCENE "timeline scene" {
        Start: [Uint], Is(0);
        End: [Uint], Required;
        Frame: [Uint], Is(0);
    }
    UNIFORMS "uniforms": Uniforms {
        Blocks: [Array(&[Object(&[&UNIFORM_BLOCK])])], Required;
    }
    UNIFORM_BLOCK "uniform block" {
        Module: [Text], Required;
        Name: [Text], Required;
        Buffer: [Ref(Kind::Buffer)], Required;
        Uniforms: [Array(&[Object(&[&UNIFORM])])], Required;
    }
    #[note = "`columns` of `rows` numbers each, `count` times, laid out as in WGSL: the columns of a matrix are as far apart as two numbers for two rows, as four for three or four; elements of an array are `arrayStride` bytes apart."]
    UNIFORM "uniform" {
        Name: [Text], Words("");
        Offset: [Uint], Is(0);
        Type: [Word(&word::UNIFORM_SCALAR)], Required;
        Columns: [Uint], Is(1);
        Rows: [Uint], Is(1);
        Count: [Uint], Said("it is not an array");
        ArrayStride: [Uint], Said("the size of an element");
        Input: [Uint], Optional;
    }
    CONTROLS "controls": Controls {
        Blocks: [Array(&[Object(&[&CONTROL_BLOCK])])], Required;
    }
    CONTROL_BLOCK "control block" {
        Module: [Text], Required;
        Name: [Text], Required;
        Uniforms: [Array(&[Object(&[&CONTROL])])], Required;
    }
    #[note = "Numbers that are no whole ones are singles. Who shows one shows the shortest decimal fraction that rounds to it."]
    CONTROL "control" {
        Name: [Text], Words("");
        Value: [Numbers], Said("zeros");
        Min: [Number], Optional;
        Max: [Number], Optional;
        Step: [Number], Optional;
        Label: [Text], Said("its name");
        Color: [Bool], False;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_and_every_type_has_its_rows() {
        for field in Field::ALL {
            assert!(ALL.iter().any(|dictionary| dictionary.member(*field).is_some()), "{} is in no dictionary", field.name());
        }
        for ty in Type::ALL {
            let dictionary = Dictionary::of(*ty);
            assert_eq!((dictionary.ty, dictionary.name), (Some(*ty), ty.name()));
        }
        for dictionary in ALL {
            for (i, member) in dictionary.members.iter().enumerate() {
                assert!(!member.shapes.is_empty());
                assert!(dictionary.members[..i].iter().all(|other| other.field != member.field), "{}", member.field.name());
            }
        }
    }

    #[test]
    fn defaults_are_values_that_their_members_can_hold() {
        for dictionary in ALL {
            for member in dictionary.members {
                let holds = |wanted: fn(&Shape) -> bool| member.shapes.iter().any(wanted);
                let is_good = match member.need {
                    Need::Required | Need::Optional | Need::Said(_) => true,
                    Need::Uint(_) => holds(|shape| matches!(shape, Uint)),
                    Need::Single(_) => holds(|shape| matches!(shape, Number)),
                    Need::Text(_) => holds(|shape| matches!(shape, Text)),
                    Need::False => holds(|shape| matches!(shape, Bool)),
                    Need::Word(word) => member.shapes.iter().any(|shape| matches!(shape, Word(set) if set.words.contains(&word))),
                };
                assert!(is_good, "{} of {}", member.field.name(), dictionary.name);
            }
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn what_says_the_default_is_known() {
        use crate::descriptor::Value;
        let needs = |dictionary: &Dictionary, field| dictionary.member(field).map(|member| member.need).unwrap();
        let mask = needs(&TARGET, Field::WriteMask);
        assert!(mask.is(&Value::Uint(15)) && !mask.is(&Value::Uint(7)));
        let lod = needs(&SAMPLER, Field::LodMaxClamp);
        assert!(lod.is(&Value::F32(32.0)) && lod.is(&Value::Uint(32)) && !lod.is(&Value::F32(31.0)));
        assert!(needs(&SAMPLER, Field::MagFilter).is(&Value::word("nearest")));
        assert!(!needs(&SAMPLER, Field::Compare).is(&Value::word("less")));
        assert!(needs(&VIDEO, Field::Loop).is(&Value::Bool(false)) && !needs(&VIDEO, Field::Loop).is(&Value::Bool(true)));
    }
}
