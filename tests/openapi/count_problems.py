"""Reads Redocly's report from standard input; any problem in it, a warning too, is a failure.

Usage: redocly lint --format json DOCUMENT | count_problems.py DOCUMENT
"""

import json
import sys


def main() -> int:
    report = json.loads(sys.stdin.read() or "null")
    if report is None or "totals" not in report:
        print(f"{sys.argv[1]}: Redocly gave no report")
        return 1
    for problem in report.get("problems", []):
        place = problem.get("location", [{}])[0].get("pointer", "")
        print(f"{sys.argv[1]}: {problem.get('severity')} {problem.get('ruleId')}: {problem.get('message')} at {place}")
    totals = report["totals"]
    print(f"{sys.argv[1]}: Redocly: {totals['errors']} errors, {totals['warnings']} warnings")
    return 1 if totals["errors"] or totals["warnings"] or totals.get("ignored") else 0


if __name__ == "__main__":
    sys.exit(main())
