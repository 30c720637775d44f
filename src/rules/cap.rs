//! A cap: so many messages in so much time.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// So many messages within a window that moves along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    most: usize,
    window: SignedDuration,
}

impl Cap {
    /// Longest window: what was sent is remembered for as long.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7);

    /// Reads `5/h`, `10/30m`, `20/day`. `None`: it is no cap.
    pub fn parse(text: &str) -> Option<Self> {
        let (most, window) = text.split_once('/')?;
        let most: u16 = most.trim().parse().ok().filter(|most| *most > 0)?;
        let window = window.trim();
        let counted = if window.starts_with(|letter: char| letter.is_ascii_digit()) {
            window.to_owned()
        } else {
            format!("1{window}")
        };
        let span: Span = counted.parse().ok()?;
        let window = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        let is_sensible = window >= SignedDuration::from_secs(1) && window <= Self::LONGEST;
        is_sensible.then_some(Self { most: most.into(), window })
    }

    /// How far back it looks.
    pub fn window(&self) -> SignedDuration {
        self.window
    }

    /// Until when nothing more may be sent after these moments, which stand in order; `None`: something may.
    pub fn full_until(&self, sent: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        let begin = now.checked_sub(self.window).unwrap_or(Timestamp::MIN);
        let within = &sent[sent.partition_point(|at| *at <= begin)..];
        let oldest = within.len().checked_sub(self.most)?;
        within[oldest].checked_add(self.window).ok().filter(|free| *free > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_is_a_number_and_a_time() {
        let check = |text: &str, expected: Option<(usize, i64)>| {
            let cap = Cap::parse(text).map(|cap| (cap.most, cap.window.as_secs()));
            assert_eq!(cap, expected, "{text:?}");
        };
        check("5/h", Some((5, 3600)));
        check(" 10 / 30m ", Some((10, 1800)));
        check("20/day", Some((20, 86_400)));
        check("1/w", Some((1, 604_800)));
        for text in ["", "5", "0/h", "-1/h", "5/", "5/0s", "5/month", "h/5", "5/8 days", "70000/h"] {
            check(text, None);
        }
    }

    #[test]
    fn a_window_moves_along() {
        let cap = Cap::parse("2/h").unwrap();
        let minute = |minute: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let check = |sent: &[i64], now: i64, expected: Option<i64>| {
            let sent: Vec<_> = sent.iter().map(|at| minute(*at)).collect();
            assert_eq!(cap.full_until(&sent, minute(now)), expected.map(minute), "{sent:?} at {now}");
        };
        check(&[], 0, None);
        check(&[0], 10, None);
        check(&[0, 5], 10, Some(60));
        check(&[0, 5], 60, None);
        check(&[0, 5, 60], 61, Some(65));
        check(&[0, 1, 2, 3], 4, Some(62));
    }
}
