//! One text, two databases: what of a statement is told to which of them.
//!
//! A statement is written as `SQLite` reads it. `PostgreSQL` gets it with `$1` for `?1`, without what only guides `SQLite`'s
//! planner (`INDEXED BY name`, and `CROSS JOIN` before an `ON`, which fixes an order), and with what is marked as its own:
//! `/*pg FOR UPDATE */`, a comment to `SQLite`.

/// Which database a transaction is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    /// The embedded one, which has one writer.
    Sqlite,
    /// The shared one.
    Postgres,
}

/// A statement as `PostgreSQL` reads it. Texts within it are left alone.
pub(in crate::store) fn for_postgres(sql: &str) -> String {
    let mut told = String::with_capacity(sql.len() + 8);
    for (index, part) in sql.split('\'').enumerate() {
        if index > 0 {
            told.push('\'');
        }
        // Every other part stands between two quotes.
        if index % 2 == 0 { outside_of_texts(part, &mut told) } else { told.push_str(part) }
    }
    told
}

fn outside_of_texts(part: &str, told: &mut String) {
    let part = part.replace("CROSS JOIN ", "JOIN ").replace("/*pg ", "").replace(" */", "");
    let mut rest = part.as_str();
    while let Some(at) = rest.find(['?', 'I']) {
        let (before, found) = rest.split_at(at);
        told.push_str(before);
        rest = if let Some(after) = found.strip_prefix('?') {
            told.push('$');
            after
        } else if let Some(after) = found.strip_prefix("INDEXED BY ") {
            after.split_once(' ').map_or("", |(_, after)| after)
        } else {
            told.push('I');
            &found[1..]
        };
    }
    told.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_others_own_is_left_out() {
        fn check(sql: &str, expected: &str) {
            assert_eq!(for_postgres(sql), expected);
        }
        check("SELECT a FROM t WHERE b = ?1 AND c IN (?12, ?1)", "SELECT a FROM t WHERE b = $1 AND c IN ($12, $1)");
        check("SELECT 1 FROM t INDEXED BY t_by WHERE Id = ?1", "SELECT 1 FROM t WHERE Id = $1");
        check("SELECT 1 FROM t INDEXED BY t_by", "SELECT 1 FROM t ");
        check("FROM a CROSS JOIN b ON b.x = a.x", "FROM a JOIN b ON b.x = a.x");
        check("SELECT 1 FROM t WHERE a = ?1 /*pg FOR UPDATE */", "SELECT 1 FROM t WHERE a = $1 FOR UPDATE");
        check("SELECT 'what? INDEXED BY', ?1 || 'it''s ?1'", "SELECT 'what? INDEXED BY', $1 || 'it''s ?1'");
    }
}
