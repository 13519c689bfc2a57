//! Shader text and data. Source: language reference, sections 9.2 to 9.4 and 18.4.

use super::kinds::*;
use super::rows::Ty;
use super::slots::{Chosen, Elem, Kind, Rows, choices, shapes};
use super::value::{Node, Val};
use pngine_source::source::Span;
use std::sync::Arc;

shapes! {
    Wgsl = "#wgsl" {
        value "value" old "code": Text, required, "The WGSL text of the fragment.";
        imports "imports": List<Ref<FragmentRef>>, "Fragments whose text is put in front, each once.";
        uniforms "uniforms": Ignored,
            "Descriptive: objects of `id var struct bindGroup binding`. The text counts, and a contradiction is a warning.";
        metadata "metadata": Ignored, "Descriptive.";
    }

    ShaderModule = "#shaderModule" {
        code "code" old "value": Text, required, "The WGSL text of the module.";
        imports "imports": List<Ref<FragmentRef>>, "Fragments whose text is put in front, each once.";
    }

    Generated = "element generator" {
        number_of_elements "numberOfElements": U32, required, "How many elements.";
        init_each_element_with "initEachElementWith": List<Formula>, required,
            "One expression per number of an element; `ELEMENT_ID`, `NUM` and `random()` mean something in it.";
    }

    Url = "file" {
        url "url": Path, required, "Path of the file.";
    }

    Blob = "blob" {
        file "file": Url, required, "The file.";
    }

    WasmData = "wasm data" {
        module "module": Url, required, "The WebAssembly module; the same file is the same instance, for all who name it.";
        func "func": Name, required, "The export to call, once, when the scene is loaded; it takes nothing.";
        returns "returns": Name, required,
            "What the result points to: `f32`, `vec3`, `mat4x4`, `\"array<vec4f, 100>\"`; matrices are packed.";
    }
}

shapes! {
    /// What all shapes have.
    Vertices {
        format "format": List<Name> = default_format(),
            "Attributes of a vertex in order, 8 at most: position3 position4 normal3 color3 color4 uv2 tangent4.";
        indexed "indexed": Bool = false, "Whether shared vertices are stored once, with an index list called `name.indices`.";
    }

    /// What round shapes have.
    Faceted {
        faceted "faceted": Bool = false, "Whether every quad has a flat normal of its own.";
    }

    /// What shapes with a round side have.
    Sides {
        radial_subdivisions "radialSubdivisions": Uint<3, 4096> = 32, "Steps around the axis.";
        vertical_subdivisions "verticalSubdivisions": Uint<1, 4096> = 1, "Steps along the axis.";
        caps "caps": Bool = true, "Whether the ends are closed.";
    }
}

choices! {
    /// What makes the bytes of a `#data`.
    Generator {
        Float32Array "float32Array": Elements, "Numbers as 32-bit floats.";
        Float16Array "float16Array": Elements, "Numbers as 16-bit floats.";
        Int32Array "int32Array": Elements, "Numbers as signed 32-bit integers.";
        Uint32Array "uint32Array": Elements, "Numbers as unsigned 32-bit integers.";
        Int16Array "int16Array": Elements, "Numbers as signed 16-bit integers.";
        Uint16Array "uint16Array": Elements, "Numbers as unsigned 16-bit integers.";
        Int8Array "int8Array": Elements, "Numbers as signed bytes.";
        Uint8Array "uint8Array": Elements, "Numbers as unsigned bytes.";
        Values "values": Elements, "Numbers of the type `type`.";
        File "file": Path, "The bytes of a file, unchanged.";
        Blob "blob": Blob, "The bytes of a file, unchanged.";
        Text "text": Str, "The UTF-8 bytes of a string.";
        Base64 "base64": Str, "Bytes in base64; white space in it means nothing.";
        Cube "cube": Cube, "A cube's vertices.";
        Plane "plane": Plane, "A plane's vertices.";
        Sphere "sphere": Sphere, "A sphere's vertices.";
        Torus "torus": Torus, "A torus' vertices.";
        Cylinder "cylinder": Cylinder, "A cylinder's vertices.";
        Cone "cone": Cone, "A cone's vertices.";
        Wasm "wasm": WasmData, "What a WebAssembly function gives when the scene is loaded.";
    }
}

shapes! {
    Cube = "cube" {
        ..vertices: Vertices;
        size "size": Float = 2.0, "Length of an edge, above 0.";
    }

    Plane = "plane" {
        ..vertices: Vertices;
        width "width": Float = 1.0, "Extent in x, above 0.";
        height "height": Float = 1.0, "Extent in y, above 0.";
        columns "columns": Uint<1, 4096> = 1, "Quads in x.";
        rows "rows": Uint<1, 4096> = 1, "Quads in y.";
    }

    Sphere = "sphere" {
        ..vertices: Vertices;
        radius "radius": Float = 1.0, "Radius, above 0.";
        segments "segments": Uint<3, 4096> = 32, "Steps around the axis.";
        rings "rings": Uint<2, 4096> = 16, "Steps from pole to pole.";
        ..faceted: Faceted;
    }

    Torus = "torus" {
        ..vertices: Vertices;
        radius "radius": Float = 1.0, "From the middle to the body's middle, above 0.";
        thickness "thickness": Float = 0.4, "Radius of the body, above 0.";
        radial_subdivisions "radialSubdivisions": Uint<3, 4096> = 32, "Steps around the axis.";
        body_subdivisions "bodySubdivisions": Uint<3, 4096> = 16, "Steps around the body.";
        ..faceted: Faceted;
    }

    Cylinder = "cylinder" {
        ..vertices: Vertices;
        radius "radius": Float = 1.0, "Radius, above 0.";
        height "height": Float = 1.0, "Extent in y, above 0.";
        ..sides: Sides;
        ..faceted: Faceted;
    }

    Cone = "cone" {
        ..vertices: Vertices;
        bottom_radius "bottomRadius": Float = 1.0, "Radius at the bottom, 0 or more.";
        top_radius "topRadius": Float = 0.0, "Radius at the top, 0 or more.";
        height "height": Float = 1.0, "Extent in y, above 0.";
        ..sides: Sides;
        ..faceted: Faceted;
    }

    Data = "#data" {
        ..generators: Vec<Chosen<Generator>>;
        ty "type": Name = "f32".to_string(), "Element type of `values`: f32 i32 u32 f16 i16 u16 i8 u8.";
        mime "mime": Str, "Descriptive: images are recognised by their content.";
    }
}

/// The attributes of a vertex where none are written.
fn default_format() -> Vec<Elem<String>> {
    ["position4", "color4", "uv2"].map(|word| Elem { value: Some(word.to_string()), span: Span::default() }).into()
}

/// Generated array elements or an array of numbers.
#[derive(Clone, Debug)]
pub enum Elements {
    /// Numbers, each with its place.
    Numbers(Arc<[(f64, Span)]>),
    /// Elements that formulas compute.
    Generated(Generated),
}

impl Kind for Elements {
    type Value = Self;
    const TY: Ty = Ty::Elements;

    fn read(node: &Node) -> Option<Self> {
        match &node.val {
            Val::Elements(numbers) => Some(Self::Numbers(numbers.clone())),
            Val::Obj(obj) => Some(Self::Generated(Generated::slots(obj))),
            _ => None,
        }
    }
}
