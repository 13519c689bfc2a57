//! What pictures show: plain colours in, answers out.

/// What of a channel is seen as a difference: one step of eight bits, and half of one for rounding.
const STEP: f32 = 1.5 / 255.0;

/// A picture: red, green, blue and alpha of every pixel, as the canvas holds them.
pub type Picture = Vec<[f32; 4]>;

/// What is seen of a pixel, from 0 to 1. What has no alpha is not seen on a canvas whose alpha counts.
fn seen(pixel: [f32; 4], has_alpha: bool) -> [f32; 3] {
    let [r, g, b, a] = pixel;
    // What is no number is drawn as 0.
    let shown = |x: f32| if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) };
    if has_alpha && shown(a) < STEP { [0.0; 3] } else { [r, g, b].map(shown) }
}

/// Whether nothing of a picture is brighter than black.
pub fn is_black(picture: &[[f32; 4]], has_alpha: bool) -> bool {
    picture.iter().all(|pixel| seen(*pixel, has_alpha).iter().all(|x| *x < STEP))
}

/// Whether all of a picture has one colour.
pub fn is_plain(picture: &[[f32; 4]], has_alpha: bool) -> bool {
    let Some(first) = picture.first().map(|pixel| seen(*pixel, has_alpha)) else { return true };
    picture.iter().all(|pixel| seen(*pixel, has_alpha).iter().zip(first).all(|(a, b)| (a - b).abs() < STEP))
}

/// How many pixels of two pictures look different.
pub fn differing(a: &[[f32; 4]], b: &[[f32; 4]], has_alpha: bool) -> usize {
    let differ =
        |(a, b): (&[f32; 4], &[f32; 4])| seen(*a, has_alpha).iter().zip(seen(*b, has_alpha)).any(|(a, b)| (a - b).abs() >= STEP);
    a.iter().zip(b).filter(|pair| differ(*pair)).count()
}

/// How many pixels have some channel for which this holds.
pub fn count(picture: &[[f32; 4]], holds: impl Fn(f32) -> bool) -> usize {
    picture.iter().filter(|pixel| pixel.iter().take(3).any(|x| holds(*x))).count()
}

/// A share of pixels in percent, as a text: at least 0.1 if there are any.
pub fn percent(part: usize, whole: usize) -> String {
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    if percent >= 10.0 || part == 0 { format!("{percent:.0} %") } else { format!("{:.1} %", percent.max(0.1)) }
}

/// After how many frames pictures come again, if they do and differ in between: 2 to 4. `None` where they stand still or go on.
pub fn period(pictures: &[Picture], has_alpha: bool) -> Option<usize> {
    let apart = |distance: usize| {
        pictures.iter().zip(pictures.iter().skip(distance)).map(|(a, b)| differing(a, b, has_alpha)).collect::<Vec<_>>()
    };
    let whole = pictures.first()?.len();
    let steps = apart(1);
    // Half a percent of all pixels is more than a point that moves.
    if steps.iter().filter(|changed| **changed * 200 > whole).count() * 3 < steps.len() {
        return None;
    }
    (2..=4).find(|period| pictures.len() > 2 * period && apart(*period).iter().all(|changed| changed * 2000 <= whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: [f32; 4] = [1.0; 4];
    const BLACK: [f32; 4] = [0.0, 0.0, 0.0, 1.0];

    #[test]
    fn what_has_no_alpha_or_is_no_number_is_black() {
        assert!(is_black(&[BLACK, [f32::NAN; 4], [-1.0, 0.004, 0.0, 1.0]], false));
        assert!(is_black(&[[1.0, 1.0, 1.0, 0.0]], true));
        assert!(!is_black(&[[1.0, 1.0, 1.0, 0.0]], false));
        assert!(!is_black(&[BLACK, [0.0, 0.02, 0.0, 1.0]], true));
    }

    #[test]
    fn plain_pictures_and_differences_are_told() {
        assert!(is_plain(&[WHITE, [2.0, 1.0, 1.0, 1.0]], false));
        assert!(!is_plain(&[WHITE, BLACK], false));
        assert_eq!(differing(&[WHITE, BLACK], &[WHITE, WHITE], false), 1);
        assert_eq!(count(&[[2.0, 0.0, 0.0, 9.0], WHITE], |x| x > 1.0), 1);
        assert_eq!([percent(0, 100), percent(1, 100_000), percent(1, 3)], ["0 %", "0.1 %", "33 %"]);
    }

    #[test]
    fn alternating_pictures_have_a_period() {
        let frames = |pattern: &[[f32; 4]]| -> Vec<Picture> { pattern.iter().map(|color| vec![*color; 4]).collect() };
        let grey = |x: usize| [x as f32 / 10.0, 0.0, 0.0, 1.0];
        assert_eq!(period(&frames(&[WHITE, BLACK, WHITE, BLACK, WHITE, BLACK]), false), Some(2));
        assert_eq!(period(&frames(&[WHITE, BLACK, BLACK, WHITE, BLACK, BLACK, WHITE]), false), Some(3));
        assert_eq!(period(&frames(&[WHITE; 8]), false), None);
        assert_eq!(period(&(0..8).map(|i| vec![grey(i); 4]).collect::<Vec<_>>(), false), None);
    }
}
