"""How is a fix shown on a narrow page? A call per line, and an argument per line where a call is too long."""

from __future__ import annotations

_WIDE = 60  # what is left beside the numbers on 80 columns, and a little room


def broken(suggestion: str) -> str:
    """`suggestion` over several lines; a short one stays as it is."""
    if len(suggestion) <= _WIDE:
        return suggestion
    code, _hash_sign, remark = suggestion.partition("  # ")
    calls = [code] if len(code) <= _WIDE else _split(code, ".")
    lines = [_arguments_apart(call, "") for call in calls]
    return "\n".join([*lines, f"# {remark}"] if remark else lines)


def _arguments_apart(call: str, indent: str) -> str:
    name, parenthesis, rest = call.partition("(")
    if len(indent + call) <= _WIDE or not rest.endswith(")"):
        return indent + call
    deeper = f"{indent}  "
    together = f"{deeper}{rest[:-1]}"
    if len(together) <= _WIDE:
        arguments = together
    else:
        arguments = "\n".join(f"{_arguments_apart(one.strip(), deeper)}," for one in _split(rest[:-1], ","))
    return f"{indent}{name}{parenthesis}\n{arguments}\n{indent})"


def _split(code: str, separator: str) -> list[str]:
    """The arguments between commas, or the calls that begin with a dot, each with its dot."""
    parts, depth, quoted = [""], 0, False
    for character in code:
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
            # `Model.objects.filter()` stays together: a call begins a line after another call only.
            if character == separator and depth == 0 and (separator == "," or parts[-1].endswith(")")):
                parts.append("" if separator == "," else separator)
                continue
        parts[-1] += character
    return parts
