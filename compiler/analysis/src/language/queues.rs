//! What fills buffers and textures: `#init` and `#queue`. Source: language reference, sections 9.20, 9.21 and 18.3.

use super::kinds::{kinds, *};
use super::rows::Ty;
use super::slots::{Chosen, Elem, Kind, choices, shapes};
use super::value::Node;
use pngine_format::word::TextureAspect;
use pngine_scene::{BufferId, Extent, ImageSource, QuerySetId, TextureId, WasmCallId};
use pngine_source::source::Span;

shapes! {
    /// Where in a texture.
    PlaceOf {
        ping_pong "pingPong": Member, or "always member 0", "Which member of a pool, counted from the frame counter.";
        mip_level "mipLevel": U32 = 0, "The mip level.";
        origin "origin": Corner = corner(3), "The corner: `[x y z]`, or an object.";
        aspect "aspect": Enum<TextureAspect> = TextureAspect::All, "Which aspect; of images, always `all`.";
    }

    /// How rows of texels lie in a buffer.
    TexelRows {
        bytes_per_row "bytesPerRow": Pitch, "Bytes from row to row; a multiple of 256, but for writes; needed for more than one row.";
        rows_per_image "rowsPerImage": Pitch, "Rows of blocks from image to image; needed for more than one image.";
    }
}

choices! {
    /// An action of a queue.
    QueueAction {
        WriteBuffer "writeBuffer": WriteBuffer, "Writes bytes into a buffer.";
        WriteTexture "writeTexture": WriteTexture, "Writes bytes into a texture.";
        CopyBufferToBuffer "copyBufferToBuffer": CopyBuffer, "Copies between buffers.";
        CopyBufferToTexture "copyBufferToTexture": CopyBufferToTexture, "Copies a buffer into a texture.";
        CopyTextureToBuffer "copyTextureToBuffer": CopyTextureToBuffer, "Copies a texture into a buffer.";
        CopyTextureToTexture "copyTextureToTexture": CopyTexture, "Copies between textures.";
        CopyExternalImageToTexture "copyExternalImageToTexture": CopyImage,
            "Copies an image, or the current frame of a video, into a texture; on the queue, like a write.";
        CallWasm "callWasm": WasmSource, "Makes a `#wasmCall` for what it does; a result is not read.";
        ClearBuffer "clearBuffer": ClearBuffer, "Zeroes a buffer.";
        ResolveQuerySet "resolveQuerySet": ResolveQuerySet, "Resolves queries into a buffer, 8 bytes each.";
    }
}

shapes! {
    Init = "#init" {
        buffer "buffer": Ref<BufferId>, required, "The buffer, bound at group 0, binding 0; every member of a pool is seeded.";
        shader "shader" | "module": Ref<ModuleRef>, required, "The shader module.";
        params "params": Numbers<0, { usize::MAX }>, "Floats in a uniform buffer of their own, at binding 1.";
        workgroups "workgroups" | "dispatch": InitWorkgroups, or "elements / workgroup size, rounded up",
            "Workgroups in x, or `[x y z]`.";
        entry_point "entryPoint" old "entrypoint": Name, or "the only one, else main", "The entry point.";
        bindings "bindings": Names<BufferId>, or "the buffers of the variables' names",
            "Buffers of further bindings: `{ wgslVariable=buffer }`.";
    }

    WasmSource = "data source" {
        wasm "wasm": Ref<WasmCallId>, required, "The call.";
    }

    WriteBuffer = "writeBuffer" {
        buffer "buffer": Ref<BufferId>, required, "The buffer.";
        buffer_offset "bufferOffset" | "offset": U32 = 0, "First byte written, a multiple of 4.";
        ping_pong "pingPong": Member, or "always member 0", "Which member of a pool, counted from the frame counter.";
        data "data": DataSource, "What is written.";
        data_from "dataFrom": WasmSource, "What a `#wasmCall` gives, which is called for it.";
        data_offset "dataOffset": U32 = 0, "First byte of the source.";
        size "size": ByteSize, or "what fits", "Bytes of the source.";
    }

    Origin = "origin" {
        x "x": Count<16384> = Extent::Fixed(0), "Texels from the left.";
        y "y": Count<16384> = Extent::Fixed(0), "Texels from the top.";
        z "z": Count<16384> = Extent::Fixed(0), "Slice or layer.";
    }

    Size = "extent" {
        width "width": Count<16384>, required, "Width in texels.";
        height "height": Count<16384> = Extent::Fixed(1), "Height in texels.";
        depth_or_array_layers "depthOrArrayLayers": Count<16384> = Extent::Fixed(1), "Slices or layers.";
    }

    TexturePlace = "texture place" {
        texture "texture": CanvasOrTexture, required, "The texture, or `contextCurrentTexture`.";
        ..place: PlaceOf;
    }

    BufferPlace = "buffer place" {
        buffer "buffer": Ref<BufferId>, required, "The buffer.";
        ping_pong "pingPong": Member, or "always member 0", "Which member of a pool, counted from the frame counter.";
        offset "offset": U32 = 0, "First byte, a multiple of a texel block's bytes.";
        ..rows: TexelRows;
    }

    ImagePlace = "image source" {
        source "source": Ref<ImageSource>, required, "The image, or the video whose current frame is copied.";
        origin "origin": Corner = corner(2), "The corner: `[x y]`, or an object.";
        flip_y "flipY": Bool = false, "Whether it is copied upside down.";
    }

    ImageDestination = "image destination" {
        texture "texture": CanvasOrTexture, required, "The texture: 2d, with the usages COPY_DST and RENDER_ATTACHMENT.";
        ..place: PlaceOf;
        premultiplied_alpha "premultipliedAlpha": Bool = false, "Whether colours are stored multiplied with alpha.";
    }

    CopyImage = "copyExternalImageToTexture" {
        source "source": OneOf<ImagePlace, Ref<ImageSource>>, required, "What is copied, or only its name.";
        destination "destination": ImageDestination, required, "Where to.";
        copy_size "copySize": CopySize, or "the largest that fits both", "How much: `[w h]`, or an object.";
    }

    PooledBuffer = "buffer of a pool" {
        buffer "buffer": Ref<BufferId>, required, "The buffer.";
        ping_pong "pingPong": Member, or "always member 0", "Which member of a pool, counted from the frame counter.";
    }

    CopyBuffer = "copyBufferToBuffer" {
        source "source": AnyBuffer, required, "The source: a buffer, or `{ buffer=b pingPong=k }`.";
        source_offset "sourceOffset": U32 = 0, "First byte of the source, a multiple of 4.";
        destination "destination": AnyBuffer, required, "The destination: a buffer, or `{ buffer=b pingPong=k }`.";
        destination_offset "destinationOffset": U32 = 0, "First byte of the destination, a multiple of 4.";
        size "size": ByteSize, or "as many as fit", "Bytes, a multiple of 4.";
    }

    CopyBufferToTexture = "copyBufferToTexture" {
        source "source": BufferPlace, required, "The source.";
        destination "destination": TexturePlace, required, "The destination.";
        copy_size "copySize": CopySize, or "the largest that fits", "How much.";
    }

    CopyTextureToBuffer = "copyTextureToBuffer" {
        source "source": TexturePlace, required, "The source.";
        destination "destination": BufferPlace, required, "The destination.";
        copy_size "copySize": CopySize, or "the largest that fits", "How much.";
    }

    CopyTexture = "copyTextureToTexture" {
        source "source": TexturePlace, required, "The source.";
        destination "destination": TexturePlace, required, "The destination.";
        copy_size "copySize": CopySize, or "the largest that fits", "How much.";
    }

    WriteTexture = "writeTexture" {
        texture "texture": Ref<TextureId>, required, "The texture.";
        ..place: PlaceOf;
        data "data": DataSource, required, "What is written: a `#data`, an input, or numbers as 32-bit floats.";
        data_offset "dataOffset": U32 = 0, "First byte of the source.";
        ..rows: TexelRows;
        size "size" | "copySize": CopySize, or "the largest that fits", "How much: `[w h d]`, or an object.";
    }

    ClearBuffer = "clearBuffer" {
        buffer "buffer": Ref<BufferId>, required, "The buffer.";
        ping_pong "pingPong": Member, or "always member 0", "Which member of a pool, counted from the frame counter.";
        offset "offset": U32 = 0, "First byte, a multiple of 4.";
        size "size": ByteSize, or "all the rest", "Bytes, a multiple of 4.";
    }

    ResolveQuerySet = "resolveQuerySet" {
        query_set "querySet": Ref<QuerySetId>, required, "The queries.";
        first_query "firstQuery": U32 = 0, "The first.";
        query_count "queryCount": U32, or "all the rest", "How many.";
        destination "destination": AnyBuffer, required, "Where to: a buffer, or `{ buffer=b pingPong=k }`.";
        destination_offset "destinationOffset": U32 = 0, "First byte, a multiple of 256.";
    }

    Queue = "#queue" {
        ..actions: Vec<Chosen<QueueAction>>;
    }
}

/// A corner: an object, or one to three numbers.
pub type Corner = OneOf<Origin, List<Count<16384>>>;
/// How much is copied: an object, or one to three numbers.
pub type CopySize = OneOf<Size, List<Count<16384>>>;
/// A buffer, or a member of a pool.
pub type AnyBuffer = OneOf<PooledBuffer, Ref<BufferId>>;

kinds! {
    /// Workgroups in x, or in up to three dimensions.
    InitWorkgroups = Ty::OneOf(&[Uint::<1, { u32::MAX }>::TY, Numbers::<1, 3>::TY]) => Vec<Elem<f64>>, |node| {
        OneOrMore::<Float>::read(node)
    };
}

/// The corner at which everything begins, in so many dimensions.
fn corner(dimensions: usize) -> Either<Origin, Vec<Elem<Extent>>> {
    Either::B(vec![Elem { value: Some(Extent::Fixed(0)), span: Span::default() }; dimensions])
}
