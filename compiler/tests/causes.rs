//! One mistake gives one finding, however many rules meet it; two mistakes give two.

use pngine_compiler::diag::{self, Severity};
use pngine_compiler::source::MemorySources;
use pngine_compiler::{Compiled, Options};

/// Three pipelines that draw into one texture and one that shows it, a bundle, a compute pass with a layout of its own, copies.
const SCENE: &str = r#"
#shaderModule shader {
  code="
    struct Inputs { time: f32, width: f32, height: f32, aspect: f32 }
    @group(0) @binding(0) var<uniform> inputs: Inputs;
    @group(0) @binding(1) var image: texture_2d<f32>;
    @group(0) @binding(2) var smoothly: sampler;
    @vertex fn corner(@location(0) at: vec2f) -> @builtin(position) vec4f { return vec4f(at, 0, 1); }
    @fragment fn plain() -> @location(0) vec4f { return vec4f(1); }
    @fragment fn timed() -> @location(0) vec4f { return vec4f(inputs.time); }
    @fragment fn show(@builtin(position) at: vec4f) -> @location(0) vec4f { return textureSample(image, smoothly, at.xy * inputs.time); }
  "
}
#shaderModule work {
  code="
    @group(0) @binding(0) var<storage, read_write> numbers: array<vec4f>;
    @group(0) @binding(1) var painted: texture_storage_2d<rgba8unorm, write>;
    @compute @workgroup_size(4) fn first(@builtin(global_invocation_id) id: vec3u) { numbers[id.x] += 1; }
    @compute @workgroup_size(4) fn second(@builtin(global_invocation_id) id: vec3u) { textureStore(painted, id.xy, numbers[id.x]); }
  "
}
#data triangle { float32Array=[-1 -1 3 -1 -1 3] }
#buffer corners { size=triangle usage=[VERTEX] mappedAtCreation=triangle }
#buffer uniforms { size=16 usage=[UNIFORM] }
#buffer numbers { size=64 usage=[STORAGE COPY_SRC] }
#buffer copied { size=64 usage=[COPY_DST] }
#queue write { writeBuffer={ buffer=uniforms data=pngineInputs } }
#queue copy { copyBufferToBuffer={ source=numbers destination=copied size=64 } }
#texture canvas { size=[64 64] format=rgba16float usage=[RENDER_ATTACHMENT TEXTURE_BINDING] }
#texture painted { size=[16 16] format=rgba8unorm usage=[STORAGE_BINDING TEXTURE_BINDING] }
#sampler smooth { magFilter=linear }
#bindGroupLayout worked {
  entries=[
    { binding=0 visibility=COMPUTE buffer={ type=storage } }
    { binding=1 visibility=COMPUTE storageTexture={ format=rgba8unorm } }
  ]
}
#pipelineLayout works { bindGroupLayouts=[worked] }
#computePipeline first { layout=works compute={ module=work entryPoint=first } }
#computePipeline second { layout=works compute={ module=work entryPoint=second } }
#bindGroup worked { layout=worked entries=[{ binding=0 resource=numbers } { binding=1 resource=painted }] }
#computePass first { pipeline=first bindGroups=[worked] dispatchWorkgroups=4 }
#computePass second { pipeline=second bindGroups=[worked] dispatchWorkgroups=4 }
#renderPipeline one {
  vertex={ module=shader buffers=[{ attributes=[{ shaderLocation=0 format=float32x2 }] }] }
  fragment={ module=shader entryPoint=plain targets=[{ format=rgba16float }] }
}
#renderPipeline two {
  vertex={ module=shader buffers=[{ attributes=[{ shaderLocation=0 format=float32x2 }] }] }
  fragment={ module=shader entryPoint=timed targets=[{ format=rgba16float }] }
}
#renderPipeline three {
  vertex={ module=shader buffers=[{ attributes=[{ shaderLocation=0 format=float32x2 }] }] }
  fragment={ module=shader entryPoint=plain targets=[{ format=rgba16float }] }
}
#renderPipeline last {
  vertex={ module=shader buffers=[{ attributes=[{ shaderLocation=0 format=float32x2 }] }] }
  fragment={ module=shader entryPoint=show targets=[{}] }
}
#bindGroup timed { layout={ pipeline=two } entries=[{ binding=0 resource=uniforms }] }
#bindGroup seen {
  layout={ pipeline=last }
  entries=[{ binding=0 resource=uniforms } { binding=1 resource=canvas } { binding=2 resource=smooth }]
}
#renderBundle kept { colorFormats=[rgba16float] pipeline=three vertexBuffers=[corners] draw=3 }
#renderPass one { colorAttachments=[{ view=canvas }] pipeline=one vertexBuffers=[corners] draw=3 }
#renderPass two { colorAttachments=[{ view=canvas loadOp=load }] pipeline=two bindGroups=[timed] vertexBuffers=[corners] draw=3 }
#renderPass three { colorAttachments=[{ view=canvas loadOp=load }] executeBundles=[kept] }
#renderPass last { pipeline=last bindGroups=[seen] vertexBuffers=[corners] draw=3 }
#frame main { perform=[write first second copy one two three last] }
"#;

/// One mistake each: what is changed, and how.
const MISTAKES: &[(&str, &str)] = &[
    // A texture's format disagrees with three pipelines and a bundle.
    ("#texture canvas { size=[64 64] format=rgba16float", "#texture canvas { size=[64 64] format=rgba8unorm"),
    ("#texture canvas { size=[64 64] format=rgba16float", "#texture canvas { size=[64 64] format=rg16float"),
    // A usage that several passes need.
    ("usage=[RENDER_ATTACHMENT TEXTURE_BINDING]", "usage=[TEXTURE_BINDING]"),
    // The formats of a bundle are those of its pipeline and of the pass.
    ("colorFormats=[rgba16float]", "colorFormats=[rgba8unorm]"),
    ("colorFormats=[rgba16float]", "colorFormats=[rgba16float rgba16float]"),
    (
        "entryPoint=plain targets=[{ format=rgba16float }] }\n}\n#renderPipeline last",
        "entryPoint=plain targets=[{ format=rgba8unorm }] }\n}\n#renderPipeline last",
    ),
    // A row of a layout, which two pipelines and a bind group read.
    ("buffer={ type=storage }", "buffer={ type=read-only-storage }"),
    ("buffer={ type=storage }", "buffer={ type=uniform }"),
    ("storageTexture={ format=rgba8unorm }", "storageTexture={ format=r32float }"),
    ("visibility=COMPUTE buffer", "visibility=FRAGMENT buffer"),
    ("{ binding=1 visibility", "{ binding=2 visibility"),
    // A shader's variable.
    ("@group(0) @binding(0) var<uniform> inputs", "@group(1) @binding(0) var<uniform> inputs"),
    ("@group(0) @binding(2) var smoothly", "@group(0) @binding(3) var smoothly"),
    ("texture_storage_2d<rgba8unorm, write>", "texture_storage_2d<rgba16float, write>"),
    ("corner(@location(0) at", "corner(@location(1) at"),
    // Names.
    ("#buffer corners", "#buffer cornersOf"),
    ("#buffer uniforms", "#buffer numbers"),
    ("#sampler smooth", "#sampler smoothed"),
    // References.
    ("bindGroups=[seen]", "bindGroups=[timed]"),
    (" bindGroups=[seen]", ""),
    ("layout={ pipeline=two }", "layout={ pipeline=last }"),
    (" bindGroups=[timed]", ""),
    ("bindGroups=[worked] dispatchWorkgroups=4 }\n#computePass second", "dispatchWorkgroups=4 }\n#computePass second"),
    // What writes nothing fits no pass.
    ("  fragment={ module=shader entryPoint=timed targets=[{ format=rgba16float }] }\n", ""),
    ("entryPoint=timed targets=[{ format=rgba16float }]", "entryPoint=timed targets=[]"),
    // A number that has no place, and a place that has nothing.
    ("{ binding=1 resource=painted }", "{ binding=7 resource=painted }"),
    ("{ binding=1 resource=canvas }", "{ resource=canvas }"),
    // What a layout's row is for.
    ("buffer={ type=storage }", "sampler={}"),
    // A size that is too large for both sides.
    ("copied size=64", "copied size=128"),
    // Signs of damaged text.
    ("#buffer numbers { size=64", "#buffer numbers { size==64"),
    ("entries=[{ binding=0 resource=uniforms }] }", "entries=[[{ binding=0 resource=uniforms }] }"),
];

fn compile(text: &str) -> Compiled {
    pngine_compiler::compile(
        &MemorySources::default(),
        "scene.pngine",
        text.as_bytes(),
        &Options { minify: false, ..Options::default() },
    )
}

fn changed(text: &str, (old, new): (&str, &str)) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replacen(old, new, 1)
}

#[test]
fn the_scene_is_right() {
    let compiled = compile(SCENE);
    assert!(compiled.diagnostics.is_empty(), "{}", diag::render(&compiled.sources, &compiled.diagnostics, false));
}

#[test]
fn one_mistake_is_one_finding() {
    for mistake in MISTAKES {
        let compiled = compile(&changed(SCENE, *mistake));
        let rendered = diag::render(&compiled.sources, &compiled.diagnostics, false);
        assert_eq!(compiled.diagnostics.len(), 1, "{mistake:?}\n{rendered}");
        assert_eq!(compiled.diagnostics[0].severity(), Severity::Error, "{mistake:?}\n{rendered}");
    }
}

/// Mistakes that have nothing to do with each other, though some of them are about one declaration, or about one kind of thing.
const APART: &[(&str, &str)] = &[
    ("dispatchWorkgroups=4 }\n#computePass", "dispatchWorkgroups=70000 }\n#computePass"),
    ("copied size=64", "copied size=62"),
    ("magFilter=linear", "magFilter=linear compare=less"),
    ("entryPoint=timed targets=[{ format=rgba16float }]", "entryPoint=timed targets=[{ format=r32float }]"),
    ("entryPoint=show targets=[{}]", "entryPoint=show targets=[{ format=rgba16float }]"),
    ("#buffer copied { size=64 usage=[COPY_DST] }", "#buffer copied { size=64 usage=[VERTEX] }"),
    ("size=64 usage=[STORAGE COPY_SRC]", "size=64 usage=[COPY_SRC]"),
    ("entries=[{ binding=0 resource=uniforms }] }", "entries=[{ binding=0 resource=smooth }] }"),
    ("executeBundles=[kept]", "executeBundles=[nothing]"),
    ("bindGroups=[timed] vertexBuffers=[corners]", "bindGroups=[timed]"),
    ("{ binding=1 resource=painted }", "{ binding=7 resource=painted }"),
];

#[test]
fn two_mistakes_are_two_findings() {
    for mistake in APART {
        assert_eq!(compile(&changed(SCENE, *mistake)).diagnostics.len(), 1, "{mistake:?}");
    }
    for (at, first) in APART.iter().enumerate() {
        for second in APART[at + 1..].iter().step_by(3) {
            let compiled = compile(&changed(&changed(SCENE, *first), *second));
            let rendered = diag::render(&compiled.sources, &compiled.diagnostics, false);
            assert_eq!(compiled.diagnostics.len(), 2, "{first:?} {second:?}\n{rendered}");
        }
    }
}

#[test]
fn a_cause_is_shown_where_it_is_with_what_it_does_not_fit() {
    let compiled = compile(&changed(SCENE, MISTAKES[0]));
    let found = &compiled.diagnostics[0];
    let primary = found.primary.as_ref().expect("a place");
    assert_eq!(compiled.sources.slice(primary.span), "rgba8unorm");
    assert!(found.secondary.len() >= 3, "{found:?}");
    let fix = &found.fixes[0];
    assert!(!fix.safe && fix.edits[0].1 == "rgba16float", "{fix:?}");
}
