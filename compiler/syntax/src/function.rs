//! The functions of expressions: language reference, section 7.2. All of them are exact functions of their arguments on every
//! platform, so that compilers agree bit for bit.

/// A function of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the function of that name")]
pub enum Function {
    Ceil,
    Floor,
    Round,
    Abs,
    Sign,
    Sqrt,
    Sin,
    Cos,
    Tan,
    Min,
    Max,
    Pow,
    Clamp,
}

impl Function {
    /// All functions, in the order in which messages list them.
    pub const ALL: [Function; 13] = [
        Function::Ceil,
        Function::Floor,
        Function::Round,
        Function::Abs,
        Function::Sign,
        Function::Sqrt,
        Function::Sin,
        Function::Cos,
        Function::Tan,
        Function::Min,
        Function::Max,
        Function::Pow,
        Function::Clamp,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Function::Ceil => "ceil",
            Function::Floor => "floor",
            Function::Round => "round",
            Function::Abs => "abs",
            Function::Sign => "sign",
            Function::Sqrt => "sqrt",
            Function::Sin => "sin",
            Function::Cos => "cos",
            Function::Tan => "tan",
            Function::Min => "min",
            Function::Max => "max",
            Function::Pow => "pow",
            Function::Clamp => "clamp",
        }
    }

    /// The function with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    /// How it is written, for messages.
    pub const fn usage(self) -> &'static str {
        match self {
            Function::Min => "min(a, b)",
            Function::Max => "max(a, b)",
            Function::Pow => "pow(base, exponent)",
            Function::Clamp => "clamp(x, low, high)",
            Function::Ceil => "ceil(x)",
            Function::Floor => "floor(x)",
            Function::Round => "round(x)",
            Function::Abs => "abs(x)",
            Function::Sign => "sign(x)",
            Function::Sqrt => "sqrt(x)",
            Function::Sin => "sin(x)",
            Function::Cos => "cos(x)",
            Function::Tan => "tan(x)",
        }
    }

    /// How many arguments it takes; `None` for one or more, which are combined two by two.
    pub const fn arity(self) -> Option<usize> {
        match self {
            Function::Min | Function::Max => None,
            Function::Pow => Some(2),
            Function::Clamp => Some(3),
            Function::Ceil
            | Function::Floor
            | Function::Round
            | Function::Abs
            | Function::Sign
            | Function::Sqrt
            | Function::Sin
            | Function::Cos
            | Function::Tan => Some(1),
        }
    }

    /// Its value. A number that is missing counts as 0: whoever calls has looked at [`Function::arity`]. `clamp` gives the upper limit
    /// where the limits cross.
    pub fn apply(self, arguments: &[f64]) -> f64 {
        let argument = |index: usize| arguments.get(index).copied().unwrap_or(0.0);
        let x = argument(0);
        match self {
            Function::Ceil => libm::ceil(x),
            Function::Floor => libm::floor(x),
            Function::Round => libm::round(x),
            Function::Abs => x.abs(),
            Function::Sign if x == 0.0 => 0.0,
            Function::Sign => x.signum(),
            Function::Sqrt => libm::sqrt(x),
            Function::Sin => libm::sin(x),
            Function::Cos => libm::cos(x),
            Function::Tan => libm::tan(x),
            Function::Min => arguments.iter().skip(1).fold(x, |a, b| a.min(*b)),
            Function::Max => arguments.iter().skip(1).fold(x, |a, b| a.max(*b)),
            Function::Pow => libm::pow(x, argument(1)),
            Function::Clamp => x.max(argument(1)).min(argument(2)),
        }
    }
}
