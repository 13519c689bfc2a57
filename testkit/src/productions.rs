//! Everything of the language that can be repeated, each with a text that repeats it `n` times: the test of proportion counts what the
//! compiler allocates for them, and `cargo xtask proportion` shows how long it works.

/// Something that can be written again and again.
pub struct Production {
    /// What is repeated.
    pub name: &'static str,
    /// How often it is repeated at least: so often that what is repeated weighs more than the rest of the scene.
    pub least: usize,
    /// What stands before.
    head: &'static str,
    /// What is repeated. `§` is its number, `¤` the number before, or 0.
    part: &'static str,
    /// What stands behind.
    tail: Tail,
}

enum Tail {
    /// This text.
    Text(&'static str),
    /// The text, once for each part, and what ends the scene.
    Each(&'static str, &'static str),
}

impl Production {
    /// A scene with `count` of them.
    pub fn scene(&self, count: usize) -> String {
        let number = |text: &str, i: usize| text.replace('§', &i.to_string()).replace('¤', &i.saturating_sub(1).to_string());
        let mut out = String::from(self.head);
        (0..count).for_each(|i| out.push_str(&number(self.part, i)));
        match self.tail {
            Tail::Text(text) => out.push_str(text),
            Tail::Each(part, end) => {
                (0..count).for_each(|i| out.push_str(&number(part, i)));
                out.push_str(end);
            }
        }
        out
    }
}

/// A scene's text `head part* tail`.
const fn list(name: &'static str, least: usize, head: &'static str, part: &'static str, tail: &'static str) -> Production {
    Production { name, least, head, part, tail: Tail::Text(tail) }
}

/// A text `head open* close* tail`, or one whose tail names all parts.
const fn pairs(
    name: &'static str,
    least: usize,
    head: &'static str,
    part: &'static str,
    back: &'static str,
    tail: &'static str,
) -> Production {
    Production { name, least, head, part, tail: Tail::Each(back, tail) }
}

/// Parts of a function's body.
macro_rules! statements {
    ($name:literal, $least:literal, $part:literal) => {
        list(
            concat!("statement ", $name),
            $least,
            "#shaderModule s { code=\"@group(0) @binding(0) var<storage, read_write> b: array<f32, 64>; fn g() {} fn h(x: f32) -> f32 { return x; } \
             @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { var a = b[id.x]; var k = i32(id.y); ",
            $part,
            " b[0] = a + f32(k); }\" }\n#buffer b { size=256 usage=[STORAGE] } #computePipeline c { compute={ module=s } }
             #bindGroup g { layout={ pipeline=c } entries=[{ binding=0 resource=b }] }
             #computePass p { pipeline=c bindGroups=[g] dispatch=1 } #frame main { perform=[p] }",
        )
    };
    ($name:literal, $least:literal, $before:literal, $part:literal, $after:literal) => {
        list(
            concat!("statement ", $name),
            $least,
            concat!(
                "#shaderModule s { code=\"@group(0) @binding(0) var<storage, read_write> b: array<f32, 64>; fn g() {} fn h(x: f32) -> f32 { return x; } \
                 @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { var a = b[id.x]; var k = i32(id.y); ",
                $before
            ),
            $part,
            concat!($after, " b[0] = a + f32(k); }\" }\n#buffer b { size=256 usage=[STORAGE] } #computePipeline c { compute={ module=s } }
             #bindGroup g { layout={ pipeline=c } entries=[{ binding=0 resource=b }] }
             #computePass p { pipeline=c bindGroups=[g] dispatch=1 } #frame main { perform=[p] }"),
        )
    };
}

/// Declarations of a module: those before the entry point, and what its body says of each.
macro_rules! module {
    ($name:literal, $least:literal, $part:literal, $use:literal) => {
        pairs(
            concat!("module ", $name),
            $least,
            "#shaderModule s { code=\"",
            $part,
            $use,
            "\" }
             #buffer o { size=256 usage=[STORAGE] } #computePipeline c { compute={ module=s } }
             #bindGroup g { layout={ pipeline=c } entries=[{ binding=0 resource=o }] }
             #computePass p { pipeline=c bindGroups=[g] dispatch=1 } #frame main { perform=[p] }",
        )
    };
    ($name:literal, $least:literal, $part:literal) => {
        list(
            concat!("module ", $name),
            $least,
            "#shaderModule s { code=\"",
            $part,
            "@group(0) @binding(0) var<storage, read_write> o: array<f32, 64>; @compute @workgroup_size(1) fn main() { o[0] = 1.; }\" }
             #buffer o { size=256 usage=[STORAGE] } #computePipeline c { compute={ module=s } }
             #bindGroup g { layout={ pipeline=c } entries=[{ binding=0 resource=o }] }
             #computePass p { pipeline=c bindGroups=[g] dispatch=1 } #frame main { perform=[p] }",
        )
    };
}

/// Entries of a list of a render pass.
macro_rules! pass {
    ($name:literal, $least:literal, $before:literal, $part:literal, $after:literal) => {
        list(
            concat!("pass ", $name),
            $least,
            concat!(
                "#buffer i { size=4096 usage=[INDIRECT INDEX VERTEX UNIFORM] } #querySet q { count=4096 } #shaderModule m { code=\"
                 @vertex fn v() -> @builtin(position) vec4f { return vec4f(0); } @fragment fn f() -> @location(0) vec4f { return vec4f(0); }\" }
                 #renderPipeline r { vertex={ module=m } fragment={ module=m targets=[{}] } }
                 #renderBundle u { pipeline=r draw=3 }
                 #renderPass p { pipeline=r ",
                $before
            ),
            $part,
            concat!($after, " } #frame main { perform=[p] }"),
        )
    };
}

/// Actions of a queue.
macro_rules! queue {
    ($name:literal, $least:literal, $part:literal) => {
        list(
            concat!("queue ", $name),
            $least,
            "#buffer a { size=65536 usage=[COPY_SRC COPY_DST QUERY_RESOLVE] } #buffer b { size=65536 usage=[COPY_SRC COPY_DST QUERY_RESOLVE] }
             #texture t { size=[8 8] format=rgba8unorm usage=[COPY_SRC COPY_DST RENDER_ATTACHMENT] }
             #texture u { size=[8 8] format=rgba8unorm usage=[COPY_SRC COPY_DST RENDER_ATTACHMENT] }
             #querySet s { count=8 } #data d { float32Array=[1 2 3 4] } #data big { uint8Array={ numberOfElements=256 initEachElementWith=[\"1\"] } }
             #queue q { ",
            $part,
            " } #frame main { perform=[q] }",
        )
    };
}

/// All of them.
pub const PRODUCTIONS: &[Production] = &[
    // Text.
    list("blanks", 20_000, "", "    \n", "#frame main {}"),
    list("comments", 10_000, "", "// word\n", "#frame main {}"),
    list("open braces", 20_000, "", "{", ""),
    list("open brackets", 20_000, "#data d { float32Array=", "[", ""),
    list("closed brackets", 20_000, "#data d { float32Array=[1]", "]", "}"),
    list("open strings", 10_000, "", "#wgsl a { value=\"x }\n", ""),
    list("wrong bytes", 20_000, "", "; ", "#frame main {}"),
    list("hashes", 20_000, "", "# ", "#frame main {}"),
    list("unknown macros", 2_000, "", "#nothing a§ { b=1 }\n", "#frame main {}"),
    list("unknown properties", 2_000, "#frame main { ", "what§=1 ", "}"),
    list("one property again", 4_000, "#frame main { ", "perform=[] ", "}"),
    list("one name again", 2_000, "", "#buffer b { size=4 usage=[VERTEX] }\n", "#frame main {}"),
    list("missing equals", 4_000, "#frame main { ", "perform ", "}"),
    list("unknown names", 2_000, "#frame main { perform=[", "no§ ", "] }"),
    list("a long name", 100_000, "#buffer n", "a", " { size=4 usage=[VERTEX] } #frame main {}"),
    list("a long unknown name", 100_000, "#buffer b { size=4 usage=[VERTEX] } #frame main { perform=[n", "a", "] }"),
    list("a long path", 50_000, "#buffer b { size=c", ".a", " usage=[VERTEX] } #frame main {}"),
    list("a long number", 50_000, "#buffer b { size=1", "0", " usage=[VERTEX] } #frame main {}"),
    list("a long fraction", 50_000, "#define A=0.", "1", " #frame main {}"),
    list("a long string", 100_000, "#meta { title=\"", "ab", "\" } #frame main {}"),
    list("escapes", 50_000, "#meta { title=\"", "\\\\", "\" } #frame main {}"),
    list("a long imported path", 50_000, "#import \"", "a/", "\" #frame main {}"),
    list("imports that are not there", 1_000, "", "#import \"x§.pngine\"\n", "#frame main {}"),
    list("imports of itself", 1_000, "", "#import \"scene.pngine\"\n", "#frame main {}"),
    // Expressions and defines.
    list("defines", 2_000, "", "#define A§=§\n", "#frame main {}"),
    list("defines of defines", 2_000, "#define B=1\n", "#define A§=B + §\n", "#frame main {}"),
    list("operators", 4_000, "#define A=1", "+1", " #buffer b { size=A usage=[VERTEX] } #frame main {}"),
    list("operators in quotes", 4_000, "#buffer b { size=\"1", "+1", "\" usage=[VERTEX] } #frame main {}"),
    list("minus signs", 4_000, "#define A=", "-", "1 #buffer b { size=A usage=[VERTEX] } #frame main {}"),
    list("arguments", 4_000, "#buffer b { size=max(1", ", §", ") usage=[VERTEX] } #frame main {}"),
    pairs("defines used", 1_000, "", "#define A§=4\n", "#buffer b§ { size=A§ usage=[VERTEX] }\n", "#frame main {}"),
    list("a define that is used often", 2_000, "#define A=1\n#buffer b { size=max(1", ", A", ") usage=[VERTEX] } #frame main {}"),
    list(
        "uses of a sum of defines",
        64,
        "#define A=1\n#define B=[A A A A]\n#data d { float32Array=[",
        "A ",
        "] } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    // Declarations of every kind.
    list("wgsl", 1_000, "", "#wgsl w§ { value=\"fn f§() {}\" }\n", "#frame main {}"),
    list(
        "wgsl that imports",
        400,
        "#wgsl w0 { value=\"fn f() {}\" }\n",
        "#wgsl v§ { value=\"fn g§() {}\" imports=[w0] }\n",
        "#frame main {}",
    ),
    list("shader modules", 200, "", "#shaderModule s§ { code=\"@compute @workgroup_size(1) fn main() {}\" }\n", "#frame main {}"),
    list("buffers", 2_000, "", "#buffer b§ { size=4 usage=[VERTEX] }\n", "#frame main {}"),
    list("textures", 2_000, "", "#texture t§ { size=[4 4] format=rgba8unorm usage=[TEXTURE_BINDING] }\n", "#frame main {}"),
    list(
        "texture views",
        2_000,
        "#texture t { size=[4 4] format=rgba8unorm usage=[TEXTURE_BINDING] }\n",
        "#textureView v§ { texture=t }\n",
        "#frame main {}",
    ),
    list("samplers", 2_000, "", "#sampler s§ {}\n", "#frame main {}"),
    list("query sets", 2_000, "", "#querySet q§ {}\n", "#frame main {}"),
    list("data", 2_000, "", "#data d§ { float32Array=[1 § 3] }\n", "#frame main {}"),
    list(
        "data and buffers",
        1_000,
        "",
        "#data d§ { float32Array=[1 § 3] } #buffer b§ { size=d§ usage=[VERTEX] mappedAtCreation=d§ }\n",
        "#frame main {}",
    ),
    list(
        "generated data",
        1_000,
        "",
        "#data d§ { float32Array={ numberOfElements=4 initEachElementWith=[\"ELEMENT_ID + §\"] } } #buffer b§ { size=d§ usage=[VERTEX] mappedAtCreation=d§ }\n",
        "#frame main {}",
    ),
    list(
        "shapes",
        1_000,
        "",
        "#data d§ { cube={ size=§.5 indexed=true } } #buffer b§ { size=d§ usage=[VERTEX] mappedAtCreation=d§ } #buffer i§ { size=d§.indices usage=[INDEX] mappedAtCreation=d§.indices }\n",
        "#frame main {}",
    ),
    list(
        "bind group layouts",
        1_000,
        "",
        "#bindGroupLayout l§ { entries=[{ binding=0 visibility=[VERTEX] buffer={} }] }\n",
        "#frame main {}",
    ),
    list(
        "pipeline layouts",
        1_000,
        "#bindGroupLayout l { entries=[{ binding=0 visibility=[VERTEX] buffer={} }] }\n",
        "#pipelineLayout p§ { bindGroupLayouts=[l] }\n",
        "#frame main {}",
    ),
    list(
        "bind groups",
        1_000,
        "#buffer b { size=16 usage=[UNIFORM] } #bindGroupLayout l { entries=[{ binding=0 visibility=[VERTEX] buffer={} }] }\n",
        "#bindGroup g§ { layout=l entries=[{ binding=0 resource=b }] }\n",
        "#frame main {}",
    ),
    list(
        "render pipelines",
        500,
        "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); } @fragment fn f() -> @location(0) vec4f { return vec4f(0); }\" }\n",
        "#renderPipeline r§ { vertex={ module=m } fragment={ module=m targets=[{}] } }\n",
        "#frame main {}",
    ),
    list(
        "compute pipelines",
        500,
        "#shaderModule m { code=\"@compute @workgroup_size(1) fn main() {}\" }\n",
        "#computePipeline r§ { compute={ module=m } }\n",
        "#frame main {}",
    ),
    pairs(
        "render passes",
        500,
        "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); } @fragment fn f() -> @location(0) vec4f { return vec4f(0); }\" } #renderPipeline r { vertex={ module=m } fragment={ module=m targets=[{}] } }\n",
        "#renderPass p§ { pipeline=r draw=3 }\n",
        "#frame f§ { perform=[p§] }\n",
        "",
    ),
    list(
        "render passes of one frame",
        500,
        "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); } @fragment fn f() -> @location(0) vec4f { return vec4f(0); }\" } #renderPipeline r { vertex={ module=m } fragment={ module=m targets=[{}] } } #renderPass p { pipeline=r draw=3 } #frame main { perform=[",
        "p ",
        "] }",
    ),
    list(
        "compute passes",
        500,
        "#shaderModule m { code=\"@compute @workgroup_size(1) fn main() {}\" } #computePipeline r { compute={ module=m } }\n",
        "#computePass p§ { pipeline=r dispatch=1 }\n",
        "#frame main {}",
    ),
    pairs(
        "compute passes of one frame",
        500,
        "#shaderModule m { code=\"@compute @workgroup_size(1) fn main() {}\" } #computePipeline r { compute={ module=m } }\n",
        "#computePass p§ { pipeline=r dispatch=1 }\n",
        "",
        "#frame main { perform=[p1] }",
    ),
    pairs(
        "render bundles",
        500,
        "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); } @fragment fn f() -> @location(0) vec4f { return vec4f(0); }\" } #renderPipeline r { vertex={ module=m } fragment={ module=m targets=[{}] } }\n",
        "#renderBundle b§ { pipeline=r draw=3 }\n",
        "#renderPass p§ { executeBundles=[b§] }\n",
        "#frame main {}",
    ),
    list(
        "inits",
        200,
        "#shaderModule m { code=\"@group(0) @binding(0) var<storage, read_write> b: array<f32>; @compute @workgroup_size(1) fn main() { b[0] = 1.; }\" }\n",
        "#buffer b§ { size=16 usage=[STORAGE] } #init i§ { buffer=b§ shader=m }\n",
        "#frame main {}",
    ),
    pairs(
        "queues",
        500,
        "#buffer b { size=16 usage=[COPY_DST] }\n",
        "#queue q§ { clearBuffer={ buffer=b } }\n",
        "#frame f§ { perform=[q§] }\n",
        "",
    ),
    list(
        "frames",
        1_000,
        "#buffer b { size=16 usage=[COPY_DST] } #queue q { clearBuffer={ buffer=b } }\n",
        "#frame f§ { perform=[q] }\n",
        "",
    ),
    list(
        "scenes in a row",
        2_000,
        "#buffer b { size=16 usage=[COPY_DST] } #queue q { clearBuffer={ buffer=b } } #frame f { perform=[q] } #animation a { duration=999999 scenes=[",
        "{ id=s§ frame=f start=§.5 end=§.7 } ",
        "] }",
    ),
    list(
        "scenes that overlap",
        1_000,
        "#buffer b { size=16 usage=[COPY_DST] } #queue q { clearBuffer={ buffer=b } } #frame f { perform=[q] } #animation a { duration=999999 scenes=[",
        "{ id=s§ frame=f start=§ end=999999 } ",
        "] }",
    ),
    list(
        "scenes of one name",
        1_000,
        "#buffer b { size=16 usage=[COPY_DST] } #queue q { clearBuffer={ buffer=b } } #frame f { perform=[q] } #animation a { duration=999999 scenes=[",
        "{ id=s frame=f start=§.5 end=§.7 } ",
        "] }",
    ),
    list(
        "scenes backwards",
        2_000,
        "#buffer b { size=16 usage=[COPY_DST] } #queue q { clearBuffer={ buffer=b } } #frame f { perform=[q] } #animation a { duration=999999 scenes=[",
        "{ id=s§ frame=f start=(900000 - §) end=(900000.5 - §) } ",
        "] }",
    ),
    list(
        "fullscreen passes",
        60,
        "",
        "#pass p§ { code=\"@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f { return at; }\" }\n",
        "",
    ),
    list(
        "fullscreen passes that read the one before",
        60,
        "#pass p { code=\"@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f { return at; }\" }\n",
        "#pass q§ { code=\"@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f { return textureLoad(p, vec2u(at.xy), 0); }\" }\n",
        "",
    ),
    list(
        "fullscreen passes with nothing to read",
        60,
        "",
        "#pass p§ { deps=[] code=\"@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f { return at; }\" }\n",
        "",
    ),
    list("fullscreen passes without code", 500, "", "#pass p§ { code=\"\" }\n", ""),
    list("features", 2_000, "#device { requiredFeatures=[", "depth-clip-control ", "] } #frame main {}"),
    list("unknown features", 2_000, "#device { requiredFeatures=[", "feature-§ ", "] } #frame main {}"),
    list("limits", 2_000, "#device { requiredLimits={ ", "maxBufferSize=268435456 ", "} } #frame main {}"),
    // Lists.
    list(
        "numbers",
        10_000,
        "#data d { float32Array=[",
        "§ ",
        "] } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list(
        "numbers with signs",
        10_000,
        "#data d { float32Array=[",
        "-§ ",
        "] } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list(
        "wrong numbers",
        4_000,
        "#data d { uint8Array=[",
        "999 ",
        "] } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list(
        "base64",
        20_000,
        "#data d { base64=\"",
        "AAAA",
        "\" } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list(
        "lanes",
        1_000,
        "#data d { float32Array={ numberOfElements=4 initEachElementWith=[",
        "\"ELEMENT_ID\" ",
        "] } } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list(
        "operators of a lane",
        1_000,
        "#data d { float32Array={ numberOfElements=4 initEachElementWith=[\"ELEMENT_ID",
        "+ELEMENT_ID",
        "\"] } } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list(
        "constants of a lane",
        1_000,
        "#data d { float32Array={ numberOfElements=4 initEachElementWith=[\"ELEMENT_ID*max(1",
        ",1",
        ")\"] } } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list(
        "generated elements",
        20_000,
        "#data d { float32Array={ numberOfElements=(1",
        "+1",
        ") initEachElementWith=[\"random()\"] } } #buffer b { size=d usage=[VERTEX] mappedAtCreation=d } #frame main {}",
    ),
    list("usages", 4_000, "#buffer b { size=4 usage=[", "VERTEX ", "] } #frame main {}"),
    list(
        "view formats",
        2_000,
        "#texture t { size=[4 4] format=rgba8unorm usage=[TEXTURE_BINDING] viewFormats=[",
        "rgba8unorm-srgb ",
        "] } #frame main {}",
    ),
    list(
        "entries of a bind group",
        500,
        "#buffer b { size=16 usage=[UNIFORM] } #bindGroupLayout l { entries=[{ binding=0 visibility=[VERTEX] buffer={} }] } #bindGroup g { layout=l entries=[",
        "{ binding=§ resource=b } ",
        "] } #frame main {}",
    ),
    list(
        "entries of a layout",
        500,
        "#bindGroupLayout l { entries=[",
        "{ binding=§ visibility=[COMPUTE] sampler={} } ",
        "] } #frame main {}",
    ),
    pairs(
        "entries of a group and its layout",
        400,
        "#device { requiredLimits={ maxBindingsPerBindGroup=65535 maxSamplersPerShaderStage=65535 } } #sampler s {} #bindGroupLayout l { entries=[",
        "{ binding=§ visibility=[COMPUTE] sampler={} } ",
        "",
        "] } #frame main {}",
    ),
    list(
        "layouts of a pipeline layout",
        500,
        "#bindGroupLayout l { entries=[] } #pipelineLayout p { bindGroupLayouts=[",
        "l ",
        "] } #frame main {}",
    ),
    list(
        "attributes",
        500,
        "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); }\" } #renderPipeline r { vertex={ module=m buffers=[{ attributes=[",
        "{ shaderLocation=0 format=float32 } ",
        "] }] } } #frame main {}",
    ),
    list(
        "vertex buffer layouts",
        500,
        "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); }\" } #renderPipeline r { vertex={ module=m buffers=[",
        "{ arrayStride=4 } ",
        "] } } #frame main {}",
    ),
    list(
        "constants of a stage",
        500,
        "#shaderModule m { code=\"override a = 1.; @compute @workgroup_size(1) fn main() { _ = a; }\" } #computePipeline r { compute={ module=m constants={ ",
        "a§=1 ",
        "} } } #frame main {}",
    ),
    list(
        "targets",
        500,
        "#shaderModule m { code=\"@vertex fn v() -> @builtin(position) vec4f { return vec4f(0); } @fragment fn f() -> @location(0) vec4f { return vec4f(0); }\" } #renderPipeline r { vertex={ module=m } fragment={ module=m targets=[",
        "{} ",
        "] } } #frame main {}",
    ),
    list(
        "imports of a fragment",
        1_000,
        "#wgsl w { value=\"fn f() {}\" } #shaderModule s { code=\"@compute @workgroup_size(1) fn main() {}\" imports=[",
        "w ",
        "] } #frame main {}",
    ),
    pairs(
        "fragments of one module",
        200,
        "",
        "#wgsl w§ { value=\"fn f§() {}\" }\n",
        "#shaderModule s§ { imports=[w§] code=\"@compute @workgroup_size(1) fn main() { f§(); }\" }\n",
        "#frame main {}",
    ),
    list(
        "a chain of fragments",
        60,
        "#wgsl w0 { value=\"fn f0() {}\" }\n",
        "#wgsl v§ { value=\"fn g§() {}\" imports=[v¤ w0] }\n",
        "#frame main {}",
    ),
    list(
        "floats of an init",
        1_000,
        "#buffer b { size=16 usage=[STORAGE] } #shaderModule m { code=\"@group(0) @binding(0) var<storage, read_write> b: array<f32>; @compute @workgroup_size(1) fn main() { b[0] = 1.; }\" } #init i { buffer=b shader=m params=[",
        "1 ",
        "] } #frame main {}",
    ),
    list(
        "items of a frame",
        2_000,
        "#buffer b { size=16 usage=[COPY_DST] } #queue q { clearBuffer={ buffer=b } } #frame main { perform=[",
        "q ",
        "] }",
    ),
    list(
        "dependencies of a pass",
        1_000,
        "#pass p { code=\"@fragment fn main() -> @location(0) vec4f { return vec4f(1); }\" } #pass q { code=\"@fragment fn main() -> @location(0) vec4f { return vec4f(1); }\" deps=[",
        "p ",
        "] }",
    ),
    list(
        "arguments of a call",
        1_000,
        "#wasmCall w { module={ url=\"x\" } func=f returns=void args=[",
        "time.total ",
        "] } #frame main {}",
    ),
    pairs(
        "buffers of an init",
        60,
        "#shaderModule m { code=\"@group(0) @binding(0) var<storage, read_write> b: array<f32>; @compute @workgroup_size(1) fn main() { b[0] = 1.; }\" } #buffer b { size=16 usage=[STORAGE] }\n",
        "#buffer x§ { size=16 usage=[STORAGE] }\n",
        "",
        "#init i { buffer=b shader=m bindings={ } } #frame main {}",
    ),
    pass!("draws", 1_000, "draw=[", "[§ 1] ", "]"),
    pass!("draw objects", 1_000, "draw=[", "{ vertexCount=3 } ", "]"),
    pass!("commands", 1_000, "commands=[", "{ draw=3 } ", "]"),
    pass!("wrong commands", 1_000, "commands=[", "{ drow=3 } ", "]"),
    pass!("pipelines", 1_000, "commands=[", "{ pipeline=r } ", "]"),
    pass!("vertex buffers", 1_000, "vertexBuffers=[", "i ", "]"),
    pass!("vertex buffer commands", 1_000, "commands=[", "{ vertexBuffer={ slot=0 buffer=i } } ", "]"),
    pass!("bundles", 1_000, "executeBundles=[", "u ", "]"),
    pass!("indirect draws", 1_000, "indexBuffer=i drawIndirect=[", "{ buffer=i offset=0 } ", "]"),
    pass!("attachments", 500, "colorAttachments=[", "{} ", "]"),
    pass!("bind groups", 500, "bindGroups=[", "nothing ", "]"),
    queue!("writes", 500, "writeBuffer={ buffer=a data=d } "),
    queue!("writes to places of their own", 500, "writeBuffer={ buffer=a bufferOffset=(§ * 16 % 65536) data=d } "),
    queue!(
        "writes after copies",
        500,
        "copyBufferToBuffer={ source=a destination=b size=16 sourceOffset=(§ * 16 % 65536) destinationOffset=(§ * 16 % 65536) } writeBuffer={ buffer=a bufferOffset=(§ * 16 % 65536) data=d } "
    ),
    queue!("texture writes", 500, "writeTexture={ texture=t data=big bytesPerRow=32 } "),
    queue!("buffer copies", 500, "copyBufferToBuffer={ source=a destination=b } "),
    queue!("texture copies", 500, "copyTextureToTexture={ source={ texture=t } destination={ texture=u } } "),
    queue!(
        "copies of buffers to textures",
        500,
        "copyBufferToTexture={ source={ buffer=a bytesPerRow=256 } destination={ texture=t } } "
    ),
    queue!(
        "copies of textures to buffers",
        500,
        "copyTextureToBuffer={ source={ texture=t } destination={ buffer=a bytesPerRow=256 } } "
    ),
    queue!("clears", 500, "clearBuffer={ buffer=a } "),
    queue!("resolved queries", 500, "resolveQuerySet={ querySet=s destination=a } "),
    // WGSL: statements.
    statements!("a += 1.", 1_000, "a += 1.;\n"),
    statements!("compound assignments", 1_000, "a *= 1.5 + a;\n"),
    statements!("assignments", 1_000, "a = a + 1.;\n"),
    statements!("increments", 1_000, "k++;\n"),
    statements!("phony assignments", 1_000, "_ = a;\n"),
    statements!("stores to a buffer", 1_000, "b[k & 63] = a;\n"),
    statements!("calls", 1_000, "g();\n"),
    statements!("calls with a result", 1_000, "a = h(a);\n"),
    statements!("built-in functions", 1_000, "a = sin(a);\n"),
    statements!("empty statements", 2_000, ";"),
    statements!("blocks", 1_000, "{ a += 1.; }\n"),
    statements!("empty blocks", 1_000, "{}\n"),
    statements!("vars", 400, "var v§ = a; a = v§;\n"),
    statements!("vars without use", 400, "var v§: f32;\n"),
    statements!("lets", 400, "let v§ = a + 1.; a = v§;\n"),
    statements!("consts", 400, "const v§ = 1.; a += v§;\n"),
    statements!("one name in many blocks", 400, "{ var v = a; a = v; }\n"),
    statements!("lets of lets", 400, "let v = a; ", "let v§ = v; let w§ = v§; ", ""),
    statements!("ifs", 400, "if (a > 1.) { a += 1.; }\n"),
    statements!("ifs with else", 400, "if (a > 1.) { a += 1.; } else { a -= 1.; }\n"),
    statements!("else ifs", 60, "if a < 0. { a = 1.; } ", "else if a > §. { a += 1.; }\n", ""),
    statements!("switches", 400, "switch k { case 1 { a += 1.; } default {} }\n"),
    statements!("cases", 400, "switch k { ", "case § { a += 1.; }\n", "default {} }"),
    statements!("empty cases", 400, "switch k { ", "case § {}\n", "default {} }"),
    statements!("selectors", 400, "switch k { case ", "§, ", "4000000 { a = 1.; } default {} }"),
    statements!("loops", 400, "loop { a += 1.; if a > 1. { break; } }\n"),
    statements!("fors", 400, "for (var i = 0; i < 4; i++) { a += 1.; }\n"),
    statements!("whiles", 400, "while a > 1. { a -= 1.; }\n"),
    statements!("returns", 400, "if a > 1. { return; }\n"),
    statements!("breaks of one loop", 400, "loop { if a > 9. { break; } ", "if a > 1. { break; }\n", "}"),
    statements!("continues of one loop", 400, "loop { if a > 9. { break; } ", "if a > 1. { continue; }\n", "}"),
    statements!("const_asserts", 1_000, "const_assert 1 < 2;\n"),
    statements!("discarded names", 400, "let x = nothing§;\n"),
    statements!("pointers", 400, "let p§ = &a; *p§ += 1.;\n"),
    statements!("vars and ifs", 200, "var v§ = a; if v§ > 1. { a = v§; }\n"),
    statements!("barriers", 400, "workgroupBarrier();\n"),
    // WGSL: expressions.
    statements!("operators", 400, "a = 1.", " + a", ";"),
    statements!("constant operators", 400, "a = 1.", " + 1.", ";"),
    statements!("parentheses", 60, "a = ", "(", "1.;"),
    statements!("arguments of vec", 500, "a = vec4f(", "a, ", "a).x;"),
    statements!("arguments of array", 500, "let x = array(", "a, ", "a); a = x[k];"),
    statements!("constants of array", 500, "let x = array(", "§.5, ", "1.); a = x[k];"),
    statements!("arguments of max", 500, "a = max(", "a, ", "a);"),
    statements!("arguments of a function", 200, "a = h(", "a, ", "a);"),
    statements!("swizzles", 200, "a = vec4f(1).xyzw", ".xyzw", ".x;"),
    statements!("indices", 200, "a = b[0]", "[0]", ";"),
    statements!("constant calls", 500, "a += sin(1.5);\n"),
    statements!("long chains of calls", 60, "a = ", "h(", "a;"),
    list(
        "a long name in WGSL",
        20_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn n",
        "a",
        "() {}\" } #frame main {}",
    ),
    pairs(
        "a long name that is used",
        4_000,
        "#shaderModule s { code=\"fn n",
        "a",
        "a",
        "() {} @compute @workgroup_size(1) fn main() {}\" } #frame main {}",
    ),
    list(
        "a long number in WGSL",
        4_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn main() { let x = 1",
        "0",
        ".; }\" } #frame main {}",
    ),
    list(
        "comments in WGSL",
        4_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn main() {} ",
        "// word\n",
        "\" } #frame main {}",
    ),
    list(
        "nested comments in WGSL",
        4_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn main() {} ",
        "/* ",
        "\" } #frame main {}",
    ),
    list(
        "wrong characters in WGSL",
        4_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn main() {} ",
        "$ ",
        "\" } #frame main {}",
    ),
    list(
        "at signs in WGSL",
        4_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn main() {} ",
        "@a ",
        "\" } #frame main {}",
    ),
    list(
        "open angle brackets in WGSL",
        4_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn main() { let x = ",
        "a < ",
        "1; }\" } #frame main {}",
    ),
    list(
        "closed brackets in WGSL",
        4_000,
        "#shaderModule s { code=\"@compute @workgroup_size(1) fn main() { let x = ",
        ")",
        "1; }\" } #frame main {}",
    ),
    list(
        "attributes with parentheses",
        2_000,
        "#shaderModule s { code=\"",
        "@id(§) ",
        "@compute @workgroup_size(1) fn main() {}\" } #frame main {}",
    ),
    list("words without sense", 2_000, "#shaderModule s { code=\"", "word ", "\" } #frame main {}"),
    list("functions without ends", 500, "#shaderModule s { code=\"", "fn f§( ", "\" } #frame main {}"),
    list(
        "errors in functions",
        100,
        "#shaderModule s { code=\"",
        "fn f§() -> f32 { return no§; }\n",
        "@compute @workgroup_size(1) fn main() {}\" } #frame main {}",
    ),
    list(
        "defines in WGSL",
        400,
        "#define A=1\n#shaderModule s { code=\"@compute @workgroup_size(1) fn main() { var a = 1; ",
        "a += A;\n",
        "}\" } #frame main {}",
    ),
    pairs(
        "defines of WGSL",
        200,
        "",
        "#define A§=1\n",
        "#shaderModule s§ { code=\"const a = A§; @compute @workgroup_size(a) fn main() {}\" }\n",
        "#frame main {}",
    ),
    // WGSL: declarations.
    module!("functions", 200, "fn f§() {}\n"),
    module!("functions with parameters", 200, "fn f§(a: f32, b: vec4f) -> f32 { return a + b.x; }\n"),
    module!("functions that call the last", 60, "fn f§() -> f32 { return 1.; } fn g§() -> f32 { return f¤() + f§(); }\n"),
    list(
        "parameters",
        60,
        "#shaderModule s { code=\"fn f(",
        "a§: f32, ",
        "b: f32) {} @compute @workgroup_size(1) fn main() {}\" } #frame main {}",
    ),
    module!("structs", 200, "struct S§ { a: f32, b: vec4f }\n"),
    module!("aliases", 200, "alias T§ = vec4f;\n"),
    module!("consts", 200, "const c§ = §.;\n"),
    module!("consts of consts", 200, "const d§ = 1.; const c§ = d§ + d§;\n"),
    module!("const vectors", 200, "const c§ = vec4f(§., 1., 2., 3.);\n"),
    module!("overrides", 200, "override o§ = §.;\n"),
    module!("private variables", 200, "var<private> v§: f32 = §.;\n"),
    module!("const_asserts", 200, "const_assert 1 < 2;\n"),
    module!("entry points", 60, "@compute @workgroup_size(1) fn e§() {}\n"),
    module!("uniforms", 60, "@group(1) @binding(§) var<uniform> u§: vec4f;\n"),
    module!("textures", 60, "@group(1) @binding(§) var t§: texture_2d<f32>;\n"),
    module!("enables", 200, "enable f16;\n"),
    module!("semicolons", 2_000, ";"),
    list(
        "members",
        200,
        "#shaderModule s { code=\"struct S { ",
        "m§: f32, ",
        "} @group(0) @binding(0) var<storage, read_write> o: S; @compute @workgroup_size(1) fn main() { o.m0 = 1.; }\" } #buffer b { size=s.o usage=[STORAGE] } #frame main {}",
    ),
    list(
        "members of vectors",
        200,
        "#shaderModule s { code=\"struct S { ",
        "m§: vec3f, ",
        "} @group(0) @binding(0) var<storage, read_write> o: S; @compute @workgroup_size(1) fn main() { o.m0 = vec3f(1); }\" } #buffer b { size=s.o usage=[STORAGE] } #frame main {}",
    ),
    list(
        "a constant array",
        500,
        "#shaderModule s { code=\"const a = array(",
        "§., ",
        "1.); @compute @workgroup_size(1) fn main() { let x = a[0]; }\" } #frame main {}",
    ),
    list(
        "a constant array of vectors",
        500,
        "#shaderModule s { code=\"const a = array(",
        "vec4f(§., 1.5, 0.25, 1.), ",
        "vec4f(1.)); @compute @workgroup_size(1) fn main() { let x = a[0]; }\" } #frame main {}",
    ),
    list(
        "a typed constant array",
        500,
        "#shaderModule s { code=\"const a = array<vec4<f32>, 4>(",
        "vec4<f32>(1.0, 1.5, 0.25, 1.0), ",
        "vec4f(1.)); @compute @workgroup_size(1) fn main() { let x = a[0]; }\" } #frame main {}",
    ),
    list(
        "a private array",
        500,
        "#shaderModule s { code=\"var<private> a = array(",
        "§., ",
        "1.); @compute @workgroup_size(1) fn main() { let x = a[0]; }\" } #frame main {}",
    ),
    list(
        "types in types",
        60,
        "#shaderModule s { code=\"alias T0 = f32; ",
        "alias U§ = array<f32, §1>; ",
        "@compute @workgroup_size(1) fn main() {}\" } #frame main {}",
    ),
    list(
        "interface variables",
        60,
        "#shaderModule s { code=\"struct S { @builtin(position) p: vec4f, ",
        "@location(§) m§: f32, ",
        "} @vertex fn v() -> S { return S(); } @fragment fn f(s: S) -> @location(0) vec4f { return vec4f(s.m0); }\" } #renderPipeline r { vertex={ module=s } fragment={ module=s targets=[{}] } } #renderPass p { pipeline=r draw=3 } #frame main { perform=[p] }",
    ),
    pairs(
        "overrides that a pipeline sets",
        100,
        "#shaderModule s { code=\"",
        "@id(§) override o§ = 1.;\n",
        "",
        "@compute @workgroup_size(1) fn main() { let x = o0; }\" } #computePipeline c { compute={ module=s constants={ 0=1 } } } #frame main {}",
    ),
];
