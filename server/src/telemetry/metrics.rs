//! The metrics of one server object, in the format that Prometheus reads.
//!
//! The registry belongs to the server and not to the process, so that several nodes can run in one test. Names begin with
//! `causerie_` and use base units. No label contains a user, a conversation or another value of which there is an unbounded
//! number. To add a metric, add a field to [`Metrics`], and register it with its description in [`Metrics::new`].

use std::sync::atomic::AtomicU64;

use causerie_protocol::{CloseCode, ErrorCode};
use prometheus_client::{
    encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident { $label:ident: $type:ty => $value:expr })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name {
            /// The label's value.
            pub $label: $type,
        }

        impl EncodeLabelSet for $name {
            fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
                let value: String = ($value)(self.$label);
                EncodeLabel::encode(&(stringify!($label), value), encoder.encode_label())
            }
        }
    )*};
}

labels! {
    /// A command: `send_message`.
    CommandLabel { command: &'static str => str::to_owned }
    /// An error code: `not_found`.
    CodeLabel { code: ErrorCode => ErrorCode::name }
    /// A close code: `going_away`.
    CloseLabel { code: CloseCode => CloseCode::name }
    /// A kind of jobs: `prune_audit`.
    JobKindLabel { kind: &'static str => str::to_owned }
}

/// The policy and the rule that denied a request: `school/blocked`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleLabel {
    /// The label's value.
    pub rule: String,
}

impl EncodeLabelSet for RuleLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabel::encode(&("rule", self.rule.as_str()), encoder.encode_label())
    }
}

/// A kind of jobs (`prune_audit`) and a state (`dead`). The kind may belong to another release.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobLabel {
    /// The kind's name.
    pub kind: String,
    /// The state's name.
    pub state: &'static str,
}

impl EncodeLabelSet for JobLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabel::encode(&("kind", self.kind.as_str()), encoder.encode_label())?;
        EncodeLabel::encode(&("state", self.state), encoder.encode_label())
    }
}

/// The origin of a page: `https://app.example`. The code that counts origins bounds their number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginLabel {
    /// The label's value.
    pub origin: String,
}

impl EncodeLabelSet for OriginLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabel::encode(&("origin", self.origin.as_str()), encoder.encode_label())
    }
}

/// All metrics. The code that counts or measures an event updates the field. A clone of a field is cheap and shares its
/// value.
#[derive(Debug)]
#[allow(missing_docs)] // `Metrics::new` has the description of each metric
pub struct Metrics {
    registry: Registry,
    pub connections: Gauge,
    pub sessions: Gauge,
    pub live_users: Gauge,
    pub rooms: Gauge,
    pub bus_up: Gauge,
    pub frames_received: Family<CommandLabel, Counter>,
    pub frames_sent: Counter,
    pub frames_encoded: Counter,
    pub bytes_sent: Counter,
    pub socket_writes: Counter,
    pub messages_accepted: Counter,
    pub messages_repeated: Counter,
    pub published: Counter,
    pub publish_failures: Counter,
    pub announced_again: Counter,
    pub bus_signals: Counter,
    pub gaps_repaired: Counter,
    pub position_checks: Counter,
    pub slow_readers: Counter,
    pub closes: Family<CloseLabel, Counter>,
    pub refusals: Family<CodeLabel, Counter>,
    pub origins_refused: Family<OriginLabel, Counter>,
    pub policy_denials: Family<RuleLabel, Counter>,
    pub audit_dropped: Counter,
    pub resumes: Counter,
    pub reloads: Counter,
    pub commit_batch_size: Histogram,
    pub commit_seconds: Histogram,
    pub send_to_ack_seconds: Histogram,
    pub lookup_batch_size: Histogram,
    pub jobs: Family<JobLabel, Gauge>,
    pub jobs_oldest_due_seconds: Gauge<f64, AtomicU64>,
    pub job_runs: Family<JobKindLabel, Counter>,
    pub job_failures: Family<JobKindLabel, Counter>,
    pub job_run_seconds: Family<JobKindLabel, Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All metrics, with the value zero.
    #[must_use]
    pub fn new() -> Self {
        // The buckets of sizes are from 1 to 2,048, the buckets of times from 0.1 ms to 6.5 s. Each bucket is twice as large
        // as the previous bucket.
        let sizes = || Histogram::new(exponential_buckets(1.0, 2.0, 12));
        let seconds = || Histogram::new(exponential_buckets(0.000_1, 2.0, 17));
        let mut registry = Registry::with_prefix("causerie");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        let metrics = Self {
            registry: Registry::default(),
            connections: Gauge::default(),
            sessions: Gauge::default(),
            live_users: Gauge::default(),
            rooms: Gauge::default(),
            bus_up: Gauge::default(),
            frames_received: Family::default(),
            frames_sent: Counter::default(),
            frames_encoded: Counter::default(),
            bytes_sent: Counter::default(),
            socket_writes: Counter::default(),
            messages_accepted: Counter::default(),
            messages_repeated: Counter::default(),
            published: Counter::default(),
            publish_failures: Counter::default(),
            announced_again: Counter::default(),
            bus_signals: Counter::default(),
            gaps_repaired: Counter::default(),
            position_checks: Counter::default(),
            slow_readers: Counter::default(),
            closes: Family::default(),
            refusals: Family::default(),
            origins_refused: Family::default(),
            policy_denials: Family::default(),
            audit_dropped: Counter::default(),
            resumes: Counter::default(),
            reloads: Counter::default(),
            commit_batch_size: sizes(),
            commit_seconds: seconds(),
            send_to_ack_seconds: seconds(),
            lookup_batch_size: sizes(),
            jobs: Family::default(),
            jobs_oldest_due_seconds: Gauge::default(),
            job_runs: Family::default(),
            job_failures: Family::default(),
            // The buckets are from 1 ms to 4 minutes, each four times as large as the previous bucket.
            job_run_seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 4.0, 10))),
        };
        let m = &metrics;
        registry.register("connections", "Open sockets", m.connections.clone());
        registry.register("sessions", "Connections with a completed handshake", m.sessions.clone());
        registry.register("live_users", "Users with a session on this node", m.live_users.clone());
        registry.register("rooms", "Conversations with a live member on this node", m.rooms.clone());
        registry.register("bus_up", "1 while the bus between nodes works, else 0", m.bus_up.clone());
        registry.register("frames_received", "Frames from clients by command", m.frames_received.clone());
        registry.register("frames_sent", "Frames to clients", m.frames_sent.clone());
        registry.register(
            "frames_encoded",
            "Times a change was encoded for those who see it: once per encoding, however many they are",
            m.frames_encoded.clone(),
        );
        registry.register_with_unit("sent", "WebSocket payload to clients", Unit::Bytes, m.bytes_sent.clone());
        registry.register(
            "socket_writes",
            "Writes to sockets; fewer than frames when they are coalesced",
            m.socket_writes.clone(),
        );
        registry.register("messages_accepted", "Messages committed", m.messages_accepted.clone());
        registry.register(
            "messages_repeated",
            "Retries answered with the message of the first try",
            m.messages_repeated.clone(),
        );
        registry.register("published", "Signals given to the bus", m.published.clone());
        registry.register("publish_failures", "Signals the bus did not take", m.publish_failures.clone());
        registry.register("announced_again", "Signals given again after a failure", m.announced_again.clone());
        registry.register("bus_signals", "Signals received from the bus", m.bus_signals.clone());
        registry.register("gaps_repaired", "Holes found by version and filled from the database", m.gaps_repaired.clone());
        registry.register("position_checks", "Conversations compared with the database", m.position_checks.clone());
        registry.register("slow_readers", "Connections parted from the live stream", m.slow_readers.clone());
        registry.register("closes", "Connections closed by the server, by code", m.closes.clone());
        registry.register("refusals", "Requests refused, by error", m.refusals.clone());
        registry.register("origins_refused", "Pages that may not connect, by origin", m.origins_refused.clone());
        registry.register("policy_denials", "Requests the rules forbade, by rule", m.policy_denials.clone());
        registry.register("audit_dropped", "Refusals that the audit lacks", m.audit_dropped.clone());
        registry.register("resumes", "Resumes answered", m.resumes.clone());
        registry.register("reloads", "Resumed conversations a client had to load anew", m.reloads.clone());
        registry.register("commit_batch_size", "Items per transaction of a writer", m.commit_batch_size.clone());
        registry.register_with_unit("commit", "Time of a writer's transaction", Unit::Seconds, m.commit_seconds.clone());
        registry.register_with_unit(
            "send_to_ack",
            "Time from a decoded message to its acknowledgement",
            Unit::Seconds,
            m.send_to_ack_seconds.clone(),
        );
        registry.register(
            "log_lines_lost",
            "Lines of the log that could not be written, of the whole process",
            super::log::lost_lines(),
        );
        registry.register("lookup_batch_size", "Questions per shared look-up", m.lookup_batch_size.clone());
        registry.register("jobs", "Jobs in the database that wait, run or are dead, by kind and state", m.jobs.clone());
        registry.register_with_unit(
            "jobs_oldest_due",
            "How long the oldest job that is due has waited for a worker",
            Unit::Seconds,
            m.jobs_oldest_due_seconds.clone(),
        );
        registry.register("job_runs", "Runs of jobs that ended on this node, by kind", m.job_runs.clone());
        registry.register("job_failures", "Runs of jobs that failed on this node, by kind", m.job_failures.clone());
        registry.register_with_unit("job_run", "Time of a run of a job, by kind", Unit::Seconds, m.job_run_seconds.clone());
        // A family without a series is not printed, so each gets one series from the start, for dashboards and alerts.
        let _ = m.frames_received.get_or_create(&CommandLabel { command: "send_message" });
        let _ = m.closes.get_or_create(&CloseLabel { code: CloseCode::GoingAway });
        let _ = m.refusals.get_or_create(&CodeLabel { code: ErrorCode::Unavailable });
        let _ = m.policy_denials.get_or_create(&RuleLabel { rule: "default".to_owned() });
        let _ = m.origins_refused.get_or_create(&OriginLabel { origin: "other".to_owned() });
        let kind = "prune_jobs";
        let _ = m.jobs.get_or_create(&JobLabel { kind: kind.to_owned(), state: "dead" });
        let _ = m.job_runs.get_or_create(&JobKindLabel { kind });
        let _ = m.job_failures.get_or_create(&JobKindLabel { kind });
        let _ = m.job_run_seconds.get_or_create(&JobKindLabel { kind });
        Self { registry, ..metrics }
    }

    /// All metrics as OpenMetrics text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::new();
        // Writing to a `String` can't fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_prefix_and_unit() {
        let metrics = Metrics::new();
        metrics.connections.set(3);
        metrics.bytes_sent.inc_by(10);
        metrics.commit_seconds.observe(0.002);
        metrics.frames_received.get_or_create(&CommandLabel { command: "send_message" }).inc();
        metrics.closes.get_or_create(&CloseLabel { code: CloseCode::GoingAway }).inc();
        metrics.refusals.get_or_create(&CodeLabel { code: ErrorCode::NotFound }).inc();
        metrics.policy_denials.get_or_create(&RuleLabel { rule: "open/peer-active".to_owned() }).inc();
        let text = metrics.encode();
        for line in [
            "causerie_connections 3",
            "causerie_sent_bytes_total 10",
            "causerie_commit_seconds_count 1",
            "causerie_frames_received_total{command=\"send_message\"} 1",
            "causerie_closes_total{code=\"going_away\"} 1",
            "causerie_refusals_total{code=\"not_found\"} 1",
            "causerie_policy_denials_total{rule=\"open/peer-active\"} 1",
            concat!("causerie_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
        ] {
            assert!(text.lines().any(|found| found == line), "no {line:?} in\n{text}");
        }
        assert!(text.lines().all(|line| line.starts_with('#') || line.starts_with("causerie_")), "{text}");
    }

    #[test]
    fn two_servers_do_not_share_metrics() {
        let (first, second) = (Metrics::new(), Metrics::new());
        first.messages_accepted.inc();
        assert_eq!(second.messages_accepted.get(), 0);
        assert!(second.encode().contains("causerie_messages_accepted_total 0"));
    }
}
