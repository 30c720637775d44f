"""Runs the W3C's feed validator over folders of feeds.

usage: w3c.py CHECKOUT FOLDER...

A feed is judged as if it came from its own address below BASE. Prints a line for each class of remark: how often, where
first, and why it is excused; ends with 1 where one is not.
"""

import pathlib
import sys
import urllib.error  # the checkout forgets these
import urllib.parse
import urllib.request

BASE = "http://127.0.0.1:7878/feeds/"

# What is remarked on in the feeds of the nasty blog and stays, with the reason. Other blogs are excused nothing.
EXCUSED = {
    "BadCharacters": "U+FFFD stands where the blog's own text is broken; no control character is ever written",
    "ContainsHTML": "a text that speaks of HTML is written as the text that it is, and readers show what the blog shows",
    "ContainsUndeclaredHTML": "the same, in a title",
    "ImplausibleDate": "a post of the year 1 and one of 9999: the first and the last that RFC 3339 can write",
    "InvalidUriChar": "`[::1]`: RFC 3986 allows what RFC 2396, which the validator holds links to, did not",
}


def main(checkout, folders):
    sys.path.insert(0, str(pathlib.Path(checkout, "src")))
    import feedvalidator
    from feedvalidator import compatibility
    from feedvalidator.formatter.text_plain import Formatter

    remarks, judged = {}, 0
    for folder in map(pathlib.Path, folders):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in (".atom", ".rss", ".opml"):
                continue
            judged += 1
            address = urllib.parse.urljoin(BASE, urllib.parse.quote(str(path.relative_to(folder))))
            try:
                found = feedvalidator.validateString(path.read_bytes(), firstOccurrenceOnly=0, base=address)
                events = found["loggedEvents"]
            except feedvalidator.logging.ValidationFailure as failure:
                events = [failure.event]
            events = compatibility.AAA(events)
            for event, line in zip(events, Formatter(events)):
                key = (folder.name, type(event).__name__)
                times, first = remarks.get(key, (0, None))
                remarks[key] = (times + 1, first or f"{path}: {' '.join(str(line).split())}")
    bad = 0
    for (blog, name), (times, first) in sorted(remarks.items()):
        reason = EXCUSED.get(name) if blog == "nasty" else None
        bad += reason is None
        print(f"{'excused' if reason else 'WRONG'}  {blog} {name} x{times}  {first[:300]}")
        if reason:
            print(f"         because: {reason}")
    print(f"{judged} documents judged, {len(remarks)} classes of remarks, {bad} of them not excused")
    return 1 if bad or not judged else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
