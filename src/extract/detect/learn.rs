//! From a detection to a recipe.
use super::assemble::Table;
use super::survey::Survey;
use crate::model::source::HtmlRecipe;
pub(super) fn recipe(_survey: &Survey<'_, '_>, _table: &Table) -> Option<HtmlRecipe> {
    None
}
