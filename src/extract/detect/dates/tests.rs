//! Dates by a vote over columns, on pages small enough to read.

use super::*;

#[test]
fn pieces_of_a_date_are_put_together() {
    for (pieces, expected) in [
        (&["Nov 5", "th", ", 2012"][..], "Nov 5th, 2012"),
        (&["2026", "07 · 20"], "2026-07-20"),
        (&["10", "Jul", "2020"], "10 Jul 2020"),
        (&["2020.", "07.10"], "2020.07.10"),
    ] {
        let mut text = pieces[0].to_owned();
        for piece in &pieces[1..] {
            join(&mut text, piece);
        }
        assert_eq!(text, expected);
    }
}
