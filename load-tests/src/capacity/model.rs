//! The arithmetic. Users, and the members of each conversation, are spread evenly over the nodes. All work is
//! proportional to the number of connected users.

use super::costs::Costs;

/// What one connected user does.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Work {
    pub sends_per_s: f64,
    /// The number of other members who are connected when a message is sent.
    pub listeners: f64,
    pub reads_per_s: f64,
}

/// The available machines.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Machines {
    /// CPU cores of a node.
    pub cores: f64,
    /// Memory of a node.
    pub memory_bytes: f64,
    pub database_cores: f64,
    /// The usable part of each core. Redis uses one core.
    pub busy: f64,
}

/// The resources that a number of users needs.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Load {
    pub node_cores: f64,
    pub node_bytes: f64,
    pub database_cores: f64,
    pub redis_cores: f64,
}

/// The largest number of users.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Held {
    pub users: f64,
    pub limit: &'static str,
}

const US: f64 = 1e-6;

/// The expected number of nodes that serve at least one of `users` randomly placed users. A node serves none of them
/// with probability (1 - 1/n)^users.
pub fn reached(nodes: f64, users: f64) -> f64 {
    nodes * (1.0 - (1.0 - 1.0 / nodes).powf(users))
}

/// The resources that `users` users need on `nodes` nodes.
pub fn load(costs: &Costs, work: &Work, nodes: f64, users: f64) -> Load {
    let sends = users * work.sends_per_s;
    let reads = users * work.reads_per_s;
    // A node also receives the signals of its own messages. A single node uses no bus.
    let heard = if nodes > 1.0 { sends * reached(nodes, work.listeners + 1.0) } else { 0.0 };
    let signals = if nodes > 1.0 { sends + heard } else { 0.0 };
    let cpu = users * costs.session_cpu
        + sends * (costs.message_cpu + work.listeners * costs.delivery_cpu)
        + reads * costs.read_cpu
        + signals * costs.signal_cpu;
    Load {
        node_cores: cpu * US / nodes,
        node_bytes: users * costs.session_bytes / nodes,
        database_cores: (sends * costs.message_database_cpu + reads * costs.read_database_cpu) * US,
        redis_cores: heard * costs.signal_redis_cpu * US,
    }
}

/// The largest number of users that these nodes can serve, and the resource that limits it.
pub fn most(costs: &Costs, work: &Work, machines: &Machines, nodes: f64) -> Held {
    // All resources are proportional to the number of users.
    let of_one = load(costs, work, nodes, 1.0);
    let limits = [
        ("CPU of the nodes", machines.busy * machines.cores / of_one.node_cores),
        ("memory of the nodes", machines.memory_bytes / of_one.node_bytes),
        ("CPU of the database", machines.busy * machines.database_cores / of_one.database_cores),
        ("Redis, one core", machines.busy / of_one.redis_cores),
    ];
    let (limit, users) =
        limits.into_iter().fold(("", f64::INFINITY), |least, one| if one.1 < least.1 { one } else { least });
    Held { users, limit }
}

/// How long the other nodes are busy with the users of a failed node, in seconds. A single node that restarts is busy
/// with all users.
pub fn return_s(costs: &Costs, machines: &Machines, nodes: f64, users: f64) -> f64 {
    let spare = if nodes > 1.0 { (nodes - 1.0) * machines.cores * (1.0 - machines.busy) } else { machines.cores };
    users / nodes * costs.return_cpu * US / spare
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
    fn a_single_node_has_no_cost_of_signals() {
        let load = load(&costs(), &work(), 1.0, 100_000.0);
        // 0.05 for sessions, 1,000 messages of 113 µs, 10,000 reads of 100 µs.
        near(load.node_cores, 0.05 + 0.113 + 1.0);
        near(load.node_bytes, 8e8);
        near(load.database_cores, 0.05 + 1.0);
        near(load.redis_cores, 0.0);
    }

    #[test]
    fn ten_users_use_both_of_two_nodes_and_few_of_many_nodes() {
        near(reached(1.0, 10.0), 1.0);
        near(reached(2.0, 10.0), 2.0 * (1.0 - 1.0 / 1024.0));
        assert!((9.0..10.0).contains(&reached(100.0, 10.0)), "{}", reached(100.0, 10.0));
    }

    #[test]
    fn returning_users_use_the_spare_capacity() {
        // 50,000 users on the two idle cores of the other node; 100,000 users on all four cores of the restarted node.
        near(return_s(&costs(), &MACHINES, 2.0, 100_000.0), 50_000.0 * 110e-6 / 2.0);
        near(return_s(&costs(), &MACHINES, 1.0, 100_000.0), 100_000.0 * 110e-6 / 4.0);
    }

    #[test]
    fn the_first_limit_is_found() {
        let alone = most(&costs(), &work(), &MACHINES, 1.0);
        assert_eq!(alone.limit, "CPU of the nodes");
        near(load(&costs(), &work(), 1.0, alone.users).node_cores, 2.0);
        let many = most(&costs(), &work(), &MACHINES, 64.0);
        assert_eq!(many.limit, "CPU of the database");
        near(load(&costs(), &work(), 64.0, many.users).database_cores, 8.0);
        let silent = Work { sends_per_s: 0.0, listeners: 9.0, reads_per_s: 0.0 };
        assert_eq!(most(&costs(), &silent, &MACHINES, 1.0).limit, "memory of the nodes");
        let talk = Work { sends_per_s: 1.0, listeners: 99.0, reads_per_s: 0.0 };
        let cheap = Costs { message_database_cpu: 1.0, ..costs() };
        assert_eq!(most(&cheap, &talk, &MACHINES, 64.0).limit, "Redis, one core");
    }
}
