//! One page of a list that stands in the order of its row numbers, which no two rows share.
//!
//! The query is boxed, and the result as well. It brings one row more than the page has, which tells
//! `Slice::cut` that there are more.

/// The page of a list whose highest number comes first.
macro_rules! newest_first {
    ($query:expr, $number:expr, $page:expr) => {
        $crate::foundation::keyset::by_number!($query, $number, $page, !$page.backward)
    };
}

/// The page of a list whose lowest number comes first.
macro_rules! oldest_first {
    ($query:expr, $number:expr, $page:expr) => {
        $crate::foundation::keyset::by_number!($query, $number, $page, $page.backward)
    };
}

/// A macro, as the bounds of a function over all boxed queries would be longer than it.
macro_rules! by_number {
    ($query:expr, $number:expr, $page:expr, $descending:expr) => {{
        let query = $query.limit($page.length + 1);
        let from = $page.from.as_ref().map(|cursor| cursor.id);
        match ($descending, from) {
            (true, None) => query.order($number.desc()),
            (true, Some(last)) => query.order($number.desc()).filter($number.lt(last)),
            (false, None) => query.order($number.asc()),
            (false, Some(last)) => query.order($number.asc()).filter($number.gt(last)),
        }
    }};
}

pub(crate) use {by_number, newest_first, oldest_first};
