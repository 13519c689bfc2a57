//! Why colours are wrong, and why blending does not do what was meant.

use crate::edits::Edit;
use crate::lab::{Lab, Trial};
use crate::picture::{Picture, count, differing, is_black, percent};
use crate::{Cause, Likelihood};
use pngine_format::descriptor::{Field, Value};
use pngine_format::op::{Kind, Op};
use pngine_native::PlayError;

/// What was seen, and why.
type Found = Result<(String, Vec<Cause>), PlayError>;

/// Share of pixels that must be beyond white before that is said: highlights are meant to be.
const MANY: f64 = 0.25;

/// The pictures with colours beyond those of a screen; those of a screen if the GPU refuses that.
fn wide(lab: &Lab<'_>) -> Result<Vec<Picture>, PlayError> {
    Ok(lab.run(&Trial { is_wide: true, ..Trial::default() })?.map_or_else(|| lab.base.pictures.clone(), |run| run.pictures))
}

fn most(pictures: &[Picture], holds: impl Fn(&Picture) -> usize) -> usize {
    pictures.iter().map(holds).max().unwrap_or(0)
}

pub fn colors(lab: &Lab<'_>) -> Found {
    let pictures = wide(lab)?;
    let whole = lab.pixels();
    let share = |pixels: usize| percent(pixels, whole);
    let place = lab.on_canvas().first().and_then(|id| lab.place_of(Kind::Pipeline, *id));
    let mut causes = Vec::new();
    let broken = most(&pictures, |picture| count(picture, |x| !x.is_finite()));
    if broken > 0 {
        let evidence = format!("{} of the pixels are not a number or infinite, which GPUs show in different ways", share(broken));
        let fix = "look for divisions by 0, `normalize` of a zero vector, `sqrt`, `log` or `pow` of what may be negative";
        causes.push(Cause::new("not-a-number", Likelihood::Certain, evidence, fix).at(place));
    }
    let white = |pixel: &&[f32; 4]| pixel.iter().take(3).all(|x| *x > 1.02 && x.is_finite());
    let bright = most(&pictures, |picture| picture.iter().filter(white).count());
    if bright as f64 > whole as f64 * MANY {
        let top = pictures.iter().flatten().flat_map(|pixel| &pixel[..3]).copied().filter(|x| x.is_finite()).fold(0.0, f32::max);
        let evidence =
            format!("{} of the pixels are beyond white in all channels, up to {top:.1}, and shown as 1", share(bright));
        let fix = "bring the colours into 0 to 1: divide by the brightest, or `x / (1 + x)`; 255 is not white, 1 is";
        causes.push(Cause::new("too-bright", Likelihood::Certain, evidence, fix).at(place));
    }
    let below = most(&pictures, |picture| picture.iter().filter(|pixel| pixel.iter().take(3).all(|x| *x < -0.02)).count());
    if below as f64 > whole as f64 * MANY {
        let evidence = format!("{} of the pixels are below 0 in all channels, and shown as 0", share(below));
        causes.push(
            Cause::new("below-zero", Likelihood::Certain, evidence, "shift what goes from -1 to 1: `0.5 + 0.5 * x`").at(place),
        );
    }
    let dark = pictures.iter().all(|picture| count(picture, |x| x >= 0.06) == 0 && count(picture, |x| x > 0.0) > 0);
    if dark && broken == 0 {
        let evidence = "no pixel is brighter than 6 %, and some are above 0";
        causes.push(Cause::new("too-dark", Likelihood::Likely, evidence, "multiply the colour: 1 is the brightest").at(place));
    }
    // A texture that takes the curve off what is sampled, and a canvas that does not put it on again.
    let decoded = lab.base.init.iter().find(|command| {
        command.op == Op::CreateTexture
            && matches!(command.descriptor.get(Field::Format), Some(Value::Word(word)) if word.text().ends_with("-srgb"))
            && lab.base.frames.iter().flatten().any(|user| {
                matches!(user.op, Op::CopyExternalImage | Op::WriteTexture)
                    && command.creates.is_some_and(|key| user.refs.contains(&key))
            })
    });
    if let Some(texture) = decoded {
        let plain = lab.run(&Trial { edits: &[Edit::NoSrgb], ..Trial::default() })?;
        if let Some(run) = plain.filter(|run| lab.changed(run) * 10 > whole && brighter(&run.pictures, &lab.base.pictures)) {
            let evidence = format!(
                "an image lies in an `-srgb` texture, so what a shader reads of it is linear; without that, {} of the pixels are brighter",
                share(lab.changed(&run))
            );
            let fix = "the canvas takes colours as they are shown: use the format without `-srgb`, or encode at the end, `pow(color, vec3f(1 / 2.2))`";
            let found = texture.creates.and_then(|(kind, id)| lab.place_of(kind, id));
            causes.push(Cause::new("srgb-texture", Likelihood::Likely, evidence, fix).at(found));
        }
    }
    let seen = if causes.is_empty() {
        "the colours lie between black and white".to_owned()
    } else {
        "colours lie outside of what a screen shows, or in a small part of it".to_owned()
    };
    Ok((seen, causes))
}

/// Whether pictures are brighter than others on the whole.
fn brighter(a: &[Picture], b: &[Picture]) -> bool {
    let sum = |pictures: &[Picture]| pictures.iter().flatten().flat_map(|pixel| &pixel[..3]).map(|x| f64::from(*x)).sum::<f64>();
    sum(a) > sum(b)
}

/// Whether the frames that were drawn set a pipeline, in bundles too. A timeline may show others later.
fn is_set(lab: &Lab<'_>, pipeline: u16) -> bool {
    let bundles = lab.base.init.iter().flat_map(|command| &command.bundle);
    let mut commands = lab.base.frames.iter().flatten().chain(bundles);
    commands.any(|command| command.op == Op::SetPipeline && u32::from(pipeline) == command.operands[0])
}

pub fn blend(lab: &Lab<'_>) -> Found {
    let blending: Vec<u16> = lab
        .base
        .init
        .iter()
        .filter(|command| command.op == Op::CreateRenderPipe)
        .filter(|command| {
            let targets = command.descriptor.get(Field::Fragment).and_then(|stage| stage.get(Field::Targets));
            targets.map_or(&[][..], Value::elements).iter().any(|target| target.get(Field::Blend).is_some())
        })
        .filter_map(|command| command.creates.map(|(_, id)| id))
        .filter(|id| is_set(lab, *id))
        .collect();
    let whole = lab.pixels();
    let mut causes = Vec::new();
    let pictures = wide(lab)?;
    if lab.has_alpha {
        let over = |pixel: &&[f32; 4]| pixel.iter().take(3).any(|x| *x > pixel[3] + 0.02) && pixel[3] > 0.02 && pixel[3] < 0.98;
        let lighter = most(&pictures, |picture| picture.iter().filter(over).count());
        if lighter * 20 > whole {
            let evidence = format!(
                "{} of the pixels have a colour brighter than their alpha, on a canvas with `alphaMode=premultiplied`",
                percent(lighter, whole)
            );
            let fix = "multiply the colour by its alpha in the shader, `vec4f(color * a, a)`, and blend with `srcFactor=one`";
            let place = lab.on_canvas().first().and_then(|id| lab.place_of(Kind::Pipeline, *id));
            causes.push(Cause::new("not-premultiplied", Likelihood::Certain, evidence, fix).at(place));
        }
    }
    for id in &blending {
        let place = lab.place_of(Kind::Pipeline, *id);
        let Some(plain) = lab.run(&Trial { edits: &[Edit::NoBlend(Some(*id))], ..Trial::default() })? else { continue };
        let changed = lab.changed(&plain);
        if changed == 0 {
            let evidence = "a pipeline blends, and the picture is the same without";
            let fix = "the alpha is 1 everywhere, or the factors are those of replacing: for transparency return an alpha below 1 and write \
                       `srcFactor=src-alpha dstFactor=one-minus-src-alpha`";
            causes.push(Cause::new("blend-without-effect", Likelihood::Likely, evidence, fix).at(place));
            continue;
        }
        let bare = lab
            .base
            .pictures
            .iter()
            .zip(&plain.pictures)
            .all(|(base, plain)| is_black(base, lab.has_alpha) && !is_black(plain, lab.has_alpha));
        if bare {
            let evidence = format!("the picture is black, and without blending {} of the pixels change", percent(changed, whole));
            let fix = "the factors leave nothing: look at the alpha that the shader returns, and at `srcFactor` and `dstFactor`";
            causes.push(Cause::new("blended-away", Likelihood::Certain, evidence, fix).at(place));
        }
        let deep = lab.answer(&[Edit::NoBlendedDepth(Some(*id))])?;
        if deep > 0 {
            let evidence = format!(
                "what is blended also writes depth and hides what comes after it: without that, {} of the pixels change",
                percent(deep, whole)
            );
            causes.push(
                Cause::new(
                    "blended-depth",
                    Likelihood::Likely,
                    evidence,
                    "write `depthWriteEnabled=false` in the pipeline that blends",
                )
                .at(place),
            );
        }
    }
    let white = |pixel: &&[f32; 4]| pixel.iter().take(3).all(|x| *x > 1.02 && x.is_finite());
    let bright = most(&pictures, |picture| picture.iter().filter(white).count());
    if !blending.is_empty() && bright as f64 > whole as f64 * MANY {
        let evidence = format!("{} of the pixels add up to more than white", percent(bright, whole));
        causes.push(Cause::new(
            "sum-too-bright",
            Likelihood::Likely,
            evidence,
            "draw less bright, or write `dstFactor=one-minus-src-alpha`",
        ));
    }
    let alone = lab.base.pictures.iter().zip(&pictures).all(|(a, b)| differing(a, b, lab.has_alpha) == 0);
    let seen = match (blending.len(), alone) {
        (0, _) => "no pipeline blends".to_owned(),
        (1, _) => "one pipeline blends".to_owned(),
        (count, _) => format!("{count} pipelines blend"),
    };
    Ok((seen, causes))
}
