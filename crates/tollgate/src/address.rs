//! How the address of a listener is written.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address by which this machine reaches a listener.
pub(crate) fn url(address: SocketAddr) -> String {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    format!("http://{address}")
}
