//! The languages of the server's reports. The messenger page has the same languages.

use std::str::FromStr;

use http::{HeaderMap, header};

/// A language of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Language {
    /// The language tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The text of this language.
    #[must_use]
    pub fn choose(self, [en, fr]: [&str; 2]) -> &str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }

    /// The language that a request prefers by its `Accept-Language` header (RFC 9110); English if the header contains no
    /// language of this enum.
    #[must_use]
    pub fn of_request(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        let mut best = (0.0, Self::default());
        for range in accepted.flat_map(|value| value.split(',')) {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let quality =
                parameters.trim().strip_prefix("q=").map_or(Some(1.0), |quality| quality.trim().parse::<f32>().ok());
            if let (Ok(language), Some(quality)) = (tag.parse(), quality)
                && quality > best.0
            {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The language of the terminal: the first non-empty variable of `LC_ALL`, `LC_MESSAGES` and `LANG`; English if its
    /// value is no language of this enum.
    #[must_use]
    pub fn of_environment() -> Self {
        let values = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
        values.into_iter().find(|value| !value.is_empty()).and_then(|value| value.parse().ok()).unwrap_or_default()
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(tag: &str) -> Result<Self, String> {
        let primary = tag.trim().split(['-', '_', '.']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" => Ok(Self::En),
            "fr" => Ok(Self::Fr),
            _ => Err("expected `en` or `fr`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_gets_the_language_that_it_prefers() {
        for (accepted, language) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Language::Fr),
            ("en-US,en;q=0.9,fr;q=0.8", Language::En),
            ("de, fr;q=0.5, en;q=0.4", Language::Fr),
            ("en;q=0.1,fr;q=0.2", Language::Fr),
            ("fr;q=0", Language::En),
            ("de", Language::En),
            ("*;q=bad,,;", Language::En),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, accepted.parse().expect("a header"))]);
            assert_eq!(Language::of_request(&headers), language, "{accepted}");
        }
        assert_eq!(Language::of_request(&HeaderMap::new()), Language::En);
    }

    #[test]
    fn a_locale_is_parsed_as_its_language() {
        assert_eq!("fr_FR.UTF-8".parse(), Ok(Language::Fr));
        assert_eq!("EN".parse(), Ok(Language::En));
        assert!("C.UTF-8".parse::<Language>().is_err());
    }
}
