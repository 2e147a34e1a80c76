# Validate records, a line each, against share/vidqc/schema/records.json.
#	python3 tests/schema.py SCHEMA [--strict] <records: a line for each that is refused
#	python3 tests/schema.py SCHEMA --mutate <records: a line for each broken record that
#	is not refused, and at the end how many broken ones were made
# --strict refuses fields that the schema does not name as well: for our own programs.
import copy
import json
import sys

import jsonschema

# Objects whose fields are not named one by one.
OPEN = {"features", "codes", "config", "validation", "gate", "default"}
WRONG = [{"wrong": True}]


def strict(node):
    """Every object whose fields are named has no others."""
    if isinstance(node, list):
        return [strict(v) for v in node]
    if not isinstance(node, dict):
        return node
    out = {k: strict(v) for k, v in node.items()}
    # Conditions and negations only look; they do not name all fields.
    for looks in ("if", "not"):
        if looks in node:
            out[looks] = node[looks]
    if "required" in node and "properties" in node:
        out["unevaluatedProperties"] = False
    return out


def validator_of(schema, is_strict):
    if is_strict:
        schema = {**schema, "$defs": strict(schema["$defs"])}
    return jsonschema.Draft202012Validator(schema)


def places(node, path=()):
    """The paths of all objects in a record, and of their fields."""
    if isinstance(node, dict):
        yield path, None
        for key, value in node.items():
            yield path, key
            if key not in OPEN:
                yield from places(value, path + (key,))
    elif isinstance(node, list):
        for index, value in enumerate(node[:1]):
            yield from places(value, path + (index,))


def changed(record, path, change):
    record = copy.deepcopy(record)
    at = record
    for step in path:
        at = at[step]
    change(at)
    return record


def mutants(record, required):
    """(what was done, the broken record, whether only the strict schema refuses it)"""
    for path, key in places(record):
        where = ".".join(map(str, path + (key or "undocumented",)))
        if key is None:
            yield where, changed(record, path, lambda at: at.update(undocumented=1)), True
        elif key not in OPEN - {"features", "codes"}:
            yield where + " wrong", changed(record, path, lambda at: at.update({key: WRONG})), False
        if path == () and key in required:
            yield where + " missing", changed(record, path, lambda at: at.pop(key)), False


def mutate(schema, records):
    lenient, exact = validator_of(schema, False), validator_of(schema, True)
    made = 0
    for record in records:
        kind = "error" if "error" in record else record["type"]
        for what, mutant, undocumented in mutants(record, schema["$defs"][kind]["required"]):
            made += 1
            if lenient.is_valid(mutant) != undocumented or exact.is_valid(mutant):
                print(f"{kind}: {what}")
    print(f"{made} made")


def validate(schema, records, is_strict):
    validator = validator_of(schema, is_strict)
    for number, record in enumerate(records, 1):
        error = jsonschema.exceptions.best_match(validator.iter_errors(record))
        if error is not None:
            print(f"line {number}: {record.get('type')}: {error.json_path}: {error.message[:300]}")


with open(sys.argv[1], encoding="utf-8") as f:
    SCHEMA = json.load(f)
jsonschema.Draft202012Validator.check_schema(SCHEMA)
RECORDS = [json.loads(line) for line in sys.stdin]
if not RECORDS:
    sys.exit("no record")
if "--mutate" in sys.argv[2:]:
    mutate(SCHEMA, RECORDS)
else:
    validate(SCHEMA, RECORDS, "--strict" in sys.argv[2:])
