// What readers of feeds that are written for Node find in a document.
//
// Its one argument is {"reader": "rss-parser" | "feedsmith" | "feedparser", "url": …, "etag": …} as JSON. It asks for
// the document as a reader does that remembers a tag, and writes what the reader knows then. It is run in the folder
// into which scripts/test installed what package.json names, and resolves them from there.
import { Readable } from 'node:stream';

const readers = {
  async 'rss-parser'(text) {
    const { default: Parser } = await import('rss-parser');
    const feed = await new Parser().parseString(text);
    return feed.items.map((item) => [item.guid ?? item.id, item.title, item.isoDate, item.link]);
  },

  async feedsmith(text) {
    const { parseFeed } = await import('feedsmith');
    const { format, feed } = parseFeed(text);
    const self = {
      rss: (item) => [item.guid.value, item.title, item.pubDate, item.link],
      atom: (entry) => [entry.id, entry.title.value, entry.published, entry.links.find((link) => link.rel === 'alternate').href],
      json: (item) => [item.id, item.title, item.date_published, item.url],
    };
    return (feed.items ?? feed.entries ?? []).map(self[format]);
  },

  async feedparser(text, url) {
    const { default: FeedParser } = await import('feedparser');
    const parser = new FeedParser({ feedurl: url });
    const posts = [];
    const read = new Promise((resolve, reject) => {
      parser.on('error', reject);
      parser.on('end', resolve);
      parser.on('readable', () => {
        for (let item = parser.read(); item; item = parser.read()) posts.push([item.guid, item.title, item.pubdate, item.link]);
      });
    });
    Readable.from([text]).pipe(parser);
    await read;
    return posts;
  },
};

const { reader, url, etag } = JSON.parse(process.argv.at(-1));
const answer = await fetch(url, { headers: etag ? { 'If-None-Match': etag } : {} });
const text = await answer.text();
const posts = answer.status === 200 ? await readers[reader](text, url) : [];
const kept = posts.map(([id, title, published, link]) => ({ id, title, published: new Date(published).toISOString(), link }));
process.stdout.write(JSON.stringify({ status: answer.status, etag: answer.headers.get('etag'), posts: kept }));
