//! Both oracles accept what is right and refuse what is wrong, and give a scene no more than it asks for.

use pngine_compiler::Program;
use pngine_compiler::source::MemorySources;
#[cfg(feature = "gpu-tests")]
use pngine_judge::Chromium;
use pngine_judge::{Noop, compile};

const SHADER: &str = "
#shaderModule shader { code=\"
  @vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
    return vec4f(f32(i & 1) * 4 - 1, f32(i >> 1) * 4 - 1, 0, 1);
  }
  @fragment fn paint() -> @location(0) vec4f { return vec4f(1); }
\" }
#renderPipeline pipeline { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
#renderPass draw { pipeline=pipeline draw=3 }
#frame main { perform=[draw] }
";

/// Declarations beside the ones above, whether the compiler accepts them, and whether WebGPU does.
const CASES: &[(&str, bool, bool)] = &[
    ("", true, true),
    ("#buffer b { size=300000000 usage=[STORAGE] }", false, false),
    ("#device { requiredLimits={ maxBufferSize=300000000 } } #buffer b { size=300000000 usage=[STORAGE] }", true, true),
    ("#texture t { size=[4 4] format=rgba16unorm usage=[TEXTURE_BINDING] }", false, false),
    (
        "#texture t { size=[4 4] format=depth32float-stencil8 usage=[TEXTURE_BINDING] }
         #device { requiredFeatures=[depth32float-stencil8] }",
        true,
        true,
    ),
    ("#texture t { size=[4 4] format=depth32float-stencil8 usage=[TEXTURE_BINDING] }", false, false),
    (
        "#texture t { size=[4 4] format=r8unorm sampleCount=4 usage=[TEXTURE_BINDING RENDER_ATTACHMENT] mipLevelCount=2 }",
        false,
        false,
    ),
];

fn cases() -> Vec<(String, Program, bool)> {
    let make = |(declarations, accepted, wanted): &(&str, bool, bool)| {
        let scene = format!("{declarations}\n{SHADER}");
        let (compiled, program) = compile(&MemorySources::default(), scene.as_bytes());
        assert_eq!(compiled.program.is_some(), *accepted, "{declarations}: {:?}", compiled.diagnostics);
        ((*declarations).to_string(), program.unwrap_or_else(|hole| panic!("{declarations}: {hole:?}")), *wanted)
    };
    CASES.iter().map(make).collect()
}

#[test]
fn wgpu_judges_as_the_specification_does() {
    for (declarations, program, wanted) in cases() {
        let verdict = Noop.judge(&program);
        assert_eq!(verdict.unjudged, None, "{declarations}");
        assert_eq!(verdict.accepts(), wanted, "{declarations}: {verdict:?}");
    }
}

#[cfg(feature = "gpu-tests")]
#[test]
fn chromium_judges_as_the_specification_does() {
    let cases = cases();
    let programs: Vec<Program> = cases.iter().map(|(_, program, _)| program.clone()).collect();
    let mut chromium = Chromium::start().unwrap();
    let verdicts = chromium.judge(&programs).unwrap();
    for ((declarations, _, wanted), verdict) in cases.iter().zip(verdicts) {
        assert_eq!(verdict.unjudged, None, "{declarations}");
        assert_eq!(verdict.accepts(), *wanted, "{declarations}: {verdict:?}");
    }
}

#[test]
fn what_an_oracle_lacks_is_not_judged() {
    // SwiftShader has one of these families at most, and wgpu no swizzles.
    let scene = format!(
        "#device {{ requiredFeatures=[texture-component-swizzle texture-compression-astc texture-compression-bc] }}\n{SHADER}"
    );
    let program = compile(&MemorySources::default(), scene.as_bytes()).1.unwrap();
    assert!(Noop.judge(&program).unjudged.is_some());
}

#[test]
fn a_scene_with_a_hole_is_not_emitted() {
    let scene = format!("#buffer b {{ size=nowhere usage=[STORAGE] }}\n{SHADER}");
    let (compiled, program) = compile(&MemorySources::default(), scene.as_bytes());
    assert!(compiled.program.is_none());
    assert_eq!(program.unwrap_err(), pngine_compiler::judge::Unemitted::Hole);
}
