//! What a robots.txt allows (RFC 9309).
//!
//! Pure. Reading the lines is left to `texting_robots`; here stand the parts of the RFC that concern the answer
//! around them: what a status means, how much is read, what we are called. The caller keeps the files and decides
//! whether older rules still count while a server is unreachable.

use jiff::SignedDuration;
use texting_robots::Robot;
use url::Url;

/// How much of a robots.txt is read: the RFC's lower bound (§2.5).
pub const MAX_BYTES: usize = 500 * 1024;

/// Rules with `$` that are heeded. Each costs a regular expression, and no honest file has so many.
const MOST_ANCHORED: usize = 500;

/// The rules of one origin for us.
#[derive(Debug)]
pub struct Rules(Verdict);

#[derive(Debug)]
enum Verdict {
    AllowAll,
    ForbidAll,
    Ask(Box<Robot>),
}

impl Rules {
    /// The rules of a robots.txt that came with this HTTP status (0: the server could not be reached), for a program
    /// that calls itself `user_agent`. Without a file (3xx, 4xx) everything is allowed, with a failing server (5xx, 0)
    /// nothing is (§2.3.1).
    pub fn parse(status: u16, body: &str, user_agent: &str) -> Self {
        Self(match status {
            200..=299 => read(body, &product(user_agent)),
            300..=499 => Verdict::AllowAll,
            _ => Verdict::ForbidAll,
        })
    }

    /// Whether we may ask for `url`. The robots.txt itself may always be asked for.
    pub fn allows(&self, url: &Url) -> bool {
        match &self.0 {
            Verdict::AllowAll => true,
            Verdict::ForbidAll => url.path() == "/robots.txt",
            Verdict::Ask(robot) => robot.allowed(url.as_str()),
        }
    }

    /// The time that it wishes between two requests; not part of the RFC, but widely written.
    pub fn crawl_delay(&self) -> Option<SignedDuration> {
        match &self.0 {
            Verdict::AllowAll | Verdict::ForbidAll => None,
            Verdict::Ask(robot) => robot.delay.and_then(|seconds| SignedDuration::try_from_secs_f32(seconds).ok()),
        }
    }
}

/// The name that a robots.txt calls us by: the user agent's first product without its version.
fn product(user_agent: &str) -> String {
    user_agent.chars().take_while(|letter| letter.is_ascii_alphabetic() || matches!(letter, '-' | '_')).collect()
}

fn read(body: &str, product: &str) -> Verdict {
    let mut anchored = 0;
    let mut readable = |line: &&str| {
        anchored += usize::from(line.contains('$'));
        !line.contains('$') || anchored <= MOST_ANCHORED
    };
    let text: String =
        head(body).split_inclusive(['\n', '\r']).filter(|line| readable(line)).collect::<Vec<_>>().concat();
    if let Ok(robot) = Robot::new(product, text.as_bytes()) {
        return Verdict::Ask(Box::new(robot));
    }
    // One rule is too long a pattern: lines that cannot be read are passed over (§2.2), the others hold.
    let plain: String =
        text.split_inclusive(['\n', '\r']).filter(|line| !line.contains('$')).collect::<Vec<_>>().concat();
    Robot::new(product, plain.as_bytes()).map_or(Verdict::AllowAll, |robot| Verdict::Ask(Box::new(robot)))
}

/// What of the body is read, cut on a character.
pub(super) fn head(body: &str) -> &str {
    let mut end = body.len().min(MAX_BYTES);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    &body[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: &str = "sosik/0.1.0 (feed generator; polls politely)";

    fn check(status: u16, body: &str, path: &str, allowed: bool) {
        let url = Url::parse("https://x.org").unwrap().join(path).unwrap();
        assert_eq!(Rules::parse(status, body, AGENT).allows(&url), allowed, "{status} {body:?} {path}");
    }

    #[test]
    fn the_status_counts_before_the_text() {
        let no = "User-agent: *\nDisallow: /";
        for (status, allowed) in
            [(200, false), (204, false), (301, true), (401, true), (404, true), (429, true), (500, false), (0, false)]
        {
            check(status, no, "/blog", allowed);
        }
        check(503, "", "/robots.txt", true);
        check(200, "", "/blog", true);
    }

    #[test]
    fn our_own_group_counts_before_the_general_one() {
        let both = "User-agent: *\nDisallow: /\n\nUser-agent: Sosik\nAllow: /blog\nDisallow: /blog/private\n";
        check(200, both, "/blog/1", true);
        check(200, both, "/blog/private/1", false);
        check(200, both, "/elsewhere", true);
        check(200, "User-agent: other\nDisallow: /", "/", true);
    }

    #[test]
    fn the_longest_match_wins_and_patterns_are_known() {
        let rules = "User-agent: *\nDisallow: /m/\nAllow: /m/feed\nDisallow: /*.pdf$\nDisallow: /search?*q=\n";
        check(200, rules, "/m/1", false);
        check(200, rules, "/m/feed/1", true);
        check(200, rules, "/a.pdf", false);
        check(200, rules, "/a.pdf.html", true);
        check(200, rules, "/search?x=1&q=2", false);
        check(200, "User-agent: *\nDisallow: /비밀", "/비밀/1", false);
        check(200, "\u{feff}User-agent: *\r\nDisallow: /a\r\n", "/a", false);
    }

    #[test]
    fn crawl_delay_is_read_and_nonsense_is_not() {
        for (line, seconds) in [("7", Some(7.0)), ("0.5", Some(0.5)), ("soon", None), ("-1", None), ("1e38", None)] {
            let rules = Rules::parse(200, &format!("User-agent: *\nCrawl-delay: {line}\n"), AGENT);
            assert_eq!(rules.crawl_delay().map(|delay| delay.as_secs_f64()), seconds, "{line}");
        }
    }

    #[test]
    fn a_hostile_file_is_read_in_bounds() {
        let endless = format!("User-agent: *\nDisallow: /a\n{}Disallow: /z\n", "# fill\n".repeat(100_000));
        check(200, &endless, "/a", false);
        check(200, &endless, "/z", true);
        let anchored = format!("User-agent: *\nDisallow: /a\n{}", "Disallow: /*x*y$\n".repeat(30_000));
        check(200, &anchored, "/a", false);
        check(200, &anchored, "/xy", false);
        let long = format!("User-agent: *\nDisallow: /a\nDisallow: /{}$\n", "x*".repeat(20_000));
        check(200, &long, "/a", false);
        check(200, &long, "/b", true);
    }
}
