//! `pngine render`: frames of a scene as PNG files, or as one file that moves.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};

use super::Context;
use crate::args::{MAX_FRAMES, Render};
use crate::failure::{Exit, Failure};
use crate::findings::{self, Report};
use crate::input::{self, Input};
use crate::movie::{Format, Kind, Movie};
use crate::output::{self, Content, Target};
use crate::picture::{self, Pixels};
use crate::progress::{self, Notice, Progress};
use crate::scene;
use crate::stage::Stage;

/// Frames that may wait to be written: more would only take memory.
const WAITING: usize = 2;
/// Most threads that encode pictures; beyond that drawing is what takes the time. Picked by feel.
const MOST_HANDS: usize = 8;

/// Renders one frame, a sequence or a film.
///
/// # Errors
/// What is wrong with the scene; E0916, E0918, E0920, E0921.
pub fn run(args: &Render, context: Context) -> Result<Exit, Failure> {
    let plan = Plan::new(args).map_err(Failure::Usage)?;
    args.picture.check(plan.frames).map_err(Failure::Usage)?;
    let target = Target::new(&args.output);
    let input = Input::read(&args.input)?;
    target.check(plan.content(), &[&input])?;
    let notice = Notice::new(&format!("compiling {}", input.name));
    let scene = scene::load(&input, args.root.as_deref())?;
    drop(notice);
    for target in plan.targets(&target) {
        target.check_replaced(plan.content(), &scene.read, args.force)?;
    }
    let mut report = Report { name: input.name.clone(), sources: scene.sources, diagnostics: scene.warnings, run: None };
    output::report(&findings::human(&report, context.has_color()), context.color);

    let located = |failure: Failure| failure.in_sources(&report.sources);
    let notice = Notice::new("getting the GPU ready");
    let mut stage = Stage::open(&scene.payload, scene.program.as_ref(), &args.picture).map_err(located)?;
    drop(notice);
    let (width, height) = args.picture.size();
    match (plan.movie, plan.frames) {
        (None, None) => {
            let png = encoded(width, height, &stage.still(&args.picture).map_err(located)?)?;
            target.deliver(&png, &format!("{width}x{height} pixels"))?;
        }
        (None, Some(frames)) => sequence(args, plan, frames, &target, &mut stage).map_err(located)?,
        (Some(kind), frames) => film(args, plan, kind, frames.unwrap_or(1), &target, &mut stage).map_err(located)?,
    }
    report.diagnostics = stage.warnings().to_vec();
    output::report(&findings::human(&report, context.has_color()), context.color);
    Ok(Exit::Done)
}

fn encoded(width: u32, height: u32, pixels: &Pixels) -> Result<Vec<u8>, Failure> {
    picture::encode(width, height, pixels).map_err(|error| picture::failure(&error))
}

/// What is drawn, and into what.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// The file that moves, if it is one.
    movie: Option<Kind>,
    /// How many frames, if more than a still picture is asked for.
    frames: Option<u32>,
    /// How many of them come in a second.
    fps: f64,
}

impl Plan {
    fn new(args: &Render) -> Result<Self, String> {
        let is_sequence = args.frames.is_some() || args.to.is_some();
        let is_standard = input::is_standard(&args.output);
        let movie = if is_standard && is_sequence { Some(Kind::Y4m) } else { Kind::of(&args.output) };
        let fps = movie.map_or_else(|| Ok(args.picture.fps()), |kind| kind.rate(&args.picture))?;
        let frames = match (args.frames, args.to) {
            (Some(frames), _) => Some(frames),
            (None, Some(to)) => {
                let from = args.picture.time();
                let count = ((to - from) * fps).round();
                if count < 1.0 {
                    return Err(format!("--to {to} leaves no frame behind {from}, where the first one is"));
                }
                if count > f64::from(MAX_FRAMES) {
                    return Err(format!("these are {count} frames, and more than {MAX_FRAMES} are not drawn at once"));
                }
                // A whole number that fits.
                Some(count as u32)
            }
            (None, None) => None,
        };
        match (movie, frames) {
            (Some(_), None) => {
                Err(format!("`{}` moves: say for how long, with --to S or --frames N", input::display(&args.output)))
            }
            _ => Ok(Self { movie, frames, fps }),
        }
    }

    const fn content(self) -> Content {
        match self.movie {
            None => Content::Png,
            Some(Kind::Apng) => Content::Apng,
            Some(Kind::Gif) => Content::Gif,
            Some(Kind::Y4m) => Content::Y4m,
        }
    }

    /// What is written: one file, or those of a sequence.
    fn targets(self, target: &Target) -> impl Iterator<Item = Target> {
        let frames = self.frames.filter(|_| self.movie.is_none());
        (1..=frames.unwrap_or(1)).map(move |number| match (frames, target) {
            (Some(frames), Target::File(path)) => Target::File(numbered(path, number, frames)),
            _ => target.clone(),
        })
    }

    /// The time of frame `i`. A sequence is what playing shows, so its clock heeds the end of the timeline; a single time is drawn as it is.
    fn time(self, args: &Render, stage: &Stage<'_>, i: u32) -> f64 {
        stage.clock(args.picture.time() + f64::from(i) / self.fps)
    }
}

/// Draws and writes a file for each frame. Pictures are encoded and written while the next ones are drawn.
fn sequence(args: &Render, plan: Plan, frames: u32, target: &Target, stage: &mut Stage<'_>) -> Result<(), Failure> {
    let (width, height) = args.picture.size();
    stage.warm_up()?;
    let mut progress = Progress::new("frame", frames);
    let (sender, receiver) = mpsc::sync_channel::<(Target, Pixels)>(WAITING);
    let receiver = Mutex::new(receiver);
    let bytes = AtomicUsize::new(0);
    let write = || -> Result<(), Failure> {
        loop {
            // Nobody panics while waiting.
            let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((target, pixels)) = next else { return Ok(()) };
            let png = encoded(width, height, &pixels)?;
            target.write(&png)?;
            bytes.fetch_add(png.len(), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        let hands = std::thread::available_parallelism().map_or(1, |count| count.get().min(MOST_HANDS));
        let writing: Vec<_> = (0..hands).map(|_| scope.spawn(write)).collect();
        let drawn = (|| {
            for (i, target) in (0..frames).zip(plan.targets(target)) {
                progress.step(i + 1);
                let pixels = stage.draw(plan.time(args, stage, i))?;
                // Whoever cannot write says so below.
                if writing.iter().any(|thread| thread.is_finished()) || sender.send((target, pixels)).is_err() {
                    break;
                }
            }
            Ok(())
        })();
        drop(sender);
        let written =
            writing.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        drawn.and(written)
    })?;
    drop(progress);
    if let (Some(first), Some(last)) = (plan.targets(target).next(), plan.targets(target).last()) {
        let (first, last, bytes) = (first.name(), last.name(), progress::bytes(bytes.into_inner()));
        let pictures = if frames == 1 { first } else { format!("{first} to {last}") };
        progress::say(&format!("{pictures}: {bytes}, {width}x{height} pixels"));
    }
    Ok(())
}

/// Draws all frames into one file.
fn film(args: &Render, plan: Plan, kind: Kind, frames: u32, target: &Target, stage: &mut Stage<'_>) -> Result<(), Failure> {
    let (width, height) = args.picture.size();
    stage.warm_up()?;
    let format = Format { width, height, frames, fps: plan.fps, canvas: stage.canvas() };
    let mut progress = Progress::new("frame", frames);
    let bytes = target.write_with(|out| {
        let mut out = Counted { out, bytes: 0 };
        let mut movie = Movie::new(kind, &mut out, format)?;
        let (sender, receiver) = mpsc::sync_channel::<Pixels>(WAITING);
        let result = std::thread::scope(|scope| {
            let writing = scope.spawn(move || {
                let mut count = 0;
                for pixels in receiver {
                    movie.frame(&pixels)?;
                    count += 1;
                }
                // A film that breaks off has no end.
                if count == frames { movie.finish() } else { Ok(()) }
            });
            let drawn = (|| {
                for i in 0..frames {
                    progress.step(i + 1);
                    let pixels = stage.draw(plan.time(args, stage, i))?;
                    if sender.send(pixels).is_err() {
                        break;
                    }
                }
                Ok(())
            })();
            drop(sender);
            let written: io::Result<()> = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written.map(|()| drawn)
        })?;
        Ok(result.map(|()| out.bytes))
    })?;
    drop(progress);
    progress::say(&target.line(bytes, &format!("{frames} frames of {width}x{height} pixels, {} a second", plan.fps)));
    Ok(())
}

/// An output that counts what is written.
struct Counted<'a> {
    out: &'a mut (dyn Write + Send),
    bytes: usize,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
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
