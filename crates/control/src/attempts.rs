//! How often somebody may try to come in: by one name, and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tollgate_model::Micros;

use crate::problem::Problem;

/// How many wrong passwords for a name have no consequence.
const FREE: u32 = 5;
/// The longest that a name has to wait, in seconds.
const LONGEST: i64 = 15 * 60;

/// The microseconds from the last of so many failures to the next attempt by the same name: none
/// after the first four, a second after the fifth, then twice as long each time, 15 minutes at most.
pub(crate) fn delay(failures: u32) -> i64 {
    let Some(beyond) = failures.checked_sub(FREE) else {
        return 0;
    };
    (1 << beyond.min(16)).min(LONGEST) * 1_000_000
}

/// How many attempts a minute come from one address, right or wrong. All who come through one proxy
/// share this, so it is generous; it keeps one address from trying one password with many names.
const PER_MINUTE: u32 = 30;
/// How many addresses are remembered.
const MOST: usize = 10_000;

/// The attempts of the last minute on this node, by address.
#[derive(Clone, Default)]
pub(crate) struct Attempts(Arc<Mutex<HashMap<IpAddr, Minute>>>);

struct Minute {
    end: Micros,
    count: u32,
}

impl Attempts {
    /// Counts an attempt. Fails where there were too many from this address within a minute.
    pub(crate) fn count(&self, peer: IpAddr, now: Micros) -> Result<(), Problem> {
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minutes.len() >= MOST {
            minutes.retain(|_, minute| minute.end > now);
        }
        if minutes.len() >= MOST {
            minutes.clear();
        }
        let minute = minutes
            .entry(network(peer))
            .or_insert(Minute { end: now, count: 0 });
        if minute.end <= now {
            *minute = Minute {
                end: now.plus_seconds(60),
                count: 0,
            };
        }
        if minute.count >= PER_MINUTE {
            let seconds = now.seconds_until(minute.end);
            let detail = format!(
                "Too many attempts to sign in come from your address; try again in {seconds} seconds."
            );
            return Err(Problem::too_many_attempts(detail, seconds));
        }
        minute.count += 1;
        Ok(())
    }
}

/// Whoever has one IPv6 address has 2^64 of them.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failures_are_free_and_the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let seconds = [0, 1, 4, 5, 6, 7, 14, 15, 40, u32::MAX].map(|n| delay(n) / 1_000_000);
        assert_eq!(seconds, [0, 0, 0, 1, 2, 4, 512, 900, 900, 900]);
    }

    #[test]
    fn an_address_is_let_through_thirty_times_a_minute() {
        let (attempts, now) = (Attempts::default(), Micros(7));
        let ask = |peer: &str, now| attempts.count(peer.parse().unwrap(), now);
        for _ in 0..30 {
            ask("2001:db8::1", now).unwrap();
        }
        let refused = ask("2001:db8::2", now.plus_seconds(59)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "too_many_attempts: Too many attempts to sign in come from your address; try again in \
             1 seconds."
        );
        assert!(
            ask("2001:db8:0:1::1", now).is_ok(),
            "that is another network"
        );
        assert!(ask("192.0.2.1", now).is_ok());
        assert!(ask("2001:db8::1", now.plus_seconds(60)).is_ok());
    }

    #[test]
    fn no_more_than_so_many_addresses_are_remembered() {
        let attempts = Attempts::default();
        for number in 0..20_001_u32 {
            let peer = IpAddr::from(number.to_be_bytes());
            attempts.count(peer, Micros(i64::from(number))).unwrap();
        }
        assert!(attempts.0.lock().unwrap().len() <= MOST);
    }
}
