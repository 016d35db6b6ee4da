//! Memory that the server and the kernel hold for slow readers.

use std::net::SocketAddr;

use tokio::process::Command;

use crate::{Outcome, measure::process, world::Server};

/// The fields of a socket's memory in the output of iproute2: received and not read, written and not acknowledged,
/// reserved for both, options, and the backlog. The other fields are limits, a count, or parts of these.
const HELD: [&str; 5] = ["r", "w", "f", "o", "bl"];

/// The memory at one moment, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Memory {
    /// The memory of the server process.
    pub rss: f64,
    /// The kernel memory of the server's ends of its connections.
    pub kernel: f64,
}

impl Memory {
    /// The current memory; `None` for a target, and without iproute2.
    ///
    /// # Errors
    /// When the server has ended.
    #[allow(clippy::cast_precision_loss)] // gigabytes at most
    pub async fn of(server: &Server) -> Outcome<Option<Self>> {
        let Some(rss) = server.pid().map(process::rss_bytes).transpose()? else { return Ok(None) };
        let kernel = kernel_bytes(server.place.address()).await?;
        Ok(kernel.map(|kernel| Self { rss: rss as f64, kernel: kernel as f64 }))
    }

    /// The sum of both.
    #[must_use]
    pub fn all(self) -> f64 {
        self.rss + self.kernel
    }

    /// The larger of two values, by their sums.
    #[must_use]
    pub fn or_larger(self, other: Self) -> Self {
        if other.all() > self.all() { other } else { self }
    }
}

/// The memory of all sockets with this local address, closed sockets included; `None` without iproute2. The sums in
/// `/proc/net/sockstat` would include the clients' ends.
async fn kernel_bytes(server: SocketAddr) -> Outcome<Option<u64>> {
    let own = format!("sport = :{}", server.port());
    let mut ss = Command::new("ss");
    ss.args(["--tcp", "--memory", "--numeric", "--no-header", "state", "all"]).arg(own).kill_on_drop(true);
    match ss.output().await {
        Ok(output) if output.status.success() => Ok(Some(held(&String::from_utf8_lossy(&output.stdout)))),
        Ok(output) => Err(format!("ss: {}", String::from_utf8_lossy(&output.stderr)).into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("ss: {error}").into()),
    }
}

/// The format of a socket: `skmem:(r0,rb131072,t0,tb2626560,f1280,w39680,o0,bl0,d0)`.
fn held(printed: &str) -> u64 {
    let sockets = printed.split("skmem:(").skip(1).filter_map(|rest| rest.split(')').next());
    let fields = sockets.flat_map(|fields| fields.split(','));
    let of_field = |field: &str| {
        let (name, bytes) = field.split_at(field.find(|at: char| at.is_ascii_digit())?);
        HELD.contains(&name).then(|| bytes.parse::<u64>().ok()).flatten()
    };
    fields.filter_map(of_field).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_all_sockets_is_added_up() {
        let printed = "ESTAB 0 39680 127.0.0.1:8080 127.1.2.3:40000
	 skmem:(r1,rb131072,t9,tb2626560,f20,w300,o4000,bl50000,d7)
            FIN-WAIT-1 0 1 127.0.0.1:8080 127.1.2.3:40001 skmem:(r0,rb1,t0,tb2,f0,w600000,o0,bl0,d0)
            TIME-WAIT 0 0 127.0.0.1:8080 127.1.2.3:40002";
        assert_eq!(held(printed), 654_321);
        assert_eq!(held(""), 0);
    }
}
