//! Bytes → server-sent events (HTML Living Standard §9.2.6, "Interpreting an event stream").
//!
//! An event that was cut off before its empty line is none. Bounded: a stream with a longer line is none of ours.

/// The longest line: a message of a hundred posts with all their excerpts has a fraction of it.
const LONGEST_LINE: usize = 8 << 20;

/// What a stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// An event.
    Event {
        /// Its kind; empty: a message.
        kind: String,
        /// Its data.
        data: String,
        /// The id to come back with; empty: none was said yet.
        id: String,
    },
    /// The id to come back with, and nothing else.
    Place(String),
    /// The milliseconds to wait before coming back.
    Retry(u64),
}

/// A line is longer than any of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Reads a stream in pieces, however it is cut.
#[derive(Debug, Default)]
pub(super) struct Parser {
    line: Vec<u8>,
    /// The last byte was CR: a LF after it belongs to it.
    after_cr: bool,
    /// Something was read: a byte order mark may stand at the very beginning only.
    has_begun: bool,
    kind: String,
    data: String,
    id: String,
    /// The block says an id.
    has_id: bool,
}

impl Parser {
    /// What these bytes complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Said>, TooLong> {
        let mut said = Vec::new();
        for &byte in bytes {
            let belongs = std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
            match byte {
                b'\n' if belongs => {}
                b'\r' | b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    self.end_line(&line, &mut said);
                }
                _ if self.line.len() >= LONGEST_LINE => return Err(TooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(said)
    }

    fn end_line(&mut self, line: &[u8], said: &mut Vec<Said>) {
        let line = if self.has_begun { line } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) };
        self.has_begun = true;
        if line.is_empty() {
            said.extend(self.end_block());
            return;
        }
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.kind),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => {
                value.clone_into(&mut self.id);
                self.has_id = true;
            }
            "retry" if !value.is_empty() && value.bytes().all(|digit| digit.is_ascii_digit()) => {
                said.extend(value.parse().ok().map(Said::Retry));
            }
            // A comment has an empty name; what is unknown is passed over.
            _ => {}
        }
    }

    fn end_block(&mut self) -> Option<Said> {
        let kind = std::mem::take(&mut self.kind);
        let mut data = std::mem::take(&mut self.data);
        let has_id = std::mem::take(&mut self.has_id);
        if data.is_empty() {
            return has_id.then(|| Said::Place(self.id.clone()));
        }
        data.pop();
        Some(Said::Event { kind, data, id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, data: &str, id: &str) -> Said {
        Said::Event { kind: kind.into(), data: data.into(), id: id.into() }
    }

    fn check(text: &str, expected: &[Said]) {
        assert_eq!(Parser::default().feed(text.as_bytes()).unwrap(), expected, "{text:?}");
        // However it is cut, it says the same.
        let mut parser = Parser::default();
        let pieces: Vec<_> = text.as_bytes().iter().flat_map(|byte| parser.feed(&[*byte]).unwrap()).collect();
        assert_eq!(pieces, expected, "{text:?} byte by byte");
    }

    #[test]
    fn streams_of_the_standard_are_read() {
        check("data: a\n\n", &[event("", "a", "")]);
        check("\u{feff}data: YHOO\ndata: +2\ndata: 10\n\n", &[event("", "YHOO\n+2\n10", "")]);
        check(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            &[event("", "first event", "1"), event("", "second event", ""), event("", " third event", "")],
        );
        check("data\n\ndata\ndata\n\ndata:", &[event("", "", ""), event("", "\n", "")]);
        check("data:test\n\ndata: test\n\n", &[event("", "test", ""), event("", "test", "")]);
        check("event: gap\r\ndata: {}\r\n\r\nid: x-4\r\r", &[event("gap", "{}", ""), Said::Place("x-4".into())]);
    }

    #[test]
    fn an_id_stays_until_another_is_said() {
        check("id: a-1\n\ndata: x\n\n", &[Said::Place("a-1".into()), event("", "x", "a-1")]);
        check("id: a\0b\ndata: x\n\n", &[event("", "x", "")]);
        check("event: nothing\n\n:\n\ndata: x\n\n", &[event("", "x", "")]);
    }

    #[test]
    fn a_wait_is_digits() {
        check("retry: 500\n\n", &[Said::Retry(500)]);
        check("retry: 5s\nretry\nretry: -1\nretry: 99999999999999999999999\n\n", &[]);
    }

    #[test]
    fn what_was_cut_off_is_no_event() {
        check("data: whole\n\nid: 2\ndata: half\n", &[event("", "whole", "")]);
        check("data: whole\n\nid: 2\nda", &[event("", "whole", "")]);
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut parser = Parser::default();
        let piece = vec![b'a'; 1 << 20];
        let read = (0..10).map(|_| parser.feed(&piece)).collect::<Vec<_>>();
        assert!(read[7].is_ok() && read[9] == Err(TooLong));
    }
}
