//! `pngine build` and `pngine compile`: a source to a PNG or to a payload.

use std::path::Path;

use pngine_compiler::diag::Code;
use pngine_compiler::pack::{self, Effort, Embed, SizeReport};
use pngine_compiler::source::SourceMap;
use pngine_compiler::{Options, Program};
use pngine_host::OwnedPayload;

use super::Context;
use crate::args::{Build, Compile, Compiling, ExecutorKind, Packing};
use crate::failure::{Exit, Failure};
use crate::findings::{self, Report};
use crate::input::{Input, InputKind};
use crate::output::{self, Content, ReadFiles, Target};
use crate::picture;
use crate::progress::{self, Notice};
use crate::scene;
use crate::stage::Stage;

/// Builds a PNG.
///
/// # Errors
/// All findings of the compiler, and what is in the way of writing; then nothing is written.
pub fn run(args: &Build, context: Context) -> Result<Exit, Failure> {
    if let (false, Some(option)) = (args.frame, args.picture.given()) {
        return Err(Failure::Usage(format!("{option} is about the picture: it needs --frame")));
    }
    args.picture.check(None).map_err(Failure::Usage)?;
    let embed = embed(&args.packing)?;
    let input = read_source(&args.input, "build")?;
    let target = Target::or_beside(args.output.as_deref(), &input, "png");
    target.check(Content::Png, &[&input])?;
    let (sources, program, read) = compile_source(&input, &args.compiling, context)?;
    target.check_replaced(Content::Png, &read, args.force)?;
    let payload = scene::payload_of(&program, embed)?;
    let frame = if args.frame {
        let located = |failure: Failure| failure.in_sources(&sources);
        let notice = Notice::new("getting the GPU ready");
        let mut stage = Stage::open(&payload, Some(&program), &args.picture).map_err(located)?;
        drop(notice);
        let pixels = stage.still(&args.picture).map_err(located)?;
        let warnings =
            Report { name: input.name.clone(), sources: sources.clone(), diagnostics: stage.warnings().to_vec(), run: None };
        output::report(&findings::human(&warnings, context.has_color()), context.color);
        let (width, height) = args.picture.size();
        Some(picture::encode(width, height, &pixels).map_err(|error| picture::failure(&error))?)
    } else {
        None
    };

    let effort = if args.optimize { Effort::Optimize } else { Effort::Normal };
    let notice = args.optimize.then(|| Notice::new("optimizing"));
    let frame = if args.optimize { frame.map(picture::optimize) } else { frame };
    let png = progress::packing(|watch| pack::png_watched(payload.bytes(), frame.as_deref(), effort, watch));
    drop(notice);
    let png = png.map_err(|error| scene::pack_failure(&error))?;
    let size = args.frame.then(|| args.picture.size());
    finish(&target, &png, &payload, size, effort, &args.packing, context)
}

/// Builds a bare payload.
///
/// # Errors
/// Like [`run`].
pub fn compile(args: &Compile, context: Context) -> Result<Exit, Failure> {
    let embed = embed(&args.packing)?;
    let input = read_source(&args.input, "compile")?;
    let target = Target::or_beside(args.output.as_deref(), &input, "pngb");
    target.check(Content::Payload, &[&input])?;
    let (_, program, read) = compile_source(&input, &args.compiling, context)?;
    target.check_replaced(Content::Payload, &read, args.force)?;
    let payload = scene::payload_of(&program, embed)?;
    finish(&target, payload.bytes(), &payload, None, Effort::Normal, &args.packing, context)
}

fn embed(packing: &Packing) -> Result<Embed, Failure> {
    match packing.embed_executor {
        _ if packing.no_executor => Ok(Embed::None),
        None | Some(ExecutorKind::Prebuilt) => Ok(Embed::Prebuilt),
        Some(ExecutorKind::Specialized) => {
            Err(Failure::Usage("specialized executors are not available yet: use --embed-executor=prebuilt".to_owned()))
        }
    }
}

fn read_source(path: &Path, command: &str) -> Result<Input, Failure> {
    let input = Input::read(path)?;
    if input.kind != InputKind::Source {
        return Err(Failure::input(
            Code::WrongInput,
            format!("`{}` is {}: {command} takes a scene's source", input.name, input.kind.name()),
        )
        .help("look into it with inspect, or take its source out with extract --source"));
    }
    Ok(input)
}

fn compile_source(input: &Input, compiling: &Compiling, context: Context) -> Result<(SourceMap, Program, ReadFiles), Failure> {
    let options = Options { minify: !compiling.no_minify, keep_source: compiling.source, scene_text: false };
    let notice = Notice::new(&format!("compiling {}", input.name));
    let (compiled, read) = scene::compile(input, compiling.root.as_deref(), &options)?;
    drop(notice);
    let (sources, diagnostics, program) = scene::accept(compiled)?;
    let warnings = Report { name: input.name.clone(), sources, diagnostics, run: None };
    output::report(&findings::human(&warnings, context.has_color()), context.color);
    Ok((warnings.sources, program, read))
}

/// Holds the result against its budget, writes it, and prints the report.
fn finish(
    target: &Target,
    result: &[u8],
    payload: &OwnedPayload,
    size: Option<(u32, u32)>,
    effort: Effort,
    packing: &Packing,
    context: Context,
) -> Result<Exit, Failure> {
    let report = if packing.report {
        SizeReport::measure(payload.bytes(), effort).map(|report| table(&report, result.len()))
    } else {
        None
    };
    let over = packing.max_size.filter(|budget| result.len() as u64 > *budget);
    if over.is_none() {
        let picture = size.map_or(String::new(), |(width, height)| format!("{width}x{height} pixels, "));
        target.deliver(result, &format!("{picture}{}", scene::way_to_play(&payload.payload())))?;
    }
    if let Some(report) = report {
        match target {
            // The report must not end up in the result.
            Target::Standard => output::report(&report, context.color),
            Target::File(_) => output::print(&report)?,
        }
    }
    match over {
        None => Ok(Exit::Done),
        Some(budget) => Err(Failure::input(
            Code::OverBudget,
            format!(
                "`{}` would have {} bytes, {} more than its budget of {budget}",
                target.name(),
                result.len(),
                result.len() as u64 - budget
            ),
        )),
    }
}

/// The sizes, one section a line.
fn table(report: &SizeReport, result: usize) -> String {
    let mut out = format!("{:<18}{:>10}{:>10}\n", "section", "bytes", "deflated");
    for section in &report.sections {
        out.push_str(&format!("{:<18}{:>10}{:>10}\n", section.name, section.raw, section.alone));
    }
    out.push_str(&format!("{:<18}{:>10}{:>10}\n", "payload", report.payload, report.packed));
    out.push_str(&format!("{:<18}{result:>10}\n", "output"));
    out
}
