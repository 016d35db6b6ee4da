//! The server's own counters, from its internal listener.

use std::{collections::HashMap, net::SocketAddr};

use crate::{Outcome, world::http};

/// The counters at one moment, by name. Counters that differ only in their labels are added up.
#[derive(Debug, Clone, Default)]
pub struct Counters(HashMap<String, f64>);

impl Counters {
    /// Reads the counters.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn read(internal: SocketAddr) -> Outcome<Self> {
        let body = http::get(internal, "/metrics", None).await?;
        Ok(Self::parse(&body))
    }

    fn parse(body: &str) -> Self {
        let mut counters = HashMap::new();
        for line in body.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, value)) = line.rsplit_once(' ') else { continue };
            let name = name.split('{').next().unwrap_or(name);
            *counters.entry(name.to_owned()).or_default() += value.parse().unwrap_or(0.0);
        }
        Self(counters)
    }

    /// How much a counter grew after `before`.
    #[must_use]
    pub fn since(&self, before: &Self, name: &str) -> f64 {
        self.get(name) - before.get(name)
    }

    /// The value of a counter or gauge; 0 if there is none of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_added_up() {
        let before = Counters::parse("# TYPE a counter\na_total{x=\"1\"} 1\na_total{x=\"2\"} 2\n");
        let after = Counters::parse("a_total{x=\"1\"} 5\na_total{x=\"2\"} 2\n# EOF\n");
        assert!((after.since(&before, "a_total") - 4.0).abs() < f64::EPSILON);
        assert!(after.since(&before, "b_total").abs() < f64::EPSILON);
    }
}
