"""Looks at pages in Chromium and tells what is there; whether it is right is the tests' to say.

Reads from standard input {"axe": true, "visits": [{"url", "name", "language", "width", "height", "dark", "keyboard"}],
"screenshots": FOLDER or null} and writes a list with what each visit saw. Scripts of pages are never bypassed nor
helped: axe-core comes in through the debugger, which the pages' policy does not bind.
"""

import json
import os
import pathlib
import shutil
import sys

import axe_playwright_python
from playwright.sync_api import sync_playwright

AXE = pathlib.Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
RUN_AXE = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]});
  return found.violations.map(one => `${one.impact}: ${one.id}: ${one.nodes.map(node => node.html).join(" | ")}`);
}"""
# What a page is as a browser sees it.
SEEN = """() => ({
  lang: document.documentElement.lang,
  title: document.title,
  text: document.body.innerText,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  background: getComputedStyle(document.body).backgroundColor,
  headings: [...document.querySelectorAll("h1, h2, h3")].map(one => one.innerText),
  feeds: [...document.querySelectorAll("head > link[rel=alternate]")].map(one => one.href),
  links: [...document.querySelectorAll("a[href]")].map(one => one.href),
  suspicious: [...document.querySelectorAll("*")].filter(one =>
    ["SCRIPT", "IFRAME", "OBJECT", "EMBED", "FORM", "BASE", "META"].includes(one.tagName) && !one.matches("head > meta[name], head > meta[charset]")
    || [...one.attributes].some(attribute => /^on/i.test(attribute.name) || /^\\s*javascript:/i.test(attribute.value))
  ).map(one => one.outerHTML),
})"""
# Where the keyboard is now.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {
    href: one.href ?? null, tag: one.tagName, text: one.innerText,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.left < innerWidth && box.top < innerHeight,
  };
}"""
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><rect width='40' height='30' fill='#7a9'/></svg>"
MOST_TABS = 400


def main():
    job = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        json.dump([look(browser, visit, job) for visit in job["visits"]], sys.stdout)
        browser.close()


def look(browser, visit, job):
    context = browser.new_context(
        viewport={"width": visit["width"], "height": visit["height"]},
        locale=visit["language"],
        color_scheme="dark" if visit["dark"] else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    errors, elsewhere, dialogs = [], [], []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    # Pictures of posts come from elsewhere: nothing leaves this machine.
    def intercept(route):
        if route.request.url.startswith(visit["origin"]):
            route.continue_()
        else:
            elsewhere.append(f"{route.request.resource_type} {route.request.url}")
            route.fulfill(body=PICTURE, content_type="image/svg+xml")
    page.route("**/*", intercept)
    answer = page.goto(visit["url"], wait_until="load")
    seen = {"name": visit["name"], "status": answer.status, **page.evaluate(SEEN)}
    if job["screenshots"]:
        page.screenshot(path=pathlib.Path(job["screenshots"], visit["name"] + ".png"), full_page=True)
    page.evaluate(AXE)
    seen["axe"] = page.evaluate(RUN_AXE)
    if visit["keyboard"]:
        seen["focus"] = walk(page)
    context.close()
    return {**seen, "errors": errors, "elsewhere": elsewhere, "dialogs": dialogs}


def walk(page):
    """Every element that Tab comes to, until it leaves the page; then what Enter does on the first one."""
    stops = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or stops and stop == stops[0]:
            break
        stops.append(stop)
    page.reload()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    return {"stops": stops, "skipped_to": page.evaluate("() => document.activeElement.id")}


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name, path=os.environ.get("PATH", "/usr/bin")):
            return path
    sys.exit("no chromium: scripts/test --only-install installs it")


main()
