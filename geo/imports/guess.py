"""Which columns of a file mean what, from their names. Imports no Django."""

import unicodedata

# The first that fits wins; a name that ends with one of them fits less well than one that is it.
WORDS = {
    "code": ("code", "insee", "codeinsee", "identifiant", "id", "num", "numero", "ref", "reference", "matricule",
             "cinsee", "gid", "objectid", "fid", "uuid"),
    "name": ("nom", "name", "libelle", "lib", "label", "intitule", "denomination", "nomquartier", "titre"),
    "parent": ("parent", "codeparent", "commune", "codecommune", "inseecommune", "codegeo"),
    "population": ("population", "pop", "pmun", "habitants", "poptot", "populationmunicipale"),
}  # fmt: skip
STARTS = {"code": ("code", "cod", "id", "num", "c_", "insee"), "name": ("nom", "lib", "name", "l_")}


def columns(names: list[str], samples: dict[str, list[str]] | None = None) -> dict[str, str]:
    """Meaning (a key of WORDS) → the column that most likely holds it. Those that fit none are left out.

    A code comes once in each row: a column whose first values are not all different is none.
    """
    found: dict[str, str] = {}
    for meaning, words in WORDS.items():
        free = [name for name in names if name not in found.values()]
        if meaning == "code":
            free = [name for name in free if _differs((samples or {}).get(name))]
        by_word = {_plain(name): name for name in reversed(free)}
        exact = next((by_word[word] for word in words if word in by_word), "")
        starts = STARTS.get(meaning, ())
        if best := exact or next((name for name in free if _bare(name).startswith(starts)), "") if starts else exact:
            found[meaning] = best
    return found


def _differs(values: list[str] | None) -> bool:
    return not values or (len(set(values)) == len(values) and "" not in values)


def _bare(name: str) -> str:
    text = unicodedata.normalize("NFKD", name).casefold()
    return "".join(one for one in text if not unicodedata.combining(one))


def _plain(name: str) -> str:
    return "".join(one for one in _bare(name) if one.isalnum())
