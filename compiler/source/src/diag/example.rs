//! What a code looks like: a short scene with the mistake and without, or, where no scene can show it, both in words.
//!
//! The texts are `explain/CODE.txt`. Tests compile them: what is wrong brings about its code and nothing else, what is right has no finding.

use super::Code;

/// An example of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Example {
    /// A scene before and after its mistake is mended. The first file is the scene.
    Scene(Vec<ExampleFile>),
    /// What brings the code about, and what does not, in a sentence each.
    Words {
        /// What brings it about.
        wrong: &'static str,
        /// What to do instead.
        right: &'static str,
    },
}

/// A file of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its path; empty for the scene.
    pub path: &'static str,
    /// Its lines.
    pub lines: Vec<(Side, &'static str)>,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In both scenes.
    Both,
    /// In the wrong one.
    Wrong,
    /// In the right one.
    Right,
}

impl Side {
    /// What a line of this side begins with, as in a patch.
    pub const fn mark(self) -> char {
        match self {
            Side::Both => ' ',
            Side::Wrong => '-',
            Side::Right => '+',
        }
    }
}

impl ExampleFile {
    /// The text of the file in the wrong scene, or in the right one.
    pub fn text(&self, side: Side) -> String {
        let lines = self.lines.iter().filter(|(of, _)| *of == side || *of == Side::Both);
        lines.flat_map(|(_, line)| [*line, "\n"]).collect()
    }

    /// The file as a patch shows it: each line behind the mark of its side.
    pub fn patch(&self) -> String {
        self.lines.iter().map(|(side, line)| format!("{} {line}", side.mark()).trim_end().to_owned() + "\n").collect()
    }
}

impl Code {
    /// The code's example; `None` only where its text is malformed, which tests rule out.
    pub fn example(self) -> Option<Example> {
        parse(text(self.as_str())?)
    }
}

/// Reads the text of an example: `Wrong: …` and `Right: …`, or lines behind a mark, `== PATH` in front of those of each further file.
fn parse(text: &'static str) -> Option<Example> {
    if let Some(words) = text.strip_prefix("Wrong: ") {
        let (wrong, right) = words.split_once("\nRight: ")?;
        return Some(Example::Words { wrong, right: right.trim_end() });
    }
    let mut files = vec![ExampleFile { path: "", lines: Vec::new() }];
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("== ") {
            files.push(ExampleFile { path, lines: Vec::new() });
            continue;
        }
        let (mark, rest) = line.split_at_checked(1).unwrap_or((" ", ""));
        let side = [Side::Both, Side::Wrong, Side::Right].into_iter().find(|side| mark.starts_with(side.mark()))?;
        let rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
        files.last_mut()?.lines.push((side, rest));
    }
    Some(Example::Scene(files))
}

macro_rules! texts {
    ($( $code:literal )*) => {
        /// The text of a code's example.
        fn text(code: &str) -> Option<&'static str> {
            match code {
                $( $code => Some(include_str!(concat!("../../explain/", $code, ".txt"))), )*
                _ => None,
            }
        }
    };
}

texts! {
    "E001" "E002" "E003" "E004" "E005" "E006" "E007" "E008" "E009" "E010" "E011" "E012" "E013" "E0101" "W0101" "E0102"
    "W0102" "E0103" "E0104" "E0105" "E0106" "E0107" "E0108" "E0109" "E0110" "E0111" "E0112" "E0113" "E0114" "E0201" "W0201"
    "E0202" "W0202" "E0203" "W0203" "E0204" "W0204" "E0205" "W0205" "E0206" "E0207" "E0301" "W0301" "E0302" "W0302"
    "E0303" "E0304" "E0305" "E0306" "E0307" "E0308" "E0309" "E0310" "E0311" "E0312" "E0313" "E0314" "E0315" "E0318"
    "E0319" "E0320" "E0401" "E0402" "E0403" "E0404" "E0405" "E0406" "E0407" "E0408" "E0409" "E0410" "E0411" "E0412"
    "E0413" "E0501" "E0502" "E0503" "E0504" "E0505" "E0506" "E0507" "E0601" "W0601" "E0602" "W0602" "E0603" "E0604"
    "E0605" "E0606" "E0607" "E0608" "E0609" "E0610" "W0610" "E0611" "W0611" "E0612" "W0612" "E0613" "W0613" "E0614"
    "W0614" "E0615" "W0615" "E0616" "E0617" "E0618" "E0620" "E0621" "E0622" "E0624" "E0625" "E0626" "E0627" "E0701"
    "W0701" "E0702" "W0702" "E0703" "W0703" "E0704" "W0704" "E0705" "W0705" "E0706" "W0706" "E0707" "W0707" "E0708"
    "W0708" "E0709" "W0709" "W0710" "W0711" "W0712" "W0713" "W0714" "W0715" "W0716" "W0717" "E0730" "E0731" "E0732" "E0733" "E0740" "E0741" "E0742" "E0743" "E0744" "E0745" "E0801" "W0801" "E0802"
    "E0803" "W0803" "E0804" "W0804" "E0805" "W0805" "E0806" "E0807" "E0808" "E0809" "E0810" "E0811" "E0812" "E0813"
    "E0814" "E0815" "E0816" "E0817" "E0818" "E0819" "E0901" "E0902" "E0903" "E0904" "E0905" "E0906" "E0910" "E0911"
    "E0912" "E0913" "E0914" "E0915" "E0916" "E0917" "E0918" "E0919" "E0920" "E0921" "E0922" "E0923" "E0924" "E0930" "E0931"
    "E0932" "E0933" "E0934" "E0935" "E0936" "E0937"
}
