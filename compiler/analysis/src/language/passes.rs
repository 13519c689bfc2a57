//! Passes, bundles and their commands. Source: language reference, sections 9.17 to 9.19 and 18.2.

use super::kinds::{kinds, *};
use super::namespace::Ns;
use super::resources::AnyView;
use super::rows::{Shape, Ty};
use super::slots::{Choice, Chosen, Elem, Kind, Printed, Rows, choices, concat, shapes};
use super::value::{Node, Val};
use pngine_format::word::{IndexFormat, LoadOp, StoreOp};
use pngine_scene::{BufferId, BundleId, ComputePipelineId, Extent, GroupId, PipelineId, QuerySetId, RenderPipelineId};
use std::marker::PhantomData;

shapes! {
    /// What is chosen of a bind group.
    GroupPart {
        dynamic_offsets "dynamicOffsets": List<U32>,
            "Offsets of the bindings with `hasDynamicOffset`, in the order of their numbers, in bytes; multiples of 256.";
        ping_pong "pingPong": Member = 0, "Which variant of a pool, from the frame counter.";
    }

    /// What is chosen of a vertex buffer.
    VertexPart {
        ping_pong "pingPong": Member = 0, "Which member of a pool, from the frame counter.";
        offset "offset": U32 = 0, "First byte, a multiple of 4.";
        size "size": ByteSize = 0, "Bytes; 0 is all the rest.";
    }

    /// What render passes and bundles draw.
    Geometry {
        pipeline "pipeline": Ref<RenderPipelineId>, "The pipeline.";
        bind_groups "bindGroups": List<OneOf<GroupSlot, Ref<GroupId>>>, "Element i is group i.";
        vertex_buffers "vertexBuffers": List<OneOf<VertexSlot, Ref<BufferId>>>, "Element i is slot i.";
        index_buffer "indexBuffer": AnyIndexBuffer, "The index buffer.";
        index_format "indexFormat": Enum<IndexFormat>, or "inferred", "Size of an index.";
        ..drawing: Vec<Chosen<Drawing>>;
    }
}

choices! {
    /// Draws, as a pass or bundle lists them.
    Drawing {
        Draw "draw": OneOrArrays<DrawNumbers<Draw, 4>>, "Draws: a vertex count, `[vertices instances …]`, or an object.";
        DrawIndexed "drawIndexed": OneOrArrays<DrawNumbers<DrawIndexed, 5>>,
            "Draws by index: an index count, `[indices instances …]`, or an object.";
        DrawIndirect "drawIndirect": OneOrMore<Indirect>, "Draws with four numbers from a buffer: those of `draw`.";
        DrawIndexedIndirect "drawIndexedIndirect": OneOrMore<Indirect>,
            "Draws with five numbers from a buffer: those of `drawIndexed`.";
    }

    /// Dispatches, as a pass lists them.
    Dispatch {
        DispatchWorkgroups "dispatchWorkgroups" | "dispatch": Workgroups,
            "Workgroups in x, or `[x y z]`; they may follow the canvas: `ceil(canvas.width / 8)`.";
        DispatchWorkgroupsIndirect "dispatchWorkgroupsIndirect" | "dispatchIndirect": OneOrMore<Indirect>,
            "Dispatches with three numbers from a buffer.";
    }

    /// A command of a pass or bundle. What it cannot do there is told when it is lowered, so that the finding can say so.
    Command {
        SetPipeline "setPipeline": RenderPipelineRef, "Sets the pipeline.";
        SetBindGroup "setBindGroup": SetBindGroup, "Sets a bind group.";
        SetVertexBuffer "setVertexBuffer": SetVertexBuffer, "Sets a vertex buffer.";
        SetIndexBuffer "setIndexBuffer": AnyIndexBuffer, "Sets the index buffer.";
        Draw "draw": DrawNumbers<Draw, 4>, "Draws.";
        DrawIndexed "drawIndexed": DrawNumbers<DrawIndexed, 5>, "Draws by index.";
        DrawIndirect "drawIndirect": Indirect, "Draws with four numbers from a buffer: those of `draw`.";
        DrawIndexedIndirect "drawIndexedIndirect": Indirect, "Draws with five numbers from a buffer: those of `drawIndexed`.";
        SetViewport "setViewport": AnyViewport, "Sets the viewport: an object, `[x y width height]`, or these and two depths.";
        SetScissorRect "setScissorRect": AnyScissor, "Sets the scissor rectangle: an object, or `[x y width height]`.";
        SetBlendConstant "setBlendConstant": Color, "Sets the blend constant.";
        SetStencilReference "setStencilReference": U32, "Sets the stencil reference.";
        BeginOcclusionQuery "beginOcclusionQuery": U32,
            "Counts the samples that pass all tests, into this query of `occlusionQuerySet`.";
        EndOcclusionQuery "endOcclusionQuery": Bool, "Ends the occlusion query: `true`.";
        ExecuteBundles "executeBundles": List<Ref<BundleId>>, "Executes render bundles; what was set before is forgotten.";
        DispatchWorkgroups "dispatchWorkgroups" | "dispatch": Workgroups, "Dispatches workgroups in x, or `[x y z]`.";
        DispatchWorkgroupsIndirect "dispatchWorkgroupsIndirect" | "dispatchIndirect": Indirect,
            "Dispatches with three numbers from a buffer.";
        PushDebugGroup "pushDebugGroup": Str, "Opens a group in the tools that show commands.";
        PopDebugGroup "popDebugGroup": Bool, "Closes it: `true`.";
        InsertDebugMarker "insertDebugMarker": Str, "Marks a point in the tools that show commands.";
    }
}

shapes! {
    ColorObject = "color" {
        r "r": Float, required, "Red.";
        g "g": Float, required, "Green.";
        b "b": Float, required, "Blue.";
        a "a": Float, required, "Alpha.";
    }

    ColorAttachment = "color attachment" {
        view "view": AnyView = Either::B(ViewRef::Canvas), "A texture, a view, or `contextCurrentTexture`.";
        depth_slice "depthSlice": U32, "The slice of a 3d texture; required for one.";
        resolve_target "resolveTarget": AnyView, "Where a multisampled attachment is resolved to.";
        clear_value "clearValue": Color, or "[0 0 0 1] on the canvas, else [0 0 0 0]", "The colour that `clear` clears to.";
        load_op "loadOp": Enum<LoadOp> = LoadOp::Clear, "What the pass starts from.";
        store_op "storeOp": Enum<StoreOp> = StoreOp::Store, "What happens to the result.";
    }

    DepthAttachment = "depth-stencil attachment" {
        view "view": AnyView, required, "A depth or stencil texture, or a view of one.";
        depth_clear_value "depthClearValue": Float = 1.0, "What `clear` clears depth to, 0 to 1.";
        depth_load_op "depthLoadOp": Enum<LoadOp> = LoadOp::Clear, "What depth starts from.";
        depth_store_op "depthStoreOp": Enum<StoreOp> = StoreOp::Store, "What happens to depth.";
        depth_read_only "depthReadOnly": Bool = false, "Depth is tested, not written.";
        stencil_clear_value "stencilClearValue": U32 = 0, "What `clear` clears the stencil to.";
        stencil_load_op "stencilLoadOp": Enum<LoadOp> = LoadOp::Clear, "What the stencil starts from.";
        stencil_store_op "stencilStoreOp": Enum<StoreOp> = StoreOp::Store, "What happens to the stencil.";
        stencil_read_only "stencilReadOnly": Bool = false, "The stencil is tested, not written.";
    }

    Draw = "draw" {
        vertex_count "vertexCount": U32 = 3, "How many vertices.";
        instance_count "instanceCount": U32 = 1, "How many instances.";
        first_vertex "firstVertex": U32 = 0, "The first vertex.";
        first_instance "firstInstance": U32 = 0, "The first instance.";
    }

    DrawIndexed = "indexed draw" {
        index_count "indexCount": U32 = 3, "How many indices.";
        instance_count "instanceCount": U32 = 1, "How many instances.";
        first_index "firstIndex": U32 = 0, "The first index.";
        base_vertex "baseVertex": Int = 0, "Added to every index.";
        first_instance "firstInstance": U32 = 0, "The first instance.";
    }

    Indirect = "indirect source" {
        buffer "buffer": Ref<BufferId>, required, "The buffer, with the usage INDIRECT.";
        offset "offset": U32 = 0, "First byte, a multiple of 4.";
    }

    GroupSlot = "bind group slot" {
        bind_group "bindGroup": Ref<GroupId>, required, "The bind group.";
        index "index": GroupIndex, or "the position", "The group; the same as the element's position.";
        ..part: GroupPart;
    }

    SetBindGroup = "setBindGroup" {
        index "index": GroupIndex, required, "The group.";
        bind_group "bindGroup": Ref<GroupId>, required, "The bind group.";
        ..part: GroupPart;
    }

    VertexSlot = "vertex buffer slot" {
        buffer "buffer": Ref<BufferId>, required, "The buffer.";
        slot "slot": SlotIndex, or "the position", "The slot; the same as the element's position.";
        ..part: VertexPart;
    }

    SetVertexBuffer = "setVertexBuffer" {
        slot "slot": SlotIndex, required, "The slot.";
        buffer "buffer": Ref<BufferId>, required, "The buffer.";
        ..part: VertexPart;
    }

    IndexSlot = "index buffer" {
        buffer "buffer": Ref<BufferId>, required, "The buffer.";
        format "format": Enum<IndexFormat>, or "inferred", "Size of an index.";
        offset "offset": U32 = 0, "First byte, a multiple of the size of an index.";
        size "size": ByteSize = 0, "Bytes; 0 is all the rest.";
    }

    Viewport = "viewport" {
        x "x": Length, required, "Left edge, in pixels.";
        y "y": Length, required, "Top edge, in pixels.";
        width "width": Length, required, "Width, in pixels.";
        height "height": Length, required, "Height, in pixels.";
        min_depth "minDepth": Float = 0.0, "Depth that 0 is mapped to, 0 to 1.";
        max_depth "maxDepth": Float = 1.0, "Depth that 1 is mapped to, 0 to 1.";
    }

    Scissor = "scissor rectangle" {
        x "x": Count<{ u32::MAX }>, required, "Left edge, in pixels.";
        y "y": Count<{ u32::MAX }>, required, "Top edge, in pixels.";
        width "width": Count<{ u32::MAX }>, required, "Width, in pixels.";
        height "height": Count<{ u32::MAX }>, required, "Height, in pixels.";
    }

    TimestampWrites = "timestamp target" {
        query_set "querySet": Ref<QuerySetId>, required, "The query set, of type timestamp.";
        beginning_of_pass_write_index "beginningOfPassWriteIndex": U32, "Query for the beginning.";
        end_of_pass_write_index "endOfPassWriteIndex": U32, "Query for the end.";
    }

    RenderPass = "#renderPass" {
        color_attachments "colorAttachments": List<ColorAttachment>, or "the canvas", "Where colours go; `[]` for none.";
        depth_stencil_attachment "depthStencilAttachment": DepthAttachment, "Where depth and stencil go.";
        ..geometry: Geometry;
        bind_groups_pool_offsets "bindGroupsPoolOffsets": List<Member>, or "zeros",
            "Which variant of each pooled group, from the frame counter.";
        vertex_buffers_pool_offsets "vertexBuffersPoolOffsets": List<Member>, or "zeros",
            "Which member of each pooled buffer, from the frame counter.";
        execute_bundles "executeBundles": List<Ref<BundleId>>, "Executes render bundles; what was set before is forgotten.";
        viewport "viewport": AnyViewport, or "the whole target",
            "The viewport: an object, `[x y width height]`, or these and two depths.";
        scissor_rect "scissorRect" | "scissor": AnyScissor, or "the whole target",
            "The scissor rectangle: an object, or `[x y width height]`.";
        stencil_reference "stencilReference": U32 = 0, "The stencil reference.";
        blend_constant "blendConstant": Color = [0.0; 4], "The blend constant.";
        occlusion_query_set "occlusionQuerySet": Ref<QuerySetId>, "Where occlusion queries count; a query set of type occlusion.";
        timestamp_writes "timestampWrites": TimestampWrites, "Timestamps at the beginning and end of the pass.";
        commands "commands": List<Command>, "Commands in order, after the rest.";
    }

    ComputePass = "#computePass" {
        pipeline "pipeline": Ref<ComputePipelineId>, "The pipeline; `commands` may set one instead.";
        bind_groups "bindGroups": List<OneOf<GroupSlot, Ref<GroupId>>>, "Element i is group i.";
        bind_groups_pool_offsets "bindGroupsPoolOffsets": List<Member>, or "zeros",
            "Which variant of each pooled group, from the frame counter.";
        ..dispatches: Vec<Chosen<Dispatch>>;
        timestamp_writes "timestampWrites": TimestampWrites, "Timestamps at the beginning and end of the pass.";
        commands "commands": List<ComputeCommand>, "Commands in order, after the rest.";
    }

    RenderBundle = "#renderBundle" {
        color_formats "colorFormats": List<Format>, or "the pipeline's", "Formats of the pass' colour attachments.";
        depth_stencil_format "depthStencilFormat": Format, or "the pipeline's", "Format of the pass' depth attachment.";
        sample_count "sampleCount": Uint<1, 4>, or "the pipeline's", "Samples per pixel.";
        depth_read_only "depthReadOnly": Bool = false, "Depth is not written.";
        stencil_read_only "stencilReadOnly": Bool = false, "The stencil is not written.";
        ..geometry: Geometry;
        commands "commands": List<Command>, "Commands in order, after the rest; those that WebGPU's bundles have.";
    }
}

kinds! {
    /// A colour: an object, or four numbers.
    Color = Ty::OneOf(&[ColorObject::TY, Numbers::<4, 4>::TY]) => [f64; 4], |node| match &node.val {
        Val::Obj(_) => {
            let color = <ColorObject as Kind>::read(node)?;
            Some([color.r.value?, color.g.value?, color.b.value?, color.a.value?])
        }
        _ => {
            let numbers: Option<Vec<f64>> = Numbers::<4, 4>::read(node)?.into_iter().map(|number| number.value).collect();
            numbers?.try_into().ok()
        }
    }, |color| {
        let numbers: Vec<String> = color.iter().map(f64::to_string).collect();
        format!("[{}]", numbers.join(" "))
    };
    /// Workgroups in x, or in up to three dimensions, which may follow the canvas.
    Workgroups = Ty::OneOf(&[Count::<{ u32::MAX }>::TY, Tuple::<Count<{ u32::MAX }>, 1, 3>::TY]) => Vec<Elem<Extent>>, |node| {
        OneOrMore::<Count<{ u32::MAX }>>::read(node)
    };
    /// The pipeline of a command. Those of compute passes are looked for elsewhere, and read alike.
    RenderPipelineRef = Ref::<RenderPipelineId>::TY => PipelineId, |node| Ref::<PipelineId>::read(node);
}

/// A draw: an object, or up to so many numbers.
pub struct DrawNumbers<D, const MOST: usize>(PhantomData<D>);

impl<D: Kind, const MOST: usize> Kind for DrawNumbers<D, MOST> {
    type Value = Either<D::Value, Vec<Elem<f64>>>;
    const TY: Ty = Ty::OneOf(&[D::TY, U32::TY, Numbers::<1, MOST>::TY]);

    fn read(node: &Node) -> Option<Self::Value> {
        D::read(node).map(Either::A).or_else(|| OneOrMore::<Float>::read(node).map(Either::B))
    }
}

/// A viewport: an object, or four to six numbers.
pub type AnyViewport = OneOf<Viewport, Tuple<Length, 4, 6>>;
/// A scissor rectangle: an object, or four numbers.
pub type AnyScissor = OneOf<Scissor, Tuple<Count<{ u32::MAX }>, 4, 4>>;
/// An index buffer, with or without its format.
pub type AnyIndexBuffer = OneOf<IndexSlot, Ref<BufferId>>;

/// What commands are recorded into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// A render pass.
    Render,
    /// A compute pass.
    Compute,
    /// A render bundle.
    Bundle,
}

impl Recording {
    /// What it is called in messages.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Render => "a render pass",
            Self::Compute => "a compute pass",
            Self::Bundle => "a render bundle",
        }
    }

    /// Whether WebGPU's encoder of this kind has the method. Source: WebGPU, GPURenderCommandsMixin, GPUBindingCommandsMixin,
    /// GPUDebugCommandsMixin and the encoders that include them.
    pub const fn has(self, command: &Command) -> bool {
        match command {
            Command::SetPipeline(_)
            | Command::SetBindGroup(_)
            | Command::PushDebugGroup(_)
            | Command::PopDebugGroup(_)
            | Command::InsertDebugMarker(_) => true,
            Command::SetVertexBuffer(_)
            | Command::SetIndexBuffer(_)
            | Command::Draw(_)
            | Command::DrawIndexed(_)
            | Command::DrawIndirect(_)
            | Command::DrawIndexedIndirect(_) => !matches!(self, Self::Compute),
            Command::DispatchWorkgroups(_) | Command::DispatchWorkgroupsIndirect(_) => matches!(self, Self::Compute),
            Command::SetViewport(_)
            | Command::SetScissorRect(_)
            | Command::SetBlendConstant(_)
            | Command::SetStencilReference(_)
            | Command::BeginOcclusionQuery(_)
            | Command::EndOcclusionQuery(_)
            | Command::ExecuteBundles(_) => matches!(self, Self::Render),
        }
    }
}

/// The commands of render passes and bundles.
pub static COMMANDS: Shape = Shape { name: "command", props: Command::ROWS };
/// The commands of compute passes.
pub static COMPUTE_COMMANDS: Shape = Shape {
    name: "compute command",
    props: &{
        let mut rows = concat::<{ Command::ROWS.len() }>(&[Command::ROWS]);
        let mut row = 0;
        while row < rows.len() {
            if is_pipeline(rows[row].ty) {
                rows[row].ty = Ref::<ComputePipelineId>::TY;
            }
            row += 1;
        }
        rows
    },
};

const fn is_pipeline(ty: Ty) -> bool {
    matches!(ty, Ty::Ref([Ns::RenderPipeline]))
}

impl Kind for Command {
    type Value = Chosen<Self>;
    const TY: Ty = Ty::Command(&COMMANDS);

    fn read(node: &Node) -> Option<Chosen<Self>> {
        let Val::Obj(obj) = &node.val else { return None };
        <Vec<Chosen<Self>> as Rows>::slots(obj).pop()
    }
}

/// A command of a compute pass.
pub struct ComputeCommand;

impl Kind for ComputeCommand {
    type Value = Chosen<Command>;
    const TY: Ty = Ty::Command(&COMPUTE_COMMANDS);

    fn read(node: &Node) -> Option<Chosen<Command>> {
        <Command as Kind>::read(node)
    }
}
