"""What residents of the demo city propose: a thing, for a kind of place, with what it takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Idea:
    """`title` and `text` take {where}; `kinds` are kinds of the city's plan; `shape` is how it is drawn there.

    `takes` are numbers of things of the price list; "m" stands for the length drawn. `picture` is what its author
    photographed there, if anything: a scene of alerts.demo.
    """

    theme: str
    title: str
    text: str
    kinds: tuple[str, ...]
    shape: str
    takes: dict[str, int | str]
    picture: str = ""

    @property
    def dear(self) -> bool:
        """Whether one of these takes most of a district's money."""
        return not DEAR.isdisjoint(self.takes)


DEAR = {"piste-cyclable", "trottoir", "terrain-multisport", "aire-jeux", "toilettes"}
PARKS, SQUARES, STREETS = ("park",), ("place",), ("street", "avenue")
SCHOOLS = ("ecole", "college", "lycee")
CIVIC = ("maison_quartier", "mediatheque", "stade", "piscine", "gare", "marche", "musee")

IDEAS = (
    Idea("nature", "Des arbres et de l'ombre, {where}", "L'été, il n'y a pas un coin d'ombre. Des arbres d'essences locales rafraîchiraient la rue et le trottoir serait de nouveau agréable.", STREETS, "line", {"arbre": 14}, "arbre"),
    Idea("nature", "Un verger partagé, {where}", "Des pommiers, des poiriers, des petits fruits, que tout le quartier pourrait cueillir. Une association propose déjà de s'en occuper.", PARKS, "area", {"arbre": 10, "bac-potager": 4}),
    Idea("nature", "Une prairie fleurie, {where}", "Moins de tonte, plus de papillons. Un panneau expliquerait les fleurs aux enfants des écoles voisines.", PARKS, "area", {"prairie": 900}),
    Idea("nature", "Débitumer un coin de place, {where}", "Remplacer une partie de l'asphalte par de la terre et des plantations : l'eau de pluie s'infiltre et la place chauffe moins.", SQUARES, "area", {"arbre": 6, "prairie": 250, "banc": 3}),
    Idea("nature", "Une haie pour les oiseaux, {where}", "Une haie champêtre le long du grillage, avec des nichoirs construits par les élèves.", SCHOOLS, "point", {"haie": 80}),
    Idea("mobilites", "Une piste cyclable sûre, {where}", "À vélo, on y roule entre les voitures garées et les bus. Une piste séparée permettrait aux enfants d'aller au collège seuls.", STREETS, "line", {"piste-cyclable": "m"}, "stationnement"),
    Idea("mobilites", "Un trottoir assez large pour les poussettes, {where}", "Avec une poussette ou un fauteuil roulant, il faut descendre sur la chaussée. Élargissons-le.", STREETS, "line", {"trottoir": "m"}, "trottoir"),
    Idea("mobilites", "Un abri à vélos fermé, {where}", "Deux vélos volés le mois dernier. Un abri fermé, avec une prise pour recharger, donnerait envie de laisser la voiture.", CIVIC, "point", {"abri-velo": 1}),
    Idea("mobilites", "Un passage piétons surélevé, {where}", "Les voitures arrivent vite et les enfants traversent en courant. Un plateau les ralentirait.", SCHOOLS, "point", {"passage-pietons": 1, "miroir": 1}),
    Idea("mobilites", "Des arceaux à vélos, {where}", "On attache les vélos aux arbres et aux grilles, faute de mieux.", SQUARES, "point", {"arceau-velo": 12}),
    Idea("sport", "Une aire de jeux pour les petits, {where}", "L'aire la plus proche est à vingt minutes à pied. Des jeux pour les 2-6 ans, dont un accessible en fauteuil.", PARKS, "point", {"aire-jeux": 1, "banc": 4}),
    Idea("sport", "Des appareils de sport en plein air, {where}", "Pour tous les âges, avec des agrès doux pour les seniors qui se retrouvent déjà là le matin.", PARKS, "point", {"fitness": 1}),
    Idea("sport", "Deux paniers de basket, {where}", "Les jeunes jouent sur le parking. Deux paniers et un marquage au sol suffiraient.", SQUARES, "point", {"panier-basket": 2}),
    Idea("sport", "Un terrain multisport, {where}", "Foot, hand, basket : un terrain clôturé et éclairé, ouvert à tous sans réservation.", PARKS, "area", {"terrain-multisport": 1, "lampadaire": 4}),
    Idea("sport", "Des tables de ping-pong, {where}", "Dehors, toute l'année, pour jouer à la pause et après l'école.", SQUARES + PARKS, "point", {"table-ping-pong": 3}),
    Idea("cadre-de-vie", "Des bancs pour se reposer, {where}", "Entre la maison et le marché, aucun endroit pour s'asseoir. Des bancs avec accoudoirs tous les cent mètres.", STREETS, "line", {"banc": 6}, "aire-de-jeux"),
    Idea("cadre-de-vie", "Une fontaine à eau, {where}", "Pour les enfants, les coureurs et les jours de canicule.", SQUARES + PARKS, "point", {"fontaine-eau": 1}),
    Idea("cadre-de-vie", "Des tables de pique-nique, {where}", "Pour déjeuner dehors entre voisins, à l'ombre, avec une table accessible en fauteuil.", PARKS, "point", {"table-pique-nique": 4, "corbeille": 2}),
    Idea("cadre-de-vie", "Des toilettes publiques, {where}", "Propres, gratuites et accessibles : les familles resteraient plus longtemps, les commerçants aussi.", SQUARES + PARKS, "point", {"toilettes": 1}),
    Idea("cadre-de-vie", "De l'ombre pour le marché, {where}", "Une grande toile tendue l'été, que l'on replie en hiver.", SQUARES, "area", {"ombriere": 160}),
    Idea("proprete", "Un compost partagé, {where}", "Vingt familles se sont déjà inscrites. Il manque les bacs et un composteur de maturation.", SQUARES + PARKS, "point", {"composteur": 1}),
    Idea("proprete", "Des corbeilles de tri, {where}", "Après chaque week-end, les sacs débordent. Des corbeilles doubles, plus grandes.", PARKS + SQUARES, "point", {"corbeille": 8}, "corbeille"),
    Idea("lumiere", "Un chemin éclairé le soir, {where}", "On évite le passage dès la nuit tombée. Des lampadaires à détection respecteraient aussi les chauves-souris.", STREETS, "line", {"lampadaire": 9}, "lampadaire"),
    Idea("lumiere", "Mieux voir devant l'école, {where}", "En hiver, il fait nuit à la sortie des classes : deux lampadaires et un miroir au carrefour.", SCHOOLS, "point", {"lampadaire": 2, "miroir": 2}, "lampadaire"),
)  # fmt: skip

# What cannot be done, and why.
REFUSALS = (
    "Le sous-sol est occupé par une conduite d'eau principale : rien ne peut y être planté ni fondé.",
    "Le terrain n'appartient pas à la Ville et son propriétaire a refusé.",
    "Un projet déjà décidé couvre ce besoin au même endroit ; les travaux commencent cette année.",
    "Le coût dépasse l'enveloppe du quartier, même en réduisant le projet.",
)
COMPLETIONS = (
    "Réalisable. Le coût comprend les études et la remise en état du sol.",
    "Réalisable, à condition de décaler l'emplacement de quelques mètres pour laisser passer les secours.",
    "Réalisable. L'entretien sera assuré par le service ; des habitants volontaires peuvent s'y associer.",
)
# What photos of the works show, before and after, by scene of alerts.demo.
SHOWN = {
    "arbre": ("Le vieil arbre, une branche à terre", "L'arbre taillé, la place est faite pour les nouveaux"),
    "trottoir": ("Le trottoir défoncé", "Le trottoir refait"),
    "aire-de-jeux": ("Le banc cassé", "Le banc neuf"),
    "corbeille": ("La corbeille qui déborde", "La corbeille neuve"),
    "lampadaire": ("La rue sans lumière", "Le nouveau lampadaire"),
    "stationnement": ("Une voiture arrêtée sur le passage", "Le passage libre"),
}
# What an author answers to a refusal, and what a service asks for.
PROTESTS = (
    "Merci d'avoir regardé. Si le terrain d'en face convient mieux, je suis d'accord pour l'y déplacer.",
    "Je comprends, mais j'espère que ce sera étudié de nouveau quand la conduite sera remplacée.",
)
# Said under proposals: (stance, text, an answer or nothing).
REMARKS = (
    ("for", "J'habite juste à côté et je m'en servirais tous les jours.", ""),
    ("for", "Simple, utile, pas cher. Je soutiens.", ""),
    ("for", "Ce serait aussi une bonne chose pour les personnes âgées de la résidence.", "Exactement, plusieurs m'en ont parlé."),
    ("against", "Cela supprimerait des places de stationnement, et il en manque déjà.", "On peut en garder la moitié en décalant de quelques mètres."),
    ("against", "Je crains le bruit le soir, sous nos fenêtres.", "Un horaire affiché et un éclairage coupé à 22 h régleraient le problème."),
    ("against", "Le même argent servirait mieux à refaire les trottoirs.", ""),
    ("question", "Qui s'occupera de l'entretien ?", "Le service des parcs, et nous sommes six voisins volontaires pour l'arrosage."),
    ("question", "Est-ce que ce sera accessible en fauteuil roulant ?", ""),
    ("question", "A-t-on pensé aux livraisons du matin ?", ""),
    ("for", "On en parle depuis dix ans dans l'immeuble. Enfin !", ""),
    ("for", "Mes enfants sont grands, mais je voterai pour ceux des autres.", "Merci, cela fait chaud au cœur."),
    ("for", "Le coût me semble raisonnable pour ce que cela apporte.", ""),
    ("for", "J'ai vu la même chose à Port-Neuf : cela marche très bien.", "J'y suis allé avant d'écrire, c'est ce qui m'a décidé."),
    ("against", "L'idée est bonne, l'endroit moins : le sol y est toujours détrempé.", ""),
    ("against", "Encore un équipement que personne n'entretiendra.", "L'entretien est compris dans le chiffrage, voyez le détail du coût."),
    ("question", "Est-ce que cela restera ouvert la nuit ?", "Non, aux mêmes heures que le parc."),
    ("question", "Pourrait-on le placer de l'autre côté, plus près de l'arrêt de bus ?", ""),
    ("question", "Les riverains ont-ils été prévenus ?", "J'ai mis un mot dans les boîtes aux lettres de la rue."),
)  # fmt: skip

FIRST = [
    "Camille",
    "Nadia",
    "Louis",
    "Fatou",
    "Jean",
    "Mélanie",
    "Karim",
    "Suzanne",
    "Hugo",
    "Élise",
    "Moussa",
    "Pauline",
    "Yann",
    "Aïcha",
    "Bruno",
    "Lina",
    "Gaël",
    "Odile",
    "Sami",
    "Chloé",
    "Ivan",
    "Rose",
    "Tristan",
    "Leïla",
    "Marcel",
    "Inaya",
    "Paul",
    "Margaux",
    "Denis",
    "Jade",
]
LAST = [
    "Abadie",
    "Bouvier",
    "Cissé",
    "Delmas",
    "Étienne",
    "Fournier",
    "Garrec",
    "Haddad",
    "Imbert",
    "Joly",
    "Kaba",
    "Lemoine",
    "Marchal",
    "Naudin",
    "Ollivier",
    "Perrin",
    "Quentin",
    "Roche",
    "Sabatier",
    "Traoré",
]
