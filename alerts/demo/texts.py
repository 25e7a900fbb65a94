"""What residents of the demo city write and what its services answer. French, as the town is."""

from typing import NamedTuple


class Ask(NamedTuple):
    """A question of a category; `choices` are (key, name)."""

    code: str
    label: str
    type: str
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    help: str = ""


class Kind(NamedTuple):
    """A category: how often it is reported, how fast it is treated (median days), what is said of it.

    `fields` are others of alerts.models.Category, by name.
    """

    code: str
    name: str
    group: str
    icon: str
    competence: str | None
    help: str
    weight: int
    days: float
    reports: tuple[str, ...]
    answers: tuple[str, ...]
    keywords: str = ""
    questions: tuple[Ask, ...] = ()
    fields: dict = {}


YES_NO = (("oui", "Oui"), ("non", "Non"))
KINDS = (
    Kind(
        "lampadaire",
        "Lampadaire en panne",
        "Éclairage",
        "💡",
        "eclairage-public",
        "Éteint, clignotant, allumé en plein jour ou abîmé.",
        15,
        6,
        (
            "Le lampadaire est éteint depuis trois jours, le trottoir est dans le noir.",
            "La lampe clignote toute la nuit devant nos fenêtres.",
            "Plus aucun éclairage entre l'arrêt de bus et l'école, c'est dangereux le matin.",
            "Un lampadaire est resté allumé en plein jour toute la semaine.",
            "Le mât penche depuis la tempête, il faudrait le vérifier.",
        ),
        ("Ampoule remplacée.", "Le câble a été réparé, la rue est de nouveau éclairée.", "Mât remis d'aplomb."),
        "lumière, réverbère, éclairage, ampoule, lampe, rue sombre, noir, nuit, candélabre",
        (
            Ask(
                "etat",
                "Que fait ce lampadaire ?",
                "singlevaluelist",
                (
                    ("eteint", "Il est éteint"),
                    ("clignote", "Il clignote"),
                    ("jour", "Il est allumé en plein jour"),
                    ("abime", "Il est abîmé ou penche"),
                ),
                required=True,
            ),
            Ask("fils", "Voit-on des fils électriques ?", "singlevaluelist", YES_NO),
        ),
        {
            "asset_kind": "lampadaire",
            "duplicate_radius": 40,
            "notice": "Des fils pendent ou le mât menace de tomber ? Éloignez-vous et appelez le 112.",
        },
    ),
    Kind(
        "nid-de-poule",
        "Trou dans la chaussée",
        "Voirie et trottoirs",
        "🕳",
        "voirie",
        "Nid-de-poule, affaissement, plaque qui bouge.",
        14,
        15,
        (
            "Un gros trou au milieu de la voie, les vélos font un écart.",
            "La chaussée s'affaisse devant le passage piéton.",
            "Plaque d'égout qui claque à chaque voiture, surtout la nuit.",
            "Plusieurs nids-de-poule depuis le gel.",
        ),
        ("Trou rebouché à l'enrobé à froid.", "La chaussée a été reprise sur dix mètres.", "Plaque recalée."),
        "nid de poule, trou, chaussée, route abîmée, goudron, bitume, affaissement, plaque d'égout, crevasse",
        (
            Ask("profondeur", "Profondeur, à peu près (cm)", "number", help="Sans vous mettre en danger."),
            Ask(
                "gene",
                "Qui est gêné ?",
                "multivaluelist",
                (("pietons", "Les piétons"), ("velos", "Les vélos"), ("voitures", "Les voitures"), ("bus", "Les bus")),
            ),
        ),
    ),
    Kind(
        "trottoir",
        "Trottoir abîmé ou encombré",
        "Voirie et trottoirs",
        "🚶",
        "voirie",
        "Dalle descellée, obstacle, passage impossible en fauteuil ou en poussette.",
        10,
        20,
        (
            "Une dalle bascule, ma voisine est tombée.",
            "Impossible de passer avec une poussette, il faut descendre sur la route.",
            "Les racines ont soulevé le trottoir.",
            "Un potelet arraché laisse une tige de fer qui dépasse.",
        ),
        ("Dalle rescellée.", "Le trottoir a été repris et le passage élargi.", "Potelet remplacé."),
        "pavé, dalle, poussette, fauteuil roulant, handicap, passage bloqué, potelet, racines, chute, trottinette, "
        "verglas, neige, glissant",
    ),
    Kind(
        "feu-panneau",
        "Feu ou panneau",
        "Voirie et trottoirs",
        "🚦",
        "signalisation",
        "Feu en panne, panneau tombé, marquage effacé.",
        6,
        5,
        (
            "Le feu piéton reste rouge, les gens traversent quand même.",
            "Le panneau stop est tombé dans la haie.",
            "Le passage piéton devant l'école est complètement effacé.",
        ),
        ("Carrefour remis en service.", "Panneau reposé.", "Marquage refait."),
        "feu rouge, feu tricolore, signalisation, panneau stop, passage piéton, peinture, marquage, sens interdit",
    ),
    Kind(
        "depot-sauvage",
        "Dépôt sauvage",
        "Propreté",
        "🗑",
        "proprete",
        "Encombrants, gravats ou sacs laissés sur la voie publique.",
        18,
        3,
        (
            "Un matelas et des cartons laissés contre le mur.",
            "Des gravats ont été déversés pendant la nuit.",
            "Un tas de sacs éventrés, il y a des rats.",
            "Encombrants sur le trottoir depuis une semaine.",
        ),
        ("Enlèvement fait ce matin.", "Site nettoyé, une enquête est ouverte.", "Les encombrants ont été retirés."),
        "décharge, ordures, encombrants, matelas, meubles, gravats, sacs, déchets abandonnés, saleté, rats, "
        "seringue, verre cassé",
        (
            Ask(
                "volume",
                "Qu'est-ce que cela représente ?",
                "singlevaluelist",
                (("sac", "Un sac ou deux"), ("coffre", "De quoi remplir une voiture"), ("camion", "Davantage")),
            ),
            Ask("depuis", "Depuis quel jour ?", "datetime", help="Si vous le savez."),
        ),
        {"duplicate_radius": 60},
    ),
    Kind(
        "graffiti",
        "Graffiti ou affichage",
        "Propreté",
        "🖌",
        "proprete",
        "Sur un mur, un abri ou du mobilier.",
        8,
        9,
        (
            "Tags injurieux sur le mur de l'école.",
            "Affiches collées partout sur l'abribus.",
            "Graffiti sur la façade de la médiathèque.",
        ),
        ("Mur nettoyé.", "Affichage retiré."),
        "tag, tags, affiche, peinture, mur sali, insulte, collage",
        fields={"photos_checked": True},
    ),
    Kind(
        "corbeille",
        "Corbeille pleine ou cassée",
        "Propreté",
        "♻",
        "proprete",
        "Corbeille de rue qui déborde, manque ou est abîmée.",
        7,
        2,
        (
            "La corbeille déborde chaque week-end.",
            "Corbeille arrachée, il ne reste que le poteau.",
            "Plus de sacs pour les chiens au distributeur.",
        ),
        ("Corbeille vidée, tournée renforcée le week-end.", "Corbeille remplacée."),
        "poubelle, poubelle pleine, déborde, crotte, caca, chien, déjections, canisac, papiers, mégots",
        fields={"asset_kind": "corbeille", "duplicate_radius": 30},
    ),
    Kind(
        "arbre",
        "Arbre ou haie",
        "Parcs et jardins",
        "🌳",
        "espaces-verts",
        "Branche cassée, arbre malade, haie qui gêne.",
        7,
        18,
        (
            "Une grosse branche cassée pend au-dessus du chemin.",
            "La haie déborde, on ne voit plus les voitures en sortant.",
            "L'arbre planté l'an dernier est sec.",
        ),
        ("Branche retirée, l'arbre a été contrôlé.", "Haie taillée.", "L'arbre sera remplacé cet automne."),
        "branche, feuilles, racine, herbes hautes, tonte, pelouse, élagage, chenilles, fleurs, arrosage",
    ),
    Kind(
        "aire-de-jeux",
        "Aire de jeux ou banc",
        "Parcs et jardins",
        "🛝",
        "mobilier-urbain",
        "Jeu cassé, banc abîmé, fontaine à sec.",
        6,
        12,
        (
            "Une latte du banc est cassée, il y a des clous.",
            "La balançoire est décrochée.",
            "La fontaine ne coule plus depuis l'été.",
        ),
        ("Jeu réparé et contrôlé.", "Banc remplacé.", "Fontaine remise en eau."),
        "toboggan, balançoire, jeux, enfants, square, banc, table, fontaine, parc, city stade",
    ),
    Kind(
        "bac",
        "Collecte des bacs",
        "Déchets et eau",
        "🚛",
        "dechets",
        "Bac non ramassé, conteneur plein, point de tri.",
        8,
        2,
        (
            "Les bacs jaunes n'ont pas été ramassés cette semaine.",
            "Le conteneur à verre est plein, les bouteilles s'entassent par terre.",
            "Couvercle du conteneur enterré bloqué.",
        ),
        ("Collecte de rattrapage faite.", "Conteneur vidé.", "Mécanisme réparé."),
        "poubelle, ramassage, éboueurs, conteneur, verre, tri, recyclage, bac jaune, camion poubelle",
    ),
    Kind(
        "fuite",
        "Fuite d'eau ou bouche d'égout",
        "Déchets et eau",
        "💧",
        "eau",
        "Eau sur la chaussée, avaloir bouché, odeurs.",
        5,
        1.5,
        (
            "De l'eau coule du trottoir depuis ce matin.",
            "L'avaloir est bouché, la rue s'inonde à chaque orage.",
            "Forte odeur d'égout près de la place.",
        ),
        ("Fuite réparée.", "Avaloir curé."),
        "inondation, eau, égout, caniveau, tuyau, odeur, mauvaise odeur, bouche, canalisation, flaque, moustiques",
        fields={"notice": "L'eau jaillit ou la chaussée s'effondre ? Éloignez-vous et appelez le 112."},
    ),
    Kind(
        "stationnement",
        "Stationnement gênant",
        "Autre",
        "🚗",
        None,
        "Trottoir, piste cyclable ou passage occupés.",
        6,
        4,
        (
            "Des camionnettes se garent sur la piste cyclable tous les matins.",
            "Voiture ventouse devant le portail de l'école depuis un mois.",
        ),
        ("Passage de la police municipale, véhicule enlevé.",),
        "voiture, parking, garé, camion, livraison, piste cyclable, trottoir occupé, voiture ventouse, épave",
        fields={"identity": "email", "photos_checked": True, "visibility": "private"},
    ),
    Kind(
        "autre",
        "Autre problème",
        "Autre",
        "❔",
        None,
        "Si rien ne convient : nous trouverons le bon service.",
        3,
        8,
        (
            "Des guêpes ont fait un nid dans le coffret électrique de la place.",
            "Le panneau d'affichage est illisible.",
        ),
        ("Votre signalement a été transmis et traité.",),
        "autre, divers, question, bruit, tapage, pigeons, toilettes, animal perdu",
    ),
    Kind(
        "urgence",
        "Danger immédiat",
        "Autre",
        "🚨",
        None,
        "Incendie, odeur de gaz, personne en danger, fil électrique à terre.",
        0,
        1,
        (),
        (),
        "urgence, feu, incendie, gaz, accident, pompiers, police, agression, blessé, bagarre, animal dangereux",
        fields={"is_stopper": True, "notice": "N'attendez pas : appelez le 112, c'est gratuit, jour et nuit."},
    ),
)
QUALIFIED = ("Merci, votre signalement est bien arrivé chez nous. Nous regardons sur place.",)
PLANNED = ("Une équipe passera d'ici quinze jours.", "L'intervention est prévue, le matériel est commandé.")
REJECTED = (
    "Nous sommes passés et n'avons rien constaté. N'hésitez pas à nous écrire de nouveau avec une photo.",
    "Cet endroit est privé : la Ville ne peut pas y intervenir. Nous avons prévenu la copropriété.",
    "Ce mobilier sera remplacé avec l'aménagement de la rue l'an prochain.",
)
