//! Text within the page.

use crate::report::words;

/// Escapes a text for an element or an attribute, so that the browser shows it as text.
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

/// A number with its unit in a smaller font, without a line break between them.
#[must_use]
pub fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "" | "x" => words::quantity(value, unit),
        _ => format!("{}<span class=\"unit\">{}</span>", words::number(value), escape(&words::unit(unit))),
    }
}

/// Joins the results of `each` for all items.
pub fn each<T>(items: impl IntoIterator<Item = T>, each: impl FnMut(T) -> String) -> String {
    items.into_iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_stays_inside_its_element_or_attribute() {
        assert_eq!(escape("<a href='x' b=\"&\">\u{0}"), "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;\u{fffd}");
    }
}
