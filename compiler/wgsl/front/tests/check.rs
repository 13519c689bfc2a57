//! Types, constants and rules, on real texts, on damaged ones, on ones made to hurt; and the words in which mistakes are told.

mod common;

use std::time::{Duration, Instant};

use common::{Random, cases, damage, hostile, on_small_stack, texts};
use pngine_wgsl_front::check::check;

#[test]
fn real_texts_are_right() {
    let mut count = 0;
    for (name, text) in texts() {
        // Texts of scenes whose other half is elsewhere: `#define`s, and shaders in several pieces.
        let found = check(&text).diagnostics;
        // What follows from a name that is declared there says nothing.
        let is_piece = found.iter().any(|diagnostic| diagnostic.message.starts_with("nothing is called"));
        if name.ends_with("mistakes.wgsl") || is_piece {
            continue;
        }
        assert!(found.is_empty(), "{name}: {found:#?}");
        count += 1;
    }
    assert!(count > 150, "{count}");
}

#[test]
fn damaged_texts_are_told_apart_without_a_panic() {
    let mut texts: Vec<String> = cases().into_iter().map(|case| case.wgsl).collect();
    texts.extend(common::texts().into_iter().map(|(_, text)| text).filter(|text| text.len() < 4000));
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let mut typed = 0;
    for _ in 0..8000 {
        let text = damage(&texts[random.below(texts.len())], &mut random);
        let checked = check(&text);
        for diagnostic in &checked.diagnostics {
            for span in diagnostic.primary.iter().chain(&diagnostic.secondary).map(|label| label.span) {
                assert!(text.get(span.start as usize..span.end as usize).is_some(), "{diagnostic:?}: {text:?}");
            }
        }
        typed += usize::from(checked.diagnostics.iter().any(|diagnostic| diagnostic.code.as_str() != "E0803"));
    }
    assert!(typed > 500, "{typed}: the damage is too large to reach types");
}

#[test]
fn hostile_texts_cost_neither_stack_nor_time() {
    on_small_stack(|| {
        let mut texts = hostile(1 << 17);
        let repeat = |head: &str, part: &dyn Fn(usize) -> String| {
            let mut out = head.to_string();
            let mut index = 0;
            while out.len() < 1 << 17 {
                out.push_str(&part(index));
                index += 1;
            }
            out
        };
        texts.extend([
            repeat("const a0 = 1;", &|i| format!("const a{} = a{i} + a{i};", i + 1)),
            repeat("const a0 = array(1, 1);", &|i| format!("const a{} = array(a{i}, a{i});", i + 1)),
            repeat("struct S0 { a: i32 }", &|i| format!("struct S{} {{ a: S{i}, b: S{i} }}", i + 1)),
            repeat("alias A0 = array<f32, 2>;", &|i| format!("alias A{} = array<A{i}, 2>;", i + 1)),
            repeat("fn f0() {}", &|i| format!("fn f{}() {{ f{i}(); }}", i + 1)),
            repeat("var<private> v: i32; fn f0() {}", &|i| {
                format!("var<private> v{i}: i32; fn f{}() {{ f{i}(); v{i} = v; }}", i + 1)
            }),
            repeat("", &|i| format!("@compute @workgroup_size(1) fn f{i}() {{}}")),
            repeat("const big = array<i32, 65535>();", &|i| format!("const b{i} = big;")),
            repeat("", &|i| format!("const b{i} = array<array<i32, 65535>, 65535>();")),
            format!("fn f() {{ {} }}", repeat("var x0 = 1;", &|i| format!("var x{} = x{i};", i + 1))),
            format!("fn f() {{ {} }}", repeat("", &|i| format!("unknown{i}();"))),
            format!("fn f() {{ switch 1 {{ {} default {{}} }} }}", repeat("", &|i| format!("case {i} {{}}"))),
        ]);
        for text in texts {
            let start = Instant::now();
            let _ = check(&text);
            let shown: String = text.chars().take(60).collect();
            assert!(start.elapsed() < Duration::from_secs(4), "{shown}: {:?} in a build without optimisation", start.elapsed());
        }
    });
}

/// `CODE «what is marked» message` of each error.
fn told(text: &str) -> Vec<String> {
    check(text)
        .diagnostics
        .iter()
        .map(|d| {
            let span = d.primary.as_ref().expect("a place").span;
            format!("{} «{}» {}", d.code.as_str(), &text[span.start as usize..span.end as usize], d.message)
        })
        .collect()
}

#[test]
fn mistakes_are_told_once_where_they_are() {
    for (text, wanted) in [
        ("fn f() { let x = vec3f(1) + vec2f(1); let y = x; }", "E0805 «+» `+` does not apply to `vec3<f32>` and `vec2<f32>`"),
        ("fn f(a: i32, b: f32) { _ = a * b; }", "E0805 «*» `*` does not apply to `i32` and `f32`"),
        ("fn f() { _ = clamp(1, 2); }", "E0805 «clamp(1, 2)» `clamp` takes 3 arguments, but 2 were given"),
        ("fn f() { _ = dot(1, 2); }", "E0805 «dot» `dot` does not take (abstract-int, abstract-int)"),
        ("fn f() { let x: u32 = -1; }", "E0811 «-1» `-1` is -1, which `u32` cannot hold"),
        ("const x = 1 / 0;", "E0811 «1 / 0» `1 / 0` divides by zero"),
        ("const x = array(1, 2)[2];", "E0811 «2» index 2 is outside of `array(1, 2)`, which has 2 elements"),
        ("fn f(v: vec2f) { _ = v.z; }", "E0805 «z» `vec2<f32>` has no component `z`"),
        ("struct S { alpha: f32 } fn f(s: S) { _ = s.alfa; }", "E0805 «alfa» `S` has no member `alfa`"),
        ("fn f() -> i32 { }", "E0805 «}» `f` can end without a `return`"),
        ("fn f() { loop { } }", "E0808 «loop» this loop never ends"),
        ("fn f() { let a = 1; a = 2; }", "E0805 «a» `a` cannot be assigned to"),
        ("fn f() { sin(1.0); }", "E0805 «sin(1.0)» what `sin` returns has to be used"),
        (
            "@fragment fn f() { workgroupBarrier(); }",
            "E0809 «workgroupBarrier()» `workgroupBarrier()` is for compute shaders, and `f` is a fragment shader",
        ),
        ("override o = 1; const c = o;", "E0810 «o» `o` is not a constant, and a `const` wants one"),
        ("var<private> a: array<f32>;", "E0805 «array<f32>» a `private` variable cannot be a `array<f32>`"),
        ("const_assert 1 > 2;", "E0805 «1 > 2» `1 > 2` is false"),
        (
            "@vertex fn f() -> @location(0) vec4f { return vec4f(); }",
            "E0805 «f» `f` returns no `@builtin(position)`, and a vertex shader has to",
        ),
        ("const x = f16(1);", "E0805 «f16» `f16` needs `enable f16;`"),
        ("fn f() { switch 1 { case 1, 1 {} default {} } }", "E0805 «1» 1 is there twice"),
        ("fn f(p: ptr<storage, array<u32>>) { (*p)[0] = 1; }", "E0805 «(*p)[0]» `(*p)[0]` can only be read"),
        ("fn f() { _ = vec3f; }", "E0805 «vec3f» `vec3f` is a type, not a value"),
    ] {
        assert_eq!(told(text), [wanted], "{text}");
    }
}

/// Verdicts of Chromium 156.
#[test]
fn uniformity_is_that_of_the_scope_that_is_asked_for() {
    let compute = "@compute @workgroup_size(64) fn m";
    let index = "@builtin(local_invocation_index) i: u32";
    for (text, accepts) in [
        (format!("{compute}({index}) {{ if subgroupAdd(i) > 3 {{ _ = subgroupMax(i); }} }}"), false),
        (format!("{compute}(@builtin(subgroup_id) i: u32) {{ if i > 3 {{ _ = subgroupMax(i); }} }}"), true),
        (format!("{compute}(@builtin(subgroup_id) i: u32) {{ if i > 3 {{ workgroupBarrier(); }} }}"), false),
        (format!("{compute}(@builtin(subgroup_size) i: u32) {{ if i > 3 {{ workgroupBarrier(); }} }}"), true),
        ("@fragment fn m(@builtin(subgroup_size) i: u32) { if i > 3 { _ = subgroupAdd(1); } }".to_string(), false),
        ("@fragment fn m(@builtin(subgroup_size) i: u32) { if i > 3 { _ = dpdx(1.0); } }".to_string(), false),
        (format!("{compute}({index}) {{ if subgroupAdd(i) > 3 {{ workgroupBarrier(); }} }}"), false),
        (format!("{compute}({index}) {{ if subgroupElect() {{ _ = subgroupAdd(1); }} }}"), false),
        (format!("{compute}(@builtin(num_subgroups) i: u32) {{ if i > 1 {{ workgroupBarrier(); _ = subgroupAdd(1); }} }}"), true),
        (format!("{compute}(@builtin(workgroup_index) i: u32) {{ if i > 1 {{ workgroupBarrier(); }} }}"), false),
        (format!("{compute}({index}) {{ _ = subgroupShuffleUp(1, i); }}"), false),
        (format!("{compute}(@builtin(subgroup_id) i: u32) {{ _ = subgroupShuffleUp(1, i); }}"), true),
        (format!("var<workgroup> w: u32; {compute}() {{ if w > 3 {{ _ = subgroupAdd(1); }} }}"), false),
        (
            format!(
                "var<workgroup> w: u32; {compute}(@builtin(subgroup_id) i: u32) {{ if workgroupUniformLoad(&w) > i {{ _ = subgroupAdd(1); }} }}"
            ),
            true,
        ),
        (
            format!(
                "fn g(p: ptr<function, u32>) {{ *p = 1; }} {compute}({index}) {{ var a = i; g(&a); if a > 0 {{ workgroupBarrier(); }} }}"
            ),
            true,
        ),
        (
            format!(
                "fn g(p: ptr<function, u32>, i: u32) {{ *p = i; }} {compute}({index}) {{ var a = 1u; g(&a, i); if a > 0 {{ workgroupBarrier(); }} }}"
            ),
            false,
        ),
        (format!("diagnostic(off, subgroup_uniformity); {compute}({index}) {{ if i > 3 {{ _ = subgroupAdd(1); }} }}"), true),
        (format!("diagnostic(off, derivative_uniformity); {compute}({index}) {{ if i > 3 {{ _ = subgroupAdd(1); }} }}"), false),
        (format!("{compute}({index}) {{ @diagnostic(off, subgroup_uniformity) if i > 3 {{ _ = subgroupAdd(1); }} }}"), true),
    ] {
        let text = format!("enable subgroups; {text}");
        assert_eq!(told(&text).is_empty(), accepts, "{text}: {:?}", told(&text));
    }
}

/// Two ways to one memory, section 11.4.
#[test]
fn pointers_must_not_meet_if_one_writes() {
    for (text, accepts) in [
        (
            "fn g(p: ptr<function, i32>, q: ptr<function, i32>) -> i32 { return *p + *q; } fn f() { var a = 1; _ = g(&a, &a); }",
            true,
        ),
        ("fn g(p: ptr<function, i32>, q: ptr<function, i32>) { *p = *q; } fn f() { var a = 1; var b = 1; g(&a, &b); }", true),
        ("fn g(p: ptr<function, i32>, q: ptr<function, i32>) { *p = *q; } fn f() { var a = 1; g(&a, &a); }", false),
        ("fn g(p: ptr<function, i32>, q: ptr<function, i32>) { *p += 1; } fn f() { var a = 1; g(&a, &a); }", true),
        ("var<private> x: i32; fn g(p: ptr<private, i32>) -> i32 { return x + *p; } fn f() { _ = g(&x); }", true),
        ("var<private> x: i32; fn g(p: ptr<private, i32>) { x = *p; } fn f() { g(&x); }", false),
        ("var<private> x: array<i32, 2>; fn g(p: ptr<private, i32>) { *p = x[0]; } fn f() { g(&x[1]); }", false),
    ] {
        assert_eq!(told(text).is_empty(), accepts, "{text}: {:?}", told(text));
    }
}

#[test]
fn constants_have_the_values_of_the_specification() {
    for claim in [
        "1 + 2 * 3 == 7",
        "7 / 2 == 3",
        "-7 / 2 == -3",
        "-7 % 3 == -1",
        "7.5 % 2.0 == 1.5",
        "1u - 2u == 4294967295u",
        "~0u == 0xffffffffu",
        "(-8i >> 1u) == -4i",
        "i32(-3.9f) == -3",
        "u32(-1.0) == 0u",
        "bool(2)",
        "!(false && (1 / 1 == 0))",
        "f32(16777217) == 16777216.0f",
        "all(vec3(1, 2, 3).zyx == vec3(3, 2, 1))",
        "dot(vec3(1, 2, 3), vec3(4, 5, 6)) == 32",
        "length(vec2(3.0, 4.0)) == 5.0",
        "cross(vec3f(1, 0, 0), vec3f(0, 1, 0)).z == 1.0",
        "clamp(5, 1, 3) == 3",
        "select(1, 2, true) == 2",
        "min(-1, 1) == -1",
        "countOneBits(0xffu) == 8u",
        "firstLeadingBit(-1) == -1",
        "firstLeadingBit(16u) == 4u",
        "extractBits(0xf0u, 4u, 4u) == 15u",
        "extractBits(-1i, 0u, 4u) == -1i",
        "insertBits(0u, 0xfu, 4u, 4u) == 0xf0u",
        "reverseBits(1u) == 0x80000000u",
        "round(2.5) == 2.0",
        "fract(-0.25) == 0.75",
        "sign(-2.0) == -1.0",
        "step(1.0, 1.0) == 1.0",
        "mix(1.0, 3.0, 0.5) == 2.0",
        "smoothstep(0.0, 1.0, 0.5) == 0.5",
        "pow(2.0, 10.0) == 1024.0",
        "modf(1.5).whole == 1.0",
        "frexp(8.0).exp == 4",
        "ldexp(1.0, 4) == 16.0",
        "determinant(mat2x2f(1, 2, 3, 4)) == -2.0",
        "(mat2x2f(1, 2, 3, 4) * vec2f(1, 1)).x == 4.0",
        "(vec2f(1, 1) * mat2x2f(1, 2, 3, 4)).x == 3.0",
        "transpose(mat2x3f(1, 2, 3, 4, 5, 6))[0].y == 4.0",
        "pack4x8unorm(vec4f(1, 0, 0, 1)) == 0xff0000ffu",
        "unpack4x8snorm(0x81u).x == -1.0",
        "pack2x16float(vec2f(1, 2)) == 0x40003c00u",
        "unpack2x16float(0x3c00u).x == 1.0",
        "bitcast<u32>(1.0f) == 0x3f800000u",
        "bitcast<i32>(0xffffffffu) == -1",
        "quantizeToF16(1.0009) == 1.0009765625",
        "dot4I8Packed(0x01ff01ffu, 0x01010101u) == 0",
        "array(1, 2, 3)[1] == 2",
        "array<vec2i, 2>()[1].y == 0",
        "0x1p-2 == 0.25",
        "1 << 40 == 1099511627776",
        "vec2(1.5)[0] == 1.5",
        "1h == 1.0h",
        "f16(2049) == 2048.0h",
        "true != false",
        "(true || (1 / 1 == 0))",
    ] {
        let text = format!("enable f16;\nconst_assert {claim};");
        assert_eq!(told(&text), [""; 0], "{claim}");
        let text = format!("enable f16;\nconst_assert !({claim});");
        assert_eq!(told(&text).len(), 1, "{claim}");
    }
}
