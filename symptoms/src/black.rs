//! Why nothing is seen.

use crate::edits::{Command, Edit, begins_on_canvas};
use crate::lab::{Lab, Trial};
use crate::picture::{count, is_black, is_plain, percent};
use crate::{Cause, Likelihood, Place};
use pngine_format::op::{CANVAS_TEXTURE, Kind, Op};
use pngine_host::Phase;
use pngine_native::PlayError;
use std::collections::BTreeSet;

/// What was seen, and why.
type Found = Result<(String, Vec<Cause>), PlayError>;

/// An edit of one pipeline or of all, the cause that it shows, how the picture was drawn, and what to do.
type Experiment = (fn(Option<u16>) -> Edit, &'static str, &'static str, &'static str);

/// The edits that are tried, with what they say when the picture answers.
const TRIALS: [Experiment; 5] = [
    (
        Edit::NoCull,
        "culled",
        "without `cullMode`",
        "the triangles run the other way round: turn the order of their vertices, write `frontFace=cw`, or leave `cullMode` out",
    ),
    (
        Edit::AllDepth,
        "depth-fails",
        "with `depthCompare=always`",
        "nothing passes the depth test: `depthClearValue=1` goes with `less`, 0 with `greater`; depth in clip space goes from 0 to 1",
    ),
    (
        Edit::AllStencil,
        "stencil-fails",
        "without a stencil test",
        "nothing passes the stencil test: look at `stencilFront.compare`, `stencilReference` and at who writes the stencil first",
    ),
    (
        Edit::NoBlend,
        "blended-away",
        "without blending and write masks",
        "the blend factors leave nothing of it: look at the alpha that the shader returns, and at `srcFactor`, `dstFactor` and `writeMask`",
    ),
    (
        |_| Edit::NoScissor,
        "scissored",
        "without scissors and viewports",
        "the scissor or the viewport leaves out all that is drawn: they are in pixels, from the upper left corner of the target",
    ),
];

pub fn black(lab: &Lab<'_>) -> Found {
    let pictures = &lab.base.pictures;
    let black = pictures.iter().all(|picture| is_black(picture, lab.has_alpha));
    let plain = pictures.iter().all(|picture| is_plain(picture, lab.has_alpha));
    if !plain && !black {
        let lit = pictures.iter().map(|picture| count(picture, |x| x > 0.006)).max().unwrap_or(0);
        return Ok((format!("up to {} of the pixels are not black", percent(lit, lab.pixels())), Vec::new()));
    }
    let what = if black { "black" } else { "of one colour" };
    let seen = format!("all {} pictures are {what}", pictures.len());
    let commands = of_canvas(lab);
    if !black && !commands.iter().any(|command| is_draw(command)) {
        // A colour that is cleared to is a picture, too.
        return Ok((format!("{seen}, and nothing is drawn over it"), Vec::new()));
    }
    if let Some(cause) = work(lab, &commands) {
        return Ok((seen, vec![cause]));
    }
    let mut causes = experiments(lab)?;
    if causes.is_empty() {
        causes = if lab.coverage(&[])? == Some(0) { unreached(lab)? } else { colourless(lab, black)? };
    }
    Ok((seen, causes))
}

/// The commands of passes that draw to the canvas, and those of their bundles.
fn of_canvas<'l>(lab: &'l Lab<'_>) -> Vec<&'l Command> {
    let mut out = Vec::new();
    for frame in &lab.base.frames {
        let mut is_inside = false;
        for command in frame {
            match command.op {
                Op::BeginRenderPass | Op::BeginRenderPassDesc => is_inside = begins_on_canvas(command),
                Op::EndPass => is_inside = false,
                _ => {}
            }
            if is_inside {
                out.push(command);
                let made = lab.base.init.iter().filter(|made| command.op == Op::ExecuteBundles && makes(made, command));
                out.extend(made.flat_map(|made| &made.bundle));
            }
        }
    }
    out
}

fn makes(made: &Command, user: &Command) -> bool {
    made.creates.is_some_and(|key| user.refs.contains(&key))
}

const fn is_draw(command: &Command) -> bool {
    matches!(command.op, Op::Draw | Op::DrawIndexed | Op::DrawIndirect | Op::DrawIndexedIndirect)
}

fn place(command: &Command) -> Option<Place> {
    Some(Place { phase: Phase::Frame(0), index: command.index })
}

/// What the commands say without an experiment.
fn work(lab: &Lab<'_>, commands: &[&Command]) -> Option<Cause> {
    let copies = lab.base.frames.iter().flatten().any(|command| {
        matches!(
            command.op,
            Op::CopyTexture | Op::CopyTextureRegion | Op::CopyBufferToTexture | Op::WriteTexture | Op::CopyExternalImage
        ) && command.refs.contains(&(Kind::Texture, CANVAS_TEXTURE))
    });
    if copies {
        return None;
    }
    let count = lab.frame().len();
    if commands.is_empty() {
        return Some(Cause::new(
            "no-canvas-pass",
            Likelihood::Certain,
            format!("none of the {count} commands of a frame draws to the canvas"),
            "perform a `#renderPass` with a color attachment of `view=contextCurrentTexture`, which is the default",
        ));
    }
    let draws: Vec<&&Command> = commands.iter().filter(|command| is_draw(command)).collect();
    if draws.is_empty() {
        return Some(
            Cause::new(
                "no-draw",
                Likelihood::Certain,
                "the passes on the canvas set what they need and draw nothing",
                "add `draw=3`, or as many vertices as there are, to the `#renderPass`",
            )
            .at(place(commands[0])),
        );
    }
    let is_empty = |command: &&&Command| {
        matches!(command.op, Op::Draw | Op::DrawIndexed) && (command.operands[0] == 0 || command.operands[1] == 0)
    };
    draws.iter().all(is_empty).then(|| {
        let first = draws[0];
        let what = if first.operands[0] == 0 { "vertices" } else { "instances" };
        Cause::new(
            "draw-of-nothing",
            Likelihood::Certain,
            format!("all {} draws to the canvas are of 0 {what}", draws.len()),
            "look at the numbers of `draw` and at the defines that they come from",
        )
        .at(place(first))
    })
}

/// What the picture answers to.
fn experiments(lab: &Lab<'_>) -> Result<Vec<Cause>, PlayError> {
    let mut causes = Vec::new();
    let share = |changed: usize| percent(changed, lab.pixels());
    let loaded = lab.answer(&[Edit::Load])?;
    if loaded > 0 {
        let second = lab.frame().iter().filter(|command| begins_on_canvas(command)).nth(1);
        let evidence = format!("with `loadOp=load` in all passes but the first, {} of the pixels change", share(loaded));
        let fix = "a later pass clears what an earlier one drew: write `loadOp=load` in its color attachment";
        causes.push(Cause::new("cleared-later", Likelihood::Certain, evidence, fix).at(second.and_then(place)));
    }
    for (edit, kind, how, fix) in TRIALS {
        if let Some((changed, pipeline)) = lab.try_pipelines(edit)? {
            let evidence = format!("{how}, {} of the pixels change", share(changed));
            let found = pipeline.filter(|_| kind != "scissored").and_then(|id| lab.place_of(Kind::Pipeline, id));
            causes.push(Cause::new(kind, Likelihood::Certain, evidence, fix).at(found));
        }
    }
    if causes.is_empty() {
        let all =
            [Edit::Load, Edit::NoCull(None), Edit::AllDepth(None), Edit::AllStencil(None), Edit::NoBlend(None), Edit::NoScissor];
        let changed = lab.answer(&all)?;
        if changed > 0 {
            causes.push(Cause::new(
                "several",
                Likelihood::Certain,
                format!(
                    "only without culling, tests, blending and later clears together, {} of the pixels change",
                    share(changed)
                ),
                "leave them out one after another: at least two of them hide what is drawn",
            ));
        }
    }
    Ok(causes)
}

/// Draws that reach no pixel of the canvas.
fn unreached(lab: &Lab<'_>) -> Result<Vec<Cause>, PlayError> {
    let place = lab.on_canvas().first().and_then(|id| lab.place_of(Kind::Pipeline, *id));
    let points = lab.coverage(&[Edit::Points(None), Edit::NoCull(None), Edit::AllDepth(None)])?;
    Ok(vec![match points {
        Some(points) if points > 0 => Cause::new(
            "no-area",
            Likelihood::Certain,
            format!("no triangle covers a pixel, and as points the same vertices are on {points} of them"),
            "the triangles have no area: look at the stride and the formats of the vertex buffers, at the indices, and at the scale",
        ),
        _ => Cause::new(
            "outside-clip",
            Likelihood::Certain,
            "the draws reach no pixel of the canvas, not even as points without culling and depth test",
            "all vertices lie outside of clip space: x and y go from -w to w, depth from 0 to w (not from -w, as in OpenGL), and w must be \
             above 0. Return `vec4f(position.xy, 0.5, 1)` to see them, then look at the matrix",
        ),
    }
    .at(place)])
}

/// Draws that reach pixels, and leave no colour on them.
fn colourless(lab: &Lab<'_>, black: bool) -> Result<Vec<Cause>, PlayError> {
    let place = lab.on_canvas().first().and_then(|id| lab.place_of(Kind::Pipeline, *id));
    let mut causes = Vec::new();
    let wide = lab.run(&Trial { is_wide: true, ..Trial::default() })?;
    let pictures = wide.map_or(Vec::new(), |run| run.pictures);
    let most = |holds: &dyn Fn(f32) -> bool| pictures.iter().map(|picture| count(picture, holds)).max().unwrap_or(0);
    let share = |pixels: usize| percent(pixels, lab.pixels());
    let broken = most(&|x| !x.is_finite());
    if broken > 0 {
        let evidence = format!("{} of the pixels are not a number", share(broken));
        let fix = "look for divisions by 0, `normalize` of a zero vector, `sqrt`, `log` or `pow` of what may be negative";
        causes.push(Cause::new("not-a-number", Likelihood::Certain, evidence, fix).at(place));
    }
    // One colour all over may well be meant.
    if !black {
        return Ok(causes);
    }
    let hidden =
        pictures.iter().map(|picture| picture.iter().filter(|p| p[3] < 0.006 && p[0].max(p[1]).max(p[2]) > 0.006).count());
    let hidden = hidden.max().unwrap_or(0);
    if lab.has_alpha && hidden > 0 {
        let evidence = format!("{} of the pixels have a colour and an alpha of 0", share(hidden));
        let fix = "the canvas has `alphaMode=premultiplied`: return an alpha of 1, or write `alphaMode=opaque`";
        causes.push(Cause::new("alpha-zero", Likelihood::Certain, evidence, fix).at(place));
    }
    let negative = most(&|x| x < -0.001);
    if negative > 0 {
        let evidence = format!("{} of the pixels are below 0", share(negative));
        let fix = "what is below 0 is black: shift it, as in `0.5 + 0.5 * x`";
        causes.push(Cause::new("below-zero", Likelihood::Likely, evidence, fix).at(place));
    }
    let dark = most(&|x| x > 0.0 && x < 0.006);
    if dark > 0 && broken == 0 {
        let evidence = format!("{} of the pixels are above 0 and darker than a step of eight bits", share(dark));
        causes.push(Cause::new("too-dark", Likelihood::Likely, evidence, "multiply the colour: 1 is the brightest").at(place));
    }
    if !lab.uniforms.is_empty()
        && let Some(run) = lab.run(&Trial { has_uniforms: true, ..Trial::default() })?
        && lab.changed(&run) > 0
    {
        let list = lab.uniforms.iter().take(6).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let evidence =
            format!("with 1 in the uniforms that a page sets, {} of the pixels change: {list}", share(lab.changed(&run)));
        let fix = "they are 0 until somebody sets them: `setUniform` on the page, `--set` on the command line, or a `#queue` that writes them";
        causes.push(Cause::new("uniforms-zero", Likelihood::Certain, evidence, fix).at(place));
    }
    if let Some(run) = lab.run(&Trial { has_visitor: true, ..Trial::default() })?
        && lab.changed(&run) > 0
    {
        let evidence = format!("with a pointer, keys and sound, {} of the pixels change", share(lab.changed(&run)));
        let fix = "the scene waits for a visitor: give it something to show before, as `max(level, 0.1)`";
        causes.push(Cause::new("waits-for-visitor", Likelihood::Certain, evidence, fix).at(place));
    }
    if causes.is_empty() {
        causes = unwritten(lab);
    }
    if causes.is_empty() {
        let evidence = "the draws cover pixels of the canvas, and the colour of each is 0";
        let fix = "return `vec4f(1)` to be sure, then put back one factor after another: one of them is 0";
        causes.push(Cause::new("black-shader", Likelihood::Likely, evidence, fix).at(place));
    }
    Ok(causes)
}

/// Buffers and textures that what is drawn reads and nothing fills.
fn unwritten(lab: &Lab<'_>) -> Vec<Cause> {
    let all = || lab.base.init.iter().chain(lab.base.frames.iter().flatten());
    // What a shader can write cannot be told from the commands.
    if all().any(|command| {
        command.op == Op::CreateShader && (command.text().contains("read_write") || command.text().contains("write>"))
    }) {
        return Vec::new();
    }
    let views: Vec<((Kind, u16), (Kind, u16))> = lab
        .base
        .init
        .iter()
        .filter(|command| command.op == Op::CreateTextureView)
        .filter_map(|view| Some((view.creates?, *view.refs.iter().find(|(kind, _)| *kind == Kind::Texture)?)))
        .collect();
    let whole = |key: (Kind, u16)| match key {
        (Kind::DefaultView, id) => (Kind::Texture, id),
        (Kind::TextureView, _) => views.iter().find(|(view, _)| *view == key).map_or(key, |(_, texture)| *texture),
        key => key,
    };
    let mut filled: BTreeSet<(Kind, u16)> = BTreeSet::new();
    for command in all() {
        match command.op {
            Op::CreateBindGroup | Op::SetBindGroup | Op::SetBindGroupOffsets | Op::CreateTextureView | Op::CreateRenderBundle => {
            }
            _ => filled.extend(command.refs.iter().map(|key| whole(*key))),
        }
    }
    let set: BTreeSet<(Kind, u16)> = lab.base.frames.iter().flatten().flat_map(|command| command.refs.iter().copied()).collect();
    let groups =
        lab.base.init.iter().filter(|made| made.op == Op::CreateBindGroup && made.creates.is_some_and(|key| set.contains(&key)));
    let read: BTreeSet<(Kind, u16)> = groups
        .flat_map(|group| group.refs.iter().map(|key| whole(*key)))
        .filter(|(kind, _)| matches!(kind, Kind::Buffer | Kind::Texture))
        .collect();
    read.difference(&filled)
        .map(|&(kind, id)| {
            let what = if kind == Kind::Buffer { "buffer" } else { "texture" };
            Cause::new(
                "reads-zeros",
                Likelihood::Likely,
                format!("a {what} is bound, and nothing writes it: it holds zeros"),
                "write it in a `#queue`, fill it with `mappedAtCreation`, draw to it, or copy an image into it",
            )
            .at(lab.place_of(kind, id))
        })
        .collect()
}
