//! Sentence patterns. A name in braces is filled with a word of that kind; see
//! [`Slot`](super::pattern::Slot).

/// What an article in one language is put together from.
#[derive(Clone, Copy, Debug)]
pub struct Patterns {
    /// BCP 47 language tag.
    pub language: &'static str,
    pub titles: &'static [&'static str],
    pub sentences: &'static [&'static str],
    pub headings: &'static [&'static str],
    pub list_items: &'static [&'static str],
    /// Sentences that begin a list.
    pub list_beginnings: &'static [&'static str],
    /// The sentence around a link, whose address is built from a place.
    pub links: &'static [&'static str],
}

/// English, the language of almost every article.
pub const ENGLISH: Patterns = Patterns {
    language: "en",
    titles: &[
        "{place} {people} refuse the {quality} {thing}",
        "Who pays for {place}’s {things}?",
        "The {thing} of {place}",
        "“We {did} the {thing} ourselves”",
        "{number} {people} and one {quality} {thing}",
        "How the {people} of {place} {did} their {things}",
        "No more {quality} {things}, say {place} {people}",
        "{idea}, {idea} and a {quality} {thing}",
        "In {place}, the {thing} is {quality} and the {people} are not",
        "{given} {surname} and the {thing} that nobody {did}",
        "{people} at {place} vote to {do} the {things}",
        "After the {things}: {number} days of {idea} in {place}",
        "Why {people} {do} {things}",
        "A {quality} {thing} for {place}",
        "The {quality} {thing} behind {place}’s {things}, and the {people} who {did} it for {number} years",
        "Letter from {place}: {idea} and {quality} {things}",
        "{place} council {did} the {things} — the {people} want to know why",
        "What the {people} know about {idea}",
        "{day} in {place}: {number} {people}, {number} {things}",
        "The {month} of the {quality} {things}",
    ],
    sentences: &[
        "The {people} of {place} {did} the {thing} on {day}.",
        "“Nobody {did} the {things} before,” said {given} {surname}, who has worked there for {number} months.",
        "In {month} the {people} {did} {number} {things}, and {how} the {people} {did} the rest.",
        "The {quality} {thing} stands {how} behind the {quality} {thing}.",
        "{given} {surname} wants to {do} the {things}, but the {people} {did} the {thing} long ago.",
        "It is about {idea}, not about {things}.",
        "According to the {quality} {thing}, some {number} {people} had to {do} the {things}.",
        "Without {idea} there is no {idea}, and without {people} there are no {things}.",
        "The company says that the {things} are {quality}; the {people} say that they are {quality}.",
        "From {place} to {place} it is {number} kilometres, and every {thing} on the way is {quality}.",
        "“First they {did} the {thing}, then they {did} the {things},” {surname} said {how}.",
        "On {day} evening the {quality} {people} met in a {quality} room to {do} the {thing}.",
        "Of the {number} {things} that were {quality} in {month}, the {people} have kept {number}.",
        "The {thing} was {quality}, the {thing} was {quality}, and the {idea} was free.",
        "Some {people} came {how}; others had been there since {day}.",
        "That is why the {people} at {place} {did} each {quality} {thing} {how}.",
        "An inquiry {did} the {things} and called the {thing} “{quality} and {quality}”.",
        "Even the {people} who {did} the {thing} in {month} now speak of {idea}.",
        "{place} has {number} {people}, a {quality} {thing} and more {idea} than it can use.",
        "The {things} cost {number} dollars a week, which is more than the {people} pay for {idea}.",
        "Nothing in the {thing} says that {people} may not {do} their {things} {how}.",
        "Then came the {things}.",
        "The {people} waited {how}.",
        "For {number} years the {quality} {people} {did} the {things} with {idea} and a {quality} {thing}.",
        "Ms {surname} and Mr {surname} {did} the {thing} {how}, page by page.",
        "By {month} it was clear that the {quality} {things} would not {do} themselves.",
        "The minister {did} the {quality} {thing} and promised {idea}.",
        "Whoever would {do} the {thing} must first {do} the {quality} {things}.",
        "At the {thing} in {place}, {people} and {people} {did} the {things} side by side.",
        "They brought {idea}, {idea} and a {thing} — and, {how}, {number} {quality} {things}.",
        "So far {number} {people} have put their names to it, among them {given} {surname} of {place}.",
        "There was {idea} in the {thing} and {idea} in the street.",
        "What began with one {quality} {thing} in {place} has reached the {people} of {place}.",
        "It took {number} days to {do} the {things} and one {day} to {do} the {thing}.",
        "The vote was {number} to {number}.",
        "{surname}, one of the {quality} {people}, keeps the {things} in a {quality} {thing}.",
        "Yet the {thing} remains {quality}, and the {people} remain {quality}.",
        "Since {month} the {things} have been {quality}, since {day} they have been {quality}.",
        "Neither the {people} nor the {people} had {did} a {thing} like it.",
        "A {quality} {thing}, a {quality} {thing} and {number} {things} were all that was left of the {idea}.",
    ],
    headings: &[
        "The {quality} {thing}",
        "What the {people} want",
        "{number} {things}",
        "{idea} and {idea}",
        "Back in {place}",
        "A {thing} for {people}",
    ],
    list_items: &[
        "{number} {quality} {things}",
        "a {quality} {thing} for the {people}",
        "{idea} for {people} in {place}",
        "no {things} before {month}",
        "the right to {do} the {thing}",
    ],
    list_beginnings: &["The {people} ask for four things:", "This is what {place} {did}:"],
    links: &[
        "The {people} have put [the whole {thing}]({address}) where everyone can read it.",
        "{given} {surname} keeps [a list of the {things}]({address}).",
    ],
};

/// German.
pub const GERMAN: Patterns = Patterns {
    language: "de",
    titles: &[
        "Neues aus {place}: {number} Leute und ein Fahrplan",
        "„Wir zählen selbst“, sagt {given} {surname}",
        "Wem gehört das Wasser von {place}?",
        "Ein Brief aus {place}",
    ],
    sentences: &[
        "In {place} haben sich {number} Beschäftigte vor dem Tor versammelt.",
        "„So geht es nicht weiter“, sagte {given} {surname} am Rande der Versammlung.",
        "Die Mieten sind in {number} Monaten schneller gestiegen als die Löhne.",
        "Über den Dienstplan wird erst gesprochen, wenn die Türen zu sind.",
        "Von {place} nach {place} fährt abends kein Bus mehr.",
        "Am Ende stimmten {number} dafür und niemand dagegen.",
        "Wer früh aufsteht, sieht die Lichter der Bäckerei.",
        "Familie {surname} wohnt seit {number} Jahren über der Druckerei.",
        "Die Stadt prüft, und während sie prüft, tropft es durch das Dach.",
        "Zur nächsten Sitzung bringt jede und jeder einen Stuhl mit.",
    ],
    headings: &["Was jetzt geschieht", "Der Plan für {place}"],
    list_items: &["{number} neue Stellen", "ein Fahrplan für {place}", "warme Räume im Winter"],
    list_beginnings: &["Gefordert werden:"],
    links: &["[Der ganze Brief]({address}) hängt auch im Rathaus von {place}."],
};

/// French.
pub const FRENCH: Patterns = Patterns {
    language: "fr",
    titles: &[
        "À {place}, {number} voix et un four à pain",
        "« On reste », dit {given} {surname}",
        "Le dernier train pour {place}",
        "Qui a fermé l’école de {place} ?",
    ],
    sentences: &[
        "À {place}, {number} personnes ont attendu l’ouverture des portes.",
        "« Nous n’avons rien demandé d’extraordinaire », rappelle {given} {surname}.",
        "Le loyer augmente chaque année, l’ascenseur, lui, ne monte plus.",
        "Entre {place} et {place}, il faut désormais compter {number} minutes à pied.",
        "La mairie promet une réponse avant l’été, sans dire lequel.",
        "On a partagé la soupe, puis les tâches.",
        "Chez les {surname}, on garde les comptes de la grève dans une boîte à biscuits.",
        "Au bout de {number} jours, la direction a proposé un café.",
        "Personne ne dort très bien, mais personne ne dort seul.",
        "La prochaine assemblée aura lieu sous le préau.",
    ],
    headings: &["Ce qui reste à faire", "Retour à {place}"],
    list_items: &["{number} postes de plus", "un médecin à {place}", "la réouverture du guichet"],
    list_beginnings: &["Les demandes tiennent sur une page :"],
    links: &["On peut lire [le registre complet]({address}) à la bibliothèque de {place}."],
};

/// Spanish.
pub const SPANISH: Patterns = Patterns {
    language: "es",
    titles: &[
        "{place}: {number} vecinas y una olla",
        "«Aquí nadie sobra», dice {given} {surname}",
        "¿Quién apagó el faro de {place}?",
        "La larga mañana de {place}",
    ],
    sentences: &[
        "En {place} se reunieron {number} personas antes del amanecer.",
        "«No pedimos permiso para respirar», dijo {given} {surname}.",
        "El alquiler sube, el sueldo duerme y la lluvia entra por el techo.",
        "De {place} a {place} ya no pasa el último autobús.",
        "La empresa contestó a los {number} días con una sola frase.",
        "En la cocina común se pela, se canta y se discute.",
        "La familia {surname} guarda las actas en un cajón del taller.",
        "Hubo {number} votos a favor y un largo aplauso.",
        "Nadie recuerda quién trajo la primera silla.",
        "El próximo encuentro será en el patio de la escuela.",
    ],
    headings: &["Lo que falta", "Mientras tanto, en {place}"],
    list_items: &["{number} plazas nuevas", "agua limpia para {place}", "un horario que se pueda cumplir"],
    list_beginnings: &["La lista es corta:"],
    links: &["El [acta completa]({address}) está en la puerta del mercado de {place}."],
};
