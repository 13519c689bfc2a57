//! The fixed-function states of a pipeline, and of a sampler: what is written in them, and the dictionaries that say the same, in which
//! what is WebGPU's default is left out.

use crate::{Named, Setting, Spanned};
use pngine_format::descriptor::{Field, Value, object};
use pngine_format::dictionary;
use pngine_format::webgpu::Format;
use pngine_format::word::{
    AddressMode, BlendFactor, BlendOperation, CompareFunction, CullMode, FilterMode, FrontFace, IndexFormat, PrimitiveTopology,
    StencilOperation,
};
use pngine_source::source::Span;

/// A `#sampler`.
#[derive(Clone, Debug)]
pub struct Sampler {
    /// Who it is.
    pub named: Named,
    /// Filters for magnification, for minification, and between mip levels.
    pub filters: [FilterMode; 3],
    /// What becomes of coordinates beyond the texture, in u, v and w.
    pub address_modes: [AddressMode; 3],
    /// Smallest and largest level of detail.
    pub lod: [Setting<f64>; 2],
    /// How it compares, if it does.
    pub compare: Option<CompareFunction>,
    /// Anisotropy.
    pub anisotropy: Spanned<u32>,
}

impl Sampler {
    /// Whether some filter is linear.
    pub fn filters(&self) -> bool {
        self.filters.contains(&FilterMode::Linear)
    }

    /// Its descriptor.
    pub fn dictionary(&self) -> Value {
        let mut fields = Vec::new();
        for (field, filter) in [Field::MagFilter, Field::MinFilter, Field::MipmapFilter].into_iter().zip(self.filters) {
            dictionary::SAMPLER.put(&mut fields, field, Value::Word(filter.word()));
        }
        for (field, mode) in [Field::AddressModeU, Field::AddressModeV, Field::AddressModeW].into_iter().zip(self.address_modes) {
            dictionary::SAMPLER.put(&mut fields, field, Value::Word(mode.word()));
        }
        for (field, clamp) in [Field::LodMinClamp, Field::LodMaxClamp].into_iter().zip(&self.lod) {
            fields.extend(clamp.property.map(|_| (field, Value::F32(clamp.value as f32))));
        }
        fields.extend(self.compare.map(|compare| (Field::Compare, Value::Word(compare.word()))));
        dictionary::SAMPLER.put(&mut fields, Field::MaxAnisotropy, Value::Uint(*self.anisotropy));
        object(fields)
    }
}

/// What vertices make up.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the members of the WebGPU dictionary")]
pub struct Primitive {
    pub topology: PrimitiveTopology,
    pub strip_index_format: Option<Spanned<IndexFormat>>,
    pub front_face: FrontFace,
    pub cull_mode: CullMode,
    pub unclipped_depth: Spanned<bool>,
}

impl Primitive {
    /// What a pipeline at `span` has that says nothing of it.
    pub const fn default_at(span: Span) -> Self {
        Self {
            topology: PrimitiveTopology::TriangleList,
            strip_index_format: None,
            front_face: FrontFace::Ccw,
            cull_mode: CullMode::None,
            unclipped_depth: Spanned::new(false, span),
        }
    }

    /// Whether it makes strips, of which indices can begin a new one.
    pub const fn is_strip(&self) -> bool {
        matches!(self.topology, PrimitiveTopology::LineStrip | PrimitiveTopology::TriangleStrip)
    }

    /// The `primitive` dictionary, if it says anything.
    pub fn dictionary(&self) -> Option<Value> {
        let (row, mut fields) = (&dictionary::PRIMITIVE_STATE, Vec::new());
        row.put(&mut fields, Field::Topology, Value::Word(self.topology.word()));
        fields.extend(self.strip_index_format.map(|format| (Field::StripIndexFormat, Value::Word(format.word()))));
        row.put(&mut fields, Field::FrontFace, Value::Word(self.front_face.word()));
        row.put(&mut fields, Field::CullMode, Value::Word(self.cull_mode.word()));
        row.put(&mut fields, Field::UnclippedDepth, Value::Bool(*self.unclipped_depth));
        (!fields.is_empty()).then(|| object(fields))
    }
}

/// How samples are made and written.
#[derive(Clone, Debug)]
pub struct Multisample {
    /// Samples per pixel.
    pub count: Setting<u32>,
    /// Which samples are written, where that is said.
    pub mask: Option<u32>,
    /// Whether alpha makes the coverage mask.
    pub alpha_to_coverage: bool,
}

impl Multisample {
    /// The `multisample` dictionary, if it says anything.
    pub fn dictionary(&self) -> Option<Value> {
        let mut fields = vec![(Field::Count, Value::Uint(*self.count))];
        fields.extend(self.mask.map(|mask| (Field::Mask, Value::Uint(mask))));
        fields.extend(self.alpha_to_coverage.then_some((Field::AlphaToCoverageEnabled, Value::Bool(true))));
        (*self.count != 1 || self.count.property.is_some() || fields.len() > 1).then(|| object(fields))
    }
}

/// How colour, or alpha, is combined with what is there.
#[derive(Clone, Debug)]
pub struct BlendPart {
    /// How the two are combined.
    pub operation: BlendOperation,
    /// Factors of what the shader gives, and of what is there.
    pub factors: [Spanned<BlendFactor>; 2],
}

impl BlendPart {
    /// All members or none: browsers warn of a component that leaves out some.
    fn dictionary(&self) -> Value {
        let [source, destination] = self.factors.map(|factor| *factor);
        if (self.operation, source, destination) == (BlendOperation::Add, BlendFactor::One, BlendFactor::Zero) {
            return object([]);
        }
        object([
            (Field::Operation, Value::Word(self.operation.word())),
            (Field::SrcFactor, Value::Word(source.word())),
            (Field::DstFactor, Value::Word(destination.word())),
        ])
    }
}

/// How what a shader gives is combined with what is there.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the members of the WebGPU dictionary")]
pub struct Blend {
    pub color: BlendPart,
    pub alpha: BlendPart,
}

impl Blend {
    /// The `blend` dictionary.
    pub fn dictionary(&self) -> Value {
        object([(Field::Color, self.color.dictionary()), (Field::Alpha, self.alpha.dictionary())])
    }
}

/// What becomes of the stencil under front or back faces.
#[derive(Clone, Copy, Debug)]
pub struct StencilFace {
    /// The stencil test.
    pub compare: CompareFunction,
    /// When the stencil test fails, when the depth test fails, when both pass.
    pub operations: [StencilOperation; 3],
}

impl Default for StencilFace {
    fn default() -> Self {
        Self { compare: CompareFunction::Always, operations: [StencilOperation::Keep; 3] }
    }
}

impl StencilFace {
    /// Whether it writes anything.
    fn writes(&self) -> bool {
        self.operations.iter().any(|operation| *operation != StencilOperation::Keep)
    }

    /// Whether it tests or writes.
    pub fn does_something(&self) -> bool {
        self.writes() || self.compare != CompareFunction::Always
    }

    fn dictionary(&self) -> Value {
        let mut fields = Vec::new();
        dictionary::STENCIL_FACE.put(&mut fields, Field::Compare, Value::Word(self.compare.word()));
        for (field, operation) in [Field::FailOp, Field::DepthFailOp, Field::PassOp].into_iter().zip(self.operations) {
            dictionary::STENCIL_FACE.put(&mut fields, field, Value::Word(operation.word()));
        }
        object(fields)
    }
}

/// The depth-stencil state.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the members of the WebGPU dictionary")]
pub struct DepthStencil {
    pub span: Span,
    pub format: Spanned<Format>,
    pub depth_write: Option<Spanned<bool>>,
    pub depth_compare: Option<Spanned<CompareFunction>>,
    /// The stencil of front faces and of back faces.
    pub faces: [Spanned<StencilFace>; 2],
    pub read_mask: u32,
    pub write_mask: u32,
    pub bias: Spanned<i32>,
    /// Bias by slope, and the largest bias.
    pub slope_and_clamp: [Spanned<f64>; 2],
}

impl DepthStencil {
    /// Whether it writes depth.
    pub fn writes_depth(&self) -> bool {
        self.depth_write.is_some_and(|write| *write)
    }

    /// Whether it writes the stencil. Faces that are culled write nothing.
    pub fn writes_stencil(&self, cull: CullMode) -> bool {
        let faces = self.faces.iter().zip([CullMode::Front, CullMode::Back]);
        self.write_mask != 0 && faces.into_iter().any(|(face, culled)| face.writes() && cull != culled)
    }

    /// The `depthStencil` dictionary.
    pub fn dictionary(&self) -> Value {
        let row = &dictionary::DEPTH_STENCIL_STATE;
        let mut fields = vec![(Field::Format, Value::Word(self.format.word()))];
        fields.extend(self.depth_write.map(|write| (Field::DepthWriteEnabled, Value::Bool(*write))));
        fields.extend(self.depth_compare.map(|compare| (Field::DepthCompare, Value::Word(compare.word()))));
        let faces = [Field::StencilFront, Field::StencilBack].into_iter().zip(&self.faces);
        fields.extend(faces.filter(|(_, face)| face.does_something()).map(|(field, face)| (field, face.dictionary())));
        row.put(&mut fields, Field::StencilReadMask, Value::Uint(self.read_mask));
        row.put(&mut fields, Field::StencilWriteMask, Value::Uint(self.write_mask));
        fields.extend((*self.bias != 0).then_some((Field::DepthBias, Value::Int(*self.bias))));
        for (field, number) in [Field::DepthBiasSlopeScale, Field::DepthBiasClamp].into_iter().zip(&self.slope_and_clamp) {
            fields.extend((**number != 0.0).then_some((field, Value::F32(**number as f32))));
        }
        object(fields)
    }
}
