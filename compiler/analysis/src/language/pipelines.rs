//! Pipelines and their stages. Source: language reference, sections 9.15 and 9.16.

use super::kinds::*;
use super::slots::shapes;
use pngine_format::word::{
    BlendFactor, BlendOperation, CompareFunction, CullMode, FrontFace, IndexFormat, PrimitiveTopology, StencilOperation,
    VertexFormat, VertexStepMode,
};
use pngine_scene::PipelineLayoutId;

shapes! {
    Attribute = "vertex attribute" {
        shader_location "shaderLocation": Location, required, "The `@location` in WGSL.";
        offset "offset": U32 = 0, "Bytes from the start of the element.";
        format "format": Enum<VertexFormat> = VertexFormat::Float32x4, "How it is stored.";
    }

    VertexBuffer = "vertex buffer layout" {
        array_stride "arrayStride": Stride, or "the end of the last attribute", "Bytes from element to element.";
        step_mode "stepMode": Enum<VertexStepMode> = VertexStepMode::Vertex, "Whether it advances per vertex or per instance.";
        attributes "attributes": List<Attribute>, "What one element holds.";
    }

    VertexStage = "vertex stage" {
        module "module": Ref<ModuleRef>, "The shader module.";
        entry_point "entryPoint" old "entrypoint": Name, or "the only one, else vertexMain", "The entry point.";
        constants "constants": Record, "Values of overrides, by name or `@id`.";
        buffers "buffers": List<VertexBuffer>, "The vertex buffers, `{}` for a hole.";
    }

    BlendPart = "blend component" {
        operation "operation": Enum<BlendOperation> = BlendOperation::Add, "How the two are combined.";
        src_factor "srcFactor": Enum<BlendFactor> = BlendFactor::One, "Factor of what the shader gives.";
        dst_factor "dstFactor": Enum<BlendFactor> = BlendFactor::Zero, "Factor of what is there.";
    }

    Blend = "blend" {
        color "color": BlendPart, required, "How red, green and blue are blended.";
        alpha "alpha": BlendPart, required, "How alpha is blended; `{}` takes the new one.";
    }

    Target = "color target" {
        format "format": Format = pngine_format::webgpu::Format::Canvas, "Format of the attachment.";
        blend "blend": Blend, "How colours are blended.";
        write_mask "writeMask": ColorWrites = 15, "Which channels are written.";
    }

    FragmentStage = "fragment stage" {
        module "module": Ref<ModuleRef>, "The shader module.";
        entry_point "entryPoint" old "entrypoint": Name, or "the only one, else fragmentMain", "The entry point.";
        constants "constants": Record, "Values of overrides, by name or `@id`.";
        targets "targets": List<Target>, "One per colour attachment, `{}` with nothing for the canvas format.";
    }

    Primitive = "primitive" {
        topology "topology": Enum<PrimitiveTopology> = PrimitiveTopology::TriangleList, "What vertices make up.";
        strip_index_format "stripIndexFormat": Enum<IndexFormat>, "Index format of strips.";
        front_face "frontFace": Enum<FrontFace> = FrontFace::Ccw, "Which winding faces front.";
        cull_mode "cullMode": Enum<CullMode> = CullMode::None, "Which faces are left out.";
        unclipped_depth "unclippedDepth": Bool = false, "Whether depth is not clipped.";
    }

    StencilFace = "stencil face" {
        compare "compare": Enum<CompareFunction> = CompareFunction::Always, "The stencil test.";
        fail_op "failOp": Enum<StencilOperation> = StencilOperation::Keep, "When the stencil test fails.";
        depth_fail_op "depthFailOp": Enum<StencilOperation> = StencilOperation::Keep, "When the depth test fails.";
        pass_op "passOp": Enum<StencilOperation> = StencilOperation::Keep, "When both pass.";
    }

    DepthStencil = "depth-stencil state" {
        format "format": Format, required, "Format of the attachment.";
        depth_write_enabled "depthWriteEnabled": Bool, "Whether depth is written.";
        depth_compare "depthCompare": Enum<CompareFunction>, "The depth test.";
        stencil_front "stencilFront": StencilFace, "Stencil of front faces.";
        stencil_back "stencilBack": StencilFace, "Stencil of back faces.";
        stencil_read_mask "stencilReadMask": U32 = u32::MAX, "Bits that are compared.";
        stencil_write_mask "stencilWriteMask": U32 = u32::MAX, "Bits that are written.";
        depth_bias "depthBias": Int = 0, "Constant bias.";
        depth_bias_slope_scale "depthBiasSlopeScale": Float = 0.0, "Bias by slope.";
        depth_bias_clamp "depthBiasClamp": Float = 0.0, "Largest bias.";
    }

    Multisample = "multisample state" {
        count "count": Uint<1, 4> = 1, "Samples per pixel: 1 or 4.";
        mask "mask": U32 = u32::MAX, "Which samples are written.";
        alpha_to_coverage_enabled "alphaToCoverageEnabled": Bool = false, "Whether alpha makes the mask.";
    }

    RenderPipeline = "#renderPipeline" {
        layout "layout": AutoOr<Ref<PipelineLayoutId>>, or "the layouts that its passes' bind groups name, else `auto`",
            "A `#pipelineLayout` or `auto`.";
        vertex "vertex": VertexStage, required, "The vertex stage.";
        fragment "fragment": FragmentStage, "The fragment stage; depth only without.";
        primitive "primitive": Primitive, "How vertices are assembled.";
        depth_stencil "depthStencil": DepthStencil, "Depth and stencil tests.";
        multisample "multisample": OneOf<Multisample, Uint<1, 4>>, "Multisampling, or only its count.";
    }

    ComputeStage = "compute stage" {
        module "module": Ref<ModuleRef>, or "the only one of the program", "The shader module.";
        entry_point "entryPoint" old "entrypoint": Name, or "the only one, else main", "The entry point.";
        constants "constants": Record, "Values of overrides, by name or `@id`.";
    }

    ComputePipeline = "#computePipeline" {
        layout "layout": AutoOr<Ref<PipelineLayoutId>>, or "the layouts that its passes' bind groups name, else `auto`",
            "A `#pipelineLayout` or `auto`.";
        compute "compute": ComputeStage, required, "The compute stage.";
    }
}
