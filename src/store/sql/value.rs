//! Values on their way into a statement and out of a row, whichever database it is.
//!
//! A column holds a whole number, a text, bytes or nothing. Truth is 0 or 1, for `SQLite` has no other; where an expression
//! is true or false, both read the same.

/// What a value is, also where there is none: a database that types its statements asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    /// A whole number of 64 bits.
    Int,
    /// A text.
    Text,
    /// Bytes.
    Blob,
}

/// A value of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Value<'v> {
    /// None, where one of that kind might be.
    Null(Kind),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(&'v str),
    /// Bytes.
    Blob(&'v [u8]),
}

impl Value<'_> {
    /// What it is.
    pub(in crate::store) fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => *kind,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Blob(_) => Kind::Blob,
        }
    }
}

/// Whatever a statement may be given.
pub(in crate::store) trait Bind {
    /// Its value.
    fn value(&self) -> Value<'_>;
}

/// What is of one kind, also where it is missing.
pub(in crate::store) trait Kinded {
    /// Its kind.
    const KIND: Kind;
}

/// The values of a statement, in their order.
macro_rules! params {
    ($($value:expr),+ $(,)?) => { &[$(&$value as &dyn crate::store::sql::value::Bind),+] };
}
pub(in crate::store) use params;

macro_rules! bind {
    ($($type:ty: $kind:ident, $own:ident => $value:expr;)*) => {
        $(impl Bind for $type {
            fn value(&self) -> Value<'_> {
                let $own = self;
                Value::$kind($value)
            }
        }

        impl Kinded for $type {
            const KIND: Kind = Kind::$kind;
        })*
    };
}

bind! {
    i64: Int, own => *own;
    i32: Int, own => i64::from(*own);
    u32: Int, own => i64::from(*own);
    u16: Int, own => i64::from(*own);
    bool: Int, own => i64::from(*own);
    str: Text, own => own;
    String: Text, own => own;
    Vec<u8>: Blob, own => own;
    [u8; 16]: Blob, own => own;
    [u8; 32]: Blob, own => own;
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: Kinded + ?Sized> Kinded for &T {
    const KIND: Kind = T::KIND;
}

impl<T: Bind + Kinded> Bind for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null(T::KIND), T::value)
    }
}

impl<T: Kinded> Kinded for Option<T> {
    const KIND: Kind = T::KIND;
}

impl Bind for Value<'_> {
    fn value(&self) -> Value<'_> {
        *self
    }
}

/// What a column holds, as it stands in the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Cell<'r> {
    /// Nothing.
    Null,
    /// A whole number, or whether something is so.
    Int(i64),
    /// A text.
    Text(&'r str),
    /// Bytes.
    Blob(&'r [u8]),
}

/// What a column holds, away from its row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::store) enum Owned {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<Cell<'_>> for Owned {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Int(number) => Self::Int(number),
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Blob(bytes) => Self::Blob(bytes.to_owned()),
        }
    }
}

impl From<Value<'_>> for Owned {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null(_) => Self::Null,
            Value::Int(number) => Self::Int(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_owned()),
        }
    }
}

impl Owned {
    /// As the value of a column of that kind.
    pub(in crate::store) fn of_kind(&self, kind: Kind) -> Value<'_> {
        match self {
            Self::Null => Value::Null(kind),
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

/// Whatever a column may be read as.
pub(in crate::store) trait Stored: Sized {
    /// Its own from the column; `None`: the column holds something else.
    fn read(cell: Cell<'_>) -> Option<Self>;
}

macro_rules! stored {
    ($($type:ty: $pattern:pat => $value:expr;)*) => {
        $(impl Stored for $type {
            fn read(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    $pattern => $value,
                    _ => None,
                }
            }
        })*
    };
}

stored! {
    i64: Cell::Int(number) => Some(number);
    i32: Cell::Int(number) => number.try_into().ok();
    u32: Cell::Int(number) => number.try_into().ok();
    bool: Cell::Int(number) => Some(number != 0);
    String: Cell::Text(text) => Some(text.to_owned());
    Vec<u8>: Cell::Blob(bytes) => Some(bytes.to_owned());
    [u8; 16]: Cell::Blob(bytes) => bytes.try_into().ok();
}

impl<T: Stored> Stored for Option<T> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::read(cell).map(Some),
        }
    }
}
