//! `#uniforms`: what a host shows of the uniforms that it may set, and what they begin with.

use super::kinds::*;
use super::rows::Ty;
use super::slots::{Kind, shapes};
use super::value::{Node, Val};

/// A uniform variable of a module: the shader, and the variable's position among the bindings of its module.
pub struct UniformVariable;

impl Kind for UniformVariable {
    type Value = (usize, usize);
    const TY: Ty = Ty::Variable;

    fn read(node: &Node) -> Option<Self::Value> {
        match node.val {
            Val::Block { shader, binding } => Some((shader, binding)),
            _ => None,
        }
    }
}

/// Members of a uniform variable and what is said of each. Which members there are says the variable, so they have a stage of their own.
pub struct UniformFields;

impl Kind for UniformFields {
    type Value = ();
    const TY: Ty = Ty::Fields(UniformField::SHAPE);

    fn read(node: &Node) -> Option<()> {
        matches!(node.val, Val::Ignored).then_some(())
    }
}

shapes! {
    UniformField = "uniform" {
        value "value": OneOf<Float, Numbers<1, { usize::MAX }>>, or "zeros",
            "What it begins with: a number, or those of a vector or matrix, column by column.";
        min "min": Float, "The least that it should be, each of its numbers.";
        max "max": Float, "The most that it should be, each of its numbers.";
        step "step": Float, "From one value that a slider stops at to the next, above 0.";
        label "label": Str, or "its name", "What a host calls it.";
        color "color": Bool = false, "Whether its three or four numbers are red, green, blue and alpha.";
    }

    Uniforms = "#uniforms" {
        variable "variable": UniformVariable, or "the one that has its name in a `#pass`",
            "Which uniform variable of which module: `module.variable`.";
        fields "fields": UniformFields, required,
            "What is said of members: `{ member=value other={ … } }`; for a member that is a struct, an object of its members.";
    }
}
