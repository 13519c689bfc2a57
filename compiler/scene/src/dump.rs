//! The resolved scene as text: one line per object, names instead of ids, no spans. For snapshots and `inspect`.

use crate::*;
use pngine_format::op::{buffer_usage, texture_usage};
use pngine_format::status::INPUTS;

/// Prints a scene.
pub fn dump(scene: &Accepted) -> String {
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

fn source(scene: &Accepted, source: &Source) -> String {
    match source {
        Source::Input(index) => INPUTS[*index].name.to_string(),
        Source::Data(data) => scene[*data].name.clone(),
        Source::Floats(numbers) => format!("{numbers:?}"),
        Source::Call(call) => format!("call {}", scene[*call].named.name),
    }
}

fn extents(extents: [Extent; 3]) -> String {
    let axes = extents.map(|extent| match extent {
        Extent::Fixed(texels) => texels.to_string(),
        Extent::Canvas([a, b, c]) => format!("canvas({a} {b} {c})"),
    });
    axes.join("x")
}

fn action(scene: &Accepted, action: &Action) -> String {
    let buffer = |id: BufferId, ping_pong: Option<u32>| {
        let name = &scene[id].named.name;
        ping_pong.map_or(name.to_string(), |offset| format!("{name}+{offset}"))
    };
    let range = |range: &BufferRange| format!("{} at {}", buffer(range.buffer, range.ping_pong), range.offset.value);
    let layout = |layout: &Linear| {
        let number = |number: Option<Spanned<u32>>| number.map(|number| number.value);
        let (rows, images) = (number(layout.bytes_per_row), number(layout.rows_per_image));
        format!("at {} bytesPerRow={rows:?} rowsPerImage={images:?}", layout.offset.value)
    };
    let texture = |side: &TextureSide| {
        let name = side.texture.map_or("canvas", |id| &scene[id].named.name);
        let member = side.ping_pong.map_or(String::new(), |offset| format!("+{offset}"));
        format!("{name}{member} mip={} origin={} aspect={}", side.mip.value, extents(side.origin.value), side.aspect.value.text())
    };
    let side = |side: &BufferSide| format!("{} {}", buffer(side.buffer, side.ping_pong), layout(&side.layout));
    match action {
        Action::WriteBuffer(write) => format!(
            "write {} at {} from {}+{} len={} pingPong={:?}",
            buffer(write.buffer, None),
            *write.offset,
            source(scene, &write.source),
            *write.source_offset,
            write.len,
            write.ping_pong
        ),
        Action::WriteTexture(write) => {
            let (from, to) = (source(scene, &write.source), texture(&write.copy.destination));
            format!("write texture {to} from {from} {} size={}", layout(&write.copy.source), extents(*write.copy.size))
        }
        Action::CopyBufferToBuffer { source, destination, .. } => {
            format!("copy {} to {} len={}", range(source), range(destination), source.size.value)
        }
        Action::CopyBufferToTexture(copy) => {
            format!("copy {} to {} size={}", side(&copy.source), texture(&copy.destination), extents(*copy.size))
        }
        Action::CopyTextureToBuffer(copy) => {
            format!("copy {} to {} size={}", texture(&copy.source), side(&copy.destination), extents(*copy.size))
        }
        Action::CopyTextureToTexture(copy) => {
            format!("copy {} to {} size={}", texture(&copy.source), texture(&copy.destination), extents(*copy.size))
        }
        Action::CopyImage { copy, is_premultiplied } => {
            let source = match copy.source.source {
                ImageSource::Image(id) => &scene[id].named.name,
                ImageSource::Video(id) => &scene[id].named.name,
            };
            let ImageSide { origin: Spanned { value: origin, .. }, is_flipped, .. } = copy.source;
            let words = format!("flipY={is_flipped} premultiplied={is_premultiplied}");
            format!("copy image {source} from {origin:?} to {} size={} {words}", texture(&copy.destination), extents(*copy.size))
        }
        Action::CopyVideo { video, destination, .. } => {
            format!("copy video {} to {}", scene[*video].named.name, texture(destination))
        }
        Action::CallWasm { call, .. } => {
            format!("call {}", scene[*call].named.name)
        }
        Action::ResolveQuerySet { set, first, count, destination, .. } => {
            let set = &scene[set.value].named.name;
            format!("resolve {set} {}+{} to {}", first.value, count.value, range(destination))
        }
        Action::ClearBuffer { range: cleared, .. } => format!("clear {} len={}", range(cleared), cleared.size.value),
    }
}

fn uniforms(scene: &Accepted, uniforms: &Uniforms) -> Vec<String> {
    let variable = |(shader, binding): &(ShaderId, usize)| {
        let shader = &scene.shaders[shader.0];
        let variable = shader.module.as_ref().and_then(|module| module.bindings.get(*binding));
        format!("{}.{}", shader.name, variable.map_or("", |variable| &variable.name))
    };
    let variables: Vec<String> = uniforms.variables.iter().map(variable).collect();
    let mut out = vec![format!("uniforms {} of {}", uniforms.named.name, variables.join(" "))];
    out.extend(uniforms.controls.iter().map(|control| {
        let mut line = format!("  {}", control.path);
        let numbers = [("min", control.min), ("max", control.max), ("step", control.step)];
        line.extend(control.value.iter().map(|value| format!(" value={:?}", value.numbers)));
        line.extend(numbers.iter().filter_map(|(name, number)| Some(format!(" {name}={}", (*number)?))));
        line.extend(control.label.iter().map(|label| format!(" label={label:?}")));
        line.extend(control.is_color.then(|| " color".to_string()));
        line
    }));
    out
}

fn lines(scene: &Accepted) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(scene.shaders.iter().flat_map(shader));
    out.extend(scene.uniforms.iter().flat_map(|of| uniforms(scene, of)));
    out.extend(scene.data.iter().map(|data| format!("data {} ({} bytes)", data.name, data.len())));
    out.extend(scene.buffers.iter().map(|of| buffer(scene, of)));
    out.extend(scene.textures.iter().map(texture));
    out.extend(scene.views.iter().map(|view| {
        let (name, texture) = (&view.named.name, &scene[view.texture].named.name);
        let (mips, layers) = ((view.mips.first, view.mips.count), (view.layers.first, view.layers.count));
        format!("view {name} of {texture} mips={}+{:?} layers={}+{:?}", mips.0, mips.1, layers.0, layers.1)
    }));
    out.extend(scene.samplers.iter().map(|sampler| format!("sampler {} {}", sampler.named.name, sampler.dictionary().text())));
    out.extend(scene.images.iter().map(|image| {
        let (width, height) = image.size;
        format!("image {} {width}x{height} from {}", image.named.name, scene[image.data].name)
    }));
    out.extend(scene.videos.iter().map(video));
    out.extend(scene.wasm_modules.iter().map(|module| format!("wasm module {} ({} bytes)", module.path, module.bytes.len())));
    out.extend(scene.wasm_calls.iter().map(|call| {
        let WasmFunction { module, func, args, len } = &call.function;
        format!("wasm call {} {} {func}{args:?} len={len:?}", call.named.name, scene.wasm_modules[*module].path)
    }));
    out.extend(scene.layouts.iter().flat_map(|layout| {
        let entries = layout.entries.iter();
        let entries = entries.map(|entry| format!("  {} visibility={} {:?}", entry.binding, entry.visibility, entry.kind));
        std::iter::once(format!("layout {}", layout.named.name)).chain(entries)
    }));
    out.extend(scene.pipeline_layouts.iter().map(|layout| {
        let names: Vec<&str> = layout.groups.iter().map(|id| scene[*id].named.name.as_str()).collect();
        format!("pipeline layout {} [{}]", layout.named.name, names.join(" "))
    }));
    out.extend(scene.render_pipelines.iter().flat_map(|pipeline| render_pipeline(scene, pipeline)));
    out.extend(
        scene.compute_pipelines.iter().map(|of| format!("compute pipeline {} {}", of.named.name, stage(scene, &of.compute))),
    );
    out.extend(scene.groups.iter().flat_map(|group| bind_group(scene, group)));
    out.extend(scene.inits.iter().map(|init| {
        let params = init.params.as_ref().map_or(0, |params| params.len());
        let (buffer, stage) = (&scene[*init.buffer].named.name, stage(scene, &init.stage));
        format!("init {} buffer={buffer} {stage} params={params} dispatch={:?}", init.named.name, *init.dispatch)
    }));
    out.extend(scene.queues.iter().flat_map(|queue| {
        let actions = queue.actions.iter().map(|one| format!("  {}", action(scene, one)));
        std::iter::once(format!("queue {}", queue.named.name)).chain(actions)
    }));
    out.extend(scene.query_sets.iter().map(|set| format!("query set {} {:?} count={}", set.named.name, *set.kind, set.count)));
    out.extend(scene.bundles.iter().flat_map(|of| bundle(scene, of)));
    out.extend(scene.render_passes.iter().flat_map(|pass| render_pass(scene, pass)));
    out.extend(scene.compute_passes.iter().flat_map(|pass| {
        let timestamps = pass.timestamps.iter().map(|writes| timestamps(scene, writes));
        std::iter::once(format!("compute pass {}", pass.named.name)).chain(timestamps).chain(commands(scene, &pass.commands))
    }));
    out.extend(scene.frames.iter().map(|of| frame(scene, of)));
    out.extend(scene.animation.iter().flat_map(|of| animation(scene, of)));
    out.extend(page(scene));
    out
}

fn shader(shader: &Shader) -> Vec<String> {
    let mut out = vec![format!("shader {} ({} bytes)", shader.name, shader.text.len())];
    let module = shader.module.as_ref().map(|module| module.dump());
    out.extend(module.iter().flat_map(|text| text.lines()).map(|line| format!("  {line}")));
    out
}

/// How many members a pool has, where there is one.
fn pool(members: u32) -> String {
    if members > 1 { format!(" pool={members}") } else { String::new() }
}

fn buffer(scene: &Accepted, buffer: &Buffer) -> String {
    let usage = flags(buffer_usage::FLAGS, *buffer.usage);
    let initial = buffer.initial.map_or(String::new(), |data| format!(" initial={}", scene[*data].name));
    format!("buffer {} size={} usage={usage}{initial}{}", buffer.named.name, *buffer.size, pool(buffer.pool))
}

fn texture(texture: &Texture) -> String {
    let (name, dimension, format) = (&texture.named.name, texture.dimension.text(), texture.format.text());
    let (size, usage) = (extents(*texture.size), flags(texture_usage::FLAGS, *texture.usage));
    let (samples, mips, pool) = (*texture.sample_count, *texture.mip_levels, pool(texture.pool));
    format!("texture {name} {dimension} {size} {format} usage={usage} samples={samples} mips={mips}{pool}")
}

fn video(video: &Video) -> String {
    let Video { named, file, is_looped, is_autoplayed, is_muted, playback_rate } = video;
    let (mime, len) = (file.container.mime(), file.bytes.len());
    let flags = format!("loop={is_looped} autoplay={is_autoplayed} muted={is_muted} rate={playback_rate}");
    format!("video {} {mime} ({len} bytes) {flags}", named.name)
}

fn stage(scene: &Accepted, stage: &Stage) -> String {
    format!("{}.{}", scene.shaders[stage.shader.0].name, stage.entry)
}

fn render_pipeline(scene: &Accepted, pipeline: &RenderPipeline) -> Vec<String> {
    let mut out = vec![format!("render pipeline {} vertex={}", pipeline.named.name, stage(scene, &pipeline.vertex))];
    for (slot, buffer) in pipeline.buffers.iter().enumerate() {
        let Some(buffer) = buffer else {
            out.push(format!("  buffer {slot} hole"));
            continue;
        };
        let attributes = buffer.attributes.iter().map(|a| format!("@{} {} at {}", a.location, a.format.text(), a.offset));
        let attributes = attributes.collect::<Vec<_>>().join(", ");
        let step = if buffer.per_instance { "instance" } else { "vertex" };
        out.push(format!("  buffer {slot} stride={} per {step} [{attributes}]", *buffer.stride));
    }
    out.extend(pipeline.fragment.iter().map(|fragment| format!("  fragment={}", stage(scene, fragment))));
    for target in pipeline.targets.iter() {
        let blend = target.blend.as_ref().map_or(String::new(), |blend| format!(" blend={}", blend.dictionary().text()));
        out.push(format!("  target {} mask={}{blend}", target.format.text(), target.write_mask));
    }
    out.extend(pipeline.primitive.dictionary().map(|state| format!("  primitive {}", state.text())));
    out.extend(pipeline.multisample.dictionary().map(|state| format!("  multisample {}", state.text())));
    out.extend(pipeline.depth_stencil.iter().map(|state| format!("  depth {}", state.dictionary().text())));
    out
}

fn bind_group(scene: &Accepted, group: &Group) -> Vec<String> {
    let layout = match *group.layout {
        GroupLayout::Explicit(id) => scene[id].named.name.clone(),
        GroupLayout::Auto(pipeline, index) => format!("auto({}, {index})", scene.pipeline_named(pipeline).name),
    };
    let mut out = vec![format!("bind group {} layout={layout} pool={}", group.named.name, group.pool)];
    for entry in &group.entries {
        let resource = match entry.resource {
            Resource::Buffer { buffer, offset, size, ping_pong } => {
                format!("buffer {} offset={} size={size:?} pingPong={ping_pong}", scene[buffer].named.name, *offset)
            }
            Resource::Texture { texture, ping_pong } => format!("texture {}{}", scene[texture].named.name, member(ping_pong)),
            Resource::View { view, ping_pong } => format!("view {}{}", scene[view].named.name, member(ping_pong)),
            Resource::Video(id) => format!("video {}", scene[id].named.name),
            Resource::Sampler(id) => format!("sampler {}", scene[id].named.name),
        };
        out.push(format!("  {} {resource}", entry.binding));
    }
    out
}

fn bundle(scene: &Accepted, bundle: &Bundle) -> Vec<String> {
    let colors: Vec<&str> = bundle.colors.iter().map(|format| format.text()).collect();
    let (name, colors, depth) = (&bundle.named.name, colors.join(" "), bundle.depth.map_or("none", |format| format.text()));
    let (samples, read_only) = (*bundle.sample_count, (bundle.depth_read_only, bundle.stencil_read_only));
    let formats = format!("colors=[{colors}] depth={depth} samples={samples} readOnly={}/{}", read_only.0, read_only.1);
    std::iter::once(format!("bundle {name} {formats}")).chain(commands(scene, &bundle.commands)).collect()
}

fn attachment(scene: &Accepted, view: AttachmentView) -> String {
    match view {
        AttachmentView::Canvas => "canvas".to_string(),
        AttachmentView::Texture { texture, member: offset } => format!("{}{}", scene[texture].named.name, member(offset)),
        AttachmentView::View { view, member: offset } => format!("{}{}", scene[view].named.name, member(offset)),
    }
}

fn timestamps(scene: &Accepted, writes: &TimestampWrites) -> String {
    format!("  timestamps {} begin={:?} end={:?}", scene[writes.set].named.name, writes.begin, writes.end)
}

fn commands(scene: &Accepted, commands: &Commands) -> Vec<String> {
    commands.iter().map(|command| format!("  {}", pass_command(scene, command))).collect()
}

fn render_pass(scene: &Accepted, pass: &RenderPass) -> Vec<String> {
    let mut out = vec![format!("render pass {}", pass.named.name)];
    for color in &pass.colors {
        let (view, clear, store) = (attachment(scene, color.view), color.clear.map(|clear| *clear), color.store);
        let slice = color.depth_slice.map_or(String::new(), |slice| format!(" slice={}", *slice));
        let resolve = color.resolve.map_or(String::new(), |target| format!(" resolve={}", attachment(scene, *target)));
        out.push(format!("  color {view}{slice}{resolve} clear={clear:?} store={store}"));
    }
    if let Some(depth) = &pass.depth {
        let ops = (depth.depth_operations(scene), depth.stencil_operations(scene));
        out.push(format!("  depth {} {:?} stencil {:?}", attachment(scene, depth.view), ops.0, ops.1));
    }
    out.extend(pass.occlusion.map(|set| format!("  occlusion {}", scene[*set].named.name)));
    out.extend(pass.timestamps.iter().map(|writes| timestamps(scene, writes)));
    out.extend(commands(scene, &pass.commands));
    out
}

fn frame(scene: &Accepted, frame: &Frame) -> String {
    let name = |step: &Step| match step {
        Step::Render(id) => scene[*id].named.name.as_str(),
        Step::Compute(id) => scene[*id].named.name.as_str(),
        Step::Init(id) => scene[*id].named.name.as_str(),
        Step::Queue(id) => scene[*id].named.name.as_str(),
    };
    let names = |steps: &[Spanned<Step>]| steps.iter().map(|step| name(step)).collect::<Vec<_>>().join(" ");
    format!("frame {} init=[{}] steps=[{}]", frame.named.name, names(&frame.init), names(&frame.steps))
}

fn animation(scene: &Accepted, animation: &Animation) -> Vec<String> {
    let mut out = vec![format!("animation {} ms, {:?}", animation.duration, animation.end)];
    for shown in &animation.scenes {
        let frame = scene.frames.get(shown.frame).map_or("?", |frame| &frame.named.name);
        out.push(format!("  {} {}..{} {frame}", shown.named.name, shown.start, shown.end));
    }
    out
}

/// What the scene asks of its host.
fn page(scene: &Accepted) -> Vec<String> {
    let mut out = Vec::new();
    for (feature, (required, _)) in &scene.device.features {
        out.push(format!("{} feature {}", if *required { "required" } else { "optional" }, feature.name()));
    }
    out.extend(scene.device.limits.iter().map(|(limit, (number, _))| format!("limit {} {number}", limit.name())));
    let Canvas { alpha_mode, color_space, tone_mapping } = scene.canvas;
    let words =
        [alpha_mode.map(CanvasAlphaMode::text), color_space.map(ColorSpace::text), tone_mapping.map(CanvasToneMappingMode::text)];
    let canvas: Vec<&str> = words.into_iter().flatten().collect();
    if !canvas.is_empty() {
        out.push(format!("canvas {}", canvas.join(" ")));
    }
    out.extend(scene.meta.iter().map(|(name, text)| format!("meta {name} {text:?}")));
    out
}

fn pass_command(scene: &Accepted, command: &PassCommand) -> String {
    let buffer = |id: BufferId| &scene[id].named.name;
    let indirect = |name: &str, indirect: &Indirect| format!("{name} {} offset={}", buffer(indirect.buffer), indirect.offset);
    match command {
        PassCommand::SetPipeline(id) => format!("pipeline {}", scene.pipeline_named(*id).name),
        PassCommand::SetBindGroup(bound) => {
            let group = &scene[bound.group].named.name;
            let dynamic = if bound.dynamic.is_empty() {
                String::new()
            } else {
                format!(" dynamic={:?}", bound.dynamic.iter().map(|offset| offset.value).collect::<Vec<_>>())
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
            let names = bundles.iter().map(|id| scene[*id].named.name.as_str());
            format!("bundles {}", names.collect::<Vec<_>>().join(" "))
        }
        PassCommand::Dispatch(counts) => format!("Dispatch({:?})", counts.map(|count| *count)),
        PassCommand::Draw(_)
        | PassCommand::DrawIndexed(_)
        | PassCommand::SetViewport(_)
        | PassCommand::SetScissorRect(_)
        | PassCommand::SetBlendConstant(_)
        | PassCommand::SetStencilReference(_)
        | PassCommand::BeginOcclusionQuery(_)
        | PassCommand::EndOcclusionQuery
        | PassCommand::PushDebugGroup(_)
        | PassCommand::PopDebugGroup
        | PassCommand::InsertDebugMarker(_) => format!("{command:?}"),
    }
}
