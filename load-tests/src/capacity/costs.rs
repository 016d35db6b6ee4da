//! The cost of a unit of each kind of work, read from reports.

use serde_json::Value;

use crate::Outcome;

/// The costs of a session, a message, a delivery and a read. CPU time is in microseconds.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Costs {
    /// Memory of one session in the server and in the kernel.
    pub session_bytes: f64,
    /// CPU time of one session per second.
    pub session_cpu: f64,
    /// CPU time to decide, store and answer a message, without its deliveries.
    pub message_cpu: f64,
    pub delivery_cpu: f64,
    pub read_cpu: f64,
    /// CPU time to publish or to receive a signal. With two nodes, each message causes one publication and two
    /// receipts.
    pub signal_cpu: f64,
    pub return_cpu: f64,
    pub message_database_cpu: f64,
    pub read_database_cpu: f64,
    /// CPU time of Redis for each node that receives the signal of a message.
    pub signal_redis_cpu: f64,
}

/// One of the costs, as text.
pub struct CostRow {
    pub what: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub from: &'static str,
}

impl Costs {
    /// Reads the costs.
    ///
    /// # Errors
    /// When a cost is missing.
    pub fn of(reports: &[Value]) -> Outcome<Self> {
        let figure = |scenario: &str, section: &str, name: &str| find(reports, scenario, section, name);
        let cost = |scenario: &str, name: &str| growth(reports, scenario, name);
        let delivery_cpu = figure("fanout", "metrics", "server CPU per delivered message")?;
        // A message of a pair has one delivery; its answer leaves with other frames of the same socket.
        let message_cpu = (cost("durable", "server CPU per message")? - delivery_cpu).max(0.0);
        // The sum over both nodes: the message, its deliveries, one published signal and two received ones.
        let deliveries =
            figure("two-nodes", "metrics", "messages delivered")? / figure("two-nodes", "workload", "messages")?;
        let both = cost("two-nodes", "CPU of both nodes per delivered message")? * deliveries;
        let signals = both - message_cpu - deliveries * delivery_cpu;
        Ok(Self {
            session_bytes: figure("idle", "metrics", "RSS per session")?
                + figure("idle", "baselines", "kernel slab per socket")?,
            session_cpu: cost("idle", "CPU per session")?,
            message_cpu,
            delivery_cpu,
            read_cpu: cost("office-day", "server CPU per request, deliveries included")?,
            signal_cpu: (signals / 3.0).max(0.0),
            return_cpu: cost("reconnect", "server CPU per return")?,
            message_database_cpu: cost("durable", "database CPU per message")?,
            read_database_cpu: cost("office-day", "database CPU per request")?,
            signal_redis_cpu: cost("two-nodes", "Redis CPU per message")? / 2.0,
        })
    }

    /// All costs with their descriptions.
    pub fn each(&self) -> [CostRow; 10] {
        let row = |what, value, unit, from| CostRow { what, value, unit, from };
        [
            row("session, memory of server and kernel", self.session_bytes, "B", "`idle`"),
            row("session, CPU", self.session_cpu, "us/s", "`idle`"),
            row("message stored and answered, CPU", self.message_cpu, "us", "`durable`, less one delivery"),
            row("delivery of a message, CPU", self.delivery_cpu, "us", "`fanout`"),
            row("read, CPU", self.read_cpu, "us", "`office-day`, all requests together"),
            row("signal between nodes sent or heard, CPU", self.signal_cpu, "us", "`two-nodes`, what is left of it"),
            row("return after a cut, CPU", self.return_cpu, "us", "`reconnect`"),
            row("message stored, database CPU", self.message_database_cpu, "us", "`durable`"),
            row("read, database CPU", self.read_database_cpu, "us", "`office-day`"),
            row("signal to one node, Redis CPU", self.signal_redis_cpu, "us", "`two-nodes`"),
        ]
    }
}

/// The last report of a scenario. A single report counts as its own scenario.
fn report<'a>(reports: &'a [Value], scenario: &str) -> Outcome<&'a Value> {
    let all = reports.iter().flat_map(|one| match one["reports"].as_array() {
        Some(several) => several.iter().collect::<Vec<_>>(),
        None => vec![one],
    });
    let mut named = all.filter(|report| report["scenario"] == scenario);
    named.next_back().ok_or_else(|| format!("no report of `{scenario}`").into())
}

fn find(reports: &[Value], scenario: &str, section: &str, name: &str) -> Outcome<f64> {
    let figures = report(reports, scenario)?[section].as_array();
    value(figures.into_iter().flatten(), name).ok_or_else(|| format!("`{scenario}`: {section} have no `{name}`").into())
}

/// The cost of a unit at the largest size.
fn growth(reports: &[Value], scenario: &str, name: &str) -> Outcome<f64> {
    let steps = report(reports, scenario)?["growth"].as_array();
    let largest = steps.and_then(|steps| steps.last()).and_then(|step| step["costs"].as_array());
    value(largest.into_iter().flatten(), name).ok_or_else(|| format!("`{scenario}`: growth has no `{name}`").into())
}

fn value<'a>(mut figures: impl Iterator<Item = &'a Value>, name: &str) -> Option<f64> {
    figures.find(|figure| figure["name"] == name)?["value"].as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_report_of_a_scenario_counts() {
        let one = |value: f64| json!({ "scenario": "idle", "metrics": [{ "name": "x", "value": value }] });
        let set = json!({ "reports": [one(1.0), { "scenario": "fanout" }] });
        assert_eq!(find(&[set.clone(), one(2.0)], "idle", "metrics", "x").expect("there"), 2.0);
        assert_eq!(find(std::slice::from_ref(&set), "idle", "metrics", "x").expect("there"), 1.0);
        let missing = find(&[set], "fanout", "metrics", "x").expect_err("not there").to_string();
        assert!(missing.contains("fanout") && missing.contains("`x`"), "{missing}");
    }

    #[test]
    fn the_largest_size_counts() {
        let step = |value: f64| json!({ "costs": [{ "name": "x", "value": value }] });
        let report = json!({ "scenario": "idle", "growth": [step(1.0), step(2.0)] });
        assert_eq!(growth(&[report], "idle", "x").expect("there"), 2.0);
    }
}
