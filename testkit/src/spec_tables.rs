//! Tables of the WebGPU specification as rows, and scenes made from them. The values are the specification's, section 26.1, and not
//! those of our own tables: that is what they are for.

/// Plain color formats. Source: WebGPU, 26.1.1. Columns: format, feature that it needs, sample types (f: filterable float, u: float that
/// cannot be filtered, s, i: signed and unsigned integers), then RENDER_ATTACHMENT, blendable, multisampling, resolve, and storage
/// write-only, read-only and read-write: `y` always, `-` never, else by the feature of [`FEATURES`] with this letter.
pub const COLORS: &str = "
r8unorm - f y y y y 1 1 2
r8snorm - f 1 1 1 1 1 1 -
r8uint - i y - y - 1 1 2
r8sint - s y - y - 1 1 2
rg8unorm - f y y y y 1 1 -
rg8snorm - f 1 1 1 1 1 1 -
rg8uint - i y - y - 1 1 -
rg8sint - s y - y - 1 1 -
rgba8unorm - f y y y y y y 2
rgba8unorm-srgb - f y y y y - - -
rgba8snorm - f 1 1 1 1 y y -
rgba8uint - i y - y - y y 2
rgba8sint - s y - y - y y 2
bgra8unorm - f y y y y b - -
bgra8unorm-srgb - f y y y y - - -
r16unorm 1 u y y y - y y -
r16snorm 1 u y y y - y y -
r16uint - i y - y - 1 1 2
r16sint - s y - y - 1 1 2
r16float - f y y y y 1 1 2
rg16unorm 1 u y y y - y y -
rg16snorm 1 u y y y - y y -
rg16uint - i y - y - 1 1 -
rg16sint - s y - y - 1 1 -
rg16float - f y y y y 1 1 -
rgba16unorm 1 u y y y - y y -
rgba16snorm 1 u y y y - y y -
rgba16uint - i y - y - y y 2
rgba16sint - s y - y - y y 2
rgba16float - f y y y y y y 2
r32uint - i y - - - y y y
r32sint - s y - - - y y y
r32float - F y B y - y y y
rg32uint - i y - - - y y -
rg32sint - s y - - - y y -
rg32float - F y B - - y y -
rgba32uint - i y - - - y y 2
rgba32sint - s y - - - y y 2
rgba32float - F y B - - y y 2
rgb10a2uint - i y - y - 1 1 -
rgb10a2unorm - f y y y y 1 1 -
rg11b10ufloat - f r r r r 1 1 -
rgb9e5ufloat - f - - - - - - -
";

/// The letters of [`COLORS`]. Source: WebGPU, 3.6.1.1 "Feature dependencies": a later tier brings the earlier one, and that
/// rg11b10ufloat-renderable.
pub const FEATURES: &[(char, &[&str])] = &[
    ('1', &["texture-formats-tier1", "texture-formats-tier2"]),
    ('2', &["texture-formats-tier2"]),
    ('b', &["bgra8unorm-storage"]),
    ('B', &["float32-blendable"]),
    ('F', &["float32-filterable"]),
    ('r', &["rg11b10ufloat-renderable", "texture-formats-tier1", "texture-formats-tier2"]),
];

/// Sets of features that a scene may ask for.
pub const DEVICES: &[&[&str]] = &[
    &[],
    &["bgra8unorm-storage", "float32-blendable", "float32-filterable", "rg11b10ufloat-renderable"],
    &["texture-formats-tier1"],
    &["texture-formats-tier2", "bgra8unorm-storage"],
];

/// Vertex formats with the WGSL type that reads them and their size in bytes. Source: WebGPU, 10.3.7.1.
pub const VERTEX_FORMATS: &str = "
uint8 u32 1
uint8x2 u32 2
uint8x4 u32 4
sint8 i32 1
sint8x2 i32 2
sint8x4 i32 4
unorm8 f32 1
unorm8x2 f32 2
unorm8x4 f32 4
snorm8 f32 1
snorm8x2 f32 2
snorm8x4 f32 4
uint16 u32 2
uint16x2 u32 4
uint16x4 u32 8
sint16 i32 2
sint16x2 i32 4
sint16x4 i32 8
unorm16 f32 2
unorm16x2 f32 4
unorm16x4 f32 8
snorm16 f32 2
snorm16x2 f32 4
snorm16x4 f32 8
float16 f32 2
float16x2 f32 4
float16x4 f32 8
float32 f32 4
float32x2 f32 8
float32x3 f32 12
float32x4 f32 16
uint32 u32 4
uint32x2 u32 8
uint32x3 u32 12
uint32x4 u32 16
sint32 i32 4
sint32x2 i32 8
sint32x3 i32 12
sint32x4 i32 16
unorm10-10-10-2 f32 4
unorm8x4-bgra f32 4
";

/// Blend factors, and whether they read the shader's alpha. Source: WebGPU, 10.3.6.1. Those with src1 need a feature.
pub const BLEND_FACTORS: &[(&str, bool)] = &[
    ("zero", false),
    ("one", false),
    ("src", false),
    ("one-minus-src", false),
    ("src-alpha", true),
    ("one-minus-src-alpha", true),
    ("dst", false),
    ("one-minus-dst", false),
    ("dst-alpha", false),
    ("one-minus-dst-alpha", false),
    ("src-alpha-saturated", true),
    ("constant", false),
    ("one-minus-constant", false),
];

/// Depth and stencil formats: depth, stencil, and for each of the two whether it can be copied out of and into: `o`, `i`, `b` for both,
/// `-` for neither. Source: WebGPU, 26.1.2.
pub const DEPTHS: &[(&str, &str, &str)] = &[
    ("stencil8", "", "b"),
    ("depth16unorm", "b", ""),
    ("depth24plus", "-", ""),
    ("depth24plus-stencil8", "-", "b"),
    ("depth32float", "o", ""),
    ("depth32float-stencil8", "o", "b"),
];

/// A scene that should be accepted, or not, and why: `r8snorm blended`.
pub struct Case {
    /// What is tried.
    pub name: String,
    /// The scene.
    pub scene: String,
    /// Whether WebGPU takes it.
    pub accepted: bool,
}

const SHADER: &str = "
#shaderModule shader { code=\"
  @vertex fn corner() -> @builtin(position) vec4f { return vec4f(); }
  @fragment fn floats() -> @location(0) vec4f { return vec4f(); }
  @fragment fn pair() -> @location(0) vec2f { return vec2f(); }
  @fragment fn signed() -> @location(0) vec4i { return vec4i(); }
  @fragment fn unsigned() -> @location(0) vec4u { return vec4u(); }
\" }
";

fn device(features: &[&str]) -> String {
    if features.is_empty() { String::new() } else { format!("#device {{ requiredFeatures=[{}] }}\n", features.join(" ")) }
}

/// What each color format can do on each device.
pub fn color_formats() -> Vec<Case> {
    let mut cases = Vec::new();
    for features in DEVICES {
        for row in COLORS.lines().filter(|line| !line.is_empty()) {
            let columns: Vec<&str> = row.split(' ').collect();
            let &[format, needs, sample, render, blend, many, resolve, write, read, both] = columns.as_slice() else {
                panic!("a row of ten columns: {row}");
            };
            let has = |mark: &str| match mark {
                "y" => true,
                "-" => false,
                letter => FEATURES
                    .iter()
                    .find(|(known, _)| letter.starts_with(*known))
                    .is_some_and(|(_, names)| names.iter().any(|name| features.contains(name))),
            };
            let there = needs == "-" || has(needs);
            let filterable = sample == "f" || sample == "F" && has("F");
            let (kind, entry) = match sample {
                "i" => ("uint", "unsigned"),
                "s" => ("sint", "signed"),
                _ => ("float", "floats"),
            };
            let mut add = |what: &str, accepted: bool, scene: String| {
                cases.push(Case {
                    name: format!("{format} {what} with [{}]", features.join(" ")),
                    scene: format!("{}{scene}", device(features)),
                    accepted: accepted && there,
                });
            };
            let attached = |texture: &str, rest: &str| {
                format!(
                    "{SHADER}#texture t {{ size=[4 4] format={format} {texture} }}
                     #renderPass p {{ colorAttachments=[{{ view=t {rest} }}] }} #frame main {{ perform=[p] }}"
                )
            };
            add("drawn to", has(render), attached("usage=[RENDER_ATTACHMENT]", "").replace(SHADER, ""));
            let many_texture = "usage=[RENDER_ATTACHMENT] sampleCount=4";
            add("multisampled", has(render) && has(many), attached(many_texture, "").replace(SHADER, ""));
            let target = format!("#texture r {{ size=[4 4] format={format} usage=[RENDER_ATTACHMENT] }}\n");
            let resolved = attached(many_texture, "resolveTarget=r").replace(SHADER, &target);
            add("resolved", has(render) && has(many) && has(resolve), resolved);
            for (what, blending, accepted) in [
                ("a target", "", has(render)),
                ("blended", " blend={ color={ srcFactor=one dstFactor=one } alpha={} }", has(render) && has(blend)),
            ] {
                let pipeline = format!(
                    "{SHADER}#renderPipeline pipe {{
                       vertex={{ module=shader }} fragment={{ module=shader entryPoint={entry} targets=[{{ format={format}{blending} }}] }}
                     }}\n"
                );
                let scene = attached("usage=[RENDER_ATTACHMENT]", "").replace(SHADER, &pipeline);
                add(what, accepted, scene.replace("#renderPass p {", "#renderPass p { pipeline=pipe"));
            }
            for (access, mark) in [("write-only", write), ("read-only", read), ("read-write", both)] {
                let scene = format!(
                    "#bindGroupLayout l {{ entries=[{{ binding=0 visibility=[COMPUTE] storageTexture={{ format={format} access={access} }} }}] }}
                     #texture t {{ size=[4 4] format={format} usage=[STORAGE_BINDING] }}
                     #bindGroup g {{ layout=l entries=[{{ resource=t }}] }}
                     #renderPass p {{ bindGroups=[g] }} #frame main {{ perform=[p] }}"
                );
                add(&format!("stored {access}"), has(mark), scene);
            }
            for ty in ["float", "unfilterable-float", "depth", "sint", "uint"] {
                let accepted = match ty {
                    "float" => kind == "float" && filterable,
                    "unfilterable-float" => kind == "float",
                    ty => kind == ty,
                };
                let scene = format!(
                    "#bindGroupLayout l {{ entries=[{{ binding=0 visibility=[COMPUTE] texture={{ sampleType={ty} }} }}] }}
                     #texture t {{ size=[4 4] format={format} usage=[TEXTURE_BINDING] }}
                     #bindGroup g {{ layout=l entries=[{{ resource=t }}] }}
                     #renderPass p {{ bindGroups=[g] }} #frame main {{ perform=[p] }}"
                );
                add(&format!("bound as {ty}"), accepted, scene);
            }
            let solid = format!(
                "#bindGroupLayout l {{ entries=[{{ binding=0 visibility=[COMPUTE] texture={{ sampleType={} viewDimension=\"3d\" }} }}] }}
                 #texture t {{ size=[4 4 4] dimension=\"3d\" format={format} usage=[TEXTURE_BINDING] }}
                 #bindGroup g {{ layout=l entries=[{{ resource=t }}] }}
                 #renderPass p {{ bindGroups=[g] }} #frame main {{ perform=[p] }}",
                if kind == "float" { "unfilterable-float" } else { kind }
            );
            add("in 3d", true, solid);
        }
    }
    cases
}

/// Vertex formats against the types of shaders, and their sizes against strides.
pub fn vertex_formats() -> Vec<Case> {
    let mut cases = Vec::new();
    for row in VERTEX_FORMATS.lines().filter(|line| !line.is_empty()) {
        let columns: Vec<&str> = row.split(' ').collect();
        let &[format, scalar, size] = columns.as_slice() else { panic!("a row of three columns: {row}") };
        let size: u32 = size.parse().expect("a size");
        let mut add = |what: String, ty: &str, stride: u32, offset: u32, accepted: bool| {
            let scene = format!(
                "#shaderModule s {{ code=\"
                   @vertex fn corner(@location(0) a: {ty}) -> @builtin(position) vec4f {{ return vec4f(f32(a.x)); }}
                   @fragment fn paint() -> @location(0) vec4f {{ return vec4f(); }}
                 \" }}
                 #renderPipeline pipe {{
                   vertex={{ module=s buffers=[{{ arrayStride={stride} attributes=[{{ shaderLocation=0 offset={offset} format={format} }}] }}] }}
                   fragment={{ module=s targets=[{{}}] }}
                 }}
                 #renderPass p {{ pipeline=pipe }} #frame main {{ perform=[p] }}"
            );
            cases.push(Case { name: format!("{format} {what}"), scene, accepted });
        };
        for other in ["f32", "u32", "i32"] {
            add(format!("as {other}"), &format!("vec4<{other}>"), 16, 0, other == scalar);
        }
        let unit = size.min(4);
        add("at the end of a stride".to_string(), &format!("vec4<{scalar}>"), 16, 16 - size, true);
        add("past the end of a stride".to_string(), &format!("vec4<{scalar}>"), 16, 16 - size + unit, false);
        if unit > 1 {
            add("between its places".to_string(), &format!("vec4<{scalar}>"), 32, unit / 2, false);
        }
    }
    cases
}

/// Blend factors with every operation, for outputs with and without alpha.
pub fn blending() -> Vec<Case> {
    let mut cases = Vec::new();
    for operation in ["add", "subtract", "reverse-subtract", "min", "max"] {
        for (factor, reads_alpha) in BLEND_FACTORS {
            for (source, destination) in [(*factor, "one"), ("one", *factor)] {
                for (entry, format, has_alpha) in [("floats", "rgba8unorm", true), ("pair", "rg8unorm", false)] {
                    let scene = format!(
                        "{SHADER}#texture t {{ size=[4 4] format={format} usage=[RENDER_ATTACHMENT] }}
                         #renderPipeline pipe {{
                           vertex={{ module=shader }}
                           fragment={{ module=shader entryPoint={entry} targets=[{{ format={format} blend={{
                             color={{ operation={operation} srcFactor={source} dstFactor={destination} }} alpha={{}}
                           }} }}] }}
                         }}
                         #renderPass p {{ colorAttachments=[{{ view=t }}] pipeline=pipe }} #frame main {{ perform=[p] }}"
                    );
                    let extreme = matches!(operation, "min" | "max");
                    let accepted = (!extreme || *factor == "one") && (!reads_alpha || has_alpha);
                    let name = format!("{operation} of {source} and {destination} in {format}");
                    cases.push(Case { name, scene, accepted });
                }
            }
        }
    }
    cases
}

/// Topologies with strip formats, and with depth biases.
pub fn topologies() -> Vec<Case> {
    let mut cases = Vec::new();
    for topology in ["point-list", "line-list", "line-strip", "triangle-list", "triangle-strip"] {
        for strip in ["", "uint16", "uint32"] {
            let word = if strip.is_empty() { String::new() } else { format!("stripIndexFormat={strip}") };
            for (bias, is_biased) in
                [("", false), ("depthBias=1", true), ("depthBiasSlopeScale=1", true), ("depthBiasClamp=1", true)]
            {
                let scene = format!(
                    "{SHADER}#texture d {{ size=[canvas.width canvas.height] format=depth24plus usage=[RENDER_ATTACHMENT] }}
                     #renderPipeline pipe {{
                       vertex={{ module=shader }} fragment={{ module=shader entryPoint=floats targets=[{{}}] }}
                       primitive={{ topology={topology} {word} }}
                       depthStencil={{ format=depth24plus depthWriteEnabled=true depthCompare=less {bias} }}
                     }}
                     #renderPass p {{ depthStencilAttachment={{ view=d }} pipeline=pipe }} #frame main {{ perform=[p] }}"
                );
                let accepted =
                    (strip.is_empty() || topology.ends_with("-strip")) && (!is_biased || topology.starts_with("triangle"));
                cases.push(Case { name: format!("{topology} {word} {bias}"), scene, accepted });
            }
        }
    }
    cases
}

/// Depth and stencil formats: what their pipelines can do, how they are bound, and which aspect is copied which way.
pub fn depth_formats() -> Vec<Case> {
    let mut cases = Vec::new();
    for (format, depth, stencil) in DEPTHS {
        let (has_depth, has_stencil) = (!depth.is_empty(), !stencil.is_empty());
        let features: &[&str] = if *format == "depth32float-stencil8" { &["depth32float-stencil8"] } else { &[] };
        let mut add = |what: String, accepted: bool, scene: String| {
            cases.push(Case { name: format!("{format} {what}"), scene: format!("{}{scene}", device(features)), accepted });
        };
        let needed = if has_depth { "depthWriteEnabled=false depthCompare=always" } else { "" };
        for (state, accepted) in [
            (format!("depthWriteEnabled=true {}", if has_depth { "depthCompare=less" } else { "" }), has_depth),
            (format!("depthCompare=less {}", if has_depth { "depthWriteEnabled=false" } else { "" }), has_depth),
            (format!("{needed} stencilFront={{ compare=equal }}"), has_stencil),
            (format!("{needed} stencilBack={{ passOp=invert }}"), has_stencil),
            (needed.to_string(), true),
        ] {
            let scene = format!(
                "{SHADER}#texture d {{ size=[canvas.width canvas.height] format={format} usage=[RENDER_ATTACHMENT] }}
                 #renderPipeline pipe {{
                   vertex={{ module=shader }} fragment={{ module=shader entryPoint=floats targets=[{{}}] }}
                   depthStencil={{ format={format} {state} }}
                 }}
                 #renderPass p {{ depthStencilAttachment={{ view=d }} pipeline=pipe }} #frame main {{ perform=[p] }}"
            );
            add(format!("with {state}"), accepted, scene);
        }
        for (aspect, ways) in [("depth-only", depth), ("stencil-only", stencil)] {
            for (way, letter) in [("copyTextureToBuffer", 'o'), ("copyBufferToTexture", 'i')] {
                let (texture, buffer) = (format!("{{ texture=t aspect={aspect} }}"), "{ buffer=b bytesPerRow=256 }".to_string());
                let (source, destination) = if letter == 'o' { (texture, buffer) } else { (buffer, texture) };
                let scene = format!(
                    "#texture t {{ size=[4 4] format={format} usage=[COPY_SRC COPY_DST RENDER_ATTACHMENT] }}
                     #buffer b {{ size=1024 usage=[COPY_SRC COPY_DST] }}
                     #queue q {{ {way}={{ source={source} destination={destination} copySize=[4 4] }} }} #frame main {{ perform=[q] }}"
                );
                add(format!("{way} of {aspect}"), ways.contains(letter) || *ways == "b", scene);
            }
            for ty in ["float", "unfilterable-float", "depth", "sint", "uint"] {
                let accepted = match aspect {
                    "depth-only" => has_depth && matches!(ty, "depth" | "unfilterable-float"),
                    _ => has_stencil && ty == "uint",
                };
                let scene = format!(
                    "#bindGroupLayout l {{ entries=[{{ binding=0 visibility=[COMPUTE] texture={{ sampleType={ty} }} }}] }}
                     #texture t {{ size=[4 4] format={format} usage=[TEXTURE_BINDING] }}
                     #textureView v {{ texture=t aspect={aspect} }}
                     #bindGroup g {{ layout=l entries=[{{ resource=v }}] }}
                     #renderPass p {{ bindGroups=[g] }} #frame main {{ perform=[p] }}"
                );
                add(format!("{aspect} as {ty}"), accepted, scene);
            }
        }
        for (what, texture) in [("in 3d", "size=[4 4 4] dimension=\"3d\""), ("in 1d", "size=4 dimension=\"1d\"")] {
            let scene = format!(
                "#texture t {{ {texture} format={format} usage=[COPY_SRC] }}
                 #texture u {{ {texture} format={format} usage=[COPY_DST] }}
                 #queue q {{ copyTextureToTexture={{ source={{ texture=t }} destination={{ texture=u }} }} }} #frame main {{ perform=[q] }}"
            );
            add(what.to_string(), false, scene);
        }
        let scene = format!(
            "#texture t {{ size=[4 4] sampleCount=4 format={format} usage=[RENDER_ATTACHMENT] }}
             #renderPass p {{ colorAttachments=[] depthStencilAttachment={{ view=t }} }} #frame main {{ perform=[p] }}"
        );
        add("multisampled".to_string(), true, scene);
    }
    cases
}

/// All scenes of all tables.
pub fn all() -> Vec<Case> {
    [color_formats(), vertex_formats(), blending(), topologies(), depth_formats()].into_iter().flatten().collect()
}
