//! No two files of a crate import each other, directly or through others. This module is a test only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Folders with the sources of the crates.
const SOURCES: [&str; 18] = [
    "format/src",
    "images/src",
    "compiler/source/src",
    "compiler/syntax/src",
    "compiler/wgsl/front/src",
    "compiler/wgsl/src",
    "compiler/scene/src",
    "compiler/analysis/src",
    "compiler/emit/src",
    "compiler/src",
    "host/src",
    "runtime-wasm/src",
    "viewers/native/src",
    "cli/src",
    "judge/src",
    "testkit/src",
    "xtask/src",
    "examples/wasm/physics/src",
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// The path of the module in a file: `check::uses`. A folder's `mod.rs` is the folder; the crate's root is empty.
fn module(folder: &Path, file: &Path) -> String {
    let path = file.strip_prefix(folder).expect("a file of the folder").with_extension("");
    let words: Vec<&str> = path.iter().map(|word| word.to_str().expect("a name in UTF-8")).collect();
    match words.as_slice() {
        [folders @ .., "mod"] => folders.join("::"),
        ["lib" | "main"] => String::new(),
        words => words.join("::"),
    }
}

/// The paths that a file imports from its crate, from the crate's root, with `super` resolved. Comments, and what stands behind
/// `#[cfg(test)]`, are not looked at.
fn imports(module: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), |code, line| code + line + "\n");
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let mut out = Vec::new();
    for (start, base) in [("crate::", ""), ("super::", parent)] {
        for (at, _) in code.match_indices(start) {
            let is_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if is_word {
                continue;
            }
            let rest = &code[at + start.len()..];
            let heads: Vec<&str> = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            for head in heads {
                let path: String = head.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
                let base = if base.is_empty() { String::new() } else { format!("{base}::") };
                out.push(format!("{base}{}", path.trim_end_matches(':')));
            }
        }
    }
    out
}

/// What each module of a crate imports of the others. A folder's own file lists what is in it, so it stands above that.
fn arrows(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut files = Vec::new();
    sources(folder, &mut files);
    let modules: BTreeMap<String, PathBuf> = files.into_iter().map(|file| (module(folder, &file), file)).collect();
    let mut arrows = BTreeMap::new();
    for (name, file) in &modules {
        let text = std::fs::read_to_string(file).expect("a source in UTF-8");
        let mut targets = BTreeSet::new();
        for import in imports(name, &text) {
            // The longest beginning that is a module: what follows is an item in it.
            let mut path = import.as_str();
            while !path.is_empty() && !modules.contains_key(path) {
                path = path.rsplit_once("::").map_or("", |(before, _)| before);
            }
            let is_above =
                path.is_empty() || name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
            if !is_above {
                targets.insert(path.to_string());
            }
        }
        arrows.insert(name.clone(), targets);
    }
    arrows
}

/// Everything that is reached from a module.
fn reached<'a>(arrows: &'a BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(next) = open.pop() {
        for target in arrows.get(next).into_iter().flatten() {
            if found.insert(target) {
                open.push(target);
            }
        }
    }
    found
}

fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<&str> {
    arrows.keys().map(String::as_str).filter(|module| reached(arrows, module).contains(module)).collect()
}

#[test]
fn no_files_of_a_crate_import_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in SOURCES {
        let arrows = arrows(&root.join(folder));
        assert!(!arrows.is_empty(), "{folder} has no sources");
        let circles = circles(&arrows);
        let shown: Vec<String> = circles.iter().map(|module| format!("{module} -> {:?}", arrows[*module])).collect();
        assert!(circles.is_empty(), "in {folder}, these import each other:\n{}", shown.join("\n"));
    }
}

#[test]
fn circles_are_found() {
    let text =
        "use super::b::Thing;\n// use super::c;\nuse crate::{d, a::deep};\nfn f() { crate::e::g() }\n#[cfg(test)]\nuse super::z;";
    assert_eq!(imports("a::one", text), ["d", "a::deep", "e::g", "a::b::Thing"]);
    let arrow = |from: &str, to: &[&str]| (from.to_string(), to.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
    let arrows = BTreeMap::from([arrow("a", &["b"]), arrow("b", &["c"]), arrow("c", &["a"]), arrow("d", &["a"])]);
    assert_eq!(circles(&arrows), ["a", "b", "c"]);
}
