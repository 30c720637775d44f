//! Texts of strangers, made fit for a place: one line, so many letters, no markup.

use super::contract::Told;

/// A text on one line of at most so many letters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut short: String = text.trim().chars().map(plain).take(most).collect();
    if text.trim().chars().nth(most).is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// What a post is called in a list: its title or its address, with a sign in any language before what was edited.
pub(super) fn title(post: &Told, most: usize) -> String {
    let title = if post.title.is_empty() { &post.url } else { &post.title };
    let title = cut(title, most);
    if post.edited { format!("✎ {title}") } else { title }
}

/// A text that is no markup of HTML or XML, also within quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_and_no_markup() {
        assert_eq!(cut("  a\nb\u{7}c  ", 10), "a b c");
        assert_eq!(cut("가나다라", 3), "가나…");
        assert_eq!(cut("가나다", 3), "가나다");
        assert_eq!(escaped("<a b=\"c\">&"), "&lt;a b=&quot;c&quot;&gt;&amp;");
    }
}
