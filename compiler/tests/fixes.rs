//! A fix that a tool may apply unasked leaves the program as it is: every safe fix, alone and all of a run together, gives the same
//! bytecode and data.

use pngine_compiler::diag::{self, Code, Fix, Severity};
use pngine_compiler::source::{ReadError, Sources, Span};
use pngine_compiler::{Compiled, Options};
use pngine_testkit::scenes;
use std::collections::BTreeMap;
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Files of a folder, some of them with another text.
struct Overlay {
    under: scenes::Folder,
    texts: BTreeMap<String, String>,
}

impl Sources for Overlay {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.under.read(path),
        }
    }
}

/// A program: its files, and the name of the one it starts with.
struct Program {
    files: Overlay,
    entry: String,
}

impl Program {
    fn of_folder(folder: &Path, entry: &str, text: &str) -> Self {
        let texts = BTreeMap::from([(entry.to_string(), text.to_string())]);
        Self { files: Overlay { under: scenes::Folder(folder.to_path_buf()), texts }, entry: entry.to_string() }
    }

    fn of_texts(texts: &[(&str, &str)]) -> Self {
        let entry = texts[0].0.to_string();
        let texts = texts.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
        let under = scenes::Folder(Path::new(REPOSITORY).join("tests/ok"));
        Self { files: Overlay { under, texts }, entry }
    }

    fn compile(&self) -> Compiled {
        let bytes = self.files.read(&self.entry).expect("the entry file");
        pngine_compiler::compile(&self.files, &self.entry, &bytes, &Options { minify: false, ..Options::default() })
    }

    /// The program after these fixes.
    fn mended(&self, compiled: &Compiled, fixes: &[&Fix]) -> Self {
        let mut edits: Vec<&(Span, String)> = fixes.iter().flat_map(|fix| &fix.edits).collect();
        edits.sort_by_key(|(span, _)| (span.file, span.start));
        edits.dedup();
        for pair in edits.windows(2) {
            let (before, after) = (pair[0].0, pair[1].0);
            assert!(before.file != after.file || before.end <= after.start, "fixes overlap: {before:?} {after:?}");
        }
        let mut texts = self.files.texts.clone();
        for (span, new) in edits.into_iter().rev() {
            let file = &compiled.sources.files()[span.file.0 as usize];
            let text = texts.entry(file.name.clone()).or_insert_with(|| file.text.clone());
            text.replace_range(span.start as usize..span.end as usize, new);
        }
        Self { files: Overlay { under: scenes::Folder(self.files.under.0.clone()), texts }, entry: self.entry.clone() }
    }
}

fn safe_fixes(compiled: &Compiled) -> Vec<&Fix> {
    compiled.diagnostics.iter().flat_map(|finding| &finding.fixes).filter(|fix| fix.safe).collect()
}

/// Applies the safe fixes of a program, each alone and all together, and compares what comes out. Returns how many there are.
fn prove(what: &str, program: &Program) -> usize {
    let compiled = program.compile();
    let fixes = safe_fixes(&compiled);
    let alone = fixes.iter().map(|fix| vec![*fix]);
    for applied in alone.chain(std::iter::once(fixes.clone())).filter(|applied| !applied.is_empty()) {
        let mended = program.mended(&compiled, &applied);
        let again = mended.compile();
        let show = || {
            let titles: Vec<&str> = applied.iter().map(|fix| fix.title.as_str()).collect();
            let before = diag::render(&compiled.sources, &compiled.diagnostics, false);
            format!("{what}: {titles:?}\n{before}\n----\n{}", diag::render(&again.sources, &again.diagnostics, false))
        };
        let errors = |compiled: &Compiled| compiled.diagnostics.iter().filter(|f| f.severity() == Severity::Error).count();
        assert!(errors(&again) <= errors(&compiled), "{}", show());
        let Some(program) = &compiled.program else { continue };
        let other = again.program.as_ref().unwrap_or_else(|| panic!("{}", show()));
        assert!(program.bytecode == other.bytecode && program.data == other.data, "{}", show());
        assert!(again.diagnostics.len() < compiled.diagnostics.len(), "{}", show());
    }
    fixes.len()
}

#[test]
fn safe_fixes_of_the_corpus_change_nothing() {
    let mut count = 0;
    for folder in ["examples", "tests/ok", "tests/err", "tests/eras"] {
        for scene in scenes::scenes(&Path::new(REPOSITORY).join(folder)) {
            let Ok(text) = String::from_utf8(scene.bytes()) else { continue };
            count += prove(&scene.name, &Program::of_folder(&scene.folder, &scene.entry, &text));
        }
    }
    assert!(count >= 50, "{count} safe fixes");
}

/// A program in which every kind of declaration is referred to in every kind of place: `NAME:kind` is the name of a declaration and
/// `REF:kind` a reference to it.
const EVERY_PLACE: &str = r#"
#wgsl NAME:wgsl { value="const STEP = 0.5;" }
#shaderModule NAME:shaderModule {
  imports=[REF:wgsl]
  code="
    @vertex fn v(@location(0) at: vec2f) -> @builtin(position) vec4f { return vec4f(at, 0, STEP * 2); }
    @fragment fn f() -> @location(0) vec4f { return vec4f(STEP); }
    struct Inputs { time: f32 }
    @group(0) @binding(0) var<uniform> inputs: Inputs;
    @group(0) @binding(1) var image: texture_2d<f32>;
    @group(0) @binding(2) var smooth_sampler: sampler;
    @fragment fn g() -> @location(0) vec4f { return textureSampleLevel(image, smooth_sampler, vec2f(inputs.time), 0); }
    @group(0) @binding(0) var<storage, read_write> numbers: array<f32>;
    @compute @workgroup_size(1) fn c() { numbers[0] = STEP; }
    @fragment fn t(@builtin(position) at: vec4f) -> @location(0) vec4f { return at * STEP; }
  "
}
#wgsl alone { value="@compute @workgroup_size(1) fn c() { }" }
#wgsl NAME:bare { value=REF:alias }
#wgsl NAME:alias { value="@compute @workgroup_size(1) fn second() { }" }
#data NAME:data { float32Array=[0 0 1 0 0 1] }
#buffer NAME:buffer { size=REF:shaderModule.inputs usage=[UNIFORM] }
#buffer corners { size=24 usage=[VERTEX STORAGE] mappedAtCreation=REF:data }
#buffer order { size=8 usage=[INDEX QUERY_RESOLVE] }
#texture NAME:texture { size=[8 8] format=rgba8unorm usage=[TEXTURE_BINDING RENDER_ATTACHMENT COPY_DST] }
#textureView NAME:textureView { texture=REF:texture }
#sampler NAME:sampler { magFilter=linear }
#data photo { file="assets/photo.png" }
#imageBitmap NAME:imageBitmap { image=photo }
#querySet NAME:querySet { type=occlusion count=1 }
#bindGroupLayout NAME:bindGroupLayout {
  entries=[
    { binding=0 visibility=[FRAGMENT] buffer={} }
    { binding=1 visibility=[FRAGMENT] texture={} }
    { binding=2 visibility=[FRAGMENT] sampler={} }
  ]
}
#pipelineLayout NAME:pipelineLayout { bindGroupLayouts=[REF:bindGroupLayout] }
#bindGroup NAME:bindGroup {
  layout=REF:bindGroupLayout
  entries=[{ binding=0 resource=REF:buffer } { binding=1 resource=REF:textureView } { binding=2 resource=REF:sampler }]
}
#bindGroup second {
  layout={ pipeline=REF:renderPipeline index=0 }
  entries=[{ binding=0 resource={ buffer=REF:buffer } } { binding=1 texture=REF:texture } { binding=2 sampler=REF:sampler }]
}
#bindGroup third { layout={ pipeline=REF:computePipeline index=0 } entries=[{ binding=0 resource=corners }] }
#renderPipeline NAME:renderPipeline {
  layout=REF:pipelineLayout
  vertex={ module=REF:shaderModule buffers=[{ attributes=[{ shaderLocation=0 format=float32x2 }] }] }
  fragment={ module=REF:shaderModule entryPoint=g targets=[{}] }
}
#computePipeline NAME:computePipeline { compute={ module=REF:shaderModule } }
#computePipeline from_text { compute={ module=REF:bare } }
#renderBundle NAME:renderBundle { pipeline=REF:renderPipeline bindGroups=[REF:bindGroup] vertexBuffers=[corners] draw=3 }
#renderPass NAME:renderPass {
  colorAttachments=[{ view=contextCurrentTexture }]
  occlusionQuerySet=REF:querySet
  executeBundles=[REF:renderBundle]
}
#renderPass small { colorAttachments=[{ view=REF:texture }] commands=[
  { setPipeline=plain } { setVertexBuffer={ slot=0 buffer=corners } } { setIndexBuffer={ buffer=order format=uint16 } } { drawIndexed=3 }
] }
#renderPass viewed { colorAttachments=[{ view=REF:textureView }] pipeline=plain vertexBuffers=[corners] draw=3 }
#renderPipeline plain {
  vertex={ module=REF:shaderModule buffers=[{ attributes=[{ shaderLocation=0 format=float32x2 }] }] }
  fragment={ module=REF:shaderModule entryPoint=f targets=[{ format=rgba8unorm }] }
}
#renderPass last { pipeline=REF:renderPipeline bindGroups=[{ bindGroup=REF:bindGroup }] vertexBuffers=[{ buffer=corners }] draw=3 }
#renderPass lastly { pipeline=REF:renderPipeline bindGroups=[second] vertexBuffers=[corners] draw=3 }
#computePass NAME:computePass { pipeline=REF:computePipeline bindGroups=[third] dispatchWorkgroups=1 }
#computePass texts { pipeline=from_text dispatchWorkgroups=1 }
#init NAME:init { buffer=corners shader=REF:shaderModule }
#queue NAME:queue {
  writeBuffer={ buffer=REF:buffer data=pngineInputs }
  copyExternalImageToTexture={ source={ source=REF:imageBitmap } destination={ texture=REF:texture } copySize=[2 2] }
  resolveQuerySet={ querySet=REF:querySet firstQuery=0 queryCount=1 destination=order destinationOffset=0 }
}
#queue inputs { writeBuffer={ buffer=REF:buffer data=REF:shaderModule.inputs } }
#queue numbers { writeBuffer={ buffer=corners data=NAME:data } }
#pass NAME:pass { code="@fragment fn s() -> @location(0) vec4f { return vec4f(1); }" }
#pass main { deps=[REF:pass] code="@fragment fn s(@builtin(position) at: vec4f) -> @location(0) vec4f { return textureLoad(PASS, vec2u(at.xy), 0); }" }
#frame NAME:frame {
  init=[REF:init REF:queue]
  perform=[inputs numbers REF:computePass texts small viewed REF:renderPass last lastly REF:pass main]
}
#animation timeline { duration=1 scenes=[{ id=only frame=REF:frame start=0 end=1 }] }
"#;

/// The kinds of declarations with names, in the order of [`EVERY_PLACE`].
const KINDS: &[&str] = &[
    "wgsl",
    "shaderModule",
    "data",
    "buffer",
    "texture",
    "textureView",
    "sampler",
    "imageBitmap",
    "querySet",
    "bindGroupLayout",
    "pipelineLayout",
    "bindGroup",
    "renderPipeline",
    "computePipeline",
    "renderBundle",
    "renderPass",
    "computePass",
    "init",
    "queue",
    "pass",
    "frame",
    "bare",
    "alias",
];

/// [`EVERY_PLACE`] with names and a way to write references.
fn named(name_of: impl Fn(&str) -> String, reference: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::new();
    let mut rest = EVERY_PLACE;
    while let Some(at) = [rest.find("NAME:"), rest.find("REF:")].into_iter().flatten().min() {
        let (before, from) = rest.split_at(at);
        out += before;
        let (what, tail) = from.split_once(':').expect("a colon");
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).expect("an end");
        let (kind, tail) = tail.split_at(end);
        let name = name_of(kind);
        let kind = if matches!(kind, "bare" | "alias") { "wgsl" } else { kind };
        // `module.variable` has no form with a kind in front.
        let is_path = tail.starts_with('.');
        out += &if what == "NAME" || is_path { name } else { reference(kind, &name) };
        rest = tail;
    }
    out += rest;
    out.replace("PASS", &name_of("pass"))
}

/// The ways to write a reference.
fn spelled(style: usize, kind: &str, name: &str) -> String {
    match style {
        0 => format!("${kind}.{name}"),
        1 => format!("\"${kind}.{name}\""),
        2 => format!("\"{name}\""),
        _ => name.to_string(),
    }
}

fn own_name(kind: &str) -> String {
    format!("my_{kind}")
}

#[test]
fn every_reference_of_the_program_with_every_place_has_a_safe_fix() {
    let good = Program::of_texts(&[("main.pngine", &named(own_name, |kind, name| spelled(3, kind, name)))]).compile();
    let rendered = diag::render(&good.sources, &good.diagnostics, false);
    let program = good.program.unwrap_or_else(|| panic!("{rendered}"));
    assert!(good.diagnostics.iter().all(|finding| !finding.code.as_str().starts_with('E')), "{rendered}");
    for style in 0..2 {
        let text = named(own_name, |kind, name| spelled(style, kind, name));
        let old = Program::of_texts(&[("main.pngine", &text)]);
        let compiled = old.compile();
        let rendered = diag::render(&compiled.sources, &compiled.diagnostics, false);
        let lints: Vec<_> = compiled.diagnostics.iter().filter(|finding| finding.code == Code::OldReference).collect();
        assert_eq!(lints.len(), text.matches('$').count(), "{rendered}");
        assert!(lints.iter().all(|lint| lint.fixes.iter().any(|fix| fix.safe)), "{rendered}");
        let mended = old.mended(&compiled, &safe_fixes(&compiled)).compile();
        assert_eq!(mended.program.expect("a program").bytecode, program.bytecode);
        assert!(!mended.diagnostics.iter().any(|finding| finding.code == Code::OldReference));
    }
}

#[test]
fn safe_fixes_change_nothing_where_two_kinds_share_a_name() {
    let mut compiled = 0;
    for (at, first) in KINDS.iter().enumerate() {
        for second in &KINDS[at + 1..] {
            let name_of = |kind: &str| if kind == *first || kind == *second { "same".to_string() } else { own_name(kind) };
            for style in 0..3 {
                let text = named(name_of, |kind, name| spelled(style, kind, name));
                let program = Program::of_texts(&[("main.pngine", &text)]);
                let before = program.compile();
                let Some(built) = &before.program else { continue };
                compiled += 1;
                let fixes = safe_fixes(&before);
                let after = program.mended(&before, &fixes).compile();
                let rendered = || diag::render(&after.sources, &after.diagnostics, false);
                let other = after.program.as_ref().unwrap_or_else(|| panic!("{first} {second}\n{}", rendered()));
                assert_eq!(other.bytecode, built.bytecode, "{first} {second}\n{}", rendered());
                assert_eq!(other.data, built.data, "{first} {second}");
            }
        }
    }
    assert!(compiled > 400, "{compiled} programs");
}

#[test]
fn safe_fixes_change_nothing_beside_a_define_of_the_name() {
    let defines = ["3", "\"3\"", "my_other", "[my_other]", "{}", "true", "canvas.width", "contextCurrentTexture", "auto"];
    for kind in KINDS {
        for value in defines {
            let name_of = |other: &str| if other == *kind { "same".to_string() } else { own_name(other) };
            for style in 0..3 {
                let text = format!("#define same={value}\n{}", named(name_of, |kind, name| spelled(style, kind, name)));
                let program = Program::of_texts(&[("main.pngine", &text)]);
                let before = program.compile();
                let Some(built) = &before.program else { continue };
                let after = program.mended(&before, &safe_fixes(&before)).compile();
                let rendered = diag::render(&after.sources, &after.diagnostics, false);
                let other = after.program.unwrap_or_else(|| panic!("{kind} {value}\n{rendered}"));
                assert_eq!(other.bytecode, built.bytecode, "{kind} {value}\n{rendered}");
            }
        }
    }
}

const QUAD: &str = "@vertex fn v(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i), 0, 0, 1); }";

/// A whole program around some declarations; the pass of the frame is `r`.
fn around(declarations: &str) -> String {
    format!(
        "#shaderModule shader {{ code=\"{QUAD} @fragment fn f() -> @location(0) vec4f {{ return vec4f(1); }}\" }}\n\
         #renderPipeline p {{ vertex={{ module=shader }} fragment={{ module=shader targets=[{{}}] }} }}\n{declarations}\n"
    )
}

/// Old spellings in places where the modern one means something else, or would become a part of what stands beside it.
const TRAPS: &[&str] = &[
    // Words that mean something of their own where they stand.
    "#texture contextCurrentTexture { size=[4 4] format=preferredCanvasFormat usage=[RENDER_ATTACHMENT] }
     #renderPass r { colorAttachments=[{ view=$texture.contextCurrentTexture }] pipeline=p draw=3 } #frame f { perform=[r] }",
    "#bindGroupLayout auto { entries=[] } #pipelineLayout auto { bindGroupLayouts=[auto] }
     #renderPipeline q { layout=$pipelineLayout.auto vertex={ module=shader } fragment={ module=shader targets=[{}] } }
     #renderPass r { pipeline=q draw=3 } #frame f { perform=[r] }",
    "#data pngineInputs { float32Array=[1 2 3 4] } #buffer b { size=16 usage=[UNIFORM] }
     #queue w { writeBuffer={ buffer=b data=\"$uniforms._builtin.PngineInputs.pngine.data\" } }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[w r] }",
    // A name that is a boolean or a number to the parser.
    "#renderPass 2d { pipeline=p draw=3 } #frame f { perform=[\"2d\"] }",
    // Two strings side by side, a string between words, and one before a parenthesis.
    "#renderPass a { pipeline=p draw=3 } #renderPass b { pipeline=p draw=3 } #renderPass ab { pipeline=p draw=3 } #frame f { perform=[\"a\"\"b\"ab\"a\"] }",
    "#renderPass r { pipeline=\"p\"draw=3 } #frame f { perform=[\"r\"] }",
    "#texture t { size=[\"$canvas.width\"(4)] format=rgba8unorm usage=[RENDER_ATTACHMENT] }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[r] }",
    // Flags whose modern spelling is a number.
    "#define RED=3
     #renderPipeline q { vertex={ module=shader } fragment={ module=shader targets=[{ writeMask=red }] } }
     #renderPass r { pipeline=q draw=3 } #frame f { perform=[r] }",
    // Defines that are read in places of two kinds, and in a shader.
    "#define BOTH=[vertex] #buffer vertex { size=24 usage=BOTH } #buffer more { size=24 usage=[vertex] }
     #renderPipeline q { vertex={ module=shader } fragment={ module=shader targets=[{}] } }
     #renderPass r { pipeline=q vertexBuffers=BOTH draw=3 } #frame f { perform=[r] }",
    "#define WIDE=canvasWidth #texture t { size=[WIDE 4] format=rgba8unorm usage=[RENDER_ATTACHMENT] }
     #shaderModule wide { code=\"@compute @workgroup_size(1) fn c() { let canvasWidth = 1; let x = WIDE; }\" }
     #computePipeline c { compute={ module=wide } } #computePass cp { pipeline=c dispatchWorkgroups=1 }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[cp r] }",
    "#define HALF=\"canvasWidth / 2\" #texture t { size=[HALF 4] format=rgba8unorm usage=[RENDER_ATTACHMENT] }
     #shaderModule wide { code=\"@compute @workgroup_size(1) fn c() { let canvasWidth = 1; let x = HALF; }\" }
     #computePipeline c { compute={ module=wide } } #computePass cp { pipeline=c dispatchWorkgroups=1 }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[cp r] }",
    "#define TEXT=\"$wgsl.part\" #wgsl part { value=\"@compute @workgroup_size(1) fn c() { }\" } #shaderModule m { code=TEXT }
     #computePipeline c { compute={ module=m } } #computePass cp { pipeline=c dispatchWorkgroups=1 }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[cp r] }",
    "#define PIPE=$renderPipeline.p #renderPass r { pipeline=PIPE draw=3 } #frame f { perform=[r] }",
    "#define W=\"$canvas.width\" #texture t { size=[W (W / 2)] format=rgba8unorm usage=[RENDER_ATTACHMENT] }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[r] }",
    // Strings over several lines, and with escapes.
    "#texture t { size=[\"canvasWidth\n / 2\" \"canvasHeight\\t/ 2\"] format=rgba8unorm usage=[RENDER_ATTACHMENT] }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[r] }",
    // An image and a uniform block of the same names.
    "#data a { file=\"assets/photo.png\" } #imageBitmap a { image=a } #shaderModule a { code=\"struct U { x: f32 } @group(0) @binding(0) var<uniform> width: U; @compute @workgroup_size(1) fn c() { _ = width.x; }\" }
     #buffer b { size=$a.width usage=[UNIFORM] } #buffer c { size=imageBitmaps.a.width usage=[COPY_DST] } #buffer d { size=\"$imageBitmap.a.height\" usage=[COPY_DST] }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[r] }",
    // References that name nothing, and a stretch of the program as a path.
    "#renderPass r { pipeline=$renderPipeline.nothing draw=3 } #frame f { perform=[r $queue.none] }",
    "#texture t { size=[canvas.width \"$canvas.height] format=rgba8unorm usage=[TEXTURE_BINDING] }
     #texture u { size=[canvas.width \"$canvas.height] format=rgba8unorm usage=[TEXTURE_BINDING] }
     #renderPass r { pipeline=p draw=3 } #frame f { perform=[r] }",
    "#pipeline q { vertex={ module=shader } fragment={ module=shader targets=[{}] } }#renderPass r { pipeline=q draw=3 } #frame f { perform=[r] }",
];

#[test]
fn safe_fixes_change_nothing_where_the_modern_spelling_means_something_else() {
    for trap in TRAPS {
        prove(trap, &Program::of_texts(&[("main.pngine", &around(trap))]));
    }
}

#[test]
fn a_module_with_the_name_of_a_text_has_no_fix() {
    let module = |color: &str| format!("{QUAD} @fragment fn f() -> @location(0) vec4f {{ return vec4f({color}); }}");
    let text = format!(
        "#wgsl code {{ value=\"{}\" }} #shaderModule code {{ code=\"{}\" }}
         #renderPipeline p {{ vertex={{ module=$wgsl.code }} fragment={{ module=$wgsl.code targets=[{{}}] }} }}
         #renderPass r {{ pipeline=p draw=3 }} #frame main {{ perform=[r] }}",
        module("1, 0, 0, 1"),
        module("0, 1, 0, 1")
    );
    let program = Program::of_texts(&[("main.pngine", &text)]);
    assert_eq!(prove("code", &program), 0);
    let compiled = program.compile();
    let lints = compiled.diagnostics.iter().filter(|finding| finding.code == Code::OldReference);
    let found: Vec<(&str, Option<&str>)> = lints.map(|lint| (lint.message.as_str(), lint.help.as_deref())).collect();
    let help = "`code` alone means something else here: rename one of the two, then write the bare name";
    assert_eq!(found, [("`$wgsl.code` is an old spelling", Some(help)); 2]);
}

#[test]
fn safe_fixes_leave_equal_declarations_equal() {
    let shared = "#define F=[copy-dst uniform]\n#buffer b { size=16 usage=[uniform copy-dst] }\n#buffer c { size=16 usage=F }\n";
    let main = format!(
        "#import \"one.pngine\"\n#import \"two.pngine\"\n{}",
        around(
            "#queue w { writeBuffer={ buffer=$buffer.b data=pngineInputs } } #renderPass r { pipeline=p draw=3 } #frame f { perform=[w r] }"
        )
    );
    let program = Program::of_texts(&[("main.pngine", &main), ("one.pngine", shared), ("two.pngine", shared)]);
    assert_eq!(prove("imports", &program), 1);
}
