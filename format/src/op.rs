//! The commands: one row per opcode, with its operands, the plugin it belongs to and what it does.

use crate::descriptor::Type;
pub use crate::kind::Kind;
use crate::status::Plugins;

/// The texture id of the canvas' current texture.
pub const CANVAS_TEXTURE: u16 = 0xFFFE;
/// The id that names nothing: no depth attachment, an automatic layout.
pub const NONE: u16 = 0xFFFF;
/// A range's size operand that means "to the end of the buffer".
pub const WHOLE: u32 = 0xFFFF_FFFF;

/// What an operand holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// One byte.
    U8,
    /// A number of two bytes.
    U16,
    /// A number of four bytes.
    U32,
    /// A signed number of four bytes, two's complement.
    I32,
    /// An IEEE 754 single.
    F32,
    /// Two bytes: the id of the thing this command creates.
    New(Kind),
    /// Two bytes: the id of a thing, [`CANVAS_TEXTURE`] or [`NONE`] where the row allows them.
    Id(Kind),
    /// Four bytes: where bytes start. An offset into the data section in bytecode, a memory address in a command buffer.
    Ptr,
    /// Four bytes: how many bytes follow the pointer before it.
    Len,
}

impl Operand {
    /// Bytes it takes in a command buffer.
    pub const fn size(self) -> usize {
        match self {
            Operand::U8 => 1,
            Operand::U16 | Operand::New(_) | Operand::Id(_) => 2,
            Operand::U32 | Operand::I32 | Operand::F32 | Operand::Ptr | Operand::Len => 4,
        }
    }
}

/// Where a command may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// During `init` only.
    Init,
    /// Outside any pass, during `init` or a frame.
    Outside,
    /// Inside a render pass.
    Render,
    /// Inside a compute pass.
    Compute,
    /// Inside either kind of pass.
    Pass,
    /// Anywhere.
    Anywhere,
}

/// A row of the command table.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// The opcode.
    pub op: Op,
    /// The name in reports and disassemblies: `SET_PIPELINE`.
    pub name: &'static str,
    /// The plugin it belongs to.
    pub plugin: Plugins,
    /// Where it may stand.
    pub place: Place,
    /// Operand names and what they hold, in order. At most [`MAX_OPERANDS`].
    pub operands: &'static [(&'static str, Operand)],
    /// The type of the descriptor that its first pointer points to, if it points to one.
    pub descriptor: Option<Type>,
    /// What it does.
    pub doc: &'static str,
}

/// Most operands any command has.
pub const MAX_OPERANDS: usize = 6;

/// `$name` → the [`Plugins`] constant.
macro_rules! plugin {
    (core) => {
        Plugins::CORE
    };
    (render) => {
        Plugins::RENDER
    };
    (compute) => {
        Plugins::COMPUTE
    };
    (wasm) => {
        Plugins::WASM
    };
    (animation) => {
        Plugins::ANIMATION
    };
    (texture) => {
        Plugins::TEXTURE
    };
}

/// The type of a row's descriptor, if it has one.
macro_rules! descriptor {
    () => {
        None
    };
    ($ty:ident) => {
        Some(Type::$ty)
    };
}

macro_rules! commands {
    ($( $(#[doc = $doc:literal])+ $code:literal $variant:ident $name:literal $plugin:ident $place:ident { $( $operand:ident : $ty:expr ),* } $( of $descriptor:ident )? )*) => {
        /// The opcodes of command buffers. Append-only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Op { $( $(#[doc = $doc])+ $variant = $code, )* }

        impl Op {
            /// The opcode with this number.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $( $code => Some(Op::$variant), )* _ => None }
            }

            /// Its row.
            pub const fn row(self) -> &'static Command {
                match self { $( Op::$variant => &Command {
                    op: Op::$variant,
                    name: $name,
                    plugin: plugin!($plugin),
                    place: Place::$place,
                    operands: { #[allow(unused_imports, reason = "rows without such operands")] use {Kind::*, Operand::*}; &[$( (stringify!($operand), $ty) ),*] },
                    descriptor: descriptor!($( $descriptor )?),
                    doc: concat!($( $doc ),+),
                }, )* }
            }
        }

        /// All commands, by opcode.
        pub const COMMANDS: &[&Command] = &[$( Op::$variant.row(), )*];
    };
}

commands! {
    /// Creates a zeroed buffer of `size` bytes with the usage byte of [`usage_byte`].
    0x01 CreateBuffer "CREATE_BUFFER" core Init { id: New(Buffer), size: U32, usage: U8 }
    /// Creates a texture from a descriptor of type 1.
    0x02 CreateTexture "CREATE_TEXTURE" core Init { id: New(Texture), desc_ptr: Ptr, desc_len: Len } of Texture
    /// Creates a sampler from a descriptor of type 2.
    0x03 CreateSampler "CREATE_SAMPLER" core Init { id: New(Sampler), desc_ptr: Ptr, desc_len: Len } of Sampler
    /// Creates a shader module from WGSL text in UTF-8.
    0x04 CreateShader "CREATE_SHADER" core Init { id: New(Shader), code_ptr: Ptr, code_len: Len }
    /// Creates a render pipeline from a descriptor of type 5.
    0x05 CreateRenderPipe "CREATE_RENDER_PIPE" render Init { id: New(Pipeline), desc_ptr: Ptr, desc_len: Len } of RenderPipeline
    /// Creates a compute pipeline from a descriptor of type 6.
    0x06 CreateComputePipe "CREATE_COMPUTE_PIPE" compute Init { id: New(Pipeline), desc_ptr: Ptr, desc_len: Len } of ComputePipeline
    /// Creates a bind group for a layout from a descriptor of type 3.
    0x07 CreateBindGroup "CREATE_BIND_GROUP" core Init { id: New(BindGroup), layout: Id(BindGroupLayout), entries_ptr: Ptr, len: Len } of BindGroup
    /// Creates a texture view from a descriptor of type 9.
    0x08 CreateTextureView "CREATE_TEXTURE_VIEW" core Init { id: New(TextureView), desc_ptr: Ptr, desc_len: Len } of TextureView
    /// Creates a query set from a descriptor of type 10.
    0x09 CreateQuerySet "CREATE_QUERY_SET" core Init { id: New(QuerySet), desc_ptr: Ptr, desc_len: Len } of QuerySet
    /// Creates a bind group layout from a descriptor of type 4: from its entries, or taken from a pipeline's automatic layout.
    0x0A CreateBindGroupLayout "CREATE_BIND_GROUP_LAYOUT" core Init { id: New(BindGroupLayout), desc_ptr: Ptr, desc_len: Len } of BindGroupLayout
    /// Creates a pipeline layout from a descriptor of type 8.
    0x0B CreatePipelineLayout "CREATE_PIPELINE_LAYOUT" core Init { id: New(PipelineLayout), desc_ptr: Ptr, desc_len: Len } of PipelineLayout
    /// Creates a render bundle from a descriptor of type 11.
    0x0C CreateRenderBundle "CREATE_RENDER_BUNDLE" render Init { id: New(RenderBundle), desc_ptr: Ptr, desc_len: Len } of RenderBundle
    /// Creates a buffer from a descriptor of type 12, for what CREATE_BUFFER cannot say.
    0x0D CreateBufferDesc "CREATE_BUFFER_DESC" core Init { id: New(Buffer), desc_ptr: Ptr, desc_len: Len } of Buffer
    /// Begins a render pass with one colour attachment: load 0 loads, 1 clears to 0 0 0 1; store 0 stores, 1 discards; a depth
    /// texture, if any, is cleared to 1.0 and stored.
    0x10 BeginRenderPass "BEGIN_RENDER_PASS" render Outside { color: Id(Texture), load: U8, store: U8, depth: Id(Texture) }
    /// Begins a compute pass.
    0x11 BeginComputePass "BEGIN_COMPUTE_PASS" compute Outside { }
    /// Sets the pipeline of the pass.
    0x12 SetPipeline "SET_PIPELINE" core Pass { id: Id(Pipeline) }
    /// Sets a bind group.
    0x13 SetBindGroup "SET_BIND_GROUP" core Pass { slot: U8, id: Id(BindGroup) }
    /// Sets a whole buffer as vertex buffer.
    0x14 SetVertexBuffer "SET_VERTEX_BUFFER" render Render { slot: U8, id: Id(Buffer) }
    /// Draws vertices.
    0x15 Draw "DRAW" render Render { vtx: U32, inst: U32, first_vtx: U32, first_inst: U32 }
    /// Draws by index.
    0x16 DrawIndexed "DRAW_INDEXED" render Render { idx: U32, inst: U32, first: U32, base: I32, first_inst: U32 }
    /// Ends the pass.
    0x17 EndPass "END_PASS" core Pass { }
    /// Dispatches workgroups.
    0x18 Dispatch "DISPATCH" compute Compute { x: U32, y: U32, z: U32 }
    /// Sets a whole buffer as index buffer: format 0 is uint16, 1 is uint32.
    0x19 SetIndexBuffer "SET_INDEX_BUFFER" render Render { id: Id(Buffer), format: U8 }
    /// Executes render bundles: the bytes are their ids, two bytes each.
    0x1A ExecuteBundles "EXECUTE_BUNDLES" render Render { ids_ptr: Ptr, ids_len: Len }
    /// Begins a render pass from a descriptor of type 7.
    0x1B BeginRenderPassDesc "BEGIN_RENDER_PASS_DESC" render Outside { desc_ptr: Ptr, desc_len: Len } of RenderPass
    /// Begins a compute pass from a descriptor of type 13.
    0x1C BeginComputePassDesc "BEGIN_COMPUTE_PASS_DESC" compute Outside { desc_ptr: Ptr, desc_len: Len } of ComputePass
    /// Draws with parameters from a buffer.
    0x1D DrawIndirect "DRAW_INDIRECT" render Render { buffer: Id(Buffer), offset: U32 }
    /// Draws by index with parameters from a buffer.
    0x1E DrawIndexedIndirect "DRAW_INDEXED_INDIRECT" render Render { buffer: Id(Buffer), offset: U32 }
    /// Dispatches workgroups with counts from a buffer.
    0x1F DispatchIndirect "DISPATCH_INDIRECT" compute Compute { buffer: Id(Buffer), offset: U32 }
    /// Writes bytes into a buffer, on the queue. Writes what fits where the buffer is shorter.
    0x20 WriteBuffer "WRITE_BUFFER" core Outside { id: Id(Buffer), offset: U32, data_ptr: Ptr, data_len: Len }
    /// Copies bytes between buffers.
    0x21 CopyBuffer "COPY_BUFFER" core Outside { src: Id(Buffer), src_off: U32, dst: Id(Buffer), dst_off: U32, size: U32 }
    /// Copies a whole texture, from the origin, mip level 0.
    0x22 CopyTexture "COPY_TEXTURE" core Outside { src: Id(Texture), dst: Id(Texture), w: U16, h: U16 }
    /// Copies a buffer into a texture: a descriptor of type 14.
    0x23 CopyBufferToTexture "COPY_BUFFER_TO_TEXTURE" core Outside { desc_ptr: Ptr, desc_len: Len } of Copy
    /// Copies a texture into a buffer: a descriptor of type 14.
    0x24 CopyTextureToBuffer "COPY_TEXTURE_TO_BUFFER" core Outside { desc_ptr: Ptr, desc_len: Len } of Copy
    /// Copies a region between textures: a descriptor of type 14.
    0x25 CopyTextureRegion "COPY_TEXTURE_REGION" core Outside { desc_ptr: Ptr, desc_len: Len } of Copy
    /// Writes bytes into a texture, on the queue: a descriptor of type 14 for the destination, then the bytes.
    0x26 WriteTexture "WRITE_TEXTURE" core Outside { desc_ptr: Ptr, desc_len: Len, data_ptr: Ptr, data_len: Len } of Copy
    /// Zeroes a range of a buffer; size 0xFFFFFFFF is all the rest.
    0x27 ClearBuffer "CLEAR_BUFFER" core Outside { id: Id(Buffer), offset: U32, size: U32 }
    /// Resolves queries into a buffer.
    0x28 ResolveQuerySet "RESOLVE_QUERY_SET" core Outside { set: Id(QuerySet), first: U32, count: U32, dst: Id(Buffer), dst_off: U32 }
    /// Copies a decoded image or the current frame of a video into a texture: a descriptor of type 14.
    0x29 CopyExternalImage "COPY_EXTERNAL_IMAGE" texture Outside { desc_ptr: Ptr, desc_len: Len } of Copy
    /// Instantiates a nested WebAssembly module.
    0x30 InitWasmModule "INIT_WASM_MODULE" wasm Init { module: New(WasmModule), data_ptr: Ptr, data_len: Len }
    /// Calls an export of a nested module with arguments in a form of their own; the result, an offset into the module's memory, is
    /// kept under `call`. A call that returns nothing keeps nothing.
    0x31 CallWasmFunc "CALL_WASM_FUNC" wasm Outside { call: U16, module: Id(WasmModule), name_ptr: Ptr, name_len: Len, args_ptr: Ptr, args_len: Len }
    /// Writes the `len` bytes that a call's result points to into a buffer, as they are in the module's memory now.
    0x32 WriteFromWasm "WRITE_FROM_WASM" wasm Outside { call: U16, buffer: Id(Buffer), offset: U32, len: U32 }
    /// Decodes an encoded image (PNG, JPEG or WebP).
    0x38 LoadImage "LOAD_IMAGE" texture Init { id: New(Image), data_ptr: Ptr, data_len: Len }
    /// Copies the current frame of a video into the whole of a texture's mip level 0.
    0x39 BindVideoFrame "BIND_VIDEO_FRAME" texture Outside { video: Id(Video), tex: Id(Texture) }
    /// Tells the host which scene of the timeline is shown; transition 0 is a cut.
    0x3A SetScene "SET_SCENE" animation Outside { scene: Id(Scene), transition: U8 }
    /// Loads a video from its encoded bytes: a descriptor of type 18, then the bytes.
    0x3B LoadVideo "LOAD_VIDEO" texture Init { id: New(Video), desc_ptr: Ptr, desc_len: Len, data_ptr: Ptr, data_len: Len } of Video
    /// Sets the viewport, in pixels and depths of 0 to 1.
    0x40 SetViewport "SET_VIEWPORT" render Render { x: F32, y: F32, w: F32, h: F32, min_depth: F32, max_depth: F32 }
    /// Sets the scissor rectangle, in pixels.
    0x41 SetScissorRect "SET_SCISSOR_RECT" render Render { x: U32, y: U32, w: U32, h: U32 }
    /// Sets the blend constant.
    0x42 SetBlendConstant "SET_BLEND_CONSTANT" render Render { r: F32, g: F32, b: F32, a: F32 }
    /// Sets the stencil reference.
    0x43 SetStencilReference "SET_STENCIL_REFERENCE" render Render { reference: U32 }
    /// Begins an occlusion query.
    0x44 BeginOcclusionQuery "BEGIN_OCCLUSION_QUERY" render Render { index: U32 }
    /// Ends the occlusion query.
    0x45 EndOcclusionQuery "END_OCCLUSION_QUERY" render Render { }
    /// Sets a bind group with dynamic offsets: the bytes are offsets of four bytes each.
    0x46 SetBindGroupOffsets "SET_BIND_GROUP_OFFSETS" core Pass { slot: U8, id: Id(BindGroup), offsets_ptr: Ptr, offsets_len: Len }
    /// Sets a range of a buffer as vertex buffer; size 0xFFFFFFFF is all the rest.
    0x47 SetVertexBufferRange "SET_VERTEX_BUFFER_RANGE" render Render { slot: U8, id: Id(Buffer), offset: U32, size: U32 }
    /// Sets a range of a buffer as index buffer; format as in SET_INDEX_BUFFER, size 0xFFFFFFFF is all the rest.
    0x48 SetIndexBufferRange "SET_INDEX_BUFFER_RANGE" render Render { id: Id(Buffer), format: U8, offset: U32, size: U32 }
    /// Opens a debug group with a UTF-8 label.
    0x49 PushDebugGroup "PUSH_DEBUG_GROUP" core Anywhere { label_ptr: Ptr, label_len: Len }
    /// Closes the debug group.
    0x4A PopDebugGroup "POP_DEBUG_GROUP" core Anywhere { }
    /// Marks a point with a UTF-8 label.
    0x4B InsertDebugMarker "INSERT_DEBUG_MARKER" core Anywhere { label_ptr: Ptr, label_len: Len }
    /// Dispatches workgroups whose counts depend on the canvas: a descriptor of type 15 with `x`, `y` and `z`, each 1 if left out.
    0x4C DispatchDesc "DISPATCH_DESC" compute Compute { desc_ptr: Ptr, desc_len: Len } of Region
    /// Sets a viewport that depends on the canvas: a descriptor of type 15 with `x`, `y`, `width`, `height`, `minDepth` (0 if left
    /// out) and `maxDepth` (1 if left out).
    0x4D SetViewportDesc "SET_VIEWPORT_DESC" render Render { desc_ptr: Ptr, desc_len: Len } of Region
    /// Sets a scissor rectangle that depends on the canvas: a descriptor of type 15 with `x`, `y`, `width` and `height`, each rounded
    /// down, and 0 where it is below.
    0x4E SetScissorRectDesc "SET_SCISSOR_RECT_DESC" render Render { desc_ptr: Ptr, desc_len: Len } of Region
    /// Submits everything encoded so far.
    0xF0 Submit "SUBMIT" core Outside { }
    /// Ends the command buffer; nothing after it is read.
    0xFF End "END" core Anywhere { }
}

/// `GPUBufferUsage` bits.
pub mod buffer_usage {
    /// Names and bits.
    pub const FLAGS: &[(&str, u32)] = &[
        ("MAP_READ", 0x001),
        ("MAP_WRITE", 0x002),
        ("COPY_SRC", 0x004),
        ("COPY_DST", 0x008),
        ("INDEX", 0x010),
        ("VERTEX", 0x020),
        ("UNIFORM", 0x040),
        ("STORAGE", 0x080),
        ("INDIRECT", 0x100),
        ("QUERY_RESOLVE", 0x200),
    ];
    /// `COPY_SRC`.
    pub const COPY_SRC: u32 = 0x004;
    /// `COPY_DST`.
    pub const COPY_DST: u32 = 0x008;
    /// `INDEX`.
    pub const INDEX: u32 = 0x010;
    /// `VERTEX`.
    pub const VERTEX: u32 = 0x020;
    /// `UNIFORM`.
    pub const UNIFORM: u32 = 0x040;
    /// `STORAGE`.
    pub const STORAGE: u32 = 0x080;
    /// `INDIRECT`.
    pub const INDIRECT: u32 = 0x100;
    /// `QUERY_RESOLVE`.
    pub const QUERY_RESOLVE: u32 = 0x200;
}

/// `GPUTextureUsage` bits.
pub mod texture_usage {
    /// Names and bits.
    pub const FLAGS: &[(&str, u32)] = &[
        ("COPY_SRC", 0x01),
        ("COPY_DST", 0x02),
        ("TEXTURE_BINDING", 0x04),
        ("STORAGE_BINDING", 0x08),
        ("RENDER_ATTACHMENT", 0x10),
    ];
    /// `COPY_SRC`.
    pub const COPY_SRC: u32 = 0x01;
    /// `COPY_DST`.
    pub const COPY_DST: u32 = 0x02;
    /// `TEXTURE_BINDING`.
    pub const TEXTURE_BINDING: u32 = 0x04;
    /// `STORAGE_BINDING`.
    pub const STORAGE_BINDING: u32 = 0x08;
    /// `RENDER_ATTACHMENT`.
    pub const RENDER_ATTACHMENT: u32 = 0x10;
}

/// `GPUShaderStage` bits.
pub const SHADER_STAGES: &[(&str, u32)] = &[("VERTEX", 1), ("FRAGMENT", 2), ("COMPUTE", 4)];

/// `GPUColorWrite` bits.
pub const COLOR_WRITES: &[(&str, u32)] = &[("RED", 1), ("GREEN", 2), ("BLUE", 4), ("ALPHA", 8), ("ALL", 15)];

/// The usage byte of CREATE_BUFFER for WebGPU's usage bits: its own values for 0x04 to 0x80; the two low bits, which WebGPU gives
/// to mapping, are INDIRECT (0x01) and QUERY_RESOLVE (0x02). `None` if a bit has no place in it (mapping).
pub const fn usage_byte(usage: u32) -> Option<u8> {
    if usage & !0x3FC != 0 {
        return None;
    }
    Some((usage & 0xFC) as u8 | (usage >> 8) as u8)
}

/// The inverse of [`usage_byte`].
pub const fn usage_from_byte(byte: u8) -> u32 {
    (byte & 0xFC) as u32 | ((byte & 3) as u32) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_ordered_and_findable() {
        for pair in COMMANDS.windows(2) {
            assert!(pair[0].op < pair[1].op);
        }
        for row in COMMANDS {
            assert_eq!(Op::from_code(row.op as u8), Some(row.op));
            assert!(row.operands.len() <= MAX_OPERANDS, "{}", row.name);
        }
    }

    #[test]
    fn every_length_follows_a_pointer() {
        for row in COMMANDS {
            for (i, (_, operand)) in row.operands.iter().enumerate() {
                let ptr_before = i > 0 && row.operands[i - 1].1 == Operand::Ptr;
                assert_eq!(*operand == Operand::Len, ptr_before, "{}", row.name);
            }
        }
    }

    #[test]
    fn the_descriptor_of_a_row_is_the_one_that_its_text_names() {
        for row in COMMANDS {
            let named =
                row.doc.split_once("descriptor of type ").map(|(_, rest)| rest.trim_end_matches(|c: char| !c.is_ascii_digit()));
            let number =
                |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<u8>().ok());
            assert_eq!(row.descriptor.map(|ty| ty as u8), named.and_then(number), "{}", row.name);
            assert!(row.descriptor.is_none() || row.operands.iter().any(|(_, operand)| *operand == Operand::Ptr), "{}", row.name);
        }
    }

    #[test]
    fn usage_bytes_round_trip() {
        for byte in 0..=255u8 {
            assert_eq!(usage_byte(usage_from_byte(byte)), Some(byte));
        }
        assert_eq!(usage_byte(1), None);
    }
}
