//! `pngine fix`: the safe fixes that findings carry, put into the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pngine_compiler::diag::{self, Code, Diagnostic, Severity};
use pngine_compiler::source::{FileId, ReadError, SourceMap, Sources, Span};
use pngine_compiler::{Compiled, Options};

use super::Context;
use crate::args::Fix;
use crate::failure::{Exit, Failure};
use crate::findings::{self, Report};
use crate::input::{self, DirectorySources, Input, InputKind};
use crate::output::{self, Target};
use crate::progress::Progress;

/// Most rounds of one scene. A fix can bring the next one to light; whatever needs more than so many rounds goes in a circle. Picked by feel.
const MAX_ROUNDS: usize = 100;

/// Fixes all inputs and says what was done. Scenes are fixed in memory first; then each file that changed is replaced as a whole.
///
/// # Errors
/// [`Failure::Usage`]; E0905 if a file cannot be replaced, or was changed meanwhile by somebody else.
pub fn run(args: &Fix, context: Context) -> Result<Exit, Failure> {
    if args.inputs.iter().any(|path| input::is_standard(path)) {
        return Err(Failure::Usage("fix changes files, and standard input is none: name a file".to_owned()));
    }
    let inputs = input::expand(&args.inputs);
    let mut shelf = Shelf::default();
    let mut reports = Vec::new();
    let mut exit = Exit::Done;
    let mut progress = Progress::new("fixing: file", u32::try_from(inputs.len()).unwrap_or(u32::MAX));
    for (number, path) in (1..).zip(&inputs) {
        progress.step(number);
        let mut report = Report { name: input::display(path), ..Report::default() };
        let found = match fix(path, args.root.as_deref(), &mut shelf, &mut report) {
            Ok(()) => Exit::Done,
            Err(failure) => report.take(failure)?,
        };
        let has_errors = report.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
        let found = if has_errors && found == Exit::Done { Exit::Errors } else { found };
        exit = if found as u8 > exit as u8 { found } else { exit };
        reports.push(report);
    }
    drop(progress);
    if !args.dry_run {
        shelf.write()?;
    }
    let text: String = reports.iter().map(|report| findings::human(report, context.has_color())).collect();
    output::report(&text, context.color);
    let left = reports.iter().flat_map(|report| &report.diagnostics).filter(|diagnostic| !diagnostic.fixes.is_empty()).count();
    output::print(&shelf.summary(left, args.dry_run))?;
    Ok(exit)
}

/// Fixes one scene and the files that it imports. What is left is in the report.
fn fix(path: &Path, root: Option<&Path>, shelf: &mut Shelf, report: &mut Report) -> Result<(), Failure> {
    let input = Input::read(path)?;
    if input.kind != InputKind::Source {
        return Err(Failure::input(
            Code::WrongInput,
            format!("`{}` is {}: fix takes scenes' sources", input.name, input.kind.name()),
        ));
    }
    let files = input.sources(root)?;
    let place =
        path.canonicalize().map_err(|error| Failure::unable(Code::FileUnreadable, format!("`{}`: {error}", input.name)))?;
    let options = Options::default();
    let untouched = shelf.clone();
    let mut seen = BTreeSet::new();
    for _ in 0..MAX_ROUNDS {
        let entry = shelf.text(&place).unwrap_or(&input.bytes).to_vec();
        let Compiled { sources, diagnostics, .. } =
            pngine_compiler::compile(&Overlay { files: &files, shelf }, &input.name, &entry, &options);
        let scene = Scene { input: &input, place: &place, files: &files, sources: &sources };
        let edits = choose(&diagnostics, &scene, shelf);
        if edits.is_empty() {
            report.sources = sources;
            report.diagnostics = diagnostics;
            return Ok(());
        }
        // What was there before comes again.
        if !seen.insert(shelf.state()) {
            break;
        }
        shelf.apply(edits);
    }
    *shelf = untouched;
    Err(Failure::unable(Code::CannotWrite, format!("the fixes of `{}` come to no end", input.name))
        .help("this is a bug in pngine: please report it with the scene; nothing was written for it"))
}

/// A scene that is being fixed.
struct Scene<'a> {
    input: &'a Input,
    /// The entry file, without symbolic links.
    place: &'a Path,
    files: &'a DirectorySources,
    sources: &'a SourceMap,
}

impl Scene<'_> {
    /// The file of a span, if it may be changed: it lies in the folder of the scene, and its text is that of its bytes.
    fn place_of(&self, file: FileId, shelf: &Shelf) -> Option<(PathBuf, Vec<u8>)> {
        let source = self.sources.get(file)?;
        let place = if file == FileId(0) {
            self.place.to_owned()
        } else {
            let folder = self.input.name.rfind('/').map_or("", |slash| &self.input.name[..=slash]);
            self.files.locate_beside(source.name.strip_prefix(folder)?)?
        };
        let bytes = match shelf.text(&place) {
            Some(text) => text.to_vec(),
            None => fs::read(&place).ok()?,
        };
        (bytes == source.text.as_bytes()).then_some((place, bytes))
    }
}

/// What one fix changes.
struct Edit {
    place: PathBuf,
    /// What the file holds before anything was changed, for whoever has not seen it yet.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    text: String,
    /// The line about the fix; one of its edits has it.
    line: Option<String>,
    name: String,
}

/// The fixes to apply now: of each finding its first safe one, if none of those chosen before touches its places. The others get their turn
/// in the next round, if there is still a reason for them.
fn choose(diagnostics: &[Diagnostic], scene: &Scene<'_>, shelf: &Shelf) -> Vec<Edit> {
    let mut chosen: Vec<Edit> = Vec::new();
    for diagnostic in diagnostics {
        let Some(fix) = diagnostic.fixes.iter().find(|fix| fix.safe) else { continue };
        let mut line = Some(line_of(scene.sources, diagnostic, &fix.title));
        let edits: Option<Vec<Edit>> = fix
            .edits
            .iter()
            .map(|(span, text)| {
                let (place, bytes) = scene.place_of(span.file, shelf)?;
                let Span { start, end, .. } = scene.sources.clamp(*span).filter(|clamped| clamped == span)?;
                let name = scene.sources.get(span.file)?.name.clone();
                Some(Edit { place, bytes, start: start as usize, end: end as usize, text: text.clone(), line: line.take(), name })
            })
            .collect();
        let Some(edits) = edits else { continue };
        let meets = |a: &Edit, b: &Edit| a.place == b.place && a.start <= b.end && b.start <= a.end;
        let is_free = !edits.iter().any(|edit| chosen.iter().any(|other| meets(edit, other)));
        if is_free {
            chosen.extend(edits);
        }
    }
    chosen
}

/// `scene.pngine:3:12: write `#frame` (E0107)`
fn line_of(sources: &SourceMap, diagnostic: &Diagnostic, title: &str) -> String {
    let place = diagnostic.primary.as_ref().and_then(|primary| {
        let file = sources.get(primary.span.file)?;
        let position = file.position(primary.span.start);
        Some(format!("{}:{}:{}: ", file.name, position.line, position.column))
    });
    format!("{}{title} ({})", place.unwrap_or_default(), diagnostic.code.as_str())
}

/// The files that were changed, in memory.
#[derive(Clone, Default)]
struct Shelf {
    files: BTreeMap<PathBuf, Changed>,
    /// What was done, in order.
    lines: Vec<String>,
}

#[derive(Clone)]
struct Changed {
    /// What the user calls it.
    name: String,
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Shelf {
    fn text(&self, place: &Path) -> Option<&[u8]> {
        self.files.get(place).map(|changed| &changed.after[..])
    }

    /// All that was changed so far.
    fn state(&self) -> Vec<Vec<u8>> {
        self.files.values().map(|changed| changed.after.clone()).collect()
    }

    fn apply(&mut self, mut edits: Vec<Edit>) {
        self.lines.extend(edits.iter_mut().filter_map(|edit| edit.line.take()));
        // From the end of each file to its start, so that places stay what they are. Of two texts for one place the first comes first.
        edits.reverse();
        edits.sort_by(|a, b| (&b.place, b.start, b.end).cmp(&(&a.place, a.start, a.end)));
        for Edit { place, bytes, start, end, text, name, .. } in edits {
            let changed = self.files.entry(place).or_insert_with(|| Changed { name, before: bytes.clone(), after: bytes });
            changed.after.splice(start..end, text.into_bytes());
        }
    }

    /// Replaces the files. Whether all can be is looked at before the first is.
    fn write(&self) -> Result<(), Failure> {
        let cannot = |name: &str, why: &str| Failure::unable(Code::CannotWrite, format!("cannot write `{name}`: {why}"));
        let changed = || self.files.iter().filter(|(_, file)| file.before != file.after);
        for (place, file) in changed() {
            let metadata = fs::metadata(place).map_err(|error| cannot(&file.name, &error.to_string()))?;
            if metadata.permissions().readonly() {
                return Err(cannot(&file.name, "it is read-only").help("no file was changed"));
            }
            let now = fs::read(place).map_err(|error| cannot(&file.name, &error.to_string()))?;
            if now != file.before {
                return Err(
                    cannot(&file.name, "it was changed while it was being fixed").help("no file was changed: run fix again")
                );
            }
        }
        changed().try_for_each(|(place, file)| Target::File(place.clone()).write(&file.after))
    }

    /// What was done, and how many findings have a fix that was not applied.
    fn summary(&self, left: usize, is_dry: bool) -> String {
        let mut out: String = self.lines.iter().map(|line| diag::escape(line) + "\n").collect();
        let files = self.files.values().filter(|file| file.before != file.after).count();
        let plural = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let (fixes, files) = (plural(self.lines.len(), "fix", "fixes"), plural(files, "file", "files"));
        out.push_str(&match (self.lines.len(), is_dry) {
            (0, _) => "nothing to fix\n".to_owned(),
            (_, true) => format!("would apply {fixes} in {files}\n"),
            (_, false) => format!("applied {fixes} in {files}\n"),
        });
        if left > 0 {
            let fixes = plural(left, "fix is", "fixes are");
            out.push_str(&format!("{fixes} left to you: see the help above\n"));
        }
        out
    }
}

/// The files of a scene as they would be after the fixes so far.
struct Overlay<'a> {
    files: &'a DirectorySources,
    shelf: &'a Shelf,
}

impl Sources for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let place = self.files.locate(path)?;
        match self.shelf.text(&place) {
            Some(text) => Ok(text.to_vec()),
            None => self.files.read(path),
        }
    }
}
