//! Regions of hand-written pages that come from code: `<!--=NAME-->…<!--/-->`.
//!
//! A region is a whole table or list on lines of its own, or a value inside a sentence. What stands in it is replaced by what the code says;
//! everything else of a page is left as its author wrote it.

use std::collections::{BTreeMap, BTreeSet};

const BEGIN: &str = "<!--=";
const BEGIN_END: &str = "-->";
const END: &str = "<!--/-->";

/// What the regions of a page hold, by name. What stands on lines of its own ends with a line break.
pub type Regions = BTreeMap<&'static str, String>;

/// A page with its regions filled.
///
/// # Errors
/// A region that is not closed, that opens inside another, whose name is unknown, that is never used, or a value at the start of a line,
/// where Markdown would take the whole line for HTML. The message begins with the number of the line.
pub fn fill(page: &str, regions: &Regions) -> Result<String, String> {
    let mut out = String::with_capacity(page.len());
    let mut unused: BTreeSet<&str> = regions.keys().copied().collect();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        out.push_str(before);
        let line = line_behind(&out);
        let (name, after) = after.split_once(BEGIN_END).ok_or_else(|| format!("line {line}: a marker is not closed"))?;
        let (old, after) = after.split_once(END).ok_or_else(|| format!("line {line}: region `{name}` has no end"))?;
        if old.contains(BEGIN) {
            return Err(format!("line {line}: region `{name}` has no end before the next one"));
        }
        let text = regions.get(name).ok_or_else(|| format!("line {line}: there is no region `{name}`"))?;
        unused.remove(name);
        let is_block = text.ends_with('\n');
        let starts_line = out.is_empty() || out.ends_with('\n');
        match (is_block, starts_line) {
            (true, false) => return Err(format!("line {line}: `{name}` stands on lines of its own")),
            (false, true) => return Err(format!("line {line}: `{name}` is a value, which cannot start a line")),
            _ => {}
        }
        let gap = if is_block { "\n" } else { "" };
        out.extend([BEGIN, name, BEGIN_END, gap, text, END]);
        rest = after;
    }
    if let Some((before, _)) = rest.split_once(END) {
        out.push_str(before);
        return Err(format!("line {}: an end without a region", line_behind(&out)));
    }
    out.push_str(rest);
    match unused.first() {
        Some(name) => Err(format!("region `{name}` is missing")),
        None => Ok(out),
    }
}

/// The number, from 1, of the line that what follows `text` stands in.
fn line_behind(text: &str) -> usize {
    text.matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions() -> Regions {
        Regions::from([("count", "3".to_string()), ("table", "| a |\n".to_string())])
    }

    #[test]
    fn regions_are_filled_and_the_rest_is_kept() {
        let page = "At most <!--=count-->2<!--/--> of\n\n<!--=table-->\nold\n<!--/-->\nend, <!--=count--><!--/-->\n";
        let filled = "At most <!--=count-->3<!--/--> of\n\n<!--=table-->\n| a |\n<!--/-->\nend, <!--=count-->3<!--/-->\n";
        assert_eq!(fill(page, &regions()).unwrap(), filled);
        assert_eq!(fill(filled, &regions()).unwrap(), filled);
    }

    #[test]
    fn damaged_pages_are_refused_with_the_line() {
        let table = "<!--=table-->\n<!--/-->\n";
        for (page, reason) in [
            ("a\nb <!--=count-->2\n", "line 2: region `count` has no end"),
            ("a <!--=count", "line 1: a marker is not closed"),
            ("a <!--=count--> b <!--=count-->2<!--/-->", "line 1: region `count` has no end before the next one"),
            ("a <!--=counts-->2<!--/-->", "line 1: there is no region `counts`"),
            ("a\n<!--=count-->2<!--/-->", "line 2: `count` is a value, which cannot start a line"),
            ("a <!--=table-->\n<!--/-->\n", "line 1: `table` stands on lines of its own"),
            (table, "region `count` is missing"),
            ("a\nb <!--/-->", "line 2: an end without a region"),
        ] {
            assert_eq!(fill(page, &regions()).unwrap_err(), reason, "{page}");
        }
    }
}
