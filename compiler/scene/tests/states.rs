//! The dictionaries that states are written as, and what can be told of states.

use pngine_format::webgpu::Format;
use pngine_format::word::{BlendFactor, BlendOperation, CompareFunction, CullMode, StencilOperation, TextureFormat};
use pngine_scene::{Blend, BlendPart, DepthStencil, Multisample, Primitive, Setting, Spanned, StencilFace};
use pngine_source::source::{FileId, Span};

const HERE: Span = Span::new(FileId(0), 0, 1);

fn depth_stencil(faces: [StencilFace; 2], write_mask: u32) -> DepthStencil {
    DepthStencil {
        span: HERE,
        format: Spanned::new(Format::Texture(TextureFormat::Depth24PlusStencil8), HERE),
        depth_write: None,
        depth_compare: None,
        faces: faces.map(|face| Spanned::new(face, HERE)),
        read_mask: u32::MAX,
        write_mask,
        bias: Spanned::new(-2, HERE),
        slope_and_clamp: [Spanned::new(0.0, HERE), Spanned::new(0.5, HERE)],
    }
}

#[test]
fn faces_that_are_culled_or_masked_write_no_stencil() {
    let [_, depth_fail, pass] = [StencilOperation::Keep; 3];
    let counts = StencilFace { compare: CompareFunction::Always, operations: [StencilOperation::Zero, depth_fail, pass] };
    let front = depth_stencil([counts, StencilFace::default()], u32::MAX);
    assert!(front.writes_stencil(CullMode::None) && front.writes_stencil(CullMode::Back));
    assert!(!front.writes_stencil(CullMode::Front));
    assert!(!depth_stencil([counts, counts], 0).writes_stencil(CullMode::None));
    let tests = StencilFace { compare: CompareFunction::Less, ..StencilFace::default() };
    assert!(!depth_stencil([tests, tests], u32::MAX).writes_stencil(CullMode::None));
}

#[test]
fn what_says_no_more_than_the_default_is_left_out() {
    assert!(Primitive::default_at(HERE).dictionary().is_none());
    let multisample = |count| Multisample { count, mask: None, alpha_to_coverage: false };
    assert!(multisample(Setting::unwritten(1, HERE)).dictionary().is_none());
    let written = Setting { property: Some(HERE), ..Setting::unwritten(1, HERE) };
    assert_eq!(multisample(written).dictionary().map(|value| value.text()), Some("{ count: 1 }".to_string()));
    let counts = StencilFace { operations: [StencilOperation::Zero; 3], ..StencilFace::default() };
    let state = depth_stencil([StencilFace::default(), counts], 3);
    assert_eq!(
        state.dictionary().text(),
        "{ format: depth24plus-stencil8, stencilBack: { failOp: zero, depthFailOp: zero, passOp: zero }, stencilWriteMask: 3, \
         depthBias: -2, depthBiasClamp: 0.5 }"
    );
}

#[test]
fn a_part_of_blending_has_all_of_its_members_or_none() {
    let part = |destination| BlendPart {
        operation: BlendOperation::Add,
        factors: [BlendFactor::One, destination].map(|factor| Spanned::new(factor, HERE)),
    };
    let blend = Blend { color: part(BlendFactor::OneMinusSrcAlpha), alpha: part(BlendFactor::Zero) };
    let text = blend.dictionary().text();
    assert!(text.starts_with("{ color: { operation: add, srcFactor: one, dstFactor: one-minus-src-alpha }"), "{text}");
    assert!(!text.contains("dstFactor: zero"), "{text}");
}
