//! Shaders: text in, reflection, diagnostics or shorter text out.

use std::collections::BTreeMap;

use pngine_source::diag::{Diagnostic, Severity};
use pngine_source::source::{FileId, SourceFile, SourceMap, Span};
use pngine_wgsl::assemble::{Define, Piece, Text, assemble, substitute};
use pngine_wgsl::device::{Device, Feature};
use pngine_wgsl::limits::MAX_SHADER_BYTES;
use pngine_wgsl::minify::{minify, rename, shorten};
use pngine_wgsl::reflect::{Module, Resource, Scalar, Stage, same_to_pipelines};
use pngine_wgsl::tokens::{TokenKind, significant, tokenize};
use pngine_wgsl::validate::{Environment, beyond_limits, check};

const CUBE: &str = include_str!("wgsl/cube.wgsl");
const BOIDS: &str = include_str!("wgsl/boids.wgsl");
const EVERYTHING: &str = include_str!("wgsl/everything.wgsl");
const MISTAKES: &str = include_str!("wgsl/mistakes.wgsl");
const SHADERS: [(&str, &str); 3] = [("cube", CUBE), ("boids", BOIDS), ("everything", EVERYTHING)];

macro_rules! snapshot {
    ($name:expr, $value:expr) => {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/../../snapshots/shader"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!($name, $value) })
    };
}

/// The files of a test: names and texts.
struct Files(SourceMap);

impl Files {
    fn of(files: &[(&str, &str)]) -> Self {
        let mut map = SourceMap::default();
        for (name, text) in files {
            map.add(SourceFile::new(*name, *text));
        }
        Self(map)
    }

    /// `file:line:column code message` and the text under the primary label, one line per diagnostic, then its help.
    fn list(&self, diagnostics: &[Diagnostic]) -> String {
        let mut out = String::new();
        for diagnostic in diagnostics {
            let Some(label) = &diagnostic.primary else { panic!("a shader's diagnostics have a place: {diagnostic:?}") };
            out += &format!("{} {}: {}", self.place(label.span), diagnostic.code.as_str(), diagnostic.message);
            out += &format!("\n    `{}`", self.0.slice(label.span).replace('\n', "⏎"));
            if !label.message.is_empty() {
                out += &format!(" {}", label.message);
            }
            for label in &diagnostic.secondary {
                out += &format!("\n    {} `{}` {}", self.place(label.span), self.0.slice(label.span), label.message);
            }
            if let Some(help) = &diagnostic.help {
                out += &format!("\n    help: {help}");
            }
            for fix in &diagnostic.fixes {
                out += &format!("\n    fix: {}", fix.title);
            }
            out += "\n";
        }
        out
    }

    fn place(&self, span: Span) -> String {
        let file = self.0.file(span.file);
        let position = file.position(span.start);
        format!("{}:{}:{}", file.name, position.line, position.column)
    }
}

fn text_of(wgsl: &str) -> Text {
    assemble(&[Piece::file(FileId(0), wgsl)])
}

/// A device with all features.
fn everything() -> Environment {
    let features = Feature::ALL.iter().map(|feature| (*feature, (true, Span::default()))).collect();
    Environment { device: Device { features, ..Device::default() }, ..Environment::default() }
}

fn reflected(wgsl: &str) -> Module {
    let mut diagnostics = Vec::new();
    let module = check(&text_of(wgsl), &everything(), &mut diagnostics);
    module.unwrap_or_else(|| panic!("{}", Files::of(&[("shader.wgsl", wgsl)]).list(&diagnostics)))
}

fn findings(wgsl: &str) -> (Option<Module>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let module = check(&text_of(wgsl), &everything(), &mut diagnostics);
    let has_error = diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
    assert_eq!(module.is_none(), has_error, "a module comes back exactly if nothing is an error: {wgsl}");
    (module, diagnostics)
}

fn errors_of(wgsl: &str) -> String {
    Files::of(&[("shader.wgsl", wgsl)]).list(&findings(wgsl).1)
}

fn codes_of(wgsl: &str) -> Vec<&'static str> {
    findings(wgsl).1.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

// Tokens.

fn spelled(text: &str) -> Vec<(TokenKind, &str)> {
    tokenize(text).iter().map(|token| (token.kind, token.text(text))).collect()
}

#[test]
fn tokens_of_every_kind_are_told_apart() {
    use TokenKind::{BlockComment, LineComment, Number, OpenComment, Other, Punctuation, Word};
    assert_eq!(spelled("a_1 // é\r\n2"), [(Word, "a_1"), (LineComment, "// é"), (Number, "2")]);
    assert_eq!(spelled("/* a /* b */ c */x"), [(BlockComment, "/* a /* b */ c */"), (Word, "x")]);
    assert_eq!(spelled("/* a /* b */"), [(OpenComment, "/* a /* b */")]);
    assert_eq!(spelled("a>>=b->c"), [(Word, "a"), (Punctuation, ">>="), (Word, "b"), (Punctuation, "->"), (Word, "c")]);
    assert_eq!(spelled("größe\u{85}x"), [(Word, "größe"), (Word, "x")]);
    assert_eq!(spelled("\0$"), [(Other, "\0"), (Other, "$")]);
    assert_eq!(spelled(""), []);
}

#[test]
fn numbers_are_read_with_their_suffix_and_exponent() {
    for number in ["0", "1u", "1i", ".5", "1.", "1.5e-3f", "1e5", "0xFFu", "0x1.8p3", "2h", "0x.8p1f"] {
        assert_eq!(spelled(number), [(TokenKind::Number, number)]);
    }
    assert_eq!(spelled("1.x").len(), 2);
    assert_eq!(spelled("1u8"), [(TokenKind::Number, "1"), (TokenKind::Word, "u8")]);
    assert_eq!(spelled("0x"), [(TokenKind::Number, "0"), (TokenKind::Word, "x")]);
}

#[test]
fn tokens_cover_all_of_any_text_but_its_blanks() {
    let text = "fn f(){é🦀\u{2028}/*é*/ 0x 1.e+ \"\\ \u{1}<<=>>>}//";
    let mut at = 0;
    for token in tokenize(text) {
        assert!(text[at..token.start as usize].chars().all(char::is_whitespace));
        at = token.end as usize;
    }
    assert_eq!(at, text.len());
}

// Assembling.

#[test]
fn pieces_are_joined_by_newlines_and_lead_back_to_their_files() {
    let text = assemble(&[Piece::file(FileId(1), "const a=1;"), Piece::literal(FileId(0), 40, "const b=a;")]);
    assert_eq!(text.text, "const a=1;\nconst b=a;");
    assert_eq!(text.map.span(6..7), Span::new(FileId(1), 6, 7));
    assert_eq!(text.map.span(17..18), Span::new(FileId(0), 46, 47));
    // A range over both ends with the first.
    assert_eq!(text.map.span(6..18), Span::new(FileId(1), 6, 11));
    assert_eq!(text.map.span(99..100), Span::new(FileId(0), 50, 50));
    assert_eq!(assemble(&[]).map.span(0..1), Span::default());
}

#[test]
fn escapes_in_a_string_are_undone_and_mapped() {
    let piece = Piece::literal(FileId(0), 10, r#"a\"b\\c\nd\"#);
    assert_eq!(piece.text, r#"a"b\c\nd\"#);
    let text = assemble(&[piece]);
    assert_eq!(text.map.span(0..1), Span::new(FileId(0), 10, 11));
    assert_eq!(text.map.span(1..2), Span::new(FileId(0), 11, 13));
    assert_eq!(text.map.span(2..3), Span::new(FileId(0), 13, 14));
    assert_eq!(text.map.span(3..5), Span::new(FileId(0), 14, 17));
    assert_eq!(text.map.span(0..5), Span::new(FileId(0), 10, 17));
}

#[test]
fn a_byte_order_mark_is_left_out() {
    let text = assemble(&[Piece::file(FileId(0), "\u{feff}fn")]);
    assert_eq!(text.text, "fn");
    assert_eq!(text.map.span(0..2), Span::new(FileId(0), 3, 5));
}

#[test]
fn generated_text_is_shown_where_it_was_asked_for() {
    let span = Span::new(FileId(2), 5, 9);
    let text = assemble(&[Piece::generated("fn f() {}", span)]);
    assert_eq!(text.map.span(3..4), span);
}

// Substitution.

fn define(name: &str, value: Define) -> BTreeMap<String, Define> {
    BTreeMap::from([(name.to_owned(), value)])
}

fn put(wgsl: &str, defines: &[(&str, Define)]) -> String {
    let defines = defines.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    substitute(&text_of(wgsl), &defines).unwrap_or_else(|error| panic!("{error:?}")).text
}

#[test]
fn a_whole_word_is_replaced_and_no_part_of_one() {
    let n = [("N", Define::Number(64.0))];
    assert_eq!(put("x = N + N2 + aN + N_;", &n), "x = 64 + N2 + aN + N_;");
    assert_eq!(put("array<u32,N>(N-1)", &n), "array<u32,64>(64-1)");
    assert_eq!(put("switch x { case N: {} default: {} }", &n), "switch x { case 64: {} default: {} }");
    assert_eq!(put("@workgroup_size(N) fn f() {}", &n), "@workgroup_size(64) fn f() {}");
}

#[test]
fn comments_members_attributes_and_contexts_are_left_alone() {
    let all = [("N", Define::Number(1.0)), ("group", Define::Number(2.0)), ("storage", Define::Number(3.0))];
    for wgsl in [
        "// N\n/* N /* N */ N */",
        "v.N",
        "v . N",
        "@group(0)",
        "var<storage> x: u32;",
        "struct S { N: f32, group: u32 }",
        "@builtin(N)",
        "fn f() -> @builtin(N) @group vec4f { }",
        "enable N;",
    ] {
        assert_eq!(put(wgsl, &all), wgsl);
    }
}

#[test]
fn names_that_the_module_declares_are_left_alone_where_they_are_seen() {
    let n = [("N", Define::Number(64.0))];
    for wgsl in [
        "const N: u32 = 4; fn f() { let x = N; }",
        "override N = 4u; fn f() { let x = N; }",
        "fn N() {} fn g() { N(); }",
        "struct N { a: u32 } fn g(a: N) {}",
        "alias N = u32; fn g(a: N) {}",
        "var<private> N: u32; fn g() { N = 1u; }",
        "fn f(N: u32) -> u32 { return N; }",
        "fn f() { let N = 1; let x = N; }",
        "fn f() { for (var N = 0; N < 3; N++) { g(N); } }",
    ] {
        assert_eq!(put(wgsl, &n), wgsl);
    }
    assert_eq!(
        put("fn f() { { let N = N + 1; g(N); } g(N); } fn h(x: f32) { g(N); }", &n),
        "fn f() { { let N = 64 + 1; g(N); } g(64); } fn h(x: f32) { g(64); }"
    );
    assert_eq!(
        put("fn f() { for (var N = N; N < 3; N++) { g(N); } g(N); }", &n),
        "fn f() { for (var N = 64; N < 3; N++) { g(N); } g(64); }"
    );
}

#[test]
fn the_constants_need_no_define_and_give_way_to_one() {
    assert_eq!(put("a = PI * TAU + E;", &[]), "a = 3.1415927 * 6.2831855 + 2.7182817;");
    assert_eq!(put("a = PI;", &[("PI", Define::Number(3.0))]), "a = 3;");
    assert_eq!(put("const PI = 3.14; fn f() { let E = PI; g(E); }", &[]), "const PI = 3.14; fn f() { let E = PI; g(E); }");
}

#[test]
fn numbers_are_written_as_wgsl_reads_them() {
    let written = |value| put("X", &[("X", value)]);
    assert_eq!(written(Define::Number(64.0)), "64");
    assert_eq!(written(Define::Number(-64.0)), "(-64)");
    assert_eq!(written(Define::Number(0.5)), "0.5");
    assert_eq!(written(Define::Number(-0.25)), "(-0.25)");
    assert_eq!(written(Define::Number(4294967295.0)), "4294967295");
    assert_eq!(written(Define::Float(512.0)), "512.0");
    assert_eq!(written(Define::Float(1e-20)), "1e-20");
    assert_eq!(written(Define::Number(1e300)), "1e300");
    assert_eq!(written(Define::Number(1.0 / 3.0)), "0.33333334");
    for value in [0.1, 1.0 / 3.0, 1e-40, 3.4e38, 16777217.5, std::f64::consts::PI] {
        let text = written(Define::Float(value));
        assert_eq!(text.parse::<f32>().ok(), Some(value as f32), "{text}");
    }
}

#[test]
fn text_is_put_in_parentheses_unless_it_is_one_operand() {
    let written = |value: &str| put("2 * X", &[("X", Define::Text(value.to_owned()))]);
    assert_eq!(written("1 + 2"), "2 * (1 + 2)");
    assert_eq!(written("-y"), "2 * (-y)");
    assert_eq!(written("y"), "2 * y");
    assert_eq!(written(" y.x "), "2 * y.x");
    assert_eq!(written("vec2<f32>(1, 2)[0].x"), "2 * vec2<f32>(1, 2)[0].x");
    assert_eq!(written("array<vec2<f32>, 4>"), "2 * array<vec2<f32>, 4>");
    assert_eq!(written("f(1) + g(2)"), "2 * (f(1) + g(2))");
    assert_eq!(written("(1) + (2)"), "2 * ((1) + (2))");
    assert_eq!(written("(1 + 2)"), "2 * (1 + 2)");
    assert_eq!(written("a < b"), "2 * (a < b)");
    assert_eq!(written("a[0]) + (b"), "2 * (a[0]) + (b)");
    assert_eq!(written("1 // one"), "2 * 1");
    assert_eq!(
        put("texture_storage_2d<F, write>", &[("F", Define::Word("rgba8unorm".to_owned()))]),
        "texture_storage_2d<rgba8unorm, write>"
    );
}

#[test]
fn defines_in_defines_are_replaced_and_self_reference_ends() {
    let nested = [("A", Define::Text("B * 2".to_owned())), ("B", Define::Number(3.0))];
    assert_eq!(put("x = A;", &nested), "x = (3 * 2);");
    let endless = put("A", &[("A", Define::Text("A+1".to_owned()))]);
    assert_eq!(endless.matches('+').count(), 16);
    assert_eq!(put("A", &[("A", Define::Word("A".to_owned()))]), "A");
}

#[test]
fn a_define_that_grows_without_end_is_refused_where_it_stands() {
    let error = substitute(&text_of("let x = A;"), &define("A", Define::Text("A*A*A*A*A*A*A*A".to_owned()))).err();
    let error = error.map(|error| (error.code.as_str(), error.primary.map(|label| label.span)));
    assert_eq!(error, Some(("E0801", Some(Span::new(FileId(0), 8, 9)))));
}

#[test]
fn substituted_text_is_shown_where_its_name_stands() {
    let text = substitute(&text_of("é = AB + missing;"), &define("AB", Define::Number(12345.0))).unwrap_or_default();
    assert_eq!(text.text, "é = 12345 + missing;");
    assert_eq!(text.map.span(5..10), Span::new(FileId(0), 5, 7));
    assert_eq!(text.map.span(6..7), Span::new(FileId(0), 5, 7));
    assert_eq!(text.map.span(13..20), Span::new(FileId(0), 10, 17));
}

// Reflection.

#[test]
fn reflection_of_realistic_shaders() {
    for (name, wgsl) in SHADERS {
        snapshot!(format!("reflection_{name}"), reflected(wgsl).dump());
    }
}

#[test]
fn sizes_of_variables_follow_wgsls_layout() {
    let module = reflected(EVERYTHING);
    assert_eq!(module.size_of_var("rig"), Some(208));
    assert_eq!(module.size_of_var("seconds"), Some(4));
    assert_eq!(module.size_of_var("lights"), None);
    assert_eq!(module.block("lights").map(|block| (block.min_size, block.open_stride)), Some((96, Some(64))));
    assert_eq!(module.size_of_var("picture"), None);
    assert_eq!(module.size_of_var("nothing"), None);
    let weights = module.block("rig").and_then(|block| block.field("weights")).map(|field| (field.offset, field.type_name()));
    assert_eq!(weights, Some((128, "vec4<f32>".to_owned())));
}

#[test]
fn the_element_of_an_index_buffer_is_known() {
    let module = reflected(EVERYTHING);
    assert_eq!(module.block("indices").and_then(|block| block.element()), Some(Scalar::U32));
    assert_eq!(module.block("rig").and_then(|block| block.element()), None);
    let wrapped = reflected("struct I { data: array<f32> } @group(0) @binding(0) var<storage> i: I;");
    assert_eq!(wrapped.block("i").and_then(|block| block.element()), Some(Scalar::F32));
}

#[test]
fn the_names_of_reflected_things_are_where_they_are_declared() {
    let module = reflected(EVERYTHING);
    let at = |span: Span| EVERYTHING.get(span.start as usize..span.end as usize);
    for entry in &module.entry_points {
        assert_eq!(at(entry.span), Some(entry.name.as_str()));
        for varying in entry.inputs.iter().chain(&entry.outputs) {
            assert_eq!(at(varying.span), Some(varying.name.as_str()));
        }
    }
    for binding in &module.bindings {
        assert_eq!(at(binding.span), Some(binding.name.as_str()));
    }
    for row in &module.overrides {
        assert_eq!(at(row.span), Some(row.name.as_str()));
    }
}

#[test]
fn a_workgroup_size_follows_the_overrides() {
    let module = reflected(EVERYTHING);
    let fill = module.entry_point("fill").unwrap_or_else(|| panic!("`fill` is an entry point"));
    assert_eq!(module.workgroup_size(fill, &BTreeMap::new()), Some([8, 4, 2]));
    let tiles = module.overrides.iter().position(|row| row.name == "tiles").unwrap_or_default();
    assert_eq!(module.workgroup_size(fill, &BTreeMap::from([(tiles, 16.0)])), Some([16, 8, 2]));
    assert_eq!(module.workgroup_size(fill, &BTreeMap::from([(tiles, 1.5)])), None);
    let shade = module.entry_point("shade").unwrap_or_else(|| panic!("`shade` is an entry point"));
    assert_eq!(module.workgroup_size(shade, &BTreeMap::new()), None);
    assert_eq!(module.entry_points_of(Stage::Compute).count(), 1);
}

#[test]
fn overrides_are_found_by_id_or_name() {
    let module = reflected(EVERYTHING);
    let found = |key: &str| module.find_override(key).map(|row| row.name.clone());
    assert_eq!(found("3"), Some("gamma".to_owned()));
    assert_eq!(found("tiles"), Some("tiles".to_owned()));
    assert_eq!(found("gamma"), Some("gamma".to_owned()));
    assert_eq!(found("99"), None);
    // WebGPU knows it by its number alone.
    let keys: Vec<String> =
        module.overrides.iter().filter(|row| ["gamma", "tiles"].contains(&row.name.as_str())).map(|row| row.key()).collect();
    assert!(keys.contains(&"3".to_owned()) && keys.contains(&"tiles".to_owned()), "{keys:?}");
}

#[test]
fn static_use_counts_what_naga_counts_and_what_only_browsers_count() {
    let module = reflected(
        "@group(0) @binding(0) var<uniform> a: f32; @group(0) @binding(1) var<uniform> b: f32; @group(0) @binding(2) var<uniform> c: f32;
        fn helper() -> f32 { return b; }
        @compute @workgroup_size(1) fn main() { _ = a; if false { let x = helper(); } }
        @compute @workgroup_size(1) fn other() { let b = c; let x = b; }",
    );
    let used = |name: &str| -> Vec<String> {
        let entry = module.entry_point(name);
        let bindings = entry.into_iter().flat_map(|entry| &entry.bindings);
        bindings.filter_map(|index| module.bindings.get(*index)).map(|binding| binding.name.clone()).collect()
    };
    assert_eq!(used("main"), ["a", "b"]);
    assert_eq!(used("other"), ["c"]);
    for (name, wgsl) in SHADERS {
        let module = reflected(wgsl);
        let naga = naga::front::wgsl::parse_str(wgsl).unwrap_or_else(|error| panic!("{error}"));
        let capabilities = naga::valid::Capabilities::all();
        let info = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities).validate(&naga);
        let info = info.unwrap_or_else(|error| panic!("{error:?}"));
        for (index, entry) in naga.entry_points.iter().enumerate() {
            let ours = &module.entry_points[index];
            for (handle, variable) in naga.global_variables.iter() {
                let is_used = variable.binding.is_some() && !info.get_entry_point(index)[handle].is_empty();
                let is_ours = ours.bindings.iter().any(|index| Some(&module.bindings[*index].name) == variable.name.as_ref());
                assert!(is_ours || !is_used, "{name}: `{}` uses {:?}", entry.name, variable.name);
            }
        }
    }
}

#[test]
fn the_kinds_of_resources_are_told_apart() {
    let module = reflected(EVERYTHING);
    let is = |name: &str, is_kind: fn(&Resource) -> bool| module.binding(name).is_some_and(|binding| is_kind(&binding.resource));
    assert!(is("rig", |resource| matches!(resource, Resource::Uniform(_))));
    assert!(is("indices", |resource| matches!(resource, Resource::Storage { is_writable: false, .. })));
    assert!(is("lights", |resource| matches!(resource, Resource::Storage { is_writable: true, .. })));
    assert!(is("shadow_sampler", |resource| matches!(resource, Resource::Sampler { is_comparison: true })));
    assert!(is("movie", |resource| matches!(resource, Resource::ExternalTexture)));
}

#[test]
fn a_type_that_repeats_itself_has_a_bounded_table() {
    let mut wgsl = "struct S0 { a: f32 }".to_owned();
    for i in 1..7 {
        let members: Vec<String> = (0..4).map(|k| format!("m{k}: S{}", i - 1)).collect();
        wgsl += &format!("struct S{i} {{ {} }}", members.join(","));
    }
    wgsl += "@group(0) @binding(0) var<storage> s: S6;";
    let module = reflected(&wgsl);
    // 4096 numbers in 1365 structs.
    assert_eq!(module.block("s").map(|block| (block.fields.len(), block.size)), Some((4096, Some(16384))));
}

// Errors.

#[test]
fn all_mistakes_of_a_shader_come_in_one_run() {
    snapshot!("mistakes", errors_of(MISTAKES));
}

#[test]
fn errors_are_shown_in_the_file_and_place_they_come_from() {
    let main = "#shaderModule m { code=\"\n  // \\\"ä\\\" π\n  fn g() -> f32 { return missing * f(ü); }\n\" }";
    let fragment = "// héllo\nfn f(ü: f32) -> f32 { return ü + 1u; }\n";
    let files = Files::of(&[("main.pngine", main), ("f.wgsl", fragment)]);
    let start = main.find('"').unwrap_or_default() + 1;
    let end = main.rfind('"').unwrap_or_default();
    let pieces = [Piece::file(FileId(1), fragment), Piece::literal(FileId(0), start as u32, &main[start..end])];
    let mut diagnostics = Vec::new();
    assert!(check(&assemble(&pieces), &everything(), &mut diagnostics).is_none());
    insta::assert_snapshot!(files.list(&diagnostics), @"
    main.pngine:3:26 E0804: unknown name `missing`
        `missing` neither declared here nor part of WGSL
    f.wgsl:2:30 E0805: `ü + 1u` adds `f32` and `u32`
        `ü + 1u` `f32` + `u32`
        help: write `1`: a number without a suffix takes the type that is wanted
        fix: write `1`
    ");
}

#[test]
fn an_error_in_a_substituted_value_is_shown_at_its_name() {
    let wgsl = "fn f() -> u32 { return COUNT; }";
    let text = substitute(&text_of(wgsl), &define("COUNT", Define::Text("1.5 + x".to_owned()))).unwrap_or_default();
    let mut diagnostics = Vec::new();
    assert!(check(&text, &everything(), &mut diagnostics).is_none());
    insta::assert_snapshot!(Files::of(&[("shader.wgsl", wgsl)]).list(&diagnostics), @"
    shader.wgsl:1:24 E0804: unknown name `x`
        `COUNT` neither declared here nor part of WGSL
    ");
}

#[test]
fn an_error_gives_no_errors_that_only_follow_from_it() {
    let wgsl = "const size = wrong;\nstruct S { a: array<f32, size> }\n@group(0) @binding(0) var<storage> s: S;\n\
        fn f() -> f32 { return s.a[0] + f32(size); }\n@compute @workgroup_size(1) fn main() { let x = f(); let y = x; }";
    insta::assert_snapshot!(errors_of(wgsl), @"
    shader.wgsl:1:14 E0804: unknown name `wrong`
        `wrong` neither declared here nor part of WGSL
    ");
}

#[test]
fn a_shader_without_entry_points_is_fine_and_so_is_an_empty_one() {
    assert_eq!(reflected("fn helper() -> f32 { return 1.0; }").entry_points, []);
    assert_eq!(reflected("").bindings, []);
    assert_eq!(reflected("// nothing").bindings, []);
}

#[test]
fn wgsl_that_only_naga_refuses_is_a_warning_and_is_reflected() {
    let wgsl = "@group(0) @binding(0) var<uniform> u: vec4f; @group(0) @binding(1) var t: texture_2d<f32>; @group(0) @binding(2) var s: sampler;
@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f {
  var color = u;
  color.xy = at.xy;
  let half = mix(0.0, 1.0, 0.5);
  return color * half + textureSample(t, s, at.xy);
}";
    insta::assert_snapshot!(errors_of(wgsl), @"
    shader.wgsl:4:3 W0801: not checked: assignment to a swizzle
        `color.xy` the validator does not support this
        help: browsers may accept it; the native viewer does not
    shader.wgsl:5:14 W0801: not checked: `mix` of constants
        `mix` the validator does not support this
        help: browsers may accept it; the native viewer does not
    ");
    insta::assert_snapshot!(reflected(wgsl).dump(), @"
    fragment main
      out @0 : vec4<f32>
      uses u, t, s
      samples t with s
    @group(0) @binding(0) u: uniform, 16 bytes
         0  16 vec4<f32>
    @group(0) @binding(1) t: texture 2d float
    @group(0) @binding(2) s: sampler
    ");
}

#[test]
fn a_binding_whose_size_only_naga_refuses_is_an_error() {
    let wgsl = "const n = mix(4.0, 8.0, 0.5); @group(0) @binding(0) var<storage> a: array<f32, u32(n)>;";
    assert_eq!(codes_of(wgsl), ["W0801", "E0806"]);
}

#[test]
fn extensions_that_browsers_have_are_taken() {
    let wgsl = "enable f16, subgroups; requires unrestricted_pointer_parameters, packed_4x8_integer_dot_product;
@group(0) @binding(0) var<storage, read_write> a: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { a[id.x] = subgroupAdd(id.x) + u32(f16(1.0)); }";
    assert_eq!(codes_of(wgsl), [""; 0]);
    assert_eq!(codes_of(&wgsl.replace(", subgroups", "")), ["E0805"]);
    assert_eq!(codes_of(&wgsl.replace("f16, ", "")), ["E0805"]);
    assert_eq!(codes_of("enable chromium_magic;"), ["E0805"]);
}

#[test]
fn language_features_that_naga_lacks_are_warnings() {
    let linear = "@group(0) @binding(0) var<storage, read_write> a: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_index) i: u32, @builtin(workgroup_index) w: u32) { a[i] = w; }";
    assert_eq!(codes_of(linear), ["W0801", "W0801"]);
    assert_eq!(reflected(linear).entry_points[0].bindings, [0]);
    let tight = "@group(0) @binding(0) var<uniform> a: array<f32, 4>;";
    assert_eq!(codes_of(tight), ["E0805"]);
    let allowed = format!("requires uniform_buffer_standard_layout; {tight}");
    assert_eq!(codes_of(&allowed), ["W0801"]);
    assert_eq!(reflected(&allowed).size_of_var("a"), Some(16));
    let pointer = "@group(0) @binding(0) var<storage, read_write> a: array<u32, 4>;
fn add(p: ptr<storage, array<u32, 4>, read_write>) { (*p)[0] += 1u; }
@compute @workgroup_size(1) fn main() { add(&a); }";
    assert_eq!(codes_of(pointer), ["W0801"]);
    assert_eq!(reflected(pointer).entry_points[0].bindings, [0]);
}

#[test]
fn every_hostile_text_ends_in_a_coded_error() {
    let long = |unit: &str, bytes: usize| unit.repeat(bytes / unit.len());
    let body = |code: String| format!("fn f() {{ var y = 1; {code} }}");
    let cases: Vec<(&str, String)> = vec![
        ("E0802", long("(", MAX_SHADER_BYTES)),
        ("E0802", long("{", MAX_SHADER_BYTES)),
        ("E0802", long("[", MAX_SHADER_BYTES)),
        ("E0802", long("< ", MAX_SHADER_BYTES)),
        ("E0802", long("@a(", MAX_SHADER_BYTES)),
        ("E0802", long("!", MAX_SHADER_BYTES)),
        ("E0802", body(format!("let x = 1{};", long("+1", 500_000)))),
        ("E0802", body(format!("let x = {}1;", long("- ", 500_000)))),
        ("E0802", body(format!("let x = y{};", long(".x", 500_000)))),
        ("E0802", body(format!("let x = y{};", long("[0]", 500_000)))),
        ("E0802", body(format!("if y == 0 {{}} {}", long("else if y == 1 {} ", 500_000)))),
        ("E0802", body(format!("{}{}", "if true {".repeat(200), "}".repeat(200)))),
        ("E0802", body(format!("let x = {}1{};", "vec4(".repeat(200), ")".repeat(200)))),
        ("E0803", "fn f() { \0 }".to_owned()),
        ("E0803", long("/* ", MAX_SHADER_BYTES)),
        ("E0801", long("fn ", 100_000)),
        ("E0803", long("fn ", 10_000)),
        ("E0803", long("\u{1}é🦀", 100_000)),
        ("E0801", long("fn f(){}", MAX_SHADER_BYTES)),
        ("E0801", long(" ", MAX_SHADER_BYTES + 1)),
        ("E0801", (0..50_000).map(|i| format!("fn f{i}(){{f{}();}}", i + 1)).collect()),
    ];
    for (code, wgsl) in cases {
        let start: String = wgsl.chars().take(40).collect();
        assert_eq!(codes_of(&wgsl).first(), Some(&code), "{start}");
        // The steps before and after come to an end too.
        let part: String = wgsl.chars().take(60_000).collect();
        let _ = substitute(&text_of(&part), &BTreeMap::new());
        let _ = minify(&rename(&part));
    }
}

#[test]
fn texts_just_inside_the_limits_do_not_overflow_the_stack() {
    let body = |code: String| format!("fn f() {{ var y = 1; var z = true; {code} }}");
    for wgsl in [
        body(format!("let x = 1{};", "+1".repeat(2040))),
        body(format!("let x = y{};", "+y".repeat(2040))),
        body(format!("let x = {}y;", "- ".repeat(2040))),
        body(format!("z = {}z;", "!".repeat(2040))),
        body(format!("let x = {}y{};", "(y+y+y+y+y+y+y+y+y+y+y+y+y+y+".repeat(125), ")".repeat(125))),
        body(format!("if y == 0 {{}} {}", "else if y == 1 {} ".repeat(127))),
        body(format!("{}{}", "if z {} else {".repeat(120), "}".repeat(120))),
    ] {
        assert_eq!(codes_of(&wgsl), [""; 0], "{}", &wgsl[..60]);
    }
}

// Shorter text.

#[test]
fn minified_text_has_the_same_tokens_and_no_needless_blank() {
    assert_eq!(minify("a - -b"), "a- -b");
    assert_eq!(minify("a - - -b & &c"), "a- - -b& &c");
    assert_eq!(minify("x = 1 .x;"), "x=1 .x;");
    assert_eq!(minify("a > > = b >= c"), "a> > =b>=c");
    assert_eq!(minify("a / /* c */ * b"), "a/ *b");
    assert_eq!(minify("return/*x*/1;//end"), "return 1;");
    assert_eq!(minify("f(a,b,) g(,)"), "f(a,b)g()");
    assert_eq!(minify("var<storage, read_write> a : array< vec4<f32> >;"), "var<storage,read_write>a:array<vec4f>;");
    assert_eq!(minify("array<vec4<f32>>"), "array<vec4f>");
    assert_eq!(minify("alias vec4f = u32; vec4<f32>"), "alias vec4f=u32;vec4<f32>");
    assert_eq!(minify("é ü /* ö */ a"), "é ü a");
    assert_eq!(minify("a /* open"), "a /* open");
    assert_eq!(minify("a $ b"), "a $ b");
    assert_eq!(minify(""), "");
}

#[test]
fn minified_numbers_keep_their_value_and_type() {
    for (long, short) in [
        ("0.5", ".5"),
        ("1.0", "1."),
        ("0.0", "0."),
        ("1.50", "1.5"),
        ("1.0f", "1f"),
        ("0.0f", "0f"),
        ("00.10", ".1"),
        ("1.5e+05", "15e4"),
        ("1.25e-7", "125e-9"),
        ("1000.0", "1e3"),
        ("120.0", "120."),
        ("0.0001", "1e-4"),
        ("0.001", ".001"),
        ("1000u", "1000u"),
        ("1e400", "1e400"),
        ("1.0e5", "1e5"),
        ("10", "10"),
        ("1u", "1u"),
        ("0x10", "0x10"),
        ("1e5", "1e5"),
        ("2.5h", "2.5h"),
    ] {
        assert_eq!(minify(long), short);
    }
}

#[test]
fn minifying_twice_is_minifying_once() {
    for (_, wgsl) in SHADERS {
        let once = minify(wgsl);
        assert_eq!(minify(&once), once);
        let renamed = minify(&rename(wgsl));
        assert_eq!(minify(&renamed), renamed);
    }
}

#[test]
fn shorter_shaders_are_the_same_to_pipelines() {
    for (name, wgsl) in SHADERS {
        let module = reflected(wgsl);
        assert!(same_to_pipelines(&module, &reflected(&minify(wgsl))), "{name}");
        assert!(same_to_pipelines(&module, &reflected(&rename(wgsl))), "{name}");
        let short = shorten(wgsl, &module, &everything());
        assert!(short.len() < minify(&rename(wgsl)).len(), "{name}");
        snapshot!(format!("short_{name}"), short);
    }
}

#[test]
fn renaming_keeps_what_can_be_seen_from_outside() {
    insta::assert_snapshot!(rename(
        "struct Bound { first: f32 } struct Free { first: f32, second: vec2f, xy: f32 }
@group(0) @binding(0) var<uniform> bound: Bound; var<private> counter: u32;
override scale = 1.0; const limit = 3;
@fragment fn entry(@location(0) input: vec2f) -> @location(0) vec4f {
  var free: Free; free.second = input.xy; let bb = free.second; { let bb = bb.yx; counter += u32(bb.x); }
  for (var index = 0; index < limit; index++) { free.first += bound.first * scale; }
  return helper(free.first);
}
fn helper(input: f32) -> vec4f { return vec4f(input); }"
    ), @"
    struct a { e: f32 } struct r { e: f32, t: vec2f, xy: f32 }
    @group(0) @binding(0) var<uniform> o: a; var<private> n: u32;
    override scale = 1.0; const i = 3;
    @fragment fn entry(@location(0) s: vec2f) -> @location(0) vec4f {
      var e: r; e.t = s.xy; let l = e.t; { let c = l.yx; n += u32(c.x); }
      for (var t = 0; t < i; t++) { e.e += o.e * scale; }
      return f(e.e);
    }
    fn f(e: f32) -> vec4f { return vec4f(e); }
    ");
}

#[test]
fn new_names_hide_nothing() {
    // `a` to `c` are taken by the text itself, also where they are members or unknown.
    insta::assert_snapshot!(rename("fn first(long: f32) -> f32 { let a = long; return a + v.b + c; } fn second() { first(1.0); }"), @"fn e(t: f32) -> f32 { let a = t; return a + v.b + c; } fn r() { e(1.0); }");
    // Locals of different functions share names, but never one of the module.
    let renamed =
        rename("var<private> state: u32; fn one() { let local = state; } fn two() { let other = state; let more = other; }");
    insta::assert_snapshot!(renamed, @"var<private> e: u32; fn a() { let t = e; } fn r() { let t = e; let o = t; }");
}

#[test]
fn no_mutation_of_a_shader_breaks_anything() {
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as usize % below.max(1)
    };
    let splinters = [
        "(",
        ")",
        "{",
        "}",
        ";",
        "@",
        "<",
        ">",
        "fn",
        "struct",
        "var",
        "let x = y",
        "1.0",
        "é",
        "\"",
        "/*",
        "//\n",
        "",
        ".",
        ",",
    ];
    for round in 0..240 {
        let (_, wgsl) = SHADERS[round % SHADERS.len()];
        let tokens = significant(wgsl);
        let mut mutated = wgsl.to_owned();
        for _ in 0..=random(3) {
            let token = tokens[random(tokens.len())];
            let splinter = splinters[random(splinters.len())];
            let at = token.range();
            if at.end <= mutated.len() && mutated.is_char_boundary(at.start) && mutated.is_char_boundary(at.end) {
                mutated.replace_range(at, splinter);
            }
        }
        let text = substitute(&text_of(&mutated), &define("result", Define::Text("a + b".to_owned()))).unwrap_or_default();
        let mut diagnostics = Vec::new();
        let module = check(&text, &everything(), &mut diagnostics);
        let has_error = diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
        assert_eq!(module.is_none(), has_error, "{mutated}");
        let short = minify(&mutated);
        assert_eq!(minify(&short), short, "{mutated}");
        let (module, _) = findings(&mutated);
        if let Some(module) = module {
            assert!(same_to_pipelines(&module, &reflected(&shorten(&mutated, &module, &everything()))), "{mutated}");
        }
    }
}

/// What hosts ask before they hand a text to a shader compiler.
#[test]
fn a_host_refuses_by_name_what_would_exhaust_a_shader_compiler() {
    let table = "-1.5, ".repeat(20_000);
    let function = "fn f(a: i32) -> i32 { if a > 1 { return 2; } else if a < -3 { return -1; } else { return a * (a + 1); } }\n";
    let large = format!("const t = array({table} 0.0);\n/* /* if ((( */ + */ // ((((\n{}", function.repeat(1000));
    for ordinary in [large.as_str(), "", ")]} é 1.0e+5", CUBE, BOIDS, EVERYTHING] {
        assert_eq!(beyond_limits(ordinary), None);
    }
    for (source, reason) in [
        (" ".repeat((1 << 20) + 1), "1048577 bytes"),
        ("(".repeat(300), "brackets nest"),
        (format!("const a = {};", "1+".repeat(9000)), "operators"),
        (format!("const a = {};", "f(1)+(".repeat(100) + &"1+".repeat(2000)), "operators"),
        (format!("fn f() {{ {} }}", "if a {} else ".repeat(3000)), "`else if`"),
        ("fn f() {}\n".repeat(9000), "declarations"),
        ("const a = 1;".repeat(9000), "declarations"),
        (format!("fn {}() {{}}", "n".repeat(2000)), "bytes"),
    ] {
        let text = beyond_limits(&source).unwrap_or_default();
        assert!(text.contains(reason), "{reason}: {text}");
    }
}
