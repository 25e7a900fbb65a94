"""Themes and usual prices. The prices are those of a fictional city, of the order of French public contracts."""

from budget.participatory.models import Theme
from budget.proposals.models import Price
from geo.models import Competence

YEAR = 2026
# code, name, sign, colour, competence
THEMES = (
    ("nature", "Nature en ville", "🌳", "#1d6b3a", "espaces-verts"),
    ("mobilites", "Marche et vélo", "🚲", "#8a5a00", "voirie"),
    ("sport", "Sport et jeux", "⚽", "#2438a8", "mobilier-urbain"),
    ("cadre-de-vie", "Cadre de vie", "🪑", "#6b2d7a", "mobilier-urbain"),
    ("proprete", "Propreté et tri", "♻️", "#0b6b6b", "proprete"),
    ("lumiere", "Lumière et sécurité", "💡", "#a8201a", "eclairage-public"),
)
# code, name, theme, unit, euros, euros of upkeep a year
PRICES = (
    ("arbre", "Arbre planté, tuteuré, arrosé trois ans", "nature", "each", 850, 60),
    ("haie", "Haie champêtre", "nature", "m", 45, 6),
    ("prairie", "Prairie fleurie", "nature", "m2", 12, 2),
    ("bac-potager", "Bac potager partagé", "nature", "each", 700, 40),
    ("fontaine-eau", "Fontaine à eau potable", "cadre-de-vie", "each", 6500, 300),
    ("banc", "Banc avec dossier et accoudoirs", "cadre-de-vie", "each", 1100, 30),
    ("table-pique-nique", "Table de pique-nique accessible", "cadre-de-vie", "each", 1900, 40),
    ("toilettes", "Toilettes publiques automatiques", "cadre-de-vie", "each", 68000, 5200),
    ("ombriere", "Ombrière en toile", "cadre-de-vie", "m2", 210, 8),
    ("arceau-velo", "Arceau pour deux vélos", "mobilites", "each", 260, 5),
    ("abri-velo", "Abri à vélos fermé, 20 places", "mobilites", "each", 24000, 600),
    ("piste-cyclable", "Piste cyclable séparée", "mobilites", "m", 480, 5),
    ("trottoir", "Trottoir élargi, accessible", "mobilites", "m", 390, 3),
    ("passage-pietons", "Passage piétons surélevé", "mobilites", "each", 14000, 150),
    ("aire-jeux", "Aire de jeux, 6 jeux, sol souple", "sport", "each", 78000, 2400),
    ("fitness", "Appareils de sport en plein air, lot de 5", "sport", "each", 26000, 500),
    ("panier-basket", "Panier de basket sur mât", "sport", "each", 3800, 100),
    ("terrain-multisport", "Terrain multisport clôturé", "sport", "each", 95000, 1800),
    ("table-ping-pong", "Table de ping-pong en béton", "sport", "each", 4200, 20),
    ("composteur", "Site de compost partagé", "proprete", "each", 3600, 400),
    ("corbeille", "Corbeille de tri", "proprete", "each", 520, 90),
    ("lampadaire", "Lampadaire à détection", "lumiere", "each", 3900, 45),
    ("miroir", "Miroir de sécurité", "lumiere", "each", 450, 10),
)


def seed() -> dict[str, Theme]:
    """Write themes and prices; returns the themes by code."""
    competences = {one.code: one for one in Competence.objects.all()}
    themes = {
        code: Theme.objects.create(
            code=code, name=name, icon=icon, color=color, competence=competences.get(competence)
        )
        for code, name, icon, color, competence in THEMES
    }
    Price.objects.bulk_create(
        Price(
            code=code,
            name=name,
            theme=themes[theme],
            unit=unit,
            cost=euros * 100,
            yearly=yearly * 100,
            source="Bordereau de prix de la Ville (fictif)",
            year=YEAR,
        )
        for code, name, theme, unit, euros, yearly in PRICES
    )
    return themes
