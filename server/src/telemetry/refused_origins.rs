//! Counts refused WebSocket upgrades by the origin of the page, with a bounded number of labels.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use http::{HeaderMap, header};
use prometheus_client::metrics::{counter::Counter, family::Family};

use super::OriginLabel;

/// The most origins with a label of their own. A client may send any origin.
const REFUSED_MAX: usize = 32;
/// The most bytes of an origin in logs and metrics; a host has at most 253 bytes (RFC 1035).
const ORIGIN_BYTES_MAX: usize = 270;
/// The label of all other origins.
const OTHERS: &str = "other";
/// The recent counts are halved at this interval.
const HALVED_EVERY_MS: i64 = 600_000;
/// The shortest interval between log lines about new origins while all labels are in use.
const LOGGED_EVERY_MS: i64 = 10_000;

/// Counts refused pages by origin, for the log and the metrics.
///
/// A client may send any origin and any `Host`, so neither shows which origin matters to the operator. A page that users
/// really use is refused again and again, so the origins with the most recent refusals have a label. When all labels are in
/// use, a new origin replaces the origin with the fewest recent refusals; among equals, the origin with the fewest refusals
/// ever. Recent counts are halved every [`HALVED_EVERY_MS`], so that an origin that was sent often once does not keep its
/// label forever. The counts of an origin that lost its label go to `other`.
#[derive(Debug, Default)]
pub struct RefusedOrigins(Mutex<Refused>);

#[derive(Debug, Default)]
struct Refused {
    named: HashMap<String, Count>,
    halved_at_ms: i64,
    logged_at_ms: i64,
}

#[derive(Debug, Default)]
struct Count {
    /// Refusals in all: the value of the metric.
    times: u64,
    /// Refusals of late, halved every [`HALVED_EVERY_MS`].
    recent: u64,
    last_ms: i64,
}

impl Refused {
    /// Counts one refusal. Returns how often this origin was refused, and whether to log it.
    fn count(&mut self, origin: &str, now_ms: i64, figures: &Family<OriginLabel, Counter>) -> (u64, bool) {
        let label = |origin: &str| OriginLabel { origin: origin.to_owned() };
        if now_ms - self.halved_at_ms >= HALVED_EVERY_MS {
            self.halved_at_ms = now_ms;
            self.named.values_mut().for_each(|count| count.recent /= 2);
        }
        let is_full = self.named.len() >= REFUSED_MAX;
        let is_new = !self.named.contains_key(origin);
        if is_full && is_new {
            let fewest = self.named.iter().min_by_key(|(_, count)| (count.recent, count.times, count.last_ms));
            if let Some((fewest, times)) = fewest.map(|(origin, count)| (origin.clone(), count.times)) {
                self.named.remove(&fewest);
                figures.remove(&label(&fewest));
                figures.get_or_create(&label(OTHERS)).inc_by(times);
            }
        }
        let count = self.named.entry(origin.to_owned()).or_default();
        count.times += 1;
        count.recent += 1;
        count.last_ms = now_ms;
        let times = count.times;
        figures.get_or_create(&label(origin)).inc();
        // While all labels are in use, an origin without a label is new each time it comes.
        let is_logged = times.is_power_of_two() && !(is_full && is_new && now_ms - self.logged_at_ms < LOGGED_EVERY_MS);
        if is_logged {
            self.logged_at_ms = now_ms;
        }
        (times, is_logged)
    }
}

impl RefusedOrigins {
    /// Counts a refused page. The log names the origin the first time, and then each time its count has doubled, so that a
    /// client that sends many origins does not fill the disk.
    pub fn count(&self, origin: &str, headers: &HeaderMap, now_ms: i64, figures: &Family<OriginLabel, Counter>) {
        let origin = &origin[..origin.floor_char_boundary(ORIGIN_BYTES_MAX)];
        let (times, is_logged) = self.0.lock().unwrap_or_else(PoisonError::into_inner).count(origin, now_ms, figures);
        if is_logged {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            tracing::warn!(
                origin,
                host,
                times,
                "a page may not connect: add its origin to `listen.origins` (CAUSERIE_LISTEN__ORIGINS) and start the server again; if it is \
                 the server's own page behind a proxy, the proxy must pass on `Host`"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Page {
        refused: RefusedOrigins,
        figures: Family<OriginLabel, Counter>,
    }

    impl Page {
        fn count(&self, origin: &str, now_ms: i64) {
            self.refused.count(origin, &HeaderMap::new(), now_ms, &self.figures);
        }

        fn counted(&self, origin: &str) -> u64 {
            self.figures.get_or_create(&OriginLabel { origin: origin.to_owned() }).get()
        }

        fn is_named(&self, origin: &str) -> bool {
            self.refused.0.lock().expect("held by nobody").named.contains_key(origin)
        }
    }

    #[test]
    fn a_real_origin_is_logged_although_many_invented_origins_are_refused() {
        let page = Page { refused: RefusedOrigins::default(), figures: Family::default() };
        for at in 0..10 * REFUSED_MAX {
            page.count(&format!("https://{at}.example"), 0);
        }
        for at in 0..3_000 {
            if at % 1_000 == 0 || at == 1 {
                page.count("https://app.acme.example", 1);
            }
            page.count(&format!("https://later-{at}.example"), 1);
        }
        assert!(page.is_named("https://app.acme.example"));
        assert_eq!(page.counted("https://app.acme.example"), 4);
        let refused = page.refused.0.lock().expect("held by nobody");
        assert_eq!(refused.named.len(), REFUSED_MAX);
        let named: u64 = refused.named.values().map(|count| count.times).sum();
        assert_eq!(named + page.counted(OTHERS), 10 * REFUSED_MAX as u64 + 3_004, "none is lost");
    }

    #[test]
    fn old_frequent_origins_are_evicted_over_time() {
        let page = Page { refused: RefusedOrigins::default(), figures: Family::default() };
        for at in 0..REFUSED_MAX {
            (0..1_000).for_each(|_| page.count(&format!("https://{at}.example"), 1));
        }
        page.count("https://app.acme.example", 2);
        assert!(page.is_named("https://app.acme.example"), "what is refused last is named");
        let mut now_ms = 2;
        for _ in 0..12 {
            now_ms += HALVED_EVERY_MS;
            page.count("https://app.acme.example", now_ms);
        }
        (0..100).for_each(|at| page.count(&format!("https://later-{at}.example"), now_ms));
        assert!(page.is_named("https://app.acme.example"));
        assert_eq!(page.counted("https://app.acme.example"), 13);
    }
}
