//! Formulas of generated elements: expressions that are computed for each. Source: language reference, section 9.5.

use super::eval::{Affine, Evaluator, Slot};
use super::notes::Reported;
use super::references::Target;
use crate::data::formula::{Formula, Step};
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_syntax::tree::{BinaryOp, Ident, Value, ValueKind};

impl Evaluator<'_, '_> {
    /// Compiles the expression of a lane. `None` for a mistake, which is reported.
    pub fn formula(&mut self, value: &Value) -> Option<Formula> {
        let parsed;
        let root = match &value.kind {
            ValueKind::Str(text) => {
                parsed = self.quoted(text, value.span).ok()?;
                &parsed
            }
            _ => value,
        };
        let mut steps = Vec::new();
        let mut randoms = 0;
        self.compile(root, &mut steps, &mut randoms).ok()?;
        Formula::new(value.span, steps)
    }

    /// Appends the steps of an expression. What does not depend on the element becomes one number.
    fn compile(&mut self, value: &Value, steps: &mut Vec<Step>, randoms: &mut u32) -> Result<(), Reported> {
        match &value.kind {
            ValueKind::Group(inner) => self.compile(inner, steps, randoms),
            ValueKind::Neg(inner) => {
                self.compile(inner, steps, randoms)?;
                match steps.last_mut() {
                    Some(Step::Constant(number)) => *number = -*number,
                    _ => steps.push(Step::Negate),
                }
                Ok(())
            }
            ValueKind::Ident(name) if name == "ELEMENT_ID" => {
                steps.push(Step::Element);
                Ok(())
            }
            ValueKind::Ident(name) if self.names.define(name).is_none() => {
                if name == "NUM" || name.starts_with("NUM_") {
                    steps.push(Step::Count);
                    return Ok(());
                }
                let names: Vec<&str> = self.names.defines().map(|(name, _)| name).chain(["ELEMENT_ID", "NUM"]).collect();
                if !matches!(name.as_str(), "PI" | "TAU" | "E")
                    && let Some(near @ ("ELEMENT_ID" | "NUM")) = nearest(name, names.into_iter())
                {
                    return Err(self
                        .notes
                        .report(Diagnostic::undefined(value.span, name, Vec::new()).did_you_mean(value.span, near)));
                }
                self.constant(value, steps)
            }
            ValueKind::Call(name, arguments) if name.name == "random" => {
                if !arguments.is_empty() {
                    let message = format!("`random` takes no arguments, but {}", pngine_source::diag::given(arguments.len()));
                    let diagnostic = Diagnostic::new(Code::BadCall, value.span, message);
                    return Err(self.notes.report(diagnostic.help("write `random()`; it is at least 0 and below 1")));
                }
                self.notes.refer(Target::Predeclared("random"), &name.name, name.span);
                steps.push(Step::Random(*randoms));
                *randoms += 1;
                Ok(())
            }
            ValueKind::Call(name, arguments) => self.compile_call(value, name, arguments, steps, randoms),
            ValueKind::Binary(..) => {
                // Long chains nest to the left, so the left spine is walked instead of recursed into.
                let mut spine = Vec::new();
                let mut leftmost = value;
                while let ValueKind::Binary(op, left, right) = &leftmost.kind {
                    spine.push((*op, right.as_ref(), leftmost.span));
                    leftmost = left;
                }
                let mut result = self.compile(leftmost, steps, randoms);
                for (op, right, span) in spine.into_iter().rev() {
                    // Both sides are looked at, so that every mistake is reported and every name counts as used.
                    let right_side = self.compile(right, steps, randoms);
                    result = result.and(right_side).and_then(|()| self.push_operator(op, right.span, span, steps));
                }
                result
            }
            _ => self.constant(value, steps),
        }
    }

    /// A part of an expression that is the same for all elements.
    fn constant(&mut self, value: &Value, steps: &mut Vec<Step>) -> Result<(), Reported> {
        steps.push(Step::Constant(self.number(value, Slot::Number).ok_or(Reported)?));
        Ok(())
    }

    fn push_operator(&mut self, op: BinaryOp, right: Span, whole: Span, steps: &mut Vec<Step>) -> Result<(), Reported> {
        // A number as last step is the whole right side, and one before it the whole left side.
        if let [.., Step::Constant(a), Step::Constant(b)] = steps[..] {
            let result = self.operate(op, Affine::constant(a), Affine::constant(b), right, whole)?;
            steps.truncate(steps.len() - 2);
            steps.push(Step::Constant(result.constant));
        } else if let (BinaryOp::Div | BinaryOp::Rem, Some(Step::Constant(0.0))) = (op, steps.last()) {
            return Err(self
                .notes
                .report(Diagnostic::new(Code::BadArithmetic, whole, "division by zero").also(right, "this is 0")));
        } else {
            steps.push(Step::Binary(op, whole));
        }
        Ok(())
    }

    fn compile_call(
        &mut self,
        value: &Value,
        name: &Ident,
        arguments: &[Value],
        steps: &mut Vec<Step>,
        randoms: &mut u32,
    ) -> Result<(), Reported> {
        self.calls(name);
        let function = self.function(&name.name, value.span, &["random"])?;
        let start = steps.len();
        let mut failed = false;
        for (index, argument) in arguments.iter().enumerate() {
            failed |= self.compile(argument, steps, randoms).is_err();
            // `min` and `max` combine their arguments two by two.
            if function.arity().is_none() && index > 0 && !failed {
                match steps[..] {
                    [.., Step::Constant(a), Step::Constant(b)] => {
                        steps.truncate(steps.len() - 2);
                        steps.push(Step::Constant(function.apply(&[a, b])));
                    }
                    _ => steps.push(Step::Call(function, 2, value.span)),
                }
            }
        }
        if failed {
            return Err(Reported);
        }
        let constants: Option<Vec<f64>> = steps[start..]
            .iter()
            .map(|step| match step {
                Step::Constant(number) => Some(*number),
                _ => None,
            })
            .collect();
        match (constants, function.arity()) {
            // All arguments are numbers, or there are too few or too many of them: the one evaluator says what is wrong.
            (Some(numbers), _) => {
                let result = self.call(function, &numbers, value.span)?;
                steps.truncate(start);
                steps.push(Step::Constant(result.constant));
            }
            (None, Some(count)) if count != arguments.len() => {
                self.call(function, &vec![0.0; arguments.len()], value.span)?;
                return Err(Reported);
            }
            (None, Some(count)) => steps.push(Step::Call(function, count, value.span)),
            (None, None) => {}
        }
        Ok(())
    }
}
