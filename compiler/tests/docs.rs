//! The pages keep what they promise: links lead somewhere, and every scene and shader that is printed compiles.
//!
//! A fence says what it holds. ```` ```pngine ```` is a scene: it compiles without a finding. ```` ```pngine part ```` is a piece of one:
//! it compiles too, and what it declares need not be used or seen. ```` ```wgsl ```` is a piece of a shader. Files that a piece names are
//! those of the examples, and of `docs/modules`, with the same extension.

use pngine_compiler::Options;
use pngine_compiler::diag::{self, Code, Diagnostic, Severity};
use pngine_compiler::source::{ReadError, Sources};
use pngine_format::status::INPUTS;
use pngine_syntax::lex::MACRO_KINDS;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A page, by its path from the root of the repository.
struct Page {
    path: PathBuf,
    text: String,
}

/// A text between fences.
struct Fence<'t> {
    /// What stands behind the opening fence.
    info: &'t str,
    /// The line of the opening fence, from 1.
    line: usize,
    text: String,
}

/// All pages that a user reads.
fn pages() -> Vec<Page> {
    let root = Path::new(REPOSITORY);
    let mut paths: Vec<PathBuf> =
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "examples/README.md"].iter().map(PathBuf::from).collect();
    for entry in std::fs::read_dir(root.join("docs")).expect("the folder of the pages") {
        let path = PathBuf::from("docs").join(entry.expect("an entry").file_name());
        paths.extend((path.extension().is_some_and(|extension| extension == "md")).then_some(path));
    }
    paths.sort();
    assert!(paths.len() > 12, "{paths:?}");
    let read = |path: PathBuf| Page { text: std::fs::read_to_string(root.join(&path)).expect("a page"), path };
    paths.into_iter().map(read).collect()
}

impl Page {
    fn fences(&self) -> Vec<Fence<'_>> {
        let mut fences: Vec<Fence> = Vec::new();
        let mut inside = None;
        for (number, line) in (1..).zip(self.text.lines()) {
            let bare = line.trim_start();
            match (inside, bare.strip_prefix("```")) {
                (None, Some(info)) => {
                    inside = Some(line.len() - bare.len());
                    fences.push(Fence { info, line: number, text: String::new() });
                }
                (Some(_), Some("")) => inside = None,
                (Some(indent), _) => {
                    let fence = fences.last_mut().expect("an open fence");
                    fence.text += line.get(indent..).unwrap_or_default();
                    fence.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(inside.is_none(), "{}: a fence is not closed", self.path.display());
        fences
    }

    /// The lines that are no code, with what stands in backquotes taken out.
    fn prose(&self) -> Vec<(usize, String)> {
        let mut inside = false;
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(self.text.lines()) {
            let is_fence = line.trim_start().starts_with("```");
            if !inside && !is_fence {
                // Every second piece between backquotes is code.
                let pieces: Vec<&str> = line.split('`').step_by(2).collect();
                lines.push((number, pieces.join("`")));
            }
            inside ^= is_fence;
        }
        lines
    }

    /// Where links can lead to: what GitHub makes of the headings.
    fn anchors(&self) -> BTreeSet<String> {
        let mut inside = false;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut anchors = BTreeSet::new();
        for line in self.text.lines() {
            inside ^= line.trim_start().starts_with("```");
            let Some(heading) = line.strip_prefix('#').filter(|_| !inside) else { continue };
            let heading = heading.trim_start_matches('#').trim();
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            let slug: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
            let count = counts.entry(slug.clone()).or_default();
            anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
            *count += 1;
        }
        anchors
    }
}

/// The targets of the links and pictures of a line.
fn targets(line: &str) -> Vec<&str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split(' ').next().unwrap_or(""))
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let anchors: BTreeMap<&Path, BTreeSet<String>> = pages.iter().map(|page| (page.path.as_path(), page.anchors())).collect();
    let (mut count, mut broken) = (0, Vec::new());
    for page in &pages {
        for (number, line) in page.prose() {
            for target in targets(&line) {
                if target.starts_with("http://") || target.starts_with("https://") {
                    continue;
                }
                count += 1;
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let mut path = page.path.clone();
                if !file.is_empty() {
                    path = plain(&page.path.parent().expect("a folder").join(file));
                }
                let exists = Path::new(REPOSITORY).join(&path).exists();
                let has_anchor = anchor.is_empty() || anchors.get(path.as_path()).is_some_and(|all| all.contains(anchor));
                if !exists || !has_anchor {
                    broken.push(format!("{}:{number}: {target}", page.path.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
    assert!(count > 300, "only {count} links");
}

/// A path without `..` and `.`.
fn plain(path: &Path) -> PathBuf {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.iter().map(|part| part.to_str().expect("a readable path")) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.iter().collect()
}

/// The files that pieces of scenes name.
struct StandIns;

impl Sources for StandIns {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let examples = Path::new(REPOSITORY).join("examples");
        let file = match path.rsplit('.').next() {
            Some("jpg") => "textures/assets/meadow.jpg",
            Some("png") => "textures/assets/butterfly.png",
            Some("webm") => "textures/assets/ball.webm",
            Some("wasm") => "../docs/modules/bars.wasm",
            // The tutorial imports its own steps.
            Some("pngine") => &format!("tutorial/{path}"),
            _ => return Err(ReadError::NotFound),
        };
        std::fs::read(examples.join(file)).map_err(|error| ReadError::Other(error.to_string()))
    }
}

/// What the compiler finds, as text.
fn findings(name: &str, text: &str, forgiven: impl Fn(&Diagnostic) -> bool) -> Vec<String> {
    let compiled = pngine_compiler::compile(&StandIns, name, text.as_bytes(), &Options::default());
    let found = compiled.diagnostics.iter().filter(|found| !forgiven(found));
    found.map(|found| diag::render(&compiled.sources, std::slice::from_ref(found), false)).collect()
}

/// What nobody sees or uses need not be part of a piece.
fn is_of_a_piece(found: &Diagnostic) -> bool {
    found.code.severity() == Severity::Warning && matches!(found.code, Code::Unused | Code::NothingDrawn)
}

/// The structs of docs/inputs.md are as large as the inputs that they read.
#[test]
fn every_struct_of_an_input_has_its_size() {
    let pages = pages();
    let page = pages.iter().find(|page| page.path.ends_with("inputs.md")).expect("the page of the inputs");
    for input in INPUTS {
        let (first, rest) = input.name.split_at(1);
        let name = format!("struct {}{rest} ", first.to_uppercase());
        let fence = page.fences().into_iter().find(|fence| fence.info == "wgsl" && fence.text.starts_with(&name));
        let fence = fence.unwrap_or_else(|| panic!("{} has no struct", input.name));
        let variable = input.name.trim_end_matches("Inputs");
        let scene =
            format!("#shaderModule m {{ code=\"{}\" }} #buffer sized {{ size=m.{variable} usage=[UNIFORM] }}", fence.text);
        let options = Options { scene_text: true, ..Options::default() };
        let text = pngine_compiler::compile(&StandIns, "sized", scene.as_bytes(), &options).scene_text.expect("a good scene");
        let buffer = text.lines().find(|line| line.contains("sized")).expect("the buffer");
        assert!(buffer.contains(&format!("size={} ", input.size)), "{}: {buffer}", input.name);
        assert!(
            page.text.contains(&format!("`{}`, {} bytes", input.name, input.size).replace("1024", "1,024")),
            "{}",
            input.name
        );
    }
}

#[test]
fn every_scene_and_shader_on_the_pages_compiles() {
    let (mut scenes, mut parts, mut shaders) = (0, 0, 0);
    let mut wrong = Vec::new();
    for page in pages() {
        for fence in page.fences() {
            let name = format!("{}:{}", page.path.display(), fence.line);
            let is_scene = MACRO_KINDS.iter().any(|kind| fence.text.trim_start().starts_with(&format!("#{kind} ")));
            let found = match fence.info {
                "pngine" => {
                    scenes += 1;
                    findings(&name, &fence.text, |_| false)
                }
                "pngine part" => {
                    parts += 1;
                    findings(&name, &fence.text, is_of_a_piece)
                }
                "wgsl" => {
                    shaders += 1;
                    let text = fence.text.replace('\\', "\\\\").replace('"', "\\\"");
                    findings(&name, &format!("#shaderModule piece {{ code=\"{text}\" }}"), is_of_a_piece)
                }
                "" if is_scene => vec![format!("{name}: a scene in a fence that does not say so: ```pngine")],
                _ => Vec::new(),
            };
            wrong.extend(found);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(scenes > 3 && parts + shaders > 3, "{scenes} scenes, {parts} parts, {shaders} shaders");
}
