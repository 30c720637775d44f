"""What readers of feeds that are written in Python, or keep their state in SQLite, have and get.

Reads {"reader": "feedparser" | "reader" | "newsboat", …} from standard input and writes what that reader knows now.
"""

import json
import sqlite3
import sys


def by_feedparser(url, etag, modified):
    import feedparser

    read = feedparser.parse(url, etag=etag, modified=modified)
    return {
        "status": read.status,
        "trouble": repr(read.bozo_exception) if read.bozo else None,
        "titles": [entry.title for entry in read.entries],
        "whole": all(entry.get("id") and entry.get("link") and entry.get("updated_parsed") for entry in read.entries),
        "entries": {entry.id: [entry.title, entry.published, entry.updated] for entry in read.entries},
        "older": [link.href for link in read.feed.get("links", []) if link.rel == "prev-archive"],
        "etag": read.get("etag"),
        "modified": read.get("modified"),
    }


def by_reader(url, database):
    from reader import make_reader

    with make_reader(database) as reader:
        reader.add_feed(url, exist_ok=True)
        updated = reader.update_feed(url)
        return {
            "new": updated.new if updated else None,
            "modified": updated.modified if updated else None,
            "titles": [entry.title for entry in reader.get_entries()],
        }


def by_newsboat(database):
    with sqlite3.connect(database) as cache:
        return {"titles": [title for (title,) in cache.execute("SELECT title FROM rss_item")]}


job = json.load(sys.stdin)
found = {"feedparser": by_feedparser, "reader": by_reader, "newsboat": by_newsboat}[job.pop("reader")](**job)
json.dump(found, sys.stdout)
