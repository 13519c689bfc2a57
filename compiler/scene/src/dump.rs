//! The resolved scene as text: one line per object, names instead of ids, no spans. For snapshots and `inspect`.

use crate::*;
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::status::INPUTS;
use std::fmt::Write as _;

/// Prints a scene. Holes are left out.
pub fn dump(scene: &Scene) -> String {
    let mut out = String::new();
    for line in lines(scene) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn flags(table: &[(&str, u32)], bits: u32) -> String {
    let names: Vec<&str> = table.iter().filter(|(_, bit)| bits & bit != 0).map(|(name, _)| *name).collect();
    if names.is_empty() { "0".to_string() } else { names.join("|") }
}

/// The offset into a pool, where there is one.
fn member(offset: u32) -> String {
    if offset == 0 { String::new() } else { format!("+{offset}") }
}

fn source(scene: &Scene, source: &Source) -> String {
    match source {
        Source::Input(index) => INPUTS[*index].name.to_string(),
        Source::Data(data) => scene.data[data.0].name.clone(),
        Source::Floats(numbers) => format!("{numbers:?}"),
        Source::Call(call) => format!("call {}", scene.wasm_call(*call).map_or("?", |call| &call.named.name)),
    }
}

fn extents(extents: [Extent; 3]) -> String {
    let axes = extents.map(|extent| match extent {
        Extent::Fixed(texels) => texels.to_string(),
        Extent::Canvas([a, b, c]) => format!("canvas({a} {b} {c})"),
    });
    axes.join("x")
}

fn action(scene: &Scene, action: &Action) -> String {
    let buffer = |id: BufferId, ping_pong: Option<u32>| {
        let name = scene.buffer(id).map_or("?", |buffer| &buffer.named.name);
        ping_pong.map_or(name.to_string(), |offset| format!("{name}+{offset}"))
    };
    let range = |range: &BufferRange| format!("{} at {}", buffer(range.buffer, range.ping_pong), range.offset.0);
    let layout = |layout: &Linear| {
        let number = |number: Option<(u32, _)>| number.map(|(number, _)| number);
        let (rows, images) = (number(layout.bytes_per_row), number(layout.rows_per_image));
        format!("at {} bytesPerRow={rows:?} rowsPerImage={images:?}", layout.offset.0)
    };
    let texture = |side: &TextureSide| {
        let name = side.texture.map_or("canvas", |id| scene.texture(id).map_or("?", |texture| &texture.named.name));
        let member = side.ping_pong.map_or(String::new(), |offset| format!("+{offset}"));
        format!("{name}{member} mip={} origin={} aspect={}", side.mip.0, extents(side.origin.0), side.aspect.0.text())
    };
    let side = |side: &BufferSide| format!("{} {}", buffer(side.buffer, side.ping_pong), layout(&side.layout));
    match action {
        Action::WriteBuffer(write) => format!(
            "write {} at {} from {}+{} len={} pingPong={:?}",
            buffer(write.buffer, None),
            write.offset,
            source(scene, &write.source),
            write.source_offset,
            write.len,
            write.ping_pong
        ),
        Action::WriteTexture(write) => {
            let (from, to) = (source(scene, &write.source.0), texture(&write.copy.destination));
            format!("write texture {to} from {from} {} size={}", layout(&write.copy.source), extents(write.copy.size))
        }
        Action::CopyBufferToBuffer { source, destination, .. } => {
            format!("copy {} to {} len={}", range(source), range(destination), source.size.0)
        }
        Action::CopyBufferToTexture(copy) => {
            format!("copy {} to {} size={}", side(&copy.source), texture(&copy.destination), extents(copy.size))
        }
        Action::CopyTextureToBuffer(copy) => {
            format!("copy {} to {} size={}", texture(&copy.source), side(&copy.destination), extents(copy.size))
        }
        Action::CopyTextureToTexture(copy) => {
            format!("copy {} to {} size={}", texture(&copy.source), texture(&copy.destination), extents(copy.size))
        }
        Action::CopyImage { copy, is_premultiplied } => {
            let source = match copy.source.source {
                ImageSource::Image(id) => scene.image(id).map_or("?", |image| &image.named.name),
                ImageSource::Video(id) => scene.video(id).map_or("?", |video| &video.named.name),
            };
            let ImageSide { origin: (origin, _), is_flipped, .. } = copy.source;
            let words = format!("flipY={is_flipped} premultiplied={is_premultiplied}");
            format!("copy image {source} from {origin:?} to {} size={} {words}", texture(&copy.destination), extents(copy.size))
        }
        Action::CopyVideo { video, destination, .. } => {
            format!("copy video {} to {}", scene.video(*video).map_or("?", |video| &video.named.name), texture(destination))
        }
        Action::CallWasm { call, .. } => {
            format!("call {}", scene.wasm_call(*call).map_or("?", |call| &call.named.name))
        }
        Action::ResolveQuerySet { set, first, count, destination, .. } => {
            let set = scene.query_set(set.0).map_or("?", |set| &set.named.name);
            format!("resolve {set} {}+{} to {}", first.0, count.0, range(destination))
        }
        Action::ClearBuffer { range: cleared, .. } => format!("clear {} len={}", range(cleared), cleared.size.0),
    }
}

fn lines(scene: &Scene) -> Vec<String> {
    let mut out = Vec::new();
    let name_of = |id: BufferId| scene.buffer(id).map_or("?", |buffer| &buffer.named.name);
    for shader in &scene.shaders {
        out.push(format!("shader {} ({} bytes)", shader.name, shader.text.len()));
        if let Some(module) = &shader.module {
            out.extend(module.dump().lines().map(|line| format!("  {line}")));
        }
    }
    for data in &scene.data {
        out.push(format!("data {} ({} bytes)", data.name, data.len().unwrap_or(0)));
    }
    for buffer in scene.buffers.iter().flatten() {
        let mut line =
            format!("buffer {} size={} usage={}", buffer.named.name, buffer.size, flags(buffer_usage::FLAGS, buffer.usage));
        // Writing to a String cannot fail, here and below.
        if let Some((data, _)) = buffer.initial {
            let _ = write!(line, " initial={}", scene.data[data.0].name);
        }
        if buffer.pool > 1 {
            let _ = write!(line, " pool={}", buffer.pool);
        }
        out.push(line);
    }
    for texture in scene.textures.iter().flatten() {
        let size: Vec<String> = texture
            .size
            .iter()
            .map(|extent| match extent {
                Extent::Fixed(texels) => texels.to_string(),
                Extent::Canvas([a, b, c]) => format!("canvas({a} {b} {c})"),
            })
            .collect();
        let pool = if texture.pool > 1 { format!(" pool={}", texture.pool) } else { String::new() };
        out.push(format!(
            "texture {} {} {} {} usage={} samples={} mips={}{pool}",
            texture.named.name,
            texture.dimension.text(),
            size.join("x"),
            texture.format.text(),
            flags(texture_usage::FLAGS, texture.usage),
            texture.sample_count,
            texture.mip_levels
        ));
    }
    for view in scene.views.iter().flatten() {
        let texture = scene.texture(view.texture).map_or("?", |texture| &texture.named.name);
        out.push(format!(
            "view {} of {texture} mips={}+{:?} layers={}+{:?}",
            view.named.name, view.base_mip, view.mip_count, view.base_layer, view.layer_count
        ));
    }
    for sampler in scene.samplers.iter().flatten() {
        out.push(format!("sampler {} {}", sampler.named.name, sampler.descriptor.text()));
    }
    for image in scene.images.iter().flatten() {
        let (width, height) = image.size;
        out.push(format!("image {} {width}x{height} from {}", image.named.name, scene.data[image.data.0].name));
    }
    for video in scene.videos.iter().flatten() {
        out.push(format!(
            "video {} {} ({} bytes) loop={} autoplay={} muted={} rate={}",
            video.named.name,
            video.file.container.mime(),
            video.file.bytes.len(),
            video.is_looped,
            video.is_autoplayed,
            video.is_muted,
            video.playback_rate
        ));
    }
    for module in &scene.wasm_modules {
        out.push(format!("wasm module {} ({} bytes)", module.path, module.bytes.len()));
    }
    let function = |function: &WasmFunction| {
        let module = &scene.wasm_modules[function.module].path;
        format!("{module} {}{:?} len={:?}", function.func, function.args, function.len)
    };
    for call in scene.wasm_calls.iter().flatten() {
        out.push(format!("wasm call {} {}", call.named.name, function(&call.function)));
    }
    for layout in scene.layouts.iter().flatten() {
        out.push(format!("layout {}", layout.named.name));
        for entry in &layout.entries {
            out.push(format!("  {} visibility={} {:?}", entry.binding, entry.visibility, entry.kind));
        }
    }
    for layout in scene.pipeline_layouts.iter().flatten() {
        let names: Vec<&str> =
            layout.groups.iter().map(|id| scene.layouts[id.0].as_ref().map_or("?", |layout| &layout.named.name)).collect();
        out.push(format!("pipeline layout {} [{}]", layout.named.name, names.join(" ")));
    }
    let stage = |stage: &Stage| format!("{}.{}", scene.shaders[stage.shader.0].name, stage.entry);
    for pipeline in scene.render_pipelines.iter().flatten() {
        out.push(format!("render pipeline {} vertex={}", pipeline.named.name, stage(&pipeline.vertex)));
        for (slot, buffer) in pipeline.buffers.iter().enumerate() {
            let Some(buffer) = buffer else {
                out.push(format!("  buffer {slot} hole"));
                continue;
            };
            let attributes: Vec<String> =
                buffer.attributes.iter().map(|a| format!("@{} {} at {}", a.location, a.format.text(), a.offset)).collect();
            let step = if buffer.per_instance { "instance" } else { "vertex" };
            out.push(format!("  buffer {slot} stride={} per {step} [{}]", buffer.stride, attributes.join(", ")));
        }
        if let Some(fragment) = &pipeline.fragment {
            out.push(format!("  fragment={}", stage(fragment)));
        }
        for target in &pipeline.targets {
            let blend = target.blend.as_ref().map_or(String::new(), |blend| format!(" blend={}", blend.text()));
            out.push(format!("  target {} mask={}{blend}", target.format.text(), target.write_mask));
        }
        for (name, value) in [("primitive", &pipeline.primitive), ("multisample", &pipeline.multisample)] {
            if let Some(value) = value {
                out.push(format!("  {name} {}", value.text()));
            }
        }
        if let Some(state) = &pipeline.depth_stencil {
            out.push(format!("  depth {}", state.descriptor.text()));
        }
    }
    for pipeline in scene.compute_pipelines.iter().flatten() {
        out.push(format!("compute pipeline {} {}", pipeline.named.name, stage(&pipeline.compute)));
    }
    for group in scene.groups.iter().flatten() {
        let layout = match group.layout {
            GroupLayout::Explicit(id) => scene.layouts[id.0].as_ref().map_or("?".to_string(), |layout| layout.named.name.clone()),
            GroupLayout::Auto(pipeline, index) => {
                format!("auto({}, {index})", scene.pipeline_name(pipeline).map_or("?", |named| &named.name))
            }
        };
        out.push(format!("bind group {} layout={layout} pool={}", group.named.name, group.pool));
        for entry in &group.entries {
            let resource = match &entry.resource {
                Resource::Buffer { buffer, offset, size, ping_pong } => {
                    format!("buffer {} offset={offset} size={size:?} pingPong={ping_pong}", name_of(*buffer))
                }
                Resource::Texture { texture, ping_pong } => {
                    let name = scene.texture(*texture).map_or("?", |texture| &texture.named.name);
                    format!("texture {name}{}", member(*ping_pong))
                }
                Resource::View { view, ping_pong } => {
                    let name = scene.view(*view).map_or("?", |view| &view.named.name);
                    format!("view {name}{}", member(*ping_pong))
                }
                Resource::Video(id) => format!("video {}", scene.video(*id).map_or("?", |video| &video.named.name)),
                Resource::Sampler(id) => {
                    format!("sampler {}", scene.samplers[id.0].as_ref().map_or("?", |sampler| &sampler.named.name))
                }
            };
            out.push(format!("  {} {resource}", entry.binding));
        }
    }
    let view = |view: AttachmentView| match view {
        AttachmentView::Canvas => "canvas".to_string(),
        AttachmentView::Texture { texture, member: offset } => {
            format!("{}{}", scene.texture(texture).map_or("?", |texture| &texture.named.name), member(offset))
        }
        AttachmentView::View { view, member: offset } => {
            format!("{}{}", scene.view(view).map_or("?", |view| &view.named.name), member(offset))
        }
    };
    for init in scene.inits.iter().flatten() {
        let params = init.params.as_ref().map_or(0, |(params, _)| params.len());
        out.push(format!(
            "init {} buffer={} {} params={params} dispatch={:?}",
            init.named.name,
            name_of(init.buffer),
            stage(&init.stage),
            init.dispatch
        ));
    }
    for queue in scene.queues.iter().flatten() {
        out.push(format!("queue {}", queue.named.name));
        out.extend(queue.actions.iter().map(|action| format!("  {}", self::action(scene, action))));
    }
    for set in scene.query_sets.iter().flatten() {
        out.push(format!("query set {} {:?} count={}", set.named.name, set.kind, set.count));
    }
    for bundle in scene.bundles.iter().flatten() {
        let colors: Vec<&str> = bundle.colors.iter().map(|format| format.text()).collect();
        let depth = bundle.depth.map_or("none", |format| format.text());
        out.push(format!(
            "bundle {} colors=[{}] depth={depth} samples={} readOnly={}/{}",
            bundle.named.name,
            colors.join(" "),
            bundle.sample_count,
            bundle.depth_read_only,
            bundle.stencil_read_only
        ));
        out.extend(bundle.commands.iter().map(|(command, _)| format!("  {}", pass_command(scene, command))));
    }
    let set_name = |id: QuerySetId| scene.query_set(id).map_or("?", |set| &set.named.name);
    let timestamps =
        |writes: &TimestampWrites| format!("  timestamps {} begin={:?} end={:?}", set_name(writes.set), writes.begin, writes.end);
    for pass in scene.render_passes.iter().flatten() {
        out.push(format!("render pass {}", pass.named.name));
        for color in &pass.colors {
            let slice = color.depth_slice.map_or(String::new(), |(slice, _)| format!(" slice={slice}"));
            let resolve = color.resolve.map_or(String::new(), |target| format!(" resolve={}", view(target)));
            out.push(format!("  color {}{slice}{resolve} clear={:?} store={}", view(color.view), color.clear, color.store));
        }
        if let Some(depth) = &pass.depth {
            out.push(format!("  depth {} {:?} stencil {:?}", view(depth.view), depth.depth, depth.stencil));
        }
        if let Some((set, _)) = pass.occlusion {
            out.push(format!("  occlusion {}", set_name(set)));
        }
        out.extend(pass.timestamps.iter().map(timestamps));
        out.extend(pass.commands.iter().map(|(command, _)| format!("  {}", pass_command(scene, command))));
    }
    for pass in scene.compute_passes.iter().flatten() {
        out.push(format!("compute pass {}", pass.named.name));
        out.extend(pass.timestamps.iter().map(timestamps));
        out.extend(pass.commands.iter().map(|(command, _)| format!("  {}", pass_command(scene, command))));
    }
    for frame in &scene.frames {
        let steps = |steps: &[(Step, crate::source::Span)]| -> String {
            let names: Vec<&str> = steps
                .iter()
                .map(|(step, _)| match step {
                    Step::Render(id) => scene.render_passes[id.0].as_ref().map_or("?", |pass| pass.named.name.as_str()),
                    Step::Compute(id) => scene.compute_passes[id.0].as_ref().map_or("?", |pass| pass.named.name.as_str()),
                    Step::Init(id) => scene.inits[id.0].as_ref().map_or("?", |init| init.named.name.as_str()),
                    Step::Queue(id) => scene.queues[id.0].as_ref().map_or("?", |queue| queue.named.name.as_str()),
                })
                .collect();
            names.join(" ")
        };
        out.push(format!("frame {} init=[{}] steps=[{}]", frame.named.name, steps(&frame.init), steps(&frame.steps)));
    }
    if let Some(animation) = &scene.animation {
        out.push(format!("animation {} ms, {:?}", animation.duration, animation.end));
        for shown in &animation.scenes {
            let frame = scene.frames.get(shown.frame).map_or("?", |frame| &frame.named.name);
            out.push(format!("  {} {}..{} {frame}", shown.named.name, shown.start, shown.end));
        }
    }
    for (feature, (required, _)) in &scene.device.features {
        out.push(format!("{} feature {}", if *required { "required" } else { "optional" }, feature.name()));
    }
    for (limit, (number, _)) in &scene.device.limits {
        out.push(format!("limit {} {number}", limit.name()));
    }
    let canvas = [scene.canvas.alpha_mode, scene.canvas.color_space, scene.canvas.tone_mapping];
    let canvas: Vec<&str> = canvas.iter().flatten().map(|word| word.text()).collect();
    if !canvas.is_empty() {
        out.push(format!("canvas {}", canvas.join(" ")));
    }
    out.extend(scene.meta.iter().map(|(name, text)| format!("meta {name} {text:?}")));
    out
}

fn pass_command(scene: &Scene, command: &PassCommand) -> String {
    let buffer = |id: BufferId| scene.buffer(id).map_or("?", |buffer| buffer.named.name.as_str());
    let indirect = |name: &str, indirect: &Indirect| format!("{name} {} offset={}", buffer(indirect.buffer), indirect.offset);
    match command {
        PassCommand::SetPipeline(id) => format!("pipeline {}", scene.pipeline_name(*id).map_or("?", |named| &named.name)),
        PassCommand::SetBindGroup(bound) => {
            let group = scene.group(bound.group).map_or("?", |group| &group.named.name);
            let dynamic = if bound.dynamic.is_empty() {
                String::new()
            } else {
                format!(" dynamic={:?}", bound.dynamic.iter().map(|(offset, _)| offset).collect::<Vec<_>>())
            };
            format!("group {} {group}+{}{dynamic}", bound.slot, bound.offset)
        }
        PassCommand::SetVertexBuffer(bound) => {
            let (name, range) = (buffer(bound.buffer), (bound.offset, bound.size));
            format!("vertices {} {name}+{} offset={} size={:?}", bound.slot, bound.member, range.0, range.1)
        }
        PassCommand::SetIndexBuffer(bound) => {
            let format = if bound.wide { "uint32" } else { "uint16" };
            format!("indices {} {format} offset={} size={:?}", buffer(bound.buffer), bound.offset, bound.size)
        }
        PassCommand::DrawIndirect(from) => indirect("draw from", from),
        PassCommand::DrawIndexedIndirect(from) => indirect("draw indexed from", from),
        PassCommand::DispatchIndirect(from) => indirect("dispatch from", from),
        PassCommand::ExecuteBundles(bundles) => {
            let names = bundles.iter().map(|id| scene.bundle(*id).map_or("?", |bundle| bundle.named.name.as_str()));
            format!("bundles {}", names.collect::<Vec<_>>().join(" "))
        }
        PassCommand::Draw(_)
        | PassCommand::DrawIndexed(_)
        | PassCommand::SetViewport(_)
        | PassCommand::SetScissorRect(_)
        | PassCommand::SetBlendConstant(_)
        | PassCommand::SetStencilReference(_)
        | PassCommand::BeginOcclusionQuery(_)
        | PassCommand::EndOcclusionQuery
        | PassCommand::Dispatch(_)
        | PassCommand::PushDebugGroup(_)
        | PassCommand::PopDebugGroup
        | PassCommand::InsertDebugMarker(_) => format!("{command:?}"),
    }
}
