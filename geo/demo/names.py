"""French street names, each used once, in an order fixed by a seed."""

from __future__ import annotations

from geo.demo.shapes import dice

PEOPLE = """
Victor-Hugo|George-Sand|Marie-Curie|Louis-Pasteur|Jean-Moulin|Lucie-Aubrac|Germaine-Tillion
Pierre-Brossolette|Geneviève-de-Gaulle|Berty-Albrecht|Émilie-du-Châtelet|Denis-Diderot|Voltaire
Jean-Jacques-Rousseau|Montesquieu|Condorcet|Sophie-Germain|Évariste-Galois|Blaise-Pascal
René-Descartes|Ambroise-Paré|Claude-Bernard|Gustave-Eiffel|Clément-Ader|Hélène-Boucher|Maryse-Bastié
Antoine-de-Saint-Exupéry|Jean-Mermoz|Jules-Verne|Alexandre-Dumas|Honoré-de-Balzac|Gustave-Flaubert
Guy-de-Maupassant|Stendhal|Colette|Marguerite-Yourcenar|Simone-de-Beauvoir|Albert-Camus|Boris-Vian
Jacques-Prévert|Louis-Aragon|Elsa-Triolet|Paul-Éluard|Robert-Desnos|Arthur-Rimbaud|Paul-Verlaine
Charles-Baudelaire|Marceline-Desbordes-Valmore|Pierre-de-Ronsard|Louise-Labé|Jean-de-La-Fontaine
Molière|Pierre-Corneille|Jean-Racine|Marivaux|Beaumarchais|Berthe-Morisot|Claude-Monet|Édouard-Manet
Camille-Claudel|Auguste-Rodin|Rosa-Bonheur|Paul-Cézanne|Henri-Matisse|Sonia-Delaunay|Suzanne-Valadon
Gustave-Courbet|Hector-Berlioz|Georges-Bizet|Claude-Debussy|Maurice-Ravel|Lili-Boulanger
Nadia-Boulanger|Édith-Piaf|Joséphine-Baker|Georges-Brassens|Barbara|Jean-Ferrat|Léon-Blum
Pierre-Mendès-France|Jean-Zay|Ferdinand-Buisson|Jules-Ferry|Aristide-Briand|Léon-Gambetta
Victor-Schœlcher|Toussaint-Louverture|Abbé-Grégoire|Mirabeau|Lafayette|Camille-Desmoulins
Manon-Roland|Flora-Tristan|Hubertine-Auclert|Marguerite-Durand|Rosa-Parks|Nelson-Mandela
Martin-Luther-King|Lamartine|Alfred-de-Vigny|Chateaubriand|Madame-de-Staël|Madame-de-Sévigné|Vauban
Turgot|Parmentier|Ampère|Lavoisier|Arago|Champollion|Alice-Milliat|Missak-Manouchian
Danielle-Casanova|Guy-Môquet|Joseph-Kessel|Romain-Gary|Aimé-Césaire|Frantz-Fanon
Alexandra-David-Néel|Bougainville|Jeanne-Barret|Jacques-Cartier|Irène-Joliot-Curie
"""

THINGS = """
des Drapiers|des Teinturiers|des Cordeliers|des Jacobins|des Carmes|des Ursulines|du Chapitre
du Cloître|des Chanoines|des Orfèvres|des Boulangers|des Tonneliers|des Chaudronniers|des Potiers
des Maréchaux|de la Monnaie|du Grenier-à-Sel|de la Poissonnerie|du Puits-Salé|du Vieux-Marché
du Pilori|de la Tour-Carrée|du Beffroi|de l'Horloge|de la Vieille-Prison|du Pot-d'Étain|du Lion-d'Or
du Cheval-Blanc|de la Croix-Rouge|des Trois-Rois|du Chat-Perché|des Quatre-Vents|du Change
de la Draperie|des Lavandières|des Bateliers|des Pêcheurs|du Gué|du Bac|des Mariniers
de la Passerelle|du Moulin-à-Tan|du Grand-Moulin|du Petit-Pont|de la Fontaine|des Lavoirs
de la Source|du Ruisseau|de l'Écluse|des Jardiniers|des Maraîchers|des Vergers|des Pommiers
des Cerisiers|des Tilleuls|des Marronniers|des Platanes|des Acacias|des Ormes|des Peupliers
des Saules-Pleureurs|des Noisetiers|des Églantiers|des Glycines|des Lilas|des Mimosas|des Violettes
des Coquelicots|des Bleuets|des Primevères|des Genêts|des Bruyères|des Fougères|du Bois-Joli
de la Garenne|des Perdrix|des Alouettes|des Hirondelles|des Mésanges|du Rossignol|des Martinets
des Hérons|de la Loutre|du Chemin-Vert|de la Prairie|des Longues-Raies|du Clos-Fleuri
du Clos-Saint-Martin|des Vignerons|du Pressoir|des Vendanges|du Coteau|du Belvédère|de Bellevue
du Point-du-Jour|du Soleil-Levant|du Couchant|de la Paix|de la Liberté|de l'Égalité|de la Fraternité
de la Commune|du 14-Juillet|du 4-Septembre|du 8-Mai-1945|du 11-Novembre-1918|de la Résistance
des Fusillés|des Déportés|du Progrès|de l'Avenir|de l'Union|de la Solidarité|de la Concorde
du Travail|des Cheminots|du Dépôt|des Messageries|de la Halle-aux-Grains|des Docks|des Entrepôts
de la Verrerie|de la Filature|de la Tuilerie|de la Briqueterie|de la Forge|de la Fonderie
du Gazomètre|des Abattoirs|de la Manufacture|de l'Imprimerie|du Chantier|des Charpentiers
des Cordiers|des Voiliers|des Cigognes|de la Ferme|de la Grange|du Four-à-Chaux|du Four-Banal
de la Carrière|des Sablons|des Varennes|de la Butte|du Haut-Chemin|des Sorbiers|des Charmes
du Calvaire|de la Chapelle|Saint-Éloi|Saint-Nicolas|Saint-Jacques|Saint-Crépin|Sainte-Catherine
Saint-Roch|Sainte-Barbe|Saint-Fiacre|Saint-Vincent|Saint-Michel|Sainte-Anne|Saint-Blaise|Notre-Dame
de l'Évêché|du Séminaire|du Collège|de l'Ancien-Hôpital|des Remparts-Nord|du Bastion|de la Poterne
du Guet
"""

QUAYS = (
    "quai des Bateliers",
    "quai de la Mégisserie",
    "quai Louis-Blanc",
    "quai des Orfèvres-Neufs",
    "quai des Chalands",
    "quai Louise-Weiss",
    "quai des Lavandières",
    "quai Sainte-Claire",
    "quai Sully",
    "quai du Moulin",
    "quai aux Fleurs",
    "quai Gambetta",
    "quai Lakanal",
    "quai du Halage",
    "quai de la Batellerie",
    "quai Neuf",
)


def _entries(text: str) -> list[str]:
    return [name.strip() for line in text.strip().splitlines() for name in line.split("|")]


class StreetNames:
    """Hands out unique names: old trades near the middle, people on long streets, nature further out."""

    def __init__(self, seed: int, taken: set[str]) -> None:
        rng = dice(seed)
        things, people = _entries(THINGS), _entries(PEOPLE)
        split = len(things) // 3
        self._old, self._new = things[:split], things[split:]
        for names in (people, self._old, self._new):
            rng.shuffle(names)
        self._people = people
        self._quays = list(QUAYS)
        self._taken = set(taken)

    def quay(self) -> str:
        """A name for a street along the water, or "" when all are given."""
        return self._quays.pop(0) if self._quays else ""

    def street(self, length: float, distance: float) -> str:
        """A name for a street so long, so far from the middle (metres); "" when none is left."""
        if distance < 620:
            order = (self._old, self._people, self._new)
        elif length > 330:
            order = (self._people, self._new, self._old)
        else:
            order = (self._new, self._people, self._old)
        prefix = "rue" if length > 95 or distance > 900 else "ruelle" if distance < 400 else "passage"
        for pool in order:
            while pool:
                name = f"{prefix} {pool.pop(0)}"
                if name not in self._taken:
                    self._taken.add(name)
                    return name
        return ""
