//! Dates as people and machines write them on pages.
//!
//! Routes only: [`read`] for any text, [`read_with_format`] for a recipe's own format, [`order_of`] for what
//! `10/07/2020` means on a page, [`zone_of`] for the zone of a page. Pure: `now` is the caller's. Known gaps:
//! Buddhist, Hijri and Persian years.

mod clock;
mod moment;
mod months;
mod normal;
mod numeric;
mod order;
mod reading;
mod relative;
mod words;
mod zone;

pub(super) use moment::is_plausible;
pub(in crate::extract) use months::month;
pub use order::{Order, order_of};
pub use reading::{read, read_in_order, read_with_format};
pub(in crate::extract) use zone::named as zone_named;
pub use zone::zone_of;
