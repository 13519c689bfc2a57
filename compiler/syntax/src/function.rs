//! The functions of expressions: language reference, section 7.2. All of them are exact functions of their arguments on every
//! platform, so that compilers agree bit for bit.

/// One row per function: its name, how it is written, how many arguments it takes.
macro_rules! functions {
    ($( $variant:ident $name:literal $usage:literal $arity:expr; )*) => {
        /// A function of expressions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is the function of that name")]
        pub enum Function { $( $variant, )* }

        impl Function {
            /// All functions, in the order in which messages list them.
            pub const ALL: [Function; [$( $name ),*].len()] = [$( Function::$variant ),*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $( Function::$variant => $name, )* }
            }

            /// How it is written, for messages.
            pub const fn usage(self) -> &'static str {
                match self { $( Function::$variant => $usage, )* }
            }

            /// How many arguments it takes; `None` for one or more, which are combined two by two.
            pub const fn arity(self) -> Option<usize> {
                match self { $( Function::$variant => $arity, )* }
            }
        }
    };
}

functions! {
    Ceil "ceil" "ceil(x)" Some(1);
    Floor "floor" "floor(x)" Some(1);
    Round "round" "round(x)" Some(1);
    Abs "abs" "abs(x)" Some(1);
    Sign "sign" "sign(x)" Some(1);
    Sqrt "sqrt" "sqrt(x)" Some(1);
    Sin "sin" "sin(x)" Some(1);
    Cos "cos" "cos(x)" Some(1);
    Tan "tan" "tan(x)" Some(1);
    Min "min" "min(a, b)" None;
    Max "max" "max(a, b)" None;
    Pow "pow" "pow(base, exponent)" Some(2);
    Clamp "clamp" "clamp(x, low, high)" Some(3);
}

/// What stands for a number of its own in every element of generated data (language reference, section 7.4): written like a function,
/// and none.
pub const RANDOM: &str = "random";

impl Function {
    /// The function with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
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
