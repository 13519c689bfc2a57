//! Work in proportion: what the compiler allocates grows with the text at most as the text does, and no text makes it take much.
//!
//! Time is not measured here, because a test must say the same on every machine; `cargo xtask proportion` shows it.

#[path = "proportion/counting.rs"]
mod counting;
#[path = "proportion/productions.rs"]
mod productions;

use counting::{Counts, count};
use pngine_compiler::diag::{Code, Severity};
use pngine_compiler::program::{Compiled, Options};
use pngine_compiler::source::MemorySources;
use productions::PRODUCTIONS;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// The tests of this file run one at a time: they count what the whole process allocates.
static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn compile(text: &str) -> (Counts, Compiled) {
    count(|| pngine_compiler::compile(&MemorySources::default(), "scene.pngine", text.as_bytes(), &Options::default()))
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
    ]
}

#[test]
fn hostile_texts_take_little_memory() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut wrong = Vec::new();
    for (name, text, code) in hostile() {
        assert!(text.len() < 1 << 20, "{name}");
        let (counts, compiled) = compile(&text);
        let errors: Vec<Code> =
            compiled.diagnostics.iter().filter(|found| found.severity() == Severity::Error).map(|found| found.code).collect();
        let is_expected = errors == code.into_iter().collect::<Vec<_>>();
        if !is_expected || counts.peak > MOST_AT_A_TIME || counts.bytes > MOST_BYTES {
            let first = compiled.diagnostics.first().map(|found| found.message.as_str()).unwrap_or_default();
            wrong.push(format!("{name}: {counts:?}, {errors:?} {first}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
