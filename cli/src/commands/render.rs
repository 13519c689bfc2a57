//! `pngine render`: frames of a scene as PNG files.

use std::path::{Path, PathBuf};

use super::Context;
use crate::args::Render;
use crate::failure::{Exit, Failure};
use crate::findings::{self, Report};
use crate::input::Input;
use crate::output::{self, Content, Target};
use crate::picture::{self, Pixels};
use crate::progress::{self, Notice, Progress};
use crate::scene;
use crate::stage::Stage;

/// Renders one frame or a sequence.
///
/// # Errors
/// What is wrong with the scene; E0916, E0918, E0920, E0921.
pub fn run(args: &Render, context: Context) -> Result<Exit, Failure> {
    args.picture.check(args.frames).map_err(Failure::Usage)?;
    let target = Target::new(&args.output);
    if target == Target::Standard && args.frames.is_some() {
        return Err(Failure::Usage("a sequence is many files: name them with -o".to_owned()));
    }
    let input = Input::read(&args.input)?;
    target.check(Content::Png, &[&input])?;
    let notice = Notice::new(&format!("compiling {}", input.name));
    let scene = scene::load(&input, args.root.as_deref())?;
    drop(notice);
    for target in targets(args, &target) {
        target.check_replaced(Content::Png, &scene.read, args.force)?;
    }
    let mut report = Report { name: input.name.clone(), sources: scene.sources, diagnostics: scene.warnings, run: None };
    output::report(&findings::human(&report, context.has_color()), context.color);

    let located = |failure: Failure| failure.in_sources(&report.sources);
    let notice = Notice::new("getting the GPU ready");
    let mut stage = Stage::open(&scene.payload, scene.program.as_ref(), &args.picture).map_err(located)?;
    drop(notice);
    draw(args, &target, &mut stage).map_err(located)?;
    report.diagnostics = stage.warnings().to_vec();
    output::report(&findings::human(&report, context.has_color()), context.color);
    Ok(Exit::Done)
}

/// What is written: one picture, or those of a sequence.
fn targets(args: &Render, target: &Target) -> impl Iterator<Item = Target> {
    let frames = args.frames.filter(|_| matches!(target, Target::File(_)));
    (1..=frames.unwrap_or(1)).map(move |number| match (frames, target) {
        (Some(frames), Target::File(path)) => Target::File(numbered(path, number, frames)),
        _ => target.clone(),
    })
}

/// Draws and writes the frames.
fn draw(args: &Render, target: &Target, stage: &mut Stage<'_>) -> Result<(), Failure> {
    let (width, height) = args.picture.size();
    let encode = |pixels: &Pixels| picture::encode(width, height, pixels).map_err(|error| picture::failure(&error));
    let Some(frames) = args.frames else {
        return target.deliver(&encode(&stage.still(&args.picture)?)?, &format!("{width}x{height} pixels"));
    };
    stage.warm_up()?;
    let mut progress = Progress::new("frame", frames);
    let mut bytes = 0;
    for (i, target) in (0..frames).zip(targets(args, target)) {
        progress.step(i + 1);
        // A sequence is what playing shows, so its clock heeds the end of the timeline; a single time is drawn as it is.
        let time = stage.clock(args.picture.time() + f64::from(i) / args.picture.fps());
        let png = encode(&stage.draw(time)?)?;
        target.write(&png)?;
        bytes += png.len();
    }
    drop(progress);
    if let (Some(first), Some(last)) = (targets(args, target).next(), targets(args, target).last()) {
        let (first, last, bytes) = (first.name(), last.name(), progress::bytes(bytes));
        let pictures = if frames == 1 { first } else { format!("{first} to {last}") };
        progress::say(&format!("{pictures}: {bytes}, {width}x{height} pixels"));
    }
    Ok(())
}

/// `out.png` is `out-0001.png` for frame 1; all numbers of a sequence have the same width.
fn numbered(path: &Path, number: u32, frames: u32) -> PathBuf {
    let digits = frames.to_string().len().max(4);
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number:0digits$}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_sequence_are_numbered_with_one_width() {
        assert_eq!(numbered(Path::new("a/out.png"), 1, 60), Path::new("a/out-0001.png"));
        assert_eq!(numbered(Path::new("out.v2.png"), 9999, 9999), Path::new("out.v2-9999.png"));
        assert_eq!(numbered(Path::new("out"), 7, 10000), Path::new("out-00007"));
    }
}
