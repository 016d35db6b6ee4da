//! Text within the page.

use crate::report::words;

/// So that the browser shows it and never reads it as more than text, in an element as in an attribute.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for mail_spec in words::plain(text).chars() {
        match mail_spec {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A number and its unit, which a line break must not part; the unit smaller.
#[must_use]
pub fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "" | "x" => words::quantity(value, unit),
        _ => format!("{}<span class=\"unit\">{}</span>", words::number(value), escape(&words::unit(unit))),
    }
}

/// All of what `each` makes of the items, one after the other.
pub fn each<T>(items: impl IntoIterator<Item = T>, each: impl FnMut(T) -> String) -> String {
    items.into_iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_an_element_or_an_attribute() {
        assert_eq!(escape("<a href='x' b=\"&\">\u{0}"), "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;\u{fffd}");
    }
}
