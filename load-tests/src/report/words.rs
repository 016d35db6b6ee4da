//! Formats numbers, times and names for readers, in the same way for the table and the page.

use super::{Goal, Side};

/// Shown for a value that is not finite.
const NOTHING: &str = "–";

/// A number with three significant digits, or all digits before the point: `0.0712`, `3.77`, `14.9`, `10,125`. Whole
/// numbers are counts and have no point.
#[must_use]
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { grouped(&format!("{value:.0}")) } else { measured(value) }
}

/// As [`number`], for a measured value that happens to be whole: `9.10`, `15.0`.
#[must_use]
pub fn measured(value: f64) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let digits = match value.abs() {
        0.0 => 0,
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        0.01.. => 4,
        0.001.. => 5,
        _ => return format!("{value:.1e}"),
    };
    grouped(&format!("{value:.digits$}"))
}

/// All digits of a number that was chosen, not measured.
#[must_use]
pub fn exact(value: f64) -> String {
    let shortest = format!("{value}");
    if value.is_finite() && shortest.len() <= 12 { grouped(&shortest) } else { number(value) }
}

/// Commas between thousands.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, rest) = digits.find('.').map_or((digits, ""), |point| digits.split_at(point));
    let mut text = sign.to_owned();
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

/// The unit for display: `us` becomes `µs`, `x` becomes `×`, `1/s` becomes a rate per second.
#[must_use]
pub fn unit(unit: &str) -> String {
    match unit {
        "x" => "×".to_owned(),
        "1/s" => "/s".to_owned(),
        _ if unit == "us" || unit.starts_with("us/") => unit.replacen("us", "µs", 1),
        _ => unit.to_owned(),
    }
}

/// A number with its unit.
#[must_use]
pub fn quantity(value: f64, unit: &str) -> String {
    beside(&number(value), unit)
}

/// A ratio.
#[must_use]
pub fn times(ratio: f64) -> String {
    beside(&measured(ratio), "x")
}

/// A part as a percentage, without digits that carry no information.
#[must_use]
pub fn percent(part: f64) -> String {
    let percent = part * 100.0;
    if percent > 0.0 && percent < 1.0 { "< 1 %".to_owned() } else { format!("{} %", number(percent.round())) }
}

/// A chosen number with its unit.
fn chosen(value: f64, unit: &str) -> String {
    beside(&exact(value), unit)
}

fn beside(number: &str, unit: &str) -> String {
    match unit {
        "" => number.to_owned(),
        "x" | "%" => format!("{number}{}", self::unit(unit)),
        _ => format!("{number} {}", self::unit(unit)),
    }
}

/// `≤ 4 KB`.
#[must_use]
pub fn limit(goal: &Goal) -> String {
    let sign = match goal.side {
        Side::AtMost => '≤',
        Side::AtLeast => '≥',
    };
    format!("{sign} {}", chosen(goal.limit, goal.unit))
}

/// `1/4`, `1/2`, `full`, or a percentage.
#[must_use]
pub fn scale(scale: f64) -> String {
    match scale {
        0.25 => "1/4".to_owned(),
        0.5 => "1/2".to_owned(),
        1.0 => "full".to_owned(),
        _ => format!("{} %", number(scale * 100.0)),
    }
}

/// `50`, `99.9`, `max`.
#[must_use]
pub fn percentile(quantile: f64) -> String {
    if quantile >= 1.0 { "max".to_owned() } else { format!("{}", (quantile * 1e8).round() / 1e6) }
}

/// `42 s`, `3 min 20 s`, `1 h 2 min`.
#[must_use]
pub fn time_span(seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates, which suits here
    let whole = seconds.round() as u64;
    match whole {
        0..10 => format!("{} s", number((seconds.max(0.0) * 10.0).round() / 10.0)),
        10..60 => format!("{whole} s"),
        60..3_600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3_600, whole % 3_600 / 60),
    }
}

/// `21 November 2026, 15:35 UTC`.
#[must_use]
pub fn date(unix: u64) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    // Years begin in March here, so that the day that is sometimes there is the last one (Hinnant, "chrono-Compatible
    // Low-Level Date Algorithms", civil_from_days; without its part for dates before 1970).
    let days = unix / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12;
    let year = era * 400 + year_of_era + u64::from(month < 2);
    let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{day} {name} {year}, {:02}:{:02} UTC", unix / 3_600 % 24, unix / 60 % 60)
}

/// A name without the characters that a terminal or a browser would interpret: control characters and characters that
/// change the direction of the text.
#[must_use]
pub fn plain(text: &str) -> String {
    let obeyed = |mail_spec: char| {
        mail_spec.is_control()
            || matches!(mail_spec, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|mail_spec| if obeyed(mail_spec) { '\u{fffd}' } else { mail_spec }).collect()
}

/// As [`plain`], for a text of several lines.
#[must_use]
pub fn plain_lines(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits_or_all_digits_before_the_point() {
        for (value, text) in [
            (0.0, "0"),
            (0.000_02, "2.0e-5"),
            (0.071_23, "0.0712"),
            (0.25, "0.250"),
            (3.766, "3.77"),
            (-14.0, "-14"),
            (14.93, "14.9"),
            (632.14, "632"),
            (1_234.4, "1,234"),
            (10_125.0, "10,125"),
            (1_900_000.4, "1,900,000"),
            (-1_234_567.0, "-1,234,567"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(number(value), text, "{value}");
        }
    }

    #[test]
    fn limits_keep_their_digits() {
        let limit = |side, value, unit| limit(&Goal::new("", 0.0, side, value, unit));
        assert_eq!(limit(Side::AtMost, 1.3, "x"), "≤ 1.3×");
        assert_eq!(limit(Side::AtMost, 4.0, "KB"), "≤ 4 KB");
        assert_eq!(limit(Side::AtLeast, 3_000.0, "1/s"), "≥ 3,000 /s");
        assert_eq!(limit(Side::AtMost, 0.6, "us/s"), "≤ 0.6 µs/s");
        assert_eq!(limit(Side::AtMost, 1.0 / 3.0, ""), "≤ 0.333");
    }

    #[test]
    fn parts_and_ratios_are_formatted() {
        assert_eq!([1.0, 0.9893, 12.5].map(times), ["1.00×", "0.989×", "12.5×"]);
        assert_eq!([0.0, 0.004, 0.956, 12.5].map(percent), ["0 %", "< 1 %", "96 %", "1,250 %"]);
    }

    #[test]
    fn sizes_and_percentiles_have_names() {
        assert_eq!([0.25, 0.5, 1.0, 0.1].map(scale), ["1/4", "1/2", "full", "10 %"]);
        assert_eq!([0.5, 0.999, 0.9999, 1.0].map(percentile), ["50", "99.9", "99.99", "max"]);
    }

    #[test]
    fn spans_of_time_are_formatted() {
        assert_eq!([0.04, 3.25, 42.4, 200.0, 3_725.0].map(time_span), ["0 s", "3.30 s", "42 s", "3 min 20 s", "1 h 2 min"]);
    }

    #[test]
    fn dates_are_formatted() {
        assert_eq!(date(0), "1 January 1970, 00:00 UTC");
        assert_eq!(date(951_782_400), "29 February 2000, 00:00 UTC");
        assert_eq!(date(1_795_274_759), "21 November 2026, 15:25 UTC");
        assert_eq!(date(4_107_542_399), "28 February 2100, 23:59 UTC");
    }

    #[test]
    fn control_characters_are_removed_from_names() {
        assert_eq!(plain("a\u{1b}[2Jb\n\u{202e}c é"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c é");
    }
}
