//! `pngine validate`: all static checks, then a run in which every command buffer is checked.

use std::path::Path;

use pngine_compiler::Options;
use pngine_compiler::diag::{self, Severity};
use pngine_compiler::pack::Embed;

use super::Context;
use crate::args::{MessageFormat, Validate};
use crate::examined::Examined;
use crate::failure::{Exit, Failure};
use crate::findings::{self, Levels, Report};
use crate::input::{self, Input, InputKind};
use crate::output;
use crate::play;
use crate::progress::Progress;
use crate::scene;
use crate::stage;

/// Checks all inputs and prints what was found.
///
/// # Errors
/// [`Failure::Usage`]; what is wrong with the inputs is printed here.
pub fn run(args: &Validate, context: Context) -> Result<Exit, Failure> {
    let levels = args.reporting.levels()?;
    let standard = args.inputs.iter().filter(|path| input::is_standard(path)).count();
    if standard > 1 {
        return Err(Failure::Usage("only one input can be standard input".to_owned()));
    }
    if standard == 0 && args.stdin_filename.is_some() {
        return Err(Failure::Usage("--stdin-filename is about standard input: name `-` as an input".to_owned()));
    }

    if args.symptom.is_some() && matches!(args.reporting.format(), MessageFormat::Sarif | MessageFormat::Github) {
        return Err(Failure::Usage("--symptom is told as human, short or json".to_owned()));
    }

    let mut reports = Vec::new();
    let mut examinations = Vec::new();
    let mut unable = false;
    let inputs = input::expand(&args.inputs);
    let mut progress = Progress::new("checking: file", u32::try_from(inputs.len()).unwrap_or(u32::MAX));
    for (number, path) in (1..).zip(&inputs) {
        progress.step(number);
        let mut examined = None;
        let (mut report, exit) = report(path, args, &mut examined)?;
        examinations.push(examined);
        report.diagnostics.retain(|diagnostic| levels.shows(diagnostic));
        unable |= exit == Exit::Unable;
        reports.push(report);
    }
    drop(progress);
    print(&reports, &examinations, &levels, args.reporting.format(), context)?;
    let has_causes = examinations.iter().flatten().any(|examined| !examined.causes.is_empty());
    Ok(match findings::count(&reports, &levels) {
        _ if unable => Exit::Unable,
        _ if has_causes => Exit::Errors,
        (0, _) => Exit::Done,
        _ => Exit::Errors,
    })
}

/// Everything about one input; the exit code is [`Exit::Unable`] if it could not be looked at.
fn report(path: &Path, args: &Validate, examined: &mut Option<Examined>) -> Result<(Report, Exit), Failure> {
    let mut report = Report { name: input::display(path), ..Report::default() };
    let exit = match check(path, args, &mut report, examined) {
        Ok(()) => Exit::Done,
        Err(failure) => report.take(failure)?,
    };
    Ok((report, exit))
}

fn check(path: &Path, args: &Validate, report: &mut Report, examined: &mut Option<Examined>) -> Result<(), Failure> {
    let mut input = Input::read(path)?;
    if let (None, Some(name)) = (&input.path, &args.stdin_filename) {
        input.name = input::display(name);
        input.path = Some(name.clone());
    }
    report.name.clone_from(&input.name);
    let (payload, program) = if input.kind == InputKind::Source {
        let options = Options::default();
        let (sources, warnings, program) = scene::accept(scene::compile(&input, args.root.as_deref(), &options)?.0)?;
        report.sources = sources;
        report.diagnostics = warnings;
        // With the executor that `build` puts in.
        (scene::payload_of(&program, Embed::Prebuilt)?, Some(program))
    } else {
        (scene::open_payload(&input)?, None)
    };
    let is_wrong = play::check_into(report, &payload, program.as_ref(), args.frames)?;
    if let Some(symptom) = args.symptom.filter(|_| !is_wrong) {
        *examined = Some(stage::examine(&payload, program.as_ref(), symptom, args.gpu_seconds)?);
    }
    Ok(())
}

fn print(
    reports: &[Report],
    examinations: &[Option<Examined>],
    levels: &Levels,
    format: MessageFormat,
    context: Context,
) -> Result<(), Failure> {
    let examined = || reports.iter().zip(examinations).filter_map(|(report, examined)| Some((report, examined.as_ref()?)));
    match format {
        MessageFormat::Json => {
            let mut object = findings::object(reports, levels);
            let symptoms: Vec<_> = examined().map(|(report, examined)| examined.object(&report.name, &report.sources)).collect();
            if !symptoms.is_empty() {
                object["symptoms"] = symptoms.into();
            }
            output::print_json(&object)
        }
        MessageFormat::Sarif => output::print_json(&findings::sarif(reports, levels)),
        MessageFormat::Github => output::print(&findings::github(reports, levels)),
        MessageFormat::Short => {
            let text: String = reports.iter().map(findings::short).collect();
            output::report(&text, context.color);
            let told: String = examined().map(|(report, examined)| examined.short(&report.name, &report.sources)).collect();
            output::print(&told)
        }
        MessageFormat::Human => {
            let text: String = reports.iter().map(|report| findings::human(report, context.has_color())).collect();
            let (errors, warnings) = findings::count(reports, levels);
            let denied = reports.iter().flat_map(|report| &report.diagnostics).filter(|diagnostic| {
                diagnostic.severity() == Severity::Warning && levels.severity(diagnostic) == Severity::Error
            });
            let denied = match denied.count() {
                0 => String::new(),
                1 => ", 1 of them a denied warning".to_owned(),
                count => format!(", {count} of them denied warnings"),
            };
            let sum = match (errors, warnings) {
                (0, 0) => String::new(),
                (errors, 0) => format!("{errors} {}{denied}\n", plural(errors, "error")),
                (0, warnings) => format!("{warnings} {}\n", plural(warnings, "warning")),
                (errors, warnings) => {
                    format!("{errors} {}{denied}, {warnings} {}\n", plural(errors, "error"), plural(warnings, "warning"))
                }
            };
            let sum = if context.has_color() { painted(&sum, errors) } else { sum };
            output::report(&format!("{text}{sum}"), context.color);
            let good: String = reports.iter().filter(|report| report.diagnostics.is_empty()).filter_map(good_line).collect();
            let told: String = examined().map(|(report, examined)| examined.human(&report.name, &report.sources)).collect();
            output::print(&format!("{good}{told}"))
        }
    }
}

/// The line that counts the findings, red where there are errors and yellow where there are only warnings.
fn painted(line: &str, errors: usize) -> String {
    let color = if errors == 0 { 33 } else { 31 };
    line.strip_suffix('\n').map_or_else(String::new, |line| format!("\u{1b}[{color}m{line}\u{1b}[0m\n"))
}

/// `a.pngine: ok (core render; 9 commands in init, 7 in a frame)`
fn good_line(report: &Report) -> Option<String> {
    let run = report.run.as_ref()?;
    let plugins: Vec<&str> = run.plugins.names().collect();
    Some(format!(
        "{}: ok ({}; {} commands in init, {} in a frame)\n",
        diag::escape(&report.name),
        plugins.join(" "),
        run.init_commands,
        run.frame_commands
    ))
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
