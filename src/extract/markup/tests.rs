//! The trees are those that html5ever alone builds.

use proptest::prelude::*;

use super::*;

fn tree(text: &str) -> Html {
    parse(text, &Budget::default(), |_| Ok(())).unwrap()
}

fn check(text: &str) {
    let (ours, theirs) = (tree(text), Html::parse_document(text));
    assert_eq!(ours.quirks_mode, theirs.quirks_mode, "{text:?}");
    // Node by node with its attributes, in the order in which they were made, and how they stand to each other.
    assert_eq!(ours.tree, theirs.tree, "{text:?}");
}

#[test]
fn plain_pages() {
    for text in [
        "",
        "text",
        "\u{feff}<p>one",
        "<!doctype html><html lang=en><head><title>A &amp; B</title></head><body class='x y'><p>one<p>two</body></html>",
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\"><p>x",
        "<!DOCTYPE html SYSTEM 'about:legacy-compat'><p>x",
        "<!DOCTYPE><p>x",
        "<!DOCTYPEhtml><p>x",
        "<!doctype html public '>'><p>x",
        "<?xml version='1.0'?><!DOCTYPE html><p>x",
        "a\r\nb\rc\n<pre>\r\nd</pre><pre>\n\ne</pre><textarea>\n&#10;f</textarea><pre>&#10;g</pre>",
        "<a href=/x?a=1&b=2&copy=3&amp;d>1</a><A HREF='/Y' Class=\"B c\" class=d>2</A><a / href = 'z' =b =>3</a/ x=y>",
        "<img src=a.png/><img alt=\"\"><br/><br / ><input disabled value=1 disabled>",
        "<table><tr><td>1<td>2<b>x</table>y<table>z<tr>",
        "<b><i><u>1</b>2</i>3</u><a>1<a>2",
        "<svg viewBox='0 0 1 1'><a xlink:href=#x><title>t</title></a><![CDATA[a>b]]></svg><math><mi>x</math>",
        "<select><option>1<option>2</select><template><p>1</template><frameset><frame>",
        "<div data-longer-than-eight='a value that is longer'>a text that is longer than eight letters</div>",
        "<p>\0null</p><p a\0b='\0'>",
        "<plaintext><b>x</plaintext>",
        "<p ",
        "<p a='",
        "<p a",
        "<p a=",
        "</p",
        "<",
        "</",
        "<!",
        "<!-",
        "a < b <3 > c & d &&amp; </3> <> </> <é",
        "<e\u{301}tude é='ü' ß>1</e\u{301}tude>",
    ] {
        check(text);
    }
}

#[test]
fn comments() {
    for text in [
        "<!-- one --><!---->a<!-- -- -->b<!----->c<!------>d<!-- x --!>e",
        "<!-->f<!--->g",
        "<!--a--b---!>c<!--a--!b-->d",
        "<!-- never",
        "<!-- never --",
        "<![if !IE]>a<![endif]><!--[if IE]>b<![endif]-->",
        "<!nothing><!-x-><!>",
        "<p><!--[CDATA[x]]--></p>",
    ] {
        check(text);
    }
}

#[test]
fn elements_without_markup() {
    for text in [
        "<title>a</titl></ title></title x='>'>b<title></title>",
        "<TITLE>a &lt;b> &notit; &amp</TITLE>",
        "<style>a > b { content: '</p>' }</style ><p>",
        "<script>if (a < b) { '<b>'; '</scripts>' }</script>x",
        "<script><!-- a //--></script>x",
        "<script><!-- <script> a </script> b --></script>x<script><!--<SCRIPT></script>y",
        "<script>never",
        "<title>never</title",
        "<textarea><b>&eacute;</textarea/><xmp>&amp;<b></xmp><iframe><p></iframe><noscript><p>1</noscript>",
        "<script/>a</script><noframes>b</noframes><noembed>c</noembed>",
        "<script></SCRIPT\n>",
    ] {
        check(text);
    }
}

#[test]
fn characters_by_name_and_number() {
    for name in [
        "amp",
        "amp;",
        "nbsp;",
        "lt",
        "gt;",
        "quot;",
        "notin;",
        "notit;",
        "not",
        "eacute",
        "Eacute;",
        "hellip;",
        "NotEqualTilde;",
        "acE;",
        "nothing;",
        "x",
        "#65;",
        "#65",
        "#x41;",
        "#X41",
        "#",
        "#;",
        "#x;",
        "#xg",
        "#0;",
        "#x80;",
        "#x9f;",
        "#129;",
        "#xd800;",
        "#x110000;",
        "#99999999999999999999;",
        "#x1F600;",
        "#13;",
        "#xfffe;",
        "copy=",
        "copya",
        "copy;=",
        " ",
        "",
    ] {
        check(&format!("<p>1 &{name} 2</p><p>&{name}"));
        check(&format!("<a href='/?a&{name}&b' title=&{name}>x</a>"));
        check(&format!("<a href='/?a&{name}=b' title=\"&{name}"));
        check(&format!("<title>&{name}</title><textarea>&{name}</textarea><style>&{name}</style>"));
    }
}

#[test]
fn a_look_may_end_the_work() {
    let text = "<p>one</p>".repeat(1000);
    let enough = || ExtractError::Budget { what: "nodes", limit: 1000 };
    // From the null character on the other tokenizer reads.
    for page in [text.clone(), format!("\0{text}")] {
        let mut looks = 0;
        let ended = parse(&page, &Budget::default(), |html| {
            looks += 1;
            if html.tree.nodes().len() > 1000 { Err(enough()) } else { Ok(()) }
        });
        assert_eq!(ended.unwrap_err().to_string(), enough().to_string());
        assert!(looks < 10, "{looks}");
    }
}

#[test]
fn too_much_is_refused() {
    let budget = Budget { tags: 10, attributes: 5, ..Budget::default() };
    let read = |text: &str| parse(text, &budget, |_| Ok(())).map_err(|error| error.to_string());
    for (text, what) in [
        ("<b>x</b>".repeat(11), "tags"),
        (format!("\0{}", "<b>x</b>".repeat(11)), "tags"),
        ("<b a b c d e f>".to_owned(), "attributes"),
        ("<b></b a a a a a a>".to_owned(), "attributes"),
        ("\0<b a b c d e f>".to_owned(), "attributes"),
    ] {
        assert!(read(&text).is_err_and(|error| error.contains(what)), "{text:?}");
    }
    assert!(read(&"<b a b c d e>".repeat(10)).is_ok());
}

/// A part of a page, mended or broken.
fn piece() -> impl Strategy<Value = String> {
    let whole = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<div class='a b'>",
        "</div>",
        "<a href=/x?a=1&b=2>",
        "</a>",
        "<b>",
        "</b>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<ul><li>",
        "</ul>",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<textarea>",
        "</textarea>",
        "<!--",
        "-->",
        "--!>",
        "<!doctype html>",
        "<![CDATA[",
        "]]>",
        "<?php ?>",
        "<svg>",
        "</svg>",
        "<math>",
        "<select>",
        "<option>",
        "</select>",
        "<template>",
        "</template>",
        "<br/>",
        "<img alt=\"x\" src='y'>",
        "<head>",
        "</head>",
        "<body onload=x>",
        "</body>",
        "<html lang=en>",
        "</html>",
        "<frameset>",
        "<pre>",
        "<form>",
        "<button>",
        "<noscript>",
        "&amp;",
        "&nbsp",
        "&eacute;",
        "&#x27;",
        "&not",
        "&",
        "<",
        ">",
        "/",
        "=",
        "'",
        "\"",
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "-",
        "!",
        "a",
        "Text that is long enough",
        "ü",
        "日本",
        "\u{0c}",
        "\0",
        "<script><!--",
        "<script>",
    ]);
    prop_oneof![8 => whole.prop_map(str::to_owned), 1 => "\\PC{0,4}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, ..ProptestConfig::default() })]

    #[test]
    fn any_page(pieces in prop::collection::vec(piece(), 0..40)) {
        check(&pieces.concat());
    }
}
