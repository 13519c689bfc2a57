//! Imports inside WGSL: files in, one text or findings out.

use std::collections::BTreeMap;

use pngine_source::diag::{Code, Diagnostic, Severity};
use pngine_source::source::{FileId, SourceFile, SourceMap, Span};
use pngine_wgsl::assemble::{Define, Piece};
use pngine_wgsl::device::{Device, Feature};
use pngine_wgsl::import::{Expanded, Library, Start, expand};
use pngine_wgsl::library;
use pngine_wgsl::validate::{Environment, check};

/// Files by their path; the module's own text is `main.wgsl`, the first.
struct Shelf(SourceMap);

impl Shelf {
    fn of(files: &[(&str, &str)]) -> Self {
        let mut map = SourceMap::default();
        for (name, text) in files {
            map.add(SourceFile::new(*name, *text));
        }
        Self(map)
    }

    fn place(&self, span: Span) -> String {
        let file = self.0.file(span.file);
        let position = file.position(span.start);
        format!("{}:{}:{} `{}`", file.name, position.line, position.column, self.0.slice(span))
    }

    fn list(&self, diagnostics: &[Diagnostic]) -> String {
        let mut out = String::new();
        for diagnostic in diagnostics {
            let span = diagnostic.primary.as_ref().expect("a place").span;
            out += &format!("{} {}: {}\n", self.place(span), diagnostic.code.as_str(), diagnostic.message);
            for label in &diagnostic.secondary {
                out += &format!("    {} {}\n", self.place(label.span), label.message);
            }
            if let Some(help) = &diagnostic.help {
                out += &format!("    help: {help}\n");
            }
        }
        out
    }
}

impl Library for Shelf {
    fn open(&mut self, from: FileId, start: Start, path: &str, span: Span) -> Result<FileId, Box<Diagnostic>> {
        let own = self.0.file(from).name.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
        let candidates = match start {
            Start::Library => {
                let module = library::find(path, span)?;
                let known = self.0.files().iter().position(|file| file.name == path);
                return Ok(known.map_or_else(|| self.0.add(SourceFile::new(path, module.text)), |known| FileId(known as u32)));
            }
            Start::Package => vec![format!("{own}/{path}").trim_start_matches('/').to_owned(), path.to_owned()],
            Start::Super(count) => {
                let up = own.split('/').count().saturating_sub(count - 1);
                let directory = own.split('/').take(up).collect::<Vec<_>>().join("/");
                vec![format!("{directory}/{path}").trim_start_matches('/').to_owned()]
            }
        };
        let found = candidates.iter().find_map(|path| self.0.files().iter().position(|file| file.name == *path));
        match found {
            Some(found) => Ok(FileId(found as u32)),
            None => Err(Box::new(Diagnostic::new(Code::FileNotFound, span, format!("there is no file `{path}`")))),
        }
    }

    fn file(&self, id: FileId) -> Option<(&str, &str)> {
        self.0.get(id).map(|file| (file.name.as_str(), file.text.as_str()))
    }
}

fn expanded(files: &[(&str, &str)], defines: &[(&str, Define)]) -> (Shelf, Option<Expanded>, Vec<Diagnostic>) {
    let mut shelf = Shelf::of(files);
    let defines: BTreeMap<String, Define> = defines.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let mut diagnostics = Vec::new();
    let out = expand(&[Piece::file(FileId(0), files[0].1)], &defines, &mut shelf, &mut diagnostics);
    (shelf, out, diagnostics)
}

/// The whole text, which is right.
fn text(files: &[(&str, &str)]) -> String {
    text_with(files, &[])
}

fn text_with(files: &[(&str, &str)], defines: &[(&str, Define)]) -> String {
    let (shelf, out, mut diagnostics) = expanded(files, defines);
    let out = out.expect("a text");
    assert!(!out.is_wrong && out.missing.is_empty());
    check(&out.text, &Environment { device: with_f16(), ..Environment::default() }, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}\n{}", out.text.text, shelf.list(&diagnostics));
    out.text.text
}

fn with_f16() -> Device {
    Device { features: [(Feature::ShaderF16, (true, Span::default()))].into(), ..Device::default() }
}

/// What is found, imports and the rest of the shader together.
fn findings(files: &[(&str, &str)]) -> String {
    let (shelf, out, mut diagnostics) = expanded(files, &[]);
    if let Some(out) = out {
        let had = diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
        assert_eq!(had, out.is_wrong);
        check(&out.text, &Environment { missing: out.missing, ..Environment::default() }, &mut diagnostics);
    }
    shelf.list(&diagnostics)
}

const NOISE: &str = "
const seed = 7.0;
fn hash(p: vec2f) -> f32 { return fract(sin(dot(p, vec2f(12.9, 78.2)) + seed) * 43758.5); }
fn noise(p: vec2f) -> f32 { return mix(hash(floor(p)), hash(ceil(p)), 0.5); }
fn unused() -> f32 { return hash(vec2f()); }
";

#[test]
fn a_declaration_comes_with_what_it_needs_and_nothing_else() {
    let main = "import package::noise::noise;\n@fragment fn paint() -> @location(0) vec4f { return vec4f(noise(vec2f(1))); }";
    insta::assert_snapshot!(text(&[("main.wgsl", main), ("noise.wgsl", NOISE)]), @"
    const seed = 7.0;
    fn hash(p: vec2f) -> f32 { return fract(sin(dot(p, vec2f(12.9, 78.2)) + seed) * 43758.5); }
    fn noise(p: vec2f) -> f32 { return mix(hash(floor(p)), hash(ceil(p)), 0.5); }

    @fragment fn paint() -> @location(0) vec4f { return vec4f(noise(vec2f(1))); }
    ");
}

#[test]
fn names_that_meet_are_kept_apart() {
    let main = "
import package::noise::{noise as grain, hash};
const seed = 1u;
fn noise() -> u32 { return seed; }
@fragment fn paint(@location(0) p: vec2f) -> @location(0) vec4f { let grain_2 = grain(p); return vec4f(grain_2 + hash(p), f32(noise()), 0, 1); }";
    insta::assert_snapshot!(text(&[("main.wgsl", main), ("noise.wgsl", NOISE)]), @"
    const seed_2 = 7.0;
    fn hash(p: vec2f) -> f32 { return fract(sin(dot(p, vec2f(12.9, 78.2)) + seed_2) * 43758.5); }
    fn grain(p: vec2f) -> f32 { return mix(hash(floor(p)), hash(ceil(p)), 0.5); }


    const seed = 1u;
    fn noise() -> u32 { return seed; }
    @fragment fn paint(@location(0) p: vec2f) -> @location(0) vec4f { let grain_2 = grain(p); return vec4f(grain_2 + hash(p), f32(noise()), 0, 1); }
    ");
}

#[test]
fn every_declaration_comes_once_however_many_ways_lead_to_it() {
    let main = "
import package::lib::left::left;
import package::lib::right::{right, right as again};
@fragment fn paint() -> @location(0) vec4f { return vec4f(left(1), right(2), again(3), 1); }";
    let left = "import super::base::base; fn left(x: f32) -> f32 { return base(x); }";
    let right = "import package::base::{base as root}; fn right(x: f32) -> f32 { let base = root(x); return base; }";
    let base = "fn base(x: f32) -> f32 { return x * scale; } const scale = 2.0;";
    let files = [("main.wgsl", main), ("lib/left.wgsl", left), ("lib/right.wgsl", right), ("lib/base.wgsl", base)];
    insta::assert_snapshot!(text(&files), @"
    fn left(x: f32) -> f32 { return base_2(x); }
    fn right(x: f32) -> f32 { let base = base_2(x); return base; }
    fn base_2(x: f32) -> f32 { return x * scale; } const scale = 2.0;



    @fragment fn paint() -> @location(0) vec4f { return vec4f(left(1), right(2), right(3), 1); }
    ");
}

#[test]
fn files_may_import_each_other() {
    let main = "import package::even::even; @compute @workgroup_size(even(3)) fn main() { tell(); } fn tell() {}";
    let even = "import package::odd::odd; const even_base = 2; const zero = odd_base; fn unused() { odd(); } import package::odd::odd_base;
        const even = zero;";
    let odd = "import package::even::even_base; const odd_base = even_base + 1; fn odd() {}";
    let main = main.replace("even(3)", "even");
    insta::assert_snapshot!(text(&[("main.wgsl", &main), ("even.wgsl", even), ("odd.wgsl", odd)]), @"
    const even_base = 2; const zero = odd_base;
    const even = zero;
    const odd_base = even_base + 1;
     @compute @workgroup_size(even) fn main() { tell(); } fn tell() {}
    ");
}

#[test]
fn what_imports_from_the_module_itself_gets_its_own_declarations() {
    let main = "
import package::light::shade;
struct Uniforms { strength: f32 }
@group(0) @binding(0) var<uniform> uniforms: Uniforms;
@fragment fn paint() -> @location(0) vec4f { return vec4f(shade()); }";
    let light = "import package::main::{uniforms as u}; fn shade() -> f32 { return u.strength; }";
    insta::assert_snapshot!(text(&[("main.wgsl", main), ("light.wgsl", light)]), @"
    fn shade() -> f32 { return uniforms.strength; }


    struct Uniforms { strength: f32 }
    @group(0) @binding(0) var<uniform> uniforms: Uniforms;
    @fragment fn paint() -> @location(0) vec4f { return vec4f(shade()); }
    ");
}

#[test]
fn directives_and_asserts_of_a_file_come_with_its_declarations() {
    let main = "enable f16; import package::a::{half}; diagnostic(off, derivative_uniformity);
@fragment fn paint() -> @location(0) vec4f { return vec4f(f32(half(1))); }";
    let a = "enable f16; requires pointer_composite_access; const limit = 4; const_assert limit > 3; fn half(x: f16) -> f16 { return x; }";
    insta::assert_snapshot!(text(&[("main.wgsl", main), ("a.wgsl", a)]), @"
    enable f16;  diagnostic(off, derivative_uniformity);
    requires pointer_composite_access;
    const limit = 4; const_assert limit > 3; fn half(x: f16) -> f16 { return x; }
    @fragment fn paint() -> @location(0) vec4f { return vec4f(f32(half(1))); }
    ");
}

#[test]
fn defines_are_put_into_imported_text() {
    let main = "import package::a::{size, N}; const b = size() + TAU * f32(N); fn TAU_() {}";
    let a = "const N = 3; const TAU = 6; fn size() -> f32 { return COUNT * PI + f32(TAU); }";
    let main = main.replace("const b = size() + TAU * f32(N);", "fn b() -> f32 { return size() + TAU * f32(N); }");
    let defines = [("N", Define::Number(9.0)), ("COUNT", Define::Number(4.0))];
    insta::assert_snapshot!(text_with(&[("main.wgsl", &main), ("a.wgsl", a)], &defines), @"
    const N = 3; const TAU = 6; fn size() -> f32 { return 4 * 3.1415927 + f32(TAU); }
     fn b() -> f32 { return size() + 6.2831855 * f32(N); } fn TAU_() {}
    ");
}

#[test]
fn lists_nest() {
    let main = "import package::{a::x, lib::{b::{y, z as w,}, c::v}};
fn all() -> i32 { return x + y + w + v; }";
    let files = [
        ("main.wgsl", main),
        ("a.wgsl", "const x = 1;"),
        ("lib/b.wgsl", "const y = 2; const z = 3;"),
        ("lib/c.wgsl", "const v = 4;"),
    ];
    insta::assert_snapshot!(text(&files), @"
    const x = 1;
    const y = 2; const w = 3;
    const v = 4;

    fn all() -> i32 { return x + y + w + v; }
    ");
}

#[test]
fn a_text_without_imports_is_left_as_it_is() {
    let wgsl = "enable f16; // importance\nfn f() -> f16 { return 1h; }\n\n// end";
    assert_eq!(text(&[("main.wgsl", wgsl)]), wgsl);
}

#[test]
fn imports_that_cannot_be_read_are_told() {
    let mut told = String::new();
    for import in [
        "import noise::hash;",
        "import package::noise;",
        "import package::noise::*;",
        "import package::noise::hash",
        "import package::noise::{hash;",
        "import package::noise::;",
        "import package::noise::hash as;",
        "import package::super::noise::hash;",
        "import {package::noise::hash};",
        "import hash;",
        "import ;",
        "import",
    ] {
        let main = format!("{import}\n@fragment fn paint() -> @location(0) vec4f {{ return vec4f(hash(vec2f())); }}");
        told += &format!("{import}\n{}", findings(&[("main.wgsl", &main), ("noise.wgsl", NOISE)]));
    }
    told += &findings(&[("main.wgsl", "fn hash() { import package::noise::hash; hash(vec2f()); }"), ("noise.wgsl", NOISE)]);
    insta::assert_snapshot!(told, @"
    import noise::hash;
    main.wgsl:1:8 `noise` E0812: an import begins with `package::`, `super::` or `pngine::`, not with `noise`
        help: write `import package::file::name;`: the file `file.wgsl` is looked for beside this one, then beside the entry file
    import package::noise;
    main.wgsl:1:17 `noise` E0812: `noise` is a file, and an import names a declaration of one
        help: write `import package::noise::name;`
    import package::noise::*;
    main.wgsl:1:24 `*` E0812: an import names every declaration
        help: list them: `{a, b}`
    import package::noise::hash
    main.wgsl:1:24 `hash` E0812: expected `;` after the import
        help: write `;` behind it
    import package::noise::{hash;
    main.wgsl:1:29 `;` E0812: expected `,` or `}` in the import
        help: close the list with `}`
    import package::noise::;
    main.wgsl:1:23 `:` E0812: expected a name in the import
        help: write `import package::file::name;`
    import package::noise::hash as;
    main.wgsl:1:29 `as` E0812: expected a name after `as`
        help: write `name as other`
    import package::super::noise::hash;
    main.wgsl:1:17 `super` E0812: `super` stands inside a path
        help: begin the path with it
    import {package::noise::hash};
    main.wgsl:1:8 `{` E0812: an import begins with `package::`, `super::` or `pngine::`, not with `{`
        help: write `import package::file::name;`: the file `file.wgsl` is looked for beside this one, then beside the entry file
    import hash;
    main.wgsl:1:8 `hash` E0812: an import begins with `package::`, `super::` or `pngine::`, not with `hash`
        help: write `import package::file::name;`: the file `file.wgsl` is looked for beside this one, then beside the entry file
    import ;
    main.wgsl:1:8 `;` E0812: an import begins with `package::`, `super::` or `pngine::`, not with `;`
        help: write `import package::file::name;`: the file `file.wgsl` is looked for beside this one, then beside the entry file
    import
    main.wgsl:2:1 `@` E0812: an import begins with `package::`, `super::` or `pngine::`, not with `@`
        help: write `import package::file::name;`: the file `file.wgsl` is looked for beside this one, then beside the entry file
    main.wgsl:1:13 `import` E0812: an import stands in a function or struct
        help: write it at the start of the text
    ");
}

#[test]
fn names_that_are_not_there_are_told_once_with_the_near_one() {
    let main = "
import package::noise::{nois, gone as away};
import package::nose::noise;
import package::passing::hash;
fn f() -> f32 { return nois(vec2f()) + nois(vec2f(1)) + away() + noise(vec2f()) + hash(vec2f()) + typo(); }
fn g() -> f32 { let x = nois(vec2f()); return x + noise::hash(vec2f()); }";
    let passing = "import package::noise::hash; const other = 1;";
    insta::assert_snapshot!(findings(&[("main.wgsl", main), ("noise.wgsl", NOISE), ("passing.wgsl", passing)]), @"
    main.wgsl:6:51 `noise::hash` E0812: `noise::hash` is a path, and paths stand in imports only
        help: write `import package::noise::hash;` at the start of the text, and `hash` here
    main.wgsl:3:17 `nose` E0901: there is no file `nose.wgsl`
    main.wgsl:2:25 `nois` E0813: `noise.wgsl` declares no `nois`
        help: did you mean `noise`?
    main.wgsl:2:31 `gone` E0813: `noise.wgsl` declares no `gone`
        help: it declares `hash`, `noise`, `seed`, `unused`
    main.wgsl:4:26 `hash` E0813: `passing.wgsl` declares no `hash`
        help: that file imports it itself: import it from the file that declares it
    ");
}

#[test]
fn two_meanings_of_one_name_are_told() {
    let main = "
import package::a::f;
import package::b::f;
import package::b::{g, g as h};
fn g() {}
fn all() { f(); h(); }";
    insta::assert_snapshot!(findings(&[("main.wgsl", main), ("a.wgsl", "fn f() {}"), ("b.wgsl", "fn f() {} fn g() {}")]), @"
    main.wgsl:3:20 `f` E0814: `f` is imported, and means something else already
        main.wgsl:2:20 `f` first imported here
        help: give one of them another name, as with `f as f2`
    main.wgsl:4:21 `g` E0814: `g` is imported, and means something else already
        main.wgsl:5:4 `g` declared here
        help: give one of them another name, as with `g as g2`
    ");
}

#[test]
fn what_the_importing_module_hides_is_told() {
    let main = "
import package::a::f;
@compute @workgroup_size(1) fn step() { f(); }
struct Ray { a: f32 }";
    let a = "fn f() -> f32 { var r: Ray; return step(1.0, 2.0); }";
    insta::assert_snapshot!(findings(&[("main.wgsl", main), ("a.wgsl", a)]), @"
    a.wgsl:1:24 `Ray` E0815: `Ray` is not declared in this file, and the importing module declares another
        main.wgsl:4:8 `Ray` the other one
        help: import it or declare it in this file: what is imported does not see who imports it
    a.wgsl:1:36 `step` E0815: `step` is not declared in this file, and the importing module declares another
        main.wgsl:3:32 `step` the other one
        help: give the one of the importing module another name: it hides the `step` of WGSL
    ");
}

#[test]
fn a_resource_that_must_be_renamed_is_told() {
    let main = "
import package::a::f;
override scale = 1.0;
@compute @workgroup_size(1) fn main() { _ = f() * scale; }";
    let a = "override scale = 2.0; fn f() -> f32 { return scale; }";
    insta::assert_snapshot!(findings(&[("main.wgsl", main), ("a.wgsl", a)]), @"
    a.wgsl:1:10 `scale` W0804: `scale` is called `scale_2` in the module that imports it, where `scale` means something else
        help: import it under a name of its own: `scale as …`
    ");
}

#[test]
fn mistakes_are_shown_in_the_file_they_stand_in() {
    let main = "import package::a::f;\nfn g() { f(1); }";
    let a = "// é\nfn f(x: f32) -> f32 { return y; }\nfn broken( {";
    insta::assert_snapshot!(findings(&[("main.wgsl", main), ("a.wgsl", a)]), @"a.wgsl:2:30 `y` E0804: unknown name `y`");
}

#[test]
fn no_mutation_of_an_import_breaks_anything() {
    let main = "import package::{a::x, lib::{b::{y, z as w,}}}; fn all() -> i32 { return x + y + w; }";
    let splinters = ["import", "package", "::", ":", "{", "}", ";", ",", "as", "super", "é", "/*", "x", ""];
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as usize % below.max(1)
    };
    for _ in 0..2000 {
        let mut mutated: Vec<&str> = main.split_inclusive(|c: char| !c.is_alphanumeric()).collect();
        for _ in 0..=random(3) {
            let at = random(mutated.len());
            mutated[at] = splinters[random(splinters.len())];
        }
        let mutated = mutated.concat();
        let files = [("main.wgsl", mutated.as_str()), ("a.wgsl", "const x = 1;"), ("lib/b.wgsl", &mutated)];
        let (_, out, diagnostics) = expanded(&files, &[]);
        let out = out.expect("small texts come out");
        assert_eq!(out.is_wrong, !diagnostics.is_empty(), "{mutated}");
    }
}
