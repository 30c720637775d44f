//! Rows on their way from one state to another, whatever database is behind either.
//!
//! The tables and columns are those of the migrations, so the number of a schema says what may be in a row.

use super::error::StoreError;
use crate::model::source::SourceId;

/// A row as it is exported: the table's name, and values by the names of columns.
pub type ExportedRow = (String, serde_json::Map<String, serde_json::Value>);

/// Takes rows that are exported; an error ends the export.
pub type RowSink = Box<dyn FnMut(ExportedRow) -> std::io::Result<()> + Send>;

/// Rows that were exported, each with its line; an error ends the import, and nothing of it is kept.
pub type Rows = Box<dyn Iterator<Item = Result<(u64, ExportedRow), StoreError>> + Send>;

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Sources that were taken in.
    pub taken: Vec<SourceId>,
    /// Sources of which posts are stored here already: they stay as they are.
    pub kept: Vec<SourceId>,
}
