//! Descriptors: WebGPU dictionaries as bytes, self-describing, so that a host decodes all of them with one function.
//!
//! A descriptor is `[type: u8][field_count: u8]`, then its fields, each `[field: u8][value_type: u8][value]`. Field numbers and
//! value types are the same in every descriptor; a nested dictionary is a value of type [`Tag::Object`]. A reader skips a field
//! that it does not know by its value type.

macro_rules! types {
    ($( $(#[doc = $doc:literal])+ $code:literal $name:ident $text:literal; )*) => {
        /// What a descriptor describes: its first byte. Append-only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Type { $( $(#[doc = $doc])+ $name = $code, )* }

        impl Type {
            /// All types, in numeric order.
            pub const ALL: &'static [Type] = &[$( Type::$name, )*];

            /// The type with this number.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $( $code => Some(Type::$name), )* _ => None }
            }

            /// A word for reports.
            pub const fn name(self) -> &'static str {
                match self { $( Type::$name => $text, )* }
            }

            /// What it stands for.
            pub const fn doc(self) -> &'static str {
                match self { $( Type::$name => concat!($( $doc ),+), )* }
            }
        }
    };
}

types! {
    /// `GPUTextureDescriptor`, with `width`, `height` and `depth` for `size`.
    1 Texture "texture";
    /// `GPUSamplerDescriptor`.
    2 Sampler "sampler";
    /// `GPUBindGroupDescriptor` without `layout`, which is an operand of the command.
    3 BindGroup "bindGroup";
    /// `GPUBindGroupLayoutDescriptor`, or `pipeline` and `index` for the layout of a pipeline.
    4 BindGroupLayout "bindGroupLayout";
    /// `GPURenderPipelineDescriptor`; no `layout` means "auto".
    5 RenderPipeline "renderPipeline";
    /// `GPUComputePipelineDescriptor`; no `layout` means "auto".
    6 ComputePipeline "computePipeline";
    /// `GPURenderPassDescriptor`.
    7 RenderPass "renderPass";
    /// `GPUPipelineLayoutDescriptor`.
    8 PipelineLayout "pipelineLayout";
    /// `GPUTextureViewDescriptor`, with `texture`.
    9 TextureView "textureView";
    /// `GPUQuerySetDescriptor`.
    10 QuerySet "querySet";
    /// `GPURenderBundleEncoderDescriptor`, with `commands`: a command buffer's commands as bytes, in data-section form.
    11 RenderBundle "renderBundle";
    /// `GPUBufferDescriptor`.
    12 Buffer "buffer";
    /// `GPUComputePassDescriptor`.
    13 ComputePass "computePass";
    /// A copy: `source`, `destination` and `copySize`, whose elements may follow the canvas.
    14 Copy "copy";
    /// Numbers of a command that follow the canvas: `x`, `y`, `z`, `width`, `height`, `minDepth`, `maxDepth`, as the command says.
    15 Region "region";
    /// Extension 3: `requiredFeatures` and `optionalFeatures`, sequences of strings, and `requiredLimits`, a record.
    16 Device "device";
    /// Extension 4: `alphaMode`, `colorSpace` and `toneMapping`, which is the `mode` of `GPUCanvasToneMapping`.
    17 Canvas "canvas";
    /// A video: `mime`, a string, `loop`, `autoplay` and `muted`, and `playbackRate`, a number.
    18 Video "video";
    /// Extension 1: `duration` in milliseconds, `endBehavior` (0 hold, 1 stop, 2 restart, 3 loop) and `scenes`, a sequence of objects
    /// with `start` and `end` in milliseconds and `frame`, an index. Their names stand in the string table.
    19 Animation "animation";
    /// Extension 2: `blocks`, a sequence of objects, one for each uniform variable that a host may write: `module` and `name`,
    /// strings, `buffer`, a reference, and `uniforms`, a sequence of objects with `name`, the dotted path of a member (empty for a
    /// variable that is not a structure), `offset` in the buffer, `type` (float32, sint32, uint32 or float16), `columns` (1 if left
    /// out), `rows` (1 if left out), `count` and `arrayStride` (bytes from element to element) for arrays, and `input`: the offset in
    /// the input block of the single that the host converts and writes before every frame.
    20 Uniforms "uniforms";
    /// Extension 11: `blocks`, a sequence of objects, one for each uniform variable of extension 2 of which something is said: `module`
    /// and `name`, as there, and `uniforms`, a sequence of objects with `name`, the dotted path of a member, `value`, the numbers that it
    /// begins with, in the order of a value that is set, `min` and `max`, numbers between which each of them should be, `step`, a number
    /// above 0, `label`, a string, and `color`, true where the numbers are red, green, blue and alpha.
    21 Controls "controls";
}

macro_rules! fields {
    ($( $code:literal $name:ident $text:literal; )*) => {
        /// A member of a dictionary. One numbering for all descriptors. Append-only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each is the WebGPU member of that name")]
        pub enum Field { $( $name = $code, )* }

        impl Field {
            /// All fields, in numeric order, from 1 without a gap.
            pub const ALL: &'static [Field] = &[$( Field::$name, )*];

            /// The field with this number.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $( $code => Some(Field::$name), )* _ => None }
            }

            /// WebGPU's name of the member.
            pub const fn name(self) -> &'static str {
                match self { $( Field::$name => $text, )* }
            }
        }
    };
}

fields! {
    1 Width "width";
    2 Height "height";
    3 Depth "depth";
    4 Format "format";
    5 Usage "usage";
    6 Dimension "dimension";
    7 MipLevelCount "mipLevelCount";
    8 SampleCount "sampleCount";
    9 ViewFormats "viewFormats";
    10 MagFilter "magFilter";
    11 MinFilter "minFilter";
    12 MipmapFilter "mipmapFilter";
    13 AddressModeU "addressModeU";
    14 AddressModeV "addressModeV";
    15 AddressModeW "addressModeW";
    16 LodMinClamp "lodMinClamp";
    17 LodMaxClamp "lodMaxClamp";
    18 Compare "compare";
    19 MaxAnisotropy "maxAnisotropy";
    20 Entries "entries";
    21 Binding "binding";
    22 Resource "resource";
    23 Buffer "buffer";
    24 Offset "offset";
    25 Size "size";
    26 Visibility "visibility";
    27 Type "type";
    28 HasDynamicOffset "hasDynamicOffset";
    29 MinBindingSize "minBindingSize";
    30 Sampler "sampler";
    31 Texture "texture";
    32 SampleType "sampleType";
    33 ViewDimension "viewDimension";
    34 Multisampled "multisampled";
    35 StorageTexture "storageTexture";
    36 Access "access";
    37 ExternalTexture "externalTexture";
    38 BindGroupLayouts "bindGroupLayouts";
    39 Pipeline "pipeline";
    40 Index "index";
    41 Layout "layout";
    42 Vertex "vertex";
    43 Fragment "fragment";
    44 Compute "compute";
    45 Module "module";
    46 EntryPoint "entryPoint";
    47 Constants "constants";
    48 Buffers "buffers";
    49 ArrayStride "arrayStride";
    50 StepMode "stepMode";
    51 Attributes "attributes";
    52 ShaderLocation "shaderLocation";
    53 Targets "targets";
    54 Blend "blend";
    55 WriteMask "writeMask";
    56 Color "color";
    57 Alpha "alpha";
    58 SrcFactor "srcFactor";
    59 DstFactor "dstFactor";
    60 Operation "operation";
    61 Primitive "primitive";
    62 Topology "topology";
    63 StripIndexFormat "stripIndexFormat";
    64 FrontFace "frontFace";
    65 CullMode "cullMode";
    66 UnclippedDepth "unclippedDepth";
    67 DepthStencil "depthStencil";
    68 DepthWriteEnabled "depthWriteEnabled";
    69 DepthCompare "depthCompare";
    70 StencilFront "stencilFront";
    71 StencilBack "stencilBack";
    72 FailOp "failOp";
    73 DepthFailOp "depthFailOp";
    74 PassOp "passOp";
    75 StencilReadMask "stencilReadMask";
    76 StencilWriteMask "stencilWriteMask";
    77 DepthBias "depthBias";
    78 DepthBiasSlopeScale "depthBiasSlopeScale";
    79 DepthBiasClamp "depthBiasClamp";
    80 Multisample "multisample";
    81 Count "count";
    82 Mask "mask";
    83 AlphaToCoverageEnabled "alphaToCoverageEnabled";
    84 ColorAttachments "colorAttachments";
    85 View "view";
    86 DepthSlice "depthSlice";
    87 ResolveTarget "resolveTarget";
    88 ClearValue "clearValue";
    89 LoadOp "loadOp";
    90 StoreOp "storeOp";
    91 DepthStencilAttachment "depthStencilAttachment";
    92 DepthClearValue "depthClearValue";
    93 DepthLoadOp "depthLoadOp";
    94 DepthStoreOp "depthStoreOp";
    95 DepthReadOnly "depthReadOnly";
    96 StencilClearValue "stencilClearValue";
    97 StencilLoadOp "stencilLoadOp";
    98 StencilStoreOp "stencilStoreOp";
    99 StencilReadOnly "stencilReadOnly";
    100 OcclusionQuerySet "occlusionQuerySet";
    101 TimestampWrites "timestampWrites";
    102 QuerySet "querySet";
    103 BeginningOfPassWriteIndex "beginningOfPassWriteIndex";
    104 EndOfPassWriteIndex "endOfPassWriteIndex";
    105 Aspect "aspect";
    106 BaseMipLevel "baseMipLevel";
    107 BaseArrayLayer "baseArrayLayer";
    108 ArrayLayerCount "arrayLayerCount";
    109 ColorFormats "colorFormats";
    110 DepthStencilFormat "depthStencilFormat";
    111 Commands "commands";
    112 Source "source";
    113 Destination "destination";
    114 CopySize "copySize";
    115 BytesPerRow "bytesPerRow";
    116 RowsPerImage "rowsPerImage";
    117 MipLevel "mipLevel";
    118 Origin "origin";
    119 FlipY "flipY";
    120 TextureBindingViewDimension "textureBindingViewDimension";
    121 Swizzle "swizzle";
    122 X "x";
    123 Y "y";
    124 Z "z";
    125 MinDepth "minDepth";
    126 MaxDepth "maxDepth";
    127 RequiredFeatures "requiredFeatures";
    128 OptionalFeatures "optionalFeatures";
    129 RequiredLimits "requiredLimits";
    130 AlphaMode "alphaMode";
    131 ColorSpace "colorSpace";
    132 ToneMapping "toneMapping";
    133 Mime "mime";
    134 Loop "loop";
    135 Autoplay "autoplay";
    136 Muted "muted";
    137 PlaybackRate "playbackRate";
    138 Duration "duration";
    139 EndBehavior "endBehavior";
    140 Scenes "scenes";
    141 Start "start";
    142 End "end";
    143 Frame "frame";
    144 Blocks "blocks";
    145 Name "name";
    146 Uniforms "uniforms";
    147 Columns "columns";
    148 Rows "rows";
    149 Input "input";
    150 PremultipliedAlpha "premultipliedAlpha";
    151 Value "value";
    152 Min "min";
    153 Max "max";
    154 Step "step";
    155 Label "label";
}

macro_rules! tags {
    ($( $(#[doc = $doc:literal])+ $code:literal $name:ident $text:literal; )*) => {
        /// How a value is written: the byte after the field. Append-only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Tag { $( $(#[doc = $doc])+ $name = $code, )* }

        impl Tag {
            /// All value types, in numeric order.
            pub const ALL: &'static [Tag] = &[$( Tag::$name, )*];

            /// The value type with this number.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $( $code => Some(Tag::$name), )* _ => None }
            }

            /// A word for the documentation.
            pub const fn name(self) -> &'static str {
                match self { $( Tag::$name => $text, )* }
            }

            /// What the bytes after the value type are.
            pub const fn doc(self) -> &'static str {
                match self { $( Tag::$name => concat!($( $doc ),+), )* }
            }
        }
    };
}

tags! {
    /// No bytes: `false`.
    0 False "false";
    /// No bytes: `true`.
    1 True "true";
    /// A varint.
    2 Uint "uint";
    /// A zigzag varint: 0, 1, 2, 3 are 0, -1, 1, -2.
    3 Int "int";
    /// Four bytes: an IEEE 754 single.
    4 F32 "f32";
    /// A varint: an index into the table of words. The word `preferredCanvasFormat` stands for the canvas' format.
    5 Word "word";
    /// A varint, then as many bytes of UTF-8.
    6 String "string";
    /// A varint, then as many fields, each `[field][value_type][value]`.
    7 Object "object";
    /// A varint, then as many elements, each `[value_type][value]`.
    8 Array "array";
    /// One byte, the kind, then a varint, the id.
    9 Ref "ref";
    /// No bytes: nothing, such as a hole in a list of targets.
    10 Null "null";
    /// Three singles a, b, c: the texture extent max(1, floor(a * canvas width + b * canvas height + c + 1/65536)), in double precision.
    11 Canvas "canvas";
    /// Eight bytes: an IEEE 754 double.
    12 F64 "f64";
    /// A varint, then as many pairs of a string (varint length, UTF-8) and a double: `constants`.
    13 Record "record";
    /// A varint, then as many bytes.
    14 Bytes "bytes";
    /// A varint n, then n elements of four bytes each: an array of singles.
    15 F32Array "f32array";
    /// Three singles a, b, c: the number a * canvas width + b * canvas height + c, in double precision, not rounded.
    16 CanvasNumber "canvasNumber";
}

/// Deepest nesting of objects and arrays that a reader follows. Pipelines need six.
pub const MAX_DEPTH: usize = 16;

/// Added before rounding down an extent of type [`Tag::Canvas`], so that 1/3 of 300 is 100 whatever the single's rounding.
pub const CANVAS_EPSILON: f64 = 1.0 / 65536.0;

/// The extent that a value of type [`Tag::Canvas`] stands for on a canvas of `width` × `height` pixels: at least 1.
pub fn canvas_extent(coefficients: [f32; 3], width: u32, height: u32) -> u32 {
    let [a, b, c] = coefficients.map(f64::from);
    let extent = a * f64::from(width) + b * f64::from(height) + c + CANVAS_EPSILON;
    // A cast from f64 saturates and maps NaN to 0: exactly what is wanted.
    (extent as u32).max(1)
}

/// The number that a value of type [`Tag::CanvasNumber`] stands for on a canvas of `width` × `height` pixels.
pub fn canvas_number(coefficients: [f32; 3], width: u32, height: u32) -> f64 {
    let [a, b, c] = coefficients.map(f64::from);
    a * f64::from(width) + b * f64::from(height) + c
}

/// Why a descriptor cannot be read, and at which byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescriptorError {
    /// Offset of the value in the descriptor.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
    /// Whether nothing is wrong but that there are more values than the reader allows.
    pub over_budget: bool,
}

impl core::fmt::Display for DescriptorError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} at byte {} of the descriptor", self.reason, self.at)
    }
}

impl core::error::Error for DescriptorError {}

#[cfg(feature = "alloc")]
pub use owned::{Value, decode, decode_within, object};

#[cfg(feature = "alloc")]
mod owned {
    use super::*;
    use crate::Reader;
    use crate::kind::Kind;
    use crate::varint;
    use crate::word::Word;
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::fmt::Write as _;

    /// A decoded value.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Value {
        /// `true`, `false`
        Bool(bool),
        /// An unsigned number.
        Uint(u32),
        /// A signed number.
        Int(i32),
        /// A single.
        F32(f32),
        /// A double.
        F64(f64),
        /// A value of an enum.
        Word(Word),
        /// Text.
        Str(String),
        /// A dictionary.
        Object(Vec<(Field, Value)>),
        /// A sequence.
        Array(Vec<Value>),
        /// A reference: kind and id.
        Ref(Kind, u16),
        /// Nothing.
        Null,
        /// Coefficients of a canvas-sized extent, see [`canvas_extent`].
        Canvas([f32; 3]),
        /// A record of numbers.
        Record(Vec<(String, f64)>),
        /// Raw bytes.
        Bytes(Vec<u8>),
        /// A sequence of singles.
        F32Array(Vec<f32>),
        /// Coefficients of a number that follows the canvas, see [`canvas_number`].
        CanvasNumber([f32; 3]),
    }

    /// Builds an object value.
    pub fn object(fields: impl IntoIterator<Item = (Field, Value)>) -> Value {
        Value::Object(fields.into_iter().collect())
    }

    impl Value {
        /// The enum value with this spelling.
        ///
        /// # Panics
        /// If WebGPU has no such word; only for spellings that stand in the source or come from the table.
        pub fn word(text: &str) -> Self {
            Value::Word(Word::find(text).expect("a word of the table"))
        }

        /// The member `field` of an object; `None` for anything else.
        pub fn get(&self, field: Field) -> Option<&Value> {
            match self {
                Value::Object(fields) => fields.iter().find(|(name, _)| *name == field).map(|(_, value)| value),
                _ => None,
            }
        }

        /// The elements of an array, of an array of singles none.
        pub fn elements(&self) -> &[Value] {
            match self {
                Value::Array(elements) => elements,
                _ => &[],
            }
        }

        fn tag(&self) -> Tag {
            match self {
                Value::Bool(false) => Tag::False,
                Value::Bool(true) => Tag::True,
                Value::Uint(_) => Tag::Uint,
                Value::Int(_) => Tag::Int,
                Value::F32(_) => Tag::F32,
                Value::F64(_) => Tag::F64,
                Value::Word(_) => Tag::Word,
                Value::Str(_) => Tag::String,
                Value::Object(_) => Tag::Object,
                Value::Array(_) => Tag::Array,
                Value::Ref(..) => Tag::Ref,
                Value::Null => Tag::Null,
                Value::Canvas(_) => Tag::Canvas,
                Value::Record(_) => Tag::Record,
                Value::Bytes(_) => Tag::Bytes,
                Value::F32Array(_) => Tag::F32Array,
                Value::CanvasNumber(_) => Tag::CanvasNumber,
            }
        }

        /// `id_len` is how many bytes the id of a reference has at least.
        fn encode(&self, out: &mut Vec<u8>, id_len: usize) {
            out.push(self.tag() as u8);
            match self {
                Value::Bool(_) | Value::Null => {}
                Value::Uint(n) => varint::write(out, *n),
                Value::Int(n) => varint::write(out, varint::zigzag(*n)),
                Value::F32(x) => out.extend(x.to_le_bytes()),
                Value::F64(x) => out.extend(x.to_le_bytes()),
                Value::Word(word) => varint::write(out, u32::from(word.0)),
                Value::Str(text) => write_bytes(out, text.as_bytes()),
                Value::Object(fields) => {
                    varint::write(out, fields.len() as u32);
                    encode_fields(fields, out, id_len);
                }
                Value::Array(elements) => {
                    varint::write(out, elements.len() as u32);
                    elements.iter().for_each(|element| element.encode(out, id_len));
                }
                Value::Ref(kind, id) => {
                    out.push(*kind as u8);
                    varint::write_padded(out, u32::from(*id), id_len);
                }
                Value::Canvas(coefficients) | Value::CanvasNumber(coefficients) => {
                    coefficients.iter().for_each(|x| out.extend(x.to_le_bytes()))
                }
                Value::Record(pairs) => {
                    varint::write(out, pairs.len() as u32);
                    for (key, number) in pairs {
                        write_bytes(out, key.as_bytes());
                        out.extend(number.to_le_bytes());
                    }
                }
                Value::Bytes(bytes) => write_bytes(out, bytes),
                Value::F32Array(numbers) => {
                    varint::write(out, numbers.len() as u32);
                    numbers.iter().for_each(|x| out.extend(x.to_le_bytes()));
                }
            }
        }

        /// The descriptor of type `ty` with the fields of this object.
        ///
        /// # Panics
        /// If this is no object, or has more than 255 fields.
        pub fn to_descriptor(&self, ty: Type) -> Vec<u8> {
            self.to_padded_descriptor(ty, 1)
        }

        /// The same with references whose ids have at least `id_len` bytes: with 3, descriptors that differ in nothing but their
        /// ids have the same length.
        ///
        /// # Panics
        /// As [`Value::to_descriptor`].
        pub fn to_padded_descriptor(&self, ty: Type, id_len: usize) -> Vec<u8> {
            let Value::Object(fields) = self else { panic!("a descriptor is an object") };
            let count = u8::try_from(fields.len()).expect("no dictionary has 255 members");
            let mut out = alloc::vec![ty as u8, count];
            encode_fields(fields, &mut out, id_len);
            out
        }

        /// One line of text, JSON-like, for disassemblies.
        pub fn text(&self) -> String {
            let mut out = String::new();
            self.print(&mut out);
            out
        }

        fn print(&self, out: &mut String) {
            // Writing to a String cannot fail.
            let _ = match self {
                Value::Bool(b) => write!(out, "{b}"),
                Value::Uint(n) => write!(out, "{n}"),
                Value::Int(n) => write!(out, "{n}"),
                Value::F32(x) => write!(out, "{x}"),
                Value::F64(x) => write!(out, "{x}"),
                Value::Word(word) => write!(out, "{}", word.text()),
                Value::Str(text) => write!(out, "{text:?}"),
                Value::Ref(kind, id) => write!(out, "{}#{id}", kind.name()),
                Value::Null => write!(out, "null"),
                Value::Canvas([a, b, c]) => write!(out, "canvas({a} {b} {c})"),
                Value::CanvasNumber([a, b, c]) => write!(out, "canvasNumber({a} {b} {c})"),
                Value::Bytes(bytes) => write!(out, "bytes({})", bytes.len()),
                Value::Object(fields) => {
                    print_list(out, "{ ", " }", fields, |out, (field, value)| {
                        let _ = write!(out, "{}: ", field.name());
                        value.print(out);
                    });
                    Ok(())
                }
                Value::Array(elements) => {
                    print_list(out, "[", "]", elements, |out, value| value.print(out));
                    Ok(())
                }
                Value::F32Array(numbers) => {
                    print_list(out, "[", "]", numbers, |out, x| {
                        let _ = write!(out, "{x}");
                    });
                    Ok(())
                }
                Value::Record(pairs) => {
                    print_list(out, "{ ", " }", pairs, |out, (key, x)| {
                        let _ = write!(out, "{key}: {x}");
                    });
                    Ok(())
                }
            };
        }
    }

    fn print_list<T>(out: &mut String, open: &str, close: &str, items: &[T], mut print: impl FnMut(&mut String, &T)) {
        out.push_str(open);
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            print(out, item);
        }
        out.push_str(close);
    }

    fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
        varint::write(out, bytes.len() as u32);
        out.extend_from_slice(bytes);
    }

    fn encode_fields(fields: &[(Field, Value)], out: &mut Vec<u8>, id_len: usize) {
        for (field, value) in fields {
            out.push(*field as u8);
            value.encode(out, id_len);
        }
    }

    /// Decodes a whole descriptor of at most [`DESCRIPTOR_VALUES`](crate::limits::DESCRIPTOR_VALUES) values. Fields that this version
    /// does not know are left out.
    ///
    /// # Errors
    /// Where a value ends early, is of an unknown type, nests deeper than [`MAX_DEPTH`], or is one too many, or where bytes are left
    /// over.
    pub fn decode(bytes: &[u8]) -> Result<(Type, Value), DescriptorError> {
        decode_within(bytes, u64::from(crate::limits::DESCRIPTOR_VALUES))
    }

    /// Like [`decode`], but with at most so many values.
    ///
    /// # Errors
    /// As for [`decode`].
    pub fn decode_within(bytes: &[u8], values: u64) -> Result<(Type, Value), DescriptorError> {
        let mut decoder = Decoder { reader: Reader::new(bytes), values };
        let ty = decoder.reader.u8().and_then(Type::from_code);
        let ty = ty.ok_or(DescriptorError { at: 0, reason: "unknown descriptor type", over_budget: false })?;
        let count = decoder.need(Reader::u8)?;
        let value = decoder.fields(u32::from(count), 0)?;
        if decoder.reader.is_empty() { Ok((ty, value)) } else { Err(decoder.error("bytes are left over")) }
    }

    struct Decoder<'a> {
        reader: Reader<'a>,
        /// How many more values there may be.
        values: u64,
    }

    impl<'a> Decoder<'a> {
        #[cold]
        fn error(&self, reason: &'static str) -> DescriptorError {
            DescriptorError { at: self.reader.position(), reason, over_budget: false }
        }

        /// Makes sure that `more` values may come, before anything is done for them.
        fn spend(&mut self, more: u64) -> Result<(), DescriptorError> {
            match self.values.checked_sub(more) {
                Some(left) => self.values = left,
                None => return Err(DescriptorError { over_budget: true, ..self.error("there are too many values") }),
            }
            Ok(())
        }

        fn need<T>(&mut self, read: impl FnOnce(&mut Reader<'a>) -> Option<T>) -> Result<T, DescriptorError> {
            let error = self.error("the value does not fit");
            read(&mut self.reader).ok_or(error)
        }

        /// A count of things of at least one byte each, so a count that cannot be true never allocates.
        fn count(&mut self, least: usize) -> Result<u32, DescriptorError> {
            let count = self.need(Reader::varint)?;
            if (count as usize).saturating_mul(least) > self.reader.remaining() {
                return Err(self.error("a count is larger than the descriptor"));
            }
            Ok(count)
        }

        fn bytes(&mut self) -> Result<&'a [u8], DescriptorError> {
            let len = self.need(Reader::varint)?;
            self.need(|r| r.take(len as usize))
        }

        fn string(&mut self) -> Result<String, DescriptorError> {
            let bytes = self.bytes()?;
            core::str::from_utf8(bytes).map(String::from).map_err(|_| self.error("a string is not UTF-8"))
        }

        fn fields(&mut self, count: u32, depth: usize) -> Result<Value, DescriptorError> {
            let mut fields = Vec::new();
            for _ in 0..count {
                let field = self.need(Reader::u8)?;
                let value = self.value(depth + 1)?;
                if let Some(field) = Field::from_code(field) {
                    fields.push((field, value));
                }
            }
            Ok(Value::Object(fields))
        }

        fn value(&mut self, depth: usize) -> Result<Value, DescriptorError> {
            if depth > MAX_DEPTH {
                return Err(self.error("values nest too deep"));
            }
            self.spend(1)?;
            let tag = self.need(Reader::u8)?;
            let tag = Tag::from_code(tag).ok_or_else(|| self.error("unknown value type"))?;
            Ok(match tag {
                Tag::False => Value::Bool(false),
                Tag::True => Value::Bool(true),
                Tag::Uint => Value::Uint(self.need(Reader::varint)?),
                Tag::Int => Value::Int(varint::unzigzag(self.need(Reader::varint)?)),
                Tag::F32 => Value::F32(self.need(Reader::f32)?),
                Tag::F64 => Value::F64(self.need(Reader::f64)?),
                Tag::Word => {
                    let index = self.need(Reader::varint)?;
                    Value::Word(Word::from_index(index).ok_or_else(|| self.error("unknown word"))?)
                }
                Tag::String => Value::Str(self.string()?),
                Tag::Object => {
                    let count = self.count(2)?;
                    self.fields(count, depth)?
                }
                Tag::Array => {
                    let count = self.count(1)?;
                    let mut elements = Vec::new();
                    for _ in 0..count {
                        elements.push(self.value(depth + 1)?);
                    }
                    Value::Array(elements)
                }
                Tag::Ref => {
                    let kind = self.need(Reader::u8)?;
                    let kind = Kind::from_code(kind).ok_or_else(|| self.error("unknown kind of reference"))?;
                    let id = self.need(Reader::varint)?;
                    Value::Ref(kind, u16::try_from(id).map_err(|_| self.error("an id does not fit in 16 bits"))?)
                }
                Tag::Null => Value::Null,
                Tag::Canvas => Value::Canvas([self.need(Reader::f32)?, self.need(Reader::f32)?, self.need(Reader::f32)?]),
                Tag::CanvasNumber => {
                    Value::CanvasNumber([self.need(Reader::f32)?, self.need(Reader::f32)?, self.need(Reader::f32)?])
                }
                Tag::Record => {
                    let count = self.count(9)?;
                    self.spend(u64::from(count))?;
                    let mut pairs = Vec::new();
                    for _ in 0..count {
                        pairs.push((self.string()?, self.need(Reader::f64)?));
                    }
                    Value::Record(pairs)
                }
                Tag::Bytes => Value::Bytes(self.bytes()?.to_vec()),
                Tag::F32Array => {
                    let count = self.count(4)?;
                    self.spend(u64::from(count))?;
                    let mut numbers = Vec::new();
                    for _ in 0..count {
                        numbers.push(self.need(Reader::f32)?);
                    }
                    Value::F32Array(numbers)
                }
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use alloc::string::ToString;
        use alloc::vec;

        fn sample() -> Value {
            object([
                (Field::Width, Value::Canvas([0.5, 0.0, 0.0])),
                (Field::Height, Value::Uint(300)),
                (Field::Format, Value::word("rgba8unorm")),
                (Field::DepthBias, Value::Int(-7)),
                (Field::ClearValue, Value::F32Array(vec![0.0, 0.5, 1.0, 1.0])),
                (Field::Constants, Value::Record(vec![("scale".to_string(), 2.5)])),
                (
                    Field::Entries,
                    Value::Array(vec![
                        object([(Field::Binding, Value::Uint(0)), (Field::Resource, Value::Ref(Kind::Sampler, 3))]),
                        Value::Null,
                        Value::Bool(true),
                        Value::Str("é".to_string()),
                        Value::Bytes(vec![1, 2, 3]),
                        Value::F64(1e300),
                        Value::F32(-0.5),
                        Value::CanvasNumber([1.0, -0.5, 3.0]),
                    ]),
                ),
            ])
        }

        #[test]
        fn decode_after_encode_is_the_identity() {
            let bytes = sample().to_descriptor(Type::Texture);
            assert_eq!(decode(&bytes), Ok((Type::Texture, sample())));
        }

        #[test]
        fn every_cut_and_every_flipped_byte_is_an_answer() {
            let bytes = sample().to_descriptor(Type::Texture);
            for cut in 0..bytes.len() {
                assert!(decode(&bytes[..cut]).is_err(), "cut to {cut}");
            }
            for i in 0..bytes.len() {
                for bit in 0..8 {
                    let mut bytes = bytes.clone();
                    bytes[i] ^= 1 << bit;
                    let _ = decode(&bytes);
                }
            }
        }

        #[test]
        fn unknown_fields_are_skipped_by_their_value_type() {
            let mut bytes = object([(Field::Width, Value::Uint(4))]).to_descriptor(Type::Texture);
            bytes[1] = 2;
            bytes.extend([250, Tag::String as u8, 2, b'h', b'i']);
            assert_eq!(decode(&bytes).unwrap().1, object([(Field::Width, Value::Uint(4))]));
        }

        #[test]
        fn deep_nesting_is_refused() {
            let mut bytes = vec![1, 1, 20];
            for _ in 0..100 {
                bytes.extend([Tag::Array as u8, 1]);
            }
            bytes.push(Tag::Null as u8);
            assert_eq!(decode(&bytes).unwrap_err().reason, "values nest too deep");
        }

        #[test]
        fn every_value_counts_towards_the_budget() {
            // 7 members, and in them 4 singles, 1 pair, and 8 elements with 2 members.
            let bytes = sample().to_descriptor(Type::Texture);
            assert_eq!(decode_within(&bytes, 22), Ok((Type::Texture, sample())));
            for values in 0..22 {
                let error = decode_within(&bytes, values).unwrap_err();
                assert!(error.over_budget && error.reason == "there are too many values", "{values}: {error}");
            }
            let many = |tag: Tag, element: &[u8], count: u32| {
                let mut bytes = vec![Type::Texture as u8, 1, Field::Entries as u8, tag as u8];
                varint::write(&mut bytes, count);
                (0..count).for_each(|_| bytes.extend_from_slice(element));
                decode(&bytes).map(|_| ()).map_err(|error| error.over_budget)
            };
            let most = crate::limits::DESCRIPTOR_VALUES - 1;
            for (tag, element) in [
                (Tag::Array, &[Tag::Null as u8][..]),
                (Tag::Array, &[Tag::Object as u8, 0]),
                (Tag::F32Array, &[0; 4]),
                (Tag::Record, &[0; 9]),
                (Tag::Object, &[250, Tag::True as u8]),
            ] {
                assert_eq!((many(tag, element, most), many(tag, element, most + 1)), (Ok(()), Err(true)), "{}", tag.name());
            }
        }

        #[test]
        fn canvas_extents_round_down_and_are_never_zero() {
            assert_eq!(canvas_extent([1.0 / 3.0, 0.0, 0.0], 300, 1), 100);
            assert_eq!(canvas_extent([0.5, 0.0, 0.0], 301, 1), 150);
            assert_eq!(canvas_extent([0.0, 0.0, -9.0], 301, 1), 1);
            assert_eq!(canvas_extent([f32::NAN, 0.0, 0.0], 301, 1), 1);
        }

        #[test]
        fn fields_are_dense_and_unique() {
            for (i, field) in Field::ALL.iter().enumerate() {
                assert_eq!(*field as usize, i + 1);
                assert_eq!(Field::ALL.iter().filter(|other| other.name() == field.name()).count(), 1, "{}", field.name());
            }
        }
    }
}
