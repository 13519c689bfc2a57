//! State that WebGPU starts a pass with and wgpu does not, and extensions that browsers are told of and wgpu is not. Run with
//! `--features gpu-tests`.

use pngine_compiler::Options;
use pngine_compiler::pack::{self, Embed};
use pngine_compiler::source::MemorySources;
use pngine_host::OwnedPayload;
use pngine_native::{Gpu, Player, PlayerOptions};

/// What every scene here draws with: a triangle over the whole canvas.
const CORNER: &str = "@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i32(i & 1u) * 4 - 1), f32(i32(i >> 1u) * 4 - 1), 0.5, 1);
}";

/// The first pixel of the first frame; `code` is WGSL in front of the corner's.
fn first_pixel(code: &str, rest: &str) -> [u8; 4] {
    let text = format!("#shaderModule shader {{ code=\"\n{code}\n{CORNER}\n\" }}\n{rest}");
    let compiled = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", text.as_bytes(), &Options::default());
    let program = compiled.program.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    let payload = OwnedPayload::new(pack::payload(&program, Embed::Prebuilt).unwrap()).unwrap();
    let gpu = Gpu::for_scene(&payload.payload()).unwrap_or_else(|error| panic!("{error}"));
    let options = PlayerOptions { width: 4, height: 4 };
    let mut player = Player::new(&gpu, &payload.payload(), None, options).unwrap_or_else(|error| panic!("{error}"));
    player.frame(0.0).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(player.findings(), []);
    let image = player.read_pixels().unwrap();
    image.rgba[..4].try_into().unwrap()
}

const PAINT: &str = "@fragment fn paint() -> @location(0) vec4f { return vec4f(1); }";

/// A pipeline that multiplies what it paints with the blend constant, and adds what was there.
const BLENDING: &str = "
#renderPipeline pipeline { vertex={ module=shader } fragment={ module=shader targets=[
  { blend={ color={ srcFactor=constant dstFactor=one } alpha={} } }
] } }";

#[test]
fn a_pass_begins_with_a_blend_constant_of_zeros() {
    let pixel = |rest: &str| first_pixel(PAINT, &format!("{BLENDING}\n{rest}\n#frame main {{ perform=[draw] }}"));
    let black = [0, 0, 0, 255];
    assert_eq!(pixel("#renderPass draw { pipeline=pipeline draw=3 }"), black);
    let bundle = "#renderBundle bundle { pipeline=pipeline draw=3 }";
    assert_eq!(pixel(&format!("{bundle}\n#renderPass draw {{ executeBundles=[bundle] }}")), black);
    // Set in one pass, it is not set in the next.
    let load = "colorAttachments=[{ view=contextCurrentTexture loadOp=load storeOp=store }]";
    let two = format!(
        "{BLENDING}
        #renderPass one {{ commands=[{{ setPipeline=pipeline }} {{ setBlendConstant=[1 0 0 1] }} {{ draw=3 }}] }}
        #renderPass two {{ {load} pipeline=pipeline draw=3 }}
        #frame main {{ perform=[one two] }}"
    );
    assert_eq!(first_pixel(PAINT, &two), [255, 0, 0, 255]);
    // A bundle leaves it as it is, for itself and for what follows.
    let kept = format!(
        "{bundle}\n#renderPass draw {{ commands=[
          {{ setBlendConstant=[0 0.2 0 1] }} {{ executeBundles=[bundle] }} {{ setPipeline=pipeline }} {{ draw=3 }}
        ] }}"
    );
    assert_eq!(pixel(&kept), [0, 102, 0, 255]);
}

#[test]
fn bundles_test_against_the_stencil_reference_of_the_pass() {
    let scene = |commands: &str| {
        format!(
            "#texture stencil {{ size=[canvas.width canvas.height] format=depth24plus-stencil8 usage=[RENDER_ATTACHMENT] }}
            #renderPipeline pipeline {{ vertex={{ module=shader }} fragment={{ module=shader targets=[{{}}] }} depthStencil={{
              format=depth24plus-stencil8 depthWriteEnabled=false depthCompare=always
              stencilFront={{ compare=equal }} stencilBack={{ compare=equal }} }} }}
            #renderBundle bundle {{ pipeline=pipeline draw=3 }}
            #renderPass draw {{
              depthStencilAttachment={{ view=stencil depthLoadOp=clear depthClearValue=1 depthStoreOp=discard
                stencilLoadOp=clear stencilClearValue=7 stencilStoreOp=discard }}
              commands=[{commands}]
            }}
            #frame main {{ perform=[draw] }}"
        )
    };
    let pixel = |commands: &str| first_pixel(PAINT, &scene(commands))[0];
    assert_eq!(pixel("{ executeBundles=[bundle] }"), 0);
    assert_eq!(pixel("{ setStencilReference=7 } { executeBundles=[bundle] }"), 255);
    assert_eq!(
        pixel("{ setStencilReference=7 } { setPipeline=pipeline } { setStencilReference=3 } { executeBundles=[bundle] }"),
        0
    );
    assert_eq!(
        pixel("{ setStencilReference=3 } { executeBundles=[bundle] } { setStencilReference=7 } { executeBundles=[bundle] }"),
        255
    );
    assert_eq!(pixel("{ setStencilReference=7 } { executeBundles=[bundle] } { setPipeline=pipeline } { draw=3 }"), 255);
}

#[test]
fn subgroups_are_used_where_the_adapter_has_them() {
    let scene = "#device { requiredFeatures=[subgroups] }
      #buffer bytes { size=128 usage=[STORAGE] }
      #computePipeline compute { compute={ module=work } }
      #bindGroup written { layout={ pipeline=compute } entries=[{ binding=0 buffer=bytes }] }
      #computePass run { pipeline=compute bindGroups=[written] dispatch=1 }
      #renderPipeline pipeline { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
      #bindGroup read { layout={ pipeline=pipeline } entries=[{ binding=0 buffer=bytes }] }
      #renderPass draw { pipeline=pipeline bindGroups=[read] draw=3 }
      #frame main { perform=[run draw] }";
    let work = |head: &str, expression: &str| {
        format!(
            "#shaderModule work {{ code=\"{head}\n@group(0) @binding(0) var<storage, read_write> out: array<u32>;\n\
             @compute @workgroup_size(32) fn main(@builtin(local_invocation_index) i: u32) {{ out[i] = {expression}; }}\n\" }}\n{scene}"
        )
    };
    let show = "@group(0) @binding(0) var<storage> numbers: array<u32>;
      @fragment fn paint() -> @location(0) vec4f { return vec4f(vec3f(f32(numbers[31]) / 255), 1); }";
    for (head, expression, shown) in [
        ("enable subgroups;", "subgroupBroadcastFirst(i) + subgroupMax(0u)", None),
        ("enable subgroups;", "select(0u, 51u, subgroupAny(i < 1000u))", Some(51)),
        ("/* a comment */ enable\n  subgroups ;", "select(0u, 102u, subgroupAll(i < 1000u))", Some(102)),
        ("diagnostic(off, subgroup_uniformity); enable subgroups,;", "subgroupMin(153u)", Some(153)),
    ] {
        let pixel = first_pixel(show, &work(head, expression));
        if let Some(shown) = shown {
            assert_eq!(pixel[0], shown, "{head} {expression}");
        }
    }
}
