//! Rows of values, for a statement that is run with many of them.
//!
//! A row holds what is made for it along with what is only lent, so that all rows can be made before any is written.

use std::borrow::Cow;

use super::value::{Bind, Kind, Kinded, Value};

/// A value of a row.
#[derive(Debug, Clone)]
pub(in crate::store) enum Given<'v> {
    /// None, where one of that kind might be.
    Null(Kind),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(Cow<'v, str>),
    /// Bytes.
    Blob(Cow<'v, [u8]>),
}

/// A row of values, in their order.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { vec![$(crate::store::sql::given::Given::from($value)),+] };
}
pub(in crate::store) use row;

impl Bind for Given<'_> {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null(kind) => Value::Null(*kind),
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

macro_rules! given {
    ($($type:ty: $own:ident => $value:expr;)*) => {
        $(impl<'v> From<$type> for Given<'v> {
            fn from($own: $type) -> Self {
                $value
            }
        })*
    };
}

given! {
    i64: own => Self::Int(own);
    i32: own => Self::Int(own.into());
    u32: own => Self::Int(own.into());
    bool: own => Self::Int(own.into());
    &'v str: own => Self::Text(own.into());
    String: own => Self::Text(own.into());
    [u8; 16]: own => Self::Blob(own.to_vec().into());
}

impl<'v, T: Into<Given<'v>> + Kinded> From<Option<T>> for Given<'v> {
    fn from(own: Option<T>) -> Self {
        own.map_or(Self::Null(T::KIND), T::into)
    }
}
