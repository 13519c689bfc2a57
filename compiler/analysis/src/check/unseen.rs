//! What WebGPU takes and nobody will see: black pictures, and pictures that stand still. Warnings, each with what to do.
//!
//! Nothing here is a rule of WebGPU. What is said must be sure: a scene that is drawn as it was meant gets no word.

use super::bound::{Bound, bound, texture_of};
use super::{Scene, blending, members, records};
use crate::limits::MAX_PAIRS;
use pngine_format::command::MAX_COMMANDS;
use pngine_format::status::INPUTS;
use pngine_format::word::CompareFunction;
use pngine_scene::*;
use pngine_source::diag::{Code, Diagnostic};
use pngine_source::source::Span;
use pngine_wgsl::reflect::Resource as Variable;
use std::collections::BTreeSet;

/// What other players call the fields of inputs: a member of such a name is meant to be that field.
const OTHER_NAMES: &[(&str, &[&str])] = &[("time", &["iTime", "elapsed"]), ("width", &["resolution", "iResolution"])];

/// All of them, of a scene without errors.
pub fn lints(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    work(scene, diagnostics);
    depth(scene, diagnostics);
    for frame in scene.frames {
        erased(scene, frame, diagnostics);
    }
    empty_frames(scene, diagnostics);
    stands_still(scene, diagnostics);
    blending::leaves_nothing(scene, diagnostics);
    records::shapes(scene, diagnostics);
    let Some(bound) = bound(scene) else { return };
    never_written(scene, &bound, diagnostics);
    members::unwritten(scene, &bound, diagnostics);
    members::of_pools(scene, &bound, diagnostics);
    misplaced_inputs(scene, &bound, diagnostics);
}

/// Whether a step shows something on the canvas; `true` if that cannot be told.
fn is_shown(scene: &Scene, step: Step) -> bool {
    match step {
        Step::Render(id) => {
            scene.render_pass(id).is_none_or(|pass| pass.attachments().any(|view| view == AttachmentView::Canvas))
        }
        Step::Queue(id) => scene
            .queue(id)
            .is_none_or(|queue| queue.actions.iter().filter_map(Action::written_texture).any(|side| side.texture.is_none())),
        Step::Compute(_) | Step::Init(_) => false,
    }
}

/// The frames that play by themselves, the first one or those of the timeline, without anything that reaches the canvas.
fn empty_frames(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let played: BTreeSet<usize> = match &scene.animation {
        Some(animation) => animation.scenes.iter().map(|scene| scene.frame).collect(),
        None => [0].into(),
    };
    // A pass that no frame performs is told of as such, and that is why nothing is seen.
    let performed: BTreeSet<Step> =
        scene.frames.iter().flat_map(|frame| frame.steps.iter().chain(&frame.init)).map(|step| **step).collect();
    let mut passes = (0..scene.render_passes.len()).map(|index| Step::Render(RenderPassId(index)));
    let is_told = passes.any(|pass| !performed.contains(&pass) && is_shown(scene, pass));
    let shows = |frame: &Frame| frame.steps.iter().chain(&frame.init).any(|step| is_shown(scene, **step));
    for frame in played.into_iter().filter_map(|index| scene.frames.get(index)) {
        if !is_told && !shows(frame) {
            let message = format!("`#frame {}` draws nothing to the canvas", frame.named.name);
            // Without a timeline the first one plays.
            let other = scene.frames.iter().filter(|_| scene.animation.is_none()).find(|frame| shows(frame));
            diagnostics.push(
                Diagnostic::new(Code::NothingDrawn, frame.named.span, message).help(match other {
                    Some(other) => format!(
                        "of several frames the first one plays: put `#frame {}`, which draws, in front of it",
                        other.named.name
                    ),
                    None => {
                        "perform a `#renderPass` with a color attachment of `view=contextCurrentTexture`, which is the default"
                            .to_owned()
                    }
                }),
            );
        }
    }
}

/// A pass or bundle with a pipeline that draws nothing, and draws and dispatches of nothing.
fn work(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let bundles = scene.all_bundles().map(|bundle| (&bundle.named, &bundle.commands, "draws", "draw=3"));
    let renders = scene.all_render_passes().map(|pass| (&pass.named, &pass.commands, "draws", "draw=3"));
    let computes = scene.all_compute_passes().map(|pass| (&pass.named, &pass.commands, "dispatches", "dispatch=1"));
    for (named, commands, verb, example) in bundles.chain(renders).chain(computes) {
        let pipeline = commands.iter().find(|command| matches!(command.value, PassCommand::SetPipeline(_)));
        let executes = commands.iter().any(|command| matches!(command.value, PassCommand::ExecuteBundles(_)));
        // A compute pass that dispatches nothing is an error of its own.
        if let Some(Spanned { span, .. }) = pipeline
            && verb == "draws"
            && !executes
            && !commands.iter().any(|command| command.is_work())
        {
            let message = format!("`{}` sets a pipeline and never draws", named.name);
            let diagnostic = Diagnostic::new(Code::NoWork, *span, message).label("nothing is drawn with this");
            diagnostics.push(diagnostic.help(format!("add `{example}`")));
        }
        for Spanned { value: command, span } in commands {
            if let Some(what) = nothing_of(command) {
                let message = format!("`{}` {verb} {what}", named.name);
                diagnostics
                    .push(Diagnostic::new(Code::EmptyWork, *span, message).help(format!("write `{example}`, or leave it out")));
            }
        }
    }
}

/// What a command does nothing of.
fn nothing_of(command: &PassCommand) -> Option<&'static str> {
    match command {
        PassCommand::Draw([0, ..]) => Some("no vertices"),
        PassCommand::DrawIndexed([0, ..]) => Some("no indices"),
        PassCommand::Draw([_, 0, ..]) | PassCommand::DrawIndexed([_, 0, ..]) => Some("no instances"),
        PassCommand::Dispatch(counts) if counts.iter().any(|count| **count == Extent::Fixed(0)) => Some("no workgroups"),
        _ => None,
    }
}

/// The depth comparison of a pipeline, if one is written.
fn compare_of(pipeline: &RenderPipeline) -> Option<CompareFunction> {
    pipeline.depth_stencil.as_ref()?.depth_compare.map(|compare| *compare)
}

/// Whether nothing passes a comparison with depth of this value, and the value that everything in front passes.
fn nothing_passes(compare: CompareFunction, clear: f32) -> Option<f32> {
    match compare {
        CompareFunction::Less if clear <= 0.0 => Some(1.0),
        CompareFunction::Greater if clear >= 1.0 => Some(0.0),
        _ => None,
    }
}

/// Depth that is cleared to a value that nothing passes.
fn depth(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    for pass in scene.all_render_passes() {
        let Some(attachment) = &pass.depth else { continue };
        let set = scene.flattened(&pass.commands).into_iter().filter_map(|command| match &command.value {
            PassCommand::SetPipeline(PipelineId::Render(id)) => Some(*id),
            _ => None,
        });
        let set: BTreeSet<RenderPipelineId> = set.collect();
        let pipelines: Vec<(&RenderPipeline, Option<CompareFunction>)> =
            set.iter().filter_map(|id| scene.render_pipeline(*id)).map(|pipeline| (pipeline, compare_of(pipeline))).collect();
        for (pipeline, compare) in &pipelines {
            // What fails may still count in the stencil.
            let Some(state) = pipeline.depth_stencil.as_ref().filter(|state| !state.writes_stencil(pipeline.primitive.cull_mode))
            else {
                continue;
            };
            if *compare == Some(CompareFunction::Never) {
                let message = format!("`{}` draws nothing: its `depthCompare` is never", pipeline.named.name);
                diagnostics.push(Diagnostic::new(Code::DepthNeverPasses, state.span, message).help("write `depthCompare=less`"));
            }
        }
        let Some(AspectOps::Write { clear: Some(clear), .. }) = attachment.depth_operations(scene) else { continue };
        // Another pipeline of the pass may write depth that this one passes.
        let failing: Option<Vec<(&RenderPipeline, CompareFunction, f32)>> =
            pipelines.iter().map(|&(pipeline, compare)| Some((pipeline, compare?, nothing_passes(compare?, clear)?))).collect();
        let Some((pipeline, compare, better)) = failing.and_then(|failing| failing.first().copied()) else { continue };
        let span = pipeline.depth_stencil.as_ref().map_or(pipeline.named.span, |depth| depth.span);
        let message = format!("`{}` draws nothing: depth is cleared to {clear}", pass.named.name);
        diagnostics.push(
            Diagnostic::new(Code::DepthNeverPasses, attachment.span, message)
                .also(span, format!("no depth is {} than {clear}", compare.text()))
                .help(format!("write `depthClearValue={better}`")),
        );
    }
}

/// Whether a pass draws anything.
fn draws(scene: &Scene, pass: &RenderPass) -> bool {
    scene.flattened(&pass.commands).iter().any(|command| command.is_work() && nothing_of(command).is_none())
}

/// A pass that clears what an earlier pass of the frame drew, and nothing read since.
fn erased(scene: &Scene, frame: &Frame, diagnostics: &mut Vec<Diagnostic>) {
    // What is drawn to, by whom, and where that is performed.
    let mut drawn: Vec<(AttachmentView, RenderPassId, Span)> = Vec::new();
    let mut commands = 0;
    for Spanned { value: step, span } in &frame.steps {
        match step {
            Step::Render(id) => {
                let Some(pass) = scene.render_pass(*id) else { return };
                commands += pass.commands.len() + 1;
                // A frame of more commands is refused for that.
                if commands > MAX_COMMANDS {
                    return;
                }
                let read = textures_read(scene, &pass.commands);
                drawn.retain(|(view, ..)| !scene.attached_texture(*view).is_some_and(|texture| read.contains(&texture)));
                // A pass with queries counts what it draws.
                let is_picture = pass.occlusion.is_none() && draws(scene, pass);
                for color in &pass.colors {
                    let earlier = drawn.iter().find(|(view, first, _)| {
                        *view == color.view
                            && first != id
                            && !scene.render_pass(*first).is_some_and(|first| prepares(scene, first, pass))
                    });
                    if let Some((_, first, place)) = earlier.filter(|_| color.clear.is_some() && color.resolve.is_none()) {
                        let first = scene.render_pass(*first).map_or("?", |pass| &pass.named.name);
                        let what = match color.view {
                            AttachmentView::Canvas => "the canvas".to_string(),
                            view => format!("`{}`", scene.texture_of(view).map_or("?", |texture| &texture.named.name)),
                        };
                        let message = format!("`{}` clears {what}, which `{first}` has drawn to", pass.named.name);
                        diagnostics.push(
                            Diagnostic::new(Code::Erased, *span, message)
                                .label("cleared here")
                                .also(*place, "nothing of this is seen")
                                .help(match color.view {
                                    AttachmentView::Canvas => {
                                        format!(
                                            "to draw over it, give `{}` `colorAttachments=[{{ loadOp=load }}]`",
                                            pass.named.name
                                        )
                                    }
                                    _ => format!(
                                        "to draw over it, write `loadOp=load` in the color attachment of `{}`",
                                        pass.named.name
                                    ),
                                }),
                        );
                    }
                    drawn.retain(|(view, ..)| *view != color.view);
                    if is_picture && color.store && color.resolve.is_none() {
                        drawn.push((color.view, *id, *span));
                    }
                }
            }
            Step::Compute(id) => {
                let Some(pass) = scene.compute_pass(*id) else { return };
                let read = textures_read(scene, &pass.commands);
                drawn.retain(|(view, ..)| !scene.attached_texture(*view).is_some_and(|texture| read.contains(&texture)));
            }
            // What a queue copies from is not looked at one by one.
            Step::Queue(id) => {
                let Some(queue) = scene.queue(*id) else { return };
                if queue
                    .actions
                    .iter()
                    .any(|action| matches!(action, Action::CopyTextureToBuffer(_) | Action::CopyTextureToTexture(_)))
                {
                    drawn.clear();
                }
            }
            Step::Init(_) => {}
        }
    }
}

/// Whether a pass leaves depth or stencil that a later one goes on with.
fn prepares(scene: &Scene, first: &RenderPass, second: &RenderPass) -> bool {
    let Some((first, second)) = first.depth.as_ref().zip(second.depth.as_ref()) else { return false };
    let loads_depth = !matches!(second.depth_operations(scene), Some(AspectOps::Write { clear: Some(_), .. }) | None);
    let loads_stencil = !matches!(second.stencil_operations(scene), Some(AspectOps::Write { clear: Some(_), .. }) | None);
    first.view == second.view && (loads_depth || loads_stencil)
}

/// The textures that the bind groups of some commands bind.
fn textures_read(scene: &Scene, commands: &Commands) -> BTreeSet<TextureId> {
    let groups = scene.set_groups(commands);
    let entries = groups.iter().filter_map(|bound| scene.group(bound.group)).flat_map(|group| &group.entries);
    entries.filter_map(|entry| texture_of(scene, &entry.resource)).collect()
}

/// Every write of an input: which, into which buffer, where it is written.
fn input_writes<'s>(scene: &'s Scene, steps: impl Iterator<Item = &'s Spanned<Step>>) -> Vec<(usize, &'s WriteBuffer)> {
    let queues = steps.filter_map(|step| match &step.value {
        Step::Queue(id) => scene.queue(*id),
        Step::Render(_) | Step::Compute(_) | Step::Init(_) => None,
    });
    let writes = queues.flat_map(Queue::buffer_writes).filter_map(|write| match *write.source {
        Source::Input(input) => Some((input, write)),
        Source::Data(_) | Source::Floats(_) | Source::Call(_) => None,
    });
    writes.collect()
}

/// Inputs that are written when a frame is first shown, and never again.
fn stands_still(scene: &Scene, diagnostics: &mut Vec<Diagnostic>) {
    let each = input_writes(scene, scene.frames.iter().flat_map(|frame| &frame.steps));
    let again: BTreeSet<(usize, BufferId)> = each.iter().map(|(input, write)| (*input, write.buffer)).collect();
    let mut reported = BTreeSet::new();
    for frame in scene.frames {
        for (input, write) in input_writes(scene, frame.init.iter()) {
            if again.contains(&(input, write.buffer)) || !reported.insert(write.span) {
                continue;
            }
            let name = INPUTS.get(input).map_or("?", |input| input.name);
            let buffer = scene.buffer(write.buffer).map_or("?", |buffer| &buffer.named.name);
            let message = format!("`{name}` is written once, so it never changes in `{buffer}`");
            diagnostics.push(Diagnostic::new(Code::StandsStill, write.span, message).label("only `init` performs this").help(
                format!("perform it in every frame: move the queue from `init` of `{}` to its `perform`", frame.named.name),
            ));
        }
    }
}

/// Buffers and textures that shaders read, and into which nothing is ever written.
fn never_written(scene: &Scene, bound: &[Bound<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut buffers: BTreeSet<BufferId> = written_buffers_of_program(scene);
    let mut textures: BTreeSet<TextureId> = written_textures_of_program(scene);
    for bound in bound.iter().filter(|bound| bound.is_written()) {
        match bound.resource {
            Resource::Buffer { buffer, .. } => _ = buffers.insert(*buffer),
            resource => textures.extend(texture_of(scene, resource)),
        }
    }
    // A page sets some, which says the scene, and the engine fills the uniforms of a `#pass`.
    buffers.extend(host_buffers(scene));
    buffers.extend(&scene.pass_uniforms);
    let mut reported = BTreeSet::new();
    for bound in bound {
        let (named, what, help) = match bound.resource {
            Resource::Buffer { buffer, .. } => {
                let Some(found) = scene.buffer(*buffer).filter(|_| !buffers.contains(buffer)) else { continue };
                let help = match bound.variable.resource {
                    Variable::Uniform(_) => {
                        "write it in every frame: `writeBuffer={ buffer=… data=pngineInputs }` in a `#queue`; if a page sets it, say so with \
                         `size=module.variable`"
                    }
                    _ => "write it: `mappedAtCreation=` a `#data`, a `#queue`, or a compute pass",
                };
                (&found.named, "zeros", help)
            }
            resource => {
                let Some(id) = texture_of(scene, resource).filter(|id| !textures.contains(id)) else { continue };
                let Some(found) = scene.texture(id) else { continue };
                (&found.named, "black", "draw to it, copy an image into it, or write it with a `#queue`")
            }
        };
        if reported.insert(named.span) {
            let message = format!("nothing writes `{}`, so `{}` reads only {what}", named.name, bound.variable.name);
            diagnostics.push(
                Diagnostic::new(Code::NeverWritten, named.span, message)
                    .also(bound.variable.span, "read by this variable")
                    .help(help),
            );
        }
    }
}

/// The buffers that the program fills: by initial data, `#init`, a queue's actions, or resolved queries.
fn written_buffers_of_program(scene: &Scene) -> BTreeSet<BufferId> {
    let mut out: BTreeSet<BufferId> = scene.all_inits().flat_map(Init::buffers).collect();
    out.extend(
        (0..scene.buffers.len()).map(BufferId).filter(|id| scene.buffer(*id).is_some_and(|buffer| buffer.initial.is_some())),
    );
    out.extend(scene.all_queues().flat_map(|queue| &queue.actions).filter_map(Action::filled_buffer));
    out
}

/// The textures that the program draws to or copies into.
fn written_textures_of_program(scene: &Scene) -> BTreeSet<TextureId> {
    let attachments = scene.all_render_passes().flat_map(RenderPass::attachments);
    let mut out: BTreeSet<TextureId> = attachments.filter_map(|view| scene.attached_texture(view)).collect();
    let actions = scene.all_queues().flat_map(|queue| &queue.actions);
    out.extend(actions.filter_map(Action::written_texture).filter_map(|side| side.texture));
    out
}

/// A member that has the name of an input's field, in a block that this input is written to, and lies elsewhere.
fn misplaced_inputs(scene: &Scene, bound: &[Bound<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let writes = input_writes(scene, scene.frames.iter().flat_map(|frame| frame.init.iter().chain(&frame.steps)));
    // Where a write puts a field of its input, from the start of the buffer; `None` if it begins behind that.
    let place =
        |write: &WriteBuffer, field: u32| Some(write.offset.saturating_add((field * 4).checked_sub(write.source_offset.value)?));
    let mut reported = BTreeSet::new();
    // Nobody writes so many by hand, and each is looked at with each.
    if writes.len().saturating_mul(bound.len()) > MAX_PAIRS {
        return;
    }
    for (input, write) in &writes {
        let Some(source) = INPUTS.get(*input).filter(|source| !source.fields.iter().any(|field| field.contains(":array<")))
        else {
            continue;
        };
        for bound in bound {
            let Resource::Buffer { buffer, offset, .. } = bound.resource else { continue };
            let (Variable::Uniform(block) | Variable::Storage { block, .. }) = &bound.variable.resource else { continue };
            let end = offset.saturating_add(block.min_size);
            if *buffer != write.buffer || write.offset.value >= end || write.offset.saturating_add(write.len) <= **offset {
                continue;
            }
            let fields = (0u32..).zip(source.fields).map(|(index, field)| (index, field.split(':').next().unwrap_or_default()));
            let names = fields.flat_map(|(index, field)| {
                let others = OTHER_NAMES.iter().filter(move |(of, _)| *of == field).flat_map(|(_, others)| *others);
                std::iter::once(field).chain(others.copied()).map(move |name| (index, field, name))
            });
            for (index, field, name) in names {
                let Some(member) = block.field(name).filter(|member| member.arrays.is_empty()) else { continue };
                let read = offset.saturating_add(member.offset);
                let is_fed = |(other, write): &(usize, &WriteBuffer)| {
                    (other, write.buffer) == (input, *buffer) && place(write, index) == Some(read)
                };
                let Some(written) = place(write, index).filter(|_| !writes.iter().any(is_fed)) else { continue };
                if reported.insert(bound.variable.span) {
                    let what = if name == field { "it".to_string() } else { format!("its `{field}`") };
                    let message = format!(
                        "`{name}` of `{}` is at byte {read}, but `{}` has {what} at {written}",
                        bound.variable.name, source.name
                    );
                    diagnostics.push(
                        Diagnostic::new(Code::InputMember, write.span, message)
                            .also(bound.variable.span, "read by this variable")
                            .help(format!("begin the struct with {}", source.fields.join(", ").replace(':', ": "))),
                    );
                }
            }
        }
    }
}
