//! The labels of an axis.

use super::Axis;
use crate::report::words;

/// An axis from zero to above `top`, in steps of 1, 2 or 5 times a power of ten.
pub fn linear(top: f64) -> Axis {
    // Tiny values and NaN would need endless ticks.
    let top = if (1e-12..1e300).contains(&top) { top } else { 1.0 };
    let step = step(top / 4.0);
    let count = (top / step).ceil().max(1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // about five
    let ticks = (0..=count as u32).map(|tick| f64::from(tick) * step);
    Axis { range: 0.0..count * step, ticks: ticks.map(|place| (place, short(place, top))).collect() }
}

/// A logarithmic axis from `low` to `high`, both above zero: labels at powers of ten, and at 2 and 5 between them if
/// there is room.
pub fn logarithmic(low: f64, high: f64) -> Axis {
    // Nanoseconds to years, in milliseconds. Without bounds an invalid number would make endless ticks.
    let (low, high) = (low.clamp(1e-6, 1e12), high.clamp(1e-6, 1e12));
    // The axis also begins and ends at 1, 2 or 5 times a power of ten.
    let (from, to) = ((1.0 / step(1.0 / low)).log10(), step(high).log10());
    let to = if to > from { to } else { from + 1.0 };
    let between: &[f64] = if to - from > 2.4 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    #[allow(clippy::cast_possible_truncation)] // milliseconds of a run are within a few powers of ten
    let powers = from.floor() as i32..=to.ceil() as i32;
    let values = powers.flat_map(|power| between.iter().map(move |digit| digit * 10_f64.powi(power)));
    let within = |place: f64| (from - 1e-9..=to + 1e-9).contains(&place);
    let ticks = values.map(|value| (value.log10(), short(value, value))).filter(|tick| within(tick.0));
    Axis { range: from..to, ticks: ticks.collect() }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
fn step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let digits = least / power;
    power * [1.0, 2.0, 5.0].into_iter().find(|one| *one >= digits - 1e-9).unwrap_or(10.0)
}

/// A short number: `20k`, `1.5M`. The letter that suits `top` is used for the whole axis.
fn short(value: f64, top: f64) -> String {
    let (value, mail_spec) = match top {
        _ if value == 0.0 => (value, ""),
        1e9.. => (value / 1e9, "G"),
        1e6.. => (value / 1e6, "M"),
        1e4.. => (value / 1e3, "k"),
        _ => (value, ""),
    };
    // Rounding removes the errors of steps that have no exact binary form.
    words::exact((value * 1e9).round() / 1e9) + mail_spec
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.1.as_str()).collect()
    }

    #[test]
    fn linear_axes_begin_at_zero() {
        assert_eq!(labels(&linear(308.0)), ["0", "100", "200", "300", "400"]);
        assert_eq!(labels(&linear(103_000.0)), ["0", "50k", "100k", "150k"]);
        assert_eq!(labels(&linear(0.7)), ["0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels(&linear(16_000.0)), ["0", "5k", "10k", "15k", "20k"]);
        for top in [0.0, f64::MIN_POSITIVE, f64::MAX, f64::NAN] {
            assert_eq!(linear(top).range, 0.0..1.0, "{top}");
        }
    }

    #[test]
    fn logarithmic_axes_hold_their_values() {
        let axis = logarithmic(0.16, 109.0);
        assert_eq!(labels(&axis), ["0.1", "1", "10", "100"]);
        assert!(axis.range.start <= 0.16_f64.log10() && axis.range.end >= 109_f64.log10(), "{:?}", axis.range);
        assert_eq!(labels(&logarithmic(9.1, 70.0)), ["5", "10", "20", "50", "100"]);
        assert_eq!(logarithmic(1.0, 1.0).range, 0.0..1.0);
        assert!(logarithmic(f64::MIN_POSITIVE, f64::MAX).ticks.len() < 30);
    }
}
