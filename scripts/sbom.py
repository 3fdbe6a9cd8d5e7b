#!/usr/bin/env python3
"""Writes the bill of materials of the product (CycloneDX 1.6, JSON) to standard output.

It says what cargo resolves for the binary with the lock file as it is: normal and build
dependencies, no test dependencies. The same lock file gives the same bytes.
"""
import json
import subprocess
import sys

ROOT = "minsu-api"


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, kind):
    entry = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    }
    if package.get("license"):
        # Old manifests write a slash for OR.
        entry["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if package.get("repository"):
        entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return entry


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else "x86_64-unknown-linux-gnu"
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = next(id for id, package in packages.items() if package["name"] == ROOT)
    needs, waiting = {}, [root]
    while waiting:
        id = waiting.pop()
        if id in needs:
            continue
        kinds = lambda dep: {kind["kind"] for kind in dep["dep_kinds"]}
        needs[id] = [dep["pkg"] for dep in nodes[id]["deps"] if kinds(dep) & {None, "build"}]
        waiting.extend(needs[id])
    by_purl = lambda id: purl(packages[id])
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": component(packages[root], "application")},
        "components": [component(packages[id], "library") for id in sorted(needs, key=by_purl) if id != root],
        "dependencies": [
            {"ref": by_purl(id), "dependsOn": sorted({by_purl(need) for need in needs[id]})}
            for id in sorted(needs, key=by_purl)
        ],
    }
    json.dump(bill, sys.stdout, indent=2, ensure_ascii=False)
    print()


main()
