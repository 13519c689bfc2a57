//! The alpha that a fragment stage gives, where its text says it as a number.

use naga::{Binding, Block, Expression, Function, Handle, Literal, Statement};

/// The fourth number of everything that the function returns for location 0; `None` where one of them is computed, or they differ.
/// What is returned in a struct is not looked into.
pub(crate) fn constant(function: &Function) -> Option<f32> {
    let Some(Binding::Location { location: 0, .. }) = function.result.as_ref().and_then(|result| result.binding.as_ref()) else {
        return None;
    };
    let mut found = None;
    let mut open = vec![&function.body];
    while let Some(block) = open.pop() {
        for statement in block {
            if let Statement::Return { value: Some(value) } = statement {
                let alpha = fourth(function, *value)?;
                if found.is_some_and(|found: f32| found.to_bits() != alpha.to_bits()) {
                    return None;
                }
                found = Some(alpha);
            }
            open.extend(inner(statement));
        }
    }
    found
}

/// The blocks in a statement.
fn inner(statement: &Statement) -> Vec<&Block> {
    match statement {
        Statement::Block(block) => vec![block],
        Statement::If { accept, reject, .. } => vec![accept, reject],
        Statement::Switch { cases, .. } => cases.iter().map(|case| &case.body).collect(),
        Statement::Loop { body, continuing, .. } => vec![body, continuing],
        _ => Vec::new(),
    }
}

/// The fourth number of a vector that is put together from parts.
fn fourth(function: &Function, value: Handle<Expression>) -> Option<f32> {
    let number = |part: Handle<Expression>| match function.expressions.try_get(part).ok()? {
        Expression::Literal(Literal::F32(number)) => Some(*number),
        _ => None,
    };
    match function.expressions.try_get(value).ok()? {
        Expression::Compose { components, .. } => number(*components.last()?),
        Expression::Splat { value, .. } => number(*value),
        _ => None,
    }
}
