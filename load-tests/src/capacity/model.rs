//! The arithmetic. People are spread evenly over nodes, and so are the members of each conversation; all work grows with the
//! people who are connected.

use super::costs::Costs;

/// What one person who is connected does.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Work {
    pub sends_per_s: f64,
    /// Others who are connected when a message comes.
    pub listeners: f64,
    pub reads_per_s: f64,
}

/// What there is to do it on.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Machines {
    /// Of a node.
    pub cores: f64,
    /// Of a node.
    pub memory_bytes: f64,
    pub database_cores: f64,
    /// The part of each that may be used; Redis has one core.
    pub busy: f64,
}

/// What so many people use.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Load {
    pub node_cores: f64,
    pub node_bytes: f64,
    pub database_cores: f64,
    pub redis_cores: f64,
}

/// As many people as there may be.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Held {
    pub people: f64,
    pub limit: &'static str,
}

const US: f64 = 1e-6;

/// Nodes that have somebody of so many, placed at random: each is missed by all with (1 - 1/n)^people.
pub fn reached(nodes: f64, people: f64) -> f64 {
    nodes * (1.0 - (1.0 - 1.0 / nodes).powf(people))
}

/// What so many people use on so many nodes.
pub fn load(costs: &Costs, work: &Work, nodes: f64, people: f64) -> Load {
    let sends = people * work.sends_per_s;
    let reads = people * work.reads_per_s;
    // A node hears of its own messages as well. One alone sends and hears nothing.
    let heard = if nodes > 1.0 { sends * reached(nodes, work.listeners + 1.0) } else { 0.0 };
    let signals = if nodes > 1.0 { sends + heard } else { 0.0 };
    let cpu = people * costs.session_cpu
        + sends * (costs.message_cpu + work.listeners * costs.delivery_cpu)
        + reads * costs.read_cpu
        + signals * costs.signal_cpu;
    Load {
        node_cores: cpu * US / nodes,
        node_bytes: people * costs.session_bytes / nodes,
        database_cores: (sends * costs.message_database_cpu + reads * costs.read_database_cpu) * US,
        redis_cores: heard * costs.signal_redis_cpu * US,
    }
}

/// How many people so many nodes hold, and what holds no more.
pub fn most(costs: &Costs, work: &Work, machines: &Machines, nodes: f64) -> Held {
    // Everything is proportional to people.
    let of_one = load(costs, work, nodes, 1.0);
    let limits = [
        ("CPU of the nodes", machines.busy * machines.cores / of_one.node_cores),
        ("memory of the nodes", machines.memory_bytes / of_one.node_bytes),
        ("CPU of the database", machines.busy * machines.database_cores / of_one.database_cores),
        ("Redis, one core", machines.busy / of_one.redis_cores),
    ];
    let (limit, people) =
        limits.into_iter().fold(("", f64::INFINITY), |least, one| if one.1 < least.1 { one } else { least });
    Held { people, limit }
}

/// How long the others are busy with the people of a node that ended, in seconds; with all of them where it was the only one and
/// starts anew.
pub fn return_s(costs: &Costs, machines: &Machines, nodes: f64, people: f64) -> f64 {
    let spare = if nodes > 1.0 { (nodes - 1.0) * machines.cores * (1.0 - machines.busy) } else { machines.cores };
    people / nodes * costs.return_cpu * US / spare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs() -> Costs {
        Costs {
            session_bytes: 8_000.0,
            session_cpu: 0.5,
            message_cpu: 50.0,
            delivery_cpu: 7.0,
            read_cpu: 100.0,
            signal_cpu: 20.0,
            return_cpu: 110.0,
            message_database_cpu: 50.0,
            read_database_cpu: 100.0,
            signal_redis_cpu: 5.0,
        }
    }

    fn work() -> Work {
        Work { sends_per_s: 0.01, listeners: 9.0, reads_per_s: 0.1 }
    }

    const MACHINES: Machines = Machines { cores: 4.0, memory_bytes: 8e9, database_cores: 16.0, busy: 0.5 };

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{value} is not {expected}");
    }

    #[test]
    fn one_node_pays_for_no_signals() {
        let load = load(&costs(), &work(), 1.0, 100_000.0);
        // 0.05 of sessions, 1,000 messages of 113 us, 10,000 reads of 100 us.
        near(load.node_cores, 0.05 + 0.113 + 1.0);
        near(load.node_bytes, 8e8);
        near(load.database_cores, 0.05 + 1.0);
        near(load.redis_cores, 0.0);
    }

    #[test]
    fn ten_people_are_on_both_of_two_nodes_and_on_few_of_many() {
        near(reached(1.0, 10.0), 1.0);
        near(reached(2.0, 10.0), 2.0 * (1.0 - 1.0 / 1024.0));
        assert!((9.0..10.0).contains(&reached(100.0, 10.0)), "{}", reached(100.0, 10.0));
    }

    #[test]
    fn who_returns_uses_what_is_spare() {
        // 50,000 on the two idle cores of the other one; 100,000 on all four of the same.
        near(return_s(&costs(), &MACHINES, 2.0, 100_000.0), 50_000.0 * 110e-6 / 2.0);
        near(return_s(&costs(), &MACHINES, 1.0, 100_000.0), 100_000.0 * 110e-6 / 4.0);
    }

    #[test]
    fn the_first_limit_is_found() {
        let alone = most(&costs(), &work(), &MACHINES, 1.0);
        assert_eq!(alone.limit, "CPU of the nodes");
        near(load(&costs(), &work(), 1.0, alone.people).node_cores, 2.0);
        let many = most(&costs(), &work(), &MACHINES, 64.0);
        assert_eq!(many.limit, "CPU of the database");
        near(load(&costs(), &work(), 64.0, many.people).database_cores, 8.0);
        let silent = Work { sends_per_s: 0.0, listeners: 9.0, reads_per_s: 0.0 };
        assert_eq!(most(&costs(), &silent, &MACHINES, 1.0).limit, "memory of the nodes");
        let talk = Work { sends_per_s: 1.0, listeners: 99.0, reads_per_s: 0.0 };
        let cheap = Costs { message_database_cpu: 1.0, ..costs() };
        assert_eq!(most(&cheap, &talk, &MACHINES, 64.0).limit, "Redis, one core");
    }
}
