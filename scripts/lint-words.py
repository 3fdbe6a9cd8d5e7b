#!/usr/bin/env python3
"""Finds words in names of the code that only this project used, where the field has a term of its own.

Names are identifiers of Rust code and names of its files; comments and texts are left out. A word that is the
right one somewhere stands in EXCEPTIONS with the reason.
"""

import re
import subprocess
import sys

# The word, and what is called so elsewhere.
WORDS = {
    "stray": "orphaned object", "strays": "orphaned objects",
    "stamp": "version token", "stamps": "version tokens",
    "scope": "invalidation tag", "scopes": "invalidation tags",
    "doubt": "connection quarantine", "doubts": "connection quarantine",
    "lane": "per-thread connection", "lanes": "per-thread connections",
    "gathering": "pipelining", "trust": "TLS roots",
    "flight": "single flight", "flights": "single flight",
    "at_hand": "peek", "making": "RenderGuard",
    "front": "request middleware", "leaving": "graceful shutdown", "browsers": "CORS and security headers",
    "traced": "request span", "say_goodbye": "add headers",
    "wish": "filter", "wishes": "filters",
    "in_unit": "transaction", "hold": "lock", "announce": "invalidate", "upkeep": "maintenance",
    "shelf": "in-memory fake", "slots": "session index", "admission": "verified login",
    "gate": "bounded executor", "turned": "Overloaded",
    "estate": "seed batch", "trip": "seed batch",
    "easel": "renderer", "dice": "rng", "ink": "mask", "recital": "speech",
    "figures": "metrics", "tours": "documentation tests",
    "standin": "fake service", "standins": "fake services",
    "beside": "under load", "happened": "record",
}

# Where a word is the field's own term: a pattern of the path, the word or the name, the reason.
EXCEPTIONS = [
    (r"", "single_flight", "the field's term for it"),
    (r"", "in_flight", "the field's term for requests that are not answered yet"),
    (r"", "pop_front", "a method of the standard library"),
    (r"/web/|/api/|/dialects/|/bench/", "scope", "actix-web groups routes in a Scope"),
    (r"/tokens|scope|principal|token_name|/idempotency|crates/(domain|ports|application)/src/(lib|store|error)\.rs", "scope",
     "OAuth's term for what a token permits"),
    (r"/tokens|scope|personal_token|principal|crates/(domain|ports)/src/(lib|invalid)\.rs|site/src/fault|test_app|api_error|field_sentences|dialects/v2|/api/tests/", "scopes",
     "OAuth's term for what a token permits"),
    (r"qiniu", "scope", "a field of Qiniu's upload policy"),
    (r"/traces/|/collector/", "scope", "OpenTelemetry's instrumentation scope"),
    (r"/captcha/src/(layout|renderer|geometry)", "slots", "places of a layout"),
    (r"/captcha/src/(layout|renderer|geometry)", "turned", "geometry turns shapes"),
    (r"/captcha/src/renderer", "stamp", "the renderer stamps glyphs on the mask"),
    (r"redis/cluster", "slots", "hash slots of a Redis cluster"),
    (r"/domain/src/(feed|lib)|/feeds|calendar_feeds|test_app", "hold", "days of an imported calendar that are held back"),
    (r"/domain/src/(feed|lib)", "leaving", "days that leave an imported calendar"),
    (r"/ical/src/writer", "stamp", "iCalendar's DTSTAMP"),
    (r"outbound/server", "front", "a method of the standard library"),
    (r"settings/src/identity", "scope", "scoped threads of the standard library"),
    (r"m20261121_000009_strays|migrations/src/lib", "strays", "databases keep the names of migrations and tables"),
]

# A test's name is a sentence and may use plain English words; names of fewer words are terms.
SENTENCE = 4

CODE = re.compile(r'//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'', re.S)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def forms(name):
    """A name in snake case, as a whole and with each of its parts and pairs of parts."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")
    parts = snake.split("_")
    if len(parts) >= SENTENCE:
        return {snake}
    return {snake, *parts, *("_".join(pair) for pair in zip(parts, parts[1:]))}


def excepted(path, word, name):
    return any(
        re.search(where, path) and (word == known or known in forms(name)) for where, known, _ in EXCEPTIONS
    )


def main():
    files = subprocess.run(["git", "ls-files", "*.rs"], check=True, capture_output=True, text=True).stdout.split()
    found = []
    for path in files:
        names = {(0, part) for part in re.sub(r"\.rs$", "", path).split("/")}
        with open(path, encoding="utf-8") as file:
            text = file.read()
        blank = lambda match: re.sub(r"[^\n]", " ", match.group())
        for number, line in enumerate(CODE.sub(blank, text).split("\n"), 1):
            names.update((number, name) for name in NAME.findall(line))
        for number, name in sorted(names):
            for word in sorted(forms(name) & WORDS.keys()):
                if not excepted("/" + path, word, name):
                    found.append(f"{path}:{number}: `{name}` has `{word}`; elsewhere: {WORDS[word]}")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
