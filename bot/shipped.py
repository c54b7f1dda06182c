"""Files that ship with the app: in a checkout they stand at its top, in an installed package inside it."""

from pathlib import Path


def shipped(name: str) -> Path:
    """Where `manifest.yml` or `directory.example.toml` stands."""
    here = Path(__file__).parent
    inside = here / name
    return inside if inside.exists() else here.parent / name
