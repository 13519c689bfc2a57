//! What queues copy, write and clear. Source: WebGPU, 13.4 "buffer copies", 13.5 "image copies", 19.2 "queues".

use super::Scene;
use super::canvas::{self, Fit};
use super::needs::buffer_needs;
use super::sides::{name_of, texture_side, unaligned};
use crate::limits::SMALLEST_CANVAS;
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::texel;
use pngine_format::word::{TextureAspect, TextureDimension};
use pngine_scene::formats;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic, counted};
use pngine_source::source::Span;
use pngine_wgsl::device::Device;

const FROM_BUFFER: (&str, u32) = ("COPY_SRC", buffer_usage::COPY_SRC);
const TO_BUFFER: (&str, u32) = ("COPY_DST", buffer_usage::COPY_DST);
const FROM_TEXTURE: (&str, u32) = ("COPY_SRC", texture_usage::COPY_SRC);
const TO_TEXTURE: (&str, u32) = ("COPY_DST", texture_usage::COPY_DST);

/// Bytes that a row of a buffer is a multiple of. Source: WebGPU, "validating GPUTexelCopyBufferInfo".
const ROW_ALIGNMENT: u32 = 256;

/// Every action of every queue.
pub fn actions(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for queue in scene.all_queues() {
        super::writes::queue(scene, queue, diagnostics);
    }
    for action in scene.all_queues().flat_map(|queue| &queue.actions) {
        let before = diagnostics.len();
        one(scene, action, diagnostics);
        if diagnostics.len() == before
            && let Some(span) = of_nothing(action)
        {
            let message = "nothing is left to copy or clear: it begins where one side ends";
            diagnostics.push(Diagnostic::new(Code::NoEffect, span, message).help("write the size if nothing is meant"));
        }
    }
}

/// Where an action stands that says no size, and has nothing left for its size.
fn of_nothing(action: &Action) -> Option<Span> {
    let texels = |span: Span, size: Spanned<[Extent; 3]>| (size.contains(&Extent::Fixed(0)) && size.span == span).then_some(span);
    let bytes = |span: Span, size: Spanned<u32>| (*size == 0 && size.span == span).then_some(span);
    match action {
        Action::CopyBufferToBuffer { span, source, .. } => bytes(*span, source.size),
        Action::ClearBuffer { span, range } => bytes(*span, range.size),
        Action::CopyBufferToTexture(copy) => texels(copy.span, copy.size),
        Action::CopyTextureToBuffer(copy) => texels(copy.span, copy.size),
        Action::CopyTextureToTexture(copy) => texels(copy.span, copy.size),
        Action::CopyImage { copy, .. } => texels(copy.span, copy.size),
        Action::WriteTexture(write) => texels(write.copy.span, write.copy.size),
        Action::WriteBuffer(_) | Action::CopyVideo { .. } | Action::CallWasm { .. } | Action::ResolveQuerySet { .. } => None,
    }
}

fn one(scene: &Scene, action: &Action, diagnostics: &mut Vec<Diagnostic>) {
    match action {
        // Looked at in `writes`.
        Action::WriteBuffer(_) | Action::CallWasm { .. } => {}
        Action::CopyImage { copy, .. } => super::media::image(scene, copy, diagnostics),
        Action::CopyVideo { span, destination, .. } => super::media::video(scene, *span, destination, diagnostics),
        Action::WriteTexture(write) => write_texture(scene, write, diagnostics),
        Action::CopyBufferToBuffer { source, destination, .. } => copy_buffer(scene, source, destination, diagnostics),
        Action::CopyBufferToTexture(copy) => {
            let sides = (&copy.destination, TO_TEXTURE, &copy.source, FROM_BUFFER);
            with_buffer(scene, sides, copy.size, diagnostics);
        }
        Action::CopyTextureToBuffer(copy) => {
            let sides = (&copy.source, FROM_TEXTURE, &copy.destination, TO_BUFFER);
            with_buffer(scene, sides, copy.size, diagnostics);
        }
        Action::CopyTextureToTexture(copy) => copy_texture(scene, copy, diagnostics),
        Action::ClearBuffer { range, .. } => {
            if let Some(buffer) = scene.buffer(range.buffer) {
                buffer_needs(buffer, TO_BUFFER, range.span, diagnostics);
                range_inside(buffer, range, "cleared", diagnostics);
                whole_words(range, diagnostics);
            }
        }
        Action::ResolveQuerySet { set, first, count, destination, .. } => {
            resolve(scene, *set, (*first, *count), destination, diagnostics);
        }
    }
}

/// Whether two members of one pool are the same in some frame.
fn members_meet(first: Option<u32>, second: Option<u32>, pool: u32) -> bool {
    match (first, second) {
        (Some(first), Some(second)) => first % pool.max(1) == second % pool.max(1),
        // One that turns comes by one that does not.
        (None, _) | (_, None) => true,
    }
}

/// Reports a range that ends behind its buffer.
fn range_inside(buffer: &Buffer, range: &BufferRange, what: &str, diagnostics: &mut Vec<Diagnostic>) {
    let end = u64::from(*range.offset) + u64::from(*range.size);
    let size = *buffer.size;
    let name = &buffer.named.name;
    // What is empty may lie at the very end.
    let (message, span) = if *range.offset > size || (*range.offset == size && *range.size > 0) {
        (format!("the offset is {}, and `{name}` has {size} bytes", range.offset), range.offset.span)
    } else if end > u64::from(size) {
        (format!("bytes up to {end} are {what}, and `{name}` has {size}"), range.size.span)
    } else {
        return;
    };
    diagnostics.push(Diagnostic::new(Code::CopyOutOfRange, span, message).also(buffer.size.span, "its size"));
}

/// Offset and size are multiples of 4.
fn whole_words(range: &BufferRange, diagnostics: &mut Vec<Diagnostic>) {
    let (offset, size) = (range.offset, range.size);
    if !offset.is_multiple_of(4) {
        diagnostics.push(unaligned(*offset, 4, "offset", offset.span));
        // A size up to the end of the buffer is odd because the offset is.
        if offset.wrapping_add(*size).is_multiple_of(4) {
            return;
        }
    }
    if !size.is_multiple_of(4) {
        diagnostics.push(unaligned(*size, 4, "size", size.span));
    }
}

/// Source: WebGPU, 13.4 `copyBufferToBuffer`.
fn copy_buffer(scene: &Scene, source: &BufferRange, destination: &BufferRange, diagnostics: &mut Vec<Diagnostic>) {
    let (Some(from), Some(to)) = (scene.buffer(source.buffer), scene.buffer(destination.buffer)) else { return };
    let cannot_read = buffer_needs(from, FROM_BUFFER, source.span, diagnostics);
    let cannot_write = buffer_needs(to, TO_BUFFER, destination.span, diagnostics);
    if source.buffer == destination.buffer && members_meet(source.ping_pong, destination.ping_pong, from.pool) {
        let message = format!("`{}` is copied into itself", from.named.name);
        let help = if from.pool > 1 {
            "copy between two members of the pool: `{ buffer=… pingPong=0 }` and `{ buffer=… pingPong=1 }`"
        } else {
            "copy through a second buffer"
        };
        diagnostics
            .push(Diagnostic::new(Code::CopyOntoItself, destination.span, message).also(source.span, "the source").help(help));
    }
    // A buffer that copies cannot use is another one than was meant, so its size says nothing.
    let before = diagnostics.len();
    if !cannot_read {
        range_inside(from, source, "read", diagnostics);
    }
    let after = diagnostics.len();
    if !cannot_write {
        range_inside(to, destination, "written", diagnostics);
    }
    // One size that is too large for both is one mistake.
    let place = |at: usize| diagnostics.get(at)?.primary.as_ref().map(|label| label.span);
    if after > before
        && place(before) == place(after)
        && let Some(second) = diagnostics.pop()
        && let Some(first) = diagnostics.last_mut()
    {
        first.help = Some(second.message);
        first.secondary.extend(second.secondary);
    }
    whole_words(source, diagnostics);
    // The size is the same one.
    if !destination.offset.is_multiple_of(4) {
        diagnostics.push(unaligned(*destination.offset, 4, "offset", destination.offset.span));
    }
}

/// Source: WebGPU, 13.7 `resolveQuerySet`.
fn resolve(
    scene: &Scene,
    Spanned { value: set, span: set_span }: Spanned<QuerySetId>,
    (first, queries): (Spanned<u32>, Spanned<u32>),
    destination: &BufferRange,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(set) = scene.query_set(set) else { return };
    let name = &set.named.name;
    let past = if *first >= set.count {
        Some((format!("`firstQuery` is {}, and `{name}` has {}", first, count_queries(set.count)), first.span))
    } else if u64::from(*first) + u64::from(*queries) > u64::from(set.count) {
        let end = u64::from(*first) + u64::from(*queries);
        Some((format!("queries up to {end} are resolved, and `{name}` has {}", count_queries(set.count)), queries.span))
    } else {
        None
    };
    if let Some((message, span)) = past {
        diagnostics.push(
            Diagnostic::new(Code::CopyOutOfRange, span, message).also(set_span, "the set").also(set.named.span, "declared here"),
        );
        return;
    }
    let Some(buffer) = scene.buffer(destination.buffer) else { return };
    buffer_needs(buffer, ("QUERY_RESOLVE", buffer_usage::QUERY_RESOLVE), destination.span, diagnostics);
    if !destination.offset.is_multiple_of(256) {
        diagnostics.push(unaligned(*destination.offset, 256, "offset", destination.offset.span));
    } else {
        range_inside(buffer, destination, "written", diagnostics);
    }
}

fn count_queries(number: u32) -> String {
    if number == 1 { "1 query".to_string() } else { format!("{number} queries") }
}

/// Source: WebGPU, "validating texture buffer copy": one sample, one aspect, and one that can be copied in this direction.
/// Gives the bytes of a texel block.
fn copied_aspect(
    scene: &Scene,
    side: &TextureSide,
    is_source: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(u32, u32, u32)> {
    let name = name_of(scene, side);
    let format = format_of(scene, side)?;
    if let Some(texture) = side.texture.and_then(|id| scene.texture(id))
        && *texture.sample_count > 1
    {
        let message = format!(
            "`{name}` has {}, and texels of several cannot lie in a buffer",
            counted(*texture.sample_count as usize, "sample")
        );
        let help = "resolve it with a `resolveTarget`, and copy that";
        diagnostics
            .push(Diagnostic::new(Code::CopyMismatch, side.span, message).also(texture.named.span, "declared here").help(help));
        return None;
    }
    let info = formats::info(format, &scene.device);
    let aspect = *side.aspect;
    if !info.depth && !info.stencil {
        return texel::block(format);
    }
    if info.depth && info.stencil && aspect == TextureAspect::All {
        let message = format!("{} has depth and stencil, and one of them is copied at a time", format.text());
        let help = "write `aspect=stencil-only` or `aspect=depth-only`";
        diagnostics.push(Diagnostic::new(Code::CopyMismatch, side.span, message).help(help));
        return None;
    }
    let is_stencil = aspect == TextureAspect::StencilOnly || !info.depth;
    let (from, to) = texel::aspect_bytes(format, is_stencil);
    match if is_source { from } else { to } {
        Some(bytes) => Some((1, 1, bytes)),
        None => {
            let aspect = if is_stencil { "stencil" } else { "depth" };
            let way = if is_source { "copied out as bytes" } else { "written as bytes" };
            let message = format!("the {aspect} of {} cannot be {way}", format.text());
            diagnostics.push(
                Diagnostic::new(Code::CopyMismatch, side.span, message)
                    .help("depth16unorm can be copied both ways, depth32float out; a shader can do the rest"),
            );
            None
        }
    }
}

/// Where the rows of a copy lie.
struct Rows<'a> {
    layout: &'a Linear,
    size: Spanned<[Extent; 3]>,
    /// Width, height and bytes of a texel block.
    block: (u32, u32, u32),
    /// How many bytes there are, and what they are called.
    bytes: u32,
    owner: String,
    /// Where the buffer or the data stands.
    span: Span,
    /// What `bytesPerRow` is a multiple of.
    row_alignment: u32,
}

/// Source: WebGPU, "validating linear texture data".
fn rows(rows: &Rows, device: &Device, diagnostics: &mut Vec<Diagnostic>) {
    let (block_width, block_height, block_bytes) = rows.block;
    let Linear { offset, bytes_per_row, rows_per_image } = rows.layout;
    if let Some(pitch) = bytes_per_row
        && !pitch.is_multiple_of(rows.row_alignment)
    {
        diagnostics.push(unaligned(**pitch, rows.row_alignment, "`bytesPerRow`", pitch.span));
        return;
    }
    let blocks = |extent: Extent, block: u32| match extent {
        Extent::Fixed(texels) => Some(u64::from(texels.div_ceil(block))),
        Extent::Canvas(_) => None,
    };
    let [width, height, depth] = *rows.size;
    let row = blocks(width, block_width).map(|blocks| blocks * u64::from(block_bytes));
    let (height, depth) = (blocks(height, block_height), blocks(depth, 1));
    // What follows the canvas may be more than one.
    let are_many = |count: Option<u64>| count.is_none_or(|count| count > 1);
    if bytes_per_row.is_none() && (are_many(height) || are_many(depth)) {
        let mut diagnostic = Diagnostic::new(Code::MissingProperty, rows.span, "more than one row needs `bytesPerRow`");
        diagnostic = match row {
            Some(row) => {
                let pitch = row.next_multiple_of(u64::from(rows.row_alignment));
                let end = Span::new(rows.span.file, rows.span.end, rows.span.end);
                diagnostic.help(format!("write `bytesPerRow={pitch}`")).fix(
                    format!("write `bytesPerRow={pitch}`"),
                    false,
                    end,
                    format!(" bytesPerRow={pitch}"),
                )
            }
            None => diagnostic.help("for a size that follows the canvas, make it enough for the largest canvas"),
        };
        diagnostics.push(diagnostic);
        return;
    }
    if rows_per_image.is_none() && are_many(depth) {
        let mut diagnostic = Diagnostic::new(Code::MissingProperty, rows.span, "more than one image needs `rowsPerImage`");
        if let Some(height) = height {
            diagnostic = diagnostic.help(format!("write `rowsPerImage={height}`"));
        }
        diagnostics.push(diagnostic);
        return;
    }
    if let (Some(pitch), Some(row)) = (bytes_per_row, row)
        && u64::from(**pitch) < row
    {
        let message = format!("a row has {row} bytes, and `bytesPerRow` is {pitch}");
        let help = format!("write `bytesPerRow={}`", row.next_multiple_of(u64::from(rows.row_alignment)));
        diagnostics.push(Diagnostic::new(Code::CopyLayout, pitch.span, message).help(help));
        return;
    }
    if let (Some(wanted), Some(height)) = (rows_per_image, height)
        && u64::from(**wanted) < height
    {
        let message = format!("an image has {height} rows, and `rowsPerImage` is {wanted}");
        diagnostics.push(Diagnostic::new(Code::CopyLayout, wanted.span, message).help(format!("write `rowsPerImage={height}`")));
        return;
    }
    let (Some(row), Some(height), Some(depth)) = (row, height, depth) else {
        return follows_canvas(rows, (row, height), device, diagnostics);
    };
    let pitch = bytes_per_row.map_or(row, |pitch| u64::from(*pitch));
    let image_rows = rows_per_image.map_or(height, |rows| u64::from(*rows));
    let last_image = if height == 0 { 0 } else { pitch.saturating_mul(height - 1).saturating_add(row) };
    let needed =
        if depth == 0 { 0 } else { pitch.saturating_mul(image_rows).saturating_mul(depth - 1).saturating_add(last_image) };
    let available = u64::from(rows.bytes.saturating_sub(**offset));
    let owner = &rows.owner;
    // A copy of nothing may lie right at the end, and no further.
    if needed > available || **offset > rows.bytes {
        let (message, span) = if **offset > rows.bytes || available == 0 {
            (format!("the offset is {}, and {owner} has {} bytes", offset, rows.bytes), offset.span)
        } else {
            (format!("the copy takes {needed} bytes, and {owner} has {available} from byte {} on", offset), rows.size.span)
        };
        diagnostics.push(Diagnostic::new(Code::CopyOutOfRange, span, message).also(rows.span, "named here"));
    }
}

/// Rows that follow the canvas, in their number or their length: they lie in memory of a fixed size on some canvases only.
/// Compressed textures do not follow it, so a block is a texel.
fn follows_canvas(rows: &Rows, (row, height): (Option<u64>, Option<u64>), device: &Device, diagnostics: &mut Vec<Diagnostic>) {
    let Some(Spanned { value: pitch, span }) = rows.layout.bytes_per_row else { return };
    let texel = rows.block.2.max(1);
    let mut limits = Vec::new();
    if row.is_none() {
        limits.push((rows.size[0], pitch / texel, span, "`bytesPerRow` is not enough for a row"));
    }
    if height.is_none() && rows.size[2] == Extent::Fixed(1) {
        // The last row ends with its last texel.
        let last = row.and_then(|row| u32::try_from(row).ok()).unwrap_or(texel);
        let available = rows.bytes.saturating_sub(*rows.layout.offset);
        let most = available.checked_sub(last).map_or(0, |before| before.checked_div(pitch).map_or(u32::MAX, |rows| rows + 1));
        limits.push((rows.size[1], most, rows.size.span, "the copy takes more bytes than there are"));
    }
    for (extent, most, span, what) in limits {
        let [width, height] = match canvas::inside(Extent::Fixed(0), extent, Extent::Fixed(most), device) {
            Fit::Every => continue,
            Fit::Some { canvas } => canvas,
            // It may fit one that is smaller still.
            Fit::None => [SMALLEST_CANVAS; 2],
        };
        let message = format!("{what} on a canvas of {width} × {height}");
        let diagnostic = Diagnostic::new(Code::EveryCanvas, span, message);
        diagnostics.push(diagnostic.help("make it enough for the largest canvas, or copy a part"));
    }
}

/// Source: WebGPU, 13.5 `copyBufferToTexture`, `copyTextureToBuffer`.
fn with_buffer(
    scene: &Scene,
    (texture, texture_usage, buffer, usage): (&TextureSide, (&str, u32), &BufferSide, (&str, u32)),
    size: Spanned<[Extent; 3]>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is_source = texture_usage == FROM_TEXTURE;
    let fits = texture_side(scene, texture, Some(texture_usage), size, diagnostics);
    let Some(of) = scene.buffer(buffer.buffer) else { return };
    let cannot = buffer_needs(of, usage, buffer.span, diagnostics);
    let Some(block) = copied_aspect(scene, texture, is_source, diagnostics) else { return };
    // Depth and stencil may lie at any word. Source: WebGPU, "validating texture buffer copy".
    let has_aspects = format_of(scene, texture).map(|format| formats::info(format, &scene.device));
    let unit = if has_aspects.is_some_and(|info| info.depth || info.stencil) { 4 } else { block.2 };
    let offset = buffer.layout.offset;
    if !offset.is_multiple_of(unit) {
        diagnostics.push(unaligned(*offset, unit, "offset", offset.span));
    }
    if fits && !cannot {
        let linear = Rows {
            layout: &buffer.layout,
            size,
            block,
            bytes: *of.size,
            owner: format!("`{}`", of.named.name),
            span: buffer.span,
            row_alignment: ROW_ALIGNMENT,
        };
        rows(&linear, &scene.device, diagnostics);
    }
}

/// Source: WebGPU, 19.2 `writeTexture`. The usage `COPY_DST` comes by itself.
fn write_texture(scene: &Scene, write: &WriteTexture, diagnostics: &mut Vec<Diagnostic>) {
    let copy = &write.copy;
    let fits = texture_side(scene, &copy.destination, None, copy.size, diagnostics);
    let Some(block) = copied_aspect(scene, &copy.destination, false, diagnostics) else { return };
    if fits {
        let linear = Rows {
            layout: &copy.source,
            size: copy.size,
            block,
            bytes: write.len,
            owner: "the data".to_string(),
            span: write.source.span,
            row_alignment: 1,
        };
        rows(&linear, &scene.device, diagnostics);
    }
}

/// Source: WebGPU, 13.5 `copyTextureToTexture`.
fn copy_texture(scene: &Scene, copy: &TexelCopy<TextureSide, TextureSide>, diagnostics: &mut Vec<Diagnostic>) {
    let (source, destination) = (&copy.source, &copy.destination);
    let mut fits = texture_side(scene, source, Some(FROM_TEXTURE), copy.size, diagnostics);
    // The same size is too large for both, or wrong in the same way: said once.
    let mut others = Vec::new();
    fits &= texture_side(scene, destination, Some(TO_TEXTURE), copy.size, &mut others);
    let known: Vec<_> = diagnostics.iter().filter_map(|known| Some((known.code, known.primary.as_ref()?.span))).collect();
    let is_new = |found: &Diagnostic| found.primary.as_ref().is_none_or(|label| !known.contains(&(found.code, label.span)));
    diagnostics.extend(others.into_iter().filter(is_new));
    let (Some(from), Some(to)) = (format_of(scene, source), format_of(scene, destination)) else { return };
    let samples = |side: &TextureSide| side.texture.and_then(|id| scene.texture(id)).map_or(1, |texture| *texture.sample_count);
    let mismatch = if from.linear() != to.linear() {
        let help = if source.texture.is_none() || destination.texture.is_none() {
            "give the texture `format=preferredCanvasFormat`, which is the canvas' own"
        } else {
            "formats may differ in `-srgb` only; draw one texture into the other to convert it"
        };
        Some((format!("{} cannot be copied to {}", from.text(), to.text()), help))
    } else if samples(source) != samples(destination) {
        let from = counted(samples(source) as usize, "sample");
        let message =
            format!("`{}` has {from}, `{}` {}", name_of(scene, source), name_of(scene, destination), samples(destination));
        Some((message, "a `resolveTarget` makes one sample of four"))
    } else {
        None
    };
    if let Some((message, help)) = mismatch {
        diagnostics
            .push(Diagnostic::new(Code::CopyMismatch, destination.span, message).also(source.span, "the source").help(help));
        return;
    }
    let info = formats::info(from, &scene.device);
    for side in [source, destination] {
        if info.depth && info.stencil && *side.aspect != TextureAspect::All {
            let message = format!("a copy between textures copies all of {}", from.text());
            diagnostics.push(Diagnostic::new(Code::CopyMismatch, side.aspect.span, message).help("leave `aspect` out"));
            fits = false;
        }
    }
    if fits && onto_itself(scene, copy) {
        let name = name_of(scene, source);
        let message = format!("a mip level and layer of `{name}` is copied onto itself");
        let help = "copy to another mip level or layer, to another texture, or between members of a pool";
        diagnostics
            .push(Diagnostic::new(Code::CopyOntoItself, destination.span, message).also(source.span, "the source").help(help));
    }
}

/// Whether source and destination have a mip level of a layer in common. Source: WebGPU, "set of subresources for texture copy".
fn onto_itself(scene: &Scene, copy: &TexelCopy<TextureSide, TextureSide>) -> bool {
    let (source, destination) = (&copy.source, &copy.destination);
    if source.texture != destination.texture || *source.mip != *destination.mip {
        return false;
    }
    let Some(texture) = source.texture.and_then(|id| scene.texture(id)) else { return true };
    if !members_meet(source.ping_pong, destination.ping_pong, texture.pool) {
        return false;
    }
    match (source.origin[2], destination.origin[2], copy.size[2]) {
        (Extent::Fixed(from), Extent::Fixed(to), Extent::Fixed(layers)) if texture.dimension == TextureDimension::D2 => {
            from < to.saturating_add(layers) && to < from.saturating_add(layers)
        }
        _ => true,
    }
}
