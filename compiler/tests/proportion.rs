//! Work in proportion: what the compiler allocates grows with the text at most as the text does, and no text makes it take much.
//!
//! Time is not measured here, because a test must say the same on every machine; `cargo xtask proportion` shows it.

use pngine_compiler::diag::{Code, Severity};
use pngine_compiler::source::MemorySources;
use pngine_compiler::{Compiled, Options};
use pngine_testkit::counting::{self, Counts, count};
use pngine_testkit::productions::PRODUCTIONS;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// The tests of this file run one at a time: they count what the whole process allocates.
static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn compile(text: &str) -> (Counts, Compiled) {
    compile_with(text, &MemorySources::default())
}

fn compile_with(text: &str, sources: &MemorySources) -> (Counts, Compiled) {
    count(|| pngine_compiler::compile(sources, "scene.pngine", text.as_bytes(), &Options::default()))
}

fn errors(compiled: &Compiled) -> Vec<Code> {
    compiled.diagnostics.iter().filter(|found| found.severity() == Severity::Error).map(|found| found.code).collect()
}

/// How much more than four times as much four times the text may take: tables grow by doubling.
const TOLERANCE: u64 = 6;

#[test]
fn four_times_the_text_takes_at_most_four_times_the_memory() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut wrong = Vec::new();
    for production in PRODUCTIONS {
        // Once before: what is made once in a process is not counted.
        compile(&production.scene(1));
        let (few, _) = compile(&production.scene(production.least));
        let (many, _) = compile(&production.scene(4 * production.least));
        for (what, few, many) in [
            ("allocations", few.allocations, many.allocations),
            ("bytes", few.bytes, many.bytes),
            ("bytes at a time", few.peak, many.peak),
        ] {
            if many > TOLERANCE * few {
                wrong.push(format!("{}: {few} {what} for {}, {many} for four times as many", production.name, production.least));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Most bytes at a time that a text of less than a megabyte may take, and most of all bytes together.
const MOST_AT_A_TIME: u64 = 200 << 20;
const MOST_BYTES: u64 = 4 << 30;

fn module(code: &str) -> String {
    format!("#shaderModule s {{ code=\"{code}\" }}\n#frame main {{}}")
}

fn body(statements: &str) -> String {
    module(&format!(
        "@compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) {{ var a = f32(id.x); {statements} }}"
    ))
}

/// What `line` gives for 0, 1 and so on.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// `a0` is `first`, and every further line makes the next one of the last.
fn growing(first: &str, line: &str) -> String {
    let next = |i: usize| line.replace("NEXT", &format!("a{}", i + 1)).replace("LAST", &format!("a{i}"));
    format!("const a0 = {first}; {}", lines(40, next))
}

/// Texts that would take much more than they have, and the code that refuses them; `None` where all of them is taken.
fn hostile() -> Vec<(&'static str, String, Option<Code>)> {
    let refused = |code| Some(code);
    let data = |inside: &str| {
        format!("#data d {{ {inside} }} #buffer b {{ size=d usage=[VERTEX] mappedAtCreation=d }} #frame main {{}}")
    };
    let sines = "sin(".repeat(20) + "ELEMENT_ID" + &")".repeat(20);
    let draws = "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); } \
                 @fragment fn f() -> @location(0) vec4f { return vec4f(0); }\" }
                 #renderPipeline r { vertex={ module=m } fragment={ module=m targets=[{}] } }";
    let structs = lines(9, |i| format!("struct S{} {{ {} }} ", i + 1, lines(9, |m| format!("m{m}: S{i}, "))));
    let table =
        |count: usize| format!("const t = array<vec4f, {count}>({});", lines(count, |i| format!("vec4f({i}., -1.5, 2, 0.25), ")));
    let read = "@group(0) @binding(0) var<storage, read_write> o: vec4f; \
                @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { o = t[id.x]; }";
    vec![
        // Constants of constants.
        (
            "arrays of arrays",
            module(&growing("array(1, 1)", "const NEXT = array(LAST, LAST); ")),
            refused(Code::ConstantsTooLarge),
        ),
        (
            "arrays of three",
            module(&growing("array(1.)", "const NEXT = array(LAST, LAST, LAST); ")),
            refused(Code::ConstantsTooLarge),
        ),
        (
            "arrays of local constants",
            body(&growing("array(1, 1)", "const NEXT = array(LAST, LAST); ")),
            refused(Code::ConstantsTooLarge),
        ),
        (
            "a constant that is copied often",
            body(&format!("const c = array({}); {}", "1., ".repeat(4000), "a += c[0]; ".repeat(4000))),
            refused(Code::ConstantsTooLarge),
        ),
        // Numbers that are sizes.
        (
            "the largest location",
            module("@fragment fn f() -> @location(4294967295) vec4f { return vec4f(); }"),
            refused(Code::LocationTooLarge),
        ),
        (
            "a location of a constant",
            module("const C = 4000000000u; @fragment fn f(@location(C) x: f32) -> @location(0) vec4f { return vec4f(x); }"),
            refused(Code::LocationTooLarge),
        ),
        (
            "a location of a member",
            module("struct S { @location(1000000) x: f32 } @fragment fn f(s: S) -> @location(0) vec4f { return vec4f(s.x); }"),
            refused(Code::LocationTooLarge),
        ),
        (
            "the largest group",
            module(
                "@group(4294967295) @binding(4294967295) var<uniform> u: f32; @compute @workgroup_size(1) fn main() { _ = u; }",
            ),
            None,
        ),
        (
            "the largest array",
            module("var<private> a: array<array<f32, 65535>, 4>; @compute @workgroup_size(1) fn main() { a[0][0] = 1.; }"),
            None,
        ),
        // What is repeated in one function or declaration.
        ("statements", body(&"a += 1.; ".repeat(70_000)), refused(Code::ShaderLimit)),
        ("long statements", body(&"a = a * 2. + a * 3. - a; ".repeat(8_000)), refused(Code::ShaderLimit)),
        ("ifs", body(&"if a > 1. { a = 2.; } ".repeat(20_000)), refused(Code::ShaderLimit)),
        ("variables", body(&lines(20_000, |i| format!("var v{i} = a; "))), refused(Code::ShaderLimit)),
        (
            "cases",
            body(&format!("switch id.x {{ {} default {{}} }}", lines(20_000, |i| format!("case {i} {{ a = 1.; }} ")))),
            refused(Code::ShaderLimit),
        ),
        (
            "selectors",
            body(&format!("switch id.x {{ case {} {{ a = 1.; }} default {{}} }}", lines(60_000, |i| format!("{i}, ")))),
            refused(Code::ShaderLimit),
        ),
        ("arguments", body(&format!("let x = array({});", "1., ".repeat(70_000))), refused(Code::ShaderLimit)),
        ("parameters", module(&format!("fn f({}) {{}}", lines(10_000, |i| format!("p{i}: f32, ")))), refused(Code::ShaderLimit)),
        ("members", module(&format!("struct S {{ {} }}", lines(20_000, |i| format!("m{i}: f32, ")))), refused(Code::ShaderLimit)),
        ("a long name", module(&format!("fn {}() {{}}", "n".repeat(400_000))), refused(Code::ShaderLimit)),
        (
            "members of members of members",
            module(&format!(
                "struct S0 {{ m: f32 }} {structs} @group(0) @binding(0) var<storage, read> s: S9; \
            @compute @workgroup_size(1) fn main() {{ _ = s.m0.m0.m0.m0.m0.m0.m0.m0.m0.m; }}"
            )),
            refused(Code::ShaderLimit),
        ),
        ("a table", module(&format!("{} {read}", table(30_000))), None),
        // Scenes.
        (
            "scenes",
            format!(
                "#buffer b {{ size=16 usage=[COPY_DST] }} #queue q {{ clearBuffer={{ buffer=b }} }} #frame f {{ perform=[q] }}
            #animation a {{ duration=99999 scenes=[{}] }}",
                lines(12_000, |i| format!("{{ id=s{i} frame=f start={i} end={i}.5 }} "))
            ),
            refused(Code::BeyondBudget),
        ),
        ("frames", lines(5_000, |i| format!("#frame f{i} {{}} ")), refused(Code::BeyondBudget)),
        (
            "shaders of one fragment",
            format!(
                "#wgsl w {{ value=\"{}\" }} {}",
                "// a comment of forty characters or so.\n".repeat(10_000),
                lines(20, |i| format!(
                    "#shaderModule s{i} {{ imports=[w] code=\"@compute @workgroup_size(1) fn main() {{}}\" }} "
                ))
            ),
            refused(Code::ShaderLimit),
        ),
        (
            "bundles of many",
            format!(
                "{draws} #renderBundle b {{ pipeline=r draw=[{}] }} #renderPass p {{ executeBundles=[{}] }} #frame main {{ perform=[p] }}",
                "[3] ".repeat(10_000),
                "b ".repeat(50_000)
            ),
            refused(Code::BeyondBudget),
        ),
        (
            "passes with bundles of many",
            format!(
                "{draws} #renderBundle b {{ pipeline=r draw=[{}] }} {}",
                "[3] ".repeat(1_000),
                lines(300, |i| format!(
                    "#renderPass p{i} {{ executeBundles=[{}] }} #frame f{i} {{ perform=[p{i}] }} ",
                    "b ".repeat(900)
                ))
            ),
            refused(Code::BeyondBudget),
        ),
        // Data.
        (
            "formulas",
            data(&format!("float32Array={{ numberOfElements=60000000 initEachElementWith=[\"{sines}\"] }}")),
            refused(Code::TooMuchComputed),
        ),
        (
            "many lanes",
            data(&format!(
                "uint8Array={{ numberOfElements=60000 initEachElementWith=[{}] }}",
                "\"pow(ELEMENT_ID, 0.1)\" ".repeat(1_000)
            )),
            refused(Code::TooMuchComputed),
        ),
        (
            "remainders",
            data("float32Array={ numberOfElements=30000000 initEachElementWith=[\"ELEMENT_ID % 0.001\"] }"),
            refused(Code::TooMuchComputed),
        ),
        (
            "large data",
            data("uint32Array={ numberOfElements=100000000 initEachElementWith=[\"0\"] }"),
            refused(Code::TooMuchData),
        ),
        (
            "many lanes of bytes",
            data(&format!("uint8Array={{ numberOfElements=4000000000 initEachElementWith=[{}] }}", "\"1\" ".repeat(1_000))),
            refused(Code::TooMuchData),
        ),
        ("base64", data(&format!("base64=\"{}\"", "AAAA".repeat(250_000))), None),
        ("the largest pool", "#buffer b { size=268435456 usage=[STORAGE] pool=255 } #frame main {}".into(), refused(Code::BeyondBudget)),
        ("a pool of 65,535", "#buffer b { size=4 usage=[STORAGE] pool=65535 } #frame main {}".into(), refused(Code::OutOfRange)),
        (
            "a pool of bind groups",
            format!(
                "{draws} #sampler s {{}} #bindGroup g {{ layout={{ pipeline=r }} entries=[{{ binding=0 resource=s }}] pool=4294967295 }}
                 #frame main {{}}"
            ),
            refused(Code::OutOfRange),
        ),
    ]
}

#[test]
fn hostile_texts_take_little_memory() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut wrong = Vec::new();
    for (name, text, code) in hostile() {
        assert!(text.len() < 1 << 20, "{name}");
        let (counts, compiled) = compile(&text);
        let errors = errors(&compiled);
        let is_expected = errors == code.into_iter().collect::<Vec<_>>();
        if !is_expected || counts.peak > MOST_AT_A_TIME || counts.bytes > MOST_BYTES {
            let first = compiled.diagnostics.first().map(|found| found.message.as_str()).unwrap_or_default();
            wrong.push(format!("{name}: {counts:?}, {errors:?} {first}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A video.
const CLIP: &[u8] = include_bytes!("../../tests/ok/assets/clip.webm");

/// A module of WebAssembly with one section.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut out = b"\0asm\x01\0\0\0".to_vec();
    out.push(id);
    let mut len = content.len();
    while len > 0x7F {
        out.push(len as u8 | 0x80);
        len >>= 7;
    }
    out.push(len as u8);
    out.extend(content);
    out
}

#[test]
fn hostile_files_take_little_memory() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // 2^32 - 1 of whatever a section has: types, imports, functions, tables, exports, elements, bodies and segments.
    let many = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    let mut modules: Vec<Vec<u8>> = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12].map(|id| section(id, &many)).into();
    // A table and a memory as large as can be said.
    modules.push(section(4, &[1, 0x70, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]));
    modules.push(section(5, &[1, 0, 0x80, 0x80, 0x04]));
    let mut wrong = Vec::new();
    for (index, module) in modules.into_iter().enumerate() {
        let text = "#wasmCall w { module={ url=\"x\" } func=f returns=void } #queue q { callWasm={ wasm=w } } #frame main { perform=[q] }";
        let sources = MemorySources([("x".to_string(), module)].into());
        let (counts, compiled) = compile_with(text, &sources);
        if errors(&compiled).is_empty() || counts.peak > 4 << 20 {
            wrong.push(format!("module {index}: {counts:?} {:?}", errors(&compiled)));
        }
    }
    // One file, however often it is named.
    let mut large = CLIP.to_vec();
    large.resize(1 << 20, 0);
    let videos = lines(300, |i| format!("#video v{i} {{ file=\"x\" }} ")) + "#frame main {}";
    let (counts, compiled) = compile_with(&videos, &MemorySources([("x".to_string(), large)].into()));
    if errors(&compiled) != [Code::BeyondBudget, Code::BeyondBudget] || counts.peak > 16 << 20 {
        wrong.push(format!("videos: {counts:?} {:?}", errors(&compiled)));
    }
    // Data of 256 MiB each: the first takes too long, and the second is too much with it.
    let large = lines(6, |i| {
        format!(
            "#data d{i} {{ uint8Array={{ numberOfElements=268435456 initEachElementWith=[\"{i}\"] }} }}
             #buffer b{i} {{ size=d{i} usage=[VERTEX] mappedAtCreation=d{i} }} "
        )
    }) + "#frame main {}";
    let (counts, compiled) = compile(&large);
    if errors(&compiled) != [Code::TooMuchComputed, Code::TooMuchData] || counts.peak > 1 << 20 {
        wrong.push(format!("large data: {counts:?} {:?}", errors(&compiled)));
    }
    // Text beyond what is read.
    let long = format!("#data d {{ base64=\"{}\" }} #frame main {{}}", "AAAA".repeat(15_000_000));
    let (counts, compiled) = compile(&long);
    if errors(&compiled) != [Code::SourceTooLarge] || counts.peak > 16 << 20 {
        wrong.push(format!("60 MB of base64: {counts:?} {:?}", errors(&compiled)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A grey PNG of 4096 x 4096 pixels that differs from those with another number.
fn large_picture(number: u8) -> Vec<u8> {
    use std::io::Write as _;
    let mut png = pngine_format::png::SIGNATURE.to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| pngine_format::png::write_chunk(&mut png, *kind, data).expect("a short chunk");
    chunk(b"IHDR", &[0, 0, 16, 0, 0, 0, 16, 0, 1, 0, 0, 0, 0]);
    let mut rows = vec![0; 4096 * (1 + 4096 / 8)];
    rows[1] = number;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&rows).expect("memory takes it");
    chunk(b"IDAT", &zlib.finish().expect("memory takes it"));
    chunk(b"IEND", &[]);
    png
}

#[test]
fn exactly_a_budget_is_taken_and_no_more() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let megabytes = |name: &str, count: usize| {
        let mut clip = CLIP.to_vec();
        clip.resize(count << 20, 0);
        (name.to_string(), clip)
    };
    let none = MemorySources::default;
    let clips = || MemorySources([megabytes("x", 64), megabytes("y", 1), ("small".to_string(), CLIP.to_vec())].into());
    let pictures = || MemorySources((0..9).map(|i| (format!("p{i}"), large_picture(i))).collect());
    let picture = |i: usize| format!("#data d{i} {{ file=\"p{i}\" }} #imageBitmap i{i} {{ image=d{i} }} ");
    // The same bytes are decoded once.
    let again = "#imageBitmap again { image=d0 } #data copy { file=\"p0\" } #imageBitmap more { image=copy } ";
    let video = |file: &str, i: usize| format!("#video v{file}{i} {{ file=\"{file}\" }} ");
    let pipeline = |i: usize| format!("#computePipeline c{i} {{ compute={{ module=m }} }} ");
    let compute = "#shaderModule m { code=\"@compute @workgroup_size(1) fn main() {}\" } ";
    let unused = lines(9, |i| format!("#shaderModule u{i} {{ code=\"@compute @workgroup_size(1) fn main() {{}}\" }} "));
    let marked = |times: usize| {
        format!(
            "#renderPass p {{ commands=[{{ insertDebugMarker=\"{}\" }}] }} #frame main {{ perform=[{}] }}",
            "m".repeat(1 << 20),
            "p ".repeat(times)
        )
    };
    let block = |i: usize, members: usize| {
        format!(
            "#shaderModule m{i} {{ code=\"struct S {{ {} }} @group(0) @binding(0) var<uniform> u: S; @group(0) @binding(1) \
             var<storage, read_write> o: f32; @compute @workgroup_size(1) fn main() {{ o = u.m0; }}\" }}
             #buffer b{i} {{ size=m{i}.u usage=[UNIFORM] }} #queue q{i} {{ writeBuffer={{ buffer=b{i} data=m{i}.u }} }} ",
            lines(members, |member| format!("m{member}: f32, "))
        )
    };
    let most_memory = "#buffer b { size=268435456 usage=[STORAGE] pool=4 } ";
    let cases = [
        ("GPU memory", none(), most_memory.to_string(), "#buffer one { size=4 usage=[STORAGE] } ".into(), Code::BeyondBudget),
        ("pixels", pictures(), lines(8, picture) + again, picture(8), Code::ImageTooLarge),
        ("loaded bytes", clips(), lines(4, |i| video("x", i)), video("y", 0), Code::BeyondBudget),
        ("loads", clips(), lines(256, |i| video("small", i)), video("small", 256), Code::BeyondBudget),
        ("programs", none(), unused + compute + &lines(511, pipeline), pipeline(511), Code::BeyondBudget),
        ("frames", none(), lines(4095, |i| format!("#frame f{i} {{}} ")), "#frame more {} ".into(), Code::BeyondBudget),
        ("uniforms", none(), block(0, 2048) + &block(1, 2048), block(2, 1), Code::BeyondBudget),
    ];
    let mut wrong = Vec::new();
    let mut check = |name: &str, sources: &MemorySources, most: &str, beyond: &str, code: Code| {
        let (counts, compiled) = compile_with(most, sources);
        if !errors(&compiled).is_empty() {
            wrong.push(format!("{name}: {:?} {:?}", errors(&compiled), compiled.diagnostics.first()));
        }
        let (_, compiled) = compile_with(beyond, sources);
        if errors(&compiled) != [code] {
            wrong.push(format!("beyond {name}: {:?}", errors(&compiled)));
        }
        if counts.peak > MOST_AT_A_TIME {
            wrong.push(format!("{name}: {counts:?}"));
        }
    };
    for (name, sources, most, more, code) in cases {
        check(name, &sources, &format!("{most}#frame main {{}}"), &format!("{most}{more}#frame main {{}}"), code);
    }
    check("markers", &none(), &marked(16), &marked(17), Code::BeyondBudget);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
