//! Types, built-in values and address spaces as WGSL calls them, where naga prints its own names for them.

/// naga's sizes of vectors and sides of matrices, and their numbers.
const SIZES: [(&str, u32); 3] = [("Bi", 2), ("Tri", 3), ("Quad", 4)];

/// naga's kinds of scalars and widths in bytes.
const SCALARS: [(&str, u32, &str); 9] = [
    ("Float", 4, "f32"),
    ("Float", 2, "f16"),
    ("Uint", 4, "u32"),
    ("Sint", 4, "i32"),
    ("Bool", 1, "bool"),
    ("Uint", 8, "u64"),
    ("Sint", 8, "i64"),
    ("Float", 8, "f64"),
    ("AbstractInt", 8, "a number"),
];

/// naga's built-in values, those of WGSL and their types. Source: WGSL, 13.3.1.1 "Built-in Inputs and Outputs".
const BUILTINS: [(&str, &str, &str); 18] = [
    ("Position { invariant: false }", "position", "vec4<f32>"),
    ("Position { invariant: true }", "position", "vec4<f32>"),
    ("VertexIndex", "vertex_index", "u32"),
    ("InstanceIndex", "instance_index", "u32"),
    ("FrontFacing", "front_facing", "bool"),
    ("FragDepth", "frag_depth", "f32"),
    ("SampleIndex", "sample_index", "u32"),
    ("SampleMask", "sample_mask", "u32"),
    ("GlobalInvocationId", "global_invocation_id", "vec3<u32>"),
    ("LocalInvocationId", "local_invocation_id", "vec3<u32>"),
    ("LocalInvocationIndex", "local_invocation_index", "u32"),
    ("WorkGroupId", "workgroup_id", "vec3<u32>"),
    ("NumWorkGroups", "num_workgroups", "vec3<u32>"),
    ("ClipDistances", "clip_distances", "array<f32, 8>"),
    ("ClipDistance", "clip_distances", "array<f32, 8>"),
    ("PrimitiveIndex", "primitive_index", "u32"),
    ("SubgroupInvocationId", "subgroup_invocation_id", "u32"),
    ("SubgroupSize", "subgroup_size", "u32"),
];

/// A built-in value of naga's and the type that it must have, as WGSL calls them; `None` for those that WGSL does not have.
pub(super) fn builtin(debug: &str) -> Option<(&'static str, &'static str)> {
    BUILTINS.iter().find(|(theirs, ..)| *theirs == debug).map(|(_, name, ty)| (*name, *ty))
}

/// The type that a built-in value of WGSL must have; `None` for what is not a built-in value and for `clip_distances`, which has several.
pub(super) fn built_in_type(name: &str) -> Option<&'static str> {
    let found = BUILTINS.iter().find(|(_, ours, _)| *ours == name && *ours != "clip_distances");
    found.map(|(_, _, ty)| *ty)
}

/// A scalar or vector type in its long form: `vec3<f32>` for `vec3f`. `None` for other types.
pub(super) fn long_form(ty: &str) -> Option<String> {
    if ["f32", "f16", "i32", "u32", "bool"].contains(&ty) {
        return Some(ty.to_owned());
    }
    let rest = ty.strip_prefix("vec")?;
    let (size, scalar) = rest.split_at_checked(1)?;
    let scalar = match scalar {
        "f" => "f32",
        "h" => "f16",
        "i" => "i32",
        "u" => "u32",
        _ => scalar.strip_prefix('<')?.strip_suffix('>').filter(|scalar| long_form(scalar).as_deref() == Some(scalar))?,
    };
    matches!(size, "2" | "3" | "4").then(|| format!("vec{size}<{scalar}>"))
}

/// The shortest name of a type: `vec3f` for `vec3<f32>`.
pub(super) fn short_form(ty: &str) -> String {
    let mut out = ty.to_owned();
    for (long, short) in [("<f32>", "f"), ("<f16>", "h"), ("<i32>", "i"), ("<u32>", "u")] {
        out = out.replace(long, short);
    }
    out
}

/// A text of naga's with WGSL's names for what it prints in its own form.
pub(super) fn plain(text: &str) -> String {
    let mut out = text.to_owned();
    if !out.contains(['{', '(']) {
        return out;
    }
    for (kind, width, name) in SCALARS {
        out = out.replace(&format!("Scalar {{ kind: {kind}, width: {width} }}"), name);
    }
    for (_, _, scalar) in SCALARS {
        for (size, number) in SIZES {
            out = out.replace(&format!("Vector {{ size: {size}, scalar: {scalar} }}"), &format!("vec{number}<{scalar}>"));
            for (rows, other) in SIZES {
                let matrix = format!("Matrix {{ columns: {size}, rows: {rows}, scalar: {scalar} }}");
                out = out.replace(&matrix, &format!("mat{number}x{other}<{scalar}>"));
            }
        }
        out =
            out.replace(&format!("Scalar({scalar})"), scalar).replace(&format!("Atomic({scalar})"), &format!("atomic<{scalar}>"));
    }
    for (theirs, name, _) in BUILTINS.iter().filter(|(theirs, ..)| theirs.contains('{')) {
        out = out.replace(theirs, name);
    }
    out
}

/// Whether a text still has something of naga's insides in it, which says nothing to who writes shaders.
pub(super) fn is_internal(text: &str) -> bool {
    let is_debug = text.contains(" { ") && text.contains(": ") && text.contains('}');
    is_debug || ["::", "Some(", "None)", "naga", "Capabilit", "github.com", "Handle("].iter().any(|part| text.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_names_of_wgsl() {
        let cases = [
            ("found Vector { size: Tri, scalar: Scalar { kind: Float, width: 4 } }", "found vec3<f32>"),
            ("Matrix { columns: Bi, rows: Quad, scalar: Scalar { kind: Float, width: 2 } }", "mat2x4<f16>"),
            ("Scalar(Scalar { kind: Uint, width: 4 }) here", "u32 here"),
            ("Atomic(Scalar { kind: Sint, width: 4 })", "atomic<i32>"),
            ("type for Position { invariant: false } is", "type for position is"),
            ("nothing (to do) here", "nothing (to do) here"),
        ];
        for (theirs, ours) in cases {
            assert_eq!(plain(theirs), ours);
            assert!(!is_internal(ours), "{ours}");
        }
    }

    #[test]
    fn short_types_are_long_ones() {
        for (short, long) in [("vec3f", Some("vec3<f32>")), ("vec2<bool>", Some("vec2<bool>")), ("u32", Some("u32"))] {
            assert_eq!(long_form(short).as_deref(), long);
        }
        for other in ["vec", "vec5f", "vec3<vec2f>", "vec3é", "mat2x2f", "", "vec2<>"] {
            assert_eq!(long_form(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_left_of_insides_is_known() {
        for text in ["needs naga::valid::Capabilities", "got Some(4)", "Array { base: x, size: y }"] {
            assert!(is_internal(text), "{text}");
        }
    }
}
