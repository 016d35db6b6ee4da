//! Counts refused WebSocket upgrades by the origin of the page, with a bounded number of labels.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use http::{HeaderMap, header};
use prometheus_client::metrics::{counter::Counter, family::Family};

use super::OriginLabel;

/// The maximum number of origins that have a label. It is bounded because a client may send any origin.
const LABELLED_MAX: usize = 32;
/// The maximum length of an origin in logs and metrics, in bytes. A host has at most 253 bytes (RFC 1035).
const ORIGIN_BYTES_MAX: usize = 270;
/// The label of all other origins.
const OTHER: &str = "other";
/// The interval at which the recent counts are halved, in milliseconds.
const HALVE_INTERVAL_MS: i64 = 600_000;
/// The shortest interval between log lines about new origins while all labels are in use, in milliseconds.
const LOG_INTERVAL_MS: i64 = 10_000;

/// Counts refused pages by origin, for the log and the metrics.
///
/// A client may send any origin and any `Host`, so these headers do not show whether an origin matters to the operator. A
/// page that users really use is refused many times, so the origins with the most recent refusals have a label. When all
/// labels are in use, a new origin replaces the origin with the fewest recent refusals; if several origins have equally few,
/// the origin with the fewest refusals in total. Recent counts are halved every [`HALVE_INTERVAL_MS`], so that an origin
/// that was sent often in the past does not keep its label forever. The count of an origin that lost its label is added to
/// `other`.
#[derive(Debug, Default)]
pub struct RefusedOrigins(Mutex<Refused>);

#[derive(Debug, Default)]
struct Refused {
    labelled: HashMap<String, Count>,
    halved_at_ms: i64,
    logged_at_ms: i64,
}

#[derive(Debug, Default)]
struct Count {
    /// The number of all refusals, which is the value of the metric.
    times: u64,
    /// The number of recent refusals, halved every [`HALVE_INTERVAL_MS`].
    recent: u64,
    /// The time of the last refusal, in milliseconds since 1970 UTC.
    last_ms: i64,
}

impl Refused {
    /// Counts one refusal. Returns the number of refusals of this origin, and whether to log this refusal.
    fn count(&mut self, origin: &str, now_ms: i64, counter: &Family<OriginLabel, Counter>) -> (u64, bool) {
        let label = |origin: &str| OriginLabel { origin: origin.to_owned() };
        if now_ms - self.halved_at_ms >= HALVE_INTERVAL_MS {
            self.halved_at_ms = now_ms;
            self.labelled.values_mut().for_each(|count| count.recent /= 2);
        }
        let is_full = self.labelled.len() >= LABELLED_MAX;
        let is_new = !self.labelled.contains_key(origin);
        if is_full && is_new {
            let fewest = self.labelled.iter().min_by_key(|(_, count)| (count.recent, count.times, count.last_ms));
            if let Some((fewest, times)) = fewest.map(|(origin, count)| (origin.clone(), count.times)) {
                self.labelled.remove(&fewest);
                counter.remove(&label(&fewest));
                counter.get_or_create(&label(OTHER)).inc_by(times);
            }
        }
        let count = self.labelled.entry(origin.to_owned()).or_default();
        count.times += 1;
        count.recent += 1;
        count.last_ms = now_ms;
        let times = count.times;
        counter.get_or_create(&label(origin)).inc();
        // While all labels are in use, an origin without a label counts as new at each refusal.
        let is_logged = times.is_power_of_two() && !(is_full && is_new && now_ms - self.logged_at_ms < LOG_INTERVAL_MS);
        if is_logged {
            self.logged_at_ms = now_ms;
        }
        (times, is_logged)
    }
}

impl RefusedOrigins {
    /// Counts a refused page. The origin is logged at its first refusal and each time its count has doubled. While all
    /// labels are in use, new origins are logged at most every 10 seconds. So a client that sends many origins does not fill
    /// the disk.
    pub fn count(&self, origin: &str, headers: &HeaderMap, now_ms: i64, counter: &Family<OriginLabel, Counter>) {
        let origin = &origin[..origin.floor_char_boundary(ORIGIN_BYTES_MAX)];
        let (times, is_logged) = self.0.lock().unwrap_or_else(PoisonError::into_inner).count(origin, now_ms, counter);
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

    struct Fixture {
        refused: RefusedOrigins,
        counter: Family<OriginLabel, Counter>,
    }

    impl Fixture {
        fn count(&self, origin: &str, now_ms: i64) {
            self.refused.count(origin, &HeaderMap::new(), now_ms, &self.counter);
        }

        fn metric_value(&self, origin: &str) -> u64 {
            self.counter.get_or_create(&OriginLabel { origin: origin.to_owned() }).get()
        }

        fn is_labelled(&self, origin: &str) -> bool {
            self.refused.0.lock().expect("held by nobody").labelled.contains_key(origin)
        }
    }

    #[test]
    fn a_real_origin_is_logged_although_many_invented_origins_are_refused() {
        let fixture = Fixture { refused: RefusedOrigins::default(), counter: Family::default() };
        for number in 0..10 * LABELLED_MAX {
            fixture.count(&format!("https://{number}.example"), 0);
        }
        for number in 0..3_000 {
            if number % 1_000 == 0 || number == 1 {
                fixture.count("https://app.acme.example", 1);
            }
            fixture.count(&format!("https://later-{number}.example"), 1);
        }
        assert!(fixture.is_labelled("https://app.acme.example"));
        assert_eq!(fixture.metric_value("https://app.acme.example"), 4);
        let refused = fixture.refused.0.lock().expect("held by nobody");
        assert_eq!(refused.labelled.len(), LABELLED_MAX);
        let labelled: u64 = refused.labelled.values().map(|count| count.times).sum();
        assert_eq!(labelled + fixture.metric_value(OTHER), 10 * LABELLED_MAX as u64 + 3_004, "none is lost");
    }

    #[test]
    fn old_frequent_origins_are_evicted_over_time() {
        let fixture = Fixture { refused: RefusedOrigins::default(), counter: Family::default() };
        for number in 0..LABELLED_MAX {
            (0..1_000).for_each(|_| fixture.count(&format!("https://{number}.example"), 1));
        }
        fixture.count("https://app.acme.example", 2);
        assert!(fixture.is_labelled("https://app.acme.example"), "what is refused last is named");
        let mut now_ms = 2;
        for _ in 0..12 {
            now_ms += HALVE_INTERVAL_MS;
            fixture.count("https://app.acme.example", now_ms);
        }
        (0..100).for_each(|number| fixture.count(&format!("https://later-{number}.example"), now_ms));
        assert!(fixture.is_labelled("https://app.acme.example"));
        assert_eq!(fixture.metric_value("https://app.acme.example"), 13);
    }
}
