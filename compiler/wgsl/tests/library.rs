//! The library that the compiler brings: every module by itself, and every declaration imported from it.

use pngine_source::diag::{Diagnostic, Severity};
use pngine_source::source::{FileId, SourceFile, SourceMap, Span};
use pngine_wgsl::assemble::{Define, Piece};
use pngine_wgsl::import::{Expanded, Library, Start, expand};
use pngine_wgsl::library::{self, MODULES, declarations};
use pngine_wgsl::validate::{Environment, check};
use std::collections::{BTreeMap, BTreeSet};

/// A module's own text, and the library.
struct Shelf(SourceMap);

impl Library for Shelf {
    fn open(&mut self, _: FileId, start: Start, path: &str, span: Span) -> Result<FileId, Box<Diagnostic>> {
        assert_eq!(start, Start::Library, "{path}");
        let module = library::find(path, span)?;
        let known = self.0.files().iter().position(|file| file.name == path);
        Ok(known.map_or_else(|| self.0.add(SourceFile::new(path, module.text)), |known| FileId(known as u32)))
    }

    fn file(&self, id: FileId) -> Option<(&str, &str)> {
        self.0.get(id).map(|file| (file.name.as_str(), file.text.as_str()))
    }
}

/// What is made of a text, and the findings with the text that each is about.
fn expanded(text: &str, defines: &BTreeMap<String, Define>) -> (Option<Expanded>, String) {
    let mut shelf = Shelf(SourceMap::default());
    shelf.0.add(SourceFile::new("main.wgsl", text));
    let mut found = Vec::new();
    let out = expand(&[Piece::file(FileId(0), text)], defines, &mut shelf, &mut found);
    if let Some(out) = &out {
        check(&out.text, &Environment { missing: out.missing.clone(), ..Environment::default() }, &mut found);
    }
    let errors = found.iter().filter(|finding| finding.severity() == Severity::Error);
    let lines = errors.map(|finding| {
        let span = finding.primary.as_ref().expect("a place").span;
        let help = finding.help.as_deref().unwrap_or("no help");
        let (code, file) = (finding.code.as_str(), &shelf.0.file(span.file).name);
        format!("{file} `{}` {code}: {}; {help}\n", shelf.0.slice(span), finding.message)
    });
    let lines = lines.collect();
    (out, lines)
}

/// The whole text of a module that is right.
fn whole(text: &str) -> String {
    let (out, findings) = expanded(text, &BTreeMap::new());
    assert_eq!(findings, "", "{text}");
    out.expect("a text").text.text
}

#[test]
fn every_module_is_right_by_itself() {
    for module in MODULES {
        whole(module.text);
    }
}

#[test]
fn every_declaration_can_be_imported_alone_and_has_a_name_of_its_own_and_documentation() {
    for module in MODULES {
        let declared = declarations(*module);
        assert!(!declared.is_empty(), "{}", module.name);
        let names: BTreeSet<&str> = declared.iter().map(|declaration| declaration.name.as_str()).collect();
        assert_eq!(names.len(), declared.len(), "{}", module.name);
        for declaration in &declared {
            let name = &declaration.name;
            let text = whole(&format!("import pngine::{}::{name};", module.name));
            assert!(text.contains(&format!("{name}(")), "{text}");
            assert!(declaration.doc.len() > 10 && declaration.doc.ends_with('.'), "{}::{name}: {}", module.name, declaration.doc);
        }
    }
}

#[test]
fn only_what_is_used_is_paid_for() {
    let text =
        whole("import pngine::noise::value;\n@fragment fn paint() -> @location(0) vec4f { return vec4f(value(vec2f(1))); }");
    let names = |text: &str| {
        let words = text.split("fn ").skip(1).filter_map(|rest| rest.split('(').next());
        words.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    assert_eq!(names(&text), ["at", "fade", "paint", "pcg2", "unit", "value"].map(str::to_owned).into());
}

#[test]
fn what_the_library_does_not_have_is_said_with_what_it_has() {
    let of = |text: &str| expanded(text, &BTreeMap::new()).1;
    insta::assert_snapshot!(of("import pngine::niose::fbm;"), @"main.wgsl `niose` E0901: the library has no `niose`; did you mean `noise`?");
    insta::assert_snapshot!(of("import pngine::physics::fall;"), @"main.wgsl `physics` E0901: the library has no `physics`; it has `hash`, `noise`, `sdf`, `color`, `camera`, `rotation`, `light`, `text`; a file of your own begins with `package::` or `super::`");
    insta::assert_snapshot!(of("import pngine::noise::fmb;"), @"main.wgsl `fmb` E0813: `pngine::noise` declares no `fmb`; did you mean `fbm`?");
    insta::assert_snapshot!(of("import pngine::noise;"), @"main.wgsl `noise` E0812: `noise` is a file, and an import names a declaration of one; write `import pngine::noise::name;`");
    insta::assert_snapshot!(of("fn f() -> f32 { return pngine::noise::fbm(vec2f(), 1u); }"), @"main.wgsl `pngine::noise::fbm` E0812: `pngine::noise::fbm` is a path, and paths stand in imports only; write `import pngine::noise::fbm;` at the start of the text, and `fbm` here");
}

#[test]
fn a_define_of_the_scene_does_not_reach_into_the_library() {
    let defines = BTreeMap::from([("octaves".to_owned(), Define::Number(3.0)), ("p".to_owned(), Define::Number(1.0))]);
    let text = "import pngine::noise::fbm; @fragment fn paint() -> @location(0) vec4f { return vec4f(fbm(vec2f(), octaves)); }";
    let (out, findings) = expanded(text, &defines);
    assert_eq!(findings, "");
    assert!(out.expect("a text").text.text.contains("fn fbm(p: vec2f, octaves: u32)"));
}

#[test]
fn a_module_that_hides_what_the_library_needs_is_told_at_its_own_declaration() {
    let text = "import pngine::sdf::circle;\nfn length(p: vec2f) -> f32 { return circle(p, 1); }";
    insta::assert_snapshot!(expanded(text, &BTreeMap::new()).1, @"main.wgsl `length` E0815: what is imported needs the `length` of WGSL, and this module declares another; give it another name");
}
