//! What users read is in the words of WGSL and of the scene: nothing of the insides of the compiler, or of the crates that it uses.

use pngine_compiler::Options;
use pngine_compiler::diag::Diagnostic;
use pngine_compiler::source::MemorySources;
use std::path::Path;

const SNAPSHOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots/err");

/// What stands in Rust's debug output and in names of Rust, and not in sentences.
const INSIDES: &[&str] =
    &["naga", "Some(", "{ kind:", "Capabilit", "Handle(", "scalar: ", "TypeInner", "github.com", "thiserror"];

fn insides(text: &str) -> Option<&'static str> {
    // `package::file::name` is what imports look like.
    let path = text.replace("package::", "").replace("super::", "");
    INSIDES.iter().copied().find(|inside| text.contains(inside)).or(path.contains("valid::").then_some("::"))
}

fn texts(finding: &Diagnostic) -> impl Iterator<Item = &str> {
    let labels = finding.primary.iter().chain(&finding.secondary).map(|label| label.message.as_str());
    labels.chain([finding.message.as_str()]).chain(finding.help.as_deref())
}

#[test]
fn no_finding_of_the_corpus_shows_insides() {
    let mut count = 0;
    for entry in std::fs::read_dir(SNAPSHOTS).expect("the snapshots") {
        let path = entry.expect("a snapshot").path();
        let text = std::fs::read_to_string(Path::new(&path)).expect("text");
        // Headings, labels, help and notes: what is not a line of the source.
        let is_said = |line: &&str| ["error[", "warning[", "╰─", "Help: ", "Note: "].iter().any(|part| line.contains(part));
        for line in text.lines().filter(|line| !line.starts_with("│ ")).filter(is_said) {
            count += 1;
            assert_eq!(insides(line), None, "{}: {line}", path.display());
        }
    }
    assert!(count > 500, "{count} messages");
}

/// Shaders that are wrong in ways that naga words with its own types.
const SHADERS: &[&str] = &[
    "@vertex fn v() -> @builtin(position) vec3f { return vec3f(0); }",
    "@vertex fn v(@builtin(vertex_index) i: vec2f) -> @builtin(position) vec4f { return vec4f(i, i); }",
    "@fragment fn f(@builtin(position) at: vec2f) -> @location(0) vec4f { return vec4f(1); }",
    "@fragment fn f() -> @builtin(frag_depth) u32 { return 1; }",
    "@fragment fn f(@location(0) at: mat2x2f) -> @location(0) vec4f { return vec4f(1); }",
    "@compute @workgroup_size(1) fn c(@builtin(local_invocation_index) i: vec3u) { }",
    "@compute @workgroup_size(1) fn c() { let a = f64(1); }",
    "enable f16; @compute @workgroup_size(1) fn c() { let a = frexp(1.0h); }",
    "@compute @workgroup_size(1) fn c() { var x = 1; x = 1.5; }",
    "@compute @workgroup_size(1) fn c() { let a = vec3f(1)[5]; }",
    "@compute @workgroup_size(1) fn c() { let a = 1.0; let b = a[0]; }",
    "@compute @workgroup_size(1) fn c() { let a = select(1.0, 2u, true); }",
    "@compute @workgroup_size(1) fn c() { let a = dot(vec3f(1), vec2f(1)); }",
    "@compute @workgroup_size(1) fn c() { if 1 { } }",
    "@compute @workgroup_size(1) fn c() { switch 1.0 { default { } } }",
    "@compute @workgroup_size(1) fn c() { var a: array<f32>; }",
    "var<workgroup> w: atomic<u32>; @compute @workgroup_size(1) fn c() { w = 1u; }",
    "var<workgroup> w: atomic<f32>; @compute @workgroup_size(1) fn c() { }",
    "@group(0) @binding(0) var<uniform> u: array<f32>; @compute @workgroup_size(1) fn c() { let a = u[0]; }",
    "@group(0) @binding(0) var<uniform> u: bool; @compute @workgroup_size(1) fn c() { let a = u; }",
    "@group(0) @binding(0) var<private> u: f32; @compute @workgroup_size(1) fn c() { let a = u; }",
    "@group(0) @binding(0) var t: texture_2d<f32>; @fragment fn f() -> @location(0) vec4f { return textureLoad(t, vec3u(0), 0); }",
    "@group(0) @binding(0) var t: texture_3d<f32>; @fragment fn f() -> @location(0) vec4f { return textureLoad(t, vec2u(0), 0); }",
    "@group(0) @binding(0) var t: texture_2d<f32>; @fragment fn f() -> @location(0) vec4f { return textureLoad(t, vec2u(0), 0.5); }",
    "fn f(a: vec3f) {} @compute @workgroup_size(1) fn c() { f(1.0); }",
    "fn f() -> vec3f { return vec2f(1); } @compute @workgroup_size(1) fn c() { let a = f(); }",
    "const a: u32 = -1; @compute @workgroup_size(1) fn c() { }",
    "struct S { a: f32 } @compute @workgroup_size(1) fn c() { let s = S(1u); }",
    "@compute @workgroup_size(1) fn c() { let a = mat2x2f(1, 2, 3, 4) * vec3f(1); }",
    "@compute @workgroup_size(1) fn c() { let a = !1.0; let b = -true; }",
    "@compute @workgroup_size(1) fn c() { let a = 1u << 40u; }",
    "struct O { @builtin(position) a: vec4f, @builtin(position) b: vec4f } @vertex fn v() -> O { return O(); }",
];

#[test]
fn no_finding_about_a_shader_shows_insides() {
    for shader in SHADERS {
        let scene = format!(
            "#device {{ requiredFeatures=[shader-f16] }}\n#shaderModule s {{ code=\"{shader}\" }}\n#renderPass r {{ }}\n#frame f {{ perform=[r] }}"
        );
        let compiled = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", scene.as_bytes(), &Options::default());
        assert!(!compiled.diagnostics.is_empty(), "{shader}");
        for text in compiled.diagnostics.iter().flat_map(texts) {
            assert_eq!(insides(text), None, "{shader}\n{text}");
        }
    }
}
