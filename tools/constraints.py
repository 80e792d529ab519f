"""Prints the pinned versions of everything installed in this environment, without addresses."""

from importlib.metadata import distributions

LOCAL = {"it-guide-executives", "pip", "setuptools", "wheel", "uv"}

names = {}
for found in distributions():
    name = found.metadata["Name"].lower().replace("_", "-")
    if name not in LOCAL:
        names[name] = found.version
print("# Versions the course is tested with. Made by `make constraints`.")
for name in sorted(names):
    print(f"{name}=={names[name]}")
