//! `pngine build` and `pngine compile`: a source to a PNG or to a payload.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pngine_compiler::diag::{self, Code, Severity};
use pngine_compiler::pack::{self, Effort, Embed, SizeReport};
use pngine_compiler::source::SourceMap;
use pngine_compiler::{Options, Program};
use pngine_format::status::Plugins;
use pngine_host::OwnedPayload;
use serde_json::{Value, json};

use super::Context;
use crate::args::{Build, Compile, Compiling, ExecutorKind, MessageFormat, Packing};
use crate::failure::{Exit, Failure};
use crate::findings::{self, Levels, Report};
use crate::input::{self, Input, InputKind};
use crate::output::{self, Content, ReadFiles, Target};
use crate::picture;
use crate::progress::{self, Notice, Progress};
use crate::scene;
use crate::stage::Stage;

/// Builds PNGs, one of each input. All inputs are looked at before the first file is written; what is wrong with one keeps no other
/// from being built.
///
/// # Errors
/// [`Failure::Usage`]; what is wrong with the inputs is printed here.
pub fn run(args: &Build, context: Context) -> Result<Exit, Failure> {
    if let (false, Some(option)) = (args.frame, args.picture.given()) {
        return Err(Failure::Usage(format!("{option} is about the picture: it needs --frame")));
    }
    args.picture.check(None).map_err(Failure::Usage)?;
    let embed = embed(&args.packing)?;
    let levels = args.reporting.levels()?;
    let plan = plan(args)?;

    let mut jobs: Vec<Job> = plan.into_iter().map(Job::new).collect();
    for job in &mut jobs {
        job.attempt(Job::read)?;
    }
    let inputs: Vec<Input> = jobs.iter().filter_map(|job| job.input.clone()).collect();
    let inputs: Vec<&Input> = inputs.iter().collect();
    let mut read = ReadFiles::of(&inputs);
    for job in &mut jobs {
        job.attempt(|job| job.target.check(Content::Png, &inputs))?;
    }
    let mut progress = Progress::new("compiling: scene", u32::try_from(jobs.len()).unwrap_or(u32::MAX));
    for (number, job) in (1..).zip(&mut jobs) {
        progress.step(number);
        job.attempt(|job| job.compile(args, &levels))?;
        read.extend(&job.read);
    }
    drop(progress);
    for job in &mut jobs {
        job.attempt(|job| job.target.check_replaced(Content::Png, &read, args.force))?;
    }
    let format = args.reporting.format();
    for job in &mut jobs {
        // What the compiler found is there to be read while a picture is drawn.
        job.show(format, context);
        job.attempt(|job| job.write(args, embed, format, context))?;
        job.show(format, context);
        if let Some(written) = &job.written {
            progress::say(&written.line(&job.target));
        }
    }
    let exit = jobs.iter().map(|job| job.exit).max_by_key(|exit| *exit as u8).unwrap_or(Exit::Done);
    let reports: Vec<Report> = jobs.iter().map(|job| job.report.clone()).collect();
    match format {
        MessageFormat::Human | MessageFormat::Short => {}
        MessageFormat::Json => {
            let mut object = findings::object(&reports, &levels);
            let outputs = jobs.iter().filter_map(|job| Some(job.written.as_ref()?.object(&job.report.name, &job.target)));
            object["outputs"] = outputs.collect();
            output::print_json(&object)?;
        }
        MessageFormat::Sarif => output::print_json(&findings::sarif(&reports, &levels))?,
        MessageFormat::Github => output::print(&findings::github(&reports, &levels))?,
    }
    Ok(exit)
}

/// What is built from what.
///
/// # Errors
/// [`Failure::Usage`] where two inputs want one output, or standard input or output would serve twice.
fn plan(args: &Build) -> Result<Vec<(PathBuf, Target)>, Failure> {
    let is_folder = |path: &Path| path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
    let folder = args.output.as_deref().filter(|path| is_folder(path));
    let several = args.inputs.len() > 1;
    if let (true, None, Some(output)) = (several, folder, &args.output) {
        let output = input::display(output);
        let message = format!("{} scenes do not fit in `{output}`: name a folder, with a `/` at its end", args.inputs.len());
        return Err(Failure::Usage(message));
    }
    let mut plan: Vec<(PathBuf, Target)> = Vec::new();
    let mut taken: BTreeMap<PathBuf, &Path> = BTreeMap::new();
    for path in &args.inputs {
        let is_standard = input::is_standard(path);
        if is_standard && (several || folder.is_some()) {
            return Err(Failure::Usage("standard input has no name to call its output by: name one file with -o".to_owned()));
        }
        let target = match folder {
            Some(folder) => Target::File(folder.join(path.with_extension("png").file_name().unwrap_or_default())),
            None => Target::or_beside(args.output.as_deref(), (!is_standard).then_some(path), "png"),
        };
        if let Target::File(file) = &target
            && let Some(other) = taken.insert(file.clone(), path)
        {
            let (one, two, file) = (input::display(other), input::display(path), input::display(file));
            return Err(Failure::Usage(format!("`{one}` and `{two}` would both become `{file}`: build them one by one")));
        }
        if target == Target::Standard && args.reporting.is_on_standard_output() {
            return Err(Failure::Usage(
                "standard output cannot take both the PNG and the findings: name a file with -o".to_owned(),
            ));
        }
        plan.push((path.clone(), target));
    }
    Ok(plan)
}

/// One input on its way to a PNG.
struct Job {
    path: PathBuf,
    target: Target,
    /// What was found, and how much of it was shown.
    report: Report,
    shown: usize,
    exit: Exit,
    input: Option<Input>,
    read: ReadFiles,
    program: Option<Program>,
    written: Option<Written>,
}

impl Job {
    fn new((path, target): (PathBuf, Target)) -> Self {
        let report = Report { name: input::display(&path), ..Report::default() };
        let (read, program, written) = (ReadFiles::default(), None, None);
        Self { path, target, report, shown: 0, exit: Exit::Done, input: None, read, program, written }
    }

    /// Takes one step, unless one before it failed. What it finds goes into the report.
    fn attempt(&mut self, step: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Result<(), Failure> {
        if self.exit == Exit::Done
            && let Err(failure) = step(self)
        {
            self.exit = self.report.take(failure)?;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), Failure> {
        let input = read_source(&self.path, "build")?;
        self.report.name.clone_from(&input.name);
        self.input = Some(input);
        Ok(())
    }

    fn compile(&mut self, args: &Build, levels: &Levels) -> Result<(), Failure> {
        let Some(input) = &self.input else { return Ok(()) };
        let (compiled, read) = scene::compile(input, args.compiling.root.as_deref(), &options(&args.compiling))?;
        self.read = read;
        let (sources, mut diagnostics, program) = scene::accept(compiled)?;
        diagnostics.retain(|diagnostic| levels.shows(diagnostic));
        let is_denied = diagnostics.iter().any(|diagnostic| levels.severity(diagnostic) == Severity::Error);
        self.report.sources = sources;
        self.report.diagnostics = diagnostics;
        if is_denied {
            self.exit = Exit::Errors;
        } else {
            self.program = Some(program);
        }
        Ok(())
    }

    /// Packs the program, draws the picture and writes the PNG.
    fn write(&mut self, args: &Build, embed: Embed, format: MessageFormat, context: Context) -> Result<(), Failure> {
        let Some(program) = &self.program else { return Ok(()) };
        let payload = scene::payload_of(program, embed)?;
        let frame = if args.frame {
            let located = |failure: Failure| failure.in_sources(&self.report.sources);
            let notice = Notice::new("getting the GPU ready");
            let mut stage = Stage::open(&payload, Some(program), &args.picture).map_err(located)?;
            drop(notice);
            let pixels = stage.still(&args.picture).map_err(located)?;
            self.report.diagnostics.extend_from_slice(stage.warnings());
            let (width, height) = args.picture.size();
            Some(picture::encode(width, height, &pixels).map_err(|error| picture::failure(&error))?)
        } else {
            None
        };
        let effort = if args.optimize { Effort::Optimize } else { Effort::Normal };
        let notice = args.optimize.then(|| Notice::new("optimizing"));
        let frame = if args.optimize { frame.map(picture::optimize) } else { frame };
        drop(notice);
        let png = progress::packing(|watch| pack::png_watched(payload.bytes(), frame.as_deref(), effort, watch));
        let png = png.map_err(|error| scene::pack_failure(&error))?;
        let size = args.frame.then(|| args.picture.size());
        let written = Written::measure(&png, &payload, size, effort, &args.packing);
        // With several, a table says whose it is.
        let title = (args.inputs.len() > 1).then_some(self.report.name.as_str());
        let table = if format == MessageFormat::Json { None } else { written.table(title) };
        deliver(&self.target, &png, args.packing.max_size, table.as_deref(), args.reporting.is_on_standard_output(), context)?;
        self.written = Some(written);
        Ok(())
    }

    /// Prints what was found and not yet shown, in the formats for people.
    fn show(&mut self, format: MessageFormat, context: Context) {
        let diagnostics = self.report.diagnostics.get(self.shown..).unwrap_or_default().to_vec();
        self.shown = self.report.diagnostics.len();
        let new = Report { name: self.report.name.clone(), sources: self.report.sources.clone(), diagnostics, run: None };
        match format {
            MessageFormat::Human => output::report(&findings::human(&new, context.has_color()), context.color),
            MessageFormat::Short => output::report(&findings::short(&new), context.color),
            MessageFormat::Json | MessageFormat::Sarif | MessageFormat::Github => {}
        }
    }
}

/// What is known about a file that was written.
struct Written {
    bytes: usize,
    /// Width and height in pixels of a picture that was drawn.
    size: Option<(u32, u32)>,
    plugins: Plugins,
    has_executor: bool,
    way_to_play: String,
    report: Option<SizeReport>,
}

impl Written {
    fn measure(result: &[u8], opened: &OwnedPayload, size: Option<(u32, u32)>, effort: Effort, packing: &Packing) -> Self {
        let payload = opened.payload();
        Self {
            bytes: result.len(),
            size,
            plugins: Plugins(payload.plugins),
            has_executor: !payload.executor.is_empty(),
            way_to_play: scene::way_to_play(&payload),
            report: if packing.report { SizeReport::measure(opened.bytes(), effort) } else { None },
        }
    }

    /// `boids.png: 1,963 bytes, plays by itself (render compute)`
    fn line(&self, target: &Target) -> String {
        let picture = self.size.map_or(String::new(), |(width, height)| format!("{width}x{height} pixels, "));
        target.line(self.bytes, &format!("{picture}{}", self.way_to_play))
    }

    /// An element of `outputs`. Source: docs/cli.md, "JSON of build".
    fn object(&self, input: &str, target: &Target) -> Value {
        let sections = self.report.as_ref().map(|report| {
            let section =
                |section: &pack::SectionSize| json!({ "name": section.name, "bytes": section.raw, "deflated": section.alone });
            report.sections.iter().map(section).collect::<Vec<_>>()
        });
        json!({
            "input": input,
            "file": target.name(),
            "bytes": self.bytes,
            "plugins": self.plugins.names().collect::<Vec<_>>(),
            "executor": if self.has_executor { "embedded".to_owned() } else { self.plugins.file_stem() },
            "picture": self.size.map(|(width, height)| json!({ "width": width, "height": height })),
            "sections": sections,
        })
    }

    /// The sizes, one section a line, if they were asked for.
    fn table(&self, title: Option<&str>) -> Option<String> {
        let report = self.report.as_ref()?;
        let mut out = title.map_or(String::new(), |title| format!("{title}\n"));
        out.push_str(&format!("{:<18}{:>10}{:>10}\n", "section", "bytes", "deflated"));
        for section in &report.sections {
            out.push_str(&format!("{:<18}{:>10}{:>10}\n", section.name, section.raw, section.alone));
        }
        out.push_str(&format!("{:<18}{:>10}{:>10}\n", "payload", report.payload, report.packed));
        out.push_str(&format!("{:<18}{:>10}\n", "output", self.bytes));
        Some(out)
    }
}

/// Builds a bare payload.
///
/// # Errors
/// Like [`run`].
pub fn compile(args: &Compile, context: Context) -> Result<Exit, Failure> {
    let embed = embed(&args.packing)?;
    let input = read_source(&args.input, "compile")?;
    let target = Target::or_beside(args.output.as_deref(), input.path.as_deref(), "pngb");
    target.check(Content::Payload, &[&input])?;
    let (_, program, read) = compile_source(&input, &args.compiling, context)?;
    target.check_replaced(Content::Payload, &read, args.force)?;
    let payload = scene::payload_of(&program, embed)?;
    let written = Written::measure(payload.bytes(), &payload, None, Effort::Normal, &args.packing);
    deliver(&target, payload.bytes(), args.packing.max_size, written.table(None).as_deref(), false, context)?;
    progress::say(&written.line(&target));
    Ok(Exit::Done)
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
    if path.is_dir() {
        let name = input::display(path);
        return Err(Failure::unable(Code::FileUnreadable, format!("`{name}` is a folder: {command} takes scenes"))
            .help(format!("name those in it: `pngine {command} {}/*.pngine`", name.trim_end_matches('/'))));
    }
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

fn options(compiling: &Compiling) -> Options {
    Options { minify: !compiling.no_minify, keep_source: compiling.source, scene_text: false }
}

fn compile_source(input: &Input, compiling: &Compiling, context: Context) -> Result<(SourceMap, Program, ReadFiles), Failure> {
    let notice = Notice::new(&format!("compiling {}", input.name));
    let (compiled, read) = scene::compile(input, compiling.root.as_deref(), &options(compiling))?;
    drop(notice);
    let (sources, diagnostics, program) = scene::accept(compiled)?;
    let warnings = Report { name: input.name.clone(), sources, diagnostics, run: None };
    output::report(&findings::human(&warnings, context.has_color()), context.color);
    Ok((warnings.sources, program, read))
}

/// Holds the result against its budget, writes it, and prints the table of its sizes.
fn deliver(
    target: &Target,
    result: &[u8],
    budget: Option<u64>,
    table: Option<&str>,
    is_output_taken: bool,
    context: Context,
) -> Result<(), Failure> {
    let over = budget.filter(|budget| result.len() as u64 > *budget);
    if over.is_none() {
        target.write(result)?;
    }
    if let Some(table) = table {
        match target {
            Target::File(_) if !is_output_taken => output::print(table)?,
            // The table must not end up in the result.
            _ => output::report(&diag::escape_lines(table), context.color),
        }
    }
    match over {
        None => Ok(()),
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
