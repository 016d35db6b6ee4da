//! Takes the TCP socket out of an HTTP connection that was upgraded.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The TCP socket of an upgraded request, and the bytes that the client sent before the answer. `None` if the upgrade
/// failed.
pub async fn socket(upgrading: OnUpgrade) -> Option<(TcpStream, Vec<u8>)> {
    let upgraded = match upgrading.await {
        Ok(upgraded) => upgraded,
        Err(error) => {
            tracing::debug!(%error, "an upgrade was not completed");
            return None;
        }
    };
    // Takes the socket that `lifecycle::listener` gave to hyper out of hyper's wrapper.
    let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else {
        tracing::error!("the connection is no TCP connection: the upgrade is given up");
        return None;
    };
    // The bytes are copied, so that hyper's buffer of 11 KiB is freed.
    Some((parts.io.into_inner(), parts.read_buf.to_vec()))
}
