//! Which addresses are of the public internet.
//!
//! Pure. The registries of special addresses (RFC 6890 and its updates) as two tables. An IPv6 address that
//! carries an IPv4 address is as public as what it carries. Whoever may ask private addresses may ask them all:
//! there is no second list.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host as UrlHost, Url};

/// IPv4 networks that no blog of the public internet stands on.
const PRIVATE_V4: &[Ipv4Net] = &[
    v4([0, 0, 0, 0], 8),        // "this network" (RFC 791); Linux takes 0.0.0.0 for loopback
    v4([10, 0, 0, 0], 8),       // private (RFC 1918)
    v4([100, 64, 0, 0], 10),    // carrier-grade NAT (RFC 6598), one cloud's metadata
    v4([127, 0, 0, 0], 8),      // loopback
    v4([168, 63, 129, 16], 32), // a cloud's host agent on a public number
    v4([169, 254, 0, 0], 16),   // link-local (RFC 3927), most clouds' metadata
    v4([172, 16, 0, 0], 12),    // private
    v4([192, 0, 0, 0], 24),     // protocol assignments (RFC 6890)
    v4([192, 0, 2, 0], 24),     // documentation (RFC 5737)
    v4([192, 88, 99, 0], 24),   // 6to4 relays (RFC 7526)
    v4([192, 168, 0, 0], 16),   // private
    v4([198, 18, 0, 0], 15),    // benchmarks (RFC 2544)
    v4([198, 51, 100, 0], 24),  // documentation
    v4([203, 0, 113, 0], 24),   // documentation
    v4([224, 0, 0, 0], 4),      // multicast
    v4([240, 0, 0, 0], 4),      // reserved, broadcast
];

/// The only IPv6 network that holds public hosts (RFC 4291 §2.4).
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0], 3);

/// What within it is not public.
const PRIVATE_V6: &[Ipv6Net] = &[
    v6([0x2001, 0], 23),     // protocol assignments: Teredo, benchmarks, ORCHID (RFC 2928)
    v6([0x2001, 0xdb8], 32), // documentation (RFC 3849)
    v6([0x3fff, 0], 20),     // documentation (RFC 9637)
];

/// 6to4: the IPv4 address stands in bits 16 to 47 (RFC 3056).
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0], 16);
/// NAT64's well-known prefix: the IPv4 address stands in the last 32 bits (RFC 6052).
const NAT64: Ipv6Net = v6([0x64, 0xff9b], 96);

/// A host that may not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{address} is not an address of the public internet")]
pub(super) struct PrivateAddress {
    /// The address, or the name that always means this machine.
    pub(super) address: String,
}

/// Whether a host with this address is on the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !PRIVATE_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => match carried_v4(address) {
            Some(inner) => is_public(IpAddr::V4(inner)),
            None => GLOBAL_V6.contains(&address) && !PRIVATE_V6.iter().any(|net| net.contains(&address)),
        },
    }
}

/// The address that a URL's host names by itself, if it is private and not among `public`. Names are looked at when
/// they are resolved, except those that mean this machine whatever a resolver says (RFC 6761 §6.3).
pub(super) fn private_literal(url: &Url, public: &[IpAddr]) -> Option<PrivateAddress> {
    let address = match url.host()? {
        UrlHost::Ipv4(address) => IpAddr::V4(address),
        UrlHost::Ipv6(address) => IpAddr::V6(address),
        UrlHost::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let local = name == "localhost" || name.ends_with(".localhost");
            return local.then_some(PrivateAddress { address: name });
        }
    };
    let allowed = is_public(address) || public.contains(&address);
    (!allowed).then(|| PrivateAddress { address: address.to_string() })
}

fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let four = |at: usize| Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
    let mapped_or_compatible = octets[..10].iter().all(|octet| *octet == 0)
        && matches!(octets[10..12], [0, 0] | [0xff, 0xff])
        && !matches!(address, Ipv6Addr::UNSPECIFIED | Ipv6Addr::LOCALHOST);
    if mapped_or_compatible || NAT64.contains(&address) {
        Some(four(12))
    } else {
        SIX_TO_FOUR.contains(&address).then(|| four(2))
    }
}

const fn v4(octets: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3]), length)
}

const fn v6(head: [u16; 2], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(head[0], head[1], 0, 0, 0, 0, 0, 0), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, public: bool) {
        assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
    }

    #[test]
    fn special_addresses_are_not_public() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            check(private, false);
        }
    }

    #[test]
    fn the_rest_is_public() {
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2400:cb00::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            check(public, true);
        }
    }

    #[test]
    fn every_spelling_of_a_private_host_is_seen() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://①②⑦.0.0.1/",
            "http://127。0。0。1/",
            "http://127.0.0.1./",
            "http://0/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
            "http://[64:ff9b::7f00:1]/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://ｌｏｃａｌｈｏｓｔ/",
            "http://a.b.localhost/",
            "http://user:pass@169.254.169.254/latest/meta-data/",
        ] {
            assert!(private_literal(&Url::parse(url).unwrap(), &[]).is_some(), "{url}");
        }
        for url in ["http://example.com/", "http://localhost.example.com/", "http://1.1.1.1/", "http://notlocalhost/"] {
            assert_eq!(private_literal(&Url::parse(url).unwrap(), &[]), None, "{url}");
        }
    }
}
