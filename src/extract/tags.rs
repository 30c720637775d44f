//! Which elements HTML has. What a title calls `Channel<T>` is none, when nobody escaped it.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::quick::Quick;

/// The elements of the HTML standard's index, and those that it calls obsolete (§16.2).
const HTML: &str = "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas \
    caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset \
    figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input \
    ins kbd label legend li link main map mark math menu meta meter nav nobr noscript object ol optgroup option output \
    p param picture pre progress q rp rt ruby s samp script section select small source span strike strong style sub \
    summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr";

static KNOWN: LazyLock<HashSet<&str, Quick>> = LazyLock::new(|| HTML.split_ascii_whitespace().collect());

/// Whether HTML has an element of that name.
pub(super) fn is_html(name: &str) -> bool {
    KNOWN.contains(name)
}

/// Whether an element is of nobody's making. A browser shows what stands in it as a part of the line (HTML, §15.3.1);
/// elements with a hyphen are somebody's own and may be anything.
pub(super) fn is_unknown(name: &str) -> bool {
    !name.contains('-') && !is_html(name)
}
