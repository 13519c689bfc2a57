//! What becomes of the shaders of whole scenes: their text in the program, and where their mistakes are shown.

use pngine_compiler::Options;
use pngine_compiler::diag::{Diagnostic, Severity};
use pngine_compiler::source::MemorySources;
use pngine_testkit::marks::shown;

const NOISE: &str = "
const seed = 7.0;
fn hash(p: vec2f) -> f32 { return fract(sin(dot(p, vec2f(12.9, 78.2)) + seed) * 43758.5); }
fn noise(p: vec2f) -> f32 { return mix(hash(floor(p)), hash(ceil(p)), 0.5); }
fn unused() -> f32 { return hash(vec2f()); }
";

/// The shader of a scene with these files, as its program holds it.
fn shader_of(options: &Options) -> String {
    let wgsl = "import package::noise::noise; // kept\n@fragment  fn paint() -> @location(0) vec4f { return vec4f((noise(vec2f(1.0)))); }
@vertex fn corner() -> @builtin(position) vec4f { return vec4f(); }\nfn unused ( ) { }";
    let scene = format!(
        "#shaderModule m {{ code=\"{wgsl}\" }} #renderPipeline p {{ vertex={{ module=m }} fragment={{ module=m targets=[{{}}] }} }}
#renderPass r {{ pipeline=p draw=3 }} #frame main {{ perform=[r] }}"
    );
    let sources = MemorySources([("noise.wgsl".to_owned(), NOISE.as_bytes().to_vec())].into());
    let compiled = pngine_compiler::compile(&sources, "main.pngine", scene.as_bytes(), options);
    let program = compiled.program.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    let text = String::from_utf8_lossy(&program.data).into_owned();
    // Other data stands before and behind.
    text[text.find("const").unwrap_or(0)..text.rfind('}').map_or(0, |end| end + 1)].to_owned()
}

#[test]
fn without_minifying_a_text_stays_as_its_author_wrote_it() {
    let text = shader_of(&Options { minify: false, ..Options::default() });
    assert!(text.ends_with("fn unused ( ) { }"), "{text}");
    assert!(
        text.contains(" // kept\n@fragment  fn paint() -> @location(0) vec4f { return vec4f((noise(vec2f(1.0)))); }\n"),
        "{text}"
    );
    assert!(text.starts_with("const seed = 7.0;\nfn hash(p: vec2f)"), "{text}");
    insta::assert_snapshot!(shader_of(&Options { minify: true, ..Options::default() }), @"const a=7.;fn t(e:vec2f)->f32{return fract(sin(dot(e,vec2f(12.9,78.2))+a)*43758.5);}fn r(e:vec2f)->f32{return mix(t(floor(e)),t(ceil(e)),.5);}@fragment fn paint()->@location(0)vec4f{return vec4f(r(vec2f(1)));}@vertex fn corner()->@builtin(position)vec4f{return vec4f();}");
}

/// What every scene of [`SCENES`] ends with.
const SCENE: &str = "
#renderPipeline pipeline { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
#renderPass pass { pipeline=pipeline draw=3 }
#frame main { perform=[pass] }
";

/// Stands in every scene's shader, so that its start is nobody's mistake.
const VERTEX: &str = "struct Unrelated { a: f32 }
@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i)); }
";

/// Scenes whose shader is put together from several places: code, and files by name, the scene first. `VERTEX` stands for [`VERTEX`].
const SCENES: &[(&str, &[(&str, &str)])] = &[
    // A file is the shader.
    (
        "E0805",
        &[
            ("main.pngine", "#shaderModule shader { code=\"./paint.wgsl\" }"),
            ("paint.wgsl", "VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { return vec4f(f32(«f» && true)); }"),
        ],
    ),
    // A string with escapes and letters of several bytes before the mistake.
    (
        "E0805",
        &[(
            "main.pngine",
            "#shaderModule shader { code=\"VERTEX// é \\\" \\\\ ü\n@fragment fn fs() -> @location(0) vec4f { let v = vec3f(); return vec4f(v[«7»]); }\" }",
        )],
    ),
    // Fragments of scene text, the mistake in the first of three.
    (
        "E0805",
        &[(
            "main.pngine",
            "#wgsl one { value=\"fn one(x: f32) -> bool { return true && «x»; }\" }
            #wgsl two { value=\"fn two(x: f32) -> f32 { return x; }\" }
            #shaderModule shader { imports=[two one] code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(two(1.0)); }\" }",
        )],
    ),
    (
        "E0805",
        &[(
            "main.pngine",
            "#wgsl one { value=\"fn one(x: f32) -> f32 { var v = vec3f(x); return v[«3»]; }\" }
            #shaderModule shader { imports=[one] code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(one(1.0)); }\" }",
        )],
    ),
    // Fragments in files.
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#wgsl noise { value=\"./lib/noise.wgsl\" }
                #shaderModule shader { imports=[noise] code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(noise(1u)); }\" }",
            ),
            ("lib/noise.wgsl", "fn noise(x: u32) -> f32 { let y = x * 3u; return sin(«y»); }"),
        ],
    ),
    // An imported file of scene text.
    (
        "E0805",
        &[
            ("main.pngine", "#import \"./shader.pngine\""),
            (
                "shader.pngine",
                "#shaderModule shader { code=\"VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { if «f» || true { return vec4f(); } return vec4f(1); }\" }",
            ),
        ],
    ),
    // Imports inside WGSL.
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#shaderModule shader { code=\"import package::lib::noise::noise;\nVERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(noise(1.0)); }\" }",
            ),
            ("lib/noise.wgsl", "fn unused() { }\nfn noise(x: f32) -> f32 { let q = vec2f(x); return q.x + q[«2»]; }"),
        ],
    ),
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#shaderModule shader { code=\"import package::lib::noise::noise;\nVERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(noise(«2u»)); }\" }",
            ),
            ("lib/noise.wgsl", "fn noise(x: f32) -> f32 { return x; }"),
        ],
    ),
    // Behind defines, and in one.
    (
        "E0805",
        &[(
            "main.pngine",
            "#define COUNT=12345
            #shaderModule shader { code=\"VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { let n = COUNT + COUNT; return vec4f(f32(n)) + vec4f(f32(«f» && n > COUNT)); }\" }",
        )],
    ),
    (
        "E0805",
        &[(
            "main.pngine",
            "#define COUNT=4
            #shaderModule shader { code=\"VERTEX@fragment fn fs(@location(0) f: f32) -> @location(0) vec4f { let v = vec4f(f); return vec4f(v[COUNT - 1], v[«COUNT»], 0, 0); }\" }",
        )],
    ),
    (
        "E0805",
        &[(
            "main.pngine",
            "#define BLEND=\"mix(1u, 2u, 0.5)\"
            #shaderModule shader { code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(«BLEND»); }\" }",
        )],
    ),
    // A pass has text of its own around the author's.
    (
        "E0805",
        &[
            (
                "main.pngine",
                "#pass tinted { code=\"@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f { let v = at.xy; return vec4f(v, v[«2»], 1); }\" }
                #shaderModule shader { code=\"VERTEX@fragment fn fs() -> @location(0) vec4f { return vec4f(); }\" }",
            ),
        ],
    ),
];

#[test]
fn mistakes_in_assembled_shaders_are_shown_in_their_file() {
    let mut wrong = Vec::new();
    for (codes, files) in SCENES {
        let marked: Vec<(&str, String)> = files
            .iter()
            .enumerate()
            .map(|(index, (name, text))| {
                let text = text.replace("VERTEX", VERTEX);
                (*name, if index == 0 { text + SCENE } else { text })
            })
            .collect();
        let plain = |text: &str| text.replace(['«', '»'], "");
        let sources = MemorySources(marked.iter().map(|(name, text)| ((*name).to_owned(), plain(text).into_bytes())).collect());
        let (main, text) = &marked[0];
        let compiled = pngine_compiler::compile(&sources, main, plain(text).as_bytes(), &Options::default());
        let errors: Vec<Diagnostic> =
            compiled.diagnostics.iter().filter(|found| found.severity() == Severity::Error).cloned().collect();
        let mut found_codes = Vec::new();
        for (name, text) in &marked {
            let is_here = |found: &&Diagnostic| {
                found.primary.as_ref().is_some_and(|label| compiled.sources.file(label.span.file).name == *name)
            };
            let here: Vec<Diagnostic> = errors.iter().filter(is_here).cloned().collect();
            let (found, here_codes) = shown(&plain(text), &here);
            found_codes.extend(here_codes);
            if found != *text {
                let told: Vec<&str> = errors.iter().map(|found| found.message.as_str()).collect();
                wrong.push(format!("{name}: {found}\n    {told:?}\n"));
            }
        }
        if found_codes.join(" ") != *codes {
            wrong.push(format!("{}: {} where {codes} is expected\n", marked[0].1, found_codes.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}
